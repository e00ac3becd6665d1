package httpapi

import (
	"context"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// largest is the most that a request may hold.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const largest = 10 << 20

// serve answers one request at the API's address, and writes the line of the access log.
func (g *gateway) serve(ctx context.Context, w kind.World, api kind.Instance, r kind.HTTPRequest) kind.HTTPResponse {
	begin, id := w.Now(), requestID(w)
	cors, _ := api.Properties["CorsConfiguration"].(map[string]any)
	out, isPreflight := preflight(cors, r)
	key, why := "-", error(nil)
	if !isPreflight {
		out, key, why = g.respond(ctx, w, api, r, id, begin)
		share(cors, r.Get("Origin"), out.Header)
	}
	out.Header["Apigw-Requestid"] = []string{id}
	level, reason := "info", ""
	if why != nil {
		level, reason = "warning", ": "+why.Error()
		if out.Status >= 500 {
			level = "error"
		}
	}
	w.Log(api.Node, level, "%s %s %d %d ms (route %s, request %s)%s", r.Method, r.Path, out.Status, w.Now().Sub(begin).Milliseconds(), key, id, reason)
	return out
}

// respond finds the route, checks who calls and asks the function; why is what the log tells and the caller does not see.
func (g *gateway) respond(ctx context.Context, w kind.World, api kind.Instance, r kind.HTTPRequest, id string, now time.Time) (out kind.HTTPResponse, key string, why error) {
	stage, ok := stageOf(w, api)
	if !ok {
		return problem(404, "Not Found"), "-", fault.New(fault.NotFound, "the API has no stage")
	}
	if len(r.Body) > largest {
		return problem(413, "Request Entity Too Large"), "-", fault.New(fault.Limit, "the request is larger than %d MB", largest>>20)
	}
	if !g.admits(api.PhysicalID, stage, now) {
		return problem(429, "Too Many Requests"), "-", fault.New(fault.Limit, "more requests than the stage takes")
	}
	to, ok := match(w.Instances(routeType), api.PhysicalID, r.Method, r.Path)
	if !ok {
		return problem(404, "Not Found"), "-", nil
	}
	var who *authorizerIn
	if property.Text(to.in.Properties, "AuthorizationType") == "JWT" {
		if who, why = g.authorize(ctx, w, to, r); why != nil {
			return refusal(why, to), to.key, why
		}
	}
	integration, ok := w.Lookup(integrationType, strings.TrimPrefix(property.Text(to.in.Properties, "Target"), "integrations/"))
	if !ok {
		return problem(500, "Internal Server Error"), to.key, fault.New(fault.NotFound, "the route has no integration")
	}
	body, err := event(w, api, stage, r, to, who, id, now)
	if err != nil {
		return problem(500, "Internal Server Error"), to.key, err
	}
	out, why = invoke(ctx, w, integration, kind.Invocation{Function: functionOf(property.Text(integration.Properties, "IntegrationUri")), Principal: kind.Principal{Service: principal},
		SourceARN: w.ARN("execute-api", api.PhysicalID+"/"+defaultRoute+"/"+resourceOf(to, r.Method)), Payload: body})
	return out, to.key, why
}

// invoke asks the function and waits as long as the integration does. A function that is still at work then goes on: only its
// answer is not waited for.
func invoke(ctx context.Context, w kind.World, integration kind.Instance, in kind.Invocation) (kind.HTTPResponse, error) {
	limit := 30000.0
	if ms, ok := number(integration.Properties["TimeoutInMillis"]); ok {
		limit = ms
	}
	type outcome struct {
		result kind.InvokeResult
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		result, err := w.Invoke(context.WithoutCancel(ctx), in)
		done <- outcome{result, err}
	}()
	select {
	case o := <-done:
		switch {
		case fault.CodeOf(o.err) == fault.Limit, fault.CodeOf(o.err) == fault.Canceled, fault.CodeOf(o.err) == fault.Unavailable:
			return problem(503, "Service Unavailable"), o.err
		case o.err != nil:
			return problem(500, "Internal Server Error"), o.err
		case o.result.FunctionError != "":
			return problem(500, "Internal Server Error"), fault.New(fault.Invalid, "the function failed, see its log")
		}
		out, err := answer(o.result.Payload)
		if err != nil {
			return problem(500, "Internal Server Error"), err
		}
		return out, nil
	case <-w.After(time.Duration(limit * float64(time.Millisecond))):
		return problem(503, "Service Unavailable"), fault.New(fault.Limit, "the function did not answer within %g ms", limit)
	case <-ctx.Done():
		return problem(503, "Service Unavailable"), ctx.Err()
	}
}

func stageOf(w kind.World, api kind.Instance) (kind.Instance, bool) {
	for _, in := range w.Instances(stageType) {
		if property.Text(in.Properties, "ApiId") == api.PhysicalID {
			return in, true
		}
	}
	return kind.Instance{}, false
}

// functionOf takes a function's ARN out of an integration's address, which may be the long form of older templates.
func functionOf(uri string) string {
	if _, arn, ok := strings.Cut(uri, "/functions/"); ok {
		return strings.TrimSuffix(arn, "/invocations")
	}
	return uri
}

// resourceOf is the part of a route's ARN behind the stage, with the route's own path, not the request's.
func resourceOf(to route, method string) string {
	if to.method == "" {
		return defaultRoute
	}
	if to.method != "ANY" {
		method = to.method
	}
	return method + to.path
}

// bucket is a token bucket: API Gateway's way to limit requests.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
type bucket struct {
	tokens float64
	at     time.Time
}

func (g *gateway) admits(api string, stage kind.Instance, now time.Time) bool {
	settings, _ := stage.Properties["DefaultRouteSettings"].(map[string]any)
	rate, limited := number(settings["ThrottlingRateLimit"])
	burst, hasBurst := number(settings["ThrottlingBurstLimit"])
	if !limited {
		return true
	}
	if !hasBurst {
		burst = rate
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	b, known := g.buckets[api]
	if !known {
		b = bucket{burst, now}
	}
	b.tokens = min(burst, b.tokens+rate*now.Sub(b.at).Seconds())
	b.at = now
	admitted := b.tokens >= 1
	if admitted {
		b.tokens--
	}
	g.buckets[api] = b
	return admitted
}
