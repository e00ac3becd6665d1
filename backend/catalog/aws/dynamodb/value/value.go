// Package value is DynamoDB's attribute values: exact numbers, sets, documents, their JSON form, order, equality, size,
// and the bytes under which keys sort. It imports the standard library only.
package value

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Kind is the type of a value, as the API names it.
type Kind string

// The ten types.
const (
	String    Kind = "S"
	Num       Kind = "N"
	Binary    Kind = "B"
	Bool      Kind = "BOOL"
	Null      Kind = "NULL"
	List      Kind = "L"
	Map       Kind = "M"
	StringSet Kind = "SS"
	NumberSet Kind = "NS"
	BinarySet Kind = "BS"
)

// Value is one attribute value; the field that its Kind names holds it. Values are shared and never changed in place.
type Value struct {
	Kind   Kind
	Text   string // S, and B as raw bytes
	Number Number
	Bool   bool
	List   []Value // L, and the members of sets
	Map    Item    // M
}

// Item is a set of attributes by name.
type Item map[string]Value

// Member is the type of a set's members, "" for what is no set.
func (k Kind) Member() Kind {
	switch k {
	case StringSet:
		return String
	case NumberSet:
		return Num
	case BinarySet:
		return Binary
	}
	return ""
}

// Equal tells whether two values are the same: type and content, sets without order.
func Equal(a, b Value) bool {
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case String, Binary:
		return a.Text == b.Text
	case Num:
		return a.Number == b.Number
	case Bool:
		return a.Bool == b.Bool
	case Null:
		return true
	case List:
		return slices.EqualFunc(a.List, b.List, Equal)
	case Map:
		return maps.EqualFunc(a.Map, b.Map, Equal)
	}
	return len(a.List) == len(b.List) && !slices.ContainsFunc(a.List, func(v Value) bool { return !b.Has(v) })
}

// Has tells whether a set or list has a member.
func (v Value) Has(member Value) bool {
	return slices.ContainsFunc(v.List, func(m Value) bool { return Equal(m, member) })
}

// Compare orders two values of the same scalar type; ok is false for all others.
func Compare(a, b Value) (order int, ok bool) {
	if a.Kind != b.Kind {
		return 0, false
	}
	switch a.Kind {
	case String, Binary: // by the bytes of UTF-8
		return strings.Compare(a.Text, b.Text), true
	case Num:
		return a.Number.Compare(b.Number), true
	}
	return 0, false
}

// Size is what a value counts towards the 400 KB of an item.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func (v Value) Size() int {
	switch v.Kind {
	case String, Binary:
		return len(v.Text)
	case Num:
		return v.Number.size()
	case Bool, Null:
		return 1
	case Map:
		return 3 + len(v.Map) + v.Map.Size()
	}
	n := 0
	if v.Kind == List {
		n = 3 + len(v.List)
	}
	for _, m := range v.List {
		n += m.Size()
	}
	return n
}

// Size is the sum of names and values.
func (i Item) Size() int {
	n := 0
	for name, v := range i {
		n += len(name) + v.Size()
	}
	return n
}

// Depth is how deep documents nest within the value: 0 for a scalar or a set.
func (v Value) Depth() int {
	deepest := 0
	for _, m := range v.List {
		deepest = max(deepest, m.Depth())
	}
	for _, m := range v.Map {
		deepest = max(deepest, m.Depth())
	}
	if v.Kind == List || v.Kind == Map {
		return deepest + 1
	}
	return 0
}

// AppendKey writes a key value (S, N or B) so that bytes sort as DynamoDB sorts, and so that no encoding is another's
// beginning.
func (v Value) AppendKey(to []byte) []byte {
	if v.Kind == Num {
		return v.Number.appendKey(to)
	}
	return append(v.AppendPrefix(to), 0, 1)
}

// AppendPrefix writes the beginning that the keys of all values share which begin with this one (S or B).
func (v Value) AppendPrefix(to []byte) []byte {
	return append(to, bytes.ReplaceAll([]byte(v.Text), []byte{0}, []byte{0, 0xFF})...)
}

// Int is a number value.
func Int(n int) Value {
	number, _ := ParseNumber(strconv.Itoa(n)) // every int is a number of at most 38 digits
	return Value{Kind: Num, Number: number}
}
