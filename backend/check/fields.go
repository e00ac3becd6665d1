package check

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"airloom/backend/design"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// fields holds the properties of nodes and wires to what their kinds declare. The inspector keeps people from most mistakes;
// a text that was merged or written by hand has only this.
func fields(d design.Design, specs map[string]kind.Spec) []fault.Finding {
	c := checker{patterns: map[string]*regexp.Regexp{}}
	for _, id := range d.NodeIDs() {
		n := d.Nodes[id]
		if sp, ok := specs[n.Kind]; ok {
			c.at, c.name = id, n.Name
			c.record(n.Props, sp.Fields, "", sp.Title)
		}
	}
	for _, id := range d.EdgeIDs() {
		e := d.Edges[id]
		from, okFrom := portOf(specs[d.Nodes[e.From.Node].Kind], e.From.Port)
		to, okTo := portOf(specs[d.Nodes[e.To.Node].Kind], e.To.Port)
		if okFrom && okTo {
			c.at, c.name = id, d.Nodes[e.From.Node].Name+" → "+d.Nodes[e.To.Node].Name
			c.record(e.Props, slices.Concat(from.Fields, to.Fields), "", "wire from "+from.Title+" to "+to.Title)
		}
	}
	return c.found
}

func portOf(sp kind.Spec, id string) (kind.Port, bool) {
	for _, p := range sp.Ports {
		if p.ID == id {
			return p, true
		}
	}
	return kind.Port{}, false
}

type checker struct {
	at       design.ID
	name     string
	patterns map[string]*regexp.Regexp
	found    []fault.Finding
}

func (c *checker) find(sev fault.Severity, field, hint, format string, args ...any) {
	c.found = append(c.found, fault.Finding{Rule: "field", Severity: sev, Node: string(c.at), Field: field, Hint: hint, Message: c.name + ": " + fmt.Sprintf(format, args...)})
}

// record checks the values of one node, wire or row.
func (c *checker) record(values map[string]any, declared []kind.Field, prefix, what string) {
	known := map[string]bool{}
	for _, f := range declared {
		if known[f.Name] {
			continue // both ports of a wire may declare it
		}
		known[f.Name] = true
		v := values[f.Name]
		if v == nil || v == "" {
			if f.Required && f.Default == nil {
				c.find(fault.Blocking, prefix+f.Name, hint(f), "%s is missing", f.Title)
			}
			continue
		}
		if wrong := c.value(f, v, prefix); wrong != "" {
			c.find(fault.Blocking, prefix+f.Name, hint(f), "%s %s", f.Title, wrong)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !known[name] {
			c.find(fault.Warning, prefix+name, "remove it", "a %s has no field %q, so that it changes nothing", what, name)
		}
	}
}

func hint(f kind.Field) string {
	if f.Help != "" {
		return f.Help
	}
	return "change it in the inspector"
}

// value tells what is wrong with a value, "" where nothing is or it is told already.
func (c *checker) value(f kind.Field, v any, prefix string) string {
	switch f.Type {
	case kind.Number:
		n, ok := v.(float64)
		switch {
		case !ok:
			return "is no number"
		case f.Min != nil && n < *f.Min, f.Max != nil && n > *f.Max:
			return strings.TrimSpace(fmt.Sprintf("is %g %s", n, f.Unit)) + ", and takes " + span(f)
		case f.Step > 0 && math.Abs(n/f.Step-math.Round(n/f.Step)) > 1e-6:
			return fmt.Sprintf("is %g, and takes steps of %g", n, f.Step)
		}
	case kind.Flag:
		if _, ok := v.(bool); !ok {
			return "is neither true nor false"
		}
	case kind.List:
		l, ok := v.([]any)
		for _, item := range l {
			s, isText := item.(string)
			if ok = ok && isText; !ok {
				break
			}
			if wrong := c.text(f, s); wrong != "" {
				return wrong
			}
		}
		if !ok {
			return "is no list of texts"
		}
	case kind.Map:
		m, ok := v.(map[string]any)
		for _, item := range m {
			_, isText := item.(string)
			_, refers := kind.Reference(item)
			ok = ok && (isText || refers && f.References)
		}
		if !ok {
			return "is no table of texts"
		}
	case kind.Rows:
		l, ok := v.([]any)
		for i, item := range l {
			row, isRow := item.(map[string]any)
			if !isRow {
				ok = false
				break
			}
			c.record(row, f.Columns, fmt.Sprintf("%s%s[%d].", prefix, f.Name, i), "row of "+f.Title)
		}
		if !ok {
			return "is no list of rows"
		}
	case kind.JSON:
	default:
		s, ok := v.(string)
		if !ok {
			return "is no text"
		}
		return c.text(f, s)
	}
	return ""
}

// text checks one text against the field's options and pattern.
func (c *checker) text(f kind.Field, s string) string {
	if len(f.Options) > 0 && !slices.Contains(f.Options, s) {
		return fmt.Sprintf("is %q, and is one of %s", s, strings.Join(f.Options, ", "))
	}
	if f.Pattern == "" {
		return ""
	}
	p := c.patterns[f.Pattern]
	if p == nil {
		var err error
		if p, err = regexp.Compile("^(?:" + f.Pattern + ")$"); err != nil {
			return "cannot be checked: " + err.Error() // the conformance test keeps it from ever being seen
		}
		c.patterns[f.Pattern] = p
	}
	if !p.MatchString(s) {
		return fmt.Sprintf("is %q, which is not allowed", s)
	}
	return ""
}

func span(f kind.Field) string {
	switch {
	case f.Min == nil:
		return fmt.Sprintf("at most %g", *f.Max)
	case f.Max == nil:
		return fmt.Sprintf("at least %g", *f.Min)
	}
	return fmt.Sprintf("%g to %g", *f.Min, *f.Max)
}

// crowded finds ports with more wires than they take.
func crowded(d design.Design, specs map[string]kind.Spec) []fault.Finding {
	wires := map[design.End]int{}
	for _, e := range d.Edges {
		wires[e.From]++
		wires[e.To]++
	}
	var out []fault.Finding
	for end, n := range wires {
		node := d.Nodes[end.Node]
		if p, ok := portOf(specs[node.Kind], end.Port); ok && p.Max > 0 && n > p.Max {
			out = append(out, fault.Finding{Rule: "crowded-port", Severity: fault.Blocking, Node: string(end.Node),
				Message: fmt.Sprintf("%s has %d wires at %q, which takes %d", node.Name, n, p.Title, p.Max), Hint: "remove the other wires"})
		}
	}
	return out
}
