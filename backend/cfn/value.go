package cfn

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"
)

// shortForms are YAML's tags and the functions that they stand for.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
var shortForms = map[string]string{
	"Ref": "Ref", "Condition": "Condition",
	"And": "Fn::And", "Base64": "Fn::Base64", "Cidr": "Fn::Cidr", "Equals": "Fn::Equals", "FindInMap": "Fn::FindInMap",
	"GetAtt": "Fn::GetAtt", "GetAZs": "Fn::GetAZs", "If": "Fn::If", "ImportValue": "Fn::ImportValue", "Join": "Fn::Join",
	"Length": "Fn::Length", "Not": "Fn::Not", "Or": "Fn::Or", "Select": "Fn::Select", "Split": "Fn::Split", "Sub": "Fn::Sub",
	"ToJsonString": "Fn::ToJsonString", "Transform": "Fn::Transform",
	"Contains": "Fn::Contains", "EachMemberEquals": "Fn::EachMemberEquals", "EachMemberIn": "Fn::EachMemberIn",
	"RefAll": "Fn::RefAll", "ValueOf": "Fn::ValueOf", "ValueOfAll": "Fn::ValueOfAll",
}

// ParseValue turns a tree decoded from JSON (a user's property tree) into template values: whole numbers become int, and
// a map that is a function call becomes an Fn. What only looks like one ({"Ref": 5}) stays a map; CheckLiterals names it.
func ParseValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 1 {
			for k, arg := range v {
				if fn, why := call(k, ParseValue(arg)); isFunction(k) && why == "" {
					return fn
				}
			}
		}
		m := make(map[string]any, len(v))
		for k, item := range v {
			m[k] = ParseValue(item)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, item := range v {
			l[i] = ParseValue(item)
		}
		return l
	case Fn:
		return Fn{v.Name, ParseValue(v.Arg)}
	case json.Number:
		if n, err := number(v.String()); err == nil {
			return n
		}
		return v.String()
	case float64:
		return whole(v)
	}
	return v
}

// isFunction tells whether a map with this one key calls a function. Condition is one only where conditions stand.
func isFunction(key string) bool { return key == "Ref" || strings.HasPrefix(key, "Fn::") }

// call makes the Fn of a name and an argument, with GetAtt always as a list of two; why is what is wrong with it.
func call(name string, arg any) (fn Fn, why string) {
	switch name {
	case "Ref", "Condition":
		if s, ok := arg.(string); !ok || s == "" {
			return Fn{}, name + " needs a name"
		}
	case "Fn::GetAtt":
		const need = "Fn::GetAtt needs a resource and an attribute"
		if s, ok := arg.(string); ok {
			id, attribute, _ := strings.Cut(s, ".")
			arg = []any{id, attribute}
		}
		l, ok := arg.([]any)
		if !ok || len(l) != 2 {
			return Fn{}, need
		}
		if id, ok := l[0].(string); !ok || id == "" || l[1] == nil || l[1] == "" {
			return Fn{}, need
		}
	}
	return Fn{name, arg}, ""
}

// Sub builds text from parts, as Fn::Sub prints it. String parts are literal; Ref and GetAtt stand in the text, any other
// function becomes a variable, and so does literal text that Fn::Sub cannot escape.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
func Sub(parts ...any) Fn {
	taken := map[string]bool{}
	for _, p := range parts {
		if name, ok := subName(p); ok {
			taken[name] = true
		}
	}
	var text, literal strings.Builder
	vars := map[string]any{}
	variable := func(v any) {
		i := len(vars)
		for taken["Part"+strconv.Itoa(i)] { // a variable would hide the resource of that name
			i++
		}
		name := "Part" + strconv.Itoa(i)
		vars[name], taken[name] = v, true
		text.WriteString("${" + name + "}")
	}
	flush := func() {
		if escaped, ok := EscapeSub(literal.String()); ok {
			text.WriteString(escaped)
		} else {
			variable(literal.String())
		}
		literal.Reset()
	}
	for _, p := range parts {
		if s, ok := scalarText(p); ok {
			literal.WriteString(s)
			continue
		}
		flush()
		if name, ok := subName(p); ok {
			text.WriteString("${" + name + "}")
		} else {
			variable(p)
		}
	}
	flush()
	if len(vars) == 0 {
		return Fn{"Fn::Sub", text.String()}
	}
	return Fn{"Fn::Sub", []any{text.String(), vars}}
}

// subName is how Fn::Sub's text refers to what v refers to.
func subName(v any) (string, bool) {
	fn, ok := v.(Fn)
	if !ok {
		return "", false
	}
	if s, ok := fn.Arg.(string); ok && fn.Name == "Ref" {
		return s, true
	}
	if l, ok := fn.Arg.([]any); ok && fn.Name == "Fn::GetAtt" && len(l) == 2 {
		id, ok1 := l[0].(string)
		attribute, ok2 := l[1].(string)
		return id + "." + attribute, ok1 && ok2
	}
	return "", false
}

// EscapeSub writes literal text for use within Fn::Sub: "${" becomes "${!". It answers false where that cannot be
// written, because the brace is not closed.
func EscapeSub(s string) (string, bool) {
	var b strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			return b.String() + s, true
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return "", false
		}
		b.WriteString(s[:i] + "${!" + s[i+2:i+j+1])
		s = s[i+j+1:]
	}
}

// subPart is a piece of Fn::Sub's text: literal text, or the name of a variable.
type subPart struct {
	text string
	name bool
}

// splitSub cuts the text of Fn::Sub; "${!x}" is the literal "${x}", and a brace that is not closed is literal.
func splitSub(s string) []subPart {
	var parts []subPart
	literal := ""
	for {
		i := strings.Index(s, "${")
		j := -1
		if i >= 0 {
			j = strings.IndexByte(s[i:], '}')
		}
		if j < 0 {
			literal += s
			break
		}
		name := s[i+2 : i+j]
		literal += s[:i]
		s = s[i+j+1:]
		if rest, ok := strings.CutPrefix(name, "!"); ok {
			literal += "${" + rest + "}"
			continue
		}
		if literal != "" {
			parts = append(parts, subPart{text: literal})
		}
		literal = ""
		parts = append(parts, subPart{name, true})
	}
	if literal != "" {
		parts = append(parts, subPart{text: literal})
	}
	return parts
}

// Walk visits a value and all within it, maps in key order, with the path from root. It does not go below a value for
// which visit answers false.
func Walk(root string, v any, visit func(path string, v any) bool) {
	t := trail{root}
	walk(&t, v, func(t *trail, v any) bool { return visit(t.String(), v) })
}

func walk(t *trail, v any, visit func(*trail, any) bool) {
	if !visit(t, v) {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sorted(v) {
			t.push(k)
			walk(t, v[k], visit)
			t.pop()
		}
	case []any:
		for i, item := range v {
			t.index(i)
			walk(t, item, visit)
			t.pop()
		}
	case Fn:
		t.push(v.Name)
		walk(t, v.Arg, visit)
		t.pop()
	}
}

// sorted gives a map's keys in order.
func sorted[V any](m map[string]V) []string {
	if len(m) == 0 {
		return nil
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
