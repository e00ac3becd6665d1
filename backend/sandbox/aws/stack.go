package aws

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"airloom/backend/fault"
	"airloom/backend/sandbox"
)

// Tags of everything that we make.
const (
	projectTag = "airloom:project"
	sandboxTag = "airloom:sandbox"
)

func (s *Sandbox) tags(more map[string]string) []types.Tag {
	all := map[string]string{projectTag: s.deps.Project, sandboxTag: s.deps.Name}
	for k, v := range more {
		all[k] = v
	}
	var out []types.Tag
	for _, k := range sortedKeys(all) {
		out = append(out, types.Tag{Key: sdk.String(k), Value: sdk.String(all[k])})
	}
	return out
}

// stack reads the stack, nil where there is none: by its ARN once that is known, so that a namesake is never taken for it.
func (s *Sandbox) stack(ctx context.Context) (*types.Stack, error) {
	name := s.memory.now().StackID
	if name == "" {
		name = s.deps.Stack
	}
	st, err := s.stackNamed(ctx, name)
	if err != nil || st == nil {
		if err == nil && name != s.deps.Stack {
			return s.stackNamed(ctx, s.deps.Stack) // it was deleted elsewhere; perhaps there is a new one
		}
		return nil, err
	}
	if st.StackStatus == types.StackStatusDeleteComplete {
		return s.stackNamed(ctx, s.deps.Stack)
	}
	return st, nil
}

func (s *Sandbox) stackNamed(ctx context.Context, name string) (*types.Stack, error) {
	var out *cloudformation.DescribeStacksOutput
	err := s.again(ctx, "reading the stack "+s.deps.Stack, func() (err error) {
		out, err = s.cfn.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: sdk.String(name)})
		if err != nil && codeOf(err) == "ValidationError" && strings.Contains(messageOf(err), "does not exist") {
			out, err = &cloudformation.DescribeStacksOutput{}, nil
		}
		return err
	})
	if err != nil || len(out.Stacks) == 0 {
		return nil, err
	}
	return &out.Stacks[0], nil
}

// own refuses a stack that this project has not made.
func (s *Sandbox) own(st *types.Stack) error {
	for _, t := range st.Tags {
		if sdk.ToString(t.Key) == projectTag && sdk.ToString(t.Value) == s.deps.Project {
			return nil
		}
	}
	return fault.New(fault.Denied, "the stack %s exists already and does not belong to this project", s.deps.Stack).At(s.deps.Name).
		Try("add the sandbox with another --stack name")
}

// busy refuses a stack that something is being done to.
func (s *Sandbox) busy(st *types.Stack) error {
	status := string(st.StackStatus)
	if st.StackStatus == types.StackStatusReviewInProgress || !strings.HasSuffix(status, "_IN_PROGRESS") {
		return nil
	}
	return fault.New(fault.Conflict, "somebody else is changing the stack %s (%s)", s.deps.Stack, status).At(s.deps.Name).Try("wait until it has ended, and plan again")
}

// deadEnd tells whether a stack can only be deleted: its first creation failed.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
func deadEnd(status types.StackStatus) bool {
	return slices.Contains([]types.StackStatus{types.StackStatusCreateFailed, types.StackStatusRollbackComplete, types.StackStatusRollbackFailed, types.StackStatusDeleteFailed}, status)
}

// fresh tells whether nothing is deployed in the stack yet: only change sets were made for it.
func fresh(st *types.Stack) bool {
	return st == nil || st.StackStatus == types.StackStatusReviewInProgress
}

// Deployment is what is deployed now; fault.NotFound where nothing is.
func (s *Sandbox) Deployment(ctx context.Context) (sandbox.Deployment, error) {
	id, err := s.Describe(ctx)
	if err != nil {
		return sandbox.Deployment{}, err
	}
	st, err := s.stack(ctx)
	if err != nil {
		return sandbox.Deployment{}, err
	}
	if fresh(st) {
		return sandbox.Deployment{}, fault.New(fault.NotFound, "nothing is deployed in %s", s.deps.Name).At(s.deps.Name).Try("deploy first")
	}
	if err := s.own(st); err != nil {
		return sandbox.Deployment{}, err
	}
	return s.deployment(ctx, id, st)
}

func (s *Sandbox) deployment(ctx context.Context, id sandbox.Identity, st *types.Stack) (sandbox.Deployment, error) {
	d := sandbox.Deployment{Sandbox: id, Status: string(st.StackStatus), Reason: sdk.ToString(st.StackStatusReason), Bundle: s.memory.now().Bundle,
		Outputs: map[string]string{}, Resources: []sandbox.Resource{}, Started: sdk.ToTime(st.CreationTime), Ended: sdk.ToTime(st.CreationTime)}
	if st.LastUpdatedTime != nil {
		d.Started, d.Ended = *st.LastUpdatedTime, *st.LastUpdatedTime
	}
	trace, err := s.trace(ctx, st)
	if err != nil {
		return d, err
	}
	for _, o := range st.Outputs {
		name, value := sdk.ToString(o.OutputKey), sdk.ToString(o.OutputValue)
		d.Outputs[name] = value
		if strings.HasPrefix(value, "https://") && trace[name] != "" {
			d.URLs = append(d.URLs, sandbox.URL{Node: trace[name], Title: sdk.ToString(o.Description), URL: value})
		}
	}
	pages := cloudformation.NewListStackResourcesPaginator(s.cfn, &cloudformation.ListStackResourcesInput{StackName: st.StackId})
	for pages.HasMorePages() {
		var page *cloudformation.ListStackResourcesOutput
		if err := s.again(ctx, "reading the resources", func() (err error) { page, err = pages.NextPage(ctx); return err }); err != nil {
			return d, err
		}
		for _, r := range page.StackResourceSummaries {
			logical, physical := sdk.ToString(r.LogicalResourceId), sdk.ToString(r.PhysicalResourceId)
			out := sandbox.Resource{LogicalID: logical, Node: trace[logical], Type: sdk.ToString(r.ResourceType), PhysicalID: physical, Status: string(r.ResourceStatus)}
			if strings.HasPrefix(physical, "arn:") {
				out.ARN = physical
			}
			d.Resources = append(d.Resources, out)
		}
	}
	slices.SortFunc(d.Resources, func(a, b sandbox.Resource) int { return strings.Compare(a.LogicalID, b.LogicalID) })
	slices.SortFunc(d.URLs, func(a, b sandbox.URL) int { return strings.Compare(a.Node+a.URL, b.Node+b.URL) })
	return d, nil
}

// trace reads from the deployed template itself which node each resource came from: it holds on any machine.
func (s *Sandbox) trace(ctx context.Context, st *types.Stack) (map[string]string, error) {
	key := sdk.ToString(st.StackId) + sdk.ToTime(st.LastUpdatedTime).String() + string(st.StackStatus)
	s.memory.mu.Lock()
	have, ok := s.traces[key]
	s.memory.mu.Unlock()
	if ok {
		return have, nil
	}
	var out *cloudformation.GetTemplateSummaryOutput
	err := s.again(ctx, "reading the deployed template", func() (err error) {
		out, err = s.cfn.GetTemplateSummary(ctx, &cloudformation.GetTemplateSummaryInput{StackName: st.StackId})
		return err
	})
	if err != nil {
		return nil, err
	}
	var m struct {
		Airloom struct{ Trace map[string]string }
	}
	if text := sdk.ToString(out.Metadata); text != "" {
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "reading the metadata of the deployed template").At(s.deps.Name)
		}
	}
	s.memory.mu.Lock()
	defer s.memory.mu.Unlock()
	s.traces[key] = m.Airloom.Trace
	return m.Airloom.Trace, nil
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
