package cfn

import (
	"slices"
	"strings"

	"airloom/backend/fault"
)

// Graph holds, for each resource, the resources that must exist before it, sorted.
type Graph map[string][]string

// Dependencies gives the graph of a template: what Ref, Fn::GetAtt, Fn::Sub and DependsOn name. With the values of the
// conditions, resources that are left out are left out here, and Fn::If counts only the chosen branch; with nil all do.
func Dependencies(t Template, conditions map[string]bool) Graph {
	g := make(Graph, len(t.Resources))
	for _, id := range sorted(t.Resources) {
		r := t.Resources[id]
		if r.Excluded(conditions) {
			continue
		}
		var deps []string
		add := func(name string) {
			if o, ok := t.Resources[name]; ok && name != id && !o.Excluded(conditions) && !slices.Contains(deps, name) {
				deps = append(deps, name)
			}
		}
		for _, d := range r.DependsOn {
			add(d)
		}
		references(r.Properties, conditions, add)
		references(r.Metadata, conditions, add)
		slices.Sort(deps)
		g[id] = deps
	}
	return g
}

// Excluded tells whether the resource's condition is false.
func (r Resource) Excluded(conditions map[string]bool) bool {
	return conditions != nil && r.Condition != "" && !conditions[r.Condition]
}

// References gives the names that a value refers to, sorted: resources, parameters and pseudo parameters.
func References(v any) []string {
	var names []string
	references(v, nil, func(name string) { names = append(names, name) })
	slices.Sort(names)
	return slices.Compact(names)
}

func references(v any, conditions map[string]bool, add func(string)) {
	switch v := v.(type) {
	case map[string]any:
		for _, item := range v {
			references(item, conditions, add)
		}
	case []any:
		for _, item := range v {
			references(item, conditions, add)
		}
	case Fn:
		switch v.Name {
		case "Ref":
			if name, ok := v.Arg.(string); ok {
				add(name)
			}
			return
		case "Fn::GetAtt":
			if l, ok := v.Arg.([]any); ok && len(l) == 2 {
				if name, ok := l[0].(string); ok {
					add(name)
				}
				references(l[1], conditions, add)
			}
			return
		case "Fn::Sub":
			text, vars := subArgs(v.Arg)
			for _, p := range splitSub(text) {
				if _, own := vars[p.text]; p.name && !own {
					name, _, _ := strings.Cut(p.text, ".")
					add(name)
				}
			}
			references(vars, conditions, add)
			return
		case "Fn::If":
			if l, ok := v.Arg.([]any); ok && len(l) == 3 && conditions != nil {
				if name, ok := l[0].(string); ok {
					if conditions[name] {
						references(l[1], conditions, add)
					} else {
						references(l[2], conditions, add)
					}
					return
				}
			}
		}
		references(v.Arg, conditions, add)
	}
}

// subArgs gives the text and the variables of Fn::Sub in both of its forms.
func subArgs(arg any) (text string, vars map[string]any) {
	switch a := arg.(type) {
	case string:
		return a, nil
	case []any:
		if len(a) > 0 {
			text, _ = a[0].(string)
		}
		if len(a) > 1 {
			vars, _ = a[1].(map[string]any)
		}
	}
	return text, vars
}

// Order sorts a graph: what others need comes first, alphabetically else. A cycle is a fault.Invalid that names it.
func Order(g Graph) ([]string, error) {
	const (
		open = 1
		done = 2
	)
	state := make(map[string]int, len(g))
	order := make([]string, 0, len(g))
	var stack []string
	var visit func(id string) error
	visit = func(id string) error {
		switch state[id] {
		case done:
			return nil
		case open:
			cycle := append(slices.Clone(stack[slices.Index(stack, id):]), id)
			return fault.New(fault.Invalid, "the resources need one another in a circle: %s", strings.Join(cycle, " → ")).At(id).
				Try("remove one of these references, or move it into a resource of its own")
		}
		state[id] = open
		stack = append(stack, id)
		for _, d := range g[id] {
			if err := visit(d); err != nil {
				return err
			}
		}
		stack = stack[:len(stack)-1]
		state[id] = done
		order = append(order, id)
		return nil
	}
	for _, id := range sorted(g) {
		if err := visit(id); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// Unresolved names every reference to what the template does not have: resources, parameters, conditions, mappings.
func Unresolved(t Template) []Problem {
	const source = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html"
	var out []Problem
	miss := func(id, path, format, name string) {
		out = append(out, Problem{"reference", id, path, strings.Replace(format, "%", name, 1), source, fault.Blocking})
	}
	known := func(name string) bool {
		_, resource := t.Resources[name]
		_, parameter := t.Parameters[name]
		return resource || parameter || strings.HasPrefix(name, "AWS::")
	}
	condition := func(id string, at trail, name string) {
		if _, ok := t.Conditions[name]; name != "" && !ok {
			miss(id, at.String(), "the template has no condition %", name)
		}
	}
	for _, id := range sorted(t.Resources) {
		r := t.Resources[id]
		condition(id, trail{id, "Condition"}, r.Condition)
		for _, d := range r.DependsOn {
			if _, ok := t.Resources[d]; !ok {
				miss(id, id+".DependsOn", "the template has no resource %", d)
			}
		}
	}
	for _, id := range sorted(t.Outputs) {
		condition("", trail{"Outputs", id, "Condition"}, t.Outputs[id].Condition)
	}
	t.sections(func(id, path string, v any) {
		if v == nil || path == "Rules" || path == "Metadata" {
			return
		}
		top := trail{path}
		walk(&top, v, func(at *trail, v any) bool {
			fn, ok := v.(Fn)
			if !ok {
				return true
			}
			l, _ := fn.Arg.([]any)
			switch fn.Name {
			case "Ref", "Fn::GetAtt", "Fn::Sub":
				direct := fn
				if fn.Name == "Fn::Sub" { // its variables are visited on their own
					text, vars := subArgs(fn.Arg)
					names := map[string]any{}
					for k := range vars {
						names[k] = ""
					}
					direct = Fn{"Fn::Sub", []any{text, names}}
				}
				for _, name := range References(direct) {
					if !known(name) {
						miss(id, at.String(), "the template has no resource or parameter %", name)
					}
				}
			case "Condition":
				name, _ := fn.Arg.(string)
				condition(id, *at, name)
			case "Fn::If":
				if len(l) > 0 {
					name, _ := l[0].(string)
					condition(id, *at, name)
				}
			case "Fn::FindInMap":
				if len(l) > 0 {
					if name, ok := l[0].(string); ok && t.Mappings[name] == nil && len(l) < 4 {
						miss(id, at.String(), "the template has no mapping %", name)
					}
				}
			}
			return true
		})
	})
	return out
}
