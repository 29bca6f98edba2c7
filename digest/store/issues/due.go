package issues

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/publication"
	"postbag/digest/store/rules"
)

// SetDue moves the moment of an issue that is approved or published: whoever
// works on the database then publishes and sends it; what it asked is answered.
// It keeps who said so, and the objection that was overridden. The error is of kind Conflict
// for an issue in any other state or not as it was seen, and while sending is held.
func (db *Store) SetDue(ctx context.Context, by digest.Actor, issueID int64, at time.Time, overrode digest.Override, seen digest.AsSeen) error {
	return db.Update(ctx, "set the issue's moment", func(t *database.Tx) error {
		if err := publication.NotHeld(t); err != nil {
			return err
		}
		if err := LockIssue(t, issueID); err != nil {
			return err
		}
		if err := Unchanged(t, issueID, seen); err != nil {
			return err
		}
		n, err := t.Exec(`UPDATE issues SET due_at = $1, asks = '', overrode = $2 WHERE id = $3 AND `+rules.Waiting,
			at, string(overrode), issueID)
		if err == nil && n == 0 {
			return digest.Fail(digest.Conflict, "", "the issue is not waiting to be sent").Offer(digest.Act{Do: digest.ListIssues})
		}
		if err != nil {
			return err
		}
		words := "sent it at once"
		if overrode == digest.OverrodeRemovedPick {
			words += ", although a pick was removed from the blog"
		}
		rev := digest.Revision{IssueID: issueID, At: at, By: by, Did: digest.Hurried, Words: words}
		if err := addPresent(t, rev); err != nil {
			return err
		}
		return duties.ReplanIssue(t, issueID)
	})
}

// StopMailing takes the moment of a published issue away; see [dispatch.Store].
func (db *Store) StopMailing(ctx context.Context, by digest.Actor, issueID int64, at time.Time, seen digest.AsSeen) error {
	return db.Update(ctx, "hold the issue", func(t *database.Tx) error {
		if err := LockIssue(t, issueID); err != nil {
			return err
		}
		if err := Unchanged(t, issueID, seen); err != nil {
			return err
		}
		n, err := t.Exec(`UPDATE issues SET due_at = NULL, asks = '' WHERE id = $1 AND state = 'published'`, issueID)
		if err == nil && n == 0 {
			return digest.Fail(digest.Conflict, "", "the issue is not waiting to be mailed").Offer(digest.Act{Do: digest.ListIssues})
		}
		if err != nil {
			return err
		}
		rev := digest.Revision{IssueID: issueID, At: at, By: by, Did: digest.Stopped, Words: "kept it from being mailed"}
		if err := addPresent(t, rev); err != nil {
			return err
		}
		return duties.ReplanIssue(t, issueID)
	})
}
