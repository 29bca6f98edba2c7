package mail

import (
	"errors"
	"net"
	"sync/atomic"
	"time"
)

// Time limits of each step (RFC 5321, 4.5.3.2).
const (
	greetingTime  = 5 * time.Minute
	commandTime   = 5 * time.Minute // EHLO, MAIL, RCPT
	dataTime      = 2 * time.Minute
	blockTime     = 3 * time.Minute
	answerTime    = 10 * time.Minute
	handshakeTime = time.Minute
	quitTime      = 1500 * time.Millisecond
)

// replyMost is the most that a server may answer to one step, in bytes.
const replyMost = 1 << 20

var errTalkative = errors.New("the server's answer has no end")

// wire is a connection with a time limit and a size limit for each step, which
// can be given up from another goroutine.
type wire struct {
	net.Conn
	aborted atomic.Bool
	read    int
	until   time.Time // the deadline that is set
}

// within sets the time that the next step may take. Every step goes through it
// and through nothing else, so an abort that comes in between is not undone.
func (w *wire) within(d time.Duration) {
	w.read = 0
	// To set a deadline costs as much as to read a short answer: one that is right to a
	// tenth stays.
	now := time.Now()
	if left := w.until.Sub(now); left > d-d/10 && left <= d && !w.aborted.Load() {
		return
	}
	w.until = now.Add(d)
	// A connection that cannot take a deadline is closed, and says so at the
	// next read or write.
	_ = w.SetDeadline(w.until)
	if w.aborted.Load() {
		w.abort()
	}
}

// abort makes every step fail from now on.
func (w *wire) abort() {
	w.aborted.Store(true)
	_ = w.SetDeadline(time.Unix(1, 0))
}

// Read reads from the connection.
func (w *wire) Read(p []byte) (int, error) {
	if w.read > replyMost {
		return 0, errTalkative
	}
	n, err := w.Conn.Read(p)
	w.read += n
	return n, err
}
