package cfn

import (
	"reflect"
	"slices"
	"strconv"
)

// Difference is what changed between two templates.
type Difference struct {
	Resources []ResourceChange // sorted by logical id; equal ones are left out
	Sections  []string         // other things that changed, sorted: "Parameters.Stage", "Outputs.URL", "Transform"
}

// ChangeKind is how a resource differs.
type ChangeKind string

// The kinds of change.
const (
	Added    ChangeKind = "added"
	Removed  ChangeKind = "removed"
	Modified ChangeKind = "modified"
)

// ResourceChange is one resource's difference.
type ResourceChange struct {
	LogicalID  string
	Type       string // the new one, the old one of a removed resource
	OldType    string // "" for an added resource
	Kind       ChangeKind
	Properties []string // changed property paths, as Paths gives them
	Attributes []string // changed attributes: "DependsOn", "DeletionPolicy" …
}

// Empty tells whether nothing changed.
func (d Difference) Empty() bool { return len(d.Resources) == 0 && len(d.Sections) == 0 }

// Diff compares two templates by value; the order of keys does not count, that of lists does.
func Diff(before, after Template) Difference {
	var d Difference
	for _, id := range unite(before.Resources, after.Resources) {
		a, was := before.Resources[id]
		b, is := after.Resources[id]
		switch {
		case !was:
			d.Resources = append(d.Resources, ResourceChange{LogicalID: id, Type: b.Type, Kind: Added})
		case !is:
			d.Resources = append(d.Resources, ResourceChange{LogicalID: id, Type: a.Type, OldType: a.Type, Kind: Removed})
		default:
			c := ResourceChange{LogicalID: id, Type: b.Type, OldType: a.Type, Kind: Modified, Properties: Paths(a.Properties, b.Properties), Attributes: attributes(a, b)}
			if len(c.Properties) > 0 || len(c.Attributes) > 0 || a.Type != b.Type {
				d.Resources = append(d.Resources, c)
			}
		}
	}
	text := func(name, a, b string) {
		if a != b {
			d.Sections = append(d.Sections, name)
		}
	}
	text("Description", before.Description, after.Description)
	d.Sections = append(d.Sections, changed("Parameters.", before.Parameters, after.Parameters)...)
	d.Sections = append(d.Sections, changed("Outputs.", before.Outputs, after.Outputs)...)
	d.Sections = append(d.Sections, changed("Conditions.", before.Conditions, after.Conditions)...)
	d.Sections = append(d.Sections, changed("Mappings.", before.Mappings, after.Mappings)...)
	d.Sections = append(d.Sections, changed("Metadata.", before.Metadata, after.Metadata)...)
	d.Sections = append(d.Sections, changed("Rules.", before.Rules, after.Rules)...)
	d.Sections = append(d.Sections, changed("", before.Extra, after.Extra)...)
	if !reflect.DeepEqual(before.Transform, after.Transform) {
		d.Sections = append(d.Sections, "Transform")
	}
	slices.Sort(d.Sections)
	return d
}

func changed[V any](prefix string, a, b map[string]V) []string {
	var out []string
	for _, k := range unite(a, b) {
		x, was := a[k]
		y, is := b[k]
		if was != is || !reflect.DeepEqual(x, y) {
			out = append(out, prefix+k)
		}
	}
	return out
}

func attributes(a, b Resource) []string {
	var out []string
	note := func(name string, same bool) {
		if !same {
			out = append(out, name)
		}
	}
	note("Condition", a.Condition == b.Condition)
	note("CreationPolicy", reflect.DeepEqual(a.CreationPolicy, b.CreationPolicy))
	note("DeletionPolicy", a.DeletionPolicy == b.DeletionPolicy)
	note("DependsOn", slices.Equal(sortedCopy(a.DependsOn), sortedCopy(b.DependsOn)))
	note("Metadata", len(Paths(a.Metadata, b.Metadata)) == 0)
	note("UpdatePolicy", reflect.DeepEqual(a.UpdatePolicy, b.UpdatePolicy))
	note("UpdateReplacePolicy", a.UpdateReplacePolicy == b.UpdateReplacePolicy)
	return append(out, changed("", a.Extra, b.Extra)...)
}

func sortedCopy(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

func unite[V any](a, b map[string]V) []string {
	keys := sorted(a)
	for k := range b {
		if _, ok := a[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// Paths gives the paths at which two maps of values differ, sorted: "Environment.Variables.TABLE", "Policies[0].PolicyName".
// It goes down to what differs; where only one side has a key, that key is the path.
func Paths(a, b map[string]any) []string {
	var out []string
	comparePaths(&trail{}, a, b, &out)
	slices.Sort(out)
	return out
}

func comparePaths(at *trail, a, b any, out *[]string) {
	switch x := a.(type) {
	case map[string]any:
		if y, ok := b.(map[string]any); ok {
			for _, k := range unite(x, y) {
				v, was := x[k]
				w, is := y[k]
				at.push(k)
				if was && is {
					comparePaths(at, v, w, out)
				} else {
					*out = append(*out, at.String())
				}
				at.pop()
			}
			return
		}
	case []any:
		if y, ok := b.([]any); ok && len(x) == len(y) {
			for i := range x {
				at.index(i)
				comparePaths(at, x[i], y[i], out)
				at.pop()
			}
			return
		}
	default:
		if reflect.DeepEqual(a, b) {
			return
		}
		if x, ok := scalarText(a); ok { // 30 and "30" are the same to CloudFormation
			if y, ok := scalarText(b); ok && x == y {
				return
			}
		}
	}
	*out = append(*out, at.String())
}

// Top is the top-level property of a path: "Environment" of "Environment.Variables.TABLE".
func Top(path string) string {
	for i := range len(path) {
		if path[i] == '.' || path[i] == '[' {
			return path[:i]
		}
	}
	return path
}

// At gives the value at a dotted path ("Environment.Variables.TABLE", "Policies.0.PolicyName"), false where there is none.
func At(v any, path ...string) (any, bool) {
	for _, p := range path {
		switch x := v.(type) {
		case map[string]any:
			next, ok := x[p]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(p)
			if err != nil || i < 0 || i >= len(x) {
				return nil, false
			}
			v = x[i]
		default:
			return nil, false
		}
	}
	return v, true
}
