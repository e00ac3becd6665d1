package kind

import "slices"

// ProtocolID names one of the six protocols.
type ProtocolID string

// The six protocols: how two things on a drawing can be joined.
const (
	Call     ProtocolID = "call"     // the source calls the target's API: permission and variable on the source
	Push     ProtocolID = "push"     // the source invokes the target: permission on the target, link on the source
	Poll     ProtocolID = "poll"     // the target reads the source: event source mapping
	Route    ProtocolID = "route"    // a request of the source's surface is answered by the target
	Schedule ProtocolID = "schedule" // the source's clock starts the target
	Webhook  ProtocolID = "webhook"  // a third party sends requests to the target's public address
)

// Direction of a port: wires run from an Out port to an In port.
type Direction string

// Directions.
const (
	Out Direction = "out"
	In  Direction = "in"
)

// Port is where wires attach. Two ports connect if one is Out, the other In, and they share a Speak.
type Port struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Dir    Direction `json:"dir" enum:"in,out"`
	Speaks []Speak   `json:"speaks"`
	Max    int       `json:"max,omitempty"`    // most wires, 0 is no limit
	Fields []Field   `json:"fields,omitempty"` // properties that a wire at this port has (batch size, route, filter …)
}

// Speak is a protocol that a port speaks, with the accesses it offers. Both sides must share an access: an empty list
// matches all of the other side's; the first of the In side's list that both share is the default.
type Speak struct {
	Protocol ProtocolID `json:"protocol" enum:"call,push,poll,route,schedule,webhook"`
	Access   []string   `json:"access,omitempty"` // read, write, readwrite, send, publish, invoke, verify …
	As       string     `json:"as,omitempty"`     // what this side is, for others that are particular: bus, function, queue
	With     []string   `json:"with,omitempty"`   // what the other side has to be (its As), empty takes anything
}

// Match is one way in which two ports connect.
type Match struct {
	Protocol ProtocolID `json:"protocol"`
	Access   []string   `json:"access"` // at least one, "" where the protocol knows no accesses; the first is the default
}

// CanConnect lists the ways in which an out port connects to an in port; none means that it is not legal.
// The TypeScript replica follows the same rules (testdata/connect.txtar is read by both).
func CanConnect(from, to Port) []Match {
	if from.Dir != Out || to.Dir != In {
		return nil
	}
	var ms []Match
	for _, t := range to.Speaks {
		for _, f := range from.Speaks {
			if f.Protocol != t.Protocol || !f.takes(t) || !t.takes(f) {
				continue
			}
			if acc := shared(f.Access, t.Access); len(acc) > 0 {
				ms = append(ms, Match{t.Protocol, acc})
			}
		}
	}
	return ms
}

// takes tells whether the other side is what this one asks for.
func (s Speak) takes(other Speak) bool {
	return len(s.With) == 0 || slices.Contains(s.With, other.As)
}

// shared are the accesses both sides have, in the In side's order.
func shared(from, to []string) []string {
	switch {
	case len(from) == 0 && len(to) == 0:
		return []string{""}
	case len(to) == 0:
		return from
	case len(from) == 0:
		return to
	}
	var both []string
	for _, t := range to {
		for _, f := range from {
			if f == t {
				both = append(both, t)
			}
		}
	}
	return both
}
