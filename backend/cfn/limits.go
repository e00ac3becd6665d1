package cfn

import (
	"fmt"
	"regexp"
	"strings"

	"airloom/backend/fault"
)

// Pages that state the limits.
const (
	quotaSource  = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"
	lambdaSource = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"
)

// Limits names everything in a template that exceeds a limit of CloudFormation or Lambda, but for its printed size.
func Limits(t Template) []Problem {
	var out []Problem
	out = append(out, countLimits(t)...)
	out = append(out, nameLimits(t)...)
	out = append(out, dynamicLimits(t)...)
	return append(out, variableLimits(t)...)
}

// BodyLimits checks the size of the printed template: 1 MB at most, and a note above the 51,200 bytes that a request
// can carry itself (a larger one goes through a bucket).
func BodyLimits(size int) []Problem {
	switch {
	case size > 1_000_000:
		return []Problem{over("template-size", "", "", "the template", size, 1_000_000, "bytes", quotaSource)}
	case size > 51_200:
		p := over("template-inline", "", "", "the template", size, 51_200, "bytes, and is uploaded before it is deployed", quotaSource)
		p.Severity = fault.Note
		return []Problem{p}
	}
	return nil
}

func over(rule, id, path, what string, got, limit int, unit, source string) Problem {
	return Problem{rule, id, path, fmt.Sprintf("%s has %d, more than %d %s", what, got, limit, unit), source, fault.Blocking}
}

func countLimits(t Template) []Problem {
	var out []Problem
	for _, c := range []struct {
		rule, section string
		got, limit    int
	}{
		{"resource-count", "Resources", len(t.Resources), 500},
		{"output-count", "Outputs", len(t.Outputs), 200},
		{"parameter-count", "Parameters", len(t.Parameters), 200},
		{"mapping-count", "Mappings", len(t.Mappings), 200},
		{"description-length", "Description", len(t.Description), 1024},
	} {
		if c.got > c.limit {
			unit := strings.ToLower(c.section)
			if c.section == "Description" {
				unit = "bytes"
			}
			out = append(out, over(c.rule, "", c.section, "the template", c.got, c.limit, unit, quotaSource))
		}
	}
	return out
}

var logicalID = regexp.MustCompile(`^[A-Za-z0-9]{1,255}$`)

func nameLimits(t Template) []Problem {
	var out []Problem
	check := func(section string, names []string) {
		for _, name := range names {
			if !logicalID.MatchString(name) {
				p := Problem{"logical-id", "", section + "." + shorten(name), "a name in a template has 1 to 255 letters and digits and nothing else", quotaSource, fault.Blocking}
				if section == "Resources" {
					p.LogicalID = name
				}
				out = append(out, p)
			}
		}
	}
	check("Parameters", sorted(t.Parameters))
	check("Mappings", sorted(t.Mappings))
	check("Resources", sorted(t.Resources))
	check("Outputs", sorted(t.Outputs))
	return out
}

// dynamics counts the dynamic references in a value, in any order.
func dynamics(v any) (n int) {
	switch v := v.(type) {
	case string:
		return strings.Count(v, dynamicPrefix)
	case map[string]any:
		for _, item := range v {
			n += dynamics(item)
		}
	case []any:
		for _, item := range v {
			n += dynamics(item)
		}
	case Fn:
		return dynamics(v.Arg)
	}
	return n
}

func dynamicLimits(t Template) []Problem {
	n := 0
	t.sections(func(_, path string, v any) {
		n += dynamics(v)
	})
	if n <= 60 {
		return nil
	}
	return []Problem{over("dynamic-references", "", "", "the template", n, 60, "dynamic references", dynamicSource)}
}

// variableLimits counts what is known of a function's environment before it is deployed: names, literal values, and the
// literal parts of others.
func variableLimits(t Template) []Problem {
	var out []Problem
	for _, id := range sorted(t.Resources) {
		r := t.Resources[id]
		if r.Type != "AWS::Lambda::Function" {
			continue
		}
		v, _ := At(r.Properties, "Environment", "Variables")
		vars, _ := v.(map[string]any)
		size := 0
		for k, v := range vars {
			size += len(k) + knownLength(v)
		}
		if size > 4096 {
			out = append(out, over("variables-size", id, id+".Properties.Environment.Variables", "the environment", size, 4096, "bytes", lambdaSource))
		}
	}
	return out
}

func knownLength(v any) int {
	if s, ok := scalarText(v); ok {
		return len(s)
	}
	fn, _ := v.(Fn)
	n := 0
	if l, ok := fn.Arg.([]any); ok && fn.Name == "Fn::Join" && len(l) == 2 {
		parts, _ := l[1].([]any)
		for _, p := range parts {
			n += knownLength(p)
		}
	}
	if fn.Name == "Fn::Sub" {
		text, _ := subArgs(fn.Arg)
		for _, p := range splitSub(text) {
			if !p.name {
				n += len(p.text)
			}
		}
	}
	return n
}
