package issues

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// Decisions gives what was decided of comments in a series; see [desk.Store].
func (db *Store) Decisions(ctx context.Context, seriesID int64, ids []int64) (all map[int64]digest.Decided, err error) {
	err = db.View(ctx, "read the decisions", func(t *database.Tx) error {
		all, err = decisions(t, seriesID, ids)
		return err
	})
	return all, err
}

func decisions(t *database.Tx, seriesID int64, ids []int64) (map[int64]digest.Decided, error) {
	all := map[int64]digest.Decided{}
	if len(ids) == 0 {
		return all, nil
	}
	packed, err := database.JSONArray(ids)
	if err != nil {
		return nil, err
	}
	err = t.Each(func(r database.Row) error {
		var d digest.Decided
		err := r.Scan(&d.CommentID, &d.Decision, &d.IssueID, &d.At, &d.By.Kind, &d.By.Name)
		all[d.CommentID] = d
		return err
	}, queryDecisions(*t.Dialect), seriesID, packed)
	return all, err
}

func queryDecisions(d database.Dialect) string {
	return `SELECT v.comment_id, v.decision, v.issue_id, v.at, v.by_kind, v.by_name FROM decisions v
		WHERE v.series_id = $1 AND ` + d.Among("v.comment_id", "$2", "BIGINT")
}

// Decide stores decisions on comments for a draft; see [desk.Store]. The draft keeps
// its Version.
func (db *Store) Decide(ctx context.Context, issue digest.Issue, rev digest.Revision) error {
	return db.Update(ctx, "keep the decision", func(t *database.Tx) error {
		// Those who decide for one draft take turns: each finds what the others decided.
		if err := t.Lock(`SELECT id FROM issues WHERE id = $1 FOR UPDATE`, issue.ID); err != nil {
			return err
		}
		state, err := IssueState(t, issue.ID)
		if err != nil {
			return err
		}
		if state != digest.Draft {
			return notTheDraft(t, &issue)
		}
		before, err := db.decide(t, issue, rev.Decides)
		if err != nil {
			return err
		}
		rev.IssueID, rev.Before = issue.ID, nil
		if rev.Did == digest.Judged {
			rev.Before = &digest.Content{Decisions: before}
		}
		return addPresent(t, rev)
	})
}

// decide stores decisions for an issue, and gives what was decided of the same
// comments before.
func (db *Store) decide(t *database.Tx, issue digest.Issue, all []digest.Decided) (before []digest.Decided, err error) {
	ids := make([]int64, len(all))
	for i, d := range all {
		ids[i] = d.CommentID
	}
	was, err := decisions(t, issue.SeriesID, ids)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if err := decideOne(t, issue, d); err != nil {
			if db.Dialect.Code(err) == database.CodeForeign {
				err = blog.NoComment(d.CommentID)
			}
			return nil, err
		}
		old := was[d.CommentID]
		old.CommentID = d.CommentID
		before = append(before, old)
	}
	return before, nil
}

// decideOne stores a decision. What an earlier issue kept for later is kept beside it, and
// holds again when the decision is taken back: taking back does not do more than undo.
func decideOne(t *database.Tx, issue digest.Issue, d digest.Decided) (err error) {
	if d.Decision == digest.Undecided {
		n, err := t.Exec(`
			UPDATE decisions SET decision = 'maybe', issue_id = kept_by, at = kept_at, kept_by = NULL, kept_at = NULL
			WHERE series_id = $1 AND comment_id = $2 AND kept_by < $3`, issue.SeriesID, d.CommentID, issue.ID)
		if err != nil || n > 0 {
			return err
		}
		_, err = t.Exec(`DELETE FROM decisions WHERE series_id = $1 AND comment_id = $2`, issue.SeriesID, d.CommentID)
		return err
	}
	if d.IssueID == 0 {
		d.IssueID = issue.ID
	}
	_, err = t.Exec(`
		INSERT INTO decisions (series_id, comment_id, decision, issue_id, at, by_kind, by_name)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (series_id, comment_id) DO UPDATE SET decision = excluded.decision, issue_id = excluded.issue_id,
			at = excluded.at, by_kind = excluded.by_kind, by_name = excluded.by_name,
			kept_by = CASE WHEN decisions.issue_id = excluded.issue_id THEN decisions.kept_by
				WHEN decisions.decision = 'maybe' AND decisions.issue_id < excluded.issue_id THEN decisions.issue_id END,
			kept_at = CASE WHEN decisions.issue_id = excluded.issue_id THEN decisions.kept_at
				WHEN decisions.decision = 'maybe' AND decisions.issue_id < excluded.issue_id THEN decisions.at END`,
		issue.SeriesID, d.CommentID, string(d.Decision), d.IssueID, d.At.UnixMicro(), string(d.By.Kind), d.By.Name)
	return err
}
