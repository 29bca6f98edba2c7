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

// MoveIssue moves an issue to another state, as [digest.IssueState.To] allows,
// and stamps the moment; else the error is of kind Conflict. Approving belongs
// to Approve, and sending, pausing and being sent to the ledger.
//
// Reopening removes Frozen and opens the window again; it is a Conflict while
// the series has another draft. Cancelling gives the issue's window back to the
// draft that follows it, now or once it is opened, even when issues between them
// closed theirs: what those had is offered again with it. Withdrawing cancels the
// deliveries not yet begun. Publishing dates the issue, and is a Conflict while
// sending is held.
func (db *Store) MoveIssue(ctx context.Context, by digest.Actor, issueID int64, to digest.IssueState, at time.Time) error {
	return db.Update(ctx, "move the issue", func(t *database.Tx) error {
		if to == digest.Published {
			if err := publication.NotHeld(t); err != nil {
				return err
			}
		}
		// The draft that follows is locked too: it may give way, or get a window
		// back, while somebody saves it.
		if err := lockSeriesOf(t, issueID); err != nil {
			return err
		}
		err := t.Lock(`SELECT id FROM issues WHERE id = $1
			OR state = 'draft' AND series_id = (SELECT series_id FROM issues WHERE id = $1) ORDER BY id FOR UPDATE`, issueID)
		if err != nil {
			return err
		}
		from, err := IssueState(t, issueID)
		if err != nil {
			return err
		}
		if !from.To(to) {
			return CannotMove(t, issueID, from, to)
		}
		if err := move(t, issueID, to, at); err != nil {
			return err
		}
		if err := AddMove(t, by, issueID, to, at); err != nil {
			return err
		}
		if err := duties.ReplanIssue(t, issueID); err != nil {
			return err
		}
		return t.Bump()
	})
}

// CannotMove says that an issue does not go from its state to another, and who
// brought it to the one that it is in.
func CannotMove(t *database.Tx, issueID int64, from, to digest.IssueState) error {
	number, err := t.Number(`SELECT number FROM issues WHERE id = $1`, issueID)
	if err != nil {
		return err
	}
	who, err := movedBy(t, issueID, from)
	if err != nil {
		return err
	}
	become := string(to)
	switch to {
	case digest.Draft:
		become = "reopened"
	case digest.Sending:
		become = "resumed"
	}
	return database.Conflict("", "issue %d is %s and cannot be %s%s", number, from.Is(), become, who)
}

// movedBy says who brought an issue to the state that it is in, after a colon: ""
// when its history does not tell, as that of a draft.
func movedBy(t *database.Tx, issueID int64, state digest.IssueState) (string, error) {
	if state == digest.Draft {
		return "", nil
	}
	did, _ := digest.Moved(state)
	var rev digest.Revision
	found, err := t.One([]any{&rev.By.Kind, &rev.By.Name, &rev.Words, &rev.At}, `
		SELECT by_kind, by_name, words, at FROM revisions WHERE issue_id = $1 AND did = $2 ORDER BY id DESC LIMIT 1`, issueID, string(did))
	if err != nil || !found {
		return "", err
	}
	return ": " + rev.String(), nil
}

func move(t *database.Tx, issueID int64, to digest.IssueState, at time.Time) (err error) {
	switch to {
	case digest.Draft:
		return reopen(t, issueID)
	case digest.Published:
		return publish(t, issueID, at)
	case digest.Skipped:
		// The moment that passes is the one it was to go out at, which is later than
		// its slot when it missed that.
		_, err = t.Exec(`UPDATE issues SET state = 'skipped', slot = COALESCE(due_at, slot), version = version + 1 WHERE id = $1`, issueID)
	case digest.Cancelled:
		if _, err = t.Exec(`UPDATE issues SET state = 'cancelled', asks = '', version = version + 1 WHERE id = $1`, issueID); err != nil {
			return err
		}
		return giveBackWindow(t, issueID)
	case digest.Withdrawn:
		if _, err = t.Exec(`UPDATE issues SET state = 'withdrawn', asks = '', pause_cause = '', pause_detail = '', updated_at = $1 WHERE id = $2`, at, issueID); err != nil {
			return err
		}
		if err := CancelOpen(t, issueID, at); err != nil {
			return err
		}
		return KeepTotals(t, issueID)
	default:
		return digest.Fail(digest.Invalid, "", "an issue is not moved to %s by hand", to)
	}
	return err
}

// publish makes an approved issue public. Readers see the date of this moment,
// whatever was planned.
func publish(t *database.Tx, issueID int64, at time.Time) error {
	at, err := ownSecond(t, issueID, at)
	if err != nil {
		return err
	}
	var frozen digest.Frozen
	if _, err := t.One([]any{database.JSONColumn{To: &frozen}}, `SELECT frozen FROM issues WHERE id = $1`, issueID); err != nil {
		return err
	}
	frozen.Date = at.UTC()
	packed, err := database.JSON(&frozen)
	if err != nil {
		return err
	}
	_, err = t.Exec(`UPDATE issues SET state = 'published', asks = '', published_at = $1, updated_at = $1, frozen = $2 WHERE id = $3`,
		at, packed, issueID)
	return err
}

// ownSecond gives a moment, or the first after it in whose second no issue of the same
// series was published or changed: a feed tells times in seconds, and its entries
// apart and in order by them.
func ownSecond(t *database.Tx, issueID int64, at time.Time) (time.Time, error) {
	for {
		taken, err := t.Number(`
			SELECT COUNT(*) FROM issues i JOIN issues one ON one.series_id = i.series_id
			WHERE one.id = $1 AND i.id <> one.id AND i.updated_at >= $2 AND i.updated_at < $3`,
			issueID, at.Truncate(time.Second), at.Truncate(time.Second).Add(time.Second))
		if err != nil || taken == 0 {
			return at, err
		}
		at = at.Truncate(time.Second).Add(time.Second)
	}
}

// reopen makes a draft of an approved issue again. The draft that opened when it
// was approved gives way and its number back, as long as nothing has been put
// into it.
func reopen(t *database.Tx, issueID int64) error {
	if err := removeUntouched(t, issueID); err != nil {
		return err
	}
	if err := noOtherDraft(t, issueID); err != nil {
		return err
	}
	_, err := t.Exec(`
		UPDATE issues SET state = 'draft', asks = '', overrode = '', frozen = NULL, approved_at = NULL, closed_at = NULL,
			version = version + 1
		WHERE id = $1`, issueID)
	return err
}

// noOtherDraft refuses to reopen an issue while its series has a draft: that has
// been worked on, or does not follow the issue.
func noOtherDraft(t *database.Tx, issueID int64) error {
	var number, draft int
	found, err := t.One([]any{&number, &draft}, `
		SELECT i.number, d.number FROM issues i JOIN issues d ON d.series_id = i.series_id AND d.state = 'draft'
		WHERE i.id = $1`, issueID)
	if err != nil || !found {
		return err
	}
	hint := "Cancel this one instead: its comments can be picked again."
	if draft == number+1 {
		hint = "Take out what was put into it, or cancel this one: its comments can be picked again."
	}
	return database.Conflict(hint, "issue %d cannot be reopened: issue %d is the draft now", number, draft).
		Offer(digest.Act{Do: digest.ShowIssue, Issue: draft}, digest.Act{Do: digest.CancelIssue, Issue: number})
}

// removeUntouched deletes the draft that follows an issue as long as nothing has been
// put into it. Nobody has seen its number, so the series counts on from it.
func removeUntouched(t *database.Tx, issueID int64) error {
	draft, err := wholeIssue(t, `
		SELECT `+IssueColumns+`, frozen FROM issues d
		WHERE state = 'draft' AND series_id = (SELECT series_id FROM issues WHERE id = $1)
			AND (SELECT MAX(number) FROM issues e WHERE e.series_id = d.series_id AND e.number < d.number) = (SELECT number FROM issues WHERE id = $1)`, issueID)
	if err != nil || draft.ID == 0 {
		return err
	}
	series, err := publication.Series(t, draft.SeriesID)
	if err != nil || series.NextNumber != draft.Number+1 || !draft.IsUntouched(series) {
		return err
	}
	if _, err := t.Exec(`DELETE FROM issues WHERE id = $1`, draft.ID); err != nil {
		return err
	}
	_, err = t.Exec(`UPDATE series SET next_number = $1 WHERE id = $2`, draft.Number, series.ID)
	return err
}

// giveBackWindow lets a later draft begin where the cancelled issue began.
func giveBackWindow(t *database.Tx, cancelled int64) error {
	var draft, series int64
	var number int
	found, err := t.One([]any{&draft, &series, &number}, `
		SELECT d.id, d.series_id, d.number FROM issues c
		JOIN issues d ON d.series_id = c.series_id AND d.state = 'draft' AND d.number > c.number
		WHERE c.id = $1`, cancelled)
	if err != nil || !found {
		return err
	}
	from, err := windowFrom(t, series, number)
	if err != nil {
		return err
	}
	_, err = t.Exec(`UPDATE issues SET window_from = $1 WHERE id = $2`, from, draft)
	return err
}

// KeepTotals stores how many mails of an issue were taken and refused: to count them
// anew for every list would take as long as the list of readers is.
func KeepTotals(t *database.Tx, issueID int64) error {
	_, err := t.Exec(`UPDATE issues SET
		mails_sent    = (SELECT COUNT(*) FROM deliveries WHERE issue_id = $1 AND state = 'sent'),
		mails_refused = (SELECT COUNT(*) FROM deliveries WHERE issue_id = $1 AND state = 'failed')
		WHERE id = $1`, issueID)
	return err
}

// CancelOpen cancels the rows of a withdrawn issue that no server is hearing of.
func CancelOpen(t *database.Tx, issueID int64, now time.Time) error {
	_, err := t.Exec(`
		UPDATE deliveries SET state = 'cancelled', cause = 'issue-withdrawn', next_try = NULL, updated_at = $1
		WHERE issue_id = $2 AND `+rules.Unbegun, now.UnixMicro(), issueID)
	return err
}
