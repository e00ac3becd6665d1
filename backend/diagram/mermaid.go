package diagram

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
)

// Mermaid prints a scene as a flow chart: nodes, groups, notes, wires. Ids are our own, so that no name can be syntax.
// https://mermaid.js.org/syntax/flowchart.html
func Mermaid(s Scene) string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	ids := map[string]string{}
	inside := map[string][]Item{}
	groups := map[string]bool{}
	for _, items := range [][]Item{s.Groups, s.Boxes, s.Notes} {
		for _, it := range items {
			ids[it.ID] = fmt.Sprintf("n%d", len(ids)+1)
			inside[it.Parent] = append(inside[it.Parent], it)
		}
	}
	for _, g := range s.Groups {
		groups[g.ID] = true
	}
	notes := map[string]bool{}
	for _, n := range s.Notes {
		notes[n.ID] = true
	}
	var within func(parent, indent string)
	within = func(parent, indent string) {
		for _, it := range inside[parent] {
			id := ids[it.ID]
			switch {
			case groups[it.ID]:
				fmt.Fprintf(&b, "%ssubgraph %s[%s]\n", indent, id, mermaidText(it.Name))
				within(it.ID, indent+"  ")
				b.WriteString(indent + "end\n")
			case notes[it.ID]:
				fmt.Fprintf(&b, "%s%s>%s]\n", indent, id, mermaidText(it.Text))
			default:
				fmt.Fprintf(&b, "%s%s[%s]\n", indent, id, mermaidText(it.Name+" · "+it.Title))
			}
		}
	}
	within("", "  ")
	for _, w := range s.Wires {
		fmt.Fprintf(&b, "  %s -->|%s| %s\n", ids[w.From], mermaidText(w.Label), ids[w.To])
	}
	return b.String()
}

// mermaidText quotes a text: what is not a letter, a digit or harmless becomes a numbered entity, which Mermaid turns back.
// https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range cmp.Or(plain(s), " ") {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" ·,-", r) || r > 0x2fff {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return `"` + b.String() + `"`
}
