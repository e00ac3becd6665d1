package resource

import (
	"fmt"
	"regexp"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// Emit adds the resource as it stands. Without a type there is nothing to add; that is a finding of the required field.
func (Kind) Emit(s *kind.Scope) error {
	if s.String("type") == "" {
		return nil
	}
	r := kind.Resource{Type: s.String("type"), Condition: s.String("condition"), DeletionPolicy: policy(s, "deletionPolicy"), UpdateReplacePolicy: policy(s, "updateReplacePolicy"),
		CreationPolicy: value(s, "creationPolicy"), UpdatePolicy: value(s, "updatePolicy")}
	r.Properties, _ = value(s, "properties").(map[string]any)
	r.Metadata, _ = value(s, "metadata").(map[string]any)
	for _, id := range s.Strings("dependsOn") {
		r.DependsOn = append(r.DependsOn, kind.Pascal(design.ID(id)))
	}
	s.Add("", r)
	for _, name := range s.Strings("outputs") {
		s.Output(letters(name), name+" of "+s.Node.Name, attribute(s, name))
	}
	return nil
}

// Grant lets a caller carry out the wire's actions on the resource, and tells it the resource's name.
func (Kind) Grant(w *kind.Wire) (kind.Grant, error) {
	arn := attribute(w.To, w.To.String("arn"))
	actions := w.Strings("actions")
	if len(actions) == 0 {
		w.Find(fault.Warning, "resource-actions", "actions", "name them on the wire, for instance states:StartExecution", "%s may do nothing with %s: the wire names no actions", w.From.Node.Name, w.To.Node.Name)
	}
	for _, a := range actions {
		if !action.MatchString(a) {
			w.Find(fault.Blocking, "resource-actions", "actions", "name the actions one by one, for instance states:StartExecution", "%q is no single action", a)
			return kind.Grant{}, nil
		}
	}
	g := kind.Grant{ARN: arn, Variables: map[string]any{"": attribute(w.To, "Ref")}}
	if len(actions) > 0 {
		g.Statements = []kind.Statement{{Actions: actions, Resources: []any{arn}}}
		if w.Flag("inside") {
			g.Statements[0].Resources = append(g.Statements[0].Resources, cfn.Join("", arn, "/*"))
		}
	}
	return g, nil
}

// action is one action of one service: a wildcard would grant what nobody has drawn.
var action = regexp.MustCompile(`^[a-z0-9-]{1,63}:[A-Za-z0-9]{1,64}$`)

// Check finds what the fields alone get wrong.
func (Kind) Check(s *kind.Scope) []fault.Finding {
	var out []fault.Finding
	find := func(field, hint, format string, args ...any) {
		out = append(out, fault.Finding{Rule: "resource", Severity: fault.Blocking, Node: string(s.Node.ID), Field: field, Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	for _, field := range []string{"properties", "metadata"} {
		if v := s.Value(field); v != nil {
			if _, ok := v.(map[string]any); !ok {
				find(field, "write {…}", "the %s of a resource are a JSON object", field)
			}
		}
	}
	for _, id := range s.Strings("dependsOn") {
		if !design.ID(id).Legal() {
			find("dependsOn", "use the ids that the inspector shows", "%q is no id of a node", id)
		}
	}
	return out
}

func policy(s *kind.Scope, field string) string {
	return strings.TrimPrefix(s.String(field), "automatic")
}

// attribute is Ref or one of the attributes that GetAtt gives.
func attribute(s *kind.Scope, name string) any {
	if name == "Ref" {
		return cfn.Ref(s.Logical(""))
	}
	return cfn.GetAtt(s.Logical(""), name)
}

// letters make an attribute's name part of an output's: "Endpoint.Address" → "EndpointAddress".
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
