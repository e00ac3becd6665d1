package design

import (
	"maps"
	"reflect"
	"slices"

	"airloom/backend/fault"
)

// Apply gives the design after the diff, at the next revision; d itself is not changed. Every removed or updated record must be as the
// diff says it was, and every added id must be free: fault.Conflict names the record otherwise.
func Apply(d Design, diff Diff) (Design, error) {
	out := Design{Revision: d.Revision + 1}
	var err error
	if out.Nodes, err = change(d.Nodes, diff.Nodes); err != nil {
		return d, err
	}
	if out.Edges, err = change(d.Edges, diff.Edges); err != nil {
		return d, err
	}
	if out.Settings, err = change(d.Settings, diff.Settings); err != nil {
		return d, err
	}
	return out, nil
}

func change[R any](table map[ID]R, c Change[R]) (map[ID]R, error) {
	if c.IsZero() {
		return table, nil
	}
	out := maps.Clone(table)
	if out == nil {
		out = map[ID]R{}
	}
	moved := func(id ID) error {
		return fault.New(fault.Conflict, "%s was changed by somebody else in the meantime", id).At(string(id)).Try("look at the drawing as it is now, and repeat the change")
	}
	for id, was := range c.Removed {
		if is, ok := out[id]; !ok || !same(is, was) {
			return nil, moved(id)
		}
		delete(out, id)
	}
	for id, p := range c.Updated {
		if is, ok := out[id]; !ok || !same(is, p.Before) {
			return nil, moved(id)
		}
		out[id] = p.After
	}
	for id, r := range c.Added {
		if _, taken := out[id]; taken {
			return nil, moved(id)
		}
		out[id] = r
	}
	return out, nil
}

// same compares records by their JSON meaning: absent and empty props are equal.
func same[R any](a, b R) bool {
	if reflect.DeepEqual(a, b) {
		return true
	}
	return reflect.DeepEqual(canonical(a), canonical(b))
}

// Reverse gives the diff that takes back.
func Reverse(d Diff) Diff {
	return Diff{reverse(d.Nodes), reverse(d.Edges), reverse(d.Settings)}
}

func reverse[R any](c Change[R]) Change[R] {
	out := Change[R]{Added: c.Removed, Removed: c.Added}
	for id, p := range c.Updated {
		put(&out.Updated, id, Pair[R]{p.After, p.Before})
	}
	return out
}

// Squash gives one diff that does what a and then b do.
func Squash(a, b Diff) Diff {
	return Diff{squash(a.Nodes, b.Nodes), squash(a.Edges, b.Edges), squash(a.Settings, b.Settings)}
}

func squash[R any](a, b Change[R]) Change[R] {
	out := Change[R]{Added: maps.Clone(a.Added), Updated: maps.Clone(a.Updated), Removed: maps.Clone(a.Removed)}
	for id, was := range b.Removed {
		switch p, updated := out.Updated[id]; {
		case has(out.Added, id):
			delete(out.Added, id)
		case updated:
			delete(out.Updated, id)
			put(&out.Removed, id, p.Before)
		default:
			put(&out.Removed, id, was)
		}
	}
	for id, p := range b.Updated {
		if has(out.Added, id) {
			out.Added[id] = p.After
			continue
		}
		before := p.Before
		if q, ok := out.Updated[id]; ok {
			before = q.Before
		}
		settle(&out, id, before, p.After)
	}
	for id, r := range b.Added {
		if before, ok := out.Removed[id]; ok {
			delete(out.Removed, id)
			settle(&out, id, before, r)
			continue
		}
		put(&out.Added, id, r)
	}
	return out
}

// settle keeps an update unless it ends where it began.
func settle[R any](c *Change[R], id ID, before, after R) {
	delete(c.Updated, id)
	if !same(before, after) {
		put(&c.Updated, id, Pair[R]{before, after})
	}
}

// Between gives the diff that turns a into b.
func Between(a, b Design) Diff {
	return Diff{between(a.Nodes, b.Nodes), between(a.Edges, b.Edges), between(a.Settings, b.Settings)}
}

func between[R any](a, b map[ID]R) Change[R] {
	var out Change[R]
	for id, was := range a {
		is, ok := b[id]
		switch {
		case !ok:
			put(&out.Removed, id, was)
		case !same(was, is):
			put(&out.Updated, id, Pair[R]{was, is})
		}
	}
	for id, is := range b {
		if !has(a, id) {
			put(&out.Added, id, is)
		}
	}
	return out
}

func put[R any](m *map[ID]R, id ID, r R) {
	if *m == nil {
		*m = map[ID]R{}
	}
	(*m)[id] = r
}

func has[R any](m map[ID]R, id ID) bool { _, ok := m[id]; return ok }

// Touched are the ids of all records in the diff, sorted.
func (d Diff) Touched() []ID {
	ids := map[ID]bool{}
	collect(ids, d.Nodes)
	collect(ids, d.Edges)
	collect(ids, d.Settings)
	return slices.Sorted(maps.Keys(ids))
}

func collect[R any](ids map[ID]bool, c Change[R]) {
	for id := range c.Added {
		ids[id] = true
	}
	for id := range c.Updated {
		ids[id] = true
	}
	for id := range c.Removed {
		ids[id] = true
	}
}
