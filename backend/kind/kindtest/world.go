// Package kindtest is a world in memory in which a kind's offline behaviour is tested: no ports, no processes, a clock that
// the test moves. It keeps the promises of kind.World that simulations rest on and imports kind and fault only.
package kindtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// World is a kind.World for tests. Set the hooks before use; everything else is safe for concurrent use.
type World struct {
	// Denied answers Allow; nil admits everything.
	Denied func(kind.Access) error
	// Function answers Invoke; nil says that there is no such function.
	Function func(kind.Invocation) (kind.InvokeResult, error)

	mu        sync.Mutex
	now       time.Time
	timers    []timer
	ids       int
	types     map[string]kind.ResourceType
	hosts     []kind.Host
	instances []kind.Instance
	policies  map[string]map[string]map[string]any
	states    map[string]*state
	asked     []kind.Access
	delivered []kind.Delivery
	hosted    map[string]kind.FunctionSpec
	lines     []string
}

type timer struct {
	at time.Time
	c  chan time.Time
}

var _ kind.World = (*World)(nil)

// New makes a world that knows the resource types and hosts of the simulations, at noon of the first of March 2026, UTC.
func New(sims ...kind.Simulation) *World {
	w := &World{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), types: map[string]kind.ResourceType{}, policies: map[string]map[string]map[string]any{},
		states: map[string]*state{}, hosted: map[string]kind.FunctionSpec{}}
	for _, s := range sims {
		for _, t := range s.Types {
			w.types[t.Type] = t
		}
		w.hosts = append(w.hosts, s.Hosts...)
	}
	return w
}

// Create makes a resource as the engine does: with a suggested physical id, and known to the world afterwards.
func (w *World) Create(ctx context.Context, logicalID, resourceType string, properties map[string]any) (kind.Instance, error) {
	t, ok := w.types[resourceType]
	if !ok {
		return kind.Instance{}, fault.New(fault.Unsupported, "the world does not know %s", resourceType)
	}
	if t.Check != nil {
		if err := t.Check(properties); err != nil {
			return kind.Instance{}, err
		}
	}
	in := kind.Instance{LogicalID: logicalID, Type: resourceType, Stack: w.Stack(), Node: strings.ToLower(logicalID),
		PhysicalID: "test-" + logicalID + "-1A2B3C4D5E6F", Properties: properties, Attributes: map[string]any{}}
	if t.Create != nil {
		var err error
		if in, err = t.Create(ctx, w, in); err != nil {
			return in, err
		}
	}
	w.Put(in)
	return in, nil
}

// Update changes a resource as the engine does.
func (w *World) Update(ctx context.Context, old kind.Instance, properties map[string]any) (kind.Instance, error) {
	next := old
	next.Properties = properties
	if f := w.types[old.Type].Update; f != nil {
		var err error
		if next, err = f(ctx, w, old, next); err != nil {
			return old, err
		}
	}
	w.Put(next)
	return next, nil
}

// Delete removes a resource as the engine does.
func (w *World) Delete(ctx context.Context, in kind.Instance) error {
	if f := w.types[in.Type].Delete; f != nil {
		if err := f(ctx, w, in); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.instances = slices.DeleteFunc(w.instances, func(o kind.Instance) bool { return o.LogicalID == in.LogicalID })
	return nil
}

// Put makes an instance known without creating it.
func (w *World) Put(in kind.Instance) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.instances = slices.DeleteFunc(w.instances, func(o kind.Instance) bool { return o.LogicalID == in.LogicalID })
	w.instances = append(w.instances, in)
	slices.SortFunc(w.instances, func(a, b kind.Instance) int { return strings.Compare(a.LogicalID, b.LogicalID) })
}

// Region implements kind.World.
func (w *World) Region() string { return "us-east-1" }

// Account implements kind.World.
func (w *World) Account() string { return "000000000000" }

// Stack implements kind.World.
func (w *World) Stack() string { return "test" }

// Endpoint implements kind.World.
func (w *World) Endpoint() string { return "http://127.0.0.1:4566" }

// Address implements kind.World.
func (w *World) Address(logicalID string) string {
	return fmt.Sprintf("http://127.0.0.1:%d", 40000+len(logicalID))
}

// ARN implements kind.World.
func (w *World) ARN(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, w.Region(), w.Account(), resource)
}

// NewID implements kind.World: UUIDs that count up.
func (w *World) NewID() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", w.ids)
}

// Now implements kind.World.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// After implements kind.World; the timer fires when the test has moved the clock far enough.
func (w *World) After(d time.Duration) <-chan time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := make(chan time.Time, 1)
	w.timers = append(w.timers, timer{w.now.Add(d), c})
	w.fire()
	return c
}

// Sleeping is how many timers have not fired: a test waits for it before it moves the clock.
func (w *World) Sleeping() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.timers)
}

// Advance moves the clock and fires the timers that are due.
func (w *World) Advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
	w.fire()
}

func (w *World) fire() {
	w.timers = slices.DeleteFunc(w.timers, func(t timer) bool {
		if t.at.After(w.now) {
			return false
		}
		t.c <- w.now
		return true
	})
}

// Find implements kind.World.
func (w *World) Find(arn string) (kind.Instance, bool) {
	return w.first(func(in kind.Instance) bool { return arn != "" && in.ARN == arn })
}

// Lookup implements kind.World.
func (w *World) Lookup(resourceType, physicalID string) (kind.Instance, bool) {
	return w.first(func(in kind.Instance) bool { return in.Type == resourceType && in.PhysicalID == physicalID })
}

// Instances implements kind.World.
func (w *World) Instances(resourceType string) []kind.Instance {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(w.instances), func(in kind.Instance) bool { return in.Type != resourceType })
}

func (w *World) first(is func(kind.Instance) bool) (kind.Instance, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := slices.IndexFunc(w.instances, is); i >= 0 {
		return w.instances[i], true
	}
	return kind.Instance{}, false
}

// Allow implements kind.World by the hook; the question is kept for Asked.
func (w *World) Allow(a kind.Access) error {
	w.mu.Lock()
	w.asked = append(w.asked, a)
	w.mu.Unlock()
	if w.Denied == nil || a.Principal.Owner {
		return nil
	}
	return w.Denied(a)
}

// Asked are the questions that Allow was asked.
func (w *World) Asked() []kind.Access {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

// SetPolicy implements kind.World.
func (w *World) SetPolicy(arn, id string, document map[string]any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.policies[arn] == nil {
		w.policies[arn] = map[string]map[string]any{}
	}
	if document == nil {
		delete(w.policies[arn], id)
		return
	}
	w.policies[arn][id] = document
}

// Policies are the documents attached to an ARN, by id.
func (w *World) Policies(arn string) map[string]map[string]any {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.policies[arn]
}

// Deliver implements kind.World: to the target's Accept, where the target's type has one.
func (w *World) Deliver(ctx context.Context, d kind.Delivery) error {
	if d.Hops > 16 {
		return fault.New(fault.Limit, "stopped after %d hops", d.Hops)
	}
	w.mu.Lock()
	w.delivered = append(w.delivered, d)
	w.mu.Unlock()
	in, ok := w.Find(d.Target)
	if !ok {
		return fault.New(fault.NotFound, "there is no %s", d.Target)
	}
	if accept := w.types[in.Type].Accept; accept != nil {
		return accept(ctx, w, in, d)
	}
	return nil
}

// Delivered are the payloads that were pushed.
func (w *World) Delivered() []kind.Delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.delivered)
}

// Invoke implements kind.World by the hook.
func (w *World) Invoke(_ context.Context, in kind.Invocation) (kind.InvokeResult, error) {
	if w.Function == nil {
		return kind.InvokeResult{}, fault.New(fault.NotFound, "there is no function %s", in.Function)
	}
	return w.Function(in)
}

// Receive implements kind.World by the source's type.
func (w *World) Receive(ctx context.Context, arn string, req kind.PollRequest) (kind.Batch, error) {
	in, ok := w.first(func(in kind.Instance) bool { return arn != "" && (in.ARN == arn || in.Attributes["StreamArn"] == arn) })
	if !ok || w.types[in.Type].Receive == nil {
		return kind.Batch{}, fault.New(fault.NotFound, "there is no source %s", arn)
	}
	return w.types[in.Type].Receive(ctx, w, in, req)
}

// Functions implements kind.World: what is put is kept for Hosted.
func (w *World) Functions() kind.Functions { return host{w} }

type host struct{ w *World }

func (h host) Put(s kind.FunctionSpec) error {
	h.w.mu.Lock()
	defer h.w.mu.Unlock()
	h.w.hosted[s.ARN] = s
	return nil
}

func (h host) Remove(arn string) {
	h.w.mu.Lock()
	defer h.w.mu.Unlock()
	delete(h.w.hosted, arn)
}

// Hosted is a function that was put.
func (w *World) Hosted(arn string) (kind.FunctionSpec, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, ok := w.hosted[arn]
	return s, ok
}

// Fetch implements kind.World: only the simulations' hosts answer.
func (w *World) Fetch(ctx context.Context, r kind.HTTPRequest) (kind.HTTPResponse, error) {
	for _, h := range w.hosts {
		if h.Match(r.Host) {
			return h.Serve(ctx, w, r), nil
		}
	}
	return kind.HTTPResponse{}, fault.New(fault.Unavailable, "nothing answers for %s", r.Host)
}

// Log implements kind.World.
func (w *World) Log(node, level, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, node+" "+level+" "+fmt.Sprintf(format, args...))
}

// Lines are what was logged: "node level text".
func (w *World) Lines() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.lines)
}
