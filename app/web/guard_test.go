package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"airloom/backend/fault"
)

// W1: whatever is answered carries the policy, and the policy lets nothing in.
func TestEveryAnswerCarriesThePolicy(t *testing.T) {
	w := newWorld(t, false)
	answers := map[string]*http.Request{}
	for _, path := range []string{"/", "/?token=" + token, "/?token=wrong", "/index.html", "/assets/page-1.js", "/assets/page-1.css", "/assets/font.woff2",
		"/assets", "/assets/", "/nowhere", "/..%2f..%2fetc/passwd", "/rpc/", "/rpc/start", "/events"} {
		answers["GET "+path] = httptest.NewRequest(http.MethodGet, origin+path, nil)
	}
	for op, in := range inputs(t) {
		answers["POST "+op] = request(op, in)
		bare := request(op, in)
		bare.Header.Del(tokenHeader)
		answers["POST without a token "+op] = bare
	}
	foreign := httptest.NewRequest(http.MethodGet, "http://evil.example/", nil)
	answers["foreign host"] = foreign
	for name, r := range answers {
		h := w.send(r).Header()
		if h.Get("Content-Security-Policy") != policy || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
			h.Get("Cross-Origin-Opener-Policy") != "same-origin" || h.Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%s: %v", name, h)
		}
		if h.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s opens itself to other pages", name)
		}
	}
	w = newWorld(t, false) // one of the answers closed the project
	w.broken.Store(true)
	if r := w.call("template", templateIn{"json"}); r.Code != 500 || r.Header().Get("Content-Security-Policy") != policy {
		t.Errorf("a broken operation: %d %v", r.Code, r.Header())
	}

	allowed := map[string]string{}
	for part := range strings.SplitSeq(policy, ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(part), " ")
		allowed[name] = sources
	}
	for _, name := range []string{"default-src", "frame-src", "object-src", "base-uri", "form-action", "frame-ancestors"} {
		if allowed[name] != "'none'" {
			t.Errorf("%s is %q", name, allowed[name])
		}
	}
	for _, name := range []string{"script-src", "style-src", "connect-src", "font-src"} {
		if allowed[name] != "'self'" {
			t.Errorf("%s is %q", name, allowed[name])
		}
	}
	if allowed["img-src"] != "'self' data:" {
		t.Errorf("img-src is %q", allowed["img-src"])
	}
}

// W2: no answer sends the page anywhere else.
func TestNoAnswerLeadsAway(t *testing.T) {
	w := newWorld(t, false)
	for _, path := range []string{"//evil.example", "//evil.example/..", "/\\evil.example", "/%2f%2fevil.example", "//evil.example/index.html",
		"/index.html", "/assets", "/assets/../..//evil.example", "/?next=https://evil.example", "/rpc//evil.example", "/.//evil.example/"} {
		r := httptest.NewRequest(http.MethodGet, origin+"/", nil)
		r.URL = &url.URL{Path: must(url.PathUnescape(strings.SplitN(path, "?", 2)[0]))}
		r.RequestURI = path
		out := w.send(r)
		to := out.Header().Get("Location")
		if u, err := url.Parse(to); err != nil || u.Scheme != "" || u.Host != "" || strings.HasPrefix(to, "//") || strings.HasPrefix(to, `/\`) {
			t.Errorf("%s leads to %q", path, to)
		}
		if out.Header().Get("Refresh") != "" {
			t.Errorf("%s refreshes", path)
		}
	}
}

// W3: a request that is not the page's own is refused, whatever the operation, before anything happens.
func TestForeignRequestsHaveNoEffect(t *testing.T) {
	cookie := &http.Cookie{Name: cookieFor(host), Value: token}
	attacks := map[string]func(*http.Request){
		"no token":             func(r *http.Request) { r.Header.Del(tokenHeader) },
		"wrong token":          func(r *http.Request) { r.Header.Set(tokenHeader, "guess") },
		"token with a tail":    func(r *http.Request) { r.Header.Set(tokenHeader, token+" ") },
		"token in the address": func(r *http.Request) { r.Header.Del(tokenHeader); r.URL.RawQuery = "token=" + token },
		"another port's cookie": func(r *http.Request) {
			r.Header.Del(tokenHeader)
			r.AddCookie(&http.Cookie{Name: "airloom9999", Value: token})
		},
		"foreign origin":         func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"null origin":            func(r *http.Request) { r.Header.Set("Origin", "null") },
		"origin of another port": func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:9999") },
		"origin in the user":     func(r *http.Request) { r.Header.Set("Origin", "http://"+host+"@evil.example") },
		"foreign host":           func(r *http.Request) { r.Host = "evil.example" },
		"rebound host":           func(r *http.Request) { r.Host = "127.0.0.1.evil.example:4700" },
		"host without a port":    func(r *http.Request) { r.Host = "127.0.0.1" },
		"no host":                func(r *http.Request) { r.Host = "" },
		"cross-site":             func(r *http.Request) { r.Header.Del("Origin"); r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"same-site":              func(r *http.Request) { r.Header.Del("Origin"); r.Header.Set("Sec-Fetch-Site", "same-site") },
		"cross-site with the cookie": func(r *http.Request) {
			r.Header.Del(tokenHeader)
			r.Header.Del("Origin")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.AddCookie(cookie)
		},
		"foreign origin with the cookie": func(r *http.Request) {
			r.Header.Del(tokenHeader)
			r.Header.Set("Origin", "http://evil.example")
			r.AddCookie(cookie)
		},
		"GET without a token":     func(r *http.Request) { r.Method = http.MethodGet; r.Header.Del(tokenHeader) },
		"OPTIONS without a token": func(r *http.Request) { r.Method = http.MethodOptions; r.Header.Del(tokenHeader) },
		"HEAD without a token":    func(r *http.Request) { r.Method = http.MethodHead; r.Header.Del(tokenHeader) },
		"twisted path":            func(r *http.Request) { r.URL.Path = "//rpc/" + filepath.Base(r.URL.Path); r.Header.Del(tokenHeader) },
	}
	w := newWorld(t, true)
	before := must(json.Marshal(w.project.design))
	w.effects.Store(0)
	for name, attack := range attacks {
		for op, in := range inputs(t) {
			r := request(op, in)
			attack(r)
			if out := w.send(r); out.Code != http.StatusForbidden {
				t.Errorf("%s, %s: %d %s", name, op, out.Code, out.Body)
			}
		}
		r := httptest.NewRequest(http.MethodGet, origin+"/events", nil)
		r.Header.Set(tokenHeader, token)
		attack(r)
		if name == "token in the address" || strings.Contains(name, "path") {
			continue // an event stream may carry its token there; the path is another one
		}
		if out := w.send(r); out.Code != http.StatusForbidden {
			t.Errorf("%s, events: %d", name, out.Code)
		}
	}
	if n := w.effects.Load(); n != 0 {
		t.Errorf("%d calls reached the world", n)
	}
	if after := must(json.Marshal(w.project.design)); string(after) != string(before) {
		t.Errorf("the drawing changed to %s", after)
	}
	if w.app.Jobs().Running() {
		t.Error("a job runs")
	}
	if len(w.asked)+len(w.opened) != 0 {
		t.Errorf("a person was asked %v, a browser opened %v", w.asked, w.opened)
	}
}

// The page's own requests pass: by header, by the cookie of the printed address, and from the window's origin.
func TestThePagesOwnRequestsPass(t *testing.T) {
	w := newWorld(t, false)
	first := w.send(httptest.NewRequest(http.MethodGet, origin+"/?token="+token, nil))
	cookies := first.Result().Cookies()
	if first.Code != 200 || len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode {
		t.Fatalf("%d %v", first.Code, cookies)
	}
	own := map[string]func(*http.Request){
		"header": func(*http.Request) {},
		"cookie": func(r *http.Request) { r.Header.Del(tokenHeader); r.AddCookie(cookies[0]) },
		"window": func(r *http.Request) {
			r.Host = "wails"
			r.Header.Set("Origin", "wails://wails")
			r.Header.Del("Sec-Fetch-Site")
		},
		"no origin": func(r *http.Request) { r.Header.Del("Origin") },
	}
	for name, change := range own {
		r := request("start", none{})
		change(r)
		if out := w.send(r); out.Code != 200 {
			t.Errorf("%s: %d %s", name, out.Code, out.Body)
		}
	}
	for _, wrong := range []string{"", "guess"} {
		if out := w.send(httptest.NewRequest(http.MethodGet, origin+"/?token="+wrong, nil)); len(out.Result().Cookies()) != 0 {
			t.Errorf("the token %q gave a cookie", wrong)
		}
	}
	link := httptest.NewRequest(http.MethodGet, origin+"/?token="+token, nil)
	link.Header.Set("Sec-Fetch-Site", "cross-site")
	if out := w.send(link); out.Code != 200 {
		t.Errorf("a link from elsewhere: %d", out.Code)
	}
}

// W5: nothing in the interface turns a string into markup or code.
func TestNoSinkInTheInterface(t *testing.T) {
	sinks := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\bsrcdoc\b|srcDoc|createContextualFragment|` +
		`DOMParser|\beval\(|new Function\b|javascript:|setAttribute\(['"]on|setHTMLUnsafe|insertHTML|location\.(href|assign|replace)\b|window\.open`)
	seen := 0
	err := filepath.WalkDir("../../frontend/src", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".ts") && !strings.HasSuffix(path, ".tsx") || strings.Contains(path, ".test.") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		for i, line := range strings.Split(string(text), "\n") {
			if sinks.MatchString(line) {
				t.Errorf("%s:%d: %s", path, i+1, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil || seen < 40 {
		t.Fatalf("%d files: %v", seen, err)
	}
	page := string(must(os.ReadFile("../../frontend/index.html")))
	for _, script := range regexp.MustCompile(`<script[^>]*>`).FindAllString(page, -1) {
		if !strings.Contains(script, " src=") {
			t.Errorf("an inline script: %s", script)
		}
	}
	if regexp.MustCompile(`(?i)<style|\son\w+=|\sstyle=`).MatchString(page) {
		t.Error("something inline in index.html")
	}
}

// W7: in a window, deploying and taking down need a word that the page cannot speak.
func TestAWindowAsksBeforeItRunsOrRemoves(t *testing.T) {
	w := newWorld(t, true)
	risky := map[string]any{"deploy": deployIn{Sandbox: "local", Plan: "plan-1", Consent: true, Trust: true}, "destroy": destroyIn{"local", "local"}}
	for op, in := range risky {
		if out := w.call("plan", sandboxIn{"local"}); out.Code != 200 {
			t.Fatalf("%d %s", out.Code, out.Body)
		}
		w.asked = nil
		w.answer.Store(false)
		out := w.call(op, in)
		if f := decode[wireFault](t, out); f.Code != fault.Canceled || len(w.asked) != 1 || !strings.Contains(w.asked[0], "local") {
			t.Errorf("%s declined: %d %+v, asked %q", op, out.Code, f, w.asked)
		}
		if w.app.Jobs().Running() {
			t.Errorf("%s runs without consent", op)
		}
	}
	w.answer.Store(true)
	d := decode[jobOut](t, w.call("deploy", deployIn{Sandbox: "local", Plan: "plan-2", Trust: true}))
	if err := w.app.Jobs().Wait(d.Job); err != nil {
		t.Errorf("deploy: %v", err)
	}
	if out := w.call("destroy", destroyIn{"local", "other"}); out.Code != http.StatusForbidden {
		t.Errorf("a wrong word: %d", out.Code)
	}
}

// A window that cannot ask yet agrees to nothing.
func TestAWindowThatCannotAskRefuses(t *testing.T) {
	o := &ops{Options{Dialogs: func() Dialogs { return nil }}}
	if err := o.confirm("Deploy?", "", "Deploy"); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	if _, err := o.choose(t.Context(), chooseIn{What: "open"}); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
}

// W8: only the documentation's https addresses are opened, and what a deployment gave.
func TestOnlyKnownAddressesAreOpened(t *testing.T) {
	w := newWorld(t, true)
	for _, bad := range []string{"", "https://", "http://docs.aws.amazon.com/", "https://evil.example/", "https://docs.aws.amazon.com.evil.example/",
		"https://docs.aws.amazon.com@evil.example/", "https://user:pass@docs.aws.amazon.com/", "https://docs.aws.amazon.com:8443/", "https://evil.example/docs.aws.amazon.com",
		"javascript:alert(1)", "JavaScript://docs.aws.amazon.com/%0aalert(1)", "file:///etc/passwd", "data:text/html,x", "vbscript:x", "ssh://docs.aws.amazon.com",
		"mailto:a@b.example", "//docs.aws.amazon.com", "docs.aws.amazon.com", "https:docs.aws.amazon.com", "https:///docs.aws.amazon.com", `https:\\docs.aws.amazon.com`,
		" https://docs.aws.amazon.com/", "https://docs.aws.amazon.com\x00.evil.example/", "https://DOCS.aws.amazon.com.evil.example",
		"http://127.0.0.1:4711/", "http://127.0.0.1:4712/", "http://169.254.169.254/latest/meta-data", "--new-window", "$(touch x)", "`x`"} {
		for _, sandbox := range []string{"", "local"} {
			given := bad == "http://127.0.0.1:4711/" && sandbox == "local"
			out := w.call("external", urlIn{bad, sandbox})
			if ok := out.Code < 300; ok != given {
				t.Errorf("%q of %q: %d %s", bad, sandbox, out.Code, out.Body)
			}
		}
	}
	if len(w.opened) != 1 || w.opened[0] != "deployed http://127.0.0.1:4711/" {
		t.Errorf("opened %q", w.opened)
	}
	for _, host := range documentation {
		if out := w.call("external", urlIn{URL: "https://" + host + "/a?b=c#d"}); out.Code >= 300 {
			t.Errorf("%s: %d %s", host, out.Code, out.Body)
		}
	}
}

// An export goes where the person said in the window, and nowhere where they declined; the page names no path.
func TestAnExportIsSavedWhereThePersonSays(t *testing.T) {
	w := newWorld(t, true)
	out := decode[pathIn](t, w.call("save", exportIn{Format: "svg"}))
	text, err := os.ReadFile(filepath.Join(w.folder, "shop.svg"))
	if err != nil || out.Path != filepath.Join(w.folder, "shop.svg") || !strings.Contains(string(text), "<svg") {
		t.Errorf("%q, %v, %.40q", out.Path, err, text)
	}
	w.folder = filepath.Join(w.folder, "gone")
	if f := decode[wireFault](t, w.call("save", exportIn{Format: "svg"})); f.Code != fault.Unavailable || f.Where == "" {
		t.Errorf("a folder that is gone: %+v", f)
	}
	w.folder = ""
	if out := w.call("save", exportIn{Format: "dot"}); out.Code != 200 || decode[pathIn](t, out).Path != "" {
		t.Errorf("declined: %d %s", out.Code, out.Body)
	}
	if out := newWorld(t, false).call("save", exportIn{Format: "svg"}); out.Code != http.StatusNotImplemented {
		t.Errorf("a browser: %d %s", out.Code, out.Body)
	}
}

// The window shows the folder of a node's source, whatever the page says; a browser refuses, and nothing is written for it.
func TestOnlySourcesOfTheProjectAreShown(t *testing.T) {
	w := newWorld(t, true)
	out := decode[pathIn](t, w.call("reveal", nodeIn{"box"}))
	if s, err := w.app.Session(); err != nil || out.Path != s.Folder() || !slices.Equal(w.opened, []string{out.Path}) {
		t.Errorf("%q, opened %q, %v", out.Path, w.opened, err)
	}
	for _, bad := range []string{"", "nobody", "..", "/etc", "../box", "file:///etc"} {
		if out := w.call("reveal", nodeIn{bad}); out.Code < 400 || out.Code >= 500 || len(w.opened) != 1 {
			t.Errorf("%q: %d %s, opened %q", bad, out.Code, out.Body, w.opened)
		}
	}
	browser := newWorld(t, false)
	out2 := browser.call("reveal", nodeIn{"box"})
	if f := decode[wireFault](t, out2); out2.Code != http.StatusNotImplemented || f.Hint == "" || browser.effects.Load() != 0 {
		t.Errorf("a browser: %d %s", out2.Code, out2.Body)
	}
}
