package diagram

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"airloom/assets/fonts"
)

// font is how a text is set: Inter in one of the weights that the canvas uses. spacing is added between letters.
type font struct {
	weight        int
	size, spacing float64
}

// As boxes.css and wires.css have them.
var (
	nameFont  = font{620, 13, -0.078}
	titleFont = font{400, 11, 0}
	infoFont  = font{400, 10.5, 0}
	noteFont  = font{400, 12, 0}
	labelFont = font{500, 10.5, 0}
	roleFont  = font{500, 13, 0}
	countFont = font{620, 11, 0}
)

// middle is how far below a line's centre its baseline lies: half of Inter's ascent less its descent.
const middle = 0.3638

// units of Inter's em square.
const units = 2048

// face is a weight of Inter. Its outlines and advances are in units of the em square.
type face struct {
	file []byte
	sfnt *sfnt.Font
}

// faces are read when the first text is measured.
var faces = sync.OnceValue(func() map[int]face {
	out := map[int]face{}
	for _, weight := range []int{400, 500, 620} {
		file, err := fonts.FS.ReadFile(fmt.Sprintf("Inter-%d.ttf", weight))
		if err != nil {
			panic(err) // embedded: a mistake of the build
		}
		f, err := sfnt.Parse(file)
		if err != nil {
			panic(err)
		}
		out[weight] = face{file, f}
	}
	return out
})

// glyph is a letter with its place on a line that begins at 0.
type glyph struct {
	index sfnt.GlyphIndex
	char  rune
	x     float64
	drift float64 // of x from where the letters' own widths alone would put it
}

// set puts a text's letters on a line and gives its width. Letters that Inter lacks become the replacement character.
func set(s string, f font) (line []glyph, width float64) {
	face := faces()[f.weight].sfnt
	var buf sfnt.Buffer
	ppem := fixed.I(units)
	scale := f.size / units / 64
	before := sfnt.GlyphIndex(0)
	drift := 0.0
	for _, r := range s {
		i, err := face.GlyphIndex(&buf, r)
		if err != nil || i == 0 {
			r = '\uFFFD'
			i, _ = face.GlyphIndex(&buf, r)
		}
		if before != 0 {
			if k, err := face.Kern(&buf, before, i, ppem, 0); err == nil {
				width, drift = width+float64(k)*scale, drift+float64(k)*scale
			}
		}
		line = append(line, glyph{i, r, width, drift})
		if adv, err := face.GlyphAdvance(&buf, i, ppem, 0); err == nil {
			width, drift = width+float64(adv)*scale+f.spacing, drift+f.spacing
		}
		before = i
	}
	return line, width
}

// measure is a text's width in canvas units.
func measure(s string, f font) float64 {
	_, w := set(s, f)
	return w
}

// outline is a letter's shape in em squares, y downwards.
func (f face) outline(i sfnt.GlyphIndex) Path {
	var buf sfnt.Buffer
	segments, err := f.sfnt.LoadGlyph(&buf, i, fixed.I(units), nil)
	if err != nil {
		return nil
	}
	at := func(p fixed.Point26_6) Point { return Point{float64(p.X) / 64 / units, float64(p.Y) / 64 / units} }
	var p Path
	last := Point{}
	for _, s := range segments {
		switch a := at(s.Args[0]); s.Op {
		case sfnt.SegmentOpMoveTo:
			if len(p) > 0 {
				p.close()
			}
			p.move(a.X, a.Y)
			last = a
		case sfnt.SegmentOpLineTo:
			p.line(a.X, a.Y)
			last = a
		case sfnt.SegmentOpQuadTo:
			last = quad(&p, last, a, at(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			last = at(s.Args[2])
			p.curve(a, at(s.Args[1]), last)
		}
	}
	if len(p) > 0 {
		p.close()
	}
	return p
}

// quad draws a quadratic curve as a cubic one.
func quad(p *Path, from, c, to Point) Point {
	p.curve(Point{from.X + (c.X-from.X)*2/3, from.Y + (c.Y-from.Y)*2/3}, Point{to.X + (c.X-to.X)*2/3, to.Y + (c.Y-to.Y)*2/3}, to)
	return to
}

// plain keeps what one line of text can show: control characters and breaks become spaces.
func plain(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 }), " ")
}

// clip cuts a line so that it fits, and marks the cut.
func clip(s string, f font, width float64) string {
	const most = 400 // letters that could fit at any width that is drawn
	s = plain(s)
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	line, w := set(s, f)
	if w <= width {
		return s
	}
	room := width - measure("…", f)
	chars := []rune(s)
	n := len(chars)
	for n > 0 && (n == len(line) || line[n].x > room) {
		n--
	}
	return strings.TrimRight(string(chars[:n]), " ") + "…"
}

// wrap breaks text at spaces, and words that are too long anywhere, into at most so many lines.
func wrap(s string, f font, width float64, most int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(s, "\n") {
		line := ""
		for word := range strings.FieldsSeq(plain(paragraph)) {
			for len(lines) < most {
				next := word
				if line != "" {
					next = line + " " + word
				}
				if measure(next, f) <= width {
					line = next
					break
				}
				if line != "" {
					lines, line = append(lines, line), ""
					continue
				}
				n := fits(word, f, width)
				lines, word = append(lines, word[:n]), word[n:]
				if word == "" {
					break
				}
			}
			if len(lines) >= most {
				return lines
			}
		}
		lines = append(lines, line)
	}
	return lines[:min(len(lines), most)]
}

// fits is how many bytes of a word fit, at least one letter.
func fits(word string, f font, width float64) int {
	n := 0
	for i, r := range word {
		end := i + len(string(r))
		if i > 0 && measure(word[:min(end, len(word))], f) > width {
			break
		}
		n = min(end, len(word))
	}
	return n
}
