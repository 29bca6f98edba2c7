package deliver

import "time"

// retryDelays are the pauses between tries of one address (RFC 5321, 4.5.4.1).
func retryDelays() []time.Duration {
	return []time.Duration{
		5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour,
	}
}

const (
	// An address is not given up before it was tried this often: a machine that
	// was off for two days has not tried for two days.
	leastAttempts = 3
	// A last try less than this before the end is not worth waiting for.
	leastPause = 15 * time.Minute
	// Tries are spread over this part of a delay, always towards later.
	jitterShare = 0.1
	// The longest pause of the schedule, jitter included.
	delayMost = 16*time.Hour + 16*time.Hour/10
)

// FarthestTry is how far ahead the next try of a row can be: one that is farther was put
// there by a clock that was ahead.
const FarthestTry = 18 * time.Hour

// retry tells when an address that was first tried at first is tried again, or
// that it is given up. It counts the time that has passed and not the attempts,
// so that a claim handed back because of a lost connection costs an address
// nothing. jitter is from [0, 1).
func retry(first, now time.Time, attempts int, giveUpAfter time.Duration, jitter float64) (next time.Time, again bool) {
	if first.IsZero() || first.After(now) {
		first = now
	}
	end := first.Add(giveUpAfter)
	late := end.Sub(now) < min(leastPause, giveUpAfter/4)
	if late && attempts >= leastAttempts {
		return time.Time{}, false
	}
	delay := delayAfter(now.Sub(first))
	next = now.Add(delay + time.Duration(float64(delay)*jitterShare*jitter))
	if !late && next.After(end) {
		next = end
	}
	return next, true
}

// delayAfter gives the pause that follows a failure so long after the first.
func delayAfter(elapsed time.Duration) time.Duration {
	delays := retryDelays()
	var sum time.Duration
	for _, d := range delays {
		sum += d
		if elapsed < sum {
			return d
		}
	}
	return delays[len(delays)-1]
}
