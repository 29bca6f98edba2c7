package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// delivered prints what became of an issue's mails, in one line.
func (a *app) delivered(ctx context.Context, issue digest.Issue) error {
	counts, err := a.db.Counts(ctx, issue.ID)
	if err != nil {
		return err
	}
	line := fmt.Sprintf("%s to %s: %d sent", cell(issue.Title, 150), plural(counts.Total(), "reader"), counts[subscribers.Delivered])
	for _, state := range []subscribers.DeliveryState{subscribers.Queued, subscribers.Claimed, subscribers.InFlight, subscribers.Deferred,
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
	State string `help:"Only those in this state." enum:",queued,claimed,sending,sent,deferred,failed,uncertain,cancelled" default:"" placeholder:"STATE"`
	Limit int    `help:"At most so many." default:"200"`
}

type deliveryRow struct {
	Email    string                    `json:"email"`
	State    subscribers.DeliveryState `json:"state"`
	Cause    subscribers.Cause         `json:"cause"`
	Attempts int                       `json:"attempts"`
	Next     stamp                     `json:"next"`
	Updated  stamp                     `json:"updated"`
	Code     int                       `json:"code"`
	Reply    string                    `json:"reply"`
	Error    string                    `json:"error"`
}

// Run lists what became of an issue's mails, with the servers' words.
func (c issueDeliveredCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		issue, err := c.newest(ctx, a)
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
				Email: d.Email, State: d.State, Cause: d.Cause, Attempts: d.Attempts, Next: stamp(d.NextTry), Updated: stamp(d.UpdatedAt),
				Code: d.Code, Reply: d.Reply, Error: d.Error,
			})
		}
		none := fmt.Sprintf("No mail of issue %d is in that state.", issue.Number)
		if c.State == "" {
			none = fmt.Sprintf("No mail of issue %d is queued or sent. To begin: postbag issue send %[1]d", issue.Number)
		}
		err = printList(p, c.JSON, rows, none, "EMAIL\tSTATE\tCAUSE\tTRIES\tNEXT\tREPLY", func(r deliveryRow) string {
			return fmt.Sprintf("%s\t%s\t%s\t%d\t%s\t%s", cell(r.Email, 60), r.State, r.Cause, r.Attempts, when(time.Time(r.Next)), cell(cmp.Or(r.Reply, r.Error), 80))
		})
		if err != nil || c.JSON {
			return err
		}
		if issue.State == digest.Paused {
			if err := a.sentence(ctx, issue); err != nil {
				return err
			}
		}
		return a.delivered(ctx, issue)
	})
}

// newest gives the issue that is named, else the newest that has a ledger.
func (c issueDeliveredCmd) newest(ctx context.Context, a *app) (digest.Issue, error) {
	if c.Number != 0 {
		issue, _, err := a.desk.Issue(ctx, c.ref())
		return issue, err
	}
	return a.desk.Newest(ctx, c.Series, digest.Sending, digest.Paused, digest.Sent)
}

type issuePauseCmd struct{ which }

// Run pauses sending.
func (c issuePauseCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error { return a.setSending(ctx, c.which, digest.Sending, digest.Paused, "by hand") })
}

type issueResumeCmd struct{ which }

// Run goes on sending.
func (c issueResumeCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error { return a.setSending(ctx, c.which, digest.Paused, digest.Sending, "") })
}

func (a *app) setSending(ctx context.Context, w which, from, to digest.IssueState, reason string) error {
	issue, err := w.in(ctx, a, from)
	if err != nil {
		return err
	}
	if err := a.db.SetIssueState(ctx, issue.ID, to, reason, a.p.Clock.Now()); err != nil {
		return err
	}
	fmt.Fprintf(a.p.Stdout, "Issue %d is %s.\n", issue.Number, to)
	return a.delivered(ctx, issue)
}
