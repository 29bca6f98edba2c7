package work_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/work"
)

// table is a store with duties that are due, each once.
type table struct {
	mu    sync.Mutex
	due   []work.Duty
	ended []work.Outcome // by the order of ending
	back  []string       // what was handed back
	told  chan struct{}  // that one ended
	wakes chan struct{}
}

func newTable(due ...work.Duty) *table {
	return &table{due: due, told: make(chan struct{}, 100), wakes: make(chan struct{}, 1)}
}

func (t *table) Plan(context.Context, time.Time, ...work.Duty) error { return nil }

func (t *table) Claim(_ context.Context, worker int64, kinds []work.Kind, _ time.Time) (l work.Lease, ok bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.IndexFunc(t.due, func(d work.Duty) bool { return slices.Contains(kinds, d.Kind) })
	if i < 0 {
		return l, false, nil
	}
	l = work.Lease{Duty: t.due[i], Worker: worker}
	t.due = slices.Delete(t.due, i, i+1)
	return l, true, nil
}

func (t *table) ClaimNamed(context.Context, int64, string, time.Time) (work.Lease, error) {
	return work.Lease{}, errors.New("nobody asks for a name here")
}

func (t *table) Complete(_ context.Context, _ work.Lease, o work.Outcome) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = append(t.ended, o)
	t.told <- struct{}{}
	return nil
}

func (t *table) HandBack(_ context.Context, l work.Lease) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.back = append(t.back, l.Name)
	return nil
}

func (t *table) LetGo(context.Context, int64, []string) error { return nil }

func (t *table) NextDue(_ context.Context, kinds []work.Kind, now time.Time) (time.Time, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if slices.ContainsFunc(t.due, func(d work.Duty) bool { return slices.Contains(kinds, d.Kind) }) {
		return now, nil
	}
	return time.Time{}, nil
}

func (t *table) Wakes(context.Context) <-chan struct{} { return t.wakes }

func (t *table) outcomes() []work.Outcome {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.ended)
}

// spot is a member whose lease holds until its context ends.
type spot struct{ ctx context.Context }

func (spot) ID() int64                  { return 1 }
func (s spot) Context() context.Context { return s.ctx }
func (spot) Valid() bool                { return true }
func (spot) Present() int               { return 1 }
func (spot) Leave()                     {}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func runner(t *table, handlers map[work.Kind]work.Handler) *work.Runner {
	return &work.Runner{Store: t, Clock: digest.NewTestClock(noon, 1), Log: slog.New(slog.DiscardHandler), Handlers: handlers}
}

func lease(kind work.Kind, failures int) work.Lease {
	return work.Lease{Duty: work.Duty{Name: string(kind), Kind: kind, Failures: failures}}
}

// run works until stop is called, which waits for the end.
func run(t *testing.T, r *work.Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.Run(spot{ctx})
	}()
	stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return stop
}

// TestAFailingDutyWaits tries a duty that fails again later and later, and at least
// every quarter of an hour.
func TestAFailingDutyWaits(t *testing.T) {
	for failures, want := range map[int]time.Duration{0: 10 * time.Second, 1: 20 * time.Second, 3: 80 * time.Second, 9: 15 * time.Minute, 300: 15 * time.Minute} {
		due := newTable()
		r := runner(due, map[work.Kind]work.Handler{work.Draft: {Do: func(context.Context, work.Lease) (time.Time, error) {
			return time.Time{}, errors.New("no")
		}}})
		r.Do(t.Context(), lease(work.Draft, failures))
		o := due.outcomes()
		if len(o) != 1 || o[0].Err == nil || o[0].Next.Sub(o[0].Now) != want {
			t.Errorf("after %d failures: %+v, want to wait %s", failures, o, want)
		}
	}
}

// TestADutysLimit ends a run that takes longer than its kind may.
func TestADutysLimit(t *testing.T) {
	due := newTable()
	r := runner(due, map[work.Kind]work.Handler{work.Pull: {Limit: time.Millisecond, Do: func(ctx context.Context, _ work.Lease) (time.Time, error) {
		<-ctx.Done()
		return time.Time{}, ctx.Err()
	}}})
	r.Do(t.Context(), lease(work.Pull, 0))
	if o := due.outcomes(); len(o) != 1 || digest.KindOf(o[0].Err) != digest.Unavailable || !strings.Contains(o[0].Err.Error(), "longer than 1ms") {
		t.Errorf("it ended as %+v", o)
	}
}

// TestAPanicCostsOneRun lets a duty panic: it failed, and the others are done.
func TestAPanicCostsOneRun(t *testing.T) {
	due := newTable(work.Duty{Name: "index", Kind: "index"}, work.Duty{Name: "clean-up", Kind: "clean-up"})
	stop := run(t, runner(due, map[work.Kind]work.Handler{
		"index":    {Do: func(context.Context, work.Lease) (time.Time, error) { panic("oh") }},
		"clean-up": {Do: func(context.Context, work.Lease) (time.Time, error) { return noon, nil }},
	}))
	<-due.told
	<-due.told
	stop()
	failed := 0
	for _, o := range due.outcomes() {
		if o.Err != nil && strings.Contains(o.Err.Error(), "oh") {
			failed++
		}
	}
	if n := len(due.outcomes()); n != 2 || failed != 1 {
		t.Errorf("%d duties ended, %d of them failed", n, failed)
	}
}

// TestAtOnce does at most so many of a kind side by side, and all of them.
func TestAtOnce(t *testing.T) {
	const all, most = 12, 4
	due := newTable()
	for i := range all {
		due.due = append(due.due, work.Duty{Name: fmt.Sprint("pull:", i), Kind: work.Pull})
	}
	under, finish := make(chan struct{}, all), make(chan struct{})
	stop := run(t, runner(due, map[work.Kind]work.Handler{work.Pull: {AtOnce: most, Do: func(context.Context, work.Lease) (time.Time, error) {
		under <- struct{}{}
		<-finish
		return noon, nil
	}}}))
	for range most {
		<-under
	}
	for range all - most { // each that ends makes room for one
		if n := len(under); n != 0 {
			t.Errorf("%d more are under way than may be", n)
		}
		finish <- struct{}{}
		<-under
	}
	close(finish)
	stop()
	if n := len(due.outcomes()); n != all {
		t.Errorf("%d were done, want %d", n, all)
	}
}

// TestStoppedRunIsHandedBack stops in the middle of a run: it is not done, and it
// did not fail.
func TestStoppedRunIsHandedBack(t *testing.T) {
	due := newTable(work.Duty{Name: "draft:s", Kind: work.Draft})
	begun := make(chan struct{})
	stop := run(t, runner(due, map[work.Kind]work.Handler{work.Draft: {Do: func(ctx context.Context, _ work.Lease) (time.Time, error) {
		close(begun)
		<-ctx.Done()
		return time.Time{}, ctx.Err()
	}}}))
	<-begun
	stop()
	if len(due.outcomes()) != 0 || !slices.Equal(due.back, []string{"draft:s"}) {
		t.Errorf("ended %v, handed back %v", due.outcomes(), due.back)
	}
}

// setClock is a clock that is put right by hand.
type setClock struct {
	digest.SystemClock
	mu  sync.Mutex
	now time.Time
}

func (c *setClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *setClock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// TestClockGoesBack puts a clock back by hours while a duty is under way. That is
// noticed at once, and once more when the duty has ended, for it stored moments of
// the clock as it was; and not again.
func TestClockGoesBack(t *testing.T) {
	due := newTable(work.Duty{Name: "pull:1", Kind: work.Pull})
	clock := &setClock{now: noon}
	begun, finish := make(chan struct{}), make(chan struct{})
	noticed := make(chan int, 10) // how many runs had ended by then
	r := runner(due, map[work.Kind]work.Handler{
		work.Pull:  {Do: func(context.Context, work.Lease) (time.Time, error) { close(begun); <-finish; return noon, nil }},
		"clean-up": {Do: func(context.Context, work.Lease) (time.Time, error) { return noon, nil }},
	})
	r.Clock, r.Poll = clock, time.Hour
	r.WentBack = func(context.Context) error { noticed <- len(due.outcomes()); return nil }
	stop := run(t, r)
	<-begun
	clock.set(noon.Add(-3 * time.Hour))
	due.wakes <- struct{}{}
	if n := <-noticed; n != 0 {
		t.Errorf("it was noticed after %d runs", n)
	}
	close(finish)
	if n := <-noticed; n != 1 {
		t.Errorf("the run that was under way had not ended: %d", n)
	}
	due.mu.Lock()
	due.due = append(due.due, work.Duty{Name: "clean-up", Kind: "clean-up"})
	due.mu.Unlock()
	due.wakes <- struct{}{}
	<-due.told
	<-due.told
	stop()
	if n := len(noticed); n != 0 {
		t.Errorf("it was noticed %d more times", n)
	}
}
