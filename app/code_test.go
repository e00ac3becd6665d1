package app_test

import (
	"os"
	"path/filepath"
	"testing"

	"airloom/backend/design"
	"airloom/backend/fault"
)

// What is shown lies in the project: a function that was just drawn has its first code there, a link leads nowhere else.
func TestRevealStaysInTheProject(t *testing.T) {
	a := newApp(t)
	s, err := a.Create(t.Context(), t.TempDir(), "shop", "")
	if err != nil {
		t.Fatal(err)
	}
	node := func(id, kind string, props design.Props) design.Node {
		return design.Node{ID: design.ID(id), Kind: kind, Name: id, Props: props}
	}
	diff := design.Diff{Nodes: design.Change[design.Node]{Added: map[design.ID]design.Node{
		"orders": node("orders", "aws.lambda", nil), "away": node("away", "aws.lambda", design.Props{"source": "away"}), "jobs": node("jobs", "aws.sqs", nil)}}}
	if _, err := s.Edit(t.Context(), s.Design().Revision, diff, "draw"); err != nil {
		t.Fatal(err)
	}
	folder, err := s.Reveal("orders")
	if err != nil || folder != filepath.Join(s.Folder(), "functions", "orders") {
		t.Fatalf("%q, %v", folder, err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) == 0 {
		t.Errorf("no first code: %v, %v", files, err)
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(s.Folder(), "away")); err != nil {
		t.Fatal(err)
	}
	if folder, err := s.Reveal("away"); err == nil {
		t.Errorf("led out of the project, to %q", folder)
	}
	if _, err := s.Reveal("jobs"); fault.CodeOf(err) != fault.Unsupported {
		t.Errorf("a queue: %v", err)
	}
	if _, err := s.Reveal("nobody"); err == nil {
		t.Error("a node that is not there has code")
	}
}
