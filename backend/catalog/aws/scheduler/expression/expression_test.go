package expression

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(text string, zone *time.Location) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone)
	if err != nil {
		panic(err)
	}
	return t
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// next lists the first moments after a time, as the zone's clock shows them.
func next(t *testing.T, text, after string, zone *time.Location, n int) string {
	t.Helper()
	e, err := Parse(text, zone)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for from := at(after, zone); n > 0; n-- {
		moment, ok := e.Next(from, at(after, zone))
		if !ok {
			out = append(out, "never")
			break
		}
		out = append(out, moment.In(zone).Format("Mon 2006-01-02 15:04"))
		from = moment
	}
	return strings.Join(out, ", ")
}

// March 2026 begins on a Sunday.
func TestCron(t *testing.T) {
	const noon = "2026-03-01 12:00:00"
	for _, c := range []struct {
		text, after string
		n           int
		want        string
	}{
		{"cron(0 8 * * ? *)", noon, 2, "Mon 2026-03-02 08:00, Tue 2026-03-03 08:00"},
		{"cron(0 12 * * ? *)", noon, 1, "Mon 2026-03-02 12:00"},
		{"cron(0 12 * * ? *)", "2026-03-01 11:59:59", 1, "Sun 2026-03-01 12:00"},
		{"cron(*/15 12 * * ? *)", noon, 4, "Sun 2026-03-01 12:15, Sun 2026-03-01 12:30, Sun 2026-03-01 12:45, Mon 2026-03-02 12:00"},
		{"cron(5/20 * * * ? *)", noon, 4, "Sun 2026-03-01 12:05, Sun 2026-03-01 12:25, Sun 2026-03-01 12:45, Sun 2026-03-01 13:05"},
		{"cron(0-10/5 9 * * ? *)", noon, 3, "Mon 2026-03-02 09:00, Mon 2026-03-02 09:05, Mon 2026-03-02 09:10"},
		{"cron(30 9,17 ? * MON-FRI *)", "2026-03-06 18:00:00", 3, "Mon 2026-03-09 09:30, Mon 2026-03-09 17:30, Tue 2026-03-10 09:30"},
		{"cron(0 0 1 1,jul ? *)", noon, 2, "Wed 2026-07-01 00:00, Fri 2027-01-01 00:00"},
		{"cron(0 0 L * ? *)", noon, 3, "Tue 2026-03-31 00:00, Thu 2026-04-30 00:00, Sun 2026-05-31 00:00"},
		{"cron(0 0 15W * ? *)", noon, 3, "Mon 2026-03-16 00:00, Wed 2026-04-15 00:00, Fri 2026-05-15 00:00"},
		{"cron(0 0 1W * ? *)", "2026-07-15 00:00:00", 2, "Mon 2026-08-03 00:00, Tue 2026-09-01 00:00"},
		{"cron(0 0 31W * ? *)", "2026-05-01 00:00:00", 2, "Fri 2026-05-29 00:00, Fri 2026-07-31 00:00"},
		{"cron(0 0 LW * ? *)", "2026-05-01 00:00:00", 1, "Fri 2026-05-29 00:00"},
		{"cron(0 10 ? * 6L *)", noon, 2, "Fri 2026-03-27 10:00, Fri 2026-04-24 10:00"},
		{"cron(0 10 ? * FRIL *)", noon, 1, "Fri 2026-03-27 10:00"},
		{"cron(0 10 ? * L *)", noon, 1, "Sat 2026-03-07 10:00"},
		{"cron(0 10 ? * 3#2 *)", noon, 2, "Tue 2026-03-10 10:00, Tue 2026-04-14 10:00"},
		{"cron(0 10 ? * TUE#5 *)", noon, 2, "Tue 2026-03-31 10:00, Tue 2026-06-30 10:00"},
		{"cron(0 10 ? * 1 *)", noon, 1, "Sun 2026-03-08 10:00"},
		{"cron(0 0 29 2 ? *)", noon, 2, "Tue 2028-02-29 00:00, Sun 2032-02-29 00:00"},
		{"cron(0 0 30 2 ? *)", noon, 1, "never"},
		{"cron(0 0 1 1 ? 2027-2028)", noon, 3, "Fri 2027-01-01 00:00, Sat 2028-01-01 00:00, never"},
		{"cron(0 0 1 1 ? 2020)", noon, 1, "never"},
	} {
		if got := next(t, c.text, c.after, time.UTC, c.n); got != c.want {
			t.Errorf("%s after %s:\n%s\nwant\n%s", c.text, c.after, got, c.want)
		}
	}
}

// In 2026 the clocks of Berlin go forward at 2:00 on 29 March and back at 3:00 on 25 October.
func TestSummerTime(t *testing.T) {
	zone := berlin(t)
	for _, c := range []struct{ text, after, want string }{
		{"cron(30 2 * * ? *)", "2026-03-28 00:00:00", "Sat 2026-03-28 02:30, Mon 2026-03-30 02:30"},
		{"cron(30 2 * * ? *)", "2026-10-24 12:00:00", "Sun 2026-10-25 02:30, Mon 2026-10-26 02:30"},
		{"cron(0 8 * * ? *)", "2026-03-28 07:00:00", "Sat 2026-03-28 08:00, Sun 2026-03-29 08:00"},
		{"rate(1 day)", "2026-03-28 08:00:00", "Sun 2026-03-29 09:00, Mon 2026-03-30 09:00"},
	} {
		if got := next(t, c.text, c.after, zone, 2); got != c.want {
			t.Errorf("%s after %s: %s, want %s", c.text, c.after, got, c.want)
		}
	}
}

func TestRate(t *testing.T) {
	start := at("2026-03-01 12:00:30", time.UTC)
	for text, d := range map[string]time.Duration{"rate(5 minutes)": 5 * time.Minute, "rate(1 minute)": time.Minute, "rate(2 hours)": 2 * time.Hour, "rate(1 day)": 24 * time.Hour} {
		e, err := Parse(text, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		for after, want := range map[time.Duration]time.Duration{-time.Second: 0, 0: d, 1: d, d - 1: d, d: 2 * d, 10*d + 1: 11 * d} {
			if got, ok := e.Next(start.Add(after), start); !ok || got.Sub(start) != want {
				t.Errorf("%s, %s after the start: %s, want %s", text, after, got.Sub(start), want)
			}
		}
	}
}

func TestAt(t *testing.T) {
	zone := berlin(t)
	e, err := Parse("at(2026-12-24T18:00:00)", zone)
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2026, 12, 24, 17, 0, 0, 0, time.UTC)
	if got, ok := e.Next(want.Add(-1), time.Time{}); !ok || !got.Equal(want) {
		t.Errorf("%s %v", got, ok)
	}
	if _, ok := e.Next(want, time.Time{}); ok {
		t.Error("it fires twice")
	}
}

func TestExpressionsThatAreRefused(t *testing.T) {
	for _, text := range []string{"", "5 minutes", "rate(5)", "rate(0 minutes)", "rate(1.5 hours)", "rate(5 weeks)", "rate(-1 day)", "rate(999999999999 days)", "rate(99999999999999999999 days)",
		"at(2026-12-24)", "at(2026-12-24T18:00:00Z)", "at(2026-02-30T00:00:00)", "cron(0 8 * * ?)", "cron(0 8 * * * *)", "cron(0 8 ? * ? *)", "cron(60 8 * * ? *)",
		"cron(0 24 * * ? *)", "cron(0 8 0 * ? *)", "cron(0 8 32 * ? *)", "cron(0 8 * 13 ? *)", "cron(0 8 * FOO ? *)", "cron(0 8 ? * 8 *)", "cron(0 8 ? * 0 *)", "cron(0 8 ? * 3#6 *)", "cron(0 8 ? * 3#x *)",
		"cron(0 8 ? * 1,2L *)", "cron(0 8 32W * ? *)", "cron(0 8 W * ? *)", "cron(0 8 * * ? 1969)", "cron(0 8 * * ? 2200)", "cron(5-1 8 * * ? *)", "cron(*/0 8 * * ? *)", "cron(*-5 8 * * ? *)", "cron(1, 8 * * ? *)", "every day"} {
		if _, err := Parse(text, time.UTC); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// Whatever the fields, the next moment is later, shows them on the clock, and nothing lies between.
func TestNextIsTheNearest(t *testing.T) {
	zone := berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		minute, hour := rapid.IntRange(0, 59).Draw(t, "minute"), rapid.IntRange(0, 23).Draw(t, "hour")
		day := rapid.IntRange(1, 7).Draw(t, "day")
		after := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, "after"), 0)
		c := cron{minutes: set{minute: true}, hours: set{hour: true}, zone: zone, day: func(y int, m time.Month, d int) bool { return weekday(y, m, d) == day }}
		got, ok := c.Next(after, after)
		local := got.In(zone)
		if !ok || !got.After(after) || local.Minute() != minute || local.Hour() != hour || int(local.Weekday())+1 != day || local.Second() != 0 {
			t.Fatalf("%s after %s", local, after)
		}
		for earlier := got.Add(-time.Minute); earlier.After(after); earlier = earlier.Add(-time.Minute) {
			if l := earlier.In(zone); l.Minute() == minute && l.Hour() == hour && int(l.Weekday())+1 == day && l.YearDay() != local.YearDay() {
				t.Fatalf("%s lies between %s and %s", l, after, local)
			}
		}
	})
}
