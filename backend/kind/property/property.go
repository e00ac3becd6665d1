// Package property reads the properties of resources as templates give them: CloudFormation takes text for numbers and flags
// too. What is absent, of another type or not known yet (cfn.Fn) reads as nothing. It imports nothing of ours.
package property

import (
	"encoding/json"
	"strconv"
)

// At walks into objects: At(p, "DeadLetterConfig", "Arn"). It is nil where the path leads nowhere.
func At(v any, path ...string) any {
	for _, name := range path {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// Text is the text at a path, "" where there is none.
func Text(v any, path ...string) string {
	s, _ := At(v, path...).(string)
	return s
}

// Texts are the texts of a list.
func Texts(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// Objects are the objects of a list.
func Objects(v any) []map[string]any {
	list, _ := v.([]any)
	var out []map[string]any
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// Flag tells whether the value at a path says yes.
func Flag(v any, path ...string) bool {
	v = At(v, path...)
	return v == true || v == "true"
}

// Integer is the whole number at a path, if there is one.
func Integer(v any, path ...string) (int, bool) {
	switch v := At(v, path...).(type) {
	case int:
		return v, true
	case int64:
		return int(v), true
	case float64:
		if n := int(v); float64(n) == v {
			return n, true
		}
	case string:
		n, err := strconv.Atoi(v)
		return n, err == nil
	}
	return 0, false
}

// Object is an object, or what JSON text of one says.
func Object(v any) (map[string]any, bool) {
	switch v := v.(type) {
	case map[string]any:
		return v, true
	case string:
		var m map[string]any
		return m, json.Unmarshal([]byte(v), &m) == nil
	}
	return nil, false
}
