package desk

import (
	"context"

	"postbag/digest"
	"postbag/subscribers"
)

// Reopen takes an approval back: the issue is a draft again. Its moment stays,
// unless it has passed. Without a number the only approved issue is meant.
func (d *Desk) Reopen(ctx context.Context, by digest.Actor, ref Ref) (digest.Issue, error) {
	issue, err := d.Meant(ctx, ref, digest.Approved)
	if err != nil {
		return issue, err
	}
	ref.Number = issue.Number
	if issue, err = d.move(ctx, by, ref, digest.Draft); err != nil {
		return issue, err
	}
	return d.Postpone(ctx, by, ref)
}

// Skip lets the moment of a draft pass without an issue. The next draft opens, with
// its rows and introduction, and with all that it could pick.
func (d *Desk) Skip(ctx context.Context, by digest.Actor, ref Ref) (skipped, next digest.Issue, err error) {
	issue, series, err := d.draft(ctx, ref)
	if err != nil {
		return issue, next, err
	}
	if skipped, err = d.moveTo(ctx, by, issue, digest.Skipped); err != nil {
		return skipped, next, err
	}
	next, _, err = d.open(ctx, by, series)
	return skipped, next, err
}

// Cancel ends an issue that readers have not seen. Its number stays used, and what
// it could pick is offered again.
func (d *Desk) Cancel(ctx context.Context, by digest.Actor, ref Ref) (digest.Issue, error) {
	return d.move(ctx, by, ref, digest.Cancelled)
}

// Withdraw takes an issue that is public off the pages and feeds, and cancels the
// mails that have not been begun. What was mailed stays with its readers, and it
// cannot be undone.
func (d *Desk) Withdraw(ctx context.Context, by digest.Actor, ref Ref) (digest.Issue, error) {
	return d.move(ctx, by, ref, digest.Withdrawn)
}

// Withdrawal tells what [Desk.Withdraw] would do now: what became of the issue's
// mails so far. The error is of kind Conflict when it cannot be withdrawn.
func (d *Desk) Withdrawal(ctx context.Context, ref Ref) (digest.Issue, subscribers.Counts, error) {
	issue, _, err := d.Issue(ctx, ref)
	if err != nil {
		return issue, nil, err
	}
	if !issue.State.To(digest.Withdrawn) {
		return issue, nil, digest.Fail(digest.Conflict, "Only what readers can see is withdrawn.", "issue %d is %s", issue.Number, issue.State.Is())
	}
	counts, err := d.store.Counts(ctx, issue.ID)
	return issue, counts, err
}

func (d *Desk) move(ctx context.Context, by digest.Actor, ref Ref, to digest.IssueState) (digest.Issue, error) {
	issue, _, err := d.Issue(ctx, ref)
	if err != nil {
		return issue, err
	}
	if ref.Version != 0 && ref.Version != issue.Version {
		return issue, d.changed(ctx, issue, ref.Version, nil, nil)
	}
	return d.moveTo(ctx, by, issue, to)
}

func (d *Desk) moveTo(ctx context.Context, by digest.Actor, issue digest.Issue, to digest.IssueState) (digest.Issue, error) {
	if err := d.store.MoveIssue(ctx, by, issue.ID, to, d.clock.Now()); err != nil {
		return issue, err
	}
	return d.store.Issue(ctx, issue.SeriesID, issue.Number)
}
