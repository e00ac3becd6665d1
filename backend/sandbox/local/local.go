// Package local is the embedded sandbox: it executes a bundle's template on this machine and runs the result, with nothing
// installed but the interpreters of the functions. The state lies in a folder beside the project, which one process holds at a
// time; others reach what runs through it. It imports the contracts (kind, sandbox, generate) and its own parts below.
package local

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/google/uuid"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
	"airloom/backend/sandbox/local/functions"
	"airloom/backend/sandbox/local/state"
)

// What every template sees of the account that it is deployed to.
const (
	Account = "000000000000"
	Region  = "us-east-1"
)

// Deps are what an embedded sandbox works with. Now, After, NewID, Random and Functions may be nil: the real ones.
type Deps struct {
	Name    string // the sandbox's name, "local"
	Stack   string
	Project string // the project's folder: sources of sites lie there
	Folder  string // the state folder, <project>/.airloom/local
	// Config is a folder that belongs to the user and to no project: trust is remembered there, where no project can
	// forge it. "" remembers nothing beyond this process.
	Config string
	// Cache is another such folder, for what can be made again: functions' unpacked code. "" keeps it in the state folder
	// and unpacks anew in each process.
	Cache    string
	Command  string // what this process is to people who meet it elsewhere: "airloom run"
	Shelf    kind.Shelf
	Runtimes functions.Runtimes
	SDK      fs.FS // the AWS SDK for JavaScript that functions find as on Lambda; nil: none

	Functions func(functions.Deps) Functions
	Now       func() time.Time
	After     func(time.Duration) <-chan time.Time
	NewID     func() string
	Random    io.Reader
}

// Functions hosts function code as local processes.
type Functions interface {
	Put(kind.FunctionSpec) error
	Remove(arn string)
	Invoke(ctx context.Context, arn string, in functions.Request) (kind.InvokeResult, error)
	Warnings([]kind.Unit) []string
	Missing([]kind.Unit) []fault.Finding
	Close() error
}

// Sandbox is the embedded sandbox of one project. Make it with Open.
type Sandbox struct {
	Deps
	changing sync.Mutex // held by the one call that changes what is deployed

	mu      sync.Mutex
	held    *held         // nil while this process does not hold the folder
	changed chan struct{} // closed when held or closed changes
	closed  bool
	grants  trust
	client  *http.Client
}

var _ sandbox.Sandbox = (*Sandbox)(nil)

// Open gives the sandbox of a project. It touches nothing until asked.
func Open(_ context.Context, d Deps) (*Sandbox, error) {
	folder, err := filepath.Abs(d.Folder)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "finding the state folder").At(d.Folder)
	}
	d.Folder = folder
	if d.Functions == nil {
		d.Functions = func(d functions.Deps) Functions { return functions.New(d) }
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.After == nil {
		d.After = time.After
	}
	if d.Random == nil {
		d.Random = rand.Reader
	}
	if d.NewID == nil {
		d.NewID = uuid.NewString
	}
	return &Sandbox{Deps: d, grants: trust{dir: d.Config, project: folder}, client: newClient(), changed: make(chan struct{})}, nil
}

// Describe implements sandbox.Sandbox.
func (s *Sandbox) Describe(context.Context) (sandbox.Identity, error) {
	id := sandbox.Identity{Name: s.Name, Type: "local", Stack: s.Stack, Account: Account, Region: Region, Caller: "this machine", HostArch: hostArch()}
	s.mu.Lock()
	h := s.held
	s.mu.Unlock()
	if h == nil {
		return id, nil
	}
	id.Endpoint = h.world.Endpoint()
	b, ok, err := h.deployed()
	if err != nil || !ok {
		return id, err
	}
	id.Warnings = h.functions.Warnings(b.Units)
	if !h.live.Load() {
		id.Warnings = append(id.Warnings, "what is deployed does not run: its code has not been agreed to in this place; deploy to start it")
	}
	return id, nil
}

// hostArch is this machine's architecture, as Lambda calls it.
func hostArch() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}

// hold gives what this process holds, taking hold of the folder where nobody has it. Where another process has it, that
// one is given instead.
func (s *Sandbox) hold() (*held, *remote, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, nil, fault.New(fault.Canceled, "the sandbox is closed")
	case s.held != nil:
		return s.held, nil, nil
	}
	h, err := s.take()
	if errors.Is(err, state.ErrHeld) {
		other, err := findHolder(s.Folder, s.client)
		return nil, other, err
	}
	if err != nil {
		return nil, nil, err
	}
	s.set(h)
	return h, nil, nil
}

// set changes what is held; the caller has the lock.
func (s *Sandbox) set(h *held) {
	s.held = h
	close(s.changed)
	s.changed = make(chan struct{})
}

// own is hold for what only the holder may do.
func (s *Sandbox) own() (*held, error) {
	h, other, err := s.hold()
	if err == nil && other != nil {
		err = other.refusal()
	}
	return h, err
}

// exists tells whether there is a state folder: asking for what is deployed must not make one.
func (s *Sandbox) exists() bool {
	_, err := os.Stat(s.Folder)
	return err == nil
}

// Close implements sandbox.Sandbox: no process and no port is left. A change that is under way comes to its end before; whoever
// started it has canceled it, where it matters.
func (s *Sandbox) Close() error {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.client.CloseIdleConnections()
	h := s.held
	s.set(nil)
	if h == nil {
		return nil
	}
	empty := h.empty()
	err := h.close()
	if empty { // a plan alone leaves nothing behind
		err = errors.Join(err, s.removeFolder())
	}
	return err
}

// removeFolder removes the state folder with the unpacked code, and the folder around it where that is ours and empty.
func (s *Sandbox) removeFolder() error {
	if err := s.checkFolder(); err != nil {
		return err
	}
	for _, dir := range []string{s.codeFolder(), s.Folder} {
		if err := removeAll(dir); err != nil {
			return fault.Wrap(err, fault.Denied, "removing the state folder").At(dir)
		}
	}
	if parent := filepath.Dir(s.Folder); filepath.Base(parent) == ".airloom" {
		if list, err := os.ReadDir(parent); err == nil && (len(list) == 0 || len(list) == 1 && list[0].Name() == ".gitignore") {
			_ = os.RemoveAll(parent) // an empty folder that stays harms nobody
		}
	}
	return nil
}
