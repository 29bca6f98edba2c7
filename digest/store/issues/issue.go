package issues

import (
	"context"
	"strings"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

// IssueColumns are the columns of an issue without its text as it was frozen.
const IssueColumns = `id, series_id, number, state, title, intro, subject, preheader, opened_at, window_from, closed_at, slot, due_at,
	approved_at, published_at, updated_at, sent_at, asks, overrode, pause_cause, pause_detail, waits_for, waits_words, waits_until, COALESCE(mail_ends, 0), version,
	title_version, intro_version, mail_version, order_version`

func issueFields(i *digest.Issue) []any {
	return []any{&i.ID, &i.SeriesID, &i.Number, &i.State, &i.Title, &i.Intro, &i.Subject, &i.Preheader, &i.OpenedAt, &i.WindowFrom, &i.ClosedAt, &i.Slot, &i.DueAt,
		&i.ApprovedAt, &i.PublishedAt, &i.UpdatedAt, &i.SentAt, &i.Asks, &i.Overrode, &i.Pause.Cause, &i.Pause.Detail, &i.Waits.For, &i.Waits.Words, &i.Waits.Until, &i.MailEnds, &i.Version,
		&i.TitleVersion, &i.IntroVersion, &i.MailVersion, &i.OrderVersion}
}

// Issues reads issues without Blocks and Frozen.
func Issues(t *database.Tx, query string, args ...any) (all []digest.Issue, err error) {
	err = t.Each(func(r database.Row) error {
		var i digest.Issue
		err := r.Scan(issueFields(&i)...)
		all = append(all, i)
		return err
	}, query, args...)
	return all, err
}

// frozenIssues reads issues with Frozen.
func frozenIssues(t *database.Tx, query string, args ...any) (all []digest.Issue, err error) {
	err = t.Each(func(r database.Row) error {
		var i digest.Issue
		err := r.Scan(append(issueFields(&i), database.JSONColumn{To: &i.Frozen})...)
		all = append(all, i)
		return err
	}, query, args...)
	return all, err
}

// Issue gives an issue whole; see [desk.Store].
func (db *Store) Issue(ctx context.Context, seriesID int64, number int) (issue digest.Issue, err error) {
	err = db.View(ctx, "read the issue", func(t *database.Tx) error {
		query := `SELECT ` + IssueColumns + `, frozen FROM issues WHERE series_id = $1`
		args := []any{seriesID}
		if number == 0 {
			query += ` ORDER BY CASE state WHEN 'draft' THEN 0 ELSE 1 END, number DESC, id DESC LIMIT 1`
		} else {
			// Of a number that was used again the issue that stands is meant.
			query += ` AND number = $2 ORDER BY CASE WHEN ` + rules.Stands + ` THEN 0 ELSE 1 END, id DESC LIMIT 1`
			args = append(args, number)
		}
		issue, err = wholeIssue(t, query, args...)
		if err == nil && issue.ID == 0 && number == 0 {
			return digest.Fail(digest.NotFound, "", "there is no issue yet").Offer(digest.Act{Do: digest.OpenDraft})
		}
		if err == nil && issue.ID == 0 {
			return digest.Fail(digest.NotFound, "", "there is no issue %d", number).Offer(digest.Act{Do: digest.ListIssues})
		}
		return err
	})
	return issue, err
}

// IssueByID gives an issue whole, by its id. The error is of kind NotFound.
func (db *Store) IssueByID(ctx context.Context, id int64) (issue digest.Issue, err error) {
	err = db.View(ctx, "read the issue", func(t *database.Tx) error {
		issue, err = wholeIssue(t, `SELECT `+IssueColumns+`, frozen FROM issues WHERE id = $1`, id)
		if err == nil && issue.ID == 0 {
			return noIssue(id)
		}
		return err
	})
	return issue, err
}

// wholeIssue reads one issue with its blocks; no row is an issue without an id.
func wholeIssue(t *database.Tx, query string, args ...any) (issue digest.Issue, err error) {
	found, err := frozenIssues(t, query, args...)
	if err != nil || len(found) == 0 {
		return issue, err
	}
	issue = found[0]
	issue.Blocks, err = blocks(t, issue.ID)
	return issue, err
}

// Issues lists a series' issues, newest first, with Blocks and Frozen left out.
func (db *Store) Issues(ctx context.Context, seriesID int64, limit int) (all []digest.Issue, err error) {
	err = db.View(ctx, "list the issues", func(t *database.Tx) (err error) {
		all, err = Issues(t, `SELECT `+IssueColumns+` FROM issues WHERE series_id = $1 ORDER BY number DESC, id DESC LIMIT $2`,
			seriesID, database.Limit(limit))
		return err
	})
	return all, err
}

// IssuesIn lists the issues of all series that are in one of the states, by
// their moment and those without one last, with Blocks and Frozen left out: what
// a worker looks at.
func (db *Store) IssuesIn(ctx context.Context, states ...digest.IssueState) (all []digest.Issue, err error) {
	if len(states) == 0 {
		return nil, nil
	}
	var w database.Where
	marks := make([]string, len(states))
	for i, s := range states {
		marks[i] = w.Param(string(s))
	}
	err = db.View(ctx, "list the issues by state", func(t *database.Tx) (err error) {
		all, err = Issues(t, `SELECT `+IssueColumns+` FROM issues WHERE state IN (`+strings.Join(marks, ", ")+`)
			ORDER BY CASE WHEN due_at IS NULL THEN 1 ELSE 0 END, due_at, id LIMIT `+w.Param(database.DefaultLimit), w.Args...)
		return err
	})
	return all, err
}

// LockIssue keeps an issue's state as it is until the transaction ends, and
// waits for those who settle or claim its deliveries.
func LockIssue(t *database.Tx, issueID int64) error {
	return t.Lock(`SELECT id FROM issues WHERE id = $1 FOR UPDATE`, issueID)
}

// lockSeriesOf keeps others from opening, approving or moving any issue of the
// same series, and pages from being stored, until the transaction ends. It comes
// before any lock on an issue.
func lockSeriesOf(t *database.Tx, issueID int64) error {
	return t.Lock(`SELECT id FROM series WHERE id = (SELECT series_id FROM issues WHERE id = $1) FOR UPDATE`, issueID)
}

// IssueState reads where an issue stands.
func IssueState(t *database.Tx, issueID int64) (state digest.IssueState, err error) {
	found, err := t.One([]any{&state}, `SELECT state FROM issues WHERE id = $1`, issueID)
	if err == nil && !found {
		return "", noIssue(issueID)
	}
	return state, err
}

func noIssue(id int64) error { return database.Missing("there is no issue with the id %d", id) }

// PublicIssues gives a series' public issues, newest number first, with Frozen
// set and Blocks left out; at most limit, from the given number downwards (0:
// from the newest).
func (db *Store) PublicIssues(ctx context.Context, seriesID int64, from, limit int) (all []digest.Issue, err error) {
	err = db.View(ctx, "read the public issues", func(t *database.Tx) (err error) {
		all, err = frozenIssues(t, `
			SELECT `+IssueColumns+`, frozen FROM issues
			WHERE series_id = $1 AND ($2 = 0 OR number <= $2) AND `+rules.Public+`
			ORDER BY number DESC LIMIT $3`, seriesID, from, database.Limit(limit))
		return err
	})
	return all, err
}

// PublicIssue gives one public issue with Frozen set and Blocks left out, else
// an error of kind NotFound.
func (db *Store) PublicIssue(ctx context.Context, seriesID int64, number int) (issue digest.Issue, err error) {
	err = db.View(ctx, "read the public issue", func(t *database.Tx) error {
		found, err := frozenIssues(t, `
			SELECT `+IssueColumns+`, frozen FROM issues
			WHERE series_id = $1 AND number = $2 AND `+rules.Public, seriesID, number)
		if err == nil && len(found) == 0 {
			return database.Missing("there is no published issue %d", number)
		}
		if err == nil {
			issue = found[0]
		}
		return err
	})
	return issue, err
}
