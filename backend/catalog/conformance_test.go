package catalog_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"airloom/backend/catalog"
	"airloom/backend/check"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// categories are the sections of the palette.
var categories = []string{"Compute", "API", "Data", "Messaging", "Security", "Client", "Third party", "Drawing", "Any"}

// folder is where a kind lies, relative to this package.
func folder(k kind.Kind) string {
	return strings.TrimPrefix(reflect.TypeOf(k).PkgPath(), "airloom/backend/catalog/")
}

// example are the properties with which a node of the kind is complete: those of its testdata/props.json where fields are
// required that have no default, else none.
func example(t testing.TB, k kind.Kind) design.Props {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.FromSlash(folder(k)), "testdata", "props.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var p design.Props
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// each runs a test for every kind on the shelf.
func each(t *testing.T, f func(*testing.T, kind.Kind, kind.Spec)) {
	for _, k := range catalog.Shelf() {
		t.Run(k.Spec().ID, func(t *testing.T) { f(t, k, k.Spec()) })
	}
}

func TestKindsAreDescribed(t *testing.T) {
	ids := map[string]bool{}
	each(t, func(t *testing.T, k kind.Kind, sp kind.Spec) {
		family, _, _ := strings.Cut(folder(k), "/")
		if of, _, _ := strings.Cut(sp.ID, "."); ids[sp.ID] || of != family {
			t.Errorf("the id %q is not unique, or not of the family %s", sp.ID, family)
		}
		ids[sp.ID] = true
		if sp.Title == "" || sp.Noun == "" || sp.Noun != strings.ToLower(sp.Noun) || sp.Summary == "" || strings.HasSuffix(sp.Summary, ".") || len(sp.Keywords) == 0 {
			t.Errorf("title %q, noun %q, summary %q, keywords %q", sp.Title, sp.Noun, sp.Summary, sp.Keywords)
		}
		if !slices.Contains(categories, sp.Category) {
			t.Errorf("%q is no section of the palette", sp.Category)
		}
		if len(sp.Help) < 100 || strings.Contains(sp.Help, "<script") || strings.Contains(sp.Help, "http://") {
			t.Error("the help is missing, or holds what no help page may hold")
		}
		if _, calls := k.(kind.Caller); calls != sp.Callable {
			t.Errorf("callable is %v, and Call is implemented: %v", sp.Callable, calls)
		}
		if sp.Sample != "" && (!sp.Callable || !json.Valid([]byte(sp.Sample))) {
			t.Errorf("the sample payload is %q", sp.Sample)
		}
		if sp.Doc != "" || sp.Shape == kind.Box {
			web(t, sp.Doc)
		}
		if !slices.Contains([]kind.Shape{kind.Box, kind.Group, kind.Note}, sp.Shape) || sp.Shape != kind.Box && len(sp.Ports) > 0 {
			t.Errorf("shape %q with %d ports", sp.Shape, len(sp.Ports))
		}
		if sp.Fields == nil || sp.Ports == nil {
			t.Error("fields or ports are null in JSON: the interface expects lists")
		}
		if !reflect.DeepEqual(sp, k.Spec()) {
			t.Error("the description changes from call to call")
		}
	})
}

// web holds an address of documentation to https.
func web(t *testing.T, address string) {
	t.Helper()
	if !strings.HasPrefix(address, "https://") || strings.ContainsAny(address, " <>\"") {
		t.Errorf("%q is no https address", address)
	}
}

// Icons are drawn inside the page and exported diagrams: they hold shapes and nothing else.
func TestIconsAreShapesAndNothingElse(t *testing.T) {
	elements := []string{"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "title", "defs", "linearGradient", "stop"}
	attributes := regexp.MustCompile(`^(xmlns|viewBox|width|height|fill|fill-rule|fill-opacity|clip-rule|stroke|stroke-[a-z]+|opacity|d|x|y|x1|y1|x2|y2|cx|cy|r|rx|ry|points|transform|offset|stop-color|id|gradientUnits)$`)
	each(t, func(t *testing.T, _ kind.Kind, sp kind.Spec) {
		if len(sp.Icon) > 4096 {
			t.Errorf("the icon has %d bytes", len(sp.Icon))
		}
		d := xml.NewDecoder(strings.NewReader(sp.Icon))
		var root *xml.StartElement
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			e, ok := token.(xml.StartElement)
			if _, odd := token.(xml.ProcInst); odd {
				t.Error("the icon has a processing instruction")
			}
			if !ok {
				continue
			}
			if root == nil {
				root = &e
			}
			if !slices.Contains(elements, e.Name.Local) {
				t.Errorf("the icon has an element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				if !attributes.MatchString(a.Name.Local) || strings.Contains(a.Value, ":") && a.Name.Local != "xmlns" || strings.Contains(a.Value, "url(") && !strings.HasPrefix(a.Value, "url(#") {
					t.Errorf("the icon has %s=%q", a.Name.Local, a.Value)
				}
			}
		}
		if root == nil || root.Name.Local != "svg" || root.Name.Space != "http://www.w3.org/2000/svg" || !slices.ContainsFunc(root.Attr, func(a xml.Attr) bool { return a.Name.Local == "viewBox" }) {
			t.Error("the icon is no SVG with a viewBox")
		}
	})
}

func TestFieldsAreValid(t *testing.T) {
	each(t, func(t *testing.T, k kind.Kind, sp kind.Spec) {
		checkFields(t, sp.Fields, false)
		for _, p := range sp.Ports {
			checkFields(t, p.Fields, false)
		}
		// The defaults are values that the fields take.
		d := design.New()
		d.Nodes["n"] = design.Node{ID: "n", Kind: sp.ID, Name: "n", Props: kind.WithDefaults(nil, sp.Fields)}
		for _, f := range check.Design(d, catalog.Shelf()) {
			if !missing(sp, f) {
				t.Errorf("with its defaults: %+v", f)
			}
		}
		// And so are the values of its example.
		d.Nodes["n"] = design.Node{ID: "n", Kind: sp.ID, Name: "n", Props: example(t, k)}
		for _, f := range check.Design(d, catalog.Shelf()) {
			t.Errorf("with its example: %+v", f)
		}
	})
}

// missing tells whether a finding is about a required field that has no value yet.
func missing(sp kind.Spec, f fault.Finding) bool {
	return slices.ContainsFunc(sp.Fields, func(field kind.Field) bool {
		return field.Name == f.Field && field.Required && field.Default == nil
	})
}

func checkFields(t *testing.T, fields []kind.Field, column bool) {
	t.Helper()
	types := []kind.FieldType{kind.Text, kind.LongText, kind.Number, kind.Flag, kind.Choice, kind.List, kind.Map, kind.Rows, kind.JSON, kind.Cron, kind.Path, kind.Code, kind.Color}
	name := regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	seen := map[string]bool{}
	for _, f := range fields {
		if seen[f.Name] || !name.MatchString(f.Name) || f.Title == "" || !slices.Contains(types, f.Type) {
			t.Errorf("the field %q (%s) of type %q is not unique or not well named", f.Name, f.Title, f.Type)
		}
		seen[f.Name] = true
		if _, err := regexp.Compile(f.Pattern); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if f.Doc != "" {
			web(t, f.Doc)
		}
		if options := slices.Sorted(slices.Values(f.Options)); len(slices.Compact(options)) != len(f.Options) || f.Type == kind.Choice && (len(options) == 0 || f.Default == nil && !f.Required) {
			t.Errorf("%s: a choice needs options, each once, and one of them by default", f.Name)
		}
		if f.Min != nil && f.Max != nil && *f.Min > *f.Max || (f.Min != nil || f.Max != nil || f.Step != 0) && f.Type != kind.Number {
			t.Errorf("%s: the limits make no sense", f.Name)
		}
		if f.Sensitive && f.Default != nil {
			t.Errorf("%s: a secret has no default", f.Name)
		}
		if (f.Type == kind.Rows) != (len(f.Columns) > 0) || column && f.Type == kind.Rows {
			t.Errorf("%s: rows, and nothing else, have columns, which are no rows again", f.Name)
		}
		checkFields(t, f.Columns, true)
	}
}

func TestPortsSpeakWhatTheirKindDoes(t *testing.T) {
	each(t, func(t *testing.T, k kind.Kind, sp kind.Spec) {
		seen := map[string]bool{}
		for _, p := range sp.Ports {
			if seen[p.ID] || p.ID == "" || p.Title == "" || p.Dir != kind.In && p.Dir != kind.Out || len(p.Speaks) == 0 || p.Max < 0 {
				t.Errorf("port %+v", p)
			}
			seen[p.ID] = true
			for _, s := range p.Speaks {
				protocol, ok := kind.ProtocolOf(s.Protocol)
				if !ok {
					t.Errorf("port %s: there is no protocol %q", p.ID, s.Protocol)
				} else if !protocol.Implements(k, p.Dir) {
					t.Errorf("port %s: the kind does not implement the %s side of %s", p.ID, p.Dir, s.Protocol)
				}
				if access := slices.Sorted(slices.Values(s.Access)); len(slices.Compact(access)) != len(s.Access) || slices.Contains(access, "") {
					t.Errorf("port %s: accesses %q", p.ID, s.Access)
				}
			}
		}
	})
}

// What kinds bring to the embedded sandbox is told apart by type, service and host, never by node.
func TestSimulationsDoNotMeet(t *testing.T) {
	types, services, hosts := map[string]string{}, map[string]string{}, map[string]string{}
	for _, k := range catalog.Shelf() {
		s, ok := k.(kind.Simulator)
		if !ok {
			continue
		}
		id := k.Spec().ID
		for _, rt := range s.Simulate().Types {
			if other, taken := types[rt.Type]; taken {
				t.Errorf("%s and %s both simulate %s", other, id, rt.Type)
			}
			types[rt.Type] = id
			if both := slices.Sorted(slices.Values(slices.Concat(rt.Properties, rt.Ignored))); len(slices.Compact(slices.Clone(both))) != len(both) {
				t.Errorf("%s lists a property of %s twice", id, rt.Type)
			}
			if (rt.Accept == nil) != (rt.Push == "") {
				t.Errorf("%s: %s takes deliveries by the action %q", id, rt.Type, rt.Push)
			}
			for _, p := range rt.Replace {
				if !slices.ContainsFunc(slices.Concat(rt.Properties, rt.Ignored), func(have string) bool {
					return have == p || strings.HasPrefix(p, have+".") || strings.HasPrefix(have, p+".")
				}) {
					t.Errorf("%s: the property %s of %s needs a replacement and is not listed", id, p, rt.Type)
				}
			}
		}
		for _, service := range s.Simulate().Services {
			if other, taken := services[service.Name]; taken || service.Serve == nil {
				t.Errorf("%s and %s both answer for %s", other, id, service.Name)
			}
			services[service.Name] = id
		}
		for _, h := range s.Simulate().Hosts {
			for _, name := range []string{"bucket.s3.us-east-1.amazonaws.com", "bucket.s3.amazonaws.com", "example.eu.auth0.com", "api.stripe.com", "example.com", "127.0.0.1", "localhost"} {
				if h.Match(name) {
					if hosts[name] != "" {
						t.Errorf("%s and %s both answer for the host %s", hosts[name], id, name)
					}
					hosts[name] = id
				}
			}
		}
	}
	for _, name := range []string{"example.com", "127.0.0.1", "localhost"} {
		if hosts[name] != "" {
			t.Errorf("%s answers for %s, which is nobody's", hosts[name], name)
		}
	}
}
