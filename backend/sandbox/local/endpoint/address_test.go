package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"airloom/backend/kind"
)

func TestAddresses(t *testing.T) {
	a := NewAddresses(func(string, ...any) {})
	defer a.Close()
	port := must(a.Open("x", 0))
	if again := must(a.Open("x", 0)); again != port {
		t.Fatalf("%d, then %d", port, again)
	}
	u := fmt.Sprintf("http://127.0.0.1:%d/a%%2Fb?c=d", port)
	if status := send(t, must(http.NewRequest(http.MethodGet, u, nil))); status != 503 {
		t.Fatalf("nobody serves yet: %d", status)
	}
	a.Serve("x", func(_ context.Context, r kind.HTTPRequest) kind.HTTPResponse {
		text, _ := json.Marshal([]string{r.Method, r.Path, r.RawPath, r.Query, string(r.Body), r.Get("X-One")})
		return kind.HTTPResponse{Status: 201, Header: map[string][]string{"x-two": {"2"}, "Set-Cookie": {"a=1", "b=2"}}, Body: text}
	})
	r := must(http.NewRequest(http.MethodPost, u, strings.NewReader("body")))
	r.Header.Set("X-One", "1")
	res := must(http.DefaultClient.Do(r))
	text := must(io.ReadAll(res.Body))
	res.Body.Close()
	if want := `["POST","/a/b","/a%2Fb","c=d","body","1"]`; string(text) != want || res.StatusCode != http.StatusCreated || res.Header.Get("X-Two") != "2" || len(res.Header["Set-Cookie"]) != 2 {
		t.Fatalf("%d %s %v", res.StatusCode, text, res.Header)
	}
	if res := must(http.Head(u)); res.StatusCode != http.StatusCreated {
		t.Fatalf("HEAD: %d", res.StatusCode)
	}
	if status := send(t, must(http.NewRequest(http.MethodPost, u, bytes.NewReader(make([]byte, maxBody+1))))); status != 413 {
		t.Fatalf("too large: %d", status)
	}
	taken := must(a.Open("y", port))
	if taken == port || taken == 0 {
		t.Fatalf("a taken port gave %d", taken)
	}
	a.Drop("x")
	if l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", port)); err != nil {
		t.Fatalf("the port is still held: %v", err)
	} else {
		l.Close()
	}
}
