package httpapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/textproto"
	"strconv"

	"airloom/backend/kind"
)

// answer reads a function's result as payload format 2.0 does: an object with a statusCode says everything, anything else is
// the body of a 200.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.v2
func answer(result []byte) (kind.HTTPResponse, error) {
	d := json.NewDecoder(bytes.NewReader(result))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return kind.HTTPResponse{}, fmt.Errorf("the function's result is no JSON: %w", err)
	}
	m, _ := v.(map[string]any)
	if m["statusCode"] == nil {
		body := result
		if s, ok := v.(string); ok {
			body = []byte(s)
		}
		return kind.HTTPResponse{Status: 200, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: body}, nil
	}
	status, err := strconv.Atoi(fmt.Sprint(m["statusCode"]))
	if err != nil || status < 100 || status > 599 {
		return kind.HTTPResponse{}, fmt.Errorf("the function's statusCode is %v", m["statusCode"])
	}
	out := kind.HTTPResponse{Status: status, Header: map[string][]string{}}
	if h := m["headers"]; h != nil {
		headers, ok := h.(map[string]any)
		if !ok {
			return out, fmt.Errorf("the function's headers are no object")
		}
		for name, v := range headers {
			switch v.(type) {
			case string, json.Number, bool:
				out.Header[textproto.CanonicalMIMEHeaderKey(name)] = []string{fmt.Sprint(v)}
			default:
				return out, fmt.Errorf("the function's header %s is no text", name)
			}
		}
	}
	if c := m["cookies"]; c != nil {
		list, ok := c.([]any)
		for _, v := range list {
			s, isText := v.(string)
			ok = ok && isText
			out.Header["Set-Cookie"] = append(out.Header["Set-Cookie"], s)
		}
		if !ok {
			return out, fmt.Errorf("the function's cookies are no list of texts")
		}
	}
	if b := m["body"]; b != nil {
		s, ok := b.(string)
		if !ok {
			return out, fmt.Errorf("the function's body is no text: print it as JSON first")
		}
		out.Body = []byte(s)
		if m["isBase64Encoded"] == true {
			if out.Body, err = base64.StdEncoding.DecodeString(s); err != nil {
				return out, fmt.Errorf("the function's body is not base64: %w", err)
			}
		}
	}
	if out.Header["Content-Type"] == nil && len(out.Body) > 0 {
		out.Header["Content-Type"] = []string{"text/plain; charset=utf-8"}
	}
	return out, nil
}

// problem is an answer of API Gateway's own.
func problem(status int, message string) kind.HTTPResponse {
	return kind.HTTPResponse{Status: status, Header: map[string][]string{"Content-Type": {"application/json"}}, Body: []byte(`{"message":"` + message + `"}`)}
}
