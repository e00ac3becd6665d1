// Package store keeps projects on disk: one SQLite file a project, a text snapshot beside it for git, safety copies outside.
// A commit is durable when it returns; a damaged, foreign or newer file is refused, or restored from a copy, and never
// changed. It is the only importer of SQLite and imports design, sandbox (what a run is) and fault.
package store

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"airloom/backend/design"
	"airloom/backend/fault"
)

// Endings of a project's files, and the folder beside them that holds what belongs to this machine only.
const (
	Ending     = ".airloom"
	TextEnding = ".design.json"
	LocalDir   = ".airloom"
)

// Deps is what a Store needs from the world.
type Deps struct {
	Now       func() time.Time
	NewID     func() string                         // random and unique: a UUID
	Who       string                                // the user's name, noted with each change; "" notes none
	After     func(time.Duration) <-chan time.Time  // time.After where nil
	Snapshots string                                // folder of safety copies, outside of projects; "" keeps none
	Log       func(format string, arguments ...any) // what could not be done in the background; nil drops it
}

// Store opens and creates projects. It is safe for concurrent use.
type Store struct {
	deps Deps
	mu   sync.Mutex
	open map[string]bool // absolute paths, so that nothing opens a file twice within the process
}

// New makes a Store. It touches nothing until asked.
func New(d Deps) *Store {
	if d.After == nil {
		d.After = time.After
	}
	if d.Log == nil {
		d.Log = func(string, ...any) {}
	}
	return &Store{deps: d, open: map[string]bool{}}
}

// Create makes a project file with a first drawing; fault.Conflict where the file exists.
func (s *Store) Create(ctx context.Context, path string, d design.Design) (*Project, error) {
	if err := design.Validate(d); err != nil {
		return nil, err
	}
	if !strings.HasSuffix(path, Ending) {
		return nil, fault.New(fault.Invalid, "a project file ends in %s", Ending).At(path)
	}
	path, err := real(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(path); err == nil {
		return nil, fault.New(fault.Conflict, "the file exists already").At(path).Try("choose another name, or open it")
	}
	d = withID(d, s.deps.NewID)
	return s.enter(ctx, path, func(ctx context.Context, p *Project) error { return p.create(ctx, path, d) })
}

// Open opens a project file, a folder that holds one, or a text snapshot (whose project file is made where there is none).
// Where it cannot be written, because of the place or because somebody else is writing it, the project is read-only and
// tells why.
func (s *Store) Open(ctx context.Context, path string) (*Project, error) {
	path, err := find(path)
	if err != nil {
		return nil, err
	}
	if text, ok := strings.CutSuffix(path, TextEnding); ok {
		if _, err := os.Lstat(text + Ending); err != nil {
			return s.enter(ctx, text+Ending, func(ctx context.Context, p *Project) error { return p.importText(ctx, path) })
		}
		path = text + Ending
	}
	err = Recognise(path)
	return s.enter(ctx, path, func(ctx context.Context, p *Project) error {
		// A project whose header is damaged has copies; a file that never was a project has none.
		if err != nil && (fault.CodeOf(err) != fault.Invalid || !strings.HasSuffix(path, Ending) || len(listCopies(p.copies())) == 0) {
			return err
		}
		return p.load(ctx, err)
	})
}

// enter makes a project known as open, and forgets it where fill fails or it is closed.
func (s *Store) enter(ctx context.Context, path string, fill func(context.Context, *Project) error) (*Project, error) {
	s.mu.Lock()
	taken := s.open[path]
	s.open[path] = true
	s.mu.Unlock()
	if taken {
		return nil, fault.New(fault.Conflict, "the project is open already").At(path)
	}
	p := &Project{store: s, path: path, leave: func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, path)
	}}
	if err := fill(ctx, p); err != nil {
		return nil, errors.Join(err, p.release())
	}
	p.begin()
	return p, nil
}

// find resolves what a person named to the absolute path of a project file or a text snapshot.
func find(path string) (string, error) {
	path, err := real(path)
	if err != nil {
		return "", err
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fault.New(fault.NotFound, "there is no such file or folder").At(path).Try("`airloom new` makes a project")
	case err != nil:
		return "", fault.Wrap(err, fault.Denied, "looking at the project").At(path)
	case !info.IsDir():
		return path, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return "", fault.Wrap(err, fault.Denied, "looking into the folder").At(path)
	}
	for _, ending := range []string{Ending, TextEnding} {
		var found []string
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), ending) && e.Name() != ending && !e.IsDir() && !strings.Contains(e.Name(), damagedMark) {
				found = append(found, e.Name())
			}
		}
		slices.Sort(found)
		switch len(found) {
		case 0:
			continue
		case 1:
			return filepath.Join(path, found[0]), nil
		}
		return "", fault.New(fault.Invalid, "the folder holds %d projects: %s", len(found), strings.Join(found, ", ")).At(path).Try("name one of them")
	}
	return "", fault.New(fault.NotFound, "the folder holds no project (*%s or *%s)", Ending, TextEnding).At(path).Try("`airloom new` makes a project")
}

// real makes a path absolute, with the links in its folder followed, so that one file has one name. The file itself may be
// missing, and is not followed: a project file is never a link.
func real(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "reading the path %q", path)
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(full))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return "", fault.New(fault.NotFound, "the folder does not exist").At(filepath.Dir(full))
		}
		return "", fault.Wrap(err, fault.Denied, "following the path").At(full)
	}
	return filepath.Join(dir, filepath.Base(full)), nil
}

// withID gives a new project an identity of its own. It is a setting of the drawing, so that the text snapshot carries it:
// a pipeline that has only the text must recognise the same stack.
func withID(d design.Design, newID func() string) design.Design {
	out := d
	out.Settings = map[design.ID]design.Setting{}
	for k, v := range d.Settings {
		out.Settings[k] = v
	}
	out.Settings[identity] = design.Setting{ID: identity, Value: newID()}
	return out
}

const identity = design.ID("project-id")
