package iam

import (
	"context"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// world is what the resource types need of one.
type world struct{ kind.World }

func (world) Account() string { return "000000000000" }

func (world) NewID() string { return "0123abcd-0000-4000-8000-000000000000" }

func TestTypes(t *testing.T) {
	d := NewDirectory("000000000000", "us-east-1", noon)
	types := map[string]kind.ResourceType{}
	for _, rt := range d.Types() {
		types[rt.Type] = rt
	}
	up := func(logical, typ, props string) kind.Instance {
		t.Helper()
		in := kind.Instance{LogicalID: logical, Type: typ, PhysicalID: "shop-" + logical + "-0123456789AB", Properties: document(t, props)}
		rt := types[typ]
		if err := rt.Check(in.Properties); err != nil {
			t.Fatal(err)
		}
		in, err := rt.Create(context.Background(), world{}, in)
		if err != nil {
			t.Fatal(err)
		}
		d.Up(in)
		return in
	}
	const trust = `"AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["lambda.amazonaws.com"]}}]}`
	role := up("Worker", roleType, `{`+trust+`,"Path":"/team/","ManagedPolicyArns":["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]}`)
	if role.ARN != "arn:aws:iam::000000000000:role/team/shop-Worker-0123456789AB" || role.Attributes["Arn"] != role.ARN || role.PhysicalID != "shop-Worker-0123456789AB" {
		t.Errorf("%+v", role)
	}
	who := kind.Principal{Role: role.ARN, Session: "fn"}
	can := func(action string) bool {
		return d.Allow(kind.Access{Principal: who, Action: action, Resource: queue}) == nil
	}
	if !can("logs:PutLogEvents") || can("sqs:SendMessage") {
		t.Error("the managed policy of AWS")
	}
	statement := func(action string) string {
		return `"PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"` + action + `","Resource":"` + queue + `"}]}`
	}
	policy := up("Extra", policyType, `{"PolicyName":"p","Roles":["`+role.PhysicalID+`"],`+statement("sqs:SendMessage")+`}`)
	own := up("Own", managedType, `{"Roles":["`+role.PhysicalID+`"],`+statement("sqs:ReceiveMessage")+`}`)
	single := up("Single", rolePolicyType, `{"PolicyName":"q","RoleName":"`+role.PhysicalID+`",`+statement("sqs:PurgeQueue")+`}`)
	if own.PhysicalID != "arn:aws:iam::000000000000:policy/shop-Own-0123456789AB" || own.PhysicalID != own.ARN {
		t.Errorf("%+v", own)
	}
	for action, in := range map[string]kind.Instance{"sqs:SendMessage": policy, "sqs:ReceiveMessage": own, "sqs:PurgeQueue": single} {
		if !can(action) {
			t.Errorf("%s does not allow %s", in.Type, action)
		}
		d.Down(in)
		if can(action) {
			t.Errorf("%s still allows %s", in.Type, action)
		}
	}
	d.Up(own)
	by := up("By", roleType, `{`+trust+`,"ManagedPolicyArns":["`+own.ARN+`"],"RoleName":"by-arn"}`)
	who = kind.Principal{Role: by.ARN}
	if !can("sqs:ReceiveMessage") {
		t.Error("a managed policy of the account, attached by ARN")
	}
	if _, err := types[roleType].Create(context.Background(), world{}, by); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("the same name again: %v", err)
	}
	if err := d.Trusts(by.ARN, "lambda.amazonaws.com"); err != nil {
		t.Error(err)
	}
	if err := d.Trusts(by.ARN, "scheduler.amazonaws.com"); fault.CodeOf(err) != fault.Denied {
		t.Errorf("another service: %v", err)
	}
	if err := d.Trusts("arn:aws:iam::000000000000:role/none", "lambda.amazonaws.com"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("no role: %v", err)
	}
	for _, c := range []struct{ typ, props, says string }{
		{roleType, `{}`, "no AssumeRolePolicyDocument"},
		{roleType, `{` + trust + `,"RoleName":"a b"}`, "no name for IAM"},
		{roleType, `{` + trust + `,"Path":"team"}`, "no path"},
		{roleType, `{` + trust + `,"ManagedPolicyArns":["arn:aws:iam::aws:policy/AmazonEC2FullAccess"]}`, "AmazonEC2FullAccess is not evaluated"},
		{roleType, `{` + trust + `,"Policies":[{"PolicyName":"p","PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{}}}]}}]}`, "Policies[0].PolicyDocument.Statement[0].Condition.IpAddress: the condition operator"},
		{policyType, `{"PolicyName":"p","PolicyDocument":{}}`, "PolicyDocument.Statement: a policy"},
	} {
		err := types[c.typ].Check(document(t, c.props))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %s", c.props, err, c.says)
		}
	}
	long := kind.Instance{PhysicalID: strings.Repeat("s", 80) + "-0123456789AB"}
	if got := named(long, "RoleName", 64); len(got) != 64 || !strings.HasSuffix(got, "-0123456789AB") {
		t.Errorf("shortened: %s", got)
	}
}

// The engine's properties come from JSON or from the template; a role without them is no role of ours.
func TestManagedPoliciesOfAWS(t *testing.T) {
	d := NewDirectory("000000000000", "us-east-1", noon)
	for arn, p := range d.managed {
		if len(p.policy.statements) != 1 || len(p.policy.statements[0].actions) == 0 || !d.known(arn) {
			t.Errorf("%s: %+v", arn, p)
		}
		for _, a := range p.policy.statements[0].actions {
			if !isAction(a) {
				t.Errorf("%s: %s", arn, a)
			}
		}
	}
}
