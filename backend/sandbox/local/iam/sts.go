package iam

import (
	"bytes"
	"context"
	"encoding/xml"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
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
		form, err := url.ParseQuery(string(r.Body))
		if err != nil || len(form) == 0 {
			form, _ = url.ParseQuery(r.Query) // a presigned request has everything there
		}
		switch r.Operation {
		case "GetCallerIdentity":
			return stsAnswer(w, "GetCallerIdentity", d.caller(r.Principal))
		case "AssumeRole":
			return d.assumeRole(w, r.Principal, form, issue)
		}
		return stsError(w, 400, "InvalidAction", "The embedded sandbox does not carry out "+r.Operation+" of STS.")
	}}
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

func (d *Directory) assumeRole(w kind.World, who kind.Principal, form url.Values, issue Issue) kind.HTTPResponse {
	arn, session, life := form.Get("RoleArn"), form.Get("RoleSessionName"), time.Hour
	for name := range form {
		switch name {
		case "Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds":
		default:
			return stsError(w, 400, "ValidationError", "The embedded sandbox does not know the parameter "+name+" of AssumeRole.")
		}
	}
	if text := form.Get("DurationSeconds"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 900 || n > 43200 {
			return stsError(w, 400, "ValidationError", "DurationSeconds must be between 900 and 43200.")
		}
		life = time.Duration(n) * time.Second
	}
	if !sessionName.MatchString(session) {
		return stsError(w, 400, "ValidationError", "RoleSessionName must have 2 to 64 letters, digits or characters of +=,.@_-.")
	}
	if err := d.Assume(arn, who); err != nil {
		return stsError(w, 403, "AccessDenied", fault.As(err).Message)
	}
	next := kind.Principal{Role: arn, Session: session}
	c, err := issue(next, life)
	if err != nil {
		return stsError(w, 500, "InternalFailure", err.Error())
	}
	type user struct{ AssumedRoleId, Arn string }
	type credentials struct{ AccessKeyId, SecretAccessKey, SessionToken, Expiration string }
	return stsAnswer(w, "AssumeRole", struct {
		AssumedRoleUser user
		Credentials     credentials
	}{user{"AROA" + roleName(arn) + ":" + session, d.session(next)}, credentials{c.AccessKey, c.Secret, c.Token, c.Expires.UTC().Format(time.RFC3339)}})
}

const stsNamespace = "https://sts.amazonaws.com/doc/2011-06-15/"

func stsAnswer(w kind.World, operation string, result any) kind.HTTPResponse {
	return stsXML(200, operation+"Response", func(e *xml.Encoder) error {
		if err := e.EncodeElement(result, element(operation+"Result")); err != nil {
			return err
		}
		return e.EncodeElement(struct{ RequestId string }{w.NewID()}, element("ResponseMetadata"))
	})
}

func stsError(w kind.World, status int, code, message string) kind.HTTPResponse {
	return stsXML(status, "ErrorResponse", func(e *xml.Encoder) error {
		if err := e.EncodeElement(struct{ Type, Code, Message string }{"Sender", code, message}, element("Error")); err != nil {
			return err
		}
		return e.EncodeElement(w.NewID(), element("RequestId"))
	})
}

func element(name string) xml.StartElement { return xml.StartElement{Name: xml.Name{Local: name}} }

func stsXML(status int, name string, content func(*xml.Encoder) error) kind.HTTPResponse {
	var text bytes.Buffer
	e := xml.NewEncoder(&text)
	outer := element(name)
	outer.Attr = []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: stsNamespace}}
	for _, step := range []func() error{func() error { return e.EncodeToken(outer) }, func() error { return content(e) }, func() error { return e.EncodeToken(outer.End()) }, e.Flush} {
		if step() != nil { // structures of texts always print, into memory
			return kind.HTTPResponse{Status: 500}
		}
	}
	return kind.HTTPResponse{Status: status, Header: map[string][]string{"Content-Type": {"text/xml"}}, Body: text.Bytes()}
}
