package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// event is something that happened to an object, for those who are to be notified.
type event struct {
	name    string // "ObjectCreated:Put"
	object  version
	at      time.Time
	who, ip string
	request string
	hops    int
}

func (r *request) tell(name string, v version) {
	ip := "127.0.0.1"
	if a, err := netip.ParseAddrPort(r.Remote); err == nil {
		ip = a.Addr().String()
	}
	r.after = append(r.after, event{name: name, object: v, at: r.w.Now(), who: principalID(r.w, r.who), ip: ip, request: r.id, hops: r.Hops()})
}

func (r *request) tellRemoved(done removal) {
	switch {
	case done.marker:
		r.tell("ObjectRemoved:DeleteMarkerCreated", done.version)
	case done.gone:
		r.tell("ObjectRemoved:Delete", done.version)
	}
}

// principalID is who did it: a role's unique id and session, or the account.
func principalID(w kind.World, p kind.Principal) string {
	if p.Role == "" {
		return w.Account()
	}
	sum := sha256.Sum256([]byte(p.Role))
	return "AWS:AROA" + strings.ToUpper(hex.EncodeToString(sum[:]))[:17] + ":" + p.Session
}

// target is one entry of a notification configuration.
type target struct {
	event, prefix, suffix, arn, protocol string
}

func targets(in kind.Instance) []target {
	c, _ := in.Properties["NotificationConfiguration"].(map[string]any)
	var out []target
	for _, protocol := range []string{"lambda", "sqs", "sns"} {
		d := destinations[protocol]
		list, _ := c[d.list].([]any)
		for _, e := range list {
			entry, _ := e.(map[string]any)
			t := target{protocol: protocol}
			t.event = property.Text(entry, "Event")
			t.arn, _ = entry[d.target].(string)
			t.prefix, t.suffix = filterOf(entry)
			out = append(out, t)
		}
	}
	return out
}

// send delivers the event to the targets whose filter it passes. S3 notifies some time after the write and does not undo it
// where a target refuses, so that a failure is only said.
func (e event) send(ctx context.Context, w kind.World, in kind.Instance) {
	for _, t := range targets(in) {
		if !covers(t.event, "s3:"+e.name) || !strings.HasPrefix(e.object.key, t.prefix) || !strings.HasSuffix(e.object.key, t.suffix) {
			continue
		}
		if err := deliver(ctx, w, in, t, e.hops, map[string]any{"Records": []any{e.record(w, in, t)}}); err != nil {
			w.Log(in.Node, "error", "%s of %s could not be told to %s: %s", e.name, e.object.key, t.arn, err)
		}
	}
}

func deliver(ctx context.Context, w kind.World, in kind.Instance, t target, hops int, message map[string]any) error {
	payload, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("print a notification: %w", err)
	}
	return w.Deliver(ctx, kind.Delivery{Principal: kind.Principal{Service: principal}, SourceARN: in.ARN, Target: t.arn, Payload: payload, Hops: hops + 1})
}

// record is the event as S3 tells it.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
func (e event) record(w kind.World, in kind.Instance, t target) map[string]any {
	object := map[string]any{"key": escape(e.object.key), "sequencer": fmt.Sprintf("%018X", e.object.Sequence)}
	if !strings.HasSuffix(e.name, ":Delete") {
		object["eTag"] = e.object.ETag
		if !e.object.Marker {
			object["size"] = e.object.Size
		}
	}
	if versioning(in) != "" && e.object.ID != "null" {
		object["versionId"] = e.object.ID
	}
	id := sha256.Sum256([]byte(t.arn + t.event))
	return map[string]any{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": w.Region(), "eventTime": isoTime(e.at.UnixMilli()), "eventName": e.name,
		"userIdentity":      map[string]any{"principalId": e.who},
		"requestParameters": map[string]any{"sourceIPAddress": e.ip},
		"responseElements":  map[string]any{"x-amz-request-id": e.request, "x-amz-id-2": "airloom/" + e.request},
		"s3": map[string]any{
			"s3SchemaVersion": "1.0", "configurationId": hex.EncodeToString(id[:16]),
			"bucket": map[string]any{"name": in.PhysicalID, "ownerIdentity": map[string]any{"principalId": w.Account()}, "arn": in.ARN},
			"object": object,
		},
	}
}

// tryOut does what S3 does when a configuration is set: queues and topics get a test event, and a target that does not admit
// the bucket fails the configuration.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
func tryOut(ctx context.Context, w kind.World, in kind.Instance) error {
	tried := map[string]bool{}
	for _, t := range targets(in) {
		if tried[t.arn] {
			continue
		}
		tried[t.arn] = true
		var err error
		if t.protocol == "lambda" {
			err = w.Allow(kind.Access{Principal: kind.Principal{Service: principal}, Action: "lambda:InvokeFunction", Resource: t.arn,
				Context: map[string]string{"aws:SourceArn": in.ARN, "aws:SourceAccount": w.Account()}})
		} else {
			id := strings.ToUpper(strings.ReplaceAll(w.NewID(), "-", ""))[:16]
			err = deliver(ctx, w, in, t, 0, map[string]any{"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": isoTime(w.Now().UnixMilli()),
				"Bucket": in.PhysicalID, "RequestId": id, "HostId": "airloom/" + id})
		}
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "unable to validate the following destination configurations: %s", t.arn).At(in.LogicalID)
		}
	}
	return nil
}
