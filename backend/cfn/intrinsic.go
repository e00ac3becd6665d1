package cfn

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"airloom/backend/fault"
)

// call evaluates one function. Each is described at
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
func (ev *evaluator) call(fn Fn) (any, error) {
	ev.at.push(fn.Name)
	defer func(n int) { ev.at = ev.at[:n] }(len(ev.at) - 1)
	switch fn.Name {
	case "Ref":
		name, _ := fn.Arg.(string)
		return ev.ref(name)
	case "Fn::GetAtt":
		return ev.getAtt(fn.Arg)
	case "Fn::Sub":
		return ev.sub(fn.Arg)
	case "Condition":
		name, _ := fn.Arg.(string)
		yes, ok := ev.env.Conditions[name]
		if !ok {
			return nil, ev.fail(fault.Invalid, "the template has no condition %s", name)
		}
		return yes, nil
	case "Fn::ImportValue", "Fn::Transform":
		return nil, ev.fail(fault.Unsupported, "%s reaches outside of the template and is not supported here", fn.Name)
	}
	f, ok := functions[fn.Name]
	if !ok {
		return nil, ev.fail(fault.Unsupported, "the function %s is not supported here", fn.Name)
	}
	arg, err := ev.arg(fn.Arg)
	if err != nil {
		return nil, err
	}
	out, err := f(ev.env, arg)
	if err == nil {
		return out, nil
	}
	if said := (*fault.Error)(nil); errors.As(err, &said) {
		return nil, said.At(ev.at.String())
	}
	return nil, ev.fail(fault.Invalid, "%s", err)
}

// functions are those that need nothing but their evaluated argument.
var functions = map[string]func(*Env, any) (any, error){
	"Fn::Join": join, "Fn::Select": selectItem, "Fn::Split": split, "Fn::Base64": encode, "Fn::FindInMap": findInMap,
	"Fn::Equals": equals, "Fn::Not": not, "Fn::And": and, "Fn::Or": or,
	"Fn::GetAZs": zones, "Fn::Cidr": cidr, "Fn::Length": length, "Fn::ToJsonString": toJSONString,
}

func (ev *evaluator) ref(name string) (any, error) {
	if name == "AWS::NoValue" {
		return noValue{}, nil
	}
	if v, ok := ev.env.Parameters[name]; ok {
		return v, nil
	}
	if strings.HasPrefix(name, "AWS::") {
		return nil, ev.fail(fault.Unsupported, "the pseudo parameter %s is not supported here", name)
	}
	if ev.env.Ref == nil {
		return nil, ev.fail(fault.Invalid, "the resource %s cannot be referred to here", name)
	}
	v, err := ev.env.Ref(name)
	return v, ev.outside(err, "referring to "+name)
}

func (ev *evaluator) getAtt(arg any) (any, error) {
	l, ok := arg.([]any)
	if !ok || len(l) != 2 {
		return nil, ev.fail(fault.Invalid, "needs a resource and an attribute")
	}
	id, ok := l[0].(string)
	attribute, err := ev.arg(l[1])
	if err != nil {
		return nil, err
	}
	name, ok2 := attribute.(string)
	if !ok || !ok2 || id == "" || name == "" {
		return nil, ev.fail(fault.Invalid, "needs a resource and an attribute")
	}
	if ev.env.GetAtt == nil {
		return nil, ev.fail(fault.Invalid, "the resource %s cannot be referred to here", id)
	}
	v, err := ev.env.GetAtt(id, name)
	return v, ev.outside(err, "reading "+id+"."+name)
}

// outside gives an error of a callback its path; ErrUnknown passes as it is.
func (ev *evaluator) outside(err error, doing string) error {
	if err == nil || errors.Is(err, ErrUnknown) {
		return err
	}
	code := fault.CodeOf(err)
	if code == fault.Internal {
		code = fault.Invalid
	}
	return fault.Wrap(err, code, "%s", doing).At(ev.at.String())
}

func (ev *evaluator) sub(arg any) (any, error) {
	text, vars := subArgs(arg)
	if l, ok := arg.([]any); ok {
		isText := false
		if len(l) == 2 {
			_, isText = l[0].(string)
		}
		if !isText || vars == nil {
			return nil, ev.fail(fault.Invalid, "needs a text, or a text and a map")
		}
	} else if _, ok := arg.(string); !ok {
		return nil, ev.fail(fault.Invalid, "needs a text, or a text and a map")
	}
	var out strings.Builder
	for _, p := range splitSub(text) {
		if !p.name {
			out.WriteString(p.text)
			continue
		}
		var v any
		var err error
		id, attribute, dotted := strings.Cut(p.text, ".")
		if own, ok := vars[p.text]; ok {
			v, err = ev.arg(own)
		} else if dotted {
			v, err = ev.getAtt([]any{id, attribute})
		} else {
			v, err = ev.ref(p.text)
		}
		if err != nil {
			return nil, err
		}
		s, ok := scalarText(v)
		if !ok {
			return nil, ev.fail(fault.Invalid, "${%s} is no text", p.text)
		}
		out.WriteString(s)
	}
	return out.String(), nil
}

// list gives the elements of an argument that must be a list of n (or, with n < 0, of any length).
func list(v any, n int, need string) ([]any, error) {
	l, ok := v.([]any)
	if !ok || n >= 0 && len(l) != n {
		return nil, errors.New("needs " + need)
	}
	return l, nil
}

func join(_ *Env, arg any) (any, error) {
	const need = "a separator and a list of texts"
	l, err := list(arg, 2, need)
	if err != nil {
		return nil, err
	}
	sep, ok := l[0].(string)
	items, ok2 := l[1].([]any)
	if !ok || !ok2 {
		return nil, errors.New("needs " + need)
	}
	parts := make([]string, len(items))
	for i, item := range items {
		s, ok := scalarText(item)
		if !ok {
			return nil, fmt.Errorf("needs %s, element %d is none", need, i)
		}
		parts[i] = s
	}
	return strings.Join(parts, sep), nil
}

func selectItem(_ *Env, arg any) (any, error) {
	const need = "an index and a list"
	l, err := list(arg, 2, need)
	if err != nil {
		return nil, err
	}
	text, _ := scalarText(l[0])
	i, err := strconv.Atoi(text)
	items, ok := l[1].([]any)
	if err != nil || !ok {
		return nil, errors.New("needs " + need)
	}
	if i < 0 || i >= len(items) {
		return nil, fmt.Errorf("has no element %d in a list of %d", i, len(items))
	}
	return items[i], nil
}

func split(_ *Env, arg any) (any, error) {
	const need = "a separator and a text"
	l, err := list(arg, 2, need)
	if err != nil {
		return nil, err
	}
	sep, ok := l[0].(string)
	text, ok2 := scalarText(l[1])
	if !ok || !ok2 || sep == "" {
		return nil, errors.New("needs " + need)
	}
	var out []any
	for part := range strings.SplitSeq(text, sep) {
		out = append(out, part)
	}
	return out, nil
}

func encode(_ *Env, arg any) (any, error) {
	s, ok := scalarText(arg)
	if !ok {
		return nil, errors.New("needs a text")
	}
	return base64.StdEncoding.EncodeToString([]byte(s)), nil
}

func findInMap(env *Env, arg any) (any, error) {
	const need = "a mapping and two keys"
	l, err := list(arg, -1, need)
	if err != nil || len(l) < 3 || len(l) > 4 {
		return nil, errors.New("needs " + need)
	}
	var keys [3]string
	for i := range keys {
		s, ok := scalarText(l[i])
		if !ok {
			return nil, errors.New("needs " + need)
		}
		keys[i] = s
	}
	var v any = env.Mappings
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	if v != nil {
		return v, nil
	}
	if len(l) == 4 {
		if m, ok := l[3].(map[string]any); ok && len(m) == 1 {
			if v, ok := m["DefaultValue"]; ok {
				return v, nil
			}
		}
		return nil, errors.New("the fourth element must be {DefaultValue: …}")
	}
	return nil, fmt.Errorf("the mappings have no value at %s", strings.Join(keys[:], "."))
}

func equals(_ *Env, arg any) (any, error) {
	l, err := list(arg, 2, "two values")
	if err != nil {
		return nil, err
	}
	a, ok := scalarText(l[0])
	b, ok2 := scalarText(l[1])
	if ok && ok2 {
		return a == b, nil
	}
	return reflect.DeepEqual(l[0], l[1]), nil
}

func not(_ *Env, arg any) (any, error) {
	l, err := truths(arg, 1, 1)
	if err != nil {
		return nil, err
	}
	return !l[0], nil
}

func and(_ *Env, arg any) (any, error) {
	l, err := truths(arg, 2, 10)
	for _, b := range l {
		if !b {
			return false, err
		}
	}
	return true, err
}

func or(_ *Env, arg any) (any, error) {
	l, err := truths(arg, 2, 10)
	for _, b := range l {
		if b {
			return true, err
		}
	}
	return false, err
}

func truths(arg any, least, most int) ([]bool, error) {
	l, ok := arg.([]any)
	if !ok || len(l) < least || len(l) > most {
		return nil, fmt.Errorf("needs a list of %d to %d conditions", least, most)
	}
	out := make([]bool, len(l))
	for i, v := range l {
		s, _ := scalarText(v)
		if s != "true" && s != "false" {
			return nil, fmt.Errorf("element %d is no condition", i)
		}
		out[i] = s == "true"
	}
	return out, nil
}

func zones(env *Env, arg any) (any, error) {
	region, ok := arg.(string)
	if region == "" {
		region, _ = env.Parameters["AWS::Region"].(string)
	}
	if !ok || env.Zones == nil {
		return nil, fault.New(fault.Unsupported, "availability zones are not known here")
	}
	var out []any
	for _, z := range env.Zones(region) {
		out = append(out, z)
	}
	return out, nil
}

func length(_ *Env, arg any) (any, error) {
	l, err := list(arg, -1, "a list")
	return len(l), err
}

func toJSONString(_ *Env, arg any) (any, error) {
	switch arg.(type) {
	case map[string]any, []any:
	default:
		return nil, errors.New("needs a map or a list")
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(arg); err != nil {
		return nil, err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// cidr cuts an IPv4 block into count smaller ones that leave the given number of bits to hosts.
func cidr(_ *Env, arg any) (any, error) {
	l, err := list(arg, -1, "an address block, a count and a number of bits")
	if err != nil || len(l) < 2 || len(l) > 3 {
		return nil, errors.New("needs an address block, a count and a number of bits")
	}
	var a, b, c, d, size int
	block, _ := l[0].(string)
	if strings.Contains(block, ":") {
		return nil, fault.New(fault.Unsupported, "Fn::Cidr of the IPv6 block %s is not supported here", block)
	}
	if n, err := fmt.Sscanf(block+"\n", "%d.%d.%d.%d/%d\n", &a, &b, &c, &d, &size); err != nil || n != 5 || max(a, b, c, d) > 255 || min(a, b, c, d, size) < 0 || size > 32 {
		return nil, fmt.Errorf("%q is no address block", shorten(block))
	}
	count, bits := number0(l[1]), 8
	if len(l) == 3 {
		bits = number0(l[2])
	}
	if count < 1 || count > 256 || bits < 0 || bits > 32-size || int64(count) > 1<<(32-size-bits) {
		return nil, fmt.Errorf("cannot cut %s into %d blocks of %d bits", block, count, bits)
	}
	start := (int64(a)<<24 | int64(b)<<16 | int64(c)<<8 | int64(d)) &^ (1<<(32-size) - 1)
	out := make([]any, count)
	for i := range out {
		at := start + int64(i)<<bits
		out[i] = fmt.Sprintf("%d.%d.%d.%d/%d", at>>24&255, at>>16&255, at>>8&255, at&255, 32-bits)
	}
	return out, nil
}

// number0 is a whole number, also one written as text; anything else is -1.
func number0(v any) int {
	s, ok := scalarText(v)
	if i, err := strconv.Atoi(s); ok && err == nil && i <= math.MaxInt32 {
		return i
	}
	return -1
}
