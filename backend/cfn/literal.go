package cfn

import (
	"strings"

	"airloom/backend/fault"
)

const dynamicPrefix = "{{resolve:"

const dynamicSource = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"

// CheckLiterals names every literal that CloudFormation would interpret although it has no way to escape it: text with
// "{{resolve:", and maps that read as a function call. Generation refuses those that came from a user.
// A Template's own dynamic references are made with Dynamic, which this lets pass.
func CheckLiterals(t Template) []Problem {
	var out []Problem
	t.sections(func(id, path string, v any) {
		if v == nil {
			return
		}
		top := trail{path}
		walk(&top, v, func(at *trail, v any) bool {
			if why := misread(v); why != "" {
				out = append(out, Problem{"literal", id, at.String(), why, dynamicSource, fault.Blocking})
			}
			fn, ok := v.(Fn)
			return !ok || !isDynamic(fn)
		})
	})
	return out
}

// misread tells what CloudFormation would make of a literal, "" where it takes it as it stands.
func misread(v any) string {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, dynamicPrefix) {
			return "CloudFormation would replace {{resolve:…}} in this text, and it has no escape for it"
		}
	case map[string]any:
		for _, k := range sorted(v) {
			if strings.Contains(k, dynamicPrefix) {
				return "CloudFormation would replace {{resolve:…}} in this key, and it has no escape for it"
			}
			if strings.HasPrefix(k, "Fn::") || k == "Ref" && len(v) == 1 {
				return "CloudFormation would take the key " + k + " for a function, and it has no escape for it"
			}
		}
	}
	return ""
}

// Dynamic is a dynamic reference that is meant: "{{resolve:service:reference}}", where parts may be functions.
// Its first part is a text of its own, which is how CheckLiterals knows it from a user's text.
func Dynamic(service string, reference ...any) Fn {
	parts := append([]any{dynamicPrefix + service, ":"}, reference...)
	return Fn{"Fn::Join", []any{"", append(parts, "}}")}}
}

func isDynamic(fn Fn) bool {
	l, ok := fn.Arg.([]any)
	if !ok || fn.Name != "Fn::Join" || len(l) != 2 || l[0] != "" {
		return false
	}
	parts, ok := l[1].([]any)
	if !ok || len(parts) < 4 || parts[1] != ":" || parts[len(parts)-1] != "}}" {
		return false
	}
	service, ok := parts[0].(string)
	service, prefix := strings.CutPrefix(service, dynamicPrefix)
	if !ok || !prefix || strings.ContainsAny(service, ":{}") {
		return false
	}
	for _, p := range parts[2 : len(parts)-1] {
		if s, ok := p.(string); ok && strings.ContainsAny(s, "{}") {
			return false
		}
	}
	return true
}
