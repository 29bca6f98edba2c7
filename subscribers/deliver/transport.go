package deliver

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"postbag/digest"
	"postbag/subscribers"
)

// Transport opens connections to whatever takes the mail: an SMTP server, or a
// directory.
type Transport interface {
	// Connect opens a connection that is ready for the first message: greeted,
	// encrypted and signed in. Its errors are of type [*SendError] with class
	// [SenderSide]; no address is ever to blame for one.
	Connect(ctx context.Context) (Conn, error)
}

// Conn is one open connection. One goroutine uses it at a time.
type Conn interface {
	// Send hands over one message for one recipient. A nil error means that the
	// server answered for it, whatever happens to the connection afterwards.
	// Any other outcome is a [*SendError]. When ctx ends, Send gives up at once
	// and says what is known of the message by then.
	Send(ctx context.Context, env Envelope, msg []byte) (Reply, error)
	// Close takes leave of the server, within two seconds.
	Close() error
}

// Envelope is where a message comes from and the one address it goes to
// (RFC 5321, 2.3.1), both bare.
type Envelope struct {
	From string
	To   string
}

// Reply is a server's answer to a whole message.
type Reply struct {
	Code int
	Text string // one line, at most 500 bytes, without control characters
}

// Stage is the step at which sending failed.
type Stage string

// The stages, in the order in which a message passes them.
const (
	StageConnect Stage = "connect"
	StageTLS     Stage = "tls"
	StageAuth    Stage = "auth"
	StageMail    Stage = "mail"
	StageRcpt    Stage = "rcpt"
	StageData    Stage = "data" // the command
	StageBody    Stage = "body" // the message and the answer to it
)

// Class says whom a failure concerns and whether to try again.
type Class int

// The classes.
const (
	// Ambiguous is a message whose end was, or may have been, written and whose
	// answer never came (RFC 1047).
	Ambiguous Class = iota
	// Temporary is a temporary refusal of this address or message (4yz).
	Temporary
	// Permanent is a refusal of this address or message for good (5yz).
	Permanent
	// SenderSide is the sender's or the server's trouble: a connection that
	// failed before the message, a refusal of the sender, a server that takes
	// mail from nobody at the moment. It says nothing about the address.
	SenderSide
)

// String names the class.
func (c Class) String() string {
	switch c {
	case Ambiguous:
		return "ambiguous"
	case Temporary:
		return "temporary"
	case Permanent:
		return "permanent"
	case SenderSide:
		return "sender"
	}
	return "unknown"
}

// SendError is a message that was not, or not surely, taken.
type SendError struct {
	Stage    Stage
	Class    Class
	Code     int    // SMTP reply code, 0 if there was no reply
	Enhanced string // RFC 3463 status code such as "5.1.1", or ""
	Text     string // the server's words as in [Reply]; "" if there was no reply
	// Broken tells that the connection cannot carry another message.
	Broken bool
	// Passing tells that SenderSide trouble goes away by itself: a server short
	// of space or too busy. It refuses nobody, so it counts for no pause.
	Passing bool
	// Unverified tells that the provider does not know the sender's address or domain as
	// ours: nothing is taken before somebody verifies it there.
	Unverified bool
	// Throttle tells how the refusal limits how much is taken.
	Throttle Throttle
	Err      error // the cause, never nil where there was no reply
}

// Error tells the stage and the server's words, or the cause.
func (e *SendError) Error() string {
	switch {
	case e.Code != 0:
		return fmt.Sprintf("%s: %d %s", e.Stage, e.Code, e.Text)
	case e.Err != nil:
		return fmt.Sprintf("%s: %v", e.Stage, e.Err)
	}
	return string(e.Stage) + ": failed"
}

// Unwrap gives the cause.
func (e *SendError) Unwrap() error { return e.Err }

// Lost tells whether the connection ended, or the server ended it with a 421,
// before the message began.
func (e *SendError) Lost() bool {
	return e.Class == SenderSide && e.Broken && (e.Code == 0 || e.Code == 421)
}

// aboutAddress tells whether a refusal for good is surely about the address, and
// not about what was sent (RFC 3463, 3.2 and 3.3).
func (e *SendError) aboutAddress() bool {
	return e.Stage == StageRcpt || strings.HasPrefix(e.Enhanced, "5.1.") || strings.HasPrefix(e.Enhanced, "5.2.")
}

// outcome is what a ledger keeps of a failure.
func (e *SendError) outcome() subscribers.Outcome {
	o := subscribers.Outcome{Cause: e.cause(), Code: e.Code}
	if e.Code != 0 {
		o.Reply = CleanReply(e.Text)
	} else {
		o.Error = e.words()
	}
	return o
}

// cause names what a failure came of.
func (e *SendError) cause() subscribers.Cause {
	switch {
	case e.Class == Ambiguous:
		return subscribers.NoAnswer
	case e.Class == Permanent && e.Code == 0:
		return subscribers.NotSendable
	case e.Class == Permanent && e.aboutAddress():
		return subscribers.AddressRefused
	case e.Class == Permanent:
		return subscribers.MessageRefused
	case e.Class == SenderSide && !e.Lost() && !e.Passing:
		return subscribers.SenderRefused
	case e.Code == 0:
		return subscribers.NoConnection
	case strings.HasSuffix(e.Enhanced, ".2.2"), e.Code == 552 && e.Enhanced == "":
		return subscribers.MailboxFull
	}
	return subscribers.TryLater
}

// words are the server's, or say what went wrong where it had none.
func (e *SendError) words() string {
	switch {
	case e.Code != 0:
		return CleanReply(e.Text)
	case e.Err != nil:
		return CleanReply(e.Err.Error())
	}
	return CleanReply(e.Error())
}

// said is who said the words, as the name of a field of the log: the server's are a reply.
func (e *SendError) said() string {
	if e.Code != 0 {
		return "reply"
	}
	return "error"
}

// pause is what an issue is paused for when there are many of this failure; without the
// address to.
func (e *SendError) pause(to string) digest.Pause {
	p := digest.Pause{Cause: digest.PauseRefused, Detail: maskIn(e.words(), to)}
	if e.Unverified {
		p.Cause = digest.PauseUnverified
	}
	return p
}

// Advice says what to do about a failure that a person must mend, as a sentence without
// its full stop, or is "" where that is not known.
func (e *SendError) Advice() string { return e.pause("").Cause.Advice() }

// masked gives the failure without the address in the server's words, for logs
// and for whoever shows an error.
func (e *SendError) masked(to string) *SendError {
	c := *e
	c.Text = maskIn(e.Text, to)
	if e.Code != 0 {
		c.Err = nil // the same words again
	}
	return &c
}

// asSendError reads any error of a transport; one that does not say what
// happened is in doubt.
func asSendError(err error) *SendError {
	if e, ok := errors.AsType[*SendError](err); ok {
		return e
	}
	return &SendError{Stage: StageBody, Class: Ambiguous, Broken: true, Err: err}
}

// CleanReply makes a server's words fit for a row, a log and a terminal: one
// line, no control characters, valid UTF-8, at most 500 bytes.
func CleanReply(s string) string {
	const most = 500
	if len(s) <= most && isPlain(s) {
		return s
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most-len("…")], "") + "…"
	}
	return s
}

// isPlain tells that a text is one line of ASCII with single spaces in it: nearly every
// reply is.
func isPlain(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && last == ' ' {
			return false
		}
		last = c
	}
	return s == "" || last != ' '
}
