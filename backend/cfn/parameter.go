package cfn

import (
	"regexp"
	"strconv"
	"strings"

	"airloom/backend/fault"
)

// Arguments gives every parameter its value: the one given, else the default. Numbers and texts are text, as
// CloudFormation passes them on; lists are lists of text. Errors name the parameter.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func Arguments(t Template, given map[string]string) (map[string]any, error) {
	for _, name := range sorted(given) {
		if _, ok := t.Parameters[name]; !ok {
			return nil, fault.New(fault.Invalid, "the template has no parameter %s", name).At("Parameters." + name)
		}
	}
	out := make(map[string]any, len(t.Parameters))
	for _, name := range sorted(t.Parameters) {
		p := t.Parameters[name]
		text, ok := given[name]
		if !ok {
			if text, ok = defaultText(p.Default); !ok {
				return nil, fault.New(fault.Invalid, "the parameter %s has no default and needs a value", name).At("Parameters." + name)
			}
		}
		v, err := p.argument(text)
		if err != nil {
			return nil, err.At("Parameters." + name)
		}
		out[name] = v
	}
	return out, nil
}

func defaultText(v any) (string, bool) {
	l, ok := v.([]any)
	if !ok {
		return scalarText(v)
	}
	parts := make([]string, len(l))
	for i, item := range l {
		if parts[i], ok = scalarText(item); !ok {
			return "", false
		}
	}
	return strings.Join(parts, ","), true
}

func (p Parameter) argument(text string) (any, *fault.Error) {
	item, isList := p.Type, p.Type == "CommaDelimitedList"
	if inner, ok := strings.CutPrefix(p.Type, "List<"); ok {
		item, isList = strings.TrimSuffix(inner, ">"), true
	}
	switch {
	case strings.HasPrefix(item, "AWS::SSM::Parameter::"):
		return nil, fault.New(fault.Unsupported, "the parameter type %s reads Systems Manager and is not supported here", p.Type)
	case item == "String", item == "Number", p.Type == "CommaDelimitedList", strings.HasPrefix(item, "AWS::"):
	default:
		return nil, fault.New(fault.Invalid, "%q is no parameter type", p.Type)
	}
	if !isList {
		return text, p.admit(item, text)
	}
	list := []any{}
	if text != "" {
		for part := range strings.SplitSeq(text, ",") {
			part = strings.TrimSpace(part)
			if err := p.admit(item, part); err != nil {
				return nil, err
			}
			list = append(list, part)
		}
	}
	return list, nil
}

// admit checks one value against the parameter's constraints. A parameter that is not echoed is not quoted either.
func (p Parameter) admit(item, text string) *fault.Error {
	shown := strconv.Quote(shorten(text))
	if p.NoEcho {
		shown = "the value"
	}
	bad := func(format string, args ...any) *fault.Error {
		e := fault.New(fault.Invalid, format, args...)
		e.Message = shown + " " + e.Message
		if why, _ := p.Extra["ConstraintDescription"].(string); why != "" {
			e.Hint = why
		}
		return e
	}
	if item == "Number" {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return bad("is no number")
		}
		if limit, ok := p.limit("MinValue"); ok && f < limit {
			return bad("is less than %v", limit)
		}
		if limit, ok := p.limit("MaxValue"); ok && f > limit {
			return bad("is more than %v", limit)
		}
	}
	if limit, ok := p.limit("MinLength"); ok && float64(len([]rune(text))) < limit {
		return bad("is shorter than %v characters", limit)
	}
	if limit, ok := p.limit("MaxLength"); ok && float64(len([]rune(text))) > limit {
		return bad("is longer than %v characters", limit)
	}
	if len(p.AllowedValues) > 0 {
		var allowed []string
		for _, v := range p.AllowedValues {
			s, _ := scalarText(v)
			if s == text {
				allowed = nil
				break
			}
			allowed = append(allowed, s)
		}
		if allowed != nil {
			return bad("is none of %s", strings.Join(allowed, ", "))
		}
	}
	if pattern, _ := p.Extra["AllowedPattern"].(string); pattern != "" {
		re, err := regexp.Compile(`^(?:` + pattern + `)$`)
		if err != nil {
			return fault.Wrap(err, fault.Unsupported, "the AllowedPattern cannot be checked here")
		}
		if !re.MatchString(text) {
			return bad("does not match %s", pattern)
		}
	}
	return nil
}

func (p Parameter) limit(name string) (float64, bool) {
	s, ok := scalarText(p.Extra[name])
	if !ok || p.Extra[name] == nil {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
