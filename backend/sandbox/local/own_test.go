package local

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// A project brings links in the place of the state folder, or in it: nothing is written or removed where they lead.
func TestForeignFolder(t *testing.T) {
	ctx := context.Background()
	for name, link := range map[string]func(folder, victim string) error{
		"the folder around": func(folder, victim string) error {
			return os.Symlink(victim, filepath.Dir(folder)) // .airloom/local would be the victim's folder "local"
		},
		"the folder": func(folder, victim string) error {
			if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(victim, "local"), folder)
		},
		"a file": func(folder, victim string) error {
			return inside(folder, "state.db", filepath.Join(victim, "local", "file"))
		},
		"the zips": func(folder, victim string) error { return inside(folder, "artifacts", filepath.Join(victim, "local")) },
		"the logs": func(folder, victim string) error { return inside(folder, "logs", filepath.Join(victim, "local")) },
		"a file of logs": func(folder, victim string) error {
			return inside(folder, "logs/00000001.ndjson", filepath.Join(victim, "local", "file"))
		},
		"a dangling link": func(folder, victim string) error { return inside(folder, "s3.db", filepath.Join(victim, "new")) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			victim := t.TempDir()
			file := filepath.Join(victim, "local", "file")
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			s := p.open()
			if err := link(s.Folder, victim); err != nil {
				t.Skip("this system makes no links")
			}
			b := bundle(p.zip("one"), "hello")
			if _, err := s.Plan(ctx, b, sandbox.Options{Trust: true}); fault.CodeOf(err) != fault.Denied {
				t.Errorf("plan: %v", err)
			}
			if err := s.Destroy(ctx, sandbox.Options{Consent: true}, event.Discard); fault.CodeOf(err) != fault.Denied {
				t.Errorf("destroy: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			info, err := os.Stat(file)
			if err != nil || info.Size() != 0 {
				t.Fatalf("the file of somebody else: %v %v", info, err)
			}
			if list, _ := os.ReadDir(victim); len(list) != 1 {
				t.Fatalf("something was written: %v", list)
			}
			if list, _ := os.ReadDir(filepath.Dir(file)); len(list) != 1 {
				t.Fatalf("something was written: %v", list)
			}
		})
	}
}

func inside(folder, name, target string) error {
	name = filepath.Join(folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.Symlink(target, name)
}
