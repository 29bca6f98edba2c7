package dispatch

import (
	"context"
	"errors"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// Test mails an issue as it stands to one address, marked as a test and outside the
// ledger, and tells what stands in the way of approving it. Rows that cannot be quoted
// are left out of the mail; with no pick left there is none. Each test has a Message-ID
// of its own.
func (s *Sender) Test(ctx context.Context, by digest.Actor, ref desk.Ref, to string) (desk.Outlook, error) {
	is, err := s.Desk.Outlook(ctx, ref)
	if err != nil {
		return is, err
	}
	if is.Frozen.Picks == 0 {
		return is, digest.Join(append(is.Problems, digest.Fail(digest.Conflict, "", "issue %d has no pick that could be mailed", is.Issue.Number))...)
	}
	return is, s.test(ctx, is.Frozen, to)
}

func (s *Sender) test(ctx context.Context, frozen *digest.Frozen, to string) error {
	// No issue has a negative number, so that no test shares a Message-ID with a
	// delivery.
	of := subscribers.Mailing{IssueID: -2, Begun: s.Clock.Now(), Domain: s.Writer.Domain}
	mail, err := s.Writer.Issue(frozen, of, []byte(subscribers.NewToken()), true)
	if err != nil {
		return err
	}
	raw, err := mail.For(subscribers.Delivery{Email: to, Token: subscribers.TestToken})
	if err != nil {
		return err
	}
	conn, err := s.Transport.Connect(ctx)
	if err != nil {
		return notSent("the test cannot be sent", "Check that the mail server is there, and its settings.", err)
	}
	_, err = conn.Send(ctx, deliver.Envelope{From: s.Writer.From, To: to}, raw)
	if closeErr := conn.Close(); err == nil && closeErr != nil {
		s.Log.Debug("closing the connection failed", "err", closeErr)
	}
	if err != nil {
		return notSent("the test was not taken", "The server's words say why.", err)
	}
	return nil
}

// notSent is a failure to send, with the transport's own hint if it has one.
func notSent(what, hint string, err error) error {
	if own := digest.HintOf(err); own != "" {
		hint = own
	}
	if e, ok := errors.AsType[*deliver.SendError](err); ok && e.Advice() != "" {
		hint = e.Advice() + "."
	}
	return digest.Fail(digest.Unavailable, hint, "%s: %w", what, err)
}
