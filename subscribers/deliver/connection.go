package deliver

import (
	"fmt"
	"time"

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

	message []byte // reused from one to the next

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
		// A message may wait for its turn, a result may not.
		if c.run.limit != nil && last != nil {
			if c.settle(last) != nil {
				return
			}
			last = nil
		}
		if c.run.pace() != nil || !c.ready() {
			return
		}
		d, ok := c.next(last)
		if !ok {
			return
		}
		res, keep := c.deliver(d)
		last = &res
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
func (c *connection) next(last *Result) (subscribers.Delivery, bool) {
	c.run.committer.requests <- request{result: last, want: true, answer: c.answer}
	a := <-c.answer
	return a.delivery, a.ok && a.err == nil
}

// settle hands in a result and begins nothing.
func (c *connection) settle(res *Result) error {
	c.run.committer.requests <- request{result: res, answer: c.answer}
	return (<-c.answer).err
}

func (c *connection) hangUp() {
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
		if c.fruitless > 0 {
			pause := reconnectPause << min(c.fruitless-1, 5)
			if r.sender.o.Clock.Sleep(r.ctx, pause) != nil {
				return false
			}
		}
		if r.ctx.Err() != nil || r.refusals.reason() != "" {
			return false
		}
		if c.fruitless >= fruitlessMost {
			r.retire(unavailable(fmt.Errorf("%d connections in a row ended before they carried a message: %s", c.fruitless, c.words)))
			return false
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
	r := c.run
	if r.ctx.Err() != nil || !r.job.Worker.Valid() {
		return r.handBack(d), true
	}
	msg, err := r.compose(c.message[:0], d)
	if err != nil {
		return r.uncomposed(d, err), true
	}
	c.message = msg
	reply, err := c.conn.Send(r.wire, Envelope{From: r.job.From(d), To: d.Email}, msg)
	if err == nil {
		c.carried = true
		r.refusals.took(d, true)
		return r.result(d, subscribers.Delivered, time.Time{}, Accepted(reply)), true
	}
	e := asSendError(err)
	if e.Code != 0 && e.Code != 421 && !e.Passing {
		c.carried = true
	}
	c.words = maskIn(e.words(), d.Email)
	// A server with passing trouble is left alone for a while, as one that hung
	// up is.
	return r.failure(d, e, !c.carried), !e.Broken && !e.Passing
}
