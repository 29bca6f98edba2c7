package schedule

import (
	"fmt"
	"math/bits"
	"strings"
	"time"
)

// Describe says when the schedule falls due: "Sunday 18:00", "every day 07:30",
// "the 1st of every month 09:00". What has no such short form is given as the
// expression and its zone.
func (s Schedule) Describe() string {
	if s.zone == nil {
		return "never"
	}
	clock, day := s.clock(), s.days()
	if clock == "" || day == "" {
		return fmt.Sprintf("%s (%s)", s.expr, s.zone)
	}
	return day + " " + clock
}

// clock gives the one time of day, or "" when there are several.
func (s Schedule) clock() string {
	hours, minutes := members(s.spec.Hour, 24), members(s.spec.Minute, 60)
	if len(hours) != 1 || len(minutes) != 1 {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", hours[0], minutes[0])
}

// days names the days, or gives "" when that takes more than a few words.
func (s Schedule) days() string {
	dates, weekdays := members(s.spec.Dom, 32), members(s.spec.Dow, 7)
	switch anyDate, anyWeekday := s.spec.Dom&star != 0, s.spec.Dow&star != 0; {
	case len(members(s.spec.Month, 13)) != 12:
		return ""
	case anyDate && len(weekdays) == 7, anyWeekday && len(dates) == 31:
		return "every day"
	case anyDate:
		return weekdayWords(weekdays)
	case anyWeekday && len(dates) <= 4:
		return dateWords(dates)
	}
	return ""
}

func weekdayWords(weekdays []int) string {
	if len(weekdays) == 5 && weekdays[0] == 1 && weekdays[4] == 5 {
		return "Monday to Friday"
	}
	var names []string
	for _, d := range weekdays {
		names = append(names, time.Weekday(d).String())
	}
	if len(names) > 1 && names[0] == "Sunday" { // a week begins on Monday
		names = append(names[1:], names[0])
	}
	return list(names)
}

func dateWords(dates []int) string {
	var names []string
	for _, d := range dates {
		names = append(names, fmt.Sprintf("%d%s", d, ordinal(d)))
	}
	return "the " + list(names) + " of every month"
}

func ordinal(n int) string {
	if n/10 == 1 {
		return "th"
	}
	switch n % 10 {
	case 1:
		return "st"
	case 2:
		return "nd"
	case 3:
		return "rd"
	}
	return "th"
}

func list(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// members gives the numbers below limit that are in a set, in order.
func members(set uint64, limit int) []int {
	set &= 1<<limit - 1
	out := make([]int, 0, bits.OnesCount64(set))
	for ; set != 0; set &= set - 1 {
		out = append(out, bits.TrailingZeros64(set))
	}
	return out
}
