package store

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airloom/backend/design"
	"airloom/backend/fault"
)

func TestTheHistoryTellsWhenWhatAndWho(t *testing.T) {
	w := newWorld(t)
	w.deps.Who = "Ada"
	p := w.create(t, design.New())
	for _, id := range []design.ID{"a", "b"} {
		w.now = w.now.Add(time.Minute)
		commit(t, p, addition(id), "add "+string(id))
	}
	if _, err := p.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	closed(t, p)
	p = w.open(t)
	defer closed(t, p)
	all, err := p.Journal(t.Context(), 0, 0)
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	if want := (design.Entry{Version: 3, At: w.now, How: "undo", Of: 2, Label: "add b", Who: "Ada"}); all[0] != want {
		t.Errorf("newest: %+v, want %+v", all[0], want)
	}
	if page, err := p.Journal(t.Context(), 3, 1); err != nil || len(page) != 1 || page[0].Version != 2 || !page[0].At.Equal(w.now) {
		t.Errorf("a page: %+v, %v", page, err)
	}
}

func TestEveryVersionCanBeLookedAt(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, many(3))
	defer func() { closed(t, p) }()
	versions := []design.Design{p.Design()}
	note := func(_ design.Commit, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		versions = append(versions, p.Design())
	}
	note(p.Commit(t.Context(), 0, addition("a"), "add a"))
	note(p.Commit(t.Context(), 1, design.Reverse(addition("a")), "remove a"))
	note(p.Undo(t.Context()))
	note(p.Undo(t.Context()))
	note(p.Redo(t.Context()))
	note(p.Commit(t.Context(), 5, addition("b"), "add b"))
	for i, want := range versions {
		got, err := p.At(t.Context(), int64(i))
		if err != nil || !same(got, want) || got.Revision != want.Revision {
			t.Errorf("version %d: revision %d and %d nodes, want %d and %d, %v", i, got.Revision, len(got.Nodes), want.Revision, len(want.Nodes), err)
		}
	}
	for _, bad := range []int64{-1, int64(len(versions))} {
		if _, err := p.At(t.Context(), bad); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("version %d: %v", bad, err)
		}
	}
}

// first makes a file as the first schema had it, with two changes.
func first(t *testing.T, w *world) string {
	t.Helper()
	p := w.create(t, many(3))
	commit(t, p, addition("a"), "add a")
	commit(t, p, addition("b"), "add b")
	closed(t, p)
	path := filepath.Join(w.dir, "shop", "shop.airloom")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// Rows without a name have the hash that they had, so that taking the column away is all.
	for _, q := range []string{"ALTER TABLE journal RENAME TO later", migrations()[0][strings.Index(migrations()[0], "CREATE TABLE journal"):], "INSERT INTO journal SELECT seq, at, how, of, label, diff, hash FROM later",
		"DROP TABLE later", "PRAGMA user_version = 1", "VACUUM"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	return path
}

// S12: a file of the first schema keeps everything, is whole after it, and notes who from then on.
func TestTheFirstSchemaMigrates(t *testing.T) {
	w := newWorld(t)
	path := first(t, w)
	w.deps.Who = "Ada"
	p, err := w.Open(t.Context(), path)
	if err != nil || p.Notice() != "" || p.ReadOnly() != "" {
		t.Fatalf("%v", err)
	}
	if got := ids(p); got != "a b n0 n1 n2" {
		t.Errorf("it holds %s", got)
	}
	if undo, _ := p.History(); undo != "add b" {
		t.Errorf("undo is %q", undo)
	}
	commit(t, p, addition("c"), "add c")
	closed(t, p)
	if p, err = w.Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer closed(t, p)
	all, err := p.Journal(t.Context(), 0, 0)
	if err != nil || len(all) != 3 || all[0].Who != "Ada" || all[1].Who != "" || all[2].Label != "add a" {
		t.Errorf("%+v, %v", all, err)
	}
}

// A file of the first schema that cannot be written is read as it is.
func TestTheFirstSchemaIsReadWithoutBeingWritten(t *testing.T) {
	w := newWorld(t)
	path := first(t, w)
	before := read2(t, path)
	holder, _, err := take(lockPath(path))
	if err != nil || holder == nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.free() }()
	p, err := w.Open(t.Context(), path)
	if err != nil || p.ReadOnly() == "" {
		t.Fatalf("%v", err)
	}
	if all, err := p.Journal(t.Context(), 0, 0); err != nil || len(all) != 2 || all[0].Label != "add b" {
		t.Errorf("%+v, %v", all, err)
	}
	if d, err := p.At(t.Context(), 1); err != nil || len(d.Nodes) != 4 {
		t.Errorf("%d nodes, %v", len(d.Nodes), err)
	}
	closed(t, p)
	if after := read2(t, path); string(after) != string(before) {
		t.Error("it was written")
	}
}

// The name is covered by the hash: another one is damage.
func TestAnotherNameIsDamage(t *testing.T) {
	w := newWorld(t)
	w.deps.Who = "Ada"
	p := w.create(t, design.New())
	commit(t, p, addition("a"), "add a")
	closed(t, p)
	path := filepath.Join(w.dir, "shop", "shop.airloom")
	for _, name := range []string{"Eve", ""} {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("UPDATE journal SET who = ?", name); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := check(t.Context(), path); err == nil {
			t.Errorf("the name %q was not noticed", name)
		}
	}
}
