package lambda

import (
	"encoding/json"
	"net/url"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Call invokes the function and asks for the end of its log. No payload is an empty event.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	fn, ok := t.Resources[""]
	if !ok {
		return kind.Request{}, fault.New(fault.NotFound, "the function is not deployed").At(t.Node)
	}
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	if !json.Valid(payload) {
		return kind.Request{}, fault.New(fault.Invalid, "the payload is no JSON").At(t.Node).Try("a text needs quotes around it")
	}
	return kind.Request{Service: "lambda", Method: "POST", Path: invocations(fn.PhysicalID), Body: payload,
		Header: map[string]string{"Content-Type": "application/json", "X-Amz-Invocation-Type": "RequestResponse", "X-Amz-Log-Type": "Tail"}}, nil
}

// invocations is the path at which a function is invoked.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
func invocations(name string) string {
	return "/2015-03-31/functions/" + url.PathEscape(name) + "/invocations"
}
