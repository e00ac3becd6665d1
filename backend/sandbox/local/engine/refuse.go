package engine

import (
	"fmt"
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// refuse adds a refusal: "Orders.Properties.X (AWS::…): why".
func (p *prepared) refuse(id, path, format string, args ...any) {
	where := id
	if path != "" {
		where = path
	}
	if t := p.in.Template.Resources[id].Type; t != "" {
		where += " (" + t + ")"
	}
	p.preview.Refusals = append(p.preview.Refusals, fault.Finding{
		Rule: "local-unsupported", Severity: fault.Blocking, Node: string(p.in.Trace[id]), Field: strings.TrimPrefix(path, id+".Properties."),
		Message: where + ": " + fmt.Sprintf(format, args...), Hint: "leave it out, or deploy to an AWS account",
	})
}

// refuseTemplate names what the engine itself cannot do.
func (p *prepared) refuseTemplate() {
	t := p.in.Template
	if t.Transform != nil {
		p.refuse("Transform", "", "macros (%v) are not run by the embedded sandbox", t.Transform)
	}
	for _, name := range sortedKeys(t.Extra) {
		p.refuse(name, "", "the section needs a macro, which the embedded sandbox does not run")
	}
	for _, name := range sortedKeys(t.Rules) {
		p.refuse("Rules."+name, "", "rules are not checked by the embedded sandbox")
	}
	for _, name := range sortedKeys(t.Outputs) {
		if t.Outputs[name].Export != nil {
			p.preview.Notes = append(p.preview.Notes, "the output "+name+" is not exported: there is no other stack here")
		}
	}
}

// refuseResource names the attributes and properties of a resource that cannot be simulated.
func (p *prepared) refuseResource(id string, rt kind.ResourceType, res cfn.Resource, props map[string]any) {
	if res.CreationPolicy != nil {
		p.refuse(id, id+".CreationPolicy", "the embedded sandbox does not wait for signals")
	}
	if res.UpdatePolicy != nil {
		p.refuse(id, id+".UpdatePolicy", "the embedded sandbox has no update policies")
	}
	for _, name := range []string{"Connectors", "IgnoreGlobals"} {
		if _, ok := res.Extra[name]; ok {
			p.refuse(id, id+"."+name, "needs a macro, which the embedded sandbox does not run")
		}
	}
	for attribute, policy := range map[string]string{"DeletionPolicy": res.DeletionPolicy, "UpdateReplacePolicy": res.UpdateReplacePolicy} {
		if !slices.Contains([]string{"", "Delete", "Retain", "RetainExceptOnCreate"}, policy) {
			p.refuse(id, id+"."+attribute, "the embedded sandbox cannot %s", strings.ToLower(policy))
		}
	}
	supported := slices.Concat(rt.Properties, rt.Ignored)
	for _, name := range unsupported("", props, supported) {
		p.refuse(id, id+".Properties."+name, "the property %s is not simulated", name)
	}
	if rt.Check == nil {
		return
	}
	if err := rt.Check(props); err != nil {
		f := fault.As(err)
		path := ""
		if f.Where != "" {
			path = id + ".Properties." + f.Where
		}
		p.refuse(id, path, "%s", f.Message)
	}
}

// unsupported lists the paths of properties that are not listed. A listed "A" covers all below A; "A.B" alone covers
// only that part of A, and of each element where A is a list.
func unsupported(prefix string, v any, listed []string) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for _, k := range sortedKeys(v) {
			path := strings.TrimPrefix(prefix+"."+k, ".")
			switch {
			case slices.Contains(listed, path):
			case slices.ContainsFunc(listed, func(l string) bool { return strings.HasPrefix(l, path+".") }):
				out = append(out, unsupported(path, v[k], listed)...)
			default:
				out = append(out, path)
			}
		}
	case []any:
		for _, item := range v {
			for _, path := range unsupported(prefix, item, listed) {
				if !slices.Contains(out, path) {
					out = append(out, path)
				}
			}
		}
	}
	return out
}

// refused is the error that Apply answers for a plan with refusals.
func refused(findings []fault.Finding) error {
	var lines []string
	for _, f := range findings {
		lines = append(lines, f.Message)
	}
	return fault.New(fault.Unsupported, "the embedded sandbox cannot do all of this: %s", strings.Join(lines, "; ")).At(findings[0].Node).
		Try("leave it out, or deploy to an AWS account")
}
