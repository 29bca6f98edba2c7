package deliver

import (
	"fmt"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

const (
	// The server is given up after so many connections in a row that carried
	// nothing.
	fruitlessMost = 5
	// The pause before a connection is opened anew doubles from this.
	reconnectPause = time.Second
)

// connection is one connection to the server and its successors. It sends one
// message at a time and asks for the next only with the result of the last.
type connection struct {
	run    *run
	conn   Conn
	answer chan answer

	slot  bool // it has one of the process' connections
	since time.Time

	message []byte // reused from one to the next
	result  Result // of the last message, which the committer reads

	carried   bool   // this connection got an answer about a message
	fruitless int    // connections in a row that did not
	words     string // of the last failure, without the address
}

// work sends until nothing is due, the run is told to stop, or no connection
// can be had.
func (c *connection) work() {
	defer c.hangUp()
	var last *Result
	for {
		if c.run.sender.slots.yields(c.run, c.since) {
			if last != nil && c.settle(last) != nil {
				return
			}
			last = nil
			c.hangUp()
		}
		if !c.ready() {
			return
		}
		seen := c.run.sender.brakes.seen()
		a := c.next(last)
		last = nil
		switch {
		case a.err != nil:
			return
		case a.waits != "":
			if !c.run.waits.turn(a.until, a.waits, c.run.sender.brakes.next(seen)) {
				return
			}
			if c.run.waits.context().Err() == nil {
				continue
			}
			fallthrough
		case a.stopped:
			if !c.goesOn() {
				return
			}
			continue
		case !a.ok:
			return
		}
		keep := false
		c.result, keep = c.deliver(a.delivery)
		last = &c.result
		if keep {
			continue
		}
		err := c.settle(last)
		c.hangUp()
		if err != nil {
			return
		}
		last = nil
	}
}

// next settles a result and begins the next row.
func (c *connection) next(last *Result) answer {
	c.run.committer.requests <- request{result: last, want: true, answer: c.answer}
	return <-c.answer
}

// goesOn waits without a connection once the issue is not being sent, for as long as
// another message is on the wire, and tells whether it goes on. The run cannot end before.
func (c *connection) goesOn() bool {
	c.hangUp()
	return c.run.waits.resumed()
}

// settle hands in a result and begins nothing.
func (c *connection) settle(res *Result) error {
	c.run.committer.requests <- request{result: res, answer: c.answer}
	return (<-c.answer).err
}

func (c *connection) hangUp() {
	if c.slot {
		defer c.run.sender.slots.free(c.run)
		c.slot = false
	}
	if c.conn == nil {
		return
	}
	// Every answer is in; how the server takes leave changes nothing.
	if err := c.conn.Close(); err != nil {
		c.run.job.Log.Debug("closing a connection", "error", err)
	}
	c.conn = nil
	if c.carried {
		c.fruitless = 0
	} else {
		c.fruitless++
	}
	c.carried = false
}

// ready makes sure of an open connection; false means that this one is done.
func (c *connection) ready() bool {
	r := c.run
	for try := 0; c.conn == nil; try++ {
		if from := r.sender.brakes.until(r.sender.o.Clock.Now()); !from.IsZero() && !r.waits.turn(from, WaitsForServer, nil) {
			return false
		}
		if c.fruitless > 0 {
			pause := reconnectPause << min(c.fruitless-1, 5)
			if r.waits.sleep(pause) != nil {
				if !c.goesOn() {
					return false
				}
				continue
			}
		}
		if r.ctx.Err() != nil || r.refusals.reason().Cause != digest.NotPaused {
			return false
		}
		if c.fruitless >= fruitlessMost {
			r.retire(unavailable(fmt.Errorf("%d connections in a row ended before they carried a message: %s", c.fruitless, c.words)))
			return false
		}
		if !c.slot {
			if c.slot = r.sender.slots.take(r.waits.context(), r); !c.slot {
				if !c.goesOn() {
					return false
				}
				continue
			}
			c.since = r.sender.o.Clock.Now()
		}
		due, err := r.due()
		if err != nil {
			r.retire(err)
		}
		if err != nil || !due {
			return false
		}
		conn, err := r.sender.o.Transport.Connect(r.ctx)
		switch {
		case err == nil:
			c.conn = conn
		case r.ctx.Err() != nil:
			return false
		case final(err) || try >= 2:
			r.retire(unavailable(err))
			return false
		default:
			c.fruitless++
		}
	}
	return true
}

// final tells whether dialling again at once is useless, or dangerous for the
// account.
func final(err error) bool {
	e := asSendError(err)
	return e.Stage == StageAuth || e.Stage == StageTLS || e.Code >= 500
}

// deliver composes and sends one message, and tells what became of it and
// whether the connection can carry another.
func (c *connection) deliver(d subscribers.Delivery) (Result, bool) {
	r, handed := c.run, false
	r.waits.begins()
	defer func() {
		r.sender.brakes.ended(d, handed)
		r.waits.ends()
	}()
	if r.ctx.Err() != nil || !r.job.Worker.Valid() {
		return r.handBack(d), true
	}
	msg, err := r.compose(c.message[:0], d)
	if err != nil {
		return r.uncomposed(d, err), true
	}
	c.message, handed = msg, true
	reply, err := c.conn.Send(r.wire, Envelope{From: r.job.From(d), To: d.Email}, msg)
	if err == nil {
		c.carried = true
		r.refusals.took(d, true)
		r.sender.brakes.took(r.sender.o.Clock.Now(), d)
		return r.result(d, subscribers.Delivered, time.Time{}, Accepted(reply)), true
	}
	e := asSendError(err)
	next, throttled := r.sender.brakes.refused(r.sender.o.Clock.Now(), d, e, !c.carried)
	if throttled {
		c.carried = true
		r.sender.brakes.says(maskIn(e.words(), d.Email))
		return r.slower(d, e, next), !e.Broken
	}
	if e.Code != 0 && e.Code != 421 && !e.Passing {
		c.carried = true
	}
	c.words = maskIn(e.words(), d.Email)
	// A server with passing trouble is left alone for a while, as one that hung
	// up is.
	return r.failure(d, e, !c.carried), !e.Broken && !e.Passing
}
