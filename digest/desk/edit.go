package desk

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/markup"
	"postbag/digest/prose"
)

// Edit is a change to a draft; nil and zero fields leave things as they are.
type Edit struct {
	Title *string
	Intro *string // Markdown
	// Subject and Preheader are those of the mail; "" takes them back, so that the
	// program makes them.
	Subject, Preheader *string
	// WasSubject and WasPreheader are those that whoever changes them saw stored: then
	// another's change of the one does not stand in the way of changing the other.
	WasSubject, WasPreheader *string
	// Heading, Text and Quote add rows, with a group's heading, the editor's own
	// Markdown, and what the editor quotes from elsewhere: above the block Before, or
	// at the end.
	Heading *string
	Text    *string
	Quote   *Quote
	Before  int64 // a block's id; 0 for the end
	// Block is the id of the block that the following fields change.
	Block int64
	// Keep trims the pick to these sentences, counted from 1.
	Keep []int
	// Trim trims it further; see [Desk.Trim].
	Trim *Trim
	// Restore undoes all trimming of the pick, and accepts its words as they are
	// now.
	Restore bool
	// Rewrite gives a heading, a text or a quotation other words.
	Rewrite *Rewrite
	// Remove takes the block out.
	Remove bool
}

// Quote is what an editor quotes from elsewhere: plain words, and where they stand. Its
// address may be empty.
type Quote struct{ Text, Source, URL string }

// Rewrite is what a row says from now on; the field of its kind is set.
type Rewrite struct {
	Heading *string
	Text    *string
	Quote   *Quote
}

// Limits of what an editor may write, in bytes: far above any use, low enough
// that a slip cannot fill a mail.
const (
	MaxTitle = 300
	MaxText  = 50_000
	maxURL   = 2000
)

// Edit changes a draft. All of an edit is done, or none of it. What it would add is
// not added a second time: a form that is sent twice does what it does once.
func (d *Desk) Edit(ctx context.Context, by digest.Actor, ref Ref, e Edit) (Saved, error) {
	if err := e.check(); err != nil {
		return Saved{}, err
	}
	do := func(issue *digest.Issue, _ digest.Series) (string, error) {
		if e.mailChanged(*issue) {
			return "", d.changed(ctx, *issue, ref.Version, []int64{issue.MailVersion}, nil)
		}
		var did []string
		if e.Title != nil && oneLine(*e.Title) != issue.Title {
			issue.Title = oneLine(*e.Title)
			did = append(did, "gave it the title “"+issue.Title+"”")
		}
		if e.Intro != nil && written(*e.Intro) != issue.Intro {
			issue.Intro = written(*e.Intro)
			did = append(did, "wrote the introduction")
		}
		did = append(did, e.editMail(issue)...)
		if e.Block != 0 {
			words, err := d.editBlock(ctx, issue, e)
			if err != nil {
				return "", err
			}
			if words != "" {
				did = append(did, words)
			}
		}
		added, err := e.insert(issue, ref.Version)
		return strings.Join(append(did, added...), ", "), err
	}
	if e.onlyAdds() {
		return d.repeat(ctx, by, ref, digest.Edited, do)
	}
	return d.changeOf(ctx, by, ref, digest.Edited, of(e.subject()), do)
}

// onlyAdds tells whether the edit takes nothing from anybody, whatever the draft
// has become.
func (e Edit) onlyAdds() bool {
	return e.Title == nil && e.Intro == nil && e.Subject == nil && e.Preheader == nil && e.Block == 0 && e.Before == 0
}

// mailChanged tells whether somebody else has changed what the edit changes of the mail.
func (e Edit) mailChanged(now digest.Issue) bool {
	isOther := func(to, was *string, is string) bool {
		return to != nil && was != nil && is != *was && is != oneLine(*to)
	}
	return isOther(e.Subject, e.WasSubject, now.Subject) || isOther(e.Preheader, e.WasPreheader, now.Preheader)
}

func (e Edit) subject() subject {
	s := subject{title: e.Title != nil, intro: e.Intro != nil,
		mail: e.Subject != nil && e.WasSubject == nil || e.Preheader != nil && e.WasPreheader == nil}
	if e.Block != 0 {
		s.blocks = append(s.blocks, e.Block)
	}
	if e.Before != 0 {
		s.places = append(s.places, e.Before)
	}
	return s
}

func (e Edit) check() error {
	one := 0
	for _, set := range []bool{len(e.Keep) > 0 || e.Trim != nil && !e.Restore, e.Restore, e.Remove, e.Rewrite != nil} {
		if set {
			one++
		}
	}
	if e.Title != nil {
		if err := checkTitle(*e.Title); err != nil {
			return err
		}
	}
	if e.Intro != nil && len(*e.Intro) > MaxText {
		return tooLong("the introduction", MaxText)
	}
	if e.Subject != nil && len(*e.Subject) > MaxTitle {
		return tooLong("the subject", MaxTitle)
	}
	if e.Preheader != nil && len(*e.Preheader) > MaxTitle {
		return digest.Fail(digest.Invalid, "Mail programs show some 110 characters of it.", "the preheader is longer than %d bytes", MaxTitle)
	}
	words := Rewrite{e.Heading, e.Text, e.Quote}
	if err := words.check(); err != nil {
		return err
	}
	if e.Rewrite != nil {
		if *e.Rewrite == (Rewrite{}) {
			return digest.Fail(digest.Invalid, "Give it some words, or take the row out.", "nothing is said about the row")
		}
		if err := e.Rewrite.check(); err != nil {
			return err
		}
	}
	switch {
	case one > 0 && e.Block == 0:
		return digest.Fail(digest.Invalid, "", "no row is named").Offer(digest.Act{Do: digest.ShowIssue})
	case one == 0 && e.Block != 0:
		return digest.Fail(digest.Invalid, "Trim it, restore it, write it anew or take it out.", "nothing is said about the row")
	case one > 1:
		return digest.Fail(digest.Invalid, "Do one after the other.", "trimming, restoring, writing anew and removing exclude each other")
	case e.Trim != nil:
		return e.trim().check()
	}
	return nil
}

// trim is all that is done to the words of a pick.
func (e Edit) trim() (t Trim) {
	if e.Trim != nil {
		t = *e.Trim
	}
	t.Restore = t.Restore || e.Restore
	t.Keep = slices.Concat(t.Keep, e.Keep)
	return t
}

func checkTitle(title string) error {
	switch {
	case oneLine(title) == "":
		return digest.Fail(digest.Invalid, "Give it some words.", "a title cannot be empty")
	case len(title) > MaxTitle:
		return tooLong("the title", MaxTitle)
	}
	return nil
}

// check tells what is wrong with the words of rows.
func (r Rewrite) check() error {
	const hint = "Give it some words, or take the row out."
	switch {
	case r.Heading != nil && oneLine(*r.Heading) == "":
		return digest.Fail(digest.Invalid, hint, "a heading cannot be empty")
	case r.Heading != nil && len(*r.Heading) > MaxTitle:
		return tooLong("the heading", MaxTitle)
	case r.Text != nil && written(*r.Text) == "":
		return digest.Fail(digest.Invalid, hint, "a text cannot be empty")
	case r.Text != nil && len(*r.Text) > MaxText:
		return tooLong("the text", MaxText)
	case r.Quote != nil:
		return r.Quote.check()
	}
	return nil
}

func (q Quote) check() error {
	switch {
	case written(q.Text) == "":
		return digest.Fail(digest.Invalid, "Give it the words that it quotes, or take the row out.", "a quotation cannot be empty")
	case len(q.Text) > MaxText:
		return tooLong("the quotation", MaxText)
	case oneLine(q.Source) == "":
		return digest.Fail(digest.Invalid, "Name the post, page or book that the words stand in.", "a quotation needs its source")
	case len(q.Source) > MaxTitle:
		return tooLong("the source", MaxTitle)
	case len(q.URL) > maxURL:
		return tooLong("the address", maxURL)
	}
	address := oneLine(q.URL)
	u, err := url.Parse(address)
	if address != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil) {
		return digest.Fail(digest.Invalid, "It begins with https:// or http://, or is left empty.", "%q is no address of a page", field.Short(address, 80))
	}
	return nil
}

func tooLong(what string, most int) error {
	return digest.Fail(digest.Invalid, "Shorten it.", "%s is longer than %d bytes", what, most)
}

// blocks are rows with these words.
func (r Rewrite) blocks() (rows []digest.Block) {
	if r.Heading != nil {
		rows = append(rows, digest.Block{Kind: digest.HeadingBlock, Text: oneLine(*r.Heading)})
	}
	if r.Text != nil {
		rows = append(rows, digest.Block{Kind: digest.TextBlock, Text: written(*r.Text)})
	}
	if r.Quote != nil {
		rows = append(rows, digest.Block{Kind: digest.QuoteBlock, Text: written(r.Quote.Text), SourceTitle: oneLine(r.Quote.Source), SourceURL: oneLine(r.Quote.URL)})
	}
	return rows
}

// editMail sets the mail's subject and preheader, and gives the words for it.
func (e Edit) editMail(issue *digest.Issue) (did []string) {
	set := func(what string, to *string, field *string) {
		if to == nil || oneLine(*to) == *field {
			return
		}
		if *field = oneLine(*to); *field == "" {
			did = append(did, "took its own "+what+" back")
			return
		}
		did = append(did, "gave it the "+what+" “"+*field+"”")
	}
	set("subject", e.Subject, &issue.Subject)
	set("preheader", e.Preheader, &issue.Preheader)
	return did
}

// written is what an editor wrote without what cannot be seen around and in it:
// a NUL, say, is in files, and one of the databases has no place for it.
func written(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', !unicode.IsControl(r):
			return r
		case r == '\r':
			return '\n'
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, s))
}

// editBlock trims, restores, rewrites or takes out a block, and gives the words for it:
// "" when that changes nothing.
func (d *Desk) editBlock(ctx context.Context, issue *digest.Issue, e Edit) (string, error) {
	row, err := rowOf(*issue, e.Block)
	if err != nil {
		return "", err
	}
	block := &issue.Blocks[row-1]
	if e.Rewrite != nil {
		return e.Rewrite.of(issue.Number, row, block)
	}
	found, err := d.comments(ctx, []int64{block.CommentID})
	if err != nil {
		return "", err
	}
	if !e.trim().Restore {
		if err := d.asPicked(ctx, *issue, found); err != nil {
			return "", err
		}
	}
	comment := found[block.CommentID]
	name := fmt.Sprintf("row %d: %s", row, nameOf(*block, comment))
	if e.Remove {
		issue.Blocks = slices.Delete(issue.Blocks, row-1, row)
		return "took out " + name, nil
	}
	if block.Kind != digest.PickBlock {
		return "", digest.Fail(digest.Invalid, "Only picks are trimmed; other rows are written anew.", "row %d is a %s", row, block.Kind)
	}
	return e.trim().apply(issue, row, comment)
}

// of gives a row its new words.
func (r Rewrite) of(issue, row int, block *digest.Block) (string, error) {
	for _, to := range r.blocks() {
		if to.Kind != block.Kind {
			hint := "Its words are its writer's: they can be trimmed, and not be written anew."
			if block.Kind != digest.PickBlock {
				hint = fmt.Sprintf("Write it anew as a %s.", block.Kind)
			}
			return "", digest.Fail(digest.Invalid, hint, "row %d is a %s, and no %s", row, block.Kind, to.Kind).
				Offer(digest.Act{Do: digest.ShowIssue, Issue: issue})
		}
		if to.Text == block.Text && to.SourceTitle == block.SourceTitle && to.SourceURL == block.SourceURL {
			return "", nil
		}
		block.Text, block.SourceTitle, block.SourceURL = to.Text, to.SourceTitle, to.SourceURL
	}
	return fmt.Sprintf("rewrote row %d: %s", row, nameOf(*block, digest.Candidate{})), nil
}

// nameOf names a block by what it is.
func nameOf(b digest.Block, c digest.Candidate) string {
	const room = 40
	switch b.Kind {
	case digest.PickBlock:
		return fmt.Sprintf("%s, “%s”", cmp.Or(markup.Clean(c.Author), "Anonymous"), prose.Quote(c.Body, room))
	case digest.HeadingBlock:
		return "the heading “" + b.Text + "”"
	case digest.QuoteBlock:
		return "the quotation “" + prose.Quote(digest.Plain(b.Text), room) + "”"
	}
	return "a text, “" + prose.Quote(markup.FromMarkdown(b.Text), room) + "”"
}

// sentences gives the ranges of the chosen sentences, none for all of them or no
// choice. Neighbours become one range, so that what stands between them is kept too.
func sentences(body digest.Prose, chosen []int) ([]digest.Range, error) {
	all := prose.Sentences(body)
	chosen = slices.Clone(chosen)
	slices.Sort(chosen)
	chosen = slices.Compact(chosen)
	var out []digest.Range
	for i, n := range chosen {
		if n < 1 || n > len(all) {
			return nil, noSentence(len(all), n)
		}
		if i > 0 && chosen[i-1] == n-1 {
			out[len(out)-1].End = all[n-1].End
			continue
		}
		out = append(out, all[n-1])
	}
	if len(chosen) == len(all) {
		return nil, nil
	}
	return out, nil
}

// insert adds rows, and gives the words for it. One that stands there already, and has
// come since the version that was looked at, is not added again.
func (e Edit) insert(issue *digest.Issue, seen int64) (did []string, err error) {
	rows := Rewrite{e.Heading, e.Text, e.Quote}.blocks()
	at := len(issue.Blocks)
	if e.Before != 0 && len(rows) > 0 {
		row, err := rowOf(*issue, e.Before)
		if err != nil {
			return nil, err
		}
		at = row - 1
	}
	if start := at - len(rows); seen != 0 && start >= 0 && slices.EqualFunc(rows, issue.Blocks[start:at], func(row, there digest.Block) bool {
		return there.Version > seen && isSaid(row, there)
	}) {
		return nil, nil
	}
	for _, r := range rows {
		did = append(did, "added "+nameOf(r, digest.Candidate{}))
	}
	issue.Blocks = slices.Insert(issue.Blocks, at, rows...)
	return did, nil
}

// isSaid tells whether two rows that are no picks say the same.
func isSaid(a, b digest.Block) bool {
	return a.Kind == b.Kind && a.Text == b.Text && a.SourceTitle == b.SourceTitle && a.SourceURL == b.SourceURL
}
