package expression

import (
	"strconv"
	"strings"
	"time"
)

// cron fires when the wall clock of its zone shows what its six fields say.
type cron struct {
	minutes, hours, months, years set
	day                           func(year int, month time.Month, day int) bool
	zone                          *time.Location
}

const lastYear = 2199

func parseCron(text string, zone *time.Location) (Expression, error) {
	f := strings.Fields(text)
	if len(f) != 6 {
		return nil, invalid("cron(%s) needs six fields: minutes, hours, day of month, month, day of week, year", text)
	}
	c := cron{zone: zone}
	var err error
	for _, field := range []struct {
		into        *set
		text, name  string
		least, most int
		names       map[string]int
	}{{&c.minutes, f[0], "minutes", 0, 59, nil}, {&c.hours, f[1], "hours", 0, 23, nil}, {&c.months, f[3], "month", 1, 12, months}, {&c.years, f[5], "year", 1970, lastYear, nil}} {
		if *field.into, err = parseSet(field.name, field.text, field.least, field.most, field.names); err != nil {
			return nil, err
		}
	}
	switch {
	case f[2] == "?" && f[4] == "?", f[2] != "?" && f[4] != "?":
		return nil, invalid("cron(%s) needs a question mark for either the day of month or the day of week", text)
	case f[4] == "?":
		c.day, err = parseDayOfMonth(f[2])
	default:
		c.day, err = parseDayOfWeek(f[4])
	}
	return c, err
}

// Next implements Expression. A time that the change to summer time leaves out is left out here too; one that the change
// back repeats counts once.
func (c cron) Next(after, _ time.Time) (time.Time, bool) {
	from := after.In(c.zone)
	for year := from.Year(); year <= lastYear; year++ {
		if !c.years.has(year) {
			continue
		}
		for month := time.January; month <= time.December; month++ {
			if !c.months.has(int(month)) || year == from.Year() && month < from.Month() {
				continue
			}
			for day := 1; day <= length(year, month); day++ {
				if year == from.Year() && month == from.Month() && day < from.Day() || !c.day(year, month, day) {
					continue
				}
				if t, ok := c.within(year, month, day, after); ok {
					return t, true
				}
			}
		}
	}
	return time.Time{}, false
}

// within is the first moment of a day after a time.
func (c cron) within(year int, month time.Month, day int, after time.Time) (time.Time, bool) {
	for hour := range 24 {
		if !c.hours.has(hour) {
			continue
		}
		for minute := range 60 {
			if !c.minutes.has(minute) {
				continue
			}
			t := time.Date(year, month, day, hour, minute, 0, 0, c.zone)
			if t.After(after) && t.Hour() == hour && t.Minute() == minute {
				return t, true
			}
		}
	}
	return time.Time{}, false
}

func length(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func weekday(year int, month time.Month, day int) int {
	return int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday()) + 1
}

// set are the values that a field admits; nil admits all.
type set map[int]bool

func (s set) has(n int) bool { return s == nil || s[n] }

// parseSet reads lists, ranges and increments: "*", "1,5", "MON-FRI", "0/15", "*/15", "10-30/5".
func parseSet(name, text string, least, most int, names map[string]int) (set, error) {
	if text == "*" {
		return nil, nil
	}
	wrong := func(part string) error {
		return invalid("the %s of a cron expression cannot be %q: it takes %d to %d, lists (1,2), ranges (1-5) and increments (0/15)", name, part, least, most)
	}
	value := func(text string) (int, bool) {
		if n, ok := names[strings.ToUpper(text)]; ok {
			return n, true
		}
		n, err := strconv.Atoi(text)
		return n, err == nil && n >= least && n <= most
	}
	s := set{}
	for part := range strings.SplitSeq(text, ",") {
		span, step, stepped := strings.Cut(part, "/")
		from, to, ranged := strings.Cut(span, "-")
		first, ok := value(from)
		last := first
		by := 1
		switch {
		case from == "*" && !ranged && stepped:
			first, last, ok = least, most, true
		case ranged:
			var ok2 bool
			last, ok2 = value(to)
			ok = ok && ok2 && first <= last
		case stepped:
			last = most
		}
		if stepped {
			n, err := strconv.Atoi(step)
			by = n
			ok = ok && err == nil && n > 0
		}
		if !ok {
			return nil, wrong(part)
		}
		for n := first; n <= last; n += by {
			s[n] = true
		}
	}
	return s, nil
}

// parseDayOfMonth also reads L (the last day), 15W (the weekday nearest to the 15th) and LW (the last weekday).
func parseDayOfMonth(text string) (func(int, time.Month, int) bool, error) {
	switch number, near := strings.CutSuffix(text, "W"); {
	case text == "L":
		return func(y int, m time.Month, d int) bool { return d == length(y, m) }, nil
	case text == "LW":
		return func(y int, m time.Month, d int) bool { return d == nearest(y, m, length(y, m)) }, nil
	case near:
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > 31 {
			return nil, invalid("the day of month of a cron expression cannot be %q: W follows a day from 1 to 31", text)
		}
		return func(y int, m time.Month, d int) bool { return n <= length(y, m) && d == nearest(y, m, n) }, nil
	}
	s, err := parseSet("day of month", text, 1, 31, nil)
	return func(_ int, _ time.Month, d int) bool { return s.has(d) }, err
}

// nearest is the weekday, Monday to Friday, nearest to a day within its month.
func nearest(year int, month time.Month, day int) int {
	switch weekday(year, month, day) {
	case 7:
		if day == 1 {
			return 3
		}
		return day - 1
	case 1:
		if day == length(year, month) {
			return day - 2
		}
		return day + 1
	}
	return day
}

// parseDayOfWeek also reads L (Saturday, the last day of the week), 6L (the month's last Friday) and 3#2 (its second Tuesday).
// Sunday is 1.
func parseDayOfWeek(text string) (func(int, time.Month, int) bool, error) {
	one := func(text string) (int, error) {
		s, err := parseSet("day of week", text, 1, 7, days)
		if err != nil || len(s) != 1 {
			return 0, invalid("the day of week of a cron expression cannot be %q", text)
		}
		for n := range s {
			return n, nil
		}
		return 0, nil
	}
	if text == "L" {
		text = "7"
	}
	if day, last := strings.CutSuffix(text, "L"); last {
		n, err := one(day)
		return func(y int, m time.Month, d int) bool { return weekday(y, m, d) == n && d+7 > length(y, m) }, err
	}
	if day, which, ok := strings.Cut(text, "#"); ok {
		n, err := one(day)
		k, err2 := strconv.Atoi(which)
		if err == nil && (err2 != nil || k < 1 || k > 5) {
			err = invalid("the day of week of a cron expression cannot be %q: # is followed by 1 to 5", text)
		}
		return func(y int, m time.Month, d int) bool { return weekday(y, m, d) == n && (d+6)/7 == k }, err
	}
	s, err := parseSet("day of week", text, 1, 7, days)
	return func(y int, m time.Month, d int) bool { return s.has(weekday(y, m, d)) }, err
}
