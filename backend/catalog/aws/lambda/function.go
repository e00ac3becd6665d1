package lambda

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// checkFunction refuses what AWS refuses too, and what no process on this machine can be.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
func checkFunction(p map[string]any) error {
	if p["PackageType"] == "Image" {
		return fault.New(fault.Unsupported, "container images are not run, only zips").At("PackageType")
	}
	if format := property.Text(p, "LoggingConfig", "LogFormat"); format != "" && format != "Text" {
		return fault.New(fault.Unsupported, "the log format %s is not simulated, only Text", format).At("LoggingConfig.LogFormat")
	}
	if r, ok := p["Runtime"].(string); ok && !slices.ContainsFunc([]string{"nodejs", "python", "provided."}, func(family string) bool { return strings.HasPrefix(r, family) }) {
		return fault.New(fault.Unsupported, "the runtime %s is not run: Node.js, Python and provided ones are", r).At("Runtime")
	}
	if property.At(p, "Code", "S3Key") == nil {
		return fault.New(fault.Invalid, "a function needs the key of its zip").At("Code.S3Key")
	}
	for _, l := range []struct {
		name        string
		least, most int
	}{{"MemorySize", 128, 10240}, {"Timeout", 1, 900}, {"ReservedConcurrentExecutions", 0, 1 << 30}} {
		if err := bounded(p, l.name, l.least, l.most); err != nil {
			return err
		}
	}
	variables, _ := property.At(p, "Environment", "Variables").(map[string]any)
	return checkEnvironment(variables)
}

var variableName = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]+$`)

// reserved are the variables that Lambda sets itself.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
var reserved = []string{"_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
	"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
	"AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_LAMBDA_RUNTIME_API",
	"LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"}

// checkEnvironment counts names and values as far as they are known: together they may have 4 KB.
func checkEnvironment(variables map[string]any) error {
	size := 0
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		value, _ := variables[name].(string)
		size += len(name) + len(value)
		if slices.Contains(reserved, name) {
			return fault.New(fault.Invalid, "the variable %s is Lambda's own", name).At("Environment.Variables." + name).Try("use another name")
		}
		if !variableName.MatchString(name) {
			return fault.New(fault.Invalid, "%q is no name of a variable: two or more letters, digits and underscores, a letter first", name).At("Environment.Variables." + name)
		}
	}
	if size > 4096 {
		return fault.New(fault.Limit, "the variables take %d bytes, and Lambda takes 4096", size).At("Environment.Variables")
	}
	return nil
}

func (d *dispatcher) create(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	name := property.Text(in.Properties, "FunctionName")
	if name == "" {
		name = in.PhysicalID
		if n := len(name); n > 64 { // keep what makes it unique
			name = name[:64-13] + name[n-13:]
		}
	}
	in.PhysicalID, in.ARN = name, w.ARN("lambda", "function:"+name)
	if _, taken := w.Find(in.ARN); taken {
		return in, fault.New(fault.Conflict, "a function named %s exists already", name).At(in.LogicalID)
	}
	in.Attributes = map[string]any{"Arn": in.ARN}
	return in, host(w, in)
}

func (d *dispatcher) update(_ context.Context, w kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN, in.Attributes = old.PhysicalID, old.ARN, old.Attributes
	return in, host(w, in)
}

func (d *dispatcher) delete(_ context.Context, w kind.World, in kind.Instance) error {
	if in.ARN == "" {
		return nil // it came no further than its name
	}
	w.Functions().Remove(in.ARN)
	return d.events.Drop(w, in)
}

// host hands the function to whoever runs processes. Doing so again with the same values changes nothing.
func host(w kind.World, in kind.Instance) error {
	p := in.Properties
	variables := map[string]any{}
	if m, ok := property.At(p, "Environment", "Variables").(map[string]any); ok {
		variables = m
	}
	if err := checkEnvironment(variables); err != nil { // now all values are known
		return fault.As(err).At(in.LogicalID)
	}
	s := kind.FunctionSpec{ARN: in.ARN, Name: in.PhysicalID, Node: in.Node, Runtime: property.Text(p, "Runtime"), Handler: property.Text(p, "Handler"),
		ArtifactKey: property.Text(p, "Code", "S3Key"), Role: property.Text(p, "Role"), MemoryMB: 128, Timeout: 3 * time.Second, Environment: map[string]string{},
		LogGroup: "/aws/lambda/" + in.PhysicalID, Concurrency: -1, DeadLetter: property.Text(p, "DeadLetterConfig", "TargetArn"), Tracing: property.Text(p, "TracingConfig", "Mode") == "Active"}
	for name, v := range variables {
		value, ok := v.(string)
		if !ok {
			return fault.New(fault.Invalid, "the variable %s is no text", name).At(in.LogicalID)
		}
		s.Environment[name] = value
	}
	if n, ok := property.Integer(p, "MemorySize"); ok {
		s.MemoryMB = n
	}
	if n, ok := property.Integer(p, "Timeout"); ok {
		s.Timeout = time.Duration(n) * time.Second
	}
	if n, ok := property.Integer(p, "ReservedConcurrentExecutions"); ok {
		s.Concurrency = n
	}
	if group := property.Text(p, "LoggingConfig", "LogGroup"); group != "" {
		s.LogGroup = group
	}
	return w.Functions().Put(s)
}
