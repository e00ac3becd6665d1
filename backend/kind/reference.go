package kind

import (
	"regexp"

	"airloom/backend/cfn"
	"airloom/backend/design"
)

// Reference is what a typed reference becomes in the template. People pick it; a text that looks like one stays a text.
//
//	{"$ref": "orders"}                the node's Ref; AWS::Region and the other pseudo parameters too
//	{"$getAtt": ["orders", "Arn"]}    an attribute of the node
//	{"$param": "Stage"}               a parameter of the template
func Reference(v any) (cfn.Fn, bool) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return cfn.Fn{}, false
	}
	if name, ok := m["$ref"].(string); ok {
		if pseudo.MatchString(name) {
			return cfn.Ref(name), true
		}
		return refer(name, "")
	}
	if name, ok := m["$param"].(string); ok && parameter.MatchString(name) {
		return cfn.Ref(name), true
	}
	if l, ok := m["$getAtt"].([]any); ok && len(l) == 2 {
		id, _ := l[0].(string)
		name, _ := l[1].(string)
		if attribute.MatchString(name) {
			return refer(id, name)
		}
	}
	return cfn.Fn{}, false
}

// refer names a node's primary resource, whose logical id is made of the node's.
func refer(id, attribute string) (cfn.Fn, bool) {
	switch legal := design.ID(id).Legal(); {
	case !legal:
		return cfn.Fn{}, false
	case attribute == "":
		return cfn.Ref(Pascal(design.ID(id))), true
	}
	return cfn.GetAtt(Pascal(design.ID(id)), attribute), true
}

var (
	pseudo    = regexp.MustCompile(`^AWS::[A-Za-z]{1,64}$`)
	parameter = regexp.MustCompile(`^[A-Za-z0-9]{1,255}$`)
	attribute = regexp.MustCompile(`^[A-Za-z0-9]{1,255}(\.[A-Za-z0-9]{1,255})*$`)
)

// resolved are the values with functions in the place of references.
func resolved(values map[string]any) map[string]any {
	out := make(map[string]any, len(values))
	for name, v := range values {
		if fn, ok := Reference(v); ok {
			v = fn
		}
		out[name] = v
	}
	return out
}
