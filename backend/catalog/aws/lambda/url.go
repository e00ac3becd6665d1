package lambda

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// checkURL refuses what is not simulated: signed requests and streamed answers.
func checkURL(p map[string]any) error {
	if auth, ok := p["AuthType"].(string); ok && auth != "NONE" {
		return fault.New(fault.Unsupported, "function addresses with the authorisation %s are not simulated, only NONE", auth).At("AuthType")
	}
	if mode, ok := p["InvokeMode"].(string); ok && mode != "BUFFERED" {
		return fault.New(fault.Unsupported, "answers of the mode %s are not simulated, only BUFFERED", mode).At("InvokeMode")
	}
	return onlyLatest(map[string]any{"FunctionName": p["TargetFunctionArn"]})
}

func createURL(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	fn, err := target(w, in, "TargetFunctionArn")
	if err != nil {
		return in, err
	}
	in.PhysicalID = fn.ARN
	in.Attributes = map[string]any{"FunctionArn": fn.ARN, "FunctionUrl": w.Address(in.LogicalID) + "/"}
	return in, nil
}

// serveURL answers a request at the function's public address. Since October 2025 it needs both permissions.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
func serveURL(ctx context.Context, w kind.World, in kind.Instance, r kind.HTTPRequest) kind.HTTPResponse {
	fn, ok := functionOf(w, property.Text(in.Properties, "TargetFunctionArn"))
	if !ok {
		return refusal(404, "ResourceNotFoundException", "Not Found")
	}
	conditions := map[string]string{"lambda:FunctionUrlAuthType": "NONE", "lambda:InvokedViaFunctionUrl": "true"}
	for _, action := range []string{"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"} {
		if err := w.Allow(kind.Access{Action: action, Resource: fn.ARN, Context: conditions}); err != nil {
			w.Log(in.Node, "warning", "a request to the public address is refused: %s", fault.As(err).Message)
			return refusal(403, "AccessDeniedException", "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html")
		}
	}
	payload, err := json.Marshal(urlEvent(w, r))
	if err != nil {
		return refusal(500, "ServiceException", "Internal Server Error")
	}
	if len(payload) > eventLimit {
		return refusal(413, "RequestEntityTooLargeException", "Request Entity Too Large")
	}
	result, err := w.Invoke(ctx, kind.Invocation{Function: fn.ARN, Principal: owner, Payload: payload})
	switch {
	case fault.CodeOf(err) == fault.Limit:
		return refusal(429, "TooManyRequestsException", "Rate Exceeded.")
	case err != nil:
		w.Log(in.Node, "error", "%s", err)
		return refusal(502, "ServiceException", "Internal Server Error")
	case result.FunctionError != "":
		return refusal(502, "", "Internal Server Error")
	}
	return urlResponse(result)
}

func refusal(status int, code, message string) kind.HTTPResponse {
	header := map[string][]string{"Content-Type": {"application/json"}}
	if code != "" {
		header["X-Amzn-Errortype"] = []string{code}
	}
	text, _ := json.Marshal(map[string]string{"Message": message}) // a text always prints
	return kind.HTTPResponse{Status: status, Header: header, Body: text}
}

// urlEvent is a request as functions see it: the payload format 2.0.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
func urlEvent(w kind.World, r kind.HTTPRequest) map[string]any {
	now := w.Now().UTC()
	headers := map[string]string{"host": r.Host}
	var cookies []string
	for name, values := range r.Header {
		if name == "Cookie" {
			for _, v := range values {
				for c := range strings.SplitSeq(v, ";") {
					cookies = append(cookies, strings.TrimSpace(c))
				}
			}
			continue
		}
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	source := r.Remote
	if address, err := netip.ParseAddrPort(r.Remote); err == nil {
		source = address.Addr().String()
	}
	host, _, _ := strings.Cut(r.Host, ":")
	prefix, _, _ := strings.Cut(host, ".")
	path := r.RawPath
	if path == "" {
		path = r.Path
	}
	event := map[string]any{"version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": r.Query, "headers": headers, "isBase64Encoded": false,
		"requestContext": map[string]any{"accountId": "anonymous", "apiId": prefix, "domainName": host, "domainPrefix": prefix, "requestId": w.NewID(),
			"routeKey": "$default", "stage": "$default", "time": now.Format("02/Jan/2006:15:04:05 -0700"), "timeEpoch": now.UnixMilli(),
			"http": map[string]any{"method": r.Method, "path": path, "protocol": "HTTP/1.1", "sourceIp": source, "userAgent": r.Get("User-Agent")}}}
	if len(cookies) > 0 {
		event["cookies"] = cookies
	}
	if query, err := url.ParseQuery(r.Query); err == nil && len(query) > 0 {
		parameters := map[string]string{}
		for name, values := range query {
			parameters[name] = strings.Join(values, ",")
		}
		event["queryStringParameters"] = parameters
	}
	if len(r.Body) > 0 {
		if event["body"] = string(r.Body); !textual(r.Get("Content-Type")) || !utf8.Valid(r.Body) {
			event["body"], event["isBase64Encoded"] = base64.StdEncoding.EncodeToString(r.Body), true
		}
	}
	return event
}

// textual tells which bodies functions get as they are; all others come in base64.
func textual(contentType string) bool {
	media, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	media = strings.TrimSpace(media)
	return media == "" || strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml") ||
		slices.Contains([]string{"application/json", "application/xml", "application/javascript"}, media)
}

// urlResponse reads the function's answer: the parts of a response, or any JSON, which is then the body.
func urlResponse(r kind.InvokeResult) kind.HTTPResponse {
	var parts struct {
		StatusCode      *int            `json:"statusCode"`
		Headers         map[string]any  `json:"headers"`
		Cookies         []string        `json:"cookies"`
		Body            json.RawMessage `json:"body"`
		IsBase64Encoded bool            `json:"isBase64Encoded"`
	}
	out := kind.HTTPResponse{Status: 200, Header: map[string][]string{"Content-Type": {"application/json"}, "X-Amzn-Requestid": {r.RequestID}}}
	if err := json.Unmarshal(r.Payload, &parts); err != nil || parts.StatusCode == nil {
		out.Body = r.Payload
		var text *string
		if json.Unmarshal(r.Payload, &text) == nil && text != nil {
			out.Body = []byte(*text)
		}
		return out
	}
	out.Status = *parts.StatusCode
	for name, v := range parts.Headers {
		out.Header[textproto.CanonicalMIMEHeaderKey(name)] = []string{plain(v)}
	}
	if len(parts.Cookies) > 0 {
		out.Header["Set-Cookie"] = parts.Cookies
	}
	var body string
	if json.Unmarshal(parts.Body, &body) != nil {
		body = string(parts.Body) // an object where a text was expected
	}
	out.Body = []byte(body)
	if parts.IsBase64Encoded {
		raw, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			return refusal(502, "", "Internal Server Error")
		}
		out.Body = raw
	}
	return out
}

// plain is a header's value as text.
func plain(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	text, _ := json.Marshal(v) // it came from JSON
	return string(text)
}
