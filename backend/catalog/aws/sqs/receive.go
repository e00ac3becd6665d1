package sqs

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
)

// receive waits up to wait for messages. A queue whose limit of messages in flight is reached gives OverLimit.
func (b *broker) receive(ctx context.Context, w kind.World, in kind.Instance, most int, visibility *time.Duration, wait *time.Duration) ([]delivered, error) {
	var deadline time.Time
	for {
		changed := b.bells.Wait(in.ARN)
		var got taken
		var q queue
		visible := false
		err := w.State(space).View(func(tx kind.Tx) error {
			q = queueOf(w, in, tx)
			visible, got.next = glance(w, tx, q)
			return nil
		})
		if deadline.IsZero() {
			if wait == nil {
				wait = &q.longPoll
			}
			deadline = w.Now().Add(*wait)
		}
		if err == nil && visible { // an empty look writes nothing
			hide := q.visibility
			if visibility != nil {
				hide = *visibility
			}
			err = w.State(space).Update(func(tx kind.Tx) (err error) { got, err = take(w, tx, q, most, hide); return err })
		}
		if err != nil {
			return nil, err
		}
		if got.moved != "" {
			b.bells.Ring(got.moved)
		}
		now := w.Now()
		switch {
		case got.full:
			return nil, awsapi.Error{Status: 403, Code: "OverLimit", Message: "Too many messages in flight: the limit of " + strconv.Itoa(inFlightLimit) + " is reached."}
		case len(got.messages) > 0 || !now.Before(deadline):
			return got.messages, nil
		}
		until := deadline
		if !got.next.IsZero() && got.next.Before(until) {
			until = got.next
		}
		select {
		case <-ctx.Done():
			return nil, nil // nobody waits for the answer any more, and nothing was taken
		case <-changed:
		case <-w.After(max(until.Sub(now), time.Millisecond)):
		}
		if _, there := w.Find(in.ARN); !there {
			return nil, noQueue()
		}
	}
}

// poll gives a batch to an event source mapping: SQS records as Lambda has them.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
func (b *broker) poll(ctx context.Context, w kind.World, in kind.Instance, req kind.PollRequest) (kind.Batch, error) {
	if err := allow(w, req.Role, "ReceiveMessage", in.ARN); err != nil {
		return kind.Batch{}, err
	}
	got, err := b.receive(ctx, w, in, max(req.Max, 1), nil, &req.Wait)
	if err != nil || len(got) == 0 {
		return kind.Batch{}, err
	}
	batch := kind.Batch{}
	handles := map[string]string{}
	for _, m := range got {
		batch.Records = append(batch.Records, record(w, in, m))
		batch.IDs = append(batch.IDs, m.ID)
		handles[m.ID] = receipt(in.ARN, m.message)
	}
	batch.Done = func(failed []string) error {
		if err := allow(w, req.Role, "DeleteMessage", in.ARN); err != nil {
			return err
		}
		again := map[string]bool{}
		for _, id := range failed {
			again[id] = true
		}
		defer b.bells.Ring(in.ARN) // a FIFO group may go on
		return w.State(space).Update(func(tx kind.Tx) error {
			q := queueOf(w, in, tx)
			for id, handle := range handles {
				slot, nonce, _ := unseal(in.ARN, handle)
				if _, mine, err := find(tx, q, slot, nonce); err != nil || again[id] || !mine {
					if err != nil {
						return err
					}
					continue
				}
				if err := drop(tx, q, slot); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return batch, nil
}

// record is a message within a Lambda event.
func record(w kind.World, in kind.Instance, m delivered) map[string]any {
	attributes := map[string]any{}
	for name, value := range systemAttributes(m.message) {
		attributes[name] = value
	}
	custom := map[string]any{}
	for name, a := range m.Attributes {
		entry := map[string]any{"dataType": a.DataType, "stringListValues": []any{}, "binaryListValues": []any{}}
		if a.StringValue != nil {
			entry["stringValue"] = *a.StringValue
		} else {
			entry["binaryValue"] = base64.StdEncoding.EncodeToString(a.BinaryValue)
		}
		custom[name] = entry
	}
	r := map[string]any{"messageId": m.ID, "receiptHandle": receipt(in.ARN, m.message), "body": m.Body, "attributes": attributes, "messageAttributes": custom,
		"md5OfBody": m.BodyMD5, "eventSource": "aws:sqs", "eventSourceARN": in.ARN, "awsRegion": w.Region()}
	if m.AttrMD5 != "" {
		r["md5OfMessageAttributes"] = m.AttrMD5
	}
	return r
}

// systemAttributes are what SQS itself says about a message.
func systemAttributes(m message) map[string]string {
	out := map[string]string{"ApproximateReceiveCount": strconv.Itoa(m.Receives), "SentTimestamp": strconv.FormatInt(m.Sent, 10), "SenderId": m.Sender,
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.First, 10)}
	for name, value := range map[string]string{"MessageGroupId": m.Group, "MessageDeduplicationId": m.Dedup, "SequenceNumber": m.Sequence,
		"DeadLetterQueueSourceArn": m.Source, "AWSTraceHeader": m.Trace} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}

// accept takes a delivery of a topic, bucket, rule or function as a message. MessageGroupId and MessageDeduplicationId
// among the delivery's attributes mean what they say; every other one, named "<type>:<name>" or just "<name>" for a
// String, becomes a message attribute (Binary values in base64).
func (b *broker) accept(_ context.Context, w kind.World, in kind.Instance, d kind.Delivery) error {
	message := draft{content: content{Body: string(d.Payload)}, sender: senderOf(w, d.Principal)}
	for name, value := range d.Attributes {
		switch name {
		case "MessageGroupId":
			message.group = value
			continue
		case "MessageDeduplicationId":
			message.dedup = value
			continue
		}
		dataType, plain, typed := strings.Cut(name, ":")
		if !typed {
			dataType, plain = "String", name
		}
		a := attribute{DataType: dataType}
		if strings.HasPrefix(dataType, "Binary") {
			raw, err := base64.StdEncoding.DecodeString(value)
			if err != nil {
				return fault.Wrap(err, fault.Invalid, "read the binary attribute %s of a delivery", plain)
			}
			a.BinaryValue = raw
		} else {
			a.StringValue = &value
		}
		if message.Attributes == nil {
			message.Attributes = map[string]attribute{}
		}
		message.Attributes[plain] = a
	}
	defer b.bells.Ring(in.ARN)
	return w.State(space).Update(func(tx kind.Tx) error {
		q := queueOf(w, in, tx)
		if err := message.check(q); err != nil {
			return fault.New(fault.Invalid, "deliver to the queue %s: %s", q.name, err.Error()).At(in.Node)
		}
		_, err := put(w, tx, q, message)
		return err
	})
}

// senderOf is the SenderId of a principal: an account for people, a role's unique id and session for roles.
func senderOf(w kind.World, p kind.Principal) string {
	if p.Role == "" {
		return w.Account()
	}
	return "AROA" + strings.ToUpper(md5Of(p.Role))[:17] + ":" + p.Session
}
