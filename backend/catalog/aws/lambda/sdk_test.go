package lambda

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestPythonSDK(t *testing.T) {
	if exec.Command("python3", "-c", "import boto3").Run() != nil {
		t.Skip("python3 with boto3 is not installed")
	}
	st := newStage(t, nil)
	st.script(answer{payload: `{"sum":2}`}, broken, answer{err: fault.Wrap(errorText("TooManyRequestsException: ConcurrentInvocationLimitExceeded"), fault.Limit, "busy")})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		out := st.sim.Services[0].Serve(r.Context(), st.World, kind.APIRequest{Principal: caller,
			HTTPRequest: kind.HTTPRequest{Method: r.Method, Path: r.URL.Path, RawPath: r.URL.EscapedPath(), Query: r.URL.RawQuery, Header: r.Header, Body: body}})
		for name, v := range out.Header {
			w.Header()[name] = v
		}
		w.WriteHeader(out.Status)
		w.Write(out.Body)
	}))
	defer s.Close()
	var beside strings.Builder
	c := exec.Command("python3", "testdata/sdk.py", s.URL)
	c.Stderr = &beside
	out, err := c.Output()
	want := `200 $LATEST {'sum': 2} None True
Unhandled no
202 204
['worker']
429 TooManyRequestsException Rate Exceeded.
404 ResourceNotFoundException Function not found: arn:aws:la
400 InvalidParameterValueException the embedded sandbox does not `
	if got := strings.TrimSuffix(string(out), "\n"); err != nil || got != want {
		t.Errorf("%v\n got %s\nwant %s\n%s", err, got, want, beside.String())
	}
}
