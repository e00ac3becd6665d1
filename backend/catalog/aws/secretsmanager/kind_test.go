package secretsmanager

import (
	"testing"

	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/fault"
	"airloom/backend/internal/golden/drawing"
	"airloom/backend/kind"
)

func TestGolden(t *testing.T) { drawing.Each(t, "testdata/*.txtar", New(), lambda.New()) }

func TestCall(t *testing.T) {
	target := kind.Target{Node: "token", Resources: map[string]kind.Deployed{"": {PhysicalID: "arn:x"}}}
	r, err := Kind{}.Call(target, []byte(`{"a": "ü"}`))
	if err != nil || r.Service != "secretsmanager" || r.Header["X-Amz-Target"] != "secretsmanager.PutSecretValue" || r.Token != "ClientRequestToken" ||
		string(r.Body) != `{"SecretId":"arn:x","SecretString":"{\"a\": \"ü\"}"}` {
		t.Errorf("%+v %s %v", r, r.Body, err)
	}
	r, err = Kind{}.Call(target, nil)
	if err != nil || r.Header["X-Amz-Target"] != "secretsmanager.DescribeSecret" || r.Token != "" || string(r.Body) != `{"SecretId":"arn:x"}` {
		t.Errorf("%+v %s %v", r, r.Body, err)
	}
	if _, err := (Kind{}).Call(kind.Target{Node: "token"}, nil); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a secret that is not deployed is called: %v", err)
	}
}
