package kind

import (
	"airloom/backend/design"
	"airloom/backend/fault"
)

// Wire is one edge being joined: both nodes' scopes and kinds, and the edge's own properties. Resources that it adds are
// named after the edge and traced to it.
type Wire struct {
	Edge             design.Edge
	From, To         *Scope
	FromKind, ToKind Kind
	FromPort, ToPort Port
	b                *Builder
}

// NewWire binds an edge to its two nodes.
func NewWire(b *Builder, e design.Edge, from, to Kind, fromPort, toPort Port) *Wire {
	return &Wire{Edge: e, From: b.scopes[e.From.Node], To: b.scopes[e.To.Node], FromKind: from, ToKind: to,
		FromPort: fromPort, ToPort: toPort, b: b}
}

// Logical is a logical id named after the edge.
func (w *Wire) Logical(suffix string) string { return w.b.logical(Pascal(w.Edge.ID), suffix) }

// Add puts a resource into the template, traced to the edge, and returns its logical id.
func (w *Wire) Add(suffix string, r Resource) string {
	return w.b.add(w.Logical(suffix), r, w.Edge.ID)
}

// Resource is a resource that the wire added earlier, nil where it added none.
func (w *Wire) Resource(suffix string) *Resource { return w.b.resources[w.Logical(suffix)] }

// Value is a property of the edge, the default of the ports' field where it is absent.
func (w *Wire) Value(field string) any {
	if v := valueOf(w.Edge.Props, w.FromPort.Fields, field); v != nil {
		return v
	}
	return valueOf(w.Edge.Props, w.ToPort.Fields, field)
}

// String is Value as text.
func (w *Wire) String(field string) string { v, _ := w.Value(field).(string); return v }

// Number is Value as a number.
func (w *Wire) Number(field string) float64 { return number(w.Value(field)) }

// Flag is Value as a truth value.
func (w *Wire) Flag(field string) bool { v, _ := w.Value(field).(bool); return v }

// Strings is Value as a list of texts.
func (w *Wire) Strings(field string) []string { return stringsOf(w.Value(field)) }

// Find adds a finding about the edge.
func (w *Wire) Find(sev fault.Severity, rule, field, hint, format string, args ...any) {
	w.b.findings = append(w.b.findings, fault.Finding{Rule: rule, Severity: sev, Node: string(w.Edge.ID), Field: field, Hint: hint,
		Message: fault.New("", format, args...).Message})
}

// cannot is the error of a kind that declares a port and lacks the protocol's side; the conformance test keeps it from
// ever being seen.
func (w *Wire) cannot(side string, k Kind) error {
	return fault.New(fault.Internal, "kind %s declares a port for %s and does not implement its %s side", k.Spec().ID, w.Edge.Protocol, side).At(string(w.Edge.ID))
}
