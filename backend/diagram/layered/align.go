package layered

// rounds of coordinates: each looks down, up, and at last both ways.
const alignRounds = 10

const pinned = 1e6 // the weight of a place that must not change

// align gives every vertex its place across: as near to the mean of its neighbours as the order and the gaps allow, which
// is a least-squares problem per layer that isotonic regression solves exactly.
func (g *graph) align(nodes []Node, gaps Gaps) {
	for _, row := range g.layers {
		at := 0.0
		for i, v := range row {
			if i > 0 {
				at += g.verts[row[i-1]].size + g.gap(row[i-1], v, gaps)
			}
			g.verts[v].at = at
			if n := g.verts[v].node; n >= 0 && nodes[n].Pinned {
				g.verts[v].at = nodes[n].Y
			}
		}
	}
	for i := range alignRounds {
		both := i >= alignRounds/2
		for l := range g.layers {
			g.settle(nodes, gaps, l, true, both)
		}
		for l := len(g.layers) - 1; l >= 0; l-- {
			g.settle(nodes, gaps, l, both, true)
		}
	}
}

func (g *graph) gap(a, b int, gaps Gaps) float64 {
	if g.verts[a].node < 0 || g.verts[b].node < 0 {
		return gaps.Node / 2
	}
	return gaps.Node
}

// settle places one layer by its neighbours above, below or both.
func (g *graph) settle(nodes []Node, gaps Gaps, l int, up, down bool) {
	row := g.layers[l]
	want := make([]float64, len(row))
	weight := make([]float64, len(row))
	stack := 0.0 // what stands before a vertex: taken off, the order is all that constrains
	before := make([]float64, len(row))
	for i, v := range row {
		if i > 0 {
			stack += g.verts[row[i-1]].size + g.gap(row[i-1], v, gaps)
		}
		before[i] = stack
		w := &g.verts[v]
		sum, total := 0.0, 0.0
		pull := func(ls []link) {
			for _, k := range ls {
				sum += k.weight * (g.verts[k.to].at + k.there - k.here)
				total += k.weight
			}
		}
		if up {
			pull(w.up)
		}
		if down {
			pull(w.down)
		}
		switch {
		case w.node >= 0 && nodes[w.node].Pinned:
			sum, total = nodes[w.node].Y*pinned, pinned
		case total == 0:
			sum, total = w.at*0.01, 0.01
		}
		want[i], weight[i] = sum/total-stack, total
	}
	for i, at := range isotonic(want, weight) {
		g.verts[row[i]].at = at + before[i]
	}
}

// isotonic gives the rising sequence nearest to want by weighted least squares: pools of adjacent violators.
// https://en.wikipedia.org/wiki/Isotonic_regression
func isotonic(want, weight []float64) []float64 {
	type pool struct {
		mean, weight float64
		n            int
	}
	var pools []pool
	for i := range want {
		pools = append(pools, pool{want[i], weight[i], 1})
		for len(pools) > 1 && pools[len(pools)-2].mean > pools[len(pools)-1].mean {
			a, b := pools[len(pools)-2], pools[len(pools)-1]
			w := a.weight + b.weight
			pools = append(pools[:len(pools)-2], pool{(a.mean*a.weight + b.mean*b.weight) / w, w, a.n + b.n})
		}
	}
	out := make([]float64, 0, len(want))
	for _, p := range pools {
		for range p.n {
			out = append(out, p.mean)
		}
	}
	return out
}
