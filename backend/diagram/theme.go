package diagram

import "image/color"

// Theme is the colours of a drawing. They are those of the canvas (frontend/src/ui/tokens.css), by the same names.
type Theme struct {
	Paper, Line, Text, Soft, Faint, Box, BoxLine, Wire color.NRGBA
	Note                                               Tint
	Groups                                             map[string]Tint
	Shadow                                             []Layer
}

// Tint is the colours of a group or a note.
type Tint struct{ Fill, Line color.NRGBA }

// Layer is a part of a shadow.
type Layer struct {
	Grow, Down float64
	Color      color.NRGBA
}

func (t Theme) tint(name, fallback string) Tint {
	if c, ok := t.Groups[name]; ok {
		return c
	}
	return t.Groups[fallback]
}

// Light is the theme of paper.
func Light() Theme {
	return Theme{
		Paper: rgb(0xfbfcfd), Line: rgb(0xe1e6ec), Text: rgb(0x16202c), Soft: rgb(0x586474), Faint: rgb(0x667283),
		Box: rgb(0xffffff), BoxLine: rgb(0xd5dbe3), Wire: rgb(0x6b7787),
		Note: Tint{rgb(0xfff6d6), rgb(0xecdca0)},
		Groups: map[string]Tint{
			"gray": {rgb(0xeef2f7), rgb(0xccd5e0)}, "blue": {rgb(0xeaf1fe), rgb(0xbcd0f7)}, "green": {rgb(0xe9f6ee), rgb(0xb9dec8)},
			"amber": {rgb(0xfdf5e2), rgb(0xecd6a4)}, "red": {rgb(0xfdeeee), rgb(0xf1c3c5)}, "violet": {rgb(0xf2eefc), rgb(0xd1c4f2)},
		},
		Shadow: shadow(color.NRGBA{16, 32, 52, 0}, 5),
	}
}

// Dark is for dark documents and screens.
func Dark() Theme {
	return Theme{
		Paper: rgb(0x0f151d), Line: rgb(0x26313e), Text: rgb(0xe8eef5), Soft: rgb(0x9aa8b8), Faint: rgb(0x8b99aa),
		Box: rgb(0x18212c), BoxLine: rgb(0x324050), Wire: rgb(0x8794a5),
		Note: Tint{rgb(0x3a3420), rgb(0x5c522c)},
		Groups: map[string]Tint{
			"gray": {rgb(0x151d27), rgb(0x2e3a48)}, "blue": {rgb(0x131f33), rgb(0x274069)}, "green": {rgb(0x12231b), rgb(0x235039)},
			"amber": {rgb(0x252013), rgb(0x57481f)}, "red": {rgb(0x271719), rgb(0x5d2a2f)}, "violet": {rgb(0x1d1a2e), rgb(0x433673)},
		},
		Shadow: shadow(color.NRGBA{}, 23),
	}
}

// shadow spreads --shadow-2 over four layers of about the same strength.
func shadow(c color.NRGBA, strength uint8) []Layer {
	c.A = strength
	return []Layer{{3, 2, c}, {1.5, 2, c}, {0, 2, c}, {0.5, 1, c}}
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}
