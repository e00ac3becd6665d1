package kindtest

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"sync"

	"airloom/backend/kind"
)

// State implements kind.World.
func (w *World) State(namespace string) kind.State {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.states[namespace] == nil {
		w.states[namespace] = &state{data: map[string][]byte{}}
	}
	return w.states[namespace]
}

// state is an ordered key-value store in memory. An update that fails changes nothing.
type state struct {
	mu   sync.RWMutex
	data map[string][]byte
}

func (s *state) View(f func(kind.Tx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return f(&tx{s.data, false})
}

func (s *state) Update(f func(kind.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tx{maps.Clone(s.data), true}
	if err := f(t); err != nil {
		return err
	}
	s.data = t.data
	return nil
}

type tx struct {
	data     map[string][]byte
	writable bool
}

func (t *tx) Get(key []byte) []byte { return t.data[string(key)] }

func (t *tx) Put(key, value []byte) error {
	t.mustWrite()
	t.data[string(key)] = bytes.Clone(value)
	if value == nil {
		t.data[string(key)] = []byte{}
	}
	return nil
}

func (t *tx) Delete(key []byte) error {
	t.mustWrite()
	delete(t.data, string(key))
	return nil
}

func (t *tx) DeletePrefix(prefix []byte) error {
	t.mustWrite()
	maps.DeleteFunc(t.data, func(k string, _ []byte) bool { return strings.HasPrefix(k, string(prefix)) })
	return nil
}

// mustWrite panics as the real store refuses: a write in a View is a mistake of the simulation.
func (t *tx) mustWrite() {
	if !t.writable {
		panic("a write in a View")
	}
}

func (t *tx) Scan(prefix, from []byte, visit func(key, value []byte) bool) {
	for _, k := range t.keys(prefix) {
		if k >= string(from) && !visit([]byte(k), t.data[k]) {
			return
		}
	}
}

func (t *tx) Reverse(prefix, from []byte, visit func(key, value []byte) bool) {
	for _, k := range slices.Backward(t.keys(prefix)) {
		if (from == nil || k <= string(from)) && !visit([]byte(k), t.data[k]) {
			return
		}
	}
}

func (t *tx) keys(prefix []byte) []string {
	var out []string
	for k := range t.data {
		if strings.HasPrefix(k, string(prefix)) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}
