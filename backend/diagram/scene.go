// Package diagram draws a design without a screen: design × shelf → Scene → SVG, PNG, PDF, DOT, Mermaid, draw.io or a
// document; and it lays designs out. It is pure, reads neither files nor network, and imports design and kind.
package diagram

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

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
	ID, Name, Kind, Title, Info, Text, Icon, Color string
	Parent                                         string
	Meaning                                        string // of a group, where somebody has said what it stands for
	Locked, Folded                                 bool
	Holds                                          int       // of a folded group: the nodes that it stands for
	Outs                                           []float64 // how far down its right side wires may leave
	Rect                                           Rect
}

// Line is a wire: its run, the tip at its end, and where its label is centred. From and To are ids of items, Out and In how
// far down their sides it touches them.
type Line struct {
	ID, From, To, Label string
	Out, In             float64
	Run, Tip            Path
	Middle              Point
}

// Select narrows a design to some nodes, with what lies in their groups; none means all.
func Select(d design.Design, ids []design.ID) design.Design {
	if len(ids) == 0 {
		return d
	}
	chosen := map[design.ID]bool{}
	for _, id := range ids {
		chosen[id] = true
	}
	keep := func(id design.ID) bool {
		for seen := 0; id != "" && seen <= len(d.Nodes); seen++ {
			if chosen[id] {
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
	d, holds := fold(d, spec)
	specs := map[design.ID]kind.Spec{}
	groups := map[string]bool{}
	for _, id := range d.NodeIDs() {
		n := d.Nodes[id]
		sp, known := spec(n.Kind)
		if !known {
			sp = kind.Spec{Title: n.Kind, Shape: kind.Box}
		}
		specs[id] = sp
		it := Item{ID: string(id), Name: n.Name, Kind: n.Kind, Title: sp.Title, Icon: sp.Icon, Parent: string(n.Parent), Locked: n.Locked,
			Info: Summary(sp, n.Props), Text: fieldText(sp, n.Props, kind.LongText), Color: fieldText(sp, n.Props, kind.Color), Rect: place(n)}
		for _, p := range sp.Ports {
			if p.Dir == kind.Out {
				it.Outs = append(it.Outs, portY(sp, p.ID, kind.Out, it.Rect.H))
			}
		}
		switch sp.Shape {
		case kind.Group:
			it.Meaning = meaning(sp, n.Props)
			if it.Holds, it.Folded = holds[id]; it.Folded {
				it.Title, it.Info = cmp.Or(it.Meaning, it.Title), fmt.Sprintf("%d within", it.Holds)
				s.Boxes = append(s.Boxes, it)
				continue
			}
			groups[it.ID] = true
			s.Groups = append(s.Groups, it)
		case kind.Note:
			s.Notes = append(s.Notes, it)
		default:
			s.Boxes = append(s.Boxes, it)
		}
	}
	adopt(s.Groups, groups)
	adopt(s.Boxes, groups)
	adopt(s.Notes, groups)
	lift := func(a, b Item) int { return cmp.Compare(d.Nodes[design.ID(a.ID)].Z, d.Nodes[design.ID(b.ID)].Z) }
	slices.SortStableFunc(s.Boxes, lift)
	slices.SortStableFunc(s.Notes, lift)
	slices.SortStableFunc(s.Groups, func(a, b Item) int {
		return cmp.Or(cmp.Compare(depth(d, a.ID), depth(d, b.ID)), lift(a, b))
	})
	s.Wires = wires(d, specs, groups)
	s.Bounds = bounds(s)
	return s
}

// adopt forgets parents that are not in the scene.
func adopt(items []Item, groups map[string]bool) {
	for i := range items {
		if !groups[items[i].Parent] {
			items[i].Parent = ""
		}
	}
}

func depth(d design.Design, id string) int {
	n := 0
	for p := d.Nodes[design.ID(id)].Parent; p != "" && n <= len(d.Nodes); p = d.Nodes[p].Parent {
		n++
	}
	return n
}

// farthest bounds coordinates, so that no arithmetic with them overflows.
const farthest = 1e9

func place(n design.Node) Rect {
	within := func(v float64) float64 { return max(-farthest, min(farthest, v)) }
	r := Rect{within(n.X), within(n.Y), BoxWidth, BoxHeight}
	if n.W > 0 {
		r.W = within(n.W)
	}
	if n.H > 0 {
		r.H = within(n.H)
	}
	return r
}

// Label is what a wire says: its route where it has one, else its access, else its protocol's verb.
func Label(e design.Edge) string {
	if p, ok := e.Props["path"].(string); ok {
		if m, ok := e.Props["method"].(string); ok {
			return m + " " + p
		}
		return p
	}
	if e.Access != "" {
		return e.Access
	}
	if p, ok := kind.ProtocolOf(kind.ProtocolID(e.Protocol)); ok {
		return p.Title
	}
	return e.Protocol
}

// Summary is what a box says about its node in one line: what its kind cannot be without, its first choice, and what somebody
// has set; at most two short values, never a secret (frontend/src/catalog/summary.ts says the same).
func Summary(sp kind.Spec, props design.Props) string {
	const longest = 24
	choice := slices.IndexFunc(sp.Fields, func(f kind.Field) bool { return f.Type == kind.Choice && f.Group == "" })
	var out []string
	for i, f := range sp.Fields {
		short := f.Type == kind.Choice || f.Type == kind.Number || f.Type == kind.Cron || f.Type == kind.Text
		if f.Sensitive || !short || props[f.Name] == nil && !f.Required && i != choice {
			continue
		}
		v := said(value(props, f))
		if v != "" && f.Unit != "" {
			v += " " + f.Unit
		}
		if n := len([]rune(v)); n > 0 && n <= longest {
			out = append(out, v)
		}
		if len(out) == 2 {
			break
		}
	}
	return strings.Join(out, " · ")
}

// value is the value that counts: the default where nobody set one.
func value(props design.Props, f kind.Field) any {
	if v := props[f.Name]; v != nil {
		return v
	}
	return f.Default
}

// said is a text or a number as people read it, "" for anything else.
func said(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int:
		return strconv.Itoa(v)
	}
	return ""
}

func fieldText(sp kind.Spec, props design.Props, t kind.FieldType) string {
	for _, f := range sp.Fields {
		if f.Type == t {
			v, _ := value(props, f).(string)
			return v
		}
	}
	return ""
}

// bounds is what a picture has to show: all items, wires and labels, and a margin.
func bounds(s Scene) Rect {
	x1, y1, x2, y2 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	add := func(r Rect) {
		x1, y1 = min(x1, r.X), min(y1, r.Y)
		x2, y2 = max(x2, r.X+r.W), max(y2, r.Y+r.H)
	}
	for _, items := range [][]Item{s.Groups, s.Boxes, s.Notes} {
		for _, it := range items {
			add(it.Rect)
		}
	}
	for _, w := range s.Wires {
		add(w.Run.bounds())
		if w.Label != "" {
			add(labelRect(w))
		}
	}
	if math.IsInf(x1, 0) {
		return Rect{0, 0, BoxWidth, BoxHeight}
	}
	x1, y1, x2, y2 = math.Floor(x1), math.Floor(y1), math.Ceil(x2), math.Ceil(y2)
	return Rect{x1 - Margin, y1 - Margin, x2 - x1 + 2*Margin, y2 - y1 + 2*Margin}
}

func settingText(d design.Design, id design.ID) string {
	t, _ := d.Settings[id].Value.(string)
	return t
}
