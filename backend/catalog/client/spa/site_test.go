package spa_test

import (
	"os"
	"reflect"
	"testing"

	"airloom/backend/catalog/aws/httpapi"
	"airloom/backend/catalog/aws/lambda"
	"airloom/backend/catalog/client/spa"
	"airloom/backend/catalog/saas/auth0"
	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/generate"
	"airloom/backend/kind"

	"golang.org/x/tools/txtar"
)

// What the wires told lies in config.json, by the name of the target.
func TestConfig(t *testing.T) {
	text, err := os.ReadFile("testdata/wires.txtar")
	if err != nil {
		t.Fatal(err)
	}
	d, err := design.Unmarshal(txtar.Parse(text).Files[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	b, err := generate.Generate(d, kind.Shelf{spa.New(), httpapi.New(), lambda.New(), auth0.New()}, generate.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	want := []kind.Site{{Node: "web", Bucket: "WebFiles", Distribution: "Web", Source: "clients/web", Build: "npm run build", Output: "dist", Config: map[string]any{
		"ordersApi": map[string]any{"apiUrl": cfn.GetAtt("OrdersApi", "ApiEndpoint")},
		"login":     map[string]any{"domain": "example.eu.auth0.com", "clientId": "abc123", "audience": "https://orders.example.com"}}}}
	if !reflect.DeepEqual(b.Sites, want) {
		t.Errorf("the sites are %+v, want %+v", b.Sites, want)
	}
	if folder := b.Sites[0].Folder(); folder != "clients/web/dist" {
		t.Errorf("%s is published", folder)
	}
}
