package desk

import (
	"cmp"
	"context"

	"postbag/digest"
)

// revisionsLookedAt is how many of an issue's changes are looked through for one that
// can be undone.
const revisionsLookedAt = 500

// History lists the changes of an issue, the newest first.
func (d *Desk) History(ctx context.Context, ref Ref, limit int) (digest.Issue, []digest.Revision, error) {
	issue, _, err := d.Issue(ctx, ref)
	if err != nil {
		return issue, nil, err
	}
	all, err := d.store.Revisions(ctx, issue.ID, limit)
	return issue, all, err
}

// LastEdit gives the change that [Desk.Undo] would undo next: the last edit or
// decision, whoever made it. It is nil when there is none: since the draft was opened, or
// was last moved to another state.
func LastEdit(history []digest.Revision) *digest.Revision {
	for _, r := range history { // the newest first
		if r.Before != nil {
			return &r
		}
	}
	return nil
}

// Undo takes the last edit of a draft or the last decision back, whoever made it:
// what it changed of the title, the introduction, the mail's subject and preheader,
// the rows, and what was decided of comments is what it was before.
func (d *Desk) Undo(ctx context.Context, by digest.Actor, ref Ref) (Saved, error) {
	if err := ref.needsVersion(); err != nil {
		return Saved{}, err
	}
	issue, _, err := d.draft(ctx, ref)
	if err != nil {
		return Saved{Issue: issue}, err
	}
	last, err := d.store.Undoable(ctx, issue.ID)
	if err != nil {
		return Saved{Issue: issue}, err
	}
	if last == nil {
		return Saved{Issue: issue}, digest.Fail(digest.Conflict, "", "nothing in issue %d can be undone", issue.Number).
			Offer(digest.Act{Do: digest.IssueHistory, Issue: issue.Number})
	}
	if ref.Last != 0 && last.ID > ref.Last {
		return Saved{Issue: issue}, digest.Fail(digest.Conflict, "Nothing was done. Look at it again, and decide anew.", "%w",
			&digest.Changed{Issue: issue.Number, Since: []digest.Revision{*last}}).Offer(digest.Act{Do: digest.IssueHistory, Issue: issue.Number})
	}
	saved := Saved{Issue: issue, Words: digest.Undid(*last)}
	saved.Title = cmp.Or(last.Before.Title, saved.Title)
	if last.Before.Intro != nil {
		saved.Intro = *last.Before.Intro
	}
	if last.Before.Subject != nil {
		saved.Subject = *last.Before.Subject
	}
	if last.Before.Preheader != nil {
		saved.Preheader = *last.Before.Preheader
	}
	if last.Before.Blocks != nil {
		saved.Blocks = last.Before.Blocks
	}
	if last.Before.MailEnds != nil {
		saved.MailEnds = *last.Before.MailEnds
	}
	rev := digest.Revision{At: d.clock.Now(), By: by, Did: digest.Undone, Words: saved.Words, Undoes: last.ID, Decides: last.Before.Decisions}
	if last.Did == digest.Judged {
		return saved, d.store.Decide(ctx, issue, rev)
	}
	return saved, d.explain(ctx, issue, d.store.SaveDraft(ctx, &saved.Issue, rev))
}
