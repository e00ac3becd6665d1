package cfn

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"airloom/backend/fault"
)

// FormatVersion is the only version of the template format.
const FormatVersion = "2010-09-09"

// Parse reads a template written in JSON or YAML, within the budget (MaxBytes, MaxNodes, MaxDepth). Errors are
// *fault.Error with the line in the message and the path in Where: fault.Limit beyond the budget, fault.Invalid else.
func Parse(data []byte) (Template, error) {
	n, err := read(data)
	if err != nil {
		return Template{}, err
	}
	p := &parser{}
	return p.template(n)
}

// ParseDocument reads any JSON or YAML document within the same budget into template values (a template that is no
// CloudFormation yet: serverless.yml, an OpenAPI file). Functions become Fn.
func ParseDocument(data []byte) (any, error) {
	n, err := read(data)
	if err != nil {
		return nil, err
	}
	p := &parser{}
	return p.value(n, false)
}

func read(data []byte) (*node, error) {
	if len(data) > MaxBytes {
		return nil, fault.New(fault.Limit, "the document has %d bytes, more than %d are not read", len(data), MaxBytes)
	}
	if !utf8.Valid(data) {
		return nil, fault.New(fault.Invalid, "the document is not text in UTF-8")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		n, err := readJSON(data)
		var syntax syntaxError
		if !errors.As(err, &syntax) {
			return n, err
		}
		if n, err := readYAML(data); err == nil { // YAML's flow style begins with a brace too
			return n, nil
		}
		return nil, syntax.fault
	}
	return readYAML(data)
}

type parser struct{ at trail }

func (p *parser) fail(n *node, format string, args ...any) error {
	return p.at.fail(n.line, format, args...)
}

// value converts a tree. conditions tells whether {"Condition": "Name"} is a function here.
func (p *parser) value(n *node, conditions bool) (any, error) {
	if n.tag != "" {
		name := shortForms[n.tag]
		bare := *n
		bare.tag = ""
		if n.kind == scalarNode {
			bare.scalar = n.text
		}
		arg, err := p.value(&bare, conditions)
		if err != nil {
			return nil, err
		}
		return p.function(n, name, arg)
	}
	switch n.kind {
	case listNode:
		list := make([]any, len(n.items))
		for i, item := range n.items {
			p.at.index(i)
			v, err := p.value(item, conditions)
			if err != nil {
				return nil, err
			}
			p.at.pop()
			list[i] = v
		}
		return list, nil
	case mapNode:
		if len(n.keys) == 1 {
			if k := n.keys[0]; isFunction(k) || conditions && k == "Condition" && n.items[0].kind == scalarNode {
				p.at.push(k)
				arg, err := p.value(n.items[0], conditions)
				if err != nil {
					return nil, err
				}
				p.at.pop()
				return p.function(n, k, arg)
			}
		}
		m := make(map[string]any, len(n.keys))
		for i, k := range n.keys {
			p.at.push(k)
			v, err := p.value(n.items[i], conditions)
			if err != nil {
				return nil, err
			}
			p.at.pop()
			m[k] = v
		}
		return m, nil
	}
	return n.scalar, nil
}

func (p *parser) function(n *node, name string, arg any) (any, error) {
	fn, why := call(name, arg)
	if why != "" {
		return nil, p.fail(n, "%s, this is %s", why, n.what())
	}
	return fn, nil
}

// entries visits the keys of a map; nothing (an empty section) has none.
func (p *parser) entries(n *node, visit func(key string, n *node) error) error {
	if n.kind == scalarNode && n.scalar == nil && n.tag == "" {
		return nil
	}
	if n.kind != mapNode || n.tag != "" {
		return p.fail(n, "must be a map, this is %s", n.what())
	}
	for i, k := range n.keys {
		p.at.push(k)
		if err := visit(k, n.items[i]); err != nil {
			return err
		}
		p.at.pop()
	}
	return nil
}

func (p *parser) text(n *node, into *string) error {
	s, ok := "", false
	if n.kind == scalarNode && n.tag == "" && n.scalar != nil {
		s, ok = scalarText(n.scalar)
	}
	if !ok {
		return p.fail(n, "must be text, this is %s", n.what())
	}
	*into = s
	return nil
}

// section reads a map of values; an empty one is nil, as if it were not there.
func (p *parser) section(n *node, into *map[string]any, conditions bool) error {
	return p.entries(n, func(k string, n *node) error {
		v, err := p.value(n, conditions)
		put(into, k, v)
		return err
	})
}

func (p *parser) any(n *node, into *any) (err error) {
	*into, err = p.value(n, false)
	return err
}

func put[V any](m *map[string]V, key string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = v
}

func (p *parser) template(n *node) (Template, error) {
	var t Template
	if n.kind != mapNode {
		return t, p.fail(n, "a template must be a map, this is %s", n.what())
	}
	err := p.entries(n, func(key string, n *node) error {
		switch key {
		case "AWSTemplateFormatVersion":
			var v string
			if err := p.text(n, &v); err != nil {
				return err
			}
			if v != FormatVersion {
				return p.fail(n, "the only format version is %s, this is %q", FormatVersion, shorten(v))
			}
			return nil
		case "Description":
			return p.text(n, &t.Description)
		case "Metadata":
			return p.section(n, &t.Metadata, false)
		case "Mappings":
			return p.section(n, &t.Mappings, false)
		case "Conditions":
			return p.section(n, &t.Conditions, true)
		case "Rules":
			return p.section(n, &t.Rules, true)
		case "Transform":
			return p.any(n, &t.Transform)
		case "Globals", "Hooks":
			var v any
			err := p.any(n, &v)
			put(&t.Extra, key, v)
			return err
		case "Parameters":
			return p.entries(n, func(id string, n *node) error {
				v, err := p.parameter(n)
				put(&t.Parameters, id, v)
				return err
			})
		case "Resources":
			return p.entries(n, func(id string, n *node) error {
				if strings.HasPrefix(id, "Fn::") {
					return p.fail(n, "%s in place of resources is not supported", shorten(id))
				}
				v, err := p.resource(n)
				put(&t.Resources, id, v)
				return err
			})
		case "Outputs":
			return p.entries(n, func(id string, n *node) error {
				v, err := p.output(n)
				put(&t.Outputs, id, v)
				return err
			})
		}
		return p.fail(n, "%q is no section of a template", shorten(key))
	})
	if err == nil && n.get("Resources") == nil {
		err = p.fail(n, "the template has no Resources")
	}
	if err != nil {
		return Template{}, err
	}
	return t, nil
}

func (p *parser) parameter(n *node) (Parameter, error) {
	var v Parameter
	err := p.entries(n, func(key string, n *node) error {
		switch key {
		case "Type":
			return p.text(n, &v.Type)
		case "Description":
			return p.text(n, &v.Description)
		case "Default":
			return p.any(n, &v.Default)
		case "NoEcho":
			var s string
			if err := p.text(n, &s); err != nil {
				return err
			}
			v.NoEcho = strings.EqualFold(s, "true")
			return nil
		case "AllowedValues":
			list, err := p.value(n, false)
			l, ok := list.([]any)
			if err == nil && !ok {
				err = p.fail(n, "must be a list, this is %s", n.what())
			}
			v.AllowedValues = l
			return err
		}
		x, err := p.value(n, false)
		put(&v.Extra, key, x)
		return err
	})
	if err == nil && v.Type == "" {
		err = p.fail(n, "the parameter has no Type")
	}
	return v, err
}

func (p *parser) resource(n *node) (Resource, error) {
	var r Resource
	err := p.entries(n, func(key string, n *node) error {
		switch key {
		case "Type":
			return p.text(n, &r.Type)
		case "Condition":
			return p.text(n, &r.Condition)
		case "DependsOn":
			return p.names(n, &r.DependsOn)
		case "DeletionPolicy":
			return p.text(n, &r.DeletionPolicy)
		case "UpdateReplacePolicy":
			return p.text(n, &r.UpdateReplacePolicy)
		case "CreationPolicy":
			return p.any(n, &r.CreationPolicy)
		case "UpdatePolicy":
			return p.any(n, &r.UpdatePolicy)
		case "Metadata":
			return p.section(n, &r.Metadata, false)
		case "Properties":
			if n.kind == mapNode && len(n.keys) == 1 && isFunction(n.keys[0]) {
				return p.fail(n, "%s in place of all properties is not supported", shorten(n.keys[0]))
			}
			return p.section(n, &r.Properties, false)
		case "Connectors", "Description", "IgnoreGlobals", "Version":
			v, err := p.value(n, false)
			put(&r.Extra, key, v)
			return err
		}
		return p.fail(n, "%q is no attribute of a resource", shorten(key))
	})
	if err == nil && r.Type == "" {
		err = p.fail(n, "the resource has no Type")
	}
	return r, err
}

func (p *parser) names(n *node, into *[]string) error {
	if n.kind != listNode || n.tag != "" {
		var s string
		err := p.text(n, &s)
		*into = []string{s}
		return err
	}
	for i, item := range n.items {
		p.at.index(i)
		var s string
		if err := p.text(item, &s); err != nil {
			return err
		}
		p.at.pop()
		if slices.Contains(*into, s) {
			continue
		}
		*into = append(*into, s)
	}
	return nil
}

func (p *parser) output(n *node) (Output, error) {
	var o Output
	err := p.entries(n, func(key string, n *node) error {
		switch key {
		case "Description":
			return p.text(n, &o.Description)
		case "Condition":
			return p.text(n, &o.Condition)
		case "Value":
			return p.any(n, &o.Value)
		case "Export":
			return p.entries(n, func(key string, n *node) error {
				if key != "Name" {
					return p.fail(n, "%q is no attribute of an export", shorten(key))
				}
				return p.any(n, &o.Export)
			})
		}
		return p.fail(n, "%q is no attribute of an output", shorten(key))
	})
	if err == nil && o.Value == nil {
		err = p.fail(n, "the output has no Value")
	}
	return o, err
}
