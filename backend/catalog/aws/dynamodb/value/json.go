package value

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Error is a value that DynamoDB would refuse, with its words. Serialization tells that the JSON itself has the wrong
// form, which DynamoDB reports as another class of error.
type Error struct {
	Message       string
	Serialization bool
}

func (e Error) Error() string { return e.Message }

func refuse(format string, args ...any) error { return Error{Message: fmt.Sprintf(format, args...)} }

// MarshalJSON gives the API's form: {"S": "text"}.
func (v Value) MarshalJSON() ([]byte, error) {
	var inner any
	switch v.Kind {
	case String:
		inner = v.Text
	case Binary:
		inner = []byte(v.Text)
	case Num:
		inner = v.Number.String()
	case Bool:
		inner = v.Bool
	case Null:
		inner = true
	case List:
		inner = v.List
		if v.List == nil {
			inner = []Value{}
		}
	case Map:
		inner = v.Map
		if v.Map == nil {
			inner = Item{}
		}
	case StringSet, NumberSet, BinarySet:
		texts := make([]string, len(v.List))
		for i, m := range v.List {
			switch v.Kind {
			case NumberSet:
				texts[i] = m.Number.String()
			case BinarySet:
				texts[i] = base64.StdEncoding.EncodeToString([]byte(m.Text))
			default:
				texts[i] = m.Text
			}
		}
		inner = texts
	default:
		return nil, fmt.Errorf("print a value of the unknown type %q", v.Kind)
	}
	text, err := plain(inner)
	if err != nil {
		return nil, err
	}
	return append(append([]byte(`{"`+string(v.Kind)+`":`), text...), '}'), nil
}

// plain prints JSON without escaping HTML.
func plain(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(out.Bytes(), "\n"), err
}

// UnmarshalJSON reads the API's form and refuses what DynamoDB refuses.
func (v *Value) UnmarshalJSON(text []byte) error {
	parsed, err := parse(text, 0)
	if err == nil {
		*v = parsed
	}
	return err
}

// MaxDepth is how deep documents nest, and TooDeep what DynamoDB says of a deeper one.
const (
	MaxDepth = 32
	TooDeep  = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
)

var wrongForm = Error{"Start of structure or map found where not expected.", true}

func parse(text []byte, depth int) (Value, error) {
	if depth > MaxDepth {
		return Value{}, refuse("%s", TooDeep)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return Value{}, Error{"Unexpected value type in payload", true}
	}
	for name, raw := range members {
		if string(raw) == "null" {
			delete(members, name)
		}
	}
	if len(members) == 0 {
		return Value{}, refuse("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
	}
	if len(members) > 1 {
		return Value{}, refuse("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
	}
	for name, raw := range members {
		return member(Kind(name), raw, depth)
	}
	return Value{}, wrongForm
}

func member(k Kind, raw json.RawMessage, depth int) (Value, error) {
	v := Value{Kind: k}
	form := func(err error) error {
		if err == nil {
			return nil
		}
		var known Error
		if errors.As(err, &known) {
			return known
		}
		return Error{"the value of type " + string(k) + " has the wrong JSON form", true}
	}
	switch k {
	case String:
		return v, form(json.Unmarshal(raw, &v.Text))
	case Num:
		var text string
		if err := form(json.Unmarshal(raw, &text)); err != nil {
			return v, err
		}
		n, err := ParseNumber(text)
		if err != nil {
			return v, refuse("%s", err.Error())
		}
		v.Number = n
		return v, nil
	case Binary:
		var b []byte
		err := json.Unmarshal(raw, &b)
		v.Text = string(b)
		return v, form(err)
	case Bool:
		return v, form(json.Unmarshal(raw, &v.Bool))
	case Null:
		var yes bool
		if err := form(json.Unmarshal(raw, &yes)); err != nil {
			return v, err
		}
		if !yes {
			return v, refuse("One or more parameter values were invalid: Null attribute value types must have the value of true")
		}
		return v, nil
	case List:
		var items []json.RawMessage
		if err := form(json.Unmarshal(raw, &items)); err != nil {
			return v, err
		}
		v.List = make([]Value, len(items))
		for i, item := range items {
			var err error
			if v.List[i], err = parse(item, depth+1); err != nil {
				return v, err
			}
		}
		return v, nil
	case Map:
		var items map[string]json.RawMessage
		if err := form(json.Unmarshal(raw, &items)); err != nil {
			return v, err
		}
		v.Map = make(Item, len(items))
		for name, item := range items {
			var err error
			if v.Map[name], err = parse(item, depth+1); err != nil {
				return v, err
			}
		}
		return v, nil
	case StringSet, NumberSet, BinarySet:
		var items []json.RawMessage
		if err := form(json.Unmarshal(raw, &items)); err != nil {
			return v, err
		}
		for _, item := range items {
			m, err := member(k.Member(), item, depth)
			if err != nil {
				return v, err
			}
			v.List = append(v.List, m)
		}
		if len(items) == 0 {
			return v, refuse("One or more parameter values were invalid: An %s set  may not be empty", map[Kind]string{StringSet: "string", NumberSet: "number", BinarySet: "binary"}[k])
		}
		set := SetOf(k, v.List)
		if len(set.List) < len(items) {
			return v, duplicates(k, items)
		}
		return set, nil
	}
	return v, refuse("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
}

// duplicates is the error of a set that has a member twice; the three types say it in three ways.
func duplicates(k Kind, items []json.RawMessage) error {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = strings.Trim(string(item), `"`)
	}
	all := strings.Join(texts, ", ")
	switch k {
	case NumberSet:
		return refuse("Input collection contains duplicates")
	case BinarySet:
		return refuse("One or more parameter values were invalid: Input collection [%s]of type BS contains duplicates.", all)
	}
	return refuse("One or more parameter values were invalid: Input collection [%s] contains duplicates.", all)
}

// SetOf is a set of members without duplicates, in order, so that equal sets print alike.
func SetOf(k Kind, members []Value) Value {
	members = slices.Clone(members)
	sort.SliceStable(members, func(i, j int) bool { order, _ := Compare(members[i], members[j]); return order < 0 })
	return Value{Kind: k, List: slices.CompactFunc(members, Equal)}
}
