package cfn

import (
	"fmt"
	"strconv"
	"strings"

	"airloom/backend/fault"
)

// The budget of one document. A template that CloudFormation accepts has at most 1 MB, so these leave room for
// everything real, and stop what only looks small (aliases count as often as they are used).
const (
	MaxBytes = 5 << 20
	MaxNodes = 100_000
	MaxDepth = 64
)

type nodeKind uint8

const (
	scalarNode nodeKind = iota
	listNode
	mapNode
)

// node is what both readers make: a tree without aliases, within the budget, that knows its lines.
type node struct {
	kind   nodeKind
	line   int
	tag    string   // YAML's short form without the "!", "" for none
	scalar any      // nil, bool, int, float64 or string
	text   string   // a tagged scalar as written
	keys   []string // of a map, in the order written
	items  []*node  // of a list, or a map's values
}

// get is a map's value under a key, nil where absent.
func (n *node) get(key string) *node {
	for i, k := range n.keys {
		if k == key {
			return n.items[i]
		}
	}
	return nil
}

func (n *node) what() string {
	switch {
	case n.tag != "":
		return "!" + n.tag
	case n.kind == mapNode:
		return "a map"
	case n.kind == listNode:
		return "a list"
	case n.scalar == nil:
		return "nothing"
	default:
		if s, ok := n.scalar.(string); ok {
			return "the text " + strconv.Quote(shorten(s))
		}
		return fmt.Sprint(n.scalar)
	}
}

func shorten(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "…"
	}
	return s
}

// trail is the path from the root to where a reader is; it is only joined to make an error.
type trail []string

func (t *trail) push(key string) { *t = append(*t, key) }
func (t *trail) index(i int)     { *t = append(*t, "["+strconv.Itoa(i)+"]") }
func (t *trail) pop()            { *t = (*t)[:len(*t)-1] }

func (t trail) String() string { return joinPath(t...) }

// joinPath writes a path: keys joined by dots, indices in brackets.
func joinPath(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 && p[0] != '[' {
			b.WriteByte('.')
		}
		b.WriteString(p)
	}
	return b.String()
}

// short is the path for an error about a text that may be hostile.
func (t trail) short() string {
	if s := t.String(); len(s) > 300 {
		return strings.ToValidUTF8(s[:300], "") + "…"
	}
	return t.String()
}

func (t trail) fail(line int, format string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, "line %d: %s", line, fmt.Sprintf(format, args...)).At(t.short())
}

// budget counts nodes and depth while reading.
type budget struct{ nodes, depth int }

func (b *budget) enter(line int, at *trail) error {
	b.depth++
	if b.depth > MaxDepth {
		return fault.New(fault.Limit, "line %d: nested more than %d levels deep", line, MaxDepth).At(at.short())
	}
	return nil
}

func (b *budget) leave() { b.depth-- }

func (b *budget) count(line int, at *trail) error {
	b.nodes++
	if b.nodes > MaxNodes {
		return tooMany(line).At(at.short())
	}
	return nil
}

func tooMany(line int) *fault.Error {
	return fault.New(fault.Limit, "line %d: more than %d values (aliases count as often as they are used)", line, MaxNodes)
}
