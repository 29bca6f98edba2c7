package pull

import "time"

// What was stored while the machine's clock was ahead, by days or by a century, must
// not keep a feed waiting until that time has come: no wait is longer than
// [MaxInterval], and nothing happened later than now.

// Waits tells whether a moment is still to come until which something is left alone.
func Waits(until, now time.Time) bool {
	return until.After(now) && until.Sub(now) <= MaxInterval
}

// DayAgo tells whether something was last done a day ago, never, or in a time that
// has not come yet.
func DayAgo(last, now time.Time) bool {
	since := now.Sub(last)
	return since >= 24*time.Hour || since < 0
}

// Sooner gives the earlier of two moments.
func Sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
