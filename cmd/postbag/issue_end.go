package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"postbag/digest"
	"postbag/subscribers"
)

type issuePassCmd struct {
	numbered
	ifVersion
}

// Run lets the moment of a draft pass.
func (c issuePassCmd) Run(ctx context.Context, p *Program, a *app) error {
	issue, ref, err := c.draft(ctx, a, c.ref())
	if err != nil {
		return err
	}
	ref.Version = c.Version // without one, a draft that was skipped just now is not skipped again
	skipped, next, err := a.desk.Skip(ctx, p.by(), ref)
	if err != nil {
		return err
	}
	goOn := plural(len(issue.Blocks), "row")
	if issue.Intro != "" {
		goOn += ", the introduction"
	}
	fmt.Fprintf(p.Stdout, "Issue %d is skipped. %s and all comments go on to %s.\n", skipped.Number, goOn, cell(next.Title, 150))
	return a.sentence(ctx, next)
}

type issueCancelCmd struct {
	numbered
	Yes bool `help:"Do not ask."`
}

// Run cancels an issue.
func (c issueCancelCmd) Run(ctx context.Context, p *Program, a *app) error {
	ref := c.ref()
	issue, _, err := a.desk.Issue(ctx, ref)
	if err != nil {
		return err
	}
	if hasContent := len(issue.Blocks) > 0 || issue.Intro != ""; hasContent && issue.State.To(digest.Cancelled) {
		fmt.Fprintf(p.Stdout, "%s is not sent to anybody, and what is in it, %s, is given up; the comments can be picked again. It cannot be undone.\n",
			cell(issue.Title, 150), plural(len(issue.Blocks), "row"))
		if err := p.confirm(c.Yes, fmt.Sprintf("cancel issue %d", issue.Number)); err != nil {
			return err
		}
		ref.Version = issue.Version
	}
	issue, err = a.desk.Cancel(ctx, p.by(), ref)
	if err != nil {
		return err
	}
	series, err := a.desk.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return err
	}
	number := "the number stays unused, for later ones are taken"
	if series.NextNumber <= issue.Number {
		number = "the number is free again, for no reader has seen it"
	}
	_, err = fmt.Fprintf(p.Stdout, "Issue %d is cancelled: its comments can be picked again, and %s.\n", issue.Number, number)
	return err
}

type issueWithdrawCmd struct {
	numbered
	Yes bool `help:"Do not ask."`
}

// Run takes a published issue back, as far as that is possible.
func (c issueWithdrawCmd) Run(ctx context.Context, p *Program, a *app) error {
	ref := c.ref()
	issue, counts, err := a.desk.Withdrawal(ctx, ref)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "%s comes off the pages and feeds. %s; %s not sent. It cannot be undone.\n", cell(issue.Title, 150),
		mailsOut(counts), counted(counts.Open(), "that waits is", "that wait are"))
	if err := p.confirm(c.Yes, fmt.Sprintf("withdraw issue %d", issue.Number)); err != nil {
		return err
	}
	ref.Version = issue.Version
	if _, err := a.desk.Withdraw(ctx, p.by(), ref); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "Issue %d is withdrawn.\n", issue.Number)
	return err
}

// mailsOut says how many mails no withdrawal can reach.
func mailsOut(c subscribers.Counts) string {
	n := c[subscribers.Delivered] + c[subscribers.Uncertain]
	if n == 0 {
		return "No mail has gone out"
	}
	return counted(n, "mail that went out stays with its reader", "mails that went out stay with their readers")
}

// confirm asks at the terminal before what cannot be undone. Where there is none to
// ask at, it must have been said beforehand.
func (p *Program) confirm(yes bool, what string) error {
	if yes {
		return nil
	}
	if !isTerminal(p.Stdin) {
		return digest.Fail(digest.Invalid, "To go on, add --yes.", "nothing was done: to %s takes a yes", what)
	}
	fmt.Fprintf(p.Stdout, "Type yes to %s: ", what)
	answer, err := bufio.NewReader(p.Stdin).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return digest.Fail(digest.Conflict, "", "nothing was done")
	}
	return err
}
