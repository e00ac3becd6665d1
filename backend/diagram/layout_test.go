package diagram

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"airloom/backend/design"
)

// tangle is a drawing of nested groups, things and notes, all at the origin, and wires between any of the things.
func tangle(r *rand.Rand, n int) design.Design {
	d := design.New()
	var groups, things []design.ID
	for i := range n {
		node := design.Node{ID: design.ID(fmt.Sprintf("n%03d", i)), Kind: "thing", Name: "n"}
		switch {
		case i%6 == 0:
			node.Kind, node.W, node.H = "group", 300, 200
		case i%11 == 0:
			node.Kind, node.W, node.H = "note", 200, 90
		default:
			things = append(things, node.ID)
		}
		if len(groups) > 0 && r.IntN(3) > 0 {
			node.Parent = groups[r.IntN(len(groups))]
		}
		if node.Kind == "group" {
			groups = append(groups, node.ID)
		}
		d.Nodes[node.ID] = node
	}
	for i := range n {
		if len(things) == 0 {
			break
		}
		e := design.Edge{ID: design.ID(fmt.Sprintf("e%03d", i)), Protocol: "call", From: design.End{Node: things[r.IntN(len(things))], Port: "out"},
			To: design.End{Node: things[r.IntN(len(things))], Port: "in"}}
		d.Edges[e.ID] = e
	}
	return d
}

func tidy(t *testing.T, d design.Design, ids []design.ID, dir Direction) design.Design {
	t.Helper()
	out, err := design.Apply(d, Layout(d, ids, dir, spec))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func overlaps(a, b Rect) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

// neat fails where siblings overlap or something sticks out of its group.
func neat(t *testing.T, d design.Design) {
	t.Helper()
	ids := d.NodeIDs()
	for i, a := range ids {
		if p, ok := d.Nodes[d.Nodes[a].Parent]; ok {
			r, home := place(d.Nodes[a]), place(p)
			if r.X < home.X || r.Y < home.Y+groupHead || r.X+r.W > home.X+home.W || r.Y+r.H > home.Y+home.H {
				t.Fatalf("%s at %v sticks out of %s at %v", a, r, p.ID, home)
			}
		}
		for _, b := range ids[:i] {
			if d.Nodes[a].Parent == d.Nodes[b].Parent && overlaps(place(d.Nodes[a]), place(d.Nodes[b])) {
				t.Fatalf("%s at %v and %s at %v overlap", a, place(d.Nodes[a]), b, place(d.Nodes[b]))
			}
		}
	}
}

func TestLayoutIsNeatStableAndOneChange(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 60 {
		for _, dir := range []Direction{LeftToRight, TopToBottom} {
			d := tangle(r, 1+r.IntN(60))
			diff := Layout(d, nil, dir, spec)
			out, err := design.Apply(d, diff)
			if err != nil {
				t.Fatal(err)
			}
			neat(t, out)
			if !reflect.DeepEqual(diff, Layout(d, nil, dir, spec)) {
				t.Fatalf("round %d: not the same twice", round)
			}
			if again := Layout(out, nil, dir, spec); !again.IsZero() {
				t.Fatalf("round %d: a tidy drawing is moved again: %v", round, again.Touched())
			}
			if back, err := design.Apply(out, design.Reverse(diff)); err != nil || !design.Between(back, d).IsZero() {
				t.Fatalf("round %d: one undo does not take it back: %v", round, err)
			}
			if len(diff.Edges.Updated)+len(diff.Settings.Updated)+len(diff.Nodes.Added)+len(diff.Nodes.Removed) > 0 {
				t.Fatalf("round %d: changes more than places", round)
			}
		}
	}
}

func TestLockedThingsStayWithWhatLiesInThem(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 60 {
		d := tidy(t, tangle(r, 40), nil, LeftToRight)
		ids := d.NodeIDs()
		for _, i := range []int{r.IntN(40), r.IntN(40)} {
			n := d.Nodes[ids[i]]
			n.Locked = true
			d.Nodes[n.ID] = n
		}
		e := design.Edge{ID: "new", Protocol: "call", From: design.End{Node: "n001", Port: "out"}, To: design.End{Node: "n039", Port: "in"}}
		d.Edges[e.ID] = e
		out := tidy(t, d, nil, TopToBottom)
		for id, n := range d.Nodes {
			held := n.Locked
			for p := n.Parent; p != ""; p = d.Nodes[p].Parent {
				held = held || d.Nodes[p].Locked
			}
			if held && place(n) != place(out.Nodes[id]) {
				t.Fatalf("round %d: %s went from %v to %v", round, id, place(n), place(out.Nodes[id]))
			}
		}
	}
}

func TestOnlyWhatIsChosenMoves(t *testing.T) {
	d := design.New()
	at := func(id design.ID, kind string, x, y float64, parent design.ID) {
		d.Nodes[id] = design.Node{ID: id, Kind: kind, X: x, Y: y, Parent: parent}
	}
	at("a", "thing", 40, 80, "g")
	at("b", "thing", 40, 90, "g")
	at("c", "thing", 900, 900, "")
	d.Nodes["g"] = design.Node{ID: "g", Kind: "group", W: 300, H: 200}
	d.Edges["e"] = design.Edge{ID: "e", From: design.End{Node: "a"}, To: design.End{Node: "b"}}
	out := tidy(t, d, []design.ID{"a", "b"}, LeftToRight)
	if out.Nodes["c"].X != 900 || out.Nodes["a"].X != 40 || out.Nodes["a"].Y != 80 {
		t.Errorf("moved %v, %v", out.Nodes["c"], out.Nodes["a"])
	}
	if b := out.Nodes["b"]; b.X < 40+BoxWidth+layerGap-grid || b.Y != 80 {
		t.Errorf("b is at %v, %v", b.X, b.Y)
	}
	if g := out.Nodes["g"]; g.X != 0 || g.Y != 0 || g.W < 560 {
		t.Errorf("the group is %v, and does not hold what it holds", place(g))
	}
}

func TestUnplaced(t *testing.T) {
	d := drawing("x")
	if Unplaced(d) {
		t.Error("a drawing with places has none")
	}
	if !Unplaced(tangle(rand.New(rand.NewPCG(1, 1)), 5)) {
		t.Error("a drawing without places has some")
	}
}

func BenchmarkLayoutOfFiveThousand(b *testing.B) {
	d := tangle(rand.New(rand.NewPCG(5, 6)), 5000)
	for b.Loop() {
		Layout(d, nil, LeftToRight, spec)
	}
}
