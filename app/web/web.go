// Package web is the door for pages: one http.Handler with the interface's files, POST /rpc/… and GET /events. The window
// mounts it as its asset handler, `airloom serve` on a loopback port. Every request is checked for the launch's token, its
// Host and its Origin. It imports app and the values that app gives.
package web

import (
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"airloom/app"
)

// Dialogs are what only a window can show. The page can ask for them, and cannot forge their answer.
type Dialogs interface {
	OpenFile(title string, patterns []string) (string, error)
	OpenFolder(title string) (string, error)
	SaveFile(title, suggested string) (string, error)
	Confirm(title, text, ok string) (bool, error)
}

// Options of the handler.
type Options struct {
	App    *app.App
	Files  fs.FS    // the built interface: index.html, assets/…
	Token  string   // this launch's secret
	Hosts  []string // exact Host values that are served
	Boot   string   // an id of this launch, told to pages
	Folder string   // where new projects go unless a person says otherwise
	Log    *slog.Logger
	// Dialogs is nil in a browser: what would need a native confirmation is then confirmed by the launch's token, which only
	// the person who started `serve` has.
	Dialogs func() Dialogs
	// OpenExternal opens a page of the documentation in the person's browser, OpenDeployed an address that a deployment gave;
	// nil refuses.
	OpenExternal func(url string) error
	OpenDeployed func(url string) error
	// Reveal shows a folder of the project in the system's file manager; nil refuses.
	Reveal func(folder string) error
}

// Handler makes the door. Closing stop ends its listening to the application.
func Handler(o Options) (h http.Handler, stop func()) {
	mux := http.NewServeMux()
	events := newHub(o.Boot)
	stop = o.App.Listen(func(m app.Message) { events.send(m) })
	mux.Handle("GET /events", events)
	mux.Handle("GET /", files(o.Files))
	api := newAPI(mux)
	register(api, &ops{o})
	trials(api)
	return &guard{token: o.Token, hosts: o.Hosts, next: mux, log: o.Log}, stop
}

// OpenAPI is the description of all operations and of what the event stream tells, as JSON: the page's types are generated from it.
func OpenAPI() ([]byte, error) {
	api := newAPI(http.NewServeMux())
	register(api, &ops{})
	for name, t := range map[string]reflect.Type{"Hello": reflect.TypeFor[hello](), "Message": reflect.TypeFor[app.Message]()} {
		api.OpenAPI().Components.Schemas.Schema(t, true, name)
	}
	text, err := json.MarshalIndent(api.OpenAPI(), "", "  ")
	return append(text, '\n'), err
}

func newAPI(mux *http.ServeMux) huma.API {
	c := huma.DefaultConfig("Airloom", "1")
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no $schema links in answers
	c.Transformers = []huma.Transformer{faults}
	return humago.New(mux, c)
}

// files serves the built interface; an address without a file is the page itself.
func files(dist fs.FS) http.Handler {
	if dist == nil {
		return http.NotFoundHandler()
	}
	server := http.FileServerFS(dist)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
		}
		server.ServeHTTP(w, r)
	})
}

// session runs f on the open project.
func (o *ops) session(f func(*app.Session) error) error {
	s, err := o.App.Session()
	if err != nil {
		return err
	}
	return f(s)
}
