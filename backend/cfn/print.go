package cfn

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// PrintJSON prints a template as JSON: two spaces, sections in the order of the template anatomy, attributes of a
// resource in a fixed order, other keys sorted, short function calls on one line. Equal templates give equal bytes.
func PrintJSON(t Template) []byte {
	w := &jsonWriter{out: make([]byte, 0, 4096+600*len(t.Resources))}
	w.fields(0, templateFields(t))
	return append(w.out, '\n')
}

// PrintValue prints one value as JSON, as PrintJSON does.
func PrintValue(v any) []byte {
	w := &jsonWriter{}
	w.value(0, v)
	return w.out
}

// field is an entry of a map with a fixed order.
type field struct {
	name  string
	value any // a value, or []field
}

func templateFields(t Template) []field {
	f := []field{{"AWSTemplateFormatVersion", FormatVersion}}
	f = addText(f, "Description", t.Description)
	f = addMap(f, "Metadata", t.Metadata)
	if len(t.Parameters) > 0 {
		var list []field
		for _, id := range sorted(t.Parameters) {
			list = append(list, field{id, parameterFields(t.Parameters[id])})
		}
		f = append(f, field{"Parameters", list})
	}
	f = addMap(f, "Rules", t.Rules)
	f = addMap(f, "Mappings", t.Mappings)
	f = addMap(f, "Conditions", t.Conditions)
	f = addAny(f, "Transform", t.Transform)
	for _, name := range sorted(t.Extra) {
		f = append(f, field{name, t.Extra[name]})
	}
	list := make([]field, 0, len(t.Resources))
	for _, id := range sorted(t.Resources) {
		list = append(list, field{id, resourceFields(t.Resources[id])})
	}
	f = append(f, field{"Resources", list})
	if len(t.Outputs) > 0 {
		list := make([]field, 0, len(t.Outputs))
		for _, id := range sorted(t.Outputs) {
			list = append(list, field{id, outputFields(t.Outputs[id])})
		}
		f = append(f, field{"Outputs", list})
	}
	return f
}

func parameterFields(p Parameter) []field {
	f := []field{{"Type", p.Type}}
	f = addText(f, "Description", p.Description)
	f = addAny(f, "Default", p.Default)
	if p.AllowedValues != nil {
		f = append(f, field{"AllowedValues", p.AllowedValues})
	}
	if p.NoEcho {
		f = append(f, field{"NoEcho", true})
	}
	for _, k := range sorted(p.Extra) {
		f = append(f, field{k, p.Extra[k]})
	}
	return f
}

func resourceFields(r Resource) []field {
	f := append(make([]field, 0, 4), field{"Type", r.Type})
	f = addText(f, "Condition", r.Condition)
	switch len(r.DependsOn) {
	case 0:
	case 1:
		f = append(f, field{"DependsOn", r.DependsOn[0]})
	default:
		list := make([]any, len(r.DependsOn))
		for i, id := range r.DependsOn {
			list[i] = id
		}
		f = append(f, field{"DependsOn", list})
	}
	f = addMap(f, "Metadata", r.Metadata)
	f = addAny(f, "CreationPolicy", r.CreationPolicy)
	f = addAny(f, "UpdatePolicy", r.UpdatePolicy)
	f = addText(f, "DeletionPolicy", r.DeletionPolicy)
	f = addText(f, "UpdateReplacePolicy", r.UpdateReplacePolicy)
	for _, k := range sorted(r.Extra) {
		f = append(f, field{k, r.Extra[k]})
	}
	return addMap(f, "Properties", r.Properties)
}

func outputFields(o Output) []field {
	var f []field
	f = addText(f, "Description", o.Description)
	f = addText(f, "Condition", o.Condition)
	f = append(f, field{"Value", o.Value})
	if o.Export != nil {
		f = append(f, field{"Export", []field{{"Name", o.Export}}})
	}
	return f
}

func addText(f []field, name, s string) []field {
	if s == "" {
		return f
	}
	return append(f, field{name, s})
}

func addMap(f []field, name string, m map[string]any) []field {
	if len(m) == 0 {
		return f
	}
	return append(f, field{name, m})
}

func addAny(f []field, name string, v any) []field {
	if v == nil {
		return f
	}
	return append(f, field{name, v})
}

type jsonWriter struct{ out []byte }

func (w *jsonWriter) line(depth int) {
	w.out = append(w.out, '\n')
	for range depth {
		w.out = append(w.out, ' ', ' ')
	}
}

func (w *jsonWriter) fields(depth int, f []field) {
	if len(f) == 0 {
		w.out = append(w.out, "{}"...)
		return
	}
	w.out = append(w.out, '{')
	for i, e := range f {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.line(depth + 1)
		w.key(e.name)
		if sub, ok := e.value.([]field); ok {
			w.fields(depth+1, sub)
		} else {
			w.value(depth+1, e.value)
		}
	}
	w.line(depth)
	w.out = append(w.out, '}')
}

func (w *jsonWriter) key(k string) {
	w.out = appendString(w.out, k)
	w.out = append(w.out, ':', ' ')
}

func (w *jsonWriter) value(depth int, v any) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			w.out = append(w.out, "{}"...)
			return
		}
		w.out = append(w.out, '{')
		for i, k := range sorted(v) {
			if i > 0 {
				w.out = append(w.out, ',')
			}
			w.line(depth + 1)
			w.key(k)
			w.value(depth+1, v[k])
		}
		w.line(depth)
		w.out = append(w.out, '}')
	case []any:
		if len(v) == 0 {
			w.out = append(w.out, "[]"...)
			return
		}
		w.out = append(w.out, '[')
		for i, item := range v {
			if i > 0 {
				w.out = append(w.out, ',')
			}
			w.line(depth + 1)
			w.value(depth+1, item)
		}
		w.line(depth)
		w.out = append(w.out, ']')
	case Fn:
		w.function(depth, v)
	default:
		w.out = appendScalar(w.out, v)
	}
}

// function prints {"Ref": "Table"} and {"Fn::GetAtt": ["Table", "Arn"]} on one line: half of a generated template is these.
func (w *jsonWriter) function(depth int, fn Fn) {
	w.out = append(w.out, '{')
	if s, ok := fn.Arg.(string); ok {
		w.key(fn.Name)
		w.out = appendString(w.out, s)
	} else if _, ok := subName(fn); ok {
		l := fn.Arg.([]any)
		w.key(fn.Name)
		w.out = append(w.out, '[')
		w.out = appendString(w.out, l[0].(string))
		w.out = append(w.out, ',', ' ')
		w.out = appendString(w.out, l[1].(string))
		w.out = append(w.out, ']')
	} else {
		w.line(depth + 1)
		w.key(fn.Name)
		w.value(depth+1, fn.Arg)
		w.line(depth)
	}
	w.out = append(w.out, '}')
}

func appendScalar(out []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendString(out, v)
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, v)
	case int:
		return strconv.AppendInt(out, int64(v), 10)
	case float64:
		if v == v && v-v == 0 { // neither NaN nor infinite
			s, _ := scalarText(v)
			return append(out, s...)
		}
	}
	panic(fmt.Sprintf("cfn: %T is no template value: %v", v, v))
}

const hexDigits = "0123456789abcdef"

// appendString quotes text so that JSON and YAML both read it back: what YAML 1.1 does not admit raw, or could fold, is
// escaped. Bytes that are not UTF-8 become U+FFFD.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		size, r := 1, rune(c)
		if c >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
			if printable(r) && (r != utf8.RuneError || size > 1) {
				i += size
				continue
			}
		}
		out = append(out, s[start:i]...)
		switch r {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\n':
			out = append(out, '\\', 'n')
		case '\t':
			out = append(out, '\\', 't')
		case '\r':
			out = append(out, '\\', 'r')
		default:
			out = append(out, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
		}
		i += size
		start = i
	}
	out = append(out, s[start:]...)
	return append(out, '"')
}

// printable tells a rune beyond ASCII that YAML admits raw. https://yaml.org/spec/1.1/#id868524
func printable(r rune) bool {
	return r >= 0xa0 && r != 0x2028 && r != 0x2029 && r != 0xfeff && r != 0xfffe && r != 0xffff
}
