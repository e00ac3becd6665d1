package sqs

import (
	"testing"
	"time"
)

func TestFIFOKeepsTheOrderWithinAGroup(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"FifoQueue": true, "ContentBasedDeduplication": true, "VisibilityTimeout": 30})
	var last string
	for _, m := range []struct{ body, group string }{{"a1", "a"}, {"a2", "a"}, {"b1", "b"}, {"a3", "a"}} {
		sent := d.send(q, m.body, "MessageGroupId", m.group)
		if n := sent["SequenceNumber"].(string); len(n) != 20 || n <= last {
			t.Errorf("sequence number %q after %q", n, last)
		} else {
			last = n
		}
	}
	if got := bodies(d.receive(q, "MaxNumberOfMessages", 1)); got != "a1" {
		t.Fatal(got)
	}
	d.want(q, "b1") // the group a waits for a1
	d.Advance(30 * time.Second)
	ms := d.want(q, "a1 a2 b1 a3")
	if attributeOf(ms[0], "MessageGroupId") != "a" || attributeOf(ms[0], "MessageDeduplicationId") == "" || attributeOf(ms[0], "SequenceNumber") == "" {
		t.Errorf("%v", ms[0])
	}
	d.remove(q, ms[0])
	d.Advance(30 * time.Second)
	ms = d.want(q, "a2 b1 a3")
	d.Advance(30 * time.Second)
	d.refused("DeleteMessage", fields{"QueueUrl": q.PhysicalID, "ReceiptHandle": ms[0]["ReceiptHandle"]}, "InvalidParameterValue")
}

func TestFIFODropsDuplicatesForFiveMinutes(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"FifoQueue": true, "ContentBasedDeduplication": true})
	first := d.send(q, "a", "MessageGroupId", "g")
	again := d.send(q, "a", "MessageGroupId", "g")
	if first["MessageId"] != again["MessageId"] || first["SequenceNumber"] != again["SequenceNumber"] {
		t.Errorf("%v, %v", first, again)
	}
	d.send(q, "b", "MessageGroupId", "g", "MessageDeduplicationId", "1")
	d.send(q, "c", "MessageGroupId", "h", "MessageDeduplicationId", "1") // the id counts over all groups
	for _, m := range d.want(q, "a b") {
		d.remove(q, m)
	}
	d.Advance(5*minute - time.Millisecond)
	d.send(q, "a", "MessageGroupId", "g")
	d.want(q, "")
	d.Advance(time.Millisecond)
	d.send(q, "a", "MessageGroupId", "g")
	d.want(q, "a")
}

func TestFIFOHighThroughputCountsPerGroup(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"FifoQueue": true, "DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"})
	d.send(q, "a", "MessageGroupId", "g", "MessageDeduplicationId", "1")
	d.send(q, "b", "MessageGroupId", "h", "MessageDeduplicationId", "1")
	d.send(q, "c", "MessageGroupId", "h", "MessageDeduplicationId", "1")
	d.want(q, "a b")
	if a := d.attributes(q); a["DeduplicationScope"] != "messageGroup" || a["FifoThroughputLimit"] != "perMessageGroupId" || a["FifoQueue"] != "true" {
		t.Errorf("%v", a)
	}
}

func TestFIFORefusals(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"FifoQueue": true})
	d.refused("SendMessage", fields{"QueueUrl": q.PhysicalID, "MessageBody": "a"}, "MissingParameter")
	d.refused("SendMessage", fields{"QueueUrl": q.PhysicalID, "MessageBody": "a", "MessageGroupId": "g"}, "InvalidParameterValue")
	d.refused("SendMessage", fields{"QueueUrl": q.PhysicalID, "MessageBody": "a", "MessageGroupId": "g h", "MessageDeduplicationId": "1"}, "InvalidParameterValue")
	d.refused("SendMessage", fields{"QueueUrl": q.PhysicalID, "MessageBody": "a", "MessageGroupId": "g", "MessageDeduplicationId": "1", "DelaySeconds": 5}, "InvalidParameterValue")
	standard := d.queue("Standard", fields{})
	d.refused("SendMessage", fields{"QueueUrl": standard.PhysicalID, "MessageBody": "a", "MessageDeduplicationId": "1"}, "InvalidParameterValue")
	d.send(standard, "a", "MessageGroupId", "tenant") // fair queues take groups
}

// A dead letter of a FIFO queue starts a new age.
func TestFIFORedrive(t *testing.T) {
	d := newDesk(t)
	dead := d.queue("Dead", fields{"FifoQueue": true})
	q := d.queue("Jobs", fields{"FifoQueue": true, "ContentBasedDeduplication": true, "RedrivePolicy": fields{"deadLetterTargetArn": dead.ARN, "maxReceiveCount": "1"}})
	d.send(q, "a", "MessageGroupId", "g")
	d.send(q, "b", "MessageGroupId", "g")
	if got := bodies(d.receive(q, "MaxNumberOfMessages", 1)); got != "a" {
		t.Fatal(got)
	}
	d.Advance(minute)
	d.want(q, "b")
	if m := d.want(dead, "a")[0]; attributeOf(m, "SentTimestamp") != "1772366460000" || attributeOf(m, "MessageGroupId") != "g" {
		t.Errorf("%v", m)
	}
}
