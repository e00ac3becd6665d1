// Package sdktest lets the real AWS SDKs talk to a simulated service. What they insist on (checksums, shapes, names of errors)
// no test of ours could guess.
package sdktest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"airloom/backend/kind"
)

// modules is where the SDK for JavaScript is installed, seen from a kind's folder.
const modules = "../../../../build/sdk"

// Endpoint is a service in a world, as the embedded sandbox serves it but for signatures.
type Endpoint struct {
	World   kind.World
	Service kind.Service
	Caller  kind.Principal
}

// Python runs testdata/sdk.py with the endpoint's address and more arguments, and compares what it prints.
func (e Endpoint) Python(t *testing.T, want string, more ...string) {
	t.Helper()
	if exec.Command("python3", "-c", "import boto3").Run() != nil {
		t.Skip("python3 with boto3 is not installed")
	}
	e.talk(t, want, "python3", "testdata/sdk.py", more...)
}

// JavaScript runs testdata/sdk.cjs with the endpoint's address, more arguments and the folder in which the client
// ("client-sqs") is installed, and compares what it prints.
func (e Endpoint) JavaScript(t *testing.T, client, want string, more ...string) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	sdk, err := filepath.Abs(modules)
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := filepath.Glob(sdk + "/node_modules/@aws-sdk/" + client); m == nil {
		t.Skip("the AWS SDK for JavaScript is not installed: npm ci in build/sdk")
	}
	e.talk(t, want, "node", "testdata/sdk.cjs", append(more, sdk)...)
}

func (e Endpoint) talk(t *testing.T, want, program, script string, more ...string) {
	t.Helper()
	t.Parallel()
	s := httptest.NewServer(e)
	defer s.Close()
	var beside strings.Builder
	c := exec.Command(program, append([]string{script, s.URL}, more...)...)
	c.Stderr = &beside
	out, err := c.Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != want {
		t.Errorf("%v\n got %s\nwant %s\n%s", err, got, want, beside.String())
	}
}

// ServeHTTP implements http.Handler.
func (e Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out := e.Service.Serve(r.Context(), e.World, kind.APIRequest{Principal: e.Caller,
		HTTPRequest: kind.HTTPRequest{Method: r.Method, Path: r.URL.Path, RawPath: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header, Body: body}})
	for name, v := range out.Header {
		w.Header()[name] = v
	}
	w.WriteHeader(out.Status)
	w.Write(out.Body)
}
