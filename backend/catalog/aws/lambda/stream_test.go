package lambda

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// change is a record of a table's stream, as old as the world.
func change(n int) map[string]any {
	return map[string]any{"eventName": "INSERT", "dynamodb": map[string]any{"ApproximateCreationDateTime": 1772366400.0, "Keys": map[string]any{"n": n}}}
}

func TestKinesisIsFilteredByItsData(t *testing.T) {
	f, err := filtersOf(map[string]any{"Filters": []any{map[string]any{"Pattern": `{"data": {"n": [1]}, "partitionKey": ["p"]}`}}}, "kinesis")
	if err != nil {
		t.Fatal(err)
	}
	record := func(data string) map[string]any {
		return map[string]any{"kinesis": map[string]any{"partitionKey": "p", "data": data}}
	}
	if !f.admit(record("eyJuIjoxfQ==")) || f.admit(record("eyJuIjoyfQ==")) || f.admit(record("bm9uZQ==")) {
		t.Error("the data is not read as JSON")
	}
}

func TestStreamInOrderAndCheckpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := feed(t, tableARN, map[string]any{"BatchSize": 2}, change(0), change(1), change(2))
		s.runMapping()
		s.wantCalls(2)
		if keys(t, s.called()[0]) != "0 1" || keys(t, s.called()[1]) != "2" || f.asked[0].Position != "TRIM_HORIZON" {
			t.Errorf("%s, %+v", s.called()[0].Payload, f.asked)
		}
		s.restart()
		f.add(change(3))
		defer s.end()
		s.runMapping()
		s.wantCalls(3)
		if keys(t, s.called()[2]) != "3" {
			t.Errorf("after a restart: %s", s.called()[2].Payload)
		}
	})
}

// A failed batch of a stream is retried, later each time, and nothing after it is handled before.
func TestStreamRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := feed(t, tableARN, map[string]any{"BatchSize": 1, "MaximumRetryAttempts": 1, "DestinationConfig": map[string]any{"OnFailure": map[string]any{"Destination": queueARN}}}, change(0), change(1))
		defer s.end()
		s.script(broken, broken, fine)
		s.runMapping()
		s.wantCalls(1)
		s.pass(time.Second)
		s.wantCalls(3)
		if keys(t, s.called()[1]) != "0" || keys(t, s.called()[2]) != "1" {
			t.Errorf("%v", s.called())
		}
		d := s.Delivered()
		if len(d) != 1 || d[0].Principal.Role != working["Role"] {
			t.Fatalf("%+v", d)
		}
		r := decode(t, d[0].Payload)
		if property.Text(r, "requestContext", "condition") != "RetryAttemptsExhausted" || property.At(r, "requestContext", "approximateInvokeCount") != 2.0 || property.Text(r, "DDBStreamBatchInfo", "startSequenceNumber") != "id0" ||
			property.At(r, "DDBStreamBatchInfo", "batchSize") != 1.0 || property.Text(r, "DDBStreamBatchInfo", "approximateArrivalOfFirstRecord") != "2026-03-01T12:00:00.000Z" || property.Text(r, "responseContext", "functionError") != "Unhandled" {
			t.Errorf("%v", r)
		}
	})
}

func TestStreamBisects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := feed(t, tableARN, map[string]any{"BisectBatchOnFunctionError": true, "MaximumRetryAttempts": 0}, change(0), change(1), change(2), change(3))
		defer s.end()
		s.World.Function = func(in kind.Invocation) (kind.InvokeResult, error) {
			_, err := s.answer(in)
			if strings.Contains(" "+keys(t, in)+" ", " 2 ") {
				return kind.InvokeResult{FunctionError: "Unhandled", Payload: []byte(`{}`)}, err
			}
			return kind.InvokeResult{Payload: []byte(`null`)}, err
		}
		s.runMapping()
		var got []string
		for _, c := range s.called() {
			got = append(got, keys(t, c))
		}
		if strings.Join(got, ", ") != "0 1 2 3, 0 1, 2 3, 2, 3" {
			t.Errorf("%q", got)
		}
	})
}

func TestStreamGoesOnFromTheFirstFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := feed(t, tableARN, map[string]any{"FunctionResponseTypes": []any{"ReportBatchItemFailures"}}, change(0), change(1), change(2))
		defer s.end()
		s.script(answer{payload: `{"batchItemFailures":[{"itemIdentifier":"id2"},{"itemIdentifier":"id1"}]}`}, fine, answer{payload: `{}`})
		s.runMapping()
		s.pass(time.Second) // "ok" is no report: the rest fails as a whole
		s.pass(2 * time.Second)
		s.wantCalls(3)
		if keys(t, s.called()[1]) != "1 2" || keys(t, s.called()[2]) != "1 2" {
			t.Errorf("%v", s.called())
		}
	})
}

func TestOldRecordsArePassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := feed(t, tableARN, map[string]any{"MaximumRecordAgeInSeconds": 60, "DestinationConfig": map[string]any{"OnFailure": map[string]any{"Destination": queueARN}}}, change(0))
		defer s.end()
		s.script(throttled)
		s.runMapping()
		for range 20 {
			s.pass(10 * time.Second)
		}
		d := s.Delivered()
		if len(d) != 1 {
			t.Fatalf("%v", d)
		}
		if r := decode(t, d[0].Payload); property.Text(r, "requestContext", "condition") != "RecordAgeExceeded" {
			t.Errorf("%v", r)
		}
	})
}
