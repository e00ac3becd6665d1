package ssm

import (
	"testing"

	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/fault"
	"airloom/backend/internal/golden/drawing"
	"airloom/backend/kind"
)

func TestTemplates(t *testing.T) { drawing.Each(t, "testdata/*.txtar", New(), lambda.New()) }

func TestCall(t *testing.T) {
	target := kind.Target{Node: "limit", Resources: map[string]kind.Deployed{"": {PhysicalID: "/shop/limit"}}}
	for payload, want := range map[string]struct{ operation, body string }{
		"":   {"AmazonSSM.GetParameter", `{"Name":"/shop/limit"}`},
		"70": {"AmazonSSM.PutParameter", `{"Name":"/shop/limit","Overwrite":true,"Value":"70"}`},
	} {
		r, err := Kind{}.Call(target, []byte(payload))
		if err != nil || r.Service != "ssm" || r.Header["X-Amz-Target"] != want.operation || string(r.Body) != want.body {
			t.Errorf("%q: %+v %s %v", payload, r, r.Body, err)
		}
	}
	if _, err := (Kind{}).Call(kind.Target{Node: "limit"}, nil); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a parameter that is not deployed is called: %v", err)
	}
}
