package dynamodb

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"airloom/backend/catalog/aws/dynamodb/expression"
	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/kind"
)

// maxPage is how much one query or scan looks at, before its filter.
const maxPage = 1 << 20

// listing is what Query and Scan have in common as requests.
type listing struct {
	placeholders
	TableName, IndexName, Select, ReturnConsumedCapacity string
	Limit                                                *int
	ExclusiveStartKey                                    value.Item
	ConsistentRead                                       bool
	FilterExpression, ProjectionExpression               *string
}

// parsed are the expressions of a listing.
type parsed struct {
	key, filter *expression.Condition
	projection  *expression.Projection
}

// parse reads the expressions. Only a query has a key condition, and it must.
func (r listing) parse(key *string, query bool) (parsed, error) {
	all := []written{{"FilterExpression", r.FilterExpression}, {"ProjectionExpression", r.ProjectionExpression}}
	if query {
		all = append(all, written{"KeyConditionExpression", key})
	}
	s, err := r.scope(all...)
	if err != nil {
		return parsed{}, err
	}
	if query && key == nil {
		return parsed{}, invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
	}
	var x parsed
	if x.key, err = condition("KeyConditionExpression", key, s); err != nil {
		return parsed{}, err
	}
	if x.filter, err = condition("FilterExpression", r.FilterExpression, s); err != nil {
		return parsed{}, err
	}
	if x.projection, err = projectionOf(r.ProjectionExpression, s); err != nil {
		return parsed{}, err
	}
	return x, used(s)
}

// paths are all that the expressions name.
func (x parsed) paths() []expression.Path {
	return slices.Concat(x.key.Paths(), x.filter.Paths(), x.projection.Paths())
}

// selected is what a listing chooses, as condition keys name it.
func (r listing) selected(x parsed) string {
	switch {
	case r.Select != "":
		return r.Select
	case x.projection != nil:
		return "SPECIFIC_ATTRIBUTES"
	case r.IndexName != "":
		return "ALL_PROJECTED_ATTRIBUTES"
	}
	return "ALL_ATTRIBUTES"
}

// page is a listing that is understood: where to look and what to give.
type page struct {
	t          table
	index      *index // nil: the table itself
	keys       keys   // of the table or the index
	window     window
	backward   bool
	after      []byte // the state key to go on behind
	filter     *expression.Condition
	projection *expression.Projection
	selects    string
	limit      int // 0 is none
}

// listed is the answer to Query and Scan.
type listed struct {
	Items            []value.Item `json:",omitzero"`
	Count            int
	ScannedCount     int
	LastEvaluatedKey value.Item `json:",omitempty"`
	ConsumedCapacity *capacity  `json:",omitempty"`
}

// understand checks what a listing asks for of its table. The window is the caller's business.
func (r listing) understand(t table, x parsed, operation string) (page, error) {
	g := page{t: t, keys: t.keys, selects: r.Select, filter: x.filter, projection: x.projection}
	if r.IndexName != "" {
		x, ok := t.index(r.IndexName)
		if !ok {
			return g, invalid("The table does not have the specified index: %s", r.IndexName)
		}
		if r.ConsistentRead && !x.local {
			return g, invalid("Consistent reads are not supported on global secondary indexes")
		}
		g.index, g.keys = &x, x.keys
	}
	if r.Limit != nil {
		if g.limit = *r.Limit; g.limit < 1 {
			return g, invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1", g.limit)
		}
	}
	if err := cmp.Or(enum("select", r.Select, "SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"), capacityChoice(r.ReturnConsumedCapacity)); err != nil {
		return g, err
	}
	projects := r.ProjectionExpression != nil
	switch what := map[string]string{"COUNT": "only the Count"}[r.Select]; {
	case projects && r.Select != "" && r.Select != "SPECIFIC_ATTRIBUTES":
		if what == "" {
			what = r.Select
		}
		return g, invalid("Cannot specify the ProjectionExpression when choosing to get %s", what)
	case !projects && r.Select == "SPECIFIC_ATTRIBUTES":
		return g, invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
	case r.Select == "ALL_PROJECTED_ATTRIBUTES" && g.index == nil:
		return g, invalid("ALL_PROJECTED_ATTRIBUTES can be used only when %s using an IndexName", map[string]string{"Query": "Querying", "Scan": "Scanning"}[operation])
	case r.Select == "ALL_ATTRIBUTES" && g.index != nil && !g.index.local && g.index.projection != "ALL":
		return g, invalid("One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", r.IndexName)
	}
	return g, nil
}

// checkPaths refuses what the filter and the projection may not name.
func (g *page) checkPaths(filterKeys bool) error {
	if err := g.t.checkPaths(append(g.filter.Paths(), g.projection.Paths()...)); err != nil {
		return err
	}
	for _, p := range g.filter.Paths() {
		if filterKeys && slices.Contains(g.keys.names(), p[0].Name) {
			return invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: %s", p[0].Name)
		}
	}
	if g.index == nil || g.index.local || g.index.projection == "ALL" {
		return nil
	}
	var missing []string
	for _, p := range g.projection.Paths() {
		if name := p[0].Name; !slices.Contains(slices.Concat(g.t.keys.names(), g.keys.names(), g.index.include), name) && !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return invalid("One or more parameter values were invalid: Global secondary index %s does not project [%s]", g.index.name, strings.Join(missing, ", "))
	}
	return nil
}

// prefix is the beginning of the state keys of all that the page could see.
func (g *page) prefix() []byte {
	if g.index != nil {
		return g.index.prefix(g.t)
	}
	return stateKey('i', g.t.arn)
}

// start turns an ExclusiveStartKey into the state key to go on behind.
func (g *page) start(key value.Item) error {
	if key == nil {
		return nil
	}
	names := slices.Concat(g.t.keys.names(), g.keys.names())
	slices.Sort(names)
	names = slices.Compact(names)
	at, ok := g.t.position(g.t.keys, key)
	if ok && g.index != nil {
		var there []byte
		there, ok = g.t.position(g.keys, key)
		at = append(there, at...)
	}
	if !ok || len(key) != len(names) {
		return invalid("The provided starting key is invalid: The provided key element does not match the schema")
	}
	g.after = append(g.prefix(), at...)
	return nil
}

// run reads the page. seen is how much it looked at.
func (g *page) run(tx kind.Tx) (out listed, seen int, err error) {
	out.Items = []value.Item{}
	var last value.Item
	stopped := false
	g.window.visit(tx, g.backward, g.after, func(_, v []byte) bool {
		if out.ScannedCount == g.limit && g.limit > 0 || seen >= maxPage {
			stopped = true
			return false
		}
		raw := v
		if g.index != nil {
			raw = tx.Get(stateKey('i', g.t.arn, v))
		}
		var whole value.Item
		if whole, err = decode(raw); err != nil {
			return false
		}
		held, looked := whole, whole // what the index holds, and what the filter sees
		if g.index != nil {
			if held = g.t.projected(*g.index, whole); !g.index.local {
				looked = held
			}
		}
		last = whole
		out.ScannedCount++
		seen += held.Size()
		if g.filter != nil && !g.filter.Holds(looked) {
			return true
		}
		out.Count++
		switch { // a local index fetches from the table what it does not hold itself
		case g.projection != nil:
			held = g.projection.Of(looked)
		case g.selects == "ALL_ATTRIBUTES":
			held = whole
		}
		out.Items = append(out.Items, held)
		return true
	})
	if err != nil {
		return out, seen, err
	}
	// A page that ends at its limit names a last key even where nothing follows.
	if stopped || g.limit > 0 && out.ScannedCount == g.limit {
		out.LastEvaluatedKey = g.t.keys.of(last)
		for name, v := range g.keys.of(last) {
			out.LastEvaluatedKey[name] = v
		}
	}
	if g.selects == "COUNT" {
		out.Items = nil
	}
	return out, seen, nil
}

// give reads the page and answers it.
func (c call) give(g page, r listing) (any, error) {
	var out listed
	seen := 0
	if err := c.w.State(space).View(func(tx kind.Tx) error {
		var err error
		out, seen, err = g.run(tx)
		return err
	}); err != nil {
		return nil, err
	}
	out.ConsumedCapacity = usage(r.ReturnConsumedCapacity, r.TableName).read(g.index, seen, eventually(r.ConsistentRead)).answer()
	return out, nil
}

// beyond tells whether the page would go on outside of its window.
func (g *page) beyond() bool {
	return g.after != nil && (bytes.Compare(g.after, g.window.low) < 0 || g.window.high != nil && bytes.Compare(g.after, g.window.high) >= 0)
}
