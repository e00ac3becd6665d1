package functions

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"airloom/backend/kind"
)

// newAPI serves a runtime API without a process.
func newAPI(t *testing.T) (*api, func(method, path, body string, change ...func(*http.Request)) (int, http.Header, string)) {
	t.Helper()
	b := newBench(t)
	a, err := serve(newEnvironment(b.Host, &function{spec: kind.FunctionSpec{ARN: arn("f")}}))
	must(t, err)
	t.Cleanup(a.close)
	return a, func(method, path, body string, change ...func(*http.Request)) (int, http.Header, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+a.address+"/2018-06-01/runtime/"+path, strings.NewReader(body))
		must(t, err)
		for _, f := range change {
			f(r)
		}
		response, err := http.DefaultClient.Do(r)
		must(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		must(t, err)
		return response.StatusCode, response.Header, strings.TrimSpace(string(text))
	}
}

func TestRuntimeAPI(t *testing.T) {
	t.Parallel()
	a, call := newAPI(t)
	inv := &invocation{id: "one", trace: "Root=1", client: `{"a":1}`, arn: arn("f"), payload: []byte(`{"n":1}`), deadline: time.UnixMilli(1234567), answered: make(chan answer, 1)}
	go func() { a.events <- inv }()
	status, h, body := call("GET", "invocation/next", "")
	if status != 200 || body != `{"n":1}` || h.Get("Lambda-Runtime-Aws-Request-Id") != "one" || h.Get("Lambda-Runtime-Deadline-Ms") != "1234567" ||
		h.Get("Lambda-Runtime-Invoked-Function-Arn") != arn("f") || h.Get("Lambda-Runtime-Trace-Id") != "Root=1" || h.Get("Lambda-Runtime-Client-Context") != `{"a":1}` {
		t.Errorf("next: %d %v %s", status, h, body)
	}
	select {
	case <-a.ready:
	default:
		t.Error("it asked for an event, and is not ready")
	}
	if status, _, body = call("GET", "invocation/next", ""); status != 403 || !strings.Contains(body, "InvalidStateTransition") {
		t.Errorf("next without an answer: %d %s", status, body)
	}
	if status, _, body = call("POST", "invocation/two/response", `1`); status != 400 || !strings.Contains(body, "InvalidRequestID") {
		t.Errorf("another id: %d %s", status, body)
	}
	if status, _, body = call("POST", "invocation/one/response", `{"ok":true}`); status != 202 || body != `{"status":"OK"}` {
		t.Errorf("response: %d %s", status, body)
	}
	if got := <-inv.answered; string(got.payload) != `{"ok":true}` || got.failed {
		t.Errorf("answer %+v", got)
	}
	if status, _, _ = call("POST", "invocation/one/response", `2`); status != 400 {
		t.Errorf("a second answer: %d", status)
	}
	for path, want := range map[string]int{"invocation/next/": 404, "invocation/one": 404, "../../": 404} {
		if status, _, _ = call("GET", path, ""); status != want {
			t.Errorf("GET %s: %d", path, status)
		}
	}
}

func TestRuntimeAPIErrors(t *testing.T) {
	t.Parallel()
	a, call := newAPI(t)
	kindOf := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	for _, c := range []struct {
		path, body, class, payload string
		status                     int
		header                     func(*http.Request)
	}{
		{"error", `{"errorType":"E"}`, "E.Type", `{"errorType":"E"}`, 202, kindOf("Lambda-Runtime-Function-Error-Type", "E.Type")},
		{"response", `x`, "Runtime.StreamingUnsupported", "does not run in the embedded sandbox", 202, kindOf("Lambda-Runtime-Function-Response-Mode", "streaming")},
		{"response", strings.Repeat("x", mostAnswer+1), "Function.ResponseSizeTooLarge", "exceeded maximum allowed payload size", 413, kindOf("A", "b")},
	} {
		inv := &invocation{id: "one", answered: make(chan answer, 1)}
		a.mu.Lock()
		a.current = inv
		a.mu.Unlock()
		if status, _, body := call("POST", "invocation/one/"+c.path, c.body, c.header); status != c.status {
			t.Errorf("%s: %d %s", c.class, status, body)
		}
		if got := <-inv.answered; !got.failed || got.class != c.class || !strings.Contains(string(got.payload), c.payload) {
			t.Errorf("%s: answer %+v", c.class, got)
		}
	}
	call("POST", "init/error", `{"errorType":"I"}`, kindOf("Lambda-Runtime-Function-Error-Type", "I"))
	if got, ok := a.initError(); !ok || string(got.payload) != `{"errorType":"I"}` || got.class != "I" || got.status != "error" {
		t.Errorf("init error %+v", got)
	}
}

// L2: only the API's own address is a host that it answers to.
func TestRuntimeAPIHost(t *testing.T) {
	t.Parallel()
	a, call := newAPI(t)
	port := a.address[strings.IndexByte(a.address, ':'):]
	for _, host := range []string{"localhost" + port, "evil.example" + port, "127.0.0.1" + port, a.address + ".evil.example", "", strings.TrimSuffix(a.address, port), "[::1]" + port, "0.0.0.0" + port} {
		status, _, _ := call("POST", "init/error", `{}`, func(r *http.Request) {
			r.Host = host
			if host == "" {
				r.Host = " "
			}
		})
		if _, told := a.initError(); told || (status != 403 && status != 400) {
			t.Errorf("host %q: %d", host, status)
		}
	}
}

// No two environments have an address in common, and none listens beyond loopback.
func TestRuntimeAPIAddresses(t *testing.T) {
	t.Parallel()
	a, _ := newAPI(t)
	b, _ := newAPI(t)
	if a.address == b.address || !strings.HasPrefix(a.address, "127.") || !strings.HasPrefix(b.address, "127.") {
		t.Errorf("addresses %s and %s", a.address, b.address)
	}
}
