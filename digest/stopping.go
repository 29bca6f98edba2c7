package digest

import (
	"context"
	"sync"
	"time"
)

type stoppingKey struct{}

// stopping is the one deadline of all that is done after a program was told to stop.
type stopping struct {
	told  context.Context // ends when the program is told
	over  context.Context // ends when the time is
	limit time.Duration
	once  sync.Once
	at    time.Time // when the time is over; set once told has ended
}

// deadline gives the moment at which all must have ended. told must have ended.
func (s *stopping) deadline() time.Time {
	s.once.Do(func() { s.at = time.Now().Add(s.limit) })
	return s.at
}

// StopsWithin gives a context for all that a program does, which ends with ctx. What is
// left to do then, each part of it under [Afterwards], is over so long after that,
// whatever the parts would take one after the other.
func StopsWithin(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	over, end := context.WithCancel(context.WithoutCancel(ctx))
	told, cancel := context.WithCancel(ctx)
	s := &stopping{told: told, over: over, limit: limit}
	unwatch := context.AfterFunc(told, func() {
		t := time.NewTimer(time.Until(s.deadline()))
		defer t.Stop()
		select {
		case <-t.C:
			end()
		case <-over.Done():
		}
	})
	return context.WithValue(told, stoppingKey{}, s), func() {
		unwatch()
		end()
		cancel()
	}
}

// Afterwards gives a context for what is left to do once ctx has ended, such as storing
// how far it came: it outlives ctx, takes so long at the most, and is over when the stop
// of the program is; see [StopsWithin].
func Afterwards(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), most)
	s, _ := ctx.Value(stoppingKey{}).(*stopping)
	if s == nil {
		return after, cancel
	}
	if s.told.Err() != nil {
		if at := s.deadline(); at.Before(time.Now().Add(most)) {
			cancel()
			return context.WithDeadline(context.WithoutCancel(ctx), at)
		}
		return after, cancel
	}
	unwatch := context.AfterFunc(s.over, cancel)
	return after, func() { unwatch(); cancel() }
}
