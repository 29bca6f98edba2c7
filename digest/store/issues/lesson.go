package issues

import (
	"context"

	"postbag/digest/desk"
	"postbag/digest/store/database"
)

// SaveShown keeps what the editors of a draft had before their eyes; see [desk.Store].
func (db *Store) SaveShown(ctx context.Context, issueID int64, comments []int64) error {
	if len(comments) == 0 {
		return nil
	}
	packed, err := database.JSONArray(comments)
	if err != nil {
		return err
	}
	return db.Update(ctx, "keep what was shown", func(t *database.Tx) error {
		_, err := t.Exec(`
			INSERT INTO shown (issue_id, comment_id)
			SELECT i.id, c.id FROM issues i, comments c
			WHERE i.id = $1 AND i.state = 'draft' AND `+t.Dialect.Among("c.id", "$2", "BIGINT")+`
			ON CONFLICT DO NOTHING`, issueID, packed)
		return err
	})
}

const queryShown = `SELECT comment_id FROM shown WHERE issue_id = $1 ORDER BY comment_id`

// Shown gives what the editors of an issue had before their eyes; see [desk.Store].
func (db *Store) Shown(ctx context.Context, issueID int64) (comments []int64, err error) {
	err = db.View(ctx, "read what was shown", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var id int64
			err := r.Scan(&id)
			comments = append(comments, id)
			return err
		}, queryShown, issueID)
	})
	return comments, err
}

// saveLesson keeps what an issue taught; nothing for nil.
func saveLesson(t *database.Tx, issueID int64, l *desk.Lesson) error {
	if l == nil {
		return nil
	}
	examples, err := database.JSON(l.Examples)
	if err != nil {
		return err
	}
	taste, err := database.JSON(l.Taste)
	if err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO lessons (issue_id, examples, taste) VALUES ($1, $2, $3)`, issueID, examples, taste)
	return err
}

// unlearn removes what an issue taught whose approval did not stand.
func unlearn(t *database.Tx, issueID int64) error {
	_, err := t.Exec(`DELETE FROM lessons WHERE issue_id = $1`, issueID)
	return err
}

const queryLessons = `
	SELECT l.issue_id, l.examples, l.taste FROM lessons l JOIN issues i ON i.id = l.issue_id
	WHERE i.series_id = $1 AND i.id < $2 ORDER BY i.id DESC LIMIT $3`

// Lessons gives what the issues of a series before one taught, the newest first; see
// [desk.Store].
func (db *Store) Lessons(ctx context.Context, seriesID, before int64, limit int) (all []desk.Lesson, err error) {
	err = db.View(ctx, "read what was learned", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var l desk.Lesson
			err := r.Scan(&l.IssueID, database.JSONColumn{To: &l.Examples}, database.JSONColumn{To: &l.Taste})
			all = append(all, l)
			return err
		}, queryLessons, seriesID, before, database.Limit(limit))
	})
	return all, err
}
