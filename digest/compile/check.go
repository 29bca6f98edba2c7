package compile

import (
	"fmt"
	"slices"
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
				return digest.Fail(digest.Invalid, "Write something, or take the row out: "+edits("remove", i+1), "the text in row %d is empty", i+1)
			}
		default:
			return fmt.Errorf("row %d is a block of the unknown kind %q", i+1, b.Kind)
		}
	}
	if picks == 0 {
		return digest.Fail(digest.Invalid, "Pick at least one comment.", "the draft has no picks")
	}
	return nil
}

func checkHeading(blocks []digest.Block, i int) error {
	text := markup.Clean(blocks[i].Text)
	switch {
	case text == "":
		return digest.Fail(digest.Invalid, "Write the heading, or take the row out: "+edits("remove", i+1), "the heading in row %d is empty", i+1)
	case i+1 == len(blocks):
		return digest.Fail(digest.Invalid, "Move a pick under it, or take it out: "+edits("remove", i+1), "the heading %q in row %d has nothing under it", text, i+1)
	case blocks[i+1].Kind == digest.HeadingBlock:
		return digest.Fail(digest.Invalid, "Move a pick between them, or take it out: "+edits("remove", i+1), "the heading %q in row %d is followed by another", text, i+1)
	}
	return nil
}

// checkPicks tells whether the picked comments are still what was picked.
func (in Input) checkPicks() error {
	var gone, changed []string
	var goneRows, changedRows []int
	rows := map[int64]int{} // by comment
	for i, b := range in.Issue.Blocks {
		if b.Kind != digest.PickBlock {
			continue
		}
		row, number := i+1, len(rows)+1
		if first := rows[b.CommentID]; first > 0 {
			return digest.Fail(digest.Invalid, "Take one of them out: "+edits("remove", row), "row %d is the same comment as row %d", row, first)
		}
		rows[b.CommentID] = row
		c, known := in.Comments[b.CommentID]
		switch {
		case !known:
			gone, goneRows = append(gone, fmt.Sprintf("row %d: pick %d (comment %d)", row, number, b.CommentID)), append(goneRows, row)
		case c.Gone:
			gone, goneRows = append(gone, inRow(row, number, c)), append(goneRows, row)
		case c.Hash != b.PickedHash:
			changed, changedRows = append(changed, inRow(row, number, c)), append(changedRows, row)
		case strings.TrimSpace(c.Body.Text()) == "":
			return digest.Fail(digest.Invalid, "Take it out: "+edits("remove", row), "%s: it has no text to quote", inRow(row, number, c))
		}
	}
	switch {
	case len(gone) > 0:
		return goneError(gone, goneRows)
	case len(changed) > 0:
		return changedError(changed, changedRows)
	}
	return nil
}

// goneError refuses picks that are no longer on the blog.
func goneError(names []string, rows []int) error {
	hint := "Take it out: "
	if len(rows) > 1 {
		hint = "Take them out, the last first: "
		slices.Reverse(rows) // taking a row out moves those below it up
	}
	return digest.Fail(digest.Conflict, hint+edits("remove", rows...), "%s: no longer on the blog", strings.Join(names, "; "))
}

// changedError refuses picks whose words are others by now.
func changedError(names []string, rows []int) error {
	look, accept := "Look at it", "accept it as it is now"
	if len(rows) > 1 {
		look, accept = "Look at each", "accept them as they are now"
	}
	return digest.Fail(digest.Conflict, fmt.Sprintf("%s (%s), then %s: %s", look, commands("show", "", rows), accept, edits("restore", rows...)),
		"%s: changed on the blog since it was picked", strings.Join(names, "; "))
}

// edits gives the commands that mend rows of an issue, in that order.
func edits(flag string, rows ...int) string { return commands("edit", " --"+flag, rows) }

func commands(verb, flag string, rows []int) string {
	all := make([]string, len(rows))
	for i, row := range rows {
		all[i] = fmt.Sprintf("postbag issue %s --row %d%s", verb, row, flag)
	}
	return strings.Join(all, "; ")
}

// inRow tells an editor which pick is meant, and where it is.
func inRow(row, number int, c digest.Candidate) string {
	return fmt.Sprintf("row %d: %s", row, name(number, c))
}

// name tells an editor which pick is meant.
func name(number int, c digest.Candidate) string {
	const room = 50
	return fmt.Sprintf("pick %d, comment %d by %s (“%s”)", number, c.ID, author(c), markup.Quote(c.Body, room))
}
