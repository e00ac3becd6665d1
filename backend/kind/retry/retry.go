// Package retry is how often and how long a delivery is tried again: as a wire says it, as a template says it, and as it is
// done. Rules and schedules share it, and functions in part.
package retry

import (
	"slices"
	"time"

	"airloom/backend/fault"
	"airloom/backend/kind"
	"airloom/backend/kind/property"
)

// EventBridge's defaults are also the most that it takes.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
const (
	attempts = 185
	age      = 24 * time.Hour
)

// Policy is how often and how long.
type Policy struct {
	Attempts int // beside the first
	Age      time.Duration
}

// EventBridge is the policy of a target: what its RetryPolicy says, over the defaults.
func EventBridge(retryPolicy any) Policy { return Policy{attempts, age}.Over(retryPolicy) }

// Over reads what properties set; what they leave open stays.
func (p Policy) Over(properties any) Policy {
	if n, ok := property.Integer(properties, "MaximumRetryAttempts"); ok {
		p.Attempts = n
	}
	if n, ok := property.Integer(properties, "MaximumEventAgeInSeconds"); ok {
		p.Age = time.Duration(n) * time.Second
	}
	return p
}

// Again tells whether what has failed so often is tried again, and when. What the target refuses stays refused.
func (p Policy) Again(now, accepted time.Time, failures int, err error) (time.Time, bool) {
	final := slices.Contains([]fault.Code{fault.Denied, fault.NotFound, fault.Invalid, fault.Limit}, fault.CodeOf(err))
	if final || failures > p.Attempts || now.Sub(accepted) >= p.Age {
		return time.Time{}, false
	}
	return now.Add(Pause(failures, 10*time.Minute)), true
}

// Pause is how long to wait after so many failures: twice as long after each, up to the longest.
func Pause(failures int, longest time.Duration) time.Duration {
	return min(longest, time.Second<<min(failures-1, 16))
}

// Retries is a wire's setting of how often.
func Retries(doc string) kind.Field {
	return kind.Field{Name: "retries", Title: "Retries", Type: kind.Number, Default: float64(attempts), Min: kind.Bound(0), Max: kind.Bound(attempts), Step: 1, Doc: doc}
}

// MaxAge is a wire's setting of how long.
func MaxAge(doc string) kind.Field {
	return kind.Field{Name: "maxAge", Title: "Retry for at most", Type: kind.Number, Default: age.Seconds(), Min: kind.Bound(60), Max: kind.Bound(age.Seconds()), Step: 1, Unit: "s", Doc: doc}
}

// Emit gives a target the RetryPolicy of its wire, where that differs from the defaults.
func Emit(w *kind.Wire, target map[string]any) {
	p := map[string]any{}
	if n := int(w.Number("retries")); n != attempts {
		p["MaximumRetryAttempts"] = n
	}
	if n := int(w.Number("maxAge")); n != int(age/time.Second) {
		p["MaximumEventAgeInSeconds"] = n
	}
	if len(p) > 0 {
		target["RetryPolicy"] = p
	}
}
