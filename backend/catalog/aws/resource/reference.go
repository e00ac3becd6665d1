package resource

import (
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/kind"
)

// value is a JSON field as a template value. A user's text stays literal: only the typed forms below become functions, and
// CloudFormation's own where the node says that its properties came from a template.
func value(s *kind.Scope, field string) any {
	v := typed(s.Value(field))
	if s.Flag("intrinsics") {
		return cfn.ParseValue(v)
	}
	return whole(v)
}

// typed replaces the forms in which a property names another node:
//
//	{"$ref": "orders"}                the node's Ref; AWS::Region and the other pseudo parameters too
//	{"$getAtt": ["orders", "Arn"]}    an attribute of the node
//	{"$join": ["/", ["a", {…}]]}      text put together
//
// What only looks like one stays as it is: "$ref" is also a word of JSON schemas.
func typed(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if fn, ok := reference(v); ok {
			return fn
		}
		m := make(map[string]any, len(v))
		for k, item := range v {
			m[k] = typed(item)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, item := range v {
			l[i] = typed(item)
		}
		return l
	}
	return v
}

func reference(m map[string]any) (cfn.Fn, bool) {
	if len(m) != 1 {
		return cfn.Fn{}, false
	}
	if name, ok := m["$ref"].(string); ok {
		if strings.HasPrefix(name, "AWS::") {
			return cfn.Ref(name), true
		}
		return cfn.Ref(kind.Pascal(design.ID(name))), design.ID(name).Legal()
	}
	if l, ok := m["$getAtt"].([]any); ok && len(l) == 2 {
		id, okID := l[0].(string)
		name, okName := l[1].(string)
		return cfn.GetAtt(kind.Pascal(design.ID(id)), name), okID && okName && name != "" && design.ID(id).Legal()
	}
	if l, ok := m["$join"].([]any); ok && len(l) == 2 {
		sep, okSep := l[0].(string)
		parts, okParts := l[1].([]any)
		if okSep && okParts {
			list, _ := typed(parts).([]any)
			return cfn.Join(sep, list...), true
		}
	}
	return cfn.Fn{}, false
}

// whole makes the whole numbers of JSON integers, as templates write them.
func whole(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v { // typed has made this map
			v[k] = whole(item)
		}
	case []any:
		for i, item := range v {
			v[i] = whole(item)
		}
	case cfn.Fn:
		return cfn.Fn{Name: v.Name, Arg: whole(v.Arg)}
	case float64:
		if n := int(v); float64(n) == v {
			return n
		}
	}
	return v
}
