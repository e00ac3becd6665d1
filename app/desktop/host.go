package desktop

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"sync"
)

// page is where the interface lives in the window. It is not "/": there wails would put its own runtime into the page.
const page = "/window"

// host stands between the web view and the handler. It gives requests what a web server would: an end when the page
// that made them is gone, and survival of a panic. It answers the first GET / with an empty page, so that nothing of
// ours is loaded before the guards are in place.
type host struct {
	next   http.Handler
	log    func(format string, args ...any)
	before func() // called before each request is handled

	mu      sync.Mutex
	opened  bool            // the empty page was served
	pageCtx context.Context // ends when the next page loads
	endPage context.CancelFunc
	ctx     context.Context
}

func newHost(ctx context.Context, next http.Handler, before func(), log func(string, ...any)) *host {
	h := &host{next: next, log: log, before: before, ctx: ctx}
	h.pageCtx, h.endPage = context.WithCancel(ctx)
	return h
}

func (h *host) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.before()
	out := &response{ResponseWriter: w}
	defer func() {
		switch p := recover(); {
		case p == nil, isAbort(p):
		default:
			h.log("request %s %s broke: %v\n%s", r.Method, r.URL.Path, p, debug.Stack())
			if !out.started {
				http.Error(out, "the operation broke", http.StatusInternalServerError)
			}
		}
	}()
	if r.Method == http.MethodGet && (r.URL.Path == "/" || r.URL.Path == page) {
		if h.first(r.URL.Path) {
			out.Header().Set("Content-Type", "text/html; charset=utf-8")
			out.Header().Set("Content-Security-Policy", "default-src 'none'")
			_, _ = io.WriteString(out, "<!doctype html><title>Airloom</title>")
			return
		}
		r = at(r, "/")
	}
	// wails never ends the context of a request (it fakes the server), so a stream would outlive its page.
	ctx, end := context.WithCancel(h.current())
	defer end()
	out.broken = end
	h.next.ServeHTTP(out, r.WithContext(ctx))
}

// first notes that a page loads: what the former page was still reading ends. It says whether this is the very first.
func (h *host) first(path string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.endPage()
	h.pageCtx, h.endPage = context.WithCancel(h.ctx)
	is := !h.opened && path == "/"
	h.opened = true
	return is
}

func (h *host) current() context.Context {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pageCtx
}

// address is the start page's full address in the window.
func address(start string) (string, error) {
	u, err := url.Parse(start)
	if err != nil {
		return "", err
	}
	if u.Path != "/" || u.Host != "" {
		return "", errors.New("the start page must be / with a query")
	}
	u.Path = page
	return Origin() + u.String(), nil
}

// at is the request with another path.
func at(r *http.Request, path string) *http.Request {
	c := r.Clone(r.Context())
	c.URL.Path, c.URL.RawPath = path, ""
	c.RequestURI = c.URL.RequestURI()
	return c
}

func isAbort(p any) bool {
	err, ok := p.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

// response notes whether the answer began, and ends the request's context when nobody reads it any more.
type response struct {
	http.ResponseWriter
	started bool
	broken  context.CancelFunc
}

func (w *response) WriteHeader(code int) {
	w.started = true
	w.ResponseWriter.WriteHeader(code)
}

func (w *response) Write(b []byte) (int, error) {
	w.started = true
	n, err := w.ResponseWriter.Write(b)
	if err != nil && w.broken != nil {
		w.broken()
	}
	return n, err
}

// Flush does nothing: what is written is in the web view's pipe already. Streams look for it.
func (w *response) Flush() {}
