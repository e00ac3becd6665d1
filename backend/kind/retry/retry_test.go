package retry

import (
	"errors"
	"testing"
	"time"

	"airloom/backend/fault"
)

func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		properties any
		want       Policy
	}{
		{nil, Policy{185, 24 * time.Hour}},
		{map[string]any{"MaximumRetryAttempts": 0}, Policy{0, 24 * time.Hour}},
		{map[string]any{"MaximumRetryAttempts": "3", "MaximumEventAgeInSeconds": 60.0}, Policy{3, time.Minute}},
	} {
		if got := EventBridge(c.properties); got != c.want {
			t.Errorf("%v is %v, want %v", c.properties, got, c.want)
		}
	}
}

func TestAgain(t *testing.T) {
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := Policy{20, time.Hour}
	for _, c := range []struct {
		after    time.Duration
		failures int
		err      error
		pause    time.Duration // 0: never again
	}{
		{0, 1, errors.New("busy"), time.Second},
		{0, 1, fault.New(fault.Unavailable, "busy"), time.Second},
		{time.Minute, 4, errors.New("busy"), 8 * time.Second},
		{time.Minute, 20, errors.New("busy"), 10 * time.Minute},
		{time.Minute, 21, errors.New("busy"), 0},
		{time.Hour - 1, 2, errors.New("busy"), 2 * time.Second},
		{time.Hour, 2, errors.New("busy"), 0},
		{0, 1, fault.New(fault.Denied, "no"), 0},
		{0, 1, fault.New(fault.NotFound, "no"), 0},
		{0, 1, fault.New(fault.Invalid, "no"), 0},
		{0, 1, fault.New(fault.Limit, "no"), 0},
	} {
		now := began.Add(c.after)
		due, ok := p.Again(now, began, c.failures, c.err)
		if ok != (c.pause > 0) || ok && due != now.Add(c.pause) {
			t.Errorf("%v after %d failures and %s: %s, %t", c.err, c.failures, c.after, due.Sub(now), ok)
		}
	}
}
