package aws

import (
	"context"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"airloom/backend/event"
	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// Destroy deletes the stack, the buckets' contents included, and then the artifact bucket. Each step can be repeated.
func (s *Sandbox) Destroy(ctx context.Context, opts sandbox.Options, sink event.Sink) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := s.Describe(ctx)
	if err != nil {
		return err
	}
	if !opts.Consent {
		return fault.New(fault.Denied, "taking down %s needs your word", s.deps.Name).At(s.deps.Name)
	}
	st, err := s.stack(ctx)
	if err != nil {
		return err
	}
	if st != nil {
		if err := s.own(st); err != nil {
			return err
		}
		if sdk.ToBool(st.EnableTerminationProtection) {
			return fault.New(fault.Denied, "the stack %s is protected from termination", s.deps.Stack).At(s.deps.Name).Try("take the protection off in the AWS console")
		}
		if st.StackStatus != types.StackStatusDeleteInProgress {
			if err := s.busy(st); err != nil {
				return err
			}
		}
		trace, err := s.trace(ctx, st)
		if err != nil {
			trace = nil // a stack that was never created has no template; its events are told without nodes
		}
		if err := s.remove(ctx, sdk.ToString(st.StackId), trace, sink); err != nil {
			return err
		}
	}
	sink(event.Event{Type: event.Step, Text: "delete the artifact bucket"})
	if err := s.dropBucket(ctx, id); err != nil {
		return err
	}
	return s.memory.forget()
}

// remove deletes a stack and follows it. A bucket that is not empty makes it fail: then the stack's own buckets are emptied and
// it is deleted once more. What stays is named.
func (s *Sandbox) remove(ctx context.Context, stackID string, trace map[string]string, sink event.Sink) error {
	op := operation{Kind: "delete", Token: "airloom-" + s.deps.NewID(), StackID: stackID, Started: s.deps.Now()}
	if old := s.memory.now().Operation; old != nil && old.Kind == "delete" && old.StackID == stackID {
		op = *old
	}
	return s.removal(ctx, op, trace, sink, true)
}

func (s *Sandbox) resumeRemoval(ctx context.Context, op operation, sink event.Sink) error {
	return s.removal(ctx, op, nil, sink, true)
}

func (s *Sandbox) removal(ctx context.Context, op operation, trace map[string]string, sink event.Sink, retry bool) error {
	if err := s.memory.note(func(r *remembered) { r.Operation = &op }); err != nil {
		return err
	}
	err := s.again(ctx, "deleting the stack", func() error {
		_, err := s.cfn.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: sdk.String(op.StackID), ClientRequestToken: sdk.String(op.Token)})
		return err
	})
	if err != nil {
		return err
	}
	v, err := s.watch(ctx, op, trace, sink, nil)
	if err != nil {
		return err
	}
	if err := s.memory.note(func(r *remembered) { r.Operation = nil }); err != nil || v.good() {
		return err
	}
	if retry {
		emptied, err := s.emptyFailed(ctx, op.StackID, v.failed, sink)
		if err != nil {
			return err
		}
		if emptied {
			op.Token, op.Started = "airloom-"+s.deps.NewID(), s.deps.Now()
			return s.removal(ctx, op, trace, sink, false)
		}
	}
	return fault.New(fault.Invalid, "the stack could not be deleted: %s; left over: %s", v.reason, strings.Join(v.failed, ", ")).At(v.node).
		Try("remove what stands in the way, and destroy again")
}

// emptyFailed empties the buckets of this very stack that could not be deleted.
func (s *Sandbox) emptyFailed(ctx context.Context, stackID string, failed []string, sink event.Sink) (bool, error) {
	id, err := s.Describe(ctx)
	if err != nil {
		return false, err
	}
	emptied := false
	pages := cloudformation.NewListStackResourcesPaginator(s.cfn, &cloudformation.ListStackResourcesInput{StackName: sdk.String(stackID)})
	for pages.HasMorePages() {
		var page *cloudformation.ListStackResourcesOutput
		if err := s.again(ctx, "reading the resources", func() (err error) { page, err = pages.NextPage(ctx); return err }); err != nil {
			return false, err
		}
		for _, r := range page.StackResourceSummaries {
			if sdk.ToString(r.ResourceType) != "AWS::S3::Bucket" || r.ResourceStatus != types.ResourceStatusDeleteFailed {
				continue
			}
			sink(event.Event{Type: event.Step, Text: "empty the bucket " + sdk.ToString(r.PhysicalResourceId)})
			if err := s.emptyBucket(ctx, id, sdk.ToString(r.PhysicalResourceId)); err != nil {
				return false, err
			}
			emptied = true
		}
	}
	return emptied && len(failed) > 0, nil
}
