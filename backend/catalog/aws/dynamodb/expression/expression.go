// Package expression is DynamoDB's expression language: conditions, filters, key conditions, updates and projections,
// parsed and evaluated over values. Errors carry DynamoDB's own words without the "Invalid …Expression: " in front.
// It imports value and the standard library.
package expression

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"airloom/backend/catalog/aws/dynamodb/value"
)

//go:embed reserved.txt
var reserved string // a word a line

// Reserved tells whether a word may not stand as an attribute name in an expression.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
func Reserved(text string) bool {
	return strings.Contains("\n"+reserved, "\n"+strings.ToUpper(text)+"\n")
}

// Scope holds the placeholders of one request, and remembers which of them its expressions used.
type Scope struct {
	Names  map[string]string      // #name → attribute name
	Values map[string]value.Value // :value → value

	usedNames, usedValues map[string]bool
}

// NewScope makes a scope.
func NewScope(names map[string]string, values map[string]value.Value) *Scope {
	return &Scope{names, values, map[string]bool{}, map[string]bool{}}
}

// Unused names the placeholders that no expression used, sorted: #names, then :values.
func (s *Scope) Unused() (names, values []string) {
	for _, n := range slices.Sorted(maps.Keys(s.Names)) {
		if !s.usedNames[n] {
			names = append(names, n)
		}
	}
	for _, v := range slices.Sorted(maps.Keys(s.Values)) {
		if !s.usedValues[v] {
			values = append(values, v)
		}
	}
	return names, values
}

// Step is one step of a path: into a map by name, or into a list by index (then Name is "").
type Step struct {
	Name  string
	Index int
}

// Path is a document path; its first step is an attribute's name.
type Path []Step

// String is the path as DynamoDB's messages print it: [a, [0], b].
func (p Path) String() string {
	parts := make([]string, len(p))
	for i, s := range p {
		if parts[i] = s.Name; s.Name == "" {
			parts[i] = "[" + strconv.Itoa(s.Index) + "]"
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// Find follows the path into an item.
func (p Path) Find(item value.Item) (value.Value, bool) {
	v := value.Value{Kind: value.Map, Map: item}
	for _, s := range p {
		var ok bool
		switch {
		case s.Name != "" && v.Kind == value.Map:
			if v, ok = v.Map[s.Name]; !ok {
				return v, false
			}
		case s.Name == "" && v.Kind == value.List && s.Index < len(v.List):
			v = v.List[s.Index]
		default:
			return value.Value{}, false
		}
	}
	return v, true
}

// Operand is a path, a value, or a function of operands.
type Operand struct {
	Path     Path
	Value    *value.Value
	Function string
	Args     []Operand
}

// overlap refuses two paths of which one contains the other, or which treat the same value as a map and as a list.
func overlap(paths []Path) error {
	for i, a := range paths {
		for _, b := range paths[i+1:] {
			n := 0
			for n < len(a) && n < len(b) && a[n] == b[n] {
				n++
			}
			switch {
			case n == len(a) || n == len(b):
				return fmt.Errorf("Two document paths overlap with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", a, b)
			case (a[n].Name == "") != (b[n].Name == ""):
				return fmt.Errorf("Two document paths conflict with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", a, b)
			}
		}
	}
	return nil
}

// Placeholder tells whether a text may stand for a name ('#') or a value (':').
func Placeholder(text string, mark byte) bool {
	return len(text) > 1 && text[0] == mark && skip(text, 1) == len(text)
}
