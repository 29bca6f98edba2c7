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
	Watch bool   `help:"Say in a line how far the mailing is, again and again until it is through or paused."`
	By    string `help:"Sum the mails up: domain, for each domain that received them." enum:",domain" default:"" placeholder:"domain"`
}

// watchedEvery is how often a mailing is told of that somebody watches.
const watchedEvery = 2 * time.Second

// watch says how far a mailing is until it is through, is paused, or ctx ends. A line
// that says the same as the one before is not written.
func (c issueDeliveredCmd) watch(ctx context.Context, p *Program, a *app) error {
	if c.JSON || c.State != "" || c.By != "" {
		return digest.Fail(digest.Invalid, "Leave the others out.", "--watch goes with no other flag")
	}
	report, _, err := a.sender.Delivered(ctx, c.ref(), 1)
	if err != nil {
		return err
	}
	var before dispatch.Standing
	said := ""
	for {
		at, err := a.sender.Standing(ctx, report.Issue, before)
		if err != nil {
			return err
		}
		if line := fmt.Sprintf("%d of %d done: %s", at.Done(), at.Counts.Total(), sayStanding(at)); line != said {
			if _, err := fmt.Fprintln(p.Stdout, line); err != nil {
				return err
			}
			said = line
		}
		if at.State != digest.Sending {
			return nil
		}
		before = at
		if err := p.Clock.Sleep(ctx, watchedEvery); err != nil {
			return nil // whoever watched has seen enough
		}
	}
}

// domainRow sums up an issue's mails to one domain.
type domainRow struct {
	Domain     string `json:"domain"`
	Domains    int    `json:"domains"`
	Mails      int    `json:"mails"`
	Sent       int    `json:"sent"`
	Deferred   int    `json:"deferred"`
	Refused    int    `json:"refused"`
	Doubt      int    `json:"uncertain"`
	Waiting    int    `json:"waiting"`
	Left       int    `json:"left"`
	Withdrawn  int    `json:"withdrawn"`
	Bounced    int    `json:"bounced"`
	Complained int    `json:"complained"`
	Code       int    `json:"code"`
	Words      string `json:"words"`
	Times      int    `json:"times"`
}

// byDomain sums up what became of an issue's mails for each receiving domain.
func (c issueDeliveredCmd) byDomain(ctx context.Context, p *Program, a *app) error {
	if c.State != "" {
		return digest.Fail(digest.Invalid, "Leave one of them out.", "--by sums up the mails of all states, and --state names one")
	}
	report, sums, err := a.sender.ByDomain(ctx, c.ref())
	if err != nil {
		return err
	}
	rows := rowsOf(sums, func(s dispatch.DomainSum) domainRow {
		return domainRow{Domain: s.Domain, Domains: s.Domains, Mails: s.Mails, Sent: s.Sent, Deferred: s.Deferred, Refused: s.Refused, Doubt: s.Doubt, Waiting: s.Waiting,
			Left: s.Left, Withdrawn: s.Withdrawn, Bounced: s.Bounced, Complained: s.Complained, Code: s.Code, Words: s.Words, Times: s.Times}
	})
	none := fmt.Sprintf("No mail of issue %d is queued or sent.", report.Issue.Number)
	err = printList(p, c.JSON, rows, none, "DOMAIN\tMAILS\tSENT\tDEFERRED\tREFUSED\tIN DOUBT\tWAITING\tLEFT\tWITHDRAWN\tBOUNCED\tSPAM\tMOST FREQUENT ANSWER", func(r domainRow) string {
		answer := ""
		if r.Times > 0 {
			answer = fmt.Sprintf("%d × ", r.Times)
			if r.Code != 0 {
				answer += fmt.Sprintf("%d ", r.Code)
			}
			answer += r.Words
		}
		return fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%s", cell(cmp.Or(r.Domain, "others"), 40), r.Mails, r.Sent, r.Deferred, r.Refused, r.Doubt,
			r.Waiting, r.Left, r.Withdrawn, r.Bounced, r.Complained, cell(answer, 100))
	})
	if err != nil || c.JSON {
		return err
	}
	return p.printCounts(report)
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
	switch {
	case c.Watch:
		return c.watch(ctx, p, a)
	case c.By != "":
		return c.byDomain(ctx, p, a)
	}
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
		none = fmt.Sprintf("No mail of issue %d is queued or sent.", issue.Number)
		switch issue.State {
		case digest.Draft:
			none += fmt.Sprintf(" It is a draft; to let it go out: postbag issue approve %d", issue.Number)
		case digest.Approved, digest.Published:
			none += fmt.Sprintf(" To begin: postbag issue send %d", issue.Number)
		}
	}
	err = printList(p, c.JSON, rows, none, "EMAIL\tSTATE\tCAUSE\tTRIES\tNEXT\tREPLY", func(r deliveryRow) string {
		return fmt.Sprintf("%s\t%s\t%s\t%d\t%s\t%s", cell(r.Email, 60), r.State, r.Cause, r.Attempts, when(time.Time(r.Next)), cell(subscribers.Outcome{Reply: r.Reply, Error: r.Error}.Words(), 80))
	})
	if err != nil || c.JSON {
		return err
	}
	if issue.State == digest.Paused || andWaits(issue) != "" {
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
	if err := a.sayState(ctx, issue, err); err != nil {
		return err
	}
	return a.sayNoWorker(ctx, issue)
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
