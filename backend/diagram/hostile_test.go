package diagram

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/awalterschulze/gographviz"

	"airloom/backend/fault"
)

// payloads are 200 texts that turn into code, a reference or another structure where an export is careless.
func payloads() []string {
	seeds := []string{
		`<script>alert(1)</script>`, `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`, `<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`,
		`<svg><animate onbegin=alert(1) attributeName=x dur=1s>`, `<a xlink:href="javascript:alert(1)">x</a>`, `<foreignObject><body onload=alert(1)></foreignObject>`,
		`<iframe src="javascript:alert(1)"></iframe>`, `<image href="https://evil.example/x">`, `<use href="https://evil.example/x#y"/>`,
		`<style>@import url(https://evil.example/x.css);</style>`, `<?xml-stylesheet href="https://evil.example/x.css"?>`, `<!ENTITY x SYSTEM "file:///etc/passwd">`, `&x;`,
		`<![CDATA[<script>alert(1)</script>]]>`, `]]>`, `javascript:alert(1)`, `data:text/html,<script>alert(1)</script>`, `https://evil.example/`, `www.evil.example`,
		`[x](javascript:alert(1))`, `![x](https://evil.example/x.png)`, `**bold** _it_ ~~gone~~`, "```\n<script>alert(1)</script>\n```", "| a | b |\n| --- | --- |",
		`# heading`, `"; URL="https://evil.example`, `"] ; x -> y [href="javascript:alert(1)"`, `\`, `\"`, `\N \G \L`,
		`x"] click n1 href "https://evil.example"`, "end\nclick n1 call alert(1)", `"]; n1 --> n2`, `%%{init: {"securityLevel": "loose"}}%%`, `:::x`, `#quot;#60;`,
		`;image=https://evil.example/x.png;html=1`, `html=1;`, `{{resolve:ssm:x}} ${x}`, "\x00\x01\x1b[31m", "a\r\nb\tc\u2028d", "\u202egnp.exe", `😀 مرحبا 日本語`,
		") Tj /URI (https://evil.example) (", `\) /JavaScript (`, strings.Repeat("long ", 300), strings.Repeat("W", 300), ``, ` `,
	}
	var out []string
	for _, wrap := range []string{"%s", `">%s`, `'>%s<!--`, `</title></text></svg>%s`} {
		for _, s := range seeds {
			out = append(out, strings.Replace(wrap, "%s", s, 1))
		}
	}
	return out
}

func TestThereAreTwoHundredPayloads(t *testing.T) {
	if n := len(payloads()); n != 200 {
		t.Errorf("%d", n)
	}
}

// elements parses XML strictly, and hands over every element.
func elements(t *testing.T, in []byte, name string, each func(xml.StartElement)) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(in))
	dec.Strict = true
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%q: not well-formed: %v", name, err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			each(tok)
		case xml.ProcInst, xml.Directive, xml.Comment:
			t.Fatalf("%q: %T", name, tok)
		}
	}
}

func TestSVGShowsHostileTextAsText(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{
		"svg":   {"xmlns", "viewBox", "width", "height", "font-family", "role"},
		"title": {}, "g": {}, "style": {},
		"path": {"d", "fill", "opacity", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin"},
		"text": {"x", "y", "font-size", "font-weight", "letter-spacing", "fill"},
	}
	face := regexp.MustCompile(`@font-face\{font-family:Inter;font-weight:100 900;src:url\(data:font/woff2;base64,[A-Za-z0-9+/=]+\) format\("woff2"\);unicode-range:[U0-9A-F+,-]+\}`)
	known := map[string]bool{}
	for _, name := range payloads() {
		out, err := SVG(Lay(drawing(name), spec), Light())
		if err != nil {
			t.Fatal(err)
		}
		elements(t, out, name, func(el xml.StartElement) {
			attrs, ok := allowed[el.Name.Local]
			if !ok {
				t.Errorf("%q: element %s", name, el.Name.Local)
			}
			for _, a := range el.Attr {
				if !slices.Contains(attrs, a.Name.Local) || a.Name.Local != "xmlns" && strings.Contains(a.Value, ":") {
					t.Errorf("%q: attribute %s=%q of %s", name, a.Name.Local, a.Value, el.Name.Local)
				}
			}
		})
		style := string(out[bytes.Index(out, []byte("<style>"))+7 : bytes.Index(out, []byte("</style>"))])
		if known[style] {
			continue
		}
		known[style] = true
		if rest := face.ReplaceAllString(style, ""); rest != "" {
			t.Errorf("%q: style %q", name, rest)
		}
	}
}

func TestDrawioShowsHostileTextAsText(t *testing.T) {
	t.Parallel()
	style := regexp.MustCompile(`^html=0;(shape=label;|whiteSpace=wrap;|[a-zA-Z]+=[#A-Za-z0-9.]+;?|image=data:image/svg\+xml,[A-Za-z0-9+/=]+;)+$`)
	for _, name := range payloads() {
		cells := 0
		elements(t, Drawio(Lay(drawing(name), spec), Dark()), name, func(el xml.StartElement) {
			if !slices.Contains([]string{"mxfile", "diagram", "mxGraphModel", "root", "mxCell", "mxGeometry"}, el.Name.Local) {
				t.Errorf("%q: element %s", name, el.Name.Local)
			}
			for _, a := range el.Attr {
				if a.Name.Local == "style" && !style.MatchString(a.Value) {
					t.Errorf("%q: style %q", name, a.Value)
				}
				if a.Name.Local == "vertex" || a.Name.Local == "edge" {
					cells++
				}
			}
		})
		if cells != 7 {
			t.Errorf("%q: %d cells", name, cells)
		}
	}
}

func TestDOTReadsBackWithTheSameNodesAndEdges(t *testing.T) {
	t.Parallel()
	for _, name := range payloads() {
		out, err := DOT(Lay(drawing(name), spec))
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		g, err := gographviz.Read([]byte(out))
		if err != nil {
			t.Fatalf("%q: %v\n%s", name, err, out)
		}
		if len(g.Nodes.Nodes) != 3 || len(g.Edges.Edges) != 3 || len(g.SubGraphs.SubGraphs) != 1 {
			t.Errorf("%q: %d nodes, %d edges, %d clusters", name, len(g.Nodes.Nodes), len(g.Edges.Edges), len(g.SubGraphs.SubGraphs))
		}
		check := func(attrs gographviz.Attrs) {
			for k := range attrs {
				if !slices.Contains([]gographviz.Attr{"label", "shape", "style", "rankdir"}, k) {
					t.Errorf("%q: attribute %s", name, k)
				}
			}
		}
		check(g.Attrs)
		for _, n := range g.Nodes.Nodes {
			check(n.Attrs)
		}
		for _, e := range g.Edges.Edges {
			check(e.Attrs)
		}
	}
}

const mermaidWords = `"((?:[\p{L}\p{N} ·,\x{3000}-\x{10FFFF}-]|#\d+;)*)"`

var (
	mermaidGroup = regexp.MustCompile(`^ *subgraph (n\d+)\[` + mermaidWords + `\]$`)
	mermaidNode  = regexp.MustCompile(`^ *(n\d+)[\[>]` + mermaidWords + `\]$`)
	mermaidEdge  = regexp.MustCompile(`^ *(n\d+) -->\|` + mermaidWords + `\| (n\d+)$`)
	mermaidCode  = regexp.MustCompile(`#\d+;`)
)

// readMermaid reads what Mermaid writes, and refuses every line that has another form.
func readMermaid(text string) (nodes, edges, groups []string, err error) {
	words := func(s string) string {
		return mermaidCode.ReplaceAllStringFunc(s, func(m string) string {
			n, _ := strconv.Atoi(m[1 : len(m)-1])
			return string(rune(n))
		})
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if lines[0] != "flowchart LR" {
		return nil, nil, nil, errors.New(lines[0])
	}
	for _, l := range lines[1:] {
		if m := mermaidGroup.FindStringSubmatch(l); m != nil {
			groups = append(groups, words(m[2]))
		} else if m := mermaidNode.FindStringSubmatch(l); m != nil {
			nodes = append(nodes, words(m[2]))
		} else if m := mermaidEdge.FindStringSubmatch(l); m != nil {
			edges = append(edges, m[1]+">"+m[3])
		} else if strings.TrimLeft(l, " ") != "end" {
			return nil, nil, nil, fmt.Errorf("%q", l)
		}
	}
	return nodes, edges, groups, nil
}

func TestMermaidReadsBackWithTheSameNodesAndEdges(t *testing.T) {
	t.Parallel()
	for _, name := range payloads() {
		nodes, edges, groups, err := readMermaid(Mermaid(Lay(drawing(name), spec)))
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if len(nodes) != 3 || len(groups) != 1 || !slices.Equal(edges, []string{"n2>n2", "n2>n3", "n3>n2"}) {
			t.Errorf("%q: %q, %q, %q", name, nodes, edges, groups)
		}
		if want := plain(name); want != "" && groups[0] != want {
			t.Errorf("%q reads back as %q", want, groups[0])
		}
	}
}

func TestTheDocumentShowsHostileTextAsText(t *testing.T) {
	t.Parallel()
	escaped := regexp.MustCompile(`\\[[:punct:]]`)
	for _, name := range payloads() {
		doc := Document{Description: name, Nodes: []Entry{{name, name, name, []string{name}}}, Wires: []Wired{{name, name, name, []Grant{{[]string{name}, []string{name}}}, []string{name}}},
			Roles: []Role{{name, name, []Grant{{[]string{name}, []string{name}}}}}, Resources: []Resource{{name, name, name}}, Findings: []fault.Finding{{Severity: fault.Warning, Message: name, Hint: name}}}
		text := doc.Markdown(Lay(drawing(name), spec))
		head, rest, _ := strings.Cut(text, "\n```mermaid\n")
		_, rest, _ = strings.Cut(rest, "\n```\n")
		if n := strings.Count(text, "```"); n != 2 {
			t.Errorf("%q: %d fences", name, n)
		}
		for _, l := range strings.Split(head+rest, "\n") {
			bare := escaped.ReplaceAllString(l, "")
			if strings.HasPrefix(l, "|") {
				bare = strings.ReplaceAll(bare, " --- |", " - |")
			} else if strings.HasPrefix(l, "#") {
				bare = strings.TrimLeft(bare, "#")
			}
			if n := strings.Count(bare, "|"); n > 0 && (!strings.HasPrefix(l, "|") || n < 4 || n > 6) {
				t.Errorf("%q: %d cells in %q", name, n, l)
			}
			if strings.ContainsAny(bare, "<>[]`*_~&#\\") || strings.Contains(bare, "://") || strings.Contains(strings.ToLower(bare), "www.") {
				t.Errorf("%q: %q", name, l)
			}
		}
	}
}

func TestPicturesOfHostileTextAreOnlyPictures(t *testing.T) {
	t.Parallel()
	for i, name := range payloads() {
		s := Lay(drawing(name), spec)
		page, err := PDF(s, Light())
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		// Streams are packed; what is outside of them is the structure of the file.
		var structure []byte
		for rest := page; len(rest) > 0; {
			before, after, _ := bytes.Cut(rest, []byte("stream\n"))
			structure = append(structure, before...)
			_, rest, _ = bytes.Cut(after, []byte("endstream"))
		}
		structure = regexp.MustCompile(`(?s)/Title \((\\.|[^\\)])*\)`).ReplaceAll(structure, nil)
		for _, word := range []string{"/URI", "/JavaScript", "/JS", "/Launch", "/Action", "/AA", "/Type /EmbeddedFile", "/Annot", "/GoToR", "/SubmitForm", "evil"} {
			if bytes.Contains(structure, []byte(word)) {
				t.Errorf("%q: the page has %s", name, word)
			}
		}
		if i%8 > 0 {
			continue // painting takes longest, and text can only become pixels
		}
		picture, err := PNG(s, Dark(), 1)
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if img, err := png.Decode(bytes.NewReader(picture)); err != nil || img.Bounds().Dx() != int(s.Bounds.W) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Drawing reads nothing: none of our code could. (The fonts are embedded; fpdf is given bytes.)
func TestNothingHereReadsFilesOrTheNetwork(t *testing.T) {
	for _, pattern := range []string{"*.go", "layered/*.go"} {
		files, _ := filepath.Glob(pattern)
		if len(files) == 0 {
			t.Fatal(pattern)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range f.Imports {
				if p, _ := strconv.Unquote(i.Path.Value); p == "os" || p == "net" || strings.HasPrefix(p, "net/") || strings.HasPrefix(p, "os/") || p == "syscall" || p == "io/ioutil" {
					t.Errorf("%s imports %s", name, p)
				}
			}
		}
	}
	source, _ := os.ReadFile("pdf.go")
	if calls := regexp.MustCompile(`doc\.(AddFont|AddUTF8Font|Image|ImageOptions|RegisterImage\w*|Link\w*|SetJavascript|AddAttachment\w*|SetFontLocation)\(`).FindAll(source, -1); calls != nil {
		t.Errorf("pdf.go calls %s", calls)
	}
}

func TestWhatIsTooLargeIsRefused(t *testing.T) {
	d := drawing("x")
	n := d.Nodes["a"]
	n.X = 20_000
	d.Nodes["a"] = n
	if _, err := PNG(Lay(d, spec), Light(), 4); fault.CodeOf(err) != fault.Limit || !strings.Contains(err.Error(), "million") {
		t.Errorf("many pixels: %v", err)
	}
	n.X = 1e300
	d.Nodes["a"] = n
	s := Lay(d, spec)
	for name, paint := range map[string]func() error{
		"png": func() error { _, err := PNG(s, Light(), 1); return err },
		"svg": func() error { _, err := SVG(s, Light()); return err },
		"pdf": func() error { _, err := PDF(s, Light()); return err },
	} {
		if fault.CodeOf(paint()) != fault.Limit {
			t.Errorf("%s of a drawing without end: %v", name, paint())
		}
	}
	for _, scale := range []float64{0, 0.5, 5, -1} {
		if _, err := PNG(Lay(drawing("x"), spec), Light(), scale); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("scale %v: %v", scale, err)
		}
	}
	many := Scene{Boxes: make([]Item, MostItems+1), Bounds: Rect{0, 0, 1, 1}}
	if _, err := SVG(many, Light()); fault.CodeOf(err) != fault.Limit {
		t.Errorf("many things: %v", err)
	}
}
