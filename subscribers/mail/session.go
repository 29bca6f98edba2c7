package mail

import (
	"bytes"
	"context"
	"errors"
	"net/textproto"

	"github.com/wneessen/go-mail/smtp"

	"postbag/digest"
	"postbag/subscribers/deliver"
	"postbag/subscribers/message"
)

// session is one open SMTP connection. It sends MAIL, RCPT, DATA and the
// message, four round trips, and nothing in between: no NOOP to ask whether the
// server is still there, and no RSET that could fail after a message was taken.
type session struct {
	client *smtp.Client
	wire   *wire
	utf8   bool
	block  []byte // reused for the message as it goes over the wire
	broken bool
}

var _ deliver.Conn = (*session)(nil)

// Send hands one message to the server. Once the answer 250 is read the message
// is sent, whatever becomes of the connection.
func (s *session) Send(ctx context.Context, env deliver.Envelope, msg []byte) (deliver.Reply, error) {
	stop := context.AfterFunc(ctx, s.wire.abort)
	defer stop()
	reply, err := s.transact(env, msg)
	if e, ok := errors.AsType[*deliver.SendError](err); ok && e.Broken {
		s.broken = true
	}
	return reply, err
}

func (s *session) transact(env deliver.Envelope, msg []byte) (deliver.Reply, error) {
	if err := s.envelope(env); err != nil {
		return deliver.Reply{}, err
	}
	if err := s.data(); err != nil {
		return deliver.Reply{}, s.reset(err)
	}
	if err := s.write(msg); err != nil {
		return deliver.Reply{}, err
	}
	return s.answered()
}

// envelope sends MAIL and RCPT. SMTPUTF8 is asked for only where an address
// needs it, because it narrows the way a message can go (RFC 6531, 3.2).
func (s *session) envelope(env deliver.Envelope) error {
	if err := s.carries("sender's", env.From); err != nil {
		return badSender(err)
	}
	if err := s.carries("recipient's", env.To); err != nil {
		return notSendable(deliver.StageRcpt, err)
	}
	s.client.SkipSMTPUTF8(message.IsASCII(env.From) && message.IsASCII(env.To))
	s.wire.within(commandTime)
	if err := s.client.Mail("<" + env.From + ">"); err != nil {
		return failed(deliver.StageMail, err)
	}
	s.wire.within(commandTime)
	if err := s.client.Rcpt("<" + env.To + ">"); err != nil {
		return s.reset(failed(deliver.StageRcpt, err))
	}
	return nil
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
	if s.client.Reset() != nil {
		e.Broken = true
	}
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
			return doubt(err)
		default:
			return s.cutShort(err)
		}
	}
	return nil
}

// cutShort tells why the server stopped reading: it may have said so before it
// hung up.
func (s *session) cutShort(cause error) error {
	s.wire.within(quitTime)
	if _, _, err := s.client.Text.ReadResponse(250); err != nil {
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
	code, text, err := s.client.Text.ReadResponse(250)
	switch {
	case err == nil:
		return deliver.Reply{Code: code, Text: deliver.CleanReply(text)}, nil
	case code == 0:
		return deliver.Reply{}, doubt(err)
	}
	reply, ok := errors.AsType[*textproto.Error](err)
	if !ok || code/100 != 4 && code/100 != 5 {
		return deliver.Reply{}, doubt(err)
	}
	return deliver.Reply{}, failed(deliver.StageBody, reply)
}

// doubt is a message that the server may have.
func doubt(err error) error {
	return &deliver.SendError{Stage: deliver.StageBody, Class: deliver.Ambiguous, Broken: true, Err: err}
}

// data asks to send the message. The client's own Data is not used: it hides
// whether the final dot was written.
func (s *session) data() error {
	s.wire.within(dataTime)
	id, err := s.client.Text.Cmd("DATA")
	if err != nil {
		return failed(deliver.StageData, err)
	}
	s.client.Text.StartResponse(id)
	defer s.client.Text.EndResponse(id)
	if _, _, err := s.client.Text.ReadResponse(354); err != nil {
		return failed(deliver.StageData, err)
	}
	return nil
}

// Close says QUIT and closes the connection, within seconds.
func (s *session) Close() error {
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

// stuff appends msg with a dot before every line that begins with one, and the
// line that ends it.
func stuff(dst, msg []byte) []byte {
	if bytes.HasPrefix(msg, []byte(".")) {
		dst = append(dst, '.')
	}
	for {
		before, after, found := bytes.Cut(msg, []byte("\r\n."))
		dst = append(dst, before...)
		if !found {
			break
		}
		dst = append(dst, "\r\n.."...)
		msg = after
	}
	if !bytes.HasSuffix(dst, []byte("\r\n")) {
		dst = append(dst, "\r\n"...)
	}
	return append(dst, ".\r\n"...)
}
