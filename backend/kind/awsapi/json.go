package awsapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"airloom/backend/kind"
)

// JSON is how an API of the JSON protocol speaks: requests are read strictly, and errors name their type.
// https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
type JSON struct {
	Version  string // of the protocol: "1.0" or "1.1"
	Space    string // what the types of its errors begin with: "com.amazonaws.sqs#"
	Message  string // the member of an error that says what is wrong; "" is "message"
	Refusal  string // the code of what only the embedded sandbox cannot do
	Internal string // the code of our own mistakes
	Denied   int    // the status where a permission is missing; 0 is 400
	// Query are the codes of an older query protocol, which SDKs still show to programs, where they differ; nil where there is
	// none. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
	Query map[string]string
}

// Refuse names what only the embedded sandbox cannot do: the message begins with its name.
func (a JSON) Refuse(format string, args ...any) Error {
	return Errorf(a.Refusal, "the embedded sandbox "+format, args...)
}

// Read decodes the request of an operation.
func (a JSON) Read(operation string, body []byte, into any) error {
	err := Decode(body, into)
	var unknown Unknown
	switch {
	case err == nil:
		return nil
	case errors.As(err, &unknown):
		return a.Refuse("does not know the parameter %q of %s", string(unknown), operation)
	}
	return Errorf("SerializationException", "the request cannot be read: %s", err.Error())
}

// Unknown is a parameter that is not known here.
type Unknown string

func (u Unknown) Error() string { return "unknown parameter " + string(u) }

// Decode decodes a body; an empty one has no parameters. A parameter that is not known is an error, never ignored.
func Decode(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return Unknown(strings.Trim(name, `"`))
	}
	return err
}

// Answer prints what an operation gave, or its error. An operation that gives nil has an empty answer.
func (a JSON) Answer(w kind.World, v any, err error) kind.HTTPResponse {
	var body []byte
	if err == nil && v != nil {
		body, err = json.Marshal(v)
	}
	if err == nil {
		return Response(w, a.Version, 200, body)
	}
	e := errorOf(err, Error{cmp.Or(a.Denied, 400), "AccessDeniedException", ""}, a.Internal)
	body, _ = json.Marshal(map[string]string{"__type": a.Space + e.Code, cmp.Or(a.Message, "message"): e.Message}) // texts always print
	out := Response(w, a.Version, e.Status, body)
	if a.Query != nil {
		out.Header["X-Amzn-Query-Error"] = []string{cmp.Or(a.Query[e.Code], e.Code) + ";" + e.side()}
	}
	return out
}

// Response is a printed answer.
func Response(w kind.World, version string, status int, body []byte) kind.HTTPResponse {
	return kind.HTTPResponse{Status: status, Body: body, Header: map[string][]string{"Content-Type": {"application/x-amz-json-" + version}, "X-Amzn-Requestid": {w.NewID()}}}
}
