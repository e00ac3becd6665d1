package secretsmanager

import (
	"encoding/json"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Call puts the payload into the secret as its new value; without a payload it tells what is known of the secret, never the
// value itself.
func (Kind) Call(t kind.Target, payload []byte) (kind.Request, error) {
	secret, ok := t.Resources[""]
	if !ok {
		return kind.Request{}, fault.New(fault.NotFound, "the secret is not deployed").At(t.Node)
	}
	r := kind.Request{Service: "secretsmanager", Method: "POST", Path: "/"}
	operation, in := "DescribeSecret", map[string]any{"SecretId": secret.PhysicalID}
	if len(payload) > 0 {
		operation, r.Token = "PutSecretValue", "ClientRequestToken"
		in["SecretString"] = string(payload)
	}
	body, err := json.Marshal(in)
	if err != nil {
		return r, fault.Wrap(err, fault.Invalid, "print the request").At(t.Node)
	}
	r.Body, r.Header = body, map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager." + operation}
	return r, nil
}
