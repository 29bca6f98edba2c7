package main

import (
	"context"
	"fmt"

	"postbag/digest/desk"
	"postbag/subscribers/address"
)

type issueTestCmd struct {
	To     string `arg:"" help:"The address to mail it to."`
	Number int    `help:"The issue's number; else the present draft, or the newest issue." placeholder:"N"`
	inSeries
}

// needs tells what mails miss.
func (c issueTestCmd) needs(s *Settings) (wrong problems) {
	_, err := s.mail()
	wrong.add(err)
	return wrong
}

// Run mails a test.
func (c issueTestCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	to, err := address.Parse(c.To)
	if err != nil {
		return err
	}
	return p.with(ctx, s, func(a *app) error {
		mailer, err := a.mailer(ctx)
		if err != nil {
			return err
		}
		is, err := mailer.Test(ctx, p.by(), desk.Ref{Series: c.Series, Number: c.Number}, to.Email)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Stdout, "Sent a test of %s to %s, by %s.\n%s\n", cell(is.Frozen.Title, 150), to.Email, mailer.mail.transport, sentence(extent(is)))
		return p.sayProblems(is)
	})
}
