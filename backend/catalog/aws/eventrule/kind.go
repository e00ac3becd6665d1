// Package eventrule is the kind aws.events.rule: an EventBridge rule, which hands the events of a bus that match its pattern
// to its targets. kind.go says what it is, emit.go which CloudFormation it becomes, simulate.go and input.go how it behaves
// offline. It imports kind, cfn and fault only.
package eventrule

import (
	_ "embed"

	"airloom/backend/kind"
	"airloom/backend/kind/retry"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the rule's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.PushTarget = Kind{}
	_ kind.PushSource = Kind{}
	_ kind.CallSource = Kind{}
	_ kind.Finisher   = Kind{}
	_ kind.Simulator  = Kind{}
	_ kind.Checker    = Kind{}
)

const (
	docPattern = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html"
	docInput   = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"
	docRetry   = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html"
)

// Spec describes the rule.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "aws.events.rule", Title: "EventBridge rule", Noun: "rule", Category: "Messaging",
		Summary:  "Picks the events of a bus that match a pattern and hands them to its targets, reshaped if need be",
		Keywords: []string{"eventbridge", "event", "pattern", "filter", "transform", "target"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html",
		Shape: kind.Box,
		Fields: []kind.Field{
			{Name: "pattern", Title: "Event pattern", Type: kind.JSON, Doc: docPattern,
				Help: `Which events the targets get: {"source": ["shop"], "detail-type": ["Order placed"]}. Left empty they get all.`},
			{Name: "enabled", Title: "Enabled", Type: kind.Flag, Default: true},
		},
		Ports: []kind.Port{
			{ID: "in", Title: "Bus", Dir: kind.In, Max: 1, Speaks: []kind.Speak{{Protocol: kind.Push, With: []string{"bus"}}}},
			{ID: "out", Title: "Targets", Dir: kind.Out, Max: mostTargets, Speaks: []kind.Speak{{Protocol: kind.Push}},
				Fields: []kind.Field{
					{Name: "inputPath", Title: "Part of the event", Type: kind.Text, Pattern: `\$.*`, Doc: docInput,
						Help: "Hand over only this part: $.detail. Left empty the target gets the whole event."},
					{Name: "inputTemplate", Title: "Template", Type: kind.LongText, Doc: docInput,
						Help: `What the target gets instead of the event, with variables in angle brackets: {"order": <id>, "text": "order <id> came in"}.`},
					{Name: "inputPaths", Title: "Variables of the template", Type: kind.Map, Doc: docInput, Help: "Name and path within the event: id is $.detail.id."},
					{Name: "input", Title: "Constant", Type: kind.JSON, Doc: docInput, Help: "What the target gets, whatever the event says."},
					retry.Retries(docRetry),
					retry.MaxAge(docRetry),
					{Name: "group", Title: "Message group", Type: kind.Text, Help: "For a FIFO queue. Left empty it is the wire's id."},
				}},
			{ID: "failed", Title: "Dead letters", Dir: kind.Out, Max: 1, Speaks: []kind.Speak{{Protocol: kind.Call, Access: []string{"deadletter"}}}},
		},
	}
}
