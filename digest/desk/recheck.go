package desk

import (
	"context"
	"slices"

	"postbag/digest"
	"postbag/digest/pull/removed"
)

// Blogs asks blogs about comments that are stored.
type Blogs interface {
	// Recheck asks whether comments are still there, and stores that the missing
	// ones are gone. A blog that cannot be reached is no error but a notice.
	Recheck(ctx context.Context, commentIDs []int64) (removed.Result, error)
}

// Recheck asks the blogs whether the picks of an issue are still there; a pick that
// is not is stored as gone. It gives the rows of which nothing shows whether they
// are. A blog that cannot be reached is logged and stops nothing.
func (d *Desk) Recheck(ctx context.Context, issue digest.Issue) (unsure []Row, err error) {
	var picked []int64
	for _, b := range issue.Blocks {
		if b.Kind == digest.PickBlock {
			picked = append(picked, b.CommentID)
		}
	}
	if len(picked) == 0 || d.blogs == nil {
		return nil, nil
	}
	found, err := d.blogs.Recheck(ctx, picked)
	if err != nil && ctx.Err() == nil {
		d.log.Warn("the picks could not be checked on their blogs", "issue", issue.Number, "err", err, "hint", digest.HintOf(err))
	}
	for _, n := range found.Notices {
		d.log.Warn("a pick could not be checked on its blog", "issue", issue.Number, "why", n.Text)
	}
	d.log.Debug("checked the picks on their blogs", "issue", issue.Number, "looked_at", found.Looked,
		"requests", found.Requests, "gone", found.Gone, "unsure", len(found.Unsure))
	if len(found.Unsure) == 0 {
		return nil, nil
	}
	rows, err := d.Rows(ctx, issue)
	return slices.DeleteFunc(rows, func(r Row) bool {
		return r.Kind != digest.PickBlock || !slices.Contains(found.Unsure, r.CommentID)
	}), err
}
