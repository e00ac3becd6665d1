// Package sqs is the kind aws.sqs: a queue, standard or FIFO, with its dead-letter queue. kind.go says what it is, emit.go
// which CloudFormation it becomes; the other files are its offline behaviour over kind.World. It imports kind, cfn and
// fault only.
package sqs

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the queue's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallTarget = Kind{}
	_ kind.CallSource = Kind{}
	_ kind.PushTarget = Kind{}
	_ kind.PollSource = Kind{}
	_ kind.Finisher   = Kind{}
	_ kind.Simulator  = Kind{}
	_ kind.Caller     = Kind{}
	_ kind.Checker    = Kind{}
)

const (
	doc     = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html"
	docDLQ  = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"
	docESM  = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"
	docFIFO = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fifo-queues.html"

	// deadLetters is the suffix of the built-in dead-letter queue.
	deadLetters = "DeadLetters"
	fortnight   = 1209600 // seconds: the longest retention SQS offers
)

// Spec describes the queue.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "aws.sqs", Title: "SQS queue", Noun: "queue", Category: "Messaging",
		Summary:  "Holds messages until a function has handled them; what keeps failing goes to a dead-letter queue",
		Keywords: []string{"message", "fifo", "dead letter", "dlq", "buffer", "worker"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/welcome.html",
		Shape: kind.Box, Stateful: true, Callable: true, Sample: `{"hello": "queue"}`,
		Fields: []kind.Field{
			{Name: "type", Title: "Type", Type: kind.Choice, Options: []string{"standard", "fifo"}, Default: "standard", Doc: docFIFO,
				Help: "A FIFO queue keeps the order within a message group and drops duplicates of the last five minutes. Changing the type replaces the queue."},
			{Name: "visibility", Title: "Visibility timeout", Type: kind.Number, Min: kind.Bound(0), Max: kind.Bound(43200), Step: 1, Unit: "s", Doc: docESM,
				Help: "How long a received message stays hidden. Left empty it is automatic: six times the timeout of the function that the queue feeds, as AWS recommends."},
			{Name: "deadLetter", Title: "Dead-letter queue", Type: kind.Choice, Options: []string{"automatic", "none"}, Default: "automatic", Doc: docDLQ,
				Help: "Automatic: where the queue feeds a function and no wire names a dead-letter queue, one is added that keeps failed messages for 14 days."},
			{Name: "maxReceives", Title: "Tries before the dead-letter queue", Type: kind.Number, Default: 5.0, Min: kind.Bound(1), Max: kind.Bound(1000), Step: 1, Doc: docESM,
				Help: "How often a message is received before it is set aside. AWS recommends at least 5 for queues that feed functions, since throttled tries count too."},
			{Name: "retention", Title: "Retention", Type: kind.Number, Group: "Delivery", Default: 345600.0, Min: kind.Bound(60), Max: kind.Bound(fortnight), Step: 1, Unit: "s", Doc: doc,
				Help: "How long a message that nobody deletes is kept."},
			{Name: "delay", Title: "Delay", Type: kind.Number, Group: "Delivery", Default: 0.0, Min: kind.Bound(0), Max: kind.Bound(900), Step: 1, Unit: "s", Doc: doc,
				Help: "How long a new message stays hidden at first."},
			{Name: "wait", Title: "Long polling", Type: kind.Number, Group: "Delivery", Default: 20.0, Min: kind.Bound(0), Max: kind.Bound(20), Step: 1, Unit: "s", Doc: doc,
				Help: "How long a receive call waits for the first message. 20 s means the fewest empty, paid answers."},
			{Name: "maxBytes", Title: "Largest message", Type: kind.Number, Group: "Delivery", Default: 1048576.0, Min: kind.Bound(1024), Max: kind.Bound(1048576), Step: 1, Unit: "B", Doc: doc},
			{Name: "contentDeduplication", Title: "Deduplicate by content", Type: kind.Flag, Group: "FIFO", Default: true, Doc: docFIFO,
				Help: "Messages without a deduplication id get the hash of their body as one."},
			{Name: "highThroughput", Title: "High throughput", Type: kind.Flag, Group: "FIFO", Default: false, Doc: docFIFO,
				Help: "Limits and deduplication count per message group instead of per queue."},
			{Name: "queueName", Title: "Queue name", Type: kind.Text, Group: "Advanced", Pattern: `[A-Za-z0-9_-]{1,75}(\.fifo)?`, Doc: doc,
				Help: "Left empty, CloudFormation makes a name. A fixed name stops two stacks from living in one account. FIFO names get their “.fifo” by themselves."},
			{Name: "keep", Title: "Keep when removed", Type: kind.Flag, Group: "Advanced", Default: false,
				Help: "The queue and its messages stay in the account when it leaves the drawing or the stack is destroyed."},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Messages", Dir: kind.In, Speaks: []kind.Speak{
				{Protocol: kind.Call, Access: []string{"send", "deadletter"}}, {Protocol: kind.Push, As: "queue"}, {Protocol: kind.Schedule}}},
			{ID: "out", Title: "Consumers", Dir: kind.Out, Speaks: []kind.Speak{
				{Protocol: kind.Poll}, {Protocol: kind.Call, Access: []string{"deadletter"}}},
				Fields: []kind.Field{
					{Name: "batchSize", Title: "Batch size", Type: kind.Number, Default: 10.0, Min: kind.Bound(1), Max: kind.Bound(10000), Step: 1, Doc: docESM,
						Help: "Most messages of one invocation: up to 10, and up to 10,000 on standard queues with a batch window."},
					{Name: "batchWindow", Title: "Batch window", Type: kind.Number, Default: 0.0, Min: kind.Bound(0), Max: kind.Bound(300), Step: 1, Unit: "s", Doc: docESM,
						Help: "How long Lambda gathers a batch. Standard queues only."},
					{Name: "maxConcurrency", Title: "Most functions at once", Type: kind.Number, Min: kind.Bound(2), Max: kind.Bound(1000), Step: 1, Doc: docESM},
					{Name: "partialFailures", Title: "Failures per message", Type: kind.Flag, Default: true, Doc: "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html",
						Help: "The function may answer with batchItemFailures: only those messages come again. Without it one failure repeats the whole batch."},
					{Name: "filter", Title: "Filter", Type: kind.JSON, Doc: "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html",
						Help: `Only messages that match this pattern reach the function, the others are deleted: {"body": {"type": ["order"]}}.`},
					{Name: "maxReceives", Title: "Tries before the dead-letter queue", Type: kind.Number, Min: kind.Bound(1), Max: kind.Bound(1000), Step: 1, Doc: docDLQ,
						Help: "For a wire to a dead-letter queue. Left empty, the queue's own value counts."},
				}},
		},
	}
}
