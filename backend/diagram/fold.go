package diagram

import (
	"airloom/backend/design"
	"airloom/backend/kind"
)

// collapsed is the property of a group that says that it is shown as one box (frontend/src/design/fold.ts).
const collapsed = "collapsed"

// fold gives what the canvas shows of a drawing: a collapsed group is one box, what lies in it is not there, and its wires go
// to the box. holds are the collapsed groups with the number of nodes that each stands for.
func fold(d design.Design, spec func(kind string) (kind.Spec, bool)) (shown design.Design, holds map[design.ID]int) {
	group := func(n design.Node) bool { sp, known := spec(n.Kind); return known && sp.Shape == kind.Group }
	holds = map[design.ID]int{}
	for id, n := range d.Nodes {
		if n.Props[collapsed] == true && group(n) {
			holds[id] = 0
		}
	}
	if len(holds) == 0 {
		return d, holds
	}
	// home is the outermost collapsed group around a node, "" for none.
	home := func(id design.ID) (out design.ID) {
		p := d.Nodes[id].Parent
		for range d.Nodes {
			if p == "" {
				break
			}
			if _, folded := holds[p]; folded {
				out = p
			}
			p = d.Nodes[p].Parent
		}
		return out
	}
	shown = design.Design{Revision: d.Revision, Settings: d.Settings, Nodes: map[design.ID]design.Node{}, Edges: map[design.ID]design.Edge{}}
	for id, n := range d.Nodes {
		if h := home(id); h != "" {
			if !group(n) {
				holds[h]++
			}
			continue
		}
		if _, folded := holds[id]; folded {
			n.W, n.H = BoxWidth, BoxHeight
		}
		shown.Nodes[id] = n
	}
	for id, e := range d.Edges {
		from, to := home(e.From.Node), home(e.To.Node)
		if from != "" && from == to {
			continue
		}
		if from != "" {
			e.From = design.End{Node: from}
		}
		if to != "" {
			e.To = design.End{Node: to}
		}
		shown.Edges[id] = e
	}
	return shown, holds
}

// meaning is what a group stands for, where somebody has said so.
func meaning(sp kind.Spec, props design.Props) string {
	for _, f := range sp.Fields {
		if f.Type == kind.Choice {
			return said(props[f.Name])
		}
	}
	return ""
}
