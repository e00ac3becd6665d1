package layered

import (
	"cmp"
	"slices"
)

const (
	sweeps   = 12      // rounds down and up; the best order met is kept
	patience = 4       // rounds without a gain
	fine     = 4_000   // vertices up to which neighbours are swapped one by one too
	coarse   = 150_000 // vertices from which few rounds have to do
)

// order arranges each layer so that few links cross: every vertex at the mean of its neighbours in the layer before, down
// and up in turns.
func (g *graph) order() {
	rounds := sweeps
	if len(g.verts) > coarse {
		rounds = 3
	}
	best, fewest, idle := g.copyLayers(), g.crossings(), 0
	for i := 0; i < rounds && fewest > 0 && idle < patience; i++ {
		for l := 1; l < len(g.layers); l++ {
			g.sort(l, func(v *vertex) []link { return v.up })
		}
		for l := len(g.layers) - 2; l >= 0; l-- {
			g.sort(l, func(v *vertex) []link { return v.down })
		}
		if len(g.verts) <= fine {
			g.swap()
		}
		idle++
		if n := g.crossings(); n < fewest {
			best, fewest, idle = g.copyLayers(), n, 0
		}
	}
	g.layers = best
	for _, row := range g.layers {
		g.number(row)
	}
}

func (g *graph) copyLayers() [][]int {
	out := make([][]int, len(g.layers))
	for i, row := range g.layers {
		out[i] = slices.Clone(row)
	}
	return out
}

func (g *graph) number(row []int) {
	for i, v := range row {
		g.verts[v].pos = i
	}
}

// key is where a link touches a vertex, in positions of its layer.
func (g *graph) key(v int, touch float64) float64 {
	w := &g.verts[v]
	if w.size == 0 {
		return float64(w.pos)
	}
	return float64(w.pos) + 0.9*(touch/w.size-0.5)
}

func (g *graph) sort(l int, links func(*vertex) []link) {
	row := g.layers[l]
	mean := make(map[int]float64, len(row))
	for _, v := range row {
		ls := links(&g.verts[v])
		sum := 0.0
		for _, k := range ls {
			sum += g.key(k.to, k.there)
		}
		mean[v] = float64(g.verts[v].pos)
		if len(ls) > 0 {
			mean[v] = sum / float64(len(ls))
		}
	}
	slices.SortStableFunc(row, func(a, b int) int { return cmp.Compare(mean[a], mean[b]) })
	g.number(row)
}

// crossings counts the pairs of links that cross, over all layers: inversions of their lower ends.
func (g *graph) crossings() int {
	n := 0
	type ends struct{ a, b float64 }
	for _, row := range g.layers {
		var es []ends
		for _, v := range row {
			for _, k := range g.verts[v].down {
				es = append(es, ends{g.key(v, k.here), g.key(k.to, k.there)})
			}
		}
		slices.SortFunc(es, func(x, y ends) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
		low := make([]float64, len(es))
		for i, e := range es {
			low[i] = e.b
		}
		n += inversions(low, make([]float64, len(low)))
	}
	return n
}

// inversions counts pairs out of order while it sorts by merging.
func inversions(a, spare []float64) int {
	if len(a) < 2 {
		return 0
	}
	m := len(a) / 2
	n := inversions(a[:m], spare[:m]) + inversions(a[m:], spare[m:])
	copy(spare, a)
	i, j := 0, m
	for k := range a {
		if i < m && (j == len(a) || spare[i] <= spare[j]) {
			a[k] = spare[i]
			i++
		} else {
			a[k] = spare[j]
			j++
			n += m - i
		}
	}
	return n
}

// swap exchanges neighbours while that takes crossings away.
func (g *graph) swap() {
	for range patience {
		gained := false
		for _, row := range g.layers {
			for i := 0; i+1 < len(row); i++ {
				a, b := &g.verts[row[i]], &g.verts[row[i+1]]
				now := g.pair(a.up, b.up) + g.pair(a.down, b.down)
				then := g.pair(b.up, a.up) + g.pair(b.down, a.down)
				if then < now {
					row[i], row[i+1] = row[i+1], row[i]
					a.pos, b.pos = i+1, i
					gained = true
				}
			}
		}
		if !gained {
			return
		}
	}
}

// pair counts how many links of the first cross links of the second, the first standing before the second.
func (g *graph) pair(first, second []link) int {
	n := 0
	for _, x := range first {
		for _, y := range second {
			if g.key(x.to, x.there) > g.key(y.to, y.there) {
				n++
			}
		}
	}
	return n
}
