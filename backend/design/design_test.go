package design

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"airloom/backend/fault"
)

// random makes a design of up to n nodes with wires, groups and hostile names.
func random(r *rand.Rand, n int) Design {
	d := New()
	names := []string{"orders", "Ordner größer", "😀", "a\nb", `"${x}"`, "مرحبا", "order items"}
	for range r.IntN(n + 1) {
		name := names[r.IntN(len(names))]
		id := NewNodeID(d, name, "thing")
		node := Node{ID: id, Kind: "aws.sqs", Name: name, X: float64(r.IntN(2000)) / 4, Y: float64(r.IntN(999))}
		if r.IntN(2) == 0 {
			node.Props = Props{"text": name, "n": float64(r.IntN(9)), "list": []any{"x", nil, true}}
		}
		d.Nodes[id] = node
	}
	ids := d.NodeIDs()
	for range len(ids) {
		a, b := ids[r.IntN(len(ids))], ids[r.IntN(len(ids))]
		e := Edge{ID: NewEdgeID(d, a, b), From: End{a, "out"}, To: End{b, "in"}, Protocol: "call", Access: "send"}
		d.Edges[e.ID] = e
	}
	d.Settings["name"] = Setting{"name", names[r.IntN(len(names))]}
	return d
}

func equal(a, b Design) bool { return Between(a, b).IsZero() }

func TestDiffProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 1000 {
		a, b, c := random(r, 12), random(r, 12), random(r, 12)
		ab, bc := Between(a, b), Between(b, c)
		got, err := Apply(a, ab)
		if err != nil || !equal(got, b) {
			t.Fatalf("round %d: apply(a, between(a, b)) is not b: %v", i, err)
		}
		if back, err := Apply(got, Reverse(ab)); err != nil || !equal(back, a) {
			t.Fatalf("round %d: the reverse does not take back: %v", i, err)
		}
		if once, err := Apply(a, Squash(ab, bc)); err != nil || !equal(once, c) {
			t.Fatalf("round %d: the squash is not both: %v", i, err)
		}
		if !Squash(ab, Reverse(ab)).IsZero() {
			t.Fatalf("round %d: there and back is something", i)
		}
	}
}

func TestApplyRefusesAStaleDiffAndLeavesTheDesign(t *testing.T) {
	a := New()
	a.Nodes["q"] = Node{ID: "q", Kind: "aws.sqs", Name: "queue"}
	stale := Diff{Nodes: Change[Node]{Updated: map[ID]Pair[Node]{"q": {Before: Node{ID: "q", Kind: "aws.sqs", Name: "old"}, After: Node{ID: "q"}}}}}
	for _, d := range []Diff{stale,
		{Nodes: Change[Node]{Added: map[ID]Node{"q": {ID: "q"}}}},
		{Nodes: Change[Node]{Removed: map[ID]Node{"other": {ID: "other"}}}}} {
		if _, err := Apply(a, d); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("got %v", err)
		}
	}
	if a.Nodes["q"].Name != "queue" {
		t.Error("the design was changed")
	}
}

func TestSnapshotReadsBackAndIsStable(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 1000 {
		d := random(r, 10)
		text, err := Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Unmarshal(text)
		if err != nil || !equal(back, d) {
			t.Fatalf("round %d: %v\n%s", i, err, text)
		}
		again, _ := Marshal(back)
		if string(again) != string(text) {
			t.Fatalf("round %d: other bytes", i)
		}
		if lines := strings.Count(string(text), "\n"); lines != 1+len(d.Nodes)+len(d.Edges)+len(d.Settings) {
			t.Fatalf("round %d: %d lines", i, lines)
		}
	}
}

func TestSnapshotRefusals(t *testing.T) {
	good := `[{"format":"airloom.design/1"},` + "\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":          {"", "no text snapshot"},
		"other json":     {`{"a":1}`, "no text snapshot"},
		"newer":          {`[{"format":"airloom.design/9"}]`, "airloom.design/9"},
		"unknown field":  {good + `{"node":{"id":"q","kind":"k","colour":"red"}}]`, "line 2"},
		"double id":      {good + `{"setting":{"id":"name","value":1}},` + "\n" + `{"setting":{"id":"name","value":2}}]`, "twice"},
		"merge conflict": {good + "<<<<<<< HEAD\n", "merge"},
		"cut off":        {good + `{"setting":{"id":"name","va`, "ends too early"},
		"trailing":       {good + `{"setting":{"id":"name","value":1}}] x`, "line 2"},
		"lost wire":      {good + `{"edge":{"id":"a-to-b","from":{"node":"a","port":"out"},"to":{"node":"b","port":"in"},"protocol":"call"}}]`, "does not exist"},
		"own parent":     {good + `{"node":{"id":"g","kind":"group","name":"","x":0,"y":0,"parent":"g"}}]`, "in itself"},
		"illegal id":     {good + `{"node":{"id":"A b","kind":"k","name":"","x":0,"y":0}}]`, "not legal"},
	} {
		if _, err := Unmarshal([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestNewNodeIDIsReadableLegalAndFree(t *testing.T) {
	d := New()
	add := func(id ID) { d.Nodes[id] = Node{ID: id} }
	for _, c := range []struct {
		name string
		want ID
	}{{"Order items", "order-items"}, {"OrderItems", "orderitems-2"}, {"order--items!", "order-items-3"}, {"😀", "queue"}, {"42", "queue-2"}, {strings.Repeat("ab ", 40), "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a"}} {
		id := NewNodeID(d, c.name, "queue")
		if id != c.want || !id.Legal() {
			t.Errorf("%q: got %q, want %q", c.name, id, c.want)
		}
		add(id)
	}
	for i := range 10_000 {
		if id := NewNodeID(New(), fmt.Sprintf("%c%c x%d", rune(i), rune(i*7), i), "n"); !id.Legal() {
			t.Fatalf("%q is not legal", id)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	text, _ := Marshal(random(rand.New(rand.NewPCG(5, 6)), 5))
	f.Add(text)
	f.Add([]byte(`[{"format":"airloom.design/1"}]`))
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := Unmarshal(in)
		if err != nil {
			return
		}
		out, err := Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := Unmarshal(out); err != nil || !reflect.DeepEqual(canonical(back), canonical(d)) {
			t.Fatalf("does not read back: %v", err)
		}
	})
}
