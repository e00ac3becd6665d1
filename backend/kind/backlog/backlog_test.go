package backlog

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

var owner = kind.Instance{ARN: "arn:owner", Node: "owner"}

// shop is a backlog whose handler notes what it was given.
type shop struct {
	*kindtest.World
	b    *Backlog[string]
	stop func()
	runs sync.WaitGroup

	mu   sync.Mutex
	seen []string
	do   func(Item[string]) *Item[string]
}

func newShop(t *testing.T, w *kindtest.World, do func(Item[string]) *Item[string]) *shop {
	s := &shop{World: w, b: New[string]("test", 2), do: do}
	ctx, stop := context.WithCancel(t.Context())
	s.stop = func() { stop(); s.runs.Wait() }
	s.runs.Go(func() {
		s.b.Run(ctx, w, owner, func(_ context.Context, i Item[string]) *Item[string] {
			s.mu.Lock()
			s.seen = append(s.seen, i.Work)
			s.mu.Unlock()
			return s.do(i)
		})
	})
	synctest.Wait()
	return s
}

func (s *shop) add(t *testing.T, id string, in time.Duration) {
	t.Helper()
	if err := s.b.Add(s.World, owner, Item[string]{id, s.Now().Add(in), id}); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

func (s *shop) pass(d time.Duration) { s.Advance(d); synctest.Wait() }

func (s *shop) want(t *testing.T, seen string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if got := strings.Join(s.seen, " "); got != seen {
		t.Errorf("handled %q, want %q", got, seen)
	}
}

func done(Item[string]) *Item[string] { return nil }

func TestItemsAreHandledWhenDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, kindtest.New(), done)
		defer s.stop()
		s.add(t, "late", time.Minute)
		s.add(t, "now", 0)
		s.add(t, "soon", time.Second)
		s.want(t, "now")
		s.pass(time.Second)
		s.want(t, "now soon")
		s.pass(59 * time.Second)
		s.want(t, "now soon late")
		s.pass(time.Hour)
		s.want(t, "now soon late")
	})
}

func TestItemsComeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := kindtest.New()
		s := newShop(t, w, func(i Item[string]) *Item[string] {
			if i.Work == "a!!" {
				return nil
			}
			return &Item[string]{i.ID, w.Now().Add(time.Minute), i.Work + "!"}
		})
		defer s.stop()
		s.add(t, "a", 0)
		s.pass(time.Minute)
		s.pass(time.Minute)
		s.pass(time.Minute)
		s.want(t, "a a! a!!")
	})
}

// What was being handled when the process ended is handled by the next one.
func TestItemsSurviveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, gate := kindtest.New(), make(chan struct{})
		s := newShop(t, w, func(Item[string]) *Item[string] { <-gate; return nil })
		s.add(t, "a", 0)
		s.add(t, "b", time.Minute)
		s.want(t, "a")
		go func() { synctest.Wait(); close(gate) }()
		s.stop()
		s = newShop(t, w, done)
		defer s.stop()
		s.want(t, "a")
		s.pass(time.Minute)
		s.want(t, "a b")
	})
}

func TestNoMoreAtOnceThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		s := newShop(t, kindtest.New(), func(Item[string]) *Item[string] { <-gate; return nil })
		defer s.stop()
		for _, id := range []string{"a", "b", "c", "d"} {
			s.add(t, id, 0)
		}
		if len(s.seen) != 2 {
			t.Errorf("%v", s.seen)
		}
		close(gate)
		synctest.Wait()
		if len(s.seen) != 4 {
			t.Errorf("%v", s.seen)
		}
	})
}

func TestDrop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t, kindtest.New(), done)
		defer s.stop()
		s.add(t, "a", time.Minute)
		if err := s.b.Drop(s.World, owner); err != nil {
			t.Fatal(err)
		}
		s.pass(time.Hour)
		s.want(t, "")
	})
}

// What another version has written, and this one cannot read, is said and does not come again.
func TestUnreadableWorkIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := kindtest.New()
		i := Item[string]{ID: "a", Due: w.Now()}
		if err := w.State("test").Update(func(tx kind.Tx) error { return tx.Put(i.key(owner), []byte(`{}`)) }); err != nil {
			t.Fatal(err)
		}
		s := newShop(t, w, done)
		defer s.stop()
		s.add(t, "b", time.Second)
		s.pass(time.Minute)
		s.want(t, "b")
		if lines := w.Lines(); len(lines) != 1 || !strings.Contains(lines[0], "a is pending, cannot be read and is lost") {
			t.Errorf("%q", lines)
		}
	})
}
