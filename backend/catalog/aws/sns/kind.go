// Package sns is the kind aws.sns: a topic, standard or FIFO, and its subscriptions. kind.go says what it is, emit.go which
// CloudFormation it becomes; the other files are its offline behaviour over kind.World. It imports kind, cfn and fault only.
package sns

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the topic's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallTarget = Kind{}
	_ kind.PushTarget = Kind{}
	_ kind.PushSource = Kind{}
	_ kind.Simulator  = Kind{}
	_ kind.Caller     = Kind{}
	_ kind.Checker    = Kind{}
)

const (
	doc       = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html"
	docFIFO   = "https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html"
	docFilter = "https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html"
	docRaw    = "https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html"
	docDLQ    = "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html"
	docTrace  = "https://docs.aws.amazon.com/sns/latest/dg/sns-active-tracing.html"
)

// Spec describes the topic.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "aws.sns", Title: "SNS topic", Noun: "topic", Category: "Messaging",
		Summary:  "Hands each message to everybody who is subscribed: functions and queues, with filters",
		Keywords: []string{"publish", "subscribe", "fan-out", "notification", "fifo", "event"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/sns/latest/dg/welcome.html",
		Shape: kind.Box, Callable: true, Sample: `{"hello": "topic"}`,
		Fields: []kind.Field{
			{Name: "type", Title: "Type", Type: kind.Choice, Options: []string{"standard", "fifo"}, Default: "standard", Doc: docFIFO,
				Help: "A FIFO topic keeps the order within a message group, drops duplicates, and delivers to queues only. Changing the type replaces the topic."},
			{Name: "displayName", Title: "Display name", Type: kind.Text, Pattern: `[^\x00-\x1f]{0,100}`, Doc: doc},
			{Name: "contentDeduplication", Title: "Deduplicate by content", Type: kind.Flag, Group: "FIFO", Default: true, Doc: docFIFO,
				Help: "Messages without a deduplication id get the hash of their body as one."},
			{Name: "highThroughput", Title: "High throughput", Type: kind.Flag, Group: "FIFO", Default: false, Doc: docFIFO,
				Help: "Limits and deduplication count per message group instead of per topic."},
			{Name: "deadLetter", Title: "Dead-letter queue", Type: kind.Choice, Options: []string{"none", "automatic"}, Default: "none", Group: "Advanced", Doc: docDLQ,
				Help: "Automatic: a queue is added that keeps for 14 days what no retry could deliver to a subscriber."},
			{Name: "tracing", Title: "X-Ray tracing", Type: kind.Flag, Group: "Advanced", Default: false, Doc: docTrace, Help: "Standard topics pass the trace on to their subscribers."},
			{Name: "topicName", Title: "Topic name", Type: kind.Text, Group: "Advanced", Pattern: `[A-Za-z0-9_-]{1,251}(\.fifo)?`, Doc: doc,
				Help: "Left empty, CloudFormation makes a name. A fixed name stops two stacks from living in one account. FIFO names get their “.fifo” by themselves."},
			{Name: "keep", Title: "Keep when removed", Type: kind.Flag, Group: "Advanced", Default: false,
				Help: "The topic stays in the account when it leaves the drawing or the stack is destroyed."},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Messages", Dir: kind.In, Speaks: []kind.Speak{
				{Protocol: kind.Call, Access: []string{"publish"}}, {Protocol: kind.Push}, {Protocol: kind.Schedule}}},
			{ID: "out", Title: "Subscribers", Dir: kind.Out, Speaks: []kind.Speak{{Protocol: kind.Push, With: []string{"function", "queue"}}},
				Fields: []kind.Field{
					{Name: "filter", Title: "Filter", Type: kind.JSON, Doc: docFilter, Help: `Which messages come through: {"type": ["order"]}. Left empty, all.`},
					{Name: "filterBy", Title: "Filter looks at", Type: kind.Choice, Options: []string{"attributes", "body"}, Default: "attributes", Doc: docFilter},
					{Name: "raw", Title: "Without envelope", Type: kind.Flag, Default: true, Doc: docRaw,
						Help: "A queue gets the message as it was published, its attributes as message attributes. Functions always get SNS's envelope."},
				}},
		},
	}
}
