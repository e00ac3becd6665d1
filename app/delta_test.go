package app

import (
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"airloom/backend/catalog"
	"airloom/backend/design"
	"airloom/backend/fault"
)

// still is a project with one drawing that never changes.
type still struct {
	Project
	d design.Design
}

func (s still) Design() design.Design { return s.d }

func deltaOf(t *testing.T, d design.Design, id design.ID) Delta {
	t.Helper()
	a := New(Deps{Shelf: catalog.Shelf(), Samples: fstest.MapFS{}, Now: time.Now})
	s := &Session{app: a, project: still{d: d}}
	out, err := s.Delta(id)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func drawn() design.Design {
	d := design.New()
	for _, n := range []design.Node{{ID: "worker", Kind: "aws.lambda", Name: "the worker"}, {ID: "jobs", Kind: "aws.sqs", Name: "jobs"},
		{ID: "store", Kind: "aws.lambda", Name: "store"}} {
		d.Nodes[n.ID] = n
	}
	wire := func(id design.ID, from, to, fromPort, toPort, protocol, access string) {
		d.Edges[id] = design.Edge{ID: id, From: design.End{Node: design.ID(from), Port: fromPort}, To: design.End{Node: design.ID(to), Port: toPort}, Protocol: protocol, Access: access}
	}
	wire("send", "worker", "jobs", "out", "in", "call", "send")
	wire("feed", "jobs", "store", "out", "in", "poll", "")
	return d
}

// A call wire adds a permission and a variable to its source, and nothing to anybody else.
func TestACallAddsAPermissionAndAVariable(t *testing.T) {
	got := deltaOf(t, drawn(), "send")
	if len(got.Statements) != 1 || got.Statements[0].On != "the worker" || !slices.Contains(got.Statements[0].Actions, "sqs:SendMessage") ||
		!slices.Equal(got.Statements[0].Resources, []string{"Jobs.Arn"}) {
		t.Errorf("statements %+v", got.Statements)
	}
	if len(got.Variables) != 1 || got.Variables[0].On != "the worker" || got.Variables[0].Name != "JOBS_QUEUE_URL" || got.Variables[0].Value != "Jobs" {
		t.Errorf("variables %+v", got.Variables)
	}
	for _, r := range got.Resources {
		if r.Action != "update" || len(r.Paths) == 0 {
			t.Errorf("resource %+v", r)
		}
	}
	if len(got.Resources) == 0 || got.Text == "" {
		t.Errorf("%+v", got)
	}
}

// A poll wire adds the event source mapping and what the reader must be allowed.
func TestAPollAddsTheMapping(t *testing.T) {
	got := deltaOf(t, drawn(), "feed")
	if !slices.ContainsFunc(got.Resources, func(r DeltaResource) bool { return r.Type == "AWS::Lambda::EventSourceMapping" && r.Action == "add" }) {
		t.Errorf("resources %+v", got.Resources)
	}
	if !slices.ContainsFunc(got.Statements, func(s DeltaStatement) bool {
		return s.On == "store" && slices.Contains(s.Actions, "sqs:ReceiveMessage")
	}) {
		t.Errorf("statements %+v", got.Statements)
	}
}

// A node adds its resources and what its wires bring; who may assume its role is no permission of it.
func TestANodeAddsItsResources(t *testing.T) {
	got := deltaOf(t, drawn(), "worker")
	if !slices.ContainsFunc(got.Resources, func(r DeltaResource) bool { return r.LogicalID == "Worker" && r.Action == "add" }) {
		t.Errorf("resources %+v", got.Resources)
	}
	for _, s := range got.Statements {
		if slices.Contains(s.Actions, "sts:AssumeRole") {
			t.Errorf("statements %+v", got.Statements)
		}
	}
}

func TestAnUnknownRecordHasNoDelta(t *testing.T) {
	a := New(Deps{Shelf: catalog.Shelf(), Samples: fstest.MapFS{}, Now: time.Now})
	s := &Session{app: a, project: still{d: drawn()}}
	if _, err := s.Delta("nobody"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
}
