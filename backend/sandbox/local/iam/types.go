package iam

import (
	"context"
	"regexp"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// The resource types that this package simulates.
const (
	roleType       = "AWS::IAM::Role"
	policyType     = "AWS::IAM::Policy"
	rolePolicyType = "AWS::IAM::RolePolicy"
	managedType    = "AWS::IAM::ManagedPolicy"
)

// Types are the resource types of IAM. They only name what they make: the directory takes policies in through Up, which
// the sandbox calls for every instance, new or loaded again.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
func (d *Directory) Types() []kind.ResourceType {
	return []kind.ResourceType{
		{
			Type:       roleType,
			Properties: []string{"AssumeRolePolicyDocument", "Policies", "ManagedPolicyArns", "RoleName", "Path"},
			Ignored:    []string{"Description", "Tags", "MaxSessionDuration"},
			Replace:    []string{"RoleName", "Path"},
			Check:      d.checkRole,
			Create: func(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
				in.PhysicalID = named(in, "RoleName", 64)
				in.ARN = "arn:aws:iam::" + w.Account() + ":role" + pathOf(in) + in.PhysicalID
				in.Attributes = map[string]any{"Arn": in.ARN, "RoleId": "AROA" + id(w)}
				return in, d.free(in.ARN)
			},
			Update: keep,
		},
		{
			Type:       policyType,
			Properties: []string{"PolicyName", "PolicyDocument", "Roles"},
			Check:      checkDocument,
			Create: func(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
				in.Attributes = map[string]any{"Id": in.PhysicalID}
				return in, nil
			},
			Update: keep,
		},
		{
			Type:       rolePolicyType,
			Properties: []string{"PolicyName", "PolicyDocument", "RoleName"},
			Replace:    []string{"PolicyName", "RoleName"},
			Check:      checkDocument,
			Create:     keepNew,
			Update:     keep,
		},
		{
			Type:       managedType,
			Properties: []string{"PolicyDocument", "Roles", "ManagedPolicyName", "Path"},
			Ignored:    []string{"Description"},
			Replace:    []string{"ManagedPolicyName", "Path", "Description"},
			Check:      checkDocument,
			Create: func(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
				in.ARN = "arn:aws:iam::" + w.Account() + ":policy" + pathOf(in) + named(in, "ManagedPolicyName", 128)
				in.PhysicalID = in.ARN
				in.Attributes = map[string]any{"PolicyArn": in.ARN, "PolicyId": "ANPA" + id(w), "DefaultVersionId": "v1", "IsAttachable": true}
				return in, d.free(in.ARN)
			},
			Update: keep,
		},
	}
}

// Up takes in what an instance says about identities; instances of other types say nothing.
func (d *Directory) Up(in kind.Instance) {
	d.mu.Lock()
	defer d.mu.Unlock()
	document, _ := Compile(in.Properties["PolicyDocument"], Identity) // checked before it was deployed
	switch in.Type {
	case roleType:
		r := role{attached: textList(in.Properties["ManagedPolicyArns"])}
		r.trust, _ = Compile(in.Properties["AssumeRolePolicyDocument"], Trust)
		list, _ := in.Properties["Policies"].([]any)
		for _, item := range list {
			m, _ := item.(map[string]any)
			p, _ := Compile(m["PolicyDocument"], Identity)
			r.inline = append(r.inline, p)
		}
		d.roles[in.ARN] = r
	case policyType:
		d.attached[key(in)] = attachment{textList(in.Properties["Roles"]), document}
	case rolePolicyType:
		d.attached[key(in)] = attachment{textList(in.Properties["RoleName"]), document}
	case managedType:
		d.managed[in.ARN] = managedPolicy{textList(in.Properties["Roles"]), document}
	}
}

// Down forgets an instance.
func (d *Directory) Down(in kind.Instance) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch in.Type {
	case roleType:
		delete(d.roles, in.ARN)
	case policyType, rolePolicyType:
		delete(d.attached, key(in))
	case managedType:
		delete(d.managed, in.ARN)
	}
}

func key(in kind.Instance) string { return in.LogicalID + "/" + in.PhysicalID }

// free refuses a name that another role or policy has.
func (d *Directory) free(arn string) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	_, isRole := d.roles[arn]
	_, isPolicy := d.managed[arn]
	if isRole || isPolicy {
		return fault.New(fault.Conflict, "%s already exists", arn)
	}
	return nil
}

func keep(_ context.Context, _ kind.World, _, next kind.Instance) (kind.Instance, error) {
	return next, nil
}

func keepNew(_ context.Context, _ kind.World, in kind.Instance) (kind.Instance, error) {
	return in, nil
}

// named is the name that the template gives, else the suggested one, shortened as CloudFormation does it: the unique end stays.
func named(in kind.Instance, property string, most int) string {
	if name, _ := in.Properties[property].(string); name != "" {
		return name
	}
	name := in.PhysicalID
	if len(name) > most {
		name = name[:most-13] + name[len(name)-13:]
	}
	return name
}

func pathOf(in kind.Instance) string {
	if p, _ := in.Properties["Path"].(string); p != "" {
		return p
	}
	return "/"
}

func id(w kind.World) string {
	return strings.ToUpper(strings.ReplaceAll(w.NewID(), "-", ""))[:17]
}

var (
	validName = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)
	validPath = regexp.MustCompile(`^/([!-~]+/)?$`)
)

func (d *Directory) checkRole(props map[string]any) error {
	if err := checkNames(props); err != nil {
		return err
	}
	trust, has := props["AssumeRolePolicyDocument"]
	if !has {
		return fault.New(fault.Invalid, "the role has no AssumeRolePolicyDocument")
	}
	if err := compiles(trust, Trust, "AssumeRolePolicyDocument"); err != nil {
		return err
	}
	list, _ := props["Policies"].([]any)
	for i, item := range list {
		m, _ := item.(map[string]any)
		where := "Policies[" + itoa(i) + "]"
		if m["PolicyName"] == nil {
			return fault.New(fault.Invalid, "the policy has no PolicyName").At(where)
		}
		if err := compiles(m["PolicyDocument"], Identity, where+".PolicyDocument"); err != nil {
			return err
		}
	}
	arns, _ := props["ManagedPolicyArns"].([]any)
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, item := range arns {
		if arn, ok := item.(string); ok && !d.known(arn) {
			return fault.New(fault.Unsupported, "the managed policy %s is not evaluated by the embedded sandbox", arn).At("ManagedPolicyArns")
		}
	}
	return nil
}

func checkDocument(props map[string]any) error {
	if err := checkNames(props); err != nil {
		return err
	}
	return compiles(props["PolicyDocument"], Identity, "PolicyDocument")
}

func checkNames(props map[string]any) error {
	for _, k := range []string{"RoleName", "PolicyName", "ManagedPolicyName"} {
		if s, ok := props[k].(string); ok && !validName.MatchString(s) {
			return fault.New(fault.Invalid, "%q is no name for IAM", s).At(k)
		}
	}
	if s, ok := props["Path"].(string); ok && !validPath.MatchString(s) {
		return fault.New(fault.Invalid, "%q is no path for IAM: it begins and ends with a slash", s).At("Path")
	}
	return nil
}

// compiles checks a document, which may be a function as a whole while it is not known yet.
func compiles(document any, use Use, where string) error {
	if _, ok := document.(cfn.Fn); ok {
		return nil
	}
	if _, err := Compile(document, use); err != nil {
		f := fault.As(err)
		if f.Where != "" {
			where += "." + f.Where
		}
		return fault.New(f.Code, "%s", f.Message).At(where)
	}
	return nil
}

// textList is a text or a list of texts.
func textList(v any) []string {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	list, _ := v.([]any)
	out := make([]string, 0, len(list))
	for _, item := range list {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
