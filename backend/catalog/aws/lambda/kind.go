// Package lambda is the kind aws.lambda: a function with its role, its log group and its event sources. kind.go says what
// it is, emit.go which CloudFormation it becomes, simulate.go how it behaves offline. It imports kind, cfn and fault only.
package lambda

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the function's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallSource    = Kind{}
	_ kind.CallTarget    = Kind{}
	_ kind.PushTarget    = Kind{}
	_ kind.PollTarget    = Kind{}
	_ kind.WebhookTarget = Kind{}
	_ kind.Finisher      = Kind{}
	_ kind.Simulator     = Kind{}
	_ kind.Caller        = Kind{}
	_ kind.Checker       = Kind{}
)

const (
	doc         = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html"
	docRuntimes = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html"
	docLimits   = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
	docAsync    = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html"
)

// runtimes are the supported ones, newest first in each family, with the handler that a new function of theirs has.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
var runtimes = []struct{ id, handler string }{
	{"nodejs24.x", "index.handler"}, {"nodejs22.x", "index.handler"},
	{"python3.14", "app.handler"}, {"python3.13", "app.handler"}, {"python3.12", "app.handler"},
	{"provided.al2023", "bootstrap"},
	{"java25", "example.Handler::handleRequest"}, {"java21", "example.Handler::handleRequest"},
	{"dotnet10", "Function::Function.Handler::Handle"}, {"dotnet8", "Function::Function.Handler::Handle"},
	{"ruby3.4", "function.handler"},
}

// Spec describes the function.
func (Kind) Spec() kind.Spec {
	ids := make([]string, len(runtimes))
	for i, r := range runtimes {
		ids[i] = r.id
	}
	retention := []string{"1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731", "1096", "1827", "2192", "2557", "2922", "3288", "3653"}
	return kind.Spec{
		ID: "aws.lambda", Title: "Lambda function", Noun: "function", Category: "Compute",
		Summary:  "Runs your code when something happens: a small unit that is built, deployed and tested alone",
		Keywords: []string{"lambda", "code", "handler", "node", "python", "go", "compute"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/lambda/latest/dg/welcome.html",
		Shape: kind.Box, Callable: true, Sample: `{"hello": "function"}`,
		Fields: []kind.Field{
			{Name: "source", Title: "Source folder", Type: kind.Path, Doc: doc,
				Help: "Folder of the code, relative to the project. Left empty it is functions/ and the node's id."},
			{Name: "runtime", Title: "Runtime", Type: kind.Choice, Options: ids, Default: "nodejs22.x", Doc: docRuntimes,
				Help: "provided.al2023 runs a binary called bootstrap: Go, Rust, or anything else."},
			{Name: "handler", Title: "Handler", Type: kind.Text, Doc: doc, Pattern: `[^\s]{1,128}`,
				Help: "File and function. Left empty it is the usual one of the runtime: index.handler, app.handler, bootstrap."},
			{Name: "memory", Title: "Memory", Type: kind.Number, Default: 512.0, Min: kind.Bound(128), Max: kind.Bound(10240), Step: 1, Unit: "MB", Doc: docLimits,
				Help: "Processor power grows with it; 1,769 MB are one core."},
			{Name: "timeout", Title: "Timeout", Type: kind.Number, Default: 10.0, Min: kind.Bound(1), Max: kind.Bound(900), Step: 1, Unit: "s", Doc: docLimits},
			{Name: "environment", Title: "Environment", Type: kind.Map, References: true, Doc: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
				Help: "Variables beside those that wires bring. Never a secret: draw a secret instead."},
			{Name: "architecture", Title: "Architecture", Type: kind.Choice, Group: "Build", Options: []string{"arm64", "x86_64"}, Default: "arm64",
				Help: "arm64 costs about a fifth less for the same work."},
			{Name: "format", Title: "Module format", Type: kind.Choice, Group: "Build", Options: []string{"automatic", "esm", "cjs"}, Default: "automatic"},
			{Name: "externals", Title: "External modules", Type: kind.List, Group: "Build", Help: "Modules that are neither bundled nor packed."},
			{Name: "build", Title: "Build command", Type: kind.Text, Group: "Build", Help: "Runs in the source folder instead of the built-in packer."},
			{Name: "output", Title: "Build output", Type: kind.Path, Group: "Build", Help: "Folder or zip that the build command leaves behind."},
			{Name: "retention", Title: "Keep logs for", Type: kind.Choice, Group: "Operation", Options: retention, Default: "14", Unit: "days"},
			{Name: "concurrency", Title: "Reserved concurrency", Type: kind.Number, Group: "Operation", Min: kind.Bound(0), Max: kind.Bound(1000), Step: 1,
				Help: "Most at once; also taken from what the account's other functions share. Left empty it is unlimited."},
			{Name: "retries", Title: "Retries of asynchronous calls", Type: kind.Number, Group: "Operation", Default: 2.0, Min: kind.Bound(0), Max: kind.Bound(2), Step: 1, Doc: docAsync},
			{Name: "tracing", Title: "X-Ray tracing", Type: kind.Flag, Group: "Operation", Default: false},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Triggers", Dir: kind.In, Speaks: []kind.Speak{
				{Protocol: kind.Call, Access: []string{"invoke"}}, {Protocol: kind.Push, As: "function"}, {Protocol: kind.Poll}, {Protocol: kind.Route},
				{Protocol: kind.Schedule}, {Protocol: kind.Webhook}}},
			{ID: "out", Title: "Uses", Dir: kind.Out, Speaks: []kind.Speak{{Protocol: kind.Call}},
				Fields: []kind.Field{{Name: "variable", Title: "Variable name", Type: kind.Text, Pattern: `[A-Za-z][A-Za-z0-9_]*`,
					Help: "Name of the variable that the wire brings. Left empty it is made of the target's id."}}},
		},
	}
}
