package lambda

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/backlog"
	"airloom/backend/kind/property"
	"airloom/backend/kind/retry"
)

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
const (
	asyncLimit   = 1 << 20 // bytes of an event
	defaultTries = 2
	defaultAge   = 6 * time.Hour
	longestPause = 5 * time.Minute // between tries that Lambda itself could not carry out

	// parallel is how many events of one function are handled at once here; AWS would start up to a thousand.
	parallel = 10
)

// event is an asynchronous invocation that is not done yet.
type event struct {
	Payload  []byte // JSON, byte for byte as it came
	Accepted time.Time
	Invoked  int `json:",omitempty"` // how often the function has run for it
	Refused  int `json:",omitempty"` // how often it could not even start
	Hops     int `json:",omitempty"`

	id string
}

// accept keeps a pushed delivery until the function has handled it.
func (d *dispatcher) accept(_ context.Context, w kind.World, in kind.Instance, push kind.Delivery) error {
	return d.enqueue(w, in, event{id: cmp.Or(push.Attributes["requestId"], w.NewID()), Payload: push.Payload, Hops: push.Hops})
}

func (d *dispatcher) enqueue(w kind.World, in kind.Instance, e event) error {
	if len(e.Payload) > asyncLimit {
		return fault.New(fault.Limit, "%d byte payload is too large for the Event invocation type (limit %d bytes)", len(e.Payload), asyncLimit).At(in.Node)
	}
	if len(e.Payload) == 0 {
		e.Payload = []byte("{}")
	}
	if !json.Valid(e.Payload) {
		return fault.New(fault.Invalid, "an event must be JSON").At(in.Node)
	}
	e.Accepted = w.Now()
	return d.events.Add(w, in, e.item(e.Accepted))
}

func (e event) item(due time.Time) backlog.Item[event] {
	return backlog.Item[event]{ID: e.id, Due: due, Work: e}
}

// run handles the function's events as they become due, also those that an earlier process had accepted.
func (d *dispatcher) run(ctx context.Context, w kind.World, in kind.Instance) {
	if err := host(w, in); err != nil {
		w.Log(in.Node, "error", "the function cannot run: %s", err)
	}
	d.events.Run(ctx, w, in, func(ctx context.Context, i backlog.Item[event]) *backlog.Item[event] {
		e := i.Work
		e.id = i.ID
		return handle(ctx, w, in, e)
	})
}

// handle invokes the function for one event and settles it: done, again later, or given up.
func handle(ctx context.Context, w kind.World, in kind.Instance, e event) *backlog.Item[event] {
	s := settingsOf(w, in)
	now := w.Now()
	if n, ok := property.Integer(in.Properties, "ReservedConcurrentExecutions"); ok && n == 0 {
		return giveUp(ctx, w, in, s, e, "ZeroReservedConcurrency", nil)
	}
	if now.Sub(e.Accepted) >= s.retry.Age {
		return giveUp(ctx, w, in, s, e, "EventAgeExceeded", nil)
	}
	r, err := w.Invoke(ctx, kind.Invocation{Function: in.ARN, Principal: owner, Payload: e.Payload, Hops: e.Hops, RequestID: e.id})
	if ctx.Err() != nil {
		return nil // it stays as it was, and the next process takes it up
	}
	var again backlog.Item[event]
	switch now = w.Now(); {
	case err != nil: // throttled, or no process to be had: tried again until the event is too old
		w.Log(in.Node, "warning", "the event %s waits: %s", e.id, err)
		e.Refused++
		again = e.item(now.Add(retry.Pause(e.Refused, longestPause)))
	case r.FunctionError == "":
		e.Invoked++
		return finish(ctx, w, in, e, s.onSuccess, "Success", &r)
	default:
		if e.Invoked++; e.Invoked > s.retry.Attempts {
			return giveUp(ctx, w, in, s, e, "RetriesExhausted", &r)
		}
		// A minute before the second try, two before the third.
		again = e.item(now.Add(time.Duration(e.Invoked) * time.Minute))
	}
	return &again
}

// settings are those of a function's asynchronous invocations.
type settings struct {
	retry                           retry.Policy
	onSuccess, onFailure, deadQueue string
}

func settingsOf(w kind.World, in kind.Instance) settings {
	s := settings{retry: retry.Policy{Attempts: defaultTries, Age: defaultAge}, deadQueue: property.Text(in.Properties, "DeadLetterConfig", "TargetArn")}
	for _, c := range w.Instances(asyncType) {
		if name, _ := nameOf(property.Text(c.Properties, "FunctionName")); name != in.PhysicalID {
			continue
		}
		s.retry = s.retry.Over(c.Properties)
		s.onSuccess, s.onFailure = property.Text(c.Properties, "DestinationConfig", "OnSuccess", "Destination"), property.Text(c.Properties, "DestinationConfig", "OnFailure", "Destination")
	}
	return s
}

// giveUp sends the event to the dead-letter queue and its record to the on-failure destination.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
func giveUp(ctx context.Context, w kind.World, in kind.Instance, s settings, e event, condition string, r *kind.InvokeResult) *backlog.Item[event] {
	w.Log(in.Node, "error", "the event %s is given up: %s (invocations: %d)", e.id, condition, e.Invoked)
	if s.deadQueue != "" {
		attributes := map[string]string{"RequestID": e.id, "Number:ErrorCode": "200", "ErrorMessage": condition}
		if r != nil {
			var failure struct{ ErrorMessage string }
			_ = json.Unmarshal(r.Payload, &failure) // a handler may fail with anything
			attributes["ErrorMessage"] = strings.ToValidUTF8(cut(cmp.Or(failure.ErrorMessage, string(r.Payload), condition), 1024), "")
		}
		send(ctx, w, in, e, kind.Delivery{Target: s.deadQueue, Payload: e.Payload, Attributes: attributes})
	}
	return finish(ctx, w, in, e, s.onFailure, condition, r)
}

// finish sends the record of an event that is over to its destination, where there is one.
func finish(ctx context.Context, w kind.World, in kind.Instance, e event, destination, condition string, r *kind.InvokeResult) *backlog.Item[event] {
	if destination == "" {
		return nil
	}
	payload, err := json.Marshal(recordOf(w, in, e, condition, r))
	if err != nil {
		w.Log(in.Node, "error", "the record of the event %s cannot be printed: %s", e.id, err)
		return nil
	}
	push := kind.Delivery{Target: destination, Payload: payload}
	if strings.Contains(destination, ":events:") {
		result := "Success"
		if condition != "Success" {
			result = "Failure"
		}
		push.Attributes = map[string]string{"Source": "lambda", "DetailType": "Lambda Function Invocation Result - " + result, "Resources": destination + "," + in.ARN + ":" + latest}
	}
	send(ctx, w, in, e, push)
	return nil
}

// send delivers on behalf of the function's role. What fails is said and lost, as on AWS.
func send(ctx context.Context, w kind.World, in kind.Instance, e event, push kind.Delivery) {
	push.Principal, push.SourceARN, push.Hops = roleOf(in), in.ARN, e.Hops+1
	if err := w.Deliver(ctx, push); err != nil {
		w.Log(in.Node, "error", "the event %s is not sent to %s: %s", e.id, push.Target, err)
	}
}

func recordOf(w kind.World, in kind.Instance, e event, condition string, r *kind.InvokeResult) map[string]any {
	record := map[string]any{"version": "1.0", "timestamp": w.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "requestPayload": json.RawMessage(e.Payload),
		"requestContext": map[string]any{"requestId": e.id, "functionArn": in.ARN + ":" + latest, "condition": condition, "approximateInvokeCount": e.Invoked}}
	if r == nil {
		return record
	}
	response := map[string]any{"statusCode": 200, "executedVersion": latest}
	if r.FunctionError != "" {
		response["functionError"] = r.FunctionError
	}
	record["responseContext"], record["responsePayload"] = response, jsonOr(r.Payload)
	return record
}

// jsonOr is a payload as JSON, or as text where it is none.
func jsonOr(payload []byte) any {
	if json.Valid(payload) {
		return json.RawMessage(payload)
	}
	if len(payload) == 0 {
		return nil
	}
	return string(payload)
}

func cut(s string, most int) string { return s[:min(len(s), most)] }
