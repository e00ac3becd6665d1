package scheduler

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a machine may come without time zones

	"airloom/backend/catalog/aws/scheduler/expression"
	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/retry"
)

// role is the suffix of the role that Scheduler takes on.
const role = "Role"

// Emit adds nothing: a schedule has one target, so that each wire is one.
func (Kind) Emit(*kind.Scope) error { return nil }

// Start adds the schedule of a wire.
func (Kind) Start(w *kind.Wire, to kind.Grant) error {
	s := w.From
	s.Allow(to.Statements...)
	target := map[string]any{"Arn": to.ARN, "RoleArn": cfn.GetAtt(s.Logical(role), "Arn")}
	in := w.Value("input")
	if publishes(to) {
		source := w.String("source")
		if source == "" {
			source = string(s.Node.ID)
		}
		target["EventBridgeParameters"] = map[string]any{"Source": source, "DetailType": w.String("detailType")}
		if in == nil {
			in = map[string]any{}
		}
		if _, object := in.(map[string]any); !object {
			w.Find(fault.Blocking, "schedule-input", "input", `write it as {"name": "value"}`, "the detail of an event is a JSON object")
		}
	}
	if w.To.String("type") == "fifo" {
		group := w.String("group")
		if group == "" {
			group = string(s.Node.ID)
		}
		target["SqsParameters"] = map[string]any{"MessageGroupId": group}
	}
	if in != nil {
		var text strings.Builder
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false) // context attributes stand in angle brackets: <aws.scheduler.scheduled-time>
		if err := enc.Encode(in); err != nil {
			return fault.Wrap(err, fault.Invalid, "print the input").At(string(w.Edge.ID))
		}
		target["Input"] = strings.TrimSuffix(text.String(), "\n")
	}
	retry.Emit(w, target)
	p := map[string]any{"ScheduleExpression": s.String("expression"), "State": "ENABLED", "FlexibleTimeWindow": map[string]any{"Mode": "OFF"}, "Target": target}
	if zone := s.String("timezone"); zone != "UTC" {
		p["ScheduleExpressionTimezone"] = zone
	}
	if n := s.Number("window"); n > 0 {
		p["FlexibleTimeWindow"] = map[string]any{"Mode": "FLEXIBLE", "MaximumWindowInMinutes": int(n)}
	}
	if !s.Flag("enabled") {
		p["State"] = "DISABLED"
	}
	w.Add("Schedule", kind.Resource{Type: scheduleType, Properties: p})
	return nil
}

// publishes tells a bus from other targets: it is called by publishing events, which need a source and a type.
func publishes(to kind.Grant) bool {
	return slices.ContainsFunc(to.Statements, func(s kind.Statement) bool { return slices.Contains(s.Actions, "events:PutEvents") })
}

// Finish adds the role, which may do just what the wires need, and which Scheduler takes on for this account only.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
func (Kind) Finish(s *kind.Scope) error {
	allowed := s.Statements()
	if len(allowed) == 0 {
		s.Find(fault.Warning, "schedule-target", "", "wire it to a function, a queue, a topic or a bus", "the schedule starts nothing")
		return nil
	}
	s.Add(role, kind.Resource{Type: "AWS::IAM::Role", Properties: map[string]any{
		"AssumeRolePolicyDocument": map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
			"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": map[string]any{"Service": "scheduler.amazonaws.com"},
			"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": cfn.Ref("AWS::AccountId")}}}}},
		"Policies": []any{map[string]any{"PolicyName": "wires", "PolicyDocument": kind.Policy(allowed)}}}})
	return nil
}

// Check finds expressions and time zones that are none.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	find := func(field, hint string, err error) []fault.Finding {
		return []fault.Finding{{Rule: "schedule", Severity: fault.Blocking, Node: string(s.Node.ID), Field: field, Message: err.Error(), Hint: hint, Source: docTypes}}
	}
	zone, err := time.LoadLocation(s.String("timezone"))
	if err != nil {
		return find("timezone", "use a name such as Europe/Berlin", fault.New(fault.Invalid, "there is no time zone %q", s.String("timezone")))
	}
	if _, err := expression.Parse(s.String("expression"), zone); err != nil {
		return find("expression", "write rate(5 minutes), cron(0 8 ? * MON-FRI *) or at(2026-12-24T18:00:00)", err)
	}
	return nil
}
