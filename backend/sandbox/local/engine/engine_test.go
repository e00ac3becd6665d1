package engine

import (
	"context"
	"strings"
	"testing"
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
