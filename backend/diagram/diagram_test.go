package diagram

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/awalterschulze/gographviz"

	"airloom/backend/design"
	"airloom/backend/kind"
)

func spec(id string) (kind.Spec, bool) {
	switch id {
	case "group":
		return kind.Spec{Title: "Group", Shape: kind.Group}, true
	case "note":
		return kind.Spec{Title: "Note", Shape: kind.Note}, true
	}
	return kind.Spec{Title: "Thing", Shape: kind.Box, Icon: "<svg xmlns='http://www.w3.org/2000/svg'/>"}, true
}

func drawing(name string) design.Design {
	d := design.New()
	d.Settings["name"] = design.Setting{ID: "name", Value: name}
	d.Nodes["home"] = design.Node{ID: "home", Kind: "group", Name: name, W: 600, H: 400}
	d.Nodes["a"] = design.Node{ID: "a", Kind: "x", Name: name, X: 20, Y: 40, Parent: "home"}
	d.Nodes["b"] = design.Node{ID: "b", Kind: "x", Name: name, X: 320, Y: 140, Parent: "home"}
	d.Nodes["n"] = design.Node{ID: "n", Kind: "note", Name: "note", X: 320, Y: 500, W: 200, H: 90, Props: design.Props{"text": name}}
	d.Edges["a-to-b"] = design.Edge{ID: "a-to-b", From: design.End{Node: "a"}, To: design.End{Node: "b"}, Protocol: "call", Access: name}
	return d
}

var hostile = []string{`<script>alert(1)</script>`, `"><image href="https://example.com/x">`, `]]>`, `&lt;b&gt;`, "\x00\x01line\nbreak", `javascript:alert(1)`,
	`{{resolve:ssm:x}} ${x}`, "😀 مرحبا", `"; URL="https://example.com`, `\`, `\"`, `<foreignObject/>`, strings.Repeat("long ", 500)}

func TestSVGShowsHostileTextAsText(t *testing.T) {
	for _, name := range hostile {
		dec := xml.NewDecoder(strings.NewReader(string(SVG(Lay(drawing(name), spec), Light()))))
		dec.Strict = true
		for {
			tok, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%q: not well-formed: %v", name, err)
			}
			el, ok := tok.(xml.StartElement)
			if !ok {
				continue
			}
			switch el.Name.Local {
			case "svg", "title", "defs", "marker", "path", "rect", "text", "image":
			default:
				t.Errorf("%q: element %s", name, el.Name.Local)
			}
			for _, a := range el.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "data:image/svg+xml;base64,") {
					t.Errorf("%q: attribute %s=%q", name, a.Name.Local, a.Value)
				}
			}
		}
	}
}

func TestDOTReadsBackWithTheSameNodesAndEdges(t *testing.T) {
	for _, name := range hostile {
		out, err := DOT(Lay(drawing(name), spec))
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		g, err := gographviz.Read([]byte(out))
		if err != nil {
			t.Fatalf("%q: %v\n%s", name, err, out)
		}
		if len(g.Nodes.Nodes) != 3 || len(g.Edges.Edges) != 1 || len(g.SubGraphs.SubGraphs) != 1 {
			t.Errorf("%q: %d nodes, %d edges, %d clusters", name, len(g.Nodes.Nodes), len(g.Edges.Edges), len(g.SubGraphs.SubGraphs))
		}
		for _, n := range g.Nodes.Nodes {
			for k := range n.Attrs {
				if k == "URL" || k == "href" {
					t.Errorf("%q: attribute %s", name, k)
				}
			}
		}
	}
}

func TestSelectKeepsWhatLiesInAGroup(t *testing.T) {
	d := Select(drawing("x"), []design.ID{"home"})
	if len(d.Nodes) != 3 || len(d.Edges) != 1 {
		t.Errorf("%d nodes, %d edges", len(d.Nodes), len(d.Edges))
	}
	if d = Select(drawing("x"), []design.ID{"a"}); len(d.Nodes) != 1 || len(d.Edges) != 0 {
		t.Errorf("%d nodes, %d edges", len(d.Nodes), len(d.Edges))
	}
}
