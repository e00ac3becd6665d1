package engine

import (
	"encoding/json"
	"math"
	"sort"
	"strconv"
	"strings"

	"airloom/backend/cfn"
	"airloom/backend/fault"
)

// Eval computes a value that may refer to what the input's template has deployed; it is called after Apply.
func (e *Engine) Eval(in Input, root string, v any) (any, error) {
	env, err := cfn.NewEnv(in.Template, in.Parameters, e.pseudo())
	if err != nil {
		return nil, err
	}
	env.Zones, env.Dynamic = zones, e.Dynamic
	e.reads(env)
	v, err = env.Eval(root, v)
	return plain(v), err
}

// plain takes TLS away from addresses of the sandbox, which templates join of a scheme and a name ("https://" and a distribution's
// DomainName): nothing here speaks it. Eval has made v anew, so that it may be changed in place.
func plain(v any) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, "https://127.0.0.1:", "http://127.0.0.1:")
	case map[string]any:
		for k, item := range v {
			v[k] = plain(item)
		}
	case []any:
		for i, item := range v {
			v[i] = plain(item)
		}
	}
	return v
}

// properties evaluates a resource's properties.
func properties(env *cfn.Env, id string, res cfn.Resource) (map[string]any, error) {
	m, err := env.EvalMap(id+".Properties", res.Properties)
	plain(m)
	return m, err
}

// reads lets functions read what is deployed.
func (e *Engine) reads(env *cfn.Env) {
	env.Ref = func(id string) (any, error) {
		if rec := e.current(id); rec != nil {
			return rec.Instance.PhysicalID, nil
		}
		return nil, fault.New(fault.Invalid, "the resource %s is left out by its condition", id)
	}
	env.GetAtt = func(id, attribute string) (any, error) {
		rec := e.current(id)
		if rec == nil {
			return nil, fault.New(fault.Invalid, "the resource %s is left out by its condition", id)
		}
		return rec.getAtt(attribute)
	}
}

func zones(region string) []string { return []string{region + "a", region + "b", region + "c"} }

// numbers gives whole numbers the type that they had before they were stored as JSON.
func numbers(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			v[k] = numbers(item)
		}
	case []any:
		for i, item := range v {
			v[i] = numbers(item)
		}
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int(v)
		}
	}
	return v
}

// text is a value as an output shows it: lists joined by commas, maps as JSON.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = text(item)
		}
		return strings.Join(parts, ",")
	}
	b, err := json.Marshal(v)
	if err != nil { // a value of a template is always JSON
		return ""
	}
	return string(b)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
