package compile

import (
	"fmt"
	"strings"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/markup"
	"postbag/digest/prose"
)

// flaw is one thing that stands in the way of freezing.
type flaw struct {
	kind   digest.FindingKind
	at     int // of the block; -1 for the issue
	field  string
	number int // of the pick, from 1
	words  string
	hint   string
	err    error // what is no finding for an editor: a fault of the program, or of the trimming
	of     digest.Candidate
	known  bool
}

// flaws are all that stands in the way of freezing, the editor's own part first.
func (in Input) flaws() []flaw {
	var all []flaw
	if markup.Clean(in.Issue.Title) == "" {
		all = append(all, flaw{kind: digest.FoundNoTitle, at: -1, field: "title",
			words: fmt.Sprintf("issue %d has no title", in.Issue.Number), hint: "Give it a title."})
	}
	all = append(all, in.rowFlaws()...)
	return append(all, in.pickFlaws()...)
}

// rowFlaws tells what keeps the rows from making an issue, whatever the comments say.
func (in Input) rowFlaws() (all []flaw) {
	for i, b := range in.Issue.Blocks {
		switch b.Kind {
		case digest.PickBlock:
		case digest.HeadingBlock:
			if f, ok := in.headingFlaw(i); ok {
				all = append(all, f)
			}
		case digest.TextBlock:
			if prose.IsEmpty(markup.FromMarkdown(b.Text)) {
				all = append(all, flaw{kind: digest.FoundEmptyText, at: i, hint: "Write something, or take the row out.",
					words: fmt.Sprintf("the text in row %d is empty", i+1)})
			}
		case digest.QuoteBlock:
			if p := passage(b); prose.IsEmpty(p.Words) || p.Title == "" {
				all = append(all, flaw{kind: digest.FoundEmptyText, at: i, hint: "Give it its words and their source, or take the row out.",
					words: fmt.Sprintf("the quotation in row %d lacks its words or its source", i+1)})
			}
		default:
			all = append(all, flaw{at: i, err: fmt.Errorf("row %d is a block of the unknown kind %q", i+1, b.Kind)})
		}
	}
	if in.Issue.Picks() == 0 && !in.NoWords {
		all = append(all, flaw{kind: digest.FoundNoPicks, at: -1, words: "the draft has no picks", hint: "Pick at least one comment."})
	}
	return all
}

func (in Input) headingFlaw(i int) (f flaw, is bool) {
	blocks := in.Issue.Blocks
	text := markup.Clean(blocks[i].Text)
	f = flaw{kind: digest.FoundBareHeading, at: i}
	switch {
	case text == "":
		f.kind, f.hint, f.words = digest.FoundEmptyText, "Write the heading, or take the row out.", fmt.Sprintf("the heading in row %d is empty", i+1)
	case i+1 == len(blocks):
		f.hint, f.words = "Move a pick under it, or take it out.", fmt.Sprintf("the heading %q in row %d has nothing under it", text, i+1)
	case blocks[i+1].Kind == digest.HeadingBlock:
		f.hint, f.words = "Move a pick between them, or take it out.", fmt.Sprintf("the heading %q in row %d is followed by another", text, i+1)
	default:
		return f, false
	}
	return f, true
}

// pickFlaws tells which of the picked comments are no longer what was picked, or
// cannot be quoted.
func (in Input) pickFlaws() (all []flaw) {
	rows := map[int64]int{} // by comment
	number := 0
	for i, b := range in.Issue.Blocks {
		if b.Kind != digest.PickBlock {
			continue
		}
		row := i + 1
		number++
		if first := rows[b.CommentID]; first > 0 {
			all = append(all, flaw{kind: digest.FoundPickedTwice, at: i, number: number, hint: "Take one of them out.",
				words: fmt.Sprintf("row %d is the same comment as row %d", row, first)})
			continue
		}
		rows[b.CommentID] = row
		c, known := in.Comments[b.CommentID]
		f := flaw{at: i, number: number, of: c, known: known}
		switch {
		case !known || b.IsGone(c.Comment):
			f.kind = digest.FoundRemovedPick
		case b.HasChanged(c.Comment):
			f.kind = digest.FoundChangedPick
		case strings.TrimSpace(c.Body.Text()) == "":
			f.kind, f.hint, f.words = digest.FoundNoWords, "Take it out.", inRow(row, number, c)+": it has no text to quote"
		default:
			_, err := cut.Excerpt(c.Body, b.Kept, b.Notes)
			if err == nil {
				continue
			}
			f.kind, f.err = digest.FoundBadTrim, fmt.Errorf("%s: %w", inRow(row, number, c), err)
		}
		all = append(all, f)
	}
	return all
}

// check tells all that stands in the way of freezing. Picks that are gone are one
// error together, and so are those that have changed.
func (in Input) check() (wrong []error) {
	var gone, changed trouble
	for _, f := range in.flaws() {
		switch {
		case f.err != nil:
			wrong = append(wrong, f.err)
		case f.kind == digest.FoundRemovedPick && !f.known:
			gone.add(f.at, fmt.Sprintf("row %d: pick %d (comment %d)", f.at+1, f.number, in.Issue.Blocks[f.at].CommentID))
		case f.kind == digest.FoundRemovedPick:
			gone.add(f.at, inRow(f.at+1, f.number, f.of))
		case f.kind == digest.FoundChangedPick:
			changed.add(f.at, inRow(f.at+1, f.number, f.of))
		default:
			err := digest.Fail(digest.Invalid, f.hint, "%s", f.words)
			if f.at >= 0 {
				err = err.Offer(in.remove(f.at))
			}
			wrong = append(wrong, err)
		}
	}
	if len(gone.at) > 0 {
		wrong = append(wrong, digest.Fail(digest.Conflict, "", "%s: no longer on the blog", strings.Join(gone.names, "; ")).
			Offer(in.act(digest.RemoveRows, gone.at), in.act(digest.KeepRows, gone.at)))
	}
	if len(changed.at) > 0 {
		wrong = append(wrong, digest.Fail(digest.Conflict, "", "%s: changed on the blog since it was picked", strings.Join(changed.names, "; ")).
			Offer(in.act(digest.ShowIssue, changed.at), in.act(digest.KeepRows, changed.at), in.act(digest.AcceptRows, changed.at)))
	}
	return wrong
}

// Findings are what stands in the way of freezing, one by one, as an editor is shown
// them: every finding is of something that must be fixed.
func Findings(in Input) (all []digest.Finding) {
	for _, f := range in.flaws() {
		found := digest.Finding{Kind: f.kind, Field: f.field, Number: f.number}
		if f.at >= 0 {
			found.Row, found.Block = f.at+1, in.Issue.Blocks[f.at].ID
			found.Acts = []digest.Act{in.remove(f.at)}
		}
		switch f.kind {
		case digest.FoundNoTitle:
			found.Words = "The issue has no title."
			found.Acts = []digest.Act{{Do: digest.ArrangeIssue, Issue: in.Issue.Number}}
		case digest.FoundNoPicks:
			found.Words = "Nothing is picked yet."
			found.Acts = []digest.Act{{Do: digest.ReadIssue, Issue: in.Issue.Number}}
		case digest.FoundRemovedPick:
			found.Subject = string(f.of.GoneBy)
			found.Words = fmt.Sprintf("No. %d is no longer on the blog.", f.number)
			found.Acts = append(found.Acts, in.act(digest.KeepRows, []int{f.at}))
		case digest.FoundChangedPick:
			found.Subject = f.of.Hash
			found.Words = fmt.Sprintf("No. %d was changed on the blog after you picked it.", f.number)
			found.Acts = []digest.Act{in.act(digest.ComparePick, []int{f.at}), in.act(digest.KeepRows, []int{f.at}), in.act(digest.AcceptRows, []int{f.at})}
		case digest.FoundBadTrim:
			found.Words = fmt.Sprintf("The trimming of no. %d does not fit its words.", f.number)
			found.Acts = []digest.Act{in.act(digest.TrimPick, []int{f.at})}
		case "":
			found.Kind, found.Words = digest.FoundBadTrim, sentence(f.err.Error())
		default:
			found.Words = sentence(f.words)
		}
		all = append(all, found)
	}
	return all
}

// sentence makes a sentence of words that say what is wrong.
func sentence(words string) string {
	if words == "" {
		return words
	}
	return strings.ToUpper(words[:1]) + words[1:] + "."
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
