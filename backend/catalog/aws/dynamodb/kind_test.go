package dynamodb

import (
	"encoding/json"
	"testing"

	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/fault"
	"airloom/backend/internal/golden/drawing"
	"airloom/backend/kind"
)

func TestGolden(t *testing.T) { drawing.Each(t, "testdata/*.txtar", New(), lambda.New()) }

func TestCall(t *testing.T) {
	target := kind.Target{Node: "orders", Resources: map[string]kind.Deployed{"": {PhysicalID: "shop-Orders-1"}}}
	for _, c := range []struct{ payload, target, body string }{
		{``, "Scan", `{"Limit":25,"TableName":"shop-Orders-1"}`},
		{`{"operation": "PutItem", "Item": {"id": "one", "n": 12345678901234567890123456789012345678, "tags": ["a", {"b": null}], "raw": {"N": "1"}, "yes": true}}`, "PutItem",
			`{"Item":{"id":{"S":"one"},"n":{"N":"12345678901234567890123456789012345678"},"raw":{"N":"1"},"tags":{"L":[{"S":"a"},{"M":{"b":{"NULL":true}}}]},"yes":{"BOOL":true}},"TableName":"shop-Orders-1"}`},
		{`{"operation": "Query", "KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": "one"}}`, "Query",
			`{"ExpressionAttributeValues":{":id":{"S":"one"}},"KeyConditionExpression":"id = :id","TableName":"shop-Orders-1"}`},
	} {
		r, err := Kind{}.Call(target, []byte(c.payload))
		if err != nil || r.Service != "dynamodb" || r.Header["X-Amz-Target"] != "DynamoDB_20120810."+c.target || string(r.Body) != c.body || !json.Valid(r.Body) {
			t.Errorf("%s gives %s %s %v", c.payload, r.Header["X-Amz-Target"], r.Body, err)
		}
	}
	for _, payload := range []string{`[]`, `{`, `{}`, `{"operation": "CreateTable"}`} {
		if _, err := (Kind{}).Call(target, []byte(payload)); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s is called: %v", payload, err)
		}
	}
	if _, err := (Kind{}).Call(kind.Target{Node: "orders"}, nil); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a table that is not deployed is called: %v", err)
	}
}
