package listfile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// DateOrder says how a list writes dates such as 03/04/2024.
type DateOrder string

// The orders.
const (
	DayFirst   DateOrder = "day-first"
	MonthFirst DateOrder = "month-first"
)

// plainDate is a date whose first two numbers are day and month in an order of its
// own, with a time or without.
var plainDate = lazyregexp.New(`^(\d{1,2})([/.\-]) ?(\d{1,2})([/.\-]) ?(\d{4}|\d{2})(?:,? +(\d{1,2}:\d{2}(?::\d{2})?)(?: ?([AaPp])\.?[Mm]\.?)?(?: ?(?:UTC|GMT|Z))?)?$`)

// zoneTwice is how Go prints a moment: the zone's hours, and its name or the hours again.
var zoneTwice = lazyregexp.New(`( [+-]\d{4}) (?:[A-Z]{3,5}|[+-]\d{2,4})(?: m=\S+)?$`)

// dates reads the moments of one list.
type dates struct {
	order DateOrder
}

// read gives a moment in UTC. Numbers of days and months are told apart by the order
// that the whole list has; all other forms are those of feeds.
func (d dates) read(cell string) (time.Time, error) {
	cell = strings.Join(strings.Fields(cell), " ")
	unread := fmt.Errorf("%.40q is not a time such as 2026-01-31T18:00:00Z", cell)
	if m := plainDate.FindStringSubmatch(cell); m != nil && m[2] == m[4] {
		at, err := d.plain(m)
		if err != nil {
			return time.Time{}, fmt.Errorf("%.40q: %w", cell, err)
		}
		return believable(at, unread)
	}
	if at := field.Time(zoneTwice.ReplaceAllString(cell, "$1")); !at.IsZero() {
		return believable(at, unread)
	}
	return time.Time{}, unread
}

// believable refuses a year in which no list of mail addresses was kept.
func believable(at time.Time, otherwise error) (time.Time, error) {
	if at = at.UTC(); at.Year() < 1970 || at.Year() > 2200 {
		return time.Time{}, otherwise
	}
	return at, nil
}

// orderOf tells in which order a date's numbers must stand, "" where either can be,
// and whether the cell is such a date at all.
func orderOf(cell string) (order DateOrder, is bool) {
	m := plainDate.FindStringSubmatch(strings.Join(strings.Fields(cell), " "))
	if m == nil || m[2] != m[4] {
		return "", false
	}
	first, _ := strconv.Atoi(m[1])
	second, _ := strconv.Atoi(m[3])
	switch {
	case m[2] == ".", first > 12:
		return DayFirst, true
	case second > 12, m[7] != "":
		return MonthFirst, true
	case first == second:
		return "", false // both are the same day
	}
	return "", true
}

func (d dates) plain(m []string) (time.Time, error) {
	first, _ := strconv.Atoi(m[1])
	second, _ := strconv.Atoi(m[3])
	year, _ := strconv.Atoi(m[5])
	if len(m[5]) == 2 {
		year += 2000
		if year > 2069 { // as POSIX reads two digits (strptime, %y)
			year -= 100
		}
	}
	order := d.order
	switch {
	case m[2] == ".", first > 12:
		order = DayFirst
	case second > 12:
		order = MonthFirst
	}
	day, month := first, second
	if order == MonthFirst {
		day, month = second, first
	}
	clock := time.Time{}
	if m[6] != "" {
		layout, text := "15:04:05", m[6]
		if len(strings.Split(text, ":")) == 2 {
			text += ":00"
		}
		if m[7] != "" {
			layout, text = "3:04:05PM", text+strings.ToUpper(m[7])+"M"
		}
		var err error
		if clock, err = time.Parse(layout, text); err != nil {
			return time.Time{}, errors.New("there is no such time of day")
		}
	}
	at := time.Date(year, time.Month(month), day, clock.Hour(), clock.Minute(), clock.Second(), 0, time.UTC)
	if at.Day() != day || int(at.Month()) != month {
		return time.Time{}, errors.New("there is no such day")
	}
	return at, nil
}
