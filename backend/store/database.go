package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/binary"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"

	_ "modernc.org/sqlite" // the driver registers itself

	"airloom/backend/fault"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations are the steps of the schema, in order; user_version is how many of them a file has.
func migrations() []string {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	slices.Sort(names)
	out := make([]string, len(names))
	for i, n := range names {
		text, err := migrationFiles.ReadFile(n)
		if err != nil {
			panic(err) // it was just listed
		}
		out[i] = string(text)
	}
	return out
}

// How a database is opened.
type access string

const (
	write  access = "rw"
	create access = "rwc"
	read   access = "ro"
	export access = "export" // reads the file, and may write another one
)

// connect opens the one connection that a project has. Durability is FULL: in WAL mode anything less loses acknowledged
// commits on a power failure (https://www.sqlite.org/pragma.html#pragma_synchronous). Nothing in the file is trusted to
// run code (https://www.sqlite.org/security.html).
func connect(path string, how access) (*sql.DB, error) {
	mode := how
	if how == export {
		mode = read
	}
	q := url.Values{"mode": {string(mode)}}
	q.Add("_pragma", "busy_timeout(5000)")
	q.Add("_pragma", "trusted_schema(0)")
	q.Add("_pragma", "cell_size_check(1)")
	switch how {
	case read:
		q.Add("_pragma", "query_only(1)")
	case write, create:
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "synchronous(FULL)")
		q.Add("_pragma", "wal_autocheckpoint(500)")
		q.Set("_txlock", "immediate")
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// migrate brings a database to the newest schema, each step in a transaction of its own: a killed process leaves the old
// schema or the new one.
func migrate(ctx context.Context, db *sql.DB) error {
	var have int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	for i, step := range migrations() {
		if i < have {
			continue
		}
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, step+fmt.Sprintf(";PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, i+1))
		if err != nil {
			_ = tx.Rollback()
			return fmt.Errorf("schema step %d: %w", i+1, err)
		}
		if err := tx.Commit(); err != nil {
			return fmt.Errorf("schema step %d: %w", i+1, err)
		}
	}
	return nil
}

// querier is a database, or a transaction that sees one state of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// schema is everything that a database declares, in order: it is compared with what the migrations declare, so that no
// trigger, view or generated column of somebody else's is ever run.
func schema(ctx context.Context, db querier) ([]string, error) {
	rows, err := db.QueryContext(ctx, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var t, name, table, text string
		if err := rows.Scan(&t, &name, &table, &text); err != nil {
			return nil, err
		}
		out = append(out, fmt.Sprintf("%s %s %s %s", t, name, table, text))
	}
	return out, rows.Err()
}

// allowed is the schema that a file with so many migrations has.
func allowed(ctx context.Context, version int) ([]string, error) {
	db, err := sql.Open("sqlite", "file::memory:")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, step := range migrations()[:version] {
		if _, err := db.ExecContext(ctx, step); err != nil {
			return nil, err
		}
	}
	return schema(ctx, db)
}

// hash covers the parts of a row, each with its length, so that no two rows have the same input.
func hash(parts ...string) []byte {
	h := sha256.New()
	var n [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(p)))
		h.Write(n[:])
		h.Write([]byte(p))
	}
	return h.Sum(nil)
}

// mix takes a row's hash into the sum of all rows, or out of it.
func mix(sum, h []byte) {
	for i := range min(len(sum), len(h)) {
		sum[i] ^= h[i]
	}
}

// unsaved is the error of a write that did not reach the disk. Nothing of it is in the drawing.
func unsaved(err error) error {
	return fault.Wrap(err, fault.Unavailable, "not saved").Try("free some space or check the disk, and repeat the change; nothing else is lost")
}
