package httpapi

import (
	"context"
	"strings"
	"sync"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// The resource types of an HTTP API.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGatewayV2.html
const (
	apiType         = "AWS::ApiGatewayV2::Api"
	stageType       = "AWS::ApiGatewayV2::Stage"
	routeType       = "AWS::ApiGatewayV2::Route"
	integrationType = "AWS::ApiGatewayV2::Integration"
	authorizerType  = "AWS::ApiGatewayV2::Authorizer"

	// principal is who invokes functions.
	principal = "apigateway.amazonaws.com"
)

// Simulate makes API Gateway: every API answers at its own address, functions are invoked as API Gateway does it, so that a
// missing permission shows here as it does there.
func (Kind) Simulate() kind.Simulation {
	g := &gateway{issuers: map[string]keySet{}, buckets: map[string]bucket{}}
	return kind.Simulation{Types: []kind.ResourceType{
		{
			Type: apiType, Properties: []string{"Name", "ProtocolType", "CorsConfiguration", "RouteSelectionExpression", "DisableExecuteApiEndpoint"},
			Ignored: []string{"Description", "Tags", "Version", "IpAddressType"}, Replace: []string{"ProtocolType"},
			Check: checkAPI, Create: createAPI, Delete: g.forget, Serve: g.serve,
		}, {
			Type: stageType, Properties: []string{"ApiId", "StageName", "AutoDeploy", "AccessLogSettings", "DefaultRouteSettings.ThrottlingBurstLimit", "DefaultRouteSettings.ThrottlingRateLimit",
				"DefaultRouteSettings.DetailedMetricsEnabled", "StageVariables"},
			Ignored: []string{"Description", "Tags"}, Replace: []string{"ApiId", "StageName"}, Check: checkStage,
			Create: func(_ context.Context, _ kind.World, in kind.Instance) (kind.Instance, error) {
				in.PhysicalID = property.Text(in.Properties, "StageName")
				return in, nil
			},
		}, {
			Type: integrationType, Properties: []string{"ApiId", "IntegrationType", "IntegrationUri", "PayloadFormatVersion", "TimeoutInMillis"},
			Ignored: []string{"Description", "IntegrationMethod", "ConnectionType"}, Replace: []string{"ApiId"}, Check: checkIntegration, Create: named("IntegrationId"),
		}, {
			Type: routeType, Properties: []string{"ApiId", "RouteKey", "Target", "AuthorizationType", "AuthorizerId", "AuthorizationScopes"},
			Ignored: []string{"OperationName"}, Replace: []string{"ApiId"}, Check: checkRoute, Create: named("RouteId"),
		}, {
			Type: authorizerType, Properties: []string{"ApiId", "AuthorizerType", "IdentitySource", "JwtConfiguration", "Name"},
			Replace: []string{"ApiId"}, Check: checkAuthorizer, Create: named("AuthorizerId"),
		},
	}}
}

// gateway is what API Gateway remembers between requests; none of it needs to outlive a restart.
type gateway struct {
	mu      sync.Mutex
	issuers map[string]keySet // keys of issuers, by issuer
	buckets map[string]bucket // of throttling, by API
}

func createAPI(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID = shortID(w)
	in.Attributes = map[string]any{"ApiId": in.PhysicalID, "ApiEndpoint": w.Address(in.LogicalID)}
	return in, nil
}

func (g *gateway) forget(_ context.Context, _ kind.World, in kind.Instance) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.buckets, in.PhysicalID)
	return nil
}

// named makes a resource that other resources name by an id.
func named(attribute string) func(context.Context, kind.World, kind.Instance) (kind.Instance, error) {
	return func(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
		in.PhysicalID = shortID(w)
		in.Attributes = map[string]any{attribute: in.PhysicalID}
		return in, nil
	}
}

// shortID is an id as API Gateway makes them: ten lower-case letters and digits.
func shortID(w kind.World) string {
	id := strings.ReplaceAll(w.NewID(), "-", "")
	return strings.ToLower(id[len(id)-10:])
}

func checkAPI(p map[string]any) error {
	if v := property.Text(p, "ProtocolType"); v != "" && v != "HTTP" {
		return fault.New(fault.Unsupported, "the embedded sandbox has HTTP APIs and no %s ones", v).At("ProtocolType")
	}
	if v := property.Text(p, "RouteSelectionExpression"); v != "" && v != "${request.method} ${request.path}" {
		return fault.New(fault.Invalid, "an HTTP API selects routes by method and path").At("RouteSelectionExpression")
	}
	if property.Flag(p, "DisableExecuteApiEndpoint") {
		return fault.New(fault.Unsupported, "the embedded sandbox has no custom domains: without its own address the API cannot be reached").At("DisableExecuteApiEndpoint")
	}
	return nil
}

func checkStage(p map[string]any) error {
	if v := property.Text(p, "StageName"); v != "" && v != defaultRoute {
		return fault.New(fault.Unsupported, "the embedded sandbox serves the stage $default, not %s", v).At("StageName")
	}
	if auto := p["AutoDeploy"]; auto == nil || auto == false || auto == "false" {
		return fault.New(fault.Unsupported, "the embedded sandbox deploys what changes at once: AutoDeploy has to be true").At("AutoDeploy")
	}
	return nil
}

func checkIntegration(p map[string]any) error {
	if v := property.Text(p, "IntegrationType"); v != "" && v != "AWS_PROXY" {
		return fault.New(fault.Unsupported, "the embedded sandbox integrates functions (AWS_PROXY), not %s", v).At("IntegrationType")
	}
	if v, known := p["PayloadFormatVersion"]; v == nil || known && property.Text(v) != "" && v != "2.0" {
		return fault.New(fault.Unsupported, "the embedded sandbox sends payload format 2.0").At("PayloadFormatVersion")
	}
	if ms, ok := number(p["TimeoutInMillis"]); ok && (ms < 50 || ms > 30000) {
		return fault.New(fault.Invalid, "the timeout is %g ms, and an integration takes 50 to 30000", ms).At("TimeoutInMillis")
	}
	return nil
}

func checkRoute(p map[string]any) error {
	switch v := property.Text(p, "AuthorizationType"); v {
	case "", "NONE", "JWT":
	default:
		return fault.New(fault.Unsupported, "the embedded sandbox checks JWTs, and no authorization of the type %s", v).At("AuthorizationType")
	}
	if key := property.Text(p, "RouteKey"); key != "" && key != defaultRoute {
		if method, path, ok := strings.Cut(key, " "); !ok || method == "" || !strings.HasPrefix(path, "/") {
			return fault.New(fault.Invalid, "%q is no route key: write a method and a path", key).At("RouteKey")
		}
	}
	return nil
}

func checkAuthorizer(p map[string]any) error {
	if v := property.Text(p, "AuthorizerType"); v != "" && v != "JWT" {
		return fault.New(fault.Unsupported, "the embedded sandbox has no authorizers of the type %s", v).At("AuthorizerType")
	}
	for _, source := range list(p["IdentitySource"]) {
		if _, computed := source.(cfn.Fn); computed {
			continue
		}
		if kind, name := identitySource(property.Text(source)); kind == "" || name == "" {
			return fault.New(fault.Unsupported, "the embedded sandbox finds tokens in headers and query strings, not in %v", source).At("IdentitySource")
		}
	}
	return nil
}

// list is a list, or a text as a list of one.
func list(v any) []any {
	if s, ok := v.(string); ok {
		return []any{s}
	}
	l, _ := v.([]any)
	return l
}

func textsOf(v any) []string {
	var out []string
	for _, e := range list(v) {
		out = append(out, property.Text(e))
	}
	return out
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
