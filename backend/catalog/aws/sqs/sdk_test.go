package sqs

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

// talk runs a program of testdata against two queues, on loopback and without signatures, and compares what it prints.
func talk(t *testing.T, want, program string, args ...string) {
	t.Helper()
	d := newDesk(t)
	d.queue("Plain", fields{"QueueName": "plain"})
	d.queue("Ordered", fields{"QueueName": "ordered.fifo", "FifoQueue": true, "ContentBasedDeduplication": true})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		out := d.sim.Services[0].Serve(r.Context(), d.World, kind.APIRequest{Principal: caller, HTTPRequest: kind.HTTPRequest{Method: r.Method, Path: r.URL.Path, Header: r.Header, Body: body}})
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
}

func TestPythonSDK(t *testing.T) {
	if exec.Command("python3", "-c", "import boto3").Run() != nil {
		t.Skip("python3 with boto3 is not installed")
	}
	t.Parallel()
	talk(t, `ü b'\x01\x02' 1 True
False {'ApproximateNumberOfMessages': '0'}
3
['0', '1', '2']
AWS.SimpleQueueService.NonExistentQueue True`, "python3", "testdata/sdk.py")
}

func TestJavaScriptSDK(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	if m, _ := filepath.Glob("../../../../build/sdk/node_modules/@aws-sdk/client-sqs"); m == nil {
		t.Skip("the AWS SDK for JavaScript is not installed: npm ci in build/sdk")
	}
	t.Parallel()
	talk(t, `ü b c true v 1772366400000
3 undefined
QueueDoesNotExist The specified queue does not exist.`, "node", "testdata/sdk.cjs")
}
