package deliver

import (
	"context"
	"errors"
	"sync"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// run is one pass over the due rows of one issue.
type run struct {
	sender  *Sender
	job     Job
	mailing subscribers.Mailing
	compose Composer

	ctx  context.Context // ends when the run is told to stop
	wire context.Context // outlives ctx by the grace: messages on the wire
	db   context.Context // outlives wire: settling

	close func() // ends wire

	committer *committer
	refusals  *refusals
	waits     *waits

	mu      sync.Mutex
	retired error // the first reason why a connection was given up
}

func newRun(ctx, db context.Context, s *Sender, job Job, m subscribers.Mailing, compose Composer, counts subscribers.Counts) *run {
	r := &run{sender: s, job: job, mailing: m, compose: compose, ctx: ctx, db: db, refusals: newRefusals(counts, m)}
	r.wire, r.close = outlive(ctx, s.o.Grace)
	r.committer = newCommitter(r, counts)
	r.waits = newWaits(r)
	return r
}

// outlive gives a context that ends the given time after ctx does, or when
// cancelled.
func outlive(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		t := time.NewTimer(by)
		defer t.Stop()
		select {
		case <-t.C:
			cancel()
		case <-longer.Done():
		}
	})
	return longer, func() { stop(); cancel() }
}

// work opens the first connection alone, so that a wrong password is tried once
// and not ten times, and then as many more as there are rows to send.
func (r *run) work() error {
	defer r.waits.close()
	if !r.sender.slots.take(r.ctx, r) {
		return r.ctx.Err()
	}
	first, err := r.sender.o.Transport.Connect(r.ctx)
	if err != nil {
		r.sender.slots.free(r)
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		return unavailable(err)
	}
	var committing, connections sync.WaitGroup
	done := make(chan struct{})
	committing.Go(r.committer.serve)
	committing.Go(func() { r.waits.look(done) })
	for i := range min(r.sender.o.Concurrency, max(r.refusals.open, 1)) {
		c := &connection{run: r, answer: make(chan answer, 1)}
		if i == 0 {
			c.conn, c.slot, c.since = first, true, r.sender.o.Clock.Now()
		}
		r.committer.connections.Add(1)
		connections.Go(func() {
			defer r.committer.connections.Add(-1)
			c.work()
		})
	}
	connections.Wait()
	close(done)
	close(r.committer.requests)
	committing.Wait()
	return r.outcome()
}

// outcome is the error of the whole pass. A connection that was given up is one
// only if it left rows undone.
func (r *run) outcome() error {
	switch {
	case r.committer.err != nil:
		return r.committer.err
	case r.ctx.Err() != nil:
		return r.ctx.Err()
	case r.retired == nil || r.committer.paused.Cause != digest.NotPaused || !r.waits.until.IsZero():
		return nil
	}
	due, err := r.due()
	if err != nil {
		return err
	}
	state, err := r.sender.o.Ledger.IssueState(r.ctx, r.mailing.IssueID)
	if err != nil || !due || state != digest.Sending {
		return err
	}
	return r.retired
}

// due tells whether a row waits to be sent now: one that is claimed ahead, or one
// of the ledger.
func (r *run) due() (bool, error) {
	if r.committer.ahead.Load() > 0 {
		return true, nil
	}
	return r.sender.due(r.ctx, r.mailing.IssueID)
}

// retire notes why a connection is given up.
func (r *run) retire(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.retired == nil {
		r.retired = err
	}
	r.job.Log.Warn("a connection is given up", "error", err)
}

// unavailable makes sure that the sender's trouble carries a kind and a hint.
func unavailable(err error) error {
	if _, ok := errors.AsType[*digest.Error](err); ok {
		return err
	}
	hint := "Nothing is lost: sending goes on by itself once the server takes mail again."
	if e, ok := errors.AsType[*SendError](err); ok && e.Advice() != "" {
		hint = e.Advice() + ". " + hint
	}
	return digest.Fail(digest.Unavailable, hint, "the mail server does not take mail: %w", err)
}
