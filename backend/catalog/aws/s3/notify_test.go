package s3

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
)

func notifications() map[string]any {
	entry := func(name, event, arn, prefix, suffix string) map[string]any {
		e := map[string]any{"Event": event, name: arn}
		if rules := filterRules(prefix, suffix); rules != nil {
			e["Filter"] = map[string]any{"S3Key": map[string]any{"Rules": rules}}
		}
		return e
	}
	return map[string]any{"NotificationConfiguration": map[string]any{
		"LambdaConfigurations": []any{entry("Function", "s3:ObjectCreated:*", "arn:function", "in/", ".jpg")},
		"QueueConfigurations":  []any{entry("Queue", "s3:ObjectRemoved:*", "arn:queue", "", "")},
		"TopicConfigurations":  []any{entry("Topic", "s3:ObjectCreated:Copy", "arn:topic", "out/", "")},
	}}
}

type notice struct {
	Event   string
	Records []struct {
		EventName, EventSource, EventTime, EventVersion string
		UserIdentity                                    struct{ PrincipalId string }
		RequestParameters                               struct{ SourceIPAddress string }
		S3                                              struct {
			Bucket struct{ Name, Arn string }
			Object struct {
				Key, ETag, Sequencer, VersionId string
				Size                            int
			}
		}
	}
}

// told are the notices so far: "target event key".
func (p *place) told() (lines []string, notices []notice) {
	p.t.Helper()
	for _, d := range p.w.Delivered() {
		var n notice
		if err := json.Unmarshal(d.Payload, &n); err != nil {
			p.t.Fatal(err)
		}
		if d.Principal.Service != principal || d.SourceARN != p.b.ARN {
			p.t.Errorf("delivered by %+v for %s", d.Principal, d.SourceARN)
		}
		line := d.Target + " " + n.Event
		for _, r := range n.Records {
			line = d.Target + " " + r.EventName + " " + r.S3.Object.Key
		}
		lines, notices = append(lines, line), append(notices, n)
	}
	return lines, notices
}

func TestNotifications(t *testing.T) {
	p := newPlace(t, notifications())
	p.ok("PUT /box/in/a%20b%C3%BC.jpg", "x")
	p.ok("PUT /box/in/a.png", "x")
	p.ok("PUT /box/out/c", "", "X-Amz-Copy-Source", "box/in/a.png")
	p.ok("PUT /box/in/c.jpg", "", "X-Amz-Copy-Source", "box/in/a.png")
	id := read[begun](t, p.ok("POST /box/in/big.jpg?uploads", "")).UploadId
	tag := header(p.ok("PUT /box/in/big.jpg?partNumber=1&uploadId="+id, "x"), "Etag")
	p.ok("POST /box/in/big.jpg?uploadId="+id, completion(tag))
	p.ok("DELETE /box/in/a.png", "", "X-Amzn-Trace-Id", kind.Lineage(3))
	p.ok("DELETE /box/never", "")
	lines, notices := p.told()
	want := []string{"arn:queue s3:TestEvent", "arn:topic s3:TestEvent", "arn:function ObjectCreated:Put in/a+b%C3%BC.jpg", "arn:topic ObjectCreated:Copy out/c",
		"arn:function ObjectCreated:Copy in/c.jpg", "arn:function ObjectCreated:CompleteMultipartUpload in/big.jpg", "arn:queue ObjectRemoved:Delete in/a.png"}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Fatalf("told\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	r := notices[2].Records[0]
	if r.EventSource != "aws:s3" || r.EventVersion != "2.1" || r.EventTime != "2026-03-01T12:00:00.000Z" || r.S3.Bucket.Name != "box" || r.S3.Object.Size != 1 ||
		r.S3.Object.ETag != "9dd4e461268c8034f5c8564e155c67a6" || r.RequestParameters.SourceIPAddress != "127.0.0.1" || !strings.HasSuffix(r.UserIdentity.PrincipalId, ":s") {
		t.Errorf("the record is %+v", r)
	}
	if d := p.w.Delivered(); d[5].Hops != 1 || d[6].Hops != 4 {
		t.Errorf("after %d and %d hops", d[5].Hops, d[6].Hops)
	}
	for i := 3; i < len(notices); i++ {
		if a, b := notices[i-1].Records[0].S3.Object.Sequencer, notices[i].Records[0].S3.Object.Sequencer; a >= b {
			t.Errorf("the sequencer %s comes before %s", a, b)
		}
	}
}

func TestNotificationsOfVersionsAndTags(t *testing.T) {
	p := newPlace(t, map[string]any{"VersioningConfiguration": map[string]any{"Status": "Enabled"}, "NotificationConfiguration": map[string]any{
		"QueueConfigurations": []any{map[string]any{"Event": "s3:ObjectRemoved:DeleteMarkerCreated", "Queue": "arn:queue"}, map[string]any{"Event": "s3:ObjectTagging:*", "Queue": "arn:queue"}}}})
	p.ok("PUT /box/k", "x")
	p.ok("PUT /box/k?tagging", `<Tagging><TagSet></TagSet></Tagging>`)
	p.ok("DELETE /box/k?tagging", "")
	marker := header(p.ok("DELETE /box/k", ""), "X-Amz-Version-Id")
	lines, notices := p.told()
	if got := strings.Join(lines[1:], ", "); got != "arn:queue ObjectTagging:Put k, arn:queue ObjectTagging:Delete k, arn:queue ObjectRemoved:DeleteMarkerCreated k" {
		t.Errorf("told %s", got)
	}
	if got := notices[3].Records[0].S3.Object.VersionId; got != marker {
		t.Errorf("the version is %s, want the marker %s", got, marker)
	}
}

func TestTargetThatDoesNotAdmitTheBucket(t *testing.T) {
	p := newPlace(t, nil)
	p.deny("lambda:InvokeFunction")
	if _, err := p.w.Create(t.Context(), "Other", bucketType, notifications()); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "arn:function") {
		t.Errorf("the configuration was taken: %v", err)
	}
	next := notifications()
	next["BucketName"] = "box"
	if _, err := p.w.Update(t.Context(), p.b, next); err == nil {
		t.Error("the update was taken")
	}
	// A target that goes away later does not undo the write.
	p = newPlace(t, notifications())
	if err := p.w.Delete(t.Context(), kind.Instance{LogicalID: "arn:function"}); err != nil {
		t.Fatal(err)
	}
	p.ok("PUT /box/in/a.jpg", "x")
	if lines := p.w.Lines(); len(lines) != 1 || !strings.Contains(lines[0], "box error ObjectCreated:Put of in/a.jpg could not be told to arn:function") {
		t.Errorf("said %q", lines)
	}
}

func TestExpiry(t *testing.T) {
	day := 24 * time.Hour
	p := newPlace(t, map[string]any{
		"VersioningConfiguration":   map[string]any{"Status": "Enabled"},
		"NotificationConfiguration": map[string]any{"QueueConfigurations": []any{map[string]any{"Event": "s3:LifecycleExpiration:*", "Queue": "arn:queue"}}},
		"LifecycleConfiguration": map[string]any{"Rules": []any{
			map[string]any{"Status": "Enabled", "Prefix": "tmp/", "ExpirationInDays": 2},
			map[string]any{"Status": "Disabled", "ExpirationInDays": 1},
			map[string]any{"Status": "Enabled", "TagFilters": []any{map[string]any{"Key": "a", "Value": "1"}}, "ExpirationInDays": "1"},
			map[string]any{"Status": "Enabled", "ExpiredObjectDeleteMarker": true, "NoncurrentVersionExpiration": map[string]any{"NoncurrentDays": 3.0},
				"AbortIncompleteMultipartUpload": map[string]any{"DaysAfterInitiation": 1}},
		}}})
	p.ok("PUT /box/tmp/a", "x")
	p.ok("PUT /box/stays", "x")
	p.ok("PUT /box/tagged", "x", "X-Amz-Tagging", "a=1")
	p.ok("POST /box/u?uploads", "")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { expire(ctx, p.w, p.b); close(ended) }()
	here := func(want string) {
		t.Helper()
		for p.w.Sleeping() == 0 { // the sweep is over when the next one is waited for
			time.Sleep(time.Millisecond)
		}
		l := read[listResult](t, p.ok("GET /box?list-type=2", ""))
		if got := strings.Join(l.names(), " "); got != want {
			t.Errorf("at %s there is %q, want %q", p.w.Now(), got, want)
		}
	}
	here("stays tagged tmp/a")
	p.w.Advance(day) // noon of the next day: S3 counts to the midnight after it
	here("stays tagged tmp/a")
	p.w.Advance(day / 2)
	here("stays tmp/a")
	p.w.Advance(day)
	here("stays")
	if u := string(p.ok("GET /box?uploads", "").Body); strings.Contains(u, "<Upload>") {
		t.Errorf("the upload is still there: %s", u)
	}
	p.w.Advance(5 * day) // the old versions go, and then the markers that stand alone
	here("stays")
	p.w.Advance(day)
	here("stays")
	if v := string(p.ok("GET /box?versions", "").Body); strings.Contains(v, "tmp/a") || strings.Contains(v, "tagged") {
		t.Errorf("what expired is still there: %s", v)
	}
	lines, _ := p.told()
	if got := strings.Join(lines[1:3], ", "); got != "arn:queue LifecycleExpiration:DeleteMarkerCreated tagged, arn:queue LifecycleExpiration:DeleteMarkerCreated tmp/a" {
		t.Errorf("told %s", got)
	}
	cancel()
	<-ended
}
