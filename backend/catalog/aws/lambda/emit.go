package lambda

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Suffixes of the function's own resources.
const (
	role, logs, async, address = "Role", "Logs", "Async", "Url"
)

// Emit adds the log group (before the function, with a retention, or it would outlive the stack), the role and the function.
func (Kind) Emit(s *kind.Scope) error {
	retention, err := strconv.Atoi(s.String("retention"))
	if err != nil {
		return fault.New(fault.Invalid, "%q is no number of days", s.String("retention")).At(string(s.Node.ID))
	}
	group := s.Add(logs, kind.Resource{Type: "AWS::Logs::LogGroup", DeletionPolicy: "Delete", UpdateReplacePolicy: "Delete", Properties: map[string]any{
		"LogGroupName":    cfn.Join("", "/aws/lambda/", cfn.StackName, "-"+s.Logical("")),
		"RetentionInDays": retention}})
	s.Allow(kind.Statement{Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resources: []any{cfn.GetAtt(group, "Arn")}})
	if s.Flag("tracing") {
		// X-Ray knows no resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
		s.Allow(kind.Statement{Actions: []string{"xray:PutTraceSegments", "xray:PutTelemetryRecords"}, Resources: []any{"*"}})
	}
	bucket, key := s.Code(kind.Unit{Name: s.Node.Name, Source: source(s), Runtime: s.String("runtime"), Handler: handler(s), Arch: s.String("architecture"),
		Build: s.String("build"), Output: s.String("output"), Externals: s.Strings("externals"), Format: strings.TrimPrefix(s.String("format"), "automatic")})
	p := map[string]any{
		"Code":          map[string]any{"S3Bucket": bucket, "S3Key": key},
		"Runtime":       s.String("runtime"),
		"Handler":       handler(s),
		"Architectures": []any{s.String("architecture")},
		"MemorySize":    int(s.Number("memory")),
		"Timeout":       int(s.Number("timeout")),
		"Role":          cfn.GetAtt(s.Logical(role), "Arn"),
		"LoggingConfig": map[string]any{"LogGroup": cfn.Ref(group)},
	}
	if s.Value("concurrency") != nil {
		p["ReservedConcurrentExecutions"] = int(s.Number("concurrency"))
	}
	if s.Flag("tracing") {
		p["TracingConfig"] = map[string]any{"Mode": "Active"}
	}
	for name, v := range s.Map("environment") {
		if err := s.SetVariable(name, v); err != nil {
			return err
		}
	}
	s.Add("", kind.Resource{Type: "AWS::Lambda::Function", Properties: p})
	if n := s.Number("retries"); n != 2 {
		s.Add(async, kind.Resource{Type: "AWS::Lambda::EventInvokeConfig", Properties: map[string]any{
			"FunctionName": cfn.Ref(s.Logical("")), "Qualifier": "$LATEST", "MaximumRetryAttempts": int(n)}})
	}
	return nil
}

// Finish writes what the wires brought: the role's statements and the variables.
func (Kind) Finish(s *kind.Scope) error {
	s.Add(role, kind.Resource{Type: "AWS::IAM::Role", Properties: map[string]any{
		"AssumeRolePolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "lambda.amazonaws.com"}}}},
		"Policies": []any{map[string]any{"PolicyName": "wires", "PolicyDocument": kind.Policy(s.Statements())}}}})
	if vars := s.Variables(); len(vars) > 0 {
		s.Resource("").Properties["Environment"] = map[string]any{"Variables": vars}
	}
	return nil
}

// Grant lets a caller invoke the function.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	if w.Edge.From.Node == w.Edge.To.Node {
		w.Find(fault.Blocking, "self-call", "", "use a queue, or a loop in the code", "a function that names itself in its own environment needs itself to be created")
		return kind.Grant{}, nil
	}
	arn := cfn.GetAtt(w.To.Logical(""), "Arn")
	return kind.Grant{ARN: arn, Statements: []kind.Statement{{Actions: []string{"lambda:InvokeFunction"}, Resources: []any{arn}}},
		Variables: map[string]any{"FUNCTION_NAME": cfn.Ref(w.To.Logical(""))}}, nil
}

// Use takes up what a target granted: statements in the role, variables in the environment. A dead-letter queue is told to
// Lambda itself.
func (Kind) Use(w *kind.Wire, g kind.Grant) error {
	s := w.From
	if w.Edge.Protocol == string(kind.Webhook) {
		s = w.To
	}
	s.Allow(g.Statements...)
	if w.Edge.Access == "deadletter" {
		if s.Resource("").Properties["DeadLetterConfig"] != nil {
			w.Find(fault.Blocking, "dead-letter", "", "keep one of the wires", "a function has one dead-letter queue, and %s has wires to two", s.Node.Name)
		}
		s.Resource("").Properties["DeadLetterConfig"] = map[string]any{"TargetArn": g.ARN}
		return nil
	}
	vars := w.VariableNames(g)
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		if err := s.SetVariable(name, vars[name]); err != nil {
			return err
		}
	}
	return nil
}

// Admit lets a service invoke the function, narrowed to its source.
func (Kind) Admit(w *kind.Wire, from kind.Sender) (kind.Endpoint, error) {
	arn := cfn.GetAtt(w.To.Logical(""), "Arn")
	p := map[string]any{"Action": "lambda:InvokeFunction", "FunctionName": cfn.Ref(w.To.Logical("")), "Principal": from.Principal, "SourceArn": from.SourceARN}
	if from.SourceAccount != nil {
		p["SourceAccount"] = from.SourceAccount
	}
	id := w.Add("Permission", kind.Resource{Type: "AWS::Lambda::Permission", Properties: p})
	return kind.Endpoint{ARN: arn, Protocol: "lambda", DependsOn: []string{id}}, nil
}

// Consume adds the event source mapping.
func (Kind) Consume(w *kind.Wire, from kind.Stream) error {
	w.To.Allow(from.Statements...)
	p := maps.Clone(from.Properties)
	if p == nil {
		p = map[string]any{}
	}
	p["EventSourceArn"], p["FunctionName"] = from.ARN, cfn.Ref(w.To.Logical(""))
	w.Add("Mapping", kind.Resource{Type: "AWS::Lambda::EventSourceMapping", Properties: p})
	return nil
}

// Open gives the function a public address for webhooks: whoever posts there is checked by the function, by the signature.
// Both permissions are needed since October 2025: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
func (Kind) Open(w *kind.Wire) (any, error) {
	s := w.To
	fn := cfn.Ref(s.Logical(""))
	if s.Resource(address) == nil {
		url := s.Add(address, kind.Resource{Type: "AWS::Lambda::Url", Properties: map[string]any{"AuthType": "NONE", "TargetFunctionArn": fn}})
		s.Add(address+"Permission", kind.Resource{Type: "AWS::Lambda::Permission", Properties: map[string]any{
			"Action": "lambda:InvokeFunctionUrl", "FunctionName": fn, "Principal": "*", "FunctionUrlAuthType": "NONE"}})
		s.Add(address+"Invoke", kind.Resource{Type: "AWS::Lambda::Permission", Properties: map[string]any{
			"Action": "lambda:InvokeFunction", "FunctionName": fn, "Principal": "*", "InvokedViaFunctionUrl": true}})
		s.Output("Url", "Public address of "+s.Node.Name, cfn.GetAtt(url, "FunctionUrl"))
	}
	return cfn.GetAtt(s.Logical(address), "FunctionUrl"), nil
}

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	var out []fault.Finding
	find := func(field, message, hint string) {
		out = append(out, fault.Finding{Rule: "function", Severity: fault.Blocking, Node: string(s.Node.ID), Field: field, Message: message, Hint: hint})
	}
	if src := source(s); strings.HasPrefix(src, "/") || strings.Contains("/"+src+"/", "/../") {
		find("source", "the source folder "+src+" lies outside of the project", "use a folder of the project")
	}
	if s.String("build") != "" && s.String("output") == "" {
		find("output", "a build command needs to say what it leaves behind", "name the folder or the zip")
	}
	for name, v := range s.Map("environment") {
		switch v.(type) {
		case string, cfn.Fn: // written, or picked
		default:
			find("environment", "the variable "+name+" is no text", "write it in quotes")
		}
		if strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "LAMBDA_") {
			find("environment", "the variable "+name+" is Lambda's own", "use another name")
		}
	}
	slices.SortFunc(out, fault.Compare)
	return out
}

func source(s *kind.Scope) string {
	if src := s.String("source"); src != "" {
		return src
	}
	return "functions/" + string(s.Node.ID)
}

func handler(s *kind.Scope) string {
	if h := s.String("handler"); h != "" {
		return h
	}
	for _, r := range runtimes {
		if r.id == s.String("runtime") {
			return r.handler
		}
	}
	return "index.handler"
}
