package sns

import (
	"bytes"
	"encoding/json"
	"slices"

	"airloom/backend/fault"
	"airloom/backend/kind/pattern"
	"airloom/backend/kind/property"
)

// filter is a compiled filter policy. It speaks the language of event patterns, within SNS's own limits.
// https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
type filter struct {
	pattern pattern.Pattern
	body    bool
}

// Limits of a filter policy.
// https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html
const mostKeys, mostCombinations = 5, 150

// unknownOperators are those of event patterns that filter policies do not have.
var unknownOperators = []string{"prefix.equals-ignore-case", "suffix.equals-ignore-case", "anything-but.equals-ignore-case"}

func parseFilter(text []byte, scope string) (filter, error) {
	f := filter{body: scope == "MessageBody"}
	if !f.body && scope != "" && scope != "MessageAttributes" {
		return f, fault.New(fault.Invalid, "the scope of a filter is MessageAttributes or MessageBody, and not %s", scope)
	}
	var err error
	if f.pattern, err = pattern.Parse(text); err != nil {
		return f, fault.New(fault.Invalid, "the filter is invalid: %s", err)
	}
	for _, name := range f.pattern.Uses() {
		if slices.Contains(unknownOperators, name) {
			return f, fault.New(fault.Invalid, "a filter of a subscription does not know the operator %s", name)
		}
	}
	var policy map[string]any
	if err := json.Unmarshal(text, &policy); err != nil {
		return f, fault.New(fault.Invalid, "the filter is invalid: %s", err)
	}
	keys, combinations, nested := measure(policy)
	switch {
	case !bounded(policy):
		return f, fault.New(fault.Invalid, "a filter compares numbers between -1,000,000,000 and 1,000,000,000")
	case nested && !f.body:
		return f, fault.New(fault.Invalid, "a filter that looks at attributes cannot be nested")
	case keys > mostKeys:
		return f, fault.New(fault.Limit, "a filter has at most %d keys, and this one has %d", mostKeys, keys)
	case combinations > mostCombinations:
		return f, fault.New(fault.Limit, "a filter has at most %d combinations of values, and this one has %d", mostCombinations, combinations)
	}
	return f, nil
}

// filterOf reads the filter of a subscription's properties; the policy may be an object or JSON text of one.
func filterOf(p map[string]any) (filter, error) {
	scope := property.Text(p, "FilterPolicyScope")
	if text, ok := p["FilterPolicy"].(string); ok {
		return parseFilter([]byte(text), scope)
	}
	text, err := json.Marshal(p["FilterPolicy"])
	if err != nil {
		return filter{}, fault.Wrap(err, fault.Invalid, "print a filter")
	}
	return parseFilter(text, scope)
}

// measure counts the keys that have values, and the combinations of values: each counts once more for every level it lies deep.
func measure(policy map[string]any) (keys, combinations int, nested bool) {
	combinations = 1
	var walk func(m map[string]any, depth int)
	walk = func(m map[string]any, depth int) {
		for name, v := range m {
			switch v := v.(type) {
			case map[string]any:
				nested = true
				walk(v, depth+1)
			case []any:
				if name == "$or" {
					for _, branch := range v {
						if b, ok := branch.(map[string]any); ok {
							walk(b, depth)
						}
					}
					continue
				}
				keys++
				combinations *= min(len(v)*depth, mostCombinations+1)
				combinations = min(combinations, mostCombinations+1)
			}
		}
	}
	walk(policy, 1)
	return keys, combinations, nested
}

// bounded tells whether all numbers of a policy are such that SNS compares them.
func bounded(v any) bool {
	switch v := v.(type) {
	case float64:
		return v >= -1e9 && v <= 1e9
	case []any:
		return !slices.ContainsFunc(v, func(e any) bool { return !bounded(e) })
	case map[string]any:
		for _, e := range v {
			if !bounded(e) {
				return false
			}
		}
	}
	return true
}

// admits tells whether a message passes.
func (f filter) admits(m message) bool {
	if f.body {
		d := json.NewDecoder(bytes.NewReader([]byte(m.Body)))
		d.UseNumber()
		var body map[string]any
		return d.Decode(&body) == nil && body != nil && f.pattern.Match(body)
	}
	// Not even what asks for an absent attribute passes a message that has none.
	return len(m.Attributes) > 0 && f.pattern.Match(visible(m.Attributes))
}

// visible are the attributes as the filter sees them: binary ones are not seen.
func visible(attributes map[string]attribute) map[string]any {
	out := map[string]any{}
	for name, a := range attributes {
		switch {
		case a.Type == "String.Array":
			var list []any
			d := json.NewDecoder(bytes.NewReader([]byte(a.Value)))
			d.UseNumber()
			if d.Decode(&list) == nil {
				out[name] = list
			}
		case base(a.Type) == "Number":
			out[name] = json.Number(a.Value)
		case base(a.Type) == "String":
			out[name] = a.Value
		}
	}
	return out
}
