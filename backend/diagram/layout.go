package diagram

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"airloom/backend/design"
	"airloom/backend/diagram/layered"
	"airloom/backend/kind"
)

// Direction is the way in which a layout runs.
type Direction string

// Directions.
const (
	LeftToRight Direction = "right"
	TopToBottom Direction = "down"
)

// What a layout keeps free. Places fall on the canvas' grid.
const (
	grid       = 8.0
	groupHead  = 36.0
	groupInset = 24.0
	nodeGap    = 40.0
	partGap    = 64.0
	layerGap   = 96.0
	labelRoom  = 40.0 // a wire beside its label
	loopRoom   = 48.0 // above a box that a wire of its own runs over
)

// Layout tidies a drawing: layers along the direction, groups around what lies in them, locked nodes where they are. It
// gives the moves as one diff. ids are what may move, with what lies in them; none means everything.
func Layout(d design.Design, ids []design.ID, dir Direction, spec func(kind string) (kind.Spec, bool)) design.Diff {
	l := newLayouter(d, ids, dir, spec)
	l.container("")
	after := d
	after.Nodes = maps.Clone(d.Nodes)
	for id, r := range l.at {
		n := d.Nodes[id]
		if !l.moves(id) && !l.groups[id] {
			continue
		}
		n.X, n.Y = r.X, r.Y
		if l.groups[id] {
			n.W, n.H = r.W, r.H
		}
		after.Nodes[id] = n
	}
	return design.Between(d, after)
}

// Unplaced tells whether nobody has placed a drawing's nodes yet: all lie at the origin.
func Unplaced(d design.Design) bool {
	for _, n := range d.Nodes {
		if n.X != 0 || n.Y != 0 {
			return false
		}
	}
	return len(d.Nodes) > 1
}

type layouter struct {
	d        design.Design
	dir      Direction
	spec     func(string) (kind.Spec, bool)
	edges    map[design.ID][]design.Edge // by the containers that they have an end in
	loops    map[design.ID]float64       // room above the nodes that have wires of their own
	at       map[design.ID]Rect          // where things are by now
	groups   map[design.ID]bool
	inside   map[design.ID][]design.ID // direct contents, sorted
	chosen   map[design.ID]bool        // nil for all
	anchored map[design.ID]bool        // has something locked within, or is locked
}

func newLayouter(d design.Design, ids []design.ID, dir Direction, spec func(string) (kind.Spec, bool)) *layouter {
	l := &layouter{d: d, dir: dir, spec: spec, edges: map[design.ID][]design.Edge{}, loops: map[design.ID]float64{}, at: map[design.ID]Rect{}, groups: map[design.ID]bool{},
		inside: map[design.ID][]design.ID{}, anchored: map[design.ID]bool{}}
	for _, id := range d.NodeIDs() {
		n := d.Nodes[id]
		sp, known := spec(n.Kind)
		l.groups[id] = known && sp.Shape == kind.Group
		l.at[id] = place(n)
	}
	for _, id := range d.NodeIDs() {
		l.inside[l.home(id)] = append(l.inside[l.home(id)], id)
		if d.Nodes[id].Locked {
			for up := id; up != ""; up = l.home(up) {
				l.anchored[up] = true
			}
		}
	}
	for _, id := range d.EdgeIDs() {
		if e := d.Edges[id]; has(d.Nodes, e.From.Node) && has(d.Nodes, e.To.Node) {
			l.file(e)
		}
	}
	if len(ids) > 0 {
		l.chosen = map[design.ID]bool{}
		for _, id := range ids {
			l.choose(id)
		}
	}
	return l
}

// file notes an edge at every container that one of its ends lies in.
func (l *layouter) file(e design.Edge) {
	if e.From.Node == e.To.Node {
		l.loops[e.From.Node] = loopRoom
		return
	}
	at := map[design.ID]bool{}
	for _, id := range []design.ID{e.From.Node, e.To.Node} {
		for id != "" {
			id = l.home(id)
			if !at[id] {
				at[id] = true
				l.edges[id] = append(l.edges[id], e)
			}
		}
	}
}

func (l *layouter) choose(id design.ID) {
	l.chosen[id] = true
	for _, c := range l.inside[id] {
		l.choose(c)
	}
}

// home is the group that a node lies in, "" for the drawing itself.
func (l *layouter) home(id design.ID) design.ID {
	if p := l.d.Nodes[id].Parent; l.groups[p] {
		return p
	}
	return ""
}

func (l *layouter) moves(id design.ID) bool {
	return (l.chosen == nil || l.chosen[id]) && !l.d.Nodes[id].Locked
}

// container lays out what lies in a group, or in the drawing, from the inside outwards, and fits the group around it.
func (l *layouter) container(id design.ID) {
	for _, c := range l.inside[id] {
		if l.groups[c] && !l.d.Nodes[c].Locked {
			l.container(c)
		}
	}
	var movable []design.ID
	touched := false // something within may have changed
	for _, c := range l.inside[id] {
		if l.chosen == nil || l.chosen[c] {
			movable = append(movable, c)
		}
		touched = touched || l.chosen == nil || l.chosen[c] || l.at[c] != place(l.d.Nodes[c])
	}
	if len(movable) > 0 {
		l.arrange(id, movable)
	}
	if id != "" && touched {
		l.fit(id)
	}
}

// arrange places siblings, around those that are anchored, else where their top left corner was.
func (l *layouter) arrange(home design.ID, ids []design.ID) {
	slices.SortStableFunc(ids, func(a, b design.ID) int { return cmp.Compare(l.rank(a), l.rank(b)) })
	index := map[design.ID]int{}
	nodes := make([]layered.Node, len(ids))
	old := Rect{X: math.Inf(1), Y: math.Inf(1)}
	for i, id := range ids {
		r := l.at[id]
		index[id] = i
		old.X, old.Y = min(old.X, r.X), min(old.Y, r.Y)
		r.Y, r.H = r.Y-l.loops[id], r.H+l.loops[id]
		nodes[i] = layered.Node{X: r.X, Y: r.Y, W: r.W, H: r.H, Pinned: l.anchored[id]}
		if l.dir == TopToBottom {
			n := &nodes[i]
			n.X, n.Y, n.W, n.H = n.Y, n.X, n.H, n.W
		}
	}
	var wires []layered.Edge
	for _, e := range l.edges[home] {
		a, b := l.sibling(e.From.Node, home, index), l.sibling(e.To.Node, home, index)
		switch {
		case a == b:
			continue
		case a < 0:
			nodes[b].Before++
			continue
		case b < 0:
			nodes[a].After++
			continue
		}
		wires = append(wires, layered.Edge{From: a, To: b, Room: l.room(e),
			Out: l.touch(e.From, kind.Out, l.at[ids[a]], l.loops[ids[a]]), In: l.touch(e.To, kind.In, l.at[ids[b]], l.loops[ids[b]])})
	}
	gaps := layered.Gaps{Layer: layerGap, Node: nodeGap, Part: partGap}
	if l.dir == TopToBottom { // wires leave and arrive at the sides, and bend there
		gaps.Layer, gaps.Node = gaps.Node*2, gaps.Layer
	}
	places := layered.Place(nodes, wires, gaps)
	low := Rect{X: math.Inf(1), Y: math.Inf(1)}
	free := true
	for i, id := range ids {
		p := places[i]
		if l.dir == TopToBottom {
			p.X, p.Y = p.Y, p.X
		}
		p.Y += l.loops[id]
		places[i] = p
		low.X, low.Y = min(low.X, p.X), min(low.Y, p.Y)
		free = free && !l.anchored[id]
	}
	for i, id := range ids {
		if l.anchored[id] {
			continue
		}
		p := places[i]
		if free { // the steps are rounded and not the places: a drawing that was moved is laid out alike
			p = layered.Point{X: snap(old.X) + snap(p.X-low.X), Y: snap(old.Y) + snap(p.Y-low.Y)}
		}
		l.move(id, snap(p.X), snap(p.Y))
	}
}

// rank lays boxes before notes, and what is drawn as a group in between, so that loose notes come last.
func (l *layouter) rank(id design.ID) int {
	if sp, ok := l.spec(l.d.Nodes[id].Kind); ok && sp.Shape == kind.Note {
		return 1
	}
	return 0
}

// sibling is the index of the thing among siblings that a node is or lies in, -1 for none.
func (l *layouter) sibling(id, home design.ID, index map[design.ID]int) int {
	for ; id != ""; id = l.home(id) {
		if l.home(id) == home {
			if i, ok := index[id]; ok {
				return i
			}
			return -1
		}
	}
	return -1
}

// touch is how far across the layers a wire touches the thing at r that its end is or lies in, whose wires to itself take
// room above. Sixteenths are fine enough, and the same wherever the thing lies.
func (l *layouter) touch(e design.End, dir kind.Direction, r Rect, loop float64) float64 {
	at := l.at[e.Node]
	far := at.X + at.W/2 - r.X
	if l.dir != TopToBottom {
		sp, _ := l.spec(l.d.Nodes[e.Node].Kind)
		far = at.Y + portY(sp, e.Port, dir, at.H) - r.Y + loop
	}
	return math.Round(far*16) / 16
}

// room is the length that a wire's label wants.
func (l *layouter) room(e design.Edge) float64 {
	if l.dir == TopToBottom {
		return 0
	}
	return measure(Label(e), labelFont) + labelRoom
}

// move takes a thing and what lies in it to a place.
func (l *layouter) move(id design.ID, x, y float64) {
	r := l.at[id]
	dx, dy := x-r.X, y-r.Y
	l.at[id] = Rect{x, y, r.W, r.H}
	for _, c := range l.inside[id] {
		l.move(c, l.at[c].X+dx, l.at[c].Y+dy)
	}
}

// fit sets a group's frame around its contents. One that was not chosen only grows.
func (l *layouter) fit(id design.ID) {
	r := Rect{X: math.Inf(1), Y: math.Inf(1), W: math.Inf(-1), H: math.Inf(-1)}
	for _, c := range l.inside[id] {
		b := l.at[c]
		r = Rect{min(r.X, b.X-groupInset), min(r.Y, b.Y-groupHead-groupInset/2), max(r.W, b.X+b.W+groupInset), max(r.H, b.Y+b.H+groupInset)}
	}
	if old := l.at[id]; l.chosen != nil && !l.chosen[id] {
		r = Rect{min(r.X, old.X), min(r.Y, old.Y), max(r.W, old.X+old.W), max(r.H, old.Y+old.H)}
	}
	l.at[id] = Rect{r.X, r.Y, r.W - r.X, r.H - r.Y}
}

func has[V any](m map[design.ID]V, id design.ID) bool { _, ok := m[id]; return ok }

// snap gives the nearest line of the grid. Halves go up on both sides of the origin: a moved drawing is the same drawing.
func snap(v float64) float64 { return math.Floor(v/grid+0.5) * grid }
