package lambda

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

// stage is a world with one function, whose answers the test scripts.
type stage struct {
	*kindtest.World
	t    *testing.T
	sim  kind.Simulation
	fn   kind.Instance
	ctx  context.Context
	stop func()
	runs sync.WaitGroup

	mu      sync.Mutex
	answers []answer // one a call; the last one stays
	calls   []kind.Invocation
}

type answer struct {
	payload string
	failure string // FunctionError
	err     error
}

var working = map[string]any{"FunctionName": "worker", "Code": map[string]any{"S3Bucket": "b", "S3Key": "k.zip"}, "Runtime": "nodejs22.x", "Handler": "index.handler",
	"Role": "arn:aws:iam::000000000000:role/worker", "Timeout": 10}

// newStage makes the function with further properties. Call it within a synctest bubble where something runs.
func newStage(t *testing.T, more map[string]any, sims ...kind.Simulation) *stage {
	t.Helper()
	s := &stage{t: t, sim: New().Simulate(), answers: []answer{{payload: "null"}}}
	s.World = kindtest.New(append(sims, s.sim)...)
	s.World.Function = s.answer
	s.ctx, s.stop = context.WithCancel(t.Context())
	s.fn = s.create("Worker", functionType, with(working, more))
	return s
}

func with(base, more map[string]any) map[string]any {
	out := map[string]any{}
	for _, m := range []map[string]any{base, more} {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func (s *stage) create(id, resource string, p map[string]any) kind.Instance {
	s.t.Helper()
	in, err := s.Create(s.t.Context(), id, resource, p)
	if err != nil {
		s.t.Fatal(err)
	}
	return in
}

func (s *stage) kind(resource string) kind.ResourceType {
	for _, t := range s.sim.Types {
		if t.Type == resource {
			return t
		}
	}
	s.t.Fatal("no type " + resource)
	return kind.ResourceType{}
}

// run starts an instance's background work and waits until it has nothing to do.
func (s *stage) run(in kind.Instance) {
	ctx := s.ctx
	s.runs.Go(func() { s.kind(in.Type).Run(ctx, s.World, in) })
	synctest.Wait()
}

// end stops all background work, as the end of the process does.
func (s *stage) end() {
	s.stop()
	s.runs.Wait()
}

// restart ends everything and makes a new simulation on what was stored.
func (s *stage) restart() {
	s.end()
	s.sim = New().Simulate()
	s.ctx, s.stop = context.WithCancel(s.t.Context())
}

// pass moves the clock and lets everybody act on it.
func (s *stage) pass(d time.Duration) {
	s.Advance(d)
	synctest.Wait()
}

func (s *stage) answer(in kind.Invocation) (kind.InvokeResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, in)
	a := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	return kind.InvokeResult{Payload: []byte(a.payload), FunctionError: a.failure, RequestID: in.RequestID, LogTail: "START\nEND\n"}, a.err
}

func (s *stage) script(answers ...answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = answers
}

func (s *stage) called() []kind.Invocation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]kind.Invocation(nil), s.calls...)
}

func (s *stage) wantCalls(n int) {
	s.t.Helper()
	if got := len(s.called()); got != n {
		s.t.Fatalf("the function was invoked %d times, want %d\n%v", got, n, s.Lines())
	}
}

var (
	fine      = answer{payload: `"ok"`}
	broken    = answer{payload: `{"errorMessage":"no","errorType":"Error"}`, failure: "Unhandled"}
	throttled = answer{err: fault.New(fault.Limit, "busy")}
)

// decode reads JSON into a map, or fails the test.
func decode(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}
