package s3

import (
	"context"
	"encoding/xml"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

const queueType = "AWS::SQS::Queue"

// place is a world with one bucket.
type place struct {
	t *testing.T
	w *kindtest.World
	b kind.Instance
}

// newPlace makes a world with the bucket "box", and things that can be notified.
func newPlace(t *testing.T, properties map[string]any) *place {
	t.Helper()
	w := kindtest.New(New().Simulate(), kind.Simulation{Types: []kind.ResourceType{{Type: queueType}}})
	for _, arn := range []string{"arn:queue", "arn:function", "arn:topic"} {
		w.Put(kind.Instance{LogicalID: arn, Type: queueType, ARN: arn})
	}
	p := map[string]any{"BucketName": "box"}
	for name, v := range properties {
		p[name] = v
	}
	b, err := w.Create(context.Background(), "Box", bucketType, p)
	if err != nil {
		t.Fatal(err)
	}
	return &place{t, w, b}
}

// do sends a request as a role: method and target ("PUT /box/key?tagging"), body, and headers in pairs.
func (p *place) do(request, body string, headers ...string) kind.HTTPResponse {
	p.t.Helper()
	method, target, _ := strings.Cut(request, " ")
	path, query, _ := strings.Cut(target, "?")
	h := map[string][]string{}
	for i := 0; i+1 < len(headers); i += 2 {
		h[headers[i]] = []string{headers[i+1]}
	}
	return serve(context.Background(), p.w, kind.APIRequest{Principal: kind.Principal{Role: "arn:aws:iam::000000000000:role/r", Session: "s"},
		HTTPRequest: kind.HTTPRequest{Method: method, Host: "127.0.0.1:4566", RawPath: path, Query: query, Header: h, Body: []byte(body), Remote: "127.0.0.1:5000"}})
}

// ok sends a request that must succeed.
func (p *place) ok(request, body string, headers ...string) kind.HTTPResponse {
	p.t.Helper()
	r := p.do(request, body, headers...)
	if r.Status >= 300 {
		p.t.Fatalf("%s: %d %s", request, r.Status, r.Body)
	}
	return r
}

// refused sends a request that must fail with a status and a code.
func (p *place) refused(status int, code, request, body string, headers ...string) kind.HTTPResponse {
	p.t.Helper()
	r := p.do(request, body, headers...)
	var e struct{ Code string }
	_ = xml.Unmarshal(r.Body, &e) // no code where there is no XML
	if r.Status != status || e.Code != code {
		p.t.Errorf("%s: %d %s, want %d %s\n%s", request, r.Status, e.Code, status, code, r.Body)
	}
	return r
}

// read decodes an XML answer.
func read[T any](t *testing.T, r kind.HTTPResponse) T {
	t.Helper()
	var v T
	if err := xml.Unmarshal(r.Body, &v); err != nil {
		t.Fatalf("%v: %s", err, r.Body)
	}
	return v
}

func header(r kind.HTTPResponse, name string) string {
	if v := r.Header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// deny refuses some actions.
func (p *place) deny(actions ...string) {
	p.w.Denied = func(a kind.Access) error {
		for _, name := range actions {
			if a.Action == name {
				return fault.New(fault.Denied, "not %s", name)
			}
		}
		return nil
	}
}
