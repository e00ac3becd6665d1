package layered

import "slices"

// graph is a part with its edges turned one way and cut at every layer they cross.
type graph struct {
	rank   []int // layer of each node
	verts  []vertex
	layers [][]int // vertices by layer, in order
}

// vertex is a node, or a bend of an edge that crosses a layer. The first vertices are the nodes, in their order.
type vertex struct {
	node     int     // -1 for a bend
	size     float64 // across
	pos      int     // in its layer
	at       float64 // its place across
	up, down []link
}

// link leads to a vertex of a neighbouring layer. here and there are where it touches the two ends.
type link struct {
	to          int
	here, there float64
	weight      float64
}

// mostBends keeps memory in bounds: edges that would need more bends are left straight and uncounted.
const mostBends = 400_000

func newGraph(nodes []Node, edges []Edge) *graph {
	succ := make([][]int, len(nodes)) // edges by the node they leave once turned
	turned := turn(len(nodes), edges)
	for i, e := range edges {
		from := e.From
		if turned[i] {
			from = e.To
		}
		succ[from] = append(succ[from], i)
	}
	target := func(i int) int {
		if turned[i] {
			return edges[i].From
		}
		return edges[i].To
	}
	g := &graph{rank: ranks(nodes, succ, target)}
	for i, n := range nodes {
		g.verts = append(g.verts, vertex{node: i, size: n.H})
	}
	g.layers = make([][]int, slices.Max(g.rank)+1)
	g.cut(edges, turned)
	g.first()
	return g
}

// turn marks the edges that have to be turned so that no cycle is left: those that lead back in a search in depth.
func turn(n int, edges []Edge) []bool {
	out := make([][]int, n)
	entered := make([]int, n)
	for i, e := range edges {
		out[e.From] = append(out[e.From], i)
		entered[e.To]++
	}
	turned := make([]bool, len(edges))
	state := make([]byte, n) // 0 new, 1 on the way, 2 done
	type step struct{ node, next int }
	visit := func(root int) {
		way := []step{{root, 0}}
		state[root] = 1
		for len(way) > 0 {
			s := &way[len(way)-1]
			if s.next == len(out[s.node]) {
				state[s.node] = 2
				way = way[:len(way)-1]
				continue
			}
			i := out[s.node][s.next]
			s.next++
			switch to := edges[i].To; state[to] {
			case 0:
				state[to] = 1
				way = append(way, step{to, 0})
			case 1:
				turned[i] = true
			}
		}
	}
	for _, sources := range []bool{true, false} {
		for i := range n {
			if state[i] == 0 && (entered[i] == 0 || !sources) {
				visit(i)
			}
		}
	}
	return turned
}

// ranks gives each node its layer: as early as its edges allow, then as close to what follows it as what leads to it allows.
func ranks(nodes []Node, succ [][]int, target func(int) int) []int {
	n := len(nodes)
	entering := make([]int, n)
	for _, es := range succ {
		for _, e := range es {
			entering[target(e)]++
		}
	}
	indegree := slices.Clone(entering)
	var sorted []int
	for i := range n {
		if entering[i] == 0 {
			sorted = append(sorted, i)
		}
	}
	rank := make([]int, n)
	for k := 0; k < len(sorted); k++ {
		for _, e := range succ[sorted[k]] {
			to := target(e)
			rank[to] = max(rank[to], rank[sorted[k]]+1)
			if entering[to]--; entering[to] == 0 {
				sorted = append(sorted, to)
			}
		}
	}
	for _, i := range slices.Backward(sorted) {
		if len(succ[i]) == 0 || indegree[i]+nodes[i].Before >= len(succ[i])+nodes[i].After {
			continue
		}
		near := rank[target(succ[i][0])]
		for _, e := range succ[i] {
			near = min(near, rank[target(e)])
		}
		rank[i] = near - 1
	}
	lowest := slices.Min(rank)
	for i := range rank {
		rank[i] -= lowest
	}
	return rank
}

// cut replaces every edge by links from layer to layer. Links between bends weigh most, so that long edges run straight.
func (g *graph) cut(edges []Edge, turned []bool) {
	bends := 0
	for i, e := range edges {
		from, to, here, there := e.From, e.To, e.Out, e.In
		if turned[i] {
			from, to, here, there = to, from, there, here
		}
		a, b := g.rank[from], g.rank[to]
		if bends += b - a - 1; bends > mostBends {
			return
		}
		for l := a + 1; l < b; l++ {
			v := len(g.verts)
			g.verts = append(g.verts, vertex{node: -1})
			g.layers[l] = append(g.layers[l], v)
			weight := 4.0
			if l == a+1 {
				weight = 2
			}
			g.join(from, v, here, 0, weight)
			from, here = v, 0
		}
		weight := 1.0
		if b-a > 1 {
			weight = 2
		}
		g.join(from, to, here, there, weight)
	}
}

func (g *graph) join(a, b int, here, there, weight float64) {
	g.verts[a].down = append(g.verts[a].down, link{b, here, there, weight})
	g.verts[b].up = append(g.verts[b].up, link{a, there, here, weight})
}

// first orders each layer as a search in depth meets it, which keeps what belongs together side by side.
func (g *graph) first() {
	layer := make([]int, len(g.verts))
	copy(layer, g.rank)
	for l, row := range g.layers {
		for _, v := range row {
			layer[v] = l
		}
		g.layers[l] = g.layers[l][:0]
	}
	met := make([]bool, len(g.verts))
	var visit []int
	for i := range g.verts {
		visit = append(visit[:0], i)
		for len(visit) > 0 {
			v := visit[len(visit)-1]
			visit = visit[:len(visit)-1]
			if met[v] {
				continue
			}
			met[v] = true
			g.verts[v].pos = len(g.layers[layer[v]])
			g.layers[layer[v]] = append(g.layers[layer[v]], v)
			for _, l := range slices.Backward(g.verts[v].up) {
				visit = append(visit, l.to)
			}
			for _, l := range slices.Backward(g.verts[v].down) {
				visit = append(visit, l.to)
			}
		}
	}
}
