package diagram

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/vector"

	"airloom/backend/fault"
)

// MostPixels is the largest picture that is painted, in pixels: 160 MB while it is made.
const MostPixels = 40_000_000

// PNG paints a scene as pixels, so many a canvas unit.
func PNG(s Scene, t Theme, scale float64) ([]byte, error) {
	if !(scale >= 1 && scale <= 4) {
		return nil, fault.New(fault.Invalid, "pictures are painted at a scale from 1 to 4, not at %v", scale).Try("choose 1, 2, 3 or 4")
	}
	if err := s.affordable(); err != nil {
		return nil, err
	}
	w, h := math.Ceil(s.Bounds.W*scale), math.Ceil(s.Bounds.H*scale)
	if !(w*h <= MostPixels) {
		return nil, fault.New(fault.Limit, "the picture would have %.0f × %.0f pixels, %.0f million of at most %d million", w, h, w*h/1e6, MostPixels/1_000_000).
			Try("choose a smaller scale, fewer nodes, or SVG or PDF, which have no pixels")
	}
	r := &raster{scale: scale, origin: Point{s.Bounds.X, s.Bounds.Y}, glyphs: map[glyphKey]Path{},
		img: image.NewRGBA(image.Rect(0, 0, int(w), int(h)))}
	paint(s, t, r)
	var out bytes.Buffer
	// Every pixel is opaque, which NRGBA would say no better; the encoder notices and leaves alpha out.
	if err := png.Encode(&out, r.img); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "writing the picture")
	}
	return out.Bytes(), nil
}

// raster is the brush that paints pixels.
type raster struct {
	scale  float64
	origin Point
	img    *image.RGBA
	glyphs map[glyphKey]Path
}

type glyphKey struct {
	weight int
	index  sfnt.GlyphIndex
}

func (r *raster) open(string) {}
func (r *raster) close()      {}

// flat is how far a painted curve may be off, in pixels.
const flat = 0.1

func (r *raster) fill(p Path, c color.NRGBA) {
	r.area([]Path{p.to(r.scale, -r.origin.X*r.scale, -r.origin.Y*r.scale)}, c)
}

func (r *raster) stroke(p Path, width float64, c color.NRGBA) {
	r.area(p.to(r.scale, -r.origin.X*r.scale, -r.origin.Y*r.scale).outline(width*r.scale, flat), c)
}

func (r *raster) text(x, y float64, f font, c color.NRGBA, s string) {
	line, _ := set(s, f)
	var all Path
	for _, g := range line {
		key := glyphKey{f.weight, g.index}
		shape, known := r.glyphs[key]
		if !known {
			shape = faces()[f.weight].outline(g.index)
			r.glyphs[key] = shape
		}
		all = append(all, shape.to(f.size*r.scale, (x+g.x-r.origin.X)*r.scale, (y-r.origin.Y)*r.scale)...)
	}
	r.area([]Path{all}, c)
}

// area fills outlines, given in pixels. Each is painted in a mask no larger than itself.
func (r *raster) area(ps []Path, c color.NRGBA) {
	for _, p := range ps {
		runs, _ := p.lines(flat)
		b := p.bounds()
		box := image.Rect(int(math.Floor(b.X)), int(math.Floor(b.Y)), int(math.Ceil(b.X+b.W)), int(math.Ceil(b.Y+b.H)))
		box = box.Intersect(r.img.Bounds())
		if len(p) == 0 || box.Empty() {
			continue
		}
		z := vector.NewRasterizer(box.Dx(), box.Dy())
		for _, run := range runs {
			for i, q := range run {
				x, y := float32(q.X-float64(box.Min.X)), float32(q.Y-float64(box.Min.Y))
				if i == 0 {
					z.MoveTo(x, y)
				} else {
					z.LineTo(x, y)
				}
			}
			z.ClosePath()
		}
		z.DrawOp = draw.Over
		z.Draw(r.img, box, image.NewUniform(c), image.Point{})
	}
}
