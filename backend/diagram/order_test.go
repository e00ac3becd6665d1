package diagram

import (
	"testing"

	"airloom/backend/design"
	"airloom/backend/kind"
)

// What lies over what is painted as the canvas shows it: by z, then by id; groups never over those within them.
func TestOrder(t *testing.T) {
	d := design.New()
	for _, n := range []design.Node{
		{ID: "a", Kind: "box", Z: 2}, {ID: "b", Kind: "box"}, {ID: "c", Kind: "box", Z: -1},
		{ID: "outer", Kind: "frame", Z: 5}, {ID: "inner", Kind: "frame", Parent: "outer"},
	} {
		d.Nodes[n.ID] = n
	}
	s := Lay(d, func(k string) (kind.Spec, bool) {
		if k == "frame" {
			return kind.Spec{ID: k, Shape: kind.Group}, true
		}
		return kind.Spec{ID: k, Shape: kind.Box}, true
	})
	var got []string
	for _, items := range [][]Item{s.Boxes, s.Groups} {
		for _, it := range items {
			got = append(got, it.ID)
		}
	}
	want := []string{"c", "b", "a", "outer", "inner"}
	for i := range want {
		if len(got) != len(want) || got[i] != want[i] {
			t.Fatalf("painted in the order %v, not %v", got, want)
		}
	}
}
