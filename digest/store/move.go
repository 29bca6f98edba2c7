package store

import (
	"context"
	"time"

	"postbag/digest"
)

// MoveIssue moves an issue to another state, as [digest.IssueState.To] allows,
// and stamps the moment; else the error is of kind Conflict. Approving belongs
// to Approve, and sending, pausing and being sent to the ledger.
//
// Reopening removes Frozen and opens the window again; it is a Conflict while
// the series has another draft. Cancelling gives the issue's window back to the
// draft that follows it. Withdrawing cancels the deliveries not yet begun.
func (db *DB) MoveIssue(ctx context.Context, issueID int64, to digest.IssueState, at time.Time) error {
	return db.update(ctx, "move the issue", func(t *tx) error {
		from, err := t.issueState(issueID)
		if err != nil {
			return err
		}
		if !from.To(to) {
			return conflict("", "the issue is %s and cannot become %s", from, to)
		}
		if err := db.move(t, issueID, to, at); err != nil {
			return err
		}
		return t.bump()
	})
}

func (db *DB) move(t *tx, issueID int64, to digest.IssueState, at time.Time) (err error) {
	switch to {
	case digest.Draft:
		return db.reopen(t, issueID)
	case digest.Published:
		_, err = t.exec(`UPDATE issues SET state = 'published', state_reason = '', published_at = $1, updated_at = $1 WHERE id = $2`, at, issueID)
	case digest.Skipped:
		_, err = t.exec(`UPDATE issues SET state = 'skipped', state_reason = '', closed_at = $1 WHERE id = $2`, at, issueID)
	case digest.Cancelled:
		if _, err = t.exec(`UPDATE issues SET state = 'cancelled', state_reason = '' WHERE id = $1`, issueID); err != nil {
			return err
		}
		return t.giveBackWindow(issueID)
	case digest.Withdrawn:
		if _, err = t.exec(`UPDATE issues SET state = 'withdrawn', state_reason = '', updated_at = $1 WHERE id = $2`, at, issueID); err != nil {
			return err
		}
		return t.cancelOpen(issueID, at)
	default:
		return digest.Fail(digest.Invalid, "", "an issue is not moved to %s by hand", to)
	}
	return err
}

func (db *DB) reopen(t *tx, issueID int64) error {
	_, err := t.exec(`
		UPDATE issues SET state = 'draft', state_reason = '', frozen = NULL, approved_at = NULL, closed_at = NULL,
			version = version + 1
		WHERE id = $1`, issueID)
	if db.dialect.code(err) == codeUnique {
		return conflict("Cancel or finish the open draft first.", "the series has another draft already")
	}
	return err
}

// giveBackWindow lets a later draft begin where the cancelled issue began.
func (t *tx) giveBackWindow(cancelled int64) error {
	var draft, series int64
	var number int
	found, err := t.one([]any{&draft, &series, &number}, `
		SELECT d.id, d.series_id, d.number FROM issues c
		JOIN issues d ON d.series_id = c.series_id AND d.state = 'draft' AND d.number > c.number
		WHERE c.id = $1`, cancelled)
	if err != nil || !found {
		return err
	}
	from, err := t.windowFrom(series, number)
	if err != nil {
		return err
	}
	_, err = t.exec(`UPDATE issues SET window_from = $1 WHERE id = $2`, from, draft)
	return err
}
