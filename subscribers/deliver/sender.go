package deliver

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// Options are what an [Sender] works with. Ledger, Transport and Clock must be
// set; the rest has defaults.
type Options struct {
	Ledger    Ledger
	Transport Transport
	Clock     digest.Clock
	Log       *slog.Logger // default: none
	// Concurrency is the most connections open at once; default 10.
	Concurrency int
	// Rate is the most messages over all connections, of all processes together that
	// share the work.
	Rate Rate
	// DomainConnections is how many messages are handed over at once to one receiving
	// domain at the most; 0 is no limit.
	DomainConnections int
	// Ambiguous is what happens to a message whose answer never came; default
	// [subscribers.Resend].
	Ambiguous subscribers.Ambiguity
	// RetryAfterAmbiguous is the pause before such a message goes out once
	// more; default one minute.
	RetryAfterAmbiguous time.Duration
	// GiveUpAfter is how long an address is tried; default two days.
	GiveUpAfter time.Duration
	// Grace is how long a message on the wire may take once Run is told to
	// stop; default six seconds. Settling may take two seconds more and taking
	// leave of the server another two, so that Run ends within ten.
	Grace time.Duration
	// Jitter gives numbers from [0, 1) that spread the retries; default random.
	// It is called from several goroutines.
	Jitter func() float64
}

// Job is one issue to take to its readers.
type Job struct {
	// Mailing is proposed when delivery begins; what was stored then is kept
	// for good.
	Mailing subscribers.Mailing
	// LastOfMonth tells that monthly readers get this issue too.
	LastOfMonth bool
	// From gives the envelope sender of a delivery.
	From func(subscribers.Delivery) string
	// Log is where the run tells what happens, which issue it is included; default
	// [Options.Log].
	Log *slog.Logger
	// Worker is this process among those that deliver from the same ledger; nil
	// for one that is alone.
	Worker Worker
	// Compose makes the function that makes the messages of a mailing.
	Compose func(subscribers.Mailing) (Composer, error)
	// Progress, if set, is called after results are durable, never from two
	// goroutines at once.
	Progress func(Progress)
}

// Composer appends the message of a delivery to dst. It is called from several
// goroutines, and appends the same bytes whenever it is asked about the same
// subscriber. Its error fails that address only.
type Composer func(dst []byte, d subscribers.Delivery) ([]byte, error)

// Worker is this process as one of those that deliver from a ledger.
type Worker interface {
	// ID tells processes apart; rows are claimed under it.
	ID() int64
	// Valid tells whether the worker still has its lease. One that lost it sends
	// nothing any more: its rows are another's.
	Valid() bool
}

// alone is the only process.
type alone struct{}

func (alone) ID() int64   { return 0 }
func (alone) Valid() bool { return true }

// Progress is how far an issue has come.
type Progress struct {
	Total     int // the frozen audience
	Done      int // rows to which nothing more happens
	Sent      int
	Deferred  int // rows that wait for another try or are at it, each once
	Failed    int
	Uncertain int
}

func progressOf(c subscribers.Counts) Progress {
	return Progress{
		Total:     c.Total(),
		Done:      c.Total() - c.Open(),
		Sent:      c[subscribers.Delivered],
		Deferred:  c[subscribers.Deferred],
		Failed:    c[subscribers.Failed],
		Uncertain: c[subscribers.Uncertain],
	}
}

// Summary is where an issue stands when a run ends.
type Summary struct {
	IssueID  int64
	State    digest.IssueState
	Counts   subscribers.Counts
	Sent     int  // by this run
	Finished bool // every row is terminal and the issue is sent
	// NextTry is when the next row is due; zero when none is.
	NextTry time.Time
	// Waits is what the run ended for before all that is due was sent, "" if for nothing:
	// NextTry is when there is more to do.
	Waits Waits
	// Words are the limit that is reached, or what the server said last, for Waits.
	Words string
	// Paused is why this run paused the issue; its cause is [digest.NotPaused] if it did
	// not.
	Paused digest.Pause
}

// Sender delivers issues, each by at most one run at a time. It remembers
// results that the ledger could not take, so one Sender serves a process for
// its whole life.
type Sender struct {
	o      Options
	brakes *brakes
	slots  *slots

	mu        sync.Mutex
	running   map[int64]bool
	unsettled map[int64][]Result
}

// New makes a sender and fills in the defaults.
func New(o Options) *Sender {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Concurrency <= 0 {
		o.Concurrency = 10
	}
	if o.Ambiguous == "" {
		o.Ambiguous = subscribers.Resend
	}
	if o.RetryAfterAmbiguous <= 0 {
		o.RetryAfterAmbiguous = time.Minute
	}
	if o.GiveUpAfter <= 0 {
		o.GiveUpAfter = 48 * time.Hour
	}
	if o.Grace <= 0 {
		o.Grace = 6 * time.Second
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return &Sender{o: o, brakes: newBrakes(o.DomainConnections), slots: newSlots(o.Clock, o.Concurrency), running: map[int64]bool{}, unsettled: map[int64][]Result{}}
}

// Run begins an issue's delivery or takes it up again, sends to every row that
// is due, and ends when none is: the caller comes back at Summary.NextTry.
//
// An error of kind Unavailable is the mail server's or the account's: no
// address was touched by it, and Run may be called again after a pause. An
// error of the ledger ends the run before the next message. When ctx ends, the
// messages on the wire are finished within the grace, everything is settled,
// and Run gives the error of ctx. Several processes may run the same issue, each
// as a worker of its own; a second Run in one process is refused with a Conflict.
func (s *Sender) Run(ctx context.Context, job Job) (Summary, error) {
	if job.Worker == nil {
		job.Worker = alone{}
	}
	job.Log = cmp.Or(job.Log, s.o.Log)
	id := job.Mailing.IssueID
	if err := s.enter(id); err != nil {
		return Summary{IssueID: id}, err
	}
	defer s.leave(id)
	return s.run(ctx, job)
}

func (s *Sender) enter(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[id] {
		return digest.Fail(digest.Conflict, "Wait for it to end.", "the issue is being delivered already")
	}
	s.running[id] = true
	return nil
}

func (s *Sender) leave(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, id)
}

// run holds the order of one run: begin, settle what an earlier run could not,
// recover what a dead process left, send, finish.
func (s *Sender) run(ctx context.Context, job Job) (Summary, error) {
	id := job.Mailing.IssueID
	sum := Summary{IssueID: id}
	mailing, err := s.o.Ledger.Begin(ctx, job.Mailing, job.LastOfMonth)
	if err != nil {
		return sum, err
	}
	if err := s.settleOld(ctx, id); err != nil {
		return sum, err
	}
	now := s.o.Clock.Now()
	n, err := s.o.Ledger.Recover(ctx, Recovery{
		IssueID: id, Worker: job.Worker.ID(), Policy: s.o.Ambiguous, Retry: now.Add(s.o.RetryAfterAmbiguous), Now: now,
	})
	if err != nil {
		return sum, err
	}
	if n > 0 {
		job.Log.Warn("messages in doubt after an unclean end", "rows", n, "policy", s.o.Ambiguous)
	}
	// All that is left to do once ctx ends has one time limit together.
	db, cancel := outlive(ctx, s.o.Grace+settleTime)
	defer cancel()
	workErr := s.send(ctx, db, job, mailing, &sum)
	if err := s.settleOld(db, id); err != nil {
		return sum, first(workErr, err)
	}
	if err := s.finish(db, &sum); err != nil {
		return sum, first(workErr, err)
	}
	if job.Progress != nil {
		job.Progress(progressOf(sum.Counts))
	}
	return sum, workErr
}

// first gives the error that came first: what follows has the same cause.
func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// settleTime is how long a run that was told to stop waits for the ledger after
// the grace is over.
const settleTime = 2 * time.Second

// settleOld offers the ledger the results it could not take before. They are
// known outcomes, and must be in before Recover calls their rows doubtful.
func (s *Sender) settleOld(ctx context.Context, id int64) error {
	s.mu.Lock()
	old := s.unsettled[id]
	s.mu.Unlock()
	if len(old) == 0 {
		return nil
	}
	if _, err := s.o.Ledger.Exchange(ctx, Exchange{IssueID: id, Settle: old, Now: s.o.Clock.Now()}); err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.unsettled, id)
	s.mu.Unlock()
	return nil
}

// keep remembers results for the next run.
func (s *Sender) keep(id int64, results []Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsettled[id] = append(s.unsettled[id], results...)
}

// send works off what is due, if the issue is to be sent now and anything is.
// Results are settled under db, which outlives ctx.
func (s *Sender) send(ctx, db context.Context, job Job, mailing subscribers.Mailing, sum *Summary) error {
	id := mailing.IssueID
	state, err := s.o.Ledger.IssueState(ctx, id)
	if err != nil || state != digest.Sending {
		return err
	}
	if due, err := s.due(ctx, id); err != nil || !due {
		return err
	}
	if from := s.brakes.until(s.o.Clock.Now()); !from.IsZero() {
		sum.waitsFor(WaitsForServer, from)
		sum.Words = s.wordsOf(sum.Waits)
		return nil
	}
	counts, err := s.o.Ledger.Counts(ctx, id)
	if err != nil {
		return err
	}
	compose, err := job.Compose(mailing)
	if err != nil {
		return fmt.Errorf("prepare the messages: %w", err)
	}
	r := newRun(ctx, db, s, job, mailing, compose, counts)
	defer r.close()
	err = r.work()
	sum.Sent, sum.Paused = r.committer.sent, r.committer.paused
	sum.waitsFor(r.waits.why, r.waits.until)
	sum.Words = s.wordsOf(sum.Waits)
	return err
}

// wordsOf explains a wait.
func (s *Sender) wordsOf(why Waits) string {
	switch why {
	case WaitsForRate:
		return s.o.Rate.String()
	case WaitsForServer:
		return s.brakes.said()
	}
	return ""
}

func (sum *Summary) waitsFor(why Waits, until time.Time) {
	sum.Waits, sum.NextTry = why, until
}

// due tells whether a row waits to be sent now.
func (s *Sender) due(ctx context.Context, id int64) (bool, error) {
	at, ok, err := s.o.Ledger.NextTry(ctx, id)
	return ok && !at.After(s.o.Clock.Now()), err
}

// finish closes the issue if it can be, and fills in the summary.
func (s *Sender) finish(ctx context.Context, sum *Summary) (err error) {
	l := s.o.Ledger
	if sum.State, err = l.IssueState(ctx, sum.IssueID); err != nil {
		return err
	}
	if sum.State == digest.Sending {
		if sum.Finished, err = l.Finish(ctx, sum.IssueID, s.o.Clock.Now()); err != nil {
			return err
		}
	}
	if sum.Finished {
		sum.State = digest.Sent
	}
	sum.Finished = sum.State == digest.Sent
	if sum.Counts, err = l.Counts(ctx, sum.IssueID); err != nil {
		return err
	}
	at, ok, err := l.NextTry(ctx, sum.IssueID)
	switch {
	case sum.State != digest.Sending:
		sum.Waits = ""
	case ok && sum.Waits != "" && at.Before(sum.NextTry):
		return err
	}
	sum.NextTry = time.Time{}
	if ok {
		sum.NextTry = at
	} else {
		sum.Waits = ""
	}
	return err
}
