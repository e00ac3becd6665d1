package cli

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// A line that is wider than the terminal would wrap, and could not be rewritten.
func TestProgressFits(t *testing.T) {
	p := progress{width: 40}
	for _, text := range []string{"short", strings.Repeat("wide ", 30), "ä" + strings.Repeat("ö", 60), "two\nlines"} {
		for _, part := range []float64{0, 0.5, 1, 7} {
			line := strings.TrimPrefix(p.show(text, part), "\r\x1b[K")
			if n := len([]rune(line)); n >= p.width || strings.Contains(line, "\n") {
				t.Errorf("%q with %v takes %d columns of %d: %q", text, part, n, p.width, line)
			}
		}
	}
	if p.clear() == "" || p.clear() != "" {
		t.Error("the line is taken away once")
	}
}

func TestProgressCounts(t *testing.T) {
	v := &view{}
	v.expect([]sandbox.Change{{LogicalID: "A", Action: sandbox.Add}, {LogicalID: "B", Action: sandbox.Update}, {LogicalID: "C", Action: sandbox.Keep}})
	for _, c := range []struct {
		id, status string
		want       float64
	}{{"A", "CREATE_IN_PROGRESS", 0}, {"A", "CREATE_COMPLETE", 0.5}, {"A", "CREATE_COMPLETE", 0.5}, {"B", "UPDATE_COMPLETE", 1}} {
		if got := v.part(event.Data{LogicalID: c.id, Status: c.status}); got != c.want {
			t.Errorf("%s %s: %v is done, not %v", c.id, c.status, got, c.want)
		}
	}
}

// Errors that were joined are told one by one; an error that merely has several causes is one.
func TestFaultsApart(t *testing.T) {
	a, b := fault.New(fault.Invalid, "no").At("a").Try("x"), fault.New(fault.Denied, "not either").At("b")
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.Join(a, errors.Join(b)), "a: no|b: not either"},
		{fmt.Errorf("trying %w and %w", a, b), "a: trying a: no and b: not either"},
		{errors.Join(a), "a: no"},
		{fmt.Errorf("packing: %w", b), "b: packing: b: not either"},
	} {
		var got []string
		for _, f := range faults(c.err) {
			got = append(got, f.Error())
		}
		if strings.Join(got, "|") != c.want {
			t.Errorf("%v: %q, not %q", c.err, got, c.want)
		}
	}
}

// What functions print must not command the terminal.
func TestLogsAreShownNotObeyed(t *testing.T) {
	var out, err bytes.Buffer
	v := &view{out: &out, err: &err}
	v.event(event.Event{Type: event.Log, Node: "a\x1b]0;title\a", Text: "\x1b[2J\x9bcolour\ttab ü"})
	if got := out.String(); strings.ContainsAny(got, "\x1b\a\u009b") || !strings.Contains(got, "\ttab ü") {
		t.Errorf("%q", got)
	}
}
