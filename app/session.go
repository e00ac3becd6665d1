package app

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"sync"

	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/sandbox"
)

// Session is one open project: its drawing at a revision, its sandboxes, and exactly one writer (the project file sees to that).
type Session struct {
	app     *App
	project Project

	mu        sync.Mutex
	sandboxes map[string]sandbox.Sandbox
	follows   map[string]context.CancelFunc
	plans     map[string]sandbox.Plan
	planned   int
	code      map[string]string // keys of the code of the newest plan for the embedded sandbox, by node
	preview   *generate.Bundle  // of the revision previewed
	previewed int64
}

// Opened is an open project as a door shows it.
type Opened struct {
	Path     string          `json:"path"`
	Name     string          `json:"name"`
	Design   design.Design   `json:"design"`
	Findings []fault.Finding `json:"findings"`
	Undo     string          `json:"undo"`
	Redo     string          `json:"redo"`
	ReadOnly string          `json:"readOnly"`
	Notice   string          `json:"notice"`
	Outside  *Outside        `json:"outside"`
	Sandbox  string          `json:"sandbox"`
}

// Outside is a change that somebody made in the text snapshot.
type Outside struct {
	Diff    design.Diff `json:"diff"`
	Summary []string    `json:"summary" nullable:"false"`
	// Problem is why the text cannot be read (the marks of an unfinished merge), "" where it can. Then it can be dropped only.
	Problem string `json:"problem,omitempty"`
	Hint    string `json:"hint,omitempty"` // what to do about the problem
}

// Open opens a project, closing the one that was open.
func (a *App) Open(ctx context.Context, path string) (*Session, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "reading the path %q", path)
	}
	if s, err := a.Session(); err == nil && (s.project.Path() == full || filepath.Dir(s.project.Path()) == full) {
		return s, nil
	}
	p, err := a.deps.Projects.Open(ctx, full)
	if err != nil {
		return nil, err
	}
	return a.enter(p)
}

// Create makes a project in folder/name and opens it. A sample's drawing and sources come along where one is named.
func (a *App) Create(ctx context.Context, folder, name, sample string) (*Session, error) {
	if err := nameable(name); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Join(folder, name))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "reading the path %q", folder)
	}
	d := design.New()
	if sample != "" {
		if d, err = a.sampleDesign(sample); err != nil {
			return nil, err
		}
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, fault.New(fault.Conflict, "the folder %s is not empty", dir).Try("choose another name")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fault.Wrap(err, fault.Denied, "making the project's folder").Try("choose a folder that you may write to")
	}
	if sample != "" {
		if err := a.copySample(sample, dir); err != nil {
			return nil, err
		}
	}
	d.Settings["name"] = design.Setting{ID: "name", Value: name}
	p, err := a.deps.Projects.Create(ctx, filepath.Join(dir, name+".airloom"), d)
	if err != nil {
		return nil, err
	}
	return a.enter(p)
}

func (a *App) enter(p Project) (*Session, error) {
	if err := a.CloseProject(); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	s := &Session{app: a, project: p, sandboxes: map[string]sandbox.Sandbox{}, follows: map[string]context.CancelFunc{}, plans: map[string]sandbox.Plan{}}
	a.mu.Lock()
	a.session = s
	a.mu.Unlock()
	a.remember(p.Path(), p.Name())
	a.tell(Message{Kind: "project"})
	return s, nil
}

// CloseProject closes the open project and releases its sandboxes; without one it does nothing.
func (a *App) CloseProject() error {
	a.mu.Lock()
	s := a.session
	a.session = nil
	a.mu.Unlock()
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stop := range s.follows {
		stop()
	}
	for _, sb := range s.sandboxes {
		errs = append(errs, sb.Close())
	}
	return errors.Join(append(errs, s.project.Close())...)
}

// Opened describes the session.
func (s *Session) Opened(ctx context.Context) (Opened, error) {
	undo, redo := s.project.History()
	o := Opened{Path: s.project.Path(), Name: s.project.Name(), Design: s.project.Design(), Undo: undo, Redo: redo,
		ReadOnly: s.project.ReadOnly(), Notice: s.project.Notice(), Sandbox: s.current()}
	b, err := s.Preview()
	if err != nil {
		return o, err
	}
	o.Findings = b.Findings
	o.Outside, err = s.Outside(ctx)
	return o, err
}

// Outside is what somebody changed in the text snapshot since we wrote it, nil where nobody did. A text that cannot be read is
// a problem to show, not a reason to refuse the project: its drawing is in the project file.
func (s *Session) Outside(ctx context.Context) (*Outside, error) {
	diff, err := s.project.Outside(ctx)
	switch f := fault.As(err); {
	case err != nil && ctx.Err() != nil:
		return nil, err
	case err != nil:
		return &Outside{Diff: diff, Summary: []string{}, Problem: f.Error(), Hint: f.Hint}, nil //nolint:nilerr // the problem is the answer
	case diff.IsZero():
		return nil, nil
	}
	return &Outside{Diff: diff, Summary: Summary(diff)}, nil
}

// Path of the project file.
func (s *Session) Path() string { return s.project.Path() }

// ReadOnly is why nothing can be written, "" where it can.
func (s *Session) ReadOnly() string { return s.project.ReadOnly() }

// Notice is what the person should know about how the project was opened, "" for nothing.
func (s *Session) Notice() string { return s.project.Notice() }

// Folder is the project's folder.
func (s *Session) Folder() string { return filepath.Dir(s.project.Path()) }

// Name of the project.
func (s *Session) Name() string { return s.project.Name() }

// Design is the drawing at the current revision.
func (s *Session) Design() design.Design { return s.project.Design() }

// Summary says a diff in words, one line a record.
func Summary(d design.Diff) []string {
	var out []string
	name := func(n design.Node) string { return cmp.Or(n.Name, string(n.ID)) }
	for _, id := range sorted(d.Nodes.Added) {
		out = append(out, "added "+name(d.Nodes.Added[id]))
	}
	for _, id := range sorted(d.Nodes.Updated) {
		out = append(out, "changed "+name(d.Nodes.Updated[id].After))
	}
	for _, id := range sorted(d.Nodes.Removed) {
		out = append(out, "removed "+name(d.Nodes.Removed[id]))
	}
	for _, id := range sorted(d.Edges.Added) {
		out = append(out, "added wire "+string(id))
	}
	for _, id := range sorted(d.Edges.Updated) {
		out = append(out, "changed wire "+string(id))
	}
	for _, id := range sorted(d.Edges.Removed) {
		out = append(out, "removed wire "+string(id))
	}
	for _, id := range sorted(d.Settings.Added) {
		out = append(out, "added setting "+string(id))
	}
	for _, id := range sorted(d.Settings.Updated) {
		out = append(out, "changed setting "+string(id))
	}
	for _, id := range sorted(d.Settings.Removed) {
		out = append(out, "removed setting "+string(id))
	}
	return out
}

func mapKeys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }
