package scheduler

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"airloom/backend/catalog/aws/scheduler/expression"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/backlog"
	"airloom/backend/kind/property"
	"airloom/backend/kind/retry"
)

const (
	scheduleType = "AWS::Scheduler::Schedule"
	space        = "scheduler"

	precision = time.Minute // a schedule fires within the minute
	atOnce    = 5           // starts of one schedule that are pending
)

// State keys: backlog/ the starts that are pending, t/<schedule> when it began and when it last fired.

// Simulate brings schedules. A flexible window is used at its beginning. What fell due while the sandbox did not run is passed
// over. Targets are those with a template of their own; universal ones are not simulated.
func (Kind) Simulate() kind.Simulation {
	c := clockwork{backlog.New[firing](space, atOnce)}
	return kind.Simulation{Types: []kind.ResourceType{{
		Type: scheduleType,
		Properties: []string{"Name", "ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "EndDate", "State", "FlexibleTimeWindow.Mode", "FlexibleTimeWindow.MaximumWindowInMinutes",
			"Target.Arn", "Target.RoleArn", "Target.Input", "Target.RetryPolicy", "Target.DeadLetterConfig.Arn", "Target.SqsParameters.MessageGroupId", "Target.EventBridgeParameters"},
		Ignored: []string{"Description", "KmsKeyArn"},
		Replace: []string{"Name"},
		Check:   checkSchedule, Create: c.create, Update: c.update, Delete: c.delete, Run: c.run,
	}}}
}

// clockwork starts targets.
type clockwork struct{ pending *backlog.Backlog[firing] }

// schedule is a schedule with its settings.
type schedule struct {
	when           expression.Expression
	start, end     time.Time // zero where there is none
	on             bool
	target, role   string
	input          string
	group          string
	source, detail string
	dead           string
	retry          retry.Policy
}

func checkSchedule(p map[string]any) error {
	if arn, ok := property.At(p, "Target", "Arn").(string); ok && targetService(arn) == "" {
		return fault.New(fault.Unsupported, "the target %s is not simulated: functions, queues, topics and buses are", arn).At("Target.Arn")
	}
	if _, known := p["ScheduleExpression"].(string); !known {
		return nil
	}
	_, err := scheduleOf(p)
	return err
}

// targetService is the service of a target that can be started here.
func targetService(arn string) string {
	part := strings.Split(arn, ":")
	if len(part) > 5 && slices.Contains([]string{"lambda", "sqs", "sns", "events"}, part[2]) {
		return part[2]
	}
	return ""
}

// scheduleOf reads a schedule's properties over AWS's defaults.
func scheduleOf(p map[string]any) (schedule, error) {
	s := schedule{on: p["State"] != "DISABLED", retry: retry.EventBridge(property.At(p, "Target", "RetryPolicy"))}
	name := property.Text(p, "ScheduleExpressionTimezone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		return s, fault.New(fault.Invalid, "there is no time zone %q", name).At("ScheduleExpressionTimezone")
	}
	if s.when, err = expression.Parse(property.Text(p, "ScheduleExpression"), zone); err != nil {
		return s, fault.As(err).At("ScheduleExpression")
	}
	for _, date := range []struct {
		name string
		into *time.Time
	}{{"StartDate", &s.start}, {"EndDate", &s.end}} {
		if value, ok := p[date.name].(string); ok {
			if *date.into, err = time.Parse(time.RFC3339, value); err != nil {
				return s, fault.New(fault.Invalid, "%q is no moment such as 2026-12-24T18:00:00Z", value).At(date.name)
			}
		}
	}
	s.target = property.Text(p, "Target", "Arn")
	s.role = property.Text(p, "Target", "RoleArn")
	s.input = property.Text(p, "Target", "Input")
	s.group = property.Text(p, "Target", "SqsParameters", "MessageGroupId")
	s.source = property.Text(p, "Target", "EventBridgeParameters", "Source")
	s.detail = property.Text(p, "Target", "EventBridgeParameters", "DetailType")
	s.dead = property.Text(p, "Target", "DeadLetterConfig", "Arn")
	return s, nil
}

func (c clockwork) create(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	if name := property.Text(in.Properties, "Name"); name != "" {
		in.PhysicalID = name
	} else {
		in.PhysicalID = in.PhysicalID[max(0, len(in.PhysicalID)-64):]
	}
	in.ARN = w.ARN("scheduler", "schedule/default/"+in.PhysicalID)
	if _, taken := w.Find(in.ARN); taken {
		return in, fault.New(fault.Conflict, "a schedule named %s exists already", in.PhysicalID).At(in.LogicalID)
	}
	in.Attributes = map[string]any{"Arn": in.ARN}
	if err := admit(in); err != nil {
		return in, err
	}
	return in, save(w, in, history{Began: w.Now()})
}

// update begins anew where the time of the schedule has changed.
func (c clockwork) update(_ context.Context, w kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN, in.Attributes = old.PhysicalID, old.ARN, old.Attributes
	if err := admit(in); err != nil {
		return in, err
	}
	for _, name := range []string{"ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "State"} {
		if old.Properties[name] != in.Properties[name] {
			return in, save(w, in, history{Began: w.Now()})
		}
	}
	return in, nil
}

// admit checks the values once they are all known.
func admit(in kind.Instance) error {
	if err := checkSchedule(in.Properties); err != nil {
		return fault.As(err).At(in.LogicalID)
	}
	return nil
}

func (c clockwork) delete(_ context.Context, w kind.World, in kind.Instance) error {
	if in.ARN == "" {
		return nil // it came no further than its name
	}
	if err := c.pending.Drop(w, in); err != nil {
		return err
	}
	return w.State(space).Update(func(tx kind.Tx) error { return tx.Delete(historyKey(in)) })
}

// history is what a schedule must remember: a rate counts from its beginning, and nothing fires twice.
type history struct{ Began, Fired time.Time }

func historyKey(in kind.Instance) []byte { return []byte("t/" + in.ARN) }

func load(w kind.World, in kind.Instance) (h history, err error) {
	err = w.State(space).View(func(tx kind.Tx) error {
		h.Began = w.Now() // until it has been kept
		_, err := kind.Load(tx, historyKey(in), &h)
		return err
	})
	return h, err
}

func save(w kind.World, in kind.Instance, h history) error {
	return w.State(space).Update(func(tx kind.Tx) error { return kind.Save(tx, historyKey(in), h) })
}

// run fires until ctx ends, and carries out what is pending.
func (c clockwork) run(ctx context.Context, w kind.World, in kind.Instance) {
	s, err := scheduleOf(in.Properties)
	if err != nil {
		w.Log(in.Node, "error", "the schedule does not run: %s", fault.As(err).Message)
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.pending.Run(ctx, w, in, func(ctx context.Context, i backlog.Item[firing]) *backlog.Item[firing] {
			return start(ctx, w, in, s, i)
		})
	}()
	defer func() { <-done }()
	if err := c.tick(ctx, w, in, s); err != nil {
		w.Log(in.Node, "error", "the schedule stands still: %s", fault.As(err).Message)
	}
}

func (c clockwork) tick(ctx context.Context, w kind.World, in kind.Instance, s schedule) error {
	h, err := load(w, in)
	if err != nil || !s.on {
		return err
	}
	for {
		next, ok := s.next(h, w.Now())
		if !ok {
			<-ctx.Done()
			return nil
		}
		if pause := next.Sub(w.Now()); pause > 0 {
			select {
			case <-ctx.Done():
				return nil
			case <-w.After(pause):
			}
		}
		h.Fired = next
		now := w.Now()
		if err := c.pending.Add(w, in, backlog.Item[firing]{ID: w.NewID(), Due: now, Work: firing{Scheduled: next, Accepted: now}}); err != nil {
			return err
		}
		if err := save(w, in, h); err != nil {
			return err
		}
	}
}

// next is the next moment at which the schedule fires. What fell due before this minute is passed over.
func (s schedule) next(h history, now time.Time) (time.Time, bool) {
	began := h.Began
	if !s.start.IsZero() {
		began = s.start
	}
	after := began.Add(-1)
	if h.Fired.After(after) {
		after = h.Fired
	}
	if missed := now.Add(-precision); missed.After(after) {
		after = missed
	}
	next, ok := s.when.Next(after, began)
	return next, ok && (s.end.IsZero() || !next.After(s.end))
}

// firing is one start that is pending.
type firing struct {
	Scheduled, Accepted time.Time
	Tried               int `json:",omitempty"`
}

// start starts the target, and tells when to try again where that failed.
func start(ctx context.Context, w kind.World, in kind.Instance, s schedule, i backlog.Item[firing]) *backlog.Item[firing] {
	i.Work.Tried++
	f := i.Work
	push := kind.Delivery{Principal: kind.Principal{Role: s.role, Session: in.PhysicalID}, SourceARN: in.ARN, Target: s.target, Payload: s.payload(w, in, f, i.ID), Hops: 1}
	switch targetService(s.target) {
	case "events":
		push.Attributes = map[string]string{"Source": s.source, "DetailType": s.detail}
	case "sqs":
		if s.group != "" {
			push.Attributes = map[string]string{"MessageGroupId": s.group}
		}
	}
	err := w.Deliver(ctx, push)
	if err == nil || ctx.Err() != nil {
		return nil
	}
	if due, ok := s.retry.Again(w.Now(), f.Accepted, f.Tried, err); ok {
		if f.Tried == 1 {
			w.Log(in.Node, "warning", "%s is not started yet: %s", s.target, fault.As(err).Message)
		}
		i.Due = due
		return &i
	}
	w.Log(in.Node, "error", "%s is not started: %s", s.target, fault.As(err).Message)
	if s.dead != "" {
		push.Target, push.Attributes = s.dead, map[string]string{"ERROR_CODE": string(fault.CodeOf(err)), "ERROR_MESSAGE": fault.As(err).Message, "EXECUTION_ID": i.ID,
			"RETRY_ATTEMPTS": strconv.Itoa(f.Tried - 1), "SCHEDULE_ARN": in.ARN, "SCHEDULED_TIME": f.Scheduled.UTC().Format(time.RFC3339), "TARGET_ARN": s.target}
		if err := w.Deliver(ctx, push); err != nil {
			w.Log(in.Node, "error", "the dead-letter queue did not take it: %s", fault.As(err).Message)
		}
	}
	return nil
}

// payload is what the target gets: the schedule's input with its context attributes, or an event that names the schedule.
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
func (s schedule) payload(w kind.World, in kind.Instance, f firing, id string) []byte {
	at := f.Scheduled.UTC().Format(time.RFC3339)
	if s.input != "" {
		return []byte(strings.NewReplacer("<aws.scheduler.schedule-arn>", in.ARN, "<aws.scheduler.scheduled-time>", at, "<aws.scheduler.execution-id>", id,
			"<aws.scheduler.attempt-number>", strconv.Itoa(f.Tried)).Replace(s.input))
	}
	event, _ := json.Marshal(map[string]any{"version": "0", "id": id, "detail-type": "Scheduled Event", "source": "aws.scheduler", "account": w.Account(), "time": at,
		"region": w.Region(), "resources": []string{in.ARN}, "detail": "{}"}) // texts always print
	return event
}
