package issues

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/rules"
)

// OpenDraft opens the series' next draft; see [desk.Store].
func (db *Store) OpenDraft(ctx context.Context, by digest.Actor, seriesID int64, opened, slot time.Time) (issue digest.Issue, created bool, err error) {
	err = db.Update(ctx, "open a draft", func(t *database.Tx) error {
		// Those who open, approve, move or cancel take turns at the series: it
		// gives the numbers, and its issues' windows join without a gap.
		if err := t.Lock(`SELECT id FROM series WHERE id = $1 FOR UPDATE`, seriesID); err != nil {
			return err
		}
		created = false
		issue, err = wholeIssue(t, `SELECT `+IssueColumns+`, frozen FROM issues WHERE series_id = $1 AND `+rules.NextDraft, seriesID)
		if err != nil || issue.ID != 0 {
			return err
		}
		created = true
		var skipped int
		if issue, skipped, err = newDraft(t, seriesID, opened, slot); err != nil {
			return err
		}
		words := "opened it"
		if len(issue.Blocks) > 0 || issue.Intro != "" || issue.Preheader != "" {
			words = fmt.Sprintf("opened it with what was in issue %d", skipped)
		}
		rev := digest.Revision{IssueID: issue.ID, Version: issue.Version, At: opened, By: by, Did: digest.Opened, Words: words}
		if err := addRevision(t, rev); err != nil {
			return err
		}
		return duties.Replan(t, duties.Series, seriesID)
	})
	if err != nil {
		return digest.Issue{}, false, err
	}
	return issue, created, nil
}

// newDraft makes a draft, and gives the number of the skipped issue whose rows and
// introduction it took over, if any.
func newDraft(t *database.Tx, seriesID int64, opened, slot time.Time) (issue digest.Issue, skipped int, err error) {
	var number int
	var series digest.Series
	found, err := t.One([]any{&number, &series.Name, &series.Title}, `
		UPDATE series SET next_number = next_number + 1 WHERE id = $1 RETURNING next_number - 1, name, title`, seriesID)
	if err != nil {
		return issue, 0, err
	}
	if !found {
		return issue, 0, database.Missing("there is no series %d", seriesID)
	}
	from, err := windowFrom(t, seriesID, math.MaxInt64)
	if err != nil {
		return issue, 0, err
	}
	// Its version goes on from those of the series' other issues: who saw one of
	// them, and means the present draft, is told that it is another.
	_, err = t.One(issueFields(&issue), `
		INSERT INTO issues (series_id, number, state, title, intro, opened_at, window_from, slot, due_at, version, title_version, intro_version, mail_version, order_version)
		SELECT $1, $2, 'draft', $3, '', $4, $5, $6, $6, first, first, first, first, first
		FROM (SELECT COALESCE(MAX(version), 0) + 1 AS first FROM issues WHERE series_id = $1) AS versions RETURNING `+IssueColumns,
		seriesID, number, series.TitleOf(number), opened.UnixMicro(), from, slot.UnixMicro())
	if err != nil {
		return issue, 0, err
	}
	skipped, err = takeOverSkipped(t, &issue)
	return issue, skipped, err
}

// takeOverSkipped gives a new draft the rows, the introduction and the preheader of the
// issue just before it, if that was skipped, or of one whose rows no draft has taken yet. Its title
// and subject name its number, which is given.
func takeOverSkipped(t *database.Tx, draft *digest.Issue) (number int, err error) {
	var skipped int64
	found, err := t.One([]any{&skipped, &number, &draft.Intro, &draft.Preheader}, `
		SELECT id, number, intro, preheader FROM issues s WHERE series_id = $1 AND state = 'skipped'
			AND (id = (SELECT MAX(l.id) FROM issues l WHERE l.series_id = $1 AND l.id < $2)
				OR EXISTS (SELECT 1 FROM blocks b WHERE b.issue_id = s.id))
		ORDER BY id DESC LIMIT 1`, draft.SeriesID, draft.ID)
	if err != nil || !found {
		return number, err
	}
	if _, err := t.Exec(`UPDATE issues SET intro = $1, preheader = $2 WHERE id = $3`, draft.Intro, draft.Preheader, draft.ID); err != nil {
		return number, err
	}
	if _, err := t.Exec(`UPDATE blocks SET issue_id = $1, version = $2 WHERE issue_id = $3`, draft.ID, draft.Version, skipped); err != nil {
		return number, err
	}
	draft.Blocks, err = blocks(t, draft.ID)
	return number, err
}

// windowFrom gives the moment at which the window of an issue begins, by those of
// the series' issues that were opened before it: numbers can be used again.
func windowFrom(t *database.Tx, seriesID, id int64) (time.Time, error) {
	var earlier []digest.Window
	err := t.Each(func(r database.Row) error {
		var w digest.Window
		err := r.Scan(&w.State, &w.From, &w.Closed)
		earlier = append(earlier, w)
		return err
	}, `SELECT i.state, COALESCE(i.window_from, s.created_at), i.closed_at
		FROM issues i JOIN series s ON s.id = i.series_id
		WHERE i.series_id = $1 AND i.id < $2 ORDER BY i.id`, seriesID, id)
	return digest.NextWindow(earlier), err
}

// SaveDraft stores a change of a draft; see [desk.Store]. Blocks keep their ids; one that an
// undone change had taken out comes back with its own. A comment that is picked twice is a
// Conflict, one that is not known is NotFound.
func (db *Store) SaveDraft(ctx context.Context, issue *digest.Issue, rev digest.Revision) error {
	var saved digest.Issue
	err := db.Update(ctx, "save the draft", func(t *database.Tx) error {
		saved = *issue
		saved.Blocks = slices.Clone(issue.Blocks)
		saved.Version++
		before, err := content(t, issue.ID)
		if err != nil {
			return err
		}
		saved.TitleVersion, saved.IntroVersion, saved.MailVersion, saved.OrderVersion = before.TitleVersion, before.IntroVersion, before.MailVersion, before.OrderVersion
		if before.Title != issue.Title {
			saved.TitleVersion = saved.Version
		}
		if before.Intro != issue.Intro {
			saved.IntroVersion = saved.Version
		}
		if before.Subject != issue.Subject || before.Preheader != issue.Preheader || before.MailEnds != issue.MailEnds {
			saved.MailVersion = saved.Version
		}
		if reordered(before.Blocks, issue.Blocks) {
			saved.OrderVersion = saved.Version
		}
		n, err := t.Exec(`
			UPDATE issues SET title = $1, intro = $2, subject = $3, preheader = $4, slot = $5, due_at = $6, mail_ends = $7, version = $8,
				title_version = $9, intro_version = $10, mail_version = $11, order_version = $12
			WHERE id = $13 AND state = 'draft' AND version = $14`,
			issue.Title, issue.Intro, issue.Subject, issue.Preheader, issue.Slot, issue.DueAt, database.OrNull(issue.MailEnds), saved.Version,
			saved.TitleVersion, saved.IntroVersion, saved.MailVersion, saved.OrderVersion, issue.ID, issue.Version)
		if err != nil {
			return err
		}
		if n == 0 {
			return notTheDraft(t, issue)
		}
		if err := db.saveBlocks(t, before.SeriesID, issue.ID, saved.Version, before.Blocks, saved.Blocks, rev.Undoes != 0); err != nil {
			return err
		}
		decided, err := db.decide(t, *issue, rev.Decides)
		if err != nil {
			return err
		}
		if err := saveShown(t, issue.ID, rev.Shown); err != nil {
			return err
		}
		rev.IssueID, rev.Version, rev.Before = issue.ID, saved.Version, nil
		if rev.Did == digest.Edited {
			rev.Before = changedBy(before, issue)
			rev.Before.Decisions = decided
		}
		if err := addRevision(t, rev); err != nil {
			return err
		}
		return duties.Replan(t, duties.Series, issue.SeriesID)
	})
	if err != nil {
		return err
	}
	*issue = saved
	return nil
}

// content reads what an editor has made of a draft so far. Under the write that
// follows it is still the same, or that write finds another version.
func content(t *database.Tx, issueID int64) (c digest.Issue, err error) {
	_, err = t.One([]any{&c.SeriesID, &c.Title, &c.Intro, &c.Subject, &c.Preheader, &c.MailEnds, &c.TitleVersion, &c.IntroVersion, &c.MailVersion, &c.OrderVersion}, `
		SELECT series_id, title, intro, subject, preheader, COALESCE(mail_ends, 0), title_version, intro_version, mail_version, order_version
		FROM issues WHERE id = $1`, issueID)
	if err != nil {
		return c, err
	}
	c.Blocks, err = blocks(t, issueID)
	return c, err
}

// changedBy gives what a change of a draft takes away.
func changedBy(before digest.Issue, after *digest.Issue) *digest.Content {
	var c digest.Content
	if before.Title != after.Title {
		c.Title = before.Title
	}
	if before.Intro != after.Intro {
		c.Intro = &before.Intro
	}
	if before.Subject != after.Subject {
		c.Subject = &before.Subject
	}
	if before.Preheader != after.Preheader {
		c.Preheader = &before.Preheader
	}
	if !slices.EqualFunc(before.Blocks, after.Blocks, isSame) {
		c.Blocks = append([]digest.Block{}, before.Blocks...)
	}
	if before.MailEnds != after.MailEnds {
		c.MailEnds = &before.MailEnds
	}
	return &c
}

// notTheDraft says why an issue is not the draft that its caller holds.
func notTheDraft(t *database.Tx, issue *digest.Issue) error {
	state, err := IssueState(t, issue.ID)
	if err != nil {
		return err
	}
	if state != digest.Draft {
		who, err := movedBy(t, issue.ID, state)
		if err != nil {
			return err
		}
		return database.Conflict("Only a draft can be changed; an approved issue can be reopened until it is published.",
			"issue %d is %s and no draft any more%s", issue.Number, state, who)
	}
	return database.Conflict("Load it again and repeat the change.",
		"issue %d was changed by someone else meanwhile", issue.Number)
}

// Approve freezes a draft, and keeps what it taught; see [desk.Store]. It closes its
// window at ApprovedAt, unless it was closed before, and fills in the new State, ClosedAt
// and Version. Without Frozen or ApprovedAt the error is of kind Invalid.
func (db *Store) Approve(ctx context.Context, by digest.Actor, issue *digest.Issue, taught *desk.Lesson) error {
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
			UPDATE issues SET state = 'approved', frozen = $1, approved_at = $2, closed_at = COALESCE(closed_at, $2),
				slot = $3, due_at = $4, version = version + 1
			WHERE id = $5 AND state = 'draft' AND version = $6`,
			frozen, issue.ApprovedAt, issue.Slot, issue.DueAt, issue.ID, issue.Version)
		if err == nil && n == 0 {
			return notTheDraft(t, issue)
		}
		if err != nil {
			return err
		}
		if err := AddMove(t, by, issue.ID, digest.Approved, issue.ApprovedAt); err != nil {
			return err
		}
		if err := saveLesson(t, issue.ID, taught); err != nil {
			return err
		}
		return duties.ReplanIssue(t, issue.ID)
	})
	if err != nil {
		return err
	}
	issue.State, issue.ClosedAt = digest.Approved, database.OrTime(issue.ClosedAt, issue.ApprovedAt)
	issue.Version++
	return nil
}
