package app

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"airloom/backend/design"
	"airloom/backend/fault"
)

// Committed is a change as a door shows it.
type Committed struct {
	Change
	Findings []fault.Finding `json:"findings"`
	Undo     string          `json:"undo"`
	Redo     string          `json:"redo"`
	Saved    bool            `json:"saved"` // the change is on the disk; always true in an answer without an error
}

// Edit commits a diff that was made against the base revision.
func (s *Session) Edit(ctx context.Context, base int64, d design.Diff, label string) (Committed, error) {
	return s.committed(s.project.Commit(ctx, base, d, label))
}

// Undo reverses the newest change.
func (s *Session) Undo(ctx context.Context) (Committed, error) {
	return s.committed(s.project.Undo(ctx))
}

// Redo applies again what was undone last.
func (s *Session) Redo(ctx context.Context) (Committed, error) {
	return s.committed(s.project.Redo(ctx))
}

// TakeIn takes in what changed in the text snapshot, or drops it.
func (s *Session) TakeIn(ctx context.Context, accept bool) (Committed, error) {
	return s.committed(s.project.TakeIn(ctx, accept))
}

func (s *Session) committed(c Change, err error) (Committed, error) {
	if err != nil {
		return Committed{}, err
	}
	out := Committed{Change: c, Saved: true}
	out.Undo, out.Redo = s.project.History()
	// The change is on the disk: a drawing that cannot be generated is a finding, never a failed edit.
	if b, err := s.Preview(); err == nil {
		out.Findings = b.Findings
	} else {
		f := fault.As(err)
		out.Findings = []fault.Finding{{Rule: "generate", Severity: fault.Blocking, Node: f.Where, Message: f.Message, Hint: f.Hint}}
	}
	s.app.tell(Message{Kind: "commit", Commit: &out})
	return out, nil
}

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
