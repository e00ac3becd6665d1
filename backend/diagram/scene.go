// Package diagram draws a design without a screen: design × shelf → Scene → SVG or DOT. It is pure, reads neither files
// nor network, and imports design and kind.
package diagram

import (
	"cmp"
	"math"
	"slices"

	"airloom/backend/design"
	"airloom/backend/kind"
)

// Size of a box in canvas units; the canvas draws the same (frontend/src/canvas/geometry.ts).
const (
	BoxWidth  = 200.0
	BoxHeight = 64.0
	Margin    = 32.0
)

// Scene is a drawing ready for paint: everything placed, nothing to look up.
type Scene struct {
	Name   string
	Bounds Rect
	Groups []Item // outermost first
	Boxes  []Item
	Notes  []Item
	Wires  []Line
}

// Rect is a place in canvas units.
type Rect struct{ X, Y, W, H float64 }

// Item is something with a place.
type Item struct {
	ID, Name, Kind, Title, Text, Icon, Color string
	Parent                                   string
	Rect                                     Rect
}

// Line is a wire: a cubic curve from (X1,Y1) to (X2,Y2), leaving and arriving horizontally.
type Line struct {
	ID, From, To, Label string
	X1, Y1, X2, Y2      float64
}

// Select narrows a scene to some nodes, with what lies in their groups; none means all.
func Select(d design.Design, ids []design.ID) design.Design {
	if len(ids) == 0 {
		return d
	}
	keep := func(id design.ID) bool {
		for seen := 0; id != "" && seen <= len(d.Nodes); seen++ {
			if slices.Contains(ids, id) {
				return true
			}
			id = d.Nodes[id].Parent
		}
		return false
	}
	out := design.New()
	out.Settings = d.Settings
	for id, n := range d.Nodes {
		if keep(id) {
			out.Nodes[id] = n
		}
	}
	for id, e := range d.Edges {
		_, from := out.Nodes[e.From.Node]
		_, to := out.Nodes[e.To.Node]
		if from && to {
			out.Edges[id] = e
		}
	}
	return out
}

// Lay makes the scene. A kind that spec does not know is drawn as a plain box with its id.
func Lay(d design.Design, spec func(kind string) (kind.Spec, bool)) Scene {
	s := Scene{Name: settingText(d, "name")}
	rects := map[design.ID]Rect{}
	for _, id := range d.NodeIDs() {
		n := d.Nodes[id]
		sp, known := spec(n.Kind)
		if !known {
			sp = kind.Spec{Title: n.Kind, Shape: kind.Box}
		}
		it := Item{ID: string(id), Name: n.Name, Kind: n.Kind, Title: sp.Title, Icon: sp.Icon, Parent: string(n.Parent),
			Rect: Rect{n.X, n.Y, BoxWidth, BoxHeight}}
		if n.W > 0 && n.H > 0 {
			it.Rect.W, it.Rect.H = n.W, n.H
		}
		it.Text, _ = n.Props["text"].(string)
		it.Color, _ = n.Props["color"].(string)
		rects[id] = it.Rect
		switch sp.Shape {
		case kind.Group:
			s.Groups = append(s.Groups, it)
		case kind.Note:
			s.Notes = append(s.Notes, it)
		default:
			s.Boxes = append(s.Boxes, it)
		}
	}
	slices.SortStableFunc(s.Groups, func(a, b Item) int { return cmp.Compare(b.Rect.W*b.Rect.H, a.Rect.W*a.Rect.H) })
	for _, id := range d.EdgeIDs() {
		e := d.Edges[id]
		a, okA := rects[e.From.Node]
		b, okB := rects[e.To.Node]
		if !okA || !okB {
			continue
		}
		s.Wires = append(s.Wires, Line{ID: string(id), From: string(e.From.Node), To: string(e.To.Node), Label: label(e),
			X1: a.X + a.W, Y1: a.Y + a.H/2, X2: b.X, Y2: b.Y + b.H/2})
	}
	s.Bounds = bounds(rects)
	return s
}

// label is what a wire says: its route where it has one, else its access, else its protocol.
func label(e design.Edge) string {
	if p, ok := e.Props["path"].(string); ok {
		m, _ := e.Props["method"].(string)
		return m + " " + p
	}
	return cmp.Or(e.Access, e.Protocol)
}

func bounds(rects map[design.ID]Rect) Rect {
	if len(rects) == 0 {
		return Rect{0, 0, BoxWidth, BoxHeight}
	}
	x1, y1, x2, y2 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, r := range rects {
		x1, y1 = min(x1, r.X), min(y1, r.Y)
		x2, y2 = max(x2, r.X+r.W), max(y2, r.Y+r.H)
	}
	return Rect{x1 - Margin, y1 - Margin, x2 - x1 + 2*Margin, y2 - y1 + 2*Margin}
}

func settingText(d design.Design, id design.ID) string {
	t, _ := d.Settings[id].Value.(string)
	return t
}
