// Package eventbus is the kind aws.events.bus: an EventBridge bus, which takes events and gives each to the rules that it
// matches. kind.go says what it is, emit.go which CloudFormation it becomes, simulate.go and serve.go how it behaves offline.
// It imports kind, cfn and fault only.
package eventbus

import (
	_ "embed"

	"airloom/backend/kind"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the bus's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.CallTarget = Kind{}
	_ kind.PushSource = Kind{}
	_ kind.Simulator  = Kind{}
	_ kind.Caller     = Kind{}
)

const (
	doc        = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-eventbus.html"
	docPattern = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html"
)

// Spec describes the bus.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "aws.events.bus", Title: "EventBridge bus", Noun: "bus", Category: "Messaging",
		Summary:  "Takes events from anybody who may publish and hands each to whoever asked for its like",
		Keywords: []string{"eventbridge", "event", "publish", "subscribe", "pattern", "choreography"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html",
		Shape: kind.Box, Callable: true, Sample: `{"source": "my.app", "detail-type": "Something happened", "detail": {"hello": "bus"}}`,
		Fields: []kind.Field{
			{Name: "busName", Title: "Bus name", Type: kind.Text, Group: "Advanced", Pattern: `[A-Za-z0-9._-]{1,256}`, Doc: doc,
				Help: "Left empty it is made of the stack's name and the node's id. A fixed name stops two stacks from living in one account."},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Events", Dir: kind.In, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"publish"}}, {Protocol: kind.Schedule}}},
			{ID: "out", Title: "Rules and targets", Dir: kind.Out, Speaks: []kind.Speak{{Protocol: kind.Push, As: "bus"}},
				Fields: []kind.Field{
					{Name: "pattern", Title: "Event pattern", Type: kind.JSON, Doc: docPattern,
						Help: `Which events the target gets: {"detail-type": ["Order placed"]}. Left empty it gets all. On a wire to a rule, the rule's own pattern counts.`},
				}},
		},
	}
}
