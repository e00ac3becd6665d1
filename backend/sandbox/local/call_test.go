package local

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestCalls(t *testing.T) {
	p := newProject(t)
	s := p.open()
	ctx := context.Background()
	if _, err := s.Call(ctx, ask("Hit", "")); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("a call of nothing: %v", err)
	}
	d := deploy(t, s, bundle(p.zip("one"), "hello"))
	host := strings.TrimSuffix(strings.TrimPrefix(address(d, "page"), "http://"), "/page")
	out, err := s.Call(ctx, kind.Request{Scheme: "http", Host: host, Method: "GET", Path: "/a", Header: map[string]string{"Accept": "*/*"}})
	if err != nil || out.Status != 200 || string(out.Body) != "hello GET /a" || out.Header["Content-Type"] != "text/plain" || out.Duration <= 0 {
		t.Fatalf("a plain call: %+v %v", out, err)
	}
	if out, err = s.Call(ctx, kind.Request{Host: host, Method: "GET", Path: "/panic"}); err != nil || out.Status != 500 {
		t.Fatalf("a panic in an answer: %+v %v", out, err)
	}
	out, err = s.Call(ctx, kind.Request{Host: "api.example.com", Method: "POST", Path: "/", Body: []byte("x")})
	if err != nil || string(out.Body) != "simulated x" {
		t.Fatalf("a simulated host: %+v %v", out, err)
	}
	if _, err = s.Call(ctx, kind.Request{Host: "example.org", Method: "GET", Path: "/"}); fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("a host of the network: %v", err)
	}
	if _, err = s.Call(ctx, kind.Request{Service: "braket", Method: "POST", Path: "/"}); fault.CodeOf(err) != fault.Unsupported {
		t.Fatalf("an unknown service: %v", err)
	}
	if _, err = s.Call(ctx, ask("Panic", "")); fault.CodeOf(err) != fault.Internal {
		t.Fatalf("a panic in a service: %v", err)
	}
}

// L6: what a function is told holds none of the person's own configuration, only the sandbox's.
func TestFunctionEnvironment(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL", "HTTPS_PROXY",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_WEB_IDENTITY_TOKEN_FILE"} {
		t.Setenv(name, "canary")
	}
	p := newProject(t)
	s := p.open()
	d := deploy(t, s, bundle(p.zip("one"), "hello"))
	out := call(t, s, "Invoke", resource(d, "Worker").ARN)
	_, text, _ := strings.Cut(string(out.Body), "\n")
	if strings.Contains(text, "canary") {
		t.Fatalf("the person's own: %s", text)
	}
	var env map[string]string
	if err := json.Unmarshal([]byte(text), &env); err != nil {
		t.Fatal(err)
	}
	if env["AWS_ENDPOINT_URL"] != s.held.world.Endpoint() || env["AWS_EC2_METADATA_DISABLED"] != "true" || env["AWS_ACCESS_KEY_ID"] == "" {
		t.Fatalf("the sandbox's: %s", text)
	}
}
