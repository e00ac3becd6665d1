package app

import (
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"airloom/backend/design"
	"airloom/backend/fault"
)

// Sample is a project to start from.
type Sample struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Summary string `json:"summary"`
	Try     string `json:"try"`   // one thing to do once it runs
	Place   int    `json:"place"` // in the list: what teaches the most comes first
}

// Samples lists what `new --from` knows, in the order of their places.
func (a *App) Samples() ([]Sample, error) {
	dirs, err := fs.ReadDir(a.deps.Samples, ".")
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "reading the samples")
	}
	list := []Sample{}
	for _, d := range dirs {
		if !d.IsDir() {
			continue
		}
		text, err := fs.ReadFile(a.deps.Samples, path.Join(d.Name(), "sample.json"))
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "reading the sample %s", d.Name())
		}
		s := Sample{ID: d.Name()}
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "reading the sample %s", d.Name())
		}
		list = append(list, s)
	}
	slices.SortStableFunc(list, func(a, b Sample) int { return cmp.Compare(a.Place, b.Place) })
	return list, nil
}

func (a *App) sampleDesign(id string) (design.Design, error) {
	text, err := fs.ReadFile(a.deps.Samples, path.Join(id, "sample.design.json"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return design.Design{}, fault.New(fault.NotFound, "there is no sample %q", id).Try("`airloom new --from list` shows them")
	}
	if err != nil {
		return design.Design{}, fault.Wrap(err, fault.Internal, "reading the sample %s", id)
	}
	return design.Unmarshal(text)
}

// copySample writes a sample's sources, not its drawing.
func (a *App) copySample(id, to string) error {
	err := fs.WalkDir(a.deps.Samples, id, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(id, filepath.FromSlash(p))
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		case rel == "sample.json" || rel == "sample.design.json":
			return nil
		}
		text, err := fs.ReadFile(a.deps.Samples, p)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
	if err != nil {
		return fault.Wrap(err, fault.Denied, "writing the sample's sources").At(to)
	}
	return nil
}
