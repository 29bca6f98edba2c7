package field

import (
	"strings"
	"time"

	"postbag/digest/lazyregexp"
)

// offset is a distance from UTC, which may stand behind the name of that.
var offset = lazyregexp.New(`^(?i:gmt|utc|ut|z)?-?([+-])(\d{1,2})(?::?(\d{2}))?(?::\d{2})?$`)

// readZone reads what stands behind the time of day: a zone, by its name, its distance
// from UTC, or both; UTC for none. A number of four digits is the year.
func readZone(s string) (zone *time.Location, year string, ok bool) {
	zone = time.UTC
	known := false
	s = strings.ReplaceAll(s, "\u2212", "-") // the minus sign
	bare := comment.ReplaceAllString(s, " ")
	words := strings.FieldsFunc(bare, isBetween)
	if len(words) == 0 { // the only name may be a comment
		words = strings.FieldsFunc(strings.Trim(s, " ()"), isBetween)
	}
	for i, word := range words {
		lower := strings.ToLower(word)
		switch {
		case len(word) == 4 && strings.Trim(word, "0123456789") == "" && year == "" && word > "1900":
			year = word
			continue
		case word == "0000", word == "00:00", lower == "uhr", fillers[lower]:
			continue // the first two without their sign
		}
		at, found := zoneOf(word)
		switch {
		case !found:
			return nil, "", false
		case !known || i > 0 && isUTC(words[i-1]): // "GMT +2"
			zone, known = at, true
		}
	}
	return zone, year, true
}

func isBetween(r rune) bool {
	return r == ' ' || r == '\t' || r == ',' || r == ';' || r == '\u00a0' || r == '\u202f'
}

func isUTC(word string) bool {
	switch strings.ToLower(word) {
	case "gmt", "utc", "ut", "z":
		return true
	}
	return false
}

// span is a distance from UTC; minutes have no sign.
type span struct{ hours, minutes int }

func (s span) zone() *time.Location {
	minutes := s.minutes
	if s.hours < 0 {
		minutes = -minutes
	}
	return time.FixedZone("", s.hours*3600+minutes*60)
}

// zoneOf gives a zone by its name, or by its distance from UTC.
func zoneOf(word string) (*time.Location, bool) {
	if m := offset.FindStringSubmatch(word); m != nil {
		return ofOffset(m[1], m[2], m[3])
	}
	if m := shortOffset.FindStringSubmatch(word); m != nil {
		return ofOffset(m[1], m[2], m[3])
	}
	name := strings.ToLower(word)
	if s, ok := zoneNames[name]; ok {
		return s.zone(), true
	}
	// RFC 822's letters for zones were said to mean the wrong side of Greenwich, and tell
	// nothing (RFC 5322, 4.3).
	if len(name) == 1 && name >= "a" && name <= "z" && name != "j" {
		return time.UTC, true
	}
	if strings.Contains(word, "/") {
		zone, err := time.LoadLocation(word)
		return zone, err == nil
	}
	return nil, false
}

// shortOffset has one digit of the hour, as a number of three digits does.
var shortOffset = lazyregexp.New(`^([+-])(\d)(\d{2})$`)

func ofOffset(sign, hours, minutes string) (*time.Location, bool) {
	h, m := digits(hours), digits(minutes)
	if h > 15 || m > 59 {
		return nil, false
	}
	seconds := h*3600 + m*60
	if sign == "-" {
		seconds = -seconds
	}
	return time.FixedZone("", seconds), true
}

// zoneNames are the names of zones that mean one thing on blogs: those of RFC 822, 5, and
// others. IST, of which there are three, is none of them.
var zoneNames = map[string]span{
	"ut": {}, "utc": {}, "gmt": {}, "z": {}, "wet": {}, "uct": {}, "zulu": {},
	"est": {-5, 0}, "edt": {-4, 0}, "cst": {-6, 0}, "cdt": {-5, 0}, "mst": {-7, 0}, "mdt": {-6, 0}, "pst": {-8, 0}, "pdt": {-7, 0},
	"akst": {-9, 0}, "akdt": {-8, 0}, "hst": {-10, 0}, "ast": {-4, 0}, "adt": {-3, 0}, "nst": {-3, 30}, "ndt": {-2, 30},
	"brt": {-3, 0}, "brst": {-2, 0}, "art": {-3, 0}, "clt": {-4, 0}, "clst": {-3, 0}, "uyt": {-3, 0}, "pet": {-5, 0},
	"bst": {1, 0}, "west": {1, 0}, "cet": {1, 0}, "met": {1, 0}, "mez": {1, 0}, "cest": {2, 0}, "mest": {2, 0}, "mesz": {2, 0}, "wat": {1, 0},
	"eet": {2, 0}, "eest": {3, 0}, "oez": {2, 0}, "oesz": {3, 0}, "cat": {2, 0}, "sast": {2, 0}, "eat": {3, 0}, "idt": {3, 0},
	"msk": {3, 0}, "msd": {4, 0}, "trt": {3, 0}, "pkt": {5, 0}, "npt": {5, 45}, "ict": {7, 0}, "wib": {7, 0}, "wita": {8, 0}, "wit": {9, 0},
	"hkt": {8, 0}, "sgt": {8, 0}, "myt": {8, 0}, "awst": {8, 0}, "jst": {9, 0}, "kst": {9, 0}, "acst": {9, 30}, "acdt": {10, 30},
	"aest": {10, 0}, "aedt": {11, 0}, "nzst": {12, 0}, "nzdt": {13, 0},
}
