package kind

// Shelf is the ordered list of all kinds. Package catalog makes it; everybody else is handed it.
type Shelf []Kind

// Find gives a kind by its id.
func (s Shelf) Find(id string) (Kind, bool) {
	for _, k := range s {
		if k.Spec().ID == id {
			return k, true
		}
	}
	return nil, false
}

// Spec gives a kind's description by its id.
func (s Shelf) Spec(id string) (Spec, bool) {
	if k, ok := s.Find(id); ok {
		return k.Spec(), true
	}
	return Spec{}, false
}
