package dynamodb

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"

	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/kind"
)

// load reads an item, nil where there is none.
func load(tx kind.Tx, t table, at []byte) (value.Item, error) {
	raw := tx.Get(stateKey('i', t.arn, at))
	if raw == nil {
		return nil, nil
	}
	return decode(raw)
}

func decode(raw []byte) (value.Item, error) {
	var item value.Item
	if err := json.Unmarshal(raw, &item); err != nil {
		return nil, fmt.Errorf("read an item: %w", err)
	}
	return item, nil
}

// save writes an item in place of the old one, or removes the old one where the item is nil, with all that refers to it.
func save(tx kind.Tx, t table, at []byte, old, item value.Item) error {
	before, after := t.entries(at, old), t.entries(at, item)
	for key := range before {
		if !after[key] {
			if err := tx.Delete([]byte(key)); err != nil {
				return err
			}
		}
	}
	for key := range after {
		if !before[key] {
			if err := tx.Put([]byte(key), at); err != nil {
				return err
			}
		}
	}
	if item == nil {
		return tx.Delete(stateKey('i', t.arn, at))
	}
	return kind.Save(tx, stateKey('i', t.arn, at), item)
}

// entries are the state keys under which an item is found besides its own: one for each index that holds it, and one by the
// second in which it expires.
func (t table) entries(at []byte, item value.Item) map[string]bool {
	out := map[string]bool{}
	if item == nil {
		return out
	}
	for _, x := range t.indexes {
		if there, ok := t.position(x.keys, item); ok {
			out[string(append(append(x.prefix(t), there...), at...))] = true
		}
	}
	if second, ok := t.expiry(item); ok {
		out[string(stateKey('e', t.arn, binary.BigEndian.AppendUint64(nil, uint64(second)), at))] = true
	}
	return out
}

// prefix is the beginning of all entries of the index.
func (x index) prefix(t table) []byte { return stateKey('x', t.arn, []byte(x.name+"/")) }

// expiry is the second in which the item expires. DynamoDB looks at numbers alone.
func (t table) expiry(item value.Item) (int64, bool) {
	v, ok := item[t.ttl]
	if t.ttl == "" || !ok || v.Kind != value.Num {
		return 0, false
	}
	second, ok := v.Number.Int()
	return second, ok && second >= 0
}

// reindex replaces the entries of all items that the old table made by those of the new one.
func reindex(tx kind.Tx, old, t table) error {
	type stored struct {
		at   []byte
		item value.Item
	}
	var all []stored
	var failure error
	prefix := stateKey('i', t.arn)
	tx.Scan(prefix, nil, func(k, v []byte) bool {
		item, err := decode(v)
		failure = err
		all = append(all, stored{bytes.Clone(k[len(prefix):]), item})
		return err == nil
	})
	if failure != nil {
		return failure
	}
	for _, s := range all {
		before, after := old.entries(s.at, s.item), t.entries(s.at, s.item)
		for key := range before {
			if !after[key] {
				if err := tx.Delete([]byte(key)); err != nil {
					return err
				}
			}
		}
		for key := range after {
			if err := tx.Put([]byte(key), s.at); err != nil {
				return err
			}
		}
	}
	return nil
}

// window is a part of the state, in byte order: from low, inclusive, to high, exclusive; both begin with the prefix.
type window struct{ prefix, low, high []byte }

// visit walks through the window, behind after where that is not nil, until f returns false.
func (r window) visit(tx kind.Tx, backward bool, after []byte, f func(key, val []byte) bool) {
	inside := func(k, v []byte) bool {
		switch {
		case bytes.Equal(k, after), !backward && bytes.Compare(k, r.low) < 0, backward && r.high != nil && bytes.Compare(k, r.high) >= 0:
			return true // not there yet
		case backward && bytes.Compare(k, r.low) < 0, !backward && r.high != nil && bytes.Compare(k, r.high) >= 0:
			return false
		}
		return f(k, v)
	}
	if backward {
		from := r.high
		if after != nil && (from == nil || bytes.Compare(after, from) < 0) {
			from = after
		}
		if !bytes.HasPrefix(from, r.prefix) {
			from = nil
		}
		tx.Reverse(r.prefix, from, inside)
		return
	}
	from := r.low
	if bytes.Compare(after, from) > 0 {
		from = after
	}
	tx.Scan(r.prefix, from, inside)
}

// behind is the first byte string after all that begin with the prefix, nil where there is none.
func behind(prefix []byte) []byte {
	out := bytes.Clone(prefix)
	for i := len(out) - 1; i >= 0; i-- {
		if out[i] != 0xFF {
			out[i]++
			return out[:i+1]
		}
	}
	return nil
}
