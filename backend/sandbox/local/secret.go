package local

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// secretValue reads a secret through the API that functions use.
func secretValue(arn string, send func(kind.Request) (sandbox.Response, error)) (string, error) {
	body, err := json.Marshal(map[string]string{"SecretId": arn})
	if err != nil {
		return "", fault.Wrap(err, fault.Invalid, "naming the secret")
	}
	out, err := send(kind.Request{Service: "secretsmanager", Method: http.MethodPost, Path: "/", Body: body,
		Header: map[string]string{"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue"}})
	if err != nil {
		return "", err
	}
	var value struct{ SecretString, Message string }
	if err := json.Unmarshal(out.Body, &value); err != nil || out.Status != http.StatusOK {
		return "", fault.New(fault.NotFound, "the secret %s cannot be read: %s", arn, value.Message)
	}
	return value.SecretString, nil
}

// dynamic gives the value of {{resolve:secretsmanager:…}}; it may stand in properties of resources only.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
func (h *held) dynamic(service, reference string) (string, error) {
	if service != "secretsmanager" {
		return "", fault.New(fault.Unsupported, "the embedded sandbox does not resolve references to %s", service)
	}
	part := strings.Split(reference, ":")
	id := 1
	if part[0] == "arn" {
		id = 7
	}
	if len(part) < id {
		return "", fault.New(fault.Invalid, "%q names no secret", reference)
	}
	name, rest := strings.Join(part[:id], ":"), append(part[id:], "", "", "", "")
	if rest[0] != "" && rest[0] != "SecretString" || rest[2] != "" && rest[2] != "AWSCURRENT" || rest[3] != "" {
		return "", fault.New(fault.Unsupported, "the embedded sandbox resolves the current SecretString only, not %q", reference)
	}
	value, err := secretValue(name, func(r kind.Request) (sandbox.Response, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		out, err := h.ask(ctx, r)
		return sandbox.Response{Status: out.Status, Body: out.Body}, err
	})
	if err != nil || rest[1] == "" {
		return value, err
	}
	var fields map[string]any
	if err := json.Unmarshal([]byte(value), &fields); err != nil {
		return "", fault.New(fault.Invalid, "the secret %s is no JSON, so that it has no key %s", name, rest[1])
	}
	field, ok := fields[rest[1]].(string)
	if !ok {
		return "", fault.New(fault.NotFound, "the secret %s has no text under the key %s", name, rest[1])
	}
	return field, nil
}
