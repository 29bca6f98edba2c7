package issues

import (
	"context"
	"fmt"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/suggest"
)

// SaveShown keeps what the editors of a draft had before their eyes; see [desk.Store].
func (db *Store) SaveShown(ctx context.Context, issueID int64, comments []int64) error {
	if len(comments) == 0 {
		return nil
	}
	return db.Update(ctx, "keep what was shown", func(t *database.Tx) error { return saveShown(t, issueID, comments) })
}

func saveShown(t *database.Tx, issueID int64, comments []int64) error {
	if len(comments) == 0 {
		return nil
	}
	packed, err := database.JSONArray(comments)
	if err != nil {
		return err
	}
	_, err = t.Exec(`
		INSERT INTO shown (issue_id, comment_id)
		SELECT i.id, c.id FROM issues i, comments c
		WHERE i.id = $1 AND i.state = 'draft' AND `+t.Dialect.Among("c.id", "$2", "BIGINT")+`
		ON CONFLICT DO NOTHING`, issueID, packed)
	return err
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

const queryTaste = `
	SELECT l.taste FROM lessons l JOIN issues i ON i.id = l.issue_id
	WHERE i.series_id = $1 AND i.id < $2 ORDER BY i.id DESC LIMIT 1`

// Taste gives what was learned last before an issue; see [desk.Store].
func (db *Store) Taste(ctx context.Context, seriesID, before int64) (taste suggest.Taste, err error) {
	err = db.View(ctx, "read the taste", func(t *database.Tx) error {
		_, err := t.One([]any{database.JSONColumn{To: &taste}}, queryTaste, seriesID, before)
		return err
	})
	return taste, err
}

// RulesOff gives the rules that a series does without; see [desk.Store].
func (db *Store) RulesOff(ctx context.Context, seriesID int64) (all []suggest.Rule, err error) {
	err = db.View(ctx, "read the rules", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var rule suggest.Rule
			err := r.Scan(&rule)
			all = append(all, rule)
			return err
		}, `SELECT rule FROM rules_off WHERE series_id = $1 ORDER BY rule`, seriesID)
	})
	return all, err
}

// SwitchRule switches a rule on or off; see [desk.Store].
func (db *Store) SwitchRule(ctx context.Context, by digest.Actor, seriesID int64, rule suggest.Rule, on bool) (changed bool, err error) {
	query, is := `INSERT INTO rules_off (series_id, rule) VALUES ($1, $2) ON CONFLICT DO NOTHING`, "off"
	if on {
		query, is = `DELETE FROM rules_off WHERE series_id = $1 AND rule = $2`, "on"
	}
	err = db.Update(ctx, "switch the rule", func(t *database.Tx) error {
		n, err := t.Exec(query, seriesID, string(rule))
		if changed = n > 0; err != nil || !changed {
			return err
		}
		return tell(t, by, seriesID, fmt.Sprintf("the rule “%s” for suggestions is %s", rule.Name(), is))
	})
	return changed, err
}

// Forget removes what a series' issues taught; see [desk.Store].
func (db *Store) Forget(ctx context.Context, by digest.Actor, seriesID int64) (issues int, err error) {
	err = db.Update(ctx, "forget what was learned", func(t *database.Tx) error {
		n, err := t.Exec(`DELETE FROM lessons WHERE issue_id IN (SELECT id FROM issues WHERE series_id = $1)`, seriesID)
		if issues = int(n); err != nil || n == 0 {
			return err
		}
		return tell(t, by, seriesID, "suggestions forgot what they had learned")
	})
	return issues, err
}

// tell adds to the audit list what was changed of a series.
func tell(t *database.Tx, by digest.Actor, seriesID int64, words string) error {
	var name string
	if _, err := t.One([]any{&name}, `SELECT name FROM series WHERE id = $1`, seriesID); err != nil {
		return err
	}
	return audit.Add(t, by, digest.SeriesChanged, name, words)
}
