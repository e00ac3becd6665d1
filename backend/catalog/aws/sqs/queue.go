package sqs

import (
	"strings"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/bell"
	"airloom/backend/kind/policy"
	"airloom/backend/kind/property"
)

// broker is the working part of the SQS simulation: all data lies in kind.State, the broker itself only wakes those who
// wait for a queue.
type broker struct {
	bells bell.Bells // by queue ARN, rung when something may have become visible
}

// queue is a queue with its settings: the template's, over AWS's defaults, under what SetQueueAttributes has changed.
type queue struct {
	arn, name, url, node                   string
	fifo, contentDeduplication, perGroup   bool
	visibility, delay, retention, longPoll time.Duration
	maxBytes                               int
	deadLetter                             string
	maxReceives                            int
	policy                                 string
	redrivePolicy, redriveAllowPolicy      any
	throughputLimit                        string
}

// attributeNames are the settings that SetQueueAttributes may change here.
var attributeNames = []string{"ContentBasedDeduplication", "DeduplicationScope", "DelaySeconds", "FifoThroughputLimit", "MaximumMessageSize",
	"MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds", "RedriveAllowPolicy", "RedrivePolicy", "VisibilityTimeout"}

// queueOf reads a queue's settings; tx may be nil, then changes by SetQueueAttributes are not seen.
func queueOf(w kind.World, in kind.Instance, tx kind.Tx) queue {
	over := map[string]string{}
	q := queue{arn: in.ARN, url: in.PhysicalID, node: in.Node, name: in.ARN[strings.LastIndex(in.ARN, ":")+1:]}
	if tx != nil {
		_, _ = kind.Load(tx, key('a', in.ARN), &over) // what cannot be read was not written by us: then the template's values count
		q.policy = policy.Text(tx, in.ARN)
	}
	value := func(name string) any {
		if v, ok := over[name]; ok {
			return v
		}
		return in.Properties[name]
	}
	number := func(name string, absent int) int {
		if n, ok := property.Integer(value(name)); ok {
			return n
		}
		return absent
	}
	seconds := func(name string, absent int) time.Duration {
		return time.Duration(number(name, absent)) * time.Second
	}
	q.fifo = property.Flag(in.Properties, "FifoQueue")
	q.contentDeduplication = property.Flag(value("ContentBasedDeduplication"))
	q.perGroup = value("DeduplicationScope") == "messageGroup"
	q.throughputLimit, _ = value("FifoThroughputLimit").(string)
	q.visibility, q.delay = seconds("VisibilityTimeout", 30), seconds("DelaySeconds", 0)
	q.retention, q.longPoll = seconds("MessageRetentionPeriod", 345600), seconds("ReceiveMessageWaitTimeSeconds", 0)
	q.maxBytes = number("MaximumMessageSize", 1<<20)
	q.redrivePolicy, q.redriveAllowPolicy = value("RedrivePolicy"), value("RedriveAllowPolicy")
	if r, ok := property.Object(q.redrivePolicy); ok {
		q.deadLetter = property.Text(r, "deadLetterTargetArn")
		if q.maxReceives, ok = property.Integer(r, "maxReceiveCount"); !ok {
			q.maxReceives = 10
		}
	}
	return q
}

// key is a state key of a queue: what it holds, whose it is, and which one. No queue name contains a slash.
func key(what byte, arn string, rest ...string) []byte {
	return []byte(string(what) + "/" + arn + "/" + strings.Join(rest, "/"))
}
