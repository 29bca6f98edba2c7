package deliver

import (
	"math"
	"strconv"
	"strings"
	"time"

	"postbag/digest"
)

// Rate is how many messages may be begun at the most in any second, hour and day, by
// all processes together that share the work. Zero is no limit.
type Rate struct {
	Second    float64
	Hour, Day int
}

// IsZero tells that nothing is limited.
func (r Rate) IsZero() bool { return r == Rate{} }

const rateHint = "For example 10/s, 500/h or 2000/day; 0 means no limit."

// mostRate is more than anybody sends.
const mostRate = 1e9

// ParseRate reads limits such as "10/s", "500/h" and "2000/day", each by itself or
// several with commas between. A number alone is meant for a second; 0 is no limit. The
// error is of kind Invalid.
func ParseRate(items ...string) (r Rate, err error) {
	seen := map[time.Duration]bool{}
	for _, item := range strings.Split(strings.Join(items, ","), ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		number, unit, _ := strings.Cut(item, "/")
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil {
			return Rate{}, digest.Fail(digest.Invalid, rateHint, "%q is no number", strings.TrimSpace(number))
		}
		if !(n >= 0) || math.IsInf(n, 1) { // or it is no number at all
			return Rate{}, digest.Fail(digest.Invalid, rateHint, "it must be 0 or more, not %v", n)
		}
		if n > 0 && n < 1.0/(24*60*60) {
			return Rate{}, digest.Fail(digest.Invalid, rateHint, "%s is less than one a day", item)
		}
		if n > mostRate {
			return Rate{}, digest.Fail(digest.Invalid, rateHint, "%s is more than can be sent", number)
		}
		per, ok := rateUnits[strings.ToLower(strings.TrimSpace(unit))]
		switch {
		case !ok:
			return Rate{}, digest.Fail(digest.Invalid, rateHint, "%q is no unit of time", strings.TrimSpace(unit))
		case seen[per]:
			return Rate{}, digest.Fail(digest.Invalid, rateHint, "%q is a second limit for the same time", item)
		case per != time.Second && n != math.Trunc(n):
			return Rate{}, digest.Fail(digest.Invalid, rateHint, "%v is not a whole number of mails", n)
		}
		seen[per] = true
		switch per {
		case time.Second:
			r.Second = n
		case time.Hour:
			r.Hour = int(n)
		default:
			r.Day = int(n)
		}
	}
	return r, nil
}

var rateUnits = map[string]time.Duration{
	"": time.Second, "s": time.Second, "sec": time.Second, "second": time.Second,
	"h": time.Hour, "hour": time.Hour, "d": 24 * time.Hour, "day": 24 * time.Hour,
}

// String writes the limits as [ParseRate] reads them; "0" for none.
func (r Rate) String() string {
	var all []string
	if r.Second > 0 {
		all = append(all, strconv.FormatFloat(r.Second, 'f', -1, 64)+"/s")
	}
	if r.Hour > 0 {
		all = append(all, strconv.Itoa(r.Hour)+"/h")
	}
	if r.Day > 0 {
		all = append(all, strconv.Itoa(r.Day)+"/day")
	}
	if len(all) == 0 {
		return "0"
	}
	return strings.Join(all, ",")
}

// batchShare is the part of a second's messages that may begin at one moment: what is
// begun together shares a transaction.
const batchShare = 20

// Spacing tells how the limit of a second is kept: so many messages may begin at one
// moment, and each of them puts the next moment off by so much. In no second, wherever
// it begins, there are more than the limit.
func (r Rate) Spacing() (atOnce int, each time.Duration) {
	atOnce = max(int(r.Second/batchShare), 1)
	per := r.Second
	if atOnce > 1 {
		// A second may begin with the last message of one moment and end with all of another.
		per -= float64(atOnce)
	}
	each = time.Duration(math.Ceil(1e6/per)) * time.Microsecond
	return atOnce, each
}
