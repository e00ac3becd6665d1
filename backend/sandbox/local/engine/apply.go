package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

// Apply brings what is deployed to the input. On a failure, or when ctx ends, everything done is undone, and the error is
// the first real cause; the stack's status tells how far that went. With refusals nothing starts (fault.Unsupported).
// Events of type Resource carry CloudFormation's statuses, events of type Step the stack's.
func (e *Engine) Apply(ctx context.Context, in Input, sink event.Sink) error {
	p, err := e.prepare(in)
	if err != nil {
		return err
	}
	if len(p.preview.Refusals) > 0 {
		return refused(p.preview.Refusals)
	}
	r := &run{Engine: e, ctx: ctx, p: p, sink: sink, total: len(p.preview.Changes)}
	word := "UPDATE"
	if p.preview.Method == "create" {
		word = "CREATE"
	}
	e.head.Started, e.head.Reason = e.World.Now(), ""
	if err := r.stack(word + "_IN_PROGRESS"); err != nil {
		return err
	}
	if cause := r.forward(); cause != nil {
		return r.rollback(word, cause)
	}
	if word == "UPDATE" {
		if err := r.stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"); err != nil {
			return err
		}
	}
	r.cleanup()
	e.head.Bundle, e.head.Parameters, e.head.Ended = in.Bundle, maps.Clone(in.Parameters), e.World.Now()
	return r.stack(word + "_COMPLETE")
}

// run is one Apply or Destroy.
type run struct {
	*Engine
	ctx     context.Context
	p       *prepared
	sink    event.Sink
	journal []done // what rollback has to undo
	ended   int    // resources dealt with
	total   int
}

// done is one step that may have to be undone.
type done struct {
	record *Record
	before *Record // a copy from before an update; nil where the record was created
	old    *Record // what the created record replaces, nil for none
	taken  bool    // the record was a leftover that was taken back
}

// forward takes every step up to the outputs; what is no longer needed is deleted later.
func (r *run) forward() error {
	r.clearHalfMade()
	r.reads(r.p.env)
	for _, id := range r.p.order {
		if err := r.ctx.Err(); err != nil {
			return fault.Wrap(err, fault.Canceled, "stopped on request")
		}
		if err := r.step(id); err != nil {
			return r.explain(id, err)
		}
		r.ended++
	}
	return r.outputs()
}

// explain says which resource failed; a cancellation is what the person asked for, not a failure of the resource.
func (r *run) explain(id string, err error) error {
	if r.ctx.Err() != nil {
		return fault.Wrap(err, fault.Canceled, "stopped on request at %s", id)
	}
	f := fault.As(err)
	code := f.Code
	out := fault.Wrap(err, code, "%s (%s)", id, r.p.in.Template.Resources[id].Type).At(string(r.p.in.Trace[id]))
	out.Hint = f.Hint
	return out
}

// clearHalfMade deletes what an earlier run had begun to create or to delete, before its names are needed again.
func (r *run) clearHalfMade() {
	for _, rec := range r.deletionOrder(Leftover, Current) {
		if rec.exists() && !(rec.Place == Leftover && strings.HasPrefix(rec.Status, "DELETE_")) {
			continue
		}
		r.clear(r.ctx, rec)
	}
}

func (r *run) step(id string) error {
	res := r.p.in.Template.Resources[id]
	rt := r.Types[res.Type]
	props, err := properties(r.p.env, id, res)
	if err != nil {
		return err
	}
	if rt.Check != nil {
		if err := rt.Check(props); err != nil {
			return err
		}
	}
	old, d := r.choose(id, rt, res, props)
	if old != nil && old.Place == Leftover {
		if err := r.takeBack(old); err != nil {
			return err
		}
	}
	switch d.action {
	case sandbox.Add, sandbox.Replace:
		return r.create(id, res, props, old)
	case sandbox.Update:
		return r.update(old, res, props, d.act)
	}
	if fresh := r.describe(*old, res); fresh.Instance.Node != old.Instance.Node || !slices.Equal(fresh.DependsOn, old.DependsOn) {
		*old = fresh
		return r.put(old)
	}
	return nil
}

// takeBack makes a leftover the current record again. Were the process killed between the two writes, both would be leftovers,
// of which the next run takes the wanted one.
func (r *run) takeBack(rec *Record) error {
	now := r.current(rec.Instance.LogicalID)
	r.journal = append(r.journal, done{record: rec, old: now, taken: true})
	if now != nil {
		now.Place = Leftover
		if err := r.put(now); err != nil {
			return err
		}
	}
	rec.Place = Current
	return r.put(rec)
}

// describe sets what a record keeps of the template beside its properties.
func (r *run) describe(rec Record, res cfn.Resource) Record {
	id := rec.Instance.LogicalID
	rec.DependsOn, rec.DeletionPolicy, rec.UpdateReplacePolicy = r.p.graph[id], res.DeletionPolicy, res.UpdateReplacePolicy
	rec.Instance.Node = string(r.p.in.Trace[id])
	return rec
}

func (r *run) create(id string, res cfn.Resource, props map[string]any, old *Record) error {
	r.head.Serial++
	rec := &Record{Key: fmt.Sprintf("%s.%d", id, r.head.Serial), Serial: r.head.Serial, Place: Current,
		Instance: kind.Instance{LogicalID: id, Type: res.Type, Stack: r.World.Stack(), Properties: props, PhysicalID: r.suggest(id)}}
	*rec = r.describe(*rec, res)
	verb := "CREATE"
	if old != nil {
		verb = "UPDATE"
	}
	rec.Status = "CREATE_IN_PROGRESS" // the record of a replacement too is one of a creation
	if err := r.put(rec); err != nil {
		return err
	}
	r.records = append(r.records, rec)
	if old != nil {
		old.Place = Leftover // until then stored as current, so that a killed process keeps the old one
	}
	r.journal = append(r.journal, done{record: rec, old: old})
	reason := ""
	if old != nil {
		reason = "Requested update requires the creation of a new physical resource; hence creating one."
	}
	r.tell(rec, verb+"_IN_PROGRESS", reason, event.Info)
	full, err := r.resolved(rec.Instance)
	if err == nil {
		var got kind.Instance
		if got, err = guard(func() (kind.Instance, error) { return r.Types[res.Type].Create(r.ctx, r.World, full) }); err == nil {
			full.PhysicalID, full.ARN, full.Attributes = got.PhysicalID, got.ARN, got.Attributes
			rec.Instance.PhysicalID, rec.Instance.ARN, rec.Instance.Attributes = got.PhysicalID, got.ARN, got.Attributes
		}
	}
	if err != nil {
		rec.Status, rec.Reason = "CREATE_FAILED", err.Error()
		rec.Foreign = fault.CodeOf(err) == fault.Conflict
		r.tell(rec, verb+"_FAILED", err.Error(), event.Error)
		_ = r.put(rec) // the first cause is what counts
		return err
	}
	rec.Status = verb + "_COMPLETE"
	if err := r.put(rec); err != nil {
		return err
	}
	if old != nil {
		if err := r.put(old); err != nil {
			return err
		}
	}
	r.up(full)
	r.tell(rec, rec.Status, "", event.Info)
	return nil
}

// suggest makes a physical id as CloudFormation does.
func (r *run) suggest(id string) string {
	suffix := strings.ToUpper(strings.ReplaceAll(r.World.NewID(), "-", ""))
	return r.World.Stack() + "-" + id + "-" + suffix[:min(12, len(suffix))]
}

// update changes a resource in place; act tells whether its type has anything to do.
func (r *run) update(rec *Record, res cfn.Resource, props map[string]any, act bool) error {
	before := *rec
	r.journal = append(r.journal, done{record: rec, before: &before})
	return r.change(r.ctx, rec, r.describe(before, res), props, act)
}

// change takes a record from what it is to next, with the given properties. Rollback uses it too.
func (r *run) change(ctx context.Context, rec *Record, next Record, props map[string]any, act bool) error {
	seen := act || len(cfn.Paths(rec.Instance.Properties, props)) > 0 // else only a policy changes, which nobody runs by
	next.Instance.Properties = props
	rec.Status, rec.Reason, rec.Dirty = "UPDATE_IN_PROGRESS", "", act
	if err := r.put(rec); err != nil {
		return err
	}
	r.tell(rec, rec.Status, "", event.Info)
	was, err := r.resolved(rec.Instance)
	if err != nil {
		was = rec.Instance // a secret that is gone must not keep a resource from being changed
	}
	full, err := r.resolved(next.Instance)
	if err == nil && seen {
		r.down(was)
		if update := r.Types[rec.Instance.Type].Update; act && update != nil {
			var got kind.Instance
			if got, err = guard(func() (kind.Instance, error) { return update(ctx, r.World, was, full) }); err == nil {
				full.PhysicalID, full.ARN, full.Attributes = got.PhysicalID, got.ARN, got.Attributes
			}
		}
		if err != nil {
			r.up(was) // until it is known better, it is what it was
		}
	}
	if err != nil {
		rec.Status, rec.Reason = "UPDATE_FAILED", err.Error()
		r.tell(rec, rec.Status, err.Error(), event.Error)
		_ = r.put(rec) // the first cause is what counts
		return err
	}
	next.Instance.PhysicalID, next.Instance.ARN, next.Instance.Attributes = full.PhysicalID, full.ARN, full.Attributes
	next.Status, next.Reason, next.Dirty = "UPDATE_COMPLETE", "", false
	*rec = next
	if err := r.put(rec); err != nil {
		return err
	}
	if seen {
		r.up(full)
	}
	r.tell(rec, rec.Status, "", event.Info)
	return nil
}

// outputs evaluates the stack's outputs.
func (r *run) outputs() error {
	out := map[string]string{}
	for _, name := range sortedKeys(r.p.in.Template.Outputs) {
		o := r.p.in.Template.Outputs[name]
		if o.Condition != "" && !r.p.env.Conditions[o.Condition] {
			continue
		}
		v, err := r.p.env.Eval("Outputs."+name, o.Value)
		if err != nil {
			return err
		}
		out[name] = text(plain(v))
	}
	r.head.Outputs = out
	for _, name := range sortedKeys(out) {
		r.sink(event.Event{Type: event.Output, Node: string(r.p.in.Trace[name]), Level: event.Info, Text: name + " = " + out[name], Data: event.Data{Name: name, Value: out[name]}})
	}
	return nil
}

// guard turns a panic of a resource type into an error: it must not take the application down.
func guard(do func() (kind.Instance, error)) (in kind.Instance, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Internal, "the simulation failed unexpectedly: %v", p)
		}
	}()
	return do()
}

// stack moves the whole stack to a status.
func (r *run) stack(status string) error {
	r.head.Status = status
	if err := r.Store.SaveHead(r.head); err != nil {
		return fault.Wrap(err, fault.CodeOf(err), "saving the state of the sandbox")
	}
	level := event.Info
	if strings.HasSuffix(status, "FAILED") || strings.Contains(status, "ROLLBACK") {
		level = event.Warning
	}
	r.sink(event.Event{Type: event.Step, Level: level, Text: r.World.Stack() + " " + status, Data: event.Data{Status: status, Reason: r.head.Reason, Progress: r.progress()}})
	return nil
}

func (r *run) progress() float64 {
	if r.total == 0 {
		return 0
	}
	return float64(r.ended) / float64(r.total)
}

// tell emits a resource's status.
func (r *run) tell(rec *Record, status, reason string, level event.Level) {
	in := rec.Instance
	line := in.LogicalID + " " + status
	if reason != "" {
		line += ": " + reason
	}
	r.sink(event.Event{Type: event.Resource, Node: in.Node, Level: level, Text: line,
		Data: event.Data{LogicalID: in.LogicalID, Name: in.PhysicalID, Status: status, Reason: reason, Progress: r.progress()}})
}
