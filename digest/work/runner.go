package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"postbag/digest"
)

// Handler does one kind of duty.
type Handler struct {
	// Do does the work under a context that carries the lease, and tells when it
	// is due again; see [Outcome.Next].
	Do func(ctx context.Context, l Lease) (next time.Time, err error)
	// AtOnce is how many of the kind one process does side by side; default 1.
	AtOnce int
	// Limit bounds one run; default ten minutes.
	Limit time.Duration
}

// Runner does what is due in one process.
type Runner struct {
	Store    Store
	Clock    digest.Clock
	Log      *slog.Logger
	Handlers map[Kind]Handler
	// Poll is the longest wait, by the clock, before looking again without being
	// told; default two seconds.
	Poll time.Duration
	// WentBack, if set, is called when the clock is found to have gone back by more
	// than a minute, and again when a run that was under way then has ended: it may
	// have stored moments of the clock as it was.
	WentBack func(ctx context.Context) error
}

const (
	defaultPoll  = 2 * time.Second
	defaultLimit = 10 * time.Minute

	// After a failure a duty waits twice as long as the time before.
	firstAgain   = 10 * time.Second
	longestAgain = 15 * time.Minute

	// The pause after something was due and not to be had doubles from this.
	vainPause = 10 * time.Millisecond

	// handBackTime bounds what ending a lease may take once the program stops.
	handBackTime = 3 * time.Second

	// The end of a duty is stored again so long after it could not be, on the
	// machine's clock.
	endAgain = time.Second
)

// Run works until the member's context ends, waits for what is under way, and
// hands back what was not finished.
func (r *Runner) Run(member Member) {
	ctx := member.Context()
	s := &session{Runner: r, member: member, at: map[string]run{}, freed: make(chan struct{}, 1)}
	wakes := r.Store.Wakes(ctx)
	for ctx.Err() == nil {
		s.watchClock(ctx)
		s.startDue(ctx)
		if !s.wait(ctx, wakes) {
			break
		}
	}
	s.working.Wait()
}

// session is one Run.
type session struct {
	*Runner
	member  Member
	working sync.WaitGroup
	freed   chan struct{}

	mu sync.Mutex
	at map[string]run // the duties that this process is at
	// begun counts the runs. Those up to doubtful were under way when the clock went
	// back; doubted tells that one of them has ended since.
	begun, doubtful int
	doubted         bool

	// What only the loop of Run looks at.
	failures int       // of the database in a row
	vain     int       // looks in a row that found something due and nothing to be had
	unsure   bool      // a claim may have been made whose answer was lost
	latest   time.Time // that the clock showed
}

// run is one run of a duty.
type run struct {
	kind   Kind
	number int
}

// watchClock notices that the clock has gone back.
func (s *session) watchClock(ctx context.Context) {
	now := s.Clock.Now().Round(0) // without the monotonic reading, which never does
	wentBack := now.Before(s.latest.Add(-time.Minute))
	if s.WentBack != nil && (wentBack || s.isDoubted()) {
		if wentBack {
			s.Log.Warn("the clock has gone back", "from", s.latest, "to", now)
			s.doubt()
		}
		if err := s.WentBack(ctx); err != nil {
			s.note(ctx, err)
			s.mu.Lock()
			s.doubted = true
			s.mu.Unlock()
		}
	}
	s.latest = now
}

// doubt remembers which runs are under way when the clock is found to have gone
// back.
func (s *session) doubt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubtful = s.begun
}

// isDoubted tells once that a run ended which had begun before the clock went back.
func (s *session) isDoubted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.doubted
	s.doubted = false
	return was
}

// free gives the kinds of which one more may be started.
func (s *session) free() (kinds []Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	busy := map[Kind]int{}
	for _, r := range s.at {
		busy[r.kind]++
	}
	for kind, h := range s.Handlers {
		if busy[kind] < max(h.AtOnce, 1) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func (s *session) begin(l Lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun++
	s.at[l.Name] = run{l.Kind, s.begun}
}

// end makes room for another, and says so.
func (s *session) end(l Lease) {
	s.mu.Lock()
	s.doubted = s.doubted || s.at[l.Name].number <= s.doubtful
	delete(s.at, l.Name)
	s.mu.Unlock()
	select {
	case s.freed <- struct{}{}:
	default:
	}
}

func (s *session) names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.at))
}

// letGo gives back what was claimed without an answer. The lease is renewed, so
// that nobody else would ever take it.
func (s *session) letGo(ctx context.Context) error {
	if !s.unsure {
		return nil
	}
	err := s.Store.LetGo(ctx, s.member.ID(), s.names())
	s.unsure = err != nil
	return err
}

// startDue claims and starts what is due, as far as there is room.
func (s *session) startDue(ctx context.Context) {
	if err := s.letGo(ctx); err != nil {
		s.note(ctx, err)
		return
	}
	for {
		kinds := s.free()
		if len(kinds) == 0 {
			return
		}
		lease, ok, err := s.Store.Claim(ctx, s.member.ID(), kinds, s.Clock.Now())
		s.note(ctx, err)
		if err != nil {
			s.unsure = true
			return
		}
		if !ok {
			return
		}
		s.vain = 0
		s.begin(lease)
		s.working.Go(func() {
			defer s.end(lease)
			s.Do(ctx, lease)
		})
	}
}

// note counts the database's failures, and logs the first of a row.
func (s *session) note(ctx context.Context, err error) {
	if err == nil {
		s.failures = 0
		return
	}
	if s.failures++; s.failures == 1 && ctx.Err() == nil {
		s.Log.Error("the worker cannot ask for work", "err", err, "hint", digest.HintOf(err))
	}
}

// wait waits until something may be due; false means that the lease is lost.
func (s *session) wait(ctx context.Context, wakes <-chan struct{}) bool {
	Wait(ctx, s.Clock, s.pause(ctx), wakes, s.freed)
	return ctx.Err() == nil
}

// Wait waits for a time of the clock, until ctx ends, or until a channel tells that
// there is something to do; a nil channel never does.
func Wait(ctx context.Context, clock digest.Clock, pause time.Duration, wakes, freed <-chan struct{}) {
	waiting, cancel := context.WithCancel(ctx)
	slept := make(chan struct{})
	go func() {
		defer close(slept)
		_ = clock.Sleep(waiting, pause) // it ends early when woken, which is no failure
	}()
	select {
	case <-slept:
	case <-wakes:
	case <-freed:
	}
	cancel()
	<-slept
}

// pause gives the time until the next duty is due, or until it is time to look
// again.
func (s *session) pause(ctx context.Context) time.Duration {
	longest := s.Poll
	if longest <= 0 {
		longest = defaultPoll
	}
	if s.failures > 0 {
		return min(longest<<min(s.failures-1, 4), 30*time.Second)
	}
	kinds := s.free()
	if len(kinds) == 0 {
		return longest
	}
	now := s.Clock.Now()
	next, err := s.Store.NextDue(ctx, kinds, now)
	s.note(ctx, err)
	switch {
	case err != nil || next.IsZero():
		return longest
	case next.After(now):
		s.vain = 0
		return min(next.Sub(now), longest)
	}
	// Not quite at once: what is due and not to be had is another's this moment, or
	// for longer, where a process stopped in the middle of a transaction.
	s.vain++
	return min(vainPause<<min(s.vain-1, 10), longest)
}

// Do does a duty that was claimed and ends its lease. What was interrupted by the
// end of ctx is handed back.
func (r *Runner) Do(ctx context.Context, l Lease) {
	next, err := r.guarded(WithLease(ctx, l), l)
	if err != nil && ctx.Err() != nil {
		// The lease is ended even while the program stops.
		after, cancel := digest.Afterwards(ctx, handBackTime)
		defer cancel()
		if err := r.Store.HandBack(after, l); err != nil {
			r.Log.Debug("a duty could not be handed back", "duty", l.Name, "err", err)
		}
		return
	}
	now := r.Clock.Now()
	if err != nil {
		wait := min(firstAgain<<min(l.Failures, 10), longestAgain)
		if again := now.Add(wait); next.Before(again) {
			next = again
		}
		r.Log.Error("duty failed", "duty", l.Name, "err", err, "hint", digest.HintOf(err), "again_at", next)
	}
	r.complete(ctx, l, Outcome{Next: next, Err: err, Now: now})
}

// complete stores how a run ended. It goes on trying for as long as the worker's
// holds: its lease is renewed once the database is back, so that a duty whose end
// was not stored would stay with a process that is done with it.
func (r *Runner) complete(ctx context.Context, l Lease, o Outcome) {
	for told := false; ; told = true {
		after, cancel := digest.Afterwards(ctx, handBackTime)
		err := r.Store.Complete(after, l, o)
		cancel()
		switch {
		case err == nil:
			return
		case digest.KindOf(err) == digest.Conflict:
			// It was taken over or removed, or stored by a try whose answer was lost.
			r.Log.Info("a duty ended without its lease", "duty", l.Name, "err", err)
			return
		case !told:
			r.Log.Error("the end of a duty could not be stored", "duty", l.Name, "err", err)
		}
		if (digest.SystemClock{}).Sleep(ctx, endAgain) != nil {
			return // leaving gives the duty back
		}
	}
}

// guarded runs a handler within its limit; a fault of the program costs this run
// and no other.
func (r *Runner) guarded(ctx context.Context, l Lease) (next time.Time, err error) {
	h := r.Handlers[l.Kind]
	limit := h.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	defer func() {
		if fault := recover(); fault != nil {
			r.Log.Error("duty failed", "duty", l.Name, "panic", fault, "stack", string(debug.Stack()))
			err = fmt.Errorf("a fault of the program: %v", fault)
		}
	}()
	next, err = h.Do(limited, l)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = digest.Fail(digest.Unavailable, "It is tried again.", "it took longer than %s: %w", limit, err)
	}
	return next, err
}
