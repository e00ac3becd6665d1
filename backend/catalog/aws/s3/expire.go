package s3

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"airloom/backend/kind"
)

// rule is a rule of a lifecycle configuration.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
type rule struct {
	prefix                    string
	tags                      []tag
	larger, smaller           int64 // bytes, -1 for none
	days, oldDays, uploadDays int64 // 0 for none
	newerOld                  int64 // old versions that stay whatever their age
	lonelyMarkers             bool
}

func rules(in kind.Instance) []rule {
	c, _ := in.Properties["LifecycleConfiguration"].(map[string]any)
	list, _ := c["Rules"].([]any)
	var out []rule
	for _, e := range list {
		m, _ := e.(map[string]any)
		if m["Status"] != "Enabled" {
			continue
		}
		r := rule{larger: -1, smaller: -1, days: number(m["ExpirationInDays"]), lonelyMarkers: m["ExpiredObjectDeleteMarker"] == true || m["ExpiredObjectDeleteMarker"] == "true"}
		r.prefix, _ = m["Prefix"].(string)
		if old, ok := m["NoncurrentVersionExpiration"].(map[string]any); ok {
			r.oldDays, r.newerOld = number(old["NoncurrentDays"]), number(old["NewerNoncurrentVersions"])
		}
		if up, ok := m["AbortIncompleteMultipartUpload"].(map[string]any); ok {
			r.uploadDays = number(up["DaysAfterInitiation"])
		}
		if m["ObjectSizeGreaterThan"] != nil {
			r.larger = number(m["ObjectSizeGreaterThan"])
		}
		if m["ObjectSizeLessThan"] != nil {
			r.smaller = number(m["ObjectSizeLessThan"])
		}
		filters, _ := m["TagFilters"].([]any)
		for _, f := range filters {
			t, _ := f.(map[string]any)
			name, _ := t["Key"].(string)
			value, _ := t["Value"].(string)
			r.tags = append(r.tags, tag{name, value})
		}
		out = append(out, r)
	}
	return out
}

func (r rule) fits(v version) bool {
	return strings.HasPrefix(v.key, r.prefix) && (r.larger < 0 || v.Size > r.larger) && (r.smaller < 0 || v.Size < r.smaller) &&
		!slices.ContainsFunc(r.tags, func(t tag) bool { return !slices.Contains(v.Tags, t) })
}

// due tells whether a number of days has passed: S3 counts to the midnight after it, in UTC.
func due(since int64, days int64, now time.Time) bool {
	if days == 0 {
		return false
	}
	at := time.UnixMilli(since).UTC().Add(time.Duration(days) * 24 * time.Hour)
	midnight := at.Truncate(24 * time.Hour)
	if midnight.Before(at) {
		midnight = midnight.Add(24 * time.Hour)
	}
	return !now.Before(midnight)
}

// expire sweeps a bucket every hour until ctx ends.
func expire(ctx context.Context, w kind.World, in kind.Instance) {
	for len(rules(in)) > 0 {
		if err := sweep(ctx, w, in); err != nil {
			w.Log(in.Node, "error", "the rules of expiry could not be carried out: %s", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-w.After(time.Hour):
		}
	}
}

// sweep carries the rules out once.
func sweep(ctx context.Context, w kind.World, in kind.Instance) error {
	now := w.Now()
	var events []event
	err := w.State(space).Update(func(tx kind.Tx) error {
		l, err := look(tx, in.PhysicalID, "", "", "", "", int(^uint(0)>>1), true)
		if err != nil {
			return err
		}
		for i, v := range l.versions {
			current := i == 0 || l.versions[i-1].key != v.key
			last := i == len(l.versions)-1 || l.versions[i+1].key != v.key
			age := 0 // how many newer versions there are, and since when it is old
			for ; !current && i-age > 0 && l.versions[i-age-1].key == v.key; age++ {
			}
			name, done, err := apply(w, tx, in, v, current, last, age, l.versions[max(i-1, 0)].Modified, now)
			if err != nil {
				return err
			}
			if name != "" {
				done.key = v.key
				events = append(events, event{name: name, object: done, at: now, who: "s3.amazonaws.com", ip: "s3.amazonaws.com", request: strings.ToUpper(strconv.FormatUint(done.Sequence, 16))})
			}
		}
		return abandon(tx, in, now)
	})
	for _, e := range events {
		w.Log(in.Node, "info", "%s expired", e.object.key)
		e.send(ctx, w, in)
	}
	return err
}

// apply carries out what the rules say about one version; name is the event it makes, "" for none.
func apply(w kind.World, tx kind.Tx, in kind.Instance, v version, current, last bool, newer int, replaced int64, now time.Time) (name string, done version, err error) {
	for _, r := range rules(in) {
		if !r.fits(v) {
			continue
		}
		switch {
		case current && v.Marker && last && r.lonelyMarkers, !current && int64(newer) > r.newerOld && due(replaced, r.oldDays, now):
			done, err := remove(w, tx, in, v.key, v.ID)
			return "LifecycleExpiration:Delete", done.version, err
		case current && !v.Marker && due(v.Modified, r.days, now):
			done, err := remove(w, tx, in, v.key, "")
			if done.marker {
				return "LifecycleExpiration:DeleteMarkerCreated", done.version, err
			}
			return "LifecycleExpiration:Delete", done.version, err
		}
	}
	return "", v, nil
}

// abandon removes uploads that were never completed.
func abandon(tx kind.Tx, in kind.Instance, now time.Time) error {
	uploads, err := uploadsOf(tx, in.PhysicalID)
	if err != nil {
		return err
	}
	for _, u := range uploads {
		for _, r := range rules(in) {
			if strings.HasPrefix(u.key, r.prefix) && due(u.Started, r.uploadDays, now) {
				if err := forget(tx, in.PhysicalID, u, nil); err != nil {
					return err
				}
				break
			}
		}
	}
	return nil
}

// number reads a whole number as templates give it.
func number(v any) int64 {
	n, err := strconv.ParseInt(fmt.Sprint(v), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
