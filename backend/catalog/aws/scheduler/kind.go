// Package scheduler is the kind aws.scheduler: a schedule of EventBridge Scheduler, which starts its targets by the clock.
// kind.go says what it is, emit.go which CloudFormation it becomes, simulate.go how it behaves offline. It imports kind, cfn and
// fault only.
package scheduler

import (
	_ "embed"

	"airloom/backend/kind"
	"airloom/backend/kind/retry"
)

//go:embed icon.svg
var icon string

//go:embed help.md
var help string

// Kind is the schedule's kind. The zero value is ready.
type Kind struct{}

// New is the kind as the shelf holds it.
func New() Kind { return Kind{} }

var (
	_ kind.ScheduleSource = Kind{}
	_ kind.Finisher       = Kind{}
	_ kind.Simulator      = Kind{}
	_ kind.Checker        = Kind{}
)

const (
	doc      = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html"
	docTypes = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"
	docFlex  = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-flexible-time-windows.html"
)

// Spec describes the schedule.
func (Kind) Spec() kind.Spec {
	return kind.Spec{
		ID: "aws.scheduler", Title: "Schedule", Noun: "schedule", Category: "Messaging",
		Summary:  "Starts functions, or sends messages, at a rate, at times of the calendar, or once",
		Keywords: []string{"eventbridge", "scheduler", "cron", "rate", "timer", "clock", "daily"},
		Icon:     icon, Help: help, Doc: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html",
		Shape: kind.Box,
		Fields: []kind.Field{
			{Name: "expression", Title: "When", Type: kind.Cron, Default: "rate(1 hour)", Doc: docTypes,
				Help: "rate(5 minutes), cron(0 8 ? * MON-FRI *) with minutes, hours, day of month, month, day of week, year, or at(2026-12-24T18:00:00)."},
			{Name: "timezone", Title: "Time zone", Type: kind.Text, Default: "UTC", Pattern: `[A-Za-z0-9_+/-]{1,50}`, Doc: docTypes,
				Help: "Of cron and at: Europe/Berlin. It follows summer time."},
			{Name: "window", Title: "Flexible window", Type: kind.Number, Default: 0.0, Min: kind.Bound(0), Max: kind.Bound(1440), Step: 1, Unit: "min", Doc: docFlex,
				Help: "AWS may start the target at any moment within it. 0 means within the minute."},
			{Name: "enabled", Title: "Enabled", Type: kind.Flag, Default: true},
		},
		Ports: []kind.Port{
			{ID: "out", Title: "Starts", Dir: kind.Out, Speaks: []kind.Speak{{Protocol: kind.Schedule}},
				Fields: []kind.Field{
					{Name: "input", Title: "Input", Type: kind.JSON, Doc: doc,
						Help: "What the target gets: the event of a function, the body of a message, the detail of an event. Left empty, it is an event that names the schedule and the time."},
					retry.Retries(doc),
					retry.MaxAge(doc),
					{Name: "group", Title: "Message group", Type: kind.Text, Help: "For a FIFO queue. Left empty it is the schedule's id."},
					{Name: "source", Title: "Source", Type: kind.Text, Pattern: `[^\s]{1,256}`, Help: "For a bus: the source of the event. Left empty it is the schedule's id."},
					{Name: "detailType", Title: "Detail type", Type: kind.Text, Default: "Scheduled event", Help: "For a bus: the detail type of the event."},
				}},
		},
	}
}
