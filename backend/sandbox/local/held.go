package local

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox/local/endpoint"
	"airloom/backend/sandbox/local/engine"
	"airloom/backend/sandbox/local/functions"
	"airloom/backend/sandbox/local/iam"
	"airloom/backend/sandbox/local/logs"
	"airloom/backend/sandbox/local/state"
	"airloom/backend/sandbox/local/world"
)

// held is what a process has that holds the state folder: all parts of the sandbox, opened. Nothing of the project's code
// runs before live.
type held struct {
	folder    *state.Folder
	logs      *logs.Store
	functions Functions
	world     *world.World
	endpoint  *endpoint.Endpoint
	control   *control
	client    *http.Client
	now       func() time.Time
	gone      chan struct{} // closed when nothing is held any more

	start sync.Once
	live  atomic.Bool

	mu sync.Mutex
	// mute are functions whose role may not write logs: it is said once.
	mute map[string]bool
}

const (
	settingSection = "settings"
	endpointPort   = "endpoint"
)

// take holds the folder and opens all parts; state.ErrHeld says that another process holds it.
func (s *Sandbox) take() (_ *held, err error) {
	if err := s.checkFolder(); err != nil {
		return nil, err
	}
	if err := s.ignored(); err != nil {
		return nil, err
	}
	h := &held{now: s.Now, client: s.client, mute: map[string]bool{}, gone: make(chan struct{})}
	if h.folder, err = state.Open(s.Folder); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if h.logs, err = logs.Open(filepath.Join(s.Folder, "logs")); err != nil {
		return h, err
	}
	keys := endpoint.NewKeys(s.Now, s.Random)
	directory := iam.NewDirectory(Account, Region, s.Now)
	if err := s.clearCode(h); err != nil {
		return h, err
	}
	h.functions = s.Functions(functions.Deps{Dir: s.codeFolder(), Artifact: h.artifact, Environment: func(spec kind.FunctionSpec) map[string]string { return h.world.Environment(spec) },
		Log: h.line, Now: s.Now, NewID: s.NewID, Region: Region, Account: Account, Runtimes: s.Runtimes, SDK: s.SDK})
	h.world, err = world.New(world.Deps{Region: Region, Account: Account, Stack: s.Stack, Simulations: s.simulations(h, directory, keys), Store: h.folder, Directory: directory,
		Keys: keys, Functions: invoker{h.functions}, Now: s.Now, After: s.After, NewID: s.NewID, Log: h.say})
	if err != nil {
		return h, err
	}
	if h.endpoint, err = h.listen(endpoint.Deps{Region: Region, Keys: keys, Now: s.Now, NewID: s.NewID, Service: h.world.Serve,
		Failed: func(format string, args ...any) { h.world.Log("", "error", format, args...) }}); err != nil {
		return h, err
	}
	h.world.SetEndpoint(world.Base(h.endpoint.Port()))
	e, err := h.engine()
	if err != nil {
		return h, err
	}
	if err := e.Start(); err != nil { // it makes what exists known; it starts nothing
		return h, err
	}
	h.control, err = s.openControl()
	return h, err
}

// ignored keeps the state out of version control.
func (s *Sandbox) ignored() error {
	parent := filepath.Dir(s.Folder)
	if filepath.Base(parent) != ".airloom" {
		return nil
	}
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return fault.Wrap(err, fault.Denied, "making the state folder of the embedded sandbox").At(parent).Try("make the project's folder writable")
	}
	name := filepath.Join(parent, ".gitignore")
	if _, err := os.Lstat(name); err == nil {
		return nil
	}
	if err := os.WriteFile(name, []byte("*\n"), 0o644); err != nil {
		return fault.Wrap(err, fault.Denied, "keeping the state folder out of version control").At(name)
	}
	return nil
}

// simulations are those of the shelf and the sandbox's own: IAM, STS, Logs.
func (s *Sandbox) simulations(h *held, d *iam.Directory, keys *endpoint.Keys) []kind.Simulation {
	sts := d.Service(func(who kind.Principal, life time.Duration) (iam.Issued, error) {
		c, err := keys.Issue(who, life)
		return iam.Issued(c), err
	})
	out := []kind.Simulation{{Types: d.Types(), Services: []kind.Service{sts}}, h.logs.Simulation()}
	for _, k := range s.Shelf {
		if sim, ok := k.(kind.Simulator); ok {
			out = append(out, sim.Simulate())
		}
	}
	return out
}

// listen opens the endpoint at the port that it had before.
func (h *held) listen(d endpoint.Deps) (*endpoint.Endpoint, error) {
	var had int
	if _, err := h.folder.Get(settingSection, endpointPort, &had); err != nil {
		return nil, err
	}
	e, err := endpoint.Listen(had, d)
	if err != nil || e.Port() == had {
		return e, err
	}
	if err := h.folder.Set(settingSection, endpointPort, e.Port()); err != nil {
		return e, err
	}
	return e, h.world.Moved("the AWS endpoint", had, e.Port())
}

// engine loads the template engine from what is stored. It is not shared: one that is applying keeps nobody from reading.
func (h *held) engine() (*engine.Engine, error) {
	return engine.New(engine.Deps{Types: h.world.Types(), World: h.world, Store: h.folder.Stack(), Host: h.world, Dynamic: h.dynamic})
}

// empty tells that nothing is deployed and nothing is left of what was.
func (h *held) empty() bool {
	e, err := h.engine()
	return err == nil && e.Empty() && (e.Head().Status == "" || e.Head().Status == "DELETE_COMPLETE")
}

// run lets what is deployed run. It does so when it returns, whoever asked first.
func (h *held) run() {
	h.start.Do(func() {
		h.world.Live()
		h.live.Store(true)
	})
}

// close ends all that runs and gives the folder free. It takes a half-opened one too.
func (h *held) close() error {
	close(h.gone)
	var errs []error
	if h.control != nil {
		errs = append(errs, h.control.close())
	}
	if h.endpoint != nil {
		errs = append(errs, h.endpoint.Close())
	}
	if h.world != nil {
		h.world.Close() // before the functions: what waits for one gives up, and is taken up again by the next process
	}
	if h.functions != nil {
		errs = append(errs, h.functions.Close())
	}
	if h.logs != nil {
		errs = append(errs, h.logs.Close())
	}
	return errors.Join(append(errs, h.folder.Close())...)
}

// invoker is the function host as the world sees it.
type invoker struct{ Functions }

func (i invoker) Invoke(ctx context.Context, in kind.Invocation) (kind.InvokeResult, error) {
	return i.Functions.Invoke(ctx, in.Function, functions.Request{Payload: in.Payload, RequestID: in.RequestID, Hops: in.Hops})
}

// say keeps a line of a simulation.
func (h *held) say(node, level, text string) {
	if level == "warn" {
		level = string(event.Warning)
	}
	_ = h.logs.Append(logs.Entry{Time: h.now(), Node: node, Level: level, Text: text}) // there is nobody left to tell
}

// line keeps a line of a function. The person sees it in any case; its log group has it only where the function's role may write
// there, as on AWS.
func (h *held) line(l functions.Line) {
	e := logs.Entry{Time: l.Time, Node: l.Node, Level: string(event.Info), RequestID: l.RequestID, Text: l.Text}
	if h.mayLog(l) {
		e.Group, e.Stream = l.Group, l.Stream
	}
	_ = h.logs.Append(e) // there is nobody left to tell
}

func (h *held) mayLog(l functions.Line) bool {
	spec, ok := h.world.Function(l.ARN)
	if !ok {
		return true // it is being removed, and its last words count
	}
	err := h.world.Allow(kind.Access{Principal: kind.Principal{Role: spec.Role, Session: spec.Name}, Action: "logs:PutLogEvents",
		Resource: h.world.ARN("logs", "log-group:"+l.Group+":log-stream:"+l.Stream)})
	if err == nil {
		return true
	}
	h.mu.Lock()
	told := h.mute[l.ARN]
	h.mute[l.ARN] = true
	h.mu.Unlock()
	if !told {
		h.say(l.Node, string(event.Warning), "on AWS these lines would be lost: "+fault.As(err).Message)
	}
	return false
}
