package compile

import (
	"fmt"
	"strings"

	"postbag/digest"
	"postbag/digest/markup"
)

// check tells what stands in the way of freezing, the editor's own part first.
func (in Input) check() error {
	if in.Publication.TagAuthority == "" || in.Series.Slug == "" || in.Date.IsZero() {
		return fmt.Errorf("freeze issue %d: it has no identity or no moment yet", in.Issue.Number)
	}
	if markup.Clean(in.Issue.Title) == "" {
		return digest.Fail(digest.Invalid, "Give it a title.", "issue %d has no title", in.Issue.Number)
	}
	if err := checkRows(in.Issue.Blocks); err != nil {
		return err
	}
	return in.checkPicks()
}

// checkRows tells whether the rows make an issue, whatever the comments say.
func checkRows(blocks []digest.Block) error {
	picks := 0
	for i, b := range blocks {
		switch b.Kind {
		case digest.PickBlock:
			picks++
		case digest.HeadingBlock:
			if err := checkHeading(blocks, i); err != nil {
				return err
			}
		case digest.TextBlock:
			if markup.FromMarkdown(b.Text).Words() == 0 {
				return digest.Fail(digest.Invalid, "Write something, or take the row out.", "the text in row %d is empty", i+1)
			}
		default:
			return fmt.Errorf("row %d is a block of the unknown kind %q", i+1, b.Kind)
		}
	}
	if picks == 0 {
		return digest.Fail(digest.Invalid, "Pick at least one comment.", "the issue has no picks")
	}
	return nil
}

func checkHeading(blocks []digest.Block, i int) error {
	text := markup.Clean(blocks[i].Text)
	switch {
	case text == "":
		return digest.Fail(digest.Invalid, "Write the heading, or take the row out.", "the heading in row %d is empty", i+1)
	case i+1 == len(blocks):
		return digest.Fail(digest.Invalid, "Move a pick under it, or take it out.", "the heading %q in row %d has nothing under it", text, i+1)
	case blocks[i+1].Kind == digest.HeadingBlock:
		return digest.Fail(digest.Invalid, "Move a pick between them, or take one out.", "the heading %q in row %d is followed by another", text, i+1)
	}
	return nil
}

// checkPicks tells whether the picked comments are still what was picked.
func (in Input) checkPicks() error {
	var gone, changed []string
	numbers := map[int64]int{}
	number := 0
	for _, b := range in.Issue.Blocks {
		if b.Kind != digest.PickBlock {
			continue
		}
		number++
		if first := numbers[b.CommentID]; first > 0 {
			return digest.Fail(digest.Invalid, "Take one of them out.", "pick %d is the same comment as pick %d", number, first)
		}
		numbers[b.CommentID] = number
		c, known := in.Comments[b.CommentID]
		switch {
		case !known:
			gone = append(gone, fmt.Sprintf("pick %d (comment %d)", number, b.CommentID))
		case c.Gone:
			gone = append(gone, name(number, c))
		case c.Hash != b.PickedHash:
			changed = append(changed, name(number, c))
		case strings.TrimSpace(c.Body.Text()) == "":
			return digest.Fail(digest.Invalid, "Take it out of the issue.", "%s: it has no text to quote", name(number, c))
		}
	}
	switch {
	case len(gone) > 0:
		return digest.Fail(digest.Conflict, "Take it out of the issue; what a writer took back is not published.",
			"%s: no longer on the blog", strings.Join(gone, "; "))
	case len(changed) > 0:
		return digest.Fail(digest.Conflict, "Look at it again: trim it, or keep it as it is now.",
			"%s: changed on the blog since it was picked", strings.Join(changed, "; "))
	}
	return nil
}

// name tells an editor which pick is meant.
func name(number int, c digest.Candidate) string {
	const room = 50
	return fmt.Sprintf("pick %d, comment %d by %s (“%s”)", number, c.ID, author(c), markup.Quote(c.Body, room))
}
