package lambda

import (
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

func (s *stage) visit(r kind.HTTPRequest) kind.HTTPResponse {
	in := s.Instances(urlType)[0]
	return s.kind(urlType).Serve(s.t.Context(), s.World, in, r)
}

func newAddress(t *testing.T) *stage {
	s := newStage(t, nil)
	in := s.create("WorkerUrl", urlType, map[string]any{"AuthType": "NONE", "TargetFunctionArn": "worker"})
	if in.Attributes["FunctionUrl"] != s.Address("WorkerUrl")+"/" || in.Attributes["FunctionArn"] != s.fn.ARN {
		t.Errorf("%+v", in)
	}
	return s
}

func TestAddressEvent(t *testing.T) {
	s := newAddress(t)
	s.script(answer{payload: `{"statusCode":201,"headers":{"content-type":"text/plain","x-n":5},"cookies":["a=1","b=2"],"body":"aGk=","isBase64Encoded":true}`})
	r := s.visit(kind.HTTPRequest{Method: "POST", Host: "abc.localhost:4000", Path: "/a b", RawPath: "/a%20b", Query: "x=1&x=2&y=%20", Remote: "[::1]:5555", Body: []byte(`{"n":1}`),
		Header: map[string][]string{"Content-Type": {"application/json"}, "Cookie": {"s=1; t=2"}, "X-Many": {"1", "2"}, "User-Agent": {"curl"}}})
	if r.Status != 201 || string(r.Body) != "hi" || r.Header["Content-Type"][0] != "text/plain" || r.Header["X-N"][0] != "5" || len(r.Header["Set-Cookie"]) != 2 {
		t.Errorf("%+v", r)
	}
	e := decode(t, s.called()[0].Payload)
	cookies, _ := e["cookies"].([]any)
	if e["version"] != "2.0" || e["rawPath"] != "/a%20b" || e["rawQueryString"] != "x=1&x=2&y=%20" || property.Text(e, "queryStringParameters", "x") != "1,2" || property.Text(e, "queryStringParameters", "y") != " " ||
		property.Text(e, "headers", "x-many") != "1,2" || property.Text(e, "headers", "host") != "abc.localhost:4000" || property.At(e, "headers", "cookie") != nil || len(cookies) != 2 || cookies[1] != "t=2" ||
		e["body"] != `{"n":1}` || e["isBase64Encoded"] != false || property.Text(e, "requestContext", "http", "method") != "POST" || property.Text(e, "requestContext", "http", "sourceIp") != "::1" ||
		property.Text(e, "requestContext", "http", "userAgent") != "curl" || property.Text(e, "requestContext", "domainPrefix") != "abc" || property.Text(e, "requestContext", "time") != "01/Mar/2026:12:00:00 +0000" {
		t.Errorf("%v", e)
	}
}

func TestBinaryBody(t *testing.T) {
	s := newAddress(t)
	s.visit(kind.HTTPRequest{Method: "POST", Path: "/", Body: []byte{0xff, 1}, Header: map[string][]string{"Content-Type": {"image/png"}}})
	s.visit(kind.HTTPRequest{Method: "POST", Path: "/", Body: []byte{0xff, 1}, Header: map[string][]string{"Content-Type": {"text/plain"}}})
	for _, c := range s.called() {
		if e := decode(t, c.Payload); e["body"] != "/wE=" || e["isBase64Encoded"] != true {
			t.Errorf("%v", e)
		}
	}
}

func TestAnswersOfTheFunction(t *testing.T) {
	for payload, want := range map[string]struct {
		status int
		body   string
	}{
		`{"n":1}`:                           {200, `{"n":1}`},
		`"plain"`:                           {200, "plain"},
		`null`:                              {200, "null"},
		`{"statusCode":204}`:                {204, ""},
		`{"statusCode":200,"body":{"n":1}}`: {200, `{"n":1}`},
		`{"statusCode":200,"body":"?","isBase64Encoded":true}`: {502, `{"Message":"Internal Server Error"}`},
	} {
		s := newAddress(t)
		s.script(answer{payload: payload})
		if r := s.visit(kind.HTTPRequest{Method: "GET", Path: "/"}); r.Status != want.status || string(r.Body) != want.body {
			t.Errorf("%s: %d %s", payload, r.Status, r.Body)
		}
	}
	s := newAddress(t)
	s.script(broken, throttled, answer{err: fault.New(fault.Internal, "oh")})
	for _, want := range []int{502, 429, 502} {
		if r := s.visit(kind.HTTPRequest{Method: "GET", Path: "/"}); r.Status != want {
			t.Errorf("%d, want %d", r.Status, want)
		}
	}
}

// Both permissions are needed: lambda:InvokeFunctionUrl and, by way of the address, lambda:InvokeFunction.
func TestAddressNeedsBothPermissions(t *testing.T) {
	for _, missing := range []string{"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} {
		s := newAddress(t)
		s.Denied = func(a kind.Access) error {
			if a.Action == missing {
				return fault.New(fault.Denied, "no")
			}
			return nil
		}
		if r := s.visit(kind.HTTPRequest{Method: "GET", Path: "/"}); r.Status != 403 || len(s.called()) != 0 || !strings.Contains(string(r.Body), "Forbidden") {
			t.Errorf("without %s: %d %s", missing, r.Status, r.Body)
		}
		if a := s.Asked()[0]; a.Context["lambda:FunctionUrlAuthType"] != "NONE" || a.Context["lambda:InvokedViaFunctionUrl"] != "true" || a.Principal != (kind.Principal{}) {
			t.Errorf("%+v", a)
		}
	}
}
