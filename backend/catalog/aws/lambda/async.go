package lambda

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
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
	ID       string
	Payload  json.RawMessage
	Accepted time.Time
	Due      time.Time
	Invoked  int `json:",omitempty"` // how often the function has run for it
	Refused  int `json:",omitempty"` // how often it could not even start
	Hops     int `json:",omitempty"`
}

// eventsOf is the prefix of a function's events, which lie in the order in which they become due.
func eventsOf(arn string) []byte { return []byte("e/" + arn + "/") }

func (e event) key(arn string) []byte {
	return fmt.Appendf(eventsOf(arn), "%016x/%s", e.Due.UnixMilli(), e.ID)
}

// accept keeps a pushed delivery until the function has handled it.
func (d *dispatcher) accept(_ context.Context, w kind.World, in kind.Instance, push kind.Delivery) error {
	return d.enqueue(w, in, event{ID: w.NewID(), Payload: push.Payload, Hops: push.Hops})
}

func (d *dispatcher) enqueue(w kind.World, in kind.Instance, e event) error {
	if len(e.Payload) > asyncLimit {
		return fault.New(fault.Limit, "%d byte payload is too large for the Event invocation type (limit %d bytes)", len(e.Payload), asyncLimit).At(in.Node)
	}
	if len(e.Payload) == 0 {
		e.Payload = json.RawMessage("{}")
	}
	if !json.Valid(e.Payload) {
		return fault.New(fault.Invalid, "an event must be JSON").At(in.Node)
	}
	e.Accepted = w.Now()
	e.Due = e.Accepted
	defer d.ring(in.ARN)
	return w.State(space).Update(func(tx kind.Tx) error { return putEvent(tx, in.ARN, e) })
}

func putEvent(tx kind.Tx, arn string, e event) error {
	v, err := json.Marshal(e)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "keep an event")
	}
	return tx.Put(e.key(arn), v)
}

// run handles the function's events as they become due, also those that an earlier process had accepted.
func (d *dispatcher) run(ctx context.Context, w kind.World, in kind.Instance) {
	if err := host(w, in); err != nil {
		w.Log(in.Node, "error", "the function cannot run: %s", err)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	busy := busy{keys: map[string]bool{}}
	for {
		bell := d.bell(in.ARN)
		due, next := busy.claim(w, in.ARN)
		for _, e := range due {
			wg.Go(func() {
				if err := d.handle(ctx, w, in, e); err != nil && ctx.Err() == nil {
					w.Log(in.Node, "error", "the event %s: %s", e.ID, err)
				}
				busy.release(e.key(in.ARN))
				d.ring(in.ARN)
			})
		}
		var timer <-chan time.Time
		if !next.IsZero() {
			timer = w.After(max(next.Sub(w.Now()), time.Millisecond))
		}
		select {
		case <-ctx.Done():
			return
		case <-bell:
		case <-timer:
		}
	}
}

// busy are the events that are being handled.
type busy struct {
	mu   sync.Mutex
	keys map[string]bool
}

// claim takes the events that are due, as many as may run at once, and tells when the next one will be.
func (b *busy) claim(w kind.World, arn string) (due []event, next time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := w.Now()
	_ = w.State(space).View(func(tx kind.Tx) error { // it only reads: there is nothing that could fail
		tx.Scan(eventsOf(arn), nil, func(k, v []byte) bool {
			if len(b.keys) >= parallel {
				return false // whoever ends rings
			}
			var e event
			if b.keys[string(k)] || json.Unmarshal(v, &e) != nil {
				return true
			}
			if e.Due.After(now) {
				next = e.Due
				return false
			}
			b.keys[string(k)] = true
			due = append(due, e)
			return true
		})
		return nil
	})
	return due, next
}

func (b *busy) release(key []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.keys, string(key))
}

// handle invokes the function for one event and settles it: done, again later, or given up.
func (d *dispatcher) handle(ctx context.Context, w kind.World, in kind.Instance, e event) error {
	s := settingsOf(w, in)
	now := w.Now()
	if n, ok := integer(in.Properties["ReservedConcurrentExecutions"]); ok && n == 0 {
		return giveUp(ctx, w, in, s, e, "ZeroReservedConcurrency", nil)
	}
	if now.Sub(e.Accepted) >= s.age {
		return giveUp(ctx, w, in, s, e, "EventAgeExceeded", nil)
	}
	r, err := w.Invoke(ctx, kind.Invocation{Function: in.ARN, Principal: owner, Payload: e.Payload, Hops: e.Hops, RequestID: e.ID})
	if ctx.Err() != nil {
		return nil // the event is still there, and the next process takes it up
	}
	again := e
	switch now = w.Now(); {
	case err != nil: // throttled, or no process to be had: tried again until the event is too old
		again.Refused++
		again.Due = now.Add(min(longestPause, time.Second<<min(e.Refused, 16)))
		w.Log(in.Node, "warn", "the event %s waits: %s", e.ID, err)
	case r.FunctionError == "":
		e.Invoked++
		return finish(ctx, w, in, e, s.onSuccess, "Success", &r)
	default:
		if again.Invoked++; again.Invoked > s.tries {
			return giveUp(ctx, w, in, s, again.sameKey(e), "RetriesExhausted", &r)
		}
		// A minute before the second try, two before the third.
		again.Due = now.Add(time.Duration(again.Invoked) * time.Minute)
	}
	return w.State(space).Update(func(tx kind.Tx) error {
		if err := tx.Delete(e.key(in.ARN)); err != nil {
			return err
		}
		return putEvent(tx, in.ARN, again)
	})
}

// sameKey is the event under the key that it is stored at.
func (e event) sameKey(stored event) event { e.Due = stored.Due; return e }

// settings are those of a function's asynchronous invocations.
type settings struct {
	tries                           int
	age                             time.Duration
	onSuccess, onFailure, deadQueue string
}

func settingsOf(w kind.World, in kind.Instance) settings {
	s := settings{tries: defaultTries, age: defaultAge, deadQueue: text(in.Properties, "DeadLetterConfig", "TargetArn")}
	for _, c := range w.Instances(asyncType) {
		if name, _ := nameOf(text(c.Properties, "FunctionName")); name != in.PhysicalID {
			continue
		}
		if n, ok := integer(c.Properties["MaximumRetryAttempts"]); ok {
			s.tries = n
		}
		if n, ok := integer(c.Properties["MaximumEventAgeInSeconds"]); ok {
			s.age = time.Duration(n) * time.Second
		}
		s.onSuccess, s.onFailure = text(c.Properties, "DestinationConfig", "OnSuccess", "Destination"), text(c.Properties, "DestinationConfig", "OnFailure", "Destination")
	}
	return s
}

// giveUp sends the event to the dead-letter queue and its record to the on-failure destination.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
func giveUp(ctx context.Context, w kind.World, in kind.Instance, s settings, e event, condition string, r *kind.InvokeResult) error {
	w.Log(in.Node, "error", "the event %s is given up after %d tries: %s", e.ID, e.Invoked, condition)
	if s.deadQueue != "" {
		attributes := map[string]string{"RequestID": e.ID, "Number:ErrorCode": "200", "ErrorMessage": condition}
		if r != nil {
			var failure struct{ ErrorMessage string }
			_ = json.Unmarshal(r.Payload, &failure) // a handler may fail with anything
			attributes["ErrorMessage"] = strings.ToValidUTF8(cut(cmp.Or(failure.ErrorMessage, string(r.Payload), condition), 1024), "")
		}
		send(ctx, w, in, e, kind.Delivery{Target: s.deadQueue, Payload: e.Payload, Attributes: attributes})
	}
	return finish(ctx, w, in, e, s.onFailure, condition, r)
}

// finish sends the record of an event that is over to its destination, where there is one, and forgets the event.
func finish(ctx context.Context, w kind.World, in kind.Instance, e event, destination, condition string, r *kind.InvokeResult) error {
	if destination != "" {
		payload, err := json.Marshal(recordOf(w, in, e, condition, r))
		if err != nil {
			return fault.Wrap(err, fault.Internal, "print an invocation record")
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
	}
	return w.State(space).Update(func(tx kind.Tx) error { return tx.Delete(e.key(in.ARN)) })
}

// send delivers on behalf of the function's role. What fails is said and lost, as on AWS.
func send(ctx context.Context, w kind.World, in kind.Instance, e event, push kind.Delivery) {
	push.Principal, push.SourceARN, push.Hops = roleOf(in), in.ARN, e.Hops+1
	if err := w.Deliver(ctx, push); err != nil {
		w.Log(in.Node, "error", "the event %s is not sent to %s: %s", e.ID, push.Target, err)
	}
}

func recordOf(w kind.World, in kind.Instance, e event, condition string, r *kind.InvokeResult) map[string]any {
	record := map[string]any{"version": "1.0", "timestamp": w.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "requestPayload": e.Payload,
		"requestContext": map[string]any{"requestId": e.ID, "functionArn": in.ARN + ":" + latest, "condition": condition, "approximateInvokeCount": e.Invoked}}
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

// bell is closed at the next ring for the function.
func (d *dispatcher) bell(arn string) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bells[arn] == nil {
		d.bells[arn] = make(chan struct{})
	}
	return d.bells[arn]
}

func (d *dispatcher) ring(arn string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c := d.bells[arn]; c != nil {
		close(c)
		delete(d.bells, arn)
	}
}
