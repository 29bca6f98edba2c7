package list

import (
	"context"
	"time"

	"postbag/digest/store/database"
	"postbag/subscribers/deliver"
)

const queryStaleNotices = `
	DELETE FROM notices WHERE next_try <= $1 AND confirmation_id IN (
		SELECT c.id FROM confirmations c
		WHERE c.id = confirmation_id AND (c.used_at IS NOT NULL OR c.expires_at <= $1))`

// queryClaimNotices passes over notices that another transaction is about to
// claim, and while sending is held over those from before.
func queryClaimNotices(d database.Dialect) string {
	return `
		WITH due AS MATERIALIZED (
			SELECT id FROM notices WHERE next_try <= $2
				AND created_at > COALESCE((SELECT p.held_since FROM publication p WHERE p.id = 1), -1)
			ORDER BY next_try, id LIMIT $3` + d.SkipLocked + `)
		UPDATE notices SET attempts = attempts + 1, next_try = $1
		WHERE id IN (SELECT due.id FROM due)
		RETURNING id, kind, email, (SELECT c.token FROM confirmations c WHERE c.id = confirmation_id),
			created_at, attempts`
}

// ClaimNotices takes up to n notices that are due, counts the attempt, and puts
// each off until retry. A due notice whose confirmation was used or has expired
// meanwhile is removed: its mail would be of no use.
func (db *Store) ClaimNotices(ctx context.Context, n int, now, retry time.Time) (all []deliver.Notice, err error) {
	err = db.Update(ctx, "claim notices", func(t *database.Tx) error {
		all = nil
		if _, err := t.Exec(queryStaleNotices, now.UnixMicro()); err != nil {
			return err
		}
		return t.Each(func(r database.Row) error {
			var notice deliver.Notice
			err := r.Scan(&notice.ID, &notice.Kind, &notice.Email, &notice.Token, &notice.CreatedAt, &notice.Attempts)
			all = append(all, notice)
			return err
		}, queryClaimNotices(db.Dialect), retry.UnixMicro(), now.UnixMicro(), max(n, 0))
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// SettleNotice removes a notice that was sent, or that failed for good; with a
// nextTry it is put off instead, with the server's words noted. One that is no
// more, or that another process has claimed since, is left alone.
func (db *Store) SettleNotice(ctx context.Context, n deliver.Notice, nextTry time.Time, reply string) error {
	return db.Update(ctx, "settle the notice", func(t *database.Tx) (err error) {
		if nextTry.IsZero() {
			_, err = t.Exec(`DELETE FROM notices WHERE id = $1 AND attempts = $2`, n.ID, n.Attempts)
		} else {
			_, err = t.Exec(`UPDATE notices SET next_try = $1, reply = $2 WHERE id = $3 AND attempts = $4`, nextTry, reply, n.ID, n.Attempts)
		}
		return err
	})
}

// queueNotice queues the mail of a confirmation.
func queueNotice(t *database.Tx, email string, confirmationID int64, at time.Time) error {
	_, err := t.Exec(`
		INSERT INTO notices (kind, email, confirmation_id, created_at, next_try) VALUES ($1, $2, $3, $4, $4)`,
		string(deliver.ConfirmNotice), email, confirmationID, at.UnixMicro())
	t.Wake()
	return err
}
