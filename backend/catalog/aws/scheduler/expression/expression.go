// Package expression reads the schedule expressions of EventBridge Scheduler and tells when they fire: rate(5 minutes),
// cron(0 8 ? * MON-FRI *), at(2026-12-24T18:00:00). It is pure.
//
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
package expression

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"airloom/backend/fault"
)

// Expression is a compiled schedule expression.
type Expression interface {
	// Next is the first moment after a time at which the schedule fires, false where there is none any more. A schedule that
	// fires at a rate does so first at its start.
	Next(after, start time.Time) (time.Time, bool)
}

var (
	form  = regexp.MustCompile(`^(rate|cron|at)\((.*)\)$`)
	paces = regexp.MustCompile(`^([1-9][0-9]*) (minute|hour|day)s?$`)
)

// Parse compiles an expression whose times are those of a zone.
func Parse(text string, zone *time.Location) (Expression, error) {
	m := form.FindStringSubmatch(text)
	if m == nil {
		return nil, invalid("%q is no schedule expression: rate(…), cron(…) and at(…) are", text)
	}
	switch m[1] {
	case "rate":
		return parseRate(m[2])
	case "at":
		t, err := time.ParseInLocation("2006-01-02T15:04:05", m[2], zone)
		if err != nil {
			return nil, invalid("at(%s) needs a moment such as 2026-12-24T18:00:00", m[2])
		}
		return moment(t), nil
	}
	return parseCron(m[2], zone)
}

func invalid(format string, args ...any) error { return fault.New(fault.Invalid, format, args...) }

// moment fires once.
type moment time.Time

// Next implements Expression.
func (m moment) Next(after, _ time.Time) (time.Time, bool) {
	return time.Time(m), time.Time(m).After(after)
}

// rate fires at its start and then again and again; a day has 24 hours, also when the clocks are changed.
type rate time.Duration

func parseRate(text string) (Expression, error) {
	m := paces.FindStringSubmatch(text)
	if m == nil {
		return nil, invalid("rate(%s) needs a whole number and minutes, hours or days", text)
	}
	n, err := strconv.Atoi(m[1])
	unit := map[string]time.Duration{"minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[m[2]]
	if err != nil || n > int(100*365*24*time.Hour/unit) {
		return nil, invalid("rate(%s) is too rare", text)
	}
	return rate(time.Duration(n) * unit), nil
}

// Next implements Expression.
func (r rate) Next(after, start time.Time) (time.Time, bool) {
	if after.Before(start) {
		return start, true
	}
	passed := after.Sub(start)/time.Duration(r) + 1
	return start.Add(passed * time.Duration(r)), true
}

// months and days by their English names.
var (
	months = names("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")
	days   = names("SUN MON TUE WED THU FRI SAT")
)

func names(text string) map[string]int {
	out := map[string]int{}
	for i, n := range strings.Fields(text) {
		out[n] = i + 1
	}
	return out
}
