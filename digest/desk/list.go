package desk

import (
	"context"

	"postbag/digest"
)

// Posts lists stored posts, newest first.
func (d *Desk) Posts(ctx context.Context, f digest.PostFilter) ([]digest.Post, error) {
	return d.store.Posts(ctx, f)
}

// Comments lists stored comments, newest first.
func (d *Desk) Comments(ctx context.Context, f digest.CommentFilter) ([]digest.ListedComment, error) {
	return d.store.Comments(ctx, f)
}

// Comment gives one comment.
func (d *Desk) Comment(ctx context.Context, id int64) (digest.ListedComment, error) {
	return d.store.Comment(ctx, id)
}

// Row is a row of a draft with what a listing shows of it.
type Row struct {
	digest.Block
	Number  int // of a pick, from 1
	Comment digest.Candidate
	Words   digest.Prose // of a pick: what is kept
	// Problem says what stands in the way of approving this row, or is "".
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
	for i, b := range issue.Blocks {
		rows[i].Block = b
		if b.Kind != digest.PickBlock {
			continue
		}
		number++
		rows[i].Number = number
		rows[i].Comment = comments[b.CommentID]
		rows[i].read()
	}
	return rows, nil
}

func (r *Row) read() {
	kept, err := r.Comment.Body.Keep(r.Kept)
	r.Words = kept
	switch {
	case r.Comment.Gone:
		r.Problem = "removed from the blog since"
	case r.Comment.Hash != r.PickedHash:
		r.Problem = "changed on the blog since"
	case err != nil:
		r.Problem = "its trimming does not fit its words"
	}
}
