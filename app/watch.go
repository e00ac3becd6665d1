package app

import (
	"context"
	"io/fs"
	"maps"
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
	if err == nil {
		for _, u := range b.Units {
			dir := filepath.Join(s.Folder(), filepath.FromSlash(u.Source))
			if err = watchTree(w, dir, filepath.Join(dir, filepath.FromSlash(u.Output))); err != nil {
				err = fault.Wrap(err, fault.Unavailable, "watching the source of %s", u.Name).At(string(u.Node)).Try("raise the system's limit of file watches")
				break
			}
		}
	}
	known := s.plannedCode()
	if err == nil && len(known) == 0 {
		known, err = s.keys(ctx)
	}
	if err != nil {
		_ = w.Close()
		return err
	}
	go s.reloadOnSave(ctx, w, r, known, sink)
	return nil
}

// plannedCode are the keys of the code that the newest plan for the embedded sandbox was made of, by node.
func (s *Session) plannedCode() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.code)
}

// keys are those of the code as it is now, by node.
func (s *Session) keys(ctx context.Context) (map[string]string, error) {
	packed, err := s.Pack(ctx, s.hostArch(ctx), event.Discard)
	out := map[string]string{}
	for _, p := range packed {
		out[string(p.Node)] = p.Key
	}
	return out, err
}

// watchTree watches a folder of source with what is below it, but for what tools put there: output is where a build leaves its result.
func watchTree(w *fsnotify.Watcher, dir, output string) error {
	return filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if n := d.Name(); p != dir && (p == output || n == "node_modules" || strings.HasPrefix(n, ".") || n == "__pycache__") {
			return fs.SkipDir
		}
		return w.Add(p)
	})
}

func (s *Session) reloadOnSave(ctx context.Context, w *fsnotify.Watcher, r Reloader, known map[string]string, sink event.Sink) {
	defer w.Close()
	timer := time.After(0) // what was saved since the plan was made
	again := false
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-w.Events:
			if !ok {
				return
			}
			if saved(w, e) {
				timer = time.After(settle)
			}
		case err := <-w.Errors:
			sink(event.Event{Type: event.Warn, Level: event.Warning, Time: s.app.deps.Now(), Text: "watching the sources: " + err.Error()})
		case <-timer:
			timer = nil
			changed := s.reload(ctx, r, known, sink)
			// A build tool may write among the sources: that is looked at once more, and not for ever.
			again = wrote(w) && (changed || !again)
			if again {
				timer = time.After(0)
			}
		}
	}
}

// saved tells whether an event may have changed the code. New folders are watched from then on.
func saved(w *fsnotify.Watcher, e fsnotify.Event) bool {
	if info, err := os.Stat(e.Name); err == nil && info.IsDir() && e.Has(fsnotify.Create) {
		_ = watchTree(w, e.Name, "") // gone again is no news
	}
	return !e.Has(fsnotify.Chmod) || e.Has(fsnotify.Write)
}

// wrote takes the events that have come meanwhile and tells whether one of them may have changed the code.
func wrote(w *fsnotify.Watcher) bool {
	any := false
	for {
		select {
		case e, ok := <-w.Events:
			if !ok {
				return any
			}
			any = saved(w, e) || any
		case <-time.After(settle):
			return any
		}
	}
}

// reload exchanges the code that has changed, and tells whether it did.
func (s *Session) reload(ctx context.Context, r Reloader, known map[string]string, sink event.Sink) bool {
	packed, err := s.Pack(ctx, s.hostArch(ctx), event.Discard)
	if err != nil {
		f := fault.As(err)
		sink(event.Event{Type: event.Warn, Level: event.Error, Time: s.app.deps.Now(), Node: f.Where, Text: "not reloaded: " + f.Error(), Data: event.Data{Hint: f.Hint}})
		return false
	}
	var changed []generate.Artifact
	for _, p := range packed {
		if known[string(p.Node)] != p.Key {
			changed = append(changed, p.Artifact)
		}
	}
	if len(changed) == 0 {
		return false
	}
	if err := r.Reload(ctx, changed); err != nil {
		sink(event.Event{Type: event.Warn, Level: event.Error, Time: s.app.deps.Now(), Text: "not reloaded: " + err.Error()})
		return false
	}
	for _, a := range changed {
		known[string(a.Node)] = a.Key
		sink(event.Event{Type: event.Step, Time: s.app.deps.Now(), Node: string(a.Node), Text: "reloaded " + string(a.Node)})
	}
	return true
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
