package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/disk"
	"postbag/subscribers"
	"postbag/subscribers/roster"
)

// subscriberCmd groups the commands about the mailing list.
type subscriberCmd struct {
	Add    subscriberAddCmd    `cmd:"" help:"Add one reader, who is then asked to confirm by mail."`
	List   subscriberListCmd   `cmd:"" help:"List readers."`
	Import subscriberImportCmd `cmd:"" help:"Add readers from a CSV file."`
	Export subscriberExportCmd `cmd:"" help:"Write all readers as CSV."`
}

// agreed says that people need no confirmation mail, and why.
type agreed struct {
	Confirmed bool   `help:"They agreed already; ask them nothing. Needs --consent."`
	Consent   string `help:"How they agreed, kept as proof." placeholder:"TEXT"`
}

type subscriberAddCmd struct {
	agreed
	Email string `arg:"" help:"The address."`
	Name  string `help:"The reader's name." placeholder:"NAME"`
}

func (a agreed) check() error {
	if a.Confirmed && strings.TrimSpace(a.Consent) == "" {
		return digest.Fail(digest.Invalid, `Add --consent, for example --consent "signed the list at the meeting of 3 May", or leave out --confirmed.`,
			"--confirmed needs --consent: how did they agree?")
	}
	return nil
}

// Run adds a reader.
func (c subscriberAddCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	if err := c.check(); err != nil {
		return err
	}
	return p.begin(ctx, s, func(a *app) error {
		outcome, err := a.roster().Add(ctx, p.by(), c.Email, c.Name, roster.AddOptions{Confirmed: c.Confirmed, ConsentText: c.Consent})
		if err != nil {
			return err
		}
		switch {
		case outcome != roster.Added:
			_, err = fmt.Fprintf(p.Stdout, "%s is on the list already.\n", c.Email)
		case c.Confirmed:
			_, err = fmt.Fprintf(p.Stdout, "Added %s.\n", c.Email)
		default:
			_, err = fmt.Fprintf(p.Stdout, "Added %s. The mail that asks for confirmation goes out with the worker (postbag serve).\n", c.Email)
		}
		return err
	})
}

type subscriberListCmd struct {
	listing
	State string `help:"Only those that are pending, active, unsubscribed, bounced or complained." enum:",pending,active,unsubscribed,bounced,complained" default:"" placeholder:"STATE"`
	Text  string `help:"Only addresses that contain this." placeholder:"TEXT"`
	Limit int    `help:"At most so many." default:"200"`
}

// subscriberRow is a subscriber in a JSON listing. The token of the reader's
// links is not shown: whoever has it can act for them.
type subscriberRow struct {
	ID        int64                 `json:"id"`
	Email     string                `json:"email"`
	Name      string                `json:"name"`
	State     subscribers.State     `json:"state"`
	Frequency subscribers.Frequency `json:"frequency"`
	Created   stamp                 `json:"created"`
	Confirmed stamp                 `json:"confirmed"`
	Left      stamp                 `json:"left"`
}

// Run lists readers.
func (c subscriberListCmd) Run(ctx context.Context, p *Program, a *app) error {
	var rows []subscriberRow
	filter := roster.Filter{State: subscribers.State(c.State), Text: c.Text, Limit: c.Limit}
	err := a.roster().List(ctx, filter, func(x subscribers.Subscriber) error {
		rows = append(rows, subscriberRow{
			ID: x.ID, Email: x.Email, Name: x.Name, State: x.State, Frequency: x.Frequency,
			Created: stamp(x.CreatedAt), Confirmed: stamp(x.ConfirmedAt), Left: stamp(x.LeftAt),
		})
		return nil
	})
	if err != nil {
		return err
	}
	p.more(len(rows), c.Limit)
	none := "No readers yet. To add some: postbag subscriber add ADDRESS, or: postbag subscriber import FILE"
	if c.State != "" || c.Text != "" {
		none = "No reader is like that."
	}
	return printList(p, c.JSON, rows, none, "EMAIL\tNAME\tSTATE\tWANTS\tCONFIRMED\tLEFT", func(r subscriberRow) string {
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s", cell(r.Email, 60), cell(r.Name, 30), r.State, r.Frequency,
			when(time.Time(r.Confirmed)), when(time.Time(r.Left)))
	})
}

type subscriberImportCmd struct {
	agreed
	File        string `arg:"" help:"A CSV file with a column email; - reads standard input."`
	DryRun      bool   `help:"Say what would happen, and change nothing."`
	SkipInvalid bool   `help:"Import the other lines even if some have no usable address."`
}

// Run imports readers.
func (c subscriberImportCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	if err := c.check(); err != nil {
		return err
	}
	in := p.Stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return digest.Fail(digest.NotFound, "Check the name.", "the file cannot be read: %w", err)
		}
		defer f.Close()
		in = f
	}
	return p.begin(ctx, s, func(a *app) error {
		b := p.bar("importing", -1)
		report, err := a.roster().Import(ctx, p.by(), in, roster.ImportOptions{
			DryRun: c.DryRun, SkipInvalid: c.SkipInvalid, Confirmed: c.Confirmed, Consent: c.Consent,
			Progress: func(done, total int) { b.of(done, total) },
		})
		b.done()
		for _, r := range report.Rejected {
			fmt.Fprintf(p.Stderr, "line %d: %s\n", r.Line, printable(r.Why))
		}
		if err != nil {
			return err
		}
		verb := "Imported"
		if c.DryRun {
			verb = "Would import"
		}
		_, err = fmt.Fprintf(p.Stdout, "%s %s; %d on the list already, %d kept out because they left, %d twice in the file, %d not usable.\n",
			verb, plural(report.Added, "reader"), report.Known, report.KeptOut, report.Duplicated, report.RejectedCount)
		return err
	})
}

type subscriberExportCmd struct {
	File  string `arg:"" optional:"" default:"-" help:"Where to write; - writes standard output."`
	State string `help:"Only those in this state." enum:",pending,active,unsubscribed,bounced,complained" default:"" placeholder:"STATE"`
}

// Run exports readers. A file appears whole or not at all.
func (c subscriberExportCmd) Run(ctx context.Context, p *Program, a *app) error {
	filter := roster.Filter{State: subscribers.State(c.State), Limit: -1}
	if c.File == "-" {
		_, err := a.roster().Export(ctx, p.Stdout, filter)
		return err
	}
	n := 0
	_, err := disk.WriteFile(c.File, true, func(w io.Writer) (err error) {
		n, err = a.roster().Export(ctx, w, filter)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "Wrote %s to %s.\n", plural(n, "reader"), c.File)
	return err
}
