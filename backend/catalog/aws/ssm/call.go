package ssm

import (
	"encoding/json"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Call puts the payload into the parameter as its new value; without a payload it reads the value.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	parameter, ok := t.Resources[""]
	if !ok {
		return kind.Request{}, fault.New(fault.NotFound, "the parameter is not deployed").At(t.Node)
	}
	operation, in := "GetParameter", map[string]any{"Name": parameter.PhysicalID}
	if len(payload) > 0 {
		operation = "PutParameter"
		in["Value"], in["Overwrite"] = string(payload), true
	}
	body, err := json.Marshal(in)
	if err != nil {
		return kind.Request{}, fault.Wrap(err, fault.Invalid, "print the request").At(t.Node)
	}
	return kind.Request{Service: "ssm", Method: "POST", Path: "/", Body: body,
		Header: map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target + operation}}, nil
}
