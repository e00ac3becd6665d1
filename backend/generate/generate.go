package generate

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"airloom/backend/cfn"
	"airloom/backend/check"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Settings of one generation.
type Settings struct {
	Keys map[design.ID]string // artifact keys of packed units by node; without one, a stand-in that no sandbox accepts
}

// Generate makes the bundle of a design: every node emits its resources, every wire is joined by its protocol, kinds finish what
// the wires changed, and the template is printed. What is wrong with the drawing comes back as findings; an error is a
// fault of ours.
func Generate(d design.Design, shelf kind.Shelf, s Settings) (Bundle, error) {
	kinds := index(shelf)
	nodes, findings := known(d, kinds)
	b := kind.NewBuilder(nodes, func(id string) kind.Spec { return kinds[id].spec }, s.Keys)
	for _, n := range nodes {
		if err := kinds[n.Kind].Emit(b.Scope(n.ID)); err != nil {
			findings = append(findings, blocked(err, n.ID))
		}
	}
	for _, id := range d.EdgeIDs() {
		f, err := join(b, d, d.Edges[id], kinds)
		if err != nil {
			f = append(f, blocked(err, id))
		}
		findings = append(findings, f...)
	}
	for _, n := range nodes {
		if f, ok := kinds[n.Kind].Kind.(kind.Finisher); ok {
			if err := f.Finish(b.Scope(n.ID)); err != nil {
				findings = append(findings, blocked(err, n.ID))
			}
		}
		if c, ok := kinds[n.Kind].Kind.(kind.Checker); ok {
			findings = append(findings, c.Check(b.Scope(n.ID))...)
		}
	}
	r := b.Result()
	t := cfn.Template{Resources: r.Resources, Outputs: r.Outputs, Metadata: metadata(r.Trace)}
	if len(r.Units) > 0 {
		t.Parameters = map[string]cfn.Parameter{kind.ArtifactBucket: {Type: "String", Description: "Bucket that holds the packed functions"}}
	}
	findings = append(findings, addSettings(&t, d)...)
	slices.SortFunc(r.Units, func(x, y kind.Unit) int { return cmp.Compare(x.Node, y.Node) })
	out := Bundle{Template: t, Trace: r.Trace, Units: r.Units, Sites: r.Sites}
	// What follows only reads the template and the drawing, and takes more time than all before.
	var drawn, wrong []fault.Finding
	var work sync.WaitGroup
	work.Go(func() { out.Body = cfn.PrintJSON(t) })
	work.Go(func() { drawn = check.Design(d, shelf) })
	work.Go(func() { wrong = problems(t, r.Trace) })
	work.Wait()
	findings = slices.Concat(findings, r.Findings, drawn, wrong)
	for _, p := range cfn.BodyLimits(len(out.Body)) {
		findings = append(findings, p.Finding(""))
	}
	slices.SortFunc(findings, fault.Compare)
	out.Findings = slices.Compact(findings)
	sum := sha256.Sum256(out.Body)
	out.Digest = hex.EncodeToString(sum[:])
	return out, nil
}

// entry is a kind with its description at hand: Spec is asked once a generation.
type entry struct {
	kind.Kind
	spec kind.Spec
}

func index(shelf kind.Shelf) map[string]entry {
	m := make(map[string]entry, len(shelf))
	for _, k := range shelf {
		sp := k.Spec()
		m[sp.ID] = entry{k, sp}
	}
	return m
}

// known are the nodes whose kind is on the shelf, in id order; the others are findings.
func known(d design.Design, kinds map[string]entry) ([]design.Node, []fault.Finding) {
	var nodes []design.Node
	var findings []fault.Finding
	for _, id := range d.NodeIDs() {
		n := d.Nodes[id]
		if _, ok := kinds[n.Kind]; !ok {
			findings = append(findings, fault.Finding{Rule: "unknown-kind", Severity: fault.Blocking, Node: string(id),
				Message: fmt.Sprintf("%s is of the kind %q, which this version does not know", n.Name, n.Kind), Hint: "use a newer version, or remove the node"})
			continue
		}
		nodes = append(nodes, n)
	}
	return nodes, findings
}

// join lets the edge's protocol join its two nodes.
func join(b *kind.Builder, d design.Design, e design.Edge, kinds map[string]entry) ([]fault.Finding, error) {
	from, okFrom := kinds[d.Nodes[e.From.Node].Kind]
	to, okTo := kinds[d.Nodes[e.To.Node].Kind]
	if !okFrom || !okTo {
		return nil, nil // the node's own finding says it
	}
	out, okOut := port(from.spec, e.From.Port)
	in, okIn := port(to.spec, e.To.Port)
	if !okOut || !okIn || !matches(e, kind.CanConnect(out, in)) {
		way := strings.TrimSpace(e.Protocol + " " + e.Access)
		return []fault.Finding{{Rule: "illegal-wire", Severity: fault.Blocking, Node: string(e.ID),
			Message: fmt.Sprintf("the %s %s (port %s) cannot be joined to the %s %s (port %s) by %s", from.spec.Title, d.Nodes[e.From.Node].Name, e.From.Port,
				to.spec.Title, d.Nodes[e.To.Node].Name, e.To.Port, way), Hint: "remove the wire, or draw it anew"}}, nil
	}
	p, ok := kind.ProtocolOf(kind.ProtocolID(e.Protocol))
	if !ok {
		return nil, fault.New(fault.Internal, "there is no protocol %q", e.Protocol)
	}
	return nil, p.Join(kind.NewWire(b, e, from.Kind, to.Kind, out, in))
}

func port(sp kind.Spec, id string) (kind.Port, bool) {
	i := slices.IndexFunc(sp.Ports, func(p kind.Port) bool { return p.ID == id })
	if i < 0 {
		return kind.Port{}, false
	}
	return sp.Ports[i], true
}

func matches(e design.Edge, ways []kind.Match) bool {
	return slices.ContainsFunc(ways, func(m kind.Match) bool {
		return string(m.Protocol) == e.Protocol && slices.Contains(m.Access, e.Access)
	})
}

func blocked(err error, at design.ID) fault.Finding {
	f := fault.As(err)
	where := f.Where
	if where == "" {
		where = string(at)
	}
	return fault.Finding{Rule: "generate", Severity: fault.Blocking, Node: where, Message: f.Message, Hint: f.Hint}
}

// problems are what CloudFormation would refuse or misread.
func problems(t cfn.Template, trace map[string]design.ID) []fault.Finding {
	lists := make([][]cfn.Problem, 3)
	var work sync.WaitGroup
	for i, look := range []func(cfn.Template) []cfn.Problem{cfn.Limits, cfn.CheckLiterals, cfn.Unresolved} {
		work.Go(func() { lists[i] = look(t) })
	}
	_, circle := cfn.Order(cfn.Dependencies(t, nil))
	work.Wait()
	var out []fault.Finding
	for _, p := range slices.Concat(lists...) {
		out = append(out, p.Finding(string(cmp.Or(trace[p.LogicalID], trace[outputOf(p.Path)]))))
	}
	if circle != nil {
		f := fault.As(circle)
		out = append(out, fault.Finding{Rule: "circular", Severity: fault.Blocking, Node: string(trace[f.Where]), Message: f.Message,
			Hint: "remove one of the wires, or put a queue between the two"})
	}
	return out
}

// outputOf is the output that a path lies in: "Outputs.OrdersUrl.Value" → "OrdersUrl".
func outputOf(path string) string {
	if rest, ok := strings.CutPrefix(path, "Outputs."); ok {
		name, _, _ := strings.Cut(rest, ".")
		return name
	}
	return ""
}

// metadata records which node each resource came from, so that a stack that is read back can be drawn.
func metadata(trace map[string]design.ID) map[string]any {
	if len(trace) == 0 {
		return nil
	}
	m := make(map[string]any, len(trace))
	for logical, id := range trace {
		m[logical] = string(id)
	}
	return map[string]any{"Airloom": map[string]any{"Trace": m}}
}
