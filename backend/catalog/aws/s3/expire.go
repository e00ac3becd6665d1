package s3

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"airloom/backend/kind"
	"airloom/backend/kind/property"
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
		r := rule{larger: -1, smaller: -1, days: number(m["ExpirationInDays"]), lonelyMarkers: property.Flag(m, "ExpiredObjectDeleteMarker")}
		r.prefix = property.Text(m, "Prefix")
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
			name := property.Text(t, "Key")
			value := property.Text(t, "Value")
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

// standing is a version among those of its key.
type standing struct {
	version
	newer    int   // how many versions are newer: none where it is the current one
	replaced int64 // when it stopped being the current one
	alone    bool  // there is no other
}

// sweep carries the rules out once.
func sweep(ctx context.Context, w kind.World, in kind.Instance) error {
	now := w.Now()
	var events []event
	err := w.State(space).Update(func(tx kind.Tx) error {
		l, err := look(tx, in.PhysicalID, "", "", "", "", math.MaxInt, true)
		if err != nil {
			return err
		}
		var s standing
		for i, v := range l.versions {
			if i > 0 && l.versions[i-1].key == v.key {
				s = standing{version: v, newer: s.newer + 1, replaced: s.Modified}
			} else {
				s = standing{version: v, alone: i+1 == len(l.versions) || l.versions[i+1].key != v.key}
			}
			name, done, err := s.expire(w, tx, in, now)
			if err != nil {
				return err
			}
			if name != "" {
				done.key = v.key
				events = append(events, event{name: name, object: done, at: now, who: principal, ip: principal, request: strings.ToUpper(strconv.FormatUint(done.Sequence, 16))})
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

// expire carries out what the rules say about one version; name is the event it makes, "" for none.
func (s standing) expire(w kind.World, tx kind.Tx, in kind.Instance, now time.Time) (name string, done version, err error) {
	for _, r := range rules(in) {
		current := s.newer == 0
		switch {
		case !r.fits(s.version):
		case current && s.Marker && s.alone && r.lonelyMarkers, !current && int64(s.newer) > r.newerOld && due(s.replaced, r.oldDays, now):
			done, err := remove(w, tx, in, s.key, s.ID)
			return "LifecycleExpiration:Delete", done.version, err
		case current && !s.Marker && due(s.Modified, r.days, now):
			done, err := remove(w, tx, in, s.key, "")
			if done.marker {
				return "LifecycleExpiration:DeleteMarkerCreated", done.version, err
			}
			return "LifecycleExpiration:Delete", done.version, err
		}
	}
	return "", s.version, nil
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

// number is a whole number, 0 where there is none.
func number(v any) int64 {
	n, _ := property.Integer(v)
	return int64(n)
}
