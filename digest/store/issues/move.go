package issues

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/onwire"
	"postbag/digest/store/publication"
	"postbag/digest/store/rules"
	"postbag/subscribers"
)

// MoveIssue moves an issue to another state, as [digest.IssueState.To] allows,
// and stamps the moment; else the error is of kind Conflict. Approving belongs
// to Approve, and sending, pausing and being sent to the ledger.
//
// Reopening removes Frozen, and what the issue taught, as cancelling does. The draft that follows gives way if nothing was put into
// it, and the window is open again; else both are drafts, each with its own number,
// rows and window. Cancelling and skipping give the issue's window back to the
// draft that follows it, now or once it is opened, even when issues between them
// closed theirs: what those had is offered again with it; and its number, if it is the
// newest, is free again. What a skipped issue had goes to that draft. Withdrawing cancels the
// deliveries not yet begun. Publishing dates the issue, and is a Conflict while
// sending is held. An issue that is not as it was seen is a Conflict too, see [Unchanged].
func (db *Store) MoveIssue(ctx context.Context, by digest.Actor, issueID int64, to digest.IssueState, at time.Time, seen digest.AsSeen) error {
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
		if err := Unchanged(t, issueID, seen); err != nil {
			return err
		}
		from, err := IssueState(t, issueID)
		if err != nil {
			return err
		}
		if !from.To(to) {
			return CannotMove(t, issueID, from, to)
		}
		if err := move(t, by, issueID, to, at); err != nil {
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

func move(t *database.Tx, by digest.Actor, issueID int64, to digest.IssueState, at time.Time) error {
	switch to {
	case digest.Draft:
		if err := unlearn(t, issueID); err != nil {
			return err
		}
		return reopen(t, issueID)
	case digest.Published:
		return publish(t, issueID, at)
	case digest.Skipped:
		// The moment that passes is the one it was to go out at, which is later than
		// its slot when it missed that.
		if _, err := t.Exec(`UPDATE issues SET state = 'skipped', slot = COALESCE(due_at, slot), version = version + 1 WHERE id = $1`, issueID); err != nil {
			return err
		}
		if err := handOver(t, by, issueID, at); err != nil {
			return err
		}
		return passOn(t, issueID)
	case digest.Cancelled:
		if err := unlearn(t, issueID); err != nil {
			return err
		}
		// That another copy may have sent it stays known: its number may have been seen.
		_, err := t.Exec(`UPDATE issues SET state = 'cancelled', asks = CASE WHEN asks = 'elsewhere' THEN asks ELSE '' END,
			version = version + 1 WHERE id = $1`, issueID)
		if err != nil {
			return err
		}
		return passOn(t, issueID)
	case digest.Withdrawn:
		if _, err := t.Exec(`UPDATE issues SET state = 'withdrawn', asks = '', pause_cause = '', pause_detail = '', updated_at = $1 WHERE id = $2`, at, issueID); err != nil {
			return err
		}
		return CancelOpen(t, issueID, at)
	}
	return digest.Fail(digest.Invalid, "", "an issue is not moved to %s by hand", to)
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
// into it. The issue's window stays closed where it closed as long as a later issue
// goes on from there.
func reopen(t *database.Tx, issueID int64) error {
	if err := removeUntouched(t, issueID); err != nil {
		return err
	}
	_, err := t.Exec(`
		UPDATE issues SET state = 'draft', asks = '', overrode = '', frozen = NULL, approved_at = NULL, version = version + 1,
			closed_at = CASE WHEN EXISTS (SELECT 1 FROM issues l
				WHERE l.series_id = issues.series_id AND l.number > issues.number AND l.`+rules.Stands+`) THEN closed_at END
		WHERE id = $1`, issueID)
	return err
}

// removeUntouched deletes the draft that follows an issue as long as nothing has been
// put into it. Nobody has seen its number, so the series counts on from it.
func removeUntouched(t *database.Tx, issueID int64) error {
	draft, err := wholeIssue(t, `
		SELECT `+IssueColumns+`, frozen FROM issues d
		WHERE `+rules.NextDraft+` AND series_id = (SELECT series_id FROM issues WHERE id = $1)
			AND (SELECT MAX(number) FROM issues e WHERE e.series_id = d.series_id AND e.number < d.number AND e.`+rules.Stands+`) = (SELECT number FROM issues WHERE id = $1)`, issueID)
	if err != nil || draft.ID == 0 {
		return err
	}
	series, err := publication.Series(t, draft.SeriesID)
	if err != nil || series.NextNumber != draft.Number+1 || !draft.IsUntouched(series) {
		return err
	}
	// What was decided of comments meanwhile stays decided, and what was seen is seen.
	if _, err := t.Exec(`UPDATE decisions SET issue_id = $1 WHERE issue_id = $2`, issueID, draft.ID); err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO shown (issue_id, comment_id) SELECT $1, comment_id FROM shown WHERE issue_id = $2 ON CONFLICT DO NOTHING`, issueID, draft.ID)
	if err != nil {
		return err
	}
	if _, err := t.Exec(`DELETE FROM issues WHERE id = $1`, draft.ID); err != nil {
		return err
	}
	_, err = t.Exec(`UPDATE series SET next_number = $1 WHERE id = $2`, draft.Number, series.ID)
	return err
}

// passOn leaves what a cancelled or skipped issue had to those after it: its window to
// the drafts that are open, and its number, if it is the newest, to the next one.
func passOn(t *database.Tx, unused int64) error {
	var series int64
	if _, err := t.One([]any{&series}, `SELECT series_id FROM issues WHERE id = $1`, unused); err != nil {
		return err
	}
	later, err := laterDrafts(t, unused)
	if err != nil {
		return err
	}
	for _, draft := range later { // each by what those before it have by now
		from, err := windowFrom(t, series, draft.ID)
		if err != nil {
			return err
		}
		if _, err := t.Exec(`UPDATE issues SET window_from = $1 WHERE id = $2`, from, draft.ID); err != nil {
			return err
		}
	}
	return freeNumbers(t, series)
}

// laterDrafts gives the drafts after an issue, the next one first, without their blocks.
func laterDrafts(t *database.Tx, issueID int64) ([]digest.Issue, error) {
	return Issues(t, `
		SELECT `+IssueColumns+` FROM issues WHERE state = 'draft' AND id > $1 AND series_id = (SELECT series_id FROM issues WHERE id = $1)
		ORDER BY id`, issueID)
}

// freeNumbers lets a series count on from the first number that no reader has seen.
// What another copy of the installation may have published keeps its number.
func freeNumbers(t *database.Tx, series int64) error {
	for {
		n, err := t.Exec(`
			UPDATE series SET next_number = next_number - 1 WHERE id = $1
				AND EXISTS (SELECT 1 FROM issues i WHERE i.series_id = series.id AND i.number = series.next_number - 1)
				AND NOT EXISTS (SELECT 1 FROM issues i WHERE i.series_id = series.id AND i.number = series.next_number - 1
					AND (i.`+rules.Stands+` OR i.asks = 'elsewhere'))`, series)
		if err != nil || n == 0 {
			return err
		}
	}
}

// handOver gives the rows of a skipped issue to the draft after it, if one is open:
// at its end, without the comments that it picks itself; and the introduction and the
// preheader if it has none. Without a draft the next one takes them when it opens.
func handOver(t *database.Tx, by digest.Actor, skipped int64, at time.Time) error {
	later, err := laterDrafts(t, skipped)
	if err != nil || len(later) == 0 {
		return err
	}
	was, err := wholeIssue(t, `SELECT `+IssueColumns+`, frozen FROM issues WHERE id = $1`, skipped)
	if err != nil {
		return err
	}
	draft := later[0]
	if draft.Blocks, err = blocks(t, draft.ID); err != nil {
		return err
	}
	position, moved := len(draft.Blocks), 0
	for _, b := range was.Blocks {
		if _, isIn := draft.PickOf(b.CommentID); isIn && b.Kind == digest.PickBlock {
			if _, err := t.Exec(`DELETE FROM blocks WHERE id = $1`, b.ID); err != nil {
				return err
			}
			continue
		}
		if _, err := t.Exec(`UPDATE blocks SET issue_id = $1, position = $2, version = $3 WHERE id = $4`,
			draft.ID, position+moved, draft.Version+1, b.ID); err != nil {
			return err
		}
		moved++
	}
	intro, preheader := cmp.Or(draft.Intro, was.Intro), cmp.Or(draft.Preheader, was.Preheader)
	if moved == 0 && intro == draft.Intro && preheader == draft.Preheader {
		return nil
	}
	if intro != draft.Intro {
		draft.IntroVersion = draft.Version + 1
	}
	if preheader != draft.Preheader {
		draft.MailVersion = draft.Version + 1
	}
	_, err = t.Exec(`UPDATE issues SET intro = $1, preheader = $2, intro_version = $3, mail_version = $4, version = version + 1 WHERE id = $5`,
		intro, preheader, draft.IntroVersion, draft.MailVersion, draft.ID)
	if err != nil {
		return err
	}
	// What was done before that cannot be undone: it would take the rows away again.
	if _, err := t.Exec(`UPDATE revisions SET before = NULL WHERE issue_id = $1 AND before IS NOT NULL`, draft.ID); err != nil {
		return err
	}
	return addPresent(t, digest.Revision{IssueID: draft.ID, At: at, By: by, Did: digest.TookOver,
		Words: fmt.Sprintf("gave it what was in issue %d, which was skipped", was.Number)})
}

// CancelOpen ends the rows of a withdrawn issue that no server is hearing of: they are
// cancelled, and uncertain where a server may have the message from an earlier try.
func CancelOpen(t *database.Tx, issueID int64, now time.Time) error {
	if err := onwire.Settle(t, issueID); err != nil {
		return err
	}
	state, cause := rules.NotSent(subscribers.IssueWithdrawn)
	_, err := t.Exec(`
		UPDATE deliveries SET next_try = NULL, updated_at = $1,
			state = `+state+`, cause = `+cause+`
		WHERE issue_id = $2 AND `+rules.Unbegun, now.UnixMicro(), issueID)
	return err
}
