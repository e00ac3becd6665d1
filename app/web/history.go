package web

import (
	"context"
	"path/filepath"

	"airloom/app"
)

type historyIn struct {
	Before int64 `json:"before,omitempty" doc:"Versions before this one; from the newest without it"`
}

func (o *ops) history(ctx context.Context, in historyIn) (out app.History, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.History(ctx, in.Before); return err })
	return out, err
}

type compareIn struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

func (o *ops) compare(ctx context.Context, in compareIn) (out app.Comparison, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.Compare(ctx, in.From, in.To); return err })
	return out, err
}

type versionIn struct {
	Version int64  `json:"version"`
	Name    string `json:"name" maxLength:"200" doc:"Empty takes the name away"`
}

func (o *ops) version(ctx context.Context, in versionIn) (none, error) {
	return none{}, o.session(func(s *app.Session) error { return s.NameVersion(ctx, in.Version, in.Name) })
}

type restoreIn struct {
	Version int64 `json:"version"`
}

func (o *ops) restore(ctx context.Context, in restoreIn) (out app.Committed, err error) {
	err = o.session(func(s *app.Session) error { out, err = s.Restore(ctx, in.Version); return err })
	return out, err
}

type copyIn struct {
	Name   string `json:"name"`
	Folder string `json:"folder,omitempty" doc:"Beside the project where it is left out"`
}

// copy makes the copy beside the project unless a person says otherwise.
func (o *ops) copy(ctx context.Context, in copyIn) (out pathIn, err error) {
	err = o.session(func(s *app.Session) error {
		if in.Folder == "" {
			in.Folder = filepath.Dir(s.Folder())
		}
		out.Path, err = s.Copy(ctx, in.Folder, in.Name)
		return err
	})
	return out, err
}
