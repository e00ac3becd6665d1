package diagram

import (
	"cmp"
	"math"
	"slices"

	"airloom/backend/design"
	"airloom/backend/kind"
)

// wires are the runs of all edges whose ends are there. The canvas has the same rules (frontend/src/canvas/geometry.ts and
// routes.ts): the plain curve where it is free, a rounded detour where something lies between.
func wires(d design.Design, specs map[design.ID]kind.Spec, groups map[string]bool) []Line {
	var out []Line
	seen := map[[2]design.End]int{}
	walls := newWalls(d, groups)
	fan := fans(d)
	for _, id := range d.EdgeIDs() {
		e := d.Edges[id]
		from, okFrom := d.Nodes[e.From.Node]
		to, okTo := d.Nodes[e.To.Node]
		if !okFrom || !okTo {
			continue
		}
		a, b := place(from), place(to)
		w := Line{ID: string(id), From: string(e.From.Node), To: string(e.To.Node), Label: Label(e),
			Out: portY(specs[e.From.Node], e.From.Port, kind.Out, a.H) + fan[id][0], In: portY(specs[e.To.Node], e.To.Port, kind.In, b.H) + fan[id][1]}
		key := [2]design.End{e.From, e.To}
		w.run(a, b, lane(seen[key]), walls)
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

// run lays a wire. The lane bends parallel wires apart; a wire to its own node runs over it.
func (w *Line) run(from, to Rect, lane float64, walls *walls) {
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
	plain := [3]Point{{a.X + bend, a.Y + shift}, {b.X - bend, b.Y + shift}, end}
	if corners := walls.around(w, a, b, plain, from, to, lane); corners != nil {
		w.Run, w.Middle = roundCorners(corners, 14), halfway(corners)
		return
	}
	w.Run.move(a.X, a.Y).curve(plain[0], plain[1], plain[2])
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

// fans are how far the two ends of each wire lie from the middle of their ports: wires that share a port fan out, those
// from above on top.
func fans(d design.Design) map[design.ID][2]float64 {
	const widest, step = 28.0, 7.0
	type side struct {
		end design.End
		i   int
	}
	type one struct {
		id  design.ID
		far float64
	}
	bundles := map[side][]one{}
	for _, id := range d.EdgeIDs() {
		e := d.Edges[id]
		bundles[side{e.From, 0}] = append(bundles[side{e.From, 0}], one{id, d.Nodes[e.To.Node].Y})
		bundles[side{e.To, 1}] = append(bundles[side{e.To, 1}], one{id, d.Nodes[e.From.Node].Y})
	}
	out := map[design.ID][2]float64{}
	for s, list := range bundles {
		if len(list) < 2 {
			continue
		}
		slices.SortStableFunc(list, func(a, b one) int { return cmp.Compare(a.far, b.far) })
		apart := min(step, widest/float64(len(list)-1))
		for i, o := range list {
			off := out[o.id]
			off[s.i] = (float64(i) - float64(len(list)-1)/2) * apart
			out[o.id] = off
		}
	}
	return out
}
