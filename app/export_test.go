package app

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"airloom/backend/catalog"
	"airloom/backend/design"
	"airloom/backend/diagram"
	"airloom/backend/fault"
)

func (s still) Name() string { return "shop" }

func opened(d design.Design) *Session {
	return &Session{app: New(Deps{Shelf: catalog.Shelf(), Samples: fstest.MapFS{}, Now: time.Now}), project: still{d: d}}
}

func TestEveryFormIsExportedByItsName(t *testing.T) {
	begins := map[string]string{"svg": "<svg", "png": "\x89PNG", "pdf": "%PDF-", "dot": "digraph", "mermaid": "flowchart", "drawio": "<mxfile", "md": "# shop"}
	for _, f := range ExportFormats() {
		out, err := opened(drawn()).Export(ExportOptions{Format: f.Name, Scale: 1})
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if out.Name != "shop."+f.Endings[0] || out.MIME != f.MIME || !bytes.HasPrefix(out.Bytes(), []byte(begins[f.Name])) {
			t.Errorf("%s: %s, %s, %.20q", f.Name, out.Name, out.MIME, out.Bytes())
		}
		if (out.Text == "") != f.binary || (out.Body == nil) == f.binary {
			t.Errorf("%s: text %t, body %t", f.Name, out.Text != "", out.Body != nil)
		}
		for _, ending := range f.Endings {
			if got := ExportFormatOf("a.b." + strings.ToUpper(ending)); got != f.Name {
				t.Errorf("a file that ends with %s is %q", ending, got)
			}
		}
	}
	if _, err := opened(drawn()).Export(ExportOptions{Format: "gif"}); fault.CodeOf(err) != fault.Unsupported {
		t.Error(err)
	}
	if _, err := opened(drawn()).Export(ExportOptions{Format: "svg", IDs: []design.ID{"nothing"}}); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
}

// The drawing of the tests has no places: its picture is laid out, and the drawing itself stays as it is.
func TestWhatNobodyPlacedIsLaidOutOnItsWay(t *testing.T) {
	d := drawn()
	s := opened(d)
	diff, err := s.Layout(nil, "")
	if err != nil || len(diff.Nodes.Updated) == 0 {
		t.Fatalf("%v, %v", diff, err)
	}
	placed, err := design.Apply(d, diff)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := opened(placed).Export(ExportOptions{Format: "svg"})
	got, _ := s.Export(ExportOptions{Format: "svg"})
	if want.Text != got.Text || !diagram.Unplaced(s.Design()) {
		t.Error("the picture is not that of the tidy drawing")
	}
	if _, err := s.Layout(nil, "up"); fault.CodeOf(err) != fault.Invalid {
		t.Error(err)
	}
	if _, err := s.Layout([]design.ID{"nothing"}, "right"); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
}

func TestTheDocumentSaysWhatWiresGrantAndWhoMay(t *testing.T) {
	s := opened(drawn())
	doc, err := s.document(s.Design())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(doc.Wires, func(w diagram.Wired) bool { return w.From == "the worker" })
	if w := doc.Wires[i]; w.To != "jobs" || w.Means != "send" || len(w.Grants) != 1 || !slices.Contains(w.Grants[0].Actions, "sqs:SendMessage") || !slices.Equal(w.Variables, []string{"JOBS_QUEUE_URL"}) {
		t.Errorf("%+v", w)
	}
	// A wire of the document adds what it adds to the whole drawing.
	whole := deltaOf(t, s.Design(), "send")
	if !slices.Equal(whole.Statements[0].Actions, doc.Wires[i].Grants[0].Actions) {
		t.Errorf("%v and %v", whole.Statements, doc.Wires[i].Grants)
	}
	i = slices.IndexFunc(doc.Roles, func(r diagram.Role) bool { return r.Node == "the worker" })
	if i < 0 || len(doc.Roles[i].Grants) < 2 {
		t.Errorf("%+v", doc.Roles)
	}
	part, err := s.document(diagram.Select(s.Design(), []design.ID{"jobs"}))
	if err != nil || len(part.Nodes) != 1 || len(part.Wires) != 0 || len(part.Roles) != 0 || len(part.Resources) == 0 {
		t.Errorf("of one queue: %+v, %v", part, err)
	}
}

func TestSecretsAreNotInTheDocument(t *testing.T) {
	d := design.New()
	for _, k := range catalog.Shelf() {
		sp := k.Spec()
		props := design.Props{}
		for _, f := range sp.Fields {
			if f.Sensitive {
				props[f.Name] = "canary"
			}
		}
		id := design.NewNodeID(d, sp.Noun, sp.Noun)
		d.Nodes[id] = design.Node{ID: id, Kind: sp.ID, Name: sp.Noun, X: 1, Props: props}
	}
	for _, f := range ExportFormats() {
		out, err := opened(d).Export(ExportOptions{Format: f.Name, Scale: 1})
		if err != nil || bytes.Contains(out.Bytes(), []byte("canary")) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
