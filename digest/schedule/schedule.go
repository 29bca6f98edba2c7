package schedule

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"postbag/digest"
)

// Schedule is a cron expression in a zone. Its zero value never falls due.
type Schedule struct {
	expr string
	zone *time.Location
	spec cron.SpecSchedule
}

const parseHint = `Write minute, hour, day of the month, month and day of the week, such as "0 18 * * 0" for Sunday 18:00; Sunday is 0 or sun.`

// Parse reads an expression of five fields, or a descriptor such as @weekly, in
// an IANA zone. The error is of kind Invalid: for what is no expression, for a
// zone that is not known, and for an expression that never falls due, such as
// 31 February. Seconds, a zone written before the expression, and @every, which
// no clock on the wall shows, are refused too.
func Parse(expr, zone string) (Schedule, error) {
	expr = strings.Join(strings.Fields(expr), " ")
	loc, err := digest.LoadZone(zone)
	if err != nil {
		return Schedule{}, err
	}
	switch {
	case expr == "":
		return Schedule{}, digest.Fail(digest.Invalid, parseHint, "the schedule is empty")
	case strings.Contains(expr, "="):
		return Schedule{}, digest.Fail(digest.Invalid, "The zone is a setting of its own; leave it out here.", "the schedule %q names a zone", expr)
	case strings.HasPrefix(expr, "@every"):
		return Schedule{}, digest.Fail(digest.Invalid, parseHint, "the schedule %q counts from no moment", expr)
	}
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	parsed, err := parser.Parse(strings.ToLower(expr))
	if err != nil {
		return Schedule{}, digest.Fail(digest.Invalid, parseHint, "the schedule %q cannot be read: %w", expr, err)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return Schedule{}, digest.Fail(digest.Invalid, parseHint, "the schedule %q has no times of day", expr)
	}
	s := Schedule{expr: expr, zone: loc, spec: *spec}
	if s.Next(time.Unix(0, 0)).IsZero() {
		return Schedule{}, digest.Fail(digest.Invalid, parseHint, "the schedule %q never falls due", expr)
	}
	return s, nil
}

// longestWait is how many days can pass between two days that fall due: from
// one 29 February to the next, where a century leaves one out.
const longestWait = 8*366 + 2

// Next gives the first moment after the given one that falls due, in UTC. It is
// the zero time when there is none, which is true of the zero Schedule alone.
func (s Schedule) Next(after time.Time) time.Time {
	if s.zone == nil {
		return time.Time{}
	}
	year, month, date := after.In(s.zone).Date()
	for i := range longestWait + 1 {
		day := time.Date(year, month, date+i, 0, 0, 0, 0, time.UTC)
		if !s.onDay(day) {
			continue
		}
		if moment := s.nextOnDay(day, after); !moment.IsZero() {
			return moment
		}
	}
	return time.Time{}
}

// star is how the parser marks a field that is "*".
const star = 1 << 63

// onDay tells whether a day, given as midnight UTC, falls due.
func (s Schedule) onDay(day time.Time) bool {
	if !has(s.spec.Month, int(day.Month())) {
		return false
	}
	date, weekday := has(s.spec.Dom, day.Day()), has(s.spec.Dow, int(day.Weekday()))
	if s.spec.Dom&star != 0 || s.spec.Dow&star != 0 {
		return date && weekday
	}
	return date || weekday
}

// nextOnDay gives the first moment of a day that is after the given one, or
// zero. Later times on the wall never come before earlier ones, so the first
// that fits is it.
func (s Schedule) nextOnDay(day, after time.Time) time.Time {
	if last := day.Add(24*time.Hour - time.Minute); !firstAt(last, s.zone).After(after) {
		return time.Time{}
	}
	for hour := range 24 {
		if !has(s.spec.Hour, hour) {
			continue
		}
		for minute := range 60 {
			if !has(s.spec.Minute, minute) {
				continue
			}
			wall := day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
			if moment := firstAt(wall, s.zone); moment.After(after) {
				return moment
			}
		}
	}
	return time.Time{}
}

func has(set uint64, n int) bool { return set&(1<<n) != 0 }

// LastOfMonth tells whether the occurrence at a moment is the last of its month
// in the schedule's zone: whether the next falls into another.
func (s Schedule) LastOfMonth(at time.Time) bool {
	next := s.Next(at)
	if next.IsZero() {
		return true
	}
	year, month, _ := at.In(s.zone).Date()
	nextYear, nextMonth, _ := next.In(s.zone).Date()
	return year != nextYear || month != nextMonth
}
