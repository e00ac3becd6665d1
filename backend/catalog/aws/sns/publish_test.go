package sns

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func TestPublish(t *testing.T) {
	p := newPlace(t, nil)
	p.trace = kind.Lineage(2)
	p.subscribe("A", "sqs", queueARN, "RawMessageDelivery", true)
	p.subscribe("B", "sqs", deadARN)
	sub := p.subscribe("C", "lambda", functionARN)
	got := ok[publishedXML](p, "Publish", "TopicArn", topicARN, "Message", "hällo & more", "Subject", "greeting",
		"MessageAttributes.entry.1.Name", "kind", "MessageAttributes.entry.1.Value.DataType", "String", "MessageAttributes.entry.1.Value.StringValue", "x",
		"MessageAttributes.entry.2.Name", "raw", "MessageAttributes.entry.2.Value.DataType", "Binary", "MessageAttributes.entry.2.Value.BinaryValue", "AAE=")
	d := p.w.Delivered()
	if len(d) != 3 {
		t.Fatalf("%d deliveries", len(d))
	}
	for _, one := range d {
		if one.Principal.Service != principal || one.SourceARN != topicARN || one.Hops != 3 {
			t.Errorf("delivered by %+v for %s after %d hops", one.Principal, one.SourceARN, one.Hops)
		}
	}
	if string(d[0].Payload) != "hällo & more" || d[0].Attributes["String:kind"] != "x" || d[0].Attributes["Binary:raw"] != "AAE=" {
		t.Errorf("raw: %s %v", d[0].Payload, d[0].Attributes)
	}
	var e envelope
	if err := json.Unmarshal(d[1].Payload, &e); err != nil || e.Type != "Notification" || e.MessageID != got.MessageId || e.Message != "hällo & more" || e.Subject != "greeting" ||
		e.TopicArn != topicARN || e.Timestamp != "2026-03-01T12:00:00.000Z" || len(d[1].Attributes) != 0 || fmt.Sprint(e.Attributes["kind"]) != "map[Type:String Value:x]" {
		t.Errorf("the envelope is %s (%v)", d[1].Payload, err)
	}
	var f struct {
		Records []struct {
			EventSource, EventVersion, EventSubscriptionArn string
			Sns                                             envelope
		}
	}
	if err := json.Unmarshal(d[2].Payload, &f); err != nil || len(f.Records) != 1 || f.Records[0].EventSource != "aws:sns" || f.Records[0].EventSubscriptionArn != sub.ARN ||
		f.Records[0].Sns.Message != "hällo & more" || f.Records[0].Sns.MessageID != got.MessageId || fmt.Sprint(f.Records[0].Sns.Attributes["raw"]) != "map[Type:Binary Value:AAE=]" {
		t.Errorf("the event is %s (%v)", d[2].Payload, err)
	}
	if !strings.Contains(string(d[2].Payload), `"Subject":"greeting"`) {
		t.Errorf("the event has no subject: %s", d[2].Payload)
	}
	if asked := p.w.Asked(); len(asked) != 1 || asked[0].Action != "sns:Publish" || asked[0].Resource != topicARN {
		t.Errorf("asked %+v", asked)
	}
}

func TestMessageForEachProtocol(t *testing.T) {
	p := newPlace(t, map[string]any{"Subscription": []any{map[string]any{"Protocol": "lambda", "Endpoint": functionARN}, map[string]any{"Protocol": "sqs", "Endpoint": queueARN}}})
	ok[publishedXML](p, "Publish", "TopicArn", topicARN, "MessageStructure", "json", "Message", `{"default":"all","lambda":"for functions"}`)
	d := p.w.Delivered()
	if len(d) != 2 || !strings.Contains(string(d[0].Payload), `"Message":"for functions"`) || !strings.Contains(string(d[1].Payload), `"Message":"all"`) {
		t.Errorf("delivered %v", d)
	}
	p.refused(400, "InvalidParameter", "Publish", "TopicArn", topicARN, "MessageStructure", "json", "Message", `{"lambda":"x"}`)
	p.refused(400, "InvalidParameter", "Publish", "TopicArn", topicARN, "MessageStructure", "json", "Message", `x`)
	p.refused(400, "InvalidParameter", "Publish", "TopicArn", topicARN, "MessageStructure", "xml", "Message", `x`)
}

func TestMessagesThatAreRefused(t *testing.T) {
	p := newPlace(t, nil)
	attribute := func(name, dataType, value string) []string {
		return []string{"TopicArn", topicARN, "Message", "x", "MessageAttributes.entry.1.Name", name, "MessageAttributes.entry.1.Value.DataType", dataType, "MessageAttributes.entry.1.Value.StringValue", value}
	}
	p.refused(400, "InvalidParameter", "Publish", "TopicArn", topicARN, "Message", "")
	p.refused(400, "InvalidParameter", "Publish", "TopicArn", topicARN, "Message", strings.Repeat("x", largest+1))
	p.refused(400, "InvalidParameter", "Publish", "TopicArn", topicARN, "Message", "x", "Subject", "two\nlines")
	p.refused(400, "InvalidParameter", "Publish", "TopicArn", topicARN, "Message", "x", "MessageDeduplicationId", "d")
	p.refused(400, "InvalidParameter", "Publish", "Message", "x")
	p.refused(400, "InvalidParameter", "Publish", "PhoneNumber", "+1", "Message", "x")
	p.refused(404, "NotFound", "Publish", "TopicArn", topicARN+"x", "Message", "x")
	for _, bad := range [][]string{attribute("AWS.x", "String", "x"), attribute("a b", "String", "x"), attribute("a", "Boolean", "x"), attribute("a", "String", ""), attribute("a", "Number", "0x1"), attribute("a", "String.Array", "x")} {
		p.refused(400, "ParameterValueInvalid", "Publish", bad...)
	}
	if got := p.refused(400, "InvalidParameter", "Publish", "TopicArn", topicARN, "Message", "x", "Something", "y"); !strings.Contains(got, "Something") {
		t.Errorf("the parameter is not named: %s", got)
	}
	if got := p.refused(400, "InvalidAction", "CreateTopic", "Name", "x"); !strings.Contains(got, "CreateTopic") {
		t.Errorf("the operation is not named: %s", got)
	}
	p.w.Denied = func(a kind.Access) error { return fault.New(fault.Denied, "not %s", a.Action) }
	p.refused(403, "AuthorizationError", "Publish", "TopicArn", topicARN, "Message", "x")
	if n := len(p.w.Delivered()); n != 0 {
		t.Errorf("%d deliveries", n)
	}
}

func TestFifo(t *testing.T) {
	p := newPlace(t, map[string]any{"TopicName": "news.fifo", "FifoTopic": true, "ContentBasedDeduplication": true})
	p.subscribe("A", "sqs", queueARN, "RawMessageDelivery", true)
	send := func(parameters ...string) publishedXML {
		return ok[publishedXML](p, "Publish", append([]string{"TopicArn", topicARN + ".fifo"}, parameters...)...)
	}
	one := send("Message", "1", "MessageGroupId", "g")
	again := send("Message", "1", "MessageGroupId", "other")
	two := send("Message", "2", "MessageGroupId", "g", "MessageDeduplicationId", "d")
	if one.MessageId != again.MessageId || one.SequenceNumber != again.SequenceNumber || len(one.SequenceNumber) != 20 || two.SequenceNumber <= one.SequenceNumber {
		t.Errorf("published %+v, %+v, %+v", one, again, two)
	}
	d := p.w.Delivered()
	if len(d) != 2 || d[0].Attributes["MessageGroupId"] != "g" || len(d[0].Attributes["MessageDeduplicationId"]) != 64 || d[1].Attributes["MessageDeduplicationId"] != "d" {
		t.Errorf("delivered %+v", d)
	}
	p.w.Advance(5*time.Minute - time.Millisecond)
	send("Message", "2", "MessageGroupId", "g", "MessageDeduplicationId", "d")
	p.w.Advance(time.Millisecond)
	send("Message", "2", "MessageGroupId", "g", "MessageDeduplicationId", "d")
	if n := len(p.w.Delivered()); n != 3 {
		t.Errorf("%d deliveries, want the third after five minutes", n)
	}
	p.refused(400, "InvalidParameter", "Publish", "TopicArn", topicARN+".fifo", "Message", "x")
	if _, err := p.w.Create(t.Context(), "F", subscriptionType, map[string]any{"TopicArn": p.topic.ARN, "Protocol": "lambda", "Endpoint": functionARN}); err == nil {
		t.Error("a function was subscribed to a FIFO topic")
	}
	// Where groups count alone, the same id in another group is another message.
	p = newPlace(t, map[string]any{"TopicName": "news.fifo", "FifoTopic": true, "FifoThroughputScope": "MessageGroup"})
	p.refused(400, "InvalidParameter", "Publish", "TopicArn", topicARN+".fifo", "Message", "x", "MessageGroupId", "g")
	if a, b := send("Message", "x", "MessageGroupId", "g", "MessageDeduplicationId", "d"), send("Message", "x", "MessageGroupId", "h", "MessageDeduplicationId", "d"); a.MessageId == b.MessageId {
		t.Error("the two are one message")
	}
}

func TestBatch(t *testing.T) {
	p := newPlace(t, nil)
	p.subscribe("A", "sqs", queueARN, "RawMessageDelivery", true)
	entry := func(i int, id, message string) []string {
		at := fmt.Sprintf("PublishBatchRequestEntries.member.%d.", i)
		return []string{at + "Id", id, at + "Message", message}
	}
	got := ok[struct {
		Successful []struct{ Id, MessageId string } `xml:"PublishBatchResult>Successful>member"`
		Failed     []struct {
			Id, Code    string
			SenderFault bool
		} `xml:"PublishBatchResult>Failed>member"`
	}](p, "PublishBatch", append(append([]string{"TopicArn", topicARN}, entry(1, "a", "1")...), entry(2, "b", "")...)...)
	if len(got.Successful) != 1 || got.Successful[0].Id != "a" || got.Successful[0].MessageId == "" || len(got.Failed) != 1 || got.Failed[0].Id != "b" || got.Failed[0].Code != "InvalidParameter" || !got.Failed[0].SenderFault {
		t.Errorf("the batch gave %+v", got)
	}
	if d := p.w.Delivered(); len(d) != 1 || string(d[0].Payload) != "1" {
		t.Errorf("delivered %v", d)
	}
	p.refused(400, "EmptyBatchRequest", "PublishBatch", "TopicArn", topicARN)
	p.refused(400, "BatchEntryIdsNotDistinct", "PublishBatch", append(append([]string{"TopicArn", topicARN}, entry(1, "a", "1")...), entry(2, "a", "2")...)...)
	p.refused(400, "InvalidBatchEntryId", "PublishBatch", append([]string{"TopicArn", topicARN}, entry(1, "a b", "1")...)...)
	p.refused(400, "BatchRequestTooLong", "PublishBatch", append(append([]string{"TopicArn", topicARN}, entry(1, "a", strings.Repeat("x", largest))...), entry(2, "b", "2")...)...)
	many := []string{"TopicArn", topicARN}
	for i := 1; i <= 11; i++ {
		many = append(many, entry(i, fmt.Sprint(i), "x")...)
	}
	p.refused(400, "TooManyEntriesInBatchRequest", "PublishBatch", many...)
}

func TestWhatCannotBeDelivered(t *testing.T) {
	p := newPlace(t, nil)
	p.subscribe("A", "lambda", functionARN+"-gone", "RedrivePolicy", map[string]any{"deadLetterTargetArn": deadARN})
	p.subscribe("B", "sqs", queueARN+"-gone")
	p.subscribe("C", "sqs", queueARN, "RawMessageDelivery", "true")
	ok[publishedXML](p, "Publish", "TopicArn", topicARN, "Message", "x")
	var got []string
	for _, d := range p.w.Delivered() {
		got = append(got, d.Target)
	}
	if strings.Join(got, " ") != functionARN+"-gone "+deadARN+" "+queueARN+"-gone "+queueARN {
		t.Errorf("tried %q", got)
	}
	if d := p.w.Delivered()[1]; !strings.Contains(string(d.Payload), `"Type":"Notification"`) {
		t.Errorf("the dead letter is %s", d.Payload)
	}
	lines := strings.Join(p.w.Lines(), "\n")
	if !strings.Contains(lines, "moved to the dead-letter queue") || !strings.Contains(lines, "is lost") {
		t.Errorf("said %s", lines)
	}
}

func TestPushedMessages(t *testing.T) {
	p := newPlace(t, nil)
	p.subscribe("A", "sqs", queueARN)
	if err := p.w.Deliver(t.Context(), kind.Delivery{Principal: kind.Principal{Service: "s3.amazonaws.com"}, Target: topicARN, Payload: []byte(`{"Records":[]}`), Hops: 3}); err != nil {
		t.Fatal(err)
	}
	d := p.w.Delivered()[1]
	if !strings.Contains(string(d.Payload), `"Subject":"Amazon S3 Notification"`) || d.Hops != 4 {
		t.Errorf("delivered %s after %d hops", d.Payload, d.Hops)
	}
	if err := p.w.Deliver(t.Context(), kind.Delivery{Target: topicARN}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("an empty message: %v", err)
	}
}
