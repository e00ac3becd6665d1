package store

import (
	"context"
	"encoding/json"
	"time"

	"airloom/backend/design"
	"airloom/backend/fault"
)

// Journal lists the changes before a version (0: from the newest), newest first; limit 0 gives all.
func (p *Project) Journal(ctx context.Context, before int64, limit int) ([]design.Entry, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.db == nil {
		return nil, p.writable()
	}
	if before <= 0 {
		before = p.now.last + 1
	}
	if limit <= 0 {
		limit = -1 // SQLite's word for all
	}
	who := "who"
	if p.now.version < withWho {
		who = "''" // a file that cannot be written is read as it is
	}
	rows, err := p.db.QueryContext(ctx, "SELECT seq, at, how, of, label, "+who+" FROM journal WHERE seq < ? ORDER BY seq DESC LIMIT ?", before, limit)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "reading the history").At(p.path)
	}
	defer rows.Close()
	entries := []design.Entry{}
	for rows.Next() {
		var e design.Entry
		var at string
		if err := rows.Scan(&e.Version, &at, &e.How, &e.Of, &e.Label, &e.Who); err != nil {
			return nil, fault.Wrap(err, fault.Unavailable, "reading the history").At(p.path)
		}
		if e.At, err = time.Parse(time.RFC3339Nano, at); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "reading the time of change %d", e.Version).At(p.path)
		}
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "reading the history").At(p.path)
	}
	return entries, nil
}

// At is the drawing as it was after a change; version 0 is how the file began. What came later is reversed, one by one.
func (p *Project) At(ctx context.Context, version int64) (design.Design, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.db == nil {
		return design.Design{}, p.writable()
	}
	if version < 0 || version > p.now.last {
		return design.Design{}, fault.New(fault.NotFound, "there is no version %d, the newest is %d", version, p.now.last).At(p.path)
	}
	rows, err := p.db.QueryContext(ctx, "SELECT seq, diff FROM journal WHERE seq > ? ORDER BY seq DESC", version)
	if err != nil {
		return design.Design{}, fault.Wrap(err, fault.Unavailable, "reading the history").At(p.path)
	}
	defer rows.Close()
	out := p.now.design
	for rows.Next() {
		var seq int64
		var text string
		var d design.Diff
		if err := rows.Scan(&seq, &text); err != nil {
			return design.Design{}, fault.Wrap(err, fault.Unavailable, "reading the history").At(p.path)
		}
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return design.Design{}, fault.Wrap(err, fault.Invalid, "reading the change %d", seq).At(p.path)
		}
		if out, err = design.Apply(out, design.Reverse(d)); err != nil {
			return design.Design{}, fault.Wrap(err, fault.Invalid, "going back over the change %d", seq).At(p.path)
		}
	}
	if err := rows.Err(); err != nil {
		return design.Design{}, fault.Wrap(err, fault.Unavailable, "reading the history").At(p.path)
	}
	out.Revision = version
	return out, nil
}
