// Package backlog keeps work that is to be done later, and again if it fails: asynchronous invocations, deliveries of rules
// and schedules. It is stored in kind.State, so that it survives a restart, and handled when it is due.
package backlog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/bell"
)

// Backlog is the unfinished work of all instances of a kind. It is safe for concurrent use.
type Backlog[T any] struct {
	space  string
	atOnce int
	bells  bell.Bells // by the owner's ARN
}

// Item is one piece of work, stored as JSON.
type Item[T any] struct {
	ID   string // unique among the owner's
	Due  time.Time
	Work T
}

// New makes a backlog in a namespace of the state; each owner handles at most atOnce items at once. Its keys begin with "backlog/".
func New[T any](space string, atOnce int) *Backlog[T] {
	return &Backlog[T]{space: space, atOnce: atOnce}
}

func prefix(owner kind.Instance) []byte { return []byte("backlog/" + owner.ARN + "/") }

// key orders an owner's items by the time at which they are due.
func (i Item[T]) key(owner kind.Instance) []byte {
	return fmt.Appendf(prefix(owner), "%016x/%s", i.Due.UnixMilli(), i.ID)
}

// Add keeps an item; it is durable when Add returns.
func (b *Backlog[T]) Add(w kind.World, owner kind.Instance, i Item[T]) error {
	defer b.bells.Ring(owner.ARN)
	return w.State(b.space).Update(func(tx kind.Tx) error { return kind.Save(tx, i.key(owner), i.Work) })
}

// Drop forgets all items of an owner.
func (b *Backlog[T]) Drop(w kind.World, owner kind.Instance) error {
	return w.State(b.space).Update(func(tx kind.Tx) error { return tx.DeletePrefix(prefix(owner)) })
}

// Run handles the owner's items as they become due until ctx ends, also those that an earlier process had added. What handle
// returns takes the item's place; nil means that it is done. An item whose handling ctx has ended stays as it was.
func (b *Backlog[T]) Run(ctx context.Context, w kind.World, owner kind.Instance, handle func(context.Context, Item[T]) *Item[T]) {
	var hands sync.WaitGroup
	defer hands.Wait()
	busy := claims{keys: map[string]bool{}}
	for {
		changed := b.bells.Wait(owner.ARN)
		due, next := b.claim(w, owner, &busy)
		for _, s := range due {
			hands.Go(func() {
				item, again := s.item, (*Item[T])(nil)
				if err := json.Unmarshal(s.body, &item.Work); err == nil {
					again = handle(ctx, item)
				} else {
					w.Log(owner.Node, "error", "%s is pending, cannot be read and is lost: %s", item.ID, err)
				}
				if ctx.Err() == nil {
					if err := b.settle(w, owner, item, again); err != nil {
						w.Log(owner.Node, "error", "keeping what is still to be done: %s", err)
						return // still claimed: or it would be done over and over
					}
				}
				busy.release(item.key(owner))
				b.bells.Ring(owner.ARN)
			})
		}
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = w.After(max(next.Sub(w.Now()), time.Millisecond))
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-timer:
		}
	}
}

// stored is an item whose work is not read yet.
type stored[T any] struct {
	item Item[T]
	body []byte
}

// claims are the items that are being handled.
type claims struct {
	mu   sync.Mutex
	keys map[string]bool
}

func (c *claims) release(key []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.keys, string(key))
}

// claim takes the items that are due, as many as may be handled at once, and tells when the next one will be.
func (b *Backlog[T]) claim(w kind.World, owner kind.Instance, busy *claims) (due []stored[T], next time.Time) {
	busy.mu.Lock()
	defer busy.mu.Unlock()
	now := w.Now()
	_ = w.State(b.space).View(func(tx kind.Tx) error { // it only reads: there is nothing that could fail
		tx.Scan(prefix(owner), nil, func(k, v []byte) bool {
			if len(busy.keys) >= b.atOnce {
				return false // whoever ends rings
			}
			i, ok := read[T](k[len(prefix(owner)):])
			if !ok || busy.keys[string(k)] {
				return true
			}
			if i.Due.After(now) {
				next = i.Due
				return false
			}
			busy.keys[string(k)] = true
			due = append(due, stored[T]{i, bytes.Clone(v)})
			return true
		})
		return nil
	})
	return due, next
}

// read is the inverse of key.
func read[T any](key []byte) (Item[T], bool) {
	var millis int64
	due, id, ok := bytes.Cut(key, []byte("/"))
	_, err := fmt.Sscanf(string(due), "%x", &millis)
	return Item[T]{ID: string(id), Due: time.UnixMilli(millis)}, ok && err == nil
}

func (b *Backlog[T]) settle(w kind.World, owner kind.Instance, done Item[T], again *Item[T]) error {
	return w.State(b.space).Update(func(tx kind.Tx) error {
		if err := tx.Delete(done.key(owner)); err != nil || again == nil {
			return err
		}
		return kind.Save(tx, again.key(owner), again.Work)
	})
}
