package sqs

import (
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestRefusedRequests(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"MaximumMessageSize": 1024})
	in := func(more fields) fields {
		out := fields{"QueueUrl": q.PhysicalID}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	attribute := func(name string, a fields) fields {
		return in(fields{"MessageBody": "x", "MessageAttributes": fields{name: a}})
	}
	eleven := fields{}
	for i := range 11 {
		eleven[string(rune('a'+i))] = fields{"DataType": "String", "StringValue": "v"}
	}
	for _, c := range []struct {
		operation string
		in        fields
		code      string
	}{
		{"SendMessage", fields{"MessageBody": "x"}, "MissingParameter"},
		{"SendMessage", fields{"QueueUrl": "http://127.0.0.1/0/none", "MessageBody": "x"}, "QueueDoesNotExist"},
		{"SendMessage", in(nil), "MissingParameter"},
		{"SendMessage", in(fields{"MessageBody": strings.Repeat("x", 1025)}), "InvalidParameterValue"},
		{"SendMessage", in(fields{"MessageBody": "a\x00"}), "InvalidMessageContents"},
		{"SendMessage", in(fields{"MessageBody": "x", "DelaySeconds": 901}), "InvalidParameterValue"},
		{"SendMessage", in(fields{"MessageBody": "x", "MessageAttributes": eleven}), "InvalidParameterValue"},
		{"SendMessage", attribute("AWS.x", fields{"DataType": "String", "StringValue": "v"}), "InvalidParameterValue"},
		{"SendMessage", attribute("a b", fields{"DataType": "String", "StringValue": "v"}), "InvalidParameterValue"},
		{"SendMessage", attribute("a", fields{"StringValue": "v"}), "InvalidParameterValue"},
		{"SendMessage", attribute("a", fields{"DataType": "Text", "StringValue": "v"}), "InvalidParameterValue"},
		{"SendMessage", attribute("a", fields{"DataType": "String", "StringValue": ""}), "InvalidParameterValue"},
		{"SendMessage", attribute("a", fields{"DataType": "Binary", "StringValue": "v"}), "InvalidParameterValue"},
		{"SendMessage", attribute("a", fields{"DataType": "Number", "StringValue": "five"}), "InvalidParameterValue"},
		{"SendMessage", in(fields{"MessageBody": "x", "MessageSystemAttributes": fields{"Other": fields{"DataType": "String", "StringValue": "v"}}}), "InvalidParameterValue"},
		{"SendMessage", in(fields{"MessageBody": 5}), "SerializationException"},
		{"SendMessage", in(fields{"MessageBody": "x", "Colour": "red"}), "UnsupportedOperation"},
		{"ReceiveMessage", in(fields{"MaxNumberOfMessages": 11}), "InvalidParameterValue"},
		{"ReceiveMessage", in(fields{"WaitTimeSeconds": 21}), "InvalidParameterValue"},
		{"ReceiveMessage", in(fields{"VisibilityTimeout": 43201}), "InvalidParameterValue"},
		{"DeleteMessage", in(nil), "MissingParameter"},
		{"DeleteMessage", in(fields{"ReceiptHandle": "abc"}), "ReceiptHandleIsInvalid"},
		{"ChangeMessageVisibility", in(fields{"ReceiptHandle": "abc"}), "MissingParameter"},
		{"SetQueueAttributes", in(fields{"Attributes": fields{"FifoQueue": "true"}}), "InvalidAttributeName"},
		{"SetQueueAttributes", in(fields{"Attributes": fields{"DelaySeconds": "901"}}), "InvalidAttributeValue"},
		{"GetQueueAttributes", in(fields{"AttributeNames": []string{"CreatedTimestamp"}}), "UnsupportedOperation"},
		{"GetQueueUrl", fields{"QueueName": "none"}, "QueueDoesNotExist"},
		{"GetQueueUrl", fields{}, "MissingParameter"},
		{"CreateQueue", fields{"QueueName": "x"}, "UnsupportedOperation"},
	} {
		d.refused(c.operation, c.in, c.code)
	}
}

func TestOldProtocolIsNamed(t *testing.T) {
	d := newDesk(t)
	r := d.sim.Services[0].Serve(t.Context(), d.World, kind.APIRequest{Operation: "SendMessage", HTTPRequest: kind.HTTPRequest{Method: "POST", Path: "/", Body: []byte("Action=SendMessage")}})
	if r.Status != 400 || !strings.Contains(string(r.Body), "query protocol") || r.Header["X-Amzn-Query-Error"][0] != "AWS.SimpleQueueService.UnsupportedOperation;Sender" {
		t.Errorf("%+v", r)
	}
}

// Each operation asks for its own permission on its own queue, and a refusal changes nothing.
func TestPermissions(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{})
	for operation, in := range map[string]fields{
		"SendMessage": {"MessageBody": "x"}, "ReceiveMessage": {}, "DeleteMessage": {"ReceiptHandle": "x"}, "ChangeMessageVisibility": {"ReceiptHandle": "x", "VisibilityTimeout": 1},
		"GetQueueAttributes": {}, "SetQueueAttributes": {"Attributes": fields{}}, "ListDeadLetterSourceQueues": {}, "ListQueueTags": {}, "PurgeQueue": {},
	} {
		var asked kind.Access
		d.Denied = func(a kind.Access) error {
			asked = a
			return fault.New(fault.Denied, "not authorized to perform: %s", a.Action)
		}
		in["QueueUrl"] = q.PhysicalID
		status, out := d.ask(operation, in)
		if status != 403 || out["__type"] != "com.amazonaws.sqs#AccessDeniedException" || asked.Action != "sqs:"+operation || asked.Resource != q.ARN || asked.Principal != caller {
			t.Errorf("%s: %d %v, asked %+v", operation, status, out, asked)
		}
	}
	for operation, action := range map[string]string{"SendMessageBatch": "SendMessage", "DeleteMessageBatch": "DeleteMessage", "ChangeMessageVisibilityBatch": "ChangeMessageVisibility"} {
		if status, _ := d.ask(operation, fields{"QueueUrl": q.PhysicalID}); status != 403 {
			t.Errorf("%s is allowed without sqs:%s", operation, action)
		}
	}
	d.Denied = nil
	if a := d.attributes(q); a["ApproximateNumberOfMessages"] != "0" {
		t.Error("a refused message was sent")
	}
}

func TestManaging(t *testing.T) {
	d := newDesk(t)
	a := d.queue("Alpha", fields{"QueueName": "alpha", "Tags": []any{fields{"Key": "team", "Value": "x"}}})
	b := d.queue("Beta", fields{"QueueName": "beta"})
	if got := d.must("GetQueueUrl", fields{"QueueName": "alpha"})["QueueUrl"]; got != a.PhysicalID || got != "http://127.0.0.1:4566/000000000000/alpha" {
		t.Errorf("%v", got)
	}
	page := d.must("ListQueues", fields{"MaxResults": 1})
	if urls := page["QueueUrls"].([]any); len(urls) != 1 || urls[0] != a.PhysicalID {
		t.Fatalf("%v", page)
	}
	page = d.must("ListQueues", fields{"MaxResults": 1, "NextToken": page["NextToken"]})
	if urls := page["QueueUrls"].([]any); len(urls) != 1 || urls[0] != b.PhysicalID || page["NextToken"] != nil {
		t.Fatalf("%v", page)
	}
	if out := d.must("ListQueues", fields{"QueueNamePrefix": "zeta"}); out["QueueUrls"] != nil {
		t.Errorf("%v", out)
	}
	if tags := d.must("ListQueueTags", fields{"QueueUrl": a.PhysicalID})["Tags"].(fields); tags["team"] != "x" {
		t.Errorf("%v", tags)
	}
	d.must("SetQueueAttributes", fields{"QueueUrl": a.PhysicalID, "Attributes": fields{"VisibilityTimeout": "7", "DelaySeconds": "1"}})
	d.must("SetQueueAttributes", fields{"QueueUrl": a.PhysicalID, "Attributes": fields{"DelaySeconds": "2"}})
	if at := d.attributes(a); at["VisibilityTimeout"] != "7" || at["DelaySeconds"] != "2" || at["MessageRetentionPeriod"] != "345600" || at["QueueArn"] != a.ARN || at["MaximumMessageSize"] != "1048576" {
		t.Errorf("%v", at)
	}
	if _, err := d.Update(t.Context(), a, fields{"QueueName": "alpha", "VisibilityTimeout": 9}); err != nil {
		t.Fatal(err)
	}
	if at := d.attributes(a); at["VisibilityTimeout"] != "9" || at["DelaySeconds"] != "0" {
		t.Errorf("the template's values win again: %v", at)
	}
}
