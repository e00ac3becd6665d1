package world

import (
	"context"
	"runtime/debug"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Deliver implements kind.World.
func (w *World) Deliver(ctx context.Context, d kind.Delivery) error {
	in, err := w.target(d.Target)
	if err != nil {
		return err
	}
	accept := w.types[in.Type].Accept
	if accept == nil {
		return fault.New(fault.Unsupported, "the embedded sandbox cannot push to %s (%s)", in.LogicalID, in.Type).At(in.Node)
	}
	if err := w.admit(in, d.Principal, d.Target, d.SourceARN); err != nil {
		return err
	}
	if err := w.loops(in, d.Hops); err != nil {
		return err
	}
	return w.guard(in, func() error { return accept(ctx, w, in, d) })
}

// target finds an instance by ARN; a qualifier of a function (alias, version) does not count.
func (w *World) target(arn string) (kind.Instance, error) {
	if in, ok := w.Find(arn); ok {
		return in, nil
	}
	if part := strings.Split(arn, ":"); len(part) == 8 && part[2] == "lambda" {
		if in, ok := w.Find(strings.Join(part[:7], ":")); ok {
			return in, nil
		}
	}
	return kind.Instance{}, fault.New(fault.NotFound, "there is no %s", arn)
}

// admit asks whether the principal may push to the target, by the ARN that it named.
func (w *World) admit(in kind.Instance, who kind.Principal, target, source string) error {
	a := kind.Access{Principal: who, Action: w.types[in.Type].Push, Resource: target, Context: map[string]string{}}
	if source != "" {
		a.Context["aws:SourceArn"], a.Context["aws:SourceAccount"] = source, w.Deps.Account
	}
	return w.Allow(a)
}

// loops stops what has gone around too often.
func (w *World) loops(in kind.Instance, hops int) error {
	if hops <= MostHops {
		return nil
	}
	w.Log(in.Node, "warning", "stopped: %d deliveries led to one another before %s, which is taken for a loop", hops, in.LogicalID)
	return fault.New(fault.Limit, "stopped after %d deliveries that led to one another", MostHops).At(in.Node).Try("break the loop: a function must not write to what triggers it")
}

// guard turns a panic of a simulation into an error.
func (w *World) guard(in kind.Instance, do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Log(in.Node, "error", "the simulation of %s (%s) failed unexpectedly: %v\n%s", in.LogicalID, in.Type, p, debug.Stack())
			err = fault.New(fault.Internal, "the simulation of %s failed unexpectedly", in.LogicalID).At(in.Node)
		}
	}()
	return do()
}

// Receive implements kind.World. What a resource has within it is read through the resource: a table's stream has the table's
// ARN and a path.
func (w *World) Receive(ctx context.Context, arn string, req kind.PollRequest) (kind.Batch, error) {
	in, ok := w.Find(arn)
	for whole := arn; !ok; in, ok = w.Find(whole) {
		i := strings.LastIndexByte(whole, '/')
		if i < 0 {
			return kind.Batch{}, fault.New(fault.NotFound, "there is no %s", arn)
		}
		whole = whole[:i]
	}
	receive := w.types[in.Type].Receive
	if receive == nil {
		return kind.Batch{}, fault.New(fault.Unsupported, "the embedded sandbox cannot read from %s (%s)", in.LogicalID, in.Type).At(in.Node)
	}
	var out kind.Batch
	err := w.guard(in, func() (err error) { out, err = receive(ctx, w, in, req); return err })
	return out, err
}

// Invoke implements kind.World. An asynchronous invocation is a delivery to the function, whose type queues it.
func (w *World) Invoke(ctx context.Context, in kind.Invocation) (kind.InvokeResult, error) {
	arn := w.functionARN(in.Function)
	if in.RequestID == "" {
		in.RequestID = w.NewID()
	}
	if in.Async {
		return kind.InvokeResult{RequestID: in.RequestID}, w.Deliver(ctx, kind.Delivery{Principal: in.Principal, SourceARN: in.SourceARN, Target: arn,
			Payload: in.Payload, Attributes: map[string]string{"requestId": in.RequestID}, Hops: in.Hops})
	}
	fn, err := w.target(arn)
	if err != nil {
		return kind.InvokeResult{}, err
	}
	if err := w.admit(fn, in.Principal, arn, in.SourceARN); err != nil {
		return kind.InvokeResult{}, err
	}
	if err := w.loops(fn, in.Hops); err != nil {
		return kind.InvokeResult{}, err
	}
	if err := w.waitFor(ctx, fn); err != nil {
		return kind.InvokeResult{}, err
	}
	in.Function = fn.ARN
	return w.Deps.Functions.Invoke(ctx, in)
}

// functionARN completes what names a function: an ARN, a name, a name with qualifier, "account:function:name".
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
func (w *World) functionARN(name string) string {
	if strings.HasPrefix(name, "arn:") {
		return name
	}
	if _, short, partial := strings.Cut(name, ":function:"); partial {
		name = short
	}
	return w.ARN("lambda", "function:"+name)
}
