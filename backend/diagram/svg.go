package diagram

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// Theme is the colours of a drawing.
type Theme struct{ Paper, Box, Line, Text, Soft, Wire, Note, Group string }

// Light and Dark are the two themes; they match the canvas.
func Light() Theme {
	return Theme{Paper: "#fbfcfd", Box: "#ffffff", Line: "#d5dbe3", Text: "#16202c", Soft: "#586474", Wire: "#6b7787", Note: "#fff6d6", Group: "#eef2f7"}
}

// Dark is for dark documents and screens.
func Dark() Theme {
	return Theme{Paper: "#0f151d", Box: "#18212c", Line: "#324050", Text: "#e8eef5", Soft: "#9aa8b8", Wire: "#8794a5", Note: "#3a3420", Group: "#151d27"}
}

// SVG prints a scene as a self-contained image: no script, no style from elsewhere, no reference to anything outside.
func SVG(s Scene, t Theme) []byte {
	p := painter{theme: t}
	b := s.Bounds
	p.f(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="%s %s %s %s" width="%s" height="%s" font-family="Inter, system-ui, sans-serif" role="img">`,
		num(b.X), num(b.Y), num(b.W), num(b.H), num(b.W), num(b.H))
	p.f("\n<title>%s</title>", text(s.Name))
	p.f("\n"+`<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 1 9 5 0 9z" fill="%s"/></marker></defs>`, t.Wire)
	p.f("\n"+`<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`, num(b.X), num(b.Y), num(b.W), num(b.H), t.Paper)
	for _, g := range s.Groups {
		p.rect(g.Rect, 14, t.Group, t.Line)
		p.text(g.Rect.X+14, g.Rect.Y+22, 13, 600, t.Soft, "start", g.Name)
	}
	for _, w := range s.Wires {
		p.wire(w)
	}
	for _, n := range s.Notes {
		p.rect(n.Rect, 6, t.Note, t.Line)
		for i, line := range wrap(n.Text, int(n.Rect.W/7)) {
			p.text(n.Rect.X+10, n.Rect.Y+20+float64(i)*17, 12, 400, t.Text, "start", line)
		}
	}
	for _, box := range s.Boxes {
		p.box(box)
	}
	for _, w := range s.Wires {
		p.label(w)
	}
	p.f("\n</svg>\n")
	return p.out.Bytes()
}

type painter struct {
	out   bytes.Buffer
	theme Theme
}

func (p *painter) f(format string, args ...any) { fmt.Fprintf(&p.out, format, args...) }

func (p *painter) rect(r Rect, radius float64, fill, line string) {
	p.f("\n"+`<rect x="%s" y="%s" width="%s" height="%s" rx="%s" fill="%s" stroke="%s"/>`,
		num(r.X), num(r.Y), num(r.W), num(r.H), num(radius), fill, line)
}

func (p *painter) text(x, y, size float64, weight int, fill, anchor, s string) {
	p.f("\n"+`<text x="%s" y="%s" font-size="%s" font-weight="%d" fill="%s" text-anchor="%s">%s</text>`,
		num(x), num(y), num(size), weight, fill, anchor, text(s))
}

func (p *painter) box(it Item) {
	r := it.Rect
	p.rect(r, 10, p.theme.Box, p.theme.Line)
	if it.Icon != "" {
		p.f("\n"+`<image x="%s" y="%s" width="32" height="32" href="data:image/svg+xml;base64,%s"/>`,
			num(r.X+14), num(r.Y+(r.H-32)/2), base64.StdEncoding.EncodeToString([]byte(it.Icon)))
	}
	p.text(r.X+58, r.Y+r.H/2-3, 13, 600, p.theme.Text, "start", clip(it.Name, 18))
	p.text(r.X+58, r.Y+r.H/2+15, 11, 400, p.theme.Soft, "start", clip(it.Title, 24))
}

func (p *painter) wire(w Line) {
	bend := max(40, (w.X2-w.X1)/2)
	p.f("\n"+`<path d="M%s %sC%s %s %s %s %s %s" fill="none" stroke="%s" stroke-width="1.5" marker-end="url(#tip)"/>`,
		num(w.X1), num(w.Y1), num(w.X1+bend), num(w.Y1), num(w.X2-bend), num(w.Y2), num(w.X2), num(w.Y2), p.theme.Wire)
}

func (p *painter) label(w Line) {
	x, y := (w.X1+w.X2)/2, (w.Y1+w.Y2)/2
	s := clip(w.Label, 28)
	p.f("\n"+`<text x="%s" y="%s" font-size="11" text-anchor="middle" fill="%s" stroke="%s" stroke-width="4" stroke-linejoin="round" paint-order="stroke">%s</text>`,
		num(x), num(y-5), p.theme.Soft, p.theme.Paper, text(s))
}

// text escapes for XML and drops what XML 1.0 cannot hold.
func text(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a bytes.Buffer does not fail
	return b.String()
}

func num(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// wrap breaks text at spaces into lines of at most n runes.
func wrap(s string, n int) []string {
	n = max(n, 8)
	var lines []string
	for _, paragraph := range strings.Split(s, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			switch {
			case line == "":
				line = word
			case len([]rune(line))+1+len([]rune(word)) <= n:
				line += " " + word
			default:
				lines, line = append(lines, line), word
			}
		}
		lines = append(lines, line)
	}
	return lines
}
