package dynamodb

import (
	"cmp"
	"context"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"airloom/backend/catalog/aws/dynamodb/value"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/bell"
	"airloom/backend/kind/property"
)

// streamRetention is how long a change record is kept.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
const streamRetention = 24 * time.Hour

// engine is the working part of the DynamoDB simulation: all data lies in kind.State, the engine itself only wakes those who
// wait for a table's stream.
type engine struct {
	bells bell.Bells // by table ARN, rung when the table has changed
}

// changed is a change record as it is kept: what a Lambda event says about it, but for what all records share.
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
type changed struct {
	EventID   string         `json:"eventID"`
	EventName string         `json:"eventName"`
	Body      body           `json:"dynamodb"`
	User      map[string]any `json:"userIdentity,omitempty"`
}

type body struct {
	At             int64      `json:"ApproximateCreationDateTime"`
	Keys           value.Item `json:"Keys"`
	NewImage       value.Item `json:"NewImage,omitempty"`
	OldImage       value.Item `json:"OldImage,omitempty"`
	SequenceNumber string     `json:"SequenceNumber"`
	SizeBytes      int        `json:"SizeBytes"`
	StreamViewType string     `json:"StreamViewType"`
}

// record writes the change record of an outcome, where the table has a stream and something has changed.
func record(w kind.World, tx kind.Tx, t table, o outcome, user map[string]any) error {
	if t.view == "" || o.old != nil && o.new != nil && value.Equal(value.Value{Kind: value.Map, Map: o.old}, value.Value{Kind: value.Map, Map: o.new}) {
		return nil
	}
	n := lastRecord(tx, t) + 1
	r := changed{EventName: "MODIFY", User: user, Body: body{At: w.Now().Unix(), SequenceNumber: sequence(n), StreamViewType: t.view}}
	switch {
	case o.old == nil:
		r.EventName = "INSERT"
	case o.new == nil:
		r.EventName = "REMOVE"
	}
	sum := md5.Sum([]byte(t.stream + r.Body.SequenceNumber))
	r.EventID = hex.EncodeToString(sum[:])
	if r.Body.Keys = t.keys.of(o.new); o.new == nil {
		r.Body.Keys = t.keys.of(o.old)
	}
	if t.view == "NEW_IMAGE" || t.view == "NEW_AND_OLD_IMAGES" {
		r.Body.NewImage = o.new
	}
	if t.view == "OLD_IMAGE" || t.view == "NEW_AND_OLD_IMAGES" {
		r.Body.OldImage = o.old
	}
	r.Body.SizeBytes = r.Body.Keys.Size() + r.Body.NewImage.Size() + r.Body.OldImage.Size()
	return cmp.Or(tx.Put(stateKey('n', t.arn), strconv.AppendUint(nil, n, 10)), kind.Save(tx, recordKey(t, n), r))
}

func lastRecord(tx kind.Tx, t table) uint64 {
	n, _ := strconv.ParseUint(string(tx.Get(stateKey('n', t.arn))), 10, 64) // absent is none
	return n
}

func recordKey(t table, n uint64) []byte {
	return stateKey('r', t.arn, binary.BigEndian.AppendUint64(nil, n))
}

// sequence is a sequence number: digits that only grow, as DynamoDB gives them.
func sequence(n uint64) string { return fmt.Sprintf("1%023d", n) }

// after is the number of the record that a checkpoint names, 0 for none.
func after(checkpoint string) (uint64, error) {
	if checkpoint == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(checkpoint[1:], 10, 64)
	if err != nil {
		return 0, fault.Wrap(err, fault.Invalid, "read the stream position %s", checkpoint)
	}
	return n, nil
}

// receive gives a batch of the stream to an event source mapping: what follows the checkpoint, or where there is none yet,
// what is kept (TRIM_HORIZON) or what comes from now on (LATEST). The stream is one shard.
func (e *engine) receive(ctx context.Context, w kind.World, in kind.Instance, req kind.PollRequest) (kind.Batch, error) {
	t := tableOf(in)
	if t.view == "" {
		return kind.Batch{}, fault.New(fault.NotFound, "the table %s has no stream", t.name).At(in.LogicalID)
	}
	for _, action := range []string{"DescribeStream", "GetShardIterator", "GetRecords"} {
		if err := w.Allow(kind.Access{Principal: req.Role, Action: "dynamodb:" + action, Resource: t.stream}); err != nil {
			return kind.Batch{}, err
		}
	}
	from, err := after(req.Checkpoint)
	if err != nil {
		return kind.Batch{}, err
	}
	latest := req.Checkpoint == "" && req.Position == "LATEST"
	deadline := w.Now().Add(req.Wait)
	for {
		changed := e.bells.Wait(in.ARN)
		var batch kind.Batch
		if err := w.State(space).View(func(tx kind.Tx) error {
			if latest {
				from, latest = lastRecord(tx, t), false
			}
			batch, err = read(w, tx, t, from, max(req.Max, 1))
			return err
		}); err != nil {
			return kind.Batch{}, err
		}
		now := w.Now()
		if len(batch.Records) > 0 || !now.Before(deadline) {
			return batch, nil
		}
		select {
		case <-ctx.Done():
			return batch, nil
		case <-changed:
		case <-w.After(deadline.Sub(now)):
		}
	}
}

// read gives up to most records behind the given one.
func read(w kind.World, tx kind.Tx, t table, from uint64, most int) (kind.Batch, error) {
	batch := kind.Batch{Checkpoint: sequence(from), Done: func([]string) error { return nil }}
	horizon := w.Now().Add(-streamRetention).Unix()
	var failure error
	tx.Scan(stateKey('r', t.arn), recordKey(t, from+1), func(_, v []byte) bool {
		var r map[string]any
		if failure = json.Unmarshal(v, &r); failure != nil {
			return false
		}
		about, _ := r["dynamodb"].(map[string]any)
		if at, _ := about["ApproximateCreationDateTime"].(float64); int64(at) < horizon {
			return true
		}
		r["eventVersion"], r["eventSource"], r["awsRegion"], r["eventSourceARN"] = "1.1", "aws:dynamodb", w.Region(), t.stream
		batch.Checkpoint = property.Text(about, "SequenceNumber")
		batch.Records, batch.IDs = append(batch.Records, r), append(batch.IDs, batch.Checkpoint)
		return len(batch.Records) < most
	})
	return batch, failure
}
