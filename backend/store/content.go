package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"airloom/backend/design"
)

// Kinds of records.
const (
	nodeRecord    = "node"
	edgeRecord    = "edge"
	settingRecord = "setting"
	localRecord   = "local" // a setting of the project, not of the drawing
	runRecord     = "run"
)

// Ways in which a change came about.
const (
	byEdit   = "edit"
	byUndo   = "undo"
	byRedo   = "redo"
	byTakeIn = "takein"
)

// content is what a file holds, in memory.
type content struct {
	design  design.Design
	text    string // digest of the text snapshot
	pending string
	sum     []byte
	version int     // of the file's schema
	last    int64   // sequence number of the newest change
	undo    []entry // changes that can be undone, the newest last
	redo    []entry // changes that can be done again, the next one last
}

// entry is a change without its diff.
type entry struct {
	seq   int64
	label string
}

// damage is what is wrong with a file that has our header. foreign tells that it declares what Airloom never does.
type damage struct {
	error
	foreign bool
}

func damaged(format string, args ...any) error { return damage{error: fmt.Errorf(format, args...)} }

// readContent reads and checks everything: the schema against what we declare, SQLite's own structures, each row's hash, all rows
// together. It trusts nothing, and sees one state even where somebody else is writing.
func readContent(ctx context.Context, db *sql.DB) (content, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return content{}, damaged("the database cannot be read: %w", err)
	}
	defer tx.Rollback()
	return readState(ctx, tx)
}

func readState(ctx context.Context, db querier) (content, error) {
	c := content{design: design.New(), sum: make([]byte, len(hash()))}
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return c, damaged("the database cannot be read: %w", err)
	}
	if version < 1 || version > len(migrations()) {
		return c, damaged("the format is %d", version)
	}
	c.version = version
	want, err := allowed(ctx, version)
	if err != nil {
		return c, err
	}
	have, err := schema(ctx, db)
	if err != nil {
		return c, damaged("the schema cannot be read: %w", err)
	}
	if !slices.Equal(want, have) {
		return c, damage{errors.New("the file declares other tables, views or triggers than Airloom's own"), true}
	}
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return c, damaged("the database is damaged: %w", err)
	}
	if verdict != "ok" {
		return c, damaged("the database is damaged: %s", verdict)
	}
	if err := c.readRecords(ctx, db); err != nil {
		return c, err
	}
	if err := c.readJournal(ctx, db); err != nil {
		return c, err
	}
	if err := c.readMeta(ctx, db); err != nil {
		return c, err
	}
	if err := design.Validate(c.design); err != nil {
		return c, damaged("the drawing is not legal: %w", err)
	}
	return c, nil
}

func (c *content) readRecords(ctx context.Context, db querier) error {
	rows, err := db.QueryContext(ctx, "SELECT kind, id, data, hash FROM record")
	if err != nil {
		return damaged("the records cannot be read: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, id, data string
		var h []byte
		if err := rows.Scan(&kind, &id, &data, &h); err != nil {
			return damaged("a record cannot be read: %w", err)
		}
		if !bytes.Equal(h, hash(kind, id, data)) {
			return damaged("the %s %s is damaged", kind, id)
		}
		mix(c.sum, h)
		if err := c.take(kind, id, data); err != nil {
			return damaged("the %s %s cannot be read: %w", kind, id, err)
		}
	}
	if err := rows.Err(); err != nil {
		return damaged("the records cannot be read: %w", err)
	}
	return nil
}

func (c *content) take(kind, id, data string) error {
	switch kind {
	case nodeRecord:
		return decode(data, c.design.Nodes, design.ID(id))
	case edgeRecord:
		return decode(data, c.design.Edges, design.ID(id))
	case settingRecord:
		return decode(data, c.design.Settings, design.ID(id))
	case localRecord, runRecord:
		return nil // read when asked for
	}
	return errors.New("unknown kind")
}

func decode[R any](data string, into map[design.ID]R, id design.ID) error {
	var r R
	d := json.NewDecoder(bytes.NewReader([]byte(data)))
	d.DisallowUnknownFields()
	err := d.Decode(&r)
	into[id] = r
	return err
}

func (c *content) readJournal(ctx context.Context, db querier) error {
	who := "who"
	if c.version < withWho {
		who = "''"
	}
	rows, err := db.QueryContext(ctx, "SELECT seq, at, how, of, label, diff, "+who+", hash FROM journal ORDER BY seq")
	if err != nil {
		return damaged("the history cannot be read: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var seq, of int64
		var at, how, label, diff, who string
		var h []byte
		if err := rows.Scan(&seq, &at, &how, &of, &label, &diff, &who, &h); err != nil {
			return damaged("the history cannot be read: %w", err)
		}
		if !bytes.Equal(h, journalHash(seq, at, how, of, label, diff, who)) {
			return damaged("the change %d of the history is damaged", seq)
		}
		mix(c.sum, h)
		c.last = seq
		c.follow(entry{seq, label}, how, of)
	}
	if err := rows.Err(); err != nil {
		return damaged("the history cannot be read: %w", err)
	}
	return nil
}

// withWho is the schema from which on changes tell who made them.
const withWho = 2

func journalHash(seq int64, at, how string, of int64, label, diff, who string) []byte {
	parts := []string{"journal", strconv.FormatInt(seq, 10), at, how, strconv.FormatInt(of, 10), label, diff}
	if who != "" { // rows of the first schema keep their hash
		parts = append(parts, who)
	}
	return hash(parts...)
}

// follow keeps the two stacks as a change comes in.
func (c *content) follow(e entry, how string, of int64) {
	switch how {
	case byUndo:
		if n := len(c.undo); n > 0 && c.undo[n-1].seq == of {
			c.redo = append(c.redo, c.undo[n-1])
			c.undo = c.undo[:n-1]
		}
	case byRedo:
		if n := len(c.redo); n > 0 && c.redo[n-1].seq == of {
			c.undo = append(c.undo, c.redo[n-1])
			c.redo = c.redo[:n-1]
		}
	default:
		c.undo = append(c.undo, e)
		c.redo = nil
	}
}

func (c *content) readMeta(ctx context.Context, db querier) error {
	var sum, h []byte
	err := db.QueryRowContext(ctx, "SELECT revision, text, pending, sum, hash FROM meta WHERE id = 1").Scan(&c.design.Revision, &c.text, &c.pending, &sum, &h)
	if err != nil {
		return damaged("the file's own row cannot be read: %w", err)
	}
	if !bytes.Equal(h, metaHash(c.design.Revision, c.text, c.pending, sum)) {
		return damaged("the file's own row is damaged")
	}
	if !bytes.Equal(sum, c.sum) {
		return damaged("records are missing, or are of another time")
	}
	return nil
}

func metaHash(revision int64, text, pending string, sum []byte) []byte {
	return hash("meta", strconv.FormatInt(revision, 10), text, pending, string(sum))
}
