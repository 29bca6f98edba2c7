package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
)

type issueEditCmd struct {
	which
	ifVersion
	Title     *string `help:"The title." placeholder:"TEXT"`
	Intro     *string `help:"The introduction, in Markdown." placeholder:"TEXT" xor:"intro"`
	IntroFile string  `help:"Read the introduction from a file; - reads standard input." placeholder:"FILE" xor:"intro"`
	Subject   *string `help:"The mail's subject; empty for the title." placeholder:"TEXT"`
	Preheader *string `help:"The line that mail programs show after the subject; empty to have it made." placeholder:"TEXT"`
	Heading   *string `help:"Add a heading; with --row or --block, write that heading anew." placeholder:"TEXT"`
	Text      *string `help:"Add a text of your own, in Markdown, or write one anew." placeholder:"TEXT"`
	Quote     *string `help:"Add words that you quote from elsewhere, or write them anew." placeholder:"TEXT"`
	Source    string  `help:"What the quoted words stand in: a post, a page, a book." placeholder:"TITLE"`
	URL       string  `name:"url" help:"The address of that, if it has one." placeholder:"URL"`
	At        int     `help:"Where to add it: a position; else at the end." placeholder:"POSITION"`
	Row       int     `help:"The row to write anew, trim, restore or remove." placeholder:"ROW" xor:"row"`
	Block     int64   `help:"The same by the row's id, which stays when rows move; issue show --json tells it." placeholder:"ID" xor:"row"`
	Keep      string  `help:"Keep only these sentences of the pick, such as 1-3,5." placeholder:"LIST"`
	Restore   bool    `help:"Undo the trimming of the pick, and accept its words as they are now."`
	Remove    bool    `help:"Take the row out."`
	MailEnds  *int    `help:"Let the mail end after the pick in this row, with a link to the rest on the web; 0 puts all of it into the mail." placeholder:"ROW"`
	trimFlags
}

// Run edits a draft.
func (c issueEditCmd) Run(ctx context.Context, p *Program, s *Settings) error {
	if reflect.DeepEqual(c, issueEditCmd{which: c.which, ifVersion: c.ifVersion}) {
		return digest.Fail(digest.Invalid, "See: postbag issue edit --help", "nothing is named that should change")
	}
	if c.MailEnds != nil {
		if !reflect.DeepEqual(c, issueEditCmd{which: c.which, ifVersion: c.ifVersion, MailEnds: c.MailEnds}) {
			return digest.Fail(digest.Invalid, "Do one after the other.", "--mail-ends goes with no other change")
		}
		return c.endMail(ctx, p, s)
	}
	edit := desk.Edit{
		Title: c.Title, Intro: c.Intro, Subject: c.Subject, Preheader: c.Preheader,
		Block: c.Block, Restore: c.Restore, Remove: c.Remove,
	}
	if err := c.words(&edit); err != nil {
		return err
	}
	var err error
	if edit.Keep, err = parseList(c.Keep); err != nil {
		return err
	}
	if c.IntroFile != "" {
		text, err := readText(p, c.IntroFile)
		if err != nil {
			return err
		}
		edit.Intro = &text
	}
	return c.edit(ctx, p, s, c.ref(), func(a *app, issue digest.Issue, at desk.Ref) (desk.Saved, error) {
		if err := c.locate(issue, &edit); err != nil {
			return desk.Saved{}, err
		}
		return c.trimmed(ctx, p, a, issue, at, edit)
	})
}

// words says which rows are added, or what a row says from now on.
func (c issueEditCmd) words(edit *desk.Edit) error {
	words := desk.Rewrite{Heading: c.Heading, Text: c.Text}
	if c.Quote != nil {
		words.Quote = &desk.Quote{Text: *c.Quote, Source: c.Source, URL: c.URL}
	} else if c.Source != "" || c.URL != "" {
		return digest.Fail(digest.Invalid, "For example: --quote 'A rota is a promise.' --source 'The Timetable'", "--source and --url go with --quote")
	}
	given := 0
	for _, is := range []bool{c.Heading != nil, c.Text != nil, c.Quote != nil} {
		if is {
			given++
		}
	}
	switch isRow := c.Row != 0 || c.Block != 0; {
	case c.At != 0 && (isRow || given == 0):
		return digest.Fail(digest.Invalid, "To move a row: postbag issue move", "--at says where --heading, --text or --quote are added")
	case isRow && given > 1:
		return digest.Fail(digest.Invalid, "", "a row is one of a heading, a text and a quotation")
	case isRow && given == 1:
		edit.Rewrite = &words
	default:
		edit.Heading, edit.Text, edit.Quote = words.Heading, words.Text, words.Quote
	}
	return nil
}

// endMail lets the mail end after a row.
func (c issueEditCmd) endMail(ctx context.Context, p *Program, s *Settings) error {
	return c.edit(ctx, p, s, c.ref(), func(a *app, issue digest.Issue, at desk.Ref) (desk.Saved, error) {
		if *c.MailEnds == 0 {
			return a.desk.EndMail(ctx, p.by(), at, 0)
		}
		block, err := blockAt(issue, *c.MailEnds)
		if err != nil {
			return desk.Saved{}, err
		}
		return a.desk.EndMail(ctx, p.by(), at, block.ID)
	})
}

// locate finds the blocks that the row and the position mean.
func (c issueEditCmd) locate(issue digest.Issue, edit *desk.Edit) error {
	if c.Row != 0 {
		block, err := blockAt(issue, c.Row)
		if err != nil {
			return err
		}
		edit.Block = block.ID
	}
	var err error
	edit.Before, err = beforeAt(issue, c.At)
	return err
}

// beforeAt gives the id of the block that stands at a position, 0 for the end: the
// position 0, or the one after the last row.
func beforeAt(issue digest.Issue, position int) (int64, error) {
	if position == 0 || position == len(issue.Blocks)+1 {
		return 0, nil
	}
	block, err := blockAt(issue, position)
	if err != nil {
		return 0, digest.Fail(digest.NotFound, digest.HintOf(err), "issue %d has no position %d", issue.Number, position)
	}
	return block.ID, nil
}

// readText reads a small text from a file or standard input.
func readText(p *Program, name string) (string, error) {
	const limit = 1 << 20
	in := p.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return "", digest.Fail(digest.NotFound, "Check the name.", "the text cannot be read: %w", err)
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, limit))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), nil
}

// parseList reads "1-3,5" as 1, 2, 3, 5.
func parseList(s string) ([]int, error) {
	if s == "" {
		return nil, nil
	}
	const most = 10_000
	var out []int
	for _, part := range strings.Split(s, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		first, err := strconv.Atoi(from)
		last := first
		if err == nil && isRange {
			last, err = strconv.Atoi(to)
		}
		if err != nil || first < 1 || last < first || last > most {
			return nil, digest.Fail(digest.Invalid, "For example 1-3,5.", "%q is no list of sentences", s)
		}
		for i := first; i <= last; i++ {
			out = append(out, i)
		}
	}
	return out, nil
}

type issueApproveCmd struct {
	which
	ifVersion
	Now  bool    `help:"Let it go out in ten minutes, not at its moment." xor:"when"`
	At   string  `help:"Let it go out at a time of your own, on the clocks of the series' zone, such as \"2026-12-06 18:00\"." placeholder:"TIME" xor:"when"`
	Keep []int64 `help:"Let the pick with this id of its row stand as it was picked, although the blog changed or removed it." placeholder:"ID"`
}

// Run approves a draft.
func (c issueApproveCmd) Run(ctx context.Context, p *Program, a *app) error {
	ref := c.ref()
	ref.Version = c.Version
	draft, err := a.desk.ToApprove(ctx, ref)
	if err != nil {
		return err
	}
	ref.Number, ref.Version = draft.Number, draft.Version
	when, err := a.when(ctx, draft, c.Now, c.At)
	if err != nil {
		return err
	}
	if len(c.Keep) > 0 {
		saved, err := a.desk.Keep(ctx, p.by(), ref, c.Keep...)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Stdout, "%s.\n", printable(sentence(saved.Words)))
		ref.Version = saved.Version
	}
	done := a.watchCheck()
	issue, unsure, err := a.desk.Approve(ctx, p.by(), ref, when)
	done()
	if p.sayUnchecked(unsure); err != nil {
		return stopped(ctx, err, "Nothing was approved.", digest.Act{Do: digest.ApproveIssue, Issue: draft.Number})
	}
	size, err := a.desk.MailSize(issue.Frozen)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "%s: %s\n", cell(issue.Title, 150), extent(desk.Outlook{Issue: issue, Frozen: issue.Frozen, Size: size}))
	if err := a.sentence(ctx, issue); err != nil {
		return err
	}
	if err := a.sayWho(ctx, issue); err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "Until the first mail has left, take it back with: postbag issue hold %d\n", issue.Number)
	return a.sayNoWorker(ctx, issue)
}

// when reads when an issue is to go out.
func (a *app) when(ctx context.Context, issue digest.Issue, now bool, at string) (when desk.When, err error) {
	when.Now = now
	if at == "" {
		return when, nil
	}
	series, err := a.desk.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return when, err
	}
	when.At, err = a.desk.ReadMoment(series, at)
	return when, err
}

// sayWho says who gets an issue that is still to be mailed.
func (a *app) sayWho(ctx context.Context, issue digest.Issue) error {
	series, err := a.desk.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return err
	}
	ahead, err := a.sender.Prospect(ctx, desk.Ref{Series: series.Slug, Number: issue.Number}, desk.When{})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.p.Stdout, ahead.Who())
	return err
}

type issueHoldCmd struct{ which }

// Run holds an issue back as far as that is still possible.
func (c issueHoldCmd) Run(ctx context.Context, p *Program, a *app) error {
	issue, err := a.sender.TakeBack(ctx, p.by(), c.ref())
	if err != nil {
		return err
	}
	switch issue.State {
	case digest.Draft:
		fmt.Fprintf(p.Stdout, "The approval of issue %d is taken back: nobody has got it.\n", issue.Number)
	case digest.Published:
		_, err = fmt.Fprintf(p.Stdout, "Issue %d is on the web, and is not mailed before you send it: postbag issue send %[1]d\n", issue.Number)
		return err
	}
	return a.sentence(ctx, issue)
}

type issueReopenCmd struct{ which }

// Run takes an approval back.
func (c issueReopenCmd) Run(ctx context.Context, p *Program, a *app) error {
	issue, err := a.desk.Reopen(ctx, p.by(), c.ref())
	if err != nil {
		return err
	}
	return a.sentence(ctx, issue)
}

type issuePublishCmd struct {
	which
	Yes bool `help:"Do not ask."`
}

// Run publishes an approved issue.
func (c issuePublishCmd) Run(ctx context.Context, p *Program, a *app) error {
	ref := c.ref()
	issue, err := a.desk.Meant(ctx, ref, digest.Approved)
	if err != nil {
		return err
	}
	ref.Number = issue.Number
	if issue.State == digest.Approved {
		series, err := a.desk.SeriesOf(ctx, issue.SeriesID)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.Stdout, "%s is seen by everybody on the web and in the feed now; it goes out by mail %s. What readers have seen cannot be edited any more.\n",
			cell(issue.Title, 150), desk.Moment(series, issue.DueAt))
		if err := p.confirm(c.Yes, fmt.Sprintf("publish issue %d", ref.Number)); err != nil {
			return err
		}
	}
	done := a.watchCheck()
	issue, unsure, err := a.desk.Publish(ctx, p.by(), ref)
	done()
	if p.sayUnchecked(unsure); err != nil {
		return stopped(ctx, err, "Nothing was published.", digest.Act{Do: digest.PublishIssue, Issue: c.Number})
	}
	if _, err = fmt.Fprintf(p.Stdout, "%s is on the web: %s\n", cell(issue.Title, 150), a.issueURL(issue.Number)); err != nil {
		return err
	}
	return a.sayNoWorker(ctx, issue)
}
