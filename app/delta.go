package app

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/generate"
)

// Delta is what a record adds to the template.
type Delta struct {
	Resources  []DeltaResource  `json:"resources"`
	Statements []DeltaStatement `json:"statements"`
	Variables  []DeltaVariable  `json:"variables"`
	Text       string           `json:"text"` // the added part as template JSON
}

// DeltaResource is one resource that is there because of the record, or that it changes.
type DeltaResource struct {
	LogicalID string `json:"logicalId"`
	Type      string `json:"type"`
	Action    string `json:"action" enum:"add,update"`
	// Paths are the properties that it changes in a resource of somebody else's.
	Paths []string `json:"paths,omitempty"`
}

// DeltaStatement is a permission that is there because of the record. On names the node that has it.
type DeltaStatement struct {
	On        string   `json:"on"`
	Actions   []string `json:"actions"`
	Resources []string `json:"resources"`
}

// DeltaVariable is an environment variable that is there because of the record.
type DeltaVariable struct {
	On    string `json:"on"`
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Delta compares the template with the one that the drawing would give without the record.
func (s *Session) Delta(id design.ID) (Delta, error) {
	with, err := s.Preview()
	if err != nil {
		return Delta{}, err
	}
	d := s.project.Design()
	_, isNode := d.Nodes[id]
	if _, isEdge := d.Edges[id]; !isNode && !isEdge {
		return Delta{}, fault.New(fault.NotFound, "there is no node and no wire %q", id)
	}
	names := d.Nodes
	d.Nodes, d.Edges = maps.Clone(d.Nodes), maps.Clone(d.Edges)
	delete(d.Nodes, id)
	maps.DeleteFunc(d.Edges, func(k design.ID, e design.Edge) bool { return k == id || e.From.Node == id || e.To.Node == id })
	without, err := generate.Generate(d, s.app.deps.Shelf, generate.Settings{})
	if err != nil {
		return Delta{}, err
	}
	out := Delta{Resources: []DeltaResource{}, Statements: []DeltaStatement{}, Variables: []DeltaVariable{}}
	added := cfn.Template{Resources: map[string]cfn.Resource{}}
	for _, c := range cfn.Diff(without.Template, with.Template).Resources {
		switch c.Kind {
		case cfn.Added:
			out.Resources = append(out.Resources, DeltaResource{LogicalID: c.LogicalID, Type: c.Type, Action: "add"})
		case cfn.Modified:
			out.Resources = append(out.Resources, DeltaResource{LogicalID: c.LogicalID, Type: c.Type, Action: "update", Paths: append(c.Properties, c.Attributes...)})
		default:
			continue
		}
		before, after := without.Template.Resources[c.LogicalID], with.Template.Resources[c.LogicalID]
		added.Resources[c.LogicalID] = after
		on := cmp.Or(names[with.Trace[c.LogicalID]].Name, c.LogicalID)
		out.Statements = append(out.Statements, newStatements(on, before, after)...)
		out.Variables = append(out.Variables, newVariables(on, before, after)...)
	}
	slices.SortFunc(out.Resources, func(a, b DeltaResource) int {
		return cmp.Or(strings.Compare(a.Action, b.Action), strings.Compare(a.LogicalID, b.LogicalID))
	})
	out.Text = string(cfn.PrintJSON(added))
	return out, nil
}

// newStatements are the permissions of a resource's policies that it did not have before: whole statements, or the new
// actions of one.
func newStatements(on string, before, after cfn.Resource) []DeltaStatement {
	had := map[string][]string{}
	for _, st := range statements(before.Properties) {
		had[scope(st)] = append(had[scope(st)], texts(st["Action"])...)
	}
	var out []DeltaStatement
	for _, st := range statements(after.Properties) {
		fresh := slices.DeleteFunc(texts(st["Action"]), func(a string) bool { return slices.Contains(had[scope(st)], a) })
		if len(fresh) > 0 {
			out = append(out, DeltaStatement{on, fresh, texts(st["Resource"])})
		}
	}
	return out
}

// statements finds those of all policy documents within a value. Who may assume a role is no permission of the role.
func statements(v any) []map[string]any {
	var out []map[string]any
	switch v := v.(type) {
	case map[string]any:
		for _, name := range sorted(v) {
			if name == "PolicyDocument" {
				document, _ := v[name].(map[string]any)
				list, _ := document["Statement"].([]any)
				for _, st := range list {
					if st, ok := st.(map[string]any); ok {
						out = append(out, st)
					}
				}
				continue
			}
			out = append(out, statements(v[name])...)
		}
	case []any:
		for _, x := range v {
			out = append(out, statements(x)...)
		}
	}
	return out
}

// scope is a statement without its actions.
func scope(st map[string]any) string {
	rest := maps.Clone(st)
	delete(rest, "Action")
	delete(rest, "Sid")
	return string(cfn.PrintValue(rest))
}

// newVariables are the environment variables that a resource did not have before.
func newVariables(on string, before, after cfn.Resource) []DeltaVariable {
	had, now := variables(before), variables(after)
	var out []DeltaVariable
	for _, name := range sorted(now) {
		if value := said(now[name]); had[name] == nil || said(had[name]) != value {
			out = append(out, DeltaVariable{on, name, value})
		}
	}
	return out
}

func variables(r cfn.Resource) map[string]any {
	environment, _ := r.Properties["Environment"].(map[string]any)
	vars, _ := environment["Variables"].(map[string]any)
	return vars
}

// texts are the elements of a list, or the one value, in words.
func texts(v any) []string {
	out := []string{}
	switch v := v.(type) {
	case nil:
	case []any:
		for _, x := range v {
			out = append(out, said(x))
		}
	default:
		out = append(out, said(v))
	}
	return out
}

// said is a template value in words: a reference by the name of what it refers to, anything else as it is printed.
func said(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case cfn.Fn:
		switch arg := v.Arg.(type) {
		case string:
			if v.Name == "Ref" {
				return arg
			}
		case []any:
			if v.Name == "Fn::GetAtt" {
				return strings.Join(texts(arg), ".")
			}
			if parts, ok := second(arg); ok && v.Name == "Fn::Join" {
				return strings.Join(texts(parts), said(arg[0]))
			}
		}
	}
	return string(cfn.PrintValue(v))
}

func second(list []any) (any, bool) {
	if len(list) != 2 {
		return nil, false
	}
	return list[1], true
}
