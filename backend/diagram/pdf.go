package diagram

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"airloom/backend/fault"
)

const (
	point     = 0.75   // points of a canvas unit: 72 to 96 in an inch
	mostPoint = 14_400 // the largest page that readers show, PDF 32000-1 annex C
)

// PDF draws a scene on one page of its size: as paths and as text in embedded fonts. Equal scenes give equal bytes.
func PDF(s Scene, t Theme) ([]byte, error) {
	if err := s.affordable(); err != nil {
		return nil, err
	}
	scale := min(point, mostPoint/max(s.Bounds.W, s.Bounds.H))
	doc := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: s.Bounds.W * scale, Ht: s.Bounds.H * scale}})
	doc.SetCatalogSort(true)
	doc.SetCreationDate(time.Unix(0, 0).UTC())
	doc.SetModificationDate(time.Unix(0, 0).UTC())
	doc.SetProducer("Airloom", true)
	doc.SetTitle(plain(s.Name), true)
	doc.SetMargins(0, 0, 0)
	doc.SetAutoPageBreak(false, 0)
	doc.AddPage()
	b := &page{doc: doc, scale: scale, origin: Point{s.Bounds.X, s.Bounds.Y}, fonts: map[int]bool{}}
	doc.SetLineCapStyle("round")
	doc.SetLineJoinStyle("round")
	paint(s, t, b)
	var out bytes.Buffer
	if err := doc.Output(&out); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "writing the PDF")
	}
	return out.Bytes(), nil
}

// page is the brush that draws PDF.
type page struct {
	doc    *fpdf.Fpdf
	scale  float64
	origin Point
	fonts  map[int]bool
	alpha  uint8
}

func (b *page) open(string) {}
func (b *page) close()      {}

func (b *page) fill(p Path, c color.NRGBA) {
	b.ink(c)
	b.doc.SetFillColor(int(c.R), int(c.G), int(c.B))
	b.path(p)
	b.doc.DrawPath("F")
}

func (b *page) stroke(p Path, width float64, c color.NRGBA) {
	b.ink(c)
	b.doc.SetDrawColor(int(c.R), int(c.G), int(c.B))
	b.doc.SetLineWidth(width * b.scale)
	b.path(p)
	b.doc.DrawPath("D")
}

// ink sets the opacity, which is a state of the page.
func (b *page) ink(c color.NRGBA) {
	if c.A != b.alpha {
		b.doc.SetAlpha(float64(c.A)/255, "Normal")
		b.alpha = c.A
	}
}

func (b *page) path(p Path) {
	for _, s := range p.to(b.scale, -b.origin.X*b.scale, -b.origin.Y*b.scale) {
		switch s.Op {
		case 'M':
			b.doc.MoveTo(s.P[0].X, s.P[0].Y)
		case 'L':
			b.doc.LineTo(s.P[0].X, s.P[0].Y)
		case 'C':
			b.doc.CurveBezierCubicTo(s.P[0].X, s.P[0].Y, s.P[1].X, s.P[1].Y, s.P[2].X, s.P[2].Y)
		case 'Z':
			b.doc.ClosePath()
		}
	}
}

func (b *page) text(x, y float64, f font, c color.NRGBA, s string) {
	family := fmt.Sprintf("Inter-%d", f.weight)
	if !b.fonts[f.weight] {
		b.doc.AddUTF8FontFromBytes(family, "", bytes.Clone(faces()[f.weight].file)) // which it changes
		b.fonts[f.weight] = true
	}
	b.ink(c)
	b.doc.SetTextColor(int(c.R), int(c.G), int(c.B))
	b.doc.SetFont(family, "", f.size*b.scale)
	// fpdf knows neither kerning nor spacing: a run ends at a space, and where they have moved a letter visibly.
	line, _ := set(s, f)
	for i := 0; i < len(line); {
		var run strings.Builder
		from := i
		for ; i < len(line) && line[i].char != ' ' && math.Abs(line[i].drift-line[from].drift) < 0.03*f.size; i++ {
			run.WriteRune(line[i].char)
		}
		if i > from {
			b.doc.Text((x+line[from].x-b.origin.X)*b.scale, (y-b.origin.Y)*b.scale, run.String())
		} else {
			i++
		}
	}
}
