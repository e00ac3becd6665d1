package generate_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"airloom/backend/catalog"
	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/internal/golden"
	"airloom/backend/kind"
)

const sample = "../../assets/samples/orders/sample.design.json"

func read(t *testing.T, text []byte) design.Design {
	t.Helper()
	d, err := design.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func gen(t *testing.T, d design.Design, s generate.Settings) generate.Bundle {
	t.Helper()
	b, err := generate.Generate(d, catalog.Shelf(), s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBundles(t *testing.T) {
	golden.Each(t, "testdata/*.txtar", func(t *testing.T, c *golden.Case) {
		b := gen(t, read(t, c.Input("design.json")), generate.Settings{})
		c.Want("template.json", b.Body)
		var rest strings.Builder
		for _, u := range b.Units {
			fmt.Fprintf(&rest, "unit %s: %s %s %s %s\n", u.Node, u.Source, u.Runtime, u.Handler, u.Arch)
		}
		for _, s := range b.Sites {
			fmt.Fprintf(&rest, "site %s: %s into %s\n", s.Node, s.Source, s.Bucket)
		}
		for _, f := range b.Findings {
			fmt.Fprintf(&rest, "%s %s %s %s: %s (%s)\n", f.Severity, f.Rule, f.Node, f.Field, f.Message, f.Hint)
		}
		c.Want("rest.txt", []byte(rest.String()))
	})
}

// The sample is what a new user sees first: nothing is wrong with it, and it is as its text says, byte for byte.
func TestTheSampleIsClean(t *testing.T) {
	text, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	d := read(t, text)
	if again, err := design.Marshal(d); err != nil || !bytes.Equal(again, text) {
		t.Error("the sample is not printed as design prints it", err)
	}
	b := gen(t, d, generate.Settings{})
	for _, f := range b.Findings {
		if f.Severity != fault.Note {
			t.Errorf("%+v", f)
		}
	}
	if len(b.Units) != 5 {
		t.Errorf("%d units", len(b.Units))
	}
	for _, n := range d.Nodes {
		if n.X != float64(int(n.X)/8*8) || n.Y != float64(int(n.Y)/8*8) {
			t.Errorf("%s lies beside the grid", n.ID)
		}
	}
}

func TestTheSameDrawingGivesTheSameBytes(t *testing.T) {
	text, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	first := gen(t, read(t, text), generate.Settings{})
	for range 100 {
		b := gen(t, read(t, text), generate.Settings{})
		if !bytes.Equal(b.Body, first.Body) || b.Digest != first.Digest || !slices.Equal(b.Findings, first.Findings) || !maps.Equal(b.Trace, first.Trace) {
			t.Fatal("another generation differs")
		}
	}
	moved := read(t, text)
	for id, n := range moved.Nodes {
		n.X, n.Y = n.Y, n.X
		moved.Nodes[id] = n
	}
	if gen(t, moved, generate.Settings{}).Digest != first.Digest {
		t.Error("moving nodes changes what is deployed")
	}
}

func TestEveryResourceAndOutputIsTraced(t *testing.T) {
	text, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	d := read(t, text)
	b := gen(t, d, generate.Settings{})
	for _, name := range slices.Concat(slices.Collect(maps.Keys(b.Template.Resources)), slices.Collect(maps.Keys(b.Template.Outputs))) {
		id := b.Trace[name]
		if _, isNode := d.Nodes[id]; isNode {
			continue
		}
		if _, isEdge := d.Edges[id]; !isEdge {
			t.Errorf("%s comes from nowhere", name)
		}
	}
	if parsed, err := cfn.Parse(b.Body); err != nil || !bytes.Equal(cfn.PrintJSON(parsed), b.Body) {
		t.Error("the body does not read as it is written", err)
	}
}

func TestPackedKeysComeIntoTheTemplate(t *testing.T) {
	d := design.New()
	d.Nodes["f"] = design.Node{ID: "f", Kind: "aws.lambda", Name: "f"}
	plain, packed := gen(t, d, generate.Settings{}), gen(t, d, generate.Settings{Keys: map[design.ID]string{"f": "abc.zip"}})
	key := func(b generate.Bundle) any {
		return b.Template.Resources["F"].Properties["Code"].(map[string]any)["S3Key"]
	}
	if k, _ := key(plain).(string); !kind.StandInKey(k) || key(packed) != "abc.zip" || plain.Digest == packed.Digest {
		t.Errorf("%v %v", key(plain), key(packed))
	}
}

// Nothing may come of a drawing's own sections but what they say.
func TestSettingsBecomeSections(t *testing.T) {
	d := design.New()
	d.Nodes["q"] = design.Node{ID: "q", Kind: "aws.sqs", Name: "q"}
	d.Nodes["any"] = design.Node{ID: "any", Kind: "aws.resource", Name: "any", Props: design.Props{"type": "AWS::SNS::Topic", "condition": "IsProd", "intrinsics": true,
		"properties": map[string]any{"DisplayName": map[string]any{"Ref": "Stage"}, "TopicName": map[string]any{"Fn::FindInMap": []any{"Names", map[string]any{"Ref": "Stage"}, "topic"}}}}}
	set := func(id design.ID, v any) { d.Settings[id] = design.Setting{ID: id, Value: v} }
	set("description", "as it came")
	set("parameters", map[string]any{"Stage": map[string]any{"Type": "String", "Default": "dev", "AllowedPattern": "[a-z]+"}})
	set("conditions", map[string]any{"IsProd": map[string]any{"Fn::Equals": []any{map[string]any{"Ref": "Stage"}, "prod"}}})
	set("mappings", map[string]any{"Names": map[string]any{"dev": map[string]any{"topic": "t"}}})
	set("outputs", map[string]any{"Topic": map[string]any{"Value": map[string]any{"Ref": "Any"}, "Condition": "IsProd"}})
	set("metadata", map[string]any{"Team": "shop"})
	b := gen(t, d, generate.Settings{})
	if len(b.Findings) != 0 {
		t.Error(b.Findings)
	}
	tpl := b.Template
	if tpl.Description != "as it came" || tpl.Parameters["Stage"].Extra["AllowedPattern"] != "[a-z]+" || tpl.Conditions["IsProd"] == nil || tpl.Mappings["Names"] == nil ||
		tpl.Outputs["Topic"].Condition != "IsProd" || tpl.Outputs["QUrl"].Value == nil || tpl.Metadata["Team"] != "shop" || tpl.Metadata["Airloom"] == nil {
		t.Errorf("%+v", tpl)
	}
	set("outputs", map[string]any{"QUrl": map[string]any{"Value": "mine"}})
	set("parameters", []any{"Stage"})
	b = gen(t, d, generate.Settings{})
	var rules []string
	for _, f := range b.Findings {
		rules = append(rules, f.Rule+" "+f.Node)
	}
	if got := strings.Join(rules, ", "); !strings.Contains(got, "settings outputs") || !strings.Contains(got, "settings parameters") || b.Template.Outputs["QUrl"].Value == "mine" {
		t.Error(got)
	}
}
