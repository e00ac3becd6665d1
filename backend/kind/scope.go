package kind

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/fault"
)

// Scope is one node's view of the template under construction: it names resources after the node, traces them to it,
// and collects what joins add to the node (statements of its role, variables).
type Scope struct {
	Node design.Node
	Spec Spec
	b    *Builder
	// base is the logical id of the node's primary resource.
	base       string
	statements []Statement
	variables  map[string]any
}

// Logical is a logical id of this node: the node's own for "", else with the suffix appended. It is derived from the
// node's id, so it is stable when the node is renamed.
func (s *Scope) Logical(suffix string) string { return s.b.logical(s.base, suffix) }

// Add puts a resource into the template, traced to the node, and returns its logical id.
func (s *Scope) Add(suffix string, r Resource) string {
	return s.b.add(s.Logical(suffix), r, s.Node.ID)
}

// AddStateful adds a resource that holds data, which stays when its node goes if the field "keep" says so.
func (s *Scope) AddStateful(suffix string, r Resource) string {
	r.DeletionPolicy = "Delete"
	if s.Flag("keep") {
		r.DeletionPolicy = "Retain"
	}
	r.UpdateReplacePolicy = r.DeletionPolicy
	return s.Add(suffix, r)
}

// Resource is a resource that the node added earlier, to be amended in place; nil where it added none.
func (s *Scope) Resource(suffix string) *Resource { return s.b.resources[s.Logical(suffix)] }

// Output adds a stack output named after the node.
func (s *Scope) Output(suffix, description string, value any) string {
	name := s.Logical(suffix)
	s.b.outputs[name] = cfn.Output{Description: description, Value: value}
	s.b.trace[name] = s.Node.ID
	return name
}

// Allow adds statements to the node's role.
func (s *Scope) Allow(sts ...Statement) { s.statements = append(s.statements, sts...) }

// Statements are those allowed so far, merged and sorted.
func (s *Scope) Statements() []Statement { return MergeStatements(s.statements) }

// SetVariable gives the node a variable; a second value for one name is an error naming the node.
func (s *Scope) SetVariable(name string, value any) error {
	if old, ok := s.variables[name]; ok && !sameValue(old, value) {
		return fault.New(fault.Conflict, "two wires set the variable %s to different values", name).At(string(s.Node.ID)).
			Try("give one of the wires another variable name")
	}
	s.variables[name] = value
	return nil
}

// Variables are the variables set so far.
func (s *Scope) Variables() map[string]any { return maps.Clone(s.variables) }

// Code declares the node's unit of code and gives the template values of where its zip will lie.
func (s *Scope) Code(u Unit) (bucket, key any) {
	u.Node = s.Node.ID
	s.b.units = append(s.b.units, u)
	return cfn.Ref(ArtifactBucket), s.b.artifactKey(u)
}

// Publish declares a site of static files.
func (s *Scope) Publish(site Site) { site.Node = s.Node.ID; s.b.sites = append(s.b.sites, site) }

// Find adds a finding about the node.
func (s *Scope) Find(sev fault.Severity, rule, field, hint, format string, args ...any) {
	s.b.findings = append(s.b.findings, fault.Finding{Rule: rule, Severity: sev, Node: string(s.Node.ID), Field: field, Hint: hint,
		Message: fault.New("", format, args...).Message})
}

// Value is a property of the node, its field's default where it is absent, nil where there is neither.
func (s *Scope) Value(field string) any { return valueOf(s.Node.Props, s.Spec.Fields, field) }

// String is Value as text, "" where it is not text.
func (s *Scope) String(field string) string { v, _ := s.Value(field).(string); return v }

// Number is Value as a number, 0 where it is none.
func (s *Scope) Number(field string) float64 { return number(s.Value(field)) }

// Whole gives a number as templates hold it: an int where it is one.
func Whole(f float64) any {
	if n := int(f); float64(n) == f {
		return n
	}
	return f
}

// Flag is Value as a truth value.
func (s *Scope) Flag(field string) bool { v, _ := s.Value(field).(bool); return v }

// Strings is Value as a list of texts.
func (s *Scope) Strings(field string) []string { return stringsOf(s.Value(field)) }

// Rows is Value as a list of records.
func (s *Scope) Rows(field string) []map[string]any { return rowsOf(s.Value(field)) }

// Map is Value as a record. Where the field takes references, they are functions of the template.
func (s *Scope) Map(field string) map[string]any {
	v, _ := s.Value(field).(map[string]any)
	if slices.ContainsFunc(s.Spec.Fields, func(f Field) bool { return f.Name == field && f.References }) {
		return resolved(v)
	}
	return v
}

// VariablePrefix is the node's part of a variable's name: "order-items" gives "ORDER_ITEMS".
func (s *Scope) VariablePrefix() string {
	return strings.ToUpper(strings.ReplaceAll(string(s.Node.ID), "-", "_"))
}

func valueOf(props design.Props, fields []Field, name string) any {
	if v, ok := props[name]; ok && v != nil {
		return v
	}
	for _, f := range fields {
		if f.Name == name {
			return f.Default
		}
	}
	return nil
}

func number(v any) float64 {
	switch n := v.(type) {
	case float64:
		return n
	case int:
		return float64(n)
	}
	return 0
}

func stringsOf(v any) []string {
	switch l := v.(type) {
	case []string:
		return l
	case []any:
		var out []string
		for _, e := range l {
			if t, ok := e.(string); ok {
				out = append(out, t)
			}
		}
		return out
	}
	return nil
}

func rowsOf(v any) []map[string]any {
	l, _ := v.([]any)
	var out []map[string]any
	for _, e := range l {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// MergeStatements folds statements with the same resources and condition into one, sorted, so that the same wires give
// the same policy.
func MergeStatements(in []Statement) []Statement {
	byKey := map[string]Statement{}
	for _, st := range in {
		k := keyOf(st.Resources) + keyOf(st.Condition)
		m := byKey[k]
		m.Resources, m.Condition = st.Resources, st.Condition
		m.Actions = append(slices.Clone(m.Actions), st.Actions...)
		byKey[k] = m
	}
	var out []Statement
	for _, k := range slices.Sorted(maps.Keys(byKey)) {
		st := byKey[k]
		slices.Sort(st.Actions)
		st.Actions = slices.Compact(st.Actions)
		out = append(out, st)
	}
	slices.SortStableFunc(out, func(a, b Statement) int {
		return cmp.Or(cmp.Compare(a.Actions[0], b.Actions[0]), cmp.Compare(keyOf(a.Resources), keyOf(b.Resources)))
	})
	return out
}

// Policy prints statements as a policy document.
func Policy(sts []Statement) map[string]any {
	var list []any
	for _, st := range sts {
		m := map[string]any{"Effect": "Allow", "Action": anys(st.Actions), "Resource": st.Resources}
		if len(st.Condition) > 0 {
			m["Condition"] = st.Condition
		}
		list = append(list, m)
	}
	return map[string]any{"Version": "2012-10-17", "Statement": list}
}

func anys(in []string) []any {
	out := make([]any, len(in))
	for i, s := range in {
		out[i] = s
	}
	return out
}

func keyOf(v any) string { b, _ := json.Marshal(v); return string(b) }

func sameValue(a, b any) bool { return keyOf(a) == keyOf(b) }

// WithDefaults are properties with the defaults of absent fields filled in.
func WithDefaults(p design.Props, fields []Field) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		if v := valueOf(p, fields, f.Name); v != nil {
			out[f.Name] = v
		}
	}
	for k, v := range p {
		out[k] = v
	}
	return out
}
