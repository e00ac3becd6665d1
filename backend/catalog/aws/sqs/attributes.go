package sqs

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
	"airloom/backend/kind/property"
)

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
			if m, ok := property.Object(v); ok {
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
	for _, name := range in.AttributeNames {
		if name == "CreatedTimestamp" || name == "LastModifiedTimestamp" {
			return nil, api.Refuse("does not keep the attribute %s", name)
		}
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
			return nil, awsapi.Errorf("InvalidAttributeName", "Unknown Attribute %s, or one that the embedded sandbox takes from the template alone.", name)
		}
		properties[name] = in.Attributes[name]
	}
	changed := instance
	changed.Properties = properties
	if err := cmp.Or(checkQueue(properties), c.b.checkRedrive(c.w, changed)); err != nil {
		return nil, awsapi.Errorf("InvalidAttributeValue", "%s", err)
	}
	defer c.b.bells.Ring(instance.ARN)
	return struct{}{}, c.w.State(space).Update(func(tx kind.Tx) error {
		all := map[string]string{}
		if _, err := kind.Load(tx, key('a', instance.ARN), &all); err != nil {
			return err
		}
		maps.Copy(all, in.Attributes)
		return kind.Save(tx, key('a', instance.ARN), all)
	})
}
