package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"postbag/digest"
	"postbag/subscribers/deliver"
	"postbag/subscribers/message"
)

// session is one open SMTP connection. It sends MAIL, RCPT and DATA, in one write
// where the server offers PIPELINING (RFC 2920), then the message, and nothing in
// between: no NOOP to ask whether the server is still there, and no RSET that could
// fail after a message was taken.
type session struct {
	client    *smtp.Client
	wire      *wire
	utf8      bool   // SMTPUTF8 is offered
	pipelines bool   // PIPELINING is offered
	block     []byte // reused for what goes over the wire
	broken    bool

	ctx  context.Context // whose end aborts the wire
	stop func() bool
}

var _ deliver.Conn = (*session)(nil)

// Send hands one message to the server. Once the answer 250 is read the message
// is sent, whatever becomes of the connection.
func (s *session) Send(ctx context.Context, env deliver.Envelope, msg []byte) (deliver.Reply, error) {
	s.heed(ctx)
	reply, err := s.transact(env, msg)
	if e, ok := errors.AsType[*deliver.SendError](err); ok && e.Broken {
		s.broken = true
	}
	return reply, err
}

// heed has the end of ctx abort the wire, in the place of an earlier one.
func (s *session) heed(ctx context.Context) {
	if s.ctx == ctx {
		return
	}
	if s.stop != nil {
		s.stop()
	}
	s.ctx, s.stop = ctx, context.AfterFunc(ctx, s.wire.abort)
}

func (s *session) transact(env deliver.Envelope, msg []byte) (deliver.Reply, error) {
	if err := s.open(env); err != nil {
		return deliver.Reply{}, err
	}
	if err := s.inStep(deliver.StageData); err != nil {
		return deliver.Reply{}, err
	}
	if err := s.write(msg); err != nil {
		return deliver.Reply{}, err
	}
	return s.answered()
}

// command is a line to the server, the step that it is, and the code that lets it pass.
type command struct {
	stage deliver.Stage
	verb  string // all that goes before the address
	to    string // the address, or nothing
	end   string // of the line
	code  int    // its first digits
	time  time.Duration
}

// open brings a transaction up to where the message may follow. SMTPUTF8 is asked for
// only where an address needs it, because it narrows the way a message can go
// (RFC 6531, 3.2).
func (s *session) open(env deliver.Envelope) error {
	if err := s.carries("sender's", env.From); err != nil {
		return badSender(err)
	}
	if err := s.carries("recipient's", env.To); err != nil {
		return notSendable(deliver.StageRcpt, err)
	}
	end := ">\r\n"
	if !message.IsASCII(env.From) || !message.IsASCII(env.To) {
		end = "> BODY=8BITMIME SMTPUTF8\r\n"
	}
	steps := [...]command{
		{deliver.StageMail, "MAIL FROM:<", env.From, end, 250, commandTime},
		{deliver.StageRcpt, "RCPT TO:<", env.To, ">\r\n", 25, commandTime},
		{deliver.StageData, "DATA", "", "\r\n", 354, dataTime},
	}
	if s.pipelines {
		if err := s.inStep(deliver.StageMail); err != nil {
			return err
		}
		return s.pipelined(steps[:])
	}
	for _, c := range steps {
		if err := s.inStep(c.stage); err != nil {
			return err
		}
		if err := s.tell(c.time, c); err != nil {
			return err
		}
		if err := s.hear(c); err != nil {
			return s.reset(err)
		}
	}
	return nil
}

// tell writes to the server in one go.
func (s *session) tell(within time.Duration, steps ...command) error {
	s.block = s.block[:0]
	for _, c := range steps {
		s.block = append(append(append(s.block, c.verb...), c.to...), c.end...)
	}
	s.wire.within(within)
	w := s.client.Text.W
	_, err := w.Write(s.block)
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		return failed(steps[0].stage, s.said(steps[0].name(), within, err))
	}
	return nil
}

// name is what the command is called in words.
func (c command) name() string {
	verb, _, _ := strings.Cut(c.verb, " ")
	return verb
}

// said says in words why there is no answer.
func (s *session) said(asked string, within time.Duration, err error) error {
	if s.wire.aborted.Load() {
		if _, isReply := errors.AsType[*textproto.Error](err); !isReply {
			err = context.Canceled
		}
	}
	return inWords(asked, within, err)
}

// hear reads the answer to a command.
func (s *session) hear(c command) error {
	s.wire.within(c.time)
	if _, _, err := s.reply(c.code); err != nil {
		return failed(c.stage, s.said(c.name(), c.time, err))
	}
	return nil
}

// pipelined writes commands in one go and reads all answers (RFC 2920, 3.1). The first
// refusal counts. Where the server nevertheless waits for a message, the connection ends:
// to end the message would make one of nothing.
func (s *session) pipelined(steps []command) error {
	if err := s.tell(commandTime, steps...); err != nil {
		return err
	}
	var refused *deliver.SendError
	for _, c := range steps {
		err := s.hear(c)
		e, _ := errors.AsType[*deliver.SendError](err)
		switch {
		case refused == nil && e == nil:
		case refused == nil:
			if refused = e; e.Broken {
				return e
			}
		case e == nil && c.stage == deliver.StageData, e != nil && e.Broken:
			refused.Broken = true
			return refused
		}
	}
	if refused == nil {
		return nil
	}
	if err := s.inStep(deliver.StageData); err != nil {
		return err
	}
	return s.reset(refused)
}

var errOutOfStep = errors.New("the server answered more than it was asked")

// inStep fails when the server has said something that it was not asked: its answers
// may then be about another command, or another message. Nothing was sent that it could
// take, so the connection ends, and no address is to blame.
func (s *session) inStep(stage deliver.Stage) error {
	if s.client.Text.R.Buffered() == 0 {
		return nil
	}
	return outOfStep(stage)
}

func outOfStep(stage deliver.Stage) error {
	return &deliver.SendError{Stage: stage, Class: deliver.SenderSide, Broken: true, Err: errOutOfStep}
}

// carries tells whether an address can be given to this server at all.
func (s *session) carries(whose, address string) error {
	if err := message.CheckAddress(whose, address); err != nil {
		return err
	}
	if !s.utf8 && !message.IsASCII(address) {
		return digest.Fail(digest.Invalid, "Use an address in plain ASCII letters, or a server that offers SMTPUTF8.",
			"the mail server does not take addresses with letters beyond ASCII (SMTPUTF8), and the %s has some", whose)
	}
	return nil
}

// badSender is a sender that cannot be given to the server: no address is to
// blame, and every message would meet the same.
func badSender(err error) error {
	return &deliver.SendError{
		Stage: deliver.StageMail, Class: deliver.SenderSide,
		Err: digest.Fail(digest.Unavailable, "Check the From address; one in plain ASCII letters goes everywhere.", "nothing can be sent from here: %w", err),
	}
}

// notSendable is a failure of one address that the server never heard of.
func notSendable(stage deliver.Stage, err error) error {
	return &deliver.SendError{Stage: stage, Class: deliver.Permanent, Err: err}
}

// reset ends a transaction that was refused halfway, so that the connection can
// carry the next one.
func (s *session) reset(err error) error {
	e, ok := errors.AsType[*deliver.SendError](err)
	if !ok || e.Broken {
		return err
	}
	s.wire.within(commandTime)
	err = s.client.Reset()
	if reply, ok := errors.AsType[*textproto.Error](err); ok && reply.Code < 400 {
		return outOfStep(e.Stage) // the refusal was no answer to this command
	}
	e.Broken = err != nil
	return e
}

const blockSize = 32 << 10

// write sends the message with dots stuffed (RFC 5321, 4.5.2) and the final
// dot. Until the last block is handed to the system, the server cannot have the
// message; from then on only its answer tells.
func (s *session) write(msg []byte) error {
	s.block = stuff(s.block[:0], msg)
	w := s.client.Text.W
	for rest := s.block; len(rest) > 0; {
		n := min(len(rest), blockSize)
		s.wire.within(blockTime)
		_, err := w.Write(rest[:n])
		if err == nil {
			err = w.Flush()
		}
		rest = rest[n:]
		switch {
		case err == nil:
		case len(rest) == 0:
			return doubt(s.said("the message", blockTime, err))
		default:
			return s.cutShort(s.said("the message", blockTime, err))
		}
	}
	return nil
}

// cutShort tells why the server stopped reading: it may have said so before it
// hung up.
func (s *session) cutShort(cause error) error {
	s.wire.within(quitTime)
	if _, _, err := s.reply(250); err != nil {
		if _, ok := errors.AsType[*textproto.Error](err); ok {
			e := failed(deliver.StageBody, err)
			e.Broken = true
			return e
		}
		return &deliver.SendError{Stage: deliver.StageBody, Class: deliver.Temporary, Broken: true, Err: cause}
	}
	return doubt(cause) // taken before its end: nothing can be said about it
}

// answered reads the answer to the message.
func (s *session) answered() (deliver.Reply, error) {
	s.wire.within(answerTime)
	code, text, err := s.reply(250)
	err = s.said("the message", answerTime, err)
	switch {
	case err == nil:
		return deliver.Reply{Code: code, Text: deliver.CleanReply(text)}, nil
	case code == 0:
		return deliver.Reply{}, doubt(err)
	}
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || code/100 != 4 && code/100 != 5 {
		return deliver.Reply{}, doubt(fmt.Errorf("the server's answer to the message says neither yes nor no: %d %s", code, deliver.CleanReply(text)))
	}
	return deliver.Reply{}, failed(deliver.StageBody, reply)
}

// doubt is a message that the server may have.
func doubt(err error) error {
	return &deliver.SendError{Stage: deliver.StageBody, Class: deliver.Ambiguous, Broken: true, Err: err}
}

// Close says QUIT and closes the connection, within seconds.
func (s *session) Close() error {
	if s.stop != nil {
		s.stop()
	}
	if s.broken {
		return s.wire.Conn.Close()
	}
	s.wire.within(quitTime)
	err := s.client.Quit()
	if err != nil {
		// A server that has gone away already did what was asked.
		_ = s.wire.Conn.Close()
	}
	return err
}

// lineWithDot is the end of a line, and the dot that the next begins with.
var lineWithDot = []byte("\r\n.")

// stuff appends msg with a dot before every line that begins with one, and the
// line that ends it.
func stuff(dst, msg []byte) []byte {
	if bytes.HasPrefix(msg, lineWithDot[2:]) {
		dst = append(dst, '.')
	}
	for from, at := 0, 0; ; {
		next := bytes.Index(msg[at:], lineWithDot)
		if next < 0 {
			dst = append(dst, msg[from:]...)
			break
		}
		at += next + len(lineWithDot)
		dst = append(dst, msg[from:at]...)
		dst = append(dst, '.')
		from = at
	}
	if !bytes.HasSuffix(dst, []byte("\r\n")) {
		dst = append(dst, "\r\n"...)
	}
	return append(dst, ".\r\n"...)
}
