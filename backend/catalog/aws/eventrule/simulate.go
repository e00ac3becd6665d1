package eventrule

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/backlog"
	"airloom/backend/kind/pattern"
	"airloom/backend/kind/property"
	"airloom/backend/kind/retry"
)

const (
	ruleType = "AWS::Events::Rule"
	busType  = "AWS::Events::EventBus"

	atOnce = 10 // deliveries of one rule
)

// Simulate brings rules. A rule's own clock (ScheduleExpression) is not simulated: draw a schedule. Neither are targets that
// need a role.
func (Kind) Simulate() kind.Simulation {
	c := courier{backlog.New[delivery]("events", atOnce)}
	return kind.Simulation{Types: []kind.ResourceType{{
		Type: ruleType,
		Properties: []string{"Name", "EventBusName", "EventPattern", "State", "Targets.Id", "Targets.Arn", "Targets.Input", "Targets.InputPath", "Targets.InputTransformer",
			"Targets.RetryPolicy", "Targets.DeadLetterConfig.Arn", "Targets.SqsParameters.MessageGroupId"},
		Ignored: []string{"Description", "Tags"},
		Replace: []string{"Name", "EventBusName"},
		Check:   checkRule, Create: create, Update: update, Delete: c.delete, Run: c.run, Accept: c.accept, Push: "events:PutEvents",
	}}}
}

// courier carries events to targets.
type courier struct{ pending *backlog.Backlog[delivery] }

func checkRule(p map[string]any) error {
	if state, ok := p["State"].(string); ok && state != "ENABLED" && state != "DISABLED" {
		return fault.New(fault.Unsupported, "the state %s is not simulated: ENABLED and DISABLED are", state).At("State")
	}
	if p["EventPattern"] == nil {
		return fault.New(fault.Invalid, "a rule needs an event pattern").At("EventPattern")
	}
	if cfn.Known(p["EventPattern"]) {
		if _, err := pattern.Compile(p["EventPattern"]); err != nil {
			return fault.New(fault.Invalid, "%s", err).At("EventPattern")
		}
	}
	for _, t := range targetsOf(p) {
		if !cfn.Known(t.p) {
			continue
		}
		if _, err := shapeOf(t.p); err != nil {
			return fault.New(fault.Invalid, "target %s: %s", t.id, fault.As(err).Message).At("Targets")
		}
	}
	return nil
}

func create(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	name, bus := property.Text(in.Properties, "Name"), busOf(in)
	if name == "" {
		name = in.PhysicalID[max(0, len(in.PhysicalID)-64):]
	}
	in.PhysicalID, in.ARN = name, w.ARN("events", "rule/"+name)
	if bus != "default" {
		if _, ok := w.Lookup(busType, bus); !ok {
			return in, fault.New(fault.NotFound, "the bus %s does not exist", bus).At(in.LogicalID)
		}
		in.PhysicalID, in.ARN = bus+"|"+name, w.ARN("events", "rule/"+bus+"/"+name)
	}
	if _, taken := w.Find(in.ARN); taken {
		return in, fault.New(fault.Conflict, "the bus %s has a rule named %s already", bus, name).At(in.LogicalID)
	}
	in.Attributes = map[string]any{"Arn": in.ARN}
	return in, admit(in)
}

func update(_ context.Context, _ kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN, in.Attributes = old.PhysicalID, old.ARN, old.Attributes
	return in, admit(in)
}

// admit checks the values once they are all known.
func admit(in kind.Instance) error {
	if err := checkRule(in.Properties); err != nil {
		return fault.As(err).At(in.LogicalID)
	}
	return nil
}

func (c courier) delete(_ context.Context, w kind.World, in kind.Instance) error {
	if in.ARN == "" {
		return nil // it came no further than its name
	}
	return c.pending.Drop(w, in)
}

// busOf is the name of the rule's bus.
func busOf(in kind.Instance) string {
	bus := property.Text(in.Properties, "EventBusName")
	if bus == "" {
		return "default"
	}
	return bus[strings.LastIndex(bus, "/")+1:]
}

// target is one target of a rule.
type target struct {
	id, arn, group, dead string
	retry                retry.Policy
	p                    map[string]any
}

func targetsOf(p map[string]any) []target {
	list, _ := p["Targets"].([]any)
	var out []target
	for _, item := range list {
		m, _ := item.(map[string]any)
		out = append(out, target{id: property.Text(m, "Id"), arn: property.Text(m, "Arn"), group: property.Text(m, "SqsParameters", "MessageGroupId"),
			dead: property.Text(m, "DeadLetterConfig", "Arn"), retry: retry.EventBridge(m["RetryPolicy"]), p: m})
	}
	return out
}

// delivery is an event on its way to one target.
type delivery struct {
	Target   string // its id
	Event    []byte // JSON, byte for byte as it came
	Accepted time.Time
	Tried    int `json:",omitempty"`
	Hops     int `json:",omitempty"`
}

// accept keeps an event of the bus for each target, if it matches.
func (c courier) accept(_ context.Context, w kind.World, in kind.Instance, d kind.Delivery) error {
	if property.Text(in.Properties, "State") == "DISABLED" {
		return nil
	}
	p, err := pattern.Compile(in.Properties["EventPattern"])
	if err != nil {
		return fault.As(err).At(in.Node)
	}
	var event any
	if err := json.Unmarshal(d.Payload, &event); err != nil {
		return fault.Wrap(err, fault.Invalid, "an event must be JSON").At(in.Node)
	}
	if !p.Match(event) {
		return nil
	}
	now := w.Now()
	for _, t := range targetsOf(in.Properties) {
		work := delivery{Target: t.id, Event: d.Payload, Accepted: now, Hops: d.Hops}
		if err := c.pending.Add(w, in, backlog.Item[delivery]{ID: w.NewID(), Due: now, Work: work}); err != nil {
			return err
		}
	}
	return nil
}

// run delivers what is pending, also what an earlier process had accepted.
func (c courier) run(ctx context.Context, w kind.World, in kind.Instance) {
	c.pending.Run(ctx, w, in, func(ctx context.Context, i backlog.Item[delivery]) *backlog.Item[delivery] {
		targets := targetsOf(in.Properties)
		n := slices.IndexFunc(targets, func(t target) bool { return t.id == i.Work.Target })
		if n < 0 {
			return nil // the target has gone
		}
		return deliver(ctx, w, in, targets[n], i)
	})
}

// deliver hands an event to a target, and tells when to try again where that failed.
func deliver(ctx context.Context, w kind.World, in kind.Instance, t target, i backlog.Item[delivery]) *backlog.Item[delivery] {
	i.Work.Tried++
	d := i.Work
	payload, err := shaped(w, in, t, d)
	if err == nil {
		push := kind.Delivery{Principal: kind.Principal{Service: "events.amazonaws.com"}, SourceARN: in.ARN, Target: t.arn, Payload: payload, Hops: d.Hops + 1}
		if t.group != "" {
			push.Attributes = map[string]string{"MessageGroupId": t.group}
		}
		if err = w.Deliver(ctx, push); err == nil || ctx.Err() != nil {
			return nil
		}
	}
	if due, ok := t.retry.Again(w.Now(), d.Accepted, d.Tried, err); ok {
		if d.Tried == 1 {
			w.Log(in.Node, "warning", "an event is not delivered to %s yet: %s", t.arn, fault.As(err).Message)
		}
		i.Due = due
		return &i
	}
	w.Log(in.Node, "error", "an event is not delivered to %s: %s", t.arn, fault.As(err).Message)
	bury(ctx, w, in, t, d, err)
	return nil
}

// errorCode tells what EventBridge never tries again from what it does.
func errorCode(err error) string {
	switch fault.CodeOf(err) {
	case fault.Denied:
		return "NO_PERMISSIONS"
	case fault.NotFound:
		return "NO_RESOURCE"
	case fault.Invalid, fault.Limit:
		return "INVALID_PARAMETER"
	}
	return "SDK_CLIENT_ERROR"
}

// shaped is what the target gets.
func shaped(w kind.World, in kind.Instance, t target, d delivery) ([]byte, error) {
	form, err := shapeOf(t.p)
	if err != nil {
		return nil, err
	}
	f := facts{text: d.Event, ruleARN: in.ARN, rule: in.ARN[strings.LastIndex(in.ARN, "/")+1:], at: d.Accepted.UTC().Format(time.RFC3339)}
	if err := json.Unmarshal(d.Event, &f.event); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "read an event")
	}
	return form(f)
}

// bury sends an event that could not be delivered to the target's dead-letter queue, with the reason.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
func bury(ctx context.Context, w kind.World, in kind.Instance, t target, d delivery, cause error) {
	if t.dead == "" {
		return
	}
	code := errorCode(cause)
	attributes := map[string]string{"RULE_ARN": in.ARN, "TARGET_ARN": t.arn, "ERROR_CODE": code, "ERROR_MESSAGE": fault.As(cause).Message}
	if code == "SDK_CLIENT_ERROR" {
		attributes["RETRY_ATTEMPTS"] = strconv.Itoa(d.Tried - 1)
		attributes["EXHAUSTED_RETRY_CONDITION"] = "MaximumRetryAttempts"
		if d.Tried <= t.retry.Attempts {
			attributes["EXHAUSTED_RETRY_CONDITION"] = "MaximumEventAgeInSeconds"
		}
	}
	if err := w.Deliver(ctx, kind.Delivery{Principal: kind.Principal{Service: "events.amazonaws.com"}, SourceARN: in.ARN, Target: t.dead, Payload: d.Event, Attributes: attributes, Hops: d.Hops + 1}); err != nil {
		w.Log(in.Node, "error", "an event is lost, since the dead-letter queue did not take it: %s", fault.As(err).Message)
	}
}
