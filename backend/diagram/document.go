package diagram

import (
	"fmt"
	"strings"

	"airloom/backend/fault"
)

// Document is what a written description of an architecture holds besides its picture.
type Document struct {
	Description string
	Nodes       []Entry // one a node, in the order of their names
	Wires       []Wired
	Roles       []Role
	Resources   []Resource
	Findings    []fault.Finding
}

// Entry is a node with its settings that differ from the defaults or say most.
type Entry struct {
	Name, Title, Group string
	Settings           []string
}

// Wired is a wire and what it grants.
type Wired struct {
	From, To, Means string
	Grants          []Grant
	Variables       []string
}

// Grant is a permission: what may be done, and to what.
type Grant struct{ Actions, Resources []string }

// Role is who may do what.
type Role struct {
	LogicalID, Node string
	Grants          []Grant
}

// Resource is a part of the template, and the node or wire that it comes from.
type Resource struct{ LogicalID, Type, From string }

// Markdown writes a document about the drawing of a scene. Its picture is a Mermaid block: repositories and editors show it,
// and the file needs no other. All words of the design are escaped, so that they are words and nothing else.
// https://spec.commonmark.org/0.31.2/#backslash-escapes
func (doc Document) Markdown(s Scene) string {
	var b strings.Builder
	f := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	f("# %s\n", word(s.Name))
	if doc.Description != "" {
		f("\n%s\n", word(doc.Description))
	}
	f("\n```mermaid\n%s```\n", Mermaid(s))
	table(&b, "Nodes", []string{"Name", "Kind", "Group", "Settings"}, len(doc.Nodes), func(i int) []string {
		e := doc.Nodes[i]
		return []string{word(e.Name), word(e.Title), word(e.Group), words(e.Settings)}
	})
	table(&b, "Wires", []string{"From", "To", "Means", "Grants", "Variables"}, len(doc.Wires), func(i int) []string {
		w := doc.Wires[i]
		return []string{word(w.From), word(w.To), word(w.Means), grants(w.Grants), words(w.Variables)}
	})
	table(&b, "Permissions", []string{"Role", "Of", "May"}, len(doc.Roles), func(i int) []string {
		r := doc.Roles[i]
		return []string{word(r.LogicalID), word(r.Node), grants(r.Grants)}
	})
	table(&b, "Resources", []string{"Logical id", "Type", "From"}, len(doc.Resources), func(i int) []string {
		r := doc.Resources[i]
		return []string{word(r.LogicalID), word(r.Type), word(r.From)}
	})
	table(&b, "Findings", []string{"Severity", "At", "What", "What to do"}, len(doc.Findings), func(i int) []string {
		x := doc.Findings[i]
		return []string{word(string(x.Severity)), word(x.Node), word(x.Message), word(x.Hint)}
	})
	return b.String()
}

func table(b *strings.Builder, title string, head []string, n int, row func(int) []string) {
	fmt.Fprintf(b, "\n## %s\n\n", title)
	if n == 0 {
		b.WriteString("None.\n")
		return
	}
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(head)
	b.WriteString("|" + strings.Repeat(" --- |", len(head)) + "\n")
	for i := range n {
		line(row(i))
	}
}

func grants(gs []Grant) string {
	var out []string
	for _, g := range gs {
		out = append(out, words(g.Actions)+" on "+words(g.Resources))
	}
	return strings.Join(out, "; ")
}

func words(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = word(s)
	}
	return strings.Join(out, ", ")
}

// word escapes what Markdown would read as more than words: punctuation with a meaning, addresses, line breaks.
func word(s string) string {
	var b strings.Builder
	for _, r := range plain(s) {
		if strings.ContainsRune("\\`*_[]<>#|&~$@!", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	// Whatever the case of its letters, an address is one only with these.
	return strings.NewReplacer("://", `\://`, "www.", `www\.`, "WWW.", `WWW\.`, "Www.", `Www\.`).Replace(b.String())
}
