package fault

import "cmp"

// Severity orders findings. Errors block generation, the others do not.
type Severity string

// The three severities.
const (
	Blocking Severity = "error"
	Warning  Severity = "warning"
	Note     Severity = "note"
)

// Finding is a remark about a drawing: bound to a node or an edge, and to a field of it where that helps.
type Finding struct {
	Rule     string   `json:"rule"` // stable id, for instance "loop" or "queue-visibility"
	Severity Severity `json:"severity" enum:"error,warning,note"`
	Node     string   `json:"node,omitempty"`   // node or edge id
	Field    string   `json:"field,omitempty"`  // field name in props
	Message  string   `json:"message"`          // what is wrong and why
	Hint     string   `json:"hint,omitempty"`   // what to do
	Source   string   `json:"source,omitempty"` // where the rule comes from, an https address
}

// Compare orders findings: by severity, then node, field, rule, message.
func Compare(a, b Finding) int {
	rank := func(s Severity) int {
		return map[Severity]int{Blocking: 0, Warning: 1}[s] + map[Severity]int{Note: 2}[s]
	}
	return cmp.Or(cmp.Compare(rank(a.Severity), rank(b.Severity)), cmp.Compare(a.Node, b.Node),
		cmp.Compare(a.Field, b.Field), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
}
