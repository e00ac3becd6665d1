package design

import (
	"fmt"
	"math"
	"regexp"
	"unicode/utf8"

	"airloom/backend/fault"
)

// Limits of a design. They are far above what people draw and keep a hostile file from exhausting the machine.
const (
	MaxID     = 100 // bytes
	MaxName   = 200 // runes
	MaxNodes  = 20_000
	MaxEdges  = 60_000
	maxDepth  = 32
	maxValues = 20_000 // JSON values in one record
	maxText   = 1 << 20
	maxCoords = 1e7
)

var legalID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Legal tells whether an id has the form that logical ids can be made of.
func (id ID) Legal() bool { return len(id) <= MaxID && legalID.MatchString(string(id)) }

// Validate checks what must hold of every design, whatever its kinds: fault.Invalid names the record and why.
func Validate(d Design) error {
	if len(d.Nodes) > MaxNodes || len(d.Edges) > MaxEdges {
		return fault.New(fault.Limit, "a drawing holds at most %d nodes and %d wires", MaxNodes, MaxEdges)
	}
	for id, n := range d.Nodes {
		if err := n.validate(d, id); err != nil {
			return err
		}
	}
	for id, e := range d.Edges {
		if err := e.validate(d, id); err != nil {
			return err
		}
	}
	for id, s := range d.Settings {
		if id != s.ID || !id.Legal() {
			return invalid(id, "the setting's id is not legal")
		}
		if err := values(id, s.Value); err != nil {
			return err
		}
	}
	return nil
}

func invalid(id ID, format string, args ...any) error {
	return fault.New(fault.Invalid, format, args...).At(string(id))
}

func (n Node) validate(d Design, id ID) error {
	switch {
	case id != n.ID || !id.Legal():
		return invalid(id, "the node's id %q is not legal: lower-case letters, digits and single dashes, %d at most", n.ID, MaxID)
	case n.Kind == "" || len(n.Kind) > MaxID:
		return invalid(id, "the node has no kind")
	case !utf8.ValidString(n.Name) || utf8.RuneCountInString(n.Name) > MaxName:
		return invalid(id, "the node's name is longer than %d characters or no text", MaxName)
	}
	for _, v := range []float64{n.X, n.Y, n.W, n.H} {
		if math.IsNaN(v) || math.Abs(v) > maxCoords {
			return invalid(id, "the node lies outside of the canvas")
		}
	}
	if n.W < 0 || n.H < 0 {
		return invalid(id, "the node's size is negative")
	}
	for p, steps := n.Parent, 0; p != ""; p, steps = d.Nodes[p].Parent, steps+1 {
		if _, ok := d.Nodes[p]; !ok {
			return invalid(id, "the group %q that the node lies in does not exist", p)
		}
		if p == id || steps > maxDepth {
			return invalid(id, "the node lies in itself, or too deep in groups")
		}
	}
	return values(id, map[string]any(n.Props))
}

func (e Edge) validate(d Design, id ID) error {
	if id != e.ID || !id.Legal() {
		return invalid(id, "the wire's id %q is not legal", e.ID)
	}
	for _, end := range []End{e.From, e.To} {
		if _, ok := d.Nodes[end.Node]; !ok {
			return invalid(id, "the wire ends at %q, which does not exist", end.Node)
		}
		if end.Port == "" {
			return invalid(id, "the wire names no port at %q", end.Node)
		}
	}
	if e.Protocol == "" {
		return invalid(id, "the wire has no protocol")
	}
	return values(id, map[string]any(e.Props))
}

// values checks that v is made of JSON values within bounds.
func values(id ID, v any) error {
	count := 0
	var walk func(v any, depth int) error
	walk = func(v any, depth int) error {
		if count++; count > maxValues || depth > maxDepth {
			return fmt.Errorf("the properties are too large or too deep")
		}
		switch t := v.(type) {
		case nil, bool:
		case float64:
			if math.IsNaN(t) || math.IsInf(t, 0) {
				return fmt.Errorf("a property is no number")
			}
		case string:
			if len(t) > maxText || !utf8.ValidString(t) {
				return fmt.Errorf("a property's text is longer than %d bytes or no text", maxText)
			}
		case []any:
			for _, e := range t {
				if err := walk(e, depth+1); err != nil {
					return err
				}
			}
		case map[string]any:
			for _, e := range t {
				if err := walk(e, depth+1); err != nil {
					return err
				}
			}
		default:
			return fmt.Errorf("a property holds a %T, which is no JSON value", v)
		}
		return nil
	}
	if err := walk(v, 0); err != nil {
		return invalid(id, "%s", err.Error())
	}
	return nil
}
