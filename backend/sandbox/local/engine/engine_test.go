package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

const three = `
Resources:
  A: {Type: Test::Thing, Properties: {From: !Ref B, Size: !GetAtt C.Size}}
  B: {Type: Test::Thing, DependsOn: C, Properties: {Size: 1, Tags: [x]}}
  C: {Type: Test::Data, Properties: {Size: 5, Name: fixed}}
Outputs:
  Where: {Value: !Sub "${B}/${AWS::Region}"}
  Size: {Value: !GetAtt A.Size}
`

func TestCreateUpdateDestroy(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, three))
	b.same("order", b.cloud.ops, []string{"create C", "create B", "create A"})
	b.same("events", strings.Join(b.events, "\n"), `step shop CREATE_IN_PROGRESS
resource C CREATE_IN_PROGRESS @node-c
resource C CREATE_COMPLETE @node-c
resource B CREATE_IN_PROGRESS @node-b
resource B CREATE_COMPLETE @node-b
resource A CREATE_IN_PROGRESS @node-a
resource A CREATE_COMPLETE @node-a
output Size = 5
output Where = shop-B-000000030000/eu-west-1
step shop CREATE_COMPLETE`)
	b.same("things", b.cloud.things["fixed"], "{\n  \"Name\": \"fixed\",\n  \"Size\": 5\n}")
	b.same("outputs", e.Head().Outputs, map[string]string{"Size": "5", "Where": "shop-B-000000030000/eu-west-1"})
	b.consistent(e)

	// A new process sees the same, and the same template changes nothing.
	e = b.engine()
	p, err := e.Plan(b.input(three))
	b.must(err)
	b.same("method", p.Method, "none")
	b.must(b.apply(e, three))
	b.same("nothing to do", b.cloud.ops, []string(nil))
	b.consistent(e)

	// B is updated, which A does not notice; C is replaced, which it does; D comes.
	next := strings.NewReplacer("Size: 1,", "Size: 2,", "Name: fixed", "Name: other", "Size: 5", "Size: 6", "Outputs:", "  D: {Type: Test::Thing, Properties: {From: !Ref A}}\nOutputs:").Replace(three)
	p, err = e.Plan(b.input(next))
	b.must(err)
	b.same("changes", changes(p), "A update [Size] | B update [Size] | C replace [Name Size] a new Name needs a new resource LOSES DATA | D add []")
	b.must(b.apply(e, next))
	b.same("order", b.cloud.ops, []string{"create C", "update B", "update A", "create D", "delete C"})
	b.same("replaced", b.cloud.things["fixed"]+b.cloud.things["other"], "{\n  \"Name\": \"other\",\n  \"Size\": 6\n}")
	b.same("size", e.Head().Outputs["Size"], "6")
	b.consistent(e)
	b.same("cleanup", strings.Join(b.events[len(b.events)-4:], "\n"), `step shop UPDATE_COMPLETE_CLEANUP_IN_PROGRESS
resource C DELETE_IN_PROGRESS @node-c
resource C DELETE_COMPLETE @node-c
step shop UPDATE_COMPLETE`)

	b.cloud.ops = nil
	b.must(e.Destroy(context.Background(), false, b.sink))
	b.same("order", b.cloud.ops, []string{"delete D", "delete A", "delete B", "delete C"})
	b.same("things", len(b.cloud.things)+len(b.disk.records), 0)
	b.same("status", e.Head().Status, "DELETE_COMPLETE")
	b.consistent(e)
}

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

func failing(op string) func(string) error {
	return func(s string) error {
		if s == op {
			return errors.New("the disk is full")
		}
		return nil
	}
}

func TestCreateFailsAndIsRolledBack(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.cloud.break_ = failing("create A")
	err := b.apply(e, three)
	if err == nil || err.Error() != "node-a: A (Test::Thing): the disk is full" {
		t.Errorf("the cause: %v", err)
	}
	b.same("order", b.cloud.ops, []string{"create C", "create B", "create A", "delete A", "delete B", "delete C"})
	b.same("status", e.Head().Status+": "+e.Head().Reason, "ROLLBACK_COMPLETE: node-a: A (Test::Thing): the disk is full")
	b.same("things", len(b.cloud.things), 0)
	b.consistent(e)
	b.cloud.break_ = nil
	b.must(b.apply(b.engine(), three))
	b.same("again", e.Head().Serial, 3)
}

func TestUpdateFailsAndIsRestored(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, three+"  # nothing else\n"))
	before, live := fmt.Sprint(b.cloud.things), fmt.Sprint(b.cloud.live)
	next := strings.NewReplacer("Size: 1,", "Size: 2,", "Name: fixed", "Name: other", "Size: 5", "Size: 6").Replace(three)
	for _, op := range []string{"create C", "update B", "update A"} {
		first := true
		b.cloud.break_ = func(s string) error {
			if s == op && first {
				first = false
				return errors.New("the disk is full")
			}
			return nil
		}
		if err := b.apply(e, next); err == nil || !strings.Contains(err.Error(), "the disk is full") {
			t.Errorf("%s: %v", op, err)
		}
		b.same(op+": status", e.Head().Status, "UPDATE_ROLLBACK_COMPLETE")
		b.same(op+": things", fmt.Sprint(b.cloud.things), before)
		b.same(op+": live", fmt.Sprint(b.cloud.live), live)
		b.consistent(e)
	}
	b.same("outputs stay", e.Head().Outputs["Size"], "5")

	// Where even the way back fails, it says so, and the next deployment mends it.
	b.cloud.break_ = failing("update A")
	if err := b.apply(e, next); err == nil || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("%v", err)
	}
	b.same("status", e.Head().Status, "UPDATE_ROLLBACK_FAILED")
	b.cloud.break_ = nil
	b.must(b.apply(b.engine(), three))
	b.same("mended", b.cloud.things, before)
}

func TestPanicOfATypeIsAnError(t *testing.T) {
	b := newBench(t)
	b.cloud.break_ = func(string) error { panic("nil map") }
	if err := b.apply(b.engine(), "  A: {Type: Test::Thing}"); fault.CodeOf(err) != fault.Internal {
		t.Errorf("got %v", err)
	}
}

func TestPolicies(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, `
  A: {Type: Test::Data, DeletionPolicy: Retain, Properties: {Name: a}}
  B: {Type: Test::Data, UpdateReplacePolicy: Retain, Properties: {Name: b}}
  C: {Type: Test::Data, Properties: {Name: c}}`))
	b.must(b.apply(e, `
  B: {Type: Test::Data, UpdateReplacePolicy: Retain, DeletionPolicy: Retain, Properties: {Name: b2}}
  C: {Type: Test::Data, Properties: {Name: c2}}`))
	b.same("a and b live on", fmt.Sprint(b.cloud.things["a"] != "", b.cloud.things["b"] != "", b.cloud.things["c"] != ""), "true true false")
	b.consistent(e)
	b.must(e.Destroy(context.Background(), false, b.sink))
	b.same("b2 too", len(b.cloud.things), 3)
	b.consistent(e)
	e = b.engine()
	p, err := e.Plan(b.input("  B: {Type: Test::Data, Properties: {Name: new}}"))
	b.must(err)
	b.same("a new stack", p.Method, "create")
	b.must(e.Destroy(context.Background(), true, b.sink))
	b.same("all", len(b.cloud.things)+len(b.disk.records), 0)
	if !e.Empty() {
		t.Error("not empty")
	}
}

func TestFailedDeletes(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, three))
	b.cloud.break_ = failing("delete B")
	b.must(b.apply(e, "  A: {Type: Test::Thing}")) // the update stands, B stays behind, and C which it needs
	b.same("status", e.Head().Status, "UPDATE_COMPLETE")
	p, err := e.Plan(b.input("  A: {Type: Test::Thing}"))
	b.must(err)
	b.same("there is still something to do", p.Method, "update")
	b.must(b.apply(e, "  A: {Type: Test::Thing}")) // it does not stand in the way of further deployments
	err = e.Destroy(context.Background(), false, b.sink)
	if err == nil || err.Error() != "node-b: deleting B (Test::Thing): the disk is full" {
		t.Errorf("got %v", err)
	}
	b.same("status", e.Head().Status, "DELETE_FAILED")
	b.cloud.break_ = nil
	b.must(b.engine().Destroy(context.Background(), false, b.sink))
	b.same("things", len(b.cloud.things), 0)
}

func TestDestroyKeepsWhatIsNeeded(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, three))
	b.cloud.ops = nil
	b.cloud.break_ = failing("delete B")
	if err := e.Destroy(context.Background(), false, b.sink); err == nil {
		t.Error("no error")
	}
	b.same("order", b.cloud.ops, []string{"delete A", "delete B"}) // not C, which B needs
}

func TestCancel(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	b.must(b.apply(e, "  C: {Type: Test::Data, Properties: {Size: 5, Name: fixed}}"))
	before := fmt.Sprint(b.cloud.things)
	for _, at := range []string{"create B", "create A"} {
		ctx, cancel := context.WithCancel(context.Background())
		b.cloud.break_ = func(op string) error {
			if op == at {
				cancel()
			}
			return nil
		}
		err := e.Apply(ctx, b.input(three), b.sink)
		if fault.CodeOf(err) != fault.Canceled || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		b.same("things", fmt.Sprint(b.cloud.things), before)
		b.same("status", e.Head().Status, "UPDATE_ROLLBACK_COMPLETE")
		b.consistent(e)
	}
}

func TestSecretsAreNotStored(t *testing.T) {
	b := newBench(t)
	e := b.engine()
	const tmpl = `  A: {Type: Test::Thing, Properties: {Code: {Key: "{{resolve:secretsmanager:s:SecretString}}"}}}`
	b.must(b.apply(e, tmpl))
	for id, props := range b.cloud.things {
		if !strings.Contains(props, "<secretsmanager s:SecretString>") || b.cloud.live[id] != props {
			t.Errorf("%s: %s, %s", id, props, b.cloud.live[id])
		}
	}
	for _, r := range b.disk.records {
		if strings.Contains(string(r), "<secretsmanager") || strings.Contains(string(r), `\u003csecretsmanager`) {
			t.Errorf("stored: %s", r)
		}
	}
	b.consistent(b.engine())
	p, err := e.Plan(b.input(tmpl))
	b.must(err)
	b.same("method", p.Method, "none")
}

// attempt runs something that may be killed by the disk, and tells whether it was.
func attempt(do func() error) (died bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(killed); !ok {
				panic(p)
			}
			died = true
		}
	}()
	return false, do()
}

// A process killed before any of its writes is continued: by the same deployment, by going back, or by destroying; and
// nothing is left over.
func TestKilledAtEveryWrite(t *testing.T) {
	next := strings.NewReplacer("Size: 1,", "Size: 2,", "Name: fixed", "Name: other", "Size: 5", "Size: 6", "Outputs:", "  D: {Type: Test::Data, Properties: {From: !Ref A}}\nOutputs:").Replace(three)
	next = strings.Replace(next, "  D:", "  E: {Type: Test::Thing}\n  D:", 1)
	small := "  A: {Type: Test::Thing, Properties: {Size: 7}}"
	for _, fails := range []string{"", "update A"} {
		for _, then := range []string{"next", "back", "small", "destroy"} {
			for _, from := range []string{"", three} {
				for die := 1; ; die++ {
					b := newBench(t)
					if from != "" {
						b.must(b.apply(b.engine(), from))
					}
					first := fails != ""
					b.cloud.break_ = func(s string) error {
						if s == fails && first {
							first = false
							return errors.New("the disk is full")
						}
						return nil
					}
					b.disk.die = b.disk.writes + die
					died, _ := attempt(func() error { return b.apply(b.engine(), next) })
					b.disk.die, b.cloud.break_ = 0, nil
					if !died {
						if die < 10 {
							t.Fatalf("only %d writes", die)
						}
						break
					}
					e := b.engine()
					switch then {
					case "next":
						b.must(b.apply(e, next))
					case "back":
						b.must(b.apply(e, three))
					case "small":
						b.must(b.apply(e, small))
					default:
						b.must(e.Destroy(context.Background(), false, b.sink))
					}
					b.consistent(e)
					want := map[string]int{"next": 5, "back": 3, "small": 1, "destroy": 0}[then]
					if len(b.cloud.things) != want {
						t.Errorf("killed at write %d from %q, then %s: %d things, want %d: %v", die, from, then, len(b.cloud.things), want, b.cloud.things)
					}
					if b.Failed() {
						t.Fatalf("killed at write %d from %q, failing %q, then %s", die, from, fails, then)
					}
				}
			}
		}
	}
}

// Whatever templates come and whatever fails: a success gives exactly the template, a failure exactly what was before.
func TestRandomHistories(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 3))
		b := newBench(t)
		e := b.engine()
		for step := range 6 {
			var y strings.Builder
			ids := "ABCDEF"
			n := 0
			for i, id := range ids {
				if r.IntN(3) == 0 {
					continue
				}
				n++
				fmt.Fprintf(&y, "  %c:\n    Type: Test::%s\n    Properties:\n      Size: %d\n", id, []string{"Thing", "Data"}[r.IntN(8)/7], r.IntN(3))
				if r.IntN(3) == 0 {
					fmt.Fprintf(&y, "      Name: %c%d\n", id, r.IntN(3))
				}
				for _, dep := range ids[:i] {
					if strings.Contains(y.String(), fmt.Sprintf("  %c:\n", dep)) && r.IntN(3) == 0 {
						fmt.Fprintf(&y, "      From: !Ref %c\n", dep)
						break
					}
				}
			}
			if n == 0 {
				continue
			}
			left := -1
			if r.IntN(2) == 0 {
				left = r.IntN(6)
			}
			b.cloud.break_ = func(op string) error {
				if left--; left == -1 && !strings.HasPrefix(op, "delete") {
					return errors.New("the disk is full")
				}
				return nil
			}
			before := fmt.Sprint(b.cloud.things)
			err := b.apply(e, y.String())
			b.cloud.break_ = nil
			b.consistent(e)
			if err != nil && e.Head().Status != "UPDATE_ROLLBACK_FAILED" { // a name was taken, and then the disk was full
				b.same("restored", fmt.Sprint(b.cloud.things), before)
			} else if err == nil && len(b.cloud.things) != n {
				t.Errorf("%d things, want %d", len(b.cloud.things), n)
			}
			if b.Failed() {
				t.Fatalf("seed %d, step %d: %v\n%s\n%s", seed, step, err, y.String(), strings.Join(b.events, "\n"))
			}
			if r.IntN(3) == 0 {
				e = b.engine()
			}
		}
		b.must(e.Destroy(context.Background(), false, b.sink))
		b.same("left over", b.cloud.things, map[string]string{})
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
