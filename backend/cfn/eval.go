package cfn

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"airloom/backend/fault"
)

// ErrUnknown is what Env.Ref and Env.GetAtt answer for a resource that does not exist yet. Eval then keeps the function
// that needed it; Known tells whether any is left.
var ErrUnknown = errors.New("not known yet")

// Env is what functions are evaluated with.
type Env struct {
	Parameters map[string]any  // by name: text, number or list; pseudo parameters too ("AWS::Region")
	Mappings   map[string]any  // the template's
	Conditions map[string]bool // values, as NewEnv computes them

	Ref    func(logicalID string) (any, error)            // a resource's physical id
	GetAtt func(logicalID, attribute string) (any, error) // a resource's attribute
	// Dynamic gives the value of {{resolve:service:reference}}; nil refuses it by name.
	Dynamic func(service, reference string) (string, error)
	// Zones gives a region's availability zones; nil refuses Fn::GetAZs.
	Zones func(region string) []string
}

// NewEnv makes an environment for a template: it computes parameters (see Arguments) and conditions. pseudo holds the
// pseudo parameters. Ref, GetAtt, Dynamic and Zones are the caller's to set.
func NewEnv(t Template, given map[string]string, pseudo map[string]any) (*Env, error) {
	values, err := Arguments(t, given)
	if err != nil {
		return nil, err
	}
	maps.Copy(values, pseudo)
	env := &Env{Parameters: values, Mappings: t.Mappings, Conditions: map[string]bool{}}
	var open []string
	var decide func(name string) error
	decide = func(name string) error {
		if _, ok := env.Conditions[name]; ok || t.Conditions[name] == nil {
			return nil
		}
		if i := slices.Index(open, name); i >= 0 {
			return fault.New(fault.Invalid, "the conditions need one another in a circle: %s", strings.Join(append(open[i:], name), " → ")).At("Conditions." + name)
		}
		open = append(open, name)
		var first error
		Walk("", t.Conditions[name], func(_ string, v any) bool {
			if fn, ok := v.(Fn); ok && fn.Name == "Condition" && first == nil {
				other, _ := fn.Arg.(string)
				first = decide(other)
			}
			return first == nil
		})
		if first != nil {
			return first
		}
		open = open[:len(open)-1]
		v, err := env.Eval("Conditions."+name, t.Conditions[name])
		if err != nil {
			return err
		}
		b, ok := v.(bool)
		if !ok {
			return fault.New(fault.Invalid, "a condition must be made of Fn::And, Fn::Equals, Fn::Not, Fn::Or").At("Conditions." + name)
		}
		env.Conditions[name] = b
		return nil
	}
	for _, name := range sorted(t.Conditions) {
		if err := decide(name); err != nil {
			return nil, err
		}
	}
	return env, nil
}

// Eval computes a value: no Fn is left but those that need what is not known yet. Keys whose value is AWS::NoValue
// vanish. root names the value in errors ("Orders.Properties"), which are *fault.Error with the path in Where.
func (e *Env) Eval(root string, v any) (any, error) {
	ev := &evaluator{env: e, at: trail{root}}
	out, err := ev.data(v)
	if _, none := out.(noValue); none {
		out = nil
	}
	return out, err
}

// EvalMap is Eval for a map, such as a resource's properties; nil gives an empty one.
func (e *Env) EvalMap(root string, m map[string]any) (map[string]any, error) {
	v, err := e.Eval(root, anyMap(m))
	out, _ := v.(map[string]any)
	if out == nil {
		out = map[string]any{}
	}
	return out, err
}

// Known tells whether a value has no Fn in it.
func Known(v any) bool {
	known := true
	walk(&trail{}, v, func(_ *trail, v any) bool {
		if _, ok := v.(Fn); ok {
			known = false
		}
		return known
	})
	return known
}

type noValue struct{}

type evaluator struct {
	env *Env
	at  trail
}

func (ev *evaluator) fail(code fault.Code, format string, args ...any) error {
	return fault.New(code, format, args...).At(ev.at.String())
}

// data evaluates where a value of the result stands: functions that are not known yet stay, dynamic references are
// resolved.
func (ev *evaluator) data(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		return ev.object(v, ev.data)
	case []any:
		return ev.list(v, ev.data)
	case Fn:
		if v.Name == "Fn::If" {
			return ev.choose(v, ev.data)
		}
		out, err := ev.call(v)
		if errors.Is(err, ErrUnknown) {
			return v, nil
		}
		if err != nil {
			return nil, err
		}
		return ev.dynamic(out)
	case string:
		return ev.dynamic(v)
	}
	return v, nil
}

// arg evaluates an argument of a function: everything must be known.
func (ev *evaluator) arg(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		return ev.object(v, ev.arg)
	case []any:
		return ev.list(v, ev.arg)
	case Fn:
		if v.Name == "Fn::If" {
			return ev.choose(v, ev.arg)
		}
		return ev.call(v)
	}
	return v, nil
}

func (ev *evaluator) object(m map[string]any, eval func(any) (any, error)) (any, error) {
	out := make(map[string]any, len(m))
	for _, k := range sorted(m) {
		ev.at.push(k)
		if strings.HasPrefix(k, "Fn::") {
			return nil, ev.fail(fault.Unsupported, "%s is not supported beside other keys", k)
		}
		v, err := eval(m[k])
		if err != nil {
			return nil, err
		}
		ev.at.pop()
		if _, none := v.(noValue); !none {
			out[k] = v
		}
	}
	return out, nil
}

func (ev *evaluator) list(l []any, eval func(any) (any, error)) (any, error) {
	out := make([]any, 0, len(l))
	for i, item := range l {
		ev.at.index(i)
		v, err := eval(item)
		if err != nil {
			return nil, err
		}
		ev.at.pop()
		if _, none := v.(noValue); !none {
			out = append(out, v)
		}
	}
	return out, nil
}

func (ev *evaluator) choose(fn Fn, eval func(any) (any, error)) (any, error) {
	l, ok := fn.Arg.([]any)
	name, isName := "", false
	if ok && len(l) == 3 {
		name, isName = l[0].(string)
	}
	ev.at.push(fn.Name)
	defer ev.at.pop()
	if !isName {
		return nil, ev.fail(fault.Invalid, "needs the name of a condition and two values")
	}
	yes, known := ev.env.Conditions[name]
	if !known {
		return nil, ev.fail(fault.Invalid, "the template has no condition %s", name)
	}
	i := 2
	if yes {
		i = 1
	}
	ev.at.index(i)
	defer ev.at.pop()
	return eval(l[i])
}

// dynamic replaces {{resolve:…}} in the texts of a result.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
func (ev *evaluator) dynamic(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any: // copied: a result may be the template's own mapping
		out := make(map[string]any, len(v))
		for _, k := range sorted(v) {
			x, err := ev.dynamic(v[k])
			if err != nil {
				return nil, err
			}
			out[k] = x
		}
		return out, nil
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			x, err := ev.dynamic(item)
			if err != nil {
				return nil, err
			}
			out[i] = x
		}
		return out, nil
	case string:
		return ev.resolve(v)
	}
	return v, nil
}

func (ev *evaluator) resolve(s string) (any, error) {
	var out strings.Builder
	for {
		i := strings.Index(s, dynamicPrefix)
		if i < 0 {
			return out.String() + s, nil
		}
		j := strings.Index(s[i:], "}}")
		if j < 0 {
			return nil, ev.fail(fault.Invalid, "a dynamic reference {{resolve:… is not closed")
		}
		service, reference, ok := strings.Cut(s[i+len(dynamicPrefix):i+j], ":")
		if !ok || reference == "" {
			return nil, ev.fail(fault.Invalid, "the dynamic reference %s names nothing", s[i:i+j+2])
		}
		if ev.env.Dynamic == nil {
			return nil, ev.fail(fault.Unsupported, "dynamic references ({{resolve:%s:…}}) are not supported here", service)
		}
		v, err := ev.env.Dynamic(service, reference)
		if err != nil {
			return nil, fault.Wrap(err, fault.CodeOf(err), "resolving {{resolve:%s:%s}}", service, reference).At(ev.at.String())
		}
		out.WriteString(s[:i] + v)
		s = s[i+j+2:]
	}
}
