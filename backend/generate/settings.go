package generate

import (
	"encoding/json"
	"maps"
	"slices"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/fault"
)

// sections are the settings that become sections of the template, as an import has brought them.
var sections = []struct {
	setting design.ID
	section string
}{{"conditions", "Conditions"}, {"description", "Description"}, {"mappings", "Mappings"}, {"metadata", "Metadata"}, {"outputs", "Outputs"}, {"parameters", "Parameters"}}

// addSettings puts the drawing's own sections into the template, read as a template is read. What the drawing generates under
// the same name stays, and the clash is said.
func addSettings(t *cfn.Template, d design.Design) []fault.Finding {
	var out []fault.Finding
	blocked := func(setting design.ID, hint, message string) {
		out = append(out, fault.Finding{Rule: "settings", Severity: fault.Blocking, Node: string(setting), Message: message, Hint: hint})
	}
	for _, s := range sections {
		v := d.Settings[s.setting].Value
		if v == nil {
			continue
		}
		text, err := json.Marshal(map[string]any{s.section: v, "Resources": map[string]any{}})
		if err != nil {
			blocked(s.setting, "write it as in a template", err.Error())
			continue
		}
		from, err := cfn.Parse(text)
		if err != nil {
			blocked(s.setting, "write it as in a template", err.Error())
			continue
		}
		if t.Description == "" {
			t.Description = from.Description
		}
		for _, name := range slices.Concat(add(&t.Parameters, from.Parameters), add(&t.Outputs, from.Outputs), add(&t.Conditions, from.Conditions),
			add(&t.Mappings, from.Mappings), add(&t.Metadata, from.Metadata)) {
			blocked(s.setting, "rename it", "the name "+name+" in the template's "+string(s.setting)+" is taken by what the drawing generates")
		}
	}
	return out
}

// add copies what is not there yet, and names the rest.
func add[V any](into *map[string]V, from map[string]V) (taken []string) {
	for _, name := range slices.Sorted(maps.Keys(from)) {
		if _, ok := (*into)[name]; ok {
			taken = append(taken, name)
			continue
		}
		if *into == nil {
			*into = map[string]V{}
		}
		(*into)[name] = from[name]
	}
	return taken
}
