package sqs

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestQueueIsCreated(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"FifoQueue": true})
	name := q.Attributes["QueueName"].(string)
	if !strings.HasPrefix(name, "test-Jobs-") || !strings.HasSuffix(name, ".fifo") || q.ARN != "arn:aws:sqs:us-east-1:000000000000:"+name || q.Attributes["Arn"] != q.ARN || !strings.HasSuffix(q.PhysicalID, "/"+name) {
		t.Errorf("%+v", q)
	}
	d.queue("One", fields{"QueueName": "one"})
	if _, err := d.Create(t.Context(), "Two", queueType, fields{"QueueName": "one"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("%v", err)
	}
	for where, p := range map[string]fields{"DelaySeconds": {"DelaySeconds": 901}, "QueueName": {"QueueName": "x.fifo"}, "VisibilityTimeout": {"VisibilityTimeout": "43201"}} {
		if _, err := d.Create(t.Context(), "Bad", queueType, p); err == nil || fault.As(err).Where != where {
			t.Errorf("%v: %v", p, err)
		}
	}
}

func TestDeadLetterQueueMustFit(t *testing.T) {
	d := newDesk(t)
	plain, ordered := d.queue("Plain", fields{}), d.queue("Ordered", fields{"FifoQueue": true})
	closed := d.queue("Closed", fields{"RedriveAllowPolicy": fields{"redrivePermission": "denyAll"}})
	chosen := d.queue("Chosen", fields{"RedriveAllowPolicy": fields{"redrivePermission": "byQueue", "sourceQueueArns": []any{"arn:aws:sqs:us-east-1:000000000000:mine"}}})
	try := func(name, target string) error {
		_, err := d.Create(t.Context(), "Try"+name, queueType, fields{"QueueName": name, "RedrivePolicy": fields{"deadLetterTargetArn": target, "maxReceiveCount": 3}})
		return err
	}
	for _, target := range []string{"arn:aws:sqs:us-east-1:000000000000:none", ordered.ARN, closed.ARN, chosen.ARN} {
		if err := try("other", target); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", target, err)
		}
	}
	for _, target := range []string{plain.ARN, chosen.ARN} {
		if err := try("mine", target); err != nil && fault.CodeOf(err) != fault.Conflict {
			t.Errorf("%s: %v", target, err)
		}
	}
}

// A queue has one policy: the last one written, and removing an overwritten one does not remove it.
func TestPolicy(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{})
	policy := func(id, sid string) kind.Instance {
		in, err := d.Create(t.Context(), id, policyType, fields{"Queues": []any{q.PhysicalID}, "PolicyDocument": fields{"Version": "2012-10-17", "Statement": []any{fields{"Sid": sid}}}})
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	have := func() string {
		text, _ := d.attributes(q)["Policy"].(string)
		if len(d.Policies(q.ARN)) == 0 != (text == "") {
			t.Errorf("the attribute %q and the policy %v differ", text, d.Policies(q.ARN))
		}
		return text
	}
	first := policy("First", "one")
	second := policy("Second", "two")
	if !strings.Contains(have(), "two") {
		t.Error(have())
	}
	second.PhysicalID += "2" // the fake names by logical id and time
	if err := d.Delete(t.Context(), first); err != nil || !strings.Contains(have(), "two") {
		t.Errorf("%v %s", err, have())
	}
	second.PhysicalID = strings.TrimSuffix(second.PhysicalID, "2")
	next, err := d.Update(t.Context(), second, fields{"Queues": []any{q.PhysicalID}, "PolicyDocument": fields{"Statement": []any{fields{"Sid": "three"}}}})
	if err != nil || !strings.Contains(have(), "three") {
		t.Errorf("%v %s", err, have())
	}
	if err := d.Delete(t.Context(), next); err != nil || have() != "" {
		t.Errorf("%v %s", err, have())
	}
	if _, err := d.Create(t.Context(), "Lost", policyType, fields{"Queues": []any{"http://x/none"}, "PolicyDocument": fields{}}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}

// What a topic, a bucket, a rule or a function sends becomes a message with its attributes.
func TestDelivery(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"FifoQueue": true})
	err := d.Deliver(t.Context(), kind.Delivery{Principal: kind.Principal{Service: "sns.amazonaws.com"}, Target: q.ARN, Payload: []byte("hi"),
		Attributes: map[string]string{"MessageGroupId": "g", "MessageDeduplicationId": "1", "Number:n": "5", "Binary:b": "AQI=", "plain": "text"}})
	if err != nil {
		t.Fatal(err)
	}
	m := d.want(q, "hi")[0]
	a := m["MessageAttributes"].(fields)
	if attributeOf(m, "MessageGroupId") != "g" || a["n"].(fields)["DataType"] != "Number" || a["b"].(fields)["BinaryValue"] != "AQI=" || a["plain"].(fields)["StringValue"] != "text" || attributeOf(m, "SenderId") != d.Account() {
		t.Errorf("%v", m)
	}
	if err := d.Deliver(t.Context(), kind.Delivery{Target: q.ARN, Payload: []byte("hi")}); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "MessageGroupId") {
		t.Errorf("%v", err)
	}
}

func (d *desk) poll(q kind.Instance, most int) kind.Batch {
	d.t.Helper()
	b, err := d.Receive(d.t.Context(), q.ARN, kind.PollRequest{Max: most, Role: caller})
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

func TestPollingForAFunction(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"VisibilityTimeout": 30})
	d.must("SendMessage", fields{"QueueUrl": q.PhysicalID, "MessageBody": "a", "MessageAttributes": fields{"b": fields{"DataType": "Binary", "BinaryValue": "AQI="}}})
	d.send(q, "b")
	b := d.poll(q, 10)
	r := b.Records[0]
	if len(b.Records) != 2 || r["body"] != "a" || r["eventSource"] != "aws:sqs" || r["eventSourceARN"] != q.ARN || r["awsRegion"] != "us-east-1" || r["messageId"] != b.IDs[0] ||
		r["attributes"].(fields)["ApproximateReceiveCount"] != "1" || r["messageAttributes"].(fields)["b"].(fields)["binaryValue"] != "AQI=" || r["md5OfBody"] != "0cc175b9c0f1b6a831c399e269772661" {
		t.Errorf("%v", r)
	}
	if err := b.Done(b.IDs[1:]); err != nil {
		t.Fatal(err)
	}
	d.want(q, "")
	d.Advance(30 * time.Second)
	b = d.poll(q, 10)
	if len(b.Records) != 1 || b.Records[0]["body"] != "b" {
		t.Errorf("%v", b.Records)
	}
	d.Advance(30 * time.Second)
	later := d.poll(q, 10) // received again meanwhile: the first receiver's word does not count any more
	if err := b.Done(nil); err != nil {
		t.Fatal(err)
	}
	if err := later.Done(later.IDs); err != nil {
		t.Fatal(err)
	}
	d.Advance(30 * time.Second)
	d.want(q, "b")
}

func TestPollingNeedsItsPermissions(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{})
	d.send(q, "a")
	deny := func(action string) {
		d.Denied = func(a kind.Access) error {
			if a.Action == action && a.Principal == caller && a.Resource == q.ARN {
				return fault.New(fault.Denied, "not authorized to perform: %s", action)
			}
			return nil
		}
	}
	deny("sqs:ReceiveMessage")
	if _, err := d.Receive(t.Context(), q.ARN, kind.PollRequest{Max: 1, Role: caller}); fault.CodeOf(err) != fault.Denied {
		t.Errorf("%v", err)
	}
	deny("sqs:DeleteMessage")
	if err := d.poll(q, 1).Done(nil); fault.CodeOf(err) != fault.Denied {
		t.Errorf("%v", err)
	}
}

// An empty look at a queue writes nothing: it costs no disk.
func TestIdlePollingDoesNotWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		q := d.queue("Jobs", fields{})
		d.send(q, "a")
		d.want(q, "a")
		reader := &readOnly{World: d.World}
		b, err := d.sim.Types[0].Receive(t.Context(), reader, q, kind.PollRequest{Max: 1, Role: caller})
		if err != nil || len(b.Records) != 0 || reader.updates != 0 {
			t.Errorf("%v %v, %d writes", b, err, reader.updates)
		}
	})
}

type readOnly struct {
	kind.World
	updates int
}

func (r *readOnly) State(namespace string) kind.State {
	return countedState{r.World.State(namespace), r}
}

type countedState struct {
	kind.State
	r *readOnly
}

func (s countedState) Update(f func(kind.Tx) error) error { s.r.updates++; return s.State.Update(f) }

func TestCall(t *testing.T) {
	target := kind.Target{Node: "jobs", Props: fields{}, Resources: map[string]kind.Deployed{"": {PhysicalID: "http://x/0/jobs"}}}
	r, err := New().Call(target, []byte("hi"))
	if err != nil || r.Service != "sqs" || r.Header["X-Amz-Target"] != "AmazonSQS.SendMessage" || string(r.Body) != `{"MessageBody":"hi","QueueUrl":"http://x/0/jobs"}` {
		t.Errorf("%v %s", err, r.Body)
	}
	target.Props = fields{"type": "fifo", "contentDeduplication": false}
	if r, err = New().Call(target, []byte("hi")); err != nil || !strings.Contains(string(r.Body), `"MessageGroupId":"airloom"`) || !strings.Contains(string(r.Body), "MessageDeduplicationId") {
		t.Errorf("%v %s", err, r.Body)
	}
	if _, err = New().Call(target, nil); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
	if _, err = New().Call(kind.Target{}, []byte("hi")); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}
