package logs

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/kindtest"
)

func openStore(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func texts(list []Entry) string {
	var out []string
	for _, e := range list {
		out = append(out, e.Text)
	}
	return strings.Join(out, " ")
}

func TestAppendReadRestart(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for i := range 5 {
		if err := s.Append(Entry{Time: at.Add(time.Duration(i) * time.Second), Node: "n", Text: fmt.Sprint("line", i)}); err != nil {
			t.Fatal(err)
		}
	}
	read := func(q Query) string {
		t.Helper()
		list, err := s.Read(q)
		if err != nil {
			t.Fatal(err)
		}
		return texts(list)
	}
	for want, q := range map[string]Query{
		"line0 line1 line2 line3 line4": {},
		"line3 line4":                   {Newest: 2},
		"line2 line3":                   {Since: at.Add(2 * time.Second), Until: at.Add(4 * time.Second)},
		"line4":                         {After: 4},
		"line1":                         {Match: func(e Entry) bool { return e.Text == "line1" }},
	} {
		if got := read(q); got != want {
			t.Errorf("%+v: %s, want %s", q, got, want)
		}
	}
	// A process that was killed while it wrote: the torn line is skipped, the next process goes on.
	list, _ := filepath.Glob(filepath.Join(dir, "*.ndjson"))
	f, err := os.OpenFile(list[0], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"q":6,"t":"2026-01-`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	_ = s.Close()
	s = openStore(t, dir)
	if err := s.Append(Entry{Time: at.Add(time.Minute), Text: "after"}); err != nil {
		t.Fatal(err)
	}
	if got := read(Query{}); got != "line0 line1 line2 line3 line4 after" {
		t.Fatal(got)
	}
	if seq, _ := s.Last(); seq != 6 {
		t.Fatalf("numbered %d", seq)
	}
}

// L10: whatever a line holds comes back as it was, on a line of its own.
func TestHostileLines(t *testing.T) {
	s := openStore(t, t.TempDir())
	lines := []string{"a\nb", "\x1b[31mred", `{"q":999}`, "\x00", "\u2028<script>", strings.Repeat("x", 2*maxText), ""}
	for _, l := range lines {
		if err := s.Append(Entry{Time: time.Unix(1, 0), Text: l}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := Read(s.dir, Query{})
	if err != nil || len(list) != len(lines) {
		t.Fatalf("%d lines, %v", len(list), err)
	}
	for i, l := range lines {
		if len(l) <= maxText && list[i].Text != l || len(list[i].Text) > maxText+3 {
			t.Errorf("%q came back as %q", l, list[i].Text)
		}
	}
}

func TestBounded(t *testing.T) {
	s := openStore(t, t.TempDir())
	line := strings.Repeat("x", 200<<10)
	for range (keptSegments + 3) * segmentBytes / len(line) {
		if err := s.Append(Entry{Time: time.Unix(1, 0), Text: line}); err != nil {
			t.Fatal(err)
		}
	}
	if list, _ := segments(s.dir); len(list) != keptSegments {
		t.Fatalf("%d files are kept", len(list))
	}
	if len(s.recent) > 2*tail {
		t.Fatalf("%d entries are in memory", len(s.recent))
	}
}

// api is the service of a store over a fake world.
type api struct {
	t *testing.T
	w *kindtest.World
	s *Store
}

func newAPI(t *testing.T) *api {
	s := openStore(t, t.TempDir())
	return &api{t, kindtest.New(s.Simulation()), s}
}

func (a *api) call(operation string, in map[string]any) (int, map[string]any) {
	a.t.Helper()
	body, _ := json.Marshal(in)
	r := a.s.serve(context.Background(), a.w, kind.APIRequest{HTTPRequest: kind.HTTPRequest{Body: body}, Operation: operation, Principal: kind.Principal{Role: "r"}})
	var out map[string]any
	if len(r.Body) > 0 {
		if err := json.Unmarshal(r.Body, &out); err != nil {
			a.t.Fatal(err)
		}
	}
	return r.Status, out
}

func (a *api) group(name string) kind.Instance {
	a.t.Helper()
	in, err := a.w.Create(context.Background(), "Group", groupType, map[string]any{"LogGroupName": name, "RetentionInDays": 1})
	if err != nil {
		a.t.Fatal(err)
	}
	return in
}

func messages(out map[string]any) string {
	var list []string
	events, _ := out["events"].([]any)
	for _, e := range events {
		list = append(list, e.(map[string]any)["message"].(string))
	}
	return strings.Join(list, " ")
}

func TestService(t *testing.T) {
	a := newAPI(t)
	in := a.group("/g")
	if in.Attributes["Arn"] != in.ARN+":*" || in.ARN != "arn:aws:logs:us-east-1:000000000000:log-group:/g" {
		t.Fatalf("%+v", in)
	}
	if _, err := a.w.Create(context.Background(), "Again", groupType, map[string]any{"LogGroupName": "/g"}); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("a taken name: %v", err)
	}
	ms := func() int64 { return a.w.Now().UnixMilli() }
	put := func(text string) (int, map[string]any) {
		return a.call("PutLogEvents", map[string]any{"logGroupName": "/g", "logStreamName": "s", "logEvents": []any{map[string]any{"timestamp": ms(), "message": text}}})
	}
	if status, out := put("early"); status != 400 || out["__type"] != "ResourceNotFoundException" {
		t.Fatalf("into a stream that is not there: %d %v", status, out)
	}
	if status, out := a.call("CreateLogStream", map[string]any{"logGroupName": "/g", "logStreamName": "s"}); status != 200 || out != nil {
		t.Fatalf("%d %v", status, out)
	}
	if status, out := a.call("CreateLogStream", map[string]any{"logGroupName": "/g", "logStreamName": "s"}); status != 400 || out["__type"] != "ResourceAlreadyExistsException" {
		t.Fatalf("%d %v", status, out)
	}
	for _, text := range []string{"one", "two ERROR", "three"} {
		a.w.Advance(time.Second)
		if status, out := put(text); status != 200 {
			t.Fatalf("%d %v", status, out)
		}
	}
	a.w.Advance(time.Second)
	_ = a.s.Append(Entry{Time: a.w.Now(), Group: "/g", Stream: "function", Text: "four ERROR timeout"})
	_ = a.s.Append(Entry{Time: a.w.Now(), Text: "of no group"})

	if status, out := a.call("GetLogEvents", map[string]any{"logGroupName": "/g", "logStreamName": "s", "limit": 2}); status != 200 || messages(out) != "two ERROR three" {
		t.Fatalf("%d %v", status, out)
	}
	_, out := a.call("GetLogEvents", map[string]any{"logGroupIdentifier": in.ARN, "logStreamName": "s", "limit": 2, "startFromHead": true})
	if messages(out) != "one two ERROR" {
		t.Fatalf("%v", out)
	}
	_, out = a.call("GetLogEvents", map[string]any{"logGroupName": "/g", "logStreamName": "s", "nextToken": out["nextForwardToken"]})
	if messages(out) != "three" {
		t.Fatalf("%v", out)
	}
	token := out["nextForwardToken"]
	if _, out = a.call("GetLogEvents", map[string]any{"logGroupName": "/g", "logStreamName": "s", "nextToken": token}); messages(out) != "" || out["nextForwardToken"] != token {
		t.Fatalf("the end gives the same token: %v", out)
	}
	for pattern, want := range map[string]string{"": "one two ERROR three four ERROR timeout", "ERROR": "two ERROR four ERROR timeout", "ERROR timeout": "four ERROR timeout", "?one ?three": "one three",
		"ERROR -timeout": "two ERROR", `"two ERROR"`: "two ERROR"} {
		if _, out := a.call("FilterLogEvents", map[string]any{"logGroupName": "/g", "filterPattern": pattern}); messages(out) != want {
			t.Errorf("%s: %v", pattern, out)
		}
	}
	if status, out := a.call("FilterLogEvents", map[string]any{"logGroupName": "/g", "filterPattern": "{ $.x = 1 }"}); status != 400 || out["__type"] != "InvalidParameterException" {
		t.Fatalf("a pattern for JSON: %d %v", status, out)
	}
	_, out = a.call("FilterLogEvents", map[string]any{"logGroupName": "/g", "limit": 3})
	if _, out = a.call("FilterLogEvents", map[string]any{"logGroupName": "/g", "nextToken": out["nextToken"]}); messages(out) != "four ERROR timeout" || out["nextToken"] != nil {
		t.Fatalf("the second page: %v", out)
	}
	_, out = a.call("DescribeLogStreams", map[string]any{"logGroupName": "/g", "orderBy": "LastEventTime", "descending": true})
	if list := out["logStreams"].([]any); len(list) != 2 || list[0].(map[string]any)["logStreamName"] != "function" {
		t.Fatalf("%v", out)
	}
	_, out = a.call("DescribeLogGroups", map[string]any{"logGroupNamePrefix": "/"})
	if list := out["logGroups"].([]any); len(list) != 1 || list[0].(map[string]any)["retentionInDays"] != 1.0 {
		t.Fatalf("%v", out)
	}
	for operation, want := range map[string]string{"DeleteLogGroup": "UnknownOperationException"} {
		if status, out := a.call(operation, nil); status != 400 || out["__type"] != want {
			t.Errorf("%s: %d %v", operation, status, out)
		}
	}
	if status, out := a.call("DescribeLogGroups", map[string]any{"accountIdentifiers": []any{"x"}}); status != 400 || out["__type"] != "InvalidParameterException" {
		t.Errorf("an unknown parameter: %d %v", status, out)
	}

	// What is older than the retention is gone, and so is what a group of the same name had before.
	a.w.Advance(25 * time.Hour)
	if _, out := a.call("FilterLogEvents", map[string]any{"logGroupName": "/g"}); messages(out) != "" {
		t.Fatalf("%v", out)
	}
	put("five")
	if err := a.w.Delete(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	if status, out := a.call("FilterLogEvents", map[string]any{"logGroupName": "/g"}); status != 400 || out["__type"] != "ResourceNotFoundException" {
		t.Fatalf("%d %v", status, out)
	}
	a.w.Advance(time.Second)
	a.group("/g")
	if _, out := a.call("FilterLogEvents", map[string]any{"logGroupName": "/g"}); messages(out) != "" {
		t.Fatalf("%v", out)
	}
}

func TestPermissions(t *testing.T) {
	a := newAPI(t)
	a.group("/g")
	a.w.Denied = func(x kind.Access) error { return fault.New(fault.Denied, "%s on %s", x.Action, x.Resource) }
	arn := "arn:aws:logs:us-east-1:000000000000:log-group:/g"
	for operation, want := range map[string]string{
		"CreateLogStream": "logs:CreateLogStream on " + arn + ":log-stream:s", "PutLogEvents": "logs:PutLogEvents on " + arn + ":log-stream:s",
		"GetLogEvents": "logs:GetLogEvents on " + arn + ":log-stream:s", "FilterLogEvents": "logs:FilterLogEvents on " + arn + ":*",
		"DescribeLogStreams": "logs:DescribeLogStreams on " + arn + ":*", "DescribeLogGroups": "logs:DescribeLogGroups on arn:aws:logs:us-east-1:000000000000:log-group:*",
	} {
		in := map[string]any{"logGroupName": "/g", "logStreamName": "s"}
		switch operation {
		case "DescribeLogGroups":
			in = nil
		case "FilterLogEvents", "DescribeLogStreams":
			delete(in, "logStreamName")
		}
		if status, out := a.call(operation, in); status != 400 || out["__type"] != "AccessDeniedException" || out["message"] != want {
			t.Errorf("%s: %d %v", operation, status, out)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	s := openStore(b, b.TempDir())
	for b.Loop() {
		if err := s.Append(Entry{Time: time.Unix(1, 0), Node: "worker", Group: "/aws/lambda/worker", Stream: "2026/01/02/[$LATEST]0123", RequestID: "id", Text: "order received 12345"}); err != nil {
			b.Fatal(err)
		}
	}
}
