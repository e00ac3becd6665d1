// Package functions hosts function code as local processes behind Lambda's runtime API. Each environment is a process group
// with a runtime API of its own: it serves one event at a time, stays warm, and ends as a whole: at a time limit, above its
// memory setting, when its code is replaced, and when Airloom itself is gone. What a function prints and how it fails
// reads as it does on Lambda. It is no prison for hostile code. It imports kind, fault and the bootstraps of assets.
//
// What differs from Lambda: an environment is not frozen between events, the network is open, and /tmp is the machine's (TMPDIR
// and HOME lead to a folder that goes with the environment). What differs by system: Linux bounds memory, processes, open
// files and the size of a file, and finds processes that left their group; macOS bounds the heap of Node.js only, and ends groups;
// Windows bounds memory and ends everything through job objects. Only Linux is tested.
//
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
package functions

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Deps is what a Host works with. SDK, Environment and Log may be nil.
type Deps struct {
	Dir         string                                    // a folder of the host's own: code, scratch folders, the SDK
	Artifact    func(key string) (path string, err error) // the zip of an artifact key
	Environment func(kind.FunctionSpec) map[string]string // what the sandbox adds: endpoint, credentials. It wins over all else
	Log         func(Line)                                // any goroutine; it must not block for long
	Now         func() time.Time
	NewID       func() string // a random UUID
	Region      string
	Account     string
	Runtimes    Runtimes
	SDK         fs.FS // packages of the AWS SDK for JavaScript, as below node_modules; nil: none shipped
}

// Line is one log event.
type Line struct {
	ARN, Node, Group, Stream, RequestID, Text string
	Time                                      time.Time
}

// Host runs functions. It is safe for concurrent use.
type Host struct {
	deps     Deps
	most     int           // environments at once, over all functions
	idle     time.Duration // after which an unused environment ends
	init     time.Duration // how long the first attempt to initialise may take
	patience time.Duration // how long a call waits for an environment while all are busy
	guard    guard
	watch    watch

	mu        sync.Mutex
	functions map[string]*function
	live      map[*environment]bool
	freed     chan struct{} // closed, and made anew, when an environment ends or becomes idle
	closed    bool
	runs      sync.WaitGroup // invocations and environments

	placing sync.Mutex // held while code folders are made, taken into use, and removed
	laidOut bool       // bootstraps and SDK
}

var _ kind.Functions = (*Host)(nil)

// function is a function as it is to run now.
type function struct {
	spec kind.FunctionSpec
	code string         // folder of the unpacked zip
	idle []*environment // warm, the last used at the end
	busy int            // environments with an event, old versions included
}

// New makes a host. It starts nothing yet; what a killed host left in Dir is cleared away.
func New(d Deps) *Host {
	if d.Log == nil {
		d.Log = func(Line) {}
	}
	if d.Environment == nil {
		d.Environment = func(kind.FunctionSpec) map[string]string { return nil }
	}
	d.Runtimes.known = &probes{}
	h := &Host{deps: d, most: max(16, 8*runtime.NumCPU()), idle: 10 * time.Minute, init: 10 * time.Second, patience: 10 * time.Second,
		functions: map[string]*function{}, live: map[*environment]bool{}, freed: make(chan struct{})}
	h.guard.token = "airloom-" + d.NewID()
	_ = os.RemoveAll(h.path("run")) // what stays is only in the way
	return h
}

func (h *Host) path(parts ...string) string {
	return filepath.Join(append([]string{h.deps.Dir}, parts...)...)
}

// Put creates or updates a function. Idle processes of the old code end, busy ones after their event. What a template may
// leave out has Lambda's defaults.
func (h *Host) Put(spec kind.FunctionSpec) error {
	spec.Timeout = cmp.Or(spec.Timeout, 3*time.Second)
	spec.MemoryMB = cmp.Or(spec.MemoryMB, 128)
	spec.LogGroup = cmp.Or(spec.LogGroup, "/aws/lambda/"+spec.Name)
	if _, err := h.deps.Runtimes.find(spec.Runtime); err != nil {
		return fault.As(err).At(spec.Node)
	}
	h.placing.Lock()
	defer h.placing.Unlock()
	code, err := h.unpack(spec.ArtifactKey)
	if err != nil {
		return fault.As(err).At(spec.Node)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return closed()
	}
	f := h.functions[spec.ARN]
	if f == nil {
		h.functions[spec.ARN] = &function{spec: spec, code: code}
		return nil
	}
	if reflect.DeepEqual(f.spec, spec) {
		return nil
	}
	old := f.code
	f.spec, f.code = spec, code
	h.retire(f)
	go h.tidy(old)
	return nil
}

// Replace exchanges a function's code: the next call runs the new one.
func (h *Host) Replace(arn, artifactKey string) error {
	h.mu.Lock()
	f := h.functions[arn]
	if f == nil {
		h.mu.Unlock()
		return unknown(arn)
	}
	spec := f.spec
	h.mu.Unlock()
	spec.ArtifactKey = artifactKey
	return h.Put(spec)
}

// Remove ends a function. A call that is under way comes to its end.
func (h *Host) Remove(arn string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f := h.functions[arn]; f != nil {
		delete(h.functions, arn)
		h.retire(f)
		go h.tidy(f.code)
	}
}

// retire ends a function's idle environments. The caller holds the lock.
func (h *Host) retire(f *function) {
	for _, e := range f.idle {
		delete(h.live, e)
		go e.stop()
	}
	f.idle = nil
	h.wake()
}

// Close ends every process, whatever it is doing, and waits until they are gone.
func (h *Host) Close() error {
	h.mu.Lock()
	h.closed = true
	for e := range h.live {
		go e.stop()
	}
	h.mu.Unlock()
	h.runs.Wait()
	return h.guard.release()
}

func closed() error {
	return fault.New(fault.Canceled, "the embedded sandbox is shutting down")
}

func unknown(arn string) error {
	return fault.New(fault.NotFound, "function not found: %s", arn).Try("deploy it first")
}
