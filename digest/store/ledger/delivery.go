package ledger

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/issues"
	"postbag/digest/store/publication"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// Begin moves an issue from published to sending and freezes its audience: one
// queued row for every subscriber who is active and wants this issue. For an
// issue that is sending, paused or sent it changes nothing and gives the mailing
// made before. Any other state is an error of kind Conflict, and so is any state
// while sending is held.
func (db *Store) Begin(ctx context.Context, m subscribers.Mailing, lastOfMonth bool) (made subscribers.Mailing, err error) {
	err = db.Update(ctx, "begin the mailing", func(t *database.Tx) error {
		if err := publication.NotHeld(t); err != nil {
			return err
		}
		if err := issues.LockIssue(t, m.IssueID); err != nil {
			return err
		}
		state, err := issues.IssueState(t, m.IssueID)
		if err != nil {
			return err
		}
		made = subscribers.Mailing{}
		switch state {
		case digest.Sending, digest.Paused, digest.Sent:
		case digest.Published:
			if err := freezeAudience(t, m, lastOfMonth); err != nil {
				return err
			}
		default:
			return database.Conflict("Publish it first.", "the issue is %s and cannot be sent", state)
		}
		made.IssueID = m.IssueID
		_, err = t.One([]any{&made.Begun, &made.Domain},
			`SELECT mailing_begun, mailing_domain FROM issues WHERE id = $1`, m.IssueID)
		return err
	})
	return made, err
}

// queryFreezeAudience queues rows that wait for no moment: one of a clock that is
// ahead of the others', or is put back, would keep them waiting.
const queryFreezeAudience = `
	INSERT INTO deliveries (issue_id, subscriber_id, state, next_try, updated_at)
	SELECT i.id, s.id, 'queued', 0, i.mailing_begun
	FROM issues i, subscribers s
	WHERE i.id = $1 AND s.state = 'active' AND (s.frequency = 'every' OR $2 = 1)
	ORDER BY s.id`

func freezeAudience(t *database.Tx, m subscribers.Mailing, lastOfMonth bool) error {
	_, err := t.Exec(`
		UPDATE issues SET state = 'sending', mailing_begun = $1, mailing_domain = $2
		WHERE id = $3`, m.Begun.UnixMicro(), m.Domain, m.IssueID)
	if err != nil {
		return err
	}
	if _, err = t.Exec(queryFreezeAudience, m.IssueID, lastOfMonth); err != nil {
		return err
	}
	t.Wake() // the mailing is every worker's
	return duties.ReplanIssue(t, m.IssueID)
}

// turns alternates which rows a claim takes first.
type turns struct{ n atomic.Uint64 }

// next gives the state that goes first this time.
func (t *turns) next() subscribers.DeliveryState {
	if t.n.Add(1)%2 == 0 {
		return subscribers.Deferred
	}
	return subscribers.Queued
}

// Exchange settles results and claims due rows, as [deliver.Ledger] tells. Of
// the due rows, queued and deferred ones go first by turns, each sort by its
// moment and then by id, so that neither waits behind all of the other. A queued
// row that was put back may wait until those behind it are claimed; see [head].
func (db *Store) Exchange(ctx context.Context, x deliver.Exchange) (claimed []subscribers.Delivery, err error) {
	var from head
	err = db.Update(ctx, "exchange with the ledger", func(t *database.Tx) error {
		claimed, from = nil, db.heads.of(x.IssueID)
		// The issue keeps its state while rows are settled and claimed: nothing is
		// claimed after a pause, and no row is left waiting by a withdrawal.
		// Whoever holds the sending waits for it too, so that what is claimed here is
		// seen to be on the wire.
		err := t.Lock(`SELECT i.id FROM publication p, issues i WHERE p.id = 1 AND i.id = $1 FOR SHARE`, x.IssueID)
		if err != nil {
			return err
		}
		if err := settle(t, x); err != nil {
			return err
		}
		if x.Claim > 0 && x.Worker != 0 {
			if n, err := t.Number(duties.QueryWorker(t.Dialect), x.Worker); err != nil || n == 0 {
				return err // what it sent is settled; it gets no more
			}
		}
		for len(claimed) < x.Claim {
			n, began := x.Claim-len(claimed), from
			more, seen, err := claim(t, x, n, db.turns.next(), &from)
			if err != nil {
				return err
			}
			claimed = append(claimed, more...)
			switch {
			case seen < n && began != head{}:
				from = head{} // some may have been left behind
			case seen == len(more):
				return nil
			}
			// Rows that were cancelled instead make room for others.
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	db.heads.set(x.IssueID, from)
	slices.SortFunc(claimed, func(a, b subscribers.Delivery) int { return cmp.Compare(a.ID, b.ID) })
	return claimed, nil
}

// cancelIfWithdrawn ends rows that would wait for an issue that never goes on.
func cancelIfWithdrawn(t *database.Tx, issueID int64, now time.Time) error {
	state, err := issues.IssueState(t, issueID)
	if err != nil || state != digest.Withdrawn {
		return err
	}
	return issues.CancelOpen(t, issueID, now)
}

// queryClaim claims at most $3 due rows of the issue $1 at $2, those in the state
// $4 first. A row whose subscriber is not active is cancelled instead. It gives
// all rows it wrote, with what a message needs. Rows that another transaction is
// about to claim are passed over; they are looked for once, in a query of their
// own, so that no more are locked than were asked for of each sort. The queued
// ones are those behind the head ($6, $7).
func queryClaim(d database.Dialect) string {
	return `
	WITH due AS MATERIALIZED (
		SELECT due.id, due.state, due.next_try FROM (
			SELECT * FROM (
				SELECT id, state, next_try FROM deliveries
				WHERE issue_id = $1 AND state = 'queued' AND next_try <= $2 AND (next_try, id) > ($6, $7)
				ORDER BY next_try, id LIMIT $3` + d.SkipLocked + `) AS queued
			UNION ALL
			SELECT * FROM (
				SELECT id, state, next_try FROM deliveries
				WHERE issue_id = $1 AND state = 'deferred' AND next_try <= $2
				ORDER BY next_try, id LIMIT $3` + d.SkipLocked + `) AS deferred
		) AS due
		WHERE (SELECT i.state FROM issues i WHERE i.id = $1) = 'sending'
			AND (SELECT p.held_since FROM publication p WHERE p.id = 1) IS NULL
		ORDER BY CASE WHEN due.state = $4 THEN 0 ELSE 1 END, due.next_try, due.id
		LIMIT $3)
	UPDATE deliveries SET
		state = CASE WHEN (SELECT s.state FROM subscribers s WHERE s.id = subscriber_id) = 'active'
			THEN 'sending' ELSE 'cancelled' END,
		attempts = attempts + CASE WHEN (SELECT s.state FROM subscribers s WHERE s.id = subscriber_id) = 'active'
			THEN 1 ELSE 0 END,
		first_try = CASE WHEN (SELECT s.state FROM subscribers s WHERE s.id = subscriber_id) = 'active'
			THEN COALESCE(first_try, $2) ELSE first_try END,
		next_try = NULL, updated_at = $2, worker_id = $5
	WHERE id IN (SELECT due.id FROM due)
	RETURNING id, issue_id, subscriber_id, state, attempts, first_try, updated_at, code, reply,
		(SELECT s.email FROM subscribers s WHERE s.id = subscriber_id),
		(SELECT s.name  FROM subscribers s WHERE s.id = subscriber_id),
		(SELECT s.token FROM subscribers s WHERE s.id = subscriber_id),
		COALESCE((SELECT due.next_try FROM due WHERE due.id = deliveries.id AND due.state = 'queued'), 0)`
}

// claim claims up to n rows and gives them, and how many rows it looked at. It
// moves the head of the queue behind them.
func claim(t *database.Tx, x deliver.Exchange, n int, first subscribers.DeliveryState, from *head) (claimed []subscribers.Delivery, seen int, err error) {
	behind := *from
	err = t.Each(func(r database.Row) error {
		var d subscribers.Delivery
		var waited int64
		err := r.Scan(&d.ID, &d.IssueID, &d.SubscriberID, &d.State, &d.Attempts, &d.FirstTry, &d.UpdatedAt,
			&d.Code, &d.Reply, &d.Email, &d.Name, &d.Token, &waited)
		seen++
		behind = behind.after(head{waited, d.ID})
		if d.State == subscribers.InFlight {
			claimed = append(claimed, d)
		}
		return err
	}, queryClaim(*t.Dialect), x.IssueID, x.Now.UnixMicro(), n, string(first), database.OrNull(x.Worker), from.nextTry, from.id)
	*from = behind
	return claimed, seen, err
}

// lostReply is noted on rows whose process ended before their result came.
const lostReply = "the sending process ended before an answer was recorded"

// queryRecover takes the rows under way of those who have no place any more, and
// of the place $6.
const queryRecover = `
	UPDATE deliveries SET state = $1, next_try = $2, updated_at = $3, code = 0, reply = $4
	WHERE issue_id = $5 AND state = 'sending' AND NOT EXISTS (
		SELECT 1 FROM workers w WHERE w.id = deliveries.worker_id AND w.id <> $6 AND w.ended_at IS NULL)`

// Recover deals with rows that a process which is no more left under way, as
// [deliver.Ledger] tells, and gives their number.
func (db *Store) Recover(ctx context.Context, r deliver.Recovery) (n int, err error) {
	to, next := subscribers.Uncertain, time.Time{}
	switch r.Policy {
	case deliver.HoldUncertain:
	case deliver.Resend:
		to, next = subscribers.Deferred, database.OrTime(r.Retry, r.Now)
	default:
		return 0, digest.Fail(digest.Invalid, `Use "resend" or "hold".`, "there is no policy %q for doubtful messages", r.Policy)
	}
	err = db.Update(ctx, "recover the ledger", func(t *database.Tx) error {
		if err := issues.LockIssue(t, r.IssueID); err != nil {
			return err
		}
		if err := duties.EndLapsed(t); err != nil {
			return err
		}
		rows, err := t.Exec(queryRecover, string(to), next, r.Now.UnixMicro(), lostReply, r.IssueID, r.Worker)
		n = int(rows)
		if err != nil || n == 0 {
			return err
		}
		return cancelIfWithdrawn(t, r.IssueID, r.Now)
	})
	return n, err
}

func queryStranded(d database.Dialect) string {
	return `SELECT COUNT(*) FROM (
		SELECT 1 FROM deliveries d WHERE d.issue_id = $1 AND d.state = 'sending' AND NOT EXISTS (
			SELECT 1 FROM workers w WHERE w.id = d.worker_id AND w.id <> $2 AND w.ended_at IS NULL
				AND w.leased_until >= ` + d.Now + `)
		LIMIT 1) AS left_behind`
}

// Stranded tells whether rows of an issue are under way for a process that has no
// place any more, or for the given one, which has none on its hands.
func (db *Store) Stranded(ctx context.Context, issueID, worker int64) (stranded bool, err error) {
	err = db.View(ctx, "look for deliveries left behind", func(t *database.Tx) error {
		n, err := t.Number(queryStranded(db.Dialect), issueID, worker)
		stranded = n > 0
		return err
	})
	return stranded, err
}
