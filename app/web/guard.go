package web

import (
	"crypto/subtle"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"

	"airloom/backend/fault"
)

// policy is the Content-Security-Policy of every answer. Nothing comes from elsewhere, nothing inline runs.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"manifest-src 'self'; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const (
	tokenHeader = "X-Airloom-Token"
	cookieName  = "airloom"
)

// guard lets only this launch's own page through: an exact Host (against DNS rebinding), a same Origin, the launch's token.
type guard struct {
	token string
	hosts []string // exact Host values: "127.0.0.1:41234", or the window's "wails"
	next  http.Handler
	log   *slog.Logger
}

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			g.log.Error("request broke", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			writeFault(w, fault.New(fault.Internal, "the operation broke: %v", p).Try("nothing that was saved is lost; please report this"))
		}
	}()
	if !slices.Contains(g.hosts, r.Host) {
		writeFault(w, fault.New(fault.Denied, "this address is not served here"))
		return
	}
	if o := r.Header.Get("Origin"); o != "" && !g.own(o) {
		writeFault(w, fault.New(fault.Denied, "requests from other pages are refused"))
		return
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		// A link from elsewhere may open the page itself, with the token in its address, and nothing else.
		if r.Method != http.MethodGet || r.URL.Path != "/" {
			writeFault(w, fault.New(fault.Denied, "requests from other pages are refused"))
			return
		}
	}
	if r.Method == http.MethodGet && r.URL.Path == "/" && g.is(r.URL.Query().Get("token")) && isLoopback(r.Host) {
		http.SetCookie(w, &http.Cookie{Name: cookieFor(r.Host), Value: g.token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	}
	if g.open(r) || g.known(r) {
		g.next.ServeHTTP(w, r)
		return
	}
	writeFault(w, fault.New(fault.Denied, "this launch's token is missing").Try("open the address that `airloom serve` printed"))
}

// open are the files of the interface: they hold no data, and the page needs them before it can show the token.
func (g *guard) open(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && !strings.HasPrefix(r.URL.Path, "/rpc/") && r.URL.Path != "/events"
}

func (g *guard) known(r *http.Request) bool {
	if g.is(r.Header.Get(tokenHeader)) {
		return true
	}
	if c, err := r.Cookie(cookieFor(r.Host)); err == nil && g.is(c.Value) {
		return true
	}
	return r.URL.Path == "/events" && g.is(r.URL.Query().Get("token"))
}

func (g *guard) is(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(g.token)) == 1
}

func (g *guard) own(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && slices.Contains(g.hosts, u.Host)
}

func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	return err == nil && (name == "localhost" || net.ParseIP(name).IsLoopback())
}

// cookieFor names the cookie after the port: cookies do not keep ports apart, and two launches must not log each other out.
func cookieFor(host string) string {
	_, port, _ := net.SplitHostPort(host)
	return cookieName + port
}
