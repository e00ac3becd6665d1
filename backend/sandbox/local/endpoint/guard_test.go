package endpoint

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"testing"
	"time"

	"airloom/backend/kind"
)

// L2: hostile hosts, all verbs: 403. L3: pages of other sites change nothing.
func TestGuard(t *testing.T) {
	f := newFixture(t)
	a := NewAddresses(func(string, ...any) {})
	defer a.Close()
	served := 0
	port := must(a.Open("page", 0))
	a.Serve("page", func(context.Context, kind.HTTPRequest) kind.HTTPResponse {
		served++
		return kind.HTTPResponse{Status: 200}
	})
	for _, p := range []int{f.Port(), port} {
		hosts := []string{"evil.example", fmt.Sprintf("evil.example:%d", p), "127.0.0.1", "127.0.0.1:80", fmt.Sprintf("127.0.0.1.evil.example:%d", p),
			fmt.Sprintf("127.0.0.2:%d", p), fmt.Sprintf("localhost.evil.example:%d", p), fmt.Sprintf("[::1]:%d", p), fmt.Sprintf("127.1:%d", p)}
		for _, verb := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			for _, host := range hosts {
				r := must(http.NewRequest(verb, fmt.Sprintf("http://127.0.0.1:%d/", p), nil))
				if p == f.Port() && verb == "POST" {
					r = f.signed(t, f.creds, "logs", f.now, "", func(r *http.Request) { r.Host = host }) // even well signed
				}
				r.Host = host
				if status := send(t, r); status != 403 {
					t.Errorf("%s with Host %s at port %d: %d", verb, host, p, status)
				}
			}
		}
		for _, h := range []map[string]string{{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1.evil.example"}, {"Origin": "http://localhost.evil.example:1"},
			{"Origin": "file://"}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
			{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}} {
			for _, verb := range []string{"GET", "POST", "PUT", "DELETE", "OPTIONS"} {
				r := f.signed(t, f.creds, "logs", f.now, "", func(r *http.Request) {
					r.Method, r.URL = verb, must(r.URL.Parse(fmt.Sprintf("http://127.0.0.1:%d/", p)))
					r.Header.Set("Amz-Sdk-Invocation-Id", fmt.Sprint(h, verb, p))
					for name, value := range h {
						r.Header.Set(name, value)
					}
				})
				if status := send(t, r); status != 403 {
					t.Errorf("%s with %v at port %d: %d", verb, h, p, status)
				}
			}
		}
	}
	if f.reached() != 0 || served != 0 {
		t.Fatalf("%d requests were served", f.reached()+served)
	}
	for _, h := range []map[string]string{{}, {"Origin": "http://localhost:5173"}, {"Origin": "http://127.0.0.1:8080"}, {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
		{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}} {
		r := must(http.NewRequest(http.MethodGet, fmt.Sprintf("http://localhost:%d/", port), nil))
		for name, value := range h {
			r.Header.Set(name, value)
		}
		if status := send(t, r); status != 200 {
			t.Errorf("a request of this machine with %v: %d", h, status)
		}
	}
}

// A page of this machine may ask before it uploads to a presigned address; nobody is let in by that.
func TestPreflight(t *testing.T) {
	f := newFixture(t)
	ask := func(header map[string]string) int {
		r := must(http.NewRequest(http.MethodOptions, f.url()+"/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256", nil))
		for name, value := range header {
			r.Header.Set(name, value)
		}
		return send(t, r)
	}
	page := map[string]string{"Origin": "http://127.0.0.1:8080", "Access-Control-Request-Method": "PUT"}
	if status := ask(page); status != 200 {
		t.Fatalf("%d", status)
	}
	if r := f.last(t); r.Method != http.MethodOptions || r.Path != "/b/k" || r.Principal != (kind.Principal{}) {
		t.Fatalf("%s %s by %+v", r.Method, r.Path, r.Principal)
	}
	page["Origin"] = "https://evil.example"
	if status := ask(page); status != 403 {
		t.Errorf("of another site: %d", status)
	}
	if status := ask(map[string]string{"Origin": "http://127.0.0.1:8080"}); status != 403 {
		t.Errorf("no preflight: %d", status)
	}
}

// L1: nothing listens but on loopback.
func TestLoopbackOnly(t *testing.T) {
	f := newFixture(t)
	addrs := must(net.InterfaceAddrs())
	for _, a := range addrs {
		ip := a.(*net.IPNet).IP
		if ip.IsLoopback() || ip.To4() == nil {
			continue
		}
		if c, err := net.DialTimeout("tcp4", fmt.Sprintf("%s:%d", ip, f.Port()), time.Second); err == nil {
			c.Close()
			t.Errorf("the endpoint answers at %s", ip)
		}
	}
	if got := f.server.Handler; got == nil {
		t.Fatal("no handler")
	}
}
