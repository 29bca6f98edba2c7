package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"strings"

	"postbag/digest"
	"postbag/digest/setup"
	"postbag/subscribers/address"
)

// doctorCmd says what stands in the way of mail. It ends with status 1 when something does,
// with 2 when the settings are wrong, and else with 0.
type doctorCmd struct {
	JSON bool   `name:"json" help:"Print one JSON array."`
	Mail string `help:"Send a test mail to this address as well." placeholder:"ADDRESS"`
}

// doctorRow is a finding in JSON.
type doctorRow struct {
	About   string `json:"about"`
	Grade   string `json:"grade"`
	Text    string `json:"text"`
	Publish string `json:"publish"` // a record, "" for none
}

// needs tells what is missing for a test mail.
func (c doctorCmd) needs(s *Settings) (wrong problems) {
	_, err := s.mail()
	wrong.add(err)
	if c.Mail != "" {
		_, err := address.Parse(c.Mail)
		wrong.add(err)
	}
	return wrong
}

// Run looks records up, tries the mail server and the pages, prints what it found, and
// sends a mail if that is asked for. It fails when mail is likely to be refused.
func (c doctorCmd) Run(ctx context.Context, p *Program, s *Settings) (err error) {
	m, err := s.mail()
	if err != nil {
		return err
	}
	sending := sendingOf(s, m)
	machine, done := p.machineOf(ctx, s, m)
	found := append(setup.Findings(ctx, p.resolver(), sending), machine.Look(ctx, sending)...)
	if err := done(); err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(p, rowsOf(found, func(f setup.Finding) doctorRow {
			row := doctorRow{About: string(f.Subject), Grade: string(f.Grade), Text: f.Text}
			if f.Publish != nil {
				row.Publish = f.Publish.String()
			}
			return row
		})...)
	} else {
		err = p.printFindings(sending, found)
	}
	if err != nil {
		return err
	}
	if c.Mail != "" {
		err := p.with(ctx, s, func(a *app) error { return a.tryMail(ctx, c.Mail) })
		if err != nil {
			return err
		}
	}
	if n := setup.InTheWay(found); n > 0 {
		return digest.Fail(digest.Unavailable, "Mend what is marked WRONG, and ask again.", "%s in the way of your mail", counted(n, "thing stands", "things stand"))
	}
	return nil
}

// resolver is what the program asks for names.
func (p *Program) resolver() *net.Resolver { return cmp.Or(p.Resolver, net.DefaultResolver) }

// printFindings prints how mail goes out and what was found.
func (p *Program) printFindings(sending setup.Sending, found []setup.Finding) error {
	if sending.Outbox != "" {
		fmt.Fprintf(p.Stdout, "No mail leaves this machine: it is written to %s as files.\n", printable(sending.Outbox))
	} else {
		fmt.Fprintf(p.Stdout, "Mail goes to %s, from %s.\n", printable(net.JoinHostPort(sending.Host, sending.Port)), printable(sending.From))
	}
	for _, f := range found {
		fmt.Fprintf(p.Stdout, "%-9s %s\n", strings.ToUpper(string(f.Grade)), printable(f.Text))
		if f.Publish != nil {
			fmt.Fprintf(p.Stdout, "%-9s Publish: %s\n", "", printable(f.Publish.String()))
		}
	}
	return nil
}

// tryMail sends a test mail.
func (a *app) tryMail(ctx context.Context, to string) error {
	mailer, err := a.mailer(ctx)
	if err != nil {
		return err
	}
	tried, err := mailer.setup(nil).TestMail(ctx, to)
	if err != nil {
		return err
	}
	if tried.Outbox != "" {
		_, err = fmt.Fprintf(a.p.Stdout, "The test mail is in %s.\n", printable(tried.Outbox))
	} else {
		_, err = fmt.Fprintf(a.p.Stdout, "The server took the test mail to %s: %s\n", printable(to), printable(tried.Reply))
	}
	return err
}
