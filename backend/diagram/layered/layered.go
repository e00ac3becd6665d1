// Package layered places the nodes of a flat directed graph in layers, so that edges run one way: Sugiyama's method
// (cycles, layers, order, coordinates), each step deterministic and near linear. It knows rectangles and numbers only and
// imports nothing of ours.
//
// Layers follow one another along the first axis; within a layer nodes stand across it. A drawing from top to bottom is
// the same with width and height swapped, which is the caller's to do.
// https://doi.org/10.1109/TSMC.1981.4308636
package layered

import (
	"cmp"
	"math"
	"slices"
)

// Node is a rectangle to place. One that is pinned stays at X, Y, and the others keep clear of it. Before and After count
// the edges that lead to it from elsewhere and on to elsewhere: a node that is entered from outside stands early.
type Node struct {
	X, Y, W, H    float64
	Pinned        bool
	Before, After int
}

// Edge joins two nodes by their index. Out and In say how far down its side the edge leaves and arrives; Room is the
// length that its label wants between two layers.
type Edge struct {
	From, To int
	Out, In  float64
	Room     float64
}

// Gaps are the distances kept: between layers, between nodes of a layer, between parts that no edge joins.
type Gaps struct{ Layer, Node, Part float64 }

// Point is the top left corner of a placed node.
type Point struct{ X, Y float64 }

// Place gives every node its place. Where nothing is pinned the drawing begins at the origin.
func Place(nodes []Node, edges []Edge, gaps Gaps) []Point {
	out := make([]Point, len(nodes))
	var loose []part
	floor := math.Inf(-1) // what is loose lies below what is pinned
	left := math.Inf(1)
	var taken []Node
	for _, n := range nodes {
		if n.Pinned {
			taken = append(taken, n)
		}
	}
	for _, p := range parts(nodes, edges) {
		p.arrange(gaps)
		if !p.pinned() {
			loose = append(loose, p)
			continue
		}
		p.clear(taken, gaps.Node)
		for i, n := range p.nodes {
			if !n.Pinned {
				taken = append(taken, n)
			}
			out[p.index[i]] = Point{n.X, n.Y}
			floor, left = max(floor, n.Y+n.H), min(left, n.X)
		}
	}
	origin := Point{}
	if !math.IsInf(floor, 0) {
		origin = Point{left, floor + gaps.Part}
	}
	for i, at := range pack(loose, gaps) {
		for j, n := range loose[i].nodes {
			out[loose[i].index[j]] = Point{origin.X + at.X + n.X, origin.Y + at.Y + n.Y}
		}
	}
	return out
}

// part is a set of nodes that edges join, with indexes of its own.
type part struct {
	index []int // into the nodes of the whole
	nodes []Node
	edges []Edge
	rows  [][]int // its nodes by layer, in order
}

func (p part) pinned() bool {
	return slices.ContainsFunc(p.nodes, func(n Node) bool { return n.Pinned })
}

func (p part) size() (w, h float64) {
	for _, n := range p.nodes {
		w, h = max(w, n.X+n.W), max(h, n.Y+n.H)
	}
	return w, h
}

// parts are the connected components, the largest first; what no edge touches comes last.
func parts(nodes []Node, edges []Edge) []part {
	head := make([]int, len(nodes))
	for i := range head {
		head[i] = i
	}
	find := func(i int) int {
		for head[i] != i {
			head[i] = head[head[i]]
			i = head[i]
		}
		return i
	}
	for _, e := range edges {
		a, b := find(e.From), find(e.To)
		head[max(a, b)] = min(a, b)
	}
	number := map[int]int{}
	at := make([]int, len(nodes))
	var out []part
	for i, n := range nodes {
		k, known := number[find(i)]
		if !known {
			k = len(out)
			number[find(i)] = k
			out = append(out, part{})
		}
		at[i] = len(out[k].nodes)
		out[k].index = append(out[k].index, i)
		out[k].nodes = append(out[k].nodes, n)
	}
	for _, e := range edges {
		if e.From == e.To {
			continue
		}
		k := number[find(e.From)]
		e.From, e.To = at[e.From], at[e.To]
		out[k].edges = append(out[k].edges, e)
	}
	slices.SortStableFunc(out, func(a, b part) int { return cmp.Compare(len(b.nodes), len(a.nodes)) })
	return out
}

// arrange places a part's nodes: around its pins where it has some, else from the origin.
func (p *part) arrange(gaps Gaps) {
	g := newGraph(p.nodes, p.edges)
	g.order()
	g.align(p.nodes, gaps)
	p.rows = make([][]int, len(g.layers))
	wide := make([]float64, len(g.layers))
	gap := make([]float64, len(g.layers))
	for l, row := range g.layers {
		gap[l] = gaps.Layer
		for _, v := range row {
			if n := g.verts[v].node; n >= 0 {
				p.rows[l] = append(p.rows[l], n)
				wide[l] = max(wide[l], p.nodes[n].W)
			}
		}
	}
	for _, e := range p.edges {
		if a, b := min(g.rank[e.From], g.rank[e.To]), max(g.rank[e.From], g.rank[e.To]); b-a == 1 {
			gap[a] = max(gap[a], e.Room)
		}
	}
	x, pins, shift := 0.0, 0.0, 0.0
	top := math.Inf(1)
	for l, row := range p.rows {
		for _, n := range row {
			at := x
			if p.nodes[n].Pinned {
				pins++
				shift += p.nodes[n].X - at
				continue
			}
			p.nodes[n].X, p.nodes[n].Y = at, g.verts[n].at
		}
		for _, n := range row {
			top = min(top, p.nodes[n].Y)
		}
		x += wide[l] + gap[l]
	}
	for i := range p.nodes {
		switch n := &p.nodes[i]; {
		case pins == 0:
			n.Y -= top
		case !n.Pinned:
			n.X += shift / pins
		}
	}
}

// clear moves nodes across until they overlap nothing that is taken.
func (p *part) clear(taken []Node, gap float64) {
	taken = slices.Clone(taken)
	slices.SortStableFunc(taken, func(a, b Node) int { return cmp.Compare(a.Y, b.Y) })
	for _, row := range p.rows {
		next := math.Inf(-1)
		for _, i := range row {
			n := &p.nodes[i]
			if n.Pinned {
				continue
			}
			n.Y = max(n.Y, next)
			for again := true; again; {
				again = false
				for _, o := range taken {
					if n.X < o.X+o.W+gap && o.X < n.X+n.W+gap && n.Y < o.Y+o.H+gap && o.Y < n.Y+n.H+gap {
						n.Y, again = o.Y+o.H+gap, true
					}
				}
			}
			next = n.Y + n.H + gap
		}
	}
}

// pack sets parts beside and below one another, in rows of a shape that suits a screen.
func pack(parts []part, gaps Gaps) []Point {
	area, limit := 0.0, 0.0
	for _, p := range parts {
		w, h := p.size()
		area += (w + gaps.Part) * (h + gaps.Part)
		limit = max(limit, w)
	}
	limit = max(limit, math.Sqrt(area*1.6))
	out := make([]Point, len(parts))
	x, y, tall := 0.0, 0.0, 0.0
	for i, p := range parts {
		w, h := p.size()
		if x > 0 && x+w > limit {
			x, y, tall = 0, y+tall+gaps.Part, 0
		}
		out[i] = Point{x, y}
		gap := gaps.Part
		if len(p.nodes) == 1 {
			gap = gaps.Node
		}
		x, tall = x+w+gap, max(tall, h)
	}
	return out
}
