package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/subscribers"
)

type issueSendCmd struct {
	which
	Yes    bool   `help:"Do not ask."`
	Anyway bool   `help:"Send what is on the web already, although a pick was removed from the blog since."`
	State  string `help:"Send again what is in this state of an issue that was mailed: uncertain or failed." enum:",uncertain,failed" default:"" placeholder:"STATE"`
}

// needs tells what mails miss.
func (c issueSendCmd) needs(s *Settings) (wrong problems) {
	_, err := s.mail()
	wrong.add(err)
	return wrong
}

// Run mails an issue. Where a worker runs on this database the issue is handed to
// it and watched; elsewhere this command delivers it.
func (c issueSendCmd) Run(ctx context.Context, p *Program, a *app) error {
	mailer, err := a.mailer(ctx)
	if err != nil {
		return err
	}
	if c.State != "" {
		return c.again(ctx, mailer)
	}
	ref := c.ref()
	ahead, err := mailer.ToSend(ctx, ref)
	if err != nil {
		return err
	}
	ref.Number = ahead.Issue.Number
	if slices.Contains(digest.WaitingStates(), ahead.Issue.State) && ahead.Readers() > 0 {
		p.sayAhead(ahead)
		if err := p.confirm(c.Yes, fmt.Sprintf("send issue %d", ref.Number)); err != nil {
			return err
		}
	}
	done := a.watchCheck()
	issue, unsure, err := mailer.Send(ctx, p.by(), ref, c.Anyway)
	done()
	if p.sayUnchecked(unsure); err != nil {
		return stopped(ctx, err, "No mail was sent.", digest.Act{Do: digest.SendIssue, Issue: c.Number})
	}
	if issue.State == digest.Sent {
		fmt.Fprintf(p.Stdout, "%s was sent already.\n", cell(issue.Title, 150))
		return a.delivered(ctx, issue)
	}
	return mailer.deliver(ctx, issue)
}

// again sends again what was refused or is in doubt.
func (c issueSendCmd) again(ctx context.Context, mailer *mailer) error {
	q, n, err := mailer.settle(ctx, c.which, c.Yes, dispatch.Asking{State: subscribers.DeliveryState(c.State), As: dispatch.SendAgain})
	if err != nil || n == 0 {
		return err
	}
	return mailer.deliver(ctx, q.Issue)
}

// deliver mails an issue that was handed over, or watches the worker that does.
func (o *mailer) deliver(ctx context.Context, issue digest.Issue) error {
	p := o.p
	show, says, sent := p.watch("sending", func(int) string {
		return fmt.Sprintf("sending %s; how far it is, tells: postbag issue delivered %d", cell(issue.Title, 150), issue.Number)
	})
	paused, waits := false, digest.WaitsForNothing
	r, err := o.Deliver(ctx, p.by(), issue, func(at dispatch.Standing) {
		if is := at.State == digest.Paused; is != paused {
			paused = is
			p.sayPaused(issue, is)
		}
		if why := at.Why.Why(dispatch.ClockTime); why != "" && at.Why.For != waits {
			fmt.Fprintf(p.Stderr, "postbag: issue %d waits: %s\n", issue.Number, printable(why))
		}
		waits = at.Why.For
		says(sayStanding(at))
		show(at.Done(), at.Counts.Total())
	})
	sent()
	if ctx.Err() != nil {
		return o.sayStopped(ctx, issue, err)
	}
	if err != nil {
		return err
	}
	return o.sayReport(r)
}

// sayPaused says while a mailing is watched that it was paused, or goes on.
func (p *Program) sayPaused(issue digest.Issue, paused bool) {
	if !paused {
		fmt.Fprintf(p.Stderr, "postbag: the sending of issue %d goes on\n", issue.Number)
		return
	}
	fmt.Fprintf(p.Stderr, "postbag: the sending of issue %d is paused; this waits a few minutes for: postbag issue resume %[1]d\n", issue.Number)
}

// saidBy is who paused an issue, behind "paused"; "" where nobody is known.
func saidBy(who string) string {
	if who == "" {
		return ""
	}
	return ": " + printable(who)
}

// sayAhead says what sending an issue now leads to.
func (p *Program) sayAhead(ahead dispatch.Prospect) {
	fmt.Fprintf(p.Stdout, "%s goes out by mail now. %s\n", cell(ahead.Issue.Title, 150), ahead.Who())
	if ahead.Issue.DueAt.After(p.Clock.Now()) {
		fmt.Fprintf(p.Stdout, "It was to go out %s.\n", desk.Moment(ahead.Series, ahead.Issue.DueAt))
	}
	fmt.Fprintln(p.Stdout, "It cannot be undone.")
}

// sayStanding says how far a mailing is, in a line.
func sayStanding(at dispatch.Standing) string {
	if pace := at.Pace(); pace != "" {
		return at.Tally() + "; " + pace
	}
	return at.Tally()
}

// sayStopped says where a mailing stands that this command was told to stop.
func (o *mailer) sayStopped(ctx context.Context, issue digest.Issue, err error) error {
	last, cancel := digest.Afterwards(ctx, 2*time.Second)
	defer cancel()
	if r, err := o.Report(last, issue); err == nil {
		o.p.printCounts(r) // what it shows is stored, whether or not it can be shown
	}
	return err
}

// sayReport says where a mailing stands when the command ends.
func (o *mailer) sayReport(r dispatch.Report) error {
	out, open := o.p.Stdout, r.Counts.Open()
	waiting := counted(open, "mail waits", "mails wait")
	switch {
	case r.Issue.State == digest.Paused:
		fmt.Fprintf(out, "Sending is paused%s. Go on with: postbag issue resume %d\n", saidBy(r.PausedBy), r.Issue.Number)
		if r.Here {
			fmt.Fprintf(out, "This command ends, and nobody goes on by itself: after that start serve, or run issue send %d again.\n", r.Issue.Number)
		}
		o.p.printCounts(r)
	case r.Waits.For != digest.WaitsForNothing && r.Counts.Open() > 0:
		then := "The worker goes on with them"
		if r.Here {
			then = fmt.Sprintf("Leave that to postbag serve, or run issue send %d again then", r.Issue.Number)
		}
		fmt.Fprintf(out, "%s: %s. %s.\n", waiting, printable(r.Waits.Why(func(at time.Time) string { return when(at) + " UTC" })), then)
		o.p.printCounts(r)
	case r.Here && !r.NextTry.IsZero():
		fmt.Fprintf(out, "%s for another try, the next at %s UTC: leave that to postbag serve, or run issue send %d again then.\n",
			waiting, when(r.NextTry), r.Issue.Number)
		o.p.printCounts(r)
	default:
		if !r.NextTry.IsZero() {
			fmt.Fprintf(out, "%s for another try, the next at %s UTC; the worker goes on with them.\n", waiting, when(r.NextTry))
		}
		o.p.printCounts(r)
	}
	if r.Here && o.mail.transport.IsOutbox() {
		fmt.Fprintf(out, "No mail left this machine: see the files in %s.\n", o.mail.transport)
	}
	return nil
}
