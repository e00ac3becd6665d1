package store

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// world is a store whose clock the test moves and whose background work happens when the test says so.
type world struct {
	*Store
	dir  string
	now  time.Time
	wake chan time.Time
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{dir: t.TempDir(), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), wake: make(chan time.Time)}
	var ids atomic.Int64
	w.Store = New(Deps{
		Now:       func() time.Time { return w.now },
		NewID:     func() string { return fmt.Sprintf("id-%d", ids.Add(1)) },
		After:     func(time.Duration) <-chan time.Time { return w.wake },
		Snapshots: filepath.Join(w.dir, "copies"),
		Log:       func(f string, a ...any) { t.Errorf(f, a...) },
	})
	return w
}

func (w *world) create(t testing.TB, d design.Design) *Project {
	t.Helper()
	dir := filepath.Join(w.dir, "shop")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := w.Create(t.Context(), filepath.Join(dir, "shop.airloom"), d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) open(t testing.TB) *Project {
	t.Helper()
	p, err := w.Open(t.Context(), filepath.Join(w.dir, "shop"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func closed(t testing.TB, p *Project) {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

func addition(id design.ID) design.Diff {
	return design.Diff{Nodes: design.Change[design.Node]{Added: map[design.ID]design.Node{id: {ID: id, Kind: "aws.sqs", Name: "Queue " + string(id), X: 10, Y: 20, Props: design.Props{"visibility": 30.0}}}}}
}

func commit(t testing.TB, p *Project, d design.Diff, label string) design.Commit {
	t.Helper()
	c, err := p.Commit(context.Background(), p.Design().Revision, d, label)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ids(p *Project) string {
	var out []string
	for _, id := range p.Design().NodeIDs() {
		out = append(out, string(id))
	}
	return strings.Join(out, " ")
}

func TestChangesAndTheirUndoingSurviveARestart(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, design.New())
	for _, id := range []design.ID{"a", "b", "c"} {
		commit(t, p, addition(id), "add "+string(id))
	}
	if c, err := p.Undo(t.Context()); err != nil || c.Label != "add c" || c.Revision != 4 {
		t.Fatalf("undo: %+v, %v", c, err)
	}
	closed(t, p)
	p = w.open(t)
	if undo, redo := p.History(); ids(p) != "a b" || undo != "add b" || redo != "add c" || p.Design().Revision != 4 {
		t.Fatalf("after a restart: %s, undo %q, redo %q, revision %d", ids(p), undo, redo, p.Design().Revision)
	}
	if _, err := p.Redo(t.Context()); err != nil || ids(p) != "a b c" {
		t.Fatalf("redo: %s, %v", ids(p), err)
	}
	for range 3 {
		if _, err := p.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.Undo(t.Context()); fault.CodeOf(err) != fault.NotFound || ids(p) != "" {
		t.Fatalf("undo of nothing: %v, %s", err, ids(p))
	}
	commit(t, p, addition("d"), "add d")
	if _, err := p.Redo(t.Context()); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("redo after a new change: %v", err)
	}
	before := p.Design()
	closed(t, p)
	p = w.open(t)
	defer closed(t, p)
	if !reflect.DeepEqual(before, p.Design()) {
		t.Fatalf("reopened: %+v, want %+v", p.Design(), before)
	}
}

func TestAChangeForAnOldRevisionIsRefusedAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, design.New())
	defer closed(t, p)
	commit(t, p, addition("a"), "add")
	if _, err := p.Commit(t.Context(), 0, addition("b"), "add"); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("old revision: %v", err)
	}
	if _, err := p.Commit(t.Context(), 1, addition("a"), "add"); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("taken id: %v", err)
	}
	bad := addition("b")
	bad.Nodes.Added["b"] = design.Node{ID: "b", Kind: "aws.sqs", Parent: "nowhere"}
	if _, err := p.Commit(t.Context(), 1, bad, "add"); fault.CodeOf(err) != fault.Invalid {
		t.Fatalf("illegal drawing: %v", err)
	}
	other := design.Diff{Settings: design.Change[design.Setting]{Updated: map[design.ID]design.Pair[design.Setting]{
		identity: {Before: p.Design().Settings[identity], After: design.Setting{ID: identity, Value: "another"}}}}}
	if _, err := p.Commit(t.Context(), 1, other, "become another"); fault.CodeOf(err) != fault.Invalid {
		t.Fatalf("change of the identity: %v", err)
	}
	if ids(p) != "a" || p.Design().Revision != 1 {
		t.Fatalf("refused changes left %s at %d", ids(p), p.Design().Revision)
	}
}

func TestTheTextFollowsAndOutsideChangesWaitForConsent(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, design.New())
	commit(t, p, addition("a"), "add")
	w.wake <- w.now // the change has settled
	closed(t, p)
	text := filepath.Join(w.dir, "shop", "shop.design.json")
	written, err := os.ReadFile(text)
	if err != nil || !strings.Contains(string(written), `"id":"a"`) {
		t.Fatalf("text: %s, %v", written, err)
	}
	d, err := design.Unmarshal(written)
	if err != nil {
		t.Fatal(err)
	}
	d, err = design.Apply(d, addition("b"))
	if err != nil {
		t.Fatal(err)
	}
	pulled, err := design.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, accept := range []bool{false, true} {
		if err := os.WriteFile(text, pulled, 0o644); err != nil {
			t.Fatal(err)
		}
		p = w.open(t)
		diff, err := p.Outside(t.Context())
		if err != nil || len(diff.Nodes.Added) != 1 || diff.Nodes.Added["b"].ID != "b" {
			t.Fatalf("outside: %+v, %v", diff, err)
		}
		if closed(t, p); string(read2(t, text)) != string(pulled) {
			t.Fatal("closing without consent overwrote the pulled text")
		}
		p = w.open(t)
		c, err := p.TakeIn(t.Context(), accept)
		if err != nil || (len(c.Diff.Nodes.Added) == 1) != accept {
			t.Fatalf("take in %v: %+v, %v", accept, c, err)
		}
		if diff, err := p.Outside(t.Context()); err != nil || !diff.IsZero() {
			t.Fatalf("after take in: %+v, %v", diff, err)
		}
		closed(t, p)
	}
	if got := string(read2(t, text)); got != string(pulled) {
		t.Fatalf("text after take in: %s", got)
	}
	if err := os.WriteFile(text, []byte("[{\"format\":\"airloom.design/1\"},\n<<<<<<< ours\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p = w.open(t)
	defer closed(t, p)
	if _, err := p.Outside(t.Context()); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "line 2") {
		t.Fatalf("unfinished merge: %v", err)
	}
}

func read2(t testing.TB, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAKilledWriterOfTheTextDoesNotMistakeItForSomebodyElses(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, design.New())
	commit(t, p, addition("a"), "add")
	next := p.now
	text, err := design.Marshal(p.Design())
	if err != nil {
		t.Fatal(err)
	}
	next.pending = digest(text)
	if err := p.commit(t.Context(), &next, func(*writer) {}); err != nil {
		t.Fatal(err)
	}
	if err := replace(p.textPath(), text); err != nil { // and here the process would be killed
		t.Fatal(err)
	}
	commit(t, p, addition("b"), "add")
	if diff, err := p.Outside(t.Context()); err != nil || !diff.IsZero() {
		t.Fatalf("own text taken for a foreign one: %+v, %v", diff, err)
	}
	closed(t, p)
}

func TestACloneHasOnlyTheTextAndKeepsTheIdentity(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, design.New())
	commit(t, p, addition("a"), "add")
	id := p.ID()
	closed(t, p)
	clone := filepath.Join(t.TempDir(), "clone")
	if err := os.MkdirAll(clone, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := copyFile(filepath.Join(w.dir, "shop", "shop.design.json"), filepath.Join(clone, "shop.design.json")); err != nil {
		t.Fatal(err)
	}
	q, err := w.Open(t.Context(), clone)
	if err != nil {
		t.Fatal(err)
	}
	if q.ID() != id || ids(q) != "a" || q.ReadOnly() != "" || q.Path() != filepath.Join(clone, "shop.airloom") {
		t.Fatalf("clone: id %s, nodes %s, read-only %q, path %s", q.ID(), ids(q), q.ReadOnly(), q.Path())
	}
	if diff, err := q.Outside(t.Context()); err != nil || !diff.IsZero() {
		t.Fatalf("clone: outside %+v, %v", diff, err)
	}
	closed(t, q)
}

func TestWhereNothingCanBeWrittenTheProjectIsReadOnlyAndSaysWhy(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, design.New())
	commit(t, p, addition("a"), "add")
	closed(t, p)
	local := filepath.Join(w.dir, "shop", LocalDir)
	if err := os.RemoveAll(local); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(local, nil, 0o444); err != nil { // a root user writes everywhere: only a file in the way stops one
		t.Fatal(err)
	}
	p = w.open(t)
	if p.ReadOnly() == "" || ids(p) != "a" {
		t.Fatalf("read-only %q, nodes %s", p.ReadOnly(), ids(p))
	}
	if _, err := p.Commit(t.Context(), 1, addition("b"), "add"); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("write: %v", err)
	}
	closed(t, p)
	if err := os.Remove(filepath.Join(w.dir, "shop", "shop.airloom")); err != nil {
		t.Fatal(err)
	}
	p = w.open(t)
	if p.ReadOnly() == "" || ids(p) != "a" {
		t.Fatalf("from the text: read-only %q, nodes %s", p.ReadOnly(), ids(p))
	}
	closed(t, p)
}

func TestSettingsAndRunsAreKept(t *testing.T) {
	w := newWorld(t)
	p := w.create(t, design.New())
	if err := p.SetSetting(t.Context(), "sandboxes", []string{"dev"}); err != nil {
		t.Fatal(err)
	}
	for i := range keptRuns + 5 {
		r := sandbox.Run{ID: fmt.Sprint(i), Status: sandbox.Running, Started: w.now.Add(time.Duration(i) * time.Second)}
		if err := p.Record(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		r.Status = sandbox.Succeeded
		if err := p.Record(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	closed(t, p)
	p = w.open(t)
	defer closed(t, p)
	var names []string
	if ok, err := p.Setting("sandboxes", &names); !ok || err != nil || len(names) != 1 {
		t.Fatalf("setting: %v %v %v", ok, err, names)
	}
	if ok, err := p.Setting("nothing", &names); ok || err != nil {
		t.Fatalf("no setting: %v %v", ok, err)
	}
	runs, err := p.Runs(2)
	if err != nil || len(runs) != 2 || runs[0].ID != fmt.Sprint(keptRuns+4) || runs[0].Status != sandbox.Succeeded {
		t.Fatalf("runs: %+v, %v", runs, err)
	}
	if all, err := p.Runs(0); err != nil || len(all) > keptRuns+1 {
		t.Fatalf("%d runs are kept, %v", len(all), err)
	}
	if err := p.SetSetting(t.Context(), "sandboxes", nil); err != nil {
		t.Fatal(err)
	}
	if ok, _ := p.Setting("sandboxes", &names); ok {
		t.Fatal("a removed setting is still there")
	}
}

// TestSQLiteIsNewEnough keeps the floor of QUALITY P5: older versions have known ways to corrupt a WAL database.
func TestSQLiteIsNewEnough(t *testing.T) {
	db, err := connect(filepath.Join(t.TempDir(), "x"), create)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var version, journal string
	var sync int
	if err := db.QueryRow("SELECT sqlite_version()").Scan(&version); err != nil {
		t.Fatal(err)
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil || major*1_000_000+minor*1000+patch < 3_053_004 {
		t.Fatalf("SQLite %s is older than 3.53.4", version)
	}
	if err := db.QueryRow("PRAGMA journal_mode").Scan(&journal); err != nil || journal != "wal" {
		t.Fatalf("journal %s, %v", journal, err)
	}
	if err := db.QueryRow("PRAGMA synchronous").Scan(&sync); err != nil || sync != 2 {
		t.Fatalf("synchronous %d, %v: it must be FULL", sync, err)
	}
}

func many(n int) design.Design {
	d := design.New()
	for i := range n {
		id := design.ID(fmt.Sprintf("n%d", i))
		d.Nodes[id] = design.Node{ID: id, Kind: "aws.lambda", Name: fmt.Sprintf("Function %d", i), X: float64(i % 40 * 240), Y: float64(i / 40 * 100),
			Props: design.Props{"runtime": "nodejs22.x", "memory": 512.0}}
		if i > 0 {
			e := design.ID(fmt.Sprintf("e%d", i))
			d.Edges[e] = design.Edge{ID: e, From: design.End{Node: design.ID(fmt.Sprintf("n%d", i-1)), Port: "out"}, To: design.End{Node: id, Port: "in"}, Protocol: "call", Access: "invoke"}
		}
	}
	return d
}

func BenchmarkOpen(b *testing.B) {
	each(b, func(b *testing.B, w *world) {
		closed(b, w.project(b))
		for b.Loop() {
			p := w.open(b)
			b.StopTimer()
			closed(b, p)
			b.StartTimer()
		}
	})
}

func BenchmarkCommit(b *testing.B) {
	each(b, func(b *testing.B, w *world) {
		p := w.project(b)
		defer closed(b, p)
		for b.Loop() {
			commit(b, p, moved(p), "move")
		}
	})
}

func BenchmarkUndo(b *testing.B) {
	each(b, func(b *testing.B, w *world) {
		p := w.project(b)
		defer closed(b, p)
		commit(b, p, moved(p), "move")
		for b.Loop() {
			_, err := p.Undo(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			if _, err := p.Redo(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	})
}

func each(b *testing.B, f func(*testing.B, *world)) {
	for _, n := range []int{100, 1000, 10_000} {
		b.Run(fmt.Sprintf("nodes=%d", n), func(b *testing.B) {
			w := newWorld(b)
			closed(b, w.create(b, many(n)))
			f(b, w)
		})
	}
}

func (w *world) project(b *testing.B) *Project { return w.open(b) }

func moved(p *Project) design.Diff {
	n := p.Design().Nodes["n7"]
	m := n
	m.X++
	return design.Diff{Nodes: design.Change[design.Node]{Updated: map[design.ID]design.Pair[design.Node]{"n7": {Before: n, After: m}}}}
}

func same(a, b design.Design) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}
