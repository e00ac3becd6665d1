package scheduler

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

const (
	workerARN = "arn:aws:lambda:us-east-1:000000000000:function:worker"
	deadARN   = "arn:aws:sqs:us-east-1:000000000000:dead"
	roleARN   = "arn:aws:iam::000000000000:role/clock"
)

// tower is a world with a schedule and its target. It is noon of the first of March 2026.
type tower struct {
	*kindtest.World
	t    *testing.T
	sim  kind.Simulation
	in   kind.Instance
	stop func()
	runs sync.WaitGroup

	fail error
	got  []kind.Delivery
	at   []string // when deliveries came
}

func newTower(t *testing.T, expression string, target, more map[string]any) *tower {
	t.Helper()
	o := &tower{t: t, sim: New().Simulate()}
	accept := func(_ context.Context, w kind.World, in kind.Instance, d kind.Delivery) error {
		if o.fail != nil && in.ARN != deadARN {
			return o.fail
		}
		o.got, o.at = append(o.got, d), append(o.at, w.Now().Format("15:04:05"))
		return nil
	}
	o.World = kindtest.New(o.sim, kind.Simulation{Types: []kind.ResourceType{{Type: "Test::Target", Accept: accept}}})
	to := map[string]any{"Arn": workerARN, "RoleArn": roleARN}
	for k, v := range target {
		to[k] = v
	}
	o.Put(kind.Instance{LogicalID: "Target", Type: "Test::Target", ARN: to["Arn"].(string)})
	o.Put(kind.Instance{LogicalID: "Dead", Type: "Test::Target", ARN: deadARN})
	p := map[string]any{"Name": "daily", "ScheduleExpression": expression, "FlexibleTimeWindow": map[string]any{"Mode": "OFF"}, "Target": to}
	for k, v := range more {
		p[k] = v
	}
	var err error
	if o.in, err = o.Create(t.Context(), "Daily", scheduleType, p); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *tower) start() {
	ctx, stop := context.WithCancel(o.t.Context())
	o.stop = func() { stop(); o.runs.Wait() }
	o.runs.Go(func() { o.sim.Types[0].Run(ctx, o.World, o.in) })
	synctest.Wait()
}

// pass lets the time go by in steps.
func (o *tower) pass(d, step time.Duration) {
	for ; d > 0; d -= step {
		o.Advance(step)
		synctest.Wait()
	}
}

func (o *tower) want(at string) {
	o.t.Helper()
	if got := strings.Join(o.at, " "); got != at {
		o.t.Fatalf("started at %q, want %q\n%v", got, at, o.Lines())
	}
}

func TestRateStartsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTower(t, "rate(5 minutes)", nil, nil)
		o.start()
		o.pass(11*time.Minute, time.Minute)
		o.want("12:00:00 12:05:00 12:10:00")
		d := o.got[1]
		if d.Principal.Role != roleARN || d.Principal.Session != "daily" || d.Target != workerARN || d.SourceARN != o.in.ARN || d.Hops != 1 || d.Attributes != nil {
			t.Errorf("%+v", d)
		}
		var e map[string]any
		if err := json.Unmarshal(d.Payload, &e); err != nil || e["source"] != "aws.scheduler" || e["detail-type"] != "Scheduled Event" || e["time"] != "2026-03-01T12:05:00Z" || e["resources"].([]any)[0] != o.in.ARN {
			t.Errorf("%v %v", err, e)
		}
		// A restart keeps the rhythm, starts nothing twice, and passes over what fell due meanwhile.
		o.stop()
		o.Advance(7 * time.Minute) // 12:18
		o.sim = New().Simulate()
		o.start()
		defer func() { o.stop() }()
		o.pass(3*time.Minute, time.Minute)
		o.want("12:00:00 12:05:00 12:10:00 12:20:00")
	})
}

func TestRestartWithinTheMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTower(t, "cron(1 12 * * ? *)", nil, nil)
		o.Advance(90 * time.Second)
		o.start()
		o.want("12:01:30")
		o.stop()
		o.sim = New().Simulate()
		o.start()
		defer func() { o.stop() }()
		o.pass(2*time.Minute, time.Second*30)
		o.want("12:01:30")
	})
}

func TestCronInItsZone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTower(t, "cron(30 13 * * ? *)", map[string]any{"Input": `{"at": "<aws.scheduler.scheduled-time>", "try": <aws.scheduler.attempt-number>, "id": "<aws.scheduler.execution-id>", "arn": "<aws.scheduler.schedule-arn>"}`},
			map[string]any{"ScheduleExpressionTimezone": "Europe/Berlin"})
		o.start()
		defer o.stop()
		o.pass(26*time.Hour, 10*time.Minute)
		o.want("12:30:00 12:30:00")
		var e map[string]any
		if err := json.Unmarshal(o.got[0].Payload, &e); err != nil || e["at"] != "2026-03-01T12:30:00Z" || e["try"] != 1.0 || e["arn"] != o.in.ARN || len(e["id"].(string)) != 36 {
			t.Errorf("%v %s", err, o.got[0].Payload)
		}
	})
}

func TestOnceAndNeverAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTower(t, "at(2026-03-01T12:10:00)", nil, nil)
		o.start()
		o.pass(time.Hour, time.Minute)
		o.want("12:10:00")
		o.stop()
		o.start()
		defer func() { o.stop() }()
		o.pass(time.Hour, time.Minute)
		o.want("12:10:00")
	})
}

func TestBeginAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTower(t, "rate(10 minutes)", nil, map[string]any{"StartDate": "2026-03-01T12:05:00Z", "EndDate": "2026-03-01T12:30:00Z"})
		o.start()
		defer o.stop()
		o.pass(time.Hour, time.Minute)
		o.want("12:05:00 12:15:00 12:25:00")
	})
}

func TestDisabledSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTower(t, "rate(1 minute)", nil, map[string]any{"State": "DISABLED"})
		o.start()
		o.pass(5*time.Minute, time.Minute)
		o.want("")
		o.stop()
		p := map[string]any{}
		for k, v := range o.in.Properties {
			p[k] = v
		}
		p["State"] = "ENABLED"
		var err error
		if o.in, err = o.Update(t.Context(), o.in, p); err != nil {
			t.Fatal(err)
		}
		o.start() // it begins anew
		defer func() { o.stop() }()
		o.pass(time.Minute, time.Minute)
		o.want("12:05:00 12:06:00")
	})
}

func TestFailedStartIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTower(t, "at(2026-03-01T12:01:00)", map[string]any{"Input": `<aws.scheduler.attempt-number>`}, nil)
		o.fail = fault.New(fault.Unavailable, "not now")
		o.start()
		o.pass(time.Minute, time.Minute)
		o.pass(time.Second, time.Second)
		o.stop()
		o.sim = New().Simulate()
		o.fail = nil
		o.start()
		defer func() { o.stop() }()
		o.pass(10*time.Second, time.Second)
		o.want("12:01:03")
		if string(o.got[0].Payload) != "3" {
			t.Errorf("%s", o.got[0].Payload)
		}
	})
}

func TestDeadLetters(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		retry map[string]any
		tries string
	}{
		{"no permission is final", fault.New(fault.Denied, "not authorized"), nil, "0"},
		{"tries", fault.New(fault.Unavailable, "no"), map[string]any{"MaximumRetryAttempts": 2}, "2"},
		{"age", fault.New(fault.Unavailable, "no"), map[string]any{"MaximumEventAgeInSeconds": 60}, "6"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newTower(t, "at(2026-03-01T12:01:00)", map[string]any{"RetryPolicy": c.retry, "DeadLetterConfig": map[string]any{"Arn": deadARN}, "Input": `{"n":1}`}, nil)
				o.fail = c.err
				o.start()
				defer o.stop()
				o.pass(5*time.Minute, time.Second)
				if len(o.got) != 1 || o.got[0].Target != deadARN || string(o.got[0].Payload) != `{"n":1}` || o.got[0].Attributes["RETRY_ATTEMPTS"] != c.tries || o.got[0].Attributes["SCHEDULED_TIME"] != "2026-03-01T12:01:00Z" {
					t.Errorf("%+v\n%v", o.got, o.Lines())
				}
			})
		})
	}
}

func TestTargetsWithParameters(t *testing.T) {
	for arn, c := range map[string]struct{ target, want map[string]any }{
		"arn:aws:events:us-east-1:000000000000:event-bus/b": {map[string]any{"EventBridgeParameters": map[string]any{"Source": "clock", "DetailType": "Tick"}, "Input": "{}"}, map[string]any{"Source": "clock", "DetailType": "Tick"}},
		"arn:aws:sqs:us-east-1:000000000000:q.fifo":         {map[string]any{"SqsParameters": map[string]any{"MessageGroupId": "g"}}, map[string]any{"MessageGroupId": "g"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			c.target["Arn"] = arn
			o := newTower(t, "rate(1 hour)", c.target, nil)
			o.start()
			defer o.stop()
			if len(o.got) != 1 || len(o.got[0].Attributes) != len(c.want) {
				t.Fatalf("%+v", o.got)
			}
			for name, want := range c.want {
				if o.got[0].Attributes[name] != want {
					t.Errorf("%v", o.got[0].Attributes)
				}
			}
		})
	}
}

func TestScheduleIsCreated(t *testing.T) {
	o := newTower(t, "rate(1 hour)", nil, nil)
	if o.in.PhysicalID != "daily" || o.in.ARN != "arn:aws:scheduler:us-east-1:000000000000:schedule/default/daily" || o.in.Attributes["Arn"] != o.in.ARN {
		t.Errorf("%+v", o.in)
	}
	if _, err := o.Create(t.Context(), "Again", scheduleType, o.in.Properties); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("%v", err)
	}
	target := map[string]any{"Arn": workerARN, "RoleArn": roleARN}
	for where, p := range map[string]map[string]any{
		"ScheduleExpression":         {"ScheduleExpression": "rate(0 days)", "Target": target},
		"ScheduleExpressionTimezone": {"ScheduleExpression": "rate(1 day)", "ScheduleExpressionTimezone": "Mars/Base", "Target": target},
		"StartDate":                  {"ScheduleExpression": "rate(1 day)", "StartDate": "tomorrow", "Target": target},
		"Target.Arn":                 {"ScheduleExpression": "rate(1 day)", "Target": map[string]any{"Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"}},
	} {
		if err := checkSchedule(p); err == nil || fault.As(err).Where != where {
			t.Errorf("%v: %v", p, err)
		}
	}
	if err := checkSchedule(map[string]any{"ScheduleExpression": cfn.Ref("When"), "Target": map[string]any{"Arn": cfn.GetAtt("F", "Arn")}}); err != nil {
		t.Error(err)
	}
	if err := o.Delete(t.Context(), o.in); err != nil {
		t.Fatal(err)
	}
	_ = o.State(space).View(func(tx kind.Tx) error {
		tx.Scan(nil, nil, func(k, _ []byte) bool { t.Errorf("%s is left", k); return true })
		return nil
	})
}
