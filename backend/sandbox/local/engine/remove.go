package engine

import (
	"cmp"
	"context"
	"slices"

	"airloom/backend/cfn"
	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// cleanup deletes what the new template does not need any more: removed and replaced resources, dependents first. As in
// CloudFormation, what cannot be deleted does not fail the update; it stays a leftover that the next run tries again.
func (r *run) cleanup() {
	ctx := context.WithoutCancel(r.ctx) // the new state stands; half a cleanup would only postpone the other half
	for _, rec := range r.records {
		if _, stays := r.p.graph[rec.Instance.LogicalID]; !stays && rec.Place == Current {
			rec.Place = Leftover
		}
	}
	for _, rec := range r.deletionOrder(Leftover) {
		if r.retain(rec, r.policy(rec)) {
			continue
		}
		r.clear(ctx, rec)
	}
}

// clear deletes a leftover. Where what it stood for has become another record's, only its own record goes.
func (r *run) clear(ctx context.Context, rec *Record) {
	var err error
	if slices.ContainsFunc(r.records, func(o *Record) bool {
		return o != rec && o.exists() && o.Instance.Type == rec.Instance.Type && o.Instance.PhysicalID == rec.Instance.PhysicalID
	}) {
		err = r.drop(rec)
	} else {
		err = r.remove(ctx, rec)
	}
	if err != nil {
		r.sink(event.Event{Type: event.Warn, Node: rec.Instance.Node, Level: event.Warning, Text: rec.Instance.LogicalID + " could not be deleted and stays for the next deployment: " + err.Error(),
			Data: event.Data{LogicalID: rec.Instance.LogicalID, Reason: err.Error()}})
	}
}

// policy is what is to become of a leftover: a replaced one follows the new template's UpdateReplacePolicy, a removed one
// the DeletionPolicy that it was deployed with.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
func (r *run) policy(rec *Record) string {
	if res, stays := r.p.in.Template.Resources[rec.Instance.LogicalID]; stays && r.current(rec.Instance.LogicalID) != nil {
		return res.UpdateReplacePolicy
	}
	return rec.DeletionPolicy
}

// retain keeps a resource that its policy protects; it lives on outside of the stack.
func (r *run) retain(rec *Record, policy string) bool {
	if !retains(policy) || !rec.exists() {
		return false
	}
	rec.Place = Retained
	r.tell(rec, "DELETE_SKIPPED", "", event.Info)
	if err := r.put(rec); err != nil {
		r.sink(event.Event{Type: event.Warn, Level: event.Warning, Text: "saving the state of the sandbox: " + err.Error()})
	}
	return true
}

// deletionOrder gives the records of the places, so that each comes before what it needed.
func (e *Engine) deletionOrder(places ...Place) []*Record {
	byKey, byID := map[string]*Record{}, map[string][]string{}
	for _, rec := range e.records {
		if slices.Contains(places, rec.Place) {
			byKey[rec.Key] = rec
			byID[rec.Instance.LogicalID] = append(byID[rec.Instance.LogicalID], rec.Key)
		}
	}
	graph := cfn.Graph{}
	for key, rec := range byKey {
		graph[key] = nil
		for _, id := range rec.DependsOn {
			graph[key] = append(graph[key], byID[id]...)
		}
	}
	var out []*Record
	order, err := cfn.Order(graph)
	if err != nil {
		// Records of different templates can need one another in a circle; the newest then goes first.
		for _, rec := range e.records {
			if byKey[rec.Key] != nil {
				out = append(out, rec)
			}
		}
	}
	for _, key := range order {
		out = append(out, byKey[key])
	}
	slices.Reverse(out)
	return out
}

// remove deletes one resource and its record.
func (r *run) remove(ctx context.Context, rec *Record) error {
	existed := rec.exists()
	full, err := r.resolved(rec.Instance)
	if err != nil {
		full = rec.Instance // a secret that is gone must not keep a resource from being deleted
	}
	if existed {
		rec.Status = "DELETE_IN_PROGRESS"
		if err := r.put(rec); err != nil {
			return err
		}
		r.down(full)
	}
	r.tell(rec, "DELETE_IN_PROGRESS", "", event.Info)
	if del := r.Types[rec.Instance.Type].Delete; del != nil && !rec.Foreign {
		_, err = guard(func() (kind.Instance, error) { return full, del(ctx, r.World, full) })
		if err != nil {
			if existed {
				rec.Status, rec.Reason = "DELETE_FAILED", err.Error()
				_ = r.put(rec) // the first cause is what counts
			}
			r.tell(rec, "DELETE_FAILED", err.Error(), event.Error)
			return err
		}
	}
	if err := r.drop(rec); err != nil {
		return err
	}
	r.tell(rec, "DELETE_COMPLETE", "", event.Info)
	return nil
}

// rollback undoes the journal, newest first, and answers the cause.
func (r *run) rollback(word string, cause error) error {
	ctx := context.WithoutCancel(r.ctx)
	r.head.Reason = cause.Error()
	prefix := "ROLLBACK"
	if word == "UPDATE" {
		prefix = "UPDATE_ROLLBACK"
	}
	if err := r.stack(prefix + "_IN_PROGRESS"); err != nil {
		return cause
	}
	failed := false
	for _, d := range slices.Backward(r.journal) {
		if err := r.undo(ctx, d); err != nil {
			failed = true
			r.sink(event.Event{Type: event.Warn, Node: d.record.Instance.Node, Level: event.Warning, Text: d.record.Instance.LogicalID + " could not be brought back: " + err.Error(),
				Data: event.Data{LogicalID: d.record.Instance.LogicalID, Reason: err.Error()}})
		}
	}
	r.head.Ended = r.World.Now()
	status := prefix + "_COMPLETE"
	if failed {
		status = prefix + "_FAILED"
	}
	_ = r.stack(status) // the cause is what counts
	return cause
}

func (r *run) undo(ctx context.Context, d done) error {
	if d.before != nil {
		if d.record.Dirty || d.record.Status == "UPDATE_COMPLETE" {
			act := d.record.Dirty || len(cfn.Paths(d.record.Instance.Properties, d.before.Instance.Properties)) > 0
			return r.change(ctx, d.record, *d.before, d.before.Instance.Properties, act)
		}
		*d.record = *d.before
		return r.put(d.record)
	}
	if d.taken {
		d.record.Place = Leftover
		err := r.put(d.record)
		if d.old != nil {
			d.old.Place = Current
			err = cmp.Or(err, r.put(d.old))
		}
		return err
	}
	// What was created holds nothing yet that its policy could be meant to protect, so it goes, whatever its policy.
	d.record.Place = Leftover
	err := r.remove(ctx, d.record)
	if d.old != nil {
		d.old.Place = Current
		err = cmp.Or(err, r.put(d.old))
	}
	return err
}

// Destroy deletes everything, dependents first. What a policy retains lives on outside of the stack, unless all is true.
// What fails is named, and what it needs is kept; the next Destroy goes on from there.
func (e *Engine) Destroy(ctx context.Context, all bool, sink event.Sink) error {
	r := &run{Engine: e, ctx: ctx, sink: sink, p: &prepared{}, total: len(e.records)}
	if len(e.records) == 0 && (e.head.Status == "" || e.head.Status == "DELETE_COMPLETE") {
		return nil
	}
	e.head.Started, e.head.Reason = e.World.Now(), ""
	if err := r.stack("DELETE_IN_PROGRESS"); err != nil {
		return err
	}
	places := []Place{Current, Leftover}
	if all {
		places = append(places, Retained)
	}
	var first error
	needed := map[string]bool{}
	for _, rec := range e.deletionOrder(places...) {
		id := rec.Instance.LogicalID
		if err := ctx.Err(); err != nil && first == nil {
			first = fault.Wrap(err, fault.Canceled, "stopped on request")
		}
		if first != nil && (ctx.Err() != nil || needed[id]) {
			for _, d := range rec.DependsOn {
				needed[d] = true
			}
			continue
		}
		if !all && r.retain(rec, rec.DeletionPolicy) {
			continue
		}
		if err := r.remove(ctx, rec); err != nil {
			for _, d := range rec.DependsOn {
				needed[d] = true
			}
			if first == nil {
				first = fault.Wrap(err, fault.CodeOf(err), "deleting %s (%s)", id, rec.Instance.Type).At(rec.Instance.Node)
			}
		}
		r.ended++
	}
	e.head.Ended = e.World.Now()
	if first != nil {
		e.head.Reason = first.Error()
		_ = r.stack("DELETE_FAILED") // the first cause is what counts
		return first
	}
	e.head = Head{ID: e.World.NewID(), Serial: e.head.Serial, Started: e.head.Started, Ended: e.head.Ended}
	return r.stack("DELETE_COMPLETE")
}
