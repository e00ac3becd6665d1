package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/design"
	"airloom/backend/diagram"
	"airloom/backend/fault"
	"airloom/backend/generate"
	"airloom/backend/kind"
)

// document describes a drawing (or the part of it that is exported) in words: what is there, what wires grant, who may do
// what, what is deployed, what is wrong.
func (s *Session) document(d design.Design) (diagram.Document, error) {
	b, err := s.Preview()
	if err != nil {
		return diagram.Document{}, err
	}
	text, _ := d.Settings["description"].Value.(string)
	doc := diagram.Document{Description: text}
	for _, id := range d.NodeIDs() {
		n := d.Nodes[id]
		sp, known := s.app.deps.Shelf.Spec(n.Kind)
		if known && sp.Shape != kind.Box {
			continue
		}
		doc.Nodes = append(doc.Nodes, diagram.Entry{Name: n.Name, Title: cmp.Or(sp.Title, n.Kind), Group: d.Nodes[n.Parent].Name, Settings: settings(sp, n.Props)})
	}
	slices.SortStableFunc(doc.Nodes, func(a, b diagram.Entry) int { return strings.Compare(a.Name, b.Name) })
	for _, id := range d.EdgeIDs() {
		w, err := s.wired(d, d.Edges[id])
		if err != nil {
			return doc, err
		}
		doc.Wires = append(doc.Wires, w)
	}
	for _, id := range sorted(b.Template.Resources) {
		r, from := b.Template.Resources[id], b.Trace[id]
		name, inside := origin(d, from)
		if !inside {
			continue
		}
		doc.Resources = append(doc.Resources, diagram.Resource{LogicalID: id, Type: r.Type, From: name})
		if r.Type == "AWS::IAM::Role" {
			doc.Roles = append(doc.Roles, diagram.Role{LogicalID: id, Node: name, Grants: granted(newStatements(name, cfn.Resource{}, r))})
		}
	}
	for _, f := range b.Findings {
		if name, inside := origin(d, design.ID(f.Node)); inside || f.Node == "" {
			f.Node = name
			doc.Findings = append(doc.Findings, f)
		}
	}
	return doc, nil
}

// origin names the node or the wire that something comes from, and tells whether it is in the drawing.
func origin(d design.Design, id design.ID) (string, bool) {
	if n, ok := d.Nodes[id]; ok {
		return cmp.Or(n.Name, string(id)), true
	}
	if e, ok := d.Edges[id]; ok {
		return d.Nodes[e.From.Node].Name + " → " + d.Nodes[e.To.Node].Name, true
	}
	return "", false
}

// wired describes a wire by what it adds to the template of its two ends. Logical ids follow from ids, so that they are those
// of the whole; and the work grows with the number of wires only.
func (s *Session) wired(d design.Design, e design.Edge) (diagram.Wired, error) {
	from, to := d.Nodes[e.From.Node], d.Nodes[e.To.Node]
	w := diagram.Wired{From: from.Name, To: to.Name, Means: diagram.Label(e)}
	small := design.New()
	small.Settings = d.Settings
	for _, n := range []design.Node{from, to} {
		n.Parent = ""
		small.Nodes[n.ID] = n
	}
	without, err := generate.Generate(small, s.app.deps.Shelf, generate.Settings{})
	if err != nil {
		return w, fault.Wrap(err, fault.Internal, "describing a wire").At(string(e.ID))
	}
	small.Edges[e.ID] = e
	with, err := generate.Generate(small, s.app.deps.Shelf, generate.Settings{})
	if err != nil {
		return w, fault.Wrap(err, fault.Internal, "describing a wire").At(string(e.ID))
	}
	for _, c := range cfn.Diff(without.Template, with.Template).Resources {
		if c.Kind != cfn.Added && c.Kind != cfn.Modified {
			continue
		}
		before, after := without.Template.Resources[c.LogicalID], with.Template.Resources[c.LogicalID]
		w.Grants = append(w.Grants, granted(newStatements(c.LogicalID, before, after))...)
		for _, v := range newVariables(c.LogicalID, before, after) {
			w.Variables = append(w.Variables, v.Name)
		}
	}
	return w, nil
}

func granted(list []DeltaStatement) []diagram.Grant {
	var out []diagram.Grant
	for _, st := range list {
		out = append(out, diagram.Grant{Actions: st.Actions, Resources: st.Resources})
	}
	return out
}

// settings are a node's own values in words, without those that are long or secret; where it has none, what its box says.
func settings(sp kind.Spec, props design.Props) []string {
	const longest = 60
	var out []string
	for _, f := range sp.Fields {
		v := props[f.Name]
		if v == nil || f.Sensitive {
			continue
		}
		text := ""
		switch v := v.(type) {
		case string:
			text = v
		case float64, bool:
			text = fmt.Sprint(v)
		case []any:
			text = plural(len(v), "value")
		case map[string]any:
			text = plural(len(v), "value")
		}
		if text == "" || len(text) > longest || strings.Contains(text, "\n") || f.Type == kind.Code {
			continue
		}
		if f.Unit != "" {
			text += " " + f.Unit
		}
		out = append(out, f.Title+": "+text)
	}
	if text := diagram.Summary(sp, props); len(out) == 0 && text != "" {
		out = append(out, text)
	}
	return out
}
