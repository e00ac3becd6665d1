package lambda

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// readQueue handles batches, several at once. What failed comes again after the queue's visibility timeout.
func (m mapping) readQueue(ctx context.Context, w kind.World) {
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := make(chan struct{}, m.readers)
	for errors := 0; ; {
		select {
		case <-ctx.Done():
			return
		case slots <- struct{}{}:
		}
		batch, err := m.gather(ctx, w, "")
		if err != nil {
			<-slots
			if !m.wait(ctx, w, err, &errors) {
				return
			}
			continue
		}
		errors = 0
		wg.Go(func() {
			defer func() { <-slots }()
			m.settle(ctx, w, batch)
		})
	}
}

// wait says what is wrong with the source, once, and waits.
func (m mapping) wait(ctx context.Context, w kind.World, err error, errors *int) bool {
	if ctx.Err() != nil {
		return false
	}
	if *errors == 0 {
		w.Log(m.in.Node, "error", "reading %s: %s", m.source, fault.As(err).Message)
	}
	*errors++
	return pause(ctx, w, *errors)
}

// settle invokes the function with a batch of messages and tells the queue which failed.
func (m mapping) settle(ctx context.Context, w kind.World, batch kind.Batch) {
	if len(batch.Records) == 0 {
		return
	}
	var failed []string
	for _, items := range chunks(m.wanted(batch)) {
		v := m.invoke(ctx, w, items)
		if ctx.Err() != nil {
			return // the messages become visible again by themselves
		}
		if v.refused != nil {
			w.Log(m.in.Node, "warning", "%d messages come again: %s", len(items), v.refused)
		}
		failed = append(failed, v.failed...)
	}
	if err := batch.Done(failed); err != nil {
		w.Log(m.in.Node, "error", "settling a batch of %s: %s", m.source, fault.As(err).Message)
	}
}

func checkpointKey(in kind.Instance) []byte { return []byte("c/" + in.PhysicalID) }

// readStream handles batches one after the other, and remembers how far it is.
func (m mapping) readStream(ctx context.Context, w kind.World) {
	checkpoint := ""
	_ = w.State(space).View(func(tx kind.Tx) error { checkpoint = string(tx.Get(checkpointKey(m.in))); return nil }) // it only reads
	for errors := 0; ctx.Err() == nil; {
		batch, err := m.gather(ctx, w, checkpoint)
		if err == nil {
			for _, items := range chunks(m.wanted(batch)) {
				m.work(ctx, w, items, 0)
			}
			if ctx.Err() != nil {
				return
			}
			err = m.advance(w, batch, &checkpoint)
		}
		if err == nil {
			errors = 0
		} else if !m.wait(ctx, w, err, &errors) {
			return
		}
	}
}

func (m mapping) advance(w kind.World, batch kind.Batch, checkpoint *string) error {
	if batch.Done != nil {
		if err := batch.Done(nil); err != nil {
			return err
		}
	}
	if batch.Checkpoint == "" || batch.Checkpoint == *checkpoint {
		return nil
	}
	*checkpoint = batch.Checkpoint
	return w.State(space).Update(func(tx kind.Tx) error { return tx.Put(checkpointKey(m.in), []byte(batch.Checkpoint)) })
}

// work invokes the function with records of a stream until they are done or given up: retried, cut in two, or too old.
// https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
func (m mapping) work(ctx context.Context, w kind.World, items []item, tried int) {
	for refused := 0; ; {
		if items = m.dropOld(ctx, w, items, tried); len(items) == 0 || ctx.Err() != nil {
			return
		}
		v := m.invoke(ctx, w, items)
		if ctx.Err() != nil {
			return
		}
		if v.refused != nil { // it waits as long as it takes, or as the records may
			w.Log(m.in.Node, "warning", "%d records wait: %s", len(items), v.refused)
			if refused++; !pause(ctx, w, refused) {
				return
			}
			continue
		}
		refused = 0
		if len(v.failed) == 0 {
			return
		}
		first := slices.IndexFunc(items, func(it item) bool { return slices.Contains(v.failed, it.id) })
		tried++
		switch rest := items[first:]; {
		case m.bisect && first > 0: // all before the first failure is done
			items, tried = rest, tried-1
			continue
		case m.bisect && len(rest) > 1: // cutting costs no try
			half := len(rest) / 2
			m.work(ctx, w, rest[:half], tried-1)
			m.work(ctx, w, rest[half:], tried-1)
			return
		case m.tries >= 0 && tried > m.tries:
			m.giveUp(ctx, w, rest, tried, "RetryAttemptsExhausted", v.result)
			return
		default:
			items = rest
		}
		if !pause(ctx, w, tried-1) {
			return
		}
	}
}

// dropOld gives up the records that are older than the mapping allows.
func (m mapping) dropOld(ctx context.Context, w kind.World, items []item, tried int) []item {
	if m.age < 0 {
		return items
	}
	oldest := w.Now().Add(-m.age)
	young := slices.IndexFunc(items, func(it item) bool { t, ok := arrival(it.record); return !ok || t.After(oldest) })
	if young == 0 {
		return items
	}
	if young < 0 {
		young = len(items)
	}
	m.giveUp(ctx, w, items[:young], tried, "RecordAgeExceeded", nil)
	return items[young:]
}

// giveUp says which records are passed over, to the destination where there is one: it gets where they lie, not what they are.
func (m mapping) giveUp(ctx context.Context, w kind.World, items []item, tried int, condition string, r *kind.InvokeResult) {
	w.Log(m.in.Node, "error", "%d records of %s are passed over: %s", len(items), m.source, condition)
	fn, ok := functionOf(w, m.function)
	if m.onFailure == "" || !ok {
		return
	}
	const millis = "2006-01-02T15:04:05.000Z"
	info := map[string]any{"shardId": "shardId-000000000000", "startSequenceNumber": items[0].id, "endSequenceNumber": items[len(items)-1].id,
		"batchSize": len(items), "streamArn": m.source}
	for name, it := range map[string]item{"approximateArrivalOfFirstRecord": items[0], "approximateArrivalOfLastRecord": items[len(items)-1]} {
		if t, ok := arrival(it.record); ok {
			info[name] = t.UTC().Format(millis)
		}
	}
	record := map[string]any{"version": "1.0", "timestamp": w.Now().UTC().Format(millis),
		"requestContext": map[string]any{"requestId": w.NewID(), "functionArn": fn.ARN, "condition": condition, "approximateInvokeCount": tried}}
	if r != nil {
		response := map[string]any{"statusCode": 200, "executedVersion": latest}
		if r.FunctionError != "" {
			response["functionError"] = r.FunctionError
		}
		record["requestContext"].(map[string]any)["requestId"], record["responseContext"] = r.RequestID, response
	}
	name := "DDBStreamBatchInfo"
	if sourceService(m.source) == "kinesis" {
		name = "KinesisBatchInfo"
	}
	record[name] = info
	payload, err := json.Marshal(record)
	if err == nil {
		err = w.Deliver(ctx, kind.Delivery{Principal: roleOf(fn), SourceARN: m.in.ARN, Target: m.onFailure, Payload: payload})
	}
	if err != nil {
		w.Log(m.in.Node, "error", "the record of a failed batch is not sent to %s: %s", m.onFailure, err)
	}
}

// arrival is when a record came into its stream.
func arrival(record map[string]any) (time.Time, bool) {
	v := property.At(record, "dynamodb", "ApproximateCreationDateTime")
	if v == nil {
		v = property.At(record, "kinesis", "approximateArrivalTimestamp")
	}
	switch n := v.(type) {
	case float64:
		return time.UnixMilli(int64(n * 1000)), true
	case int64:
		return time.Unix(n, 0), true
	case int:
		return time.Unix(int64(n), 0), true
	case json.Number:
		f, err := n.Float64()
		return time.UnixMilli(int64(f * 1000)), err == nil
	}
	return time.Time{}, false
}
