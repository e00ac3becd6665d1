package store

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airloom/backend/design"
	"airloom/backend/fault"
)

// TestDamageIsFoundAndTheNewestGoodCopyRestored is S8: flipped bytes, cut files, zeroed pages.
func TestDamageIsFoundAndTheNewestGoodCopyRestored(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, many(60))
	commit(t, p, addition("a"), "add a")
	if err := p.copyNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	commit(t, p, addition("b"), "add b")
	want := p.Design()
	closed(t, p)
	path := filepath.Join(w.dir, "shop", "shop.airloom")
	good := read2(t, path)
	random := rand.New(rand.NewPCG(8, 400))
	restored := 0
	try := func(what string, bad []byte) {
		t.Helper()
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		p, err := w.Open(t.Context(), path)
		if err != nil {
			// A header that claims a newer version, another owner or another size is refused as such, and nothing is touched.
			if !bytes.Equal(read2(t, path), bad) {
				t.Fatalf("%s: refused (%v) and changed", what, err)
			}
			return
		}
		defer closed(t, p)
		if p.Notice() == "" {
			if got := p.Design(); !same(got, want) {
				t.Fatalf("%s: damage was not noticed, and the drawing differs", what)
			}
			if undo, _ := p.History(); undo != "add b" {
				t.Fatalf("%s: damage was not noticed, and the history differs", what)
			}
			return
		}
		if _, ok := p.Design().Nodes["a"]; !ok || len(p.Design().Nodes) != 61 {
			t.Fatalf("%s: restored %d nodes", what, len(p.Design().Nodes))
		}
		kept, err := filepath.Glob(filepath.Join(w.dir, "shop", "*"+damagedMark+"*"+Ending))
		if err != nil || len(kept) != 1 || !bytes.Equal(read2(t, kept[0]), bad) {
			t.Fatalf("%s: the damaged file was not kept as it was: %v", what, kept)
		}
		restored++
		for _, k := range kept {
			if err := os.Remove(k); err != nil {
				t.Fatal(err)
			}
		}
	}
	flips, cuts := 400, 100
	if testing.Short() {
		flips, cuts = 40, 10
	}
	for range flips {
		bad := bytes.Clone(good)
		bad[random.IntN(len(bad))] ^= 1 << random.IntN(8)
		try("a flipped byte", bad)
	}
	for range cuts {
		try("a cut", good[:random.IntN(len(good))])
	}
	for at := 0; at+4096 <= len(good); at += 4096 {
		bad := bytes.Clone(good)
		clear(bad[at : at+4096])
		try("a zeroed page", bad)
	}
	if restored == 0 {
		t.Error("no damage led to a restored copy")
	}
}

func TestWithoutACopyTheDrawingComesFromItsText(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, many(60))
	commit(t, p, addition("a"), "add a")
	want, id := p.Design(), p.ID()
	closed(t, p)
	path := filepath.Join(w.dir, "shop", "shop.airloom")
	bad := read2(t, path)
	clear(bad[4096:8192])
	if err := os.WriteFile(path, bad, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(w.dir, "copies")); err != nil {
		t.Fatal(err)
	}
	p = w.open(t)
	defer closed(t, p)
	if d := p.Design(); len(d.Nodes) != len(want.Nodes) || p.ID() != id || !strings.Contains(p.Notice(), "from its text") {
		t.Fatalf("%d nodes, id %s, notice %q", len(d.Nodes), p.ID(), p.Notice())
	}
}

// TestNewerFormatIsRefusedUnchanged is S11.
func TestNewerFormatIsRefusedUnchanged(t *testing.T) {
	w := newWorld(t)
	closed(t, w.create(t, many(3)))
	path := filepath.Join(w.dir, "shop", "shop.airloom")
	text := read2(t, path)
	binary.BigEndian.PutUint32(text[60:], 99)
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Open(t.Context(), path); fault.CodeOf(err) != fault.Unsupported {
		t.Fatalf("newer format: %v", err)
	}
	if !bytes.Equal(text, read2(t, path)) {
		t.Fatal("the file was changed")
	}
}

// TestWhatIsNotOursIsRefused is S13.
func TestWhatIsNotOursIsRefused(t *testing.T) {
	w := newWorld(t)
	closed(t, w.create(t, many(1)))
	ours := read2(t, filepath.Join(w.dir, "shop", "shop.airloom"))
	other := bytes.Clone(ours)
	binary.BigEndian.PutUint32(other[68:], 1)
	dir := t.TempDir()
	file := func(name string, text []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return p
	}
	link := filepath.Join(dir, "link.airloom")
	if err := os.Symlink(file("target.airloom", ours), link); err != nil {
		t.Fatal(err)
	}
	sparse := file("sparse.airloom", nil)
	if err := os.Truncate(sparse, 2<<30); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "empty-folder")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		"another application's": file("other.airloom", other), "empty": file("empty.airloom", nil), "text": file("text.airloom", []byte("hello")),
		"long text": file("long.airloom", bytes.Repeat([]byte("hello\n"), 100)), "a link": link, "2 GB of nothing": sparse,
		"a folder without a project": empty, "nothing at all": filepath.Join(dir, "absent.airloom"), "no such folder": filepath.Join(dir, "no", "such.airloom"),
		"a broken text snapshot": file("broken.design.json", []byte("[{]")), "somebody's JSON": file("some.design.json", []byte(`{"a": 1}`)),
	}
	if fifo := filepath.Join(dir, "pipe.airloom"); mkfifo(fifo) == nil {
		cases["a pipe"] = fifo
	}
	before := listing(t, dir)
	for name, path := range cases {
		began := time.Now()
		_, err := w.Open(t.Context(), path)
		if err == nil || fault.As(err).Where == "" {
			t.Errorf("%s: %v", name, err)
		}
		if fault.CodeOf(err) == fault.Internal {
			t.Errorf("%s: an error without a class: %v", name, err)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
	if after := listing(t, dir); after != before {
		t.Errorf("refusing left files behind:\n%s\nbefore:\n%s", after, before)
	}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return strings.Join(out, "\n")
}

// TestAHostileDatabaseIsRefusedBeforeAnyQuery is S14: what a file declares beside our tables never runs.
func TestAHostileDatabaseIsRefusedBeforeAnyQuery(t *testing.T) {
	for name, attack := range map[string]string{
		"a trigger":          "CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM record; END",
		"a shadowing view":   "DROP TABLE journal; CREATE VIEW journal AS SELECT 1 seq, '' at, '' how, 0 of, '' label, '' diff, x'' hash",
		"a generated column": "ALTER TABLE record ADD COLUMN evil TEXT GENERATED ALWAYS AS (data || hash) VIRTUAL",
		"an index":           "CREATE INDEX i ON record (json_extract(data, '$.x'))",
		"another table":      "CREATE TABLE more (x)",
		"a virtual table":    "CREATE VIRTUAL TABLE v USING fts5(x)",
		"a changed row":      "UPDATE record SET data = replace(data, 'Function 0', 'Function X') WHERE id = 'n0'",
		"a lost row":         "DELETE FROM record WHERE id = 'n2'",
		"a row of its own":   "INSERT INTO record VALUES ('node', 'x', '{}', x'00')",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			closed(t, w.create(t, many(3)))
			path := filepath.Join(w.dir, "shop", "shop.airloom")
			if err := os.Remove(filepath.Join(w.dir, "shop", "shop.design.json")); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("sqlite", "file:"+path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(attack); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Open(t.Context(), path); fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("opened: %v", err)
			}
			// The rows can be read as long as nothing of the file's own runs: the tables are still there, untouched.
			if err := Recognise(path); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestCopiesAreMadeNowAndThenAndOldOnesGo(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, design.New())
	defer closed(t, p)
	for range 10 {
		w.now = w.now.Add(24 * time.Hour)
		for range 2 { // the second comes too soon
			if err := p.copyNow(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	list := listCopies(p.copies())
	if len(list) != 8 {
		t.Fatalf("%d copies: %v", len(list), list)
	}
	if _, err := check(t.Context(), filepath.Join(p.copies(), list[0])); err != nil {
		t.Fatal(err)
	}
}
