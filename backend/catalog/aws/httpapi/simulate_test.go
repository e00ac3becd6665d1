package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

// deployed is an API in a world whose function is the test's.
type deployed struct {
	*kindtest.World
	t     *testing.T
	api   kind.Instance
	serve func(context.Context, kind.World, kind.Instance, kind.HTTPRequest) kind.HTTPResponse
	got   kind.Invocation // the last invocation
}

// deploy makes an API with routes "GET /orders/{id}" or "GET /orders jwt scope …", all to one function.
func deploy(t *testing.T, api map[string]any, routes ...string) *deployed {
	t.Helper()
	return deployWith(t, newIssuer(t), api, routes...)
}

func deployWith(t *testing.T, issuer *issuer, api map[string]any, routes ...string) *deployed {
	t.Helper()
	sim := Kind{}.Simulate()
	d := &deployed{World: kindtest.New(sim, issuer.simulation()), t: t, serve: sim.Types[0].Serve}
	create := func(logical, resourceType string, p map[string]any) kind.Instance {
		t.Helper()
		in, err := d.Create(t.Context(), logical, resourceType, p)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	if api == nil {
		api = map[string]any{}
	}
	api["ProtocolType"] = "HTTP"
	d.api = create("Api", apiType, api)
	create("Stage", stageType, map[string]any{"ApiId": d.api.PhysicalID, "StageName": "$default", "AutoDeploy": true})
	integration := create("Integration", integrationType, map[string]any{"ApiId": d.api.PhysicalID, "IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "TimeoutInMillis": 5000,
		"IntegrationUri": "arn:aws:lambda:us-east-1:000000000000:function:f"})
	authorizer := create("Authorizer", authorizerType, map[string]any{"ApiId": d.api.PhysicalID, "AuthorizerType": "JWT", "IdentitySource": []any{"$request.header.Authorization"},
		"JwtConfiguration": map[string]any{"Issuer": issuer.name, "Audience": []any{"orders"}}})
	for i, key := range routes {
		p := map[string]any{"ApiId": d.api.PhysicalID, "Target": "integrations/" + integration.PhysicalID, "AuthorizationType": "NONE"}
		if k, scopes, ok := strings.Cut(key, " jwt"); ok {
			key, p["AuthorizationType"], p["AuthorizerId"] = k, "JWT", authorizer.PhysicalID
			var list []any
			for _, s := range strings.Fields(scopes) {
				list = append(list, s)
			}
			p["AuthorizationScopes"] = list
		}
		p["RouteKey"] = key
		create(fmt.Sprintf("Route%d", i), routeType, p)
	}
	d.Function = func(in kind.Invocation) (kind.InvokeResult, error) {
		d.got = in
		return kind.InvokeResult{Payload: []byte(`{"statusCode": 200, "body": "hello"}`)}, nil
	}
	return d
}

// returns lets the function answer with a result.
func (d *deployed) returns(result string) {
	d.Function = func(in kind.Invocation) (kind.InvokeResult, error) {
		d.got = in
		return kind.InvokeResult{Payload: []byte(result)}, nil
	}
}

// ask sends "GET /orders?a=b" with headers, given as name and value, and a body in the request's place.
func (d *deployed) ask(line string, header map[string][]string, body ...string) kind.HTTPResponse {
	d.t.Helper()
	method, target, _ := strings.Cut(line, " ")
	path, query, _ := strings.Cut(target, "?")
	if header == nil {
		header = map[string][]string{}
	}
	r := kind.HTTPRequest{Method: method, Scheme: "http", Host: "127.0.0.1:40003", Path: path, RawPath: path, Query: query, Header: header, Body: []byte(strings.Join(body, "")), Remote: "127.0.0.1:50123"}
	return d.serve(d.t.Context(), d, d.api, r)
}

func want(t *testing.T, r kind.HTTPResponse, status int, body string) {
	t.Helper()
	if r.Status != status || string(r.Body) != body {
		t.Errorf("%d %s, want %d %s", r.Status, r.Body, status, body)
	}
}

func TestTheEventIsThatOfAWS(t *testing.T) {
	d := deploy(t, nil, "POST /orders/{id}/{rest+}")
	r := d.ask("POST /orders/a b/c/d?x=1&y=&x=2%2C3&z%20z=%26", map[string][]string{"Content-Type": {"application/json"}, "X-Many": {"a", "b"}, "Cookie": {"one=1; two=2", "three=3"},
		"User-Agent": {"curl/8"}, "Connection": {"keep-alive"}, "X-Forwarded-For": {"10.0.0.1"}}, `{"item":"tea"}`)
	want(t, r, 200, "hello")
	var got map[string]any
	if err := json.Unmarshal(d.got.Payload, &got); err != nil {
		t.Fatal(err)
	}
	headers := got["headers"].(map[string]any)
	if trace, _ := headers["x-amzn-trace-id"].(string); !strings.HasPrefix(trace, "Root=1-69a42a40-") || len(trace) != len("Root=1-69a42a40-")+24 {
		t.Errorf("trace id %q", trace)
	}
	delete(headers, "x-amzn-trace-id")
	id := got["requestContext"].(map[string]any)["requestId"].(string)
	if len(id) != 16 || r.Header["Apigw-Requestid"][0] != id {
		t.Errorf("request id %q, the answer says %v", id, r.Header["Apigw-Requestid"])
	}
	text := fmt.Sprintf(`{"version": "2.0", "routeKey": "POST /orders/{id}/{rest+}", "rawPath": "/orders/a b/c/d", "rawQueryString": "x=1&y=&x=2%%2C3&z%%20z=%%26",
		"cookies": ["one=1", "two=2", "three=3"],
		"headers": {"content-type": "application/json", "x-many": "a,b", "user-agent": "curl/8", "host": "127.0.0.1:40003", "content-length": "14",
			"x-forwarded-for": "10.0.0.1, 127.0.0.1", "x-forwarded-port": "40003", "x-forwarded-proto": "http"},
		"queryStringParameters": {"x": "1,2,3", "y": "", "z z": "&"},
		"requestContext": {"accountId": "000000000000", "apiId": %q, "domainName": "127.0.0.1:40003", "domainPrefix": %q,
			"http": {"method": "POST", "path": "/orders/a b/c/d", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "curl/8"},
			"requestId": %q, "routeKey": "POST /orders/{id}/{rest+}", "stage": "$default", "time": "01/Mar/2026:12:00:00 +0000", "timeEpoch": 1772366400000},
		"pathParameters": {"id": "a b", "rest": "c/d"}, "body": "{\"item\":\"tea\"}", "isBase64Encoded": false}`, d.api.PhysicalID, d.api.PhysicalID, id)
	var expected map[string]any
	if err := json.Unmarshal([]byte(text), &expected); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, expected) {
		t.Errorf("the event is\n%s\nwant\n%s", d.got.Payload, text)
	}
	if d.got.Principal.Service != "apigateway.amazonaws.com" || d.got.SourceARN != "arn:aws:execute-api:us-east-1:000000000000:"+d.api.PhysicalID+"/$default/POST/orders/{id}/{rest+}" ||
		d.got.Function != "arn:aws:lambda:us-east-1:000000000000:function:f" || d.got.Async {
		t.Errorf("invoked as %+v", d.got)
	}
}

func TestABodyThatIsNoTextIsEncoded(t *testing.T) {
	d := deploy(t, nil, "ANY /")
	for contentType, encoded := range map[string]bool{"": true, "application/x-www-form-urlencoded": true, "image/png": true, "multipart/form-data; boundary=x": true, "text/plain": false, "Application/JSON; charset=utf-8": false,
		"application/problem+json": false, "application/atom+xml": false, "application/xml": false, "application/javascript": false} {
		d.ask("POST /", map[string][]string{"Content-Type": {contentType}}, "body")
		var got payload
		if err := json.Unmarshal(d.got.Payload, &got); err != nil {
			t.Fatal(err)
		}
		if body := map[bool]string{true: "Ym9keQ==", false: "body"}[encoded]; got.Base64 != encoded || *got.Body != body {
			t.Errorf("%q: %v %s", contentType, got.Base64, *got.Body)
		}
	}
	if d.ask("GET /", nil); strings.Contains(string(d.got.Payload), `"body"`) || strings.Contains(string(d.got.Payload), "cookies") || strings.Contains(string(d.got.Payload), "queryString") {
		t.Errorf("an empty request has %s", d.got.Payload)
	}
}

func TestTheMostExactRouteTakesTheRequest(t *testing.T) {
	d := deploy(t, nil, "$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1", "ANY /pets/dog/1", "GET /pets/{kind}/1", "POST /a/{b}/c", "POST /a/{x}/{y}")
	for request, route := range map[string]string{
		"GET /pets/dog/1":  "GET /pets/dog/1",
		"PUT /pets/dog/1":  "ANY /pets/dog/1",
		"GET /pets/dog/2":  "GET /pets/dog/{id}",
		"GET /pets/cat/1":  "GET /pets/{kind}/1",
		"GET /pets/cat/2":  "GET /pets/{proxy+}",
		"GET /pets/a/b/c":  "GET /pets/{proxy+}",
		"GET /pets/":       "ANY /{proxy+}",
		"POST /test/5":     "ANY /{proxy+}",
		"GET /":            "$default",
		"POST /a/1/c":      "POST /a/{b}/c",
		"POST /a/1/d":      "POST /a/{x}/{y}",
		"POST /a/1/":       "ANY /{proxy+}",
		"DELETE /pets/dog": "ANY /{proxy+}",
	} {
		want(t, d.ask(request, nil), 200, "hello")
		var got payload
		if err := json.Unmarshal(d.got.Payload, &got); err != nil || got.RouteKey != route {
			t.Errorf("%s goes to %s, want %s", request, got.RouteKey, route)
		}
	}
	d.ask("PUT /pets/dog/1", nil)
	if !strings.HasSuffix(d.got.SourceARN, "/$default/PUT/pets/dog/1") {
		t.Errorf("ANY is invoked as %s", d.got.SourceARN)
	}
	d.ask("GET /", nil)
	if !strings.HasSuffix(d.got.SourceARN, "/$default/$default") {
		t.Errorf("$default is invoked as %s", d.got.SourceARN)
	}
}

func TestWhatNoRouteTakesIsNotFound(t *testing.T) {
	d := deploy(t, nil, "GET /orders")
	for _, request := range []string{"GET /", "POST /orders", "GET /orders/", "GET /orders/1", "OPTIONS /orders", "HEAD /orders"} {
		want(t, d.ask(request, nil), 404, `{"message":"Not Found"}`)
	}
	if d.got.Function != "" {
		t.Error("the function was invoked")
	}
}

func TestAnswersOfFunctions(t *testing.T) {
	d := deploy(t, nil, "GET /")
	const failed = `{"message":"Internal Server Error"}`
	for result, wanted := range map[string]struct {
		status      int
		body        string
		contentType string
	}{
		`{"statusCode": 201, "headers": {"content-type": "text/html", "x-n": 5, "x-b": true}, "body": "<p>"}`: {201, "<p>", "text/html"},
		`{"statusCode": "404", "body": "no"}`:                           {404, "no", "text/plain; charset=utf-8"},
		`{"statusCode": 204}`:                                           {204, "", ""},
		`{"statusCode": 200, "body": "aGk=", "isBase64Encoded": true}`:  {200, "hi", "text/plain; charset=utf-8"},
		`{"statusCode": 200, "body": "aGk=", "isBase64Encoded": false}`: {200, "aGk=", "text/plain; charset=utf-8"},
		`{"orders": [1, 2.50]}`:                                         {200, `{"orders": [1, 2.50]}`, "application/json"},
		`"just text"`:                                                   {200, "just text", "application/json"},
		`null`:                                                          {200, "null", "application/json"},
		`[1]`:                                                           {200, "[1]", "application/json"},
		`{"statusCode": "many"}`:                                        {500, failed, "application/json"},
		`{"statusCode": 1000}`:                                          {500, failed, "application/json"},
		`{"statusCode": 200, "headers": ["a"]}`:                         {500, failed, "application/json"},
		`{"statusCode": 200, "headers": {"a": ["b"]}}`:                  {500, failed, "application/json"},
		`{"statusCode": 200, "cookies": "a=b"}`:                         {500, failed, "application/json"},
		`{"statusCode": 200, "body": {"a": 1}}`:                         {500, failed, "application/json"},
		`{"statusCode": 200, "body": "?", "isBase64Encoded": true}`:     {500, failed, "application/json"},
		`no JSON`: {500, failed, "application/json"},
	} {
		d.returns(result)
		r := d.ask("GET /", nil)
		want(t, r, wanted.status, wanted.body)
		if got := strings.Join(r.Header["Content-Type"], ""); got != wanted.contentType {
			t.Errorf("%s: content type %q, want %q", result, got, wanted.contentType)
		}
	}
	d.returns(`{"statusCode": 200, "headers": {"x-n": 5}, "cookies": ["a=1; HttpOnly", "b=2"]}`)
	r := d.ask("GET /", nil)
	if !reflect.DeepEqual(r.Header["Set-Cookie"], []string{"a=1; HttpOnly", "b=2"}) || r.Header["X-N"][0] != "5" {
		t.Errorf("headers %v", r.Header)
	}
}

func TestFailuresHaveTheShapeOfAWS(t *testing.T) {
	d := deploy(t, nil, "GET /")
	for _, c := range []struct {
		result kind.InvokeResult
		err    error
		status int
		body   string
		log    string
	}{
		{kind.InvokeResult{FunctionError: "Unhandled", Payload: []byte(`{"errorMessage":"no"}`)}, nil, 500, `{"message":"Internal Server Error"}`, "the function failed"},
		{kind.InvokeResult{}, fault.New(fault.Denied, "no permission"), 500, `{"message":"Internal Server Error"}`, "no permission"},
		{kind.InvokeResult{}, fault.New(fault.NotFound, "no function"), 500, `{"message":"Internal Server Error"}`, "no function"},
		{kind.InvokeResult{}, fault.New(fault.Limit, "too many"), 503, `{"message":"Service Unavailable"}`, "too many"},
	} {
		d.Function = func(kind.Invocation) (kind.InvokeResult, error) { return c.result, c.err }
		want(t, d.ask("GET /", nil), c.status, c.body)
		lines := d.Lines()
		if last := lines[len(lines)-1]; !strings.HasPrefix(last, "api error GET / "+fmt.Sprint(c.status)) || !strings.Contains(last, c.log) {
			t.Errorf("the log says %q", last)
		}
	}
	want(t, d.ask("POST /", nil, strings.Repeat("x", largest+1)), 413, `{"message":"Request Entity Too Large"}`)
}

func TestASlowFunctionIsNotWaitedFor(t *testing.T) {
	d := deploy(t, nil, "GET /")
	release := make(chan struct{})
	d.Function = func(kind.Invocation) (kind.InvokeResult, error) { <-release; return kind.InvokeResult{}, nil }
	answered := make(chan kind.HTTPResponse)
	go func() { answered <- d.ask("GET /", nil) }()
	for d.Sleeping() == 0 {
		time.Sleep(time.Millisecond)
	}
	d.Advance(4999 * time.Millisecond)
	select {
	case <-answered:
		t.Fatal("answered before the timeout")
	default:
	}
	d.Advance(time.Millisecond)
	want(t, <-answered, 503, `{"message":"Service Unavailable"}`)
	close(release)
}

func TestPagesOfAdmittedOriginsMayCall(t *testing.T) {
	d := deploy(t, map[string]any{"CorsConfiguration": map[string]any{"AllowOrigins": []any{"https://shop.example.com"}, "AllowMethods": []any{"GET", "POST"}, "AllowHeaders": []any{"authorization"},
		"ExposeHeaders": []any{"x-total"}, "AllowCredentials": true, "MaxAge": 60}}, "ANY /{proxy+} jwt", "GET /open")
	ask := map[string][]string{"Origin": {"https://shop.example.com"}, "Access-Control-Request-Method": {"POST"}}
	r := d.ask("OPTIONS /orders", ask)
	want(t, r, 204, "")
	for name, v := range map[string]string{"Access-Control-Allow-Origin": "https://shop.example.com", "Access-Control-Allow-Methods": "GET,POST", "Access-Control-Allow-Headers": "authorization",
		"Access-Control-Allow-Credentials": "true", "Access-Control-Max-Age": "60", "Access-Control-Expose-Headers": "x-total"} {
		if got := strings.Join(r.Header[name], ""); got != v {
			t.Errorf("%s is %q, want %q", name, got, v)
		}
	}
	ask["Origin"] = []string{"https://evil.example.com"}
	if r = d.ask("OPTIONS /orders", ask); r.Status != 204 || r.Header["Access-Control-Allow-Origin"] != nil || r.Header["Access-Control-Allow-Methods"] != nil {
		t.Errorf("another origin gets %v", r.Header)
	}
	d.returns(`{"statusCode": 200, "headers": {"access-control-allow-origin": "*"}, "body": ""}`)
	if r = d.ask("GET /open", map[string][]string{"Origin": {"https://evil.example.com"}}); r.Header["Access-Control-Allow-Origin"] != nil {
		t.Errorf("the function admitted %v itself", r.Header)
	}
	if r = d.ask("GET /open", map[string][]string{"Origin": {"https://shop.example.com"}}); r.Header["Access-Control-Allow-Origin"][0] != "https://shop.example.com" {
		t.Errorf("the answer has %v", r.Header)
	}
	if r = d.ask("GET /orders", map[string][]string{"Origin": {"https://shop.example.com"}}); r.Status != 401 || r.Header["Access-Control-Allow-Origin"] == nil {
		t.Errorf("a refusal that the page cannot read: %v", r.Header)
	}
}

func TestThrottling(t *testing.T) {
	d := deploy(t, nil, "GET /")
	stage := d.Instances(stageType)[0]
	stage.Properties["DefaultRouteSettings"] = map[string]any{"ThrottlingRateLimit": 2, "ThrottlingBurstLimit": 3}
	d.Put(stage)
	answers := func() (s string) {
		for range 5 {
			s += fmt.Sprint(d.ask("GET /", nil).Status, " ")
		}
		return s
	}
	if got := answers(); got != "200 200 200 429 429 " {
		t.Error("at first", got)
	}
	d.Advance(time.Second)
	if got := answers(); got != "200 200 429 429 429 " {
		t.Error("a second later", got)
	}
	d.Advance(time.Hour)
	if got := answers(); got != "200 200 200 429 429 " {
		t.Error("an hour later", got)
	}
}

func TestWhatCannotBeSimulatedIsRefusedByName(t *testing.T) {
	types := map[string]kind.ResourceType{}
	for _, rt := range (Kind{}).Simulate().Types {
		types[rt.Type] = rt
	}
	for _, c := range []struct {
		resourceType string
		properties   map[string]any
		where        string
	}{
		{apiType, map[string]any{"ProtocolType": "WEBSOCKET"}, "ProtocolType"},
		{apiType, map[string]any{"DisableExecuteApiEndpoint": true}, "DisableExecuteApiEndpoint"},
		{apiType, map[string]any{"RouteSelectionExpression": "$request.body.action"}, "RouteSelectionExpression"},
		{stageType, map[string]any{"StageName": "prod", "AutoDeploy": true}, "StageName"},
		{stageType, map[string]any{"StageName": "$default"}, "AutoDeploy"},
		{integrationType, map[string]any{"IntegrationType": "HTTP_PROXY", "PayloadFormatVersion": "2.0"}, "IntegrationType"},
		{integrationType, map[string]any{"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "1.0"}, "PayloadFormatVersion"},
		{integrationType, map[string]any{"IntegrationType": "AWS_PROXY"}, "PayloadFormatVersion"},
		{integrationType, map[string]any{"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "TimeoutInMillis": 31000}, "TimeoutInMillis"},
		{routeType, map[string]any{"RouteKey": "GET /", "AuthorizationType": "AWS_IAM"}, "AuthorizationType"},
		{routeType, map[string]any{"RouteKey": "GET"}, "RouteKey"},
		{authorizerType, map[string]any{"AuthorizerType": "REQUEST"}, "AuthorizerType"},
		{authorizerType, map[string]any{"AuthorizerType": "JWT", "IdentitySource": []any{"$context.path"}}, "IdentitySource"},
	} {
		if err := types[c.resourceType].Check(c.properties); err == nil || fault.As(err).Where != c.where {
			t.Errorf("%s %v: %v", c.resourceType, c.properties, err)
		}
	}
	if err := types[stageType].Check(map[string]any{"StageName": "$default", "AutoDeploy": true}); err != nil {
		t.Error(err)
	}
}

func BenchmarkRequest(b *testing.B) {
	sim := Kind{}.Simulate()
	w := kindtest.New(sim)
	w.Function = func(kind.Invocation) (kind.InvokeResult, error) {
		return kind.InvokeResult{Payload: []byte(`{"statusCode": 200, "body": "hello"}`)}, nil
	}
	put := func(logical, t string, p map[string]any) {
		w.Put(kind.Instance{LogicalID: logical, Type: t, PhysicalID: logical, Properties: p})
	}
	put("Api", apiType, map[string]any{})
	put("Stage", stageType, map[string]any{"ApiId": "Api"})
	put("Integration", integrationType, map[string]any{"IntegrationUri": "f"})
	for i := range 300 {
		put(fmt.Sprintf("Route%d", i), routeType, map[string]any{"ApiId": "Api", "RouteKey": fmt.Sprintf("GET /a%d/{id}", i), "Target": "integrations/Integration"})
	}
	api, _ := w.Lookup(apiType, "Api")
	for b.Loop() {
		r := sim.Types[0].Serve(b.Context(), w, api, kind.HTTPRequest{Method: "GET", Path: "/a299/1", Header: map[string][]string{"Accept": {"*/*"}}})
		if r.Status != 200 {
			b.Fatal(r.Status)
		}
	}
}
