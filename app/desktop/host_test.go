package desktop

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func hosted(t *testing.T, ctx context.Context, f http.HandlerFunc) (*host, *strings.Builder) {
	t.Helper()
	var log strings.Builder
	return newHost(ctx, f, func() {}, func(format string, args ...any) { log.WriteString(format) }), &log
}

// The very first page is empty; after it the handler answers, and /window is its "/".
func TestFirstPageIsEmpty(t *testing.T) {
	h, _ := hosted(t, t.Context(), func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "app "+r.URL.String()) })
	first := httptest.NewRecorder()
	h.ServeHTTP(first, get("/"))
	if strings.Contains(first.Body.String(), "app") || first.Header().Get("Content-Security-Policy") != "default-src 'none'" {
		t.Errorf("the first page is %q with %v", first.Body, first.Header())
	}
	for path, want := range map[string]string{"/window?token=a%2Fb": "app /?token=a%2Fb", "/": "app /", "/x.js?v=1": "app /x.js?v=1"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, get(path))
		if w.Body.String() != want {
			t.Errorf("%s answers %q, want %q", path, w.Body, want)
		}
	}
}

// A panic answers 500 and is logged; an aborted answer is not; what has begun is not written to again.
func TestPanicsEndTheRequestOnly(t *testing.T) {
	h, log := hosted(t, t.Context(), func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/abort":
			panic(http.ErrAbortHandler)
		case "/late":
			_, _ = io.WriteString(w, "begun")
		}
		panic("broken")
	})
	abort := httptest.NewRecorder()
	h.ServeHTTP(abort, get("/abort"))
	if log.Len() != 0 {
		t.Errorf("an aborted answer logs %s", log)
	}
	early := httptest.NewRecorder()
	h.ServeHTTP(early, get("/early"))
	if early.Code != http.StatusInternalServerError || log.Len() == 0 {
		t.Errorf("a panic answers %d and logs %q", early.Code, log)
	}
	late := httptest.NewRecorder()
	h.ServeHTTP(late, get("/late"))
	if late.Body.String() != "begun" {
		t.Errorf("a late panic adds to the answer: %q", late.Body)
	}
}

// deaf is a web view that has gone away.
type deaf struct{ httptest.ResponseRecorder }

func (d *deaf) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// A request's context ends when its reader is gone, when the next page loads, and when the window closes.
func TestRequestsEndWithTheirReader(t *testing.T) {
	waits := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			return
		}
		if r.URL.Path == "/write" {
			_, _ = io.WriteString(w, "x")
		}
		<-r.Context().Done()
	}
	h, _ := hosted(t, t.Context(), waits)
	h.ServeHTTP(&deaf{}, get("/write"))

	begun := make(chan struct{})
	h, _ = hosted(t, t.Context(), func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			close(begun)
		}
		waits(w, r)
	})
	ended := make(chan struct{})
	go func() { h.ServeHTTP(httptest.NewRecorder(), get("/events")); close(ended) }()
	<-begun
	h.ServeHTTP(httptest.NewRecorder(), get("/window?token=x"))
	<-ended

	ctx, closeWindow := context.WithCancel(t.Context())
	h, _ = hosted(t, ctx, waits)
	closeWindow()
	h.ServeHTTP(httptest.NewRecorder(), get("/events"))
}

func TestAddressOfTheStartPage(t *testing.T) {
	if got, err := address("/?token=a%26b"); err != nil || got != Origin()+"/window?token=a%26b" {
		t.Errorf("address: %q, %v", got, err)
	}
	for _, bad := range []string{"https://evil.example/", "/rpc/x", "//evil/", "\x00"} {
		if got, err := address(bad); err == nil {
			t.Errorf("address(%q) = %q, want an error", bad, got)
		}
	}
}

// Only https on a listed host leaves the application (W8).
func TestBrowseRefuses(t *testing.T) {
	hosts := []string{"docs.aws.amazon.com"}
	if got, err := allowed("https://docs.aws.amazon.com/lambda/?x=1#y", hosts); err != nil || got != "https://docs.aws.amazon.com/lambda/?x=1#y" {
		t.Errorf("allowed: %q, %v", got, err)
	}
	for _, bad := range []string{
		"http://docs.aws.amazon.com/", "https://evil.example/", "https://docs.aws.amazon.com.evil.example/", "https://docs.aws.amazon.com@evil.example/",
		"https://user@docs.aws.amazon.com/", "https://docs.aws.amazon.com:8443/", "file:///etc/passwd", "javascript:alert(1)", "-flag", "", "https://",
	} {
		if got, err := allowed(bad, hosts); err == nil {
			t.Errorf("allowed(%q) = %q, want a refusal", bad, got)
		}
	}
}
