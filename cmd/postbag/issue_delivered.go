package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/subscribers"
)

// delivered prints what became of an issue's mails, in one line.
func (a *app) delivered(ctx context.Context, issue digest.Issue) error {
	r, err := a.sender.Report(ctx, issue)
	if err != nil {
		return err
	}
	return a.p.printCounts(r)
}

func (p *Program) printCounts(r dispatch.Report) error {
	line := fmt.Sprintf("%s to %s: %d sent", cell(r.Issue.Title, 150), plural(r.Counts.Total(), "reader"), r.Counts[subscribers.Delivered])
	for _, state := range []subscribers.DeliveryState{subscribers.Queued, subscribers.Claimed, subscribers.InFlight, subscribers.Deferred,
		subscribers.Failed, subscribers.Uncertain, subscribers.Cancelled} {
		if r.Counts[state] > 0 {
			line += fmt.Sprintf(", %d %s", r.Counts[state], state)
		}
	}
	_, err := fmt.Fprintln(p.Stdout, line+".")
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
func (c issueDeliveredCmd) Run(ctx context.Context, p *Program, a *app) error {
	var states []subscribers.DeliveryState
	if c.State != "" {
		states = append(states, subscribers.DeliveryState(c.State))
	}
	report, found, err := a.sender.Delivered(ctx, c.ref(), c.Limit, states...)
	issue := report.Issue
	if err != nil {
		return err
	}
	rows := rowsOf(found, func(d subscribers.Delivery) deliveryRow {
		return deliveryRow{
			Email: d.Email, State: d.State, Cause: d.Cause, Attempts: d.Attempts, Next: stamp(d.NextTry), Updated: stamp(d.UpdatedAt),
			Code: d.Code, Reply: d.Reply, Error: d.Error,
		}
	})
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
	if err := p.printCounts(report); err != nil {
		return err
	}
	return a.returned(ctx, issue)
}

type issuePauseCmd struct{ which }

// Run pauses sending.
func (c issuePauseCmd) Run(ctx context.Context, p *Program, a *app) error {
	issue, err := a.sender.Pause(ctx, p.by(), c.ref())
	return a.sayState(ctx, issue, err)
}

type issueResumeCmd struct{ which }

// Run goes on sending.
func (c issueResumeCmd) Run(ctx context.Context, p *Program, a *app) error {
	issue, err := a.sender.Resume(ctx, p.by(), c.ref())
	return a.sayState(ctx, issue, err)
}

// sayState says where an issue stands now, and what became of its mails.
func (a *app) sayState(ctx context.Context, issue digest.Issue, err error) error {
	if err != nil {
		return err
	}
	fmt.Fprintf(a.p.Stdout, "Issue %d is %s.\n", issue.Number, issue.State.Is())
	if err := a.delivered(ctx, issue); err != nil || issue.State != digest.Paused {
		return err
	}
	_, err = fmt.Fprintf(a.p.Stdout, "Go on with: postbag issue resume %d\n", issue.Number)
	return err
}
