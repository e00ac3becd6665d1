package functions

import (
	"errors"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// environment is one execution environment: a process group of its own, its runtime API, its log stream, its scratch folder.
// It serves one event at a time.
type environment struct {
	host     *Host
	function *function
	spec     kind.FunctionSpec // as it was when this environment was made
	code     string
	id       string
	scratch  string // HOME, TMPDIR
	log      *stream
	api      *api
	process  *process
	output   *output

	expiry *time.Timer // guarded by the host's lock, as used is
	used   time.Time

	gone  chan struct{} // closed when the process has ended and all that it wrote is logged
	ended exit          // valid once gone

	most   atomic.Int64           // bytes of memory
	excess atomic.Pointer[excess] // why it was ended for using too much

	mu      sync.Mutex // guards what follows, and process until it is set
	stopped bool
}

// exit is how a process ended.
type exit struct {
	code   int
	reason string // "exit status 1", "signal: killed"
}

// excess is what was too much: the error's type, and a line for the log.
type excess struct{ class, line string }

func newEnvironment(h *Host, f *function) *environment {
	e := &environment{host: h, function: f, spec: f.spec, code: f.code, id: strings.ReplaceAll(h.deps.NewID(), "-", ""), gone: make(chan struct{})}
	e.scratch = h.path("run", e.id)
	e.log = newStream(e)
	return e
}

// current tells whether a new environment would be the same.
func (e *environment) current(f *function) bool {
	return reflect.DeepEqual(e.spec, f.spec)
}

func (e *environment) started() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.process != nil
}

// start begins the process. An error says that there is none; fault.Invalid that it is the function's own fault.
func (e *environment) start() (err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped {
		return closed()
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(e.scratch)
		}
	}()
	command, err := e.host.deps.Runtimes.find(e.spec.Runtime)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(e.scratch, 0o700); err != nil {
		return fault.Wrap(err, fault.Unavailable, "preparing a folder for %s", e.spec.Name)
	}
	if err := e.host.guard.ensure(); err != nil {
		return err
	}
	bootstraps := e.host.bootstraps()
	if e.api, err = serve(e); err != nil {
		return err
	}
	args := command.args(e.spec, e.code, bootstraps)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = e.code
	cmd.Env = e.variables(command, bootstraps)
	e.log.print("INIT_START Runtime Version: " + command.label())
	if e.process, e.output, err = launch(cmd, e.spec.MemoryMB, e.log.line); err != nil {
		e.api.close()
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ENOEXEC) {
			return fault.Wrap(err, fault.Invalid, "Couldn't find valid bootstrap(s): [%s]", args[0])
		}
		return fault.Wrap(err, fault.Unavailable, "starting %s", e.spec.Name)
	}
	e.host.guard.add(e.process)
	e.host.watch.add(e)
	e.host.runs.Add(1)
	go e.attend()
	return nil
}

// attend waits for the end of the process, then sees to it that nothing of it stays.
func (e *environment) attend() {
	defer e.host.runs.Done()
	ended := e.process.wait()
	e.process.close()
	e.host.guard.remove(e.process)
	e.host.guard.sweep("AWS_LAMBDA_RUNTIME_API=" + e.api.address + "\x00")
	e.host.watch.remove(e)
	e.output.close()
	e.api.close()
	_ = os.RemoveAll(e.scratch)
	e.ended = ended
	close(e.gone)
	e.host.expire(e) // nobody may get it any more
	e.host.tidy(e.code)
}

// stop ends the process and returns when it is gone. One that has not been started never will be.
func (e *environment) stop() {
	e.mu.Lock()
	e.stopped = true
	p := e.process
	e.mu.Unlock()
	if p == nil || e.over() { // its id may be another's by now
		return
	}
	p.kill()
	<-e.gone
}

// over tells whether the process has ended.
func (e *environment) over() bool {
	select {
	case <-e.gone:
		return true
	default:
		return false
	}
}

// seen notes how much memory is in use.
func (e *environment) seen(bytes int64) {
	for {
		most := e.most.Load()
		if bytes <= most || e.most.CompareAndSwap(most, bytes) {
			return
		}
	}
}

// exceed ends an environment that uses too much, and says what.
func (e *environment) exceed(class, what string) {
	if e.excess.CompareAndSwap(nil, &excess{class, what}) {
		go e.stop()
	}
}
