package deliver

import (
	"fmt"
	"time"

	"postbag/subscribers"
)

const (
	// A line is given up after so many connections in a row that carried
	// nothing.
	fruitlessMost = 5
	// The pause before a connection is opened anew doubles from this.
	reconnectPause = time.Second
)

// line is one connection and its successors. It sends one message at a time and
// asks for the next only with the result of the last.
type line struct {
	run    *run
	conn   Conn
	answer chan answer

	carried   bool   // this connection got an answer about a message
	fruitless int    // connections in a row that did not
	words     string // of the last failure, without the address
}

// work sends until nothing is due, the run is told to stop, or no connection
// can be had.
func (l *line) work() {
	defer l.hangUp()
	var last *Result
	for {
		// A message may wait for its turn, a result may not.
		if l.run.limit != nil && last != nil {
			if l.settle(last) != nil {
				return
			}
			last = nil
		}
		if l.run.pace() != nil || !l.ready() {
			return
		}
		d, ok := l.next(last)
		if !ok {
			return
		}
		res, keep := l.deliver(d)
		last = &res
		if keep {
			continue
		}
		err := l.settle(last)
		l.hangUp()
		if err != nil {
			return
		}
		last = nil
	}
}

// next settles a result and claims the next row.
func (l *line) next(last *Result) (subscribers.Delivery, bool) {
	l.run.desk.asks <- ask{result: last, want: true, answer: l.answer}
	a := <-l.answer
	return a.delivery, a.ok && a.err == nil
}

// settle hands in a result and claims nothing.
func (l *line) settle(res *Result) error {
	l.run.desk.asks <- ask{result: res, answer: l.answer}
	return (<-l.answer).err
}

func (l *line) hangUp() {
	if l.conn == nil {
		return
	}
	// Every answer is in; how the server takes leave changes nothing.
	if err := l.conn.Close(); err != nil {
		l.run.e.o.Log.Debug("closing a connection", "error", err)
	}
	l.conn = nil
	if l.carried {
		l.fruitless = 0
	} else {
		l.fruitless++
	}
	l.carried = false
}

// ready makes sure of an open connection; false means that this line is done.
func (l *line) ready() bool {
	r := l.run
	for try := 0; l.conn == nil; try++ {
		if l.fruitless > 0 {
			pause := reconnectPause << min(l.fruitless-1, 5)
			if r.e.o.Clock.Sleep(r.ctx, pause) != nil {
				return false
			}
		}
		if r.ctx.Err() != nil || r.tally.reason() != "" {
			return false
		}
		if l.fruitless >= fruitlessMost {
			r.retire(unavailable(fmt.Errorf("%d connections in a row ended before they carried a message: %s", l.fruitless, l.words)))
			return false
		}
		due, err := r.e.due(r.ctx, r.mailing.IssueID)
		if err != nil {
			r.retire(err)
		}
		if err != nil || !due {
			return false
		}
		conn, err := r.e.o.Transport.Connect(r.ctx)
		switch {
		case err == nil:
			l.conn = conn
		case r.ctx.Err() != nil:
			return false
		case final(err) || try >= 2:
			r.retire(unavailable(err))
			return false
		default:
			l.fruitless++
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
func (l *line) deliver(d subscribers.Delivery) (Result, bool) {
	r := l.run
	if r.ctx.Err() != nil {
		return r.result(d, subscribers.Queued, r.e.o.Clock.Now(), 0, "told to stop before it was sent"), true
	}
	if !r.job.Worker.Valid() {
		return r.result(d, subscribers.Queued, r.e.o.Clock.Now(), 0, "another process goes on with it"), true
	}
	msg, err := r.compose(d)
	if err != nil {
		r.e.o.Log.Error("a message cannot be composed", "issue", d.IssueID, "to", subscribers.Mask(d.Email), "error", maskIn(err.Error(), d.Email))
		words := CleanReply("the message could not be composed: " + err.Error())
		r.tally.refusal(d, false, maskIn(words, d.Email))
		return r.result(d, subscribers.Failed, time.Time{}, 0, words), true
	}
	reply, err := l.conn.Send(r.wire, Envelope{From: r.job.From, To: d.Email}, msg)
	if err == nil {
		l.carried = true
		r.tally.took(d, true)
		return r.result(d, subscribers.Delivered, time.Time{}, reply.Code, CleanReply(reply.Text)), true
	}
	e := asSendError(err)
	if e.Code != 0 && e.Code != 421 && !e.Passing {
		l.carried = true
	}
	l.words = maskIn(e.words(), d.Email)
	// A server with passing trouble is left alone for a while, as one that hung
	// up is.
	return r.verdict(d, e, !l.carried), !e.Broken && !e.Passing
}
