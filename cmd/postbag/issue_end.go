package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/subscribers"
)

type issueSkipCmd struct {
	which
	ifVersion
}

// Run lets the moment of a draft pass.
func (c issueSkipCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		issue, ref, err := c.draft(ctx, a, c.ref())
		if err != nil {
			return err
		}
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
	})
}

type issueCancelCmd struct {
	Number int    `arg:"" help:"The issue's number."`
	Series string `help:"The series, where there are several." placeholder:"SLUG"`
}

// Run cancels an issue.
func (c issueCancelCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		issue, err := a.desk.Cancel(ctx, p.by(), desk.Ref{Series: c.Series, Number: c.Number})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Stdout, "Issue %d is cancelled. Its number stays used; its comments can be picked again.\n", issue.Number)
		return err
	})
}

type issueWithdrawCmd struct {
	Number int    `arg:"" help:"The issue's number."`
	Series string `help:"The series, where there are several." placeholder:"SLUG"`
	Yes    bool   `help:"Do not ask."`
}

// Run takes a published issue back, as far as that is possible.
func (c issueWithdrawCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.with(ctx, s, func(a *app) error {
		ref := desk.Ref{Series: c.Series, Number: c.Number}
		issue, counts, err := a.desk.Withdrawal(ctx, ref)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Stdout, "%s comes off the pages and feeds. %s; %s not sent. It cannot be undone.\n", cell(issue.Title, 150),
			mailsOut(counts), are(counts.Open()))
		if err := p.confirm(c.Yes, fmt.Sprintf("withdraw issue %d", issue.Number)); err != nil {
			return err
		}
		ref.Version = issue.Version
		if _, err := a.desk.Withdraw(ctx, p.by(), ref); err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.Stdout, "Issue %d is withdrawn.\n", issue.Number)
		return err
	})
}

// mailsOut says how many mails no withdrawal can reach.
func mailsOut(c subscribers.Counts) string {
	if n := c[subscribers.Delivered] + c[subscribers.Uncertain]; n == 1 {
		return "1 mail that went out stays with its reader"
	} else if n > 0 {
		return plural(n, "mail") + " that went out stay with their readers"
	}
	return "No mail has gone out"
}

// are gives "1 that waits is", "2 that wait are".
func are(n int) string {
	if n == 1 {
		return "1 that waits is"
	}
	return fmt.Sprintf("%d that wait are", n)
}

// confirm asks at the terminal before what cannot be undone. Where there is none to
// ask at, it must have been said beforehand.
func (p *Program) confirm(yes bool, what string) error {
	if yes {
		return nil
	}
	if f, ok := p.Stdin.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return digest.Fail(digest.Invalid, "To go on, add --yes.", "nothing was done: to %s takes a yes", what)
	}
	fmt.Fprintf(p.Stdout, "Type yes to %s: ", what)
	answer, err := bufio.NewReader(p.Stdin).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return digest.Fail(digest.Conflict, "", "nothing was done")
	}
	return err
}
