package main

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/schedule"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail"
	"postbag/templates"
)

// postOffice is what sends: it joins the ledger, the templates and the
// transport.
type postOffice struct {
	*app
	postage   postage
	transport deliver.Transport
	sender    *deliver.Sender
	runner    *deliver.NoticeRunner
}

// newPostOffice checks the mail settings. Nothing is asked of the network; an
// outbox is tried, so that a folder that cannot be written is told at once.
func (a *app) newPostOffice(ctx context.Context) (*postOffice, error) {
	p, err := a.settings.mail()
	if err != nil {
		return nil, err
	}
	transport := mail.NewTransport(p.transport, p.from.Domain)
	if p.transport.IsOutbox() {
		if _, err := transport.Connect(ctx); err != nil {
			return nil, err
		}
	}
	office := &postOffice{app: a, postage: p, transport: transport}
	office.sender = deliver.New(deliver.Options{
		Ledger: a.db, Transport: transport, Clock: a.p.Clock, Log: a.log,
		Concurrency: a.settings.Concurrency, Rate: a.settings.Rate, Ambiguous: a.settings.ambiguity(),
	})
	office.runner = deliver.NewNoticeRunner(deliver.NoticeOptions{
		Queue: a.db, Transport: transport, Clock: a.p.Clock, Log: a.log, From: p.from.Email, Compose: office.confirmation,
	})
	return office, nil
}

// deliver begins an issue's delivery or takes it up again from a place among the
// workers, until no row is due.
func (o *postOffice) deliver(ctx context.Context, place work.Place, issue digest.Issue, series digest.Series, progress func(deliver.Progress)) (deliver.Summary, error) {
	last, err := lastOfMonth(issue, series)
	if err != nil {
		return deliver.Summary{}, err
	}
	pub, err := o.db.Publication(ctx)
	if err != nil {
		return deliver.Summary{}, err
	}
	return o.sender.Run(ctx, deliver.Job{
		Mailing:     subscribers.Mailing{IssueID: issue.ID, Begun: o.p.Clock.Now(), Domain: o.postage.from.Domain},
		LastOfMonth: last,
		From:        o.postage.from.Email,
		Worker:      place,
		Compose: func(of subscribers.Mailing) (func(subscribers.Delivery) ([]byte, error), error) {
			if of.Domain != o.postage.from.Domain {
				return nil, digest.Fail(digest.Conflict, "Give this command the settings that the sending began with (--config or POSTBAG_CONFIG), or leave it to postbag serve.",
					"issue %d began as mail from @%s, and this would go on as mail from @%s", issue.Number, of.Domain, o.postage.from.Domain)
			}
			m, err := newMailing(o.set, o.postage, o.base, issue.Frozen, of, pub.Salt)
			if err != nil {
				return nil, err
			}
			return m.compose, nil
		},
		Progress: progress,
	})
}

// lastOfMonth tells whether readers who want one mail a month get this issue: by
// the moment of the schedule that it takes, whenever it is really sent.
func lastOfMonth(issue digest.Issue, series digest.Series) (bool, error) {
	plan, err := schedule.Parse(series.Schedule, series.Zone)
	if err != nil {
		return false, err
	}
	slot := issue.Frozen.Slot
	if slot.IsZero() {
		slot = issue.Frozen.Date
	}
	return plan.LastOfMonth(slot), nil
}

// noticeTime bounds what composing a confirmation may ask of the database.
const noticeTime = 3 * time.Second

// notices sends the confirmations that are due from a place among the workers.
func (o *postOffice) notices(ctx context.Context, place work.Place) error {
	_, err := o.runner.Send(ctx, place)
	return err
}

func (o *postOffice) confirmation(n deliver.Notice) ([]byte, error) {
	// A confirmation is composed while a connection is open and perhaps while the
	// program stops; it does not wait long for the database.
	ctx, cancel := context.WithTimeout(context.Background(), noticeTime)
	defer cancel()
	pub, err := o.db.Publication(ctx)
	if err != nil {
		return nil, err
	}
	series, err := o.desk.AllSeries(ctx)
	if err != nil {
		return nil, err
	}
	if len(series) == 0 {
		return nil, digest.Fail(digest.Conflict, "Add a blog first: postbag source add URL", "there is no series to subscribe to")
	}
	return newConfirmation(o.set, o.postage, o.base, pub, series[0], pub.Salt, n)
}

// test mails an issue as it stands to one address, outside the ledger.
func (o *postOffice) test(ctx context.Context, to string, frozen *digest.Frozen) error {
	now := o.p.Clock.Now()
	of := subscribers.Mailing{IssueID: -2, Begun: now, Domain: o.postage.from.Domain}
	salt := []byte(subscribers.NewToken())
	m, err := newMailing(o.set, o.postage, o.base, frozen, of, salt, templates.AsTest)
	if err != nil {
		return err
	}
	raw, err := m.compose(subscribers.Delivery{Email: to, Token: subscribers.NewToken()})
	if err != nil {
		return err
	}
	conn, err := o.transport.Connect(ctx)
	if err != nil {
		return notSent("the test cannot be sent", "Check --smtp, and that the server is there.", err)
	}
	_, err = conn.Send(ctx, deliver.Envelope{From: o.postage.from.Email, To: to}, raw)
	if closeErr := conn.Close(); err == nil && closeErr != nil {
		o.log.Debug("closing the connection failed", "err", closeErr)
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
	return digest.Fail(digest.Unavailable, hint, "%s: %w", what, err)
}

// series finds the series of an issue.
func (o *postOffice) series(ctx context.Context, issue digest.Issue) (digest.Series, error) {
	all, err := o.db.SeriesList(ctx)
	if err != nil {
		return digest.Series{}, err
	}
	for _, s := range all {
		if s.ID == issue.SeriesID {
			return s, nil
		}
	}
	return digest.Series{}, fmt.Errorf("issue %d belongs to no series", issue.Number)
}
