// Package iam decides, as AWS does within one account, who may do what in the embedded sandbox: roles by their
// policies, services by the policies of what they reach. What it cannot evaluate it refuses when the template is
// planned, never when a request comes. It imports the contracts only (cfn, kind, fault).
package iam

import (
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
)

// Policy is a compiled policy document.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
type Policy struct {
	statements []statement
}

type statement struct {
	deny                   bool
	actions, notActions    []string
	resources, notResource []string
	services, principals   []string // of a resource policy; "*" in principals is everybody
	conditions             []condition
}

// Use tells what a document is for: it decides which elements it must have.
type Use int

// Uses.
const (
	Identity Use = iota // a role's policy: Resource, no Principal
	Resource            // of a queue, a topic, a function …: Principal
	Trust               // who may assume a role: Principal, no Resource
)

// Compile reads a policy document (a map, evaluated or still with cfn.Fn in place of texts). Errors are *fault.Error with
// the path within the document in Where: fault.Invalid for what AWS refuses too, fault.Unsupported for what cannot be
// evaluated here, by name.
func Compile(document any, use Use) (Policy, error) {
	m, ok := document.(map[string]any)
	if !ok {
		return Policy{}, fault.New(fault.Invalid, "a policy document must be a map")
	}
	c := &compiler{use: use}
	for _, k := range sortedKeys(m) {
		switch k {
		case "Id":
		case "Version":
			if v := m[k]; v != "2012-10-17" && v != "2008-10-17" {
				return Policy{}, fault.New(fault.Invalid, "the policy version %v is neither 2012-10-17 nor 2008-10-17", v).At(k)
			}
		case "Statement":
		default:
			return Policy{}, fault.New(fault.Invalid, "%s is no element of a policy document", k).At(k)
		}
	}
	list, ok := m["Statement"].([]any)
	if !ok {
		list = []any{m["Statement"]}
	}
	var p Policy
	for i, item := range list {
		s, ok := item.(map[string]any)
		if !ok {
			return Policy{}, fault.New(fault.Invalid, "a policy document needs statements").At("Statement")
		}
		out, err := c.statement(s)
		if err != nil {
			err.Where = strings.TrimSuffix("Statement["+itoa(i)+"]."+err.Where, ".")
			return Policy{}, err
		}
		p.statements = append(p.statements, out)
	}
	return p, nil
}

type compiler struct{ use Use }

func (c *compiler) statement(m map[string]any) (statement, *fault.Error) {
	var s statement
	for _, k := range sortedKeys(m) {
		var err *fault.Error
		v := m[k]
		switch k {
		case "Sid":
		case "Effect":
			if v != "Allow" && v != "Deny" {
				err = fault.New(fault.Invalid, "the effect must be Allow or Deny, this is %v", v)
			}
			s.deny = v == "Deny"
		case "Action":
			s.actions, err = patterns(v, isAction)
		case "NotAction":
			s.notActions, err = patterns(v, isAction)
		case "Resource", "NotResource":
			if c.use == Trust {
				err = fault.New(fault.Invalid, "a trust policy has no %s", k)
				break
			}
			var list []string
			list, err = patterns(v, func(s string) bool {
				return s == "*" || strings.HasPrefix(s, "arn:") || strings.HasPrefix(s, unknown) || strings.HasPrefix(s, "${")
			})
			if k == "Resource" {
				s.resources = list
			} else {
				s.notResource = list
			}
		case "Principal":
			if c.use == Identity {
				err = fault.New(fault.Invalid, "a role's policy has no Principal")
				break
			}
			err = s.principal(v)
		case "Condition":
			s.conditions, err = compileConditions(v)
		case "NotPrincipal":
			err = fault.New(fault.Unsupported, "NotPrincipal is not evaluated by the embedded sandbox")
		default:
			err = fault.New(fault.Invalid, "%s is no element of a statement", k)
		}
		if err != nil {
			if err.Where != "" && k != err.Where {
				k += "." + err.Where
			}
			return s, err.At(k)
		}
	}
	for _, need := range [][2]string{{"Effect", ""}, {"Action", "NotAction"}, {"Resource", "NotResource"}, {"Principal", ""}} {
		_, has := m[need[0]]
		_, not := m[need[1]]
		required := need[0] == "Effect" || need[0] == "Action" || need[0] == "Resource" && c.use != Trust || need[0] == "Principal" && c.use != Identity
		if required && !has && !not {
			return s, fault.New(fault.Invalid, "the statement has no %s", need[0])
		}
		if has && not {
			return s, fault.New(fault.Invalid, "the statement has both %s and %s", need[0], need[1])
		}
	}
	return s, nil
}

// unknown stands for a text that a function will give. It begins no ARN and no action, and matches nothing.
const unknown = "\x00"

func isAction(s string) bool {
	service, name, ok := strings.Cut(s, ":")
	return s == "*" || ok && service != "" && name != "" || s == unknown
}

// patterns reads a text or a list of texts.
func patterns(v any, admit func(string) bool) ([]string, *fault.Error) {
	list, err := texts(v)
	if err != nil {
		return nil, err
	}
	for _, s := range list {
		if !admit(s) {
			return nil, fault.New(fault.Invalid, "%q cannot stand here", s)
		}
	}
	return list, nil
}

// texts reads a text or a list of texts, numbers or truth values, as conditions have them.
func texts(v any) ([]string, *fault.Error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := make([]string, 0, len(list))
	for _, item := range list {
		switch item := item.(type) {
		case string:
			out = append(out, item)
		case cfn.Fn:
			out = append(out, unknown)
		case int, float64, bool:
			out = append(out, scalar(item))
		default:
			return nil, fault.New(fault.Invalid, "must be text or a list of texts")
		}
	}
	return out, nil
}

// principal reads "*", {"AWS": …}, {"Service": …}.
func (s *statement) principal(v any) *fault.Error {
	if v == "*" {
		s.principals = []string{"*"}
		return nil
	}
	if _, ok := v.(cfn.Fn); ok {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		return fault.New(fault.Invalid, `the principal must be "*" or a map`)
	}
	for _, k := range sortedKeys(m) {
		list, err := texts(m[k])
		if err != nil {
			return err
		}
		switch k {
		case "AWS":
			s.principals = append(s.principals, list...)
		case "Service":
			s.services = append(s.services, list...)
		case "Federated", "CanonicalUser":
			return fault.New(fault.Unsupported, "principals of the type %s are not evaluated by the embedded sandbox", k)
		default:
			return fault.New(fault.Invalid, "%s is no type of principal", k)
		}
	}
	return nil
}

// covers tells whether the statement is about an action and a resource.
func (s *statement) covers(action, resource string, ctx values) bool {
	matches := func(list []string, match func(string) bool) bool { return slices.ContainsFunc(list, match) }
	act := func(p string) bool { return wild(strings.ToLower(p), strings.ToLower(action)) }
	if s.notActions != nil && matches(s.notActions, act) || s.notActions == nil && !matches(s.actions, act) {
		return false
	}
	res := func(p string) bool { p, ok := ctx.expand(p); return ok && matchARN(p, resource) }
	if s.notResource != nil {
		return !matches(s.notResource, res)
	}
	return s.resources == nil || matches(s.resources, res)
}
