package app

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"airloom/assets/starters"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Source is a unit's folder of code, and the file with its handler.
type Source struct {
	Path  string       `json:"path"` // relative to the project
	Files []SourceFile `json:"files"`
	Main  *SourceText  `json:"main"` // nil where the handler's file is not there
}

// SourceFile is one file of a source folder.
type SourceFile struct {
	Name string `json:"name"`
	Size int64  `json:"size"` // bytes
}

// SourceText is a file's text.
type SourceText struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

const (
	listedFiles = 200
	shownBytes  = 256 << 10
)

// begin writes the first code of functions that have none yet, so that what was just drawn runs. A folder that is there, even
// an empty one, is the person's own.
func (s *Session) begin(units []kind.Unit, sink event.Sink) error {
	root, err := os.OpenRoot(s.Folder())
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "opening the project's folder")
	}
	defer root.Close()
	for _, u := range units {
		dir := path.Clean(u.Source)
		starter := starters.For(u.Runtime)
		if _, err := root.Stat(dir); !errors.Is(err, fs.ErrNotExist) || starter == "" || u.Build != "" {
			continue
		}
		err := starters.Files(starter, func(name string, text []byte) error {
			mode := fs.FileMode(0o644)
			if path.Base(name) == "bootstrap" {
				mode = 0o755
			}
			if err := root.MkdirAll(path.Dir(path.Join(dir, name)), 0o755); err != nil {
				return err
			}
			return root.WriteFile(path.Join(dir, name), text, mode)
		})
		if err != nil {
			return fault.Wrap(err, fault.Denied, "writing the first code of %s", u.Name).At(string(u.Node)).Try("make the project's folder writable, or write %s yourself", dir)
		}
		sink(event.Event{Type: event.Step, Node: string(u.Node), Text: "wrote a first handler for " + u.Name + " into " + dir})
	}
	return nil
}

// Reveal gives the folder of a function's source on this machine, for a person to open it in their own editor. A function that
// was just drawn gets its first code before.
func (s *Session) Reveal(node string) (string, error) {
	u, err := s.unit(node)
	if err != nil {
		return "", err
	}
	if err := s.begin([]kind.Unit{u}, event.Discard); err != nil {
		return "", err
	}
	root, err := os.OpenRoot(s.Folder())
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "opening the project's folder")
	}
	defer root.Close()
	// The root follows no link out of the project.
	dir := path.Clean(u.Source)
	if info, err := root.Stat(dir); err != nil || !info.IsDir() {
		return "", fault.Wrap(err, fault.NotFound, "there is no folder %s in the project", u.Source).At(string(u.Node)).Try("make it, or change the node's source")
	}
	return filepath.Join(s.Folder(), filepath.FromSlash(dir)), nil
}

// unit is a function's unit of code.
func (s *Session) unit(node string) (kind.Unit, error) {
	n, err := s.Node(node)
	if err != nil {
		return kind.Unit{}, err
	}
	b, err := s.Preview()
	if err != nil {
		return kind.Unit{}, err
	}
	i := slices.IndexFunc(b.Units, func(u kind.Unit) bool { return u.Node == n.ID })
	if i < 0 {
		return kind.Unit{}, fault.New(fault.Unsupported, "%s has no code", n.Name).At(string(n.ID))
	}
	return b.Units[i], nil
}

// Code lists a function's source and shows its handler. People edit it in their own editor.
func (s *Session) Code(node string) (Source, error) {
	u, err := s.unit(node)
	if err != nil {
		return Source{}, err
	}
	out := Source{Path: u.Source, Files: []SourceFile{}}
	root, err := os.OpenRoot(s.Folder())
	if err != nil {
		return out, fault.Wrap(err, fault.Unavailable, "opening the project's folder")
	}
	defer root.Close()
	dir, err := root.OpenRoot(path.Clean(u.Source))
	if err != nil {
		return out, fault.Wrap(err, fault.NotFound, "opening the source of %s", u.Name).At(string(u.Node)).Try("make the folder %s, or change the node's source", u.Source)
	}
	defer dir.Close()
	stem, _, _ := strings.Cut(path.Base(u.Handler), ".")
	err = fs.WalkDir(dir.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "__pycache__" || d.Name() == ".git") {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		if len(out.Files) < listedFiles {
			out.Files = append(out.Files, SourceFile{p, info.Size()})
		}
		if name, _, _ := strings.Cut(d.Name(), "."); out.Main == nil && (name == stem || d.Name() == "main.go") && info.Size() <= shownBytes {
			text, err := fs.ReadFile(dir.FS(), p)
			if err != nil {
				return err
			}
			out.Main = &SourceText{p, string(text)}
		}
		return nil
	})
	if err != nil {
		return out, fault.Wrap(err, fault.Unavailable, "reading the source of %s", u.Name).At(string(u.Node))
	}
	return out, nil
}
