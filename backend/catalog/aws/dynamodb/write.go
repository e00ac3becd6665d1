package dynamodb

import (
	"airloom/backend/catalog/aws/dynamodb/expression"
	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/kind"
	"cmp"
)

// write is one change of one item, or the check of one.
type write struct {
	t         table
	key       value.Item            // of update, delete and check
	item      value.Item            // of put
	update    *expression.Update    // nil for another change, and for an update without an expression
	condition *expression.Condition // nil holds
	verb      string                // Put, Update, Delete or ConditionCheck
	onFailure string                // ReturnValuesOnConditionCheckFailure
	user      map[string]any        // who, where a service does it
}

// outcome is what a write found and left: nil is no item.
type outcome struct{ old, new value.Item }

// check looks at what needs no item: keys, types, sizes.
func (wr write) check() error {
	if err := wr.t.checkPaths(wr.condition.Paths()); err != nil {
		return err
	}
	if wr.verb == "Put" {
		if wr.item.Size() > maxItem {
			return invalid("Item size has exceeded the maximum allowed size")
		}
		return wr.t.checkItem(wr.item)
	}
	if err := wr.t.checkKey(wr.key); err != nil {
		return err
	}
	paths := wr.update.Paths()
	for _, p := range paths {
		for _, name := range wr.t.keys.names() {
			if p[0].Name == name {
				return invalid("One or more parameter values were invalid: Cannot update attribute %s. This attribute is part of the key", name)
			}
		}
	}
	return wr.t.checkPaths(append(paths, wr.update.Reads()...))
}

// place is where the item stands.
func (wr write) place() []byte {
	holder := wr.key
	if wr.verb == "Put" {
		holder = wr.item
	}
	at, _ := wr.t.position(wr.t.keys, holder) // check has seen that it has a position
	return at
}

// run carries the write out. What it answers with an error has changed nothing.
func (wr write) run(w kind.World, tx kind.Tx) (outcome, error) {
	var o outcome
	if err := wr.check(); err != nil {
		return o, err
	}
	at := wr.place()
	var err error
	if o.old, err = load(tx, wr.t, at); err != nil {
		return o, err
	}
	if wr.condition != nil && !wr.condition.Holds(o.old) {
		failed := apiError{space: own, code: "ConditionalCheckFailedException", message: "The conditional request failed"}
		if wr.onFailure == "ALL_OLD" {
			failed.item = o.old
		}
		return o, failed
	}
	switch wr.verb {
	case "ConditionCheck":
		o.new = o.old
		return o, nil
	case "Put":
		o.new = wr.item
	case "Update":
		if o.new, err = wr.updated(o.old); err != nil {
			return o, err
		}
	}
	if o.old == nil && o.new == nil {
		return o, nil
	}
	if err := save(tx, wr.t, at, o.old, o.new); err != nil {
		return o, err
	}
	return o, record(w, tx, wr.t, o, wr.user)
}

// updated is the item after the update; one that is not there yet begins as its key.
func (wr write) updated(old value.Item) (value.Item, error) {
	item := old
	if item == nil {
		item = wr.key
	}
	if wr.update != nil {
		var err error
		if item, err = wr.update.Apply(item); err != nil {
			return nil, invalid("%s", err.Error())
		}
	}
	for _, v := range item {
		if v.Depth() > value.MaxDepth {
			return nil, invalid("%s", value.TooDeep)
		}
	}
	if item.Size() > maxItem {
		return nil, invalid("Item size to update has exceeded the maximum allowed size")
	}
	return item, wr.t.checkItem(item)
}

// change is what PutItem, UpdateItem and DeleteItem have in common as requests.
type change struct {
	placeholders
	TableName, ReturnValues, ReturnConsumedCapacity, ReturnItemCollectionMetrics, ReturnValuesOnConditionCheckFailure string
	ConditionExpression                                                                                               *string
}

func (r change) check() error {
	return cmp.Or(enum("returnValues", r.ReturnValues, "ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"), capacityChoice(r.ReturnConsumedCapacity), metricsChoice(r.ReturnItemCollectionMetrics),
		enum("returnValuesOnConditionCheckFailure", r.ReturnValuesOnConditionCheckFailure, "ALL_OLD", "NONE"))
}

// metricsChoice refuses the one answer about item collections that is not computed here.
func metricsChoice(choice string) error {
	if choice == "SIZE" {
		return unsupported("does not measure item collections: leave ReturnItemCollectionMetrics out")
	}
	return enum("returnItemCollectionMetrics", choice, "SIZE", "NONE")
}

func (c call) putItem() (any, error) {
	var r struct {
		change
		Item value.Item
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	return c.whole(write{verb: "Put", item: r.Item}, r.change, r.Item)
}

func (c call) deleteItem() (any, error) {
	var r struct {
		change
		Key value.Item
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	return c.whole(write{verb: "Delete", key: r.Key}, r.change, r.Key)
}

// whole carries out a put or a delete, which are about the whole of an item.
func (c call) whole(wr write, r change, named value.Item) (any, error) {
	check, problem := r.conditions()
	t, err := c.target(r.TableName, "", wr.verb+"Item", leading(named), naming(check.Paths()), choosing("dynamodb:ReturnValues", r.ReturnValues))
	if err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	switch {
	case r.ReturnValues != "" && r.ReturnValues != "NONE" && r.ReturnValues != "ALL_OLD":
		return nil, invalid("ReturnValues can only be ALL_OLD or NONE")
	case wr.verb == "Put" && wr.item == nil:
		return nil, null("item")
	case wr.verb == "Delete" && wr.key == nil:
		return nil, null("key")
	case problem != nil:
		return nil, problem
	}
	wr.t, wr.condition, wr.onFailure = t, check, r.ReturnValuesOnConditionCheckFailure
	return c.one(wr, r)
}

// conditions parses the condition of a put or delete.
func (r change) conditions() (*expression.Condition, error) {
	s, err := r.scope(written{"ConditionExpression", r.ConditionExpression})
	if err != nil {
		return nil, err
	}
	parsed, err := condition("ConditionExpression", r.ConditionExpression, s)
	if err != nil {
		return nil, err
	}
	return parsed, used(s)
}

// updating parses the two expressions of an update.
func updating(p placeholders, update, check *string) (*expression.Update, *expression.Condition, error) {
	s, err := p.scope(written{"UpdateExpression", update}, written{"ConditionExpression", check})
	if err != nil {
		return nil, nil, err
	}
	var parsed *expression.Update
	if update != nil {
		if parsed, err = expression.ParseUpdate(*update, s); err != nil {
			return nil, nil, invalid("Invalid UpdateExpression: %s", err.Error())
		}
	}
	c, err := condition("ConditionExpression", check, s)
	if err != nil {
		return nil, nil, err
	}
	return parsed, c, used(s)
}

func (c call) updateItem() (any, error) {
	var r struct {
		change
		Key              value.Item
		UpdateExpression *string
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	u, check, problem := updating(r.placeholders, r.UpdateExpression, r.ConditionExpression)
	t, err := c.target(r.TableName, "", "UpdateItem", leading(r.Key), naming(u.Paths()), naming(u.Reads()), naming(check.Paths()), choosing("dynamodb:ReturnValues", r.ReturnValues))
	if err != nil {
		return nil, err
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	if r.Key == nil {
		return nil, null("key")
	}
	if problem != nil {
		return nil, problem
	}
	return c.one(write{t: t, verb: "Update", key: r.Key, update: u, condition: check, onFailure: r.ReturnValuesOnConditionCheckFailure}, r.change)
}

// one carries out one write in a transaction of its own.
func (c call) one(wr write, r change) (any, error) {
	var o outcome
	err := c.w.State(space).Update(func(tx kind.Tx) error {
		var err error
		o, err = wr.run(c.w, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	c.e.bells.Ring(wr.t.arn)
	out := struct {
		Attributes       value.Item `json:",omitempty"`
		ConsumedCapacity *capacity  `json:",omitempty"`
	}{ConsumedCapacity: usage(r.ReturnConsumedCapacity, r.TableName).write(wr.t, o, 1).answer()}
	switch r.ReturnValues {
	case "ALL_OLD":
		out.Attributes = o.old
	case "ALL_NEW":
		out.Attributes = o.new
	case "UPDATED_OLD":
		out.Attributes = touched(wr.update, o.old)
	case "UPDATED_NEW":
		out.Attributes = touched(wr.update, o.new)
	}
	return out, nil
}

// touched is the part of an item that an update is about.
func touched(u *expression.Update, item value.Item) value.Item {
	return expression.Pick(u.Paths(), item)
}

func null(parameter string) apiError {
	return invalid("1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null", parameter)
}
