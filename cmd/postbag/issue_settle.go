package main

import (
	"context"
	"fmt"
	"strings"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/subscribers"
)

type issueSettleCmd struct {
	which
	State  string   `help:"Which mails: those in doubt, or those that were refused." enum:"uncertain,failed" default:"uncertain"`
	Reader []string `help:"Only the mail to this reader; may be given several times." placeholder:"ADDRESS"`
	As     string   `help:"What is to be so: sent (they arrived), send-again, or not-sent." enum:"sent,send-again,not-sent" required:"" placeholder:"sent|send-again|not-sent"`
	Yes    bool     `help:"Do not ask."`
}

// Run decides about mails whose fate nobody knows, or that were refused.
func (c issueSettleCmd) Run(ctx context.Context, p *Program, a *app) error {
	q, n, err := a.settle(ctx, c.which, c.Yes, dispatch.Asking{State: subscribers.DeliveryState(c.State), As: dispatch.Verdict(c.As), Emails: c.Reader})
	if err != nil || n == 0 {
		return err
	}
	if q.As != dispatch.SendAgain {
		return a.delivered(ctx, q.Issue)
	}
	_, err = fmt.Fprintf(p.Stdout, "%s again: a worker sends them, or this command: postbag issue send %d\n", counted(n, "mail is queued", "mails are queued"), q.Issue.Number)
	return err
}

// settle says what a decision leads to, asks, and decides. It gives how many mails were
// decided about.
func (a *app) settle(ctx context.Context, of which, yes bool, asking dispatch.Asking) (q dispatch.Settling, n int, err error) {
	if q, err = a.sender.Settling(ctx, of.ref(), asking); err != nil {
		return q, 0, err
	}
	if q.Rows == 0 {
		_, err := fmt.Fprintf(a.p.Stdout, "No mail of issue %d is like that: nothing was done.\n", q.Issue.Number)
		return q, 0, err
	}
	fmt.Fprintln(a.p.Stdout, cell(strings.Join(q.Consequence(), " "), 1000))
	if err := a.p.confirm(yes, settleAsks[q.As]); err != nil {
		return q, 0, err
	}
	n, err = a.sender.Settle(ctx, a.p.by(), q)
	if err != nil && n > 0 {
		err = digest.Fail(digest.KindOf(err), "Decide about the rest anew.", "%d of %d are decided: %w", n, q.Rows, err)
	}
	return q, n, err
}

var settleAsks = map[dispatch.Verdict]string{
	dispatch.Arrived: "count them as sent", dispatch.SendAgain: "send them again", dispatch.NotArrived: "give them up",
}
