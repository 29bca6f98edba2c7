package issues

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
)

// Revisions lists the changes of an issue; see [desk.Store].
func (db *Store) Revisions(ctx context.Context, issueID int64, limit int) (all []digest.Revision, err error) {
	err = db.View(ctx, "read the issue's history", func(t *database.Tx) (err error) {
		all, err = revisions(t, issueID, limit)
		return err
	})
	return all, err
}

func revisions(t *database.Tx, issueID int64, limit int) (all []digest.Revision, err error) {
	err = t.Each(func(r database.Row) error {
		var rev digest.Revision
		err := r.Scan(&rev.ID, &rev.IssueID, &rev.Version, &rev.At, &rev.By.Kind, &rev.By.Name,
			&rev.Did, &rev.Words, &rev.Undoes, database.JSONColumn{To: &rev.Before})
		all = append(all, rev)
		return err
	}, `SELECT id, issue_id, version, at, by_kind, by_name, did, words, COALESCE(undoes, 0), before
		FROM revisions WHERE issue_id = $1 ORDER BY id DESC LIMIT $2`, issueID, database.Limit(limit))
	return all, err
}

// mostMissed bounds how many changes are told to somebody who did not see them.
const mostMissed = 50

// Unchanged refuses an issue that is not as somebody saw it, with an error of kind
// Conflict that tells what was done since. The issue is locked before.
func Unchanged(t *database.Tx, issueID int64, seen digest.AsSeen) error {
	if seen == (digest.AsSeen{}) {
		return nil
	}
	var now digest.Issue
	if _, err := t.One([]any{&now.Number, &now.Version}, `SELECT number, version FROM issues WHERE id = $1`, issueID); err != nil {
		return err
	}
	history, err := revisions(t, issueID, mostMissed)
	if err != nil {
		return err
	}
	return seen.Refuse(now, history)
}

const queryChangesSince = `
	SELECT r.id, r.issue_id, r.version, r.at, r.by_kind, r.by_name, r.did, r.words, COALESCE(r.undoes, 0)
	FROM revisions r JOIN issues i ON i.id = r.issue_id JOIN series s ON s.id = i.series_id
	WHERE i.number = $1 AND ($2 = '' OR s.slug = $2) AND r.version > $3
	ORDER BY r.id DESC LIMIT $4`

// ChangesSince lists the changes of an issue after a version; see [desk.Store].
func (db *Store) ChangesSince(ctx context.Context, series string, number int, version int64, limit int) (all []digest.Revision, err error) {
	err = db.View(ctx, "read what was changed", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var rev digest.Revision
			err := r.Scan(&rev.ID, &rev.IssueID, &rev.Version, &rev.At, &rev.By.Kind, &rev.By.Name, &rev.Did, &rev.Words, &rev.Undoes)
			all = append(all, rev)
			return err
		}, queryChangesSince, number, series, version, database.Limit(limit))
	})
	return all, err
}

// Undoable gives the last edit that can be undone; see [desk.Store].
func (db *Store) Undoable(ctx context.Context, issueID int64) (last *digest.Revision, err error) {
	err = db.View(ctx, "read the last edit", func(t *database.Tx) error {
		var rev digest.Revision
		found, err := t.One([]any{&rev.ID, &rev.IssueID, &rev.Version, &rev.At, &rev.By.Kind, &rev.By.Name,
			&rev.Did, &rev.Words, database.JSONColumn{To: &rev.Before}}, `
			SELECT id, issue_id, version, at, by_kind, by_name, did, words, before
			FROM revisions WHERE issue_id = $1 AND before IS NOT NULL ORDER BY id DESC LIMIT 1`, issueID)
		if found {
			last = &rev
		}
		return err
	})
	return last, err
}

// addRevision keeps a change of an issue. One that was undone cannot be undone
// again.
func addRevision(t *database.Tx, rev digest.Revision) error {
	var before any
	if rev.Before != nil {
		packed, err := database.JSON(rev.Before)
		if err != nil {
			return err
		}
		before = packed
	}
	_, err := t.Exec(`
		INSERT INTO revisions (issue_id, version, at, by_kind, by_name, did, words, undoes, before)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		rev.IssueID, rev.Version, rev.At.UnixMicro(), string(rev.By.Kind), rev.By.Name, string(rev.Did), rev.Words, database.OrNull(rev.Undoes), before)
	if err != nil {
		return err
	}
	if err := auditRevision(t, rev); err != nil || rev.Undoes == 0 {
		return err
	}
	_, err = t.Exec(`UPDATE revisions SET before = NULL WHERE id = $1`, rev.Undoes)
	return err
}

// auditRevision leaves a change of an issue in the audit list.
func auditRevision(t *database.Tx, rev digest.Revision) error {
	var number int
	var series string
	_, err := t.One([]any{&number, &series}, `SELECT i.number, s.name FROM issues i JOIN series s ON s.id = i.series_id WHERE i.id = $1`, rev.IssueID)
	if err != nil {
		return err
	}
	return audit.Add(t, rev.By, digest.DoingOf(rev.Did), fmt.Sprintf("issue %d of %s", number, series), rev.Words)
}

// AddMove keeps that an issue went to another state. What was edited before that
// cannot be undone any more.
func AddMove(t *database.Tx, by digest.Actor, issueID int64, to digest.IssueState, at time.Time) error {
	if _, err := t.Exec(`UPDATE revisions SET before = NULL WHERE issue_id = $1 AND before IS NOT NULL`, issueID); err != nil {
		return err
	}
	did, words := digest.Moved(to)
	return addPresent(t, digest.Revision{IssueID: issueID, At: at, By: by, Did: did, Words: words})
}

// addPresent keeps a change that leaves an issue with the version it has by now.
func addPresent(t *database.Tx, rev digest.Revision) (err error) {
	if rev.Version, err = t.Number(`SELECT version FROM issues WHERE id = $1`, rev.IssueID); err != nil {
		return err
	}
	return addRevision(t, rev)
}
