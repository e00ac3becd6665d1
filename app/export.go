package app

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"airloom/backend/design"
	"airloom/backend/diagram"
	"airloom/backend/fault"
)

// Exported is a drawing in another form: text, or where the form is binary, bytes.
type Exported struct {
	Name string `json:"name"` // a file name
	MIME string `json:"mime"`
	Text string `json:"text"`
	Body []byte `json:"body,omitempty" contentEncoding:"base64"`
}

// Bytes is what a file of it holds.
func (e Exported) Bytes() []byte {
	if e.Body != nil {
		return e.Body
	}
	return []byte(e.Text)
}

// ExportOptions say what is exported, and how.
type ExportOptions struct {
	Format string      // the name of one of ExportFormats
	IDs    []design.ID // with what lies in them; none is the whole drawing
	Theme  string      // "light" (the default) or "dark"
	Scale  float64     // of PNG: pixels a canvas unit, 1 to 4; 0 is 2
}

// ExportFormat is a form that drawings can be given.
type ExportFormat struct {
	Name    string
	Endings []string // of its files, the first is ours
	MIME    string
	make    func(*Session, exporting) ([]byte, error)
	binary  bool
}

// exporting is a drawing on its way out.
type exporting struct {
	design design.Design
	scene  diagram.Scene
	theme  diagram.Theme
	scale  float64
}

// ExportFormats are all forms, in the order in which they are offered.
func ExportFormats() []ExportFormat {
	return []ExportFormat{
		{Name: "svg", Endings: []string{"svg"}, MIME: "image/svg+xml",
			make: func(_ *Session, e exporting) ([]byte, error) { return diagram.SVG(e.scene, e.theme) }},
		{Name: "png", Endings: []string{"png"}, MIME: "image/png", binary: true,
			make: func(_ *Session, e exporting) ([]byte, error) { return diagram.PNG(e.scene, e.theme, e.scale) }},
		{Name: "pdf", Endings: []string{"pdf"}, MIME: "application/pdf", binary: true,
			make: func(_ *Session, e exporting) ([]byte, error) { return diagram.PDF(e.scene, e.theme) }},
		{Name: "dot", Endings: []string{"dot", "gv"}, MIME: "text/vnd.graphviz",
			make: func(_ *Session, e exporting) ([]byte, error) {
				text, err := diagram.DOT(e.scene)
				return []byte(text), err
			}},
		{Name: "mermaid", Endings: []string{"mmd", "mermaid"}, MIME: "text/vnd.mermaid",
			make: func(_ *Session, e exporting) ([]byte, error) { return []byte(diagram.Mermaid(e.scene)), nil }},
		{Name: "drawio", Endings: []string{"drawio"}, MIME: "application/vnd.jgraph.mxfile",
			make: func(_ *Session, e exporting) ([]byte, error) { return diagram.Drawio(e.scene, e.theme), nil }},
		{Name: "md", Endings: []string{"md", "markdown"}, MIME: "text/markdown",
			make: func(s *Session, e exporting) ([]byte, error) {
				doc, err := s.document(e.design)
				return []byte(doc.Markdown(e.scene)), err
			}},
	}
}

// ExportFormatOf is the form that a file's name asks for by its ending: the ending itself where none is known by it.
func ExportFormatOf(name string) string {
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	for _, f := range ExportFormats() {
		if slices.Contains(f.Endings, ending) {
			return f.Name
		}
	}
	return ending
}

// Export gives the drawing, or some nodes of it with what lies in their groups, in another form. One that nobody has placed
// yet is laid out on its way.
func (s *Session) Export(o ExportOptions) (Exported, error) {
	formats := ExportFormats()
	i := slices.IndexFunc(formats, func(f ExportFormat) bool { return f.Name == o.Format })
	if i < 0 {
		var names []string
		for _, f := range formats {
			names = append(names, f.Name)
		}
		return Exported{}, fault.New(fault.Unsupported, "drawings are not exported as %q", o.Format).Try("choose one of %s", strings.Join(names, ", "))
	}
	d := s.project.Design()
	for _, id := range o.IDs {
		if _, ok := d.Nodes[id]; !ok {
			return Exported{}, fault.New(fault.NotFound, "there is no node %q", id)
		}
	}
	spec := s.app.deps.Shelf.Spec
	if diagram.Unplaced(d) {
		placed, err := design.Apply(d, diagram.Layout(d, nil, diagram.LeftToRight, spec))
		if err != nil {
			return Exported{}, err
		}
		d = placed
	}
	d = diagram.Select(d, o.IDs)
	e := exporting{design: d, scene: diagram.Lay(d, spec), theme: diagram.Light(), scale: cmp.Or(o.Scale, 2)}
	e.scene.Name = cmp.Or(e.scene.Name, s.Name())
	if o.Theme == "dark" {
		e.theme = diagram.Dark()
	}
	f := formats[i]
	body, err := f.make(s, e)
	if err != nil {
		return Exported{}, err
	}
	out := Exported{Name: s.Name() + "." + f.Endings[0], MIME: f.MIME}
	if f.binary {
		out.Body = body
	} else {
		out.Text = string(body)
	}
	return out, nil
}
