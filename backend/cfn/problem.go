package cfn

import (
	"airloom/backend/fault"
)

// Problem is something in a template that CloudFormation would refuse or misread. Whoever knows the trace turns it into a
// finding of a node.
type Problem struct {
	Rule      string // stable id
	LogicalID string // the resource, "" where it concerns another section
	Path      string // "Orders.Properties.TableName"
	Message   string
	Source    string // the page that states the rule
	Severity  fault.Severity
}

// Finding gives the problem as a finding of a node.
func (p Problem) Finding(node string) fault.Finding {
	message := p.Message
	if p.Path != "" {
		message = p.Path + ": " + message
	}
	return fault.Finding{Rule: p.Rule, Severity: p.Severity, Node: node, Message: message, Source: p.Source}
}

// sections visits every value of a template with the path it stands at and the logical id of its resource, in order.
func (t Template) sections(visit func(logicalID, path string, v any)) {
	visit("", "Description", t.Description)
	visit("", "Metadata", anyMap(t.Metadata))
	for _, id := range sorted(t.Parameters) {
		p := t.Parameters[id]
		visit("", "Parameters."+id, map[string]any{"Default": p.Default, "Description": p.Description, "AllowedValues": p.AllowedValues, "Extra": anyMap(p.Extra)})
	}
	visit("", "Mappings", anyMap(t.Mappings))
	visit("", "Conditions", anyMap(t.Conditions))
	visit("", "Rules", anyMap(t.Rules))
	for _, id := range sorted(t.Resources) {
		r := t.Resources[id]
		visit(id, id+".Metadata", anyMap(r.Metadata))
		visit(id, id+".CreationPolicy", r.CreationPolicy)
		visit(id, id+".UpdatePolicy", r.UpdatePolicy)
		visit(id, id+".Properties", anyMap(r.Properties))
	}
	for _, id := range sorted(t.Outputs) {
		o := t.Outputs[id]
		visit("", "Outputs."+id+".Description", o.Description)
		visit("", "Outputs."+id+".Value", o.Value)
		visit("", "Outputs."+id+".Export.Name", o.Export)
	}
}

func anyMap(m map[string]any) any {
	if m == nil {
		return nil
	}
	return m
}
