package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"airloom/app"
	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

const (
	token  = "the-token-of-this-launch"
	host   = "127.0.0.1:4700"
	origin = "http://" + host
	boot   = "boot-1"
)

// world is a real App over stand-ins that count what reaches them, and that break on demand.
type world struct {
	t       *testing.T
	app     *app.App
	handler http.Handler
	effects atomic.Int64 // calls that reached anything outside of App
	broken  atomic.Bool  // whatever is reached panics
	opened  []string     // addresses given to the person's browser
	asked   []string     // native confirmations
	answer  atomic.Bool  // what the person says to them
	folder  string       // where the person saves
	project *project
	place   *place
}

// newWorld makes the door of a window (with dialogs) or of a browser, with one project open.
func newWorld(t *testing.T, window bool) *world {
	t.Helper()
	w := &world{t: t, folder: t.TempDir()}
	w.place = &place{world: w}
	w.app = app.New(app.Deps{
		Version: "test", Shelf: kind.Shelf{box{}}, Projects: projects{w}, Now: func() time.Time { return time.Unix(1_700_000_000, 0).UTC() },
		Packer: func(context.Context, string, []kind.Unit, string, event.Sink) ([]app.Packed, error) {
			w.touch()
			return nil, nil
		},
		Sandboxes: []app.SandboxType{{Type: "local", Open: func(context.Context, app.Place) (sandbox.Sandbox, error) { return w.place, nil }}},
		Samples: fstest.MapFS{"orders/sample.json": {Data: []byte(`{"title":"Orders","summary":"s","try":"t"}`)},
			"orders/sample.design.json": {Data: must(design.Marshal(design.New()))}},
	})
	o := Options{App: w.app, Token: token, Hosts: []string{host, "localhost:4700", "wails"}, Boot: boot, Folder: t.TempDir(),
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Files: pages(),
		OpenExternal: func(url string) error { w.touch(); w.opened = append(w.opened, url); return nil },
		OpenDeployed: func(url string) error { w.touch(); w.opened = append(w.opened, "deployed "+url); return nil }}
	if window {
		o.Reveal = func(folder string) error { w.touch(); w.opened = append(w.opened, folder); return nil }
		o.Dialogs = func() Dialogs { return dialogs{w} }
	}
	h, stop := Handler(o)
	w.handler = h
	t.Cleanup(func() {
		w.broken.Store(false)
		stop()
		if err := w.app.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := w.app.Create(context.Background(), t.TempDir(), "shop", ""); err != nil {
		t.Fatal(err)
	}
	w.effects.Store(0)
	return w
}

// touch counts an effect, or breaks as real code does: by a nil dereference.
func (w *world) touch() {
	w.effects.Add(1)
	if w.broken.Load() {
		var p *project
		_ = p.design.Revision
	}
}

// call sends an operation as the page does.
func (w *world) call(op string, in any) *httptest.ResponseRecorder {
	return w.send(request(op, in))
}

func (w *world) send(r *http.Request) *httptest.ResponseRecorder {
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	return out
}

func request(op string, in any) *http.Request {
	r := httptest.NewRequest(http.MethodPost, origin+"/rpc/"+op, bytes.NewReader(must(json.Marshal(in))))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", origin)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set(tokenHeader, token)
	return r
}

// inputs has a working input for every operation of the OpenAPI document.
func inputs(t *testing.T) map[string]any {
	all := map[string]any{
		"start": none{}, "catalog": none{}, "close": none{}, "undo": none{}, "redo": none{}, "sandboxes": none{}, "outside": none{},
		"open": pathIn{"/somewhere/else"}, "create": createIn{Name: "another", Folder: t.TempDir()},
		"choose": chooseIn{What: "folder", Title: "Where"},
		"edit": editIn{Base: 0, Label: "add", Diff: design.Diff{Nodes: design.Change[design.Node]{
			Added: map[design.ID]design.Node{"fresh": {ID: "fresh", Kind: "test.box", Name: "fresh"}}}}},
		"history": historyIn{}, "compare": compareIn{0, 1}, "version": versionIn{0, "first"}, "restore": restoreIn{0}, "copy": copyIn{"copied", t.TempDir()},
		"takein": takeInIn{Accept: true}, "layout": layoutIn{Direction: "right"}, "template": templateIn{"json"}, "delta": idIn{"box"},
		"plan": sandboxIn{"local"}, "deploy": deployIn{Sandbox: "local", Plan: "plan-1", Trust: true}, "destroy": destroyIn{"local", "local"},
		"cancel": jobOut{"job-1"}, "job": jobOut{"job-1"}, "deployment": sandboxIn{"local"},
		"call": callIn{"local", "box", "{}"}, "logs": logsIn{Sandbox: "local"}, "follow": sandboxIn{"local"}, "code": nodeIn{"box"}, "reveal": nodeIn{"box"},
		"export": exportIn{Format: "svg"}, "save": exportIn{Format: "svg"}, "external": urlIn{URL: "https://docs.aws.amazon.com/lambda/"},
	}
	known := operations(t)
	if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, known) {
		t.Fatalf("the inputs are for %v, the operations are %v", got, known)
	}
	return all
}

// operations lists all operations as the OpenAPI document has them.
func operations(t *testing.T) []string {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(must(OpenAPI()), &doc); err != nil {
		t.Fatal(err)
	}
	var names []string
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if method != "post" || path != "/rpc/"+op.OperationID {
				t.Fatalf("%s %s is no operation", method, path)
			}
			names = append(names, op.OperationID)
		}
	}
	if len(names) < 20 {
		t.Fatalf("only %v", names)
	}
	slices.Sort(names)
	return names
}

func decode[T any](t *testing.T, r *httptest.ResponseRecorder) (out T) {
	t.Helper()
	if err := json.Unmarshal(r.Body.Bytes(), &out); err != nil {
		t.Fatalf("%d %s: %v", r.Code, r.Body.Bytes(), err)
	}
	return out
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func pages() fstest.MapFS {
	return fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>Airloom</title>")}, "assets/page-1.js": {Data: []byte("export {}")},
		"assets/page-1.css": {Data: []byte("a{}")}, "assets/font.woff2": {Data: []byte("font")}}
}

// projects keeps projects in memory.
type projects struct{ w *world }

func (p projects) Create(_ context.Context, path string, d design.Design) (app.Project, error) {
	p.w.touch()
	d.Nodes = map[design.ID]design.Node{"box": {ID: "box", Kind: "test.box", Name: "box"}}
	p.w.project = &project{w: p.w, path: path, design: d}
	return p.w.project, nil
}

func (p projects) Open(ctx context.Context, path string) (app.Project, error) {
	return p.Create(ctx, path, design.New())
}

type project struct {
	w      *world
	path   string
	design design.Design
	undo   []design.Diff
	redo   []design.Diff
}

func (p *project) Path() string          { p.w.touch(); return p.path }
func (p *project) Name() string          { p.w.touch(); return "shop" }
func (p *project) ID() string            { return "id" }
func (p *project) Notice() string        { return "" }
func (p *project) ReadOnly() string      { return "" }
func (p *project) Design() design.Design { p.w.touch(); return p.design }

func (p *project) Commit(_ context.Context, base int64, d design.Diff, label string) (app.Change, error) {
	p.w.touch()
	if base != p.design.Revision {
		return app.Change{}, fault.New(fault.Conflict, "the drawing has moved on")
	}
	p.undo, p.redo = append(p.undo, d), nil
	return p.apply(d, label)
}

func (p *project) apply(d design.Diff, label string) (app.Change, error) {
	next, err := design.Apply(p.design, d)
	if err != nil {
		return app.Change{}, err
	}
	p.design = next
	return app.Change{Revision: next.Revision, Diff: d, Label: label}, nil
}

func (p *project) Undo(context.Context) (app.Change, error) {
	p.w.touch()
	if len(p.undo) == 0 {
		return app.Change{}, fault.New(fault.NotFound, "there is nothing to undo")
	}
	d := p.undo[len(p.undo)-1]
	p.undo, p.redo = p.undo[:len(p.undo)-1], append(p.redo, d)
	return p.apply(design.Reverse(d), "undo")
}

func (p *project) Redo(context.Context) (app.Change, error) {
	p.w.touch()
	if len(p.redo) == 0 {
		return app.Change{}, fault.New(fault.NotFound, "there is nothing to redo")
	}
	d := p.redo[len(p.redo)-1]
	p.redo, p.undo = p.redo[:len(p.redo)-1], append(p.undo, d)
	return p.apply(d, "redo")
}

func (p *project) History() (undo, redo string) { return "", "" }
func (p *project) Journal(context.Context, int64, int) ([]design.Entry, error) {
	p.w.touch()
	return []design.Entry{{Version: p.design.Revision}}, nil
}
func (p *project) At(_ context.Context, version int64) (design.Design, error) {
	p.w.touch()
	return design.Design{Revision: version, Nodes: map[design.ID]design.Node{"box": {ID: "box", Kind: "test.box", Name: "other"}}}, nil
}
func (p *project) Outside(context.Context) (design.Diff, error) {
	p.w.touch()
	return design.Diff{}, nil
}
func (p *project) TakeIn(context.Context, bool) (app.Change, error) {
	p.w.touch()
	return app.Change{}, nil
}
func (p *project) Setting(string, any) (bool, error)             { p.w.touch(); return false, nil }
func (p *project) SetSetting(context.Context, string, any) error { p.w.touch(); return nil }
func (p *project) Record(context.Context, app.Run) error         { p.w.touch(); return nil }
func (p *project) Runs(int) ([]app.Run, error)                   { return nil, nil }
func (p *project) Close() error                                  { p.w.touch(); return nil }

// place is a sandbox in which nothing happens.
type place struct {
	world *world
	mu    sync.Mutex
	sinks []event.Sink
}

func (p *place) Describe(context.Context) (sandbox.Identity, error) {
	p.world.touch()
	return sandbox.Identity{Name: "local", Type: "local"}, nil
}

func (p *place) Plan(context.Context, generate.Bundle, sandbox.Options) (sandbox.Plan, error) {
	p.world.touch()
	return sandbox.Plan{Method: "create", Applyable: true}, nil
}

func (p *place) Apply(_ context.Context, _ sandbox.Plan, sink event.Sink) (sandbox.Deployment, error) {
	p.world.touch()
	sink(event.Event{Type: event.Step, Text: "applied"})
	return p.deployment(), nil
}

func (p *place) deployment() sandbox.Deployment {
	return sandbox.Deployment{Status: "CREATE_COMPLETE", Resources: []sandbox.Resource{{LogicalID: "Box", Node: "box"}},
		URLs: []sandbox.URL{{Node: "box", Title: "Box", URL: "http://127.0.0.1:4711/"}}}
}

func (p *place) Deployment(context.Context) (sandbox.Deployment, error) {
	p.world.touch()
	return p.deployment(), nil
}

func (p *place) Call(context.Context, kind.Request) (sandbox.Response, error) {
	p.world.touch()
	return sandbox.Response{Status: 200, Body: []byte("{}")}, nil
}

func (p *place) Logs(ctx context.Context, q sandbox.LogQuery, sink event.Sink) error {
	p.world.touch()
	if !q.Follow {
		return nil
	}
	p.mu.Lock()
	p.sinks = append(p.sinks, sink)
	p.mu.Unlock()
	<-ctx.Done()
	return ctx.Err()
}

func (p *place) Destroy(context.Context, sandbox.Options, event.Sink) error {
	p.world.touch()
	return nil
}
func (p *place) Close() error { return nil }

// dialogs are a window's.
type dialogs struct{ w *world }

func (d dialogs) OpenFile(string, []string) (string, error) { d.w.touch(); return "/chosen", nil }
func (d dialogs) OpenFolder(string) (string, error)         { d.w.touch(); return "/chosen", nil }
func (d dialogs) SaveFile(_, name string) (string, error) {
	d.w.touch()
	if d.w.folder == "" {
		return "", nil
	}
	return filepath.Join(d.w.folder, name), nil
}
func (d dialogs) Confirm(title, text, _ string) (bool, error) {
	d.w.touch()
	d.w.asked = append(d.w.asked, title+" "+text)
	return d.w.answer.Load(), nil
}

// box is a kind with one resource, code, and a way to be called.
type box struct{}

func (box) Spec() kind.Spec {
	return kind.Spec{ID: "test.box", Title: "Box", Noun: "box", Category: "Test", Shape: kind.Box, Callable: true}
}

func (box) Emit(s *kind.Scope) error {
	s.Add("", kind.Resource{Type: "AWS::SQS::Queue", Properties: map[string]any{"Tags": []any{cfn.Ref("AWS::Region")}}})
	s.Code(kind.Unit{Name: s.Node.Name, Source: ".", Handler: "index.handler"})
	return nil
}

func (box) Call(kind.Target, []byte) (kind.Request, error) { return kind.Request{Method: "POST"}, nil }
