package digest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"postbag/digest"
)

var (
	_ digest.Clock = digest.SystemClock{}
	_ digest.Clock = (*digest.TestClock)(nil)
)

func TestSystemClock(t *testing.T) {
	var c digest.SystemClock
	now := c.Now()
	if now.Location() != time.UTC || time.Since(now) > time.Minute {
		t.Errorf("got %v", now)
	}
	if err := c.Sleep(t.Context(), 10*time.Millisecond); err != nil || time.Since(now) < 10*time.Millisecond {
		t.Errorf("woke after %v with %v", time.Since(now), err)
	}
}

func TestTestClockRuns(t *testing.T) {
	start := time.Date(2026, 11, 22, 18, 0, 0, 0, time.FixedZone("", 3600))
	began := time.Now()
	c := digest.NewTestClock(start, 86400)
	if first := c.Now(); first.Before(start) || first.Location() != time.UTC {
		t.Errorf("began at %v, want %v in UTC", first, start)
	}
	due := c.Now().Add(6 * time.Hour) // a quarter of a second
	if err := c.Sleep(t.Context(), 6*time.Hour); err != nil {
		t.Fatal(err)
	}
	if c.Now().Before(due) {
		t.Errorf("woke at %v, before %v", c.Now(), due)
	}
	if real := time.Since(began); real < 250*time.Millisecond || real > 20*time.Second {
		t.Errorf("a quarter of a day took %v", real)
	}
}

// TestTestClockNeverWakesEarly: who sleeps until a moment finds it reached,
// however fast the clock runs.
func TestTestClockNeverWakesEarly(t *testing.T) {
	c := digest.NewTestClock(time.Unix(0, 0), 1e6)
	for range 200 {
		due := c.Now().Add(3 * time.Nanosecond)
		if err := c.Sleep(t.Context(), 3*time.Nanosecond); err != nil {
			t.Fatal(err)
		}
		if now := c.Now(); now.Before(due) {
			t.Fatalf("woke at %v, before %v", now, due)
		}
	}
}

func TestSpeedOfNothingIsOne(t *testing.T) {
	for _, speed := range []float64{0, -5} {
		c := digest.NewTestClock(time.Unix(1e9, 0), speed)
		a := c.Now()
		if d := c.Now().Sub(a); d < 0 || d > time.Minute {
			t.Errorf("speed %v: moved by %v", speed, d)
		}
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	for name, c := range map[string]digest.Clock{"system": digest.SystemClock{}, "test": digest.NewTestClock(time.Now(), 2)} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := c.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: got %v", name, err)
		}
		if err := c.Sleep(ctx, 0); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: no time at all, and the context over: got %v", name, err)
		}
		if err := c.Sleep(t.Context(), -time.Second); err != nil {
			t.Errorf("%s: less than no time: got %v", name, err)
		}
	}
}
