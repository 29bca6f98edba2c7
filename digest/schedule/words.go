package schedule

import (
	"fmt"
	"strings"
	"time"

	"postbag/digest"
)

// Words is a schedule as a person is told of it before they take it.
type Words struct {
	// Sentence says when it falls due: "every Sunday at 18:00".
	Sentence string
	// Next are the next moments, in the schedule's zone.
	Next []time.Time
}

// shownNext is how many moments a person is shown.
const shownNext = 3

// InWords reads an expression in a zone as [Parse] does, with the same errors, and
// says it in words, with the next three moments after the given one.
func InWords(expr, zone string, after time.Time) (Words, error) {
	s, err := Parse(expr, zone)
	if err != nil {
		return Words{}, err
	}
	return Words{Sentence: s.Sentence(), Next: s.Coming(after, shownNext)}, nil
}

// Coming gives the next n different moments after the given one, in the schedule's
// zone. Only the zero Schedule has fewer: none.
func (s Schedule) Coming(after time.Time, n int) []time.Time {
	var out []time.Time
	for len(out) < n {
		next := s.Next(after)
		if next.IsZero() {
			break
		}
		out = append(out, next.In(s.zone))
		after = next
	}
	return out
}

// Sentence says when the schedule falls due, so that it fits after "An issue goes
// out": "every Sunday at 18:00", "on the 1st of every month at 09:00", "every day at
// 07:30 and 19:30". It is "never" for the zero Schedule.
func (s Schedule) Sentence() string {
	if s.zone == nil {
		return "never"
	}
	return s.dayWords() + " " + s.clockWords()
}

// shownTimes is how many times of day are named one by one.
const shownTimes = 6

// clockWords says the times of day.
func (s Schedule) clockWords() string {
	hours, minutes := members(s.spec.Hour, 24), members(s.spec.Minute, 60)
	switch {
	case len(hours)*len(minutes) <= shownTimes:
		var times []string
		for _, h := range hours {
			for _, m := range minutes {
				times = append(times, fmt.Sprintf("%02d:%02d", h, m))
			}
		}
		return "at " + list(times)
	case len(hours) == 24 && len(minutes) == 60:
		return "every minute"
	case len(hours) == 24:
		return "every hour, " + minuteWords(minutes)
	}
	return minuteWords(minutes) + " of the hours " + list(numbers(hours, "%02d"))
}

func minuteWords(minutes []int) string {
	switch {
	case len(minutes) == 60:
		return "every minute"
	case len(minutes) == 1 && minutes[0] == 0:
		return "on the hour"
	case len(minutes) == 1:
		return fmt.Sprintf("at minute %d", minutes[0])
	}
	return "at the minutes " + list(numbers(minutes, "%d"))
}

func numbers(of []int, format string) []string {
	var out []string
	for _, n := range of {
		out = append(out, fmt.Sprintf(format, n))
	}
	return out
}

// dayWords says the days.
func (s Schedule) dayWords() string {
	dates, weekdays, months := members(s.spec.Dom, 32), members(s.spec.Dow, 7), members(s.spec.Month, 13)
	everyDate, everyWeekday := len(dates) == 31, len(weekdays) == 7
	of := "of every month"
	if len(months) != 12 {
		var names []string
		for _, m := range months {
			names = append(names, time.Month(m).String())
		}
		of = "of " + list(names)
	}
	onDates := "on the " + list(ordinals(dates)) + " " + of
	onWeekdays := "every " + weekdayWords(weekdays)
	if len(weekdays) == 5 && weekdays[0] == 1 && weekdays[4] == 5 {
		onWeekdays = "Monday to Friday"
	}
	if len(months) != 12 {
		onWeekdays += " " + strings.Replace(of, "of", "in", 1)
	}
	starred := s.spec.Dom&star != 0 || s.spec.Dow&star != 0 // then both have to fit, else either
	switch {
	case everyDate && everyWeekday, !starred && (everyDate || everyWeekday):
		if len(months) == 12 {
			return "every day"
		}
		return "every day " + of
	case everyDate:
		return onWeekdays
	case everyWeekday:
		return onDates
	}
	return onDates + " and " + onWeekdays
}

func ordinals(dates []int) []string {
	var out []string
	for _, d := range dates {
		out = append(out, fmt.Sprintf("%d%s", d, ordinal(d)))
	}
	return out
}

// Every is how often a [Plan] falls due.
type Every string

// How often. AsWritten is every expression that is none of the others.
const (
	EveryWeek  Every = "week"
	EveryMonth Every = "month"
	EveryDay   Every = "day"
	AsWritten  Every = "other"
)

// Plan is a schedule as a form asks for it: a day and a time, or an expression for
// whoever wants another.
type Plan struct {
	Every   Every
	Weekday time.Weekday // of EveryWeek
	Date    int          // of EveryMonth: 1 to 28, so that no month is left out
	At      string       // 18:00; of all but AsWritten
	Expr    string       // of AsWritten
}

// PlanOf gives the plan of an expression, which need not be one that can be read:
// then it is kept as it was written.
func PlanOf(expr string) Plan {
	plan := Plan{Every: AsWritten, Expr: expr, Weekday: time.Sunday, Date: 1, At: "18:00"}
	s, err := Parse(expr, "UTC")
	if err != nil || s.clock() == "" || len(members(s.spec.Month, 13)) != 12 {
		return plan
	}
	dates, weekdays := members(s.spec.Dom, 32), members(s.spec.Dow, 7)
	switch anyDate, anyWeekday := s.spec.Dom&star != 0 && len(dates) == 31, s.spec.Dow&star != 0 && len(weekdays) == 7; {
	case anyDate && anyWeekday:
		plan.Every = EveryDay
	case anyDate && len(weekdays) == 1:
		plan.Every, plan.Weekday = EveryWeek, time.Weekday(weekdays[0])
	case anyWeekday && len(dates) == 1 && dates[0] <= 28:
		plan.Every, plan.Date = EveryMonth, dates[0]
	default:
		return plan
	}
	plan.At = s.clock()
	return plan
}

// Cron gives the plan's expression. What a form cannot have meant is an error of kind
// Invalid; whether an expression that was written falls due is for [Parse] to say.
func (p Plan) Cron() (string, error) {
	if p.Every == AsWritten {
		return strings.Join(strings.Fields(p.Expr), " "), nil
	}
	at, err := time.Parse("15:04", strings.TrimSpace(p.At))
	if err != nil {
		return "", digest.Fail(digest.Invalid, "Write hours and minutes, such as 18:00.", "%q is no time of day", p.At)
	}
	clock := fmt.Sprintf("%d %d", at.Minute(), at.Hour())
	switch p.Every {
	case EveryDay:
		return clock + " * * *", nil
	case EveryWeek:
		if p.Weekday < time.Sunday || p.Weekday > time.Saturday {
			return "", digest.Fail(digest.Invalid, "Choose Monday to Sunday.", "the day of the week is missing")
		}
		return fmt.Sprintf("%s * * %d", clock, p.Weekday), nil
	case EveryMonth:
		if p.Date < 1 || p.Date > 28 {
			return "", digest.Fail(digest.Invalid, "Choose a day from 1 to 28; some months have no later one.", "%d is no day of every month", p.Date)
		}
		return fmt.Sprintf("%s %d * *", clock, p.Date), nil
	}
	return "", digest.Fail(digest.Invalid, "Choose every week, every month, every day, or write the schedule out.", "it is not said how often")
}
