package iam

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

const (
	table  = "arn:aws:dynamodb:us-east-1:000000000000:table/orders"
	queue  = "arn:aws:sqs:us-east-1:000000000000:jobs"
	roleID = "arn:aws:iam::000000000000:role/worker"
)

func document(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return m
}

func noon() time.Time { return time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC) }

// directory has one role, worker, with one inline policy of the given statements.
func directory(t *testing.T, statements string) *Directory {
	t.Helper()
	d := NewDirectory("000000000000", "us-east-1", noon)
	d.Up(kind.Instance{Type: roleType, LogicalID: "Worker", ARN: roleID, Properties: document(t, `{
		"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]},
		"Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [`+statements+`]}}]}`)})
	return d
}

func worker(action, resource string, context ...string) kind.Access {
	a := kind.Access{Principal: kind.Principal{Role: roleID, Session: "fn"}, Action: action, Resource: resource, Context: map[string]string{}}
	for i := 0; i+1 < len(context); i += 2 {
		a.Context[context[i]] = context[i+1]
	}
	return a
}

func TestIdentityPolicies(t *testing.T) {
	for _, c := range []struct {
		statements       string
		action, resource string
		allowed          bool
	}{
		{``, "dynamodb:GetItem", table, false},
		{`{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"` + table + `"}`, "dynamodb:GetItem", table, true},
		{`{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"` + table + `"}`, "dynamodb:PutItem", table, false},
		{`{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"` + table + `"}`, "dynamodb:GetItem", table + "2", false},
		{`{"Effect":"Allow","Action":"DynamoDB:get*","Resource":["` + queue + `","` + table + `"]}`, "dynamodb:GetItem", table, true},
		{`{"Effect":"Allow","Action":["sqs:*","dynamodb:?etItem"],"Resource":"*"}`, "dynamodb:GetItem", table, true},
		{`{"Effect":"Allow","Action":"*","Resource":"arn:aws:dynamodb:*:*:table/*"}`, "dynamodb:GetItem", table + "/index/a", true},
		{`{"Effect":"Allow","Action":"*","Resource":"arn:aws:dynamodb:*:table/orders"}`, "dynamodb:GetItem", table, false},
		{`{"Effect":"Allow","Action":"*","Resource":"arn:aws:dynamodb:us-east-1:000000000000:TABLE/orders"}`, "dynamodb:GetItem", table, false},
		{`{"Effect":"Allow","NotAction":"dynamodb:Delete*","Resource":"*"}`, "dynamodb:GetItem", table, true},
		{`{"Effect":"Allow","NotAction":"dynamodb:Delete*","Resource":"*"}`, "dynamodb:DeleteItem", table, false},
		{`{"Effect":"Allow","Action":"*","NotResource":"` + table + `"}`, "dynamodb:GetItem", table, false},
		{`{"Effect":"Allow","Action":"*","NotResource":"` + queue + `"}`, "dynamodb:GetItem", table, true},
		{`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"dynamodb:*","Resource":"` + table + `"}`, "dynamodb:GetItem", table, false},
		{`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"dynamodb:*","Resource":"` + table + `"}`, "sqs:SendMessage", queue, true},
	} {
		err := directory(t, c.statements).Allow(worker(c.action, c.resource))
		if (err == nil) != c.allowed {
			t.Errorf("%s on %s with %s: %v", c.action, c.resource, c.statements, err)
		}
	}
}

func TestWords(t *testing.T) {
	d := directory(t, `{"Effect":"Deny","Action":"sqs:PurgeQueue","Resource":"*"}`)
	if err := d.SetPolicy(queue, "p", document(t, `{"Statement":{"Effect":"Deny","Principal":"*","Action":"sqs:DeleteQueue","Resource":"*"}}`)); err != nil {
		t.Fatal(err)
	}
	const who = "User: arn:aws:sts::000000000000:assumed-role/worker/fn is not authorized to perform: "
	service := worker("sqs:SendMessage", queue)
	service.Principal = kind.Principal{Service: "sns.amazonaws.com"}
	nobody := worker("sqs:SendMessage", queue)
	nobody.Principal.Role = "arn:aws:iam::000000000000:role/gone"
	for _, c := range []struct {
		access kind.Access
		want   string
	}{
		{worker("dynamodb:PutItem", table), who + "dynamodb:PutItem on resource: " + table + " because no identity-based policy allows the dynamodb:PutItem action"},
		{worker("sqs:PurgeQueue", queue), who + "sqs:PurgeQueue on resource: " + queue + " with an explicit deny in an identity-based policy"},
		{worker("sqs:DeleteQueue", queue), who + "sqs:DeleteQueue on resource: " + queue + " with an explicit deny in a resource-based policy"},
		{service, "The service sns.amazonaws.com is not authorized to perform: sqs:SendMessage on resource: " + queue + " because no resource-based policy allows the sqs:SendMessage action"},
		{nobody, "User: arn:aws:sts::000000000000:assumed-role/gone/fn is not authorized to perform: sqs:SendMessage on resource: " + queue + " because the role does not exist"},
	} {
		err := d.Allow(c.access)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Denied || f.Message != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	if err := d.Allow(kind.Access{Principal: kind.Principal{Owner: true}, Action: "sqs:DeleteQueue", Resource: queue}); err != nil {
		t.Errorf("the owner: %v", err)
	}
}

func TestResourcePolicies(t *testing.T) {
	for _, c := range []struct {
		name, statement string
		principal       kind.Principal
		source          string
		allowed         bool
	}{
		{"the service", `"Principal":{"Service":"sns.amazonaws.com"}`, kind.Principal{Service: "sns.amazonaws.com"}, "", true},
		{"one of two services", `"Principal":{"Service":["a.amazonaws.com","sns.amazonaws.com"]}`, kind.Principal{Service: "sns.amazonaws.com"}, "", true},
		{"another service", `"Principal":{"Service":"sns.amazonaws.com"}`, kind.Principal{Service: "s3.amazonaws.com"}, "", false},
		{"the right source", `"Principal":{"Service":"sns.amazonaws.com"},"Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:000000000000:t"}}`, kind.Principal{Service: "sns.amazonaws.com"}, "arn:aws:sns:us-east-1:000000000000:t", true},
		{"another source", `"Principal":{"Service":"sns.amazonaws.com"},"Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:000000000000:t"}}`, kind.Principal{Service: "sns.amazonaws.com"}, "arn:aws:sns:us-east-1:000000000000:u", false},
		{"no source", `"Principal":{"Service":"sns.amazonaws.com"},"Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:us-east-1:000000000000:t"}}`, kind.Principal{Service: "sns.amazonaws.com"}, "", false},
		{"the role", `"Principal":{"AWS":"` + roleID + `"}`, kind.Principal{Role: roleID, Session: "fn"}, "", true},
		{"the role's session", `"Principal":{"AWS":"arn:aws:sts::000000000000:assumed-role/worker/fn"}`, kind.Principal{Role: roleID, Session: "fn"}, "", true},
		{"another role", `"Principal":{"AWS":"` + roleID + `2"}`, kind.Principal{Role: roleID, Session: "fn"}, "", false},
		{"everybody", `"Principal":"*"`, kind.Principal{Role: roleID, Session: "fn"}, "", true},
		{"everybody of AWS", `"Principal":{"AWS":"*"}`, kind.Principal{Role: roleID, Session: "fn"}, "", true},
		{"the account leaves it to the role's policies", `"Principal":{"AWS":"arn:aws:iam::000000000000:root"}`, kind.Principal{Role: roleID, Session: "fn"}, "", false},
	} {
		d := directory(t, ``)
		if err := d.SetPolicy(queue, "p", document(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"`+queue+`",`+c.statement+`}]}`)); err != nil {
			t.Fatal(err)
		}
		a := kind.Access{Principal: c.principal, Action: "sqs:SendMessage", Resource: queue, Context: map[string]string{}}
		if c.source != "" {
			a.Context["aws:SourceArn"] = c.source
		}
		if err := d.Allow(a); (err == nil) != c.allowed {
			t.Errorf("%s: %v", c.name, err)
		}
		if err := d.SetPolicy(queue, "p", nil); err != nil {
			t.Fatal(err)
		}
		if d.Allow(a) == nil {
			t.Errorf("%s: still allowed without the policy", c.name)
		}
	}
	d := directory(t, ``)
	for arn, resource := range map[string]string{"arn:aws:s3:::b": "arn:aws:s3:::b/k/l", "arn:aws:lambda:r:1:function:f": "arn:aws:lambda:r:1:function:f:live"} {
		if err := d.SetPolicy(arn, "p", document(t, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"`+arn+`*","Principal":"*"}]}`)); err != nil {
			t.Fatal(err)
		}
		if err := d.Allow(worker("x:Y", resource)); err != nil {
			t.Errorf("%s speaks about %s: %v", arn, resource, err)
		}
	}
}

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		condition string
		context   []string
		holds     bool
	}{
		{`"StringEquals":{"k":"a"}`, []string{"k", "a"}, true},
		{`"StringEquals":{"K":["b","a"]}`, []string{"k", "a"}, true},
		{`"StringEquals":{"k":"A"}`, []string{"k", "a"}, false},
		{`"StringEquals":{"k":"a"}`, nil, false},
		{`"StringEqualsIfExists":{"k":"a"}`, nil, true},
		{`"StringEqualsIfExists":{"k":"a"}`, []string{"k", "b"}, false},
		{`"StringNotEquals":{"k":["a","b"]}`, []string{"k", "b"}, false},
		{`"StringNotEquals":{"k":["a","b"]}`, []string{"k", "c"}, true},
		{`"StringNotEquals":{"k":"a"}`, nil, true},
		{`"StringEqualsIgnoreCase":{"k":"A"}`, []string{"k", "a"}, true},
		{`"StringNotEqualsIgnoreCase":{"k":"A"}`, []string{"k", "a"}, false},
		{`"StringLike":{"k":"a*z"}`, []string{"k", "a:b:z"}, true},
		{`"StringNotLike":{"k":"a*"}`, []string{"k", "ab"}, false},
		{`"StringEquals":{"k":"a*"}`, []string{"k", "ab"}, false},
		{`"ArnLike":{"k":"arn:aws:s3:::*"}`, []string{"k", "arn:aws:s3:::b"}, true},
		{`"ArnEquals":{"k":"arn:aws:sns:*:1:t"}`, []string{"k", "arn:aws:sns:eu:1:t"}, true},
		{`"ArnLike":{"k":"arn:aws:*:t"}`, []string{"k", "arn:aws:sns:eu:1:t"}, false},
		{`"ArnNotLike":{"k":"arn:aws:s3:::*"}`, []string{"k", "arn:aws:s3:::b"}, false},
		{`"Bool":{"k":"true"}`, []string{"k", "True"}, true},
		{`"Bool":{"k":true}`, []string{"k", "false"}, false},
		{`"Bool":{"aws:SecureTransport":"false"}`, nil, false},
		{`"Null":{"k":"true"}`, nil, true},
		{`"Null":{"k":"false"}`, nil, false},
		{`"Null":{"k":false}`, []string{"k", "x"}, true},
		{`"NumericLessThan":{"k":10}`, []string{"k", "9.5"}, true},
		{`"NumericLessThanEquals":{"k":"10"}`, []string{"k", "10"}, true},
		{`"NumericGreaterThan":{"k":"10"}`, []string{"k", "9"}, false},
		{`"NumericEquals":{"k":["1","2"]}`, []string{"k", "2.0"}, true},
		{`"NumericNotEquals":{"k":"1"}`, []string{"k", "1"}, false},
		{`"NumericEquals":{"k":"1"}`, []string{"k", "x"}, false},
		{`"DateGreaterThan":{"aws:CurrentTime":"2026-04-30T00:00:00Z"}`, nil, true},
		{`"DateLessThan":{"aws:CurrentTime":"2026-04-30"}`, nil, false},
		{`"DateLessThan":{"aws:EpochTime":"1900000000"}`, nil, true},
		{`"ForAnyValue:StringEquals":{"k":["a","b"]}`, []string{"k", "x\x1fb"}, true},
		{`"ForAnyValue:StringEquals":{"k":["a","b"]}`, []string{"k", "x\x1fy"}, false},
		{`"ForAnyValue:StringEquals":{"k":["a","b"]}`, nil, false},
		{`"ForAllValues:StringEquals":{"k":["a","b"]}`, []string{"k", "a\x1fb"}, true},
		{`"ForAllValues:StringLike":{"k":["a*"]}`, []string{"k", "ab\x1fb"}, false},
		{`"ForAllValues:StringEquals":{"k":["a","b"]}`, nil, true},
		{`"ForAnyValue:StringNotEquals":{"k":["a"]}`, []string{"k", "a\x1fb"}, true},
		{`"StringEquals":{"k":"a","l":"b"}`, []string{"k", "a"}, false},
		{`"StringEquals":{"k":"a"},"Bool":{"l":"true"}`, []string{"k", "a", "l", "true"}, true},
		{`"StringEquals":{"k":"${aws:PrincipalAccount}/${none, 'x'}/${*}"}`, []string{"k", "000000000000/x/*"}, true},
		{`"StringEquals":{"k":"${none}"}`, []string{"k", ""}, false},
		{`"ArnEquals":{"aws:PrincipalArn":"` + roleID + `"}`, nil, true},
		{`"StringEquals":{"aws:RequestedRegion":"us-east-1"}`, nil, true},
	} {
		d := directory(t, `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{`+c.condition+`}}`)
		if err := d.Allow(worker("sqs:SendMessage", queue, c.context...)); (err == nil) != c.holds {
			t.Errorf("%s with %q: %v", c.condition, c.context, err)
		}
	}
}

func TestVariablesInResources(t *testing.T) {
	d := directory(t, `{"Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::b/${aws:PrincipalAccount}/*","arn:aws:s3:::c/${none}"]}`)
	if err := d.Allow(worker("s3:GetObject", "arn:aws:s3:::b/000000000000/x")); err != nil {
		t.Error(err)
	}
	if d.Allow(worker("s3:GetObject", "arn:aws:s3:::b/other/x")) == nil || d.Allow(worker("s3:GetObject", "arn:aws:s3:::c/")) == nil {
		t.Error("allowed")
	}
}

func TestCompileRefuses(t *testing.T) {
	for _, c := range []struct {
		use   Use
		text  string
		where string
		says  string
		code  fault.Code
	}{
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}`, "Statement[0].Condition.IpAddress", "the condition operator IpAddress is not evaluated", fault.Unsupported},
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"BinaryEquals":{"k":"x"}}}]}`, "Statement[0].Condition.BinaryEquals", "BinaryEquals", fault.Unsupported},
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForSome:StringEquals":{"k":"x"}}}]}`, "Statement[0].Condition.ForSome:StringEquals", "ForSome", fault.Invalid},
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NullIfExists":{"k":"true"}}}]}`, "Statement[0].Condition.NullIfExists", "NullIfExists", fault.Unsupported},
		{Resource, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","NotPrincipal":"*"}]}`, "Statement[0].NotPrincipal", "NotPrincipal", fault.Unsupported},
		{Resource, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":{"Federated":"x"}}]}`, "Statement[0].Principal", "Federated", fault.Unsupported},
		{Resource, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, "Statement[0]", "no Principal", fault.Invalid},
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}]}`, "Statement[0].Principal", "no Principal", fault.Invalid},
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"*"}]}`, "Statement[0]", "no Resource", fault.Invalid},
		{Identity, `{"Statement":[{"Effect":"allow","Action":"*","Resource":"*"}]}`, "Statement[0].Effect", "Allow or Deny", fault.Invalid},
		{Identity, `{"Statement":[{"Action":"*","Resource":"*"}]}`, "Statement[0]", "no Effect", fault.Invalid},
		{Identity, `{"Statement":[{"Effect":"Allow","Resource":"*"}]}`, "Statement[0]", "no Action", fault.Invalid},
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}]}`, "Statement[0]", "both Action and NotAction", fault.Invalid},
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"PutItem","Resource":"*"}]}`, "Statement[0].Action", `"PutItem" cannot stand here`, fault.Invalid},
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"orders"}]}`, "Statement[0].Resource", `"orders" cannot stand here`, fault.Invalid},
		{Identity, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Extra":1}]}`, "Statement[0].Extra", "Extra is no element", fault.Invalid},
		{Identity, `{"Statements":[]}`, "Statements", "Statements is no element", fault.Invalid},
		{Identity, `{"Version":"2020-01-01","Statement":[]}`, "Version", "neither", fault.Invalid},
		{Identity, `{}`, "Statement", "needs statements", fault.Invalid},
		{Trust, `{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"}]}`, "Statement[0].Resource", "no Resource", fault.Invalid},
	} {
		_, err := Compile(document(t, c.text), c.use)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != c.code || f.Where != c.where || !strings.Contains(f.Message, c.says) {
			t.Errorf("%s:\n got %v\nwant %s %q at %q", c.text, err, c.code, c.says, c.where)
		}
	}
	if _, err := Compile("x", Identity); err == nil {
		t.Error("a text is no document")
	}
}

func TestUnknownValuesCompile(t *testing.T) {
	d := map[string]any{"Version": "2012-10-17", "Statement": map[string]any{"Effect": "Allow", "Action": []any{"sqs:SendMessage"}, "Resource": []any{cfn.GetAtt("Q", "Arn"), cfn.Join("", cfn.GetAtt("B", "Arn"), "/*")},
		"Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": cfn.Ref("T")}}}}
	if _, err := Compile(d, Identity); err != nil {
		t.Error(err)
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Principal":{"AWS":"*"},"Condition":{"ForAnyValue:StringLikeIfExists":{"k":["a*","${b}"]}}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m any
		if json.Unmarshal([]byte(text), &m) != nil {
			t.Skip()
		}
		for _, use := range []Use{Identity, Resource, Trust} {
			p, err := Compile(m, use)
			if err == nil {
				d := NewDirectory("000000000000", "us-east-1", noon)
				a := worker("sqs:SendMessage", queue, "k", "a")
				p.judge(a, d.context(a), nil)
			}
		}
	})
}

func BenchmarkAllow(b *testing.B) {
	d := NewDirectory("000000000000", "us-east-1", noon)
	var m map[string]any
	if err := json.Unmarshal([]byte(`{"Policies":[{"PolicyDocument":{"Statement":[{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:PutItem"],"Resource":["`+table+`"]}]}}]}`), &m); err != nil {
		b.Fatal(err)
	}
	d.Up(kind.Instance{Type: roleType, ARN: roleID, Properties: m})
	for b.Loop() {
		if err := d.Allow(worker("dynamodb:PutItem", table)); err != nil {
			b.Fatal(err)
		}
	}
}
