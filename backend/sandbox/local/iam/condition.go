package iam

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"airloom/backend/fault"
)

// condition is one operator on one key.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type condition struct {
	key      string // lower-case: keys are compared without regard to case
	set      string // "", "ForAnyValue" or "ForAllValues"
	operator operator
	negated  bool
	ifExists bool
	null     bool
	wanted   []string
}

// operator compares a value of the request with one of the policy; false where either cannot be read.
type operator func(got, want string) bool

// operators by name, without "Not", "IfExists" and the set prefix.
var operators = map[string]operator{
	"StringEquals":             func(got, want string) bool { return got == want },
	"StringEqualsIgnoreCase":   strings.EqualFold,
	"StringLike":               func(got, want string) bool { return wild(want, got) },
	"ArnEquals":                func(got, want string) bool { return matchARN(want, got) },
	"ArnLike":                  func(got, want string) bool { return matchARN(want, got) },
	"Bool":                     strings.EqualFold,
	"NumericEquals":            numeric(func(c int) bool { return c == 0 }),
	"NumericLessThan":          numeric(func(c int) bool { return c < 0 }),
	"NumericLessThanEquals":    numeric(func(c int) bool { return c <= 0 }),
	"NumericGreaterThan":       numeric(func(c int) bool { return c > 0 }),
	"NumericGreaterThanEquals": numeric(func(c int) bool { return c >= 0 }),
	"DateEquals":               date(func(c int) bool { return c == 0 }),
	"DateLessThan":             date(func(c int) bool { return c < 0 }),
	"DateLessThanEquals":       date(func(c int) bool { return c <= 0 }),
	"DateGreaterThan":          date(func(c int) bool { return c > 0 }),
	"DateGreaterThanEquals":    date(func(c int) bool { return c >= 0 }),
}

// negations are the operators that hold where the plain one does not.
var negations = map[string]string{
	"StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase", "StringNotLike": "StringLike",
	"ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike", "NumericNotEquals": "NumericEquals", "DateNotEquals": "DateEquals",
}

func numeric(holds func(int) bool) operator {
	return func(got, want string) bool {
		a, err := strconv.ParseFloat(got, 64)
		b, err2 := strconv.ParseFloat(want, 64)
		c := 0
		if a < b {
			c = -1
		} else if a > b {
			c = 1
		}
		return err == nil && err2 == nil && holds(c)
	}
}

func date(holds func(int) bool) operator {
	return func(got, want string) bool {
		a, ok := instant(got)
		b, ok2 := instant(want)
		return ok && ok2 && holds(a.Compare(b))
	}
}

// instant reads ISO 8601 or seconds since 1970.
func instant(s string) (time.Time, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0), true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func compileConditions(v any) ([]condition, *fault.Error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fault.New(fault.Invalid, "a condition must be a map of operators")
	}
	var out []condition
	for _, name := range sortedKeys(m) {
		keys, ok := m[name].(map[string]any)
		if !ok {
			return nil, fault.New(fault.Invalid, "the operator %s needs a map of keys", name).At(name)
		}
		var c condition
		bare := name
		if set, rest, ok := strings.Cut(name, ":"); ok {
			if set != "ForAnyValue" && set != "ForAllValues" {
				return nil, fault.New(fault.Invalid, "%s is neither ForAnyValue nor ForAllValues", set).At(name)
			}
			c.set, bare = set, rest
		}
		bare, c.ifExists = strings.CutSuffix(bare, "IfExists")
		if positive, ok := negations[bare]; ok {
			c.negated, bare = true, positive
		}
		if c.null = bare == "Null" && c.set == "" && !c.ifExists; !c.null {
			if c.operator = operators[bare]; c.operator == nil {
				return nil, fault.New(fault.Unsupported, "the condition operator %s is not evaluated by the embedded sandbox", name).At(name)
			}
		}
		for _, key := range sortedKeys(keys) {
			wanted, err := texts(keys[key])
			if err != nil {
				return nil, err.At(name + "." + key)
			}
			one := c
			one.key, one.wanted = strings.ToLower(key), wanted
			out = append(out, one)
		}
	}
	return out, nil
}

// values are the condition keys of a request, in lower case.
type values map[string][]string

// expand replaces policy variables: "${aws:PrincipalArn}", "${key, 'default'}", "${*}". It answers false where a key has no
// value: the element then matches nothing.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
func (v values) expand(s string) (string, bool) {
	if !strings.Contains(s, "${") {
		return s, true
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		j := -1
		if i >= 0 {
			j = strings.IndexByte(s[i:], '}')
		}
		if j < 0 {
			return b.String() + s, true
		}
		b.WriteString(s[:i])
		name := s[i+2 : i+j]
		s = s[i+j+1:]
		if name == "*" || name == "?" || name == "$" {
			b.WriteString(name)
			continue
		}
		name, fallback, has := strings.Cut(name, ",")
		got := v[strings.ToLower(strings.TrimSpace(name))]
		switch {
		case len(got) == 1:
			b.WriteString(got[0])
		case has:
			b.WriteString(strings.Trim(strings.TrimSpace(fallback), "'"))
		default:
			return "", false
		}
	}
}

// holds tells whether the request's values fulfil the condition.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
func (c condition) holds(v values) bool {
	got := v[c.key]
	if c.null {
		return slices.ContainsFunc(c.wanted, func(w string) bool { return strings.EqualFold(w, strconv.FormatBool(len(got) == 0)) })
	}
	if len(got) == 0 {
		return c.ifExists || c.set == "ForAllValues" || c.negated && c.set == ""
	}
	one := func(value string) bool {
		hit := slices.ContainsFunc(c.wanted, func(w string) bool {
			w, ok := v.expand(w)
			return ok && c.operator(value, w)
		})
		return hit != c.negated
	}
	if c.set == "ForAnyValue" {
		return slices.ContainsFunc(got, one)
	}
	return !slices.ContainsFunc(got, func(value string) bool { return !one(value) })
}
