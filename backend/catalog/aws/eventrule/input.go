package eventrule

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"airloom/backend/fault"
	"airloom/backend/kind/property"
)

// shape makes what a target gets of an event.
type shape func(facts) ([]byte, error)

// facts are an event and what a template may say about it.
type facts struct {
	text              []byte // the event as JSON
	event             any    // the same, decoded
	ruleARN, rule, at string
}

// shapeOf compiles what a target says about its input; nil hands over the event as it is.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
func shapeOf(target map[string]any) (shape, error) {
	if constant, ok := target["Input"].(string); ok {
		if !json.Valid([]byte(constant)) {
			return nil, fault.New(fault.Invalid, "the constant is no JSON").At("input")
		}
		return func(facts) ([]byte, error) { return []byte(constant), nil }, nil
	}
	if text, ok := target["InputPath"].(string); ok {
		p, err := parsePath(text)
		if err != nil {
			return nil, fault.As(err).At("inputPath")
		}
		return func(f facts) ([]byte, error) { v, _ := p.find(f.event); return printed(v) }, nil
	}
	if t, ok := target["InputTransformer"].(map[string]any); ok {
		return transformer(t)
	}
	return func(f facts) ([]byte, error) { return f.text, nil }, nil
}

// path is a JSON path as EventBridge takes it: names and places of arrays.
type path []any // string or int

func parsePath(text string) (path, error) {
	wrong := func() (path, error) {
		return nil, fault.New(fault.Invalid, "%q is no path such as $.detail.items[0].id", text)
	}
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return wrong()
	}
	var p path
	for rest != "" {
		switch {
		case strings.HasPrefix(rest, "['"):
			name, after, ok := strings.Cut(rest[2:], "']")
			if !ok || name == "" {
				return wrong()
			}
			p, rest = append(p, name), after
		case strings.HasPrefix(rest, "["):
			digits, after, ok := strings.Cut(rest[1:], "]")
			n, err := strconv.Atoi(digits)
			if !ok || err != nil || n < 0 {
				return wrong()
			}
			p, rest = append(p, n), after
		case strings.HasPrefix(rest, "."):
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			if end == 0 || rest[1:end+1] == "*" {
				return wrong()
			}
			p, rest = append(p, rest[1:end+1]), rest[end+1:]
		default:
			return wrong()
		}
	}
	return p, nil
}

func (p path) find(v any) (any, bool) {
	for _, step := range p {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			next, ok := m[step]
			if !ok {
				return nil, false
			}
			v = next
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil, false
			}
			v = l[step]
		}
	}
	return v, true
}

// predefined are the variables that a template need not declare.
var predefined = map[string]func(facts) any{
	"aws.events.rule-arn":             func(f facts) any { return f.ruleARN },
	"aws.events.rule-name":            func(f facts) any { return f.rule },
	"aws.events.event.ingestion-time": func(f facts) any { return f.at },
	"aws.events.event.json":           func(f facts) any { return json.RawMessage(f.text) },
	"aws.events.event": func(f facts) any { // without its detail
		m, _ := f.event.(map[string]any)
		m = maps.Clone(m)
		delete(m, "detail")
		return m
	},
}

// transformer compiles a template with variables in angle brackets. Within quotation marks a variable is put in as text, elsewhere as
// JSON; a path that the event does not have gives nothing there, and null here.
func transformer(t map[string]any) (shape, error) {
	template := property.Text(t, "InputTemplate")
	declared, _ := t["InputPathsMap"].(map[string]any)
	variables := maps.Clone(predefined)
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		text, _ := declared[name].(string)
		p, err := parsePath(text)
		if err != nil {
			return nil, fault.As(err).At("inputPaths")
		}
		variables[name] = func(f facts) any { v, _ := p.find(f.event); return v }
	}
	parts, err := splitTemplate(template, variables)
	if err != nil {
		return nil, err
	}
	return func(f facts) ([]byte, error) {
		var out bytes.Buffer
		for _, p := range parts {
			if p.variable == nil {
				out.WriteString(p.text)
				continue
			}
			v := p.variable(f)
			text, err := printed(v)
			if err != nil {
				return nil, err
			}
			if p.quoted {
				text = inQuotes(v, text)
			}
			out.Write(text)
		}
		if !json.Valid(out.Bytes()) {
			return nil, fault.New(fault.Invalid, "the template does not make JSON of this event: %s", out.Bytes())
		}
		return out.Bytes(), nil
	}, nil
}

// printed is a value as JSON; "<" and "&" stay as they are, for it may be read as text.
func printed(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "print JSON")
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// inQuotes is a value as it stands within a JSON text that is open already.
func inQuotes(v any, text []byte) []byte {
	switch v.(type) {
	case nil:
		return nil
	case string:
		return text[1 : len(text)-1]
	}
	text, _ = printed(string(text)) // a text always prints
	return text[1 : len(text)-1]
}

type part struct {
	text     string
	variable func(facts) any
	quoted   bool
}

// splitTemplate cuts a template at its variables. One that nobody declared is refused, as EventBridge does.
func splitTemplate(template string, variables map[string]func(facts) any) ([]part, error) {
	var parts []part
	quoted, from := false, 0
	for i := 0; i < len(template); i++ {
		switch template[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case '<':
			end := strings.IndexByte(template[i:], '>')
			if end < 0 {
				continue
			}
			name := template[i+1 : i+end]
			variable := variables[name]
			if variable == nil {
				if quoted && strings.ContainsAny(name, " <\"") {
					continue // only a sign within a text
				}
				return nil, fault.New(fault.Invalid, "the template's variable <%s> is not declared", name).At("inputPaths")
			}
			parts = append(parts, part{text: template[from:i]}, part{variable: variable, quoted: quoted})
			i += end
			from = i + 1
		}
	}
	if strings.TrimSpace(template) == "" {
		return nil, fault.New(fault.Invalid, "the template is empty").At("inputTemplate")
	}
	return append(parts, part{text: template[from:]}), nil
}
