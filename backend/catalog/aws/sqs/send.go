package sqs

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
)

type sendInput struct {
	QueueURL string `json:"QueueUrl"`
	sendEntry
}

type sendEntry struct {
	ID                      string `json:"Id"`
	MessageBody             string
	DelaySeconds            *int
	MessageAttributes       map[string]attribute
	MessageSystemAttributes map[string]attribute
	MessageGroupID          string `json:"MessageGroupId"`
	MessageDeduplicationID  string `json:"MessageDeduplicationId"`
}

type sendOutput struct {
	ID                     string `json:"Id,omitempty"`
	MessageID              string `json:"MessageId"`
	MD5OfMessageBody       string
	MD5OfMessageAttributes string `json:",omitempty"`
	MD5OfSystemAttributes  string `json:"MD5OfMessageSystemAttributes,omitempty"`
	SequenceNumber         string `json:",omitempty"`
}

func (c call) sendMessage() (any, error) {
	var in sendInput
	if err := c.read(&in); err != nil {
		return nil, err
	}
	q, err := c.queue(in.QueueURL, "SendMessage")
	if err != nil {
		return nil, err
	}
	return c.sendOne(q, in.sendEntry)
}

func (c call) sendMessageBatch() (any, error) {
	entries, q, err := batch(c, "SendMessage", func(e sendEntry) string { return e.ID })
	if err != nil {
		return nil, err
	}
	total := 0
	for _, e := range entries {
		total += content{e.MessageBody, e.MessageAttributes}.size()
	}
	if total > 1<<20 {
		return nil, awsapi.Errorf("BatchRequestTooLong", "Batch requests cannot be longer than %d bytes. You have sent %d bytes.", 1<<20, total)
	}
	return results(entries, func(e sendEntry) string { return e.ID }, func(e sendEntry) (any, error) { return c.sendOne(q, e) })
}

func (c call) sendOne(in kind.Instance, e sendEntry) (sendOutput, error) {
	d := draft{content: content{e.MessageBody, e.MessageAttributes}, group: e.MessageGroupID, dedup: e.MessageDeduplicationID, sender: senderOf(c.w, c.who)}
	if e.DelaySeconds != nil {
		delay := time.Duration(*e.DelaySeconds) * time.Second
		d.delay = &delay
	}
	for name, a := range e.MessageSystemAttributes {
		if name != "AWSTraceHeader" || a.StringValue == nil {
			return sendOutput{}, invalid("Message system attribute name '%s' is invalid. The only one that can be sent is AWSTraceHeader, a String.", name)
		}
		d.trace = *a.StringValue
	}
	var m message
	err := c.w.State(space).Update(func(tx kind.Tx) error {
		q := queueOf(c.w, in, tx)
		err := d.check(q)
		if err == nil {
			m, err = put(c.w, tx, q, d)
		}
		return err
	})
	if err != nil {
		return sendOutput{}, err
	}
	c.b.bells.Ring(in.ARN)
	return sendOutput{ID: e.ID, MessageID: m.ID, MD5OfMessageBody: m.BodyMD5, MD5OfMessageAttributes: m.AttrMD5,
		MD5OfSystemAttributes: md5OfAttributes(e.MessageSystemAttributes), SequenceNumber: m.Sequence}, nil
}

// check refuses what SQS refuses, with its messages.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
func (d draft) check(q queue) error {
	switch {
	case d.Body == "":
		return missing("MessageBody")
	case d.size() > q.maxBytes:
		return invalid("One or more parameters are invalid. Reason: Message must be shorter than %d bytes.", q.maxBytes)
	case !legal(d.Body):
		return awsapi.Errorf("InvalidMessageContents", "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF")
	case len(d.Attributes) > 10:
		return invalid("Number of message attributes [%d] exceeds the allowed maximum [10].", len(d.Attributes))
	case d.delay != nil && (*d.delay < 0 || *d.delay > 900*time.Second):
		return invalid("Value %d for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.", *d.delay/time.Second)
	case q.fifo && d.delay != nil && *d.delay != 0:
		return invalid("Value %d for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.", *d.delay/time.Second)
	case q.fifo && d.group == "":
		return missing("MessageGroupId")
	case q.fifo && d.dedup == "" && !q.contentDeduplication:
		return invalid("The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")
	case !q.fifo && d.dedup != "":
		return invalid("Value %s for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type.", d.dedup)
	}
	for _, id := range []struct{ name, value string }{{"MessageGroupId", d.group}, {"MessageDeduplicationId", d.dedup}} {
		if id.value != "" && !token(id.value) {
			return invalid("Value %s for parameter %s is invalid. Reason: %[2]s can only include alphanumeric and punctuation characters. 1 to 128 in length.", id.value, id.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Attributes)) {
		if err := d.Attributes[name].check(name); err != nil {
			return err
		}
	}
	return nil
}

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
func (a attribute) check(name string) error {
	lower := strings.ToLower(name)
	legalName := strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz0123456789_-.") == "" && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".") && !strings.Contains(name, "..")
	base, _, _ := strings.Cut(a.DataType, ".")
	switch {
	case name == "" || len(name) > 256 || !legalName || strings.HasPrefix(lower, "aws.") || strings.HasPrefix(lower, "amazon."):
		return invalid("The message attribute name '%s' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), hyphen (-), and period (.) characters, and cannot start with AWS. or Amazon.", name)
	case a.DataType == "":
		return invalid("The message attribute '%s' must contain non-empty message attribute type.", name)
	case base != "String" && base != "Number" && base != "Binary":
		return invalid("The message attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", name)
	case base == "Binary" && (len(a.BinaryValue) == 0 || a.StringValue != nil), base != "Binary" && (a.StringValue == nil || *a.StringValue == "" || len(a.BinaryValue) > 0):
		return invalid("The message attribute '%s' must contain a non-empty value of its type '%s'.", name, a.DataType)
	case base != "Binary" && !legal(*a.StringValue):
		return invalid("The message attribute '%s' has characters that are not allowed.", name)
	case base == "Number" && json.Unmarshal([]byte(*a.StringValue), new(json.Number)) != nil:
		return invalid("Can't cast the value of message (user) attribute '%s' to a number.", name)
	}
	return nil
}

func token(id string) bool {
	for _, r := range id {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return len(id) <= 128
}

// batchInput is what all batch operations take.
type batchInput[E any] struct {
	QueueURL string `json:"QueueUrl"`
	Entries  []E
}

type batchFailure struct {
	ID          string `json:"Id"`
	Code        string
	Message     string
	SenderFault bool
}

type batchOutput struct {
	Successful []any          `json:",omitempty"`
	Failed     []batchFailure `json:",omitempty"`
}

// batch reads and checks a batch request.
func batch[E any](c call, action string, id func(E) string) ([]E, kind.Instance, error) {
	var in batchInput[E]
	if err := c.read(&in); err != nil {
		return nil, kind.Instance{}, err
	}
	q, err := c.queue(in.QueueURL, action)
	if err != nil {
		return nil, q, err
	}
	if len(in.Entries) == 0 {
		return nil, q, awsapi.Errorf("EmptyBatchRequest", "There should be at least one %sBatchRequestEntry in the request.", action)
	}
	if len(in.Entries) > 10 {
		return nil, q, awsapi.Errorf("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10. You have sent %d.", len(in.Entries))
	}
	seen := map[string]bool{}
	for _, e := range in.Entries {
		switch name := id(e); {
		case name == "" || len(name) > 80 || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_-") != "":
			return nil, q, awsapi.Errorf("InvalidBatchEntryId", "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.")
		case seen[name]:
			return nil, q, awsapi.Errorf("BatchEntryIdsNotDistinct", "Id %s repeated.", name)
		default:
			seen[name] = true
		}
	}
	return in.Entries, q, nil
}

// results runs a batch's entries one by one: each succeeds or fails for itself.
func results[E any](entries []E, id func(E) string, run func(E) (any, error)) (any, error) {
	var out batchOutput
	for _, e := range entries {
		v, err := run(e)
		var failed awsapi.Error
		switch {
		case err == nil:
			out.Successful = append(out.Successful, v)
		case errors.As(err, &failed):
			out.Failed = append(out.Failed, batchFailure{id(e), cmp.Or(queryCodes[failed.Code], failed.Code), failed.Message, true})
		default:
			return nil, err
		}
	}
	return out, nil
}
