package deliver

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"postbag/digest"
)

// slots are the connections that a process may have open at once. The issues that are
// being sent share them: one gives a connection up when another has fewer.
type slots struct {
	clock digest.Clock
	most  int
	wants atomic.Int32 // connections that wait for a slot, over all runs

	mu      sync.Mutex
	taken   int
	of      map[*run]*share
	changed chan struct{} // closed when a slot may have become free
}

// share is what a run has of the slots.
type share struct{ has, wants int }

// slotTime is how long a connection keeps its slot where there are fewer slots than
// issues, and each has it in turn.
const slotTime = 10 * time.Second

func newSlots(clock digest.Clock, most int) *slots {
	return &slots{clock: clock, most: most, of: map[*run]*share{}, changed: make(chan struct{})}
}

// take waits for a slot until ctx ends.
func (s *slots) take(ctx context.Context, r *run) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.of[r]
	if own == nil {
		own = &share{}
		s.of[r] = own
	}
	own.wants++
	s.wants.Add(1)
	defer func() {
		own.wants--
		s.wants.Add(-1)
		s.tidy(r)
		s.tell() // those behind this one may go on
	}()
	for s.taken >= s.most || s.comesAfter(own) {
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		s.mu.Lock()
		if ctx.Err() != nil {
			return false
		}
	}
	if ctx.Err() != nil {
		return false
	}
	s.taken++
	own.has++
	return true
}

// comesAfter tells that another run that waits has fewer.
func (s *slots) comesAfter(own *share) bool {
	for _, o := range s.of {
		if o != own && o.wants > 0 && o.has < own.has {
			return true
		}
	}
	return false
}

// free gives a slot back.
func (s *slots) free(r *run) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	s.of[r].has--
	s.tidy(r)
	s.tell()
}

func (s *slots) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *slots) tidy(r *run) {
	if own := s.of[r]; own != nil && own.has == 0 && own.wants == 0 {
		delete(s.of, r)
	}
}

// yields tells that a connection which has had its slot since a moment gives it up for
// another run.
func (s *slots) yields(r *run, since time.Time) bool {
	if s.wants.Load() == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	own := s.of[r]
	if own == nil {
		return false
	}
	for _, o := range s.of {
		if o == own || o.wants == 0 {
			continue
		}
		if o.has+1 < own.has || o.has < own.has && s.clock.Now().Sub(since) >= slotTime {
			return true
		}
	}
	return false
}
