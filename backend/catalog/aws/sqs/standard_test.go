package sqs

import (
	"cmp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airloom/backend/kind"
)

func TestSendReceiveDelete(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{})
	sent := d.must("SendMessage", fields{"QueueUrl": q.PhysicalID, "MessageBody": "hello", "MessageAttributes": fields{
		"n": fields{"DataType": "Number.int", "StringValue": "5"}, "b": fields{"DataType": "Binary", "BinaryValue": "AQI="}}})
	// SDKs compare the digests with their own. These were computed by another program from AWS's description.
	if sent["MD5OfMessageBody"] != "5d41402abc4b2a76b9719d911017c592" || sent["MD5OfMessageAttributes"] != "0ba6fd081f99473ff9eb823f7292a1f0" || sent["SequenceNumber"] != nil {
		t.Errorf("%v", sent)
	}
	ms := d.want(q, "hello")
	m := ms[0]
	if m["MessageId"] != sent["MessageId"] || m["MD5OfMessageAttributes"] != sent["MD5OfMessageAttributes"] || attributeOf(m, "ApproximateReceiveCount") != "1" ||
		attributeOf(m, "SentTimestamp") != "1772366400000" || !strings.HasSuffix(attributeOf(m, "SenderId"), ":worker") || m["MessageAttributes"].(fields)["n"].(fields)["StringValue"] != "5" {
		t.Errorf("%v", m)
	}
	d.want(q, "")
	d.remove(q, m)
	d.Advance(time.Hour)
	d.want(q, "")
}

func TestVisibilityTimeout(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"VisibilityTimeout": 60})
	d.send(q, "a")
	first := d.want(q, "a")[0]
	d.Advance(59 * time.Second)
	d.want(q, "")
	d.Advance(time.Second)
	second := d.want(q, "a")[0]
	if attributeOf(second, "ApproximateReceiveCount") != "2" || attributeOf(second, "ApproximateFirstReceiveTimestamp") != "1772366400000" {
		t.Errorf("%v", second)
	}
	d.remove(q, first) // an outdated receipt deletes nothing
	d.must("ChangeMessageVisibility", fields{"QueueUrl": q.PhysicalID, "ReceiptHandle": second["ReceiptHandle"], "VisibilityTimeout": 0})
	third := d.want(q, "a")[0]
	d.must("ChangeMessageVisibility", fields{"QueueUrl": q.PhysicalID, "ReceiptHandle": third["ReceiptHandle"], "VisibilityTimeout": 600})
	d.Advance(9 * minute)
	d.want(q, "")
	d.Advance(minute)
	d.want(q, "a")
	d.refused("ChangeMessageVisibility", fields{"QueueUrl": q.PhysicalID, "ReceiptHandle": third["ReceiptHandle"], "VisibilityTimeout": 1}, "MessageNotInflight")
	if out := d.must("ReceiveMessage", fields{"QueueUrl": q.PhysicalID}); len(out) != 0 {
		t.Errorf("no message is no field at all, as programs expect it: %v", out)
	}
}

func TestDelayAndRetention(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"DelaySeconds": 10, "MessageRetentionPeriod": 60})
	d.send(q, "late")
	d.must("SendMessage", fields{"QueueUrl": q.PhysicalID, "MessageBody": "now", "DelaySeconds": 0})
	d.remove(q, d.want(q, "now")[0])
	if a := d.attributes(q); a["ApproximateNumberOfMessagesDelayed"] != "1" || a["ApproximateNumberOfMessages"] != "0" {
		t.Errorf("%v", a)
	}
	d.Advance(10 * time.Second)
	d.want(q, "late")
	d.Advance(51 * time.Second)
	d.want(q, "")
	if a := d.attributes(q); a["ApproximateNumberOfMessages"] != "0" || a["ApproximateNumberOfMessagesNotVisible"] != "0" {
		t.Errorf("an expired message is still there: %v", a)
	}
}

// The third receive is one too many: the message moves to the dead-letter queue.
func TestRedrive(t *testing.T) {
	d := newDesk(t)
	dead := d.queue("Dead", fields{})
	q := d.queue("Jobs", fields{"RedrivePolicy": fields{"deadLetterTargetArn": dead.ARN, "maxReceiveCount": 2}})
	d.send(q, "a")
	for range 2 {
		d.want(q, "a")
		d.Advance(minute)
	}
	d.want(q, "")
	m := d.want(dead, "a")[0]
	if attributeOf(m, "DeadLetterQueueSourceArn") != q.ARN || attributeOf(m, "ApproximateReceiveCount") != "3" || attributeOf(m, "SentTimestamp") != "1772366400000" {
		t.Errorf("%v", m)
	}
	if urls := d.must("ListDeadLetterSourceQueues", fields{"QueueUrl": dead.PhysicalID})["queueUrls"].([]any); len(urls) != 1 || urls[0] != q.PhysicalID {
		t.Errorf("%v", urls)
	}
}

func TestLongPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		q := d.queue("Jobs", fields{"ReceiveMessageWaitTimeSeconds": 20})
		got := make(chan []fields, 1)
		wait := func() {
			go func() {
				list, _ := d.must("ReceiveMessage", fields{"QueueUrl": q.PhysicalID})["Messages"].([]any)
				var out []fields
				for _, m := range list {
					out = append(out, m.(fields))
				}
				got <- out
			}()
			synctest.Wait()
		}
		wait()
		d.Advance(19 * time.Second)
		synctest.Wait()
		if len(got) != 0 {
			t.Error("it has not waited for 20 s")
		}
		d.Advance(time.Second)
		if ms := <-got; len(ms) != 0 {
			t.Errorf("%v", ms)
		}
		wait()
		d.send(q, "a") // wakes it
		if ms := <-got; bodies(ms) != "a" {
			t.Errorf("%v", ms)
		}
		status := make(chan int)
		go func() {
			code, _ := d.ask("ReceiveMessage", fields{"QueueUrl": q.PhysicalID})
			status <- code
		}()
		synctest.Wait()
		if err := d.Delete(t.Context(), q); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		d.Advance(20 * time.Second)
		if code := <-status; code != 400 {
			t.Errorf("waiting for a queue that has gone: %d", code)
		}
	})
}

// A message that becomes visible while somebody waits is given out at that moment.
func TestLongPollingSeesMessagesComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		q := d.queue("Jobs", fields{"VisibilityTimeout": 5})
		d.send(q, "a")
		d.want(q, "a")
		got := make(chan fields)
		go func() { got <- d.must("ReceiveMessage", fields{"QueueUrl": q.PhysicalID, "WaitTimeSeconds": 20}) }()
		synctest.Wait()
		d.Advance(5 * time.Second)
		if ms := <-got; len(ms["Messages"].([]any)) != 1 {
			t.Errorf("%v", ms)
		}
	})
}

func TestBatches(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{})
	out := d.must("SendMessageBatch", fields{"QueueUrl": q.PhysicalID, "Entries": []fields{{"Id": "1", "MessageBody": "a"}, {"Id": "2", "MessageBody": ""}, {"Id": "3", "MessageBody": "c"}}})
	ok, failed := out["Successful"].([]any), out["Failed"].([]any)
	if len(ok) != 2 || len(failed) != 1 || failed[0].(fields)["Id"] != "2" || failed[0].(fields)["Code"] != "MissingParameter" || failed[0].(fields)["SenderFault"] != true {
		t.Fatalf("%v", out)
	}
	ms := d.want(q, "a c")
	out = d.must("ChangeMessageVisibilityBatch", fields{"QueueUrl": q.PhysicalID, "Entries": []fields{{"Id": "x", "ReceiptHandle": ms[0]["ReceiptHandle"], "VisibilityTimeout": 0}, {"Id": "y", "ReceiptHandle": "?", "VisibilityTimeout": 0}}})
	if len(out["Successful"].([]any)) != 1 || out["Failed"].([]any)[0].(fields)["Code"] != "ReceiptHandleIsInvalid" {
		t.Errorf("%v", out)
	}
	ms = append(ms[1:], d.want(q, "a")[0])
	d.must("DeleteMessageBatch", fields{"QueueUrl": q.PhysicalID, "Entries": []fields{{"Id": "x", "ReceiptHandle": ms[0]["ReceiptHandle"]}, {"Id": "y", "ReceiptHandle": ms[1]["ReceiptHandle"]}}})
	d.Advance(time.Hour)
	d.want(q, "")

	entry := func(id, body string) fields { return fields{"Id": id, "MessageBody": body} }
	var many []fields
	for i := range 11 {
		many = append(many, entry(string(rune('a'+i)), "x"))
	}
	half := strings.Repeat("x", 600<<10)
	for code, entries := range map[string][]fields{"EmptyBatchRequest": {}, "TooManyEntriesInBatchRequest": many, "BatchEntryIdsNotDistinct": {entry("a", "x"), entry("a", "y")},
		"InvalidBatchEntryId": {entry("a b", "x")}, "BatchRequestTooLong": {entry("a", half), entry("b", half)}} {
		d.refused("SendMessageBatch", fields{"QueueUrl": q.PhysicalID, "Entries": entries}, code)
	}
}

func TestPurge(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{})
	d.send(q, "a")
	d.must("PurgeQueue", fields{"QueueUrl": q.PhysicalID})
	d.want(q, "")
	d.refused("PurgeQueue", fields{"QueueUrl": q.PhysicalID}, "PurgeQueueInProgress")
	d.Advance(minute)
	d.must("PurgeQueue", fields{"QueueUrl": q.PhysicalID})
}

func TestInFlightLimit(t *testing.T) {
	d := newDesk(t)
	q := queueOf(d, d.queue("Jobs", fields{}), nil)
	if err := d.State(space).Update(func(tx kind.Tx) error {
		m := message{Receives: 1, visible: d.Now().Add(time.Hour).UnixMilli()}
		v, err := m.encode()
		for i := range inFlightLimit {
			if err == nil {
				err = tx.Put(key('m', q.arn, slotOf(uint64(i))), v)
			}
		}
		m = message{Sent: d.Now().UnixMilli(), visible: d.Now().UnixMilli(), slot: slotOf(inFlightLimit)}
		return cmp.Or(err, keep(tx, q, m), kind.Save(tx, key('b', q.arn, m.slot), content{Body: "one too many"}))
	}); err != nil {
		t.Fatal(err)
	}
	d.refused("ReceiveMessage", fields{"QueueUrl": q.url}, "OverLimit")
}

func TestState(t *testing.T) {
	d := newDesk(t)
	q := d.queue("Jobs", fields{"VisibilityTimeout": 5})
	d.send(q, "a")
	d.sim = New().Simulate() // the process has started again
	d.want(q, "a")
	if err := d.Delete(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	left := 0
	_ = d.State(space).View(func(tx kind.Tx) error {
		tx.Scan(nil, nil, func(_, _ []byte) bool { left++; return true })
		return nil
	})
	if left != 0 {
		t.Errorf("%d keys are left of a deleted queue", left)
	}
	d.refused("SendMessage", fields{"QueueUrl": q.PhysicalID, "MessageBody": "x"}, "QueueDoesNotExist")
}
