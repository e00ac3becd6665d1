package eventrule

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

// post is a world with a rule and targets that the test makes fail.
type post struct {
	*kindtest.World
	t    *testing.T
	sim  kind.Simulation
	rule kind.Instance
	stop func()
	runs sync.WaitGroup

	mu   sync.Mutex
	fail map[string]error // by target ARN
	got  []kind.Delivery
}

const (
	workerARN = "arn:aws:lambda:us-east-1:000000000000:function:worker"
	queueARN  = "arn:aws:sqs:us-east-1:000000000000:jobs"
	deadARN   = "arn:aws:sqs:us-east-1:000000000000:dead"
)

func newPost(t *testing.T, p map[string]any) *post {
	t.Helper()
	o := &post{t: t, sim: New().Simulate(), fail: map[string]error{}}
	accept := func(_ context.Context, _ kind.World, in kind.Instance, d kind.Delivery) error {
		o.mu.Lock()
		defer o.mu.Unlock()
		if err := o.fail[in.ARN]; err != nil {
			return err
		}
		o.got = append(o.got, d)
		return nil
	}
	o.World = kindtest.New(o.sim, kind.Simulation{Types: []kind.ResourceType{{Type: "Test::Target", Accept: accept}}})
	for i, arn := range []string{workerARN, queueARN, deadARN} {
		o.Put(kind.Instance{LogicalID: string(rune('A' + i)), Type: "Test::Target", ARN: arn})
	}
	o.Put(kind.Instance{LogicalID: "Bus", Type: busType, PhysicalID: "shop", ARN: o.ARN("events", "event-bus/shop")})
	base := map[string]any{"EventBusName": "shop", "EventPattern": map[string]any{"source": []any{"shop"}}, "State": "ENABLED",
		"Targets": []any{map[string]any{"Id": "worker", "Arn": workerARN}}}
	for k, v := range p {
		base[k] = v
	}
	var err error
	if o.rule, err = o.Create(t.Context(), "Orders", ruleType, base); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *post) start() {
	ctx, stop := context.WithCancel(o.t.Context())
	o.stop = func() { stop(); o.runs.Wait() }
	o.runs.Go(func() { o.sim.Types[0].Run(ctx, o.World, o.rule) })
	synctest.Wait()
}

func (o *post) publish(event string) {
	o.t.Helper()
	if err := o.sim.Types[0].Accept(o.t.Context(), o.World, o.rule, kind.Delivery{Payload: []byte(event), Hops: 1}); err != nil {
		o.t.Fatal(err)
	}
	synctest.Wait()
}

func (o *post) pass(d time.Duration) { o.Advance(d); synctest.Wait() }

func (o *post) want(n int) {
	o.t.Helper()
	if len(o.got) != n {
		o.t.Fatalf("%d deliveries, want %d: %v\n%v", len(o.got), n, o.got, o.Lines())
	}
}

func TestMatchingEventsAreDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newPost(t, map[string]any{"Targets": []any{map[string]any{"Id": "worker", "Arn": workerARN, "InputPath": "$.detail"},
			map[string]any{"Id": "queue", "Arn": queueARN, "SqsParameters": map[string]any{"MessageGroupId": "g"}}}})
		o.start()
		defer o.stop()
		o.publish(`{"source":"other"}`)
		o.want(0)
		o.publish(`{"source":"shop","detail":{"n":1}}`)
		o.want(2)
		byTarget := map[string]kind.Delivery{}
		for _, d := range o.got {
			byTarget[d.Target] = d
			if d.Principal != (kind.Principal{Service: "events.amazonaws.com"}) || d.SourceARN != o.rule.ARN || d.Hops != 2 {
				t.Errorf("%+v", d)
			}
		}
		if string(byTarget[workerARN].Payload) != `{"n":1}` || byTarget[workerARN].Attributes != nil || string(byTarget[queueARN].Payload) != `{"source":"shop","detail":{"n":1}}` || byTarget[queueARN].Attributes["MessageGroupId"] != "g" {
			t.Errorf("%+v", o.got)
		}
	})
}

func TestDisabledRule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newPost(t, map[string]any{"State": "DISABLED"})
		o.start()
		defer o.stop()
		o.publish(`{"source":"shop"}`)
		o.want(0)
	})
}

// A second, two, four … between the tries, also over a restart.
func TestUnavailableTargetIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newPost(t, nil)
		o.start()
		o.fail[workerARN] = fault.New(fault.Unavailable, "not now")
		o.publish(`{"source":"shop"}`)
		o.pass(time.Second)
		o.stop()
		o.sim = New().Simulate()
		o.start()
		defer o.stop()
		o.fail[workerARN] = nil
		o.pass(time.Second)
		o.want(0)
		o.pass(time.Second)
		o.want(1)
		o.pass(24 * time.Hour)
		o.want(1)
	})
}

func TestDeadLetters(t *testing.T) {
	dead := func(retry map[string]any) map[string]any {
		return map[string]any{"Targets": []any{map[string]any{"Id": "worker", "Arn": workerARN, "DeadLetterConfig": map[string]any{"Arn": deadARN}, "RetryPolicy": retry}}}
	}
	for _, c := range []struct {
		name  string
		err   error
		retry map[string]any
		want  map[string]string
	}{
		{"no permission is final", fault.New(fault.Denied, "not authorized"), nil, map[string]string{"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "not authorized"}},
		{"nothing there is final", fault.New(fault.NotFound, "gone"), nil, map[string]string{"ERROR_CODE": "NO_RESOURCE"}},
		{"tries", fault.New(fault.Unavailable, "no"), map[string]any{"MaximumRetryAttempts": 2}, map[string]string{"ERROR_CODE": "SDK_CLIENT_ERROR", "RETRY_ATTEMPTS": "2", "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts"}},
		{"age", fault.New(fault.Unavailable, "no"), map[string]any{"MaximumEventAgeInSeconds": 60}, map[string]string{"ERROR_CODE": "SDK_CLIENT_ERROR", "EXHAUSTED_RETRY_CONDITION": "MaximumEventAgeInSeconds"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newPost(t, dead(c.retry))
				o.start()
				defer o.stop()
				o.fail[workerARN] = c.err
				o.publish(`{"source":"shop"}`)
				for range 30 {
					o.pass(5 * time.Second)
				}
				o.want(1)
				d := o.got[0]
				if d.Target != deadARN || string(d.Payload) != `{"source":"shop"}` || d.Attributes["RULE_ARN"] != o.rule.ARN || d.Attributes["TARGET_ARN"] != workerARN {
					t.Errorf("%+v", d)
				}
				for name, want := range c.want {
					if d.Attributes[name] != want {
						t.Errorf("%s is %q, want %q", name, d.Attributes[name], want)
					}
				}
			})
		})
	}
}

func TestRuleIsCreated(t *testing.T) {
	o := newPost(t, map[string]any{"Name": "orders"})
	if o.rule.PhysicalID != "shop|orders" || o.rule.ARN != "arn:aws:events:us-east-1:000000000000:rule/shop/orders" || o.rule.Attributes["Arn"] != o.rule.ARN {
		t.Errorf("%+v", o.rule)
	}
	p := map[string]any{"Name": "orders", "EventPattern": map[string]any{"source": []any{"aws.s3"}}}
	in, err := o.Create(t.Context(), "Default", ruleType, p)
	if err != nil || in.PhysicalID != "orders" || in.ARN != "arn:aws:events:us-east-1:000000000000:rule/orders" {
		t.Errorf("%v %+v", err, in)
	}
	if _, err := o.Create(t.Context(), "Again", ruleType, p); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("%v", err)
	}
	if _, err := o.Create(t.Context(), "Lost", ruleType, map[string]any{"EventBusName": "none", "EventPattern": p["EventPattern"]}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
	if next, err := o.Update(t.Context(), in, map[string]any{"Name": "orders", "EventPattern": map[string]any{"source": []any{"x"}}}); err != nil || next.ARN != in.ARN {
		t.Errorf("%v %+v", err, next)
	}
	for where, p := range map[string]map[string]any{
		"EventPattern": {"EventPattern": map[string]any{"source": "x"}},
		"State":        {"EventPattern": p["EventPattern"], "State": "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"},
		"Targets":      {"EventPattern": p["EventPattern"], "Targets": []any{map[string]any{"Id": "x", "InputPath": "y"}}},
	} {
		if _, err := o.Create(t.Context(), "Bad", ruleType, p); err == nil || fault.As(err).Where != where {
			t.Errorf("%v: %v", p, err)
		}
	}
	if err := checkRule(map[string]any{"EventPattern": map[string]any{"source": []any{cfn.Ref("Source")}}, "Targets": []any{map[string]any{"Arn": cfn.GetAtt("F", "Arn")}}}); err != nil {
		t.Error(err)
	}
}

func TestDeletedRuleForgets(t *testing.T) {
	o := newPost(t, nil)
	if err := o.sim.Types[0].Accept(t.Context(), o.World, o.rule, kind.Delivery{Payload: json.RawMessage(`{"source":"shop"}`)}); err != nil {
		t.Fatal(err)
	}
	if err := o.Delete(t.Context(), o.rule); err != nil {
		t.Fatal(err)
	}
	_ = o.State("events").View(func(tx kind.Tx) error {
		tx.Scan(nil, nil, func(k, _ []byte) bool { t.Errorf("%s is left", strings.TrimSpace(string(k))); return true })
		return nil
	})
}
