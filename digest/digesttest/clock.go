package digesttest

import (
	"context"
	"sync"
	"time"
)

// Clock is a clock that only a test moves, and whoever sleeps by it: a sleep
// takes no time of the machine's.
type Clock struct {
	mu    sync.Mutex
	now   time.Time
	slept time.Duration
}

// NewClock gives a clock that shows a moment.
func NewClock(now time.Time) *Clock { return &Clock{now: now} }

// Now gives the moment that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Move puts the clock forward, or back.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Sleep puts the clock forward, unless ctx has ended.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	if d > 0 && ctx.Err() == nil {
		c.Move(d)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.slept += d
	}
	return ctx.Err()
}

// Slept is how long everybody slept by the clock in all.
func (c *Clock) Slept() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.slept
}
