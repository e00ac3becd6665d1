package dynamodb

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"airloom/backend/catalog/aws/dynamodb/expression"
	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

const (
	maxTransact      = 100
	maxTransactBytes = 4 << 20
	tokenInterval    = 10 * time.Minute // how long a client request token makes a transaction idempotent
)

// reason tells why one item of a transaction stood in its way.
type reason struct {
	Code    string
	Message string     `json:",omitempty"`
	Item    value.Item `json:",omitempty"`
}

// reasonOf turns an item's refusal into the transaction's reason; what is no refusal stays an error.
func reasonOf(err error) (reason, error) {
	var e apiError
	switch {
	case err == nil:
		return reason{Code: "None"}, nil
	case !errors.As(err, &e):
		return reason{}, err
	case e.code == "ConditionalCheckFailedException":
		return reason{"ConditionalCheckFailed", e.message, e.item}, nil
	case e.code == "ValidationException":
		return reason{Code: "ValidationError", Message: e.message}, nil
	}
	return reason{}, err
}

// cancelled is the error of a transaction with a reason against it, nil where there is none.
func cancelled(reasons []reason) error {
	codes := make([]string, len(reasons))
	for i, r := range reasons {
		codes[i] = r.Code
	}
	if !slices.ContainsFunc(codes, func(c string) bool { return c != "None" }) {
		return nil
	}
	return apiError{space: own, code: "TransactionCanceledException", reasons: reasons,
		message: "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]"}
}

func transactSize(n int) error {
	const text = "1 validation error detected: Value %sat 'transactItems' failed to satisfy constraint: Member must have length %s than or equal to %d"
	switch {
	case n == 0:
		return invalid(text, "'[]' ", "greater", 1)
	case n > maxTransact:
		return invalid(text, "", "less", maxTransact)
	}
	return nil
}

// twice refuses a second operation on an item. A key that is wrong is the item's own refusal, later.
func twice(t table, key value.Item, seen map[string]bool) error {
	at, ok := t.position(t.keys, key)
	if ok && seen[t.arn+"/"+string(at)] {
		return invalid("Transaction request cannot include multiple operations on one item")
	}
	seen[t.arn+"/"+string(at)] = ok
	return nil
}

// meters are those of the tables of one request, by the name it gives them.
type meters struct {
	choice string
	names  []string
	by     map[string]*meter
}

func (m *meters) of(table string) *meter {
	if m.by == nil {
		m.by = map[string]*meter{}
	}
	if _, ok := m.by[table]; !ok {
		m.names, m.by[table] = append(m.names, table), usage(m.choice, table)
	}
	return m.by[table]
}

func (m *meters) answer() []*capacity {
	var out []*capacity
	for _, name := range m.names {
		if c := m.by[name].answer(); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
func (c call) transactGet() (any, error) {
	var r struct {
		TransactItems []struct {
			Get *struct {
				TableName                string
				Key                      value.Item
				ProjectionExpression     *string
				ExpressionAttributeNames map[string]string
			}
		}
		ReturnConsumedCapacity string
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	if err := cmp.Or(capacityChoice(r.ReturnConsumedCapacity), transactSize(len(r.TransactItems))); err != nil {
		return nil, err
	}
	var gets []getting
	seen := map[string]bool{}
	var names []string
	for _, q := range r.TransactItems {
		if q.Get == nil {
			return nil, invalid("The action or operation requested is invalid. Verify that the action is typed correctly.")
		}
		projection, problem := projecting(placeholders{ExpressionAttributeNames: q.Get.ExpressionAttributeNames}, q.Get.ProjectionExpression)
		t, err := c.target(q.Get.TableName, "", "GetItem", leading(q.Get.Key), naming(projection.Paths()), choosing("dynamodb:Select", selects(projection)))
		if err != nil {
			return nil, err
		}
		if problem != nil {
			return nil, problem
		}
		if err := twice(t, q.Get.Key, seen); err != nil {
			return nil, err
		}
		gets, names = append(gets, getting{t, q.Get.Key, projection}), append(names, q.Get.TableName)
	}
	type response struct {
		Item value.Item `json:",omitzero"`
	}
	out := struct {
		Responses        []response
		ConsumedCapacity []*capacity `json:",omitempty"`
	}{Responses: []response{}}
	meters := meters{choice: r.ReturnConsumedCapacity}
	err := c.w.State(space).View(func(tx kind.Tx) error {
		reasons := make([]reason, len(gets))
		for i, g := range gets {
			item, size, err := g.run(tx)
			if reasons[i], err = reasonOf(err); err != nil {
				return err
			}
			meters.of(names[i]).read(nil, size, 2)
			out.Responses = append(out.Responses, response{item})
		}
		return cancelled(reasons)
	})
	out.ConsumedCapacity = meters.answer()
	return out, err
}

// expressionsOf are what a transaction's write is parsed from.
type expressionsOf struct {
	placeholders
	TableName                             string
	Item, Key                             value.Item
	UpdateExpression, ConditionExpression *string
	ReturnValuesOnConditionCheckFailure   string
}

// parse makes a write of it, without its table.
func (x expressionsOf) parse(verb string) (write, []expression.Path, error) {
	wr := write{verb: verb, item: x.Item, key: x.Key, onFailure: x.ReturnValuesOnConditionCheckFailure}
	var err error
	if verb == "Update" {
		wr.update, wr.condition, err = updating(x.placeholders, x.UpdateExpression, x.ConditionExpression)
	} else {
		wr.condition, err = change{placeholders: x.placeholders, ConditionExpression: x.ConditionExpression}.conditions()
	}
	return wr, slices.Concat(wr.update.Paths(), wr.update.Reads(), wr.condition.Paths()), err
}

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
func (c call) transactWrite() (any, error) {
	var r struct {
		TransactItems                                                           []map[string]*expressionsOf
		ClientRequestToken, ReturnConsumedCapacity, ReturnItemCollectionMetrics string
	}
	if err := c.read(&r); err != nil {
		return nil, err
	}
	if err := cmp.Or(capacityChoice(r.ReturnConsumedCapacity), metricsChoice(r.ReturnItemCollectionMetrics), transactSize(len(r.TransactItems))); err != nil {
		return nil, err
	}
	if len(r.ClientRequestToken) > 36 {
		return nil, invalid("1 validation error detected: Value '%s' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36", r.ClientRequestToken)
	}
	var writes []write
	var names []string
	seen := map[string]bool{}
	size := 0
	for _, q := range r.TransactItems {
		verb, x, err := only(q)
		if err != nil {
			return nil, err
		}
		wr, paths, problem := x.parse(verb)
		action := verb + "Item"
		t, err := c.target(x.TableName, "", action, leading(x.Item, x.Key), naming(paths))
		if err != nil {
			return nil, err
		}
		if problem == nil {
			problem = enum("returnValuesOnConditionCheckFailure", x.ReturnValuesOnConditionCheckFailure, "ALL_OLD", "NONE")
		}
		switch {
		case problem != nil:
			return nil, problem
		case verb == "Put" && x.Item == nil:
			return nil, null("transactItems.put.item")
		case verb != "Put" && x.Key == nil:
			return nil, null("transactItems." + strings.ToLower(verb[:1]) + verb[1:] + ".key")
		case verb == "ConditionCheck" && x.ConditionExpression == nil:
			return nil, null("transactItems.conditionCheck.conditionExpression")
		}
		key := x.Key
		if verb == "Put" {
			key = x.Item
		}
		if err := twice(t, key, seen); err != nil {
			return nil, err
		}
		if size += x.Item.Size() + x.Key.Size(); size > maxTransactBytes {
			return nil, invalid("The items of the transaction are larger than 4 MB together")
		}
		wr.t = t
		writes, names = append(writes, wr), append(names, x.TableName)
	}
	meters := meters{choice: r.ReturnConsumedCapacity}
	err := c.w.State(space).Update(func(tx kind.Tx) error {
		done, err := c.again(tx, r.ClientRequestToken, r.TransactItems)
		if err != nil {
			return err
		}
		if done {
			for i, wr := range writes { // what a repetition costs is reading
				item, err := load(tx, wr.t, wr.place())
				if err != nil {
					return err
				}
				meters.of(names[i]).read(nil, item.Size(), 2)
			}
			return nil
		}
		reasons := make([]reason, len(writes))
		for i, wr := range writes {
			o, err := wr.run(c.w, tx)
			if reasons[i], err = reasonOf(err); err != nil {
				return err
			}
			meters.of(names[i]).write(wr.t, o, 2)
		}
		return cancelled(reasons)
	})
	if err != nil {
		return nil, err
	}
	for _, wr := range writes {
		c.e.bells.Ring(wr.t.arn)
	}
	return struct {
		ConsumedCapacity []*capacity `json:",omitempty"`
	}{meters.answer()}, nil
}

// only is the one action of an item of a transaction.
func only(q map[string]*expressionsOf) (string, *expressionsOf, error) {
	verb, found := "", (*expressionsOf)(nil)
	for name, x := range q {
		if !slices.Contains([]string{"Put", "Update", "Delete", "ConditionCheck"}, name) {
			return "", nil, unsupported("does not know %s in a transaction", name)
		}
		if x == nil {
			continue
		}
		if found != nil {
			return "", nil, invalid("TransactItems can only contain one of Check, Put, Update or Delete")
		}
		verb, found = name, x
	}
	if found == nil {
		return "", nil, invalid("The action or operation requested is invalid. Verify that the action is typed correctly.")
	}
	return verb, found, nil
}

// again tells whether the token's transaction was carried out already, and else keeps the token. Tokens are forgotten ten
// minutes after their first use.
func (c call) again(tx kind.Tx, token string, items any) (bool, error) {
	if token == "" {
		return false, nil
	}
	now := c.w.Now()
	oldest := binary.BigEndian.AppendUint64([]byte("K/"), uint64(now.Add(-tokenInterval).UnixNano()))
	var gone [][]byte
	tx.Scan([]byte("K/"), nil, func(k, _ []byte) bool {
		if bytes.Compare(k, oldest) >= 0 {
			return false
		}
		gone = append(gone, bytes.Clone(k), append([]byte("k/"), k[len(oldest):]...))
		return true
	})
	for _, k := range gone {
		if err := tx.Delete(k); err != nil {
			return false, err
		}
	}
	text, err := json.Marshal(items)
	if err != nil {
		return false, fault.Wrap(err, fault.Internal, "print a transaction")
	}
	digest := fmt.Sprintf("%x", sha256.Sum256(text))
	key := []byte("k/" + token)
	switch had := tx.Get(key); {
	case had == nil:
		at := append(binary.BigEndian.AppendUint64([]byte("K/"), uint64(now.UnixNano())), token...)
		return false, cmp.Or(tx.Put(key, []byte(digest)), tx.Put(at, nil))
	case string(had) != digest:
		return false, apiError{space: own, code: "IdempotentParameterMismatchException", message: "The client token was used before with other parameters"}
	}
	return true, nil
}
