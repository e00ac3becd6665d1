package app

import (
	"context"

	"airloom/backend/design"
	"airloom/backend/sandbox"
)

// Projects is where projects are kept. Package store implements it.
type Projects interface {
	// Create makes a new project file with a first drawing; fault.Conflict where the file exists.
	Create(ctx context.Context, path string, d design.Design) (Project, error)
	// Open opens a project file, a folder that holds one, or a text snapshot. A project that somebody else is writing
	// comes back read-only, with the reason.
	Open(ctx context.Context, path string) (Project, error)
}

// Project is one open project file. Commits are durable when they return.
type Project interface {
	// Path is the absolute path of the project file; sources lie beside it.
	Path() string
	// Name is the project's name: the file's, without its ending.
	Name() string
	// ID is random, made once, and kept in the file: clouds recognise their stacks by it.
	ID() string
	// Notice is what the person should know about how the file was opened (a damaged one that was restored), "" for nothing.
	Notice() string
	// ReadOnly is why nothing can be written, "" where it can.
	ReadOnly() string
	// Design is the drawing at the current revision.
	Design() design.Design
	// Commit applies a diff that was made against the base revision; fault.Conflict where the drawing has moved on.
	Commit(ctx context.Context, base int64, d design.Diff, label string) (Change, error)
	// Undo and Redo commit the reversed diff of the newest change that is not yet undone (or was); fault.NotFound where there is none.
	Undo(ctx context.Context) (Change, error)
	Redo(ctx context.Context) (Change, error)
	// History tells what Undo and Redo would do, "" for nothing.
	History() (undo, redo string)
	// Journal lists the changes before a version (0: from the newest), newest first; limit 0 gives all.
	Journal(ctx context.Context, before int64, limit int) ([]design.Entry, error)
	// At is the drawing as it was after a change; version 0 is how the file began.
	At(ctx context.Context, version int64) (design.Design, error)
	// Outside is what changed in the text snapshot since we wrote it; a zero diff where nothing did.
	Outside(ctx context.Context) (design.Diff, error)
	// TakeIn commits the outside change, or drops it by writing the text anew.
	TakeIn(ctx context.Context, accept bool) (Change, error)
	// Setting reads a project setting into value, false where it is not set; SetSetting writes it (nil removes).
	Setting(name string, value any) (bool, error)
	SetSetting(ctx context.Context, name string, value any) error
	// Record keeps a run (a deployment, a destroy): its begin before the first call to the outside, then its end.
	Record(ctx context.Context, r Run) error
	// Runs are the kept runs, newest first.
	Runs(limit int) ([]Run, error)
	// Close writes the text snapshot and lets go of the file.
	Close() error
}

// Change is a committed change.
type Change = design.Commit

// Run is one deployment or destroy, kept in the project file.
type Run = sandbox.Run
