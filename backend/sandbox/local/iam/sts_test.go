package iam

import (
	"context"
	"encoding/xml"
	"net/url"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

func trusting(principal any) map[string]any {
	return map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}}}
}

func roleInstance(name string, trust, identity any) kind.Instance {
	p := map[string]any{"AssumeRolePolicyDocument": trust}
	if identity != nil {
		p["Policies"] = []any{map[string]any{"PolicyName": "p", "PolicyDocument": identity}}
	}
	return kind.Instance{LogicalID: name, Type: roleType, PhysicalID: name, ARN: "arn:aws:iam::000000000000:role/" + name, Properties: p}
}

func TestAssume(t *testing.T) {
	d := NewDirectory("000000000000", "us-east-1", time.Now)
	allow := func(effect string) map[string]any {
		return map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": effect, "Action": "sts:*", "Resource": "*"}}}
	}
	lambda := trusting(map[string]any{"Service": "lambda.amazonaws.com"})
	for _, in := range []kind.Instance{
		roleInstance("plain", lambda, nil), roleInstance("allowed", lambda, allow("Allow")), roleInstance("denied", lambda, allow("Deny")),
		roleInstance("named", trusting(map[string]any{"AWS": []any{"arn:aws:iam::000000000000:role/plain", "arn:aws:iam::000000000000:role/denied"}}), nil),
		roleInstance("account", trusting(map[string]any{"AWS": "arn:aws:iam::000000000000:root"}), nil),
	} {
		d.Up(in)
	}
	arn := func(name string) string { return "arn:aws:iam::000000000000:role/" + name }
	for _, c := range []struct {
		who, role string
		ok        bool
	}{
		{"plain", "named", true}, {"allowed", "named", false}, {"denied", "named", false},
		{"plain", "account", false}, {"allowed", "account", true}, {"denied", "account", false},
		{"allowed", "plain", false}, {"allowed", "nothing", false},
	} {
		err := d.Assume(arn(c.role), kind.Principal{Role: arn(c.who), Session: "s"})
		if c.ok != (err == nil) || err != nil && fault.CodeOf(err) != fault.Denied {
			t.Errorf("%s assumes %s: %v", c.who, c.role, err)
		}
	}
	if err := d.Assume(arn("plain"), kind.Principal{Service: "lambda.amazonaws.com"}); err != nil {
		t.Error(err)
	}
	if err := d.Assume(arn("plain"), kind.Principal{Owner: true}); err != nil {
		t.Error(err)
	}
}

func TestSTS(t *testing.T) {
	d := NewDirectory("000000000000", "us-east-1", time.Now)
	d.Up(roleInstance("target", trusting(map[string]any{"AWS": "arn:aws:iam::000000000000:role/worker"}), nil))
	d.Up(roleInstance("worker", trusting(map[string]any{"Service": "lambda.amazonaws.com"}), nil))
	var issued kind.Principal
	var life time.Duration
	service := d.Service(func(who kind.Principal, l time.Duration) (Issued, error) {
		issued, life = who, l
		return Issued{"ASIA", "secret", "token", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}, nil
	})
	ask := func(form url.Values) (int, string) {
		r := service.Serve(context.Background(), kindtest.New(), kind.APIRequest{HTTPRequest: kind.HTTPRequest{Body: []byte(form.Encode())}, Operation: form.Get("Action"),
			Principal: kind.Principal{Role: "arn:aws:iam::000000000000:role/worker", Session: "worker"}})
		if err := xml.Unmarshal(r.Body, new(struct{})); err != nil {
			t.Fatalf("%v\n%s", err, r.Body)
		}
		return r.Status, string(r.Body)
	}
	status, body := ask(url.Values{"Action": {"GetCallerIdentity"}})
	if status != 200 || !strings.Contains(body, "<GetCallerIdentityResult><Arn>arn:aws:sts::000000000000:assumed-role/worker/worker</Arn>") {
		t.Fatalf("%d %s", status, body)
	}
	form := url.Values{"Action": {"AssumeRole"}, "RoleArn": {"arn:aws:iam::000000000000:role/target"}, "RoleSessionName": {"me"}, "DurationSeconds": {"900"}}
	status, body = ask(form)
	if status != 200 || !strings.Contains(body, "<AccessKeyId>ASIA</AccessKeyId>") || !strings.Contains(body, "<Expiration>2026-01-02T03:04:05Z</Expiration>") ||
		issued.Role != "arn:aws:iam::000000000000:role/target" || issued.Session != "me" || life != 15*time.Minute {
		t.Fatalf("%d %s by %+v for %s", status, body, issued, life)
	}
	for name, c := range map[string]struct {
		key, value string
		status     int
		code       string
	}{
		"a role that trusts others": {"RoleArn", "arn:aws:iam::000000000000:role/worker", 403, "AccessDenied"},
		"too short":                 {"DurationSeconds", "10", 400, "ValidationError"},
		"no name":                   {"RoleSessionName", "<", 400, "ValidationError"},
		"what is not evaluated":     {"Policy", "{}", 400, "ValidationError"},
		"another operation":         {"Action", "GetSessionToken", 400, "InvalidAction"},
	} {
		changed := url.Values{}
		for k, v := range form {
			changed[k] = v
		}
		changed.Set(c.key, c.value)
		if status, body := ask(changed); status != c.status || !strings.Contains(body, "<Code>"+c.code+"</Code>") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}
