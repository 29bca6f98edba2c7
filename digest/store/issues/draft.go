package issues

import (
	"context"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/work"
)

// OpenDraft creates the series' next draft and takes its number; if the series
// has a draft already it gives that one. Its title is the series' own for the
// number. Its window begins where the newest issue before it closed its own: by
// approval, or by being skipped. A cancelled issue closed none, so what it had
// comes back.
func (db *Store) OpenDraft(ctx context.Context, seriesID int64, opened, due time.Time) (issue digest.Issue, created bool, err error) {
	err = db.Update(ctx, "open a draft", func(t *database.Tx) error {
		// Whoever opens, approves, moves or cancels takes turns at the series: it
		// gives the numbers, and its issues' windows join without a gap.
		if err := t.Lock(`SELECT id FROM series WHERE id = $1 FOR UPDATE`, seriesID); err != nil {
			return err
		}
		created = false
		issue, err = wholeIssue(t, `SELECT `+IssueColumns+`, frozen FROM issues WHERE series_id = $1 AND state = 'draft'`, seriesID)
		if err != nil || issue.ID != 0 {
			return err
		}
		created = true
		if issue, err = newDraft(t, seriesID, opened, due); err != nil {
			return err
		}
		return duties.Replan(t, work.Draft, seriesID)
	})
	if err != nil {
		return digest.Issue{}, false, err
	}
	return issue, created, nil
}

func newDraft(t *database.Tx, seriesID int64, opened, due time.Time) (issue digest.Issue, err error) {
	var number int
	var series digest.Series
	found, err := t.One([]any{&number, &series.Name, &series.Title}, `
		UPDATE series SET next_number = next_number + 1 WHERE id = $1 RETURNING next_number - 1, name, title`, seriesID)
	if err != nil {
		return issue, err
	}
	if !found {
		return issue, database.Missing("there is no series %d", seriesID)
	}
	from, err := windowFrom(t, seriesID, number)
	if err != nil {
		return issue, err
	}
	_, err = t.One(issueFields(&issue), `
		INSERT INTO issues (series_id, number, state, title, intro, opened_at, window_from, due_at, version)
		VALUES ($1, $2, 'draft', $3, '', $4, $5, $6, 1) RETURNING `+IssueColumns,
		seriesID, number, series.TitleOf(number), opened.UnixMicro(), from, due)
	return issue, err
}

// windowFrom gives the moment at which the newest issue below a number closed
// its window, zero if there is none. It is earlier when an issue before that one
// was cancelled and no later one took its window over: then it is where that
// window began, so that nothing falls between.
func windowFrom(t *database.Tx, seriesID int64, number int) (time.Time, error) {
	var from, lost time.Time
	_, err := t.One([]any{&from}, `
		SELECT closed_at FROM issues
		WHERE series_id = $1 AND number < $2 AND closed_at IS NOT NULL AND state <> 'cancelled'
		ORDER BY number DESC LIMIT 1`, seriesID, number)
	if err != nil || from.IsZero() {
		return from, err
	}
	_, err = t.One([]any{&lost}, queryLostWindow, seriesID, number)
	if !lost.IsZero() && lost.Before(from) {
		from = lost
	}
	return from, err
}

// The window of a first issue, which has no beginning, begins with the series:
// nothing was seen before that.
const queryLostWindow = `
	SELECT MIN(COALESCE(x.window_from, s.created_at)) FROM issues x JOIN series s ON s.id = x.series_id
	WHERE x.series_id = $1 AND x.number < $2 AND x.state = 'cancelled' AND NOT EXISTS (
		SELECT 1 FROM issues y
		WHERE y.series_id = x.series_id AND y.number > x.number AND y.number < $2 AND y.state <> 'cancelled'
			AND COALESCE(y.window_from, s.created_at) <= COALESCE(x.window_from, s.created_at))`

// SaveDraft stores title, intro, due moment and blocks of a draft, and fills in
// the ids of new blocks and the new Version. The error is of kind Conflict when
// the issue is no draft any more, when its Version is not the one stored, or
// when a comment is picked twice, and of kind NotFound when a picked comment is
// not known.
func (db *Store) SaveDraft(ctx context.Context, issue *digest.Issue) error {
	var blocks []digest.Block
	err := db.Update(ctx, "save the draft", func(t *database.Tx) error {
		blocks = slices.Clone(issue.Blocks)
		n, err := t.Exec(`
			UPDATE issues SET title = $1, intro = $2, due_at = $3, version = version + 1
			WHERE id = $4 AND state = 'draft' AND version = $5`,
			issue.Title, issue.Intro, issue.DueAt, issue.ID, issue.Version)
		if err != nil {
			return err
		}
		if n == 0 {
			return notTheDraft(t, issue)
		}
		if err := db.saveBlocks(t, issue.ID, blocks); err != nil {
			return err
		}
		return duties.Replan(t, work.Deadline, issue.SeriesID)
	})
	if err != nil {
		return err
	}
	issue.Blocks = blocks
	issue.Version++
	return nil
}

// notTheDraft says why an issue is not the draft that its caller holds.
func notTheDraft(t *database.Tx, issue *digest.Issue) error {
	state, err := IssueState(t, issue.ID)
	if err != nil {
		return err
	}
	if state != digest.Draft {
		return database.Conflict("Only a draft can be changed; an approved issue can be reopened until it is published.",
			"issue %d is %s", issue.Number, state)
	}
	return database.Conflict("Load it again and repeat the change.",
		"issue %d was changed by someone else meanwhile", issue.Number)
}

// Approve freezes a draft of the given Version: its state, Frozen, ApprovedAt
// and DueAt are stored together, and the window closes at ApprovedAt. It fills
// in the new State and Version. The error is of kind Conflict as for SaveDraft,
// and of kind Invalid when Frozen or ApprovedAt is missing.
func (db *Store) Approve(ctx context.Context, issue *digest.Issue) error {
	if issue.Frozen == nil || issue.ApprovedAt.IsZero() {
		return digest.Fail(digest.Invalid, "", "issue %d has nothing frozen to approve", issue.Number)
	}
	frozen, err := database.JSON(issue.Frozen)
	if err != nil {
		return err
	}
	err = db.Update(ctx, "approve the issue", func(t *database.Tx) error {
		if err := lockSeriesOf(t, issue.ID); err != nil {
			return err
		}
		n, err := t.Exec(`
			UPDATE issues SET state = 'approved', state_reason = '', frozen = $1, approved_at = $2, closed_at = $2,
				due_at = $3, version = version + 1
			WHERE id = $4 AND state = 'draft' AND version = $5`,
			frozen, issue.ApprovedAt, issue.DueAt, issue.ID, issue.Version)
		if err == nil && n == 0 {
			return notTheDraft(t, issue)
		}
		if err != nil {
			return err
		}
		return duties.ReplanIssue(t, issue.ID)
	})
	if err != nil {
		return err
	}
	issue.State = digest.Approved
	issue.Version++
	return nil
}
