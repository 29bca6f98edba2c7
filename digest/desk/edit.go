package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"postbag/digest"
	"postbag/digest/cut"
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
	// Heading and Text add rows, with a group's heading and the editor's own
	// Markdown: above the block Before, or at the end.
	Heading *string
	Text    *string
	Before  int64 // a block's id; 0 for the end
	// Block is the id of the block that the following fields change.
	Block int64
	// Keep trims the pick to these sentences, counted from 1.
	Keep []int
	// Restore undoes all trimming of the pick, and accepts its words as they are
	// now.
	Restore bool
	// Remove takes the block out.
	Remove bool
}

// Limits of what an editor may write, in bytes: far above any use, low enough
// that a slip cannot fill a mail.
const (
	maxTitle = 300
	maxText  = 50_000
)

// Edit changes a draft. All of an edit is done, or none of it.
func (d *Desk) Edit(ctx context.Context, by digest.Actor, ref Ref, e Edit) (Saved, error) {
	if err := e.check(); err != nil {
		return Saved{}, err
	}
	do := func(issue *digest.Issue, _ digest.Series) (string, error) {
		var did []string
		if e.Title != nil {
			issue.Title = oneLine(*e.Title)
			did = append(did, "gave it the title “"+issue.Title+"”")
		}
		if e.Intro != nil {
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
		added, err := e.insert(issue)
		return strings.Join(append(did, added...), ", "), err
	}
	if e.onlyAdds() {
		return d.repeat(ctx, by, ref, digest.Edited, do)
	}
	return d.change(ctx, by, ref, digest.Edited, do)
}

// onlyAdds tells whether the edit takes nothing from anybody, whatever the draft
// has become.
func (e Edit) onlyAdds() bool {
	return e.Title == nil && e.Intro == nil && e.Subject == nil && e.Preheader == nil && e.Block == 0 && e.Before == 0
}

func (e Edit) check() error {
	one := 0
	for _, set := range []bool{len(e.Keep) > 0, e.Restore, e.Remove} {
		if set {
			one++
		}
	}
	switch {
	case e.Title != nil && oneLine(*e.Title) == "":
		return digest.Fail(digest.Invalid, "Give it some words.", "a title cannot be empty")
	case e.Title != nil && len(*e.Title) > maxTitle:
		return digest.Fail(digest.Invalid, "Shorten it.", "the title is longer than %d bytes", maxTitle)
	case e.Subject != nil && len(*e.Subject) > maxTitle:
		return digest.Fail(digest.Invalid, "Shorten it.", "the subject is longer than %d bytes", maxTitle)
	case e.Preheader != nil && len(*e.Preheader) > maxTitle:
		return digest.Fail(digest.Invalid, "Mail programs show some 110 characters of it.", "the preheader is longer than %d bytes", maxTitle)
	case e.Heading != nil && oneLine(*e.Heading) == "", e.Text != nil && written(*e.Text) == "":
		return digest.Fail(digest.Invalid, "Give it some words, or take the row out.", "a heading or text cannot be empty")
	case e.Heading != nil && len(*e.Heading) > maxTitle, e.Text != nil && len(*e.Text) > maxText, e.Intro != nil && len(*e.Intro) > maxText:
		return digest.Fail(digest.Invalid, "Shorten it.", "the text is too long")
	case one > 0 && e.Block == 0:
		return digest.Fail(digest.Invalid, "", "no row is named").Offer(digest.Act{Do: digest.ShowIssue})
	case one == 0 && e.Block != 0:
		return digest.Fail(digest.Invalid, "Trim it, restore it or take it out.", "nothing is said about the row")
	case one > 1:
		return digest.Fail(digest.Invalid, "Do one after the other.", "trimming, restoring and removing exclude each other")
	}
	return nil
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

// editBlock trims, restores or takes out a block, and gives the words for it: ""
// when that changes nothing.
func (d *Desk) editBlock(ctx context.Context, issue *digest.Issue, e Edit) (string, error) {
	row, err := rowOf(*issue, e.Block)
	if err != nil {
		return "", err
	}
	block := &issue.Blocks[row-1]
	found, err := d.comments(ctx, []int64{block.CommentID})
	if err != nil {
		return "", err
	}
	if !e.Restore {
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
		return "", digest.Fail(digest.Invalid, "Only picks are trimmed; edit a text by removing and writing it anew.", "row %d is a %s", row, block.Kind)
	}
	kept, err := sentences(comment.Body, e.Keep)
	if err != nil {
		return "", err
	}
	if _, err := cut.Keep(comment.Body, kept); err != nil {
		return "", err
	}
	if slices.Equal(block.Kept, kept) && block.PickedHash == comment.Hash {
		return "", nil
	}
	block.Kept, block.PickedHash = kept, comment.Hash
	if e.Restore {
		block.AsPicked = ""
	}
	if e.Restore {
		return "restored " + name, nil
	}
	return "trimmed " + name, nil
}

// nameOf names a block by what it is.
func nameOf(b digest.Block, c digest.Candidate) string {
	const room = 40
	switch b.Kind {
	case digest.PickBlock:
		return fmt.Sprintf("%s, “%s”", cmp.Or(markup.Clean(c.Author), "Anonymous"), prose.Quote(c.Body, room))
	case digest.HeadingBlock:
		return "the heading “" + b.Text + "”"
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
			return nil, digest.Fail(digest.Invalid, "Look at its sentences, which are numbered.", "the comment has sentences 1 to %d, not %d", len(all), n)
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

// insert adds rows, and gives the words for it.
func (e Edit) insert(issue *digest.Issue) (did []string, err error) {
	var rows []digest.Block
	if e.Heading != nil {
		rows = append(rows, digest.Block{Kind: digest.HeadingBlock, Text: oneLine(*e.Heading)})
	}
	if e.Text != nil {
		rows = append(rows, digest.Block{Kind: digest.TextBlock, Text: written(*e.Text)})
	}
	at := len(issue.Blocks)
	if e.Before != 0 && len(rows) > 0 {
		row, err := rowOf(*issue, e.Before)
		if err != nil {
			return nil, err
		}
		at = row - 1
	}
	for _, r := range rows {
		did = append(did, "added "+nameOf(r, digest.Candidate{}))
	}
	issue.Blocks = slices.Insert(issue.Blocks, at, rows...)
	return did, nil
}
