package dispatch_test

import (
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/subscribers"
)

// TestPace has a mailing that goes, one whose rate is not known, one that waits and one
// that is paused: nothing is promised that is not known.
func TestPace(t *testing.T) {
	counts := subscribers.Counts{subscribers.Delivered: 100, subscribers.Queued: 590, subscribers.InFlight: 10, subscribers.Deferred: 7, subscribers.Failed: 2, subscribers.Uncertain: 1}
	at := time.Date(2026, 3, 8, 18, 0, 0, 0, time.UTC)
	for want, s := range map[string]dispatch.Standing{
		"":                                {State: digest.Sending},
		"10.0 a second, about 1 min left": {State: digest.Sending, Rate: 10},
		"100.0 a second, less than a minute left": {State: digest.Sending, Rate: 100},
		"0.1 a second, about 3 hours left":        {State: digest.Sending, Rate: 0.06},
		"waits until 18:05 UTC":                   {State: digest.Sending, Rate: 10, Waits: at.Add(5 * time.Minute)},
		"paused":                                  {State: digest.Paused, Rate: 10},
	} {
		s.Counts, s.At = counts, at
		if got := s.Pace(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if got := s.Tally(); got != "100 sent, 7 deferred, 2 refused, 1 in doubt" || s.Done() != 103 || s.Waiting() != 600 {
			t.Errorf("%s, %d done, %d waiting", got, s.Done(), s.Waiting())
		}
	}
}
