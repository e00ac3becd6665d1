package httpapi

import (
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// payload is the event of payload format 2.0.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
type payload struct {
	Version        string            `json:"version"`
	RouteKey       string            `json:"routeKey"`
	RawPath        string            `json:"rawPath"`
	RawQuery       string            `json:"rawQueryString"`
	Cookies        []string          `json:"cookies,omitempty"`
	Headers        map[string]string `json:"headers"`
	Query          map[string]string `json:"queryStringParameters,omitempty"`
	Context        requestContext    `json:"requestContext"`
	PathParameters map[string]string `json:"pathParameters,omitempty"`
	StageVariables map[string]string `json:"stageVariables,omitempty"`
	Body           *string           `json:"body,omitempty"`
	Base64         bool              `json:"isBase64Encoded"`
}

type requestContext struct {
	AccountID    string        `json:"accountId"`
	APIID        string        `json:"apiId"`
	Authorizer   *authorizerIn `json:"authorizer,omitempty"`
	DomainName   string        `json:"domainName"`
	DomainPrefix string        `json:"domainPrefix"`
	HTTP         httpIn        `json:"http"`
	RequestID    string        `json:"requestId"`
	RouteKey     string        `json:"routeKey"`
	Stage        string        `json:"stage"`
	Time         string        `json:"time"`
	TimeEpoch    int64         `json:"timeEpoch"`
}

type authorizerIn struct {
	JWT jwtIn `json:"jwt"`
}

type jwtIn struct {
	Claims map[string]string `json:"claims"`
	Scopes []string          `json:"scopes"` // null where the route asks for none
}

type httpIn struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

// event prints a request as the function sees it. API Gateway decodes the path and gives it as rawPath.
func event(w kind.World, api, stage kind.Instance, r kind.HTTPRequest, to route, who *authorizerIn, id string, now time.Time) ([]byte, error) {
	p := payload{Version: "2.0", RouteKey: to.key, RawPath: r.Path, RawQuery: r.Query, Headers: map[string]string{}, PathParameters: to.params,
		Context: requestContext{AccountID: w.Account(), APIID: api.PhysicalID, Authorizer: who, DomainName: r.Host, DomainPrefix: api.PhysicalID,
			HTTP:      httpIn{Method: r.Method, Path: r.Path, Protocol: "HTTP/1.1", SourceIP: sourceIP(r.Remote), UserAgent: r.Get("User-Agent")},
			RequestID: id, RouteKey: to.key, Stage: defaultRoute, Time: now.UTC().Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: now.UnixMilli()}}
	for name, values := range r.Header {
		switch name {
		case "Cookie":
			p.Cookies = cookies(values)
		case "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Proxy-Connection", "Te", "Trailer":
			// between two neighbours only
		default:
			p.Headers[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	_, port, ok := strings.Cut(r.Host, ":")
	if !ok {
		port = map[string]string{"http": "80", "https": "443"}[r.Scheme]
	}
	forwarded := sourceIP(r.Remote)
	if have := p.Headers["x-forwarded-for"]; have != "" {
		forwarded = have + ", " + forwarded
	}
	for name, v := range map[string]string{"host": r.Host, "content-length": strconv.Itoa(len(r.Body)), "x-forwarded-for": forwarded, "x-forwarded-port": port, "x-forwarded-proto": r.Scheme,
		"x-amzn-trace-id": traceID(w, now)} {
		p.Headers[name] = v
	}
	p.Query = query(r.Query)
	if m, ok := stage.Properties["StageVariables"].(map[string]any); ok && len(m) > 0 {
		p.StageVariables = map[string]string{}
		for k, v := range m {
			p.StageVariables[k] = property.Text(v)
		}
	}
	if len(r.Body) > 0 {
		body := string(r.Body)
		if p.Base64 = !isText(r.Get("Content-Type")); p.Base64 {
			body = base64.StdEncoding.EncodeToString(r.Body)
		}
		p.Body = &body
	}
	return json.Marshal(p)
}

// query decodes a query string; several values of a name are joined by commas.
func query(raw string) map[string]string {
	out := map[string]string{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, value = unescape(name), unescape(value)
		if have, ok := out[name]; ok {
			value = have + "," + value
		}
		out[name] = value
	}
	return out
}

func unescape(s string) string {
	if t, err := url.QueryUnescape(s); err == nil {
		return t
	}
	return s
}

func cookies(headers []string) []string {
	var out []string
	for _, h := range headers {
		for c := range strings.SplitSeq(h, ";") {
			if c = strings.TrimSpace(c); c != "" {
				out = append(out, c)
			}
		}
	}
	return out
}

// isText tells whether a body goes into the event as it is; anything else, a form too, is encoded.
func isText(contentType string) bool {
	t, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	t = strings.TrimSpace(t)
	switch t {
	case "application/json", "application/javascript", "application/xml":
		return true
	}
	return strings.HasPrefix(t, "text/") || strings.HasPrefix(t, "application/") && (strings.HasSuffix(t, "+json") || strings.HasSuffix(t, "+xml"))
}

func sourceIP(remote string) string {
	if a, err := netip.ParseAddrPort(remote); err == nil {
		return a.Addr().Unmap().String()
	}
	return remote
}

// traceID has the form of X-Ray's: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func traceID(w kind.World, now time.Time) string {
	return "Root=1-" + strconv.FormatInt(now.Unix(), 16) + "-" + strings.ReplaceAll(w.NewID(), "-", "")[8:]
}

// requestID has the form of API Gateway's: 15 characters and an equals sign.
func requestID(w kind.World) string {
	id := strings.ReplaceAll(w.NewID(), "-", "")
	raw := make([]byte, 11)
	for i := range raw {
		n, _ := strconv.ParseUint(id[2*i+10:2*i+12], 16, 8)
		raw[i] = byte(n)
	}
	return base64.URLEncoding.EncodeToString(raw)
}
