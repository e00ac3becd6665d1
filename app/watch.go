package app

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
)

// Reloader is a sandbox that can exchange the code of functions without a plan. The embedded one can.
type Reloader interface {
	Reload(context.Context, []generate.Artifact) error
}

// settle is how long saving may go on before the code is packed: editors write a file in several steps.
const settle = 25 * time.Millisecond

// Watch reloads functions in the embedded sandbox when their sources are saved, in the background until ctx ends. A source
// that does not pack is told as an event; the running code stays.
func (s *Session) Watch(ctx context.Context, sink event.Sink) error {
	sb, err := s.Sandbox(ctx, DefaultSandbox)
	if err != nil {
		return err
	}
	r, ok := sb.(Reloader)
	if !ok {
		return fault.New(fault.Unsupported, "the sandbox %s cannot reload code", DefaultSandbox)
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "watching the sources").Try("raise the system's limit of file watches")
	}
	b, err := s.Preview()
	if err != nil {
		return err
	}
	for _, u := range b.Units {
		if err := watchTree(w, filepath.Join(s.Folder(), filepath.FromSlash(u.Source))); err != nil {
			_ = w.Close()
			return err
		}
	}
	go s.reloadOnSave(ctx, w, r, sink)
	return nil
}

func watchTree(w *fsnotify.Watcher, dir string) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if n := d.Name(); p != dir && (n == "node_modules" || strings.HasPrefix(n, ".") || n == "__pycache__") {
			return fs.SkipDir
		}
		return w.Add(p)
	})
}

func (s *Session) reloadOnSave(ctx context.Context, w *fsnotify.Watcher, r Reloader, sink event.Sink) {
	defer w.Close()
	var timer <-chan time.Time
	known := map[string]string{} // key by node of what runs
	if packed, err := s.Pack(ctx, s.hostArch(ctx), event.Discard); err == nil {
		for _, p := range packed {
			known[string(p.Node)] = p.Key
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-w.Events:
			if !ok {
				return
			}
			if info, err := os.Stat(e.Name); err == nil && info.IsDir() && e.Has(fsnotify.Create) {
				_ = watchTree(w, e.Name) // gone again is no news
			}
			if !e.Has(fsnotify.Chmod) || e.Has(fsnotify.Write) {
				timer = time.After(settle)
			}
		case err := <-w.Errors:
			sink(event.Event{Type: event.Warn, Level: event.Warning, Time: s.app.deps.Now(), Text: "watching the sources: " + err.Error()})
		case <-timer:
			timer = nil
			s.reload(ctx, r, known, sink)
		}
	}
}

func (s *Session) reload(ctx context.Context, r Reloader, known map[string]string, sink event.Sink) {
	packed, err := s.Pack(ctx, s.hostArch(ctx), event.Discard)
	if err != nil {
		f := fault.As(err)
		sink(event.Event{Type: event.Warn, Level: event.Error, Time: s.app.deps.Now(), Node: f.Where, Text: "not reloaded: " + f.Error(), Data: event.Data{Hint: f.Hint}})
		return
	}
	var changed []generate.Artifact
	for _, p := range packed {
		if known[string(p.Node)] != p.Key {
			changed = append(changed, p.Artifact)
		}
	}
	if len(changed) == 0 {
		return
	}
	if err := r.Reload(ctx, changed); err != nil {
		sink(event.Event{Type: event.Warn, Level: event.Error, Time: s.app.deps.Now(), Text: "not reloaded: " + err.Error()})
		return
	}
	for _, a := range changed {
		known[string(a.Node)] = a.Key
		sink(event.Event{Type: event.Step, Time: s.app.deps.Now(), Node: string(a.Node), Text: "reloaded " + string(a.Node)})
	}
}

func (s *Session) hostArch(ctx context.Context) string {
	sb, err := s.Sandbox(ctx, DefaultSandbox)
	if err != nil {
		return ""
	}
	who, err := sb.Describe(ctx)
	if err != nil {
		return ""
	}
	return who.HostArch
}
