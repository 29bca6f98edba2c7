package setup

import (
	"context"
	"errors"
	"strings"
	"time"

	"postbag/digest"
	"postbag/subscribers/deliver"
	"postbag/subscribers/dnscheck"
)

// Sending gives what the settings of this process say of mail.
func (s *Service) Sending() Sending { return s.o.Sending }

// What the name system is asked, and what it tells.
type (
	Resolver = dnscheck.Resolver
	Finding  = dnscheck.Finding
	Record   = dnscheck.Record
)

// Findings says what the name system tells of the sender, within twenty seconds. It
// stores nothing.
func (s *Service) Findings(ctx context.Context) []Finding {
	return Findings(ctx, s.o.Resolver, s.o.Sending)
}

// Findings says what the name system tells of a sender, within twenty seconds.
func Findings(ctx context.Context, r Resolver, s Sending) []Finding {
	return dnscheck.Check(ctx, r, s.sender())
}

// InTheWay counts the findings for which mail is likely to be refused or filed as spam.
func InTheWay(all []Finding) (n int) {
	for _, f := range all {
		if f.Grade == dnscheck.Wrong {
			n++
		}
	}
	return n
}

// TakeMail takes the mail's settings as they are.
func (s *Service) TakeMail(ctx context.Context) error {
	return s.o.Store.MarkSetup(ctx, Marks{Mail: s.o.Clock.Now()})
}

// Tried is a test mail that was taken.
type Tried struct {
	Outbox string // the folder it was written into, "" when a server took it
	Reply  string // the server's words
}

// testTime bounds how long somebody waits for the mail server.
const testTime = 40 * time.Second

// TestMail sends a mail to an address at once, past the queue, and tells what the
// server answered. A server that is away or refuses is an error of kind Unavailable with
// its words, bounded and on one line.
func (s *Service) TestMail(ctx context.Context, to string) (Tried, error) {
	ctx, stop := context.WithTimeout(ctx, testTime)
	defer stop()
	now := s.o.Clock.Now()
	msg, err := s.o.Write(ctx, to, now)
	if err != nil {
		return Tried{}, err
	}
	conn, err := s.o.Transport.Connect(ctx)
	if err != nil {
		return Tried{}, s.refused(ctx, err)
	}
	reply, err := conn.Send(ctx, deliver.Envelope{From: s.o.Sending.From, To: to}, msg)
	closed := conn.Close()
	if err != nil {
		return Tried{}, s.refused(ctx, errors.Join(err, closed))
	}
	tried := Tried{Outbox: s.o.Sending.Outbox, Reply: deliver.CleanReply(reply.Text)}
	return tried, s.o.Store.MarkSetup(ctx, Marks{Tested: now})
}

// atStage says at which step a mail server refused, and what is most likely to mend it.
var atStage = map[deliver.Stage]struct{ did, hint string }{
	deliver.StageConnect: {"could not be reached", "Check the server's name and port in --smtp, and that this machine may connect to it."},
	deliver.StageTLS:     {"could not be spoken to in secret", "Check the port in --smtp: 587 for smtp://, 465 for smtps://."},
	deliver.StageAuth:    {"refused the account", "Check the account in --smtp, and the password that goes with it. Some providers want a password made for programs."},
	deliver.StageMail:    {"refused the From address", "Set --from to an address that the account may send from."},
	deliver.StageRcpt:    {"refused your address", "Check your address, and whether the account may send to others."},
	deliver.StageData:    {"refused the mail", "Read what the server says."},
	deliver.StageBody:    {"refused the mail", "Read what the server says."},
}

// refused words a refusal, with the server's own words.
func (s *Service) refused(ctx context.Context, err error) error { return s.o.Sending.refused(ctx, err) }

func (s Sending) refused(ctx context.Context, err error) error {
	where := "the mail server " + s.Host
	if s.Outbox != "" {
		where = "the outbox"
	}
	e, ok := errors.AsType[*deliver.SendError](err)
	if ctx.Err() == context.DeadlineExceeded {
		return digest.Fail(digest.Unavailable, "Check the server's name and port in --smtp, and that no firewall stands between.", "%s did not answer in time", where)
	}
	if !ok {
		return digest.Fail(digest.Unavailable, digest.HintOf(err), "%s failed: %s", where, deliver.CleanReply(err.Error()))
	}
	at := atStage[e.Stage]
	hint := digest.HintOf(e.Err)
	if hint == "" {
		hint = at.hint
	}
	if e.Class == deliver.Ambiguous {
		return digest.Fail(digest.Unavailable, "Look whether it arrived before you send another.", "%s took the mail and did not say so: %s", where, deliver.CleanReply(e.Error()))
	}
	words := e.Error()
	_, words, _ = strings.Cut(words, ": ")
	return digest.Fail(digest.Unavailable, hint, "%s %s: %s", where, at.did, deliver.CleanReply(words))
}

func domainOf(email string) string {
	_, domain, _ := strings.Cut(email, "@")
	return domain
}
