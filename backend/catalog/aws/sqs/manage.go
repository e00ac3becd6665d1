package sqs

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"airloom/backend/kind"
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
	return map[string]any{"Messages": out}, nil
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
	return apiError{400, "ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid", `The input receipt handle "` + handle + `" is not a valid receipt handle.`}
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
	defer c.b.ring(in.ARN)
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
	defer c.b.ring(in.ARN)
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
			return apiError{400, "MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight", "The message referred to isn't in flight."}
		}
		m.visible = now + hide.Milliseconds()
		return keep(tx, q, m)
	})
}

type attributesInput struct {
	QueueURL       string `json:"QueueUrl"`
	AttributeNames []string
}

func (c call) getAttributes() (any, error) {
	var in attributesInput
	if err := c.read(&in); err != nil {
		return nil, err
	}
	instance, err := c.queue(in.QueueURL, "GetQueueAttributes")
	if err != nil {
		return nil, err
	}
	all := map[string]string{"QueueArn": instance.ARN}
	if err := c.w.State(space).View(func(tx kind.Tx) error {
		q := queueOf(c.w, instance, tx)
		visible, inFlight, delayed := count(c.w, tx, q)
		for name, n := range map[string]int{"ApproximateNumberOfMessages": visible, "ApproximateNumberOfMessagesNotVisible": inFlight, "ApproximateNumberOfMessagesDelayed": delayed,
			"DelaySeconds": int(q.delay.Seconds()), "VisibilityTimeout": int(q.visibility.Seconds()), "MessageRetentionPeriod": int(q.retention.Seconds()),
			"ReceiveMessageWaitTimeSeconds": int(q.longPoll.Seconds()), "MaximumMessageSize": q.maxBytes} {
			all[name] = strconv.Itoa(n)
		}
		all["SqsManagedSseEnabled"] = strconv.FormatBool(instance.Properties["KmsMasterKeyId"] == nil && instance.Properties["SqsManagedSseEnabled"] != false)
		if q.fifo {
			all["FifoQueue"] = "true"
			all["ContentBasedDeduplication"] = strconv.FormatBool(q.contentDeduplication)
			all["DeduplicationScope"], all["FifoThroughputLimit"] = "queue", "perQueue"
			if q.perGroup {
				all["DeduplicationScope"] = "messageGroup"
			}
			if q.throughputLimit != "" {
				all["FifoThroughputLimit"] = q.throughputLimit
			}
		}
		for name, v := range map[string]any{"RedrivePolicy": q.redrivePolicy, "RedriveAllowPolicy": q.redriveAllowPolicy} {
			if m, ok := object(v); ok {
				text, err := json.Marshal(m)
				if err != nil {
					return err
				}
				all[name] = string(text)
			}
		}
		if q.policy != "" {
			all["Policy"] = q.policy
		}
		return nil
	}); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for name, value := range all {
		if wanted(in.AttributeNames, name) {
			out[name] = value
		}
	}
	return map[string]any{"Attributes": out}, nil
}

func (c call) setAttributes() (any, error) {
	var in struct {
		QueueURL   string `json:"QueueUrl"`
		Attributes map[string]string
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	instance, err := c.queue(in.QueueURL, "SetQueueAttributes")
	if err != nil {
		return nil, err
	}
	properties := maps.Clone(instance.Properties)
	for _, name := range slices.Sorted(maps.Keys(in.Attributes)) {
		if !slices.Contains(attributeNames, name) {
			return nil, apiError{400, "InvalidAttributeName", "InvalidAttributeName", "Unknown Attribute " + name + ", or one that the embedded sandbox takes from the template alone."}
		}
		properties[name] = in.Attributes[name]
	}
	changed := instance
	changed.Properties = properties
	if err := errFirst(checkQueue(properties), c.b.checkRedrive(c.w, changed)); err != nil {
		return nil, apiError{400, "InvalidAttributeValue", "InvalidAttributeValue", err.Error()}
	}
	defer c.b.ring(instance.ARN)
	return struct{}{}, c.w.State(space).Update(func(tx kind.Tx) error {
		all := map[string]string{}
		if raw := tx.Get(key('a', instance.ARN)); raw != nil {
			if err := json.Unmarshal(raw, &all); err != nil {
				return err
			}
		}
		maps.Copy(all, in.Attributes)
		return putJSON(tx, key('a', instance.ARN), all)
	})
}

func (c call) getURL() (any, error) {
	var in struct {
		QueueName              string
		QueueOwnerAWSAccountID string `json:"QueueOwnerAWSAccountId"`
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if in.QueueName == "" {
		return nil, missing("QueueName")
	}
	if in.QueueOwnerAWSAccountID != "" && in.QueueOwnerAWSAccountID != c.w.Account() {
		return nil, noQueue()
	}
	q, err := c.queue(in.QueueName, "GetQueueUrl")
	return map[string]string{"QueueUrl": q.PhysicalID}, err
}

func (c call) listQueues() (any, error) {
	var in struct {
		QueueNamePrefix string
		MaxResults      int
		NextToken       string
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	if err := allow(c.w, c.who, "ListQueues", "*"); err != nil {
		return nil, err
	}
	var urls []string
	for _, q := range c.w.Instances(queueType) {
		if name := q.PhysicalID[strings.LastIndex(q.PhysicalID, "/")+1:]; strings.HasPrefix(name, in.QueueNamePrefix) {
			urls = append(urls, q.PhysicalID)
		}
	}
	return page("QueueUrls", urls, in.MaxResults, in.NextToken)
}

func (c call) listSources() (any, error) {
	var in struct {
		QueueURL   string `json:"QueueUrl"`
		MaxResults int
		NextToken  string
	}
	if err := c.read(&in); err != nil {
		return nil, err
	}
	target, err := c.queue(in.QueueURL, "ListDeadLetterSourceQueues")
	if err != nil {
		return nil, err
	}
	urls := []string{}
	if err := c.w.State(space).View(func(tx kind.Tx) error {
		for _, q := range c.w.Instances(queueType) {
			if queueOf(c.w, q, tx).deadLetter == target.ARN {
				urls = append(urls, q.PhysicalID)
			}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return page("queueUrls", urls, in.MaxResults, in.NextToken)
}

// page cuts a sorted list as the list operations do.
func page(name string, urls []string, most int, token string) (any, error) {
	slices.Sort(urls)
	if token != "" {
		after, err := base64.StdEncoding.DecodeString(token)
		if err != nil {
			return nil, invalid("Invalid or expired next token.")
		}
		i, _ := slices.BinarySearch(urls, string(after))
		urls = urls[i:]
	}
	out := map[string]any{}
	if most > 0 && len(urls) > most {
		out["NextToken"] = base64.StdEncoding.EncodeToString([]byte(urls[most]))
		urls = urls[:most]
	}
	if len(urls) > 0 || name == "queueUrls" {
		out[name] = urls
	}
	return out, nil
}

func (c call) listTags() (any, error) {
	var in attributesInput
	if err := c.read(&in); err != nil {
		return nil, err
	}
	q, err := c.queue(in.QueueURL, "ListQueueTags")
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	list, _ := q.Properties["Tags"].([]any)
	for _, t := range list {
		if tag, ok := t.(map[string]any); ok {
			name, _ := tag["Key"].(string)
			tags[name], _ = tag["Value"].(string)
		}
	}
	return map[string]any{"Tags": tags}, nil
}

func (c call) purge() (any, error) {
	var in attributesInput
	if err := c.read(&in); err != nil {
		return nil, err
	}
	q, err := c.queue(in.QueueURL, "PurgeQueue")
	if err != nil {
		return nil, err
	}
	defer c.b.ring(q.ARN)
	return struct{}{}, c.w.State(space).Update(func(tx kind.Tx) error {
		now := c.w.Now()
		if last, err := time.Parse(time.RFC3339, string(tx.Get(key('g', q.ARN)))); err == nil && now.Sub(last) < time.Minute {
			return apiError{403, "PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress",
				"Only one PurgeQueue operation on " + q.PhysicalID[strings.LastIndex(q.PhysicalID, "/")+1:] + " is allowed every 60 seconds."}
		}
		return errFirst(tx.DeletePrefix(key('m', q.ARN)), tx.DeletePrefix(key('b', q.ARN)), tx.Put(key('g', q.ARN), []byte(now.UTC().Format(time.RFC3339))))
	})
}
