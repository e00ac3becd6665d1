package diagram

import (
	"fmt"
	"image/color"
	"strconv"

	"airloom/backend/fault"
)

// brush is what a scene is painted with: SVG, PNG and PDF are one each.
type brush interface {
	// open and close stand around what belongs to one item.
	open(name string)
	close()
	fill(p Path, c color.NRGBA)
	stroke(p Path, width float64, c color.NRGBA)
	// text stands with its baseline at y, and begins at x.
	text(x, y float64, f font, c color.NRGBA, s string)
}

// paint draws a scene as the canvas does: what lies over what is layer in frontend/src/canvas/boxes.ts, measures are
// those of boxes.css and wires.css.
func paint(s Scene, t Theme, b brush) {
	p := painter{brush: b, theme: t, icons: map[string]icon{}}
	b.fill(rounded(s.Bounds, 0), t.Paper)
	for _, g := range s.Groups {
		p.group(g)
	}
	for _, w := range s.Wires {
		p.wire(w)
	}
	for _, n := range s.Notes {
		p.note(n)
	}
	for _, it := range s.Boxes {
		p.box(it)
	}
}

// What a picture may hold, so that none takes more than some hundred megabytes or half a minute to make.
const (
	MostItems  = 50_000
	MostExtent = 1e7 // canvas units from side to side; beyond it coordinates lose their decimals
)

// affordable refuses scenes that are too large to be painted.
func (s Scene) affordable() error {
	if n := len(s.Boxes) + len(s.Groups) + len(s.Notes) + len(s.Wires); n > MostItems {
		return fault.New(fault.Limit, "a picture shows at most %d things, and this drawing has %d", MostItems, n).Try("export a selection or a group, or DOT")
	}
	if b := s.Bounds; !(b.W <= MostExtent && b.H <= MostExtent) {
		return fault.New(fault.Limit, "the drawing is %.0f × %.0f units wide, and a picture at most %.0f", b.W, b.H, MostExtent).Try("tidy the drawing, or export a selection")
	}
	return nil
}

type painter struct {
	brush
	theme Theme
	icons map[string]icon
}

// grow gives a rectangle with an edge around it.
func grow(r Rect, by float64) Rect { return Rect{r.X - by, r.Y - by, r.W + 2*by, r.H + 2*by} }

// shadow is the canvas' soft shadow as a few pale layers, which every format can draw.
func (p *painter) shadow(r Rect, radius float64) {
	for _, layer := range p.theme.Shadow {
		at := grow(r, layer.Grow)
		at.Y += layer.Down
		p.fill(rounded(at, radius+layer.Grow), layer.Color)
	}
}

func (p *painter) group(it Item) {
	tint := p.theme.tint(it.Color, "gray")
	p.open(it.Name)
	p.fill(rounded(it.Rect, 14), tint.Line)
	p.fill(rounded(grow(it.Rect, -1), 13), tint.Fill)
	x, y := it.Rect.X+15, it.Rect.Y+19
	room := it.Rect.W - 30
	if it.Locked {
		room -= 18
	}
	if it.Meaning != "" {
		said := clip(it.Meaning, roleFont, room/2)
		wide := measure(said, roleFont)
		p.text(it.Rect.X+it.Rect.W-15-wide, y+13*middle, roleFont, p.theme.Faint, said)
		room -= wide + 6
	}
	name := clip(it.Name, nameFont.spaced(0), room)
	p.text(x, y+13*middle, nameFont.spaced(0), p.theme.Soft, name)
	if it.Locked {
		p.lock(x+measure(name, nameFont.spaced(0))+6, y)
	}
	p.close()
}

// folded draws a group that stands for what lies in it: a box with others behind it, and how many they are.
func (p *painter) folded(it Item) {
	r, tint := it.Rect, p.theme.tint(it.Color, "gray")
	p.open(it.Name)
	p.shadow(r, 10)
	behind := Rect{r.X + 4, r.Y + 4, r.W, r.H}
	p.fill(rounded(behind, 10), tint.Line)
	p.fill(rounded(grow(behind, -1), 9), p.theme.Box)
	p.fill(rounded(r, 10), tint.Line)
	p.fill(rounded(grow(r, -1), 9), tint.Fill)
	count := strconv.Itoa(it.Holds)
	wide := max(22, measure(count, countFont)+12)
	pill := Rect{r.X + r.W - 13 - wide, r.Y + r.H/2 - 9, wide, 18}
	p.fill(rounded(pill, 9), tint.Line)
	p.text(pill.X+(wide-measure(count, countFont))/2, r.Y+r.H/2+countFont.size*middle, countFont, p.theme.Text, count)
	room := pill.X - 8 - r.X - 17
	if it.Locked {
		room -= 17
	}
	name := clip(it.Name, nameFont, room)
	p.text(r.X+17, r.Y+r.H/2-7.15+13*middle, nameFont, p.theme.Text, name)
	if it.Locked {
		p.lock(r.X+17+measure(name, nameFont)+5, r.Y+r.H/2-7.15)
	}
	p.text(r.X+17, r.Y+r.H/2+8.45+11*middle, titleFont, p.theme.Soft, clip(it.Title, titleFont, room))
	p.close()
}

func (f font) spaced(by float64) font { f.spacing = by; return f }

func (p *painter) note(it Item) {
	const lineHeight = 17.4
	tint := p.theme.tint(it.Color, "amber")
	if it.Color == "" || it.Color == "amber" {
		tint = p.theme.Note
	}
	p.open(it.Name)
	p.shadow(it.Rect, 6)
	p.fill(rounded(grow(it.Rect, 1), 7), tint.Line)
	p.fill(rounded(it.Rect, 6), tint.Fill)
	most := int((it.Rect.H - 9) / lineHeight)
	for i, line := range wrap(it.Text, noteFont, it.Rect.W-22, most) {
		p.text(it.Rect.X+11, it.Rect.Y+9+(float64(i)+0.5)*lineHeight+12*middle, noteFont, p.theme.Text, line)
	}
	if it.Locked {
		p.lock(it.Rect.X+it.Rect.W-18, it.Rect.Y+it.Rect.H-12)
	}
	p.close()
}

func (p *painter) box(it Item) {
	const iconSize, iconX, textX, textEnd, leading = 36.0, 13.0, 60.0, 12.0, 1.3
	if it.Folded {
		p.folded(it)
		return
	}
	r := it.Rect
	p.open(it.Name)
	p.shadow(r, 10)
	p.fill(rounded(grow(r, 1), 11), p.theme.BoxLine)
	p.fill(rounded(r, 10), p.theme.Box)
	p.icon(it.Icon, r.X+iconX, r.Y+(r.H-iconSize)/2, iconSize)
	fonts := []font{nameFont, titleFont}
	texts := []string{it.Name, it.Title}
	if it.Info != "" {
		fonts, texts = append(fonts, infoFont), append(texts, it.Info)
	}
	height := 0.0
	for _, f := range fonts {
		height += f.size * leading
	}
	y := r.Y + (r.H-height)/2
	colors := []color.NRGBA{p.theme.Text, p.theme.Soft, p.theme.Faint}
	for i, f := range fonts {
		room := r.W - textX - textEnd
		if i == 0 && it.Locked {
			room -= 17
		}
		line := clip(texts[i], f, room)
		at := y + f.size*leading/2
		p.text(r.X+textX, at+f.size*middle, f, colors[i], line)
		if i == 0 && it.Locked {
			p.lock(r.X+textX+measure(line, f)+5, at)
		}
		y += f.size * leading
	}
	for _, out := range it.Outs {
		p.fill(ellipse(r.X+r.W, r.Y+out, 5, 5), p.theme.Wire)
		p.fill(ellipse(r.X+r.W, r.Y+out, 4, 4), p.theme.Box)
	}
	p.close()
}

// icon draws a kind's icon; one that cannot be read is left out, as a browser does.
func (p *painter) icon(svg string, x, y, size float64) {
	ic, known := p.icons[svg]
	if !known {
		ic, _ = readIcon(svg)
		p.icons[svg] = ic
	}
	for _, m := range ic {
		at := m.path.to(size, x, y)
		if c, ok := hex(m.fill); ok {
			p.fill(at, c)
		}
		if c, ok := hex(m.stroke); ok {
			p.stroke(at, m.width*size, c)
		}
	}
}

// lock is the interface's icon for what cannot be moved (frontend/src/ui/icons.tsx), 12 units wide.
func (p *painter) lock(x, y float64) {
	path, _ := readPath("M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3")
	p.stroke(path.to(0.5, x, y-6), 0.9, p.theme.Soft)
}

func (p *painter) wire(w Line) {
	p.open("")
	p.stroke(w.Run, 1.5, p.theme.Wire)
	p.fill(w.Tip, p.theme.Wire)
	if w.Label != "" {
		r := labelRect(w)
		p.fill(rounded(grow(r, 0.5), 9.5), p.theme.Line)
		p.fill(rounded(grow(r, -0.5), 8.5), p.theme.Paper)
		s := clip(w.Label, labelFont, mostLabel)
		p.text(w.Middle.X-measure(s, labelFont)/2, w.Middle.Y+3.5, labelFont, p.theme.Soft, s)
	}
	p.close()
}

// mostLabel is the width from which a wire's label is cut.
const mostLabel = 320.0

func labelRect(w Line) Rect {
	wide := measure(clip(w.Label, labelFont, mostLabel), labelFont) + 12
	return Rect{w.Middle.X - wide/2, w.Middle.Y - 9, wide, 18}
}

// hex reads a colour as #rrggbb.
func hex(s string) (color.NRGBA, bool) {
	c := color.NRGBA{A: 255}
	if len(s) != 7 {
		return c, false
	}
	n, err := fmt.Sscanf(s, "#%02x%02x%02x", &c.R, &c.G, &c.B)
	return c, err == nil && n == 3
}
