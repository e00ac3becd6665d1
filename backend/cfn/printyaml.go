package cfn

import "strings"

// PrintYAML prints a template as YAML, in the same order as PrintJSON, with the short forms of functions and multi-line
// text as blocks. Text that looks like another type is quoted, so that Parse gives the equal template.
func PrintYAML(t Template) []byte {
	w := &yamlWriter{out: make([]byte, 0, 4096+400*len(t.Resources))}
	w.fields(0, templateFields(t))
	return w.out
}

// yamlWriter appends block style. Each method for a value begins right after "key:" or "-" and ends with a newline.
type yamlWriter struct{ out []byte }

func (w *yamlWriter) indent(depth int) {
	for range depth {
		w.out = append(w.out, ' ', ' ')
	}
}

func (w *yamlWriter) fields(depth int, f []field) {
	for _, e := range f {
		w.key(depth, e.name)
		sub, ok := e.value.([]field)
		switch {
		case !ok:
			w.value(depth+1, e.value)
		case len(sub) == 0:
			w.out = append(w.out, " {}\n"...)
		default:
			w.out = append(w.out, '\n')
			w.fields(depth+1, sub)
		}
	}
}

func (w *yamlWriter) key(depth int, k string) {
	w.indent(depth)
	switch {
	case plain(k):
		w.out = append(w.out, k...)
	case len(k) > 120: // YAML looks 1,024 characters ahead for the colon, and an escape takes six
		w.out = append(w.out, "? "...)
		w.out = append(appendString(w.out, k), '\n')
		w.indent(depth)
	default:
		w.out = appendString(w.out, k)
	}
	w.out = append(w.out, ':')
}

func (w *yamlWriter) value(depth int, v any) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			w.out = append(w.out, " {}\n"...)
			return
		}
		w.out = append(w.out, '\n')
		w.entries(depth, v)
	case []any:
		if len(v) == 0 {
			w.out = append(w.out, " []\n"...)
			return
		}
		w.out = append(w.out, '\n')
		w.items(depth, v)
	case Fn:
		w.function(depth, v)
	case string:
		w.out = append(w.out, ' ')
		w.text(depth, v)
	default:
		w.out = append(w.out, ' ')
		w.out = append(appendScalar(w.out, v), '\n')
	}
}

func (w *yamlWriter) entries(depth int, m map[string]any) {
	for _, k := range sorted(m) {
		w.key(depth, k)
		w.value(depth+1, m[k])
	}
}

func (w *yamlWriter) items(depth int, list []any) {
	for _, item := range list {
		w.indent(depth)
		w.out = append(w.out, '-')
		w.value(depth+1, item)
	}
}

// function prints the short form; where the argument is itself a function, YAML admits no two tags, and the long form
// of the outer one stands instead.
func (w *yamlWriter) function(depth int, fn Fn) {
	short := strings.TrimPrefix(fn.Name, "Fn::")
	if shortForms[short] == fn.Name {
		tag := " !" + short
		if name, ok := subName(fn); ok && fn.Name == "Fn::GetAtt" && strings.Count(name, ".") > 0 && !strings.Contains(fn.Arg.([]any)[0].(string), ".") {
			w.out = append(w.out, tag...)
			w.out = append(w.out, ' ')
			w.text(depth, name)
			return
		}
		switch arg := fn.Arg.(type) {
		case string:
			w.out = append(w.out, tag...)
			w.out = append(w.out, ' ')
			w.text(depth, arg)
			return
		case []any, map[string]any:
			w.out = append(w.out, tag...)
			w.value(depth, arg)
			return
		}
	}
	w.out = append(w.out, '\n')
	w.key(depth, fn.Name)
	w.value(depth+1, fn.Arg)
}

// text prints a string: plain where nobody could take it for anything else, as a block where it has lines, quoted else.
func (w *yamlWriter) text(depth int, s string) {
	if head := blockHead(s); head != "" {
		w.out = append(w.out, head...)
		w.out = append(w.out, '\n')
		for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
			if line != "" {
				w.indent(depth)
				w.out = append(w.out, line...)
			}
			w.out = append(w.out, '\n')
		}
		return
	}
	if plain(s) {
		w.out = append(w.out, s...)
	} else {
		w.out = appendString(w.out, s)
	}
	w.out = append(w.out, '\n')
}

// blockHead is "|" or "|-" for text that a literal block gives back exactly, "" for any other.
func blockHead(s string) string {
	body, ends := strings.CutSuffix(s, "\n")
	if !strings.Contains(body, "\n") || strings.HasSuffix(body, "\n") || strings.HasPrefix(body, " ") || strings.HasPrefix(body, "\n") || strings.HasPrefix(body, "\t") {
		return ""
	}
	for line := range strings.SplitSeq(body, "\n") {
		if strings.TrimSpace(line) == "" && line != "" {
			return ""
		}
	}
	for _, r := range body {
		if r != '\n' && r != '\t' && (r < 0x20 || r == 0x7f || r > 0x7f && !printable(r)) || r == 0xfffd {
			return ""
		}
	}
	if ends {
		return "|"
	}
	return "|-"
}

// words are plain texts that some YAML reader takes for another type.
var words = map[string]bool{"true": true, "false": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true, "null": true}

// plain tells whether text can stand without quotes: it begins with a letter and holds nothing that YAML interprets.
func plain(s string) bool {
	if s == "" || len(s) > 200 || words[strings.ToLower(s)] {
		return false
	}
	if c := s[0]; (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '/' && c != '_' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case c == '/', c == '_', c == '.', c == '-', c == '+', c == '*', c == '(', c == ')', c == ';', c == '$', c == '<', c == '>', c == '=', c == '@':
		case c == ':':
			if i+1 == len(s) || s[i+1] == ' ' {
				return false
			}
		case c == ' ':
			if i+1 == len(s) {
				return false
			}
		default:
			return false
		}
	}
	return true
}
