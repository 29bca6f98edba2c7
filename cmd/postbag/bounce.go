package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/subscribers"
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

// bounceCmd groups the commands about what comes back of mails.
type bounceCmd struct {
	Take   bounceTakeCmd   `cmd:"" default:"withargs" help:"Take one message that came back, from standard input, as a mail server pipes it."`
	Accept bounceAcceptCmd `cmd:"" help:"Say that readers whose refusals in an issue were not believed truly are gone: they are not mailed any more."`
	List   bounceListCmd   `cmd:"" help:"List what came back, and what servers refused, the newest first."`
}

type bounceTakeCmd struct {
	To []string `help:"The address that the message was for, as the mail server knows it." placeholder:"ADDRESS"`
}

// mostPiped bounds what is read of a message that is piped, so that whoever writes it
// comes to an end.
const mostPiped = 256 << 20

// Run takes a message. A mail server must not answer a bounce: what is no bounce is
// done, too, and whatever keeps it from being taken is passing.
func (c bounceTakeCmd) Run(ctx context.Context, p *Program, a *app) error {
	taken, err := a.bounces().Message(ctx, bounce.Pipe, p.Stdin, c.To...)
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, io.LimitReader(p.Stdin, mostPiped)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Stdout, printable(takenWords(taken)))
	return err
}

// takenWords says what became of a message.
func takenWords(t bounce.Taken) string {
	switch t.Outcome {
	case bounce.NoEvent:
		return fmt.Sprintf("It is no bounce (%s).", t.Kind)
	case bounce.NobodyOf:
		return fmt.Sprintf("It is a message of the kind %q about nobody who was mailed, or it cannot be proved. Nothing is changed.", t.Kind)
	case bounce.Unread:
		return "It cannot be read. Nothing is changed."
	case bounce.Repeated:
		return fmt.Sprintf("%s of %s is known already.", t.Kind, t.Email)
	}
	if t.Ended {
		return fmt.Sprintf("%s: %s is %s now.", t.Kind, t.Email, t.State)
	}
	return fmt.Sprintf("%s of %s is kept.", t.Kind, t.Email)
}

// exitTemporary is what mail servers take for "try again later" (EX_TEMPFAIL of
// sysexits.h).
const exitTemporary = 75

// temporary is a failure of a command that a mail server calls.
type temporary struct{ error }

func (t temporary) Unwrap() error { return t.error }

// forServer marks the failure of a command that a mail server calls: it tries again.
func forServer(command string, err error) error {
	if err == nil || command != "bounce take" {
		return err
	}
	return temporary{err}
}

type bounceAcceptCmd struct {
	numbered
	Domain string `help:"Only the addresses of this domain." placeholder:"DOMAIN"`
	Yes    bool   `help:"Do not ask."`
}

// Run takes refusals for bounces that were too many to be believed.
func (c bounceAcceptCmd) Run(ctx context.Context, _ *Program, a *app) error {
	return a.decideRefused(ctx, c.ref(), bounce.Decision{Domain: c.Domain, Gone: true}, c.Yes)
}

// decideRefused says of whom a decision is, asks, and carries it out.
func (a *app) decideRefused(ctx context.Context, ref desk.Ref, x bounce.Decision, yes bool) error {
	issue, _, err := a.desk.Issue(ctx, ref)
	if err != nil {
		return err
	}
	x.IssueID = issue.ID
	n, err := a.bounces().Meant(ctx, x)
	if err != nil {
		return err
	}
	who, of := "bounced by refusals in", ""
	if x.Gone {
		who = "has a refusal that was not believed in"
	}
	if x.Domain != "" {
		of = " of " + cell(x.Domain, 100)
	}
	if n == 0 {
		_, err := fmt.Fprintf(a.p.Stdout, "No reader%s %s issue %d: nothing was done.\n", of, who, issue.Number)
		return err
	}
	readers, what, done := counted(n, "reader"+of+" bounced", "readers"+of+" bounced")+" because servers refused them, and are mailed again.", "mail them again", "%s mailed again. To send them the issue itself: postbag issue send %d --state failed\n"
	if x.Gone {
		readers, what, done = counted(n, "reader"+of, "readers"+of)+" whom servers refused are not mailed any more.", "take them for gone", "%s bounced now. If that was wrong: postbag suppression remove --bounced-in %d\n"
	}
	fmt.Fprintln(a.p.Stdout, cell(readers, 300))
	if err := a.p.confirm(yes, what); err != nil {
		return err
	}
	if n, err = a.bounces().Decide(ctx, a.p.by(), x); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.p.Stdout, done, counted(n, "reader is", "readers are"), issue.Number)
	return err
}

type bounceListCmd struct {
	listing
	inSeries
	Issue  int    `help:"Only those of this issue." placeholder:"N"`
	Reader string `help:"Only those of this address." placeholder:"ADDRESS"`
	Limit  int    `help:"At most so many." default:"200"`
}

// bounceRow is an event in JSON.
type bounceRow struct {
	At      stamp             `json:"at"`
	Email   string            `json:"email"` // "" for who was forgotten
	Kind    report.Kind       `json:"kind"`
	Status  string            `json:"status"`
	Code    int               `json:"code"`
	Words   string            `json:"words"`
	Source  bounce.Source     `json:"source"`
	Counted bool              `json:"counted"`
	Became  subscribers.State `json:"became"`
	Series  string            `json:"series"`
	Number  int               `json:"number"`
	Title   string            `json:"title"`
}

func bounceRowOf(e bounce.Listed) bounceRow {
	return bounceRow{At: stamp(e.At), Email: e.Email, Kind: e.Kind, Status: e.Status, Code: e.Code, Words: e.Words, Source: e.Source,
		Counted: e.Counted, Became: e.Ended, Series: e.Series, Number: e.Number, Title: e.Title}
}

// Run lists what came back.
func (c bounceListCmd) Run(ctx context.Context, p *Program, a *app) error {
	f := bounce.Filter{Limit: c.Limit}
	if c.Issue != 0 {
		issue, _, err := a.desk.Issue(ctx, desk.Ref{Series: c.Series, Number: c.Issue})
		if err != nil {
			return err
		}
		f.IssueID = issue.ID
	}
	if c.Reader != "" {
		reader, err := a.readers().Find(ctx, c.Reader)
		if err != nil {
			return err
		}
		f.SubscriberID = reader.ID
	}
	found, err := a.bounces().Events(ctx, f)
	if err != nil {
		return err
	}
	rows := rowsOf(found, bounceRowOf)
	p.more(len(rows), c.Limit)
	none := "Nothing has come back."
	if c.Issue != 0 || c.Reader != "" {
		none = "Nothing like that has come back."
	}
	return printList(p, c.JSON, rows, none, "WHEN\tEMAIL\tKIND\tSTATUS\tISSUE\tEFFECT\tWORDS", func(r bounceRow) string {
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%s", when(time.Time(r.At)), cell(r.Email, 60), r.Kind, r.Status, cell(r.Title, 40), r.effect(), cell(r.Words, 80))
	})
}

// mostReturned bounds what is shown of one reader.
const mostReturned = 50

// line tells an event in one line.
func (r bounceRow) line() string {
	words := []string{shownAt(r.At), "", string(r.Kind), r.Status, cell(r.Title, 60)}
	if effect := r.effect(); effect != "" {
		words = append(words, "("+effect+")")
	}
	return strings.Join(slices.DeleteFunc(append(words, cell(r.Words, 80)), func(w string) bool { return w == "" }), "  ")
}

// effect says what an event did.
func (r bounceRow) effect() string {
	switch {
	case r.Became != "":
		return string(r.Became)
	case r.Counted:
		return "counts"
	}
	return ""
}

// returned prints how many bounces and complaints came back of an issue, if any did.
func (a *app) returned(ctx context.Context, issue digest.Issue) error {
	counts, err := a.bounces().Counts(ctx, issue.ID)
	if err != nil {
		return err
	}
	if words := bounce.Words(counts); words != "" {
		_, err = fmt.Fprintf(a.p.Stdout, "%s See: postbag bounce list --issue %d\n", words, issue.Number)
	}
	return err
}
