package main

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/subscribers"
	"postbag/subscribers/bounce"
	"postbag/subscribers/roster"
)

// suppressionCmd groups the commands about addresses that may not be mailed.
type suppressionCmd struct {
	List   suppressionListCmd   `cmd:"" help:"List the addresses that may not be mailed: who left, was refused by a server, or complained."`
	Add    suppressionAddCmd    `cmd:"" help:"Keep an address from being mailed, whether it is on the list or not."`
	Remove suppressionRemoveCmd `cmd:"" help:"Ask an address that a server refused to confirm anew; or mail again all that bounced by refusals in one issue."`
}

type suppressionListCmd struct {
	listing
	State string `help:"Only those that are unsubscribed, bounced or complained." enum:",unsubscribed,bounced,complained" default:"" placeholder:"STATE"`
	Text  string `help:"Only addresses that contain this." placeholder:"TEXT"`
	Limit int    `help:"At most so many." default:"200"`
}

// Run lists the addresses that may not be mailed, by state.
func (c suppressionListCmd) Run(ctx context.Context, p *Program, a *app) error {
	states := subscribers.SuppressedStates()
	if c.State != "" {
		states = []subscribers.State{subscribers.State(c.State)}
	}
	var rows []subscriberRow
	for _, state := range states {
		left := c.Limit - len(rows)
		if c.Limit > 0 && left <= 0 {
			break
		}
		err := a.roster().List(ctx, roster.Filter{State: state, Text: c.Text, Limit: left}, func(x subscribers.Subscriber) error {
			rows = append(rows, subscriberRowOf(x))
			return nil
		})
		if err != nil {
			return err
		}
	}
	p.more(len(rows), c.Limit)
	none := "No address is suppressed."
	if c.State != "" || c.Text != "" {
		none = "No suppressed address is like that."
	}
	return printList(p, c.JSON, rows, none, "EMAIL\tSTATE\tSINCE", func(r subscriberRow) string {
		return fmt.Sprintf("%s\t%s\t%s", cell(r.Email, 60), r.State, when(time.Time(r.Left)))
	})
}

type suppressionAddCmd struct {
	Email string `arg:"" help:"The address."`
	As    string `help:"Why: unsubscribed, bounced or complained." enum:"unsubscribed,bounced,complained" default:"unsubscribed" placeholder:"STATE"`
}

// Run suppresses an address.
func (c suppressionAddCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	return p.begin(ctx, s, func(a *app) error {
		outcome, err := a.roster().Suppress(ctx, p.by(), c.Email, subscribers.State(c.As))
		if err != nil {
			return err
		}
		said := "%s is suppressed. " + roster.Suppression + "\n"
		if outcome == roster.Kept {
			said = "%s was suppressed already.\n"
		}
		_, err = fmt.Fprintf(p.Stdout, said, c.Email)
		return err
	})
}

type suppressionRemoveCmd struct {
	Email     string `arg:"" optional:"" help:"The address."`
	BouncedIn int    `help:"Instead of an address: all that bounced because servers refused them while this issue was sent. They are mailed again at once, for they never asked to leave." placeholder:"N"`
	inSeries
	Domain string `help:"Of those only the addresses of this domain." placeholder:"DOMAIN"`
	Yes    bool   `help:"Do not ask."`
}

// Run begins to take an address off the suppression list, or takes off all that bounced by
// refusals in one issue.
func (c suppressionRemoveCmd) Run(ctx context.Context, p *Program, a *app) error {
	switch {
	case (c.Email == "") == (c.BouncedIn == 0):
		return digest.Fail(digest.Invalid, "Give one of both.", "either an address is needed or --bounced-in")
	case c.BouncedIn != 0:
		return a.decideRefused(ctx, desk.Ref{Series: c.Series, Number: c.BouncedIn}, bounce.Decision{Domain: c.Domain}, c.Yes)
	case c.Domain != "":
		return digest.Fail(digest.Invalid, "", "--domain goes with --bounced-in")
	}
	found, err := a.readers().Find(ctx, c.Email)
	if err != nil {
		return err
	}
	if err := a.signup(nil).Release(ctx, p.by(), found); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%s is asked to confirm, and is mailed issues again once they do. The mail goes out with the worker (postbag serve).\n", found.Email)
	return err
}
