// Package app is what the user can do: the use cases behind every door. It knows no window, no terminal, no SQL and no
// cloud SDK; the world reaches it through the interfaces that it declares, and main.go wires them.
package app

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// Deps is the world that App needs.
type Deps struct {
	Version   string
	Shelf     kind.Shelf
	Projects  Projects
	Packer    Packer
	Sandboxes []SandboxType // the first is the default type
	Samples   fs.FS         // one folder a sample
	Now       func() time.Time
	Config    string // folder for what belongs to the user and not to a project; "" keeps nothing
}

// SandboxType opens sandboxes of one type.
type SandboxType struct {
	Type string // "local", "aws"
	Open func(ctx context.Context, p Place) (sandbox.Sandbox, error)
}

// Place is what a sandbox type needs to open a sandbox for a project.
type Place struct {
	Name    string            // the sandbox's name: "local", "dev"
	Project string            // project id
	Stack   string            // stack name
	Folder  string            // the project's folder
	Config  map[string]string // what `airloom sandbox add` stored: profile, region, endpoint …
}

// App is the application: one shelf, at most one open project, its sandboxes and jobs.
type App struct {
	deps Deps
	jobs *Jobs

	mu        sync.Mutex
	session   *Session
	listeners map[int]func(Message)
	next      int
}

// Message is what doors are told, in order.
type Message struct {
	Kind   string       `json:"kind" enum:"commit,event,job,project,menu"`
	Commit *Committed   `json:"commit,omitempty"`
	Event  *event.Event `json:"event,omitempty"`
	Job    *Job         `json:"job,omitempty"`
	ID     string       `json:"id,omitempty" doc:"The action that was chosen in the window's menu"`
}

// New makes the application. It touches nothing until asked.
func New(d Deps) *App {
	a := &App{deps: d, listeners: map[int]func(Message){}}
	a.jobs = NewJobs(d.Now, func(j Job, e *event.Event) {
		if e != nil {
			a.tell(Message{Kind: "event", Event: e})
			return
		}
		a.tell(Message{Kind: "job", Job: &j})
	})
	return a
}

// Version of this build.
func (a *App) Version() string { return a.deps.Version }

// Shelf of kinds.
func (a *App) Shelf() kind.Shelf { return a.deps.Shelf }

// Jobs of this launch.
func (a *App) Jobs() *Jobs { return a.jobs }

// Listen tells a door of every message until stop is called. The listener must not block and must not call App.
func (a *App) Listen(f func(Message)) (stop func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := a.next
	a.next++
	a.listeners[id] = f
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.listeners, id)
	}
}

// Choose tells the page that a person chose an action in the window's own menu.
func (a *App) Choose(id string) { a.tell(Message{Kind: "menu", ID: id}) }

func (a *App) tell(m Message) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range slices.Sorted(mapKeys(a.listeners)) {
		a.listeners[id](m)
	}
}

// Session is the open project; fault.NotFound where none is open.
func (a *App) Session() (*Session, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.session == nil {
		return nil, fault.New(fault.NotFound, "no project is open").Try("open or create one")
	}
	return a.session, nil
}

// Close ends jobs, sandboxes and the open project.
func (a *App) Close() error {
	a.jobs.Close()
	return a.CloseProject()
}

// Recent is a project that was opened lately.
type Recent struct {
	Path   string    `json:"path"`
	Name   string    `json:"name"`
	Opened time.Time `json:"opened"`
}

const keptRecent = 12

// Recent lists projects opened lately that are still there, newest first.
func (a *App) Recent() []Recent {
	if a.deps.Config == "" {
		return []Recent{}
	}
	text, err := os.ReadFile(a.recentFile())
	if err != nil {
		return []Recent{}
	}
	var all []Recent
	if json.Unmarshal(text, &all) != nil {
		return []Recent{}
	}
	return slices.DeleteFunc(all, func(r Recent) bool { _, err := os.Lstat(r.Path); return err != nil })
}

func (a *App) remember(path, name string) {
	if a.deps.Config == "" {
		return
	}
	list := slices.DeleteFunc(a.Recent(), func(r Recent) bool { return r.Path == path })
	list = append([]Recent{{path, name, a.deps.Now()}}, list...)
	text, err := json.Marshal(list[:min(len(list), keptRecent)])
	if err != nil {
		return
	}
	// A list of recent files is a convenience: failing to keep it must not fail the opening.
	if os.MkdirAll(a.deps.Config, 0o700) == nil {
		_ = os.WriteFile(a.recentFile(), text, 0o600)
	}
}

func (a *App) recentFile() string { return filepath.Join(a.deps.Config, "recent.json") }
