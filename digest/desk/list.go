package desk

import (
	"context"
	"strings"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/prose"
)

// Row is a row of a draft with what a listing shows of it.
type Row struct {
	digest.Block
	Number  int // of a pick, from 1
	Comment digest.Candidate
	Words   digest.Prose // of a pick: what is kept, with the editor's notes
	Line    digest.Prose // the lifted line above it; none is shown while some of it is cut
	LineCut bool         // a line was lifted, and is not shown
	// HiddenNotes are those that are not shown, for the words there are cut.
	HiddenNotes []digest.Note
	// Answers is the row of the pick that this one answers, counted from 1, and 0 when
	// that is not in the issue. Apart tells that other rows stand between them.
	Answers int
	Apart   bool
	// Question is what it answers there, and Alike the row before it that says much the
	// same, from 1; they are told by [Desk.Pair] alone.
	Question string
	Alike    int
	// Problem says all that stands in the way of approving this pick, or is "".
	Problem string
}

// Rows gives the rows of an issue with their comments.
func (d *Desk) Rows(ctx context.Context, issue digest.Issue) ([]Row, error) {
	comments, err := d.quoted(ctx, issue)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(issue.Blocks))
	number := 0
	rowOf := map[int64]int{} // by comment
	for i, b := range issue.Blocks {
		if b.Kind == digest.PickBlock {
			rowOf[b.CommentID] = i + 1
		}
	}
	for i, b := range issue.Blocks {
		rows[i].Block = b
		if b.Kind != digest.PickBlock {
			continue
		}
		number++
		rows[i].Number = number
		rows[i].Comment = comments[b.CommentID]
		rows[i].read()
		if at := rowOf[rows[i].Comment.ParentID]; at > 0 && at != i+1 {
			rows[i].Answers = at
			rows[i].Apart = i < at || i > at+answersBelow(issue.Blocks, at-1, comments)
		}
	}
	if issue.Frozen != nil && len(issue.Frozen.Blocks) == len(rows) {
		for i, b := range issue.Frozen.Blocks {
			rows[i].freeze(b)
		}
	}
	return rows, nil
}

// freeze shows a row as readers see it: what the blog says now is only looked at
// for problems.
func (r *Row) freeze(b digest.FrozenBlock) {
	if b.Pick == nil {
		return
	}
	r.Words, r.Line, r.LineCut, r.HiddenNotes = b.Pick.Words, b.Pick.Lifted, false, nil
	r.Comment.Author, r.Comment.Published, r.Comment.PostTitle = b.Pick.Author, b.Pick.Published, b.Pick.PostTitle
	if !b.Pick.Shortened {
		r.Comment.Words = prose.Words(b.Pick.Words)
	}
}

func (r *Row) read() {
	kept, err := cut.Excerpt(r.Comment.Body, r.Kept, r.Notes)
	r.Words, r.Line = kept, cut.Line(r.Comment.Body, r.Kept, r.Lifted)
	r.LineCut = len(r.Line) == 0 && r.Lifted != digest.Range{}
	for _, n := range r.Notes {
		if !cut.Shows(r.Comment.Body, r.Kept, n) {
			r.HiddenNotes = append(r.HiddenNotes, n)
		}
	}
	var wrong []string
	if r.IsGone(r.Comment.Comment) {
		r.Problem = "removed from the blog since"
		return
	}
	if r.HasChanged(r.Comment.Comment) {
		wrong = append(wrong, "changed on the blog since")
	}
	if err != nil {
		wrong = append(wrong, "its trimming does not fit its words")
	}
	r.Problem = strings.Join(wrong, "; ")
}
