package dynamodb

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"time"

	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/fault"
	"airloom/backend/kind"
)

// sweepSize is how many items one transaction of the sweep removes: others wait for it.
const sweepSize = 500

// oldestExpiry is the age beyond which a time of expiry is taken for a mistake.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html
const oldestExpiry = 5 * 365 * 24 * time.Hour

// sweep removes expired items, which stream records attribute to DynamoDB itself, and change records older than a day.
func (e *engine) sweep(w kind.World, t table) error {
	user := map[string]any{"type": "Service", "principalId": "dynamodb.amazonaws.com"}
	for {
		idle := false
		if err := w.State(space).View(func(tx kind.Tx) error {
			due, err := expired(w, tx, t)
			if err != nil {
				return err
			}
			old, err := outdated(w, tx, t)
			idle = len(due)+len(old) == 0
			return err
		}); err != nil || idle {
			return err
		}
		removed := 0
		if err := w.State(space).Update(func(tx kind.Tx) error {
			due, err := expired(w, tx, t)
			if err != nil {
				return err
			}
			for _, key := range due {
				wr := write{t: t, verb: "Delete", key: key, user: user}
				if _, err := wr.run(w, tx); err != nil {
					return err
				}
			}
			removed = len(due)
			old, err := outdated(w, tx, t)
			for _, k := range old {
				err = cmp.Or(err, tx.Delete(k))
			}
			return err
		}); err != nil {
			return err
		}
		if removed > 0 {
			w.Log(t.node, "info", "%d expired items removed", removed)
			e.bells.Ring(t.arn)
		}
		if removed < sweepSize {
			return nil
		}
	}
}

// expired are the keys of items that are due.
func expired(w kind.World, tx kind.Tx, t table) ([]value.Item, error) {
	now := w.Now()
	prefix := stateKey('e', t.arn)
	oldest := binary.BigEndian.AppendUint64(bytes.Clone(prefix), uint64(max(0, now.Add(-oldestExpiry).Unix())))
	end := binary.BigEndian.AppendUint64(bytes.Clone(prefix), uint64(now.Unix()))
	var due []value.Item
	var failure error
	tx.Scan(prefix, oldest, func(k, at []byte) bool {
		if t.ttl == "" || bytes.Compare(k, end) >= 0 || len(due) == sweepSize {
			return false
		}
		item, err := load(tx, t, at)
		if failure = err; err != nil {
			return false
		}
		due = append(due, t.keys.of(item))
		return true
	})
	return due, failure
}

// outdated are the state keys of change records that are no longer kept. They lie in the order of their time.
func outdated(w kind.World, tx kind.Tx, t table) ([][]byte, error) {
	horizon := w.Now().Add(-streamRetention).Unix()
	var gone [][]byte
	var failure error
	tx.Scan(stateKey('r', t.arn), nil, func(k, v []byte) bool {
		var r changed
		if failure = json.Unmarshal(v, &r); failure != nil || r.Body.At >= horizon {
			return false
		}
		gone = append(gone, bytes.Clone(k))
		return true
	})
	if failure != nil {
		return nil, fault.Wrap(failure, fault.Internal, "read a change record")
	}
	return gone, nil
}
