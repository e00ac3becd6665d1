package engine

import (
	"fmt"
	"strings"
	"testing"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// Nothing on this machine speaks TLS: what a template joins to such an address is made plain, everywhere.
func TestAddressesArePlain(t *testing.T) {
	const page = `
Resources:
  A: {Type: Test::Thing, Properties: {Size: "127.0.0.1:4000"}}
  B: {Type: Test::Thing, Properties: {From: !Sub "https://${A.Size}/x", List: ["https://example.com:443", !Sub "https://${A.Size}"]}}
Outputs:
  Page: {Value: !Join ["", ["https://", !GetAtt A.Size]]}
`
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, page))
	b.same("output", e.Head().Outputs["Page"], "http://127.0.0.1:4000")
	in := b.input(page)
	v, err := e.Eval(in, "Config", map[string]any{"api": in.Template.Outputs["Page"].Value, "stack": cfn.StackName})
	b.must(err)
	b.same("evaluated", v, map[string]any{"api": "http://127.0.0.1:4000", "stack": "shop"})
	b.same("properties", e.current("B").Instance.Properties, map[string]any{"From": "http://127.0.0.1:4000/x", "List": []any{"https://example.com:443", "http://127.0.0.1:4000"}})
	p, err := e.Plan(in)
	b.must(err)
	b.same("method", p.Method, "none")
}

func changes(p Preview) string {
	var out []string
	for _, c := range p.Changes {
		s := fmt.Sprintf("%s %s %v", c.LogicalID, c.Action, c.Properties)
		if c.Reason != "" {
			s += " " + c.Reason
		}
		if c.Destructive {
			s += " LOSES DATA"
		}
		out = append(out, s)
	}
	return strings.Join(out, " | ")
}

func TestPlanPredicts(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, `
  A: {Type: Test::Data, Properties: {Name: a, List: [{X: 1}]}}
  B: {Type: Test::Thing, Properties: {From: !Ref A, Tags: [a]}}
  C: {Type: Test::Thing, Properties: {Rules: [{To: !GetAtt A.Arn}]}}
  D: {Type: Test::Data, DeletionPolicy: Retain}
  E: {Type: Test::Data}
  F: {Type: Test::Thing}
  G: {Type: Test::Thing, Properties: {Size: 30}}
  H: {Type: Test::Thing, Properties: {List: [1]}}
  I: {Type: Test::Thing, Properties: {List: [1, 2]}}`))
	p, err := e.Plan(b.input(`
Conditions: {Never: !Equals [a, b]}
Resources:
  A: {Type: Test::Data, UpdateReplacePolicy: Retain, Properties: {Name: b, List: [{X: 1}]}}
  B: {Type: Test::Thing, Properties: {From: !Ref A, Tags: [a]}}
  C: {Type: Test::Thing, Properties: {Rules: [{To: !GetAtt A.Arn}]}}
  E: {Type: Test::Data, Condition: Never}
  F: {Type: Test::Data, DeletionPolicy: Retain}
  G: {Type: Test::Thing, DeletionPolicy: Retain, Properties: {Size: "30", Tags: [b]}}
  H: {Type: Test::Thing, Properties: {List: [1, 2]}}
  I: {Type: Test::Thing, Properties: {List: [1]}}`))
	b.must(err)
	b.same("changes", strings.ReplaceAll(changes(p), " | ", "\n"), `A replace [Name] a new Name needs a new resource
B update [From]
C replace [Rules[0].To] a new Rules[0].To needs a new resource
D remove [] it is retained
E remove [] its condition is false LOSES DATA
F replace [] its type changes from Test::Thing to Test::Data
G update [Tags DeletionPolicy] changes nothing here
H update [List]
I replace [List] a new List needs a new resource`)
	b.same("method", p.Method, "update")
}

func TestRefusals(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	in := `
Transform: AWS::Serverless-2016-10-31
Globals: {}
Rules: {R: {}}
Resources:
  A: {Type: Test::None, CreationPolicy: {X: 1}, Properties: {X: !ImportValue y}}
  B: {Type: Test::Thing, DeletionPolicy: Snapshot, UpdatePolicy: {X: 1}, Properties: {Color: red, Code: {Key: k, Bucket: b}, Rules: [{To: x, Via: y}, {Via: z}], Bad: true}}
  C: {Type: Test::Thing, Connectors: {}, Properties: {From: !Ref A, Size: {Fn::Other: 1}}}
Outputs: {O: {Value: x, Export: {Name: n}}}
`
	p, err := e.Plan(b.input(in))
	b.must(err)
	var got []string
	for _, f := range p.Refusals {
		if f.Severity != fault.Blocking || f.Hint == "" {
			t.Errorf("%+v", f)
		}
		got = append(got, f.Node+"|"+f.Field+"| "+f.Message)
	}
	b.same("refusals", strings.Join(got, "\n"), `|| Globals: the section needs a macro, which the embedded sandbox does not run
|| Rules.R: rules are not checked by the embedded sandbox
|| Transform: macros (AWS::Serverless-2016-10-31) are not run by the embedded sandbox
node-a|| A (Test::None): the embedded sandbox does not have the resource type Test::None
node-a|X.Fn::ImportValue| A.Properties.X.Fn::ImportValue (Test::None): Fn::ImportValue reaches outside of the template and is not supported here
node-b|B.DeletionPolicy| B.DeletionPolicy (Test::Thing): the embedded sandbox cannot snapshot
node-b|B.UpdatePolicy| B.UpdatePolicy (Test::Thing): the embedded sandbox has no update policies
node-b|Bad| B.Properties.Bad (Test::Thing): bad things are not simulated
node-b|Code.Bucket| B.Properties.Code.Bucket (Test::Thing): the property Code.Bucket is not simulated
node-b|Color| B.Properties.Color (Test::Thing): the property Color is not simulated
node-b|Rules.Via| B.Properties.Rules.Via (Test::Thing): the property Rules.Via is not simulated
node-c|C.Connectors| C.Connectors (Test::Thing): needs a macro, which the embedded sandbox does not run
node-c|Size.Fn::Other| C.Properties.Size.Fn::Other (Test::Thing): the function Fn::Other is not supported here`)
	b.same("notes", p.Notes, "[the output O is not exported: there is no other stack here]")
	if err := b.apply(e, in); fault.CodeOf(err) != fault.Unsupported {
		t.Errorf("apply: %v", err)
	}
	b.same("nothing started", len(b.cloud.ops)+len(b.events)+b.disk.writes, 0)
	_, err = e.Plan(b.input("  A: {Type: Test::Thing, Properties: {From: !Ref X, Size: !If [Y, 1, 2]}}"))
	if fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "no resource or parameter X") || !strings.Contains(err.Error(), "no condition Y") {
		t.Errorf("a template that is not whole: %v", err)
	}
}

func TestPlanIsTheContract(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	p, err := e.Plan(b.input(three))
	b.must(err)
	b.same("method", p.Method, "create")
	for _, c := range p.Changes {
		if c.Action != sandbox.Add || c.Node != "node-"+strings.ToLower(c.LogicalID) {
			t.Errorf("%+v", c)
		}
	}
	b.same("writes", b.disk.writes, 0)
	b.must(b.apply(e, three))
	got := e.Resources()
	b.same("resources", fmt.Sprintf("%d %+v", len(got), got[2]), "3 {LogicalID:C Node:node-c Type:Test::Data PhysicalID:fixed ARN:arn:fixed Status:CREATE_COMPLETE Attributes:map[Size:5]}")
}
