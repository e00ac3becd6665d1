package world

import (
	"context"
	"encoding/json"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"airloom/backend/kind"
	"airloom/backend/sandbox/local/engine"
)

var _ engine.Host = (*World)(nil)

// patience is how long background work may take to end; one that does not is named and left behind.
const patience = 10 * time.Second

// Up implements engine.Host: the instance exists and, once the world is live, runs.
func (w *World) Up(in kind.Instance) {
	w.Directory.Up(in)
	w.mu.Lock()
	r := &running{in: in}
	w.running[key(in.Type, in.PhysicalID)] = r
	live := w.live
	w.mu.Unlock()
	if live {
		w.start(r)
	}
}

// Down implements engine.Host.
func (w *World) Down(in kind.Instance) {
	w.mu.Lock()
	r := w.running[key(in.Type, in.PhysicalID)]
	delete(w.running, key(in.Type, in.PhysicalID))
	w.mu.Unlock()
	if r != nil {
		w.halt(r)
	}
	w.Directory.Down(in)
}

// Live starts the background work and the addresses of everything that exists, and of all that comes.
func (w *World) Live() {
	w.mu.Lock()
	w.live = true
	all := slices.Collect(maps.Values(w.running))
	w.mu.Unlock()
	for _, r := range all {
		w.start(r)
	}
}

// Close ends all background work and gives all ports free.
func (w *World) Close() {
	w.mu.Lock()
	w.live = false
	all := slices.Collect(maps.Values(w.running))
	w.mu.Unlock()
	w.stop()
	for _, r := range all {
		w.halt(r)
	}
	w.addresses.Close()
}

func (w *World) start(r *running) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := w.types[r.in.Type]
	if r.halted {
		return
	}
	if t.Serve != nil {
		w.Address(r.in.LogicalID)
		w.addresses.Serve(r.in.LogicalID, func(ctx context.Context, in kind.HTTPRequest) kind.HTTPResponse { return t.Serve(ctx, w, r.in, in) })
	}
	if t.Run == nil {
		return
	}
	ctx, cancel := context.WithCancel(w.ctx)
	r.cancel, r.ended = cancel, make(chan struct{})
	go func() {
		defer close(r.ended)
		defer w.recovered(r.in)
		t.Run(ctx, w, r.in)
	}()
}

// halt ends the work of an instance that is in the index no more, or the world's. A replacement that has taken over the
// address keeps it.
func (w *World) halt(r *running) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.halted = true
	if w.types[r.in.Type].Serve != nil {
		if _, replaced := w.first(func(in kind.Instance) bool { return in.LogicalID == r.in.LogicalID && in.PhysicalID != r.in.PhysicalID }); !replaced {
			w.addresses.Serve(r.in.LogicalID, nil)
		}
	}
	if r.ended == nil {
		return
	}
	r.cancel()
	select {
	case <-r.ended:
	case <-time.After(patience):
		w.Log(r.in.Node, "error", "the background work of %s (%s) does not end", r.in.LogicalID, r.in.Type)
	}
}

// recovered keeps a panic of a simulation from taking the application down.
func (w *World) recovered(in kind.Instance) {
	if p := recover(); p != nil {
		w.Log(in.Node, "error", "the simulation of %s (%s) failed unexpectedly: %v\n%s", in.LogicalID, in.Type, p, debug.Stack())
	}
}

func object(text []byte) (map[string]any, error) {
	var m map[string]any
	return m, json.Unmarshal(text, &m)
}
