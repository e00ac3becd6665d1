// Package spa is the kind client.spa: a web client whose files CloudFront serves from a private bucket. kind.go says what it
// is, emit.go which CloudFormation it becomes, the other files how a distribution behaves offline. It imports kind, cfn
// and fault only.
package spa

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the web client's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallSource = Kind{}
	_ kind.Browser    = Kind{}
	_ kind.Finisher   = Kind{}
	_ kind.Simulator  = Kind{}
	_ kind.Checker    = Kind{}
)

const (
	doc        = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/getting-started-secure-static-website-cloudformation-template.html"
	docCSP     = "https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP"
	docPrice   = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html"
	docErrors  = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/GeneratingCustomErrorResponses.html"
	scriptsOwn = "script-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)

// Spec describes the web client.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "client.spa", Title: "Web client", Noun: "web", Category: "Client",
		Summary:  "A single-page application that browsers load from CloudFront, with the addresses of what it uses",
		Keywords: []string{"spa", "frontend", "static", "website", "react", "vue", "cloudfront", "cdn", "browser"},
		Icon:     icon, Help: help, Doc: doc, Shape: kind.Box,
		Fields: []kind.Field{
			{Name: "source", Title: "Source folder", Type: kind.Path, Help: "Folder of the client, relative to the project. Left empty it is clients/ and the node's id."},
			{Name: "build", Title: "Build command", Type: kind.Text, Help: "Runs in the source folder before the files are published: npm ci && npm run build."},
			{Name: "output", Title: "Build output", Type: kind.Path, Help: "Folder below the source folder that is published: dist. Left empty, the source folder itself is."},
			{Name: "fallback", Title: "Client routes", Type: kind.Flag, Default: true, Doc: docErrors, Help: "A path that is no file gets index.html."},
			{Name: "csp", Title: "Content security policy", Type: kind.Text, Group: "Protection", Default: scriptsOwn, Doc: docCSP, Help: "Left empty, no such header is sent."},
			{Name: "price", Title: "Served from", Type: kind.Choice, Group: "Advanced", Options: []string{"PriceClass_100", "PriceClass_200", "PriceClass_All"}, Default: "PriceClass_100", Doc: docPrice,
				Help: "100: North America and Europe; 200: more; All: everywhere."},
		},
		Ports: []kind.Port{
			{ID: "out", Title: "Uses", Dir: kind.Out, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"fetch", "login"}}},
				Fields: []kind.Field{{Name: "name", Title: "Name in config.json", Type: kind.Text, Pattern: `[A-Za-z][A-Za-z0-9_]*`,
					Help: "Left empty, it is made of the target's id: orders-api is ordersApi."}}},
		},
	}
}
