package app_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"airloom/app"
	"airloom/backend/catalog"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/store"
)

// openedProject is a session on a real project file.
func openedProject(t *testing.T) (*app.App, *app.Session) {
	t.Helper()
	dir := t.TempDir() // outlives the application
	s := store.New(store.Deps{Now: time.Now, NewID: uuid.NewString, Who: "Ada"})
	a := app.New(app.Deps{Version: "test", Shelf: catalog.Shelf(), Projects: projects{s}, Now: time.Now})
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	session, err := a.Create(t.Context(), dir, "shop", "")
	if err != nil {
		t.Fatal(err)
	}
	return a, session
}

func added(id design.ID, x float64) design.Diff {
	return design.Diff{Nodes: design.Change[design.Node]{Added: map[design.ID]design.Node{id: {ID: id, Kind: "aws.sqs", Name: "Queue " + string(id), X: x}}}}
}

func edited(t *testing.T, s *app.Session, d design.Diff, label string) {
	t.Helper()
	if _, err := s.Edit(t.Context(), s.Design().Revision, d, label); err != nil {
		t.Fatal(err)
	}
}

func TestVersionsAreListedNamedComparedAndRestored(t *testing.T) {
	_, s := openedProject(t)
	edited(t, s, added("a", 0), "add a")
	before := s.Design().Nodes["a"]
	after := before
	after.X, after.Name, after.Props = 40, "mail", design.Props{"visibility": 60.0}
	edited(t, s, design.Diff{Nodes: design.Change[design.Node]{Updated: map[design.ID]design.Pair[design.Node]{"a": {Before: before, After: after}}}}, "change a")
	edited(t, s, added("b", 300), "add b")

	if err := s.NameVersion(t.Context(), 2, " first draft "); err != nil {
		t.Fatal(err)
	}
	h, err := s.History(t.Context(), 0)
	if err != nil || h.More || len(h.Versions) != 3 || h.Versions[1].Name != "first draft" || h.Versions[0].Label != "add b" || h.Versions[0].Who != "Ada" {
		t.Fatalf("%+v, %v", h, err)
	}
	if err := s.NameVersion(t.Context(), 9, "x"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("naming what is not there: %v", err)
	}

	c, err := s.Compare(t.Context(), 1, 3)
	want := []app.Changed{{Action: "added", What: "node", ID: "b", Name: "Queue b"},
		{Action: "changed", What: "node", ID: "a", Name: "mail", Details: []string{"name: Queue a → mail", "moved", "visibility: none → 60"}}}
	if err != nil || len(c.Changes) != 2 || !slices.Equal(c.Changes[1].Details, want[1].Details) || c.Changes[0].Name != want[0].Name || c.Changes[0].Action != "added" {
		t.Errorf("%+v, %v", c, err)
	}
	if back, err := s.Compare(t.Context(), 3, 1); err != nil || back.Changes[len(back.Changes)-1].Action != "removed" {
		t.Errorf("%+v, %v", back, err)
	}

	done, err := s.Restore(t.Context(), 1)
	if err != nil || done.Undo != "restore version 1" || len(s.Design().Nodes) != 1 || s.Design().Nodes["a"].Name != "Queue a" {
		t.Fatalf("%+v, %v", done, err)
	}
	if _, err := s.Restore(t.Context(), 1); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("restoring what is: %v", err)
	}
	// One step back, and everything is there again.
	if _, err := s.Undo(t.Context()); err != nil || len(s.Design().Nodes) != 2 {
		t.Errorf("%d nodes, %v", len(s.Design().Nodes), err)
	}
}

func TestACopyIsAProjectOfItsOwn(t *testing.T) {
	a, s := openedProject(t)
	edited(t, s, added("a", 0), "add a")
	for path, text := range map[string]string{"functions/a/index.mjs": "export {}", "functions/a/.env": "KEY=hush", ".git/config": "x", ".airloom/local/state": "x",
		"functions/a/node_modules/x/index.js": "x", "README.md": "hello"} {
		full := filepath.Join(s.Folder(), path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(s.Folder(), "outside")); err != nil {
		t.Fatal(err)
	}
	id := s.Design().Settings["project-id"].Value
	to := filepath.Join(filepath.Dir(s.Folder()), "copies")
	path, err := s.Copy(t.Context(), to, "second")
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	err = filepath.Walk(filepath.Join(to, "second"), func(p string, i os.FileInfo, err error) error {
		if rel, _ := filepath.Rel(to, p); err == nil && !i.IsDir() && !strings.Contains(rel, ".airloom/") {
			files = append(files, filepath.ToSlash(rel))
		}
		return err
	})
	if want := []string{"second/README.md", "second/functions/a/index.mjs", "second/second.airloom", "second/second.design.json"}; err != nil || !slices.Equal(files, want) {
		t.Errorf("it holds %q, %v", files, err)
	}
	if _, err := s.Copy(t.Context(), to, "second"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second time: %v", err)
	}
	for _, bad := range []string{"", "../up", "a/b", ".hidden"} {
		if _, err := s.Copy(t.Context(), to, bad); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := s.Copy(t.Context(), s.Folder(), "inside"); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("within itself: %v", err)
	}
	copied, err := a.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	d := copied.Design()
	if got := d.Settings["project-id"].Value; got == id || got == nil {
		t.Errorf("its identity is %v, the first one's %v", got, id)
	}
	if d.Settings["name"].Value != "second" || d.Nodes["a"].Name != "Queue a" {
		t.Errorf("%+v", d)
	}
	if h, err := copied.History(t.Context(), 0); err != nil || len(h.Versions) != 0 {
		t.Errorf("%+v, %v", h, err)
	}
}
