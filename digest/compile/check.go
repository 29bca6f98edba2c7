package compile

import (
	"fmt"
	"strings"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/markup"
	"postbag/digest/prose"
)

// check tells all that stands in the way of freezing, the editor's own part first.
func (in Input) check() (wrong []error) {
	if markup.Clean(in.Issue.Title) == "" {
		wrong = append(wrong, digest.Fail(digest.Invalid, "Give it a title.", "issue %d has no title", in.Issue.Number))
	}
	wrong = append(wrong, in.checkRows()...)
	return append(wrong, in.checkPicks()...)
}

// checkRows tells what keeps the rows from making an issue, whatever the comments say.
func (in Input) checkRows() (wrong []error) {
	for i, b := range in.Issue.Blocks {
		switch b.Kind {
		case digest.PickBlock:
		case digest.HeadingBlock:
			if err := in.checkHeading(i); err != nil {
				wrong = append(wrong, err)
			}
		case digest.TextBlock:
			if prose.IsEmpty(markup.FromMarkdown(b.Text)) {
				wrong = append(wrong, digest.Fail(digest.Invalid, "Write something, or take the row out.", "the text in row %d is empty", i+1).Offer(in.remove(i)))
			}
		default:
			wrong = append(wrong, fmt.Errorf("row %d is a block of the unknown kind %q", i+1, b.Kind))
		}
	}
	if in.Issue.Picks() == 0 {
		wrong = append(wrong, digest.Fail(digest.Invalid, "Pick at least one comment.", "the draft has no picks"))
	}
	return wrong
}

func (in Input) checkHeading(i int) error {
	blocks := in.Issue.Blocks
	text := markup.Clean(blocks[i].Text)
	var err *digest.Error
	switch {
	case text == "":
		err = digest.Fail(digest.Invalid, "Write the heading, or take the row out.", "the heading in row %d is empty", i+1)
	case i+1 == len(blocks):
		err = digest.Fail(digest.Invalid, "Move a pick under it, or take it out.", "the heading %q in row %d has nothing under it", text, i+1)
	case blocks[i+1].Kind == digest.HeadingBlock:
		err = digest.Fail(digest.Invalid, "Move a pick between them, or take it out.", "the heading %q in row %d is followed by another", text, i+1)
	default:
		return nil
	}
	return err.Offer(in.remove(i))
}

// checkPicks tells which of the picked comments are no longer what was picked.
func (in Input) checkPicks() (wrong []error) {
	var gone, changed trouble
	rows := map[int64]int{} // by comment
	number := 0
	for i, b := range in.Issue.Blocks {
		if b.Kind != digest.PickBlock {
			continue
		}
		row := i + 1
		number++
		if first := rows[b.CommentID]; first > 0 {
			wrong = append(wrong, digest.Fail(digest.Invalid, "Take one of them out.", "row %d is the same comment as row %d", row, first).Offer(in.remove(i)))
			continue
		}
		rows[b.CommentID] = row
		c, known := in.Comments[b.CommentID]
		switch {
		case !known:
			gone.add(i, fmt.Sprintf("row %d: pick %d (comment %d)", row, number, b.CommentID))
		case c.Gone:
			gone.add(i, inRow(row, number, c))
		case c.Hash != b.PickedHash:
			changed.add(i, inRow(row, number, c))
		case strings.TrimSpace(c.Body.Text()) == "":
			wrong = append(wrong, digest.Fail(digest.Invalid, "Take it out.", "%s: it has no text to quote", inRow(row, number, c)).Offer(in.remove(i)))
		default:
			if _, err := cut.Excerpt(c.Body, b.Kept, b.Notes); err != nil {
				wrong = append(wrong, fmt.Errorf("%s: %w", inRow(row, number, c), err))
			}
		}
	}
	if len(gone.at) > 0 {
		wrong = append(wrong, digest.Fail(digest.Conflict, "", "%s: no longer on the blog", strings.Join(gone.names, "; ")).
			Offer(in.act(digest.RemoveRows, gone.at)))
	}
	if len(changed.at) > 0 {
		wrong = append(wrong, digest.Fail(digest.Conflict, "", "%s: changed on the blog since it was picked", strings.Join(changed.names, "; ")).
			Offer(in.act(digest.ShowIssue, changed.at), in.act(digest.AcceptRows, changed.at)))
	}
	return wrong
}

// trouble is what is wrong with some picks.
type trouble struct {
	names []string
	at    []int // of the blocks
}

func (t *trouble) add(at int, name string) {
	t.at, t.names = append(t.at, at), append(t.names, name)
}

// remove is to take one block out.
func (in Input) remove(at int) digest.Act { return in.act(digest.RemoveRows, []int{at}) }

// act does something to blocks of the issue.
func (in Input) act(do digest.Deed, at []int) digest.Act {
	act := digest.Act{Do: do, Issue: in.Issue.Number}
	for _, i := range at {
		act.Rows, act.Blocks = append(act.Rows, i+1), append(act.Blocks, in.Issue.Blocks[i].ID)
	}
	return act
}

// inRow tells an editor which pick is meant, and where it is.
func inRow(row, number int, c digest.Candidate) string {
	return fmt.Sprintf("row %d: %s", row, name(number, c))
}

// name tells an editor which pick is meant.
func name(number int, c digest.Candidate) string {
	const room = 50
	return fmt.Sprintf("pick %d, comment %d by %s (“%s”)", number, c.ID, author(c), prose.Quote(c.Body, room))
}
