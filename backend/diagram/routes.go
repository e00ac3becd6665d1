package diagram

import (
	"cmp"
	"math"
	"slices"

	"airloom/backend/design"
)

const (
	wallCell   = 320.0 // of the grid in which boxes are found
	wallAround = 160.0 // how far beside the straight way a detour may lead
	wallClear  = 18.0  // how far a detour keeps from boxes, and from its own ends before it turns
)

// walls are the boxes and notes that wires run around, found by the cells of a grid.
type walls struct {
	rects []wall
	cells map[[2]int][]int
}

type wall struct {
	id   string
	rect Rect
}

func newWalls(d design.Design, groups map[string]bool) *walls {
	w := &walls{cells: map[[2]int][]int{}}
	for _, id := range d.NodeIDs() {
		if groups[string(id)] {
			continue
		}
		r := place(d.Nodes[id])
		if r.W > mostWall || r.H > mostWall {
			continue // no wire gets around it
		}
		for _, c := range cells(r) {
			w.cells[c] = append(w.cells[c], len(w.rects))
		}
		w.rects = append(w.rects, wall{string(id), r})
	}
	return w
}

// mostWall is the side of the largest thing that is filed: larger ones would fill the grid.
const mostWall = 10_000

func cells(r Rect) [][2]int {
	var out [][2]int
	for x := int(math.Floor(r.X / wallCell)); x <= int(math.Floor((r.X+r.W)/wallCell)); x++ {
		for y := int(math.Floor(r.Y / wallCell)); y <= int(math.Floor((r.Y+r.H)/wallCell)); y++ {
			out = append(out, [2]int{x, y})
		}
	}
	return out
}

// mostCells bounds the look-up along one wire: a wire over more than that is drawn plainly.
const mostCells = 4_000

func (w *walls) near(r Rect, from, to string) []Rect {
	if (r.W/wallCell+2)*(r.H/wallCell+2) > mostCells {
		return nil
	}
	var found []int
	for _, c := range cells(r) {
		found = append(found, w.cells[c]...)
	}
	slices.Sort(found)
	var out []Rect
	for _, i := range slices.Compact(found) {
		b := w.rects[i]
		if b.id != from && b.id != to && r.X < b.rect.X+b.rect.W && b.rect.X < r.X+r.W && r.Y < b.rect.Y+b.rect.H && b.rect.Y < r.Y+r.H {
			out = append(out, b.rect)
		}
	}
	return out
}

// around gives the corners of a detour where the plain curve would run through a box or back, nil where it is fine.
func (w *walls) around(l *Line, a, b Point, plain [3]Point, from, to Rect, lane float64) []Point {
	line := []Point{a}
	line = append(line, evenly(a, plain, 14)...)
	back := b.X < a.X
	blocked := back
	for _, r := range w.near(grow(boxOf(line), 4), l.From, l.To) {
		blocked = blocked || passes(line, grow(r, 4))
	}
	if !blocked {
		return nil
	}
	var own []Rect
	if back {
		own = []Rect{from, to}
	}
	return detour(a, b, lane, w.near(grow(boxOf([]Point{a, b}), wallAround), l.From, l.To), own)
}

func boxOf(line []Point) Rect {
	x1, y1, x2, y2 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range line {
		x1, y1, x2, y2 = min(x1, p.X), min(y1, p.Y), max(x2, p.X), max(y2, p.Y)
	}
	return Rect{x1, y1, x2 - x1, y2 - y1}
}

// detour is the shortest way of up to five straight pieces that crosses no box: out, up or down beside a box, along, back,
// in. own are the boxes at its ends. nil where there is none nearby: a wire through a box says more than one around
// everything.
func detour(a, b Point, lane float64, boxes, own []Rect) []Point {
	shift := lane * 10
	all := append(slices.Clone(boxes), own...)
	var blocks []Rect
	for _, r := range boxes {
		blocks = append(blocks, grow(r, wallClear/3))
	}
	for _, r := range own {
		blocks = append(blocks, grow(r, -1))
	}
	forward := b.X-a.X > 2*wallClear
	first, last := a.X+wallClear+math.Abs(shift), b.X-wallClear-math.Abs(shift)
	var sides, between []float64
	for _, r := range all {
		for _, x := range []float64{r.X - wallClear + shift, r.X + r.W + wallClear + shift} {
			if forward && x > first && x < last {
				sides = append(sides, x)
			}
		}
		between = append(between, r.Y-wallClear+shift, r.Y+r.H+wallClear+shift)
	}
	starts := append([]float64{first}, closest(sides, a.X, 5)...)
	stops := append([]float64{last}, closest(sides, b.X, 5)...)
	levels := append([]float64{a.Y, b.Y}, closest(between, (a.Y+b.Y)/2, 16)...)
	var best []Point
	cost := math.Inf(1)
	for _, y := range levels {
		for _, x1 := range starts {
			for _, x2 := range stops {
				if forward && x1 > x2 {
					continue
				}
				corners := straighten([]Point{a, {x1, a.Y}, {x1, y}, {x2, y}, {x2, b.Y}, b})
				c := lengthOf(corners) + 24*float64(len(corners))
				if c < cost && !slices.ContainsFunc(blocks, func(r Rect) bool { return passes(corners, r) }) {
					best, cost = corners, c
				}
			}
		}
	}
	return best
}

func closest(values []float64, to float64, most int) []float64 {
	var out []float64
	for _, v := range values {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(p, q float64) int { return cmp.Compare(math.Abs(p-to), math.Abs(q-to)) })
	return out[:min(most, len(out))]
}

// straighten leaves out corners where nothing turns.
func straighten(line []Point) []Point {
	distinct := slices.Compact(line)
	out := distinct[:0:0]
	for i, p := range distinct {
		if i > 0 && i < len(distinct)-1 {
			q, r := distinct[i-1], distinct[i+1]
			if q.X == p.X && p.X == r.X || q.Y == p.Y && p.Y == r.Y {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

func lengthOf(line []Point) float64 {
	sum := 0.0
	for i := 1; i < len(line); i++ {
		sum += math.Hypot(line[i].X-line[i-1].X, line[i].Y-line[i-1].Y)
	}
	return sum
}

// halfway is the point half the way along.
func halfway(line []Point) Point {
	left := lengthOf(line) / 2
	for i := 1; i < len(line); i++ {
		step := math.Hypot(line[i].X-line[i-1].X, line[i].Y-line[i-1].Y)
		if left <= step {
			return toward(line[i-1], line[i], left)
		}
		left -= step
	}
	return line[0]
}

func toward(from, to Point, by float64) Point {
	length := cmp.Or(math.Hypot(to.X-from.X, to.Y-from.Y), 1)
	return Point{from.X + (to.X-from.X)/length*by, from.Y + (to.Y-from.Y)/length*by}
}

// roundCorners is a line along corners, rounded, that ends in the tip of a wire.
func roundCorners(line []Point, radius float64) Path {
	var p Path
	p.move(line[0].X, line[0].Y)
	for i := 1; i < len(line)-1; i++ {
		a, c, b := line[i-1], line[i], line[i+1]
		reach := min(radius, math.Hypot(c.X-a.X, c.Y-a.Y)/2, math.Hypot(b.X-c.X, b.Y-c.Y)/2)
		in := toward(c, a, reach)
		p.line(in.X, in.Y)
		quad(&p, in, c, toward(c, b, reach))
	}
	last := line[len(line)-1]
	p.line(last.X-6, last.Y)
	return p
}

// passes tells whether a line passes through a rectangle.
func passes(line []Point, r Rect) bool {
	for i := 1; i < len(line); i++ {
		if crosses(line[i-1], line[i], r) {
			return true
		}
	}
	return false
}

// crosses clips a segment by a rectangle's four sides (Liang–Barsky) and tells whether anything is left.
func crosses(a, b Point, r Rect) bool {
	from, to := 0.0, 1.0
	clip := func(p, q float64) bool {
		if p == 0 {
			return q >= 0
		}
		if t := q / p; p < 0 {
			from = max(from, t)
		} else {
			to = min(to, t)
		}
		return from <= to
	}
	dx, dy := b.X-a.X, b.Y-a.Y
	return clip(-dx, a.X-r.X) && clip(dx, r.X+r.W-a.X) && clip(-dy, a.Y-r.Y) && clip(dy, r.Y+r.H-a.Y)
}
