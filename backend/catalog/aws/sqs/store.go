package sqs

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"airloom/backend/kind"
)

// State keys, each followed by the queue's ARN: m a message by its place, b its content, d a deduplication id, t the same by
// time, n the last place, a settings changed at run time, p and P the policy's writer and text, g the last purge.

// inFlightLimit is how many received, undeleted messages a queue may have.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const inFlightLimit = 120000

const deduplicationInterval = 5 * time.Minute

// draft is a message to be sent.
type draft struct {
	content
	delay         *time.Duration
	group, dedup  string
	trace, sender string
}

// put enqueues a draft, which must be valid. On a FIFO queue a duplicate gives the first one's identity.
func put(w kind.World, tx kind.Tx, q queue, d draft) (message, error) {
	now := w.Now()
	m := message{ID: w.NewID(), Sender: d.sender, Sent: now.UnixMilli(), Group: d.group, Dedup: d.dedup, Trace: d.trace,
		BodyMD5: md5Of(d.Body), AttrMD5: md5OfAttributes(d.Attributes)}
	delay := q.delay
	if d.delay != nil {
		delay = *d.delay
	}
	m.visible = now.Add(delay).UnixMilli()
	var seen []byte
	if q.fifo {
		if err := forget(tx, q, now); err != nil {
			return m, err
		}
		if m.Dedup == "" {
			sum := sha256.Sum256([]byte(d.Body))
			m.Dedup = hex.EncodeToString(sum[:])
		}
		seen = key('d', q.arn, m.Dedup)
		if q.perGroup {
			seen = key('d', q.arn, m.Group, m.Dedup)
		}
		var first deduplication
		if found, err := kind.Load(tx, seen, &first); err != nil {
			return m, err
		} else if found {
			m.ID, m.Sequence = first.ID, first.Sequence
			return m, nil
		}
	}
	if err := enqueue(tx, q, &m, d.content); err != nil || seen == nil {
		return m, err
	}
	return m, cmp.Or(kind.Save(tx, seen, deduplication{m.ID, m.Sequence}), tx.Put(key('t', q.arn, fmt.Sprintf("%016x", m.Sent), m.slot), seen))
}

// deduplication is the first message of an id within the interval.
type deduplication struct{ ID, Sequence string }

// forget drops the deduplication ids whose interval is over.
func forget(tx kind.Tx, q queue, now time.Time) error {
	first := key('t', q.arn, fmt.Sprintf("%016x", now.Add(-deduplicationInterval).UnixMilli()+1))
	var over [][2][]byte
	tx.Scan(key('t', q.arn), nil, func(k, seen []byte) bool {
		if bytes.Compare(k, first) >= 0 {
			return false
		}
		over = append(over, [2][]byte{bytes.Clone(k), bytes.Clone(seen)})
		return true
	})
	for _, o := range over {
		if err := cmp.Or(tx.Delete(o[0]), tx.Delete(o[1])); err != nil {
			return err
		}
	}
	return nil
}

// slotOf is a place in a queue: places sort as their numbers do.
func slotOf(n uint64) string { return fmt.Sprintf("%016x", n) }

// enqueue writes a message to the end of a queue.
func enqueue(tx kind.Tx, q queue, m *message, c content) error {
	counter := key('n', q.arn)
	n, _ := strconv.ParseUint(string(tx.Get(counter)), 10, 64)
	n++
	m.slot = slotOf(n)
	if q.fifo {
		// Twenty digits that only grow, as SQS gives them.
		m.Sequence = fmt.Sprintf("188%017d", n*256)
	}
	head, err := m.encode()
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	return cmp.Or(tx.Put(counter, strconv.AppendUint(nil, n, 10)), tx.Put(key('m', q.arn, m.slot), head), kind.Save(tx, key('b', q.arn, m.slot), c))
}

// delivered is a received message.
type delivered struct {
	message
	content
}

// taken is the outcome of one look into a queue.
type taken struct {
	messages []delivered
	next     time.Time // when a message that is hidden now becomes visible, zero for none
	moved    string    // the dead-letter queue that got messages
	full     bool      // the limit of messages in flight is reached
}

// glance tells, without a write, whether a message can be seen, and else when one will be.
func glance(w kind.World, tx kind.Tx, q queue) (visible bool, next time.Time) {
	now := w.Now().UnixMilli()
	tx.Scan(key('m', q.arn), nil, func(_, v []byte) bool {
		at, _ := peek(v)
		if visible = at <= now; !visible && (next.IsZero() || at < next.UnixMilli()) {
			next = time.UnixMilli(at)
		}
		return !visible
	})
	return visible, next
}

// take receives up to most messages and hides them for the visibility timeout. Expired messages go; those received too
// often move to the dead-letter queue, as SQS does when it would have to give them out again.
func take(w kind.World, tx kind.Tx, q queue, most int, visibility time.Duration) (taken, error) {
	now := w.Now().UnixMilli()
	var out taken
	var chosen, expired, dead []message
	var failure error
	busy := map[string]bool{} // groups with a message in flight
	inFlight := 0
	prefix := key('m', q.arn)
	tx.Scan(prefix, nil, func(k, v []byte) bool {
		slot := string(k[len(prefix):])
		visible, received := peek(v)
		hidden := visible > now
		if hidden && (out.next.IsZero() || visible < out.next.UnixMilli()) {
			out.next = time.UnixMilli(visible)
		}
		if hidden && received {
			inFlight++
		}
		if hidden && !q.fifo {
			return true
		}
		m, err := decode(slot, v)
		if err != nil {
			failure = fmt.Errorf("read a message: %w", err)
			return false
		}
		switch {
		case now-m.Sent > q.retention.Milliseconds():
			expired = append(expired, m)
		case hidden:
			busy[m.Group] = busy[m.Group] || received
		case busy[m.Group] && q.fifo:
		case q.deadLetter != "" && m.Receives >= q.maxReceives:
			dead = append(dead, m)
		default:
			chosen = append(chosen, m)
		}
		return len(chosen) < most
	})
	if failure != nil {
		return out, failure
	}
	for _, m := range expired {
		if err := drop(tx, q, m.slot); err != nil {
			return out, err
		}
	}
	for _, m := range dead {
		if err := bury(w, tx, q, m); err != nil {
			return out, err
		}
		out.moved = q.deadLetter
	}
	if out.full = inFlight+len(chosen) > inFlightLimit; out.full {
		return out, nil
	}
	for _, m := range chosen {
		m.Receives++
		m.Handle = w.NewID()
		m.visible = now + visibility.Milliseconds()
		if m.First == 0 {
			m.First = now
		}
		c, err := open(tx, q, m)
		if err != nil {
			return out, err
		}
		if err := keep(tx, q, m); err != nil {
			return out, err
		}
		out.messages = append(out.messages, delivered{m, c})
	}
	return out, nil
}

func open(tx kind.Tx, q queue, m message) (content, error) {
	var c content
	if err := json.Unmarshal(tx.Get(key('b', q.arn, m.slot)), &c); err != nil {
		return c, fmt.Errorf("read the content of message %s: %w", m.ID, err)
	}
	return c, nil
}

func keep(tx kind.Tx, q queue, m message) error {
	v, err := m.encode()
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	return tx.Put(key('m', q.arn, m.slot), v)
}

func drop(tx kind.Tx, q queue, slot string) error {
	return cmp.Or(tx.Delete(key('m', q.arn, slot)), tx.Delete(key('b', q.arn, slot)))
}

// bury moves a message to the dead-letter queue. Its age goes on counting on a standard queue and starts anew on a FIFO one.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
func bury(w kind.World, tx kind.Tx, q queue, m message) error {
	target, ok := w.Find(q.deadLetter)
	if !ok {
		return nil // the dead-letter queue has gone: the message stays where it is
	}
	c, err := open(tx, q, m)
	if err != nil {
		return err
	}
	if err := drop(tx, q, m.slot); err != nil {
		return err
	}
	m.visible, m.Source, m.Handle = w.Now().UnixMilli(), q.arn, ""
	if q.fifo {
		m.Sent = m.visible
	}
	w.Log(q.node, "warning", "message %s was received %d times and moved to %s", m.ID, m.Receives, target.LogicalID)
	return enqueue(tx, queueOf(w, target, tx), &m, c)
}

// find reads the message that a receipt handle names; ok is false where it has gone or was received again since.
func find(tx kind.Tx, q queue, slot, nonce string) (m message, ok bool, err error) {
	v := tx.Get(key('m', q.arn, slot))
	if v == nil {
		return m, false, nil
	}
	m, err = decode(slot, v)
	return m, err == nil && m.Handle == nonce, err
}

// count tells how many messages are visible, in flight and delayed.
func count(w kind.World, tx kind.Tx, q queue) (visible, inFlight, delayed int) {
	now := w.Now().UnixMilli()
	tx.Scan(key('m', q.arn), nil, func(_, v []byte) bool {
		switch at, received := peek(v); {
		case at <= now:
			visible++
		case received:
			inFlight++
		default:
			delayed++
		}
		return true
	})
	return visible, inFlight, delayed
}
