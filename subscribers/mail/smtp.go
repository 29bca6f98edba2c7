package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"sync/atomic"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"postbag/digest"
	"postbag/subscribers/deliver"
)

// SMTP sends over an SMTP server. NewTransport makes it. It may be used from
// several goroutines.
type SMTP struct {
	settings Settings
	hello    string
	offered  atomic.Int32 // whether SMTPUTF8 was, at the last greeting
}

const (
	utf8Offered = 1
	utf8Missing = 2
)

// LacksUTF8 tells that the server, when it last greeted this process, did not offer to
// take addresses beyond ASCII (SMTPUTF8, RFC 6531). Before the first greeting nothing is
// known, and it is false.
func (t *SMTP) LacksUTF8() bool { return t.offered.Load() == utf8Missing }

var _ deliver.Transport = (*SMTP)(nil)

const dialTime = 30 * time.Second

// Connect dials, greets, encrypts and signs in. It never falls back to less
// encryption than the settings ask for, and sends a password in clear only where these
// say "?tls=none", which goes for this machine alone.
func (t *SMTP) Connect(ctx context.Context) (deliver.Conn, error) {
	dialer := net.Dialer{Timeout: dialTime}
	raw, err := dialer.DialContext(ctx, "tcp", t.settings.server())
	if err != nil {
		return nil, t.failure(deliver.StageConnect, err)
	}
	w := &wire{Conn: raw}
	stop := context.AfterFunc(ctx, w.abort)
	defer stop()
	client, stage, err := t.open(w)
	if err == nil && ctx.Err() != nil {
		stage, err = deliver.StageConnect, ctx.Err()
	}
	if err != nil {
		// The cause is worth more than what closing says.
		_ = raw.Close()
		return nil, t.failure(stage, err)
	}
	utf8, _ := client.Extension("SMTPUTF8")
	if utf8 {
		t.offered.Store(utf8Offered)
	} else {
		t.offered.Store(utf8Missing)
	}
	pipelines, _ := client.Extension("PIPELINING")
	return &session{client: client, wire: w, utf8: utf8, pipelines: pipelines}, nil
}

// open brings a connection up to the first MAIL. On an error it tells the stage.
func (t *SMTP) open(w *wire) (*smtp.Client, deliver.Stage, error) {
	w.within(greetingTime)
	var conn net.Conn = w
	if t.settings.Security == ImplicitTLS {
		w.within(handshakeTime)
		secure := tls.Client(w, t.tls())
		if err := secure.Handshake(); err != nil {
			return nil, deliver.StageTLS, inWords("TLS", handshakeTime, err)
		}
		w.within(greetingTime)
		conn = secure
	}
	client, err := smtp.NewClient(conn, t.settings.Host)
	if err != nil {
		return nil, deliver.StageConnect, inWords("the connection with its greeting", greetingTime, err)
	}
	w.within(commandTime)
	if err := client.Hello(t.hello); err != nil {
		return nil, deliver.StageConnect, inWords("EHLO", commandTime, err)
	}
	if err := t.startTLS(client, w); err != nil {
		return nil, deliver.StageTLS, inWords("STARTTLS", handshakeTime, err)
	}
	w.within(commandTime)
	if err := t.signIn(client); err != nil {
		return nil, deliver.StageAuth, inWords("AUTH", commandTime, err)
	}
	return client, "", nil
}

var errNoStartTLS = errors.New("the server does not offer STARTTLS")

func (t *SMTP) startTLS(client *smtp.Client, w *wire) error {
	switch t.settings.Security {
	case ImplicitTLS, NoTLS:
		return nil
	case OfferedStartTLS:
		if ok, _ := client.Extension("STARTTLS"); !ok {
			return nil
		}
	case RequireStartTLS:
		if ok, _ := client.Extension("STARTTLS"); !ok {
			return errNoStartTLS
		}
	}
	w.within(handshakeTime)
	return client.StartTLS(t.tls())
}

func (t *SMTP) tls() *tls.Config {
	c := &tls.Config{}
	if t.settings.TLS != nil {
		c = t.settings.TLS.Clone()
	}
	c.ServerName = t.settings.Host
	c.MinVersion = tls.VersionTLS12
	return c
}

// failure tells what is wrong before the first message, with a hint.
func (t *SMTP) failure(stage deliver.Stage, err error) error {
	e := &deliver.SendError{Stage: stage, Class: deliver.SenderSide, Broken: true}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		e.Code, e.Enhanced, e.Text = reply.Code, enhancedOf(reply.Msg), deliver.CleanReply(reply.Msg)
	}
	e.Err = digest.Fail(digest.Unavailable, t.hint(stage, err), "the mail server %s: %s: %w", t.settings.server(), trouble(stage), err)
	return e
}

func trouble(stage deliver.Stage) string {
	switch stage {
	case deliver.StageTLS:
		return "the connection cannot be encrypted"
	case deliver.StageAuth:
		return "signing in failed"
	default:
		return "no connection"
	}
}

// hint names the likely mend of a failure to connect.
func (t *SMTP) hint(stage deliver.Stage, err error) string {
	if dns, ok := errors.AsType[*net.DNSError](err); ok && dns.IsNotFound {
		return "Check the mail server's host name."
	}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return hintOfReply(stage, reply)
	}
	switch {
	case stage == deliver.StageAuth && errors.Is(err, errNoMechanism):
		return "Check with the provider which port takes your account."
	case stage == deliver.StageAuth:
		return "Check the mail account's user and password."
	case errors.Is(err, errNoStartTLS) && t.settings.Loopback():
		return "Let the server offer STARTTLS, or add ?tls=none: a server on this machine can do without."
	case errors.Is(err, errNoStartTLS):
		return "Check the port; many servers want smtps:// and port 465."
	case stage == deliver.StageTLS && t.settings.Loopback():
		return "Check the server's certificate; a server on this machine can do without: add ?tls=none."
	case stage == deliver.StageTLS:
		return "Check the server's certificate, the host name it is for, and this machine's clock."
	}
	return "Check the mail server's host and port, and that it runs and may be reached."
}

// hintOfReply names the likely mend by what a server answered before the first message:
// host and port are right, or there would be no answer.
func hintOfReply(stage deliver.Stage, reply *textproto.Error) string {
	passing := reply.Code >= 400 && reply.Code < 500
	switch {
	case passing && stage == deliver.StageTLS:
		return "The server cannot encrypt for now: try again later, or ask its provider."
	case passing && stage == deliver.StageAuth:
		return "The server cannot check the account for now: try again later."
	case passing:
		return "The server takes nothing for now: try again later."
	case stage == deliver.StageAuth:
		return "Check the mail account's user and password."
	case stage == deliver.StageTLS:
		return "The server refuses to encrypt: ask its provider which port to use."
	case reply.Code >= 500 && reply.Code < 600:
		return "The server turns this machine away: its answer says why, and its provider can lift it."
	}
	return "Check the port: what answers there is no mail server, or not one for sending."
}
