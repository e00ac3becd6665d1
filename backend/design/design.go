// Package design is the drawing as data: a flat set of records by id, changed only by applying a Diff.
// It knows no kinds and does no I/O; it imports only fault.
package design

import (
	"maps"
	"slices"
)

// ID names a record. It is unique within a design, stable for the record's life, matches
// [a-z][a-z0-9_-]{0,63}, and is never shown as a name.
type ID string

// Props are the field values of a node or an edge: JSON values (string, float64, bool, nil, []any, map[string]any).
type Props map[string]any

// Node is a thing on the drawing. It is data only: what it does is in its kind. Groups and notes are nodes too,
// of kinds that emit nothing.
type Node struct {
	ID     ID      `json:"id"`
	Kind   string  `json:"kind"` // a kind's id on the shelf, for instance "aws.lambda"
	Name   string  `json:"name"` // what people call it; unique names make readable logical ids
	X      float64 `json:"x"`    // canvas units (CSS pixels at 100 %), top left, relative to the drawing
	Y      float64 `json:"y"`
	W      float64 `json:"w,omitempty"` // size where the kind can be resized (groups, notes), else 0
	H      float64 `json:"h,omitempty"`
	Parent ID      `json:"parent,omitempty"` // the group it lies in
	Z      int     `json:"z,omitempty"`      // what lies over what among nodes of a shape: higher is nearer; 0 where nobody has said
	Locked bool    `json:"locked,omitempty"`
	Props  Props   `json:"props,omitempty"`
}

// Edge is a wire from an out port to an in port that speak a common protocol.
type Edge struct {
	ID       ID     `json:"id"`
	From     End    `json:"from"`
	To       End    `json:"to"`
	Protocol string `json:"protocol"`         // call, push, poll, route, schedule, webhook
	Access   string `json:"access,omitempty"` // what the protocol's join grants: read, write, send, invoke …
	Props    Props  `json:"props,omitempty"`
}

// End is one end of an edge.
type End struct {
	Node ID     `json:"node"`
	Port string `json:"port"`
}

// Setting is a template-level value that belongs to no node: the record ids are "name", "description", "region",
// and "parameters", "conditions", "mappings", "outputs", "metadata" where an import brought them.
type Setting struct {
	ID    ID  `json:"id"`
	Value any `json:"value"`
}

// Design is a drawing at a revision. Treat it as a value: Apply returns a new one and shares what did not change.
type Design struct {
	Revision int64          `json:"revision"`
	Nodes    map[ID]Node    `json:"nodes"`
	Edges    map[ID]Edge    `json:"edges"`
	Settings map[ID]Setting `json:"settings"`
}

// New is the empty drawing at revision 0.
func New() Design {
	return Design{Nodes: map[ID]Node{}, Edges: map[ID]Edge{}, Settings: map[ID]Setting{}}
}

// NodeIDs are the ids of all nodes, sorted.
func (d Design) NodeIDs() []ID { return slices.Sorted(maps.Keys(d.Nodes)) }

// EdgeIDs are the ids of all edges, sorted.
func (d Design) EdgeIDs() []ID { return slices.Sorted(maps.Keys(d.Edges)) }

// EdgesOf are the edges that touch a node, sorted by id.
func (d Design) EdgesOf(id ID) []Edge {
	var es []Edge
	for _, k := range d.EdgeIDs() {
		if e := d.Edges[k]; e.From.Node == id || e.To.Node == id {
			es = append(es, e)
		}
	}
	return es
}

func sortedIDs[R any](m map[ID]R) []ID { return slices.Sorted(maps.Keys(m)) }
