// Package httpapi is the kind aws.httpapi: an HTTP API of API Gateway whose routes are wires to functions. kind.go says what it
// is, emit.go which CloudFormation it becomes; simulate.go and its neighbours are its offline behaviour over kind.World. It
// imports kind, cfn, design and fault only.
package httpapi

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the API's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.RouteSource = Kind{}
	_ kind.CallSource  = Kind{}
	_ kind.CallTarget  = Kind{}
	_ kind.Finisher    = Kind{}
	_ kind.Simulator   = Kind{}
	_ kind.Caller      = Kind{}
	_ kind.Checker     = Kind{}
)

const (
	docRoutes   = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html"
	docCORS     = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html"
	docThrottle = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html"
	docJWT      = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html"
	docLogs     = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html"
	docLimits   = "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"

	// defaultRoute is the path of the route that takes what no other route matches, and the name of the one stage.
	defaultRoute = "$default"
	// signedIn is the authorization of a route that takes people with a token of the identity provider only.
	signedIn = "signed in"
)

// Spec describes the API.
func (Kind) Spec() kind.Spec {
	retention := []string{"1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731", "1096", "1827", "2192", "2557", "2922", "3288", "3653"}
	return kind.Spec{
		ID: "aws.httpapi", Title: "HTTP API", Noun: "api", Category: "API",
		Summary:  "Answers HTTP requests with functions: each wire to a function is a route",
		Keywords: []string{"api gateway", "rest", "http", "route", "endpoint", "cors", "jwt", "url"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html",
		Shape: kind.Box, Callable: true, Sample: `{"method": "GET", "path": "/"}`,
		Fields: []kind.Field{
			{Name: "corsOrigins", Title: "Origins", Type: kind.List, Group: "Browsers (CORS)", Doc: docCORS,
				Help: "Web pages that may call the API: https://shop.example.com. A wired web client is added by itself."},
			{Name: "corsHeaders", Title: "Request headers", Type: kind.List, Group: "Browsers (CORS)", Default: []any{"authorization", "content-type"}, Doc: docCORS},
			{Name: "corsExpose", Title: "Response headers", Type: kind.List, Group: "Browsers (CORS)", Doc: docCORS, Help: "Headers of the answer that pages may read."},
			{Name: "corsCredentials", Title: "Cookies", Type: kind.Flag, Group: "Browsers (CORS)", Default: false, Doc: docCORS, Help: "Pages may send cookies along."},
			{Name: "corsMaxAge", Title: "Remember for", Type: kind.Number, Group: "Browsers (CORS)", Default: 300.0, Min: kind.Bound(0), Max: kind.Bound(86400), Step: 1, Unit: "s", Doc: docCORS},
			{Name: "rate", Title: "Requests per second", Type: kind.Number, Group: "Limits", Min: kind.Bound(1), Max: kind.Bound(10000), Step: 1, Doc: docThrottle,
				Help: "What comes above it gets 429. Left empty the account's limit counts."},
			{Name: "burst", Title: "Requests at once", Type: kind.Number, Group: "Limits", Min: kind.Bound(1), Max: kind.Bound(5000), Step: 1, Doc: docThrottle,
				Help: "Left empty it is as many as come within a second."},
			{Name: "retention", Title: "Keep access logs for", Type: kind.Choice, Group: "Operation", Options: retention, Default: "14", Unit: "days", Doc: docLogs},
			{Name: "metrics", Title: "Metrics per route", Type: kind.Flag, Group: "Operation", Default: false, Doc: docLogs},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Called by", Dir: kind.In, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"fetch"}}}},
			{ID: "out", Title: "Routes", Dir: kind.Out, Speaks: []kind.Speak{{Protocol: kind.Route}}, Fields: []kind.Field{
				{Name: "method", Title: "Method", Type: kind.Choice, Options: []string{"ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}, Default: "ANY", Doc: docRoutes},
				{Name: "path", Title: "Path", Type: kind.Text, Default: "/", Doc: docRoutes,
					Pattern: `\$default|/|(/([A-Za-z0-9._~%!&'()*,;=:@-]+|\{[A-Za-z0-9._:-]+\}))*(/([A-Za-z0-9._~%!&'()*,;=:@-]+|\{[A-Za-z0-9._:-]+\+?\}))`,
					Help:    "/orders/{id} takes one segment, /files/{path+} all that follow; $default takes what no other route matches."},
				{Name: "authorization", Title: "Who may call", Type: kind.Choice, Options: []string{"everybody", signedIn}, Default: "everybody", Doc: docJWT,
					Help: "“signed in” needs a wire from the API to an identity provider."},
				{Name: "scopes", Title: "Scopes", Type: kind.List, Doc: docJWT, Help: "The token needs at least one of them."},
				{Name: "timeout", Title: "Timeout", Type: kind.Number, Default: 30.0, Min: kind.Bound(0.05), Max: kind.Bound(30), Step: 0.05, Unit: "s", Doc: docLimits},
			}},
			{ID: "identity", Title: "Signs in with", Dir: kind.Out, Max: 1, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"verify"}}}},
		},
	}
}
