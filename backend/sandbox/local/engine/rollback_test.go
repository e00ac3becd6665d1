package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"airloom/backend/fault"
)

func failing(op string) func(string) error {
	return func(s string) error {
		if s == op {
			return errors.New("the disk is full")
		}
		return nil
	}
}

func TestCreateFailsAndIsRolledBack(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.cloud.break_ = failing("create A")
	err := b.apply(e, three)
	if err == nil || err.Error() != "node-a: A (Test::Thing): the disk is full" {
		t.Errorf("the cause: %v", err)
	}
	b.same("order", b.cloud.ops, []string{"create C", "create B", "create A", "delete A", "delete B", "delete C"})
	b.same("status", e.Head().Status+": "+e.Head().Reason, "ROLLBACK_COMPLETE: node-a: A (Test::Thing): the disk is full")
	b.same("things", len(b.cloud.things), 0)
	b.consistent(e)
	b.cloud.break_ = nil
	b.must(b.apply(b.engine(), three))
	b.same("again", e.Head().Serial, 3)
}

func TestUpdateFailsAndIsRestored(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, three+"  # nothing else\n"))
	before, live := fmt.Sprint(b.cloud.things), fmt.Sprint(b.cloud.live)
	next := strings.NewReplacer("Size: 1,", "Size: 2,", "Name: fixed", "Name: other", "Size: 5", "Size: 6").Replace(three)
	for _, op := range []string{"create C", "update B", "update A"} {
		first := true
		b.cloud.break_ = func(s string) error {
			if s == op && first {
				first = false
				return errors.New("the disk is full")
			}
			return nil
		}
		if err := b.apply(e, next); err == nil || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("%s: %v", op, err)
		}
		b.same(op+": status", e.Head().Status, "UPDATE_ROLLBACK_COMPLETE")
		b.same(op+": things", fmt.Sprint(b.cloud.things), before)
		b.same(op+": live", fmt.Sprint(b.cloud.live), live)
		b.consistent(e)
	}
	b.same("outputs stay", e.Head().Outputs["Size"], "5")

	// Where even the way back fails, it says so, and the next deployment mends it.
	b.cloud.break_ = failing("update A")
	if err := b.apply(e, next); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("%v", err)
	}
	b.same("status", e.Head().Status, "UPDATE_ROLLBACK_FAILED")
	b.cloud.break_ = nil
	b.must(b.apply(b.engine(), three))
	b.same("mended", b.cloud.things, before)
}

func TestPanicOfATypeIsAnError(t *testing.T) {
	b := newBench(t)
	b.cloud.break_ = func(string) error { panic("nil map") }
	if err := b.apply(b.engine(), "  A: {Type: Test::Thing}"); fault.CodeOf(err) != fault.Internal {
		t.Errorf("got %v", err)
	}
}

func TestPolicies(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, `
  A: {Type: Test::Data, DeletionPolicy: Retain, Properties: {Name: a}}
  B: {Type: Test::Data, UpdateReplacePolicy: Retain, Properties: {Name: b}}
  C: {Type: Test::Data, Properties: {Name: c}}`))
	b.must(b.apply(e, `
  B: {Type: Test::Data, UpdateReplacePolicy: Retain, DeletionPolicy: Retain, Properties: {Name: b2}}
  C: {Type: Test::Data, Properties: {Name: c2}}`))
	b.same("a and b live on", fmt.Sprint(b.cloud.things["a"] != "", b.cloud.things["b"] != "", b.cloud.things["c"] != ""), "true true false")
	b.consistent(e)
	b.must(e.Destroy(context.Background(), false, b.sink))
	b.same("b2 too", len(b.cloud.things), 3)
	b.consistent(e)
	e = b.engine()
	p, err := e.Plan(b.input("  B: {Type: Test::Data, Properties: {Name: new}}"))
	b.must(err)
	b.same("a new stack", p.Method, "create")
	b.must(e.Destroy(context.Background(), true, b.sink))
	b.same("all", len(b.cloud.things)+len(b.disk.records), 0)
	if !e.Empty() {
		t.Error("not empty")
	}
}

func TestFailedDeletes(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, three))
	b.cloud.break_ = failing("delete B")
	b.must(b.apply(e, "  A: {Type: Test::Thing}")) // the update stands, B stays behind, and C which it needs
	b.same("status", e.Head().Status, "UPDATE_COMPLETE")
	p, err := e.Plan(b.input("  A: {Type: Test::Thing}"))
	b.must(err)
	b.same("there is still something to do", p.Method, "update")
	b.must(b.apply(e, "  A: {Type: Test::Thing}")) // it does not stand in the way of further deployments
	err = e.Destroy(context.Background(), false, b.sink)
	if err == nil || err.Error() != "node-b: deleting B (Test::Thing): the disk is full" {
		t.Errorf("got %v", err)
	}
	b.same("status", e.Head().Status, "DELETE_FAILED")
	b.cloud.break_ = nil
	b.must(b.engine().Destroy(context.Background(), false, b.sink))
	b.same("things", len(b.cloud.things), 0)
}

func TestDestroyKeepsWhatIsNeeded(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, three))
	b.cloud.ops = nil
	b.cloud.break_ = failing("delete B")
	if err := e.Destroy(context.Background(), false, b.sink); err == nil {
		t.Error("no error")
	}
	b.same("order", b.cloud.ops, []string{"delete A", "delete B"}) // not C, which B needs
}

func TestCancel(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, "  C: {Type: Test::Data, Properties: {Size: 5, Name: fixed}}"))
	before := fmt.Sprint(b.cloud.things)
	for _, at := range []string{"create B", "create A"} {
		ctx, cancel := context.WithCancel(context.Background())
		b.cloud.break_ = func(op string) error {
			if op == at {
				cancel()
			}
			return nil
		}
		err := e.Apply(ctx, b.input(three), b.sink)
		if fault.CodeOf(err) != fault.Canceled || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		b.same("things", fmt.Sprint(b.cloud.things), before)
		b.same("status", e.Head().Status, "UPDATE_ROLLBACK_COMPLETE")
		b.consistent(e)
	}
}
