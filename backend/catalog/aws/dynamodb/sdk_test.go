package dynamodb

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

// endpoint serves the simulation on loopback, as the embedded sandbox does but for signatures.
func (b *bench) endpoint() string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		out := b.serve(r.Context(), b.World, kind.APIRequest{Principal: b.who, HTTPRequest: kind.HTTPRequest{Method: r.Method, Path: r.URL.Path, Header: r.Header, Body: body}})
		for name, v := range out.Header {
			w.Header()[name] = v
		}
		w.WriteHeader(out.Status)
		w.Write(out.Body)
	}))
	b.Cleanup(s.Close)
	return s.URL
}

// talk runs a program of testdata against the table and compares what it prints.
func talk(t *testing.T, want string, program string, args ...string) {
	t.Helper()
	b := newBench(t)
	b.table("Music", music)
	args = append(args, b.endpoint())
	if program == "node" {
		sdk, err := filepath.Abs("../../../../build/sdk")
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, sdk)
	}
	var talk strings.Builder // what it says beside
	c := exec.Command(program, args...)
	c.Stderr = &talk
	out, err := c.Output()
	if got := strings.TrimSpace(string(out)); err != nil || got != want {
		t.Errorf("%v\n got %s\nwant %s\n%s", err, got, want, talk.String())
	}
}

func TestPythonSDK(t *testing.T) {
	if exec.Command("python3", "-c", "import boto3").Run() != nil {
		t.Skip("python3 with boto3 is not installed")
	}
	t.Parallel()
	talk(t, `[None, True, {'x': 'ü'}]
{'more': [None, True, {'x': 'ü'}, 'z'], 'plays': Decimal('3.5')}
[1962, 1961, 1960] 3 3
30
ConditionalCheckFailedException - The conditional request failed
TransactionCanceledException ['ConditionalCheckFailed']
ResourceNotFoundException
2026-03-01T12:00:00 ['music']`, "python3", "testdata/sdk.py")
}

func TestJavaScriptSDK(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	if m, _ := filepath.Glob("../../../../build/sdk/node_modules/@aws-sdk/client-dynamodb"); m == nil {
		t.Skip("the AWS SDK for JavaScript is not installed: npm ci in build/sdk")
	}
	t.Parallel()
	talk(t, `[null,true,{"x":"ü"}]
{}
3.5 [ 'a', 'b' ]
[ 1962, 1961, 1960 ] 3
26
ConditionalCheckFailedException - The conditional request failed 3.5 
TransactionCanceledException - Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed]  ConditionalCheckFailed
ValidationException - The provided key element does not match the schema  
1
2026-03-01T12:00:00.000Z`, "node", "testdata/sdk.cjs")
}
