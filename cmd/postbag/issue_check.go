package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"

	"postbag/digest"
	"postbag/digest/check"
	"postbag/digest/desk"
	"postbag/subscribers"
	"postbag/templates"
)

type issueCheckCmd struct {
	which
	listing
	Ask   bool     `help:"Ask the blogs first whether the picks are still there, and the links whether something is."`
	Seen  []string `help:"Let what has this key stand; it comes back when what it is about changes." placeholder:"KEY"`
	Again []string `help:"Look at what has this key again." placeholder:"KEY"`
}

type findingRow struct {
	Kind     digest.FindingKind `json:"kind"`
	Severity digest.Severity    `json:"severity"`
	Row      int                `json:"row,omitempty"`
	Block    int64              `json:"block,omitempty"`
	Number   int                `json:"number,omitempty"`
	Field    string             `json:"field,omitempty"`
	Subject  string             `json:"subject,omitempty"`
	Words    string             `json:"words"`
	Key      string             `json:"key"`
	SeenBy   string             `json:"seen_by,omitempty"`
	SeenAt   *stamp             `json:"seen_at,omitempty"`
	Fixes    []string           `json:"fixes"`
}

func findingRowOf(f digest.Finding) findingRow {
	row := findingRow{
		Kind: f.Kind, Severity: f.Severity(), Row: f.Row, Block: f.Block, Number: f.Number, Field: f.Field,
		Subject: f.Subject, Words: f.Words, Key: f.Key(), Fixes: []string{},
	}
	for _, act := range f.Acts {
		row.Fixes = append(row.Fixes, commandOf(act))
	}
	if f.Seen != nil {
		at := stamp(f.Seen.At)
		row.SeenBy, row.SeenAt = f.Seen.By.String(), &at
	}
	return row
}

// Run lists what is to be fixed or looked at. It fails when something must be fixed.
func (c issueCheckCmd) Run(ctx context.Context, p *Program, a *app) error {
	ref := c.ref()
	if c.Ask {
		if err := c.ask(ctx, p, a); err != nil {
			return err
		}
	}
	for i, key := range append(append([]string{}, c.Seen...), c.Again...) {
		if _, err := a.check.See(ctx, p.by(), ref, key, i >= len(c.Seen)); err != nil {
			return err
		}
	}
	r, err := a.check.List(ctx, ref)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := printJSON(p, rowsOf(r.Findings, findingRowOf)...); err != nil {
			return err
		}
	} else if err := c.say(p, r); err != nil {
		return err
	}
	if n := r.MustFix(); n > 0 {
		return digest.Fail(digest.Conflict, "", "%s to fix first", counted(n, "thing", "things"))
	}
	return nil
}

// ask asks the blogs here, and shows how far that is.
func (c issueCheckCmd) ask(ctx context.Context, p *Program, a *app) error {
	show, _, end := p.watch("asking the blogs", func(total int) string {
		return fmt.Sprintf("asking the blogs about %s, which may take a minute", counted(total, "pick", "picks"))
	})
	done, err := a.check.Now(ctx, p.by(), c.ref(), func(at digest.Asking) {
		if show != nil {
			show(at.Done, at.Total)
		}
	})
	end()
	for _, n := range done.Notices {
		fmt.Fprintf(p.Stderr, "postbag: %s\n", printable(n))
	}
	return stopped(ctx, err, "What was found out by then is kept.", digest.Act{Do: digest.AskBlogs, Issue: c.Number})
}

// say prints what was found for a person.
func (c issueCheckCmd) say(p *Program, r check.Report) error {
	out := p.Stdout
	fmt.Fprintf(out, "%s: %s\n", cell(r.Issue.Title, 150), extent(r.Outlook))
	if words := askedWords(r); words != "" {
		fmt.Fprintln(out, words)
	}
	for _, f := range r.Findings {
		head := "Must fix"
		switch {
		case f.Seen != nil:
			head = "Seen by " + f.Seen.By.String()
		case f.Severity() == digest.LookAt:
			head = "Look at"
		}
		fmt.Fprintf(out, "\n%s. %s\n", head, printable(f.Words))
		for _, act := range f.Acts {
			fmt.Fprintf(out, "  %s: %s\n", act.Do.Label(), commandOf(act))
		}
		if f.Severity() == digest.LookAt && f.Seen == nil {
			fmt.Fprintf(out, "  Let it stand: postbag issue check %d --seen %s\n", r.Issue.Number, f.Key())
		}
	}
	if len(r.Findings) == 0 {
		fmt.Fprintln(out, "All is well.")
	}
	return nil
}

// askedWords says how far the asking of the blogs is, or how old.
func askedWords(r check.Report) string {
	a := r.Asking
	switch {
	case a.WantedAt.IsZero():
		return "The blogs have not been asked yet: postbag issue check --ask"
	case a.IsOpen():
		return fmt.Sprintf("The blogs are asked again: %d of %d picks looked at.", a.Done, cmp.Or(a.Total, r.Issue.Picks()))
	}
	return fmt.Sprintf("The blogs were asked at %s UTC.", when(a.DoneAt))
}

type issuePreviewCmd struct {
	which
	Out string `help:"The folder to write into." default:"preview" placeholder:"DIR" type:"path"`
}

// Run writes an issue as readers would get it, as files. No mail is sent, and nothing
// that mailing needs is asked for.
func (c issuePreviewCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	own := *s
	if _, err := s.mail(); err != nil {
		own.SMTP = "outbox:" + os.TempDir()
	}
	return p.with(ctx, &own, func(a *app) error {
		is, err := a.desk.Outlook(ctx, c.ref())
		if err != nil {
			return err
		}
		if is.Frozen.Picks == 0 {
			return digest.Join(append(is.Problems, digest.Fail(digest.Conflict, "", "issue %d has no pick that could be shown", is.Issue.Number))...)
		}
		files, err := previewFiles(ctx, is.Frozen, a)
		if err != nil {
			return err
		}
		if files["mail.html"], err = mailHTML(a, is); err != nil {
			return err
		}
		if err := writeAll(c.Out, files); err != nil {
			return err
		}
		fmt.Fprintf(p.Stdout, "%s: %s\nWritten to %s: issue.html (the web page), mail.html, issue.txt, issue.eml, feed.atom\n",
			cell(is.Frozen.Title, 150), extent(is), c.Out)
		return p.sayProblems(is)
	})
}

// mailHTML is the HTML part of an issue's mail, with links that lead nowhere real.
func mailHTML(a *app, is desk.Outlook) ([]byte, error) {
	settings, err := a.settings.mail()
	if err != nil {
		return nil, err
	}
	text, err := a.writer(settings).Text(is.Frozen)
	return []byte(strings.ReplaceAll(text.HTML, templates.TokenMark, subscribers.TestToken)), err
}
