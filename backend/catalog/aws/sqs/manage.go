package sqs

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
	"airloom/backend/kind/property"
)

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
			name := property.Text(tag, "Key")
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
	defer c.b.bells.Ring(q.ARN)
	return struct{}{}, c.w.State(space).Update(func(tx kind.Tx) error {
		now := c.w.Now()
		if last, err := time.Parse(time.RFC3339, string(tx.Get(key('g', q.ARN)))); err == nil && now.Sub(last) < time.Minute {
			return awsapi.Error{Status: 403, Code: "PurgeQueueInProgress",
				Message: "Only one PurgeQueue operation on " + q.PhysicalID[strings.LastIndex(q.PhysicalID, "/")+1:] + " is allowed every 60 seconds."}
		}
		return cmp.Or(tx.DeletePrefix(key('m', q.ARN)), tx.DeletePrefix(key('b', q.ARN)), tx.Put(key('g', q.ARN), []byte(now.UTC().Format(time.RFC3339))))
	})
}
