package awsapi

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind/kindtest"
)

var plain = JSON{Version: "1.1", Refusal: "UnknownOperationException", Internal: "InternalFailure"}

func TestRead(t *testing.T) {
	for body, want := range map[string]string{
		`{"Name":"a"}`:           "",
		`{"name":"a"}`:           "",
		``:                       "",
		`{"Name":"a","Other":1}`: `UnknownOperationException: the embedded sandbox does not know the parameter "Other" of GetThing`,
		`{`:                      "SerializationException: the request cannot be read: unexpected EOF",
		`{"Name":1}`:             "SerializationException: the request cannot be read: json: cannot unmarshal number into Go struct field .Name of type string",
	} {
		var in struct{ Name string }
		got := ""
		if err := plain.Read("GetThing", []byte(body), &in); err != nil {
			var e Error
			if !errors.As(err, &e) {
				t.Errorf("%s: %v is no answer", body, err)
			}
			got = e.Code + ": " + e.Message
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", body, got, want)
		}
	}
}

func TestAnswer(t *testing.T) {
	old := JSON{Version: "1.0", Space: "com.amazonaws.sqs#", Message: "Message", Internal: "InternalFailure", Denied: 403, Query: map[string]string{"Gone": "Old.Gone", "AccessDeniedException": "AccessDenied"}}
	for _, c := range []struct {
		api         JSON
		v           any
		err         error
		status      int
		body, query string
	}{
		{plain, map[string]int{"n": 1}, nil, 200, `{"n":1}`, ""},
		{plain, nil, nil, 200, ``, ""},
		{plain, nil, plain.Refuse("has no %s", "labels"), 400, `{"__type":"UnknownOperationException","message":"the embedded sandbox has no labels"}`, ""},
		{plain, 1, fmt.Errorf("reading: %w", Errorf("Gone", "it is %d", 7)), 400, `{"__type":"Gone","message":"it is 7"}`, ""},
		{plain, 1, fault.New(fault.Denied, "not you").At("thing"), 400, `{"__type":"AccessDeniedException","message":"not you"}`, ""},
		{plain, 1, fault.New(fault.Conflict, "no").At("thing"), 500, `{"__type":"InternalFailure","message":"thing: no"}`, ""},
		{plain, math.NaN(), nil, 500, `{"__type":"InternalFailure","message":"json: unsupported value: NaN"}`, ""},
		{old, 1, nil, 200, `1`, ""},
		{old, 1, Errorf("Gone", "gone"), 400, `{"Message":"gone","__type":"com.amazonaws.sqs#Gone"}`, "Old.Gone;Sender"},
		{old, 1, Error{403, "Slow", "later"}, 403, `{"Message":"later","__type":"com.amazonaws.sqs#Slow"}`, "Slow;Sender"},
		{old, 1, fault.New(fault.Denied, "not you"), 403, `{"Message":"not you","__type":"com.amazonaws.sqs#AccessDeniedException"}`, "AccessDenied;Sender"},
		{old, 1, errors.New("broken"), 500, `{"Message":"broken","__type":"com.amazonaws.sqs#InternalFailure"}`, "InternalFailure;Receiver"},
	} {
		r := c.api.Answer(kindtest.New(), c.v, c.err)
		query := ""
		if h := r.Header["X-Amzn-Query-Error"]; h != nil {
			query = h[0]
		}
		if r.Status != c.status || string(r.Body) != c.body || query != c.query || r.Header["Content-Type"][0] != "application/x-amz-json-"+c.api.Version || r.Header["X-Amzn-Requestid"][0] == "" {
			t.Errorf("%v, %v\n got %d %s %v\nwant %d %s %s", c.v, c.err, r.Status, r.Body, r.Header, c.status, c.body, c.query)
		}
	}
}
