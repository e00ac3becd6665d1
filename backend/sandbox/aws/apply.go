package aws

import (
	"context"
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// Apply executes a plan: upload, propose, execute, watch, collect. An operation that a killed process has left without a
// verdict must be resumed first (Resume); Plan says so.
func (s *Sandbox) Apply(ctx context.Context, p sandbox.Plan, sink event.Sink) (sandbox.Deployment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := s.Describe(ctx) // who acts may have changed since the plan
	switch {
	case err != nil:
		return sandbox.Deployment{}, err
	case placeOf(id) != placeOf(p.Sandbox):
		return sandbox.Deployment{}, fault.New(fault.Denied, "the plan was made for %s, and you are signed in to %s", placeOf(p.Sandbox), placeOf(id)).At(s.deps.Name).Try("plan again")
	case !p.Applyable:
		return sandbox.Deployment{}, fault.New(fault.Unsupported, "this plan cannot be applied").At(s.deps.Name)
	case len(p.Destructive()) > 0 && !p.Options.Consent:
		d := p.Destructive()[0]
		return sandbox.Deployment{}, fault.New(fault.Denied, "%s of %s would lose its data", d.Action, d.LogicalID).At(d.Node).Try("agree to the destructive changes")
	case s.memory.now().Operation != nil:
		return sandbox.Deployment{}, fault.New(fault.Conflict, "an earlier operation has no verdict yet").At(s.deps.Name).Try("deploy again: it is followed to its end first")
	}
	if err := s.memory.note(func(r *remembered) { r.Place = placeOf(id) }); err != nil {
		return sandbox.Deployment{}, err
	}
	step := func(text string) { sink(event.Event{Type: event.Step, Text: text}) }
	step("upload")
	if err := s.uploadArtifacts(ctx, p, sink); err != nil {
		return sandbox.Deployment{}, err
	}
	if p.Method != "none" {
		if err := s.change(ctx, p, step, sink); err != nil {
			return sandbox.Deployment{}, err
		}
	}
	step("collect")
	if err := s.memory.note(func(r *remembered) { r.Bundle = p.Bundle }); err != nil {
		return sandbox.Deployment{}, err
	}
	d, err := s.Deployment(context.WithoutCancel(ctx))
	if err != nil {
		return d, err
	}
	return d, s.publish(ctx, p, d, sink)
}

// change executes the change set, after deleting what is left of a failed creation.
func (s *Sandbox) change(ctx context.Context, p sandbox.Plan, step func(string), sink event.Sink) error {
	st, err := s.stack(ctx)
	if err != nil {
		return err
	}
	if st != nil {
		if err := s.own(st); err != nil {
			return err
		}
		if err := s.busy(st); err != nil {
			return err
		}
		if deadEnd(st.StackStatus) {
			step("delete what is left")
			if err := s.remove(ctx, sdk.ToString(st.StackId), nil, sink); err != nil {
				return err
			}
			if err := s.memory.note(func(r *remembered) { r.StackID = "" }); err != nil {
				return err
			}
			p.Handle, st = "", nil
		}
	}
	if p.Handle == "" {
		step("propose")
		p.Changes = nil
		if err := s.propose(ctx, &p, st); err != nil {
			return err
		}
		if p.Method == "none" {
			return nil
		}
	}
	op, err := s.execute(ctx, p, step)
	if err != nil {
		return err
	}
	step("watch")
	return s.follow(ctx, op, traceOf(p), sink)
}

func traceOf(p sandbox.Plan) map[string]string {
	out := map[string]string{}
	for logical, node := range p.Content.Trace {
		out[logical] = string(node)
	}
	return out
}

// execute starts a change set exactly once, whatever becomes of the answer: what is about to be done is noted first, and the
// token makes a repeated call the same call.
func (s *Sandbox) execute(ctx context.Context, p sandbox.Plan, step func(string)) (operation, error) {
	var set *cloudformation.DescribeChangeSetOutput
	err := s.again(ctx, "reading the change set", func() (err error) {
		set, err = s.cfn.DescribeChangeSet(ctx, &cloudformation.DescribeChangeSetInput{ChangeSetName: sdk.String(p.Handle)})
		return err
	})
	if err != nil {
		return operation{}, err
	}
	if set.ExecutionStatus != types.ExecutionStatusAvailable {
		return operation{}, fault.New(fault.Conflict, "somebody else has changed the stack since the plan was made (%s)", set.ExecutionStatus).At(s.deps.Name).Try("plan again")
	}
	op := operation{Kind: p.Method, Token: "airloom-" + s.deps.NewID(), StackID: sdk.ToString(set.StackId), ChangeSet: p.Handle, Bundle: p.Bundle, Started: s.deps.Now()}
	if err := s.memory.note(func(r *remembered) { r.Operation, r.StackID = &op, op.StackID }); err != nil {
		return op, err
	}
	step("execute")
	return op, s.start(ctx, op)
}

// start asks for the noted operation; asking again is harmless.
func (s *Sandbox) start(ctx context.Context, op operation) error {
	in := &cloudformation.ExecuteChangeSetInput{ChangeSetName: sdk.String(op.ChangeSet), ClientRequestToken: sdk.String(op.Token)}
	in.DisableRollback = sdk.Bool(false) // its default depends on how the change set was made: always say it
	err := s.again(ctx, "executing the change set", func() error {
		_, err := s.cfn.ExecuteChangeSet(ctx, in)
		if slices.Contains([]string{"InvalidChangeSetStatus", "ChangeSetNotFound", "InvalidChangeSetStatusException", "ChangeSetNotFoundException"}, codeOf(err)) && s.begun(ctx, op) {
			return nil // an earlier call arrived, and its answer was lost
		}
		return err
	})
	if err != nil && !passing(err) && !s.begun(ctx, op) {
		if e := s.memory.note(func(r *remembered) { r.Operation = nil }); e != nil {
			return e
		}
	}
	return err
}

// begun tells whether the stack has events of the operation.
func (s *Sandbox) begun(ctx context.Context, op operation) bool {
	events, err := s.events(ctx, op)
	return err == nil && slices.ContainsFunc(events, func(e types.StackEvent) bool { return sdk.ToString(e.ClientRequestToken) == op.Token })
}

// follow watches a noted operation to its verdict and forgets it.
func (s *Sandbox) follow(ctx context.Context, op operation, trace map[string]string, sink event.Sink) error {
	v, err := s.watch(ctx, op, trace, sink, func(ctx context.Context) (string, error) { return s.cancel(ctx, op) })
	if err != nil {
		return err // without a verdict it stays noted, and is found again
	}
	if err := s.memory.note(func(r *remembered) {
		r.Operation = nil
		if v.good() && op.Kind != "delete" {
			r.Bundle = op.Bundle
		}
	}); err != nil {
		return err
	}
	if !v.good() || (ctx.Err() != nil && v.status == "DELETE_COMPLETE") {
		return s.verdictError(v, ctx.Err() != nil)
	}
	return nil
}

// cancel asks the cloud to take back: a creation is deleted, an update rolled back. A deletion cannot be taken back.
func (s *Sandbox) cancel(ctx context.Context, op operation) (token string, err error) {
	switch op.Kind {
	case "create":
		token = op.Token + "-stop"
		return token, s.again(ctx, "stopping the creation", func() error {
			_, err := s.cfn.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: sdk.String(op.StackID), ClientRequestToken: sdk.String(token)})
			return err
		})
	case "update":
		return "", s.again(ctx, "stopping the update", func() error {
			_, err := s.cfn.CancelUpdateStack(ctx, &cloudformation.CancelUpdateStackInput{StackName: sdk.String(op.StackID), ClientRequestToken: sdk.String(op.Token)})
			return err
		})
	}
	return "", fault.New(fault.Unsupported, "a deletion goes on to its end")
}

// Resume follows what an earlier process began and did not see the end of. Where nothing was begun it does nothing.
func (s *Sandbox) Resume(ctx context.Context, sink event.Sink) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	op := s.memory.now().Operation
	if op == nil {
		return nil
	}
	if _, err := s.Describe(ctx); err != nil {
		return err
	}
	sink(event.Event{Type: event.Step, Text: "following the " + op.Kind + " that was begun earlier"})
	if op.Kind == "delete" {
		return s.resumeRemoval(ctx, *op, sink)
	}
	if !s.begun(ctx, *op) {
		if err := s.start(ctx, *op); err != nil {
			return err
		}
	}
	trace := map[string]string{}
	if st, err := s.stackNamed(ctx, op.StackID); err == nil && st != nil {
		if t, err := s.trace(ctx, st); err == nil { // without it the events are not painted, and are told all the same
			trace = t
		}
	}
	return s.follow(ctx, *op, trace, sink)
}
