package list

import (
	"context"
	"time"

	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/rules"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// notHeldBack passes over letters from before a hold while sending is held.
const notHeldBack = `created_at > COALESCE((SELECT p.held_since FROM publication p WHERE p.id = 1), -1)`

// letterColumns are a letter and what it is about. A letter to an editor carries its
// token itself, since elsewhere only a hash of it is kept.
var letterColumns = `id, kind, email, created_at, fence, attempts, next_try, cause, code, reply, error,
	COALESCE(subscriber_id, (SELECT c.subscriber_id FROM confirmations c WHERE c.id = confirmation_id), 0),
	COALESCE(NULLIF(letters.token, ''), (SELECT c.token FROM confirmations c WHERE c.id = confirmation_id),
		(SELECT s.token FROM subscribers s WHERE s.id = subscriber_id), ''),
	COALESCE((SELECT c.expires_at FROM confirmations c WHERE c.id = confirmation_id),
		(SELECT e.expires_at FROM entrances e WHERE e.id = entrance_id), letters.expires_at),
	COALESCE((SELECT p.name FROM editors p WHERE p.id = letters.editor_id), (SELECT e.name FROM entrances e WHERE e.id = entrance_id), ''),
	COALESCE((SELECT e.by_name FROM entrances e WHERE e.id = entrance_id), ''),
	COALESCE((SELECT r.told FROM reminders r WHERE r.id = reminder_id), ''),
	CASE WHEN (SELECT c.used_at FROM confirmations c WHERE c.id = confirmation_id) IS NOT NULL
		OR (SELECT e.used_at FROM entrances e WHERE e.id = entrance_id) IS NOT NULL
		OR EXISTS (SELECT 1 FROM reminders r JOIN issues i ON i.id = r.issue_id WHERE r.id = reminder_id AND (i.state <> 'draft' OR i.due_at <> r.due_at))
		OR EXISTS (SELECT 1 FROM subscribers s WHERE s.id = subscriber_id AND NOT s.` + rules.Mailable + `) THEN 1 ELSE 0 END`

func scanLetter(r database.Row) (l subscribers.Letter, err error) {
	err = r.Scan(&l.ID, &l.Kind, &l.Email, &l.CreatedAt, &l.Fence, &l.Attempts, &l.NextTry,
		&l.Cause, &l.Code, &l.Reply, &l.Error, &l.SubscriberID, &l.Token, &l.Expires, &l.Name, &l.By, &l.About, &l.Void)
	return l, err
}

// The letters $1 of a worker that has ended, or is $2: those
// claimed are queued again; those begun at $3, since they may have been taken.
var (
	queryLettersTaken = `SELECT COUNT(*) FROM (SELECT 1 FROM letters WHERE ` + rules.Taken + ` LIMIT 1) AS taken`
	queryFreeLetters  = `UPDATE letters SET state = 'queued' WHERE state = 'claimed' AND ` + rules.WorkerLost("letters", "$1")
	queryLostLetters  = `UPDATE letters SET state = 'queued', next_try = $2, cause = 'worker-lost', code = 0, reply = '', error = ''
		WHERE state = 'sending' AND ` + rules.WorkerLost("letters", "$1")
)

// queryClaimLetters passes over letters that another transaction is about to claim.
func queryClaimLetters(d database.Dialect) string {
	return `
		WITH due AS MATERIALIZED (
			SELECT id FROM letters WHERE state = 'queued' AND next_try <= $2 AND ` + notHeldBack + `
			ORDER BY next_try, id LIMIT $3` + d.SkipLocked + `)
		UPDATE letters SET state = 'claimed', fence = fence + 1, worker_id = $1
		WHERE id IN (SELECT due.id FROM due)
		RETURNING ` + letterColumns
}

// ClaimLetters claims letters that are due, as [deliver.LetterQueue] tells.
func (db *Store) ClaimLetters(ctx context.Context, c deliver.LetterClaim) (all []subscribers.Letter, err error) {
	err = db.Update(ctx, "claim letters", func(t *database.Tx) error {
		all = nil
		if c.Worker != 0 {
			if n, err := t.Number(duties.QueryWorker(t.Dialect), c.Worker); err != nil || n == 0 {
				return err
			}
		}
		if err := takeBackLetters(t, c); err != nil {
			return err
		}
		return t.Each(func(r database.Row) error {
			l, err := scanLetter(r)
			all = append(all, l)
			return err
		}, queryClaimLetters(db.Dialect), database.OrNull(c.Worker), c.Now.UnixMicro(), max(c.Most, 0))
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

func takeBackLetters(t *database.Tx, c deliver.LetterClaim) error {
	taken, err := t.Number(queryLettersTaken)
	if err != nil || taken == 0 {
		return err
	}
	if err := duties.EndLapsed(t); err != nil {
		return err
	}
	if _, err := t.Exec(queryFreeLetters, c.Worker); err != nil {
		return err
	}
	_, err = t.Exec(queryLostLetters, c.Worker, c.Retry)
	return err
}

var queryBeginLetter = `
	UPDATE letters SET state = 'sending', attempts = attempts + 1
	WHERE id = $1 AND fence = $2 AND state = 'claimed' AND ` + notHeldBack + `
	RETURNING ` + letterColumns

const queryLetterNotBegun = `UPDATE letters SET state = 'queued' WHERE id = $1 AND fence = $2 AND state = 'claimed'`

// BeginLetter begins a claimed letter, as [deliver.LetterQueue] tells; one that is
// held back is queued again.
func (db *Store) BeginLetter(ctx context.Context, claimed subscribers.Letter) (l subscribers.Letter, ok bool, err error) {
	err = db.Update(ctx, "begin the letter", func(t *database.Tx) error {
		ok = false
		err := t.Each(func(r database.Row) (err error) {
			ok = true
			l, err = scanLetter(r)
			return err
		}, queryBeginLetter, claimed.ID, claimed.Fence)
		if err == nil && !ok {
			_, err = t.Exec(queryLetterNotBegun, claimed.ID, claimed.Fence)
		}
		return err
	})
	return l, ok && err == nil, err
}

// SettleLetter queues a letter again, or removes one that was sent or failed for
// good. One that another process has claimed since is left alone.
func (db *Store) SettleLetter(ctx context.Context, r deliver.LetterResult) error {
	return db.Update(ctx, "settle the letter", func(t *database.Tx) (err error) {
		if r.State == subscribers.Queued {
			_, err = t.Exec(`
				UPDATE letters SET state = 'queued', next_try = $1, cause = $2, code = $3, reply = $4, error = $5
				WHERE id = $6 AND fence = $7 AND `+rules.Taken,
				r.NextTry, string(r.Cause), r.Code, r.Reply, r.Error, r.LetterID, r.Fence)
			return err
		}
		_, err = t.Exec(`DELETE FROM letters WHERE id = $1 AND fence = $2`, r.LetterID, r.Fence)
		return err
	})
}

// queueConfirmation queues the letter with the link of a confirmation.
func queueConfirmation(t *database.Tx, email string, confirmationID int64, at time.Time) error {
	_, err := t.Exec(`
		INSERT INTO letters (kind, email, confirmation_id, created_at, next_try) VALUES ($1, $2, $3, $4, $4)`,
		string(subscribers.ConfirmationLetter), email, confirmationID, at.UnixMicro())
	t.Wake()
	return err
}

// queueLinks queues the letter with a subscriber's own links.
func queueLinks(t *database.Tx, s subscribers.Subscriber, at time.Time) error {
	_, err := t.Exec(`
		INSERT INTO letters (kind, email, subscriber_id, created_at, next_try) VALUES ($1, $2, $3, $4, $4)`,
		string(subscribers.LinksLetter), s.Email, s.ID, at.UnixMicro())
	t.Wake()
	return err
}

// ToEditor is a letter to an editor, or to somebody who is asked to become one.
// Whatever is mailed to editors is queued as one of these. It is sent until Expires,
// or for as long as its kind says where that is zero; it is gone with the editor and
// with the entrance that it is about.
type ToEditor struct {
	Kind     subscribers.LetterKind
	Email    string
	EditorID int64 // 0 for somebody who is none yet
	// EntranceID is the link that the letter carries, 0 for none; its Token is kept
	// in the letter, and is gone with it.
	EntranceID int64
	ReminderID int64 // what the letter reminds of, 0 for nothing
	Token      string
	Expires    time.Time
}

// QueueToEditor queues a letter to an editor.
func QueueToEditor(t *database.Tx, l ToEditor) error {
	_, err := t.Exec(`
		INSERT INTO letters (kind, email, editor_id, entrance_id, reminder_id, token, expires_at, created_at, next_try) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
		string(l.Kind), l.Email, database.OrNull(l.EditorID), database.OrNull(l.EntranceID), database.OrNull(l.ReminderID), l.Token, l.Expires, t.Now().UnixMicro())
	t.Wake()
	return err
}
