package eventbus

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

// talk runs a program of testdata against a bus, on loopback and without signatures, and compares what it prints.
func talk(t *testing.T, want, program string, args ...string) {
	t.Helper()
	st := newStation(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		out := st.sim.Services[0].Serve(r.Context(), st.World, kind.APIRequest{Principal: caller, HTTPRequest: kind.HTTPRequest{Method: r.Method, Path: r.URL.Path, Header: r.Header, Body: body}})
		for name, v := range out.Header {
			w.Header()[name] = v
		}
		w.WriteHeader(out.Status)
		w.Write(out.Body)
	}))
	defer s.Close()
	sdk, err := filepath.Abs("../../../../build/sdk")
	if err != nil {
		t.Fatal(err)
	}
	var beside strings.Builder
	c := exec.Command(program, append(args, s.URL, sdk)...)
	c.Stderr = &beside
	out, err := c.Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != want {
		t.Errorf("%v\n got %s\nwant %s\n%s", err, got, want, beside.String())
	}
	if e := st.got["One"]; len(e) != 1 || e[0]["time"] != "2026-03-01T11:00:00Z" || e[0]["detail"].(fields)["n"] != 1.0 {
		t.Errorf("%v", e)
	}
}

func TestPythonSDK(t *testing.T) {
	if exec.Command("python3", "-c", "import boto3").Run() != nil {
		t.Skip("python3 with boto3 is not installed")
	}
	t.Parallel()
	talk(t, `1 36 MalformedDetail
ValidationException True`, "python3", "testdata/sdk.py")
}

func TestJavaScriptSDK(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	if m, _ := filepath.Glob("../../../../build/sdk/node_modules/@aws-sdk/client-eventbridge"); m == nil {
		t.Skip("the AWS SDK for JavaScript is not installed: npm ci in build/sdk")
	}
	t.Parallel()
	talk(t, "0 36\nValidationException", "node", "testdata/sdk.cjs")
}
