package design

import (
	"strconv"
	"strings"
)

const maxSlug = 40

// NewNodeID makes an id for a node of this name: readable, free, and unique also in the form that logical ids take
// (without dashes, whatever the case). A name without Latin letters falls back to the noun. The TypeScript replica
// follows the same rules.
func NewNodeID(d Design, name, noun string) ID {
	taken := make(map[string]bool, len(d.Nodes))
	for id := range d.Nodes {
		taken[strings.ReplaceAll(string(id), "-", "")] = true
	}
	base := slug(name)
	if base == "" {
		base = slug(noun)
	}
	if base == "" {
		base = "node"
	}
	id := base
	for n := 2; taken[strings.ReplaceAll(id, "-", "")]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	return ID(id)
}

// NewEdgeID makes an id for a wire between two nodes.
func NewEdgeID(d Design, from, to ID) ID {
	base := string(from) + "-to-" + string(to)
	id := base
	for n := 2; has(d.Edges, ID(id)); n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	return ID(id)
}

// slug keeps letters and digits of ASCII, lower-case, and joins words with single dashes.
func slug(name string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(name) {
		letter := r >= 'a' && r <= 'z'
		if !letter && (r < '0' || r > '9' || b.Len() == 0) {
			dash = b.Len() > 0
			continue
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteRune(r)
	}
	s := b.String()
	if len(s) > maxSlug {
		s = strings.TrimRight(s[:maxSlug], "-")
	}
	return s
}
