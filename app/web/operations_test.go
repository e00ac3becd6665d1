package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"airloom/app"
	"airloom/backend/catalog"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// S4: whatever breaks in an operation, the page gets a fault, the process lives and the next call works.
func TestABrokenOperationBreaksNothingElse(t *testing.T) {
	for _, op := range operations(t) {
		if op == "catalog" || op == "job" || op == "cancel" {
			continue // they reach nothing outside of App at once: the next test breaks them
		}
		t.Run(op, func(t *testing.T) {
			w := newWorld(t, true)
			w.answer.Store(true)
			in := inputs(t)[op]
			if op == "redo" || op == "undo" {
				w.call("edit", inputs(t)["edit"])
			}
			if op == "redo" {
				w.call("undo", none{})
			}
			if op == "deploy" {
				w.call("plan", sandboxIn{"local"})
			}
			w.broken.Store(true)
			out := w.call(op, in)
			if f := decode[wireFault](t, out); out.Code != 500 || f.Code != fault.Internal || f.Message == "" || f.Hint == "" {
				t.Fatalf("broken: %d %s", out.Code, out.Body)
			}
			w.broken.Store(false)
			if op == "close" {
				op, in = "start", none{} // closed is closed
			}
			if out := w.call(op, in); out.Code >= 300 {
				t.Fatalf("after it: %d %s", out.Code, out.Body)
			}
			if out := w.call("start", none{}); out.Code != 200 {
				t.Fatalf("start after it: %d %s", out.Code, out.Body)
			}
		})
	}
}

// A nil dereference in the operation itself: the whole application is missing.
func TestAMissingApplicationIsAFault(t *testing.T) {
	all := inputs(t)
	for _, op := range operations(t) {
		if op == "choose" || op == "save" {
			continue // a browser has no dialogs, with an application or without
		}
		w := newWorld(t, false)
		mux := http.NewServeMux()
		o := &ops{Options{OpenExternal: func(string) error { panic("no browser") }, Reveal: func(string) error { return nil }}}
		register(newAPI(mux), o)
		w.handler = &guard{token: token, hosts: []string{host}, next: mux, log: w.handler.(*guard).log}
		out := w.call(op, all[op])
		if f := decode[wireFault](t, out); out.Code != 500 || f.Code != fault.Internal {
			t.Errorf("%s: %d %s", op, out.Code, out.Body)
		}
		o.App, o.OpenExternal = w.app, func(string) error { return nil }
		if out := w.call(op, all[op]); out.Code >= 500 {
			t.Errorf("%s after it: %d %s", op, out.Code, out.Body)
		}
	}
}

// What the page sends wrongly is a fault that says what.
func TestWrongInputIsAFault(t *testing.T) {
	w := newWorld(t, false)
	for _, op := range operations(t) {
		for _, body := range []string{"", "null", "[]", "7", "{", `{"unknown": 1}`, `{"sandbox": 7}`, strings.Repeat("[", 100_000)} {
			r := request(op, none{})
			r.Body = http.NoBody
			if body != "" {
				r.Body = readCloser{bytes.NewReader([]byte(body))}
			}
			r.ContentLength = int64(len(body))
			out := w.send(r)
			f := decode[wireFault](t, out)
			if out.Code < 400 || out.Code >= 500 || f.Code != fault.Invalid || f.Message == "" {
				t.Errorf("%s %.20q: %d %s", op, body, out.Code, out.Body)
			}
		}
	}
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// Every code of a fault has a status of its own class.
func TestFaultsHaveAStatus(t *testing.T) {
	for code, want := range map[fault.Code]int{fault.Invalid: 422, fault.Limit: 422, fault.NotFound: 404, fault.Conflict: 409, fault.Denied: 403,
		fault.Unsupported: 501, fault.Unavailable: 503, fault.Canceled: 499, fault.Internal: 500, "other": 500} {
		if got := status(code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
	w := newWorld(t, false)
	out := w.call("edit", editIn{Base: 9})
	if f := decode[wireFault](t, out); out.Code != 409 || f.Code != fault.Conflict {
		t.Errorf("%d %s", out.Code, out.Body)
	}
}

// The page goes through the catalog's lists without asking whether they are there.
func TestTheCatalogHasNoNulls(t *testing.T) {
	o := &ops{Options{App: app.New(app.Deps{Shelf: catalog.Shelf()})}}
	out, err := o.catalog(t.Context(), none{})
	if err != nil {
		t.Fatal(err)
	}
	text := must(json.Marshal(out))
	var got struct{ Kinds []map[string]any }
	if err := json.Unmarshal(text, &got); err != nil || len(got.Kinds) != len(catalog.Shelf()) {
		t.Fatalf("%v, %d kinds", err, len(got.Kinds))
	}
	for _, k := range got.Kinds {
		if at := null(k); at != "" {
			t.Errorf("%s: %s is null", k["id"], at)
		}
	}
	if before := (kind.Shelf{box{}})[0].Spec(); before.Fields != nil {
		t.Error("the kind itself was changed")
	}
}

// null gives the path of a null within a value, defaults of fields excepted.
func null(v any) string {
	switch v := v.(type) {
	case nil:
		return "it"
	case []any:
		for _, x := range v {
			if at := null(x); at != "" {
				return "element " + at
			}
		}
	case map[string]any:
		for name, x := range v {
			if name == "default" {
				continue
			}
			if at := null(x); at != "" {
				return name + " " + at
			}
		}
	}
	return ""
}

// The description of the operations is the same at every time of asking, and the page's copy of it is fresh.
func TestTheDescriptionIsFresh(t *testing.T) {
	first := must(OpenAPI())
	for range 5 {
		if !bytes.Equal(first, must(OpenAPI())) {
			t.Fatal("two descriptions differ")
		}
	}
	kept, err := os.ReadFile("../../frontend/openapi.json")
	if err != nil || !bytes.Equal(kept, first) {
		t.Errorf("frontend/openapi.json is stale (%v): run ./test types", err)
	}
	if !slices.Contains(operations(t), "edit") {
		t.Error("where is edit?")
	}
}
