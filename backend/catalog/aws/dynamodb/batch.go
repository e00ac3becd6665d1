package dynamodb

import (
	"cmp"
	"maps"
	"slices"

	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/kind"
)

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const maxBatchGet, maxBatchWrite, maxBatchAnswer = 100, 25, 16 << 20

// keysOfTable is what BatchGetItem asks of one table; the answer's UnprocessedKeys have the same form.
type keysOfTable struct {
	Keys                     []value.Item
	ConsistentRead           bool              `json:",omitempty"`
	ProjectionExpression     *string           `json:",omitempty"`
	ExpressionAttributeNames map[string]string `json:",omitempty"`
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
func (c call) batchGet() (any, error) {
	var r struct {
		RequestItems           map[string]keysOfTable
		ReturnConsumedCapacity string
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	if err := capacityChoice(r.ReturnConsumedCapacity); err != nil {
		return nil, err
	}
	if len(r.RequestItems) == 0 {
		return nil, tooFew("requestItems", r.RequestItems == nil)
	}
	names := slices.Sorted(maps.Keys(r.RequestItems))
	gets := map[string][]getting{}
	total := 0
	for _, name := range names {
		asked := r.RequestItems[name]
		projection, problem := projecting(placeholders{ExpressionAttributeNames: asked.ExpressionAttributeNames}, asked.ProjectionExpression)
		t, err := c.target(name, "", "BatchGetItem", leading(asked.Keys...), naming(projection.Paths()), choosing("dynamodb:Select", selects(projection)))
		if err != nil {
			return nil, err
		}
		if problem != nil {
			return nil, problem
		}
		if len(asked.Keys) == 0 {
			return nil, tooFew("requestItems."+name+".member.keys", asked.Keys == nil)
		}
		if total += len(asked.Keys); total > maxBatchGet {
			return nil, invalid("Too many items requested for the BatchGetItem call")
		}
		seen := map[string]bool{}
		for _, key := range asked.Keys {
			if err := once(t, key, seen); err != nil {
				return nil, err
			}
			gets[name] = append(gets[name], getting{t, key, projection})
		}
	}
	out := struct {
		Responses        map[string][]value.Item
		UnprocessedKeys  map[string]keysOfTable
		ConsumedCapacity []*capacity `json:",omitempty"`
	}{Responses: map[string][]value.Item{}, UnprocessedKeys: map[string]keysOfTable{}}
	answered := 0
	err := c.w.State(space).View(func(tx kind.Tx) error {
		for _, name := range names {
			asked := r.RequestItems[name]
			m := usage(r.ReturnConsumedCapacity, name)
			out.Responses[name] = []value.Item{}
			for i, g := range gets[name] {
				item, size, err := g.run(tx)
				if err != nil {
					return err
				}
				if answered += size; answered > maxBatchAnswer {
					rest := asked
					rest.Keys = asked.Keys[i:]
					out.UnprocessedKeys[name] = rest
					break
				}
				m.read(nil, size, eventually(asked.ConsistentRead))
				if item != nil {
					out.Responses[name] = append(out.Responses[name], item)
				}
			}
			if m != nil {
				out.ConsumedCapacity = append(out.ConsumedCapacity, m.answer())
			}
		}
		return nil
	})
	return out, err
}

// once checks a key and refuses one that was seen before.
func once(t table, key value.Item, seen map[string]bool) error {
	if err := t.checkKey(key); err != nil {
		return err
	}
	at, _ := t.position(t.keys, key) // checkKey has seen that it has a position
	if seen[string(at)] {
		return invalid("Provided list of item keys contains duplicates")
	}
	seen[string(at)] = true
	return nil
}

func tooFew(parameter string, absent bool) error {
	if absent {
		return null(parameter)
	}
	return invalid("1 validation error detected: Value '{}' at '%s' failed to satisfy constraint: Member must have length greater than or equal to 1", parameter)
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
func (c call) batchWrite() (any, error) {
	var r struct {
		RequestItems map[string][]struct {
			PutRequest    *struct{ Item value.Item }
			DeleteRequest *struct{ Key value.Item }
		}
		ReturnConsumedCapacity, ReturnItemCollectionMetrics string
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	if err := cmp.Or(capacityChoice(r.ReturnConsumedCapacity), metricsChoice(r.ReturnItemCollectionMetrics)); err != nil {
		return nil, err
	}
	if len(r.RequestItems) == 0 {
		return nil, tooFew("requestItems", r.RequestItems == nil)
	}
	names := slices.Sorted(maps.Keys(r.RequestItems))
	writes := map[string][]write{}
	total := 0
	for _, name := range names {
		var named []value.Item
		var list []write
		for _, q := range r.RequestItems[name] {
			switch {
			case (q.PutRequest == nil) == (q.DeleteRequest == nil):
				return nil, invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes")
			case q.PutRequest != nil:
				list, named = append(list, write{verb: "Put", item: q.PutRequest.Item}), append(named, q.PutRequest.Item)
			default:
				list, named = append(list, write{verb: "Delete", key: q.DeleteRequest.Key}), append(named, q.DeleteRequest.Key)
			}
		}
		t, err := c.target(name, "", "BatchWriteItem", leading(named...))
		if err != nil {
			return nil, err
		}
		if n := len(list); n == 0 || n > maxBatchWrite {
			return nil, invalid("1 validation error detected: Value at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to %d, Member must have length greater than or equal to 1]", maxBatchWrite)
		}
		if total += len(list); total > maxBatchWrite {
			return nil, invalid("Too many items requested for the BatchWriteItem call")
		}
		seen := map[string]bool{}
		for _, wr := range list {
			wr.t = t
			key := wr.key
			if err := wr.check(); err != nil {
				return nil, err
			}
			if wr.verb == "Put" {
				key = t.keys.of(wr.item)
			}
			if err := once(t, key, seen); err != nil {
				return nil, err
			}
			writes[name] = append(writes[name], wr)
		}
	}
	out := struct {
		UnprocessedItems map[string]any
		ConsumedCapacity []*capacity `json:",omitempty"`
	}{UnprocessedItems: map[string]any{}}
	err := c.w.State(space).Update(func(tx kind.Tx) error {
		out.ConsumedCapacity = nil
		for _, name := range names {
			m := usage(r.ReturnConsumedCapacity, name)
			for _, wr := range writes[name] {
				o, err := wr.run(c.w, tx)
				if err != nil {
					return err
				}
				m.write(wr.t, o, 1)
			}
			if m != nil {
				out.ConsumedCapacity = append(out.ConsumedCapacity, m.answer())
			}
		}
		return nil
	})
	for _, name := range names {
		c.e.bells.Ring(writes[name][0].t.arn)
	}
	return out, err
}
