package sqs

import (
	"slices"
	"strings"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
)

type receiveInput struct {
	QueueURL                    string `json:"QueueUrl"`
	AttributeNames              []string
	MessageSystemAttributeNames []string
	MessageAttributeNames       []string
	MaxNumberOfMessages         *int
	VisibilityTimeout           *int
	WaitTimeSeconds             *int
}

type receivedMessage struct {
	MessageID              string `json:"MessageId"`
	ReceiptHandle          string
	MD5OfBody              string
	Body                   string
	Attributes             map[string]string    `json:",omitempty"`
	MD5OfMessageAttributes string               `json:",omitempty"`
	MessageAttributes      map[string]attribute `json:",omitempty"`
}

func (c call) receiveMessage() (any, error) {
	var in receiveInput
	if err := c.read(&in); err != nil {
		return nil, err
	}
	q, err := c.queue(in.QueueURL, "ReceiveMessage")
	if err != nil {
		return nil, err
	}
	most := 1
	if in.MaxNumberOfMessages != nil {
		most = *in.MaxNumberOfMessages
	}
	if most < 1 || most > 10 {
		return nil, invalid("Value %d for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.", most)
	}
	wait, err := seconds(in.WaitTimeSeconds, "WaitTimeSeconds", 20)
	if err != nil {
		return nil, err
	}
	visibility, err := seconds(in.VisibilityTimeout, "VisibilityTimeout", 43200)
	if err != nil {
		return nil, err
	}
	got, err := c.b.receive(c.ctx, c.w, q, most, visibility, wait)
	if err != nil {
		return nil, err
	}
	var out []receivedMessage
	for _, m := range got {
		r := receivedMessage{MessageID: m.ID, ReceiptHandle: receipt(q.ARN, m.message), MD5OfBody: m.BodyMD5, Body: m.Body}
		for name, value := range systemAttributes(m.message) {
			if wanted(append(in.AttributeNames, in.MessageSystemAttributeNames...), name) {
				if r.Attributes == nil {
					r.Attributes = map[string]string{}
				}
				r.Attributes[name] = value
			}
		}
		for name, a := range m.Attributes {
			if wanted(in.MessageAttributeNames, name) {
				if r.MessageAttributes == nil {
					r.MessageAttributes = map[string]attribute{}
				}
				r.MessageAttributes[name] = a
			}
		}
		r.MD5OfMessageAttributes = md5OfAttributes(r.MessageAttributes)
		out = append(out, r)
	}
	return struct {
		Messages []receivedMessage `json:",omitempty"`
	}{out}, nil
}

// wanted tells whether a list of names asks for one: All, .*, prefix.* and plain names.
func wanted(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		prefix, all := strings.CutSuffix(n, ".*")
		return n == "All" || n == name || all && (prefix == "" || strings.HasPrefix(name, prefix+"."))
	})
}

func seconds(n *int, name string, most int) (*time.Duration, error) {
	if n == nil {
		return nil, nil
	}
	if *n < 0 || *n > most {
		return nil, invalid("Value %d for parameter %s is invalid. Reason: Must be >= 0 and <= %d, if provided.", *n, name, most)
	}
	d := time.Duration(*n) * time.Second
	return &d, nil
}

type receiptEntry struct {
	ID                string `json:"Id"`
	ReceiptHandle     string
	VisibilityTimeout *int
}

type receiptInput struct {
	QueueURL string `json:"QueueUrl"`
	receiptEntry
}

func (c call) deleteMessage() (any, error) { return c.byReceipt("DeleteMessage", c.deleteOne) }
func (c call) changeVisibility() (any, error) {
	return c.byReceipt("ChangeMessageVisibility", c.changeOne)
}
func (c call) deleteMessageBatch() (any, error) {
	return c.byReceipts("DeleteMessage", c.deleteOne)
}
func (c call) changeVisibilityBatch() (any, error) {
	return c.byReceipts("ChangeMessageVisibility", c.changeOne)
}

func (c call) byReceipt(action string, run func(kind.Instance, receiptEntry) error) (any, error) {
	var in receiptInput
	if err := c.read(&in); err != nil {
		return nil, err
	}
	q, err := c.queue(in.QueueURL, action)
	if err != nil {
		return nil, err
	}
	return struct{}{}, run(q, in.receiptEntry)
}

func (c call) byReceipts(action string, run func(kind.Instance, receiptEntry) error) (any, error) {
	id := func(e receiptEntry) string { return e.ID }
	entries, q, err := batch(c, action, id)
	if err != nil {
		return nil, err
	}
	return results(entries, id, func(e receiptEntry) (any, error) { return map[string]string{"Id": e.ID}, run(q, e) })
}

func badHandle(handle string) error {
	return awsapi.Errorf("ReceiptHandleIsInvalid", `The input receipt handle "%s" is not a valid receipt handle.`, handle)
}

// deleteOne removes a message. An old handle of a message that was received again since does nothing on a standard queue.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
func (c call) deleteOne(in kind.Instance, e receiptEntry) error {
	if e.ReceiptHandle == "" {
		return missing("ReceiptHandle")
	}
	slot, nonce, ok := unseal(in.ARN, e.ReceiptHandle)
	if !ok {
		return badHandle(e.ReceiptHandle)
	}
	defer c.b.bells.Ring(in.ARN)
	return c.w.State(space).Update(func(tx kind.Tx) error {
		q := queueOf(c.w, in, tx)
		m, mine, err := find(tx, q, slot, nonce)
		switch {
		case err != nil:
			return err
		case q.fifo && m.slot != "" && (!mine || m.visible <= c.w.Now().UnixMilli()):
			return invalid("Value %s for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.", e.ReceiptHandle)
		case mine:
			return drop(tx, q, slot)
		}
		return nil
	})
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html
func (c call) changeOne(in kind.Instance, e receiptEntry) error {
	if e.ReceiptHandle == "" {
		return missing("ReceiptHandle")
	}
	if e.VisibilityTimeout == nil {
		return missing("VisibilityTimeout")
	}
	hide, err := seconds(e.VisibilityTimeout, "VisibilityTimeout", 43200)
	if err != nil {
		return err
	}
	slot, nonce, ok := unseal(in.ARN, e.ReceiptHandle)
	if !ok {
		return badHandle(e.ReceiptHandle)
	}
	defer c.b.bells.Ring(in.ARN)
	return c.w.State(space).Update(func(tx kind.Tx) error {
		q := queueOf(c.w, in, tx)
		m, mine, err := find(tx, q, slot, nonce)
		now := c.w.Now().UnixMilli()
		switch {
		case err != nil:
			return err
		case m.slot == "":
			return invalid("Value %s for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.", e.ReceiptHandle)
		case !mine || m.visible <= now:
			return awsapi.Errorf("MessageNotInflight", "The message referred to isn't in flight.")
		}
		m.visible = now + hide.Milliseconds()
		return keep(tx, q, m)
	})
}
