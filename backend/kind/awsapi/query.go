package awsapi

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"net/url"

	"airloom/backend/kind"
)

// Query is how an API of the query protocol speaks: a form comes in, and XML goes out.
// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
type Query struct {
	Namespace string // of its documents: "http://sns.amazonaws.com/doc/2010-03-31/"
	Denied    string // the code where a permission is missing
	Internal  string // the code of our own mistakes
}

// Form reads a request, which has its parameters in the address where it was signed beforehand.
func (q Query) Form(r kind.APIRequest) (url.Values, error) {
	form, err := url.ParseQuery(string(r.Body))
	if err == nil && len(form) == 0 {
		form, err = url.ParseQuery(r.Query)
	}
	if err != nil {
		return nil, Errorf("MalformedQueryString", "the request cannot be read: %s", err)
	}
	return form, nil
}

// Error is an error as the API answers it.
func (q Query) Error(err error) Error { return errorOf(err, Error{403, q.Denied, ""}, q.Internal) }

// Answer prints a result within "<Action>Result", or an error.
func (q Query) Answer(w kind.World, action string, v any, err error) kind.HTTPResponse {
	id := w.NewID()
	out := kind.HTTPResponse{Status: 200, Header: map[string][]string{"Content-Type": {"text/xml"}, "X-Amzn-Requestid": {id}}}
	if err == nil {
		out.Body, err = q.print(action+"Response", part{action + "Result", v}, part{"ResponseMetadata", struct{ RequestId string }{id}})
	}
	if err != nil {
		e := q.Error(err)
		out.Status = e.Status
		out.Body, _ = q.print("ErrorResponse", part{"Error", struct{ Type, Code, Message string }{e.side(), e.Code, e.Message}}, part{"RequestId", id}) // texts always print
	}
	return out
}

// part is an element of an answer.
type part struct {
	name  string
	value any
}

func (q Query) print(name string, parts ...part) ([]byte, error) {
	var b bytes.Buffer
	x := xml.NewEncoder(&b)
	outer := xml.StartElement{Name: xml.Name{Space: q.Namespace, Local: name}}
	err := x.EncodeToken(outer)
	for _, p := range parts {
		err = cmp.Or(err, x.EncodeElement(p.value, xml.StartElement{Name: xml.Name{Local: p.name}}))
	}
	err = cmp.Or(err, x.EncodeToken(outer.End()), x.Flush())
	return b.Bytes(), err
}
