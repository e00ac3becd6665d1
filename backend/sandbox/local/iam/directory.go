package iam

import (
	"slices"
	"strings"
	"sync"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Directory knows all identities and policies of one sandbox and decides. It is safe for concurrent use. It holds nothing
// durable: after a restart it is told again (Up for every instance, SetPolicy for every stored policy).
type Directory struct {
	account string
	region  string
	now     func() time.Time

	mu        sync.RWMutex
	roles     map[string]role              // by role ARN
	attached  map[string]attachment        // by logical id of AWS::IAM::Policy, RolePolicy
	managed   map[string]managedPolicy     // by ARN
	resources map[string]map[string]Policy // by resource ARN, then id
}

type role struct {
	trust    Policy
	inline   []Policy
	attached []string // ARNs of managed policies
}

// attachment is a policy that names its roles.
type attachment struct {
	roles  []string // names
	policy Policy
}

type managedPolicy struct {
	roles  []string // names
	policy Policy
}

// NewDirectory makes an empty directory.
func NewDirectory(account, region string, now func() time.Time) *Directory {
	return &Directory{account: account, region: region, now: now, roles: map[string]role{}, attached: map[string]attachment{},
		managed: awsManaged(), resources: map[string]map[string]Policy{}}
}

// SetPolicy attaches a resource policy under an id to an ARN, or removes it with nil.
func (d *Directory) SetPolicy(arn, id string, document map[string]any) error {
	var p Policy
	if document != nil {
		var err error
		if p, err = Compile(document, Resource); err != nil {
			return err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if document == nil {
		delete(d.resources[arn], id)
		if len(d.resources[arn]) == 0 {
			delete(d.resources, arn)
		}
		return nil
	}
	if d.resources[arn] == nil {
		d.resources[arn] = map[string]Policy{}
	}
	d.resources[arn][id] = p
	return nil
}

// Allow decides a request; nil admits it, a fault.Denied says why not in AWS's words. The policies of a role or of the
// resource suffice, and an explicit deny in either outweighs both; a service needs the resource's policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func (d *Directory) Allow(a kind.Access) error {
	if a.Principal.Owner {
		return nil
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	ctx := d.context(a)
	identity, resource := silent, silent
	for _, p := range d.identityPolicies(a.Principal.Role) {
		identity = max(identity, p.judge(a, ctx, nil))
	}
	admits := func(s *statement) bool { return d.admits(s, a.Principal) }
	for _, arn := range bearers(a.Resource) {
		for _, p := range d.resources[arn] {
			resource = max(resource, p.judge(a, ctx, admits))
		}
	}
	switch {
	case identity == denied:
		return d.refusal(a, "with an explicit deny in an identity-based policy")
	case resource == denied:
		return d.refusal(a, "with an explicit deny in a resource-based policy")
	case identity == allowed, resource == allowed:
		return nil
	case a.Principal.Role != "":
		if _, ok := d.roles[a.Principal.Role]; !ok {
			return d.refusal(a, "because the role does not exist")
		}
		return d.refusal(a, "because no identity-based policy allows the "+a.Action+" action")
	}
	return d.refusal(a, "because no resource-based policy allows the "+a.Action+" action")
}

// Trusts tells whether a service may assume a role: nil, or a fault.Denied.
func (d *Directory) Trusts(roleARN, service string) error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	r, ok := d.roles[roleARN]
	if !ok {
		return fault.New(fault.NotFound, "the role %s does not exist", roleARN)
	}
	a := kind.Access{Principal: kind.Principal{Service: service}, Action: "sts:AssumeRole", Resource: roleARN}
	if r.trust.judge(a, d.context(a), func(s *statement) bool { return d.admits(s, a.Principal) }) != allowed {
		return fault.New(fault.Denied, "the role %s cannot be assumed by %s: its trust policy does not allow it", roleARN, service)
	}
	return nil
}

type verdict int

const (
	silent verdict = iota
	allowed
	denied
)

// judge is what a policy says; admits filters statements by principal, nil for a policy of an identity.
func (p Policy) judge(a kind.Access, ctx values, admits func(*statement) bool) verdict {
	out := silent
	for i := range p.statements {
		s := &p.statements[i]
		if admits != nil && !admits(s) || !s.covers(a.Action, a.Resource, ctx) {
			continue
		}
		if slices.ContainsFunc(s.conditions, func(c condition) bool { return !c.holds(ctx) }) {
			continue
		}
		if s.deny {
			return denied
		}
		out = allowed
	}
	return out
}

// admits tells whether a statement is about the principal. A statement for the account leaves the decision to the
// account's own policies, so that it allows nobody by itself, but it can deny everybody.
func (d *Directory) admits(s *statement, p kind.Principal) bool {
	for _, want := range s.principals {
		switch {
		case want == "*":
			return true
		case p.Role == "":
		case want == p.Role, want == d.session(p):
			return true
		case s.deny && (want == d.account || want == "arn:aws:iam::"+d.account+":root"):
			return true
		}
	}
	return p.Service != "" && slices.Contains(s.services, p.Service)
}

// session is the ARN of a role's session: "arn:aws:sts::000000000000:assumed-role/name/session".
func (d *Directory) session(p kind.Principal) string {
	return "arn:aws:sts::" + d.account + ":assumed-role/" + roleName(p.Role) + "/" + p.Session
}

func (d *Directory) refusal(a kind.Access, why string) error {
	who := "User: " + d.session(a.Principal)
	if a.Principal.Role == "" {
		who = "The service " + a.Principal.Service
	}
	return fault.New(fault.Denied, "%s is not authorized to perform: %s on resource: %s %s", who, a.Action, a.Resource, why)
}

// context gives the condition keys of a request, with the global ones that AWS itself adds.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (d *Directory) context(a kind.Access) values {
	now := d.now().UTC()
	v := values{
		"aws:currenttime": {now.Format(time.RFC3339)}, "aws:epochtime": {itoa(int(now.Unix()))}, "aws:requestedregion": {d.region},
		"aws:securetransport": {"true"}, "aws:resourceaccount": {d.account},
	}
	if p := a.Principal; p.Role != "" {
		v["aws:principalarn"], v["aws:principalaccount"], v["aws:principaltype"] = []string{p.Role}, []string{d.account}, []string{"AssumedRole"}
		v["aws:principalisawsservice"] = []string{"false"}
	} else {
		v["aws:principalisawsservice"], v["aws:principalservicename"] = []string{"true"}, []string{p.Service}
	}
	for k, s := range a.Context {
		v[strings.ToLower(k)] = strings.Split(s, "\x1f")
	}
	return v
}

// identityPolicies are all policies of a role.
func (d *Directory) identityPolicies(arn string) []Policy {
	r, ok := d.roles[arn]
	if !ok {
		return nil
	}
	name := roleName(arn)
	out := slices.Clone(r.inline)
	for _, id := range sortedKeys(d.attached) {
		if a := d.attached[id]; slices.Contains(a.roles, name) {
			out = append(out, a.policy)
		}
	}
	for _, m := range sortedKeys(d.managed) {
		if p := d.managed[m]; slices.Contains(p.roles, name) || slices.Contains(r.attached, m) {
			out = append(out, p.policy)
		}
	}
	return out
}

// bearers are the ARNs whose policies speak about a resource: its own, a bucket's for its objects, a function's for its versions.
func bearers(arn string) []string {
	part := strings.SplitN(arn, ":", 8)
	switch {
	case len(part) >= 6 && part[2] == "s3":
		if bucket, _, ok := strings.Cut(arn, "/"); ok {
			return []string{bucket}
		}
	case len(part) == 8 && part[2] == "lambda" && part[5] == "function":
		return []string{arn, strings.Join(part[:7], ":")}
	}
	return []string{arn}
}

func roleName(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }
