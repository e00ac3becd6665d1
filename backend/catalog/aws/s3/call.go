package s3

import (
	"encoding/json"
	"net/url"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Call writes an object: the payload names its key and gives its body, text as it is and any other JSON value as JSON; what is
// no text comes as base64.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	bucket, ok := t.Resources[""]
	if !ok {
		return kind.Request{}, fault.New(fault.NotFound, "the bucket is not deployed").At(t.Node)
	}
	var in struct {
		Key    string          `json:"key"`
		Body   json.RawMessage `json:"body"`
		Base64 []byte          `json:"base64"`
		Type   string          `json:"contentType"`
	}
	if err := json.Unmarshal(payload, &in); err != nil || in.Key == "" || (in.Body == nil) == (in.Base64 == nil) {
		return kind.Request{}, fault.New(fault.Invalid, "an object needs a key, and a body or its base64").At(t.Node).Try(`give {"key": "hello.txt", "body": "hello"}`)
	}
	body, contentType := []byte(in.Body), "application/json"
	var text string
	switch {
	case in.Base64 != nil:
		body, contentType = in.Base64, "application/octet-stream"
	case json.Unmarshal(in.Body, &text) == nil:
		body, contentType = []byte(text), "text/plain; charset=utf-8"
	}
	if in.Type != "" {
		contentType = in.Type
	}
	return kind.Request{Service: "s3", Method: "PUT", Path: (&url.URL{Path: "/" + bucket.PhysicalID + "/" + in.Key}).EscapedPath(), Body: body,
		Header: map[string]string{"Content-Type": contentType}}, nil
}
