package diagram

import (
	"math"

	"airloom/backend/design"
	"airloom/backend/kind"
)

// wires are the runs of all edges whose ends are there. frontend/src/canvas/geometry.ts draws the same curves.
func wires(d design.Design, specs map[design.ID]kind.Spec) []Line {
	var out []Line
	seen := map[[2]design.End]int{}
	for _, id := range d.EdgeIDs() {
		e := d.Edges[id]
		from, okFrom := d.Nodes[e.From.Node]
		to, okTo := d.Nodes[e.To.Node]
		if !okFrom || !okTo {
			continue
		}
		a, b := place(from), place(to)
		w := Line{ID: string(id), From: string(e.From.Node), To: string(e.To.Node), Label: label(e),
			Out: portY(specs[e.From.Node], e.From.Port, kind.Out, a.H), In: portY(specs[e.To.Node], e.To.Port, kind.In, b.H)}
		key := [2]design.End{e.From, e.To}
		w.run(a, b, lane(seen[key]))
		seen[key]++
		out = append(out, w)
	}
	return out
}

// lane numbers the wires between the same two ports: 0, 1, -1, 2, -2 …
func lane(i int) float64 {
	if i%2 == 1 {
		return float64(i+1) / 2
	}
	return -float64(i) / 2
}

// run draws a cubic curve that leaves and arrives horizontally. The lane bends parallel wires apart; a wire to its own node
// runs over it.
func (w *Line) run(from, to Rect, lane float64) {
	a, b := Point{from.X + from.W, from.Y + w.Out}, Point{to.X, to.Y + w.In}
	w.Tip.move(b.X-8, b.Y-4.5).line(b.X, b.Y).line(b.X-8, b.Y+4.5).close()
	end := Point{b.X - 6, b.Y}
	if w.From == w.To {
		top, mid := from.Y-28-lane*14, from.X+from.W/2
		// The second half mirrors the first's last control point, as S does in SVG.
		w.Run.move(a.X, a.Y).curve(Point{a.X + 56, a.Y}, Point{a.X + 56, top}, Point{mid, top}).
			curve(Point{2*mid - a.X - 56, top}, Point{b.X - 56, b.Y}, end)
		w.Middle = Point{mid, top}
		return
	}
	bend, shift := max(40, math.Abs(b.X-a.X)/2), lane*22
	w.Run.move(a.X, a.Y).curve(Point{a.X + bend, a.Y + shift}, Point{b.X - bend, b.Y + shift}, end)
	w.Middle = Point{(a.X + b.X) / 2, (a.Y+b.Y)/2 + shift*0.75}
}

// portY is how far down a port sits on its side: ports share a side evenly, and an unknown port sits in the middle.
func portY(sp kind.Spec, port string, dir kind.Direction, height float64) float64 {
	n, at := 0, -1
	for _, p := range sp.Ports {
		if p.Dir != dir {
			continue
		}
		if p.ID == port {
			at = n
		}
		n++
	}
	if at < 0 {
		return height / 2
	}
	return height * float64(at+1) / float64(n+1)
}
