// Package reminders keeps what the editors were reminded of, and the links of those mails.
package reminders

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/list"
	"postbag/subscribers"
)

// Store keeps reminders.
type Store struct{ *database.DB }

// Reminded tells which reminders of a draft's moment are done; see [remind.Store].
func (db *Store) Reminded(ctx context.Context, issueID int64, due time.Time) (ahead []time.Duration, err error) {
	err = db.View(ctx, "look which reminders are done", func(t *database.Tx) error {
		ahead = nil
		return t.Each(func(r database.Row) error {
			var micros int64
			err := r.Scan(&micros)
			ahead = append(ahead, time.Duration(micros)*time.Microsecond)
			return err
		}, `SELECT ahead FROM reminders WHERE issue_id = $1 AND due_at = $2 ORDER BY ahead`, issueID, due)
	})
	return ahead, err
}

// add notes that a reminder is done, unless it was, or is about no draft that waits for
// that moment: the id is 0 then.
func add(t *database.Tx, r digest.Reminder, passed int, told string) (id int64, err error) {
	_, err = t.One([]any{&id}, `
		INSERT INTO reminders (issue_id, due_at, ahead, at, passed, told)
		SELECT i.id, i.due_at, CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS INTEGER), CAST($6 AS TEXT) FROM issues i
			WHERE i.id = $1 AND i.due_at = $2 AND i.state = 'draft'
		ON CONFLICT (issue_id, due_at, ahead) DO NOTHING RETURNING id`,
		r.IssueID, r.DueAt, r.Ahead.Microseconds(), t.Now(), passed, told)
	return id, err
}

// Remind notes a reminder, and queues its letters; see [remind.Store].
func (db *Store) Remind(ctx context.Context, r digest.Reminder, told string, expires time.Time) (letters int, err error) {
	err = db.Update(ctx, "remind the editors", func(t *database.Tx) error {
		letters = 0
		id, err := add(t, r, 0, told)
		if err != nil || id == 0 {
			return err
		}
		to, err := editors(t)
		if err != nil {
			return err
		}
		for _, e := range to {
			token := subscribers.NewToken()
			key, _ := subscribers.TokenKey(token)
			_, err := t.Exec(`INSERT INTO reminder_links (reminder_id, editor_id, token_key) VALUES ($1, $2, $3)`, id, e.ID, key)
			if err != nil {
				return err
			}
			err = list.QueueToEditor(t, list.ToEditor{Kind: subscribers.ReminderLetter, Email: e.Email, EditorID: e.ID, ReminderID: id, Token: token, Expires: expires})
			if err != nil {
				return err
			}
			letters++
		}
		return duties.ReplanIssue(t, r.IssueID)
	})
	if err != nil {
		return 0, err
	}
	return letters, nil
}

// editors gives those who are reminded.
func editors(t *database.Tx) (all []digest.Editor, err error) {
	err = t.Each(func(r database.Row) error {
		var e digest.Editor
		err := r.Scan(&e.ID, &e.Email)
		all = append(all, e)
		return err
	}, `SELECT id, email FROM editors ORDER BY id LIMIT $1`, account.MostEditors)
	return all, err
}

// PassReminder notes a reminder that is left out; see [remind.Store].
func (db *Store) PassReminder(ctx context.Context, r digest.Reminder) error {
	return db.Update(ctx, "leave a reminder out", func(t *database.Tx) error {
		if _, err := add(t, r, 1, ""); err != nil {
			return err
		}
		return duties.ReplanIssue(t, r.IssueID)
	})
}

// ReminderLink gives what a token stands for; see [remind.Store].
func (db *Store) ReminderLink(ctx context.Context, token string) (link digest.ReminderLink, found bool, err error) {
	key, _ := subscribers.TokenKey(token)
	if key == "" {
		return link, false, nil
	}
	err = db.View(ctx, "read the reminder's link", func(t *database.Tx) error {
		var ahead int64
		found, err = t.One([]any{
			&link.ID, &link.Used, &link.Reply, &link.Reminder.ID, &link.IssueID, &link.DueAt, &ahead,
			&link.Editor.ID, &link.Editor.Email, &link.Editor.Name, &link.Editor.Role,
		}, `
			SELECT l.id, l.used_at, l.reply, r.id, r.issue_id, r.due_at, r.ahead, e.id, e.email, e.name, e.role
			FROM reminder_links l JOIN reminders r ON r.id = l.reminder_id JOIN editors e ON e.id = l.editor_id
			WHERE l.token_key = $1`, key)
		link.Ahead = time.Duration(ahead) * time.Microsecond
		return err
	})
	return link, found && err == nil, err
}

// UseReminder notes that a link was used; see [remind.Store].
func (db *Store) UseReminder(ctx context.Context, id int64, reply digest.Reply) error {
	return db.Update(ctx, "note that a reminder's link was used", func(t *database.Tx) error {
		_, err := t.Exec(`UPDATE reminder_links SET used_at = $1, reply = $2 WHERE id = $3 AND used_at IS NULL`, t.Now(), string(reply), id)
		return err
	})
}
