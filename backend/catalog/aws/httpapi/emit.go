package httpapi

import (
	"slices"
	"strconv"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Suffixes of the API's own resources.
const (
	stage, logs, authorizer = "Stage", "Logs", "Authorizer"
)

// accessLog is the line of the access log: every request, and why one failed.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
const accessLog = `{"requestId":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp","method":"$context.httpMethod",` +
	`"path":"$context.path","route":"$context.routeKey","status":"$context.status","bytes":"$context.responseLength","latency":"$context.responseLatency",` +
	`"integrationError":"$context.integrationErrorMessage","authorizerError":"$context.authorizer.error"}`

// corsMethods are all that a route can have: which of them are answered is the routes' business.
var corsMethods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// Emit adds the API, its one stage and the group of its access log.
func (Kind) Emit(s *kind.Scope) error {
	days, err := strconv.Atoi(s.String("retention"))
	if err != nil {
		return fault.New(fault.Invalid, "%q is no number of days", s.String("retention")).At(string(s.Node.ID))
	}
	api := s.Add("", kind.Resource{Type: apiType, Properties: map[string]any{
		"Name": cfn.Join("-", cfn.StackName, s.Logical("")), "ProtocolType": "HTTP"}})
	for _, origin := range s.Strings("corsOrigins") {
		admit(s, origin)
	}
	// Under this prefix API Gateway needs no room in the account's log policy.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
	group := s.Add(logs, kind.Resource{Type: "AWS::Logs::LogGroup", DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete", Properties: map[string]any{
		"LogGroupName": cfn.Join("", "/aws/vendedlogs/", cfn.StackName, "-"+api), "RetentionInDays": days}})
	p := map[string]any{"ApiId": cfn.Ref(api), "StageName": defaultRoute, "AutoDeploy": true,
		"AccessLogSettings": map[string]any{"DestinationArn": cfn.GetAtt(group, "Arn"), "Format": accessLog}}
	if settings := limits(s); len(settings) > 0 {
		p["DefaultRouteSettings"] = settings
	}
	s.Add(stage, kind.Resource{Type: stageType, Properties: p})
	s.Output("Url", "Address of the API "+s.Node.Name, cfn.GetAtt(api, "ApiEndpoint"))
	return nil
}

func limits(s *kind.Scope) map[string]any {
	m := map[string]any{}
	if rate := s.Number("rate"); rate > 0 {
		m["ThrottlingRateLimit"], m["ThrottlingBurstLimit"] = kind.Whole(rate), kind.Whole(rate)
	}
	if burst := s.Number("burst"); burst > 0 {
		m["ThrottlingBurstLimit"] = kind.Whole(burst)
	}
	if s.Flag("metrics") {
		m["DetailedMetricsEnabled"] = true
	}
	return m
}

// admit lets the pages of an origin call the API.
func admit(s *kind.Scope, origin any) {
	p := s.Resource("").Properties
	cors, _ := p["CorsConfiguration"].(map[string]any)
	if cors == nil {
		cors = map[string]any{"AllowMethods": texts(corsMethods), "AllowHeaders": texts(s.Strings("corsHeaders")), "MaxAge": kind.Whole(s.Number("corsMaxAge"))}
		if s.Flag("corsCredentials") {
			cors["AllowCredentials"] = true
		}
		if names := s.Strings("corsExpose"); len(names) > 0 {
			cors["ExposeHeaders"] = texts(names)
		}
		p["CorsConfiguration"] = cors
	}
	list, _ := cors["AllowOrigins"].([]any)
	cors["AllowOrigins"] = append(list, origin)
}

// Grant tells a caller the API's address and, where it is a browser, admits its pages. No permission is needed: an HTTP API is
// open, and its routes say who may call them.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	if b, ok := w.FromKind.(kind.Browser); ok {
		admit(w.To, b.Origin(w.From))
	}
	url := cfn.GetAtt(w.To.Logical(""), "ApiEndpoint")
	return kind.Grant{ARN: url, Variables: map[string]any{"URL": url}, Settings: map[string]any{"apiUrl": url}}, nil
}

// Use takes up the identity provider: its issuer and audience make the authorizer, which routes may have asked for already.
func (Kind) Use(w *kind.Wire, g kind.Grant) error {
	p := ensureAuthorizer(w.From).Properties
	if p["JwtConfiguration"] != nil {
		w.Find(fault.Blocking, "api-identity", "", "keep one of the wires", "%s has two identity providers", w.From.Node.Name)
	}
	p["JwtConfiguration"] = map[string]any{"Issuer": g.Settings["issuer"], "Audience": []any{g.Settings["audience"]}}
	return nil
}

// ensureAuthorizer adds the authorizer; Finish finds one that no identity provider has completed.
func ensureAuthorizer(s *kind.Scope) *kind.Resource {
	if s.Resource(authorizer) == nil {
		s.Add(authorizer, kind.Resource{Type: authorizerType, Properties: map[string]any{"ApiId": cfn.Ref(s.Logical("")), "AuthorizerType": "JWT",
			"Name": s.Logical(authorizer), "IdentitySource": []any{"$request.header.Authorization"}}})
	}
	return s.Resource(authorizer)
}

// RouteSender is API Gateway on behalf of this one route.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-permissions.html
func (Kind) RouteSender(w *kind.Wire) (kind.Sender, error) {
	method, path := routeOf(w)
	if method == "ANY" {
		method = "*"
	}
	if path == defaultRoute {
		method, path = "*", ""
	}
	return kind.Sender{Principal: principal, SourceARN: cfn.Join("", "arn:", cfn.Partition, ":execute-api:", cfn.Region, ":", cfn.AccountID, ":",
		cfn.Ref(w.From.Logical("")), "/*/"+method+path)}, nil
}

// Route adds the route and its integration.
func (Kind) Route(w *kind.Wire, to kind.Endpoint) error {
	api, timeout := cfn.Ref(w.From.Logical("")), w.Number("timeout")
	method, path := routeOf(w)
	key := method + " " + path
	if path == defaultRoute {
		key = defaultRoute
	}
	// An API has no variables: the scope remembers which wire has the route.
	if err := w.From.SetVariable(key, string(w.Edge.ID)); err != nil {
		w.Find(fault.Blocking, "api-route", "path", "give one of them another method or path", "two wires of %s have the route %s", w.From.Node.Name, key)
	}
	if own := w.To.Number("timeout"); own > timeout {
		w.Find(fault.Warning, "api-timeout", "timeout", "shorten the function's timeout, or put a queue between the two",
			"%s may run for %g s, but %s waits for an answer for %g s only", w.To.Node.Name, own, w.From.Node.Name, timeout)
	}
	integration := w.Add("Integration", kind.Resource{Type: integrationType, Properties: map[string]any{"ApiId": api, "IntegrationType": "AWS_PROXY",
		"IntegrationUri": to.ARN, "PayloadFormatVersion": "2.0", "TimeoutInMillis": kind.Whole(timeout * 1000)}})
	p := map[string]any{"ApiId": api, "RouteKey": key, "Target": cfn.Join("/", "integrations", cfn.Ref(integration)), "AuthorizationType": "NONE"}
	if w.String("authorization") == signedIn {
		ensureAuthorizer(w.From)
		p["AuthorizationType"], p["AuthorizerId"] = "JWT", cfn.Ref(w.From.Logical(authorizer))
		if scopes := w.Strings("scopes"); len(scopes) > 0 {
			p["AuthorizationScopes"] = texts(scopes)
		}
	} else if len(w.Strings("scopes")) > 0 {
		w.Find(fault.Blocking, "api-scopes", "authorization", "let only people who are signed in call it", "the route %s asks for scopes and takes everybody", key)
	}
	w.Add("Route", kind.Resource{Type: routeType, DependsOn: to.DependsOn, Properties: p})
	return nil
}

// Finish finds routes for people who are signed in where nobody signs them in.
func (Kind) Finish(s *kind.Scope) error {
	if a := s.Resource(authorizer); a != nil && a.Properties["JwtConfiguration"] == nil {
		s.Find(fault.Blocking, "api-identity", "", "wire the API to an identity provider, for instance Auth0", "%s has routes for people who are signed in, and no identity provider", s.Node.Name)
	}
	return nil
}

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	var out []fault.Finding
	for _, origin := range s.Strings("corsOrigins") {
		scheme, host, ok := strings.Cut(origin, "://")
		if origin != "*" && (!ok || scheme == "" || host == "" || strings.ContainsAny(host, "/?#")) {
			out = append(out, fault.Finding{Rule: "api-cors", Severity: fault.Blocking, Node: string(s.Node.ID), Field: "corsOrigins", Source: docCORS,
				Message: origin + " is no origin", Hint: "write scheme and host alone: https://shop.example.com"})
		}
	}
	if s.Flag("corsCredentials") && slices.Contains(s.Strings("corsOrigins"), "*") {
		out = append(out, fault.Finding{Rule: "api-cors", Severity: fault.Blocking, Node: string(s.Node.ID), Field: "corsOrigins", Source: docCORS,
			Message: "pages of every origin cannot be allowed to send cookies", Hint: "name the origins"})
	}
	return out
}

// routeOf is the wire's method and path.
func routeOf(w *kind.Wire) (method, path string) { return w.String("method"), w.String("path") }

func texts(in []string) []any {
	out := make([]any, len(in))
	for i, s := range in {
		out[i] = s
	}
	return out
}
