package sqs

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

// desk is a world with queues, asked through the API.
type desk struct {
	*kindtest.World
	t   *testing.T
	sim kind.Simulation
}

var caller = kind.Principal{Role: "arn:aws:iam::000000000000:role/worker", Session: "worker"}

func newDesk(t *testing.T) *desk {
	t.Helper()
	sim := New().Simulate()
	return &desk{kindtest.New(sim), t, sim}
}

func (d *desk) queue(id string, p map[string]any) kind.Instance {
	d.t.Helper()
	in, err := d.Create(d.t.Context(), id, queueType, p)
	if err != nil {
		d.t.Fatal(err)
	}
	return in
}

type fields = map[string]any

// ask sends a request and gives the answer's fields; status is the HTTP status.
func (d *desk) ask(operation string, in fields) (int, fields) {
	d.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		d.t.Fatal(err)
	}
	r := d.sim.Services[0].Serve(d.t.Context(), d.World, kind.APIRequest{Principal: caller, HTTPRequest: kind.HTTPRequest{Method: "POST", Path: "/", Body: body,
		Header: map[string][]string{"X-Amz-Target": {"AmazonSQS." + operation}}}})
	var out fields
	if err := json.Unmarshal(r.Body, &out); err != nil {
		d.t.Fatalf("%s: %s: %v", operation, r.Body, err)
	}
	return r.Status, out
}

// must asks for what has to succeed.
func (d *desk) must(operation string, in fields) fields {
	d.t.Helper()
	status, out := d.ask(operation, in)
	if status != 200 {
		d.t.Fatalf("%s: %d %v", operation, status, out)
	}
	return out
}

// refused asks for what has to fail, by the end of its error type.
func (d *desk) refused(operation string, in fields, code string) string {
	d.t.Helper()
	status, out := d.ask(operation, in)
	kind, _ := out["__type"].(string)
	message, _ := out["message"].(string)
	if status < 400 || !strings.HasSuffix(kind, "#"+code) || message == "" {
		d.t.Errorf("%s %v: %d %v, want %s", operation, in, status, out, code)
	}
	return message
}

func (d *desk) send(q kind.Instance, body string, more ...string) fields {
	d.t.Helper()
	in := fields{"QueueUrl": q.PhysicalID, "MessageBody": body}
	for i := 0; i < len(more); i += 2 {
		in[more[i]] = more[i+1]
	}
	return d.must("SendMessage", in)
}

// receive takes up to ten messages without waiting.
func (d *desk) receive(q kind.Instance, more ...any) []fields {
	d.t.Helper()
	in := fields{"QueueUrl": q.PhysicalID, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 0, "MessageSystemAttributeNames": []string{"All"}, "MessageAttributeNames": []string{"All"}}
	for i := 0; i < len(more); i += 2 {
		in[more[i].(string)] = more[i+1]
	}
	var out []fields
	list, _ := d.must("ReceiveMessage", in)["Messages"].([]any)
	for _, m := range list {
		out = append(out, m.(fields))
	}
	return out
}

// bodies of messages, in order.
func bodies(ms []fields) string {
	var out []string
	for _, m := range ms {
		out = append(out, m["Body"].(string))
	}
	return strings.Join(out, " ")
}

func attributeOf(m fields, name string) string {
	a, _ := m["Attributes"].(fields)
	s, _ := a[name].(string)
	return s
}

func (d *desk) remove(q kind.Instance, m fields) {
	d.t.Helper()
	d.must("DeleteMessage", fields{"QueueUrl": q.PhysicalID, "ReceiptHandle": m["ReceiptHandle"]})
}

func (d *desk) want(q kind.Instance, bodiesWanted string) []fields {
	d.t.Helper()
	ms := d.receive(q)
	if got := bodies(ms); got != bodiesWanted {
		d.t.Fatalf("received %q, want %q", got, bodiesWanted)
	}
	return ms
}

func (d *desk) attributes(q kind.Instance) fields {
	d.t.Helper()
	return d.must("GetQueueAttributes", fields{"QueueUrl": q.PhysicalID, "AttributeNames": []string{"All"}})["Attributes"].(fields)
}

const minute = time.Minute
