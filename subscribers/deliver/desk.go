package deliver

import (
	"sync/atomic"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// desk is the one goroutine that speaks with the ledger while connections send.
// What connections ask for while a transaction runs goes into the next one, so
// that one fsync serves them all.
type desk struct {
	run   *run
	asks  chan ask
	lines atomic.Int32  // connections at work
	took  time.Duration // by the last transaction

	sent     int
	paused   string
	err      error // of the ledger; nothing is claimed after it
	progress Progress
}

// ask is one connection's turn: the result of its last message, and whether it
// wants another.
type ask struct {
	result *Result
	want   bool
	answer chan<- answer
}

// answer is a claimed delivery, or ok false when there is none to send.
type answer struct {
	delivery subscribers.Delivery
	ok       bool
	err      error
}

func newDesk(r *run, counts subscribers.Counts) *desk {
	return &desk{run: r, asks: make(chan ask), progress: progressOf(counts)}
}

// serve answers until asks is closed.
func (d *desk) serve() {
	var batch []ask
	for first := range d.asks {
		batch = d.gather(append(batch[:0], first))
		began := time.Now()
		d.exchange(batch)
		d.took = time.Since(began)
	}
}

// Below this, waiting for company costs more than it saves; above that, it would
// be felt.
const (
	patienceLeast = 200 * time.Microsecond
	patienceMost  = 10 * time.Millisecond
)

// gather adds what other connections ask for, and waits for those that are not
// far: half as long as a transaction takes, because one that starts without
// them makes them wait for the whole of it.
func (d *desk) gather(batch []ask) []ask {
	var late <-chan time.Time
	if patience := min(d.took/2, patienceMost); patience > patienceLeast {
		t := time.NewTimer(patience)
		defer t.Stop()
		late = t.C
	}
	for len(batch) < int(d.lines.Load()) {
		if late == nil {
			select {
			case a := <-d.asks:
				batch = append(batch, a)
				continue
			default:
				return batch
			}
		}
		select {
		case a := <-d.asks:
			batch = append(batch, a)
		case <-late:
			return batch
		}
	}
	return batch
}

// exchange settles and claims for a batch in one transaction. After an error of
// the ledger the results are kept for the next run, and nobody gets another
// row: what cannot be recorded is not sent.
func (d *desk) exchange(batch []ask) {
	r := d.run
	x := Exchange{IssueID: r.mailing.IssueID, Worker: r.job.Worker.ID(), Now: r.e.o.Clock.Now()}
	for _, a := range batch {
		if a.result != nil {
			x.Settle = append(x.Settle, *a.result)
		}
		if a.want && d.err == nil && r.ctx.Err() == nil && r.job.Worker.Valid() && r.tally.reason() == "" {
			x.Claim++
		}
	}
	var claimed []subscribers.Delivery
	if d.err == nil && (len(x.Settle) > 0 || x.Claim > 0) {
		claimed, d.err = r.e.o.Ledger.Exchange(r.db, x)
	}
	if d.err != nil {
		r.e.keep(x.IssueID, x.Settle)
	} else {
		d.settled(x.Settle)
		d.pause()
	}
	for _, a := range batch {
		out := answer{err: d.err}
		if a.want && len(claimed) > 0 {
			out.delivery, out.ok = claimed[0], true
			claimed = claimed[1:]
		}
		a.answer <- out
	}
}

// settled counts what has become durable.
func (d *desk) settled(results []Result) {
	p := &d.progress
	for _, res := range results {
		switch res.State {
		case subscribers.Delivered:
			p.Sent++
			d.sent++
		case subscribers.Failed:
			p.Failed++
		case subscribers.Uncertain:
			p.Uncertain++
		default:
			continue
		}
		p.Done++
	}
	if d.run.job.Progress != nil && len(results) > 0 {
		d.run.job.Progress(*p)
	}
}

// pause stops the issue when the tally says that the sender is refused. One that
// lost its place leaves that to those who go on with the issue.
func (d *desk) pause() {
	r := d.run
	reason := r.tally.reason()
	if reason == "" || d.paused != "" || !r.job.Worker.Valid() {
		return
	}
	d.paused = reason
	err := r.e.o.Ledger.SetIssueState(r.db, r.mailing.IssueID, digest.Paused, digest.Pause{Cause: digest.PauseRefused, Detail: reason}, r.e.o.Clock.Now())
	if digest.KindOf(err) == digest.Conflict {
		// Somebody withdrew it meanwhile; it does not go on either way.
		return
	}
	d.err = err
	r.e.o.Log.Error("the issue is paused", "issue", r.mailing.IssueID, "reason", reason)
}
