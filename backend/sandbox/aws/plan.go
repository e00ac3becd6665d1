package aws

import (
	"context"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
	"airloom/backend/sandbox"
)

const inlineLimit = 51200 // bytes of a template within the call; a larger one goes through the bucket

// Plan makes a change set and reads it. A stack whose first creation failed cannot be changed: the plan is then to delete it
// and to create it anew.
func (s *Sandbox) Plan(ctx context.Context, b generate.Bundle, opts sandbox.Options) (sandbox.Plan, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := s.Describe(ctx)
	if err != nil {
		return sandbox.Plan{}, err
	}
	p := sandbox.Plan{Sandbox: id, Bundle: b.Digest, Base: s.memory.now().Bundle, Options: opts, Content: b, Applyable: true}
	if op := s.memory.now().Operation; op != nil {
		return p, fault.New(fault.Conflict, "a %s that began at %s has no verdict yet", op.Kind, op.Started.Format("15:04")).At(s.deps.Name).Try("deploy again: it is followed to its end first")
	}
	for _, site := range b.Sites {
		for name, v := range site.Config {
			if _, err := outputFor(b.Template, v); err != nil {
				p.Refusals = append(p.Refusals, fault.Finding{Rule: "site", Severity: fault.Blocking, Node: string(site.Node), Message: fmt.Sprintf("the setting %s of the client cannot be known after the deployment: %s", name, err)})
				p.Applyable = false
			}
		}
	}
	st, err := s.stack(ctx)
	if err != nil {
		return p, err
	}
	if st != nil {
		if err := s.own(st); err != nil {
			return p, err
		}
		if err := s.busy(st); err != nil {
			return p, err
		}
		if deadEnd(st.StackStatus) {
			return s.anew(p, st), nil
		}
		if st.StackStatus == types.StackStatusUpdateRollbackFailed {
			return p, fault.New(fault.Unsupported, "the stack %s could not be rolled back (%s)", s.deps.Stack, sdk.ToString(st.StackStatusReason)).At(s.deps.Name).
				Try("continue its rollback in the AWS console, or destroy the sandbox")
		}
	}
	if err := s.propose(ctx, &p, st); err != nil {
		return p, err
	}
	keep(&p, st)
	return p, nil
}

// anew is the plan for a stack that can only be deleted.
func (s *Sandbox) anew(p sandbox.Plan, st *types.Stack) sandbox.Plan {
	p.Method = "create"
	p.Notes = append(p.Notes, fmt.Sprintf("what is left of a failed deployment (%s) is deleted first", st.StackStatus))
	for _, logical := range sortedKeys(p.Content.Template.Resources) {
		p.Changes = append(p.Changes, sandbox.Change{Node: string(p.Content.Trace[logical]), LogicalID: logical, Type: p.Content.Template.Resources[logical].Type, Action: sandbox.Add})
	}
	return p
}

// propose makes the change set and fills the plan from it.
func (s *Sandbox) propose(ctx context.Context, p *sandbox.Plan, st *types.Stack) error {
	token := "airloom-" + s.deps.NewID()
	in := &cloudformation.CreateChangeSetInput{StackName: sdk.String(s.deps.Stack), ChangeSetName: sdk.String(token), ClientToken: sdk.String(token),
		ChangeSetType: types.ChangeSetTypeUpdate, Tags: s.tags(p.Options.Tags), Capabilities: capabilities(p.Content.Template), Parameters: s.parameters(p),
		Description: sdk.String("airloom, bundle " + short(p.Bundle))}
	p.Method = "update"
	if fresh(st) {
		in.ChangeSetType, p.Method = types.ChangeSetTypeCreate, "create"
	} else {
		in.StackName = st.StackId
	}
	if err := s.template(ctx, p, in); err != nil {
		return err
	}
	var made *cloudformation.CreateChangeSetOutput
	err := s.again(ctx, "proposing the change", func() (err error) { made, err = s.cfn.CreateChangeSet(ctx, in); return err })
	if err != nil {
		return err
	}
	p.Handle = sdk.ToString(made.Id)
	changes, empty, err := s.changeSet(ctx, p.Handle)
	if err != nil {
		return err
	}
	if empty {
		p.Method, p.Handle = "none", ""
		return s.dropChangeSet(ctx, sdk.ToString(made.Id))
	}
	for _, c := range changes {
		p.Changes = append(p.Changes, change(c, p.Content))
	}
	return nil
}

func (s *Sandbox) dropChangeSet(ctx context.Context, arn string) error {
	return s.again(ctx, "removing an empty change set", func() error {
		_, err := s.cfn.DeleteChangeSet(ctx, &cloudformation.DeleteChangeSetInput{ChangeSetName: sdk.String(arn)})
		return err
	})
}

// template puts the template into the call, or into the bucket where it is too large for that.
func (s *Sandbox) template(ctx context.Context, p *sandbox.Plan, in *cloudformation.CreateChangeSetInput) error {
	if len(p.Content.Body) <= inlineLimit {
		in.TemplateBody = sdk.String(string(p.Content.Body))
		return nil
	}
	key := "templates/" + p.Bundle + ".json"
	if err := s.ensureBucket(ctx, p.Sandbox); err != nil {
		return err
	}
	if err := s.upload(ctx, p.Sandbox, key, "application/json", p.Content.Body); err != nil {
		return err
	}
	in.TemplateURL = sdk.String(s.objectURL(p.Sandbox, key))
	return nil
}

func (s *Sandbox) parameters(p *sandbox.Plan) []types.Parameter {
	given := map[string]string{}
	for k, v := range p.Options.Parameters {
		given[k] = v
	}
	if _, ok := p.Content.Template.Parameters[kind.ArtifactBucket]; ok {
		given[kind.ArtifactBucket] = s.bucket(p.Sandbox)
	}
	var out []types.Parameter
	for _, k := range sortedKeys(given) {
		out = append(out, types.Parameter{ParameterKey: sdk.String(k), ParameterValue: sdk.String(given[k])})
	}
	return out
}

// capabilities are those that the template needs and the plan shows: roles, and roles with names. Macros are never sent.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
func capabilities(t cfn.Template) []types.Capability {
	var out []types.Capability
	for _, r := range t.Resources {
		if !strings.HasPrefix(r.Type, "AWS::IAM::") {
			continue
		}
		for _, name := range []string{"RoleName", "PolicyName", "ManagedPolicyName", "UserName", "GroupName", "InstanceProfileName"} {
			if _, ok := r.Properties[name]; ok && r.Type != "AWS::IAM::Policy" {
				return []types.Capability{types.CapabilityCapabilityNamedIam}
			}
		}
		out = []types.Capability{types.CapabilityCapabilityIam}
	}
	return out
}

// changeSet waits for a change set and reads all of it. An empty one is no failure, though CloudFormation calls it so.
func (s *Sandbox) changeSet(ctx context.Context, arn string) (changes []types.Change, empty bool, err error) {
	var next *string
	for pause := firstPause; ; {
		var out *cloudformation.DescribeChangeSetOutput
		err := s.again(ctx, "reading the change set", func() (err error) {
			out, err = s.cfn.DescribeChangeSet(ctx, &cloudformation.DescribeChangeSetInput{ChangeSetName: sdk.String(arn), NextToken: next})
			return err
		})
		if err != nil {
			return nil, false, err
		}
		switch out.Status {
		case types.ChangeSetStatusFailed:
			reason := sdk.ToString(out.StatusReason)
			if strings.Contains(reason, "didn't contain changes") || strings.Contains(reason, "No updates are to be performed") {
				return nil, true, nil
			}
			return nil, false, fault.New(fault.Invalid, "CloudFormation refuses the template: %s", reason).At(s.deps.Name)
		case types.ChangeSetStatusCreateComplete:
			changes = append(changes, out.Changes...)
			if out.NextToken == nil {
				return changes, len(changes) == 0, nil
			}
			next = out.NextToken
			continue
		}
		if err := s.sleep(ctx, pause); err != nil {
			return nil, false, err
		}
		pause = min(2*pause, 5*firstPause)
	}
}

// change reads one change of a change set.
func change(c types.Change, b generate.Bundle) sandbox.Change {
	r := c.ResourceChange
	if r == nil {
		return sandbox.Change{Action: sandbox.Update, Reason: string(c.Type)}
	}
	out := sandbox.Change{LogicalID: sdk.ToString(r.LogicalResourceId), Type: sdk.ToString(r.ResourceType), Action: sandbox.Update}
	out.Node = string(b.Trace[out.LogicalID])
	for _, d := range r.Details {
		if d.Target == nil {
			continue
		}
		name := sdk.ToString(d.Target.Name)
		if name == "" {
			name = string(d.Target.Attribute)
		}
		if !slices.Contains(out.Properties, name) {
			out.Properties = append(out.Properties, name)
		}
	}
	slices.Sort(out.Properties)
	retained := retains(r.PolicyAction)
	switch r.Action {
	case types.ChangeActionAdd, types.ChangeActionImport:
		out.Action = sandbox.Add
	case types.ChangeActionRemove:
		out.Action = sandbox.Remove
		out.Destructive = stateful(out.Type) && !retained
	default:
		switch r.Replacement {
		case types.ReplacementTrue:
			out.Action, out.Reason = sandbox.Replace, "CloudFormation replaces it"
			out.Destructive = stateful(out.Type) && !retained
		case types.ReplacementConditional:
			out.Action, out.Reason = sandbox.Replace, "CloudFormation may replace it"
			out.Destructive = stateful(out.Type) && !retained
		}
	}
	if out.Action == sandbox.Remove && retained {
		out.Reason = "it leaves the stack and stays in the account"
	}
	return out
}

func retains(a types.PolicyAction) bool {
	return a == types.PolicyActionRetain || a == types.PolicyActionReplaceAndRetain || a == types.PolicyActionSnapshot || a == types.PolicyActionReplaceAndSnapshot
}

// keep adds what does not change, so that the whole picture is painted, and sorts.
func keep(p *sandbox.Plan, st *types.Stack) {
	have := map[string]bool{}
	for _, c := range p.Changes {
		have[c.LogicalID] = true
	}
	if !fresh(st) {
		for logical, r := range p.Content.Template.Resources {
			if !have[logical] {
				p.Changes = append(p.Changes, sandbox.Change{Node: string(p.Content.Trace[logical]), LogicalID: logical, Type: r.Type, Action: sandbox.Keep})
			}
		}
	}
	slices.SortFunc(p.Changes, func(a, b sandbox.Change) int { return strings.Compare(a.LogicalID, b.LogicalID) })
}

func short(digest string) string { return digest[:min(12, len(digest))] }
