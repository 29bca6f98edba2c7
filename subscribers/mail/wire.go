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

// replyMost is the most that a server may answer to one step.
const replyMost = 64 << 10

var errTalkative = errors.New("the server's answer has no end")

// wire is a connection with a time limit and a size limit for each step, which
// can be given up from another goroutine.
type wire struct {
	net.Conn
	aborted atomic.Bool
	read    int
}

// within sets the time that the next step may take. Every step goes through it
// and through nothing else, so an abort that comes in between is not undone.
func (w *wire) within(d time.Duration) {
	w.read = 0
	// A connection that cannot take a deadline is closed, and says so at the
	// next read or write.
	_ = w.SetDeadline(time.Now().Add(d))
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
