package layered

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

var gaps = Gaps{Layer: 96, Node: 40, Part: 64}

// some makes a graph of n nodes whose edges lead onwards, but for a few.
func some(r *rand.Rand, n, edges int, back float64) ([]Node, []Edge) {
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[i] = Node{W: 200 + 10*float64(r.IntN(30)), H: 64 + 10*float64(r.IntN(20))}
	}
	var es []Edge
	for range edges {
		a, b := r.IntN(n), r.IntN(n)
		if a > b && r.Float64() > back {
			a, b = b, a
		}
		es = append(es, Edge{From: a, To: b, Out: nodes[a].H / 2, In: nodes[b].H / 2})
	}
	return nodes, es
}

func overlap(nodes []Node, at []Point) string {
	for i, p := range at {
		for j, q := range at[:i] {
			if p.X < q.X+nodes[j].W && q.X < p.X+nodes[i].W && p.Y < q.Y+nodes[j].H && q.Y < p.Y+nodes[i].H {
				return fmt.Sprintf("%d at %v and %d at %v", i, p, j, q)
			}
		}
	}
	return ""
}

func TestNothingOverlapsAndPinsStay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 400 {
		nodes, edges := some(r, 1+r.IntN(40), r.IntN(60), 0.2)
		pinned := round%2 == 1
		for i := range nodes {
			if pinned && i%7 == 0 { // far enough from one another
				nodes[i].Pinned, nodes[i].X, nodes[i].Y = true, float64(r.IntN(3)*600), float64(i*400)
			}
		}
		at := Place(nodes, edges, gaps)
		if both := overlap(nodes, at); both != "" {
			t.Fatalf("round %d: %s", round, both)
		}
		for i, n := range nodes {
			if n.Pinned && at[i] != (Point{n.X, n.Y}) {
				t.Fatalf("round %d: pinned %d went to %v", round, i, at[i])
			}
		}
		if again := Place(nodes, edges, gaps); !reflect.DeepEqual(at, again) {
			t.Fatalf("round %d: not the same twice", round)
		}
	}
}

func TestEdgesRunOnwards(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 200 {
		nodes, edges := some(r, 2+r.IntN(40), r.IntN(60), 0)
		at := Place(nodes, edges, gaps)
		for _, e := range edges {
			if e.From != e.To && at[e.From].X+nodes[e.From].W+gaps.Layer > at[e.To].X {
				t.Fatalf("round %d: %d at %v leads to %d at %v", round, e.From, at[e.From], e.To, at[e.To])
			}
		}
	}
}

func TestAChainIsStraightAndATreeCrossesNothing(t *testing.T) {
	nodes := make([]Node, 6)
	for i := range nodes {
		nodes[i] = Node{W: 200, H: 64}
	}
	link := func(a, b int) Edge { return Edge{From: a, To: b, Out: 32, In: 32} }
	at := Place(nodes, []Edge{link(0, 1), link(1, 2), link(2, 3), link(3, 4), link(4, 5)}, gaps)
	for i, p := range at {
		if p.Y != 0 || p.X != float64(i)*(200+gaps.Layer) {
			t.Errorf("%d at %v", i, p)
		}
	}
	at = Place(nodes, []Edge{link(0, 1), link(0, 2), link(0, 3), link(2, 4), link(1, 5)}, gaps)
	if (at[1].Y < at[2].Y) != (at[5].Y < at[4].Y) {
		t.Errorf("crosses: %v", at)
	}
	if middle := (at[1].Y + at[2].Y + at[3].Y) / 3; math.Abs(at[0].Y-middle) > 1 {
		t.Errorf("the root is not in the middle: %v", at)
	}
}

func TestCyclesLoopsAndNothing(t *testing.T) {
	if at := Place(nil, nil, gaps); len(at) != 0 {
		t.Error(at)
	}
	nodes := []Node{{W: 10, H: 10}, {W: 10, H: 10}, {W: 10, H: 10}}
	at := Place(nodes, []Edge{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 0}, {From: 1, To: 1}, {From: 0, To: 1}}, gaps)
	if !(at[0].X < at[1].X && at[1].X < at[2].X) {
		t.Errorf("%v", at)
	}
}

func TestIsotonicIsTheNearestRisingSequence(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		n := 1 + r.IntN(5)
		want, weight := make([]float64, n), make([]float64, n)
		for i := range n {
			want[i], weight[i] = float64(r.IntN(20)), float64(1+r.IntN(5))
		}
		got := isotonic(want, weight)
		cost := func(x []float64) float64 {
			sum := 0.0
			for i := range x {
				sum += weight[i] * (x[i] - want[i]) * (x[i] - want[i])
			}
			return sum
		}
		for i := range got[1:] {
			if got[i] > got[i+1]+1e-9 {
				t.Fatalf("%v falls", got)
			}
		}
		// No rising sequence beside it is nearer.
		for range 200 {
			other := make([]float64, n)
			for i := range other {
				other[i] = got[i] + r.NormFloat64()*3
				if i > 0 {
					other[i] = max(other[i], other[i-1])
				}
			}
			if cost(other) < cost(got)-1e-9 {
				t.Fatalf("%v is nearer to %v than %v", other, want, got)
			}
		}
	}
}

func BenchmarkFiveThousand(b *testing.B) {
	r := rand.New(rand.NewPCG(7, 8))
	nodes, _ := some(r, 5000, 0, 0)
	var edges []Edge
	for range 6500 {
		a := r.IntN(5000)
		edges = append(edges, Edge{From: a, To: min(4999, a+1+r.IntN(30))})
	}
	for b.Loop() {
		Place(nodes, edges, gaps)
	}
}
