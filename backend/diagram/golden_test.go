package diagram

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/png"
	"math"
	"regexp"
	"testing"

	"airloom/backend/catalog"
	"airloom/backend/design"
	"airloom/backend/internal/golden"
)

func TestGolden(t *testing.T) {
	golden.Each(t, "testdata/*.txtar", func(t *testing.T, c *golden.Case) {
		d, err := design.Unmarshal(c.Input("design.json"))
		if err != nil {
			t.Fatal(err)
		}
		s := Lay(d, spec)
		svg, err := SVG(s, Dark())
		if err != nil {
			t.Fatal(err)
		}
		// Fonts are told by their digest: a golden file is for reading.
		c.Want("dark.svg", regexp.MustCompile(`base64,[A-Za-z0-9+/=]+`).ReplaceAllFunc(svg, func(b []byte) []byte { return fmt.Appendf(nil, "base64,%x", sha256.Sum256(b))[:20] }))
		dot, err := DOT(s)
		if err != nil {
			t.Fatal(err)
		}
		c.Want("design.dot", []byte(dot))
		c.Want("design.mmd", []byte(Mermaid(s)))
		c.Want("light.drawio", Drawio(s, Light()))
		diff := Layout(d, nil, LeftToRight, spec)
		tidy, err := design.Apply(d, diff)
		if err != nil {
			t.Fatal(err)
		}
		text, err := design.Marshal(tidy)
		if err != nil {
			t.Fatal(err)
		}
		c.Want("tidy.json", text)
	})
}

func TestEqualScenesGiveEqualBytes(t *testing.T) {
	s := Lay(drawing("Ordner größer Ωμ Жук 100 %"), spec)
	for name, make := range map[string]func() ([]byte, error){
		"svg": func() ([]byte, error) { return SVG(s, Light()) },
		"png": func() ([]byte, error) { return PNG(s, Light(), 2) },
		"pdf": func() ([]byte, error) { return PDF(s, Light()) },
	} {
		first, err := make()
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if again, _ := make(); !bytes.Equal(first, again) {
				t.Errorf("%s differs from one time to the next", name)
			}
		}
	}
}

// At twice the scale a picture shows the same: its mean over 2 × 2 pixels is close to the single scale.
func TestAPictureIsTheSameAtEveryScale(t *testing.T) {
	s := Lay(drawing("orders"), spec)
	at := func(scale float64) image.Image {
		b, err := PNG(s, Light(), scale)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	one, two := at(1), at(2)
	if one.Bounds().Dx()*2 != two.Bounds().Dx() {
		t.Fatalf("%v and %v", one.Bounds(), two.Bounds())
	}
	off, n := 0.0, 0
	for y := range one.Bounds().Dy() {
		for x := range one.Bounds().Dx() {
			sum := 0.0
			for _, q := range []image.Point{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
				g, _, _, _ := two.At(2*x+q.X, 2*y+q.Y).RGBA()
				sum += float64(g) / 4
			}
			g, _, _, _ := one.At(x, y).RGBA()
			off += math.Abs(sum - float64(g))
			n++
		}
	}
	if mean := off / float64(n) / 65535; mean > 0.002 {
		t.Errorf("pixels are off by %.4f of white on average", mean)
	}
}

func TestEveryIconOfTheShelfCanBeDrawn(t *testing.T) {
	for _, k := range catalog.Shelf() {
		sp := k.Spec()
		ic, err := readIcon(sp.Icon)
		if err != nil || len(ic) == 0 {
			t.Errorf("%s: %d shapes, %v", sp.ID, len(ic), err)
		}
		for _, m := range ic {
			_, fill := hex(m.fill)
			_, stroke := hex(m.stroke)
			if b := m.path.bounds(); !fill && !stroke || b.X < -0.1 || b.Y < -0.1 || b.X+b.W > 1.1 || b.Y+b.H > 1.1 {
				t.Errorf("%s: a shape at %v in %q, %q", sp.ID, b, m.fill, m.stroke)
			}
		}
	}
}

func FuzzIcon(f *testing.F) {
	f.Add(`<svg viewBox="0 0 24 24"><path d="M7 4h3.2L17 20a4 4 0 0 1-8 0zm1-1s2 2 3 3t4-4"/></svg>`)
	f.Add(`<svg><g fill="none"><rect width="1e9"/><polygon points="1,2 3"/></g></svg>`)
	f.Fuzz(func(t *testing.T, svg string) {
		ic, err := readIcon(svg)
		if err != nil {
			return
		}
		for _, m := range ic {
			m.path.lines(0.1)
		}
	})
}

// FuzzDraw draws any design in every form: none may panic, and pictures may be refused only for their size.
func FuzzDraw(f *testing.F) {
	text, err := design.Marshal(drawing("x"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, in []byte) {
		d, err := design.Unmarshal(in)
		if err != nil {
			return
		}
		for _, d := range []design.Design{d, mustApply(t, d, Layout(d, nil, TopToBottom, spec))} {
			s := Lay(d, spec)
			if _, err := DOT(s); err != nil {
				t.Fatal(err)
			}
			if _, _, _, err := readMermaid(Mermaid(s)); err != nil {
				t.Fatal(err)
			}
			Drawio(s, Light())
			_, _ = SVG(s, Light())
			_, _ = PDF(s, Light())
			if s.Bounds.W*s.Bounds.H < 4e6 {
				_, _ = PNG(s, Light(), 1)
			}
		}
	})
}

func mustApply(t *testing.T, d design.Design, diff design.Diff) design.Design {
	t.Helper()
	out, err := design.Apply(d, diff)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
