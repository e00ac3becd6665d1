package awsapi

import (
	"errors"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

var things = Query{Namespace: "http://things/", Denied: "AuthorizationError", Internal: "InternalError"}

func TestForm(t *testing.T) {
	for _, c := range []struct{ body, query, name, code string }{
		{"Name=a%20b", "Name=c", "a b", ""},
		{"", "Name=c", "c", ""},
		{"", "", "", ""},
		{"%", "Name=c", "", "MalformedQueryString"},
	} {
		form, err := things.Form(kind.APIRequest{HTTPRequest: kind.HTTPRequest{Body: []byte(c.body), Query: c.query}})
		var e Error
		errors.As(err, &e)
		if form.Get("Name") != c.name || e.Code != c.code {
			t.Errorf("%q and %q: %v, %v", c.body, c.query, form, err)
		}
	}
}

func TestQueryAnswer(t *testing.T) {
	const id = "00000000-0000-4000-8000-000000000001"
	refused := func(side, code, message string) string {
		return `<ErrorResponse xmlns="http://things/"><Error><Type>` + side + `</Type><Code>` + code + `</Code><Message>` + message + `</Message></Error><RequestId>` + id + `</RequestId></ErrorResponse>`
	}
	for _, c := range []struct {
		v      any
		err    error
		status int
		body   string
	}{
		{struct{ Name string }{"<a>"}, nil, 200, `<GetThingResponse xmlns="http://things/"><GetThingResult><Name>&lt;a&gt;</Name></GetThingResult><ResponseMetadata><RequestId>` + id + `</RequestId></ResponseMetadata></GetThingResponse>`},
		{nil, Errorf("NotFound", "no %s", "thing"), 400, refused("Sender", "NotFound", "no thing")},
		{nil, Error{404, "NotFound", "none"}, 404, refused("Sender", "NotFound", "none")},
		{nil, fault.New(fault.Denied, "not you"), 403, refused("Sender", "AuthorizationError", "not you")},
		{nil, errors.New("broken"), 500, refused("Receiver", "InternalError", "broken")},
		{func() {}, nil, 500, refused("Receiver", "InternalError", "xml: unsupported type: func()")},
	} {
		r := things.Answer(kindtest.New(), "GetThing", c.v, c.err)
		if r.Status != c.status || string(r.Body) != c.body || r.Header["Content-Type"][0] != "text/xml" || r.Header["X-Amzn-Requestid"][0] != id {
			t.Errorf("%v\n got %d %s\nwant %d %s", c.err, r.Status, r.Body, c.status, c.body)
		}
	}
}
