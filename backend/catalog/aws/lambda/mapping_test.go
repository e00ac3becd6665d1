package lambda

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

// tape is a source in memory: a queue that gives what it has once, or a stream that is read by position.
type tape struct {
	s       *stage
	records []map[string]any
	ids     []string
	stream  bool
	next    int
	asked   []kind.PollRequest
	failed  [][]string
	err     error
	bell    chan struct{}
}

func (f *tape) add(records ...map[string]any) {
	if f.s != nil {
		f.s.mu.Lock()
		defer f.s.mu.Unlock()
	}
	if f.bell != nil {
		close(f.bell)
	}
	f.bell = make(chan struct{})
	for _, r := range records {
		f.records = append(f.records, r)
		f.ids = append(f.ids, "id"+strconv.Itoa(len(f.ids)))
	}
}

func (f *tape) receive(ctx context.Context, w kind.World, in kind.Instance, req kind.PollRequest) (kind.Batch, error) {
	f.s.mu.Lock()
	f.asked = append(f.asked, req)
	if f.err != nil {
		defer f.s.mu.Unlock()
		return kind.Batch{}, f.err
	}
	from := f.next
	if f.stream {
		from, _ = strconv.Atoi(req.Checkpoint)
	}
	to := min(len(f.records), from+req.Max)
	f.next = to
	b := kind.Batch{Records: slices.Clone(f.records[from:to]), IDs: slices.Clone(f.ids[from:to])}
	if f.stream {
		b.Checkpoint = strconv.Itoa(to)
	} else {
		b.Done = func(failed []string) error {
			f.s.mu.Lock()
			defer f.s.mu.Unlock()
			f.failed = append(f.failed, failed)
			return nil
		}
	}
	bell := f.bell
	f.s.mu.Unlock()
	if from < to {
		return b, nil
	}
	select {
	case <-ctx.Done():
	case <-w.After(req.Wait):
	case <-bell:
		return f.receive(ctx, w, in, req)
	}
	return b, nil
}

const (
	feedARN  = "arn:aws:sqs:us-east-1:000000000000:feed"
	tableARN = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026"
)

// feed makes a stage with a source and a mapping of it, running.
func feed(t *testing.T, arn string, p map[string]any, records ...map[string]any) (*stage, *tape) {
	t.Helper()
	f := &tape{stream: arn != feedARN}
	f.add(records...)
	s := newStage(t, nil, kind.Simulation{Types: []kind.ResourceType{{Type: "Test::Source", Receive: f.receive}}})
	f.s = s
	s.Put(kind.Instance{LogicalID: "Source", Type: "Test::Source", ARN: arn, Properties: map[string]any{}})
	if f.stream {
		p = with(map[string]any{"StartingPosition": "TRIM_HORIZON"}, p)
	}
	s.create("Mapping", mappingType, with(map[string]any{"EventSourceArn": arn, "FunctionName": "worker"}, p))
	return s, f
}

func (s *stage) runMapping() {
	in := s.Instances(mappingType)[0]
	s.run(in)
}

func message(body string) map[string]any { return map[string]any{"body": body} }

// keys are the record keys of an invocation, for streams.
func keys(t *testing.T, in kind.Invocation) string {
	t.Helper()
	var e struct {
		Records []struct {
			Dynamodb struct{ Keys struct{ N int } }
		}
	}
	if err := json.Unmarshal(in.Payload, &e); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range e.Records {
		out = append(out, strconv.Itoa(r.Dynamodb.Keys.N))
	}
	return strings.Join(out, " ")
}

func TestQueueFeedsBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := feed(t, feedARN, map[string]any{"BatchSize": 2}, message("a"), message("b"), message("c"))
		defer s.end()
		s.runMapping()
		s.wantCalls(2)
		var got []string
		for _, c := range s.called() {
			got = append(got, string(c.Payload))
		}
		slices.Sort(got) // batches are handled side by side
		if got[0] != `{"Records":[{"body":"a"},{"body":"b"}]}` || got[1] != `{"Records":[{"body":"c"}]}` || !s.called()[0].Principal.Owner || s.called()[0].SourceARN != feedARN {
			t.Errorf("%s", got)
		}
		if len(f.failed) != 2 || f.failed[0] != nil || f.asked[0].Role.Role != working["Role"] || f.asked[0].Max != 2 {
			t.Errorf("%v %+v", f.failed, f.asked[0])
		}
	})
}

func TestFailuresOfMessages(t *testing.T) {
	report := map[string]any{"FunctionResponseTypes": []any{"ReportBatchItemFailures"}}
	for _, c := range []struct {
		name   string
		p      map[string]any
		answer answer
		failed string
	}{
		{"an error fails all", nil, broken, "id0 id1"},
		{"throttling fails all", nil, throttled, "id0 id1"},
		{"without the setting a report means nothing", nil, answer{payload: `{"batchItemFailures":[{"itemIdentifier":"id1"}]}`}, ""},
		{"one of them", report, answer{payload: `{"batchItemFailures":[{"itemIdentifier":"id1"}]}`}, "id1"},
		{"none of them", report, answer{payload: `{"batchItemFailures":[]}`}, ""},
		{"no list", report, answer{payload: `{"batchItemFailures":null}`}, ""},
		{"null", report, answer{payload: `null`}, ""},
		{"nothing", report, answer{}, ""},
		{"an empty id", report, answer{payload: `{"batchItemFailures":[{"itemIdentifier":""}]}`}, "id0 id1"},
		{"another key", report, answer{payload: `{"batchItemFailures":[{"id":"id0"}]}`}, "id0 id1"},
		{"an id of no message", report, answer{payload: `{"batchItemFailures":[{"itemIdentifier":"x"}]}`}, "id0 id1"},
		{"text", report, answer{payload: `"done"`}, "id0 id1"},
		{"an error with the setting", report, broken, "id0 id1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, f := feed(t, feedARN, c.p, message("a"), message("b"))
				defer s.end()
				s.script(c.answer)
				s.runMapping()
				if len(f.failed) != 1 || strings.Join(f.failed[0], " ") != c.failed {
					t.Errorf("failed are %v", f.failed)
				}
			})
		})
	}
}

func TestWindowGathers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := feed(t, feedARN, map[string]any{"BatchSize": 3, "MaximumBatchingWindowInSeconds": 10}, message("a"))
		defer s.end()
		s.runMapping()
		s.wantCalls(0)
		f.add(message("b"))
		s.pass(9 * time.Second)
		s.wantCalls(0)
		s.pass(time.Second)
		s.wantCalls(1)
		f.add(message("c"), message("d"), message("e"))
		synctest.Wait()
		s.wantCalls(2)                                                                                        // a full batch does not wait
		if string(s.called()[0].Payload) != `{"Records":[{"body":"a"},{"body":"b"}]}` || len(f.failed) != 4 { // a, b, the end of the window, and c d e
			t.Errorf("every part of a batch is settled: %v", f.failed)
		}
	})
}

func TestFiltersDropMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		filters := map[string]any{"FilterCriteria": map[string]any{"Filters": []any{map[string]any{"Pattern": `{"body": {"kind": ["order"], "n": [{"numeric": [">", 1]}]}}`}, map[string]any{"Pattern": `{"body": ["plain"]}`}}}}
		s, f := feed(t, feedARN, filters, message(`{"kind":"order","n":1}`), message(`{"kind":"order","n":2}`), message("plain"), message("other"))
		defer s.end()
		s.script(broken)
		s.runMapping()
		s.wantCalls(1)
		if got := string(s.called()[0].Payload); got != `{"Records":[{"body":"{\"kind\":\"order\",\"n\":2}"},{"body":"plain"}]}` {
			t.Error(got)
		}
		if strings.Join(f.failed[0], " ") != "id1 id2" {
			t.Errorf("what is filtered out is done: %v", f.failed)
		}
	})
}

// An event stays within 6 MB: more records make more invocations.
func TestLargeBatchesAreCut(t *testing.T) {
	big := message(strings.Repeat("x", 1<<20))
	items := []item{}
	for range 8 {
		items = append(items, item{big, ""})
	}
	got := chunks(items)
	if len(got) != 2 || len(got[0]) != 5 || len(got[1]) != 3 {
		t.Errorf("%d chunks", len(got))
	}
}

// What is wrong with a source is said once, and reading goes on when it is mended.
func TestDeniedSourceIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := feed(t, feedARN, nil, message("a"))
		defer s.end()
		f.err = fault.New(fault.Denied, "not authorized to perform: sqs:ReceiveMessage")
		s.runMapping()
		s.pass(2 * time.Second)
		s.pass(4 * time.Second)
		if len(f.asked) != 3 || len(s.Lines()) != 1 || !strings.Contains(s.Lines()[0], "sqs:ReceiveMessage") {
			t.Errorf("asked %d times: %v", len(f.asked), s.Lines())
		}
		f.err = nil // everybody waits for the clock
		s.pass(time.Minute)
		s.wantCalls(1)
	})
}

func TestDisabledMapping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := feed(t, feedARN, map[string]any{"Enabled": false}, message("a"))
		defer s.end()
		s.runMapping()
		if len(f.asked) != 0 {
			t.Error("a disabled mapping reads")
		}
	})
}

func TestMappingThatLambdaRefuses(t *testing.T) {
	s := newStage(t, map[string]any{"Timeout": 60})
	s.Put(kind.Instance{LogicalID: "Q", Type: "AWS::SQS::Queue", ARN: feedARN, Properties: map[string]any{"VisibilityTimeout": 60}})
	s.Put(kind.Instance{LogicalID: "F", Type: "AWS::SQS::Queue", ARN: feedARN + ".fifo", Properties: map[string]any{"FifoQueue": true, "VisibilityTimeout": 60}})
	s.Put(kind.Instance{LogicalID: "S", Type: "AWS::SQS::Queue", ARN: feedARN + "2", Properties: map[string]any{}})
	base := map[string]any{"EventSourceArn": feedARN, "FunctionName": "worker"}
	for message, p := range map[string]map[string]any{
		"30 seconds is less than":     {"EventSourceArn": feedARN + "2"},
		"FIFO":                        {"EventSourceArn": feedARN + ".fifo", "BatchSize": 11},
		"window of at least 1 s":      {"BatchSize": 11},
		"neither a destination":       {"BisectBatchOnFunctionError": true},
		"does not exist":              {"EventSourceArn": feedARN + "3"},
		"function other does not":     {"FunctionName": "other"},
		"needs a starting position":   {"EventSourceArn": tableARN},
		"no source that is simulated": {"EventSourceArn": "arn:aws:mq:us-east-1:000000000000:broker:b"},
	} {
		in := kind.Instance{LogicalID: "M", Properties: with(base, p)}
		if _, err := createMapping(t.Context(), s.World, in); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%v: %v, want %q", p, err, message)
		}
	}
	in, err := createMapping(t.Context(), s.World, kind.Instance{LogicalID: "M", Properties: base})
	if err != nil || in.PhysicalID == "" || in.Attributes["Id"] != in.PhysicalID {
		t.Errorf("%v %+v", err, in)
	}
}
