// Package pattern matches JSON events against event patterns, as EventBridge rules and Lambda's filters do: the same language
// serves rules, buses and event source mappings. It is pure and imports fault only.
//
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
package pattern

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"airloom/backend/fault"
)

// Pattern is a compiled event pattern. It is safe for concurrent use.
type Pattern struct {
	root object
	uses map[string]bool
}

// Parse compiles a pattern from JSON text.
func Parse(text []byte) (Pattern, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return Pattern{}, fault.New(fault.Invalid, "the event pattern is no JSON: %s", err)
	}
	if d.More() {
		return Pattern{}, fault.New(fault.Invalid, "the event pattern is followed by something else")
	}
	return Compile(v)
}

// Compile compiles a decoded pattern. The error names the path that is wrong.
func Compile(v any) (Pattern, error) {
	c := compiler{map[string]bool{}}
	root, err := c.object("", v)
	if err != nil {
		return Pattern{}, err
	}
	return Pattern{root, c.uses}, nil
}

// filterOperators are those that event source mappings take: fewer than rules do.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
var filterOperators = []string{"$or", "anything-but", "equals-ignore-case", "exists", "numeric", "prefix", "suffix"}

// ParseFilter compiles a filter of an event source mapping.
func ParseFilter(text []byte) (Pattern, error) {
	p, err := Parse(text)
	if err != nil {
		return p, err
	}
	for _, operator := range p.Uses() {
		if !slices.Contains(filterOperators, operator) {
			return p, fault.New(fault.Invalid, "a filter does not take the operator %s, which rules do", operator)
		}
	}
	return p, nil
}

// Uses are the operators that the pattern uses, sorted: "prefix", "anything-but", "anything-but.wildcard", "$or" …
func (p Pattern) Uses() []string { return slices.Sorted(maps.Keys(p.uses)) }

// Match tells whether a decoded JSON event matches.
func (p Pattern) Match(event any) bool { return p.root.match(event) }

// absent stands for a value that the event does not have; null is nil.
type absent struct{}

// object matches when every field does and, where there are alternatives, one of them.
type object struct {
	fields map[string]matcher
	or     []object
}

type matcher interface{ match(v any) bool }

// match looks into arrays of objects: all fields must then match within one element. Where the event has no object, its
// fields are absent.
func (o object) match(v any) bool {
	m, _ := v.(map[string]any)
	if list, ok := v.([]any); ok {
		nested := false
		for _, item := range list {
			switch item.(type) {
			case map[string]any, []any:
				nested = true
				if o.match(item) {
					return true
				}
			}
		}
		if nested {
			return false
		}
	}
	for name, f := range o.fields {
		value, ok := m[name]
		if !ok {
			value = absent{}
		}
		if !f.match(value) {
			return false
		}
	}
	return len(o.or) == 0 || slices.ContainsFunc(o.or, func(branch object) bool { return branch.match(v) })
}

// leaf matches when one of its tests holds for one of the values.
type leaf struct {
	tests []test
	// missing: it matches where the event has no value.
	missing bool
}

// test is a condition on one scalar: text, number, truth value or nil.
type test func(scalar any) bool

func (l leaf) match(v any) bool {
	values := scalars(v, nil)
	if len(values) == 0 {
		return l.missing
	}
	for _, value := range values {
		if slices.ContainsFunc(l.tests, func(t test) bool { return t(value) }) {
			return true
		}
	}
	return false
}

// scalars are a value's leaves: its own, or those of its array.
func scalars(v any, out []any) []any {
	switch v := v.(type) {
	case absent, map[string]any:
		return out
	case []any:
		for _, item := range v {
			out = scalars(item, out)
		}
		return out
	}
	return append(out, v)
}

type compiler struct{ uses map[string]bool }

func (c compiler) object(path string, v any) (object, error) {
	m, ok := v.(map[string]any)
	if !ok || len(m) == 0 {
		return object{}, invalid(path, "a pattern is an object with at least one field")
	}
	o := object{fields: map[string]matcher{}}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		at := strings.TrimPrefix(path+"."+name, ".")
		if name == "$or" {
			branches, ok := m[name].([]any)
			if !ok || len(branches) < 2 {
				return o, invalid(at, "$or takes a list of at least two patterns")
			}
			c.uses["$or"] = true
			for _, b := range branches {
				branch, err := c.object(at, b)
				if err != nil {
					return o, err
				}
				o.or = append(o.or, branch)
			}
			continue
		}
		f, err := c.field(at, m[name])
		if err != nil {
			return o, err
		}
		o.fields[name] = f
	}
	return o, nil
}

func (c compiler) field(path string, v any) (matcher, error) {
	list, ok := v.([]any)
	if !ok {
		if _, nested := v.(map[string]any); !nested {
			return nil, invalid(path, "a field takes a list of values or a nested pattern")
		}
		return c.object(path, v)
	}
	if len(list) == 0 {
		return nil, invalid(path, "an empty list matches nothing")
	}
	var l leaf
	for _, item := range list {
		if err := c.value(path, item, &l); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// value adds one element of a list: a literal, or an object with one operator.
func (c compiler) value(path string, v any, l *leaf) error {
	m, ok := v.(map[string]any)
	if !ok {
		t, err := equals(path, v)
		l.tests = append(l.tests, t)
		return err
	}
	if len(m) != 1 {
		return invalid(path, "an operator is an object with exactly one key")
	}
	for name, arg := range m {
		if name == "exists" {
			yes, ok := arg.(bool)
			if !ok {
				return invalid(path, "exists takes true or false")
			}
			c.uses[name] = true
			if l.missing = l.missing || !yes; yes {
				l.tests = append(l.tests, func(any) bool { return true })
			}
			return nil
		}
		t, err := c.operator(path, name, arg)
		if err != nil {
			return err
		}
		l.tests = append(l.tests, t)
	}
	return nil
}

func invalid(path, format string, args ...any) error {
	return fault.New(fault.Invalid, format, args...).At(path)
}
