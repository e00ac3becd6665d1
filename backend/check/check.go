// Package check finds what is wrong with a drawing, whatever its kinds: values that their fields do not take, ports with too
// many wires, loops. It is pure and imports design, kind and fault. Rules about one kind alone live in it.
package check

import (
	"fmt"
	"slices"
	"strings"

	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Design gives all findings about a drawing, unsorted.
func Design(d design.Design, shelf kind.Shelf) []fault.Finding {
	names := map[string]bool{}
	var out []fault.Finding
	for _, id := range d.NodeIDs() {
		n := d.Nodes[id]
		if names[n.Kind+"\x00"+n.Name] && n.Name != "" {
			out = append(out, fault.Finding{Rule: "same-name", Severity: fault.Note, Node: string(id),
				Message: fmt.Sprintf("two nodes of a kind are called %q", n.Name), Hint: "give one of them another name"})
		}
		names[n.Kind+"\x00"+n.Name] = true
	}
	specs := make(map[string]kind.Spec, len(shelf))
	for _, k := range shelf {
		sp := k.Spec()
		specs[sp.ID] = sp
	}
	return slices.Concat(out, fields(d, specs), crowded(d, specs), Loops(d))
}

// Loops names every circle of wires through which one event can cause itself again and again, which in a cloud costs money
// until somebody notices. A circle counts where every step triggers the next: a wire that only reads triggers nothing.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
func Loops(d design.Design) []fault.Finding {
	next := map[design.ID][]design.ID{}
	for _, id := range d.EdgeIDs() {
		if e := d.Edges[id]; triggers(e) {
			next[e.From.Node] = append(next[e.From.Node], e.To.Node)
		}
	}
	var out []fault.Finding
	for _, circle := range circles(d.NodeIDs(), next) {
		names := make([]string, 0, len(circle)+1)
		for _, id := range append(circle, circle[0]) {
			names = append(names, d.Nodes[id].Name)
		}
		out = append(out, fault.Finding{Rule: "loop", Severity: fault.Warning, Node: string(circle[0]),
			Message: "events go round in a circle: " + strings.Join(names, " → "),
			Hint:    "break the circle, or filter what comes back (another prefix, another queue, a condition on the stream)",
			Source:  "https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html"})
	}
	return out
}

// triggers tells whether something that happens at the wire's source makes something happen at its target.
func triggers(e design.Edge) bool {
	switch kind.ProtocolID(e.Protocol) {
	case kind.Call:
		return !slices.Contains([]string{"read", "verify", "login", "fetch", "use", "deadletter"}, e.Access)
	case kind.Push, kind.Poll, kind.Route, kind.Schedule, kind.Webhook:
		return true
	}
	return false
}

// circles gives one circle per strongly connected component (Tarjan), beginning at its smallest id.
func circles(ids []design.ID, next map[design.ID][]design.ID) [][]design.ID {
	t := tarjan{next: next, index: map[design.ID]int{}, low: map[design.ID]int{}, on: map[design.ID]bool{}}
	for _, id := range ids {
		if t.index[id] == 0 {
			t.visit(id)
		}
	}
	slices.SortFunc(t.found, func(a, b []design.ID) int { return strings.Compare(string(a[0]), string(b[0])) })
	return t.found
}

type tarjan struct {
	next       map[design.ID][]design.ID
	index, low map[design.ID]int
	on         map[design.ID]bool
	stack      []design.ID
	found      [][]design.ID
}

func (t *tarjan) visit(v design.ID) {
	t.index[v] = len(t.index) + 1
	t.low[v] = t.index[v]
	t.stack = append(t.stack, v)
	t.on[v] = true
	for _, w := range t.next[v] {
		if t.index[w] == 0 {
			t.visit(w)
			t.low[v] = min(t.low[v], t.low[w])
		} else if t.on[w] {
			t.low[v] = min(t.low[v], t.index[w])
		}
	}
	if t.low[v] != t.index[v] {
		return
	}
	i := slices.Index(t.stack, v)
	component := slices.Clone(t.stack[i:])
	t.stack = t.stack[:i]
	for _, w := range component {
		t.on[w] = false
	}
	if len(component) > 1 || slices.Contains(t.next[v], v) {
		t.found = append(t.found, t.path(component))
	}
}

// path is a shortest circle within a component, from its smallest id.
func (t *tarjan) path(component []design.ID) []design.ID {
	start := slices.Min(component)
	from := map[design.ID]design.ID{}
	queue := []design.ID{start}
	for len(queue) > 0 {
		v := queue[0]
		queue = queue[1:]
		for _, w := range t.next[v] {
			if w == start {
				out := []design.ID{v}
				for out[0] != start {
					out = append([]design.ID{from[out[0]]}, out...)
				}
				return out
			}
			if _, seen := from[w]; !seen && slices.Contains(component, w) {
				from[w] = v
				queue = append(queue, w)
			}
		}
	}
	return []design.ID{start}
}
