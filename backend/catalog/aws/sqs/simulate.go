package sqs

import (
	"context"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/policy"
	"airloom/backend/kind/property"
)

const (
	queueType  = "AWS::SQS::Queue"
	policyType = "AWS::SQS::QueuePolicy"
	space      = "sqs" // the namespace of all queues' state
)

// policies are the policies of queues.
var policies = policy.Attachment{Type: policyType, To: queueType, Noun: "queue", List: "Queues", Space: space, ARN: arnOf}

// Simulate brings queues, their policies and the SQS API. One broker serves one embedded sandbox.
func (Kind) Simulate() kind.Simulation {
	b := &broker{}
	return kind.Simulation{
		Types: []kind.ResourceType{{
			Type: queueType,
			Properties: []string{"QueueName", "FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit", "DelaySeconds",
				"MaximumMessageSize", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds", "VisibilityTimeout", "RedrivePolicy", "RedriveAllowPolicy", "Tags"},
			Ignored:  []string{"KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"},
			Replace:  []string{"QueueName", "FifoQueue"},
			Stateful: true,
			Check:    checkQueue, Create: b.create, Update: b.update, Delete: b.delete, Accept: b.accept, Push: "sqs:SendMessage", Receive: b.poll,
		}, policies.ResourceType()},
		Services: []kind.Service{{Name: "sqs", Serve: b.serve}},
	}
}

// checkQueue refuses values that AWS refuses too, as far as they are known before anything exists.
func checkQueue(p map[string]any) error {
	for _, limit := range []struct {
		name     string
		min, max int
	}{{"DelaySeconds", 0, 900}, {"MaximumMessageSize", 1024, 1 << 20}, {"MessageRetentionPeriod", 60, fortnight}, {"ReceiveMessageWaitTimeSeconds", 0, 20}, {"VisibilityTimeout", 0, 43200}} {
		if n, ok := property.Integer(p[limit.name]); ok && (n < limit.min || n > limit.max) {
			return fault.New(fault.Invalid, "%s is %d, and a queue takes %d to %d", limit.name, n, limit.min, limit.max).At(limit.name)
		}
	}
	name := property.Text(p, "QueueName")
	if p["QueueName"] != nil && name != "" && strings.HasSuffix(name, ".fifo") != property.Flag(p, "FifoQueue") {
		return fault.New(fault.Invalid, "the name of a FIFO queue, and of no other, ends in .fifo: %s", name).At("QueueName")
	}
	return nil
}

func (b *broker) create(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	name := property.Text(in.Properties, "QueueName")
	if name == "" {
		name = generatedName(w, in)
		if property.Flag(in.Properties, "FifoQueue") {
			name += ".fifo"
		}
	}
	in.ARN = w.ARN("sqs", name)
	if _, taken := w.Find(in.ARN); taken {
		return in, fault.New(fault.Conflict, "a queue named %s exists already", name).At(in.LogicalID)
	}
	in.PhysicalID = w.Endpoint() + "/" + w.Account() + "/" + name
	in.Attributes = map[string]any{"Arn": in.ARN, "QueueName": name, "QueueUrl": in.PhysicalID}
	return in, b.checkRedrive(w, in)
}

func (b *broker) update(_ context.Context, w kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN, in.Attributes = old.PhysicalID, old.ARN, old.Attributes
	if err := b.checkRedrive(w, in); err != nil {
		return in, err
	}
	// The template's values win over what SetQueueAttributes has changed meanwhile.
	err := w.State(space).Update(func(tx kind.Tx) error { return tx.Delete(key('a', in.ARN)) })
	b.bells.Ring(in.ARN)
	return in, err
}

func (b *broker) delete(_ context.Context, w kind.World, in kind.Instance) error {
	defer b.bells.Ring(in.ARN)
	return w.State(space).Update(func(tx kind.Tx) error {
		for _, k := range "abdgmnt" {
			if err := tx.DeletePrefix(key(byte(k), in.ARN)); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkRedrive refuses a dead-letter queue that AWS would refuse.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
func (b *broker) checkRedrive(w kind.World, in kind.Instance) error {
	q := queueOf(w, in, nil)
	if q.deadLetter == "" {
		return nil
	}
	target, ok := w.Find(q.deadLetter)
	if !ok || target.Type != queueType {
		return fault.New(fault.Invalid, "the dead-letter queue %s does not exist", q.deadLetter).At(in.LogicalID)
	}
	if property.Flag(target.Properties, "FifoQueue") != q.fifo {
		return fault.New(fault.Invalid, "a dead-letter queue must be of the same type, standard or FIFO, as its source").At(in.LogicalID)
	}
	allow, _ := property.Object(target.Properties["RedriveAllowPolicy"])
	switch allow["redrivePermission"] {
	case "denyAll":
		return fault.New(fault.Invalid, "%s does not allow to be used as a dead-letter queue", q.deadLetter).At(in.LogicalID)
	case "byQueue":
		list, _ := allow["sourceQueueArns"].([]any)
		for _, arn := range list {
			if arn == in.ARN {
				return nil
			}
		}
		return fault.New(fault.Invalid, "%s does not allow this queue to use it as a dead-letter queue", q.deadLetter).At(in.LogicalID)
	}
	return nil
}

// generatedName is a physical name as CloudFormation makes them: stack, logical id and twelve random characters.
func generatedName(w kind.World, in kind.Instance) string {
	random := strings.ToUpper(strings.ReplaceAll(w.NewID(), "-", ""))[:12]
	head := w.Stack() + "-" + in.LogicalID
	return head[:min(len(head), 62)] + "-" + random
}

func queueAt(w kind.World, url string) (kind.Instance, bool) {
	in, ok := w.Find(arnOf(w, url))
	return in, ok && in.Type == queueType
}

func arnOf(w kind.World, url string) string { return w.ARN("sqs", url[strings.LastIndex(url, "/")+1:]) }
