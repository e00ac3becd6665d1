package diagram

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// icon is a kind's icon as paths, in a square of the side 1.
type icon []mark

// mark is one shape of an icon.
type mark struct {
	path         Path
	fill, stroke string // colours, "" for none
	width        float64
}

// readIcon reads the part of SVG that icons are written in: a square view box, shapes and paths, plain colours.
// https://www.w3.org/TR/SVG2/shapes.html
func readIcon(svg string) (icon, error) {
	dec := xml.NewDecoder(strings.NewReader(svg))
	var out icon
	side := 24.0
	var styles []map[string]string
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			for i := range out {
				out[i].path, out[i].width = out[i].path.to(1/side, 0, 0), out[i].width/side
			}
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if _, ok := tok.(xml.EndElement); ok {
			styles = styles[:len(styles)-1]
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		style := map[string]string{"fill": "#000000", "stroke-width": "1"}
		if len(styles) > 0 {
			for k, v := range styles[len(styles)-1] {
				style[k] = v
			}
		}
		attr := map[string]string{}
		for _, a := range el.Attr {
			attr[a.Name.Local] = a.Value
			switch a.Name.Local {
			case "fill", "stroke", "stroke-width":
				style[a.Name.Local] = a.Value
			}
		}
		styles = append(styles, style)
		if el.Name.Local == "svg" {
			if box := numbers(attr["viewBox"]); len(box) == 4 && box[2] > 0 {
				side = box[2]
			}
			continue
		}
		p, err := shape(el.Name.Local, attr)
		if err != nil {
			return nil, err
		}
		if p != nil {
			out = append(out, mark{p, paintOf(style["fill"]), paintOf(style["stroke"]), first(style["stroke-width"])})
		}
	}
}

func paintOf(s string) string {
	if s == "none" {
		return ""
	}
	return s
}

func first(s string) float64 {
	if n := numbers(s); len(n) > 0 {
		return n[0]
	}
	return 0
}

func shape(name string, attr map[string]string) (Path, error) {
	v := func(k string) float64 { return first(attr[k]) }
	switch name {
	case "g":
		return nil, nil
	case "path":
		return readPath(attr["d"])
	case "rect":
		r := Rect{v("x"), v("y"), v("width"), v("height")}
		return rounded(r, v("rx")), nil
	case "circle":
		return ellipse(v("cx"), v("cy"), v("r"), v("r")), nil
	case "ellipse":
		return ellipse(v("cx"), v("cy"), v("rx"), v("ry")), nil
	case "line":
		var p Path
		p.move(v("x1"), v("y1")).line(v("x2"), v("y2"))
		return p, nil
	case "polyline", "polygon":
		var p Path
		n := numbers(attr["points"])
		for i := 0; i+1 < len(n); i += 2 {
			if i == 0 {
				p.move(n[0], n[1])
			} else {
				p.line(n[i], n[i+1])
			}
		}
		if name == "polygon" {
			p.close()
		}
		return p, nil
	}
	return nil, fmt.Errorf("icons have no element %q", name)
}

func numbers(s string) []float64 {
	sc := scanner{s: s}
	var out []float64
	for {
		n, ok := sc.number()
		if !ok {
			return out
		}
		out = append(out, n)
	}
}

// scanner reads path data. https://www.w3.org/TR/SVG2/paths.html#PathDataBNF
type scanner struct {
	s string
	i int
}

func (sc *scanner) skip() {
	for sc.i < len(sc.s) && strings.IndexByte(" \t\r\n,", sc.s[sc.i]) >= 0 {
		sc.i++
	}
}

// number reads one number; "1.5.5" is two, and so is "1-2".
func (sc *scanner) number() (float64, bool) {
	sc.skip()
	from, dot, exp := sc.i, false, false
	for ; sc.i < len(sc.s); sc.i++ {
		c := sc.s[sc.i]
		digit := c >= '0' && c <= '9'
		sign := (c == '-' || c == '+') && (sc.i == from || sc.s[sc.i-1] == 'e' || sc.s[sc.i-1] == 'E')
		if c == '.' && !dot && !exp {
			dot = true
		} else if (c == 'e' || c == 'E') && !exp && sc.i > from {
			exp = true
		} else if !digit && !sign {
			break
		}
	}
	n, err := strconv.ParseFloat(sc.s[from:sc.i], 64)
	return n, err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
}

// flag reads the 0 or 1 of an arc, which needs no separator after it.
func (sc *scanner) flag() bool {
	sc.skip()
	if sc.i < len(sc.s) && (sc.s[sc.i] == '0' || sc.s[sc.i] == '1') {
		sc.i++
		return sc.s[sc.i-1] == '1'
	}
	return false
}

// readPath reads an SVG path.
func readPath(d string) (Path, error) {
	sc := scanner{s: d}
	var p Path
	var at, start, ctrl Point
	var op, before byte
	for {
		sc.skip()
		if sc.i == len(sc.s) {
			return p, nil
		}
		if c := sc.s[sc.i]; c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			op = c
			sc.i++
		} else if op == 0 || op == 'Z' || op == 'z' {
			return nil, fmt.Errorf("path data %.40q", d)
		}
		rel := op >= 'a'
		ok := true
		num := func() float64 { n, k := sc.number(); ok = ok && k; return n }
		point := func() Point {
			q := Point{num(), num()}
			if rel {
				q.X, q.Y = q.X+at.X, q.Y+at.Y
			}
			return q
		}
		mirror := func(after string) Point {
			if before != 0 && strings.IndexByte(after, before) >= 0 {
				return Point{2*at.X - ctrl.X, 2*at.Y - ctrl.Y}
			}
			return at
		}
		up := op &^ 0x20
		switch up {
		case 'M':
			at = point()
			start = at
			p.move(at.X, at.Y)
		case 'L':
			at = point()
			p.line(at.X, at.Y)
		case 'H':
			x := num()
			if rel {
				x += at.X
			}
			at.X = x
			p.line(at.X, at.Y)
		case 'V':
			y := num()
			if rel {
				y += at.Y
			}
			at.Y = y
			p.line(at.X, at.Y)
		case 'C', 'S':
			var a Point
			if up == 'C' {
				a = point()
			} else {
				a = mirror("CS")
			}
			ctrl = point()
			to := point()
			p.curve(a, ctrl, to)
			at = to
		case 'Q', 'T':
			if up == 'Q' {
				ctrl = point()
			} else {
				ctrl = mirror("QT")
			}
			at = quad(&p, at, ctrl, point())
		case 'A':
			rx, ry, turn := num(), num(), num()
			large, sweep := sc.flag(), sc.flag()
			to := point()
			arcTo(&p, at, to, math.Abs(rx), math.Abs(ry), turn*math.Pi/180, large, sweep)
			at = to
		case 'Z':
			p.close()
			at = start
		default:
			ok = false
		}
		if !ok {
			return nil, fmt.Errorf("path data %.40q", d)
		}
		before = up
		switch op {
		case 'M':
			op = 'L'
		case 'm':
			op = 'l'
		}
	}
}

// arcTo draws an elliptical arc as cubic curves of at most a quarter turn each.
// https://www.w3.org/TR/SVG2/implnote.html#ArcConversionEndpointToCenter
func arcTo(p *Path, from, to Point, rx, ry, turn float64, large, sweep bool) {
	if rx == 0 || ry == 0 || from == to {
		p.line(to.X, to.Y)
		return
	}
	sin, cos := math.Sincos(turn)
	dx, dy := (from.X-to.X)/2, (from.Y-to.Y)/2
	x1, y1 := cos*dx+sin*dy, -sin*dx+cos*dy
	if k := x1*x1/(rx*rx) + y1*y1/(ry*ry); k > 1 {
		rx, ry = rx*math.Sqrt(k), ry*math.Sqrt(k)
	}
	q := (rx*rx*ry*ry - rx*rx*y1*y1 - ry*ry*x1*x1) / (rx*rx*y1*y1 + ry*ry*x1*x1)
	f := math.Sqrt(max(0, q))
	if large == sweep {
		f = -f
	}
	cx1, cy1 := f*rx*y1/ry, -f*ry*x1/rx
	cx, cy := cos*cx1-sin*cy1+(from.X+to.X)/2, sin*cx1+cos*cy1+(from.Y+to.Y)/2
	a := math.Atan2((y1-cy1)/ry, (x1-cx1)/rx)
	b := math.Atan2((-y1-cy1)/ry, (-x1-cx1)/rx) - a
	switch {
	case sweep && b < 0:
		b += 2 * math.Pi
	case !sweep && b > 0:
		b -= 2 * math.Pi
	}
	n := int(math.Ceil(math.Abs(b) / (math.Pi/2 + 1e-9)))
	step := b / float64(max(n, 1))
	k := 4.0 / 3 * math.Tan(step/4)
	at := func(t, px, py float64) Point {
		s, c := math.Sincos(t)
		x, y := rx*(c-px*s), ry*(s+py*c)
		return Point{cx + cos*x - sin*y, cy + sin*x + cos*y}
	}
	for i := range n {
		t := a + step*float64(i)
		end := at(t+step, 0, 0)
		if i == n-1 {
			end = to
		}
		p.curve(at(t, k, k), at(t+step, -k, -k), end)
	}
}
