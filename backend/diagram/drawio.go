package diagram

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
)

// mostLines of a note are written; draw.io does not break plain text by itself.
const mostLines = 200

// Drawio prints a scene as a page that draw.io opens: every node, group, note and wire is an object of its own there.
// Labels are plain text (html=0), icons lie within, nothing refers to anything outside.
// https://www.drawio.com/doc/faq/drawio-file-format and https://jgraph.github.io/mxgraph/docs/js-api/files/util/mxConstants-js.html
func Drawio(s Scene, t Theme) []byte {
	var out bytes.Buffer
	f := func(format string, args ...any) { fmt.Fprintf(&out, format, args...) }
	f(`<mxfile host="airloom" type="device"><diagram id="design" name="%s">`, text(plain(s.Name)))
	f(`<mxGraphModel dx="0" dy="0" grid="1" gridSize="8" guides="1" connect="1" arrows="1" fold="1" page="0" math="0" shadow="0" background="%s">`, css(t.Paper))
	f("<root>\n" + `<mxCell id="0"/><mxCell id="1" parent="0"/>`)
	ids, at := map[string]string{}, map[string]Rect{}
	for _, items := range [][]Item{s.Groups, s.Boxes, s.Notes} {
		for _, it := range items {
			ids[it.ID], at[it.ID] = fmt.Sprintf("n%d", len(ids)+1), it.Rect
		}
	}
	vertex := func(it Item, label, style string) {
		parent, r := "1", it.Rect
		if p, ok := ids[it.Parent]; ok {
			parent, r.X, r.Y = p, r.X-at[it.Parent].X, r.Y-at[it.Parent].Y
		}
		f("\n"+`<mxCell id="%s" value="%s" style="html=0;whiteSpace=wrap;fontFamily=Helvetica;%s" vertex="1" parent="%s"><mxGeometry x="%s" y="%s" width="%s" height="%s" as="geometry"/></mxCell>`,
			ids[it.ID], text(label), style, parent, num(r.X), num(r.Y), num(r.W), num(r.H))
	}
	for _, g := range s.Groups {
		tint := t.tint(g.Color, "gray")
		vertex(g, plain(g.Name), fmt.Sprintf("rounded=1;absoluteArcSize=1;arcSize=28;container=1;collapsible=0;recursiveResize=0;verticalAlign=top;align=left;spacingLeft=12;spacingTop=8;fontStyle=1;fontSize=13;fillColor=%s;strokeColor=%s;fontColor=%s",
			css(tint.Fill), css(tint.Line), css(t.Soft)))
	}
	for _, n := range s.Notes {
		tint := t.tint(n.Color, "amber")
		if n.Color == "" || n.Color == "amber" {
			tint = t.Note
		}
		vertex(n, strings.Join(wrap(n.Text, noteFont, n.Rect.W-22, mostLines), "\n"), fmt.Sprintf("rounded=1;absoluteArcSize=1;arcSize=12;verticalAlign=top;align=left;spacingLeft=8;spacingRight=8;spacingTop=6;overflow=hidden;fontSize=12;fillColor=%s;strokeColor=%s;fontColor=%s",
			css(tint.Fill), css(tint.Line), css(t.Text)))
	}
	for _, b := range s.Boxes {
		label := plain(b.Name) + "\n" + b.Title
		if b.Info != "" {
			label += "\n" + plain(b.Info)
		}
		style := fmt.Sprintf("rounded=1;absoluteArcSize=1;arcSize=20;align=left;spacingLeft=56;spacingRight=8;overflow=hidden;fontSize=12;fillColor=%s;strokeColor=%s;fontColor=%s", css(t.Box), css(t.BoxLine), css(t.Text))
		if b.Icon != "" {
			// A style is divided by semicolons, so draw.io takes data without ";base64".
			style = "shape=label;imageAlign=left;imageVerticalAlign=middle;imageWidth=36;imageHeight=36;spacing=0;imageSpacingLeft=13;image=data:image/svg+xml," +
				base64.StdEncoding.EncodeToString([]byte(b.Icon)) + ";" + style
		}
		vertex(b, label, style)
	}
	for i, w := range s.Wires {
		a, b := at[w.From], at[w.To]
		f("\n"+`<mxCell id="e%d" value="%s" style="html=0;edgeStyle=orthogonalEdgeStyle;curved=1;endArrow=block;endFill=1;endSize=5;fontFamily=Helvetica;fontSize=10;exitX=1;exitY=%s;exitPerimeter=0;entryX=0;entryY=%s;entryPerimeter=0;strokeWidth=1.5;strokeColor=%s;fontColor=%s;labelBackgroundColor=%s" edge="1" parent="1" source="%s" target="%s"><mxGeometry relative="1" as="geometry"/></mxCell>`,
			i+1, text(plain(w.Label)), num(w.Out/max(a.H, 1)), num(w.In/max(b.H, 1)), css(t.Wire), css(t.Soft), css(t.Paper), ids[w.From], ids[w.To])
	}
	f("\n</root></mxGraphModel></diagram></mxfile>\n")
	return out.Bytes()
}
