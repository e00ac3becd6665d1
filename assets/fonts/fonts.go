// Package fonts holds the interface's font, Inter, under the SIL Open Font License 1.1 (OFL.txt), in two forms: the very
// files that the page loads (npm @fontsource-variable/inter 5.3, variable weight, one file a script) for drawings that
// embed them, and TrueType files of the three weights that the canvas uses for drawings that are painted here. The latter
// are instances of Inter 4.1 (npm inter-ui, opsz 14) cut down to the same scripts with fontTools; the kerning of
// Latin-1 letters is in a kern table, which golang.org/x/image reads rightly.
package fonts

import "embed"

// FS has Inter-<weight>.ttf and inter-<script>.woff2.
//
//go:embed *.ttf *.woff2
var FS embed.FS
