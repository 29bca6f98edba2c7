package issues

import (
	"context"
	"time"

	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/publication"
)

// SetDue moves the moment of an issue that is approved or published: whoever
// works on the database then publishes and sends it. The reason says what the
// editor decided about it, and may be empty. The error is of kind Conflict for an
// issue in any other state, and while sending is held.
func (db *Store) SetDue(ctx context.Context, issueID int64, at time.Time, reason string) error {
	return db.Update(ctx, "set the issue's moment", func(t *database.Tx) error {
		if err := publication.NotHeld(t); err != nil {
			return err
		}
		n, err := t.Exec(`UPDATE issues SET due_at = $1, state_reason = $2 WHERE id = $3 AND state IN ('approved', 'published')`, at, reason, issueID)
		if err == nil && n == 0 {
			return database.Conflict("See where it stands with: postbag issue list", "the issue is not waiting to be sent")
		}
		if err != nil {
			return err
		}
		return duties.ReplanIssue(t, issueID)
	})
}
