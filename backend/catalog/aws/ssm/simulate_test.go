package ssm

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

// bench is a world with the simulation in it, and the parameter /shop/limit of digits.
type bench struct {
	*testing.T
	*kindtest.World
	limit kind.Instance
}

func newBench(t *testing.T) *bench {
	b := &bench{T: t, World: kindtest.New(Kind{}.Simulate())}
	b.limit = b.create("Limit", map[string]any{"Name": "/shop/limit", "Type": "String", "Value": "60", "AllowedPattern": `\d+`})
	return b
}

func (b *bench) create(id string, p map[string]any) kind.Instance {
	b.Helper()
	in, err := b.Create(b.Context(), id, parameterType, p)
	if err != nil {
		b.Fatal(err)
	}
	return in
}

func (b *bench) ask(operation, body string) (int, map[string]any) {
	b.Helper()
	r := serve(b.Context(), b.World, kind.APIRequest{Principal: kind.Principal{Role: "arn:role"}, HTTPRequest: kind.HTTPRequest{Body: []byte(body),
		Header: map[string][]string{"X-Amz-Target": {target + operation}}}})
	var m map[string]any
	if err := json.Unmarshal(r.Body, &m); err != nil {
		b.Fatal(err)
	}
	return r.Status, m
}

func (b *bench) fails(operation, body, code, message string) {
	b.Helper()
	if status, m := b.ask(operation, body); status != 400 || m["__type"] != code || m["message"] != message {
		b.Errorf("%s %s: %d %v\nwant %s: %s", operation, body, status, m, code, message)
	}
}

// value is what a name means now.
func (b *bench) value(name string) string {
	b.Helper()
	_, m := b.ask("GetParameter", `{"Name":"`+name+`"}`)
	p, _ := m["Parameter"].(map[string]any)
	v, _ := p["Value"].(string)
	return v
}

func TestLife(t *testing.T) {
	b := newBench(t)
	if b.limit.PhysicalID != "/shop/limit" || b.limit.ARN != "arn:aws:ssm:us-east-1:000000000000:parameter/shop/limit" || b.limit.Attributes["Value"] != "60" || b.limit.Attributes["Type"] != "String" {
		t.Errorf("%+v", b.limit)
	}
	if in := b.create("Unnamed", map[string]any{"Type": "StringList", "Value": "a,b"}); in.PhysicalID != "test-Unnamed-1A2B3C4D5E6F" || b.value(in.PhysicalID) != "a,b" || b.value(in.ARN) != "a,b" {
		t.Errorf("%+v", in)
	}
	if _, err := b.Create(t.Context(), "Other", parameterType, map[string]any{"Name": "/shop/limit", "Type": "String", "Value": "1"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second parameter of the name: %v", err)
	}
	// What was put stays until the drawing asks for another value.
	if status, m := b.ask("PutParameter", `{"Name":"/shop/limit","Value":"70","Overwrite":true}`); status != 200 || m["Version"] != 2.0 || m["Tier"] != "Standard" {
		t.Errorf("%d %v", status, m)
	}
	in, err := b.Update(t.Context(), b.limit, map[string]any{"Name": "/shop/limit", "Type": "String", "Value": "60", "Description": "a limit"})
	if err != nil || b.value("/shop/limit") != "70" {
		t.Errorf("%q, %v", b.value("/shop/limit"), err)
	}
	if in, err = b.Update(t.Context(), in, map[string]any{"Name": "/shop/limit", "Type": "String", "Value": "no digits"}); err != nil || b.value("/shop/limit") != "no digits" || b.value("/shop/limit:2") != "70" {
		t.Errorf("%q, %v", b.value("/shop/limit"), err)
	}
	if err := b.World.Delete(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	b.fails("GetParameter", `{"Name":"/shop/limit"}`, "ParameterNotFound", "")
	// A create that failed is cleaned up by its name.
	half := kind.Instance{LogicalID: "Half", PhysicalID: "test-Half-1", Properties: map[string]any{"Name": "/half", "Value": "1"}}
	if _, err := create(t.Context(), b.World, half); err != nil {
		t.Fatal(err)
	}
	if err := remove(t.Context(), b.World, half); err != nil || b.value("/half") != "" {
		t.Errorf("%q is left, %v", b.value("/half"), err)
	}
}

func TestRefusals(t *testing.T) {
	b := newBench(t)
	for body, want := range map[string]struct{ code, message string }{
		`{"Name":"/shop/limit","Value":"70"}`:                                                 {"ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true."},
		`{"Name":"/shop/limit","Value":"many","Overwrite":true}`:                              {"ParameterPatternMismatchException", `Parameter value, many, cannot be validated against allowedPattern: \d+`},
		`{"Name":"/shop/limit","Value":"7 0","Overwrite":true}`:                               {"ParameterPatternMismatchException", `Parameter value, 7 0, cannot be validated against allowedPattern: \d+`},
		`{"Name":"/shop/limit","Overwrite":true}`:                                             {"ValidationException", "A parameter has a value."},
		`{"Name":"/shop/limit","Value":"` + strings.Repeat("1", 4097) + `","Overwrite":true}`: {"ValidationException", "Standard tier parameters support a maximum parameter value of 4096 characters."},
		`{"Name":"/shop/limit","Value":"1","Type":"SecureString","Overwrite":true}`:           {"UnknownOperationException", "the embedded sandbox does not change the type of /shop/limit"},
		`{"Name":"/shop/new","Value":"1","Type":"String"}`:                                    {"UnknownOperationException", "the embedded sandbox does not create parameters on request: draw /shop/new"},
		`{"Name":"/shop/limit","Value":"1","Policies":"[]"}`:                                  {"UnknownOperationException", `the embedded sandbox does not know the parameter "Policies" of PutParameter`},
	} {
		b.fails("PutParameter", body, want.code, want.message)
	}
	b.fails("GetParameter", `{"Name":"/shop/limit:2"}`, "ParameterVersionNotFound", "Systems Manager could not find version 2 of /shop/limit. Verify the version and try again.")
	b.fails("GetParameter", `{"Name":"/shop/limit:stable"}`, "UnknownOperationException", "the embedded sandbox has no labels: /shop/limit:stable")
	b.fails("GetParametersByPath", `{"Path":"/shop"}`, "UnknownOperationException", "the embedded sandbox does not carry out GetParametersByPath")
	for property, v := range map[string]string{"Type": "SecureString", "Tier": "Intelligent-Tiering", "AllowedPattern": "(?<=a)b"} {
		if err := check(map[string]any{property: v}); fault.CodeOf(err) != fault.Unsupported || fault.As(err).Where != property {
			t.Errorf("%s %s: %v", property, v, err)
		}
	}
	if b.value("/shop/limit") != "60" {
		t.Error("a refused put has changed the value")
	}
}

// The caller needs the permission for what it asks, on the parameter's ARN.
func TestPermissions(t *testing.T) {
	b := newBench(t)
	b.Denied = func(a kind.Access) error { return fault.New(fault.Denied, "no %s on %s", a.Action, a.Resource) }
	for operation, body := range map[string]string{"GetParameter": `{"Name":"/shop/limit"}`, "GetParameters": `{"Names":["/shop/limit"]}`, "PutParameter": `{"Name":"/shop/limit","Value":"1","Overwrite":true}`} {
		b.fails(operation, body, "AccessDeniedException", "no ssm:"+operation+" on "+b.limit.ARN)
	}
	b.Denied = nil
	if b.value("/shop/limit") != "60" {
		t.Error("a refused put has changed the value")
	}
}

// A hundred versions are kept.
func TestOldVersionsAreForgotten(t *testing.T) {
	b := newBench(t)
	for i := range mostVersions {
		b.ask("PutParameter", `{"Name":"/shop/limit","Value":"`+strconv.Itoa(i)+`","Overwrite":true}`)
	}
	if b.value("/shop/limit") != "99" || b.value("/shop/limit:2") != "0" || b.value("/shop/limit:1") != "" {
		t.Errorf("%q, %q, %q", b.value("/shop/limit"), b.value("/shop/limit:2"), b.value("/shop/limit:1"))
	}
}
