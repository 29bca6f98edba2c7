package desk

import (
	"cmp"
	"context"
	"errors"
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

// Check asks the blogs whether the picks of an issue are still there, and gives the
// rows of which nothing shows it. The error is of kind Conflict when a pick was
// removed.
func (d *Desk) Check(ctx context.Context, issue digest.Issue) (unsure []Row, err error) {
	if err := d.removed(ctx, issue); err != nil {
		return nil, err
	}
	if unsure, err = d.Recheck(ctx, issue); err != nil {
		return unsure, err
	}
	return unsure, d.removed(ctx, issue)
}

// removed refuses an issue of which a pick was removed from the blog since the
// approval, with an error of kind Conflict that names it.
func (d *Desk) removed(ctx context.Context, issue digest.Issue) error {
	rows, err := d.Rows(ctx, issue)
	if err != nil {
		return err
	}
	for i, r := range rows {
		if r.Kind != digest.PickBlock || !r.IsGone(r.Comment.Comment) {
			continue
		}
		err := digest.Fail(digest.Conflict, "It is on the web already.",
			"pick %d of issue %d, by %s, was removed from the blog since it was approved", r.Number, issue.Number, cmp.Or(r.Comment.Author, "Anonymous"))
		if issue.State != digest.Approved {
			return err.Offer(digest.Act{Do: digest.SendAnyway, Issue: issue.Number})
		}
		err.Hint = "Take the approval back, take the row out and approve again."
		return err.Offer(digest.Act{Do: digest.ReopenIssue, Issue: issue.Number},
			digest.Act{Do: digest.RemoveRows, Issue: issue.Number, Rows: []int{i + 1}, Blocks: []int64{r.ID}},
			digest.Act{Do: digest.ApproveIssue, Issue: issue.Number})
	}
	return nil
}

// Recheck asks the blogs whether the picks of an issue are still there, but for those
// of which they said so a short while ago, see [digest.AnswerFresh]; a pick that
// is not is stored as gone. It gives the rows of which nothing shows whether they
// are. A blog that cannot be reached is logged and stops nothing.
func (d *Desk) Recheck(ctx context.Context, issue digest.Issue) (unsure []Row, err error) {
	picked := issue.Picked()
	if len(picked) == 0 || d.blogs == nil {
		return nil, nil
	}
	known, err := d.store.Answers(ctx, picked)
	if err != nil {
		return nil, err
	}
	var asked, unsureYet []int64
	for _, id := range picked {
		switch a := known[id]; {
		case !a.IsFresh(d.clock.Now()):
			asked = append(asked, id)
		case a.Said == digest.SaidUnsure:
			unsureYet = append(unsureYet, id)
		}
	}
	var found removed.Result
	if len(asked) > 0 {
		found, err = d.blogs.Recheck(ctx, asked)
	}
	found.Unsure = append(found.Unsure, unsureYet...)
	log := d.LogOf(ctx, d.log, issue)
	if err != nil && ctx.Err() == nil {
		log.Warn("the picks could not be checked on their blogs", "err", err, "hint", digest.HintOf(err))
	}
	for _, n := range found.Notices {
		log.Warn("a pick could not be checked on its blog", "why", n.Text)
	}
	log.Debug("checked the picks on their blogs", "looked_at", found.Looked,
		"requests", found.Requests, "gone", found.Gone, "unsure", len(found.Unsure))
	if len(found.Unsure) == 0 {
		return nil, nil
	}
	rows, err := d.Rows(ctx, issue)
	return slices.DeleteFunc(rows, func(r Row) bool {
		return r.Kind != digest.PickBlock || !slices.Contains(found.Unsure, r.CommentID)
	}), err
}

// Publish makes an approved issue visible to readers now, under the date of this
// moment, once its picks were checked; unsure are those of which nothing shows
// whether they are still there. Without a number the only approved issue is meant.
// One that is public already stays as it is. The error is of kind Conflict when a
// pick was removed from the blog.
func (d *Desk) Publish(ctx context.Context, by digest.Actor, ref Ref) (issue digest.Issue, unsure []Row, err error) {
	if issue, err = d.Meant(ctx, ref, digest.Approved); err != nil {
		return issue, nil, err
	}
	if issue.State == digest.Draft {
		return issue, nil, digest.Fail(digest.Conflict, "", "issue %d is a draft, and only what was approved is published", issue.Number).
			Offer(digest.Act{Do: digest.ApproveIssue, Issue: issue.Number})
	}
	if unsure, err = d.Check(ctx, issue); err != nil || issue.State.Public() {
		return issue, unsure, err
	}
	published, err := d.moveTo(ctx, by, issue, digest.Published, ref.Seen())
	if _, isChanged := errors.AsType[*digest.Changed](err); digest.KindOf(err) == digest.Conflict && !isChanged {
		// A worker may have published it meanwhile.
		if now, readErr := d.store.Issue(ctx, issue.SeriesID, issue.Number); readErr == nil && now.State.Public() {
			return now, unsure, nil
		}
	}
	return published, unsure, err
}
