package httpapi

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"

	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// request is the payload of a call: {"method": "POST", "path": "/orders?dry=true", "headers": {…}, "body": {…}}. A body that is
// no text is sent as JSON.
type request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// Call sends the payload's request to the API.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	address, ok := t.Outputs[kind.Pascal(design.ID(t.Node))+"Url"]
	u, err := url.Parse(address)
	if !ok || err != nil {
		return kind.Request{}, fault.New(fault.NotFound, "the API is not deployed").At(t.Node)
	}
	in := request{Path: "/"}
	if len(payload) > 0 {
		d := json.NewDecoder(strings.NewReader(string(payload)))
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil {
			return kind.Request{}, fault.Wrap(err, fault.Invalid, "the payload is no request").At(t.Node).Try(`send for instance {"method": "POST", "path": "/orders", "body": {"item": "tea"}}`)
		}
	}
	path, query, _ := strings.Cut(in.Path, "?")
	if !strings.HasPrefix(path, "/") {
		return kind.Request{}, fault.New(fault.Invalid, "the path %q does not begin with a slash", in.Path).At(t.Node)
	}
	out := kind.Request{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimSuffix(u.EscapedPath(), "/") + path, Query: query, Header: map[string]string{}}
	if len(in.Body) > 0 && string(in.Body) != "null" {
		var text string
		if out.Body = in.Body; json.Unmarshal(in.Body, &text) == nil {
			out.Body = []byte(text)
		}
		out.Header["Content-Type"] = "application/json"
	}
	out.Method = cmp.Or(strings.ToUpper(in.Method), map[bool]string{true: "GET", false: "POST"}[out.Body == nil])
	for name, v := range in.Headers {
		if strings.EqualFold(name, "Content-Type") {
			name = "Content-Type"
		}
		out.Header[name] = v
	}
	return out, nil
}
