package expression

import (
	"slices"

	"airloom/backend/catalog/aws/dynamodb/value"
)

// Projection is a parsed projection expression.
type Projection struct{ paths []Path }

// ParseProjection parses a projection expression.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html
func ParseProjection(text string, scope *Scope) (*Projection, error) {
	p, err := open(text, scope)
	if err != nil {
		return nil, err
	}
	out := &Projection{}
	for {
		path, err := p.path()
		if err != nil {
			return nil, err
		}
		out.paths = append(out.paths, path)
		if !p.take(",") {
			break
		}
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return out, overlap(out.paths)
}

// Paths are the projected paths; none of no projection.
func (p *Projection) Paths() []Path {
	if p == nil {
		return nil
	}
	return p.paths
}

// Of gives the projected part of an item.
func (p *Projection) Of(item value.Item) value.Item { return Pick(p.paths, item) }

// Pick gives the part of an item that lies at the paths. Elements chosen from a list stand in their order, without gaps.
func Pick(paths []Path, item value.Item) value.Item {
	v, _ := project(value.Value{Kind: value.Map, Map: item}, paths)
	return v.Map
}

func project(v value.Value, paths []Path) (value.Value, bool) {
	rest := map[Step][]Path{}
	var order []Step
	for _, path := range paths {
		if len(path) == 0 {
			return v, true
		}
		if rest[path[0]] == nil {
			order = append(order, path[0])
		}
		rest[path[0]] = append(rest[path[0]], path[1:])
	}
	out := value.Value{Kind: v.Kind}
	switch v.Kind {
	case value.Map:
		out.Map = value.Item{}
		for _, s := range order {
			if inner, ok := v.Map[s.Name]; ok && s.Name != "" {
				if chosen, ok := project(inner, rest[s]); ok {
					out.Map[s.Name] = chosen
				}
			}
		}
		return out, len(out.Map) > 0
	case value.List:
		slices.SortFunc(order, func(a, b Step) int { return a.Index - b.Index })
		for _, s := range order {
			if s.Name == "" && s.Index < len(v.List) {
				if chosen, ok := project(v.List[s.Index], rest[s]); ok {
					out.List = append(out.List, chosen)
				}
			}
		}
		return out, len(out.List) > 0
	}
	return out, false
}
