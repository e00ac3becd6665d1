package cfn

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"airloom/backend/fault"
)

const evalTemplate = `
Parameters:
  Stage: {Type: String, Default: dev}
  Zones: {Type: CommaDelimitedList, Default: "a, b"}
  Count: {Type: Number, Default: 3}
Mappings:
  Sizes: {dev: {Memory: 128, Names: [x, "{{resolve:ssm:in-map}}"]}}
Conditions:
  Dev: !Equals [!Ref Stage, dev]
  Prod: !Not [!Condition Dev]
  Either: !Or [!Condition Prod, !Condition Dev]
  Both: !And [!Condition Prod, !Condition Dev]
Resources:
  R: {Type: T}
`

func evalEnv(t *testing.T) *Env {
	t.Helper()
	tmpl, err := Parse([]byte(evalTemplate))
	if err != nil {
		t.Fatal(err)
	}
	env, err := NewEnv(tmpl, nil, map[string]any{"AWS::Region": "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	env.Ref = func(id string) (any, error) {
		if id == "Later" {
			return nil, ErrUnknown
		}
		return "phys-" + id, nil
	}
	env.GetAtt = func(id, attribute string) (any, error) {
		if id == "Later" {
			return nil, ErrUnknown
		}
		if attribute == "No" {
			return nil, fault.New(fault.Invalid, "%s has no attribute %s", id, attribute)
		}
		return "arn:" + id + ":" + attribute, nil
	}
	env.Dynamic = func(service, reference string) (string, error) {
		if service == "ssm-secure" {
			return "", fault.New(fault.Unsupported, "not here")
		}
		return "<" + service + "|" + reference + ">", nil
	}
	env.Zones = func(region string) []string { return []string{region + "a", region + "b"} }
	return env
}

func value(t *testing.T, yaml string) any {
	t.Helper()
	v, err := ParseDocument([]byte(yaml))
	if err != nil {
		t.Fatalf("%s: %v", yaml, err)
	}
	return v
}

func TestEval(t *testing.T) {
	env := evalEnv(t)
	if want := map[string]bool{"Dev": true, "Prod": false, "Either": true, "Both": false}; !reflect.DeepEqual(env.Conditions, want) {
		t.Fatalf("conditions: %v", env.Conditions)
	}
	list := func(v ...any) any { return append([]any{}, v...) }
	for _, c := range []struct {
		yaml string
		want any
	}{
		{`!Ref Stage`, "dev"},
		{`!Ref Zones`, list("a", "b")},
		{`!Ref R`, "phys-R"},
		{`!GetAtt R.A.B`, "arn:R:A.B"},
		{`!GetAtt [R, !Ref Stage]`, "arn:R:dev"},
		{`!Sub "${Stage} ${R} ${R.Arn} ${!R} ${AWS::Region} ${"`, "dev phys-R arn:R:Arn ${R} eu-west-1 ${"},
		{`!Sub ["${x}${Stage}", {x: !Ref R}]`, "phys-Rdev"},
		{`!Sub ["${x}", {x: "${R}"}]`, "${R}"},
		{`!Join ["-", [a, !Ref Count, 1, true]]`, "a-3-1-true"},
		{`!Join [",", !Ref Zones]`, "a,b"},
		{`!Join [",", [a, !Ref AWS::NoValue]]`, "a"},
		{`!Select [1, !Ref Zones]`, "b"},
		{`!Select ["0", !Split ["/", a/b]]`, "a"},
		{`!If [Dev, {a: 1}, 2]`, map[string]any{"a": 1}},
		{`!If [Prod, 1, !Ref AWS::NoValue]`, nil},
		{`{a: !If [Prod, 1, !Ref AWS::NoValue], b: [!Ref AWS::NoValue, 2]}`, map[string]any{"b": list(2)}},
		{`!FindInMap [Sizes, !Ref Stage, Memory]`, 128},
		{`!FindInMap [Sizes, none, Memory, {DefaultValue: 1}]`, 1},
		{`!FindInMap [Sizes, dev, Names]`, list("x", "<ssm|in-map>")},
		{`!Base64 hi`, "aGk="},
		{`{Fn::Base64: !Sub "${Stage}"}`, "ZGV2"},
		{`!GetAZs ""`, list("eu-west-1a", "eu-west-1b")},
		{`!Select [0, !GetAZs {Ref: AWS::Region}]`, "eu-west-1a"},
		{`!Cidr [10.0.0.0/16, 3, 8]`, list("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24")},
		{`!Length [1, 2]`, 2},
		{`!ToJsonString {b: 1, a: !Ref Stage, c: "<"}`, `{"a":"dev","b":1,"c":"<"}`},
		{`!Equals [1, "1"]`, true},
		{`"a {{resolve:secretsmanager:arn:aws:sm:x:SecretString:k}} b"`, "a <secretsmanager|arn:aws:sm:x:SecretString:k> b"},
		{`!Sub "{{resolve:ssm:${Stage}}}"`, "<ssm|dev>"},
		{`{a: !GetAtt Later.Arn, b: !Sub "x${Later}", c: !If [Dev, [!Ref Later, 1], 2]}`,
			map[string]any{"a": GetAtt("Later", "Arn"), "b": Fn{"Fn::Sub", "x${Later}"}, "c": list(Ref("Later"), 1)}},
	} {
		got, err := env.Eval("X", value(t, c.yaml))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %#v, want %#v, %v", c.yaml, got, c.want, err)
		}
	}
	if _, err := env.Eval("X", Dynamic("ssm", Ref("Stage"))); err != nil {
		t.Error(err)
	}
	if m := env.Mappings["Sizes"].(map[string]any)["dev"].(map[string]any)["Names"].([]any); m[1] != "{{resolve:ssm:in-map}}" {
		t.Error("evaluating changed the template's mapping")
	}
}

func TestEvalRefuses(t *testing.T) {
	env := evalEnv(t)
	for _, c := range []struct {
		yaml, where, says string
		code              fault.Code
	}{
		{`{A: [!ImportValue x]}`, "R.Properties.A[0].Fn::ImportValue", "reaches outside", fault.Unsupported},
		{`{A: !Transform {Name: AWS::Include}}`, "R.Properties.A.Fn::Transform", "reaches outside", fault.Unsupported},
		{`{A: {Fn::Other: 1}}`, "R.Properties.A.Fn::Other", "Fn::Other is not supported", fault.Unsupported},
		{`{A: {Fn::ForEach::X: 1, B: 2}}`, "R.Properties.A.Fn::ForEach::X", "beside other keys", fault.Unsupported},
		{`{A: !GetAtt R.No}`, "R.Properties.A.Fn::GetAtt", "reading R.No: R has no attribute No", fault.Invalid},
		{`{A: !Select [2, [a]]}`, "R.Properties.A.Fn::Select", "no element 2", fault.Invalid},
		{`{A: !Select [0, a]}`, "R.Properties.A.Fn::Select", "needs an index and a list", fault.Invalid},
		{`{A: !Join ["", [[a]]]}`, "R.Properties.A.Fn::Join", "element 0", fault.Invalid},
		{`{A: !Sub [x]}`, "R.Properties.A.Fn::Sub", "needs a text", fault.Invalid},
		{`{A: !Sub []}`, "R.Properties.A.Fn::Sub", "needs a text", fault.Invalid},
		{`{A: !Sub "${Zones}"}`, "R.Properties.A.Fn::Sub", "${Zones} is no text", fault.Invalid},
		{`{A: !If [None, 1, 2]}`, "R.Properties.A.Fn::If", "no condition None", fault.Invalid},
		{`{A: !FindInMap [Sizes, dev, None]}`, "R.Properties.A.Fn::FindInMap", "no value at Sizes.dev.None", fault.Invalid},
		{`{A: "{{resolve:ssm-secure:x}}"}`, "R.Properties.A", "resolving {{resolve:ssm-secure:x}}", fault.Unsupported},
		{`{A: "{{resolve:ssm"}`, "R.Properties.A", "not closed", fault.Invalid},
		{`{A: !Ref AWS::StackId}`, "R.Properties.A.Ref", "AWS::StackId", fault.Unsupported},
		{`{A: !Cidr [10.0.0.0/24, 300, 8]}`, "R.Properties.A.Fn::Cidr", "cannot cut", fault.Invalid},
		{`{A: !Cidr ["2001:db8::/32", 1, 64]}`, "R.Properties.A.Fn::Cidr", "IPv6", fault.Unsupported},
	} {
		_, err := env.Eval("R.Properties", value(t, c.yaml))
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Errorf("%s: want a fault, got %v", c.yaml, err)
			continue
		}
		if !strings.Contains(f.Error(), c.says) || f.Code != c.code || f.Where != c.where && c.code != fault.Unsupported {
			t.Errorf("%s: got %s %q at %q", c.yaml, f.Code, f.Error(), f.Where)
		}
		if f.Where == "" {
			t.Errorf("%s: no path in %v", c.yaml, err)
		}
	}
}

func TestArguments(t *testing.T) {
	tmpl := Template{Parameters: map[string]Parameter{
		"Name":  {Type: "String", Extra: map[string]any{"AllowedPattern": "[a-z]+", "MinLength": 2, "MaxLength": "4"}},
		"Size":  {Type: "Number", Default: 5, Extra: map[string]any{"MinValue": 1, "MaxValue": 9}},
		"Kind":  {Type: "String", Default: "a", AllowedValues: []any{"a", 2}},
		"Ports": {Type: "List<Number>", Default: []any{80, 81}},
		"Key":   {Type: "String", Default: "k", NoEcho: true, AllowedValues: []any{"k"}},
	}}
	got, err := Arguments(tmpl, map[string]string{"Name": "abc", "Kind": "2"})
	if want := map[string]any{"Name": "abc", "Size": "5", "Kind": "2", "Ports": []any{"80", "81"}, "Key": "k"}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, c := range []struct{ name, value, says string }{
		{"Name", "a", "shorter than 2"}, {"Name", "abcde", "longer than 4"}, {"Name", "ABC", "does not match"},
		{"Size", "x", "is no number"}, {"Size", "10", "more than 9"}, {"Size", "0", "less than 1"}, {"Kind", "b", "is none of a, 2"},
		{"Ports", "80,x", "is no number"}, {"None", "", "no parameter None"}, {"Key", "hunter2", "the value is none of"},
	} {
		given := map[string]string{"Name": "abc"}
		given[c.name] = c.value
		if _, err := Arguments(tmpl, given); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s=%s: got %v", c.name, c.value, err)
		}
	}
	if _, err := Arguments(tmpl, nil); err == nil || !strings.Contains(err.Error(), "needs a value") {
		t.Errorf("missing: got %v", err)
	}
	ssm := Template{Parameters: map[string]Parameter{"P": {Type: "AWS::SSM::Parameter::Value<String>", Default: "/a"}}}
	if _, err := Arguments(ssm, nil); fault.CodeOf(err) != fault.Unsupported {
		t.Errorf("systems manager: got %v", err)
	}
}

func TestConditionsInACircle(t *testing.T) {
	tmpl, err := Parse([]byte("Conditions: {A: !Not [!Condition B], B: !Not [!Condition A]}\nResources: {}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewEnv(tmpl, nil, nil); err == nil || !strings.Contains(err.Error(), "A → B → A") {
		t.Errorf("got %v", err)
	}
}

func TestDependencies(t *testing.T) {
	tmpl, err := Parse([]byte(`
Conditions: {Always: !Equals [a, a], Never: !Equals [a, b]}
Resources:
  A: {Type: T, Properties: {X: !Ref B, Y: !Sub ["${C.Arn} ${v} ${!D}", {v: !GetAtt E.Arn}]}}
  B: {Type: T, DependsOn: [F, Gone]}
  C: {Type: T, Properties: {X: !If [Always, !Ref F, !Ref A]}}
  D: {Type: T, Condition: Never}
  E: {Type: T, Properties: {X: !If [Never, !Ref D, x]}}
  F: {Type: T, Properties: {X: !Ref F}}
  Gone: {Type: T, Condition: Never}
`))
	if err != nil {
		t.Fatal(err)
	}
	env, err := NewEnv(tmpl, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := Dependencies(tmpl, env.Conditions)
	if want := (Graph{"A": {"B", "C", "E"}, "B": {"F"}, "C": {"F"}, "E": nil, "F": nil}); !reflect.DeepEqual(g, want) {
		t.Errorf("got %v", g)
	}
	order, err := Order(g)
	if want := []string{"F", "B", "C", "E", "A"}; err != nil || !reflect.DeepEqual(order, want) {
		t.Errorf("got %v, %v", order, err)
	}
	_, err = Order(Dependencies(tmpl, nil))
	if err == nil || !strings.Contains(err.Error(), "A → C → A") {
		t.Errorf("with both branches: %v", err)
	}
}

func TestDiff(t *testing.T) {
	before, after := sample(), sample()
	if d := Diff(before, after); !d.Empty() {
		t.Fatalf("equal templates differ: %+v", d)
	}
	after.Resources["New"] = Resource{Type: "N"}
	delete(after.Resources, "Orders")
	w := after.Resources["Work"]
	w.DependsOn, w.DeletionPolicy = nil, "Retain"
	w.Properties = map[string]any{"Role": GetAtt("Orders", "Arn"), "Code": map[string]any{"ZipFile": "one\n  two\n", "Extra": 1},
		"Statement": map[string]any{"Condition": map[string]any{"Bool": map[string]any{"a": "c"}}}, "Encoded": Fn{"Fn::Base64", Fn{"Fn::Sub", "x"}}, "Tail": If("IsProd", 1, NoValue)}
	after.Resources["Work"] = w
	delete(after.Outputs, "Out")
	got := Diff(before, after)
	want := Difference{
		Resources: []ResourceChange{
			{LogicalID: "New", Type: "N", Kind: Added},
			{LogicalID: "Orders", Type: "AWS::DynamoDB::Table", OldType: "AWS::DynamoDB::Table", Kind: Removed},
			{LogicalID: "Work", Type: "AWS::Lambda::Function", OldType: "AWS::Lambda::Function", Kind: Modified,
				Properties: []string{"Code.Extra", "Role", "Statement.Condition.Bool.a"}, Attributes: []string{"DeletionPolicy", "DependsOn"}},
		},
		Sections: []string{"Outputs.Out"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestPaths(t *testing.T) {
	a := map[string]any{"N": 30, "L": []any{1, map[string]any{"x": 1}}, "M": []any{1}, "E": map[string]any{}}
	b := map[string]any{"N": "30", "L": []any{1, map[string]any{"x": 2}}, "M": []any{1, 2}, "F": 1, "E": map[string]any{"a.b": 1}}
	if got, want := Paths(a, b), []string{"E.a.b", "F", "L[1].x", "M"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if Top("L[1].x") != "L" || Top("E.a.b") != "E" || Top("F") != "F" {
		t.Error("the top of a path")
	}
}

func TestCheckLiterals(t *testing.T) {
	tmpl := Template{Resources: map[string]Resource{"A": {Type: "T", Properties: map[string]any{
		"Text": "x {{resolve:ssm:p}}", "Env": map[string]any{"Ref": "x"}, "Sub": Sub("{{resolve:ssm:", Ref("B"), "}}"),
		"Meant": Dynamic("secretsmanager", Ref("B"), ":SecretString:k"), "Fine": "{{x}} ${A}", "Deep": []any{map[string]any{"Fn::Sub": "x", "b": 1}},
		"Split": Dynamic("ssm", "a}}{{resolve:ssm-secure:b"),
	}}}, Outputs: map[string]Output{"O": {Value: "{{resolve:ssm:x}}"}}}
	var got []string
	for _, p := range CheckLiterals(tmpl) {
		got = append(got, p.LogicalID+" "+p.Path)
	}
	want := []string{"A A.Properties.Deep[0]", "A A.Properties.Env", "A A.Properties.Split.Fn::Join[1][0]", "A A.Properties.Split.Fn::Join[1][2]",
		"A A.Properties.Sub.Fn::Sub", "A A.Properties.Text", " Outputs.O.Value"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestLimits(t *testing.T) {
	big := Template{Description: strings.Repeat("x", 1025)}
	for i := range 501 {
		put(&big.Resources, fmt.Sprintf("R%d", i), Resource{Type: "T"})
	}
	for i := range 201 {
		put(&big.Outputs, fmt.Sprintf("O%d", i), Output{Value: "v"})
		put(&big.Parameters, fmt.Sprintf("P%d", i), Parameter{Type: "String"})
		put(&big.Mappings, fmt.Sprintf("M%d", i), any(map[string]any{}))
	}
	big.Resources["R0"] = Resource{Type: "AWS::Lambda::Function", Properties: map[string]any{"Environment": map[string]any{"Variables": map[string]any{
		"A": strings.Repeat("x", 4000), "B": Join("", strings.Repeat("y", 50), Ref("R1")), "C": Sub(strings.Repeat("z", 50), Ref("R1"))}}}}
	big.Resources["R1"] = Resource{Type: "T", Properties: map[string]any{"X": strings.Repeat("{{resolve:ssm:a}}", 61)}}
	delete(big.Resources, "R2")
	big.Resources["not-a-name"] = Resource{Type: "T"}
	var got []string
	for _, p := range Limits(big) {
		got = append(got, p.Rule)
		if !strings.HasPrefix(p.Source, "https://docs.aws.amazon.com/") || p.Severity != fault.Blocking {
			t.Errorf("%+v", p)
		}
	}
	want := []string{"resource-count", "output-count", "parameter-count", "mapping-count", "description-length", "logical-id", "dynamic-references", "variables-size"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	if p := Limits(sample()); p != nil {
		t.Errorf("a small template: %+v", p)
	}
	for size, rule := range map[int]string{51_200: "", 51_201: "template-inline", 1_000_001: "template-size"} {
		got := ""
		for _, p := range BodyLimits(size) {
			got = p.Rule
		}
		if got != rule {
			t.Errorf("%d bytes: got %q", size, got)
		}
	}
}

func TestUnresolved(t *testing.T) {
	tmpl, err := Parse([]byte(`
Parameters: {P: {Type: String}}
Conditions: {C: !Equals [!Ref Q, a], D: !Not [!Condition E]}
Resources:
  A: {Type: T, DependsOn: P, Condition: F, Properties: {X: !Ref P, Y: !Sub ["${v}${w}${A.x}", {v: !GetAtt G.x}], Z: !If [H, !FindInMap [M, a, b], !Ref AWS::Region]}}
Outputs: {O: {Value: !Ref A, Condition: I}}
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range Unresolved(tmpl) {
		got = append(got, p.Path+": "+p.Message)
	}
	want := []string{
		"A.Condition: the template has no condition F",
		"A.DependsOn: the template has no resource P",
		"Outputs.O.Condition: the template has no condition I",
		"Conditions.C.Fn::Equals[0]: the template has no resource or parameter Q",
		"Conditions.D.Fn::Not[0]: the template has no condition E",
		"A.Properties.Y: the template has no resource or parameter w",
		"A.Properties.Y.Fn::Sub[1].v: the template has no resource or parameter G",
		"A.Properties.Z: the template has no condition H",
		"A.Properties.Z.Fn::If[1]: the template has no mapping M",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
}

func TestPrintJSONGolden(t *testing.T) {
	want := `{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Parameters": {
    "P": {
      "Type": "String",
      "Default": 1
    }
  },
  "Resources": {
    "A": {
      "Type": "T",
      "DependsOn": [
        "B",
        "C"
      ],
      "DeletionPolicy": "Retain",
      "UpdateReplacePolicy": "Retain",
      "Properties": {
        "Empty": {},
        "Fn": {"Ref": "P"},
        "Join": {
          "Fn::Join": [
            "",
            [
              "a\n\"",
              {"Fn::GetAtt": ["B", "Arn"]}
            ]
          ]
        },
        "None": []
      }
    },
    "B": {
      "Type": "T"
    }
  },
  "Outputs": {
    "O": {
      "Value": {"Ref": "A"},
      "Export": {
        "Name": "x"
      }
    }
  }
}
`
	tmpl := Template{Parameters: map[string]Parameter{"P": {Type: "String", Default: 1}},
		Resources: map[string]Resource{
			"A": {Type: "T", DependsOn: []string{"B", "C"}, DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain",
				Properties: map[string]any{"Fn": Ref("P"), "Join": Join("", "a\n\"", GetAtt("B", "Arn")), "Empty": map[string]any{}, "None": []any{}}},
			"B": {Type: "T"}},
		Outputs: map[string]Output{"O": {Value: Ref("A"), Export: "x"}}}
	if got := string(PrintJSON(tmpl)); got != want {
		t.Errorf("got %s", got)
	}
	wantYAML := `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  P:
    Type: String
    Default: 1
Resources:
  A:
    Type: T
    DependsOn:
      - B
      - C
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      Empty: {}
      Fn: !Ref P
      Join: !Join
        - ""
        -
          - |-
            a
            "
          - !GetAtt B.Arn
      None: []
  B:
    Type: T
Outputs:
  O:
    Value: !Ref A
    Export:
      Name: x
`
	if got := string(PrintYAML(tmpl)); got != wantYAML {
		t.Errorf("got %s", got)
	}
}

// bench is a template such as 300 functions make: about 2,000 resources.
func bench() Template {
	t := Template{Resources: map[string]Resource{}}
	for i := range 300 {
		f := fmt.Sprintf("Function%d", i)
		t.Resources[f] = Resource{Type: "AWS::Lambda::Function", DependsOn: []string{f + "Logs"}, Properties: map[string]any{
			"Runtime": "nodejs22.x", "Handler": "index.handler", "MemorySize": 256, "Timeout": 10, "Architectures": []any{"arm64"},
			"Role": GetAtt(f+"Role", "Arn"), "Code": map[string]any{"S3Bucket": Ref("ArtifactBucket"), "S3Key": strings.Repeat("a", 64) + ".zip"},
			"Environment": map[string]any{"Variables": map[string]any{"TABLE": Ref(f + "Table"), "QUEUE": Ref(f + "Queue")}}}}
		t.Resources[f+"Role"] = Resource{Type: "AWS::IAM::Role", Properties: map[string]any{
			"AssumeRolePolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "lambda.amazonaws.com"}}}},
			"Policies": []any{map[string]any{"PolicyName": "wires", "PolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{
				map[string]any{"Effect": "Allow", "Action": []any{"dynamodb:GetItem", "dynamodb:PutItem"}, "Resource": []any{GetAtt(f+"Table", "Arn"), Join("", GetAtt(f+"Table", "Arn"), "/index/*")}},
				map[string]any{"Effect": "Allow", "Action": []any{"sqs:SendMessage"}, "Resource": GetAtt(f+"Queue", "Arn")}}}}}}}
		t.Resources[f+"Logs"] = Resource{Type: "AWS::Logs::LogGroup", DeletionPolicy: "Delete", Properties: map[string]any{"LogGroupName": Join("", "/aws/lambda/", StackName, "-"+f), "RetentionInDays": 14}}
		for _, s := range []string{"Table", "Queue", "Dead", "Source"} {
			t.Resources[f+s] = Resource{Type: "AWS::SQS::Queue", DeletionPolicy: "Retain", Properties: map[string]any{"VisibilityTimeout": 60, "RedrivePolicy": map[string]any{"maxReceiveCount": 3, "deadLetterTargetArn": GetAtt(f+"Dead", "Arn")}}}
		}
	}
	return t
}

func BenchmarkPrintJSON(b *testing.B) {
	t := bench()
	b.ReportMetric(float64(len(t.Resources)), "resources")
	for b.Loop() {
		PrintJSON(t)
	}
}

func BenchmarkPrintYAML(b *testing.B) {
	t := bench()
	for b.Loop() {
		PrintYAML(t)
	}
}

func BenchmarkParse(b *testing.B) {
	body := PrintJSON(bench())
	for b.Loop() {
		if _, err := Parse(body); err != nil {
			b.Fatal(err)
		}
	}
}
