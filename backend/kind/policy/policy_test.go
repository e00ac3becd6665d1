package policy

import (
	"context"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

var boxes = Attachment{Type: "Test::BoxPolicy", To: "Test::Box", Noun: "box", List: "Boxes", Space: "test",
	ARN: func(w kind.World, entry string) string { return w.ARN("test", strings.TrimPrefix(entry, "http://")) }}

// world has the boxes a and b, and a lid that is none.
func world() *kindtest.World {
	w := kindtest.New(kind.Simulation{Types: []kind.ResourceType{boxes.ResourceType()}})
	for _, name := range []string{"a", "b"} {
		w.Put(kind.Instance{LogicalID: name, Type: "Test::Box", ARN: w.ARN("test", name)})
	}
	w.Put(kind.Instance{LogicalID: "Lid", Type: "Test::Lid", ARN: w.ARN("test", "lid")})
	return w
}

func properties(says string, entries ...any) map[string]any {
	return map[string]any{"PolicyDocument": map[string]any{"Statement": says}, "Boxes": entries}
}

func attach(t *testing.T, w *kindtest.World, id, says string, entries ...any) kind.Instance {
	t.Helper()
	in, err := w.Create(context.Background(), id, boxes.Type, properties(says, entries...))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// says compares what the world and the state know of a box's policy.
func says(t *testing.T, w *kindtest.World, box, want string) {
	t.Helper()
	arn, stored := w.ARN("test", box), ""
	if err := w.State("test").View(func(tx kind.Tx) error { stored = Text(tx, arn); return nil }); err != nil {
		t.Fatal(err)
	}
	known, _ := w.Policies(arn)["policy"]["Statement"].(string)
	if wanted := `{"Statement":"` + want + `"}`; known != want || want != "" && stored != wanted || want == "" && stored != "" {
		t.Errorf("%s says %q and keeps %s, want %q", box, known, stored, want)
	}
}

func TestTheLastWriterCounts(t *testing.T) {
	w := world()
	first := attach(t, w, "First", "one", "http://a", "http://b")
	second := attach(t, w, "Second", "two", "http://a")
	says(t, w, "a", "two")
	says(t, w, "b", "one")
	if err := w.Delete(context.Background(), first); err != nil {
		t.Fatal(err)
	}
	says(t, w, "a", "two")
	says(t, w, "b", "")
	next, err := w.Update(context.Background(), second, properties("three", "http://b"))
	if err != nil || next.PhysicalID != second.PhysicalID || next.Attributes["Id"] != second.PhysicalID {
		t.Errorf("%+v, %v", next, err)
	}
	says(t, w, "a", "")
	says(t, w, "b", "three")
	if err := w.Delete(context.Background(), next); err != nil {
		t.Fatal(err)
	}
	says(t, w, "b", "")
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		properties map[string]any
		code       fault.Code
		says       string
	}{
		{properties("x", "http://none"), fault.NotFound, "the box http://none does not exist"},
		{properties("x", "http://lid"), fault.NotFound, "the box http://lid does not exist"},
		{map[string]any{"Boxes": []any{"http://a"}, "PolicyDocument": "x"}, fault.Invalid, "the policy document of a box policy must be an object"},
	} {
		if _, err := world().Create(context.Background(), "P", boxes.Type, c.properties); fault.CodeOf(err) != c.code || fault.As(err).Message != c.says || fault.As(err).Where != "P" {
			t.Errorf("%v: %v", c.properties, err)
		}
	}
}
