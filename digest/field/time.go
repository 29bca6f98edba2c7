package field

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// timeLayouts are the forms of times in dumps, Dublin Core, RFC 6721, JSON Feed and
// WordPress's interface, which no parser of gofeed reads. A time without
// a zone is read as UTC.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04:05",
	"2006-01-02", "2006/1/2 15:04:05", "2006/1/2 15:04", time.RFC1123Z, time.RFC1123,
}

// Time gives a time in UTC, or zero for one that is missing, unreadable or
// impossible.
func Time(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return Moment(&t)
		}
	}
	return foreignTime(s)
}

// foreignDate is a date of RFC 822 whose names may be of another language: day,
// month, year, time and zone.
var foreignDate = regexp.MustCompile(`^(?:\pL+\.?,?\s+)?(\d{1,2})\.?\s+(?:de\s+)?(\pL{3,12})\.?\s+(?:de\s+)?(\d{4})\s+(\d{1,2}:\d{2})(:\d{2})?\s*([+-]\d{4})?`)

// months are the beginnings of months' names in English, German, Dutch, French,
// Spanish, Portuguese and Italian.
var months = []string{"jan ene gen", "feb fev fév", "mar mär maa mrt", "apr avr abr", "may mai mei mag", "jun juin giu",
	"jul juil lug", "aug aou aoû ago", "sep set", "oct okt ott out", "nov", "dec déc dez dic"}

// foreignTime reads a date with the names of another language, in UTC where it has no
// zone in numbers.
func foreignTime(s string) time.Time {
	m := foreignDate.FindStringSubmatch(strings.ToLower(s))
	if m == nil {
		return time.Time{}
	}
	for i, names := range months {
		for _, name := range strings.Fields(names) {
			if !strings.HasPrefix(m[2], name) {
				continue
			}
			text := fmt.Sprintf("%s %d %s %s%s %s", m[1], i+1, m[3], m[4], cmp.Or(m[5], ":00"), cmp.Or(m[6], "+0000"))
			if t, err := time.Parse("2 1 2006 15:04:05 -0700", text); err == nil {
				return Moment(&t)
			}
		}
	}
	return time.Time{}
}

// firstBlog is before every blog: a date before it is a fault, like the 1970 of
// an unset clock.
var firstBlog = time.Date(1994, 1, 1, 0, 0, 0, 0, time.UTC)

// Moment gives a parsed time in UTC, or zero for a missing or impossible one.
// A time without a zone is read as UTC.
func Moment(t *time.Time) time.Time {
	if t == nil || t.Before(firstBlog) || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}
