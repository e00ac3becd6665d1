package lambda

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"airloom/backend/cfn"
	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

const (
	eventLimit = 6 << 20          // bytes of one invocation's event
	idleWait   = 20 * time.Second // how long one look at an empty source takes
	// readers is how many batches of a queue are handled at once. Lambda begins with five and may add more.
	// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
	readers = 5
)

// mapping is an event source mapping with its settings.
type mapping struct {
	in       kind.Instance
	source   string // ARN
	function string
	queue    bool
	size     int
	window   time.Duration
	readers  int
	partial  bool // the function names what failed
	filters  filters

	// Of streams:
	position  string
	tries     int           // -1 is without end
	age       time.Duration // negative is without end
	bisect    bool
	onFailure string
}

// checkMapping refuses what AWS refuses too, as far as it is known before anything exists.
// https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
func checkMapping(p map[string]any) error {
	if err := onlyLatest(p); err != nil {
		return err
	}
	for _, l := range []struct {
		name        string
		least, most int
	}{{"BatchSize", 1, 10000}, {"MaximumBatchingWindowInSeconds", 0, 300}, {"MaximumRetryAttempts", -1, 10000}, {"MaximumRecordAgeInSeconds", -1, 604800}} {
		if err := bounded(p, l.name, l.least, l.most); err != nil {
			return err
		}
	}
	if p["StartingPosition"] == "AT_TIMESTAMP" {
		return fault.New(fault.Unsupported, "reading a stream from a time on is not simulated: TRIM_HORIZON and LATEST are").At("StartingPosition")
	}
	if source, ok := p["EventSourceArn"].(string); ok && sourceService(source) == "" {
		return fault.New(fault.Unsupported, "%s is no source that is simulated: queues and streams of DynamoDB and Kinesis are", source).At("EventSourceArn")
	}
	if cfn.Known(p["FilterCriteria"]) {
		if _, err := filtersOf(p["FilterCriteria"], ""); err != nil {
			return fault.As(err).At("FilterCriteria")
		}
	}
	return nil
}

// sourceService is the service of a source that mappings read here, "" for any other.
func sourceService(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) > 5 && slices.Contains([]string{"sqs", "dynamodb", "kinesis"}, parts[2]) {
		return parts[2]
	}
	return ""
}

func createMapping(_ context.Context, w kind.World, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID = w.NewID()
	in.ARN = w.ARN("lambda", "event-source-mapping:"+in.PhysicalID)
	in.Attributes = map[string]any{"Id": in.PhysicalID, "EventSourceMappingArn": in.ARN}
	return in, admitMapping(w, in)
}

func updateMapping(_ context.Context, w kind.World, old, in kind.Instance) (kind.Instance, error) {
	in.PhysicalID, in.ARN, in.Attributes = old.PhysicalID, old.ARN, old.Attributes
	return in, admitMapping(w, in)
}

func deleteMapping(_ context.Context, w kind.World, in kind.Instance) error {
	return w.State(space).Update(func(tx kind.Tx) error { return tx.Delete(checkpointKey(in)) })
}

// admitMapping refuses what Lambda finds wrong once the function and the source are known.
func admitMapping(w kind.World, in kind.Instance) error {
	fn, err := target(w, in, "FunctionName")
	if err != nil {
		return err
	}
	m, err := mappingOf(in)
	if err != nil {
		return err
	}
	wrong := func(format string, args ...any) error {
		return fault.New(fault.Invalid, format, args...).At(in.LogicalID)
	}
	if !m.queue {
		if m.position == "" {
			return wrong("a stream needs a starting position")
		}
		return nil
	}
	q, ok := w.Find(m.source)
	if !ok {
		return wrong("the queue %s does not exist", m.source)
	}
	fifo := property.Flag(q.Properties, "FifoQueue")
	timeout, visibility := 3, 30
	if n, ok := property.Integer(fn.Properties, "Timeout"); ok {
		timeout = n
	}
	if n, ok := property.Integer(q.Properties, "VisibilityTimeout"); ok {
		visibility = n
	}
	switch {
	case visibility < timeout:
		return wrong("queue visibility timeout: %d seconds is less than function timeout: %d seconds", visibility, timeout)
	case fifo && (m.size > 10 || m.window > 0):
		return wrong("a FIFO queue feeds at most 10 messages at a time and cannot gather them")
	case m.size > 10 && m.window < time.Second:
		return wrong("batches of more than 10 messages need a batching window of at least 1 s")
	case m.onFailure != "" || m.bisect || m.position != "":
		return wrong("a queue has a dead-letter queue, and neither a destination, nor bisection, nor a starting position")
	}
	return nil
}

// mappingOf reads a mapping's properties over AWS's defaults.
func mappingOf(in kind.Instance) (mapping, error) {
	p := in.Properties
	m := mapping{in: in, source: property.Text(p, "EventSourceArn"), function: property.Text(p, "FunctionName"), tries: -1, age: -1, readers: 1,
		position: property.Text(p, "StartingPosition"), bisect: property.Flag(p, "BisectBatchOnFunctionError"), onFailure: property.Text(p, "DestinationConfig", "OnFailure", "Destination")}
	service := sourceService(m.source)
	m.queue, m.size = service == "sqs", 100
	if m.queue {
		m.size, m.readers = 10, readers
		if n, ok := property.Integer(p, "ScalingConfig", "MaximumConcurrency"); ok {
			m.readers = min(m.readers, n)
		}
	}
	if n, ok := property.Integer(p, "BatchSize"); ok {
		m.size = n
	}
	if n, ok := property.Integer(p, "MaximumBatchingWindowInSeconds"); ok {
		m.window = time.Duration(n) * time.Second
	}
	if n, ok := property.Integer(p, "MaximumRetryAttempts"); ok {
		m.tries = n
	}
	if n, ok := property.Integer(p, "MaximumRecordAgeInSeconds"); ok {
		m.age = time.Duration(n) * time.Second
	}
	types, _ := p["FunctionResponseTypes"].([]any)
	m.partial = slices.Contains(types, any("ReportBatchItemFailures"))
	var err error
	if m.filters, err = filtersOf(p["FilterCriteria"], service); err != nil {
		return m, fault.As(err).At(in.LogicalID)
	}
	if service == "" {
		return m, fault.New(fault.Unsupported, "%s is no source that is simulated: queues and streams of DynamoDB and Kinesis are", m.source).At(in.LogicalID)
	}
	return m, nil
}

// runMapping reads the source and invokes the function until ctx ends.
func runMapping(ctx context.Context, w kind.World, in kind.Instance) {
	if on, ok := in.Properties["Enabled"]; ok && !property.Flag(on) {
		return
	}
	m, err := mappingOf(in)
	if err != nil {
		w.Log(in.Node, "error", "the event source mapping does not run: %s", err)
		return
	}
	if m.queue {
		m.readQueue(ctx, w)
	} else {
		m.readStream(ctx, w)
	}
}

// gather reads a batch: it ends when it is full, or when the window that its first record opened is over.
func (m mapping) gather(ctx context.Context, w kind.World, checkpoint string) (kind.Batch, error) {
	fn, ok := functionOf(w, m.function)
	if !ok {
		return kind.Batch{}, fault.New(fault.NotFound, "the function %s has gone", m.function)
	}
	req := kind.PollRequest{Max: m.size, Wait: idleWait, Role: roleOf(fn), Position: m.position, Checkpoint: checkpoint}
	all, err := w.Receive(ctx, m.source, req)
	if err != nil || len(all.Records) == 0 || m.window == 0 {
		return all, err
	}
	settle := []func([]string) error{all.Done}
	for end := w.Now().Add(m.window); len(all.Records) < m.size && ctx.Err() == nil; {
		req.Max, req.Wait, req.Checkpoint = m.size-len(all.Records), end.Sub(w.Now()), all.Checkpoint
		if req.Wait <= 0 || !extend(ctx, w, m.source, req, &all) {
			break // what is there is handled; the next look shows an error again
		}
		settle = append(settle, all.Done)
	}
	all.Done = func(failed []string) error {
		for _, done := range settle {
			if done == nil {
				continue
			}
			if err := done(failed); err != nil {
				return err
			}
		}
		return nil
	}
	return all, nil
}

// extend reads more records into a batch, whose Done is then that of the new ones.
func extend(ctx context.Context, w kind.World, source string, req kind.PollRequest, all *kind.Batch) bool {
	more, err := w.Receive(ctx, source, req)
	if err != nil {
		return false
	}
	if more.Checkpoint == "" {
		more.Checkpoint = all.Checkpoint
	}
	more.Records, more.IDs = append(all.Records, more.Records...), append(all.IDs, more.IDs...)
	*all = more
	return true
}

// item is one record of a batch.
type item struct {
	record map[string]any
	id     string // what batchItemFailures names
}

// wanted are the records that a filter lets through.
func (m mapping) wanted(b kind.Batch) []item {
	var out []item
	for i, r := range b.Records {
		if m.filters.admit(r) {
			id := ""
			if i < len(b.IDs) {
				id = b.IDs[i]
			}
			out = append(out, item{r, id})
		}
	}
	return out
}

// chunks cuts records so that each event stays within what Lambda takes.
func chunks(items []item) [][]item {
	var out [][]item
	size := 0
	for _, it := range items {
		text, _ := json.Marshal(it.record) // a record came from JSON
		if size += len(text) + 1; len(out) == 0 || size > eventLimit-len(`{"Records":[]}`) {
			out, size = append(out, nil), len(text)
		}
		out[len(out)-1] = append(out[len(out)-1], it)
	}
	return out
}

// verdict is how an invocation ended.
type verdict struct {
	failed  []string // ids; nil where all went well
	result  *kind.InvokeResult
	refused error // the function did not run at all
}

func (m mapping) invoke(ctx context.Context, w kind.World, items []item) verdict {
	records := make([]map[string]any, len(items))
	all := make([]string, len(items))
	for i, it := range items {
		records[i], all[i] = it.record, it.id
	}
	payload, err := json.Marshal(map[string]any{"Records": records})
	if err != nil {
		return verdict{failed: all, refused: err}
	}
	fn, ok := functionOf(w, m.function)
	if !ok {
		return verdict{failed: all, refused: fault.New(fault.NotFound, "the function %s has gone", m.function)}
	}
	r, err := w.Invoke(ctx, kind.Invocation{Function: fn.ARN, Principal: owner, SourceARN: m.source, Payload: payload})
	switch {
	case err != nil:
		return verdict{failed: all, refused: err}
	case r.FunctionError != "":
		return verdict{failed: all, result: &r}
	case m.partial:
		failed, ok := itemFailures(r.Payload, all)
		if !ok {
			w.Log(m.in.Node, "warning", "the answer of the function is no list of batchItemFailures, so the whole batch has failed")
			failed = all
		}
		return verdict{failed: failed, result: &r}
	}
	return verdict{result: &r}
}

// itemFailures reads which records the function reports as failed; ok is false where the answer cannot be read, which
// fails the whole batch. No answer, and one without failures, mean success.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
func itemFailures(payload []byte, ids []string) (failed []string, ok bool) {
	var answer *struct {
		BatchItemFailures []map[string]any `json:"batchItemFailures"`
	}
	if len(payload) == 0 {
		return nil, true
	}
	if err := json.Unmarshal(payload, &answer); err != nil {
		return nil, false
	}
	if answer == nil {
		return nil, true
	}
	for _, f := range answer.BatchItemFailures {
		id := property.Text(f, "itemIdentifier")
		if id == "" || !slices.Contains(ids, id) {
			return nil, false
		}
		failed = append(failed, id)
	}
	return failed, true
}

// pause waits out an error: longer each time, up to a minute. It answers false when ctx has ended.
func pause(ctx context.Context, w kind.World, errors int) bool {
	select {
	case <-ctx.Done():
		return false
	case <-w.After(min(time.Minute, time.Second<<min(errors, 6))):
		return true
	}
}
