package design

// Diff is one reversible change of a drawing. The same value is undo, autosave, canvas refresh and version history.
// The TypeScript replica applies it with the same rules (testdata/apply.txtar is read by both).
type Diff struct {
	Nodes    Change[Node]    `json:"nodes,omitzero"`
	Edges    Change[Edge]    `json:"edges,omitzero"`
	Settings Change[Setting] `json:"settings,omitzero"`
}

// Change is what happened to the records of one table.
type Change[R any] struct {
	Added   map[ID]R       `json:"added,omitempty"`
	Updated map[ID]Pair[R] `json:"updated,omitempty"`
	Removed map[ID]R       `json:"removed,omitempty"`
}

// Pair is a record before and after.
type Pair[R any] struct {
	Before R `json:"before"`
	After  R `json:"after"`
}

// IsZero tells whether nothing happened.
func (c Change[R]) IsZero() bool { return len(c.Added)+len(c.Updated)+len(c.Removed) == 0 }

// IsZero tells whether nothing happened.
func (d Diff) IsZero() bool { return d.Nodes.IsZero() && d.Edges.IsZero() && d.Settings.IsZero() }
