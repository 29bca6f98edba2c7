package desk

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/markup"
)

// Edit is a change to a draft; nil and zero fields leave things as they are.
type Edit struct {
	Title *string
	Intro *string // Markdown
	// Heading and Text insert a row with a group's heading or the editor's own
	// Markdown at position At (from 1; 0 means at the end).
	Heading *string
	Text    *string
	At      int
	// Row is the row that the following fields change.
	Row int
	// Keep trims the pick at Row to these sentences, counted from 1.
	Keep []int
	// KeepRanges trims it to ranges of its text, for finer cuts.
	KeepRanges []digest.Range
	// Restore undoes all trimming of the pick at Row, and accepts its words as
	// they are now.
	Restore bool
	// Remove takes the row out.
	Remove bool
}

// Limits of what an editor may write, in bytes: far above any use, low enough
// that a slip cannot fill a mail.
const (
	maxTitle = 300
	maxText  = 50_000
)

// Edit changes a draft. All of an edit is done, or none of it.
func (d *Desk) Edit(ctx context.Context, ref Ref, e Edit) (digest.Issue, error) {
	if err := e.check(); err != nil {
		return digest.Issue{}, err
	}
	return d.update(ctx, ref, func(issue *digest.Issue) error {
		if e.Title != nil {
			issue.Title = oneLine(*e.Title)
		}
		if e.Intro != nil {
			issue.Intro = written(*e.Intro)
		}
		if e.Row != 0 {
			if err := d.editRow(ctx, issue, e); err != nil {
				return err
			}
		}
		return insert(issue, e)
	})
}

func (e Edit) check() error {
	trims := len(e.Keep) > 0 || len(e.KeepRanges) > 0
	switch {
	case e.Title != nil && oneLine(*e.Title) == "":
		return digest.Fail(digest.Invalid, "Give it some words.", "a title cannot be empty")
	case e.Title != nil && len(*e.Title) > maxTitle:
		return digest.Fail(digest.Invalid, "Shorten it.", "the title is longer than %d bytes", maxTitle)
	case e.Heading != nil && oneLine(*e.Heading) == "", e.Text != nil && written(*e.Text) == "":
		return digest.Fail(digest.Invalid, "Give it some words, or take the row out with --remove.", "a heading or text cannot be empty")
	case e.Heading != nil && len(*e.Heading) > maxTitle, e.Text != nil && len(*e.Text) > maxText, e.Intro != nil && len(*e.Intro) > maxText:
		return digest.Fail(digest.Invalid, "Shorten it.", "the text is too long")
	case (trims || e.Restore || e.Remove) && e.Row == 0:
		return digest.Fail(digest.Invalid, "Name the row with --row; see the rows with: postbag issue show", "no row is named")
	case trims && e.Restore, trims && e.Remove, e.Restore && e.Remove:
		return digest.Fail(digest.Invalid, "Do one after the other.", "trimming, restoring and removing exclude each other")
	}
	return nil
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

func (d *Desk) editRow(ctx context.Context, issue *digest.Issue, e Edit) error {
	block, err := rowAt(*issue, e.Row)
	if err != nil {
		return err
	}
	if e.Remove {
		issue.Blocks = slices.Delete(issue.Blocks, e.Row-1, e.Row)
		return nil
	}
	if !e.Restore && len(e.Keep) == 0 && len(e.KeepRanges) == 0 {
		return nil
	}
	if block.Kind != digest.PickBlock {
		return digest.Fail(digest.Invalid, "Only picks are trimmed; edit a text by removing and writing it anew.", "row %d is a %s", e.Row, block.Kind)
	}
	found, err := d.comments(ctx, []int64{block.CommentID})
	if err != nil {
		return err
	}
	comment := found[block.CommentID]
	kept := e.KeepRanges
	if len(e.Keep) > 0 {
		if kept, err = sentences(comment.Body, e.Keep); err != nil {
			return err
		}
	}
	if _, err := cut.Keep(comment.Body, kept); err != nil {
		return err
	}
	block.Kept, block.PickedHash = kept, comment.Hash
	issue.Blocks[e.Row-1] = block
	return nil
}

// sentences gives the ranges of the chosen sentences; neighbours become one
// range, so that what stands between them is kept too.
func sentences(body digest.Prose, chosen []int) ([]digest.Range, error) {
	all := markup.Sentences(body)
	chosen = slices.Clone(chosen)
	slices.Sort(chosen)
	chosen = slices.Compact(chosen)
	var out []digest.Range
	for i, n := range chosen {
		if n < 1 || n > len(all) {
			return nil, digest.Fail(digest.Invalid, "See them with: postbag issue show --row ROW", "the comment has sentences 1 to %d, not %d", len(all), n)
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

func insert(issue *digest.Issue, e Edit) error {
	var rows []digest.Block
	if e.Heading != nil {
		rows = append(rows, digest.Block{Kind: digest.HeadingBlock, Text: oneLine(*e.Heading)})
	}
	if e.Text != nil {
		rows = append(rows, digest.Block{Kind: digest.TextBlock, Text: written(*e.Text)})
	}
	if len(rows) == 0 {
		return nil
	}
	at := len(issue.Blocks) + 1
	if e.At != 0 {
		at = e.At
	}
	if at < 1 || at > len(issue.Blocks)+1 {
		return digest.Fail(digest.NotFound, "See the rows with: postbag issue show", "issue %d has no position %d", issue.Number, at)
	}
	issue.Blocks = slices.Insert(issue.Blocks, at-1, rows...)
	return nil
}
