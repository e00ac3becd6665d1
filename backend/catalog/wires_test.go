package catalog_test

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"airloom/backend/catalog"
	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
)

// pair is one legal way in which two kinds of the shelf are joined.
type pair struct {
	from, to         kind.Kind
	fromPort, toPort kind.Port
	protocol         kind.ProtocolID
	access           string
}

func (p pair) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s.%s → %s.%s %s %s", p.from.Spec().ID, p.fromPort.ID, p.to.Spec().ID, p.toPort.ID, p.protocol, p.access))
}

// pairs are all of them, in the shelf's order.
func pairs() []pair {
	var out []pair
	shelf := catalog.Shelf()
	for _, from := range shelf {
		for _, to := range shelf {
			for _, a := range from.Spec().Ports {
				for _, b := range to.Spec().Ports {
					for _, m := range kind.CanConnect(a, b) {
						for _, access := range m.Access {
							out = append(out, pair{from, to, a, b, m.Protocol, access})
						}
					}
				}
			}
		}
	}
	return out
}

// draw draws the two nodes of a pair, and the wire where it is asked for.
func (p pair) draw(t testing.TB, wired bool) design.Design {
	d := design.New()
	place(t, d, "source", p.from)
	place(t, d, "target", p.to)
	if wired {
		p.wire(d, "source", "target")
	}
	return d
}

func (p pair) wire(d design.Design, from, to design.ID) design.ID {
	id := design.NewEdgeID(d, from, to)
	d.Edges[id] = design.Edge{ID: id, From: design.End{Node: from, Port: p.fromPort.ID}, To: design.End{Node: to, Port: p.toPort.ID}, Protocol: string(p.protocol), Access: p.access}
	return id
}

func place(t testing.TB, d design.Design, id design.ID, k kind.Kind) {
	d.Nodes[id] = design.Node{ID: id, Kind: k.Spec().ID, Name: string(id), Props: example(t, k)}
}

func gen(t testing.TB, d design.Design) generate.Bundle {
	t.Helper()
	b, err := generate.Generate(d, catalog.Shelf(), generate.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sound fails on findings that stop a deployment.
func sound(t *testing.T, b generate.Bundle) {
	t.Helper()
	for _, f := range b.Findings {
		if f.Severity == fault.Blocking {
			t.Errorf("%+v", f)
		}
	}
}

func TestNodesAlone(t *testing.T) {
	each(t, func(t *testing.T, k kind.Kind, sp kind.Spec) {
		d := design.New()
		d.Nodes["node"] = design.Node{ID: "node", Kind: sp.ID, Name: "node"}
		for _, f := range gen(t, d).Findings {
			if f.Severity == fault.Blocking && !missing(sp, f) {
				t.Errorf("as it comes from the palette: %+v", f)
			}
		}
		place(t, d, "node", k)
		b := gen(t, d)
		sound(t, b)
		for name, id := range b.Trace {
			if id != "node" {
				t.Errorf("%s is traced to %s", name, id)
			}
		}
		if sp.Shape != kind.Box && len(b.Template.Resources)+len(b.Template.Outputs) > 0 {
			t.Error("what is part of the drawing only has come into the template")
		}
	})
}

// Every legal pair can be joined, and the same drawing gives the same bytes.
func TestEveryPairJoins(t *testing.T) {
	t.Parallel()
	for _, p := range pairs() {
		t.Run(p.String(), func(t *testing.T) {
			d := p.draw(t, true)
			first := gen(t, d)
			sound(t, first)
			for range 100 {
				if b := gen(t, d); !bytes.Equal(b.Body, first.Body) {
					t.Fatal("another generation differs")
				}
			}
			if bytes.Equal(first.Body, gen(t, p.draw(t, false)).Body) && len(first.Sites) == 0 {
				t.Error("the wire changes nothing")
			}
			self := design.New()
			place(t, self, "source", p.from)
			if p.from.Spec().ID == p.to.Spec().ID {
				p.wire(self, "source", "source")
				gen(t, self) // whatever is found, nothing breaks
			}
		})
	}
}

// cfn-lint knows the schemas of all resource types: it looks at every pair.
func TestTemplatesAreCleanUnderCfnLint(t *testing.T) {
	t.Parallel()
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("cfn-lint is not installed")
	}
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	dir := t.TempDir()
	write := func(name string, d design.Design) {
		b := gen(t, d)
		if len(b.Template.Resources) == 0 {
			return
		}
		if err := os.WriteFile(filepath.Join(dir, name+".json"), b.Body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for i, p := range pairs() {
		write(fmt.Sprintf("%03d-%s", i, strings.Map(func(r rune) rune {
			if r < 128 && r != ' ' && r != '/' {
				return r
			}
			return '-'
		}, p.String())), p.draw(t, true))
	}
	out, err := exec.Command(lint, "--format", "parseable", "--template", filepath.Join(dir, "*.json")).CombinedOutput()
	if err != nil || len(bytes.TrimSpace(out)) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// grant is something that a template allows: who, which action, on what, under which condition, each as JSON.
type grant struct{ holder, principal, action, resource, condition string }

// grants are all that a template allows: statements of roles and of resource policies, and Lambda permissions.
func grants(t cfn.Template) map[grant]bool {
	out := map[grant]bool{}
	for id, r := range t.Resources {
		if r.Type == "AWS::Lambda::Permission" {
			p := maps.Clone(r.Properties)
			for _, k := range []string{"Action", "FunctionName", "Principal"} {
				delete(p, k)
			}
			out[grant{id, text(r.Properties["Principal"]), text(r.Properties["Action"]), text(r.Properties["FunctionName"]), text(p)}] = true
			continue
		}
		cfn.Walk("", any(r.Properties), func(_ string, v any) bool {
			m, ok := v.(map[string]any)
			if !ok || m["Effect"] != "Allow" {
				return true
			}
			for _, action := range listed(m["Action"]) {
				for _, resource := range listed(m["Resource"]) {
					out[grant{id, text(m["Principal"]), text(action), text(resource), text(m["Condition"])}] = true
				}
			}
			return false
		})
	}
	return out
}

func listed(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	if v == nil {
		return ""
	}
	return strings.Join(strings.Fields(string(cfn.PrintValue(v))), " ")
}

// anywhere are the actions that know no resource, with the page that says so.
var anywhere = map[string]string{
	"xray:PutTraceSegments":    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html",
	"xray:PutTelemetryRecords": "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html",
}

// No wire grants more than it says: no action is a pattern, no resource is everything but from the list above, and a service may
// act only on behalf of one source. Nobody may come from outside but through a function's own address (G5).
func TestGrantsAreNarrow(t *testing.T) {
	for _, p := range pairs() {
		for g := range grants(gen(t, p.draw(t, true)).Template) {
			switch {
			case strings.Contains(g.action, "*"):
				t.Errorf("%s: %+v allows a pattern of actions", p, g)
			case g.resource == "*" && anywhere[g.action] == "":
				t.Errorf("%s: %+v is allowed everywhere", p, g)
			case g.action == "sts:AssumeRole" || g.principal == "":
			case g.principal == "*":
				if !strings.Contains(g.condition, `"FunctionUrlAuthType": "NONE"`) && !strings.Contains(g.condition, `"InvokedViaFunctionUrl": true`) {
					t.Errorf("%s: %+v is open to everybody", p, g)
				}
			case !strings.Contains(g.condition, "SourceArn") && !strings.Contains(g.condition, "SourceAccount"):
				t.Errorf("%s: %+v does not say on whose behalf", p, g)
			}
		}
	}
}

// Granted is what is drawn, and nothing else (G2): all that a random drawing allows is allowed by one of its nodes alone or by
// one of its wires alone, so that removing a wire removes its permissions.
func TestGrantedIsDrawn(t *testing.T) {
	t.Parallel()
	all := pairs()
	random := rand.New(rand.NewPCG(1, 2))
	rounds := 200
	if os.Getenv("AIRLOOM_SOAK") != "" {
		rounds = 1000
	}
	for range rounds {
		d := design.New()
		drawn := map[grant]bool{}
		for i := range 2 + random.IntN(5) {
			p := all[random.IntN(len(all))]
			from, to := design.ID(fmt.Sprintf("node-%d", random.IntN(3+i))), design.ID(fmt.Sprintf("other-%d", random.IntN(3+i)))
			for id, k := range map[design.ID]kind.Kind{from: p.from, to: p.to} {
				if n, ok := d.Nodes[id]; ok && n.Kind != k.Spec().ID {
					from, to = from+"-x", to+"-x" // taken by another kind
					break
				}
			}
			if d.Nodes[from].Kind != "" && d.Nodes[from].Kind != p.from.Spec().ID || d.Nodes[to].Kind != "" && d.Nodes[to].Kind != p.to.Spec().ID {
				continue
			}
			place(t, d, from, p.from)
			place(t, d, to, p.to)
			edge := p.wire(d, from, to)
			single := design.New()
			single.Nodes[from], single.Nodes[to] = d.Nodes[from], d.Nodes[to]
			single.Edges[edge] = d.Edges[edge]
			maps.Copy(drawn, grants(gen(t, single).Template))
		}
		for g := range grants(gen(t, d).Template) {
			if !drawn[g] {
				text, err := design.Marshal(d)
				t.Fatalf("%+v is granted and not drawn in\n%s%v", g, text, err)
			}
		}
	}
}

// What a kind emits runs in the embedded sandbox: its types and properties are simulated, or accepted as changing nothing. The
// types of IAM and the log groups are the sandbox's own, and a type that a person has written is refused by name.
func TestWhatKindsEmitIsSimulated(t *testing.T) {
	types := map[string]kind.ResourceType{}
	for _, k := range catalog.Shelf() {
		if s, ok := k.(kind.Simulator); ok {
			for _, rt := range s.Simulate().Types {
				types[rt.Type] = rt
			}
		}
	}
	missing := map[string]bool{}
	for _, p := range pairs() {
		d := p.draw(t, true)
		b := gen(t, d)
		for id, r := range b.Template.Resources {
			if strings.HasPrefix(r.Type, "AWS::IAM::") || r.Type == "AWS::Logs::LogGroup" || d.Nodes[b.Trace[id]].Props["type"] == r.Type {
				continue
			}
			rt, ok := types[r.Type]
			if !ok {
				missing[r.Type] = true
			}
			for name := range r.Properties {
				listed := slices.ContainsFunc(slices.Concat(rt.Properties, rt.Ignored), func(l string) bool { return l == name || strings.HasPrefix(l, name+".") })
				if ok && !listed {
					missing[r.Type+"."+name] = true
				}
			}
			if ok && rt.Check != nil {
				if err := rt.Check(r.Properties); err != nil {
					t.Errorf("%s: %s is refused: %v", p, id, err)
				}
			}
		}
	}
	for name := range missing {
		t.Errorf("%s is emitted and not simulated", name)
	}
}

func TestPairsCoverAllProtocols(t *testing.T) {
	seen := map[kind.ProtocolID]bool{}
	for _, p := range pairs() {
		seen[p.protocol] = true
	}
	for _, p := range kind.Protocols() {
		if !seen[p.ID] {
			t.Errorf("no two kinds are joined by %s", p.ID)
		}
	}
}
