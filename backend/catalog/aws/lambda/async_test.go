package lambda

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

const queueARN = "arn:aws:sqs:us-east-1:000000000000:dead"

// push delivers an event as a topic or a rule does.
func (s *stage) push(payload string) {
	s.t.Helper()
	if err := s.kind(functionType).Accept(s.t.Context(), s.World, s.fn, kind.Delivery{Payload: []byte(payload), Hops: 3}); err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
}

func (s *stage) left() int {
	n := 0
	_ = s.State(space).View(func(tx kind.Tx) error {
		tx.Scan([]byte("backlog/"+s.fn.ARN+"/"), nil, func(_, _ []byte) bool { n++; return true })
		return nil
	})
	return n
}

func TestEventIsHandledOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, nil)
		defer s.end()
		s.run(s.fn)
		s.push(`{"n":1}`)
		s.wantCalls(1)
		if c := s.called()[0]; string(c.Payload) != `{"n":1}` || c.Hops != 3 || !c.Principal.Owner || c.Function != s.fn.ARN || c.RequestID == "" {
			t.Errorf("%+v", c)
		}
		s.pass(time.Hour)
		s.wantCalls(1)
		if s.left() != 0 {
			t.Errorf("%d events are left", s.left())
		}
	})
}

// Lambda waits a minute before the second try and two before the third.
func TestFailedEventIsRetriedAndGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, map[string]any{"DeadLetterConfig": map[string]any{"TargetArn": queueARN}})
		defer s.end()
		s.create("Async", asyncType, map[string]any{"FunctionName": "worker", "Qualifier": "$LATEST",
			"DestinationConfig": map[string]any{"OnFailure": map[string]any{"Destination": "arn:aws:events:us-east-1:000000000000:event-bus/b"}}})
		s.run(s.fn)
		s.script(broken)
		s.push(`{"n":1}`)
		s.wantCalls(1)
		s.pass(59 * time.Second)
		s.wantCalls(1)
		s.pass(time.Second)
		s.wantCalls(2)
		s.pass(119 * time.Second)
		s.wantCalls(2)
		s.pass(time.Second)
		s.wantCalls(3)
		if id := s.called()[0].RequestID; s.called()[2].RequestID != id {
			t.Error("a retry has another request id")
		}
		d := s.Delivered()
		if len(d) != 2 || s.left() != 0 {
			t.Fatalf("%+v, %d left", d, s.left())
		}
		if d[0].Target != queueARN || string(d[0].Payload) != `{"n":1}` || d[0].Attributes["ErrorMessage"] != "no" || d[0].Attributes["RequestID"] == "" ||
			d[0].Principal.Role != working["Role"] || d[0].SourceARN != s.fn.ARN || d[0].Hops != 4 {
			t.Errorf("%+v", d[0])
		}
		record := decode(t, d[1].Payload)
		if property.Text(record, "requestContext", "condition") != "RetriesExhausted" || property.At(record, "requestContext", "approximateInvokeCount") != 3.0 || property.At(record, "requestPayload", "n") != 1.0 ||
			property.Text(record, "responseContext", "functionError") != "Unhandled" || property.Text(record, "responsePayload", "errorMessage") != "no" || property.Text(record, "requestContext", "functionArn") != s.fn.ARN+":$LATEST" {
			t.Errorf("%v", record)
		}
		if d[1].Attributes["DetailType"] != "Lambda Function Invocation Result - Failure" || d[1].Attributes["Source"] != "lambda" {
			t.Errorf("%v", d[1].Attributes)
		}
	})
}

func TestSuccessGoesToItsDestination(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, nil)
		defer s.end()
		s.create("Async", asyncType, map[string]any{"FunctionName": s.fn.ARN, "Qualifier": "$LATEST", "MaximumRetryAttempts": 0,
			"DestinationConfig": map[string]any{"OnSuccess": map[string]any{"Destination": queueARN}}})
		s.run(s.fn)
		s.script(fine, broken)
		s.push(`{}`)
		s.push(`{}`) // fails, and is not retried
		s.pass(time.Hour)
		s.wantCalls(2)
		d := s.Delivered()
		if len(d) != 1 {
			t.Fatalf("%+v", d)
		}
		if r := decode(t, d[0].Payload); property.Text(r, "requestContext", "condition") != "Success" || r["responsePayload"] != "ok" {
			t.Errorf("%v", r)
		}
	})
}

// A throttled event waits one second, two, four … and is given up when it is too old.
func TestThrottledEventWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, map[string]any{"DeadLetterConfig": map[string]any{"TargetArn": queueARN}})
		defer s.end()
		s.create("Async", asyncType, map[string]any{"FunctionName": "worker", "MaximumEventAgeInSeconds": 60})
		s.run(s.fn)
		s.script(throttled, throttled, fine)
		s.push(`{}`)
		s.wantCalls(1)
		s.pass(time.Second)
		s.wantCalls(2)
		s.pass(2 * time.Second)
		s.wantCalls(3)
		if s.left() != 0 || len(s.Delivered()) != 0 {
			t.Fatalf("%d left, %v", s.left(), s.Delivered())
		}
		s.script(throttled)
		s.push(`{}`)
		for range 60 {
			s.pass(2 * time.Second)
		}
		if d := s.Delivered(); len(d) != 1 || d[0].Attributes["ErrorMessage"] != "EventAgeExceeded" || s.left() != 0 {
			t.Fatalf("%+v, %d left", d, s.left())
		}
	})
}

func TestSwitchedOffFunctionGivesEventsUpAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, map[string]any{"ReservedConcurrentExecutions": 0, "DeadLetterConfig": map[string]any{"TargetArn": queueARN}})
		defer s.end()
		s.run(s.fn)
		s.push(`{}`)
		s.wantCalls(0)
		if d := s.Delivered(); len(d) != 1 || d[0].Attributes["ErrorMessage"] != "ZeroReservedConcurrency" {
			t.Errorf("%+v", d)
		}
	})
}

func TestEventsSurviveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, nil)
		s.run(s.fn)
		s.script(broken, fine)
		s.push(`{"n":1}`)
		s.wantCalls(1)
		s.restart()
		defer s.end()
		s.run(s.fn)
		s.wantCalls(1)
		s.pass(time.Minute)
		s.wantCalls(2)
		if s.left() != 0 || string(s.called()[1].Payload) != `{"n":1}` {
			t.Errorf("%d left, %s", s.left(), s.called()[1].Payload)
		}
	})
}

func TestEventsThatAreRefused(t *testing.T) {
	s := newStage(t, nil)
	accept := s.kind(functionType).Accept
	for payload, code := range map[string]fault.Code{`{`: fault.Invalid, `"` + strings.Repeat("x", 1<<20) + `"`: fault.Limit} {
		if err := accept(t.Context(), s.World, s.fn, kind.Delivery{Payload: []byte(payload)}); fault.CodeOf(err) != code {
			t.Errorf("%.20s: %v", payload, err)
		}
	}
}

// No more than ten events are handled at once, and none is lost for it.
func TestManyEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, nil)
		defer s.end()
		gate := make(chan struct{})
		most, now := 0, 0
		s.World.Function = func(in kind.Invocation) (kind.InvokeResult, error) {
			s.mu.Lock()
			now++
			most = max(most, now)
			s.mu.Unlock()
			<-gate
			s.mu.Lock()
			now--
			s.mu.Unlock()
			return s.answer(in)
		}
		s.run(s.fn)
		for range 25 {
			s.push(`{}`)
		}
		close(gate)
		synctest.Wait()
		s.wantCalls(25)
		if most != parallel || s.left() != 0 {
			t.Errorf("%d at once, %d left", most, s.left())
		}
	})
}
