package field

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postbag/digest/lazyregexp"
)

// timeLayouts are the forms in which nearly all times come. A time without a zone is
// read as UTC.
var timeLayouts = []string{
	time.RFC3339Nano, time.RFC1123Z, "2006-01-02 15:04:05", "2006-01-02T15:04:05.999999999",
}

// Time gives a time in UTC, or zero for one that is missing, unreadable or
// impossible. It is read whole or not at all: one whose zone is not known, or whose day
// may be two ("3/4/2026"), is unreadable.
//
// Beside the forms of RFC 3339, RFC 5322 and W3C's profile of ISO 8601 it reads what
// programs make of them: names of zones and offsets from them, clocks of twelve hours,
// other languages' months, years of two digits, no seconds, no commas, no zone, which
// is UTC, no time, which is midnight, and seconds since 1970.
func Time(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return possible(t)
		}
	}
	if len(s) > longestTime || !utf8.ValidString(s) {
		return time.Time{}
	}
	t, ok := readTime(s)
	if !ok {
		return time.Time{}
	}
	return possible(t)
}

const longestTime = 100 // bytes

// firstBlog is before every blog: a date before it is a fault, like the 1970 of
// an unset clock.
var firstBlog = time.Date(1994, 1, 1, 0, 0, 0, 0, time.UTC)

// possible gives a time in UTC, or zero for an impossible one.
func possible(t time.Time) time.Time {
	if t.Before(firstBlog) || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

var (
	// clock is the time of day: hours, minutes, seconds, their parts, and the half of
	// the day.
	clock = lazyregexp.New(`(?i)(?:^|[\s,;t(-])(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9})\d*)?)?(?:\s*([ap])\.?\s?m\b\.?)?`)
	// epoch is a number of seconds or milliseconds since 1970.
	epoch = lazyregexp.New(`^(\d{10})(\d{3})?$`)
	// compact is ISO 8601's basic form.
	compact = lazyregexp.New(`^(\d{4})(\d{2})(\d{2})(?:[T ](\d{2})(\d{2})(\d{2})?)?`)
	// week is ISO 8601's date by year, week and day of the week.
	week = lazyregexp.New(`^(\d{4})-?[Ww](\d{2})-?([1-7])`)
	// comment is one of RFC 5322, 3.2.2; a zone's name at most.
	comment = lazyregexp.New(`\([^()]*\)`)
	// eastern are the signs behind the numbers of a date in Chinese, Japanese and Korean.
	eastern = lazyregexp.New(`(\d)\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号]?`)
)

// readTime reads a time that is in none of the usual forms.
func readTime(s string) (time.Time, bool) {
	if m := epoch.FindStringSubmatch(s); m != nil {
		n, err := strconv.ParseInt(m[1]+m[2], 10, 64)
		if m[2] != "" {
			return time.UnixMilli(n), err == nil
		}
		return time.Unix(n, 0), err == nil
	}
	s = eastern.ReplaceAllString(s, "$1-$2-$3 ")
	if m := compact.FindStringSubmatch(s); m != nil {
		s = m[1] + "-" + m[2] + "-" + m[3] + clockOf(m[4:]) + s[len(m[0]):]
	}
	at := clock.FindStringSubmatchIndex(s)
	if at == nil {
		return join(s, moment{}, "")
	}
	before, behind := s[:at[0]], s[at[1]:]
	m, ok := readClock(clock.FindStringSubmatch(s))
	if !ok {
		return time.Time{}, false
	}
	if strings.TrimSpace(before) == "" { // the time comes first
		if date, rest, found := strings.Cut(strings.TrimLeft(behind, " ,-"), " "); found {
			return join(date, m, rest)
		}
		return join(behind, m, "")
	}
	return join(before, m, behind)
}

func clockOf(parts []string) string {
	if parts[0] == "" {
		return ""
	}
	if parts[2] == "" {
		return " " + parts[0] + ":" + parts[1]
	}
	return " " + strings.Join(parts, ":")
}

// moment is a time of day.
type moment struct {
	hour, minute, second, nano int
}

// readClock reads what [clock] finds. Twelve is midnight or noon, and 24:00 the end of
// the day (ISO 8601).
func readClock(m []string) (c moment, ok bool) {
	c.hour, c.minute, c.second = digits(m[1]), digits(m[2]), digits(m[3])
	c.nano = digits((m[4] + "000000000")[:9])
	switch strings.ToLower(m[5]) {
	case "a":
		if c.hour > 12 {
			return c, false
		}
		c.hour %= 12
	case "p":
		if c.hour < 12 {
			c.hour += 12
		}
	}
	end := c.hour == 24 && c.minute == 0 && c.second == 0
	return c, (c.hour < 24 || end) && c.minute < 60 && c.second <= 60
}

// digits reads a number of digits alone, 0 for none.
func digits(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// join reads a date, and what stands behind the time of day: the zone, and at times the
// year, as in what the command date prints.
func join(date string, c moment, behind string) (time.Time, bool) {
	zone, year, ok := readZone(behind)
	if !ok {
		return time.Time{}, false
	}
	y, m, d, ok := readDate(date, year)
	if !ok {
		return time.Time{}, false
	}
	if t := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); t.Day() != d || t.Month() != m {
		return time.Time{}, false
	}
	return time.Date(y, m, d, c.hour, c.minute, c.second, c.nano, zone), true
}

// readDate reads a date. The year may be known from elsewhere, else it is "".
func readDate(s, year string) (y int, m time.Month, d int, ok bool) {
	if w := week.FindStringSubmatch(s); w != nil && strings.Trim(s[len(w[0]):], " ,tT") == "" {
		return ofWeek(digits(w[1]), digits(w[2]), digits(w[3]))
	}
	words, numbers, separator, ok := dateParts(s)
	if !ok {
		return 0, 0, 0, false
	}
	if year != "" {
		numbers = append(numbers, year)
	}
	month, day, ok := monthAmong(words)
	switch {
	case !ok:
		return 0, 0, 0, false
	case month == 0:
		return byNumbers(numbers, separator, day)
	case len(numbers) != 2:
		return 0, 0, 0, false
	case len(numbers[0]) == 4:
		numbers[0], numbers[1] = numbers[1], numbers[0]
	}
	y, ok = yearOf(numbers[1])
	return y, month, digits(numbers[0]), ok && len(numbers[0]) <= 2
}

// dateParts takes a date to pieces. The separator is that between its numbers.
func dateParts(s string) (words, numbers []string, separator rune, ok bool) {
	var piece strings.Builder
	flush := func() {
		text := piece.String()
		piece.Reset()
		switch {
		case text == "":
		case text[0] >= '0' && text[0] <= '9':
			number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzºª") // 1st, 2e
			numbers = append(numbers, number)
			ok = ok && strings.Trim(number, "0123456789") == "" && len(text)-len(number) <= 3
		case !fillers[text]:
			words = append(words, text)
		}
	}
	ok = true
	for _, r := range strings.ToLower(s) {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r), unicode.IsDigit(r):
			piece.WriteRune(r)
			continue
		case strings.ContainsRune("-/.", r) && piece.Len() > 0 && len(numbers) < 2:
			separator = r
		case !unicode.IsSpace(r) && !strings.ContainsRune("-/.,;'’", r):
			ok = false
		}
		flush()
	}
	flush()
	return words, numbers, separator, ok && len(words) <= 2 && len(numbers) <= 3
}

// fillers are words of dates that say nothing.
var fillers = map[string]bool{"de": true, "of": true, "the": true, "at": true, "t": true, "am": true, "um": true, "den": true, "der": true, "le": true, "à": true,
	"às": true, "del": true, "kl": true, "on": true, "год": true, "г": true, "года": true, "r": true}

// monthAmong finds the month in a date's words; the other one is the day of the week,
// -1 for one that is not known. Without a month it is 0.
func monthAmong(words []string) (m time.Month, day time.Weekday, ok bool) {
	day = -1
	for i := len(words) - 1; i >= 0; i-- { // "mar. 3 mars" is a Tuesday
		if found := monthOf(words[i]); found != 0 && m == 0 {
			m = found
			words = append(words[:i:i], words[i+1:]...)
		}
	}
	if len(words) == 0 {
		return m, day, true
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(words[0]) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), words[0]) {
			day = d
		}
	}
	return m, day, len(words) == 1
}

// byNumbers reads a date of three numbers. Which is the day a year of four digits
// before it tells, points between them, a number above twelve, or the day of the week.
func byNumbers(numbers []string, separator rune, day time.Weekday) (y int, m time.Month, d int, ok bool) {
	if len(numbers) != 3 {
		return 0, 0, 0, false
	}
	first, second := digits(numbers[0]), digits(numbers[1])
	if len(numbers[0]) == 4 {
		return first, time.Month(second), digits(numbers[2]), second >= 1 && second <= 12 && len(numbers[2]) <= 2
	}
	if y, ok = yearOf(numbers[2]); !ok || len(numbers[0]) > 2 || len(numbers[1]) > 2 {
		return 0, 0, 0, false
	}
	weekday := func(m, d int) time.Weekday { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Weekday() }
	switch {
	case first > 12 && second > 12, first < 1, second < 1:
		return 0, 0, 0, false
	case first > 12, first == second, separator == '.':
		return y, time.Month(second), first, second <= 12
	case second > 12:
		return y, time.Month(first), second, true
	case day >= 0 && weekday(first, second) != weekday(second, first) && weekday(first, second) == day:
		return y, time.Month(first), second, true
	case day >= 0 && weekday(second, first) == day:
		return y, time.Month(second), first, weekday(first, second) != day
	}
	return 0, 0, 0, false
}

// yearOf reads a year, which may have two digits (RFC 5322, 4.3).
func yearOf(s string) (int, bool) {
	n := digits(s)
	switch {
	case len(s) == 4:
		return n, true
	case len(s) == 2 && n < 50:
		return 2000 + n, true
	case len(s) == 2:
		return 1900 + n, true
	}
	return 0, false
}

// ofWeek gives the date of a day of a week (ISO 8601): the first week of a year is that
// of the fourth of January.
func ofWeek(year, week, day int) (y int, m time.Month, d int, ok bool) {
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7)
	t := monday.AddDate(0, 0, 7*(week-1)+day-1)
	gotYear, gotWeek := t.ISOWeek()
	return t.Year(), t.Month(), t.Day(), gotYear == year && gotWeek == week
}
