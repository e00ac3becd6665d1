package pattern

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
)

// operator compiles one operator by its name.
func (c compiler) operator(path, name string, arg any) (test, error) {
	c.uses[name] = true
	switch name {
	case "prefix":
		return c.affix(path, name, arg, strings.HasPrefix)
	case "suffix":
		return c.affix(path, name, arg, strings.HasSuffix)
	case "equals-ignore-case":
		return onText(path, name, arg, strings.EqualFold)
	case "wildcard":
		return wildcard(path, arg)
	case "cidr":
		return cidr(path, arg)
	case "numeric":
		return numeric(path, arg)
	case "anything-but":
		return c.anythingBut(path, arg)
	}
	return nil, invalid(path, "there is no operator %q", name)
}

// equals compares with a literal. Numbers are equal by value: 300 and 3.0e2 are.
func equals(path string, want any) (test, error) {
	if n, ok := number(want); ok {
		return func(v any) bool { got, ok := number(v); return ok && got == n }, nil
	}
	switch want.(type) {
	case string, bool, nil:
		return func(v any) bool { return v == want }, nil
	}
	return nil, invalid(path, "a list holds texts, numbers, true, false, null and operators")
}

// onText compares a text of the event with the operator's own.
func onText(path, name string, arg any, holds func(got, want string) bool) (test, error) {
	want, ok := arg.(string)
	if !ok {
		return nil, invalid(path, "%s takes a text", name)
	}
	return func(v any) bool { got, ok := v.(string); return ok && holds(got, want) }, nil
}

// affix is a prefix or a suffix, with regard to case or, written {"prefix": {"equals-ignore-case": "x"}}, without.
func (c compiler) affix(path, name string, arg any, holds func(s, affix string) bool) (test, error) {
	if m, ok := arg.(map[string]any); ok {
		want, ok := m["equals-ignore-case"].(string)
		if !ok || len(m) != 1 {
			return nil, invalid(path, "%s takes a text, or equals-ignore-case with one", name)
		}
		c.uses[name+".equals-ignore-case"] = true
		return onText(path, name, strings.ToLower(want), func(got, want string) bool { return holds(strings.ToLower(got), want) })
	}
	return onText(path, name, arg, holds)
}

// anythingBut holds for values that are not listed: a text or number, several of one type, or another operator on texts.
func (c compiler) anythingBut(path string, arg any) (test, error) {
	if m, ok := arg.(map[string]any); ok {
		if len(m) != 1 {
			return nil, invalid(path, "anything-but takes one operator")
		}
		for name, inner := range m {
			if !slices.Contains([]string{"prefix", "suffix", "equals-ignore-case", "wildcard"}, name) {
				return nil, invalid(path, "anything-but does not take the operator %q", name)
			}
			list, ok := inner.([]any)
			if !ok {
				list = []any{inner}
			}
			c.uses["anything-but."+name] = true
			return none(path, list, func(item any) (test, error) {
				if _, ok := item.(string); !ok {
					return nil, invalid(path, "anything-but %s takes texts", name)
				}
				return compiler{map[string]bool{}}.operator(path, name, item)
			})
		}
	}
	list, ok := arg.([]any)
	if !ok {
		list = []any{arg}
	}
	texts := 0
	for _, item := range list {
		if _, ok := item.(string); ok {
			texts++
		} else if _, ok := number(item); !ok {
			return nil, invalid(path, "anything-but takes texts or numbers")
		}
	}
	if texts > 0 && texts < len(list) {
		return nil, invalid(path, "anything-but takes either texts or numbers")
	}
	return none(path, list, func(item any) (test, error) { return equals(path, item) })
}

// none holds where none of the tests does.
func none(path string, list []any, compile func(any) (test, error)) (test, error) {
	if len(list) == 0 {
		return nil, invalid(path, "anything-but takes at least one value")
	}
	var tests []test
	for _, item := range list {
		t, err := compile(item)
		if err != nil {
			return nil, err
		}
		tests = append(tests, t)
	}
	return func(v any) bool { return !slices.ContainsFunc(tests, func(t test) bool { return t(v) }) }, nil
}

// wildcard matches texts in which "*" stands for any characters; "\*" and "\\" are themselves.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-wildcard-matching
func wildcard(path string, arg any) (test, error) {
	text, ok := arg.(string)
	if !ok {
		return nil, invalid(path, "wildcard takes a text")
	}
	parts := []string{""} // the literal pieces between the stars
	for i := 0; i < len(text); i++ {
		last := len(parts) - 1
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && (text[i+1] == '*' || text[i+1] == '\\'):
			i++
			parts[last] += text[i : i+1]
		case c == '\\':
			return nil, invalid(path, `in a wildcard, a backslash stands before "*" or another one`)
		case c == '*' && i > 0 && text[i-1] == '*' && parts[last] == "" && last > 0:
			return nil, invalid(path, "in a wildcard, two stars may not follow each other")
		case c == '*':
			parts = append(parts, "")
		default:
			parts[last] += text[i : i+1]
		}
	}
	return func(v any) bool {
		got, ok := v.(string)
		return ok && glob(parts, got)
	}, nil
}

// glob matches greedily from the left: the first place of each piece leaves most room for the rest.
func glob(parts []string, s string) bool {
	last := len(parts) - 1
	if last == 0 {
		return s == parts[0]
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for _, p := range parts[1:last] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return strings.HasSuffix(s, parts[last])
}

func cidr(path string, arg any) (test, error) {
	text, _ := arg.(string)
	block, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, invalid(path, "%v is no address block such as 10.0.0.0/24", arg)
	}
	return func(v any) bool {
		got, _ := v.(string)
		a, err := netip.ParseAddr(got)
		return err == nil && block.Contains(a)
	}, nil
}

// numeric is one comparison, or the two ends of a range: ["=", 5], [">", 0, "<=", 5].
func numeric(path string, arg any) (test, error) {
	const need = `numeric takes one comparison, or a lower and an upper bound: [">", 0, "<=", 5]`
	list, _ := arg.([]any)
	if len(list) != 2 && len(list) != 4 {
		return nil, invalid(path, need)
	}
	var tests []test
	var signs []string
	var bounds []float64
	for i := 0; i < len(list); i += 2 {
		sign, _ := list[i].(string)
		bound, ok := number(list[i+1])
		holds := comparisons[sign]
		if holds == nil || !ok {
			return nil, invalid(path, need)
		}
		// Rules compare numbers within ±5·10⁹ only.
		if bound > 5e9 || bound < -5e9 {
			return nil, invalid(path, "numeric compares numbers between -5,000,000,000 and 5,000,000,000")
		}
		signs, bounds = append(signs, sign), append(bounds, bound)
		tests = append(tests, func(v any) bool { got, ok := number(v); return ok && holds(got, bound) })
	}
	if len(signs) == 2 && (signs[0][0] != '>' || signs[1][0] != '<' || bounds[0] >= bounds[1]) {
		return nil, invalid(path, need)
	}
	return func(v any) bool { return !slices.ContainsFunc(tests, func(t test) bool { return !t(v) }) }, nil
}

var comparisons = map[string]func(got, bound float64) bool{
	"=": func(a, b float64) bool { return a == b }, "<": func(a, b float64) bool { return a < b }, "<=": func(a, b float64) bool { return a <= b },
	">": func(a, b float64) bool { return a > b }, ">=": func(a, b float64) bool { return a >= b },
}

// number reads a number as JSON decoders and templates give it.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	}
	return 0, false
}
