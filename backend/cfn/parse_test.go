package cfn

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
)

const sampleYAML = `AWSTemplateFormatVersion: 2010-09-09
Description: A small one
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod], MaxLength: 9}
Mappings:
  Accounts:
    012345678901: {Name: a}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  Both: !And [Condition: IsProd, !Condition IsProd]
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    Condition: IsProd
    Properties:
      TableName: !Sub "${Stage}-orders"
      Version: 1.10
      Since: 2012-10-17
      Read: 5
      Share: 0.5
      On: yes
  Work:
    Type: AWS::Lambda::Function
    DependsOn: Orders
    Properties:
      Role: !GetAtt Orders.Nested.Arn
      Code:
        ZipFile: |
          one
            two
      Statement: {Condition: {Bool: {a: b}}}
      Encoded:
        Fn::Base64: !Sub x
      Tail: !If [IsProd, 1, !Ref "AWS::NoValue"]
Outputs:
  Out: {Value: !GetAtt [Orders, Arn], Export: {Name: out}}
`

func sample() Template {
	return Template{
		Description: "A small one",
		Parameters:  map[string]Parameter{"Stage": {Type: "String", Default: "dev", AllowedValues: []any{"dev", "prod"}, Extra: map[string]any{"MaxLength": 9}}},
		Mappings:    map[string]any{"Accounts": map[string]any{"012345678901": map[string]any{"Name": "a"}}},
		Conditions: map[string]any{
			"IsProd": Fn{"Fn::Equals", []any{Ref("Stage"), "prod"}},
			"Both":   Fn{"Fn::And", []any{Fn{"Condition", "IsProd"}, Fn{"Condition", "IsProd"}}},
		},
		Resources: map[string]Resource{
			"Orders": {Type: "AWS::DynamoDB::Table", DeletionPolicy: "Retain", Condition: "IsProd", Properties: map[string]any{
				"TableName": Fn{"Fn::Sub", "${Stage}-orders"}, "Version": "1.10", "Since": "2012-10-17", "Read": 5, "Share": 0.5, "On": true,
			}},
			"Work": {Type: "AWS::Lambda::Function", DependsOn: []string{"Orders"}, Properties: map[string]any{
				"Role":      GetAtt("Orders", "Nested.Arn"),
				"Code":      map[string]any{"ZipFile": "one\n  two\n"},
				"Statement": map[string]any{"Condition": map[string]any{"Bool": map[string]any{"a": "b"}}},
				"Encoded":   Fn{"Fn::Base64", Fn{"Fn::Sub", "x"}},
				"Tail":      If("IsProd", 1, NoValue),
			}},
		},
		Outputs: map[string]Output{"Out": {Value: GetAtt("Orders", "Arn"), Export: "out"}},
	}
}

func TestParseYAML(t *testing.T) {
	got, err := Parse([]byte(sampleYAML))
	if err != nil {
		t.Fatal(err)
	}
	if want := sample(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
}

func TestPrintedIsParsedBack(t *testing.T) {
	for name, print := range map[string]func(Template) []byte{"JSON": PrintJSON, "YAML": PrintYAML} {
		body := print(sample())
		got, err := Parse(body)
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, body)
		}
		if !reflect.DeepEqual(got, sample()) {
			t.Errorf("%s: not equal:\n%s", name, body)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, body, where, says string }{
		{"duplicate key in JSON", "{\"Resources\": {\n\"A\": {\"Type\": \"T\"},\n\"A\": {}}}", "Resources", `line 3: the key "A" stands twice, first in line 2`},
		{"duplicate key in YAML", "Resources:\n  A: {Type: T}\n  A: {Type: T}\n", "Resources", `line 3: the key "A" stands twice, first in line 2`},
		{"duplicate key hidden by an escape", `{"Resources": {"A": {"Type": "T", "Properties": {"x": 1, "\u0078": 2}}}}`, "Resources.A.Properties", `"x" stands twice`},
		{"unknown section", "Resource: {}\n", "Resource", `line 1: "Resource" is no section`},
		{"no resources", "Description: x\n", "", "no Resources"},
		{"unknown attribute", "Resources:\n  A:\n    Type: T\n    Props: {}\n", "Resources.A.Props", `line 4: "Props" is no attribute`},
		{"no type", "Resources:\n  A: {}\n", "Resources.A", "no Type"},
		{"unknown tag", "Resources:\n  A:\n    Type: T\n    Properties: {X: !Reff B}\n", "Resources.A.Properties.X", "line 4: the tag !Reff"},
		{"binary tag", "Resources:\n  A:\n    Type: T\n    Properties: {X: !!binary aGk=}\n", "Resources.A.Properties.X", "!!binary"},
		{"attribute without a dot", "Resources:\n  A:\n    Type: T\n    Properties: {X: !GetAtt B}\n", "Resources.A.Properties.X", "needs a resource and an attribute"},
		{"reference to a map", `{"Resources": {"A": {"Type": "T", "Properties": {"X": {"Ref": {}}}}}}`, "Resources.A.Properties.X", "Ref needs a name"},
		{"second document", "Resources: {}\n---\nResources: {}\n", "", "a template is one document"},
		{"alias to itself", "Resources: &a {A: *a}\n", "Resources.A.A", "contains itself"},
		{"merged text", "Resources: {A: {<<: x, Type: T}}\n", "Resources.A", "only maps can be merged"},
		{"empty", "", "", "empty"},
		{"a list", "- a\n", "", "a template must be a map"},
		{"broken YAML", "Resources:\n  A: [\n", "", "not valid YAML: line 2"},
		{"broken JSON", "{\"Resources\": {\n\"A\": {\"Type\" \"T\"}}}", "Resources.A.Type", "line 2: not valid JSON"},
		{"half of a JSON", `{"Resources": {"A": {`, "Resources.A", "ends too early"},
		{"not UTF-8", "Resources: \xff\n", "", "UTF-8"},
		{"version", "AWSTemplateFormatVersion: 2011-01-01\nResources: {}\n", "AWSTemplateFormatVersion", "2010-09-09"},
		{"a large number", `{"Resources": {"A": {"Type": "T", "Properties": {"X": 123456789012345678901}}}}`, "Resources.A.Properties.X", "too large to be kept exactly"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse([]byte(c.body))
			var f *fault.Error
			if !errors.As(err, &f) {
				t.Fatalf("want a fault, got %v", err)
			}
			if !strings.Contains(f.Message, c.says) || f.Where != c.where {
				t.Errorf("got %q at %q\nwant %q at %q", f.Message, f.Where, c.says, c.where)
			}
		})
	}
}

func bomb(levels, fan int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i <= levels; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), fan), ","))
	}
	return b.String()
}

// The rows I3 and I4: an error within 500 ms that allocates at most 100 MB. The clock here is generous, so that a busy
// machine does not fail; the memory is exact.
func TestBombs(t *testing.T) {
	for _, c := range []struct {
		name, body string
		code       fault.Code
	}{
		{"aliases", bomb(9, 9), fault.Limit},
		{"aliases below 10^6", bomb(5, 9), fault.Limit},
		{"deep YAML lists", strings.Repeat("[", 20000) + strings.Repeat("]", 20000), fault.Limit},
		{"deep YAML", strings.Repeat("[", 2000) + strings.Repeat("]", 2000), fault.Limit},
		{"deep block", strings.Repeat("- ", 5000) + "x", fault.Limit},
		{"deep JSON", `{"a":` + strings.Repeat("[", 200000), fault.Limit},
		{"many short lines", strings.Repeat("- a\n", 1_200_000), fault.Limit},
		{"many flow items", "[" + strings.Repeat("a,", 2_400_000) + "]", fault.Limit},
		{"many JSON items", `{"a":[` + strings.Repeat("1,", 2_400_000) + "1]}", fault.Limit},
		{"many JSON keys", `{"a":1` + manyKeys(200000) + "}", fault.Limit},
		{"50 MB", "a: " + strings.Repeat("x", 50<<20), fault.Limit},
		{"merged maps", "a: &a {k: [1,2,3,4,5,6,7,8,9]}\nb: [" + strings.Repeat("{<<: *a}, ", 20000) + "]", fault.Limit},
		{"unclosed quotes", strings.Repeat(`"`, 4_999_999), fault.Invalid},
		{"many anchors", strings.Repeat("&a ", 100_000), fault.Invalid},
		{"tags", strings.Repeat("!Ref ", 100_000), fault.Invalid},
		{"a long key", "? " + strings.Repeat("k", 4<<20), fault.Invalid},
		{"spaces", strings.Repeat(" ", 5<<20), fault.Invalid},
		{"tabs", strings.Repeat("\t", 5<<20), fault.Invalid},
		{"colons", strings.Repeat("a: ", 60_000), fault.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err := Parse([]byte(c.body))
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if fault.CodeOf(err) != c.code {
				t.Errorf("want %s, got %v", c.code, err)
			}
			allocated := (after.TotalAlloc - before.TotalAlloc - uint64(len(c.body))) >> 20 // without Go's copy of the text
			t.Logf("%v, %d MB", took.Round(time.Millisecond), allocated)
			if allocated > 100 {
				t.Errorf("allocated %d MB", allocated)
			}
			if took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"k%d":1`, i)
	}
	return b.String()
}

// A text of the full size that is legitimate is read.
func TestLargeScalar(t *testing.T) {
	body := "Resources:\n  A:\n    Type: T\n    Properties:\n      X: \"" + strings.Repeat("x", 4<<20) + "\"\n"
	if _, err := Parse([]byte(body)); err != nil {
		t.Fatal(err)
	}
}

// Every template of the corpus is read, or refused with an error that says where; what is read is printed and read back
// as the same.
func TestCorpus(t *testing.T) {
	root := "../../../shared/corpus"
	if _, err := os.Stat(root); err != nil {
		t.Skip("skipped: the corpus of public templates is not here")
	}
	read, refused := 0, map[string]int{}
	for _, folder := range []string{"apps", "cfn-samples", "sam-errors", "sam-features", "serverless-yml"} {
		files, err := filepath.Glob(filepath.Join(root, folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Parse(data)
			if err != nil {
				var f *fault.Error
				if !errors.As(err, &f) || f.Message == "" {
					t.Errorf("%s: an unclear error: %v", file, err)
				}
				refused[folder]++
				if folder != "serverless-yml" {
					t.Logf("%s: %v", filepath.Base(file), err)
				}
				continue
			}
			read++
			for name, print := range map[string]func(Template) []byte{"JSON": PrintJSON, "YAML": PrintYAML} {
				again, err := Parse(print(got))
				if err != nil {
					t.Errorf("%s: printed as %s: %v", file, name, err)
				} else if !reflect.DeepEqual(got, again) {
					t.Errorf("%s: printed as %s is not the same: %+v", file, name, Diff(got, again))
				}
			}
		}
	}
	t.Logf("%d read, refused: %v", read, refused)
	if read < 1000 {
		t.Errorf("only %d templates were read", read)
	}
}
