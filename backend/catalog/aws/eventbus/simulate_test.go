package eventbus

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

var caller = kind.Principal{Role: "arn:aws:iam::000000000000:role/shop", Session: "shop"}

// station is a world with a bus, whose rules note what they are given.
type station struct {
	*kindtest.World
	t   *testing.T
	sim kind.Simulation
	bus kind.Instance
	got map[string][]map[string]any // events by the rule's logical id
	err error                       // what rules answer
}

func newStation(t *testing.T) *station {
	t.Helper()
	s := &station{t: t, sim: New().Simulate(), got: map[string][]map[string]any{}}
	accept := func(_ context.Context, _ kind.World, in kind.Instance, d kind.Delivery) error {
		var e map[string]any
		if err := json.Unmarshal(d.Payload, &e); err != nil {
			t.Errorf("%s: %v", d.Payload, err)
		}
		if !d.Principal.Owner || d.Hops == 0 {
			t.Errorf("%+v", d)
		}
		s.got[in.LogicalID] = append(s.got[in.LogicalID], e)
		return s.err
	}
	s.World = kindtest.New(s.sim, kind.Simulation{Types: []kind.ResourceType{{Type: ruleType, Accept: accept}}})
	var err error
	if s.bus, err = s.Create(t.Context(), "Shop", busType, map[string]any{"Name": "shop"}); err != nil {
		t.Fatal(err)
	}
	for id, bus := range map[string]any{"One": "shop", "Two": s.bus.ARN, "Other": "other", "Default": nil} {
		s.Put(kind.Instance{LogicalID: id, Type: ruleType, ARN: "arn:aws:events:us-east-1:000000000000:rule/" + id, Properties: map[string]any{"EventBusName": bus}})
	}
	return s
}

func (s *station) ask(operation string, in any) (int, map[string]any) {
	s.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	r := s.sim.Services[0].Serve(s.t.Context(), s.World, kind.APIRequest{Principal: caller, HTTPRequest: kind.HTTPRequest{Method: "POST", Path: "/", Body: body,
		Header: map[string][]string{"X-Amz-Target": {"AWSEvents." + operation}}}})
	var out map[string]any
	if err := json.Unmarshal(r.Body, &out); err != nil {
		s.t.Fatalf("%s: %v", r.Body, err)
	}
	return r.Status, out
}

type fields = map[string]any

func entries(list ...fields) fields { return fields{"Entries": list} }

func TestPutEvents(t *testing.T) {
	s := newStation(t)
	status, out := s.ask("PutEvents", entries(
		fields{"EventBusName": "shop", "Source": "shop", "DetailType": "Order placed", "Detail": `{"n":1}`, "Resources": []string{"arn:x"}, "Time": 1700000000},
		fields{"EventBusName": s.bus.ARN, "Source": "shop", "DetailType": "Order sent", "Detail": `{}`},
		fields{"Source": "shop", "DetailType": "Order lost", "Detail": `{}`}))
	results := out["Entries"].([]any)
	if status != 200 || out["FailedEntryCount"] != 0.0 || len(results) != 3 {
		t.Fatalf("%d %v", status, out)
	}
	if len(s.got["One"]) != 2 || len(s.got["Two"]) != 2 || len(s.got["Other"]) != 0 || len(s.got["Default"]) != 1 {
		t.Fatalf("%v", s.got)
	}
	e := s.got["One"][0]
	if e["version"] != "0" || e["id"] != results[0].(fields)["EventId"] || e["detail-type"] != "Order placed" || e["source"] != "shop" || e["account"] != "000000000000" || e["region"] != "us-east-1" ||
		e["time"] != "2023-11-14T22:13:20Z" || e["detail"].(fields)["n"] != 1.0 || e["resources"].([]any)[0] != "arn:x" {
		t.Errorf("%v", e)
	}
	if e = s.got["One"][1]; e["time"] != "2026-03-01T12:00:00Z" || len(e["resources"].([]any)) != 0 {
		t.Errorf("%v", e)
	}
	if a := s.Asked(); a[0].Action != "events:PutEvents" || a[0].Resource != s.bus.ARN || a[0].Principal != caller || a[0].Context["events:source"] != "shop" || a[2].Resource != s.ARN("events", "event-bus/default") {
		t.Errorf("%+v", a)
	}
}

// An entry that is wrong does not keep the others from being taken.
func TestEntriesThatAreRefused(t *testing.T) {
	s := newStation(t)
	entry := func(more fields) fields {
		e := fields{"EventBusName": "shop", "Source": "shop", "DetailType": "T", "Detail": "{}"}
		for k, v := range more {
			e[k] = v
		}
		return e
	}
	_, out := s.ask("PutEvents", entries(entry(fields{"Source": ""}), entry(fields{"DetailType": ""}), entry(fields{"Detail": ""}), entry(fields{"Detail": "[1]"}), entry(fields{"Detail": "{"}),
		entry(fields{"Source": "aws.s3"}), entry(fields{"DetailType": strings.Repeat("x", 129)}), entry(nil)))
	var codes []string
	for _, r := range out["Entries"].([]any) {
		code, _ := r.(fields)["ErrorCode"].(string)
		codes = append(codes, code)
	}
	if got := strings.Join(codes, " "); got != "InvalidArgument InvalidArgument InvalidArgument MalformedDetail MalformedDetail NotAuthorizedForSourceException InvalidArgument " || out["FailedEntryCount"] != 7.0 || len(s.got["One"]) != 1 {
		t.Errorf("%q %v", got, out)
	}
	s.err = fault.New(fault.Internal, "full")
	if _, out = s.ask("PutEvents", entries(entry(nil))); out["FailedEntryCount"] != 1.0 || out["Entries"].([]any)[0].(fields)["ErrorCode"] != "InternalFailure" {
		t.Errorf("%v", out)
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	s := newStation(t)
	half := fields{"Source": "s", "DetailType": "T", "Detail": `{"x":"` + strings.Repeat("x", 140<<10) + `"}`}
	for _, c := range []struct {
		operation string
		in        any
		code      string
	}{
		{"PutEvents", entries(), "ValidationException"},
		{"PutEvents", entries(make([]fields, 11)...), "ValidationException"},
		{"PutEvents", entries(half, half), "ValidationException"},
		{"PutEvents", fields{"EndpointId": "x", "Entries": []fields{{}}}, "ValidationException"},
		{"PutEvents", entries(fields{"Colour": "red"}), "ValidationException"},
		{"PutEvents", "text", "SerializationException"},
		{"PutRule", fields{}, "ValidationException"},
		{"TestEventPattern", fields{"Event": "{}", "EventPattern": "{}"}, "InvalidEventPatternException"},
		{"TestEventPattern", fields{"Event": "{}", "EventPattern": `{"source":["x"]}`}, "ValidationException"},
	} {
		status, out := s.ask(c.operation, c.in)
		if status != 400 || out["__type"] != c.code || out["message"] == "" {
			t.Errorf("%s: %d %v, want %s", c.operation, status, out, c.code)
		}
	}
	s.Denied = func(a kind.Access) error { return fault.New(fault.Denied, "not authorized to perform: %s", a.Action) }
	status, out := s.ask("PutEvents", entries(fields{"Source": "s", "DetailType": "T", "Detail": "{}"}))
	if status != 400 || out["__type"] != "AccessDeniedException" || !strings.Contains(out["message"].(string), "events:PutEvents") || len(s.got) != 0 {
		t.Errorf("%d %v", status, out)
	}
}

func TestTryingAPattern(t *testing.T) {
	s := newStation(t)
	event := `{"id":"1","account":"0","source":"shop","time":"2026-01-01T00:00:00Z","region":"r","resources":[],"detail-type":"T","detail":{"n":5}}`
	for pattern, want := range map[string]bool{`{"detail":{"n":[{"numeric":[">",4]}]}}`: true, `{"source":["other"]}`: false} {
		if status, out := s.ask("TestEventPattern", fields{"Event": event, "EventPattern": pattern}); status != 200 || out["Result"] != want {
			t.Errorf("%s: %d %v", pattern, status, out)
		}
	}
}

// A function's destination and a schedule give the detail, and say in attributes what the envelope says.
func TestDelivery(t *testing.T) {
	s := newStation(t)
	err := s.Deliver(t.Context(), kind.Delivery{Principal: caller, Target: s.bus.ARN, Payload: []byte(`{"n":1}`), Hops: 2,
		Attributes: map[string]string{"Source": "lambda", "DetailType": "Result", "Resources": "arn:a,arn:b"}})
	if e := s.got["One"]; err != nil || len(e) != 1 || e[0]["source"] != "lambda" || e[0]["detail-type"] != "Result" || len(e[0]["resources"].([]any)) != 2 || e[0]["detail"].(fields)["n"] != 1.0 {
		t.Errorf("%v %v", err, e)
	}
	if err := s.Deliver(t.Context(), kind.Delivery{Target: s.bus.ARN, Payload: []byte(`"text"`)}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

func TestBusIsCreated(t *testing.T) {
	s := newStation(t)
	if s.bus.PhysicalID != "shop" || s.bus.ARN != "arn:aws:events:us-east-1:000000000000:event-bus/shop" || s.bus.Attributes["Arn"] != s.bus.ARN || s.bus.Attributes["Name"] != "shop" {
		t.Errorf("%+v", s.bus)
	}
	if _, err := s.Create(t.Context(), "Again", busType, map[string]any{"Name": "shop"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("%v", err)
	}
	for _, name := range []string{"default", "", "aws.partner/x"} {
		if _, err := s.Create(t.Context(), "Bad", busType, map[string]any{"Name": name}); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestCall(t *testing.T) {
	target := kind.Target{Node: "shop", Resources: map[string]kind.Deployed{"": {PhysicalID: "shop-bus"}}}
	for payload, want := range map[string]string{
		`{"source":"shop","detail-type":"T","detail":{"n":1},"resources":["arn:x"]}`: `{"Entries":[{"Detail":"{\"n\":1}","DetailType":"T","EventBusName":"shop-bus","Resources":["arn:x"],"Source":"shop"}]}`,
		`{"n":1}`: `{"Entries":[{"Detail":"{\"n\":1}","DetailType":"call","EventBusName":"shop-bus","Source":"airloom"}]}`,
	} {
		if r, err := New().Call(target, []byte(payload)); err != nil || string(r.Body) != want || r.Service != "events" || r.Header["X-Amz-Target"] != "AWSEvents.PutEvents" {
			t.Errorf("%v %s", err, r.Body)
		}
	}
	if _, err := New().Call(target, []byte(`[]`)); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
	if _, err := New().Call(kind.Target{}, []byte(`{}`)); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}
