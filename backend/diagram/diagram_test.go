package diagram

import (
	"strings"
	"testing"

	"airloom/backend/design"
	"airloom/backend/kind"
)

// spec is a small shelf: groups, notes, and things with two ports out and one in.
func spec(id string) (kind.Spec, bool) {
	colours := kind.Field{Name: "color", Type: kind.Color, Default: "blue"}
	switch id {
	case "group":
		return kind.Spec{Title: "Group", Shape: kind.Group, Fields: []kind.Field{colours}}, true
	case "note":
		return kind.Spec{Title: "Note", Shape: kind.Note, Fields: []kind.Field{{Name: "text", Type: kind.LongText}}}, true
	case "thing":
		return kind.Spec{Title: "Thing", Shape: kind.Box,
			Icon:  `<svg viewBox="0 0 24 24" fill="none" stroke="#d9730d" stroke-width="1.75"><path d="M7 4h3.2L17 20h3"/><circle cx="6" cy="12" r="2.75"/></svg>`,
			Ports: []kind.Port{{ID: "out", Dir: kind.Out}, {ID: "also", Dir: kind.Out}, {ID: "in", Dir: kind.In}},
			Fields: []kind.Field{{Name: "mode", Title: "Mode", Type: kind.Choice, Default: "fast"}, {Name: "memory", Title: "Memory", Type: kind.Number, Default: 512.0, Unit: "MB"},
				{Name: "key", Title: "Key", Type: kind.Text, Sensitive: true}}}, true
	}
	return kind.Spec{}, false
}

// drawing has a name in every text that a design can hold.
func drawing(name string) design.Design {
	d := design.New()
	d.Settings["name"] = design.Setting{ID: "name", Value: name}
	d.Nodes["home"] = design.Node{ID: "home", Kind: "group", Name: name, W: 600, H: 400, Props: design.Props{"color": name}}
	d.Nodes["a"] = design.Node{ID: "a", Kind: "thing", Name: name, X: 20, Y: 40, Parent: "home", Props: design.Props{"mode": name}}
	d.Nodes["b"] = design.Node{ID: "b", Kind: name, Name: name, X: 320, Y: 140, Parent: "home", Locked: true}
	d.Nodes["n"] = design.Node{ID: "n", Kind: "note", Name: name, X: 320, Y: 500, W: 200, H: 90, Props: design.Props{"text": name}}
	route := design.Props{"method": name, "path": name}
	d.Edges["a-to-b"] = design.Edge{ID: "a-to-b", From: design.End{Node: "a", Port: "out"}, To: design.End{Node: "b", Port: name}, Protocol: "call", Access: name}
	d.Edges["b-to-a"] = design.Edge{ID: "b-to-a", From: design.End{Node: "b", Port: "out"}, To: design.End{Node: "a", Port: "in"}, Protocol: name, Props: route}
	d.Edges["a-to-a"] = design.Edge{ID: "a-to-a", From: design.End{Node: "a", Port: "also"}, To: design.End{Node: "a", Port: "in"}, Protocol: "push"}
	return d
}

func TestSelectKeepsWhatLiesInAGroup(t *testing.T) {
	d := Select(drawing("x"), []design.ID{"home"})
	if len(d.Nodes) != 3 || len(d.Edges) != 3 {
		t.Errorf("%d nodes, %d edges", len(d.Nodes), len(d.Edges))
	}
	if d = Select(drawing("x"), []design.ID{"b"}); len(d.Nodes) != 1 || len(d.Edges) != 0 {
		t.Errorf("%d nodes, %d edges", len(d.Nodes), len(d.Edges))
	}
	// A part whose group was left out stands on its own.
	if s := Lay(d, spec); s.Boxes[0].Parent != "" {
		t.Errorf("lies in %q, which is not there", s.Boxes[0].Parent)
	}
}

func TestTheSummarySaysWhatMatters(t *testing.T) {
	sp, _ := spec("thing")
	for want, props := range map[string]design.Props{
		"fast":           nil,
		"slow":           {"mode": "slow", "key": "secret"},
		"fast · 1024 MB": {"memory": 1024.0},
		"":               {"mode": strings.Repeat("long", 10)},
	} {
		if got := Summary(sp, props); got != want {
			t.Errorf("%v says %q, not %q", props, got, want)
		}
	}
}

func TestLabelsSayTheRouteElseTheAccessElseTheVerb(t *testing.T) {
	for want, e := range map[string]design.Edge{
		"GET /x":  {Props: design.Props{"method": "GET", "path": "/x"}, Access: "read"},
		"/x":      {Props: design.Props{"path": "/x"}},
		"read":    {Access: "read", Protocol: "call"},
		"feeds":   {Protocol: "poll"},
		"unknown": {Protocol: "unknown"},
	} {
		if got := Label(e); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWiresRunAsOnTheCanvas(t *testing.T) {
	d := design.New()
	at := func(id design.ID, x, y float64) { d.Nodes[id] = design.Node{ID: id, Kind: "x", X: x, Y: y} }
	at("a", 0, 0)
	at("b", 600, 0)
	d.Edges["e"] = design.Edge{ID: "e", From: design.End{Node: "a", Port: "out"}, To: design.End{Node: "b", Port: "in"}}
	if run := data(Lay(d, spec).Wires[0].Run); run != "M200 32C400 32 400 32 594 32" {
		t.Errorf("a free way is %s", run)
	}
	at("m", 300, 0)
	w := Lay(d, spec).Wires[0]
	if run := data(w.Run); strings.Count(run, "C") < 2 || !strings.HasSuffix(run, "L594 32") {
		t.Errorf("around a box: %s", run)
	}
	runs, _ := w.Run.lines(1)
	if passes(runs[0], place(d.Nodes["m"])) {
		t.Error("runs through the box in its way")
	}
	d.Edges["f"] = design.Edge{ID: "f", From: design.End{Node: "m", Port: "out"}, To: design.End{Node: "b", Port: "in"}}
	if fan := fans(d); fan["e"] != [2]float64{0, -3.5} || fan["f"] != [2]float64{0, 3.5} {
		t.Errorf("wires at one port lie %v apart", fan)
	}
}

func TestACollapsedGroupIsOneBoxWithItsWires(t *testing.T) {
	d := drawing("x")
	g := d.Nodes["home"]
	g.Props = design.Props{"collapsed": true}
	d.Nodes["home"] = g
	d.Nodes["deep"] = design.Node{ID: "deep", Kind: "group", Parent: "home", Props: design.Props{"collapsed": true}}
	d.Nodes["far"] = design.Node{ID: "far", Kind: "thing", X: 900}
	d.Nodes["low"] = design.Node{ID: "low", Kind: "thing", Parent: "deep"}
	d.Edges["far-to-low"] = design.Edge{ID: "far-to-low", From: design.End{Node: "far", Port: "out"}, To: design.End{Node: "low", Port: "in"}}
	s := Lay(d, spec)
	if len(s.Groups) != 0 || len(s.Boxes) != 2 || len(s.Wires) != 1 {
		t.Fatalf("%d groups, %d boxes, %d wires", len(s.Groups), len(s.Boxes), len(s.Wires))
	}
	if b := s.Boxes[1]; !b.Folded || b.Holds != 3 || b.Rect != (Rect{0, 0, BoxWidth, BoxHeight}) {
		t.Errorf("%+v", b)
	}
	if w := s.Wires[0]; w.From != "far" || w.To != "home" || w.In != BoxHeight/2 {
		t.Errorf("%+v", w)
	}
	if len(d.Nodes) != 7 || d.Nodes["home"].W != 600 {
		t.Error("the drawing itself was changed")
	}
}

func TestTextIsCutAndWrappedToWhatFits(t *testing.T) {
	for _, s := range []string{"order-events", strings.Repeat("wide ", 40), strings.Repeat("W", 500), "مرحبا 😀 \x00 \n\t tab", ""} {
		for _, width := range []float64{20, 100, 128} {
			if w := measure(clip(s, nameFont, width), nameFont); w > width {
				t.Errorf("%.20q is %.1f wide, of %.0f", s, w, width)
			}
			lines := wrap(s, noteFont, width, 5)
			if len(lines) > 5 {
				t.Errorf("%.20q has %d lines", s, len(lines))
			}
			for _, l := range lines {
				if w := measure(l, noteFont); w > width {
					t.Errorf("the line %.20q is %.1f wide, of %.0f", l, w, width)
				}
			}
		}
	}
	if got := clip("orders", nameFont, 200); got != "orders" {
		t.Errorf("cut what fits: %q", got)
	}
	if got := strings.Join(wrap("one two\n\nthree", noteFont, 40, 9), "|"); got != "one two||three" && got != "one|two||three" {
		t.Errorf("wrapped to %q", got)
	}
}

// The widths are those that Chromium gives for the interface's own font files (canvas.measureText), kerning included.
func TestTextIsAsWideAsInTheInterface(t *testing.T) {
	for _, c := range []struct {
		text string
		font font
		want float64
	}{{"order-events", font{620, 13, 0}, 81.683}, {"Lambda function", titleFont, 87.490}, {"GET /orders/{id}", labelFont, 82.621}, {"AVATAR To", font{620, 13, 0}, 69.611}} {
		if got := measure(c.text, c.font); got < c.want-0.01 || got > c.want+0.01 {
			t.Errorf("%q is %.3f wide, not %.3f", c.text, got, c.want)
		}
	}
}
