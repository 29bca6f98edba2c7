package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/disk"
	"postbag/subscribers"
	"postbag/subscribers/listfile"
	"postbag/subscribers/roster"
)

// subscriberCmd groups the commands about the mailing list.
type subscriberCmd struct {
	Add    subscriberAddCmd    `cmd:"" help:"Add one reader, who is then asked to confirm by mail."`
	List   subscriberListCmd   `cmd:"" help:"List readers."`
	Import subscriberImportCmd `cmd:"" help:"Add readers from a CSV file."`
	Export subscriberExportCmd `cmd:"" help:"Write all readers as CSV."`
	Show   subscriberShowCmd   `cmd:"" help:"Show all that is known of one reader: how they agreed, and what was mailed to them."`
	Ask    subscriberAskCmd    `cmd:"" help:"Ask a reader once more to confirm."`
	Erase  subscriberEraseCmd  `cmd:"" help:"Forget a reader: all that tells who it was."`
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

func subscriberRowOf(x subscribers.Subscriber) subscriberRow {
	return subscriberRow{
		ID: x.ID, Email: x.Email, Name: x.Name, State: x.State, Frequency: x.Frequency,
		Created: stamp(x.CreatedAt), Confirmed: stamp(x.ConfirmedAt), Left: stamp(x.LeftAt),
	}
}

// Run lists readers.
func (c subscriberListCmd) Run(ctx context.Context, p *Program, a *app) error {
	var rows []subscriberRow
	filter := roster.Filter{State: subscribers.State(c.State), Text: c.Text, Limit: c.Limit}
	err := a.roster().List(ctx, filter, func(x subscribers.Subscriber) error {
		rows = append(rows, subscriberRowOf(x))
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
	File        string   `arg:"" help:"A CSV file with the readers' addresses; - reads standard input."`
	DryRun      bool     `help:"Say what would happen, and change nothing."`
	SkipInvalid bool     `help:"Import the other lines even if some cannot be used."`
	Map         []string `help:"What a column is, by its heading or number: email, name, first_name, middle_name, last_name, state, frequency, created_at, confirmed_at, left_at, left_because, subscribed, bounced, complained, consent or ignore. May be repeated." placeholder:"COLUMN=FIELD" sep:"none"`
	As          string   `help:"Everybody in the file is that: unsubscribed, bounced or complained." enum:",unsubscribed,bounced,complained" default:"" placeholder:"STATE"`
	Dates       string   `help:"How dates such as 03/04/2024 are written: day-first or month-first; found out otherwise." enum:",day-first,month-first" default:"" placeholder:"ORDER"`
	Charset     string   `help:"The file's character set, such as windows-1250 or macintosh; found out otherwise." placeholder:"NAME"`
}

// columns reads the options --map.
func (c subscriberImportCmd) columns() (map[string]listfile.Field, error) {
	columns := map[string]listfile.Field{}
	for _, given := range c.Map {
		i := strings.LastIndexByte(given, '=')
		field := listfile.Field(strings.ToLower(strings.TrimSpace(given[i+1:])))
		if i <= 0 || !slices.Contains(listfile.Fields(), field) {
			var names []string
			for _, f := range listfile.Fields() {
				names = append(names, string(f))
			}
			return nil, digest.Fail(digest.Invalid, "Write --map COLUMN=FIELD; a field is one of "+strings.Join(names, ", ")+".", "--map %q does not say what a column is", given)
		}
		columns[strings.TrimSpace(given[:i])] = field
	}
	return columns, nil
}

// Run imports readers.
func (c subscriberImportCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	if err := c.check(); err != nil {
		return err
	}
	columns, err := c.columns()
	if err != nil {
		return err
	}
	in, name := p.Stdin, ""
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return digest.Fail(digest.NotFound, "Check the name.", "the file cannot be read: %w", err)
		}
		defer f.Close()
		in, name = f, filepath.Base(c.File)
	}
	return p.importing(c.DryRun)(ctx, s, func(a *app) error {
		b := p.bar("importing", -1)
		report, err := a.roster().Import(ctx, p.by(), in, roster.ImportOptions{
			DryRun: c.DryRun, SkipInvalid: c.SkipInvalid, Confirmed: c.Confirmed, Consent: c.Consent, As: subscribers.State(c.As), File: name,
			List: listfile.Options{Columns: columns, Dates: listfile.DateOrder(c.Dates)}, Charset: c.Charset,
			Progress: func(done, total int) { b.of(done, total) },
		})
		b.done()
		for _, r := range report.Rejected {
			fmt.Fprintf(p.Stderr, "line %d: %s\n", r.Line, printable(r.Why))
		}
		if more := report.RejectedCount + report.Departed - len(report.Rejected); more > 0 {
			fmt.Fprintf(p.Stderr, "and %s\n", counted(more, "more line", "more lines"))
		}
		if err != nil {
			for _, note := range importNotes(report) {
				fmt.Fprintln(p.Stderr, note)
			}
			return err
		}
		verb := "Imported"
		if c.DryRun {
			verb = "Would import"
		}
		fmt.Fprintf(p.Stdout, "%s %s%s%s.\n", verb, plural(report.Added, "reader"), byState(report.States), otherRows(report))
		for _, note := range importNotes(report) {
			fmt.Fprintln(p.Stdout, note)
		}
		return nil
	})
}

// byState counts readers by their states, "" where all are active.
func byState(states map[subscribers.State]int) string {
	var parts []string
	for _, state := range []subscribers.State{subscribers.Active, subscribers.Pending, subscribers.Unsubscribed, subscribers.Bounced, subscribers.Complained} {
		if n := states[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// otherRows counts the rows of a list that brought no new reader.
func otherRows(r roster.ImportReport) string {
	var parts []string
	for _, of := range []struct {
		n    int
		what string
	}{
		{r.Known, "on the list already"}, {r.Ended, "taken off the list because they left"}, {r.KeptOut, "kept out because they left before"},
		{r.Duplicated, "twice in the file"}, {r.RejectedCount, "not usable"},
	} {
		if of.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", of.n, of.what))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, ", ")
}

// shownColumns is how many columns that were not read are named.
const shownColumns = 100

// importNotes says what of a list was not read, and what was guessed.
func importNotes(r roster.ImportReport) (notes []string) {
	var unread, speaking []string
	for _, c := range r.Unread {
		unread = append(unread, c.Label())
		if c.Speaks {
			speaking = append(speaking, c.Label())
		}
	}
	if more := len(unread) - shownColumns; more > 0 {
		unread = append(unread[:shownColumns], fmt.Sprintf("and %d more", more))
	}
	if len(unread) > 0 {
		notes = append(notes, "Columns not read: "+printable(strings.Join(unread, ", "))+". To have one read: --map COLUMN=FIELD")
	}
	if len(speaking) > 0 {
		notes = append(notes, "Look at "+printable(strings.Join(speaking, ", "))+": it speaks of leaving and is not understood.")
	}
	if r.ConcernedCount > 0 {
		who := strings.Join(r.Concerned, ", ")
		if more := r.ConcernedCount - len(r.Concerned); more > 0 {
			who += fmt.Sprintf(" and %d more", more)
		}
		notes = append(notes, "Look at "+printable(who)+": on the list, and a row of the file about them is not understood. It may say that they left.")
	}
	if r.GuessedDate != "" {
		notes = append(notes, fmt.Sprintf("Dates such as %s were read %s; --dates says otherwise.", printable(r.GuessedDate), strings.Replace(string(r.Dates), "-", " ", 1)))
	}
	if r.Charset != "" {
		notes = append(notes, fmt.Sprintf("The list is not in UTF-8; it was read as %s. If names look wrong: --charset NAME", r.Charset))
	}
	return notes
}

type subscriberExportCmd struct {
	File  string `arg:"" optional:"" default:"-" help:"Where to write; - writes standard output."`
	State string `help:"Only those in this state." enum:",pending,active,unsubscribed,bounced,complained" default:"" placeholder:"STATE"`
	Force bool   `help:"Replace the file if it exists."`
}

// Run exports readers. A file appears whole or not at all.
func (c subscriberExportCmd) Run(ctx context.Context, p *Program, a *app) error {
	filter := roster.Filter{State: subscribers.State(c.State), Limit: -1}
	if c.File == "-" {
		_, err := a.roster().Export(ctx, p.by(), "standard output", p.Stdout, filter)
		return err
	}
	n := 0
	_, err := disk.WriteFile(c.File, c.Force, func(w io.Writer) (err error) {
		n, err = a.roster().Export(ctx, p.by(), c.File, w, filter)
		return err
	})
	if err != nil {
		return withForce(err)
	}
	_, err = fmt.Fprintf(p.Stdout, "Wrote %s to %s.\n", plural(n, "reader"), c.File)
	return err
}
