package cfn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"airloom/backend/fault"
)

// readYAML reads one YAML document into a tree without aliases.
func readYAML(data []byte) (*node, error) {
	if err := weigh(data); err != nil {
		return nil, err
	}
	doc, err := decodeYAML(data)
	if err != nil {
		return nil, err
	}
	r := &yamlReader{}
	return r.value(doc)
}

// weigh refuses, before anything is allocated, a text with so many lines, commas and brackets that its tree could not be
// within the budget. The parser builds its whole tree before we can count it.
func weigh(data []byte) error {
	marks, line, content := 0, 1, false
	for i, c := range data {
		switch c {
		case '\n':
			if content {
				marks++
			}
			line, content = line+1, false
			continue
		case ' ', '\t', '\r':
			continue
		case ',', '[', '{':
			marks++
		case '-', '?', ':':
			if content && (i+1 == len(data) || data[i+1] <= ' ') {
				marks++ // "- - - a" is a level each
			}
		}
		content = true
		if marks > 2*MaxNodes {
			return tooMany(line)
		}
	}
	return nil
}

func decodeYAML(data []byte) (n *yaml.Node, err error) {
	// The parser reports by panicking inside and recovers its own kind only; text from outside must not end the program.
	defer func() {
		if r := recover(); r != nil {
			n, err = nil, fault.New(fault.Invalid, "not valid YAML: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fault.New(fault.Invalid, "the document is empty")
		}
		text := strings.TrimPrefix(err.Error(), "yaml: ")
		if strings.Contains(text, "exceeded max depth") { // the parser's own limit, far beyond ours
			return nil, fault.New(fault.Limit, "nested more than %d levels deep", MaxDepth)
		}
		return nil, fault.New(fault.Invalid, "not valid YAML: %s", text)
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		line := 1
		if err == nil {
			line = more.Line
		}
		return nil, fault.New(fault.Invalid, "line %d: a template is one document, here begins a second one", line)
	}
	return doc.Content[0], nil
}

type yamlReader struct {
	at     trail
	budget budget
	open   []*yaml.Node // anchors being expanded
}

func (r *yamlReader) value(y *yaml.Node) (*node, error) {
	if y.Kind == yaml.AliasNode {
		for _, o := range r.open {
			if o == y.Alias {
				return nil, r.at.fail(y.Line, "the alias *%s contains itself", shorten(y.Value))
			}
		}
		r.open = append(r.open, y.Alias)
		defer func() { r.open = r.open[:len(r.open)-1] }()
		return r.value(y.Alias)
	}
	if err := r.budget.count(y.Line, &r.at); err != nil {
		return nil, err
	}
	n := &node{line: y.Line}
	if err := r.tag(y, n); err != nil {
		return nil, err
	}
	switch y.Kind {
	case yaml.ScalarNode:
		n.text, n.scalar = y.Value, y.Value
		tagged := y.Style&yaml.TaggedStyle != 0
		quoted := y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
		if tagged && y.Tag != "!!str" && n.tag == "" || !tagged && !quoted {
			n.scalar = resolve(y.Value)
		}
		return n, nil
	case yaml.SequenceNode:
		n.kind = listNode
	default:
		n.kind = mapNode
	}
	if err := r.budget.enter(y.Line, &r.at); err != nil {
		return nil, err
	}
	defer r.budget.leave()
	if n.kind == listNode {
		return n, r.list(y, n)
	}
	return n, r.object(y, n)
}

// tag keeps a short form ("!Ref") and refuses what YAML could otherwise make of a value ("!!binary").
func (r *yamlReader) tag(y *yaml.Node, n *node) error {
	if y.Style&yaml.TaggedStyle == 0 {
		return nil
	}
	switch y.Tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map":
		return nil
	}
	if name, ok := strings.CutPrefix(y.Tag, "!"); ok && shortForms[name] != "" {
		n.tag = name
		return nil
	}
	return r.at.fail(y.Line, "the tag %s is no short form of a function", shorten(y.Tag))
}

func (r *yamlReader) list(y *yaml.Node, n *node) error {
	for i, c := range y.Content {
		r.at.index(i)
		item, err := r.value(c)
		if err != nil {
			return err
		}
		r.at.pop()
		n.items = append(n.items, item)
	}
	return nil
}

func (r *yamlReader) object(y *yaml.Node, n *node) error {
	seen := make(map[string]int, len(y.Content)/2)
	var merges []*yaml.Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		k, v := y.Content[i], y.Content[i+1]
		for k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		if k.Kind != yaml.ScalarNode {
			return r.at.fail(k.Line, "a key must be text")
		}
		if k.Value == "<<" && k.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0 {
			merges = append(merges, v)
			continue
		}
		if first, ok := seen[k.Value]; ok {
			return r.at.fail(k.Line, "the key %q stands twice, first in line %d", shorten(k.Value), first)
		}
		seen[k.Value] = k.Line
		if err := r.budget.count(k.Line, &r.at); err != nil {
			return err
		}
		r.at.push(k.Value)
		item, err := r.value(v)
		if err != nil {
			return err
		}
		r.at.pop()
		n.keys, n.items = append(n.keys, k.Value), append(n.items, item)
	}
	return r.merge(merges, n, seen)
}

// merge adds the keys of "<<" that the map itself does not have. https://yaml.org/type/merge.html
func (r *yamlReader) merge(from []*yaml.Node, n *node, seen map[string]int) error {
	for _, y := range from {
		r.at.push("<<")
		m, err := r.value(y)
		if err != nil {
			return err
		}
		r.at.pop()
		sources := []*node{m}
		if m.kind == listNode {
			sources = m.items
		}
		for _, s := range sources {
			if s.kind != mapNode || s.tag != "" {
				return r.at.fail(y.Line, "only maps can be merged by <<, this is %s", s.what())
			}
			for i, k := range s.keys {
				if _, ok := seen[k]; !ok {
					seen[k] = y.Line
					n.keys, n.items = append(n.keys, k), append(n.items, s.items[i])
				}
			}
		}
	}
	return nil
}

var floatText = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// resolve gives a plain scalar its type. CloudFormation reads YAML 1.1, so that yes and on are booleans. A number is
// one only if it would be printed as it stands: account ids with a leading zero, versions as 1.10, times as 22:30 and
// dates stay the text that their author saw.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
func resolve(s string) any {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return nil
	case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON":
		return true
	case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF":
		return false
	}
	if c := s[0]; c != '-' && (c < '0' || c > '9') {
		return s
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil && strconv.FormatInt(i, 10) == s {
		return int(i)
	}
	if floatText.MatchString(s) {
		if f, err := strconv.ParseFloat(s, 64); err == nil && formatFloat(f) == s {
			return whole(f)
		}
	}
	return s
}

// formatFloat prints a number that has a fraction or is larger than an int.
func formatFloat(f float64) string {
	if a := max(f, -f); a >= 1e-6 && a < 1e15 || f == 0 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'e', -1, 64)
}

// scalarText is a number, a truth value or a text as CloudFormation puts it into a text.
func scalarText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int:
		return strconv.Itoa(v), true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		if i, ok := whole(v).(int); ok {
			return strconv.Itoa(i), true
		}
		return formatFloat(v), true
	}
	return fmt.Sprintf("%T", v), false
}
