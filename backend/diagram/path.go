package diagram

import "math"

// Point is a place in canvas units.
type Point struct{ X, Y float64 }

// Path is an outline or a run: a list of steps.
type Path []Step

// Step moves to, draws a line or a cubic curve to its last point, or closes the outline.
type Step struct {
	Op byte // M, L, C, Z
	P  [3]Point
}

func (p *Path) move(x, y float64) *Path {
	*p = append(*p, Step{'M', [3]Point{{x, y}}})
	return p
}

func (p *Path) line(x, y float64) *Path {
	*p = append(*p, Step{'L', [3]Point{{x, y}}})
	return p
}

func (p *Path) curve(a, b, to Point) *Path {
	*p = append(*p, Step{'C', [3]Point{a, b, to}})
	return p
}

func (p *Path) close() *Path {
	*p = append(*p, Step{Op: 'Z'})
	return p
}

// arc is the factor with which a cubic curve comes closest to a quarter of a circle.
const arc = 0.5522847498

// rounded is a rectangle with round corners.
func rounded(r Rect, radius float64) Path {
	q := min(radius, r.W/2, r.H/2)
	if q <= 0 {
		var p Path
		p.move(r.X, r.Y).line(r.X+r.W, r.Y).line(r.X+r.W, r.Y+r.H).line(r.X, r.Y+r.H).close()
		return p
	}
	return corners(r, q, q)
}

func ellipse(cx, cy, rx, ry float64) Path {
	return corners(Rect{cx - rx, cy - ry, 2 * rx, 2 * ry}, rx, ry)
}

func corners(r Rect, rx, ry float64) Path {
	x1, y1, x2, y2 := r.X, r.Y, r.X+r.W, r.Y+r.H
	kx, ky := rx*(1-arc), ry*(1-arc)
	var p Path
	p.move(x1+rx, y1).line(x2-rx, y1).curve(Point{x2 - kx, y1}, Point{x2, y1 + ky}, Point{x2, y1 + ry}).
		line(x2, y2-ry).curve(Point{x2, y2 - ky}, Point{x2 - kx, y2}, Point{x2 - rx, y2}).
		line(x1+rx, y2).curve(Point{x1 + kx, y2}, Point{x1, y2 - ky}, Point{x1, y2 - ry}).
		line(x1, y1+ry).curve(Point{x1, y1 + ky}, Point{x1 + kx, y1}, Point{x1 + rx, y1}).close()
	return p
}

// to gives the path scaled and then moved.
func (p Path) to(scale, dx, dy float64) Path {
	out := make(Path, len(p))
	for i, s := range p {
		for j, q := range s.P {
			s.P[j] = Point{q.X*scale + dx, q.Y*scale + dy}
		}
		out[i] = s
	}
	return out
}

// lines flattens a path into polylines, so that no curve is off by more than the tolerance; closed says which are outlines.
func (p Path) lines(tolerance float64) (runs [][]Point, closed []bool) {
	var at, start Point
	for _, s := range p {
		if s.Op == 'M' {
			at, start = s.P[0], s.P[0]
			runs, closed = append(runs, []Point{at}), append(closed, false)
			continue
		}
		if len(runs) == 0 || closed[len(closed)-1] {
			runs, closed = append(runs, []Point{start}), append(closed, false)
			at = start
		}
		last := &runs[len(runs)-1]
		switch s.Op {
		case 'L':
			at = s.P[0]
			*last = append(*last, at)
		case 'C':
			*last = append(*last, bezier(at, s.P, tolerance)...)
			at = s.P[2]
		case 'Z':
			closed[len(closed)-1] = true
			at = start
		}
	}
	return runs, closed
}

// bezier divides a cubic curve evenly; how often follows from how far its control points lean out.
func bezier(a Point, c [3]Point, tolerance float64) []Point {
	lean := math.Hypot(a.X-2*c[0].X+c[1].X, a.Y-2*c[0].Y+c[1].Y) + math.Hypot(c[0].X-2*c[1].X+c[2].X, c[0].Y-2*c[1].Y+c[2].Y)
	return evenly(a, c, int(min(200, max(1, math.Ceil(math.Sqrt(lean*0.75/tolerance))))))
}

// evenly gives n points of a cubic curve, at even steps of its parameter.
func evenly(a Point, c [3]Point, n int) []Point {
	out := make([]Point, 0, n)
	for i := 1; i <= n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		w := [4]float64{u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t}
		out = append(out, Point{w[0]*a.X + w[1]*c[0].X + w[2]*c[1].X + w[3]*c[2].X, w[0]*a.Y + w[1]*c[0].Y + w[2]*c[1].Y + w[3]*c[2].Y})
	}
	return out
}

func (p Path) bounds() Rect {
	x1, y1, x2, y2 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	runs, _ := p.lines(1)
	for _, run := range runs {
		for _, q := range run {
			x1, y1, x2, y2 = min(x1, q.X), min(y1, q.Y), max(x2, q.X), max(y2, q.Y)
		}
	}
	return Rect{x1, y1, x2 - x1, y2 - y1}
}

// outline is the area that a pen of a width covers on its way, with round ends and joins.
func (p Path) outline(width, tolerance float64) []Path {
	var out []Path
	runs, closed := p.lines(tolerance)
	for i, run := range runs {
		pts := run[:1]
		for _, q := range run[1:] {
			if d := math.Hypot(q.X-pts[len(pts)-1].X, q.Y-pts[len(pts)-1].Y); d > 1e-6 {
				pts = append(pts, q)
			}
		}
		ring := closed[i]
		if ring && len(pts) > 1 && math.Hypot(pts[0].X-pts[len(pts)-1].X, pts[0].Y-pts[len(pts)-1].Y) < 1e-6 {
			pts = pts[:len(pts)-1]
		}
		switch {
		case len(pts) == 1:
			out = append(out, ellipse(pts[0].X, pts[0].Y, width/2, width/2))
		case ring && len(pts) > 2:
			// Two rings, the second the other way round: the pen covers what lies between them.
			out = append(out, join(side(pts, width/2), side(reversed(pts), width/2)))
		default:
			both := append(append([]Point{}, pts...), reversed(pts)[1:len(pts)-1]...)
			out = append(out, join(side(both, width/2)))
		}
	}
	return out
}

func reversed(pts []Point) []Point {
	out := make([]Point, len(pts))
	for i, q := range pts {
		out[len(pts)-1-i] = q
	}
	return out
}

// side is the line at a distance to the left of a closed polyline, round where it turns away.
func side(pts []Point, d float64) []Point {
	var out []Point
	n := len(pts)
	for i := range n {
		a, b, c := pts[(i+n-1)%n], pts[i], pts[(i+1)%n]
		in := math.Atan2(b.Y-a.Y, b.X-a.X)
		turn := math.Remainder(math.Atan2(c.Y-b.Y, c.X-b.X)-in, 2*math.Pi)
		if math.Abs(math.Abs(turn)-math.Pi) < 1e-9 {
			turn = math.Pi // an end: around it on the left side
		}
		from := in - math.Pi/2
		steps := 1
		if turn > 0 {
			steps = int(max(1, math.Ceil(turn/0.35)))
		}
		for k := 0; k <= steps; k++ {
			t := from + turn*float64(k)/float64(steps)
			out = append(out, Point{b.X + d*math.Cos(t), b.Y + d*math.Sin(t)})
		}
	}
	return out
}

func join(rings ...[]Point) Path {
	var p Path
	for _, r := range rings {
		for i, q := range r {
			if i == 0 {
				p.move(q.X, q.Y)
			} else {
				p.line(q.X, q.Y)
			}
		}
		p.close()
	}
	return p
}
