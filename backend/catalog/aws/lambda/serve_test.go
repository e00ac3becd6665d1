package lambda

import (
	"encoding/base64"
	"encoding/json"
	"testing"
	"testing/synctest"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

var caller = kind.Principal{Role: "arn:aws:iam::000000000000:role/caller", Session: "caller"}

func (s *stage) api(method, path, body string, header ...string) kind.HTTPResponse {
	h := map[string][]string{}
	for i := 0; i < len(header); i += 2 {
		h[header[i]] = []string{header[i+1]}
	}
	return s.sim.Services[0].Serve(s.t.Context(), s.World, kind.APIRequest{Principal: caller,
		HTTPRequest: kind.HTTPRequest{Method: method, Path: path, Body: []byte(body), Header: h}})
}

func TestInvoke(t *testing.T) {
	s := newStage(t, nil)
	s.script(fine)
	r := s.api("POST", "/2015-03-31/functions/worker/invocations", `{"n":1}`, "X-Amz-Log-Type", "Tail")
	log, _ := base64.StdEncoding.DecodeString(r.Header["X-Amz-Log-Result"][0])
	if r.Status != 200 || string(r.Body) != `"ok"` || r.Header["X-Amz-Executed-Version"][0] != "$LATEST" || string(log) != "START\nEND\n" {
		t.Errorf("%+v", r)
	}
	if c := s.called()[0]; c.Principal != caller || string(c.Payload) != `{"n":1}` || c.RequestID != r.Header["X-Amzn-Requestid"][0] {
		t.Errorf("%+v", c)
	}
	if a := s.Asked()[0]; a.Action != "lambda:InvokeFunction" || a.Resource != s.fn.ARN || a.Principal != caller {
		t.Errorf("%+v", a)
	}
	s.script(broken)
	if r = s.api("POST", "/2015-03-31/functions/"+s.fn.ARN+"/invocations", ""); r.Status != 200 || r.Header["X-Amz-Function-Error"][0] != "Unhandled" || r.Header["X-Amz-Log-Result"] != nil {
		t.Errorf("%+v", r)
	}
	if r = s.api("POST", "/2015-03-31/functions/worker/invocations", "", "X-Amz-Invocation-Type", "DryRun"); r.Status != 204 || len(s.called()) != 2 {
		t.Errorf("%+v", r)
	}
}

func TestInvokeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, nil)
		defer s.end()
		s.run(s.fn)
		r := s.api("POST", "/2015-03-31/functions/worker/invocations", `{}`, "X-Amz-Invocation-Type", "Event")
		synctest.Wait()
		s.wantCalls(1)
		if r.Status != 202 || len(r.Body) != 0 || s.called()[0].RequestID != r.Header["X-Amzn-Requestid"][0] {
			t.Errorf("%+v", r)
		}
	})
}

func TestErrorsOfTheAPI(t *testing.T) {
	s := newStage(t, nil)
	const invoke = "/2015-03-31/functions/worker/invocations"
	for _, c := range []struct {
		method, path, body string
		err                error
		status             int
		code               string
	}{
		{"POST", "/2015-03-31/functions/other/invocations", "", nil, 404, "ResourceNotFoundException"},
		{"POST", "/2015-03-31/functions/worker:live/invocations", "", nil, 400, "InvalidParameterValueException"},
		{"POST", invoke, "{", nil, 400, "InvalidRequestContentException"},
		{"POST", invoke, "", fault.Wrap(errorText("TooManyRequestsException: ReservedFunctionConcurrentInvocationLimitExceeded"), fault.Limit, "busy"), 429, "TooManyRequestsException"},
		{"POST", invoke, "", fault.New(fault.Limit, "16 hops"), 413, "RequestTooLargeException"},
		{"POST", invoke, "", fault.New(fault.Internal, "oh"), 500, "ServiceException"},
		{"POST", "/2015-03-31/functions", "", nil, 400, "InvalidParameterValueException"},
		{"GET", "/2015-03-31/functions/other", "", nil, 404, "ResourceNotFoundException"},
		{"GET", "/2018-10-31/layers", "", nil, 400, "InvalidParameterValueException"},
	} {
		s.script(answer{err: c.err, payload: "null"})
		r := s.api(c.method, c.path, c.body)
		if r.Status != c.status || r.Header["X-Amzn-Errortype"][0] != c.code || property.Text(decode(t, r.Body), "Message") == "" {
			t.Errorf("%s %s: %d %v %s", c.method, c.path, r.Status, r.Header, r.Body)
		}
		if want := "ReservedFunctionConcurrentInvocationLimitExceeded"; c.status == 429 && property.Text(decode(t, r.Body), "Reason") != want {
			t.Errorf("%s", r.Body)
		}
	}
	s.Denied = func(a kind.Access) error { return fault.New(fault.Denied, "no %s", a.Action) }
	for _, path := range []string{invoke, "/2015-03-31/functions/other/invocations"} {
		if r := s.api("POST", path, ""); r.Status != 403 || r.Header["X-Amzn-Errortype"][0] != "AccessDeniedException" {
			t.Errorf("%+v", r)
		}
	}
}

type errorText string

func (e errorText) Error() string { return string(e) }

func TestReading(t *testing.T) {
	s := newStage(t, map[string]any{"MemorySize": 256, "ReservedConcurrentExecutions": 3})
	r := decode(t, s.api("GET", "/2015-03-31/functions/worker/configuration", "").Body)
	if r["FunctionArn"] != s.fn.ARN || r["MemorySize"] != 256.0 || r["Timeout"] != 10.0 || r["State"] != "Active" {
		t.Errorf("%v", r)
	}
	r = decode(t, s.api("GET", "/2015-03-31/functions/worker", "").Body)
	if property.Text(r, "Configuration", "FunctionName") != "worker" || property.At(r, "Concurrency", "ReservedConcurrentExecutions") != 3.0 {
		t.Errorf("%v", r)
	}
	r = decode(t, s.api("GET", "/2015-03-31/functions/", "").Body)
	if list, _ := r["Functions"].([]any); len(list) != 1 || property.Text(list[0], "FunctionName") != "worker" {
		t.Errorf("%v", r)
	}
}

func TestCall(t *testing.T) {
	target := kind.Target{Node: "worker", Resources: map[string]kind.Deployed{"": {PhysicalID: "shop-Worker-1"}}}
	r, err := New().Call(target, []byte(`{"n":1}`))
	if err != nil || r.Service != "lambda" || r.Path != "/2015-03-31/functions/shop-Worker-1/invocations" || string(r.Body) != `{"n":1}` || r.Header["X-Amz-Log-Type"] != "Tail" {
		t.Errorf("%v %+v", err, r)
	}
	if r, err = New().Call(target, nil); err != nil || !json.Valid(r.Body) {
		t.Errorf("%v %s", err, r.Body)
	}
	if _, err = New().Call(target, []byte(`hello`)); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
	if _, err = New().Call(kind.Target{Node: "worker"}, nil); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}
