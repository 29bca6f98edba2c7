package digest

import (
	"context"
	"math"
	"time"
)

// Clock is where the program gets the time from and how it waits. It is passed
// as a value so that a test can run a week in a second.
type Clock interface {
	// Now gives the present moment in UTC.
	Now() time.Time
	// Sleep waits for d of this clock's time, or until ctx ends, whose error
	// it then gives.
	Sleep(ctx context.Context, d time.Duration) error
}

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now gives the machine's time in UTC.
func (SystemClock) Now() time.Time { return time.Now().UTC() }

// Sleep waits for d by the monotonic clock.
func (SystemClock) Sleep(ctx context.Context, d time.Duration) error { return sleep(ctx, d) }

// TestClock starts at a given moment and runs at a multiple of real time.
type TestClock struct {
	start time.Time
	began time.Time
	speed float64
}

// NewTestClock gives a clock that shows start now and runs speed times as fast
// as the machine's; a speed of 0 or less means 1.
func NewTestClock(start time.Time, speed float64) *TestClock {
	if speed <= 0 {
		speed = 1
	}
	return &TestClock{start: start.UTC(), began: time.Now(), speed: speed}
}

// Now gives the clock's own time.
func (c *TestClock) Now() time.Time {
	return c.start.Add(time.Duration(float64(time.Since(c.began)) * c.speed))
}

// Sleep waits until d of the clock's own time has passed, never a moment less.
func (c *TestClock) Sleep(ctx context.Context, d time.Duration) error {
	return sleep(ctx, time.Duration(math.Ceil(float64(d)/c.speed)))
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
