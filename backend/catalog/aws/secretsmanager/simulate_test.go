package secretsmanager

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

// bench is a world with the simulation in it.
type bench struct {
	*testing.T
	*kindtest.World
}

func newBench(t *testing.T) *bench { return &bench{t, kindtest.New(Kind{}.Simulate())} }

func (b *bench) secret(properties string) kind.Instance {
	b.Helper()
	in, err := b.Create(context.Background(), "Key", secretType, b.object(properties))
	if err != nil {
		b.Fatal(err)
	}
	return in
}

func (b *bench) object(text string) map[string]any {
	b.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		b.Fatalf("%s: %v", text, err)
	}
	return m
}

func (b *bench) ask(operation, body string) (int, map[string]any) {
	b.Helper()
	r := serve(context.Background(), b.World, kind.APIRequest{Principal: kind.Principal{Role: "arn:role"}, HTTPRequest: kind.HTTPRequest{Body: []byte(body),
		Header: map[string][]string{"X-Amz-Target": {"secretsmanager." + operation}}}})
	return r.Status, b.object(string(r.Body))
}

func (b *bench) do(operation, body string) map[string]any {
	b.Helper()
	status, m := b.ask(operation, body)
	if status != 200 {
		b.Fatalf("%s %s: %v", operation, body, m)
	}
	return m
}

func (b *bench) fails(operation, body, code, message string) {
	b.Helper()
	if status, m := b.ask(operation, body); status != 400 || m["__type"] != code || m["Message"] != message {
		b.Errorf("%s %s: %d %v\nwant %s: %s", operation, body, status, m, code, message)
	}
}

func (b *bench) value(stage string) any {
	b.Helper()
	return b.do("GetSecretValue", `{"SecretId":"shop/key","VersionStage":"`+stage+`"}`)["SecretString"]
}

const absent = "Secrets Manager can't find the specified secret."

func TestLife(t *testing.T) {
	b := newBench(t)
	in := b.secret(`{"Name":"shop/key","Description":"for tests"}`)
	if !strings.HasPrefix(in.ARN, "arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/key-") || len(in.ARN) != len("arn:aws:secretsmanager:us-east-1:000000000000:secret:shop/key-")+6 || in.PhysicalID != in.ARN || in.Attributes["Id"] != in.ARN {
		t.Errorf("%+v", in)
	}
	b.fails("GetSecretValue", `{"SecretId":"shop/key"}`, "ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT")
	if _, err := b.Create(context.Background(), "Other", secretType, b.object(`{"Name":"shop/key"}`)); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second secret of the name: %v", err)
	}
	if d := b.do("DescribeSecret", `{"SecretId":"`+in.ARN+`"}`); d["Description"] != "for tests" || d["LastAccessedDate"] != nil || d["CreatedDate"] != 1772366400.0 {
		t.Errorf("%v", d)
	}
	b.do("PutSecretValue", `{"SecretId":"shop/key","SecretString":"put"}`)
	// Another description changes no value; a value in the template is a new version.
	in, err := b.Update(context.Background(), in, b.object(`{"Name":"shop/key","Description":"other"}`))
	if err != nil || b.value(current) != "put" || b.do("DescribeSecret", `{"SecretId":"shop/key"}`)["Description"] != "other" {
		t.Errorf("%v, %v", b.value(current), err)
	}
	if in, err = b.Update(context.Background(), in, b.object(`{"Name":"shop/key","SecretString":"template"}`)); err != nil || b.value(current) != "template" || b.value(previous) != "put" {
		t.Errorf("%v, %v, %v", b.value(current), b.value(previous), err)
	}
	if err := b.World.Delete(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	b.fails("GetSecretValue", `{"SecretId":"shop/key"}`, "ResourceNotFoundException", absent)
	if again := b.secret(`{"Name":"shop/key"}`); again.ARN == in.ARN {
		t.Error("a new secret of the name has the old one's ARN")
	}
	b.fails("GetSecretValue", `{"SecretId":"`+in.ARN+`"}`, "ResourceNotFoundException", absent)

	// A create that failed is cleaned up by its name.
	half := kind.Instance{LogicalID: "Half", Type: secretType, PhysicalID: "test-Half-1", Properties: map[string]any{}}
	if _, err := create(context.Background(), b.World, half); err != nil {
		t.Fatal(err)
	}
	if err := remove(context.Background(), b.World, half); err != nil {
		t.Fatal(err)
	}
	b.fails("DescribeSecret", `{"SecretId":"test-Half-1"}`, "ResourceNotFoundException", absent)
}

func TestVersions(t *testing.T) {
	b := newBench(t)
	in := b.secret(`{"Name":"shop/key"}`)
	token := func(n string) string { return strings.Repeat(n, 32) }
	put := func(n, more string) string {
		return `{"SecretId":"shop/key","ClientRequestToken":"` + token(n) + `","SecretString":"` + n + `"` + more + `}`
	}
	for _, n := range []string{"1", "2", "3"} {
		b.do("PutSecretValue", put(n, ""))
	}
	if b.value(current) != "3" || b.value(previous) != "2" {
		t.Errorf("%v and %v", b.value(current), b.value(previous))
	}
	// The same again changes nothing; another value under the token is refused.
	if r := b.do("PutSecretValue", put("2", "")); r["VersionId"] != token("2") || b.value(current) != "3" {
		t.Errorf("%v, and %v is current", r, b.value(current))
	}
	b.fails("PutSecretValue", `{"SecretId":"shop/key","ClientRequestToken":"`+token("2")+`","SecretString":"other"}`, "ResourceExistsException",
		"You can't use ClientRequestToken "+token("2")+" because that value is already in use for a version of secret "+in.ARN+".")
	b.fails("GetSecretValue", `{"SecretId":"shop/key","VersionId":"`+token("1")+`"}`, "ResourceNotFoundException", "Secrets Manager can't find the specified secret value for VersionId: "+token("1"))
	// A label of one's own moves with the version that gets it, and leaves what is current alone.
	b.do("PutSecretValue", put("4", `,"VersionStages":["AWSPENDING"]`))
	b.do("PutSecretValue", put("5", `,"VersionStages":["AWSPENDING"]`))
	if b.value("AWSPENDING") != "5" || b.value(current) != "3" || b.value(previous) != "2" {
		t.Errorf("%v, %v, %v", b.value("AWSPENDING"), b.value(current), b.value(previous))
	}
	if text, _ := json.Marshal(b.do("ListSecretVersionIds", `{"SecretId":"shop/key"}`)["Versions"]); strings.Count(string(text), "VersionId") != 3 {
		t.Errorf("%s", text)
	}
	b.fails("GetSecretValue", `{"SecretId":"shop/key","VersionId":"`+token("3")+`","VersionStage":"AWSPENDING"}`, "InvalidRequestException", "You provided a VersionStage that is not associated to the provided VersionId.")
	b.fails("PutSecretValue", `{"SecretId":"shop/key"}`, "InvalidRequestException", "You must provide either SecretString or SecretBinary.")
	b.fails("PutSecretValue", `{"SecretId":"shop/key","SecretString":"`+strings.Repeat("x", maxBytes+1)+`"}`, "InvalidParameterException", "The value has 65537 bytes, and a secret has at most 65536.")
	b.fails("PutSecretValue", put("6", `,"VersionStages":[]`), "InvalidParameterException", "A version has 1 to 20 staging labels.")
	b.fails("PutSecretValue", `{"SecretId":"shop/key","SecretString":"a","ClientRequestToken":"short"}`, "InvalidParameterException", "A ClientRequestToken has 32 to 64 characters.")
	// What only the embedded sandbox cannot do is refused by name.
	b.fails("RotateSecret", `{}`, "UnknownOperationException", "the embedded sandbox does not carry out RotateSecret: secrets are created and changed by drawing them")
	b.fails("PutSecretValue", `{"RotationToken":"x"}`, "UnknownOperationException", `the embedded sandbox does not know the parameter "RotationToken" of PutSecretValue`)
	b.fails("GetSecretValue", `{`, "SerializationException", "the request cannot be read: unexpected EOF")
	// AWS tells the day of the last reading.
	b.Advance(30 * time.Hour)
	b.value(current)
	if got := b.do("DescribeSecret", `{"SecretId":"shop/key"}`)["LastAccessedDate"]; got != 1772409600.0 {
		t.Errorf("read on %v", got)
	}
}

func TestPermissions(t *testing.T) {
	b := newBench(t)
	in := b.secret(`{"Name":"shop/key","SecretString":"x"}`)
	b.Denied = func(a kind.Access) error { return fault.New(fault.Denied, "no %s on %s", a.Action, a.Resource) }
	const prefix = "arn:aws:secretsmanager:us-east-1:000000000000:secret:"
	for _, c := range []struct{ operation, body, action, resource string }{
		{"GetSecretValue", `{"SecretId":"shop/key"}`, "GetSecretValue", in.ARN},
		{"GetSecretValue", `{"SecretId":"` + prefix + `shop/key"}`, "GetSecretValue", in.ARN},
		{"GetSecretValue", `{"SecretId":"none"}`, "GetSecretValue", prefix + "none"},
		{"GetSecretValue", `{"SecretId":"` + prefix + `none-123456"}`, "GetSecretValue", prefix + "none-123456"},
		{"PutSecretValue", `{"SecretId":"shop/key","SecretString":"y"}`, "PutSecretValue", in.ARN},
		{"DescribeSecret", `{"SecretId":"shop/key"}`, "DescribeSecret", in.ARN},
		{"ListSecretVersionIds", `{"SecretId":"shop/key"}`, "ListSecretVersionIds", in.ARN},
		{"ListSecrets", `{}`, "ListSecrets", "*"},
		{"GetRandomPassword", `{}`, "GetRandomPassword", "*"},
	} {
		b.fails(c.operation, c.body, "AccessDeniedException", "no secretsmanager:"+c.action+" on "+c.resource)
	}
	b.Denied = nil
	if b.value(current) != "x" {
		t.Error("a refused put has changed the value")
	}
}

func TestGeneratedValues(t *testing.T) {
	b := newBench(t)
	in := b.secret(`{"Name":"shop/key","GenerateSecretString":{"PasswordLength":"20","ExcludePunctuation":"true","ExcludeCharacters":"abc0"}}`)
	first, _ := b.value(current).(string)
	if len(first) != 20 || strings.ContainsAny(first, "abc0"+punctuation+" ") || !strings.ContainsAny(first, lower) || !strings.ContainsAny(first, upper) || !strings.ContainsAny(first, digits) {
		t.Errorf("%q is generated", first)
	}
	// Another length is another value; the same is the same secret's.
	same, err := b.Update(context.Background(), in, b.object(`{"Name":"shop/key","Description":"x","GenerateSecretString":{"PasswordLength":"20","ExcludePunctuation":"true","ExcludeCharacters":"abc0"}}`))
	if err != nil || b.value(current) != first {
		t.Errorf("%v %v", b.value(current), err)
	}
	if _, err := b.Update(context.Background(), same, b.object(`{"Name":"shop/key","GenerateSecretString":{"SecretStringTemplate":"{\"username\":\"admin\"}","GenerateStringKey":"password"}}`)); err != nil {
		t.Fatal(err)
	}
	second := b.object(b.value(current).(string))
	if made, _ := second["password"].(string); second["username"] != "admin" || len(made) != 32 || !strings.ContainsAny(made, punctuation) || b.value(previous) != first {
		t.Errorf("%v is generated, and %v was", second, b.value(previous))
	}
	// Each included type is there even where there is just room for it, and all characters occur alike.
	seen := map[rune]int{}
	for range 300 {
		text := b.do("GetRandomPassword", `{"PasswordLength":5,"IncludeSpace":true}`)["RandomPassword"].(string)
		for _, set := range []string{lower, upper, digits, punctuation, " "} {
			if !strings.ContainsAny(text, set) {
				t.Fatalf("%q has none of %q", text, set)
			}
		}
		for _, r := range b.do("GetRandomPassword", `{"PasswordLength":100,"ExcludeUppercase":true,"ExcludeLowercase":true,"ExcludePunctuation":true}`)["RandomPassword"].(string) {
			seen[r]++
		}
	}
	for r, n := range seen {
		if len(seen) != 10 || n < 2700 || n > 3300 {
			t.Errorf("%q occurs %d times of 30000 among %d", r, n, len(seen))
		}
	}
	b.fails("GetRandomPassword", `{"PasswordLength":4097}`, "InvalidParameterException", "Password length must be between 1 and 4096.")
	b.fails("GetRandomPassword", `{"PasswordLength":3}`, "InvalidParameterException", "No password can be made of what is left.")
	b.fails("GetRandomPassword", `{"ExcludeUppercase":true,"ExcludeLowercase":true,"ExcludePunctuation":true,"ExcludeNumbers":true}`, "InvalidParameterException", "No password can be made of what is left.")
	for _, p := range []string{`{"SecretString":"a","GenerateSecretString":{}}`, `{"GenerateSecretString":{"SecretStringTemplate":"[]","GenerateStringKey":"a"}}`, `{"GenerateSecretString":{"SecretStringTemplate":"{}"}}`} {
		if err := check(b.object(p)); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", p, err)
		}
	}
}
