package dynamodb

import (
	"airloom/backend/catalog/aws/dynamodb/expression"
	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/kind"
	"cmp"
)

// getting is one item to be read.
type getting struct {
	t          table
	key        value.Item
	projection *expression.Projection
}

// run reads the item; size is that of the whole, which is paid for.
func (g getting) run(tx kind.Tx) (item value.Item, size int, err error) {
	if err := cmp.Or(g.t.checkPaths(g.projection.Paths()), g.t.checkKey(g.key)); err != nil {
		return nil, 0, err
	}
	at, _ := g.t.position(g.t.keys, g.key) // checkKey has seen that it has a position
	if item, err = load(tx, g.t, at); err != nil || item == nil {
		return nil, 0, err
	}
	size = item.Size()
	if g.projection != nil {
		item = g.projection.Of(item)
	}
	return item, size, nil
}

// projecting parses the projection of a read.
func projecting(p placeholders, projection *string) (*expression.Projection, error) {
	s, err := p.scope(written{"ProjectionExpression", projection})
	if err != nil {
		return nil, err
	}
	parsed, err := projectionOf(projection, s)
	if err != nil {
		return nil, err
	}
	return parsed, used(s)
}

func (c call) getItem() (any, error) {
	var r struct {
		TableName, ReturnConsumedCapacity string
		Key                               value.Item
		ConsistentRead                    bool
		ProjectionExpression              *string
		ExpressionAttributeNames          map[string]string
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	projection, problem := projecting(placeholders{ExpressionAttributeNames: r.ExpressionAttributeNames}, r.ProjectionExpression)
	t, err := c.target(r.TableName, "", "GetItem", leading(r.Key), naming(projection.Paths()), choosing("dynamodb:Select", selects(projection)))
	if err != nil {
		return nil, err
	}
	switch err := capacityChoice(r.ReturnConsumedCapacity); {
	case err != nil:
		return nil, err
	case r.Key == nil:
		return nil, null("key")
	case problem != nil:
		return nil, problem
	}
	var out struct {
		Item             value.Item `json:",omitzero"`
		ConsumedCapacity *capacity  `json:",omitempty"`
	}
	size := 0
	if err := c.w.State(space).View(func(tx kind.Tx) error {
		var err error
		out.Item, size, err = getting{t, r.Key, projection}.run(tx)
		return err
	}); err != nil {
		return nil, err
	}
	out.ConsumedCapacity = usage(r.ReturnConsumedCapacity, r.TableName).read(nil, size, eventually(r.ConsistentRead)).answer()
	return out, nil
}

// eventually is what a read of 4 KB costs.
func eventually(consistent bool) float64 {
	if consistent {
		return 1
	}
	return 0.5
}

// selects is what a projection chooses, as condition keys name it.
func selects(p *expression.Projection) string {
	if p == nil {
		return "ALL_ATTRIBUTES"
	}
	return "SPECIFIC_ATTRIBUTES"
}
