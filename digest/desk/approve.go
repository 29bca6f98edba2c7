package desk

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
)

// Approve freezes a draft as it stands, to go out at its moment: the series'
// next one, or at once when now is set. The next draft opens with it.
func (d *Desk) Approve(ctx context.Context, ref Ref, now bool) (digest.Issue, error) {
	issue, series, err := d.draft(ctx, ref)
	if err != nil {
		return issue, err
	}
	at := d.clock.Now()
	if now {
		issue.DueAt = at
	} else if !issue.DueAt.After(at) {
		// The moment it was drafted for has passed: it takes the next one.
		if issue.DueAt, err = nextMoment(series, at); err != nil {
			return issue, err
		}
	}
	if issue.Frozen, err = d.freeze(ctx, issue, series, issue.DueAt); err != nil {
		return issue, err
	}
	issue.ApprovedAt = at
	if err := d.store.Approve(ctx, &issue); err != nil {
		return issue, err
	}
	_, _, err = d.Draft(ctx, series.Slug)
	return issue, err
}

// Preview freezes a draft without storing anything, as approving now would.
func (d *Desk) Preview(ctx context.Context, ref Ref) (*digest.Frozen, error) {
	issue, series, err := d.Issue(ctx, ref)
	if err != nil {
		return nil, err
	}
	if issue.Frozen != nil {
		return issue.Frozen, nil
	}
	return d.freeze(ctx, issue, series, issue.DueAt)
}

func (d *Desk) freeze(ctx context.Context, issue digest.Issue, series digest.Series, date time.Time) (*digest.Frozen, error) {
	pub, err := d.identity(ctx)
	if err != nil {
		return nil, err
	}
	comments, err := d.quoted(ctx, issue)
	if err != nil {
		return nil, err
	}
	return compile.Freeze(compile.Input{
		Issue: issue, Series: series, Publication: pub, Comments: comments, Date: date,
	})
}

// identity gives the publication, its tag authority minted if this is the first
// time it is needed.
func (d *Desk) identity(ctx context.Context) (digest.Publication, error) {
	pub, err := d.store.Publication(ctx)
	if err != nil || pub.TagAuthority != "" {
		return pub, err
	}
	pub.TagAuthority = compile.MintTagAuthority(d.baseURL, d.clock.Now(), pub.Name)
	if err := d.store.SavePublication(ctx, pub); err != nil {
		return pub, err
	}
	return d.store.Publication(ctx)
}

// quoted loads an issue's picked comments and the parents of picked replies.
func (d *Desk) quoted(ctx context.Context, issue digest.Issue) (map[int64]digest.Candidate, error) {
	var ids []int64
	for _, b := range issue.Blocks {
		if b.Kind == digest.PickBlock {
			ids = append(ids, b.CommentID)
		}
	}
	picked, err := d.comments(ctx, ids)
	if err != nil {
		return nil, err
	}
	var parents []int64
	for _, c := range picked {
		if c.ParentID != 0 {
			parents = append(parents, c.ParentID)
		}
	}
	found, err := d.comments(ctx, parents)
	if err != nil {
		return nil, err
	}
	for id, c := range found {
		picked[id] = c
	}
	return picked, nil
}

// Reopen takes an approval back: the issue is a draft again, its moment the
// same.
func (d *Desk) Reopen(ctx context.Context, ref Ref) (digest.Issue, error) {
	return d.move(ctx, ref, digest.Draft)
}

// Publish makes an approved issue visible to readers now. One that is public
// already stays as it is.
func (d *Desk) Publish(ctx context.Context, ref Ref) (digest.Issue, error) {
	issue, _, err := d.Issue(ctx, ref)
	if err != nil || issue.State.Public() {
		return issue, err
	}
	if issue.State == digest.Draft {
		return issue, digest.Fail(digest.Conflict, "Approve it first: postbag issue approve", "issue %d is a draft, and only what was approved is published", issue.Number)
	}
	return d.move(ctx, ref, digest.Published)
}

// Cancel ends an issue that readers have not seen. Its number stays used.
func (d *Desk) Cancel(ctx context.Context, ref Ref) (digest.Issue, error) {
	return d.move(ctx, ref, digest.Cancelled)
}

func (d *Desk) move(ctx context.Context, ref Ref, to digest.IssueState) (digest.Issue, error) {
	issue, _, err := d.Issue(ctx, ref)
	if err != nil {
		return issue, err
	}
	if err := d.store.MoveIssue(ctx, issue.ID, to, d.clock.Now()); err != nil {
		return issue, err
	}
	issue, _, err = d.Issue(ctx, Ref{Series: ref.Series, Number: issue.Number})
	return issue, err
}

// Postpone moves a draft whose moment has passed to the series' next one. A
// draft whose moment is still to come stays as it is.
func (d *Desk) Postpone(ctx context.Context, ref Ref) (digest.Issue, error) {
	series, err := d.Series(ctx, ref.Series)
	if err != nil {
		return digest.Issue{}, err
	}
	return d.update(ctx, ref, func(issue *digest.Issue) error {
		now := d.clock.Now()
		if issue.DueAt.After(now) {
			return nil
		}
		due, err := nextMoment(series, now)
		issue.DueAt = due
		return err
	})
}
