package desk

import (
	"context"
	"fmt"
	"slices"

	"postbag/digest"
	"postbag/subscribers"
)

// Reopen takes an approval back: the issue is a draft again, with its number and all
// that it could pick. Its moment stays, unless it
// has passed or was to be now. The draft that follows
// gives way if nobody has put anything into it; else there are two. Without a number the only approved issue is meant.
func (d *Desk) Reopen(ctx context.Context, by digest.Actor, ref Ref) (digest.Issue, error) {
	issue, err := d.Meant(ctx, ref, digest.Approved)
	if err != nil {
		return issue, err
	}
	ref.Number = issue.Number
	hurried := issue.DueAt.Equal(issue.ApprovedAt.Add(NowWaits)) // it was to go out now
	if issue, err = d.move(ctx, by, ref, digest.Draft); err != nil {
		return issue, err
	}
	return d.postpone(ctx, by, ref, hurried)
}

// Skip lets the moment of a draft pass without an issue. The next draft opens, if none is
// open beside it, with
// its rows and introduction, and with all that it could pick; it takes the number, which
// nobody has seen.
func (d *Desk) Skip(ctx context.Context, by digest.Actor, ref Ref) (skipped, next digest.Issue, err error) {
	issue, series, err := d.draft(ctx, ref)
	if err != nil {
		return issue, next, err
	}
	if ref.Version == 0 {
		if err := d.notSkippedTwice(ctx, issue, ref.Series); err != nil {
			return issue, next, err
		}
	}
	if skipped, err = d.moveTo(ctx, by, issue, digest.Skipped, ref.Seen()); err != nil {
		return skipped, next, err
	}
	if next, err = d.after(ctx, skipped); err == nil && next.ID == 0 {
		next, _, err = d.open(ctx, by, series)
	}
	return skipped, next, err
}

// notSkippedTwice refuses to skip a draft that has the number of one that was skipped, as
// long as nobody has done anything to it: whoever says so again may mean the first.
func (d *Desk) notSkippedTwice(ctx context.Context, issue digest.Issue, slug string) error {
	all, err := d.store.Issues(ctx, issue.SeriesID, newestLookedAt)
	if err != nil {
		return err
	}
	isFirst := func(i digest.Issue) bool { return i.Number == issue.Number && i.State == digest.Skipped }
	if !slices.ContainsFunc(all, isFirst) {
		return nil
	}
	history, err := d.store.Revisions(ctx, issue.ID, 2)
	if err != nil || len(history) > 1 {
		return err
	}
	return digest.Fail(digest.Conflict, fmt.Sprintf("To let its moment pass too, name its version, %d.", issue.Version),
		"issue %d was skipped already, and %s is the next, with the same number", issue.Number, issue.Title).
		Offer(digest.Act{Do: digest.ShowIssue, Series: slug, Issue: issue.Number})
}

// after gives the first draft after an issue, whole; an issue without an id where there
// is none.
func (d *Desk) after(ctx context.Context, issue digest.Issue) (next digest.Issue, err error) {
	all, err := d.store.Issues(ctx, issue.SeriesID, newestLookedAt)
	for _, other := range all { // the newest first
		if other.State == digest.Draft && other.ID > issue.ID {
			next = other
		}
	}
	if err != nil || next.ID == 0 {
		return next, err
	}
	return d.store.IssueByID(ctx, next.ID)
}

// Cancel ends an issue that readers have not seen. What it could pick is offered again,
// and its number, if it is the newest, is free again.
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
	if err := d.Unchanged(ctx, issue, ref.Seen()); err != nil {
		return issue, err
	}
	return d.moveTo(ctx, by, issue, to, ref.Seen())
}

// Unchanged refuses an issue that is not as somebody saw it, with an error of kind
// Conflict that tells what was done since.
func (d *Desk) Unchanged(ctx context.Context, issue digest.Issue, seen digest.AsSeen) error {
	if seen == (digest.AsSeen{}) {
		return nil
	}
	history, err := d.store.Revisions(ctx, issue.ID, revisionsLookedAt)
	if err != nil {
		return err
	}
	return seen.Refuse(issue, history)
}

func (d *Desk) moveTo(ctx context.Context, by digest.Actor, issue digest.Issue, to digest.IssueState, seen digest.AsSeen) (digest.Issue, error) {
	if err := d.store.MoveIssue(ctx, by, issue.ID, to, d.clock.Now(), seen); err != nil {
		return issue, err
	}
	return d.store.IssueByID(ctx, issue.ID)
}
