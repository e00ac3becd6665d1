package sns

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

const deduplicationInterval = 5 * time.Minute

// topic is a topic with its settings.
type topic struct {
	kind.Instance
	fifo, contentDeduplication, perGroup bool
}

func topicOf(in kind.Instance) topic {
	return topic{in, property.Flag(in.Properties, "FifoTopic"), property.Flag(in.Properties, "ContentBasedDeduplication"), in.Properties["FifoThroughputScope"] == "MessageGroup"}
}

// subscriber is one subscription of a topic.
type subscriber struct {
	arn, topic, protocol, endpoint, node string
	raw                                  bool
	deadLetters                          string
	properties                           map[string]any
}

// subscribers are those of a topic: subscriptions of their own, in logical-id order, then those within the topic.
func subscribers(w kind.World, t topic) []subscriber {
	var out []subscriber
	for _, in := range w.Instances(subscriptionType) {
		if in.Properties["TopicArn"] != t.ARN {
			continue
		}
		out = append(out, subscriberOf(in.ARN, in.Node, t.ARN, in.Properties))
	}
	list, _ := t.Properties["Subscription"].([]any)
	for i, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = append(out, subscriberOf(fmt.Sprintf("%s:00000000-0000-4000-8000-%012d", t.ARN, i), t.Node, t.ARN, m))
		}
	}
	return out
}

func subscriberOf(arn, node, topic string, p map[string]any) subscriber {
	s := subscriber{arn: arn, topic: topic, node: node, raw: property.Flag(p, "RawMessageDelivery"), properties: p}
	s.protocol = property.Text(p, "Protocol")
	s.endpoint = property.Text(p, "Endpoint")
	if r, ok := property.Object(p["RedrivePolicy"]); ok {
		s.deadLetters = property.Text(r, "deadLetterTargetArn")
	}
	return s
}

// publish takes a message, which must be valid, and hands it to the subscribers. On a FIFO topic one message is published
// after the other, and a duplicate has the first one's identity and goes nowhere.
func (b *publisher) publish(ctx context.Context, w kind.World, t topic, m message, hops int) (message, error) {
	m.ID, m.At = w.NewID(), w.Now()
	if t.fifo {
		b.mu.Lock()
		defer b.mu.Unlock()
		if m.Dedup == "" {
			sum := sha256.Sum256([]byte(m.Body))
			m.Dedup = hex.EncodeToString(sum[:])
		}
		fresh := false
		if err := w.State(space).Update(func(tx kind.Tx) error {
			var err error
			fresh, err = enlist(tx, t, &m)
			return err
		}); err != nil || !fresh {
			return m, err
		}
	}
	for _, s := range subscribers(w, t) {
		if s.properties["FilterPolicy"] != nil {
			if f, err := filterOf(s.properties); err != nil || !f.admits(m) {
				if err != nil {
					w.Log(s.node, "error", "the filter of %s cannot be read: %s", s.arn, err)
				}
				continue
			}
		}
		if err := m.deliver(ctx, w, s, hops); err != nil {
			m.bury(ctx, w, s, hops, err)
		}
	}
	return m, nil
}

// enlist gives a message of a FIFO topic its sequence number; fresh is false for a duplicate.
func enlist(tx kind.Tx, t topic, m *message) (fresh bool, err error) {
	type first struct {
		ID, Sequence string
		At           int64
	}
	seen := key('d', t.ARN, m.Dedup)
	if t.perGroup {
		seen = key('d', t.ARN, m.Group, m.Dedup)
	}
	var f first
	found, err := kind.Load(tx, seen, &f)
	if err != nil {
		return false, err
	}
	if found && m.At.Before(time.UnixMilli(f.At).Add(deduplicationInterval)) {
		m.ID, m.Sequence = f.ID, f.Sequence
		return false, nil
	}
	n, _ := strconv.ParseUint(string(tx.Get(key('n', t.ARN))), 10, 64)
	n++
	m.Sequence = fmt.Sprintf("1%019d", n*1000) // twenty digits that only grow, as SNS gives them
	return true, cmp.Or(kind.Save(tx, seen, first{m.ID, m.Sequence, m.At.UnixMilli()}), tx.Put(key('n', t.ARN), strconv.AppendUint(nil, n, 10)))
}

// deliver hands the message to one subscriber.
func (m message) deliver(ctx context.Context, w kind.World, s subscriber, hops int) error {
	d := kind.Delivery{Principal: kind.Principal{Service: principal}, SourceARN: s.topic, Target: s.endpoint, Attributes: m.ids(), Hops: hops + 1}
	var err error
	switch {
	case s.protocol == "lambda":
		d.Payload, err = m.event(s, w.Endpoint())
	case s.raw:
		d.Payload = []byte(m.bodyFor(s.protocol))
		for name, a := range m.Attributes {
			d.Attributes[a.Type+":"+name] = a.Value
		}
	default:
		d.Payload, err = m.envelope(s, w.Endpoint())
	}
	if err != nil {
		return err
	}
	return w.Deliver(ctx, d)
}

// ids are the attributes of a delivery that say group and deduplication id.
func (m message) ids() map[string]string {
	out := map[string]string{}
	for name, value := range map[string]string{"MessageGroupId": m.Group, "MessageDeduplicationId": m.Dedup} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}

// bury sends what could not be delivered to the subscription's dead-letter queue: the envelope, or the message itself where it
// would have gone raw. The refusals here (no permission, no such target) are those that SNS does not retry.
// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
func (m message) bury(ctx context.Context, w kind.World, s subscriber, hops int, cause error) {
	if s.deadLetters == "" {
		w.Log(s.node, "error", "message %s was not delivered to %s and is lost: %s", m.ID, s.endpoint, cause)
		return
	}
	dead := s
	dead.endpoint, dead.protocol, dead.deadLetters = s.deadLetters, "sqs", ""
	if err := m.deliver(ctx, w, dead, hops); err != nil {
		w.Log(s.node, "error", "message %s was delivered neither to %s (%s) nor to the dead-letter queue (%s) and is lost", m.ID, s.endpoint, cause, err)
		return
	}
	w.Log(s.node, "warn", "message %s was not delivered to %s and moved to the dead-letter queue: %s", m.ID, s.endpoint, cause)
}

// accept publishes what a bucket, a rule or a schedule tells.
func (b *publisher) accept(ctx context.Context, w kind.World, in kind.Instance, d kind.Delivery) error {
	t := topicOf(in)
	m := message{Body: string(d.Payload), Group: d.Attributes["MessageGroupId"], Dedup: d.Attributes["MessageDeduplicationId"]}
	if strings.HasPrefix(d.Principal.Service, "s3.") {
		m.Subject = "Amazon S3 Notification"
	}
	if err := m.check(t); err != nil {
		return fault.New(fault.Invalid, "publish to the topic %s: %s", in.ARN, err).At(in.Node)
	}
	_, err := b.publish(ctx, w, t, m, d.Hops)
	return err
}
