// Package bell wakes those who wait for a change of something: of a queue, of a table's stream, of work for later. What has
// changed lies in kind.State; a bell only rings.
package bell

import "sync"

// Bells are bells by name, for instance by ARN. The zero value is ready, and safe for concurrent use.
type Bells struct {
	mu     sync.Mutex
	byName map[string]chan struct{}
}

// Wait is closed at the next ring. Whoever waits takes it before looking whether there is something already.
func (b *Bells) Wait(name string) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.byName == nil {
		b.byName = map[string]chan struct{}{}
	}
	if b.byName[name] == nil {
		b.byName[name] = make(chan struct{})
	}
	return b.byName[name]
}

// Ring wakes all who wait.
func (b *Bells) Ring(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.byName[name]; c != nil {
		close(c)
		delete(b.byName, name)
	}
}
