package functions

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Request is one synchronous call.
type Request struct {
	Payload       []byte // JSON; nothing is null
	RequestID     string // "" makes one
	ClientContext string // JSON, decoded from what the caller gave
	Hops          int    // deliveries that led to this call; the SDKs tell them on, by the trace header
}

// The limits of a synchronous call. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	mostPayload = 6 << 20
	mostAnswer  = 6<<20 + 100
)

// answer is what came of an event: a result, or an error document.
type answer struct {
	payload []byte
	failed  bool
	status  string // for the report: "error", "timeout", "" otherwise
	class   string // the error's type
}

// invocation is one event on its way through an environment.
type invocation struct {
	id, trace, client, arn string
	payload                []byte
	deadline               time.Time
	answered               chan answer // has room for one
}

// Invoke calls a function and waits for its answer. An error says that the function was not run; its own failure is a result
// with FunctionError. Whoever gives up waiting does not stop it: it runs to its end, as on Lambda.
func (h *Host) Invoke(ctx context.Context, arn string, in Request) (kind.InvokeResult, error) {
	if len(in.Payload) > mostPayload {
		return kind.InvokeResult{}, fault.New(fault.Limit, "RequestEntityTooLargeException: the event has %d bytes, and %d are allowed", len(in.Payload), mostPayload).
			Try("put large data into a bucket and send its key")
	}
	if len(in.Payload) == 0 {
		in.Payload = []byte("null")
	}
	if !json.Valid(in.Payload) {
		return kind.InvokeResult{}, fault.New(fault.Invalid, "InvalidRequestContentException: the event is no JSON")
	}
	if in.RequestID == "" {
		in.RequestID = h.deps.NewID()
	}
	e, err := h.acquire(ctx, arn)
	if err != nil {
		return kind.InvokeResult{}, err
	}
	type outcome struct {
		result kind.InvokeResult
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		r, err := h.run(e, arn, in)
		done <- outcome{r, err}
	}()
	select {
	case o := <-done:
		return o.result, o.err
	case <-ctx.Done():
		return kind.InvokeResult{RequestID: in.RequestID}, fault.Wrap(ctx.Err(), fault.Canceled, "waiting for the answer of %s", e.spec.Name).At(e.spec.Node)
	}
}

// run takes an acquired environment through one event and gives it back.
func (h *Host) run(e *environment, arn string, in Request) (kind.InvokeResult, error) {
	inv := &invocation{id: in.RequestID, trace: h.trace(e.spec.Tracing, in.Hops), client: in.ClientContext, arn: arn, payload: in.Payload, answered: make(chan answer, 1)}
	for {
		warm := e.started()
		if warm && e.over() {
			e, warm = h.renew(e), false // it ended after its last answer, and nobody had seen it yet
		}
		e.log.begin(inv.id)
		if !warm {
			var failed *answer
			var err error
			e, failed, err = h.initialise(e, inv)
			if err != nil {
				h.release(e, false)
				return kind.InvokeResult{RequestID: inv.id}, err
			}
			if failed != nil {
				e.log.start(inv.id)
				return h.finish(e, inv, *failed, 0), nil
			}
			e.output.drain() // what was printed while it began comes before its first event
		}
		e.log.start(inv.id)
		began := time.Now()
		a, taken := e.handle(inv)
		if taken || !warm {
			return h.finish(e, inv, a, time.Since(began)), nil
		}
	}
}

// finish writes the end of the log, frees the environment and makes the result.
func (h *Host) finish(e *environment, inv *invocation, a answer, took time.Duration) kind.InvokeResult {
	tail := e.log.end(inv.id, a, took)
	h.release(e, a.status == "")
	r := kind.InvokeResult{Payload: a.payload, RequestID: inv.id, LogTail: tail, Duration: took}
	if a.failed {
		r.FunctionError = "Unhandled"
	}
	return r
}

// initialise starts the process and waits until it asks for an event. An initialisation that takes longer than ten seconds
// is tried once more, within the time limit of the function, as Lambda does.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
func (h *Host) initialise(e *environment, inv *invocation) (*environment, *answer, error) {
	a, late, err := e.initialise(inv, "init", h.init)
	if !late {
		return e, a, err
	}
	e = h.renew(e)
	e.log.begin(inv.id)
	a, late, err = e.initialise(inv, "invoke", e.spec.Timeout)
	if late {
		timeout := e.late(inv)
		a = &timeout
	}
	return e, a, err
}

// initialise is one attempt. Without an answer the process is ready, or late.
func (e *environment) initialise(inv *invocation, phase string, limit time.Duration) (a *answer, late bool, err error) {
	began := time.Now()
	if err := e.start(); err != nil {
		if fault.CodeOf(err) != fault.Invalid {
			return nil, false, fault.As(err).At(e.spec.Node)
		}
		a := failure(inv, "Runtime.InvalidEntrypoint", err.Error())
		return &a, false, nil
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-e.api.ready:
		e.log.ready(time.Since(began))
		return nil, false, nil
	case <-e.gone:
		a := e.crashed(inv)
		e.log.notReady(time.Since(began), phase, "error\tError Type: "+a.class)
		return &a, false, nil
	case <-timer.C:
		e.stop()
		e.log.notReady(time.Since(began), phase, "timeout")
		return nil, true, nil
	}
}

// handle gives the event to the process and waits for what comes of it. It was not taken where the process ended before.
func (e *environment) handle(inv *invocation) (a answer, taken bool) {
	inv.deadline = time.Now().Add(e.spec.Timeout)
	timer := time.NewTimer(e.spec.Timeout)
	defer timer.Stop()
	events := e.api.events
	for {
		select {
		case events <- inv:
			events = nil
		case a := <-inv.answered:
			e.output.drain()
			return a, true
		case <-e.gone:
			select {
			case a := <-inv.answered: // it answered, and ended then
				a.status = "error"
				return a, true
			default:
			}
			return e.crashed(inv), events == nil
		case <-timer.C:
			e.stop()
			return e.late(inv), true
		}
	}
}

// crashed is the answer where the process ended without one.
func (e *environment) crashed(inv *invocation) answer {
	if a, ok := e.api.initError(); ok {
		return a
	}
	class, reason := "Runtime.ExitError", "Runtime exited with error: "+e.ended.reason
	if e.ended.code == 0 {
		reason = "Runtime exited without providing a reason"
	}
	if x := e.excess.Load(); x != nil {
		class = x.class
		e.log.print(x.line)
	}
	e.log.print("RequestId: " + inv.id + " Error: " + reason + "\n" + class)
	return failure(inv, class, reason)
}

// late is the answer after the time limit.
func (e *environment) late(inv *invocation) answer {
	message := fmt.Sprintf("Task timed out after %.2f seconds", e.spec.Timeout.Seconds())
	e.log.print(stamp(e.host.deps.Now()) + " " + inv.id + " " + message)
	a := failure(inv, "Sandbox.Timedout", message)
	a.status = "timeout"
	return a
}

// failure is an answer with Lambda's own error document.
func failure(inv *invocation, class, message string) answer {
	doc, _ := json.Marshal(struct { // two strings: it cannot fail
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{class, "RequestId: " + inv.id + " Error: " + message})
	return answer{payload: doc, failed: true, status: "error", class: class}
}

// trace is a tracing header. https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func (h *Host) trace(sampled bool, hops int) string {
	root, parent := strings.ReplaceAll(h.deps.NewID(), "-", ""), strings.ReplaceAll(h.deps.NewID(), "-", "")
	return fmt.Sprintf("Root=1-%08x-%.24s;Parent=%.16s;Sampled=%d;%s", uint32(h.deps.Now().Unix()&math.MaxUint32), root, parent, map[bool]int{true: 1}[sampled], kind.Lineage(hops))
}
