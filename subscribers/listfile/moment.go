package listfile

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DateOrder says how a list writes dates such as 03/04/2024.
type DateOrder string

// The orders.
const (
	DayFirst   DateOrder = "day-first"
	MonthFirst DateOrder = "month-first"
)

// layouts are the forms of a moment that can be read in one way only; one without a
// zone is UTC. A fraction of a second may follow the seconds.
var layouts = []string{
	time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05Z07", "2006-01-02 15:04:05 -0700 UTC", "2006-01-02 15:04:05 -0700 -0700",
	"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02", "2006-1-2",
	"2006/01/02 15:04:05", "2006/01/02 15:04", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006/1/2", "2006.01.02 15:04:05", "2006.01.02 15:04", "2006.01.02", "2006-01-02 03:04:05 PM", "2006-01-02 3:04 PM",
	"20060102T150405Z0700", "20060102T150405", "20060102150405", "20060102",
	"2006年1月2日", "2006年1月2日 15:04", "2006年1月2日 15:04:05",
	"Mon, 2 Jan 2006 15:04:05 -0700", "Mon, 2 Jan 2006 15:04:05", "Mon Jan 2 15:04:05 2006", "Mon Jan 2 15:04:05 -0700 2006", "Mon Jan 2 2006 15:04:05", "Mon Jan 2 2006 15:04:05 GMT-0700",
	"2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05", "2 Jan 2006 15:04", "2 Jan 2006, 15:04", "2 Jan 2006", "2-Jan-2006 15:04:05", "2-Jan-2006", "2-Jan-06", "2 Jan, 2006",
	"2 January 2006 15:04:05", "2 January 2006 15:04", "2 January 2006", "Monday, 2 January 2006",
	"Jan 2, 2006 15:04:05", "Jan 2, 2006 15:04", "Jan 2, 2006, 15:04", "Jan 2, 2006 3:04:05 PM", "Jan 2, 2006 3:04 PM", "Jan 2, 2006, 3:04:05 PM", "Jan 2, 2006, 3:04 PM", "Jan 2, 2006 at 3:04 PM", "Jan 2 2006", "Jan 2, 2006", "Jan-02-2006",
	"January 2, 2006 15:04:05", "January 2, 2006 15:04", "January 2, 2006 3:04 PM", "January 2, 2006 3:04PM", "January 2, 2006, 3:04 PM", "January 2, 2006 at 3:04 PM", "January 2, 2006", "January 2 2006", "Monday, January 2, 2006", "Monday, January 2, 2006 3:04 PM",
}

// plainDate is a date whose first two numbers are day and month in an order of its
// own, with a time or without.
var plainDate = regexp.MustCompile(`^(\d{1,2})([/.\-])(\d{1,2})([/.\-])(\d{4}|\d{2})(?:,? +(\d{1,2}:\d{2}(?::\d{2})?)(?: ?([AaPp])\.?[Mm]\.?)?)?$`)

// stamp is a count of seconds or milliseconds since 1970.
var stamp = regexp.MustCompile(`^\d{9,10}(\.\d+)?$|^\d{12,13}$`)

// zoneWords stand at the end of a moment and change nothing: the names of UTC, and
// what a browser writes after the zone's hours.
var zoneWords = regexp.MustCompile(`(?i) ?\(?(?:UTC|GMT)\)?$|(?i)(GMT[+-]\d{4}) \([^()]*\)$`)

// dates reads the moments of one list.
type dates struct {
	order DateOrder
}

// read gives a moment in UTC.
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
	if stamp.MatchString(cell) {
		n, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			return time.Time{}, unread
		}
		if n >= 1e11 {
			n /= 1000
		}
		return believable(time.UnixMilli(int64(n*1000)), unread)
	}
	for _, text := range []string{cell, zoneWords.ReplaceAllString(cell, "$1")} {
		for _, layout := range layouts {
			if at, err := time.Parse(layout, text); err == nil {
				return believable(at, unread)
			}
		}
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
