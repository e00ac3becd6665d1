package iam

import (
	"context"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/awsapi"
)

// Issued are temporary credentials.
type Issued struct {
	AccessKey, Secret, Token string
	Expires                  time.Time
}

// Issue makes temporary credentials of a principal.
type Issue func(who kind.Principal, life time.Duration) (Issued, error)

// Assume tells whether a principal may assume a role: nil, or a fault.Denied. Within one account the trust policy suffices where it
// names the principal; where it names the account, the principal's own policies have to allow it too.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
func (d *Directory) Assume(roleARN string, who kind.Principal) error {
	if who.Service != "" {
		return d.Trusts(roleARN, who.Service)
	}
	a := kind.Access{Principal: who, Action: "sts:AssumeRole", Resource: roleARN}
	d.mu.RLock()
	defer d.mu.RUnlock()
	target, ok := d.roles[roleARN]
	if !ok {
		return d.refusal(a, "because no resource-based policy allows the sts:AssumeRole action") // AWS does not tell that there is none
	}
	if who.Owner {
		return nil
	}
	ctx := d.context(a)
	own := silent
	for _, p := range d.identityPolicies(who.Role) {
		own = max(own, p.judge(a, ctx, nil))
	}
	named := target.trust.judge(a, ctx, func(s *statement) bool { return d.admits(s, who) })
	account := target.trust.judge(a, ctx, func(s *statement) bool { return d.admits(s, who) || d.names(s) })
	switch {
	case own == denied:
		return d.refusal(a, "with an explicit deny in an identity-based policy")
	case named == denied:
		return d.refusal(a, "with an explicit deny in a resource-based policy")
	case named == allowed, account == allowed && own == allowed:
		return nil
	case account == allowed:
		return d.refusal(a, "because no identity-based policy allows the sts:AssumeRole action")
	}
	return d.refusal(a, "because no resource-based policy allows the sts:AssumeRole action")
}

// names tells whether a statement is about the account as a whole.
func (d *Directory) names(s *statement) bool {
	for _, p := range s.principals {
		if p == d.account || p == "arn:aws:iam::"+d.account+":root" {
			return true
		}
	}
	return false
}

// Service is STS: who am I, and credentials of another role.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
func (d *Directory) Service(issue Issue) kind.Service {
	return kind.Service{Name: "sts", Serve: func(_ context.Context, w kind.World, r kind.APIRequest) kind.HTTPResponse {
		v, err := d.serve(r, issue)
		return sts.Answer(w, r.Operation, v, err)
	}}
}

// sts is how the API speaks.
var sts = awsapi.Query{Namespace: "https://sts.amazonaws.com/doc/2011-06-15/", Denied: "AccessDenied", Internal: "InternalFailure"}

func (d *Directory) serve(r kind.APIRequest, issue Issue) (any, error) {
	form, err := sts.Form(r)
	switch {
	case err != nil:
		return nil, err
	case r.Operation == "GetCallerIdentity":
		return d.caller(r.Principal), nil
	case r.Operation == "AssumeRole":
		return d.assumeRole(r.Principal, form, issue)
	}
	return nil, awsapi.Errorf("InvalidAction", "The embedded sandbox does not carry out %s of STS.", r.Operation)
}

type callerIdentity struct {
	Arn, UserId, Account string
}

func (d *Directory) caller(p kind.Principal) callerIdentity {
	if p.Role == "" {
		return callerIdentity{"arn:aws:iam::" + d.account + ":root", d.account, d.account}
	}
	return callerIdentity{d.session(p), "AROA" + roleName(p.Role) + ":" + p.Session, d.account}
}

var sessionName = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)

func (d *Directory) assumeRole(who kind.Principal, form url.Values, issue Issue) (any, error) {
	arn, session, life := form.Get("RoleArn"), form.Get("RoleSessionName"), time.Hour
	for name := range form {
		switch name {
		case "Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds":
		default:
			return nil, awsapi.Errorf("ValidationError", "The embedded sandbox does not know the parameter %s of AssumeRole.", name)
		}
	}
	if text := form.Get("DurationSeconds"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 900 || n > 43200 {
			return nil, awsapi.Errorf("ValidationError", "DurationSeconds must be between 900 and 43200.")
		}
		life = time.Duration(n) * time.Second
	}
	if !sessionName.MatchString(session) {
		return nil, awsapi.Errorf("ValidationError", "RoleSessionName must have 2 to 64 letters, digits or characters of +=,.@_-.")
	}
	if err := d.Assume(arn, who); err != nil {
		return nil, err
	}
	next := kind.Principal{Role: arn, Session: session}
	c, err := issue(next, life)
	if err != nil {
		return nil, err
	}
	type user struct{ AssumedRoleId, Arn string }
	type credentials struct{ AccessKeyId, SecretAccessKey, SessionToken, Expiration string }
	return struct {
		AssumedRoleUser user
		Credentials     credentials
	}{user{"AROA" + roleName(arn) + ":" + session, d.session(next)}, credentials{c.AccessKey, c.Secret, c.Token, c.Expires.UTC().Format(time.RFC3339)}}, nil
}
