package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"airloom/backend/design"
	"airloom/backend/fault"
)

// Version is one change in the history of the drawing, and the drawing after it.
type Version struct {
	design.Entry
	Name string `json:"name,omitempty"` // that somebody gave it
}

// History is a page of versions, newest first.
type History struct {
	Versions []Version `json:"versions" nullable:"false"`
	More     bool      `json:"more"` // there are older ones
}

// Changed is what is different about one record between two versions, in words.
type Changed struct {
	Action  string    `json:"action" enum:"added,changed,removed"`
	What    string    `json:"what" enum:"node,wire,setting"`
	ID      design.ID `json:"id"`
	Name    string    `json:"name"`
	Details []string  `json:"details,omitempty"` // of what changed: "memory: 128 → 512"
}

// Comparison is the difference between two versions.
type Comparison struct {
	From    int64     `json:"from"`
	To      int64     `json:"to"`
	Changes []Changed `json:"changes" nullable:"false"`
}

// namedVersions is the project setting that holds the names, by version.
const namedVersions = "versions"

// versionPage is how many versions a page has.
const versionPage = 100

// History lists the versions before one (0: from the newest).
func (s *Session) History(ctx context.Context, before int64) (History, error) {
	entries, err := s.project.Journal(ctx, before, versionPage+1)
	if err != nil {
		return History{}, err
	}
	names := map[int64]string{}
	if _, err := s.project.Setting(namedVersions, &names); err != nil {
		return History{}, err
	}
	out := History{Versions: []Version{}, More: len(entries) > versionPage}
	for _, e := range entries[:min(len(entries), versionPage)] {
		out.Versions = append(out.Versions, Version{e, names[e.Version]})
	}
	return out, nil
}

// NameVersion gives a version a name; "" takes it away.
func (s *Session) NameVersion(ctx context.Context, version int64, name string) error {
	if version < 0 || version > s.project.Design().Revision {
		return fault.New(fault.NotFound, "there is no version %d", version)
	}
	names := map[int64]string{}
	if _, err := s.project.Setting(namedVersions, &names); err != nil {
		return err
	}
	if name = strings.TrimSpace(name); name == "" {
		delete(names, version)
	} else {
		names[version] = name
	}
	return s.project.SetSetting(ctx, namedVersions, names)
}

// Compare tells what changed from one version to another, whichever is the older.
func (s *Session) Compare(ctx context.Context, from, to int64) (Comparison, error) {
	a, err := s.project.At(ctx, from)
	if err != nil {
		return Comparison{}, err
	}
	b, err := s.project.At(ctx, to)
	if err != nil {
		return Comparison{}, err
	}
	return Comparison{from, to, changes(a, b)}, nil
}

// Restore makes the drawing what it was at a version, as one new change: what came between stays in the history.
func (s *Session) Restore(ctx context.Context, version int64) (Committed, error) {
	now := s.project.Design()
	then, err := s.project.At(ctx, version)
	if err != nil {
		return Committed{}, err
	}
	diff := design.Between(now, then)
	if diff.IsZero() {
		return Committed{}, fault.New(fault.Conflict, "the drawing is as it was at version %d", version)
	}
	return s.Edit(ctx, now.Revision, diff, fmt.Sprintf("restore version %d", version))
}

// changes says a difference in words, nodes first.
func changes(a, b design.Design) []Changed {
	d := design.Between(a, b)
	out := []Changed{}
	node := func(n design.Node) string { return cmp.Or(n.Name, string(n.ID)) }
	wire := func(e design.Edge) string {
		end := func(id design.ID) string {
			if n, ok := b.Nodes[id]; ok {
				return node(n)
			}
			return cmp.Or(a.Nodes[id].Name, string(id))
		}
		return end(e.From.Node) + " → " + end(e.To.Node)
	}
	out = appendChanges(out, "node", d.Nodes, node, func(p design.Pair[design.Node]) []string {
		details := differences(
			part{"name", p.Before.Name, p.After.Name}, part{"kind", p.Before.Kind, p.After.Kind},
			part{"group", cmp.Or(a.Nodes[p.Before.Parent].Name, string(p.Before.Parent)), cmp.Or(b.Nodes[p.After.Parent].Name, string(p.After.Parent))},
			part{"locked", p.Before.Locked, p.After.Locked}, part{"order", p.Before.Z, p.After.Z})
		if p.Before.X != p.After.X || p.Before.Y != p.After.Y {
			details = append(details, "moved")
		}
		if p.Before.W != p.After.W || p.Before.H != p.After.H {
			details = append(details, "resized")
		}
		return append(details, props(p.Before.Props, p.After.Props)...)
	})
	out = appendChanges(out, "wire", d.Edges, wire, func(p design.Pair[design.Edge]) []string {
		details := differences(part{"from", p.Before.From, p.After.From}, part{"to", p.Before.To, p.After.To},
			part{"protocol", p.Before.Protocol, p.After.Protocol}, part{"access", p.Before.Access, p.After.Access})
		return append(details, props(p.Before.Props, p.After.Props)...)
	})
	return appendChanges(out, "setting", d.Settings, func(s design.Setting) string { return string(s.ID) },
		func(p design.Pair[design.Setting]) []string {
			return differences(part{"value", p.Before.Value, p.After.Value})
		})
}

func appendChanges[R any](out []Changed, what string, c design.Change[R], name func(R) string, details func(design.Pair[R]) []string) []Changed {
	for _, id := range sorted(c.Added) {
		out = append(out, Changed{"added", what, id, name(c.Added[id]), nil})
	}
	for _, id := range sorted(c.Updated) {
		out = append(out, Changed{"changed", what, id, name(c.Updated[id].After), details(c.Updated[id])})
	}
	for _, id := range sorted(c.Removed) {
		out = append(out, Changed{"removed", what, id, name(c.Removed[id]), nil})
	}
	return out
}

// part is one property of a record before and after.
type part struct {
	name          string
	before, after any
}

func props(a, b design.Props) []string {
	all := maps.Clone(a)
	if all == nil {
		all = design.Props{}
	}
	maps.Copy(all, b)
	var parts []part
	for _, name := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, part{name, a[name], b[name]})
	}
	return differences(parts...)
}

func differences(parts ...part) []string {
	var out []string
	for _, p := range parts {
		if !reflect.DeepEqual(p.before, p.after) {
			out = append(out, p.name+": "+brief(p.before)+" → "+brief(p.after))
		}
	}
	return out
}

// brief is a value in a few words.
func brief(v any) string {
	if e, ok := v.(design.End); ok {
		return string(e.Node) + "." + e.Port
	}
	text := fmt.Sprint(v)
	if v == nil || text == "" {
		return "none"
	}
	if r := []rune(text); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return text
}

// Copy makes another project of this one in folder/name: its drawing and sources with an identity of its own, so that it
// never claims what this one has deployed. History, runs, sandboxes and trust stay here. It gives the copy's path.
func (s *Session) Copy(ctx context.Context, folder, name string) (path string, err error) {
	if err := nameable(name); err != nil {
		return "", err
	}
	dir, err := filepath.Abs(filepath.Join(folder, name))
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "reading the path %q", folder)
	}
	if rel, err := filepath.Rel(s.Folder(), dir); err == nil && filepath.IsLocal(rel) {
		return "", fault.New(fault.Invalid, "a copy cannot lie within the project itself").At(dir).Try("choose a folder outside of %s", s.Folder())
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return "", fault.New(fault.Conflict, "the folder %s is not empty", dir).Try("choose another name")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fault.Wrap(err, fault.Denied, "making the project's folder").Try("choose a folder that you may write to")
	}
	if err := copySources(ctx, s.Folder(), dir); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "copying the sources").At(dir)
	}
	d := s.Design()
	d.Settings = maps.Clone(d.Settings)
	d.Settings["name"] = design.Setting{ID: "name", Value: name}
	p, err := s.app.deps.Projects.Create(ctx, filepath.Join(dir, name+".airloom"), d)
	if err != nil {
		return "", err
	}
	return p.Path(), p.Close()
}

func nameable(name string) error {
	if strings.TrimSpace(name) == "" || strings.ContainsAny(name, `/\`+"\x00") || strings.HasPrefix(name, ".") {
		return fault.New(fault.Invalid, "%q cannot name a project", name).Try("use letters, digits, dashes")
	}
	return nil
}

// copySources copies regular files. What begins with a dot belongs to this machine (local state, git, secrets), what ends as
// projects do is the project itself, and installed packages are installed anew.
func copySources(ctx context.Context, from, to string) error {
	root, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer root.Close()
	source := os.DirFS(from)
	return fs.WalkDir(source, ".", func(path string, e fs.DirEntry, err error) error {
		name := e.Name()
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case path == ".":
			return nil
		case e.IsDir() && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "__pycache__"):
			return fs.SkipDir
		case e.IsDir():
			return root.Mkdir(path, 0o755)
		case !e.Type().IsRegular() || strings.HasPrefix(name, ".") || strings.Contains(name, ".airloom") || strings.HasSuffix(name, ".design.json"):
			return nil
		}
		text, err := fs.ReadFile(source, path)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		f, err := root.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
		if err != nil {
			return err
		}
		_, err = f.Write(text)
		return errors.Join(err, f.Close())
	})
}
