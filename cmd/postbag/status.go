package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"postbag/digest"
	"postbag/digest/health"
)

// statusCmd says in a few lines whether all is well.
type statusCmd struct {
	JSON bool `name:"json" help:"Print JSON: an array of one."`
}

// statusRow is the status in JSON. Its counts stop at [health.Limit].
type statusRow struct {
	Database             string            `json:"database"`
	Workers              int               `json:"workers"`
	SendingHeldSince     stamp             `json:"sending_held_since"`
	LastAnswer           stamp             `json:"last_answer"`
	FailingFeeds         int               `json:"failing_feeds"`
	NewestIssue          int               `json:"newest_issue"`
	NewestIssueState     digest.IssueState `json:"newest_issue_state"`
	TooLate              []int             `json:"too_late"`
	UnderWay             []underWayRow     `json:"under_way"`
	Overdue              []int             `json:"overdue"`
	Doubts               []string          `json:"doubts"`
	Readers              int               `json:"readers"`
	MailsWaiting         int               `json:"mails_waiting"`
	MailsUncertain       int               `json:"mails_uncertain"`
	ConfirmationsWaiting int               `json:"confirmations_waiting"`

	waits bool // something waits for a worker while none is there
}

// underWayRow is an issue that waits for its moment or is being mailed.
type underWayRow struct {
	Number int               `json:"number"`
	State  digest.IssueState `json:"state"`
	Due    stamp             `json:"due"`
	Waits  waitsRow          `json:"waits"`

	waits string
}

// next says what becomes of the issue.
func (r underWayRow) next() string {
	switch r.State {
	case digest.Approved:
		return fmt.Sprintf("issue %d is approved, and goes out %s UTC", r.Number, when(time.Time(r.Due)))
	case digest.Published:
		return fmt.Sprintf("issue %d is on the web, and its mails go out %s UTC", r.Number, when(time.Time(r.Due)))
	case digest.Paused:
		return fmt.Sprintf("issue %d is paused; go on with: postbag issue resume %[1]d", r.Number)
	}
	return fmt.Sprintf("issue %d is being mailed%s; see: postbag issue delivered %[1]d", r.Number, r.waits)
}

// Run prints the last pull, the newest issue and what waits.
func (c statusCmd) Run(ctx context.Context, p *Program, a *app) error {
	r, err := a.status(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(p, r)
	}
	return p.printStatus(r)
}

func (a *app) status(ctx context.Context) (statusRow, error) {
	st, err := a.health.Status(ctx)
	if err != nil {
		return statusRow{}, err
	}
	doubts, err := a.doubts(ctx)
	number := func(issue digest.Issue) int { return issue.Number }
	return statusRow{
		Database: a.path(), Workers: st.Workers, SendingHeldSince: stamp(st.HeldSince),
		LastAnswer: stamp(st.LastPull), FailingFeeds: st.FailingFeeds,
		NewestIssue: st.Newest.Number, NewestIssueState: st.Newest.State,
		TooLate: rowsOf(st.TooLate, number), Overdue: rowsOf(st.Overdue, number), waits: st.Waits(),
		UnderWay: rowsOf(st.UnderWay, func(x digest.Issue) underWayRow {
			return underWayRow{Number: x.Number, State: x.State, Due: stamp(x.DueAt), Waits: waitsOf(x), waits: andWaits(x)}
		}),
		Doubts:  rowsOf(doubts, func(s string) string { return s }),
		Readers: st.Active, MailsWaiting: st.Open, MailsUncertain: st.Uncertain, ConfirmationsWaiting: st.Letters,
	}, err
}

func (p *Program) printStatus(r statusRow) error {
	tw := tabwriter.NewWriter(p.Stdout, 0, 4, 2, ' ', 0)
	line := func(what, is string) { fmt.Fprintf(tw, "%s\t%s\n", what, is) }
	line("database", r.Database)
	line("workers at it", fmt.Sprint(r.Workers))
	if r.waits {
		line("NO WORKER RUNS", "nothing goes out by itself; start one: postbag serve")
	}
	for _, number := range r.Overdue {
		line("OVERDUE", fmt.Sprintf("issue %d should have gone out; start a worker, or: postbag issue send %d", number, number))
	}
	if since := time.Time(r.SendingHeldSince); !since.IsZero() {
		line("SENDING IS HELD", "since "+when(since)+" UTC; see postbag sending")
	}
	if last := time.Time(r.LastAnswer); last.IsZero() {
		line("last good answer of a blog", "none yet")
	} else {
		line("last good answer of a blog", when(last)+" UTC")
	}
	line("feeds that fail", fmt.Sprint(r.FailingFeeds))
	if r.NewestIssueState != "" {
		line("newest issue", fmt.Sprintf("%d, %s", r.NewestIssue, r.NewestIssueState))
	}
	for _, number := range r.TooLate {
		line("TOO LATE TO GO BY ITSELF", fmt.Sprintf("issue %d: postbag issue send %d, or postbag issue cancel %d", number, number, number))
	}
	for _, issue := range r.UnderWay {
		line("under way", issue.next())
	}
	for _, words := range r.Doubts {
		line("NOT BELIEVED", cell(words, 1000))
	}
	line("readers", atMost(r.Readers))
	line("mails that wait", atMost(r.MailsWaiting))
	line("mails whose fate is unknown", atMost(r.MailsUncertain))
	line("confirmations that wait", atMost(r.ConfirmationsWaiting))
	return tw.Flush()
}

// atMost shows a count, which the database stops at a bound.
func atMost(n int) string {
	if n >= health.Limit {
		return fmt.Sprintf("%d or more", health.Limit)
	}
	return fmt.Sprint(n)
}
