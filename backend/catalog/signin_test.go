package catalog_test

import (
	"encoding/json"
	"strings"
	"testing"

	"airloom/backend/catalog/aws/httpapi"
	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/catalog/saas/auth0"
	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

// A person who has got a token by calling the Auth0 node is let in by the API that is wired to it; nobody else is. The API is
// made of the generated template, as the embedded sandbox does it.
func TestATokenOfTheTenantOpensTheAPI(t *testing.T) {
	d, err := design.Unmarshal([]byte(`[{"format":"airloom.design/1"},
{"node":{"id":"api","kind":"aws.httpapi","name":"api","x":0,"y":0}},
{"node":{"id":"login","kind":"saas.auth0","name":"login","x":0,"y":0,"props":{"domain":"example.eu.auth0.com","audience":"https://orders.example.com"}}},
{"node":{"id":"list","kind":"aws.lambda","name":"list","x":0,"y":0}},
{"edge":{"id":"api-to-login","from":{"node":"api","port":"identity"},"to":{"node":"login","port":"in"},"protocol":"call","access":"verify"}},
{"edge":{"id":"api-to-list","from":{"node":"api","port":"out"},"to":{"node":"list","port":"in"},"protocol":"route","props":{"method":"GET","path":"/orders","authorization":"signed in","scopes":["read:orders"]}}}]`))
	if err != nil {
		t.Fatal(err)
	}
	b, err := generate.Generate(d, kind.Shelf{lambda.New(), httpapi.New(), auth0.New()}, generate.Settings{})
	if err != nil || len(b.Findings) != 0 {
		t.Fatal(err, b.Findings)
	}
	api := httpapi.Kind{}.Simulate()
	w := kindtest.New(api, auth0.Kind{}.Simulate())
	subject := ""
	w.Function = func(in kind.Invocation) (kind.InvokeResult, error) {
		var event struct {
			RequestContext struct {
				Authorizer struct {
					JWT struct{ Claims map[string]string }
				}
			}
		}
		err := json.Unmarshal(in.Payload, &event)
		subject = event.RequestContext.Authorizer.JWT.Claims["sub"]
		return kind.InvokeResult{Payload: []byte(`{"orders":[]}`)}, err
	}
	in := create(t, w, b.Template)["Api"]
	ask := func(token string) int {
		return api.Types[0].Serve(t.Context(), w, in, kind.HTTPRequest{Method: "GET", Path: "/orders", Header: map[string][]string{"Authorization": {"Bearer " + token}}}).Status
	}
	token := func(payload string) string {
		r, err := auth0.Kind{}.Call(kind.Target{Node: "login", Props: d.Nodes["login"].Props}, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		out, err := w.Fetch(t.Context(), kind.HTTPRequest{Method: r.Method, Scheme: r.Scheme, Host: r.Host, Path: r.Path, Header: map[string][]string{"Content-Type": {r.Header["Content-Type"]}}, Body: r.Body})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal(out.Body, &answer); err != nil || answer.Token == "" {
			t.Fatalf("%s %v", out.Body, err)
		}
		return answer.Token
	}
	if status := ask(token(`{"sub": "auth0|ada", "scope": "read:orders"}`)); status != 200 || subject != "auth0|ada" {
		t.Errorf("ada gets %d as %q", status, subject)
	}
	if status := ask(token(`{"sub": "auth0|eve", "scope": "profile"}`)); status != 403 {
		t.Errorf("without the scope: %d", status)
	}
	if status := ask(token(`{"audience": "https://else.example.com", "scope": "read:orders"}`)); status != 401 {
		t.Errorf("a token for another API: %d", status)
	}
	if status := ask("x.y.z"); status != 401 {
		t.Errorf("no token: %d", status)
	}
}

// create makes the resources of an API in the order of the template.
func create(t *testing.T, w *kindtest.World, tpl cfn.Template) map[string]kind.Instance {
	t.Helper()
	made := map[string]kind.Instance{}
	env, err := cfn.NewEnv(tpl, map[string]string{kind.ArtifactBucket: "artifacts"}, map[string]any{"AWS::Region": "us-east-1", "AWS::AccountId": "000000000000", "AWS::Partition": "aws", "AWS::StackName": "stack"})
	if err != nil {
		t.Fatal(err)
	}
	env.Ref = func(id string) (any, error) { return made[id].PhysicalID, nil }
	env.GetAtt = func(id, attribute string) (any, error) { return made[id].Attributes[attribute], nil }
	order, err := cfn.Order(cfn.Dependencies(tpl, nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range order {
		r := tpl.Resources[id]
		if !strings.HasPrefix(r.Type, "AWS::ApiGatewayV2::") {
			made[id] = kind.Instance{PhysicalID: id, Attributes: map[string]any{"Arn": "arn:aws:" + id}}
			continue
		}
		p, err := env.EvalMap(id, r.Properties)
		if err != nil {
			t.Fatal(err)
		}
		if made[id], err = w.Create(t.Context(), id, r.Type, p); err != nil {
			t.Fatal(err)
		}
	}
	return made
}
