package lambda

import (
	"strings"
	"testing"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind/property"
)

func TestFunctionIsHosted(t *testing.T) {
	s := newStage(t, map[string]any{"MemorySize": 256, "ReservedConcurrentExecutions": 0, "Environment": map[string]any{"Variables": map[string]any{"TABLE": "orders"}},
		"DeadLetterConfig": map[string]any{"TargetArn": "arn:q"}, "LoggingConfig": map[string]any{"LogGroup": "/logs"}, "TracingConfig": map[string]any{"Mode": "Active"}})
	if s.fn.ARN != "arn:aws:lambda:us-east-1:000000000000:function:worker" || s.fn.PhysicalID != "worker" || s.fn.Attributes["Arn"] != s.fn.ARN {
		t.Errorf("%+v", s.fn)
	}
	spec, _ := s.Hosted(s.fn.ARN)
	if spec.Role != working["Role"] || spec.ArtifactKey != "k.zip" || spec.MemoryMB != 256 || spec.Timeout != 10*time.Second || spec.Concurrency != 0 ||
		spec.Environment["TABLE"] != "orders" || spec.DeadLetter != "arn:q" || spec.LogGroup != "/logs" || !spec.Tracing || spec.Node != "worker" || spec.Runtime != "nodejs22.x" {
		t.Errorf("%+v", spec)
	}
	next, err := s.Update(t.Context(), s.fn, with(working, map[string]any{"Timeout": 20}))
	if spec, _ = s.Hosted(s.fn.ARN); err != nil || next.ARN != s.fn.ARN || spec.Timeout != 20*time.Second || spec.MemoryMB != 128 || spec.Concurrency != -1 || spec.LogGroup != "/aws/lambda/worker" {
		t.Errorf("%v %+v", err, spec)
	}
	if err := s.Delete(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if _, hosted := s.Hosted(s.fn.ARN); hosted {
		t.Error("a deleted function is hosted")
	}
}

func TestFunctionNames(t *testing.T) {
	s := newStage(t, nil)
	if _, err := s.Create(t.Context(), "Other", functionType, working); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second one of the name: %v", err)
	}
	p := with(working, nil)
	delete(p, "FunctionName")
	in := s.create(strings.Repeat("Long", 20), functionType, p)
	if len(in.PhysicalID) != 64 || !strings.HasPrefix(in.PhysicalID, "test-LongLong") || !strings.HasSuffix(in.PhysicalID, "-1A2B3C4D5E6F") {
		t.Error(in.PhysicalID)
	}
	for text, want := range map[string]string{"f": "f ", "f:2": "f 2", "arn:aws:lambda:us-east-1:000000000000:function:f": "f ",
		"arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST": "f $LATEST", "000000000000:function:f:live": "f live"} {
		if name, qualifier := nameOf(text); name+" "+qualifier != want {
			t.Errorf("%s is %q %q", text, name, qualifier)
		}
	}
}

// A variable's value is known only when it is evaluated; then the limit counts again.
func TestEnvironmentLimit(t *testing.T) {
	s := newStage(t, nil)
	large := map[string]any{"Variables": map[string]any{"AB": strings.Repeat("x", 4096)}}
	if err := checkFunction(with(working, map[string]any{"Environment": large})); fault.CodeOf(err) != fault.Limit {
		t.Errorf("%v", err)
	}
	if err := checkFunction(with(working, map[string]any{"Environment": map[string]any{"Variables": map[string]any{"AB": cfn.Ref("Table")}}})); err != nil {
		t.Errorf("%v", err)
	}
	in := s.fn
	in.Properties = with(working, map[string]any{"Environment": large})
	if err := host(s.World, in); fault.CodeOf(err) != fault.Limit {
		t.Errorf("%v", err)
	}
	in.Properties = with(working, map[string]any{"Environment": map[string]any{"Variables": map[string]any{"AB": 5}}})
	if err := host(s.World, in); err == nil || !strings.Contains(err.Error(), "AB") {
		t.Errorf("%v", err)
	}
}

func TestRefusedBeforeAnythingStarts(t *testing.T) {
	checks := map[string]func(map[string]any) error{}
	for _, rt := range New().Simulate().Types {
		checks[rt.Type] = rt.Check
	}
	filter := func(pattern string) map[string]any {
		return map[string]any{"FilterCriteria": map[string]any{"Filters": []any{map[string]any{"Pattern": pattern}}}}
	}
	for _, c := range []struct {
		resource string
		p        map[string]any
		where    string
	}{
		{functionType, with(working, map[string]any{"PackageType": "Image"}), "PackageType"},
		{functionType, with(working, map[string]any{"LoggingConfig": map[string]any{"LogFormat": "JSON"}}), "LoggingConfig.LogFormat"},
		{functionType, with(working, map[string]any{"Runtime": "java21"}), "Runtime"},
		{functionType, with(working, map[string]any{"Code": map[string]any{"ZipFile": "x"}}), "Code.S3Key"},
		{functionType, with(working, map[string]any{"Timeout": 901}), "Timeout"},
		{functionType, with(working, map[string]any{"MemorySize": "64"}), "MemorySize"},
		{functionType, with(working, map[string]any{"Environment": map[string]any{"Variables": map[string]any{"AWS_REGION": "x"}}}), "Environment.Variables.AWS_REGION"},
		{functionType, with(working, map[string]any{"Environment": map[string]any{"Variables": map[string]any{"1X": "x"}}}), "Environment.Variables.1X"},
		{permissionType, map[string]any{"FunctionName": "f:live"}, "FunctionName"},
		{asyncType, map[string]any{"FunctionName": "f", "Qualifier": "live"}, "Qualifier"},
		{mappingType, map[string]any{"FunctionName": "f", "BatchSize": 0}, "BatchSize"},
		{mappingType, map[string]any{"FunctionName": "f", "StartingPosition": "AT_TIMESTAMP"}, "StartingPosition"},
		{mappingType, map[string]any{"FunctionName": "f", "EventSourceArn": "arn:aws:kafka:us-east-1:0:cluster/x"}, "EventSourceArn"},
		{mappingType, filter(`{"body": [{"wildcard": "*"}]}`), "FilterCriteria"},
		{mappingType, filter(`{"body": "x"}`), "FilterCriteria"},
		{urlType, map[string]any{"AuthType": "AWS_IAM"}, "AuthType"},
		{urlType, map[string]any{"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"}, "InvokeMode"},
		{urlType, map[string]any{"AuthType": "NONE", "TargetFunctionArn": "f:2"}, "FunctionName"},
	} {
		if err := checks[c.resource](c.p); err == nil || fault.As(err).Where != c.where {
			t.Errorf("%s %v: %v, want something at %s", c.resource, c.p, err, c.where)
		}
	}
	if err := checks[functionType](working); err != nil {
		t.Error(err)
	}
	if err := checks[mappingType](map[string]any{"FunctionName": cfn.Ref("F"), "EventSourceArn": cfn.GetAtt("Q", "Arn")}); err != nil {
		t.Error(err)
	}
}

func TestPermission(t *testing.T) {
	s := newStage(t, nil)
	in := s.create("Allow", permissionType, map[string]any{"Action": "lambda:InvokeFunction", "FunctionName": "worker", "Principal": "s3.amazonaws.com",
		"SourceArn": "arn:aws:s3:::b", "SourceAccount": "000000000000"})
	public := s.create("Public", permissionType, map[string]any{"Action": "lambda:InvokeFunction", "FunctionName": s.fn.ARN, "Principal": "*", "InvokedViaFunctionUrl": true})
	policies := s.Policies(s.fn.ARN)
	statement := policies[in.PhysicalID]["Statement"].([]any)[0]
	if property.Text(statement, "Principal", "Service") != "s3.amazonaws.com" || property.Text(statement, "Condition", "ArnLike", "AWS:SourceArn") != "arn:aws:s3:::b" ||
		property.Text(statement, "Condition", "StringEquals", "AWS:SourceAccount") != "000000000000" || property.Text(statement, "Resource") != s.fn.ARN {
		t.Errorf("%v", statement)
	}
	statement = policies[public.PhysicalID]["Statement"].([]any)[0]
	if property.Text(statement, "Principal") != "*" || property.Text(statement, "Condition", "Bool", "lambda:InvokedViaFunctionUrl") != "true" {
		t.Errorf("%v", statement)
	}
	if err := s.Delete(t.Context(), in); err != nil || len(s.Policies(s.fn.ARN)) != 1 {
		t.Errorf("%v %v", err, s.Policies(s.fn.ARN))
	}
	if _, err := s.Create(t.Context(), "None", permissionType, map[string]any{"Action": "lambda:InvokeFunction", "FunctionName": "other", "Principal": "*"}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
	if _, err := s.Create(t.Context(), "None", permissionType, map[string]any{"Action": "s3:GetObject", "FunctionName": "worker", "Principal": "*"}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}
