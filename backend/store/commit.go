package store

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// keptRuns is how many deployments and destroys a file remembers.
const keptRuns = 200

// Commit applies a diff that was made against the base revision. When it returns without an error the change is on the disk.
func (p *Project) Commit(ctx context.Context, base int64, d design.Diff, label string) (design.Commit, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if base != p.now.design.Revision {
		return design.Commit{}, fault.New(fault.Conflict, "the drawing is at revision %d, the change was made for %d", p.now.design.Revision, base).
			Try("look at the drawing as it is now, and repeat the change")
	}
	return p.apply(ctx, d, label, byEdit, 0)
}

// Undo reverses the newest change that is not undone; fault.NotFound where there is none.
func (p *Project) Undo(ctx context.Context) (design.Commit, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.now.undo)
	if n == 0 {
		return design.Commit{}, fault.New(fault.NotFound, "there is nothing to undo")
	}
	e := p.now.undo[n-1]
	d, err := p.diff(ctx, e.seq)
	if err != nil {
		return design.Commit{}, err
	}
	return p.apply(ctx, design.Reverse(d), e.label, byUndo, e.seq)
}

// Redo applies again what was undone last; fault.NotFound where there is none.
func (p *Project) Redo(ctx context.Context) (design.Commit, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.now.redo)
	if n == 0 {
		return design.Commit{}, fault.New(fault.NotFound, "there is nothing to do again")
	}
	e := p.now.redo[n-1]
	d, err := p.diff(ctx, e.seq)
	if err != nil {
		return design.Commit{}, err
	}
	return p.apply(ctx, d, e.label, byRedo, e.seq)
}

func (p *Project) diff(ctx context.Context, seq int64) (design.Diff, error) {
	var d design.Diff
	if p.db == nil {
		return d, p.writable()
	}
	var text string
	err := p.db.QueryRowContext(ctx, "SELECT diff FROM journal WHERE seq = ?", seq).Scan(&text)
	if err == nil {
		err = json.Unmarshal([]byte(text), &d)
	}
	if err != nil {
		return d, fault.Wrap(err, fault.Unavailable, "reading the history").At(p.path)
	}
	return d, nil
}

// apply applies a diff to the drawing, on the disk and then in memory.
func (p *Project) apply(ctx context.Context, d design.Diff, label, how string, of int64) (design.Commit, error) {
	if err := p.writable(); err != nil {
		return design.Commit{}, err
	}
	if was, is := p.now.design.Settings[identity], d.Settings.Updated[identity]; has(d.Settings.Removed, identity) || (is.After.ID != "" && is.After.Value != was.Value) {
		return design.Commit{}, fault.New(fault.Invalid, "a project keeps its id")
	}
	next := p.now
	var err error
	if next.design, err = design.Apply(p.now.design, d); err != nil {
		return design.Commit{}, err
	}
	if err := design.Validate(next.design); err != nil {
		return design.Commit{}, err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return design.Commit{}, fault.Wrap(err, fault.Invalid, "reading the change")
	}
	next.last++
	next.undo, next.redo = slices.Clip(next.undo), slices.Clip(next.redo)
	next.follow(entry{next.last, label}, how, of)
	err = p.commit(ctx, &next, func(w *writer) {
		w.records(d)
		w.journal(next.last, p.store.deps.Now(), how, of, label, string(text), p.store.deps.Who)
	})
	if err != nil {
		return design.Commit{}, err
	}
	p.touch()
	return design.Commit{Revision: next.design.Revision, Diff: d, Label: label}, nil
}

func has[R any](m map[design.ID]R, id design.ID) bool { _, ok := m[id]; return ok }

// commit runs f in one transaction and makes next current once that is durable.
func (p *Project) commit(ctx context.Context, next *content, f func(*writer)) error {
	tx, err := p.db.BeginTx(ctx, nil)
	if err != nil {
		return unsaved(err)
	}
	defer tx.Rollback()
	w := writer{ctx: ctx, tx: tx, sum: bytes.Clone(p.now.sum)}
	f(&w)
	w.meta(next.design.Revision, next.text, next.pending)
	if w.err != nil {
		return unsaved(w.err)
	}
	if err := tx.Commit(); err != nil {
		return unsaved(err)
	}
	next.sum = w.sum
	p.now = *next
	return nil
}

// Record keeps a run, or what became of it. Older runs than the last 200 are forgotten.
func (p *Project) Record(ctx context.Context, r sandbox.Run) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "writing the run %s", r.ID)
	}
	old, err := p.Runs(0)
	if err != nil {
		return err
	}
	return p.change(ctx, func(w *writer) {
		w.put(runRecord, r.ID, string(data))
		for _, o := range old[min(len(old), keptRuns):] {
			w.put(runRecord, o.ID, "")
		}
	})
}

// Runs are the kept runs, newest first; limit 0 gives all.
func (p *Project) Runs(limit int) ([]sandbox.Run, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.db == nil {
		return nil, p.writable()
	}
	rows, err := p.db.Query("SELECT data FROM record WHERE kind = ?", runRecord)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "reading the runs").At(p.path)
	}
	defer rows.Close()
	runs := []sandbox.Run{}
	for rows.Next() {
		var data string
		var r sandbox.Run
		if err := rows.Scan(&data); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "reading the runs").At(p.path)
		}
		if err := json.Unmarshal([]byte(data), &r); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "reading the runs").At(p.path)
		}
		runs = append(runs, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "reading the runs").At(p.path)
	}
	slices.SortFunc(runs, func(a, b sandbox.Run) int { return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(b.ID, a.ID)) })
	if limit > 0 {
		runs = runs[:min(len(runs), limit)]
	}
	return runs, nil
}

// writer writes rows of one transaction, keeps the sum of their hashes, and remembers the first error.
type writer struct {
	ctx context.Context
	tx  *sql.Tx
	sum []byte
	err error
}

func (w *writer) records(d design.Diff) {
	putAll(w, nodeRecord, d.Nodes)
	putAll(w, edgeRecord, d.Edges)
	putAll(w, settingRecord, d.Settings)
}

func putAll[R any](w *writer, kind string, c design.Change[R]) {
	put := func(id design.ID, r R) {
		data, err := json.Marshal(r)
		if err != nil {
			w.fail(err)
			return
		}
		w.put(kind, string(id), string(data))
	}
	for id := range c.Removed {
		w.put(kind, string(id), "")
	}
	for id, p := range c.Updated {
		put(id, p.After)
	}
	for id, r := range c.Added {
		put(id, r)
	}
}

// put writes a record; without data it removes it.
func (w *writer) put(kind, id, data string) {
	var old []byte
	switch err := w.tx.QueryRowContext(w.ctx, "SELECT hash FROM record WHERE kind = ? AND id = ?", kind, id).Scan(&old); {
	case err == nil:
		mix(w.sum, old)
	case !errors.Is(err, sql.ErrNoRows):
		w.fail(err)
		return
	}
	if data == "" {
		w.exec("DELETE FROM record WHERE kind = ? AND id = ?", kind, id)
		return
	}
	h := hash(kind, id, data)
	w.exec("INSERT INTO record (kind, id, data, hash) VALUES (?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET data = excluded.data, hash = excluded.hash", kind, id, data, h)
	mix(w.sum, h)
}

func (w *writer) journal(seq int64, now time.Time, how string, of int64, label, diff, who string) {
	at := now.UTC().Format(time.RFC3339Nano)
	h := journalHash(seq, at, how, of, label, diff, who)
	w.exec("INSERT INTO journal (seq, at, how, of, label, diff, who, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", seq, at, how, of, label, diff, who, h)
	mix(w.sum, h)
}

func (w *writer) meta(revision int64, text, pending string) {
	w.exec("INSERT OR REPLACE INTO meta (id, revision, text, pending, sum, hash) VALUES (1, ?, ?, ?, ?, ?)",
		revision, text, pending, w.sum, metaHash(revision, text, pending, w.sum))
}

func (w *writer) exec(query string, args ...any) {
	if w.err != nil {
		return
	}
	if _, err := w.tx.ExecContext(w.ctx, query, args...); err != nil {
		w.fail(err)
	}
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = fmt.Errorf("writing the project file: %w", err)
	}
}
