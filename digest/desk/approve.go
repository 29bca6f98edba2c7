package desk

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
)

// The bytes of an issue's mail at which an editor is told, and at which it is not
// approved: mail programs cut off what is over 102 KB, and the footer with the
// way out first.
const (
	LargeMail    = 80_000
	TooLargeMail = 95_000
)

// Approve freezes a draft as it stands, to go out at its moment: the series'
// next one, or at once when now is set. The next draft opens with it, for the
// moment after the one that this issue was drafted for. The error is of kind
// Conflict when the mail would be too large, or a pick is gone or has changed.
func (d *Desk) Approve(ctx context.Context, ref Ref, now bool) (digest.Issue, error) {
	issue, series, err := d.draft(ctx, ref)
	if err != nil {
		return issue, err
	}
	at := d.clock.Now()
	planned := issue.DueAt
	if !planned.After(at) { // it was drafted for a moment that has passed
		if planned, err = nextMoment(series, at); err != nil {
			return issue, err
		}
	}
	issue.DueAt = planned
	if now {
		issue.DueAt = at
	}
	pub, err := d.identity(ctx, series)
	if err != nil {
		return issue, err
	}
	if issue.Frozen, err = d.freeze(ctx, issue, series, pub, issue.DueAt); err != nil {
		return issue, named(issue, err)
	}
	if err := d.fits(issue.Frozen); err != nil {
		return issue, err
	}
	if !planned.Equal(issue.DueAt) {
		issue.Frozen.Slot = planned
	}
	issue.ApprovedAt = at
	if err := d.store.Approve(ctx, &issue); err != nil {
		return issue, err
	}
	// The approval stands whether or not the next draft opens now; the worker
	// opens it otherwise, and "issue draft" says why it cannot.
	_, _, _ = d.open(ctx, series, planned)
	return issue, nil
}

// named says which draft an error is about: after an approval the present one is
// the next, which is easily overlooked.
func named(issue digest.Issue, err error) error {
	return digest.Fail(digest.KindOf(err), digest.HintOf(err), "%s: %w", issue.Title, err)
}

// fits refuses an issue whose mail would be cut off.
func (d *Desk) fits(f *digest.Frozen) error {
	size, err := d.MailSize(f)
	if err != nil || size <= TooLargeMail {
		return err
	}
	return digest.Fail(digest.Conflict, "Take some picks out or shorten them: a pick takes about 1.6 KB.",
		"the mail would be %d KB, and mail programs cut off what is over %d KB", (size+500)/1000, TooLargeMail/1000)
}

// MailSize gives the bytes of an issue's mail, its HTML part decoded; 0 when the
// desk was not told how to measure.
func (d *Desk) MailSize(f *digest.Frozen) (int, error) {
	if d.size == nil {
		return 0, nil
	}
	return d.size(f)
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
	pub, err := d.store.Publication(ctx)
	if err != nil {
		return nil, err
	}
	return d.freeze(ctx, issue, series, d.named(pub, series), issue.DueAt)
}

func (d *Desk) freeze(ctx context.Context, issue digest.Issue, series digest.Series, pub digest.Publication, date time.Time) (*digest.Frozen, error) {
	comments, err := d.quoted(ctx, issue)
	if err != nil {
		return nil, err
	}
	return compile.Freeze(compile.Input{
		Issue: issue, Series: series, Publication: pub, Comments: comments, Date: date,
	})
}

// named gives the publication with the tag authority that it has, or would have
// if an issue were approved now: that of the day its series began, as the feed
// without an issue says already.
func (d *Desk) named(pub digest.Publication, series digest.Series) digest.Publication {
	if pub.TagAuthority == "" {
		pub.TagAuthority = compile.MintTagAuthority(d.baseURL, series.CreatedAt, pub.Name)
	}
	return pub
}

// identity gives the publication, its tag authority stored for good if this is
// the first time it is needed.
func (d *Desk) identity(ctx context.Context, series digest.Series) (digest.Publication, error) {
	pub, err := d.store.Publication(ctx)
	if err != nil || pub.TagAuthority != "" {
		return pub, err
	}
	if err := d.store.SavePublication(ctx, d.named(pub, series)); err != nil {
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

// Reopen takes an approval back: the issue is a draft again. Its moment stays,
// unless it has passed.
func (d *Desk) Reopen(ctx context.Context, ref Ref) (digest.Issue, error) {
	issue, err := d.move(ctx, ref, digest.Draft)
	if err != nil {
		return issue, err
	}
	return d.Postpone(ctx, Ref{Series: ref.Series, Number: issue.Number})
}

// Removed refuses an issue of which a picked comment has been removed from the
// blog since it was approved, with an error of kind Conflict that names it. What
// readers see is checked again at the last moment.
func (d *Desk) Removed(ctx context.Context, issue digest.Issue) error {
	rows, err := d.Rows(ctx, issue)
	if err != nil {
		return err
	}
	for i, r := range rows {
		if r.Kind == digest.PickBlock && r.Comment.Gone {
			hint := fmt.Sprintf("Take the approval back (postbag issue reopen %d), take row %d out and approve again.", issue.Number, i+1)
			if issue.State != digest.Approved {
				hint = "It is on the web already. To mail it all the same: postbag issue send --anyway"
			}
			return digest.Fail(digest.Conflict, hint, "pick %d of issue %d, by %s, was removed from the blog since it was approved", r.Number, issue.Number, r.Comment.Author)
		}
	}
	return nil
}

// Publish makes an approved issue visible to readers now. One that is public
// already stays as it is. The error is of kind Conflict when a pick has been
// removed from the blog.
func (d *Desk) Publish(ctx context.Context, ref Ref) (digest.Issue, error) {
	issue, _, err := d.Issue(ctx, ref)
	if err != nil || issue.State.Public() {
		return issue, err
	}
	if issue.State == digest.Draft {
		return issue, digest.Fail(digest.Conflict, "Approve it first: postbag issue approve", "issue %d is a draft, and only what was approved is published", issue.Number)
	}
	if err := d.Removed(ctx, issue); err != nil {
		return issue, err
	}
	published, err := d.move(ctx, Ref{Series: ref.Series, Number: issue.Number}, digest.Published)
	if digest.KindOf(err) == digest.Conflict && err != nil {
		// A worker may have published it at this very moment.
		if now, _, readErr := d.Issue(ctx, Ref{Series: ref.Series, Number: issue.Number}); readErr == nil && now.State.Public() {
			return now, nil
		}
	}
	return published, err
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
