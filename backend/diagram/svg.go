package diagram

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"image/color"
	"strconv"
	"strings"
	"unicode"

	"airloom/assets/fonts"
)

// SVG prints a scene as a self-contained image: fonts within, no script, no reference to anything outside.
func SVG(s Scene, t Theme) ([]byte, error) {
	if err := s.affordable(); err != nil {
		return nil, err
	}
	v := &svgBrush{used: map[rune]bool{}}
	paint(s, t, v)
	var out bytes.Buffer
	b := s.Bounds
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="%s %s %s %s" width="%s" height="%s" font-family="Inter, system-ui, sans-serif" role="img">`,
		num(b.X), num(b.Y), num(b.W), num(b.H), num(b.W), num(b.H))
	fmt.Fprintf(&out, "\n<title>%s</title>\n<style>%s</style>", text(s.Name), typefaces(v.used))
	out.Write(v.out.Bytes())
	out.WriteString("\n</svg>\n")
	return out.Bytes(), nil
}

// svgBrush is the brush that writes SVG.
type svgBrush struct {
	out  bytes.Buffer
	used map[rune]bool // letters, so that only the scripts that are used are embedded
}

func (v *svgBrush) f(format string, args ...any) { fmt.Fprintf(&v.out, format, args...) }

func (v *svgBrush) open(name string) {
	v.f("\n<g>")
	if name != "" {
		v.f("<title>%s</title>", text(plain(name)))
	}
}

func (v *svgBrush) close() { v.f("</g>") }

func (v *svgBrush) fill(p Path, c color.NRGBA) {
	v.f(`<path d="%s" fill="%s"%s/>`, data(p), css(c), opacity(c))
}

func (v *svgBrush) stroke(p Path, width float64, c color.NRGBA) {
	v.f(`<path d="%s" fill="none" stroke="%s"%s stroke-width="%s" stroke-linecap="round" stroke-linejoin="round"/>`, data(p), css(c), opacity(c), num(width))
}

func (v *svgBrush) text(x, y float64, f font, c color.NRGBA, s string) {
	for _, r := range s {
		v.used[r] = true
	}
	spacing := ""
	if f.spacing != 0 {
		spacing = ` letter-spacing="` + num(f.spacing) + `"`
	}
	v.f(`<text x="%s" y="%s" font-size="%s" font-weight="%d"%s fill="%s">%s</text>`, num(x), num(y), num(f.size), f.weight, spacing, css(c), text(s))
}

func data(p Path) string {
	var b strings.Builder
	for _, s := range p {
		b.WriteByte(s.Op)
		n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[s.Op]
		for i := range n {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(num(s.P[i].X) + " " + num(s.P[i].Y))
		}
	}
	return b.String()
}

func css(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func opacity(c color.NRGBA) string {
	if c.A == 255 {
		return ""
	}
	return ` opacity="` + strconv.FormatFloat(float64(c.A)/255, 'f', 3, 64) + `"`
}

// script is a file of the interface's font and the letters that it is for.
type script struct {
	file   string
	css    string // as unicode-range
	ranges *unicode.RangeTable
}

// scripts are the files in the order in which they are asked for; they cut Unicode as the font's makers did.
func scripts() []script {
	table := func(pairs ...uint16) *unicode.RangeTable {
		t := &unicode.RangeTable{}
		for i := 0; i < len(pairs); i += 2 {
			t.R16 = append(t.R16, unicode.Range16{Lo: pairs[i], Hi: pairs[i+1], Stride: 1})
		}
		return t
	}
	return []script{
		{"latin", "U+0-FF,U+131,U+152-153,U+2BB-2BC,U+2C6,U+2DA,U+2DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
			table(0, 0xff, 0x131, 0x131, 0x152, 0x153, 0x2bb, 0x2bc, 0x2c6, 0x2c6, 0x2da, 0x2da, 0x2dc, 0x2dc, 0x2000, 0x206f, 0x20ac, 0x20ac, 0x2122, 0x2122, 0x2191, 0x2191, 0x2193, 0x2193, 0x2212, 0x2212, 0x2215, 0x2215, 0xfeff, 0xfeff, 0xfffd, 0xfffd)},
		{"greek-ext", "U+1F00-1FFF", table(0x1f00, 0x1fff)},
		{"greek", "U+370-3FF", table(0x370, 0x3ff)},
		{"cyrillic", "U+301,U+400-45F,U+490-491,U+4B0-4B1,U+2116", table(0x301, 0x301, 0x400, 0x45f, 0x490, 0x491, 0x4b0, 0x4b1, 0x2116, 0x2116)},
		{"cyrillic-ext", "U+460-52F,U+1C80-1C8A,U+2DE0-2DFF,U+A640-A69F,U+FE2E-FE2F", table(0x460, 0x52f, 0x1c80, 0x1c8a, 0x2de0, 0x2dff, 0xa640, 0xa69f, 0xfe2e, 0xfe2f)},
		{"vietnamese", "U+1A0-1A1,U+1AF-1B0,U+300-301,U+303-304,U+308-309,U+323,U+329,U+1EA0-1EF9,U+20AB",
			table(0x1a0, 0x1a1, 0x1af, 0x1b0, 0x300, 0x301, 0x303, 0x304, 0x308, 0x309, 0x323, 0x323, 0x329, 0x329, 0x1ea0, 0x1ef9, 0x20ab, 0x20ab)},
		{"latin-ext", "U+100-2BA,U+2BD-2C5,U+2C7-2CC,U+2CE-2D7,U+2DD-2FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+2020,U+20A0-20AA,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF",
			table(0x100, 0x2ba, 0x2bd, 0x2c5, 0x2c7, 0x2cc, 0x2ce, 0x2d7, 0x2dd, 0x2ff, 0x1d00, 0x1dbf, 0x1e00, 0x1e9f, 0x1ef2, 0x1eff, 0x20a0, 0x20aa, 0x20ad, 0x20c0, 0x2113, 0x2113, 0x2c60, 0x2c7f, 0xa720, 0xa7ff)},
	}
}

// typefaces embeds the files that hold the used letters.
func typefaces(used map[rune]bool) string {
	var b strings.Builder
	for _, s := range scripts() {
		needed := false
		for r := range used {
			needed = needed || unicode.Is(s.ranges, r)
		}
		if !needed {
			continue
		}
		file, err := fonts.FS.ReadFile("inter-" + s.file + ".woff2")
		if err != nil {
			panic(err) // embedded: a mistake of the build
		}
		fmt.Fprintf(&b, `@font-face{font-family:Inter;font-weight:100 900;src:url(data:font/woff2;base64,%s) format("woff2");unicode-range:%s}`,
			base64.StdEncoding.EncodeToString(file), s.css)
	}
	return b.String()
}

// text escapes for XML and drops what XML 1.0 cannot hold.
func text(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a bytes.Buffer does not fail
	return b.String()
}

func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}
