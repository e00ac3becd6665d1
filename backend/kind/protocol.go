package kind

// Protocol owns the join of two ports: the permission, the linking resource, the variable, the offline delivery.
type Protocol struct {
	ID    ProtocolID        `json:"id"`
	Title string            `json:"title"`
	Help  string            `json:"help"` // one line: what a wire of this protocol means
	Join  func(*Wire) error `json:"-"`
	// Implements tells whether a kind has the side of the protocol that a port of the direction needs.
	Implements func(Kind, Direction) bool `json:"-"`
}

// Protocols is the ordered list of all six.
func Protocols() []Protocol {
	return []Protocol{callProtocol, pushProtocol, pollProtocol, routeProtocol, scheduleProtocol, webhookProtocol}
}

// ProtocolOf finds a protocol by its id.
func ProtocolOf(id ProtocolID) (Protocol, bool) {
	for _, p := range Protocols() {
		if p.ID == id {
			return p, true
		}
	}
	return Protocol{}, false
}

func sides[Source, Target any](k Kind, d Direction) bool {
	if d == Out {
		_, ok := k.(Source)
		return ok
	}
	_, ok := k.(Target)
	return ok
}
