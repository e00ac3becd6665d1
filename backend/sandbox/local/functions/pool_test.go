package functions

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// gate is a handler that waits until a file is there, and gives its process id.
const gate = `import { existsSync, appendFileSync } from "node:fs";
export const handler = async ({ mark, until }) => { if (mark) appendFileSync(mark, "x"); while (until && !existsSync(until)) await new Promise((r) => setTimeout(r, 5)); return process.pid }`

type gated struct {
	b           *bench
	mark, until string
	results     sync.Map
	calls       sync.WaitGroup
}

func newGated(b *bench) *gated {
	dir := b.t.TempDir()
	return &gated{b: b, mark: filepath.Join(dir, "mark"), until: filepath.Join(dir, "open")}
}

// start calls n times, and returns when all of them are within the handler.
func (g *gated) start(f string, n int) {
	g.b.t.Helper()
	before := g.within()
	for range n {
		g.calls.Go(func() {
			r, err := g.b.Invoke(g.b.t.Context(), f, Request{Payload: []byte(`{"mark":"` + g.mark + `","until":"` + g.until + `"}`)})
			if err != nil || r.FunctionError != "" {
				g.b.t.Errorf("a call failed: %v %s", err, r.Payload)
			}
			g.results.Store(string(r.Payload), true)
		})
	}
	g.b.until(func() bool { return g.within() == before+n })
}

func (g *gated) within() int {
	text, _ := os.ReadFile(g.mark)
	return len(text)
}

// end lets all of them out and gives the ids of the processes that served them.
func (g *gated) end() map[string]bool {
	must(g.b.t, os.WriteFile(g.until, nil, 0o600))
	g.calls.Wait()
	pids := map[string]bool{}
	g.results.Range(func(pid, _ any) bool { pids[pid.(string)] = true; return true })
	return pids
}

// An environment serves one event at a time: as many as are needed are started, and stay warm.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(gate)
	g := newGated(b)
	g.start(f, 3)
	pids := g.end()
	if len(pids) != 3 {
		t.Fatalf("three calls at once ran in %d processes", len(pids))
	}
	for range 5 {
		if r := b.call(f, `{}`); !pids[string(r.Payload)] {
			t.Errorf("a new process %s was started", r.Payload)
		}
	}
}

func TestReservedConcurrency(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(gate, func(s *kind.FunctionSpec) { s.Concurrency = 2 })
	g := newGated(b)
	g.start(f, 2)
	_, err := b.Invoke(t.Context(), f, Request{Payload: []byte(`{}`)})
	if !errors.Is(err, Reserved) || fault.CodeOf(err) != fault.Limit || !strings.Contains(err.Error(), "TooManyRequestsException") {
		t.Errorf("the third call: %v", err)
	}
	g.end()
	b.call(f, `{}`)
	never := b.node(gate, func(s *kind.FunctionSpec) { s.Concurrency = 0 })
	if _, err := b.Invoke(t.Context(), never, Request{}); !errors.Is(err, Reserved) {
		t.Errorf("a function that is switched off: %v", err)
	}
}

// At most so many processes in all: an idle one makes room, a busy one is waited for.
func TestHostLimit(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.most, b.patience = 1, 100*time.Millisecond
	named := func(name string) func(*kind.FunctionSpec) {
		return func(s *kind.FunctionSpec) { s.Name, s.ARN = name, arn(name) }
	}
	one, two := b.node(gate, named("one")), b.node(gate, named("two"))
	first := string(b.call(one, `{}`).Payload)
	b.call(two, `{}`)
	if again := string(b.call(one, `{}`).Payload); again == first {
		t.Error("the idle process did not make room")
	}
	g := newGated(b)
	g.start(one, 1)
	if _, err := b.Invoke(t.Context(), two, Request{}); !errors.Is(err, Concurrent) {
		t.Errorf("no room: %v", err)
	}
	b.patience = time.Minute
	waiting := make(chan error, 1)
	go func() {
		_, err := b.Invoke(t.Context(), two, Request{Payload: []byte(`{}`)})
		waiting <- err
	}()
	g.end()
	must(t, <-waiting)
}

func TestIdleEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.Host.idle = 50 * time.Millisecond
	f := b.node(gate)
	first := string(b.call(f, `{}`).Payload)
	b.until(func() bool { b.Host.mu.Lock(); defer b.Host.mu.Unlock(); return len(b.live) == 0 })
	b.until(func() bool { _, err := os.Stat("/proc/" + first); return err != nil })
	if second := string(b.call(f, `{}`).Payload); second == first {
		t.Error("the process did not end")
	}
}

// New code serves from the next call on; a call under way ends in the old one, whose process and folder then go.
func TestReplace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(gate)
	g := newGated(b)
	g.start(f, 1)
	next := b.artifact(map[string]string{"index.mjs": `export const handler = async () => "new"`})
	must(t, b.Replace(f, next))
	b.want(f, `{}`, `"new"`)
	pids := g.end()
	for pid := range pids {
		b.until(func() bool { _, err := os.Stat("/proc/" + pid); return err != nil })
	}
	b.want(f, `{}`, `"new"`)
	b.until(func() bool {
		folders, _ := filepath.Glob(b.path("code", "*"))
		return len(folders) == 1 && filepath.Base(folders[0])+".zip" == next
	})
	if err := b.Replace(arn("other"), next); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an unknown function: %v", err)
	}
}

// What Python compiled goes with the code that it was compiled from.
func TestCompiledPythonGoes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.python("import other.part\ndef handler(event, context): return 1")
	b.want(f, ``, `1`)
	compiled := func() []string {
		all, _ := filepath.Glob(filepath.Join(b.path("pycache"), b.path("code"), "*"))
		return all
	}
	if len(compiled()) != 1 {
		t.Fatalf("compiled: %v", compiled())
	}
	b.Remove(f)
	b.until(func() bool { return len(compiled()) == 0 })
}

// The same function put again keeps its processes; other settings do not.
func TestPutAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	pid := func(memory int) string {
		f := b.node(gate, func(s *kind.FunctionSpec) { s.MemoryMB, s.Environment = memory, map[string]string{"A": "b"} })
		return string(b.call(f, `{}`).Payload)
	}
	first := pid(256)
	if again := pid(256); again != first {
		t.Error("nothing changed, and the process did")
	}
	if other := pid(300); other == first {
		t.Error("the memory setting changed, and the process did not")
	}
}

// A function that a template says little about has Lambda's defaults.
func TestDefaults(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(`export const handler = async (e, c) => [c.memoryLimitInMB, c.getRemainingTimeInMillis() <= 3000, c.logGroupName]`, func(s *kind.FunctionSpec) { s.MemoryMB, s.Timeout, s.LogGroup = 0, 0, "" })
	b.want(f, ``, `["128",true,"/aws/lambda/shop-nodejs"]`)
}

func TestRemove(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(gate)
	g := newGated(b)
	g.start(f, 1)
	b.Remove(f)
	b.Remove(f)
	if _, err := b.Invoke(t.Context(), f, Request{}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a removed function: %v", err)
	}
	g.end() // what was under way came to its end
	b.until(func() bool { b.Host.mu.Lock(); defer b.Host.mu.Unlock(); return len(b.live) == 0 })
}

// Close ends what runs, and nothing starts any more.
func TestClose(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	f := b.node(gate, func(s *kind.FunctionSpec) { s.Timeout = time.Minute })
	var r kind.InvokeResult
	var done sync.WaitGroup
	mark := filepath.Join(t.TempDir(), "mark")
	done.Go(func() {
		r, _ = b.Invoke(t.Context(), f, Request{Payload: []byte(`{"mark":"` + mark + `","until":"/never/there"}`)})
	})
	b.until(func() bool { _, err := os.Stat(mark); return err == nil })
	must(t, b.Close())
	done.Wait()
	if r.FunctionError == "" {
		t.Errorf("the call under way: %s", r.Payload)
	}
	if _, err := b.Invoke(t.Context(), f, Request{}); fault.CodeOf(err) != fault.Canceled {
		t.Errorf("after the end: %v", err)
	}
	if err := b.Put(kind.FunctionSpec{ARN: f, Runtime: "nodejs22.x", ArtifactKey: b.artifact(map[string]string{"a": "b"})}); fault.CodeOf(err) != fault.Canceled {
		t.Errorf("put after the end: %v", err)
	}
	must(t, b.Close())
	if left, _ := filepath.Glob(b.path("run", "*")); len(left) > 0 {
		t.Errorf("scratch folders stay: %v", left)
	}
}
