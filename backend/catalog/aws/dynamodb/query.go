package dynamodb

import (
	"bytes"
	"cmp"
	"strings"

	"airloom/backend/catalog/aws/dynamodb/expression"
	"airloom/backend/catalog/aws/dynamodb/value"
)

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
func (c call) query() (any, error) {
	var r struct {
		listing
		KeyConditionExpression *string
		ScanIndexForward       *bool
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	x, problem := r.parse(r.KeyConditionExpression, true)
	by, wrong := conditionsByKey(x.key)
	t, err := c.target(r.TableName, r.IndexName, "Query", leadingOf(by, r.IndexName), naming(x.paths()), choosing("dynamodb:Select", r.selected(x)))
	if err != nil {
		return nil, err
	}
	g, err := r.understand(t, x, "Query")
	if err := cmp.Or(err, problem, wrong); err != nil {
		return nil, err
	}
	g.backward = r.ScanIndexForward != nil && !*r.ScanIndexForward
	if g.window, err = g.within(by); err != nil {
		return nil, err
	}
	if err := g.start(r.ExclusiveStartKey); err != nil {
		return nil, err
	}
	switch inside := bytes.HasPrefix(g.after, g.window.prefix); {
	case g.after != nil && !inside:
		return nil, invalid("The provided starting key is outside query boundaries based on provided conditions")
	case g.beyond():
		return nil, invalid("The provided starting key does not match the range key predicate")
	}
	if err := g.checkPaths(true); err != nil {
		return nil, err
	}
	return c.give(g, r.listing)
}

// leadingOf gives the partition key that a query is about.
func leadingOf(by map[string]expression.Condition, indexName string) func(table, map[string]string) {
	return func(t table, about map[string]string) {
		k := t.keys
		if x, ok := t.index(indexName); ok {
			k = x.keys
		}
		if c, ok := by[k.partition]; ok {
			add(about, "dynamodb:LeadingKeys", plain(*c.Args[1].Value))
		}
	}
}

// conditionsByKey takes a key condition apart: one comparison for each attribute, with the attribute on the left.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
func conditionsByKey(c *expression.Condition) (map[string]expression.Condition, error) {
	out := map[string]expression.Condition{}
	var visit func(expression.Condition) error
	visit = func(c expression.Condition) error {
		switch c.Op {
		case "AND":
			return cmp.Or(visit(c.Sub[0]), visit(c.Sub[1]))
		case "OR", "NOT", "IN", "<>", "attribute_exists", "attribute_not_exists", "attribute_type", "contains":
			return invalid("Invalid operator used in KeyConditionExpression: %s", c.Op)
		}
		names, at := 0, 0
		for i, o := range c.Args {
			switch {
			case o.Function != "":
				return invalid("KeyConditionExpressions cannot contain nested operations")
			case len(o.Path) > 1:
				return invalid("KeyConditionExpressions cannot have conditions on nested attributes")
			case o.Path != nil:
				names, at = names+1, i
			}
		}
		switch {
		case names > 1:
			return invalid("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
		case names == 0:
			return invalid("Invalid condition in KeyConditionExpression: No key attribute specified")
		case at > 0 && (c.Op == "BETWEEN" || c.Op == "begins_with"):
			return invalid("Invalid condition in KeyConditionExpression: %s operator must have the key attribute as its first operand", c.Op)
		case at > 0:
			c = expression.Condition{Op: strings.NewReplacer("<", ">", ">", "<").Replace(c.Op), Args: []expression.Operand{c.Args[1], c.Args[0]}}
		}
		name := c.Args[0].Path[0].Name
		if _, twice := out[name]; twice {
			return invalid("KeyConditionExpressions must only contain one condition per key")
		}
		out[name] = c
		return nil
	}
	if c == nil {
		return out, nil
	}
	if err := visit(*c); err != nil {
		return nil, err
	}
	if len(out) > 2 {
		return nil, invalid("Conditions can be of length 1 or 2 only")
	}
	return out, nil
}

// within is the part of the table or index that the key conditions leave.
func (g *page) within(by map[string]expression.Condition) (window, error) {
	head, ok := by[g.keys.partition]
	tail, ranged := by[g.keys.sort]
	ranged = ranged && g.keys.sort != ""
	switch {
	case !ok:
		return window{}, invalid("Query condition missed key schema element: %s", g.keys.partition)
	case len(by) > 1 && g.keys.sort == "":
		return window{}, invalid("Query key condition not supported")
	case len(by) > 1 && !ranged:
		return window{}, invalid("Query condition missed key schema element: %s", g.keys.sort)
	}
	for name, c := range by {
		for _, o := range c.Args[1:] {
			if o.Value.Kind != g.t.types[name] {
				return window{}, invalid("One or more parameter values were invalid: Condition parameter type does not match schema type")
			}
			if o.Value.Kind != value.Num && o.Value.Text == "" {
				return window{}, invalid("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s",
					map[value.Kind]string{value.String: "string", value.Binary: "binary"}[o.Value.Kind], name)
			}
		}
	}
	if head.Op != "=" {
		return window{}, invalid("Query key condition not supported")
	}
	prefix := append(g.prefix(), partition(*head.Args[1].Value)...)
	w := window{prefix: prefix, low: prefix, high: behind(prefix)}
	if !ranged {
		return w, nil
	}
	low := tail.Args[1].Value.AppendKey(bytes.Clone(prefix))
	switch tail.Op {
	case "=":
		w.low, w.high = low, behind(low)
	case "<":
		w.high = low
	case "<=":
		w.high = behind(low)
	case ">":
		w.low = behind(low)
	case ">=":
		w.low = low
	case "BETWEEN":
		w.low, w.high = low, behind(tail.Args[2].Value.AppendKey(bytes.Clone(prefix)))
	case "begins_with":
		w.low = tail.Args[1].Value.AppendPrefix(bytes.Clone(prefix))
		w.high = behind(w.low)
	}
	return w, nil
}
