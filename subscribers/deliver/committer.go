package deliver

import (
	"sync/atomic"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// committer is the one goroutine that writes to the ledger while connections
// send. What connections ask for while a transaction runs goes into the next
// one, so that one fsync serves them all. It claims rows ahead, so that a
// connection's next message is begun in the transaction that settles its last.
type committer struct {
	run         *run
	requests    chan request
	connections atomic.Int32  // at work
	took        time.Duration // by the last transaction

	claimed   []subscribers.Delivery // ahead, not begun
	ahead     atomic.Int32           // len(claimed), for the connections
	batch     int                    // how many to claim at once
	waits     Waits                  // what keeps a claimed row from beginning; "" if nothing does
	until     time.Time              // until when; zero: until another's answer is there
	claimedAt time.Time              // when it claimed last

	settle  []Result // of the batch, reused
	wanting []request

	sent     int
	paused   digest.Pause
	err      error // of the ledger; nothing is begun or claimed after it
	progress Progress
	// wasDeferred are the claimed rows that progress counts as deferred until they are
	// settled.
	wasDeferred map[int64]bool
}

// request is one connection's turn: the result of its last message, and whether
// it wants another.
type request struct {
	result *Result
	want   bool
	answer chan<- answer
}

// answer is a delivery that was begun, or ok false when there is none to send.
type answer struct {
	delivery subscribers.Delivery
	ok       bool
	err      error
	waits    Waits     // there is one, which may not begin yet
	until    time.Time // but from then on; zero: once others' answers are there
	stopped  bool      // the issue is not being sent
}

func newCommitter(r *run, counts subscribers.Counts) *committer {
	return &committer{run: r, requests: make(chan request), progress: progressOf(counts), wasDeferred: map[int64]bool{}}
}

// serve answers until requests is closed, then hands back what it claimed ahead.
func (c *committer) serve() {
	var batch []request
	for first := range c.requests {
		batch = c.gather(append(batch[:0], first))
		began := time.Now()
		c.commit(batch)
		c.took = time.Since(began)
	}
	c.handBack()
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
func (c *committer) gather(batch []request) []request {
	var late <-chan time.Time
	if patience := min(c.took/2, patienceMost); patience > patienceLeast {
		t := time.NewTimer(patience)
		defer t.Stop()
		late = t.C
	}
	for len(batch) < int(c.connections.Load()) {
		if late == nil {
			select {
			case a := <-c.requests:
				batch = append(batch, a)
				continue
			default:
				return batch
			}
		}
		select {
		case a := <-c.requests:
			batch = append(batch, a)
		case <-late:
			return batch
		}
	}
	return batch
}

// commit settles the results of a batch, begins a row for each that wants one,
// and claims more ahead, in one transaction; in another when too few were claimed.
func (c *committer) commit(batch []request) {
	settle, wanting := c.settle[:0], c.wanting[:0]
	for _, q := range batch {
		if q.result != nil {
			settle = append(settle, *q.result)
		}
		if q.want {
			wanting = append(wanting, q)
		}
	}
	c.settle, c.wanting = settle, wanting
	done := c.exchange(settle, len(wanting))
	for _, q := range batch {
		if !q.want {
			q.answer <- answer{err: c.err}
		}
	}
	for {
		for i, d := range done.Begun {
			wanting[i].answer <- answer{delivery: d, ok: true}
		}
		wanting = wanting[len(done.Begun):]
		waits := c.waits != "" && (done.Waiting > 0 || len(done.Claimed) == 0)
		if len(wanting) == 0 || len(c.claimed) == 0 || waits || !c.mayBegin() {
			break
		}
		done = c.exchange(nil, len(wanting))
	}
	rest := answer{err: c.err, stopped: done.Stopped, waits: c.waits, until: c.until}
	for _, q := range wanting {
		q.answer <- rest
	}
}

// mayBegin tells whether another message may be begun.
func (c *committer) mayBegin() bool {
	r := c.run
	return c.err == nil && r.ctx.Err() == nil && r.job.Worker.Valid() && r.refusals.reason().Cause == digest.NotPaused
}

// exchange is one transaction. After an error of the ledger the results are kept
// for the next run, and nobody gets another row: what cannot be recorded is not
// sent.
func (c *committer) exchange(settle []Result, want int) (done Exchanged) {
	r := c.run
	x := Exchange{IssueID: r.mailing.IssueID, Worker: r.job.Worker.ID(), Now: r.sender.o.Clock.Now(), Settle: settle, Rate: r.sender.o.Rate}
	c.waits = ""
	if want > 0 && c.mayBegin() {
		p := r.sender.brakes.pick(x.Now, c.claimed, want)
		x.Begin, c.claimed = p.begin, p.keep
		for _, d := range p.back {
			x.Settle = append(x.Settle, r.handBack(d))
		}
		if x.Claim = c.short(want-len(x.Begin), p.passed); len(x.Begin) < want && len(p.keep) > 0 {
			c.waits, c.until = WaitsForServer, p.from
		}
	}
	if c.err == nil && (len(x.Settle) > 0 || len(x.Begin) > 0 || x.Claim > 0) {
		done, c.err = r.sender.o.Ledger.Exchange(r.db, x)
	}
	if c.err != nil {
		for _, d := range x.Begin {
			r.sender.brakes.ended(d, false)
			x.Settle = append(x.Settle, r.handBack(d))
		}
		r.sender.keep(x.IssueID, x.Settle)
		return Exchanged{}
	}
	c.begun(x, done)
	c.claimed = append(c.claimed, done.Claimed...)
	for _, d := range done.Claimed {
		if d.WasDeferred {
			c.wasDeferred[d.ID] = true
		}
	}
	c.ahead.Store(int32(len(c.claimed)))
	c.settled(x.Settle)
	c.pause()
	return done
}

// begun keeps what could not begin for the rate, and takes what did not begin at all off
// the brakes.
func (c *committer) begun(x Exchange, done Exchanged) {
	tried := x.Begin[:len(x.Begin)-done.Waiting]
	for i, at := 0, 0; i < len(x.Begin); i++ {
		if at < len(done.Begun) && i < len(tried) && done.Begun[at].ID == x.Begin[i].ID {
			at++
			continue
		}
		c.run.sender.brakes.ended(x.Begin[i], false)
	}
	if done.Waiting > 0 {
		c.claimed = append(append([]subscribers.Delivery(nil), x.Begin[len(tried):]...), c.claimed...)
		c.waits, c.until = WaitsForRate, done.Next
	}
	if done.Stopped && (len(x.Begin) > 0 || x.Claim > 0) {
		c.run.waits.stop()
	}
}

// A batch of claims grows while it is used up in less than batchTime, up to batchMost,
// and shrinks while it lasts longer: what one process has claimed another cannot send.
const (
	batchTime = 200 * time.Millisecond
	batchMost = 500
)

// short gives how many rows to claim when so many are wanted at once beyond
// those that are claimed. Every connection shall find its next row claimed, and few
// statements that claim, each the dearest of an exchange, do for many messages; a
// limited rate claims one ahead, since another process may have room for the rest, and so
// does a server that takes only so much.
//
// Those passed over because their domain has enough do not count.
func (c *committer) short(want, passed int) int {
	connections := int(c.connections.Load())
	least, has := want+connections, len(c.claimed)
	if has < 2*batchMost {
		has -= passed
	}
	if !c.run.sender.o.Rate.IsZero() || c.run.sender.brakes.braked() {
		return max(want+1-has, 0)
	}
	if has >= least {
		return 0
	}
	lasted := time.Since(c.claimedAt)
	if c.claimedAt = time.Now(); lasted < batchTime {
		c.batch = min(2*c.batch, batchMost)
	} else {
		c.batch /= 2
	}
	c.batch = max(c.batch, 5*connections)
	return want + c.batch - has
}

// handBack queues again what was claimed and not begun.
func (c *committer) handBack() {
	var back []Result
	for _, d := range c.claimed {
		back = append(back, c.run.handBack(d))
	}
	c.claimed = nil
	c.ahead.Store(0)
	if len(back) > 0 {
		c.exchange(back, 0)
	}
}

// settled counts what has become durable. A row that was deferred is so no more once it
// is settled anew.
func (c *committer) settled(results []Result) {
	p := &c.progress
	for _, res := range results {
		if c.wasDeferred[res.DeliveryID] {
			delete(c.wasDeferred, res.DeliveryID)
			p.Deferred--
		}
		switch res.State {
		case subscribers.Delivered:
			p.Sent++
			c.sent++
		case subscribers.Failed:
			p.Failed++
		case subscribers.Uncertain:
			p.Uncertain++
		case subscribers.Deferred:
			p.Deferred++
			continue
		default:
			continue
		}
		p.Done++
	}
	if c.run.job.Progress != nil && len(results) > 0 {
		c.run.job.Progress(*p)
	}
}

// pause stops the issue when the sender is refused. A worker that lost its lease
// leaves that to those who go on with the issue.
func (c *committer) pause() {
	r := c.run
	reason := r.refusals.reason()
	if reason.Cause == digest.NotPaused || c.paused.Cause != digest.NotPaused || !r.job.Worker.Valid() {
		return
	}
	c.paused = reason
	err := r.sender.o.Ledger.SetIssueState(r.db, digest.Actor{Kind: digest.ByWorker}, r.mailing.IssueID, digest.Paused, reason, r.sender.o.Clock.Now(), digest.AsSeen{})
	if digest.KindOf(err) == digest.Conflict {
		// Somebody withdrew it meanwhile; it does not go on either way.
		return
	}
	c.err = err
	r.job.Log.Error("the issue is paused", "reason", reason.Detail, "advice", reason.Cause.Advice())
}
