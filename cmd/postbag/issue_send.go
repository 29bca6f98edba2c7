package main

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/address"
	"postbag/subscribers/deliver"
)

type issueTestCmd struct {
	To     string `arg:"" help:"The address to mail it to."`
	Number int    `help:"The issue's number; else the present draft, or the newest issue." placeholder:"N"`
	Series string `help:"The series, where there are several." placeholder:"SLUG"`
}

// Run mails a test.
func (c issueTestCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	to, err := address.Parse(c.To)
	if err != nil {
		return err
	}
	return p.with(ctx, s, func(a *app) error {
		office, err := a.newPostOffice(ctx)
		if err != nil {
			return err
		}
		frozen, err := a.desk.Preview(ctx, which{Number: c.Number, Series: c.Series}.ref())
		if err != nil {
			return err
		}
		if err := office.test(ctx, to.Email, frozen); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Stdout, "Sent a test of %s to %s, by %s.\n", cell(frozen.Title, 150), to.Email, office.postage.transport)
		return err
	})
}

type issueSendCmd struct{ which }

// Run mails an issue. Where a worker runs on this database the issue is queued
// and watched; elsewhere this command delivers it.
func (c issueSendCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		office, err := a.newPostOffice(ctx)
		if err != nil {
			return err
		}
		issue, series, err := a.desk.Issue(ctx, c.ref())
		if err != nil {
			return err
		}
		switch issue.State {
		case digest.Draft:
			return digest.Fail(digest.Conflict, "Approve it first: postbag issue approve", "issue %d is a draft", issue.Number)
		case digest.Approved:
			if issue, err = a.desk.Publish(ctx, c.ref()); err != nil {
				return err
			}
		case digest.Sent:
			fmt.Fprintf(p.Stdout, "%s was sent already.\n", cell(issue.Title, 150))
			return a.delivered(ctx, issue)
		}
		release, err := a.db.LockWorker(ctx)
		if digest.KindOf(err) == digest.Conflict && err != nil {
			return office.watch(ctx, issue, series)
		}
		if err != nil {
			return err
		}
		defer release()
		return office.sendHere(ctx, issue, series)
	})
}

// sendHere delivers an issue in this process until every row is terminal. A row
// that waits for another try is waited for.
func (o *postOffice) sendHere(ctx context.Context, issue digest.Issue, series digest.Series) error {
	b := o.p.bar("sending", -1)
	defer b.done()
	for {
		summary, err := o.deliver(ctx, issue, series, func(p deliver.Progress) { b.of(p.Done, p.Total) })
		if err != nil {
			return err
		}
		switch {
		case summary.Paused != "":
			return digest.Fail(digest.Unavailable, "When it is mended: postbag issue resume, then postbag issue send", "sending is paused: %s", summary.Paused)
		case summary.State == digest.Paused:
			_, err := fmt.Fprintln(o.p.Stdout, "Sending is paused. Go on with: postbag issue resume")
			return err
		case summary.Finished || summary.NextTry.IsZero():
			b.done()
			return o.delivered(ctx, issue)
		}
		wait := max(summary.NextTry.Sub(o.p.Clock.Now()), time.Second)
		o.log.Warn("some mails wait for another try", "waiting", summary.Counts.Open(), "until", summary.NextTry)
		if err := o.p.Clock.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// watch hands an issue to the worker that runs elsewhere, and shows how it goes.
func (o *postOffice) watch(ctx context.Context, issue digest.Issue, series digest.Series) error {
	last, err := lastOfMonth(issue, series)
	if err != nil {
		return err
	}
	of := subscribers.Mailing{IssueID: issue.ID, Begun: o.p.Clock.Now(), Domain: o.postage.from.Domain}
	if _, err := o.db.Begin(ctx, of, last); err != nil {
		return err
	}
	b := o.p.bar("sending", -1)
	defer b.done()
	for {
		counts, err := o.db.Counts(ctx, issue.ID)
		if err != nil {
			return err
		}
		state, err := o.db.IssueState(ctx, issue.ID)
		if err != nil {
			return err
		}
		b.of(counts.Total()-counts.Open(), counts.Total())
		if state != digest.Sending {
			b.done()
			return o.delivered(ctx, issue)
		}
		if counts[subscribers.Queued]+counts[subscribers.InFlight] == 0 && counts.Open() > 0 {
			b.done()
			fmt.Fprintln(o.p.Stdout, "The worker goes on with those that wait for another try.")
			return o.delivered(ctx, issue)
		}
		if err := sleepReal(ctx, watchEvery); err != nil {
			return err
		}
	}
}

// watchEvery is how often a watched issue is looked at.
const watchEvery = 200 * time.Millisecond

// delivered prints what became of an issue's mails, in one line.
func (a *app) delivered(ctx context.Context, issue digest.Issue) error {
	counts, err := a.db.Counts(ctx, issue.ID)
	if err != nil {
		return err
	}
	line := fmt.Sprintf("%s to %s: %d sent", cell(issue.Title, 150), plural(counts.Total(), "reader"), counts[subscribers.Delivered])
	for _, state := range []subscribers.DeliveryState{subscribers.Queued, subscribers.InFlight, subscribers.Deferred,
		subscribers.Failed, subscribers.Uncertain, subscribers.Cancelled} {
		if counts[state] > 0 {
			line += fmt.Sprintf(", %d %s", counts[state], state)
		}
	}
	_, err = fmt.Fprintln(a.p.Stdout, line+".")
	return err
}

type issueDeliveredCmd struct {
	which
	listing
	State string `help:"Only those in this state." enum:",queued,sending,sent,deferred,failed,uncertain,cancelled" default:"" placeholder:"STATE"`
	Limit int    `help:"At most so many." default:"200"`
}

type deliveryRow struct {
	Email    string                    `json:"email"`
	State    subscribers.DeliveryState `json:"state"`
	Attempts int                       `json:"attempts"`
	Next     stamp                     `json:"next"`
	Updated  stamp                     `json:"updated"`
	Code     int                       `json:"code"`
	Reply    string                    `json:"reply"`
}

// Run lists what became of an issue's mails, with the servers' words.
func (c issueDeliveredCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		issue, _, err := a.desk.Issue(ctx, c.ref())
		if err != nil {
			return err
		}
		var states []subscribers.DeliveryState
		if c.State != "" {
			states = append(states, subscribers.DeliveryState(c.State))
		}
		found, err := a.db.Deliveries(ctx, issue.ID, c.Limit, states...)
		if err != nil {
			return err
		}
		var rows []deliveryRow
		for _, d := range found {
			rows = append(rows, deliveryRow{
				Email: d.Email, State: d.State, Attempts: d.Attempts, Next: stamp(d.NextTry), Updated: stamp(d.UpdatedAt),
				Code: d.Code, Reply: d.Reply,
			})
		}
		err = printList(p.Stdout, c.JSON, rows, "EMAIL\tSTATE\tTRIES\tNEXT\tREPLY", func(r deliveryRow) string {
			return fmt.Sprintf("%s\t%s\t%d\t%s\t%s", cell(r.Email, 60), r.State, r.Attempts, when(time.Time(r.Next)), cell(r.Reply, 80))
		})
		if err != nil || c.JSON {
			return err
		}
		return a.delivered(ctx, issue)
	})
}

type issuePauseCmd struct{ which }

// Run pauses sending.
func (c issuePauseCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error { return a.setSending(ctx, c.which, digest.Paused, "by hand") })
}

type issueResumeCmd struct{ which }

// Run goes on sending.
func (c issueResumeCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error { return a.setSending(ctx, c.which, digest.Sending, "") })
}

func (a *app) setSending(ctx context.Context, w which, to digest.IssueState, reason string) error {
	issue, _, err := a.desk.Issue(ctx, w.ref())
	if err != nil {
		return err
	}
	if err := a.db.SetIssueState(ctx, issue.ID, to, reason, a.p.Clock.Now()); err != nil {
		return err
	}
	fmt.Fprintf(a.p.Stdout, "Issue %d is %s.\n", issue.Number, to)
	return a.delivered(ctx, issue)
}
