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
	"postbag/digest/store/rules"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// Begin moves an issue from published to sending and freezes its audience: one
// queued row for every subscriber who is active and wants this issue, those of the
// editors first. For an
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
			return database.Conflict("Publish it first.", "the issue is %s and cannot be sent", state.Is())
		}
		made.IssueID = m.IssueID
		_, err = t.One([]any{&made.Begun, &made.Domain},
			`SELECT mailing_begun, mailing_domain FROM issues WHERE id = $1`, m.IssueID)
		return err
	})
	return made, err
}

// queryFreezeAudience queues rows that wait for no moment: one of a clock that is
// ahead of the others', or is put back, would keep them waiting. Those of one moment are
// claimed in the order of their ids: the editors' are made before all others.
func queryFreezeAudience(lastOfMonth, editors bool) string {
	who := `IN`
	if !editors {
		who = `NOT IN`
	}
	return `
	INSERT INTO deliveries (issue_id, subscriber_id, state, next_try, updated_at)
	SELECT i.id, s.id, 'queued', 0, i.mailing_begun
	FROM issues i, subscribers s
	WHERE i.id = $1 AND s.` + rules.Mailable + ` AND s.frequency IN (` + rules.Words(subscribers.FrequenciesFor(lastOfMonth)) + `)
		AND s.key ` + who + ` (SELECT e.key FROM editors e)
	ORDER BY s.id`
}

func freezeAudience(t *database.Tx, m subscribers.Mailing, lastOfMonth bool) error {
	_, err := t.Exec(`
		UPDATE issues SET state = 'sending', mailing_begun = $1, mailing_domain = $2
		WHERE id = $3`, m.Begun.UnixMicro(), m.Domain, m.IssueID)
	if err != nil {
		return err
	}
	for _, editors := range []bool{true, false} {
		if _, err = t.Exec(queryFreezeAudience(lastOfMonth, editors), m.IssueID); err != nil {
			return err
		}
	}
	t.Wake() // the mailing is every worker's
	return duties.ReplanIssue(t, m.IssueID)
}

// alternator alternates which rows a claim takes first.
type alternator struct{ n atomic.Uint64 }

// next gives the state that goes first this time.
func (a *alternator) next() subscribers.DeliveryState {
	if a.n.Add(1)%2 == 0 {
		return subscribers.Deferred
	}
	return subscribers.Queued
}

// Exchange settles results, begins claimed rows and claims due ones, as
// [deliver.Ledger] tells. Of the due rows, queued and deferred ones go first by
// turns, each sort by its moment and then by id, so that neither waits behind all
// of the other. A queued row that was put back may wait until those behind it are
// claimed; see [head].
func (db *Store) Exchange(ctx context.Context, x deliver.Exchange) (done deliver.Exchanged, err error) {
	var from head
	err = db.Update(ctx, "exchange with the ledger", func(t *database.Tx) error {
		done, from = deliver.Exchanged{}, db.heads.of(x.IssueID)
		// The issue keeps its state while rows are settled, begun and claimed: nothing
		// is begun after a pause, and no row is left waiting by a withdrawal. Who
		// holds the sending waits for it too, so that what is begun here is seen to be
		// on the wire.
		err := t.Lock(`SELECT i.id FROM publication p, issues i WHERE p.id = 1 AND i.id = $1 FOR SHARE`, x.IssueID)
		if err != nil {
			return err
		}
		if err := settle(t, x); err != nil || x.Claim <= 0 && len(x.Begin) == 0 {
			return err
		}
		if x.Worker != 0 {
			if n, err := t.Number(duties.QueryWorker(t.Dialect), x.Worker); err != nil || n == 0 {
				return err // what it sent is settled; it gets no more
			}
		}
		if done.Begun, err = beginRows(t, x); err != nil {
			return err
		}
		done.Claimed, err = claimAll(t, x, &db.first, &from)
		return err
	})
	if err != nil {
		return deliver.Exchanged{}, err
	}
	if x.Claim > 0 {
		db.heads.set(x.IssueID, from)
	}
	return done, nil
}

// queryBegin begins the claimed rows $1 of the issue $3 at $2, but for those whose
// address may not be mailed any more, and gives their number and what it wrote.
func queryBegin(d database.Dialect) string {
	return `
	UPDATE deliveries SET state = 'sending', attempts = attempts + 1, first_try = COALESCE(first_try, $2),
		next_try = NULL, updated_at = $2
	FROM (` + d.Records("$1", "id BIGINT", "fence BIGINT") + `) AS b
	WHERE deliveries.id = b.id AND +deliveries.issue_id = $3 AND deliveries.fence = b.fence
		AND deliveries.state = 'claimed' AND ` + mayGoOn + `
		AND EXISTS (SELECT 1 FROM subscribers s WHERE s.id = deliveries.subscriber_id AND s.` + rules.Mailable + `)
	RETURNING deliveries.id, deliveries.attempts, deliveries.first_try`
}

// mayGoOn tells that an issue, $3, is being sent and sending is not held.
const mayGoOn = `(SELECT i.state FROM issues i WHERE i.id = $3) = 'sending'
		AND (SELECT p.held_since FROM publication p WHERE p.id = 1) IS NULL`

// queryNotBegun settles those of the claimed rows $1 that could not be begun:
// cancelled if the address may not be mailed any more, else queued again.
func queryNotBegun(d database.Dialect) string {
	left := `NOT EXISTS (SELECT 1 FROM subscribers s WHERE s.id = deliveries.subscriber_id AND s.` + rules.Mailable + `)`
	return `
	UPDATE deliveries SET updated_at = $2,
		state = CASE WHEN ` + left + ` THEN 'cancelled' ELSE 'queued' END,
		cause = CASE WHEN ` + left + ` THEN 'reader-left' ELSE cause END,
		next_try = CASE WHEN ` + left + ` THEN NULL ELSE next_try END
	FROM (` + d.Records("$1", "id BIGINT", "fence BIGINT") + `) AS b
	WHERE deliveries.id = b.id AND +deliveries.issue_id = $3 AND deliveries.fence = b.fence
		AND deliveries.state = 'claimed'`
}

// claimKey is a claimed row as a statement takes it.
type claimKey struct {
	ID    int64 `json:"id"`
	Fence int   `json:"fence"`
}

// beginRows begins claimed rows and gives those that were, in the order asked for.
func beginRows(t *database.Tx, x deliver.Exchange) (begun []subscribers.Delivery, err error) {
	if len(x.Begin) == 0 {
		return nil, nil
	}
	claims := make([]claimKey, len(x.Begin))
	for i, d := range x.Begin {
		claims[i] = claimKey{d.ID, d.Fence}
	}
	packed, err := database.JSON(claims)
	if err != nil {
		return nil, err
	}
	wrote := make(map[int64]subscribers.Delivery, len(claims))
	err = t.Each(func(r database.Row) error {
		var d subscribers.Delivery
		err := r.Scan(&d.ID, &d.Attempts, &d.FirstTry)
		wrote[d.ID] = d
		return err
	}, queryBegin(*t.Dialect), packed, x.Now.UnixMicro(), x.IssueID)
	if err != nil {
		return nil, err
	}
	for _, d := range x.Begin {
		if w, ok := wrote[d.ID]; ok {
			d.State, d.Attempts, d.FirstTry, d.UpdatedAt = subscribers.InFlight, w.Attempts, w.FirstTry, x.Now
			begun = append(begun, d)
		}
	}
	if len(begun) < len(claims) {
		_, err = t.Exec(queryNotBegun(*t.Dialect), packed, x.Now.UnixMicro(), x.IssueID)
	}
	return begun, err
}

// claimAll claims due rows, from the head of the queue on and once more from its
// beginning where there are too few, in the order of their ids.
func claimAll(t *database.Tx, x deliver.Exchange, first *alternator, from *head) (claimed []subscribers.Delivery, err error) {
	for len(claimed) < x.Claim {
		n, began := x.Claim-len(claimed), *from
		more, err := claim(t, x, n, first.next(), from)
		if err != nil {
			return nil, err
		}
		claimed = append(claimed, more...)
		if len(more) < n {
			if began == (head{}) {
				break
			}
			*from = head{} // some may have been left behind
		}
	}
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

// queryClaim claims at most $4 due rows of the issue $3 at $2, those in the state
// $5 first, and gives them with what a message needs. Rows that another
// transaction is about to claim are passed over; they are looked for once, in a
// query of their own, so that no more are locked than were asked for of each sort.
// The queued ones are those behind the head ($6, $7).
func queryClaim(d database.Dialect) string {
	return `
	WITH due AS MATERIALIZED (
		SELECT due.id, due.state, due.next_try FROM (
			SELECT * FROM (
				SELECT id, state, next_try FROM deliveries
				WHERE issue_id = $3 AND state = 'queued' AND next_try <= $2 AND (next_try, id) > ($6, $7)
				ORDER BY next_try, id LIMIT $4` + d.SkipLocked + `) AS queued
			UNION ALL
			SELECT * FROM (
				SELECT id, state, next_try FROM deliveries
				WHERE issue_id = $3 AND state = 'deferred' AND next_try <= $2
				ORDER BY next_try, id LIMIT $4` + d.SkipLocked + `) AS deferred
		) AS due
		WHERE ` + mayGoOn + `
		ORDER BY CASE WHEN due.state = $5 THEN 0 ELSE 1 END, due.next_try, due.id
		LIMIT $4)
	UPDATE deliveries SET state = 'claimed', fence = fence + 1, worker_id = $1, updated_at = $2
	WHERE id IN (SELECT due.id FROM due)
	RETURNING id, issue_id, subscriber_id, state, fence, attempts, unanswered, first_try, next_try, updated_at,
		cause, code, reply, error,
		(SELECT s.email FROM subscribers s WHERE s.id = subscriber_id),
		(SELECT s.name  FROM subscribers s WHERE s.id = subscriber_id),
		(SELECT s.token FROM subscribers s WHERE s.id = subscriber_id),
		COALESCE((SELECT due.next_try FROM due WHERE due.id = deliveries.id AND due.state = 'queued'), 0)`
}

// claim claims up to n rows and moves the head of the queue behind them.
func claim(t *database.Tx, x deliver.Exchange, n int, first subscribers.DeliveryState, from *head) (claimed []subscribers.Delivery, err error) {
	behind := *from
	err = t.Each(func(r database.Row) error {
		var d subscribers.Delivery
		var waited int64
		err := r.Scan(&d.ID, &d.IssueID, &d.SubscriberID, &d.State, &d.Fence, &d.Attempts, &d.Unanswered, &d.FirstTry, &d.NextTry, &d.UpdatedAt,
			&d.Cause, &d.Code, &d.Reply, &d.Error, &d.Email, &d.Name, &d.Token, &waited)
		behind = behind.after(head{waited, d.ID})
		claimed = append(claimed, d)
		return err
	}, queryClaim(*t.Dialect), database.OrNull(x.Worker), x.Now.UnixMicro(), x.IssueID, n, string(first), from.nextTry, from.id)
	*from = behind
	return claimed, err
}

// queryRelease queues the claimed rows of the issue $1 again that nobody will
// begin, and queryRecover takes those that were begun.
var (
	queryRelease = `
	UPDATE deliveries SET state = 'queued', updated_at = $3
	WHERE issue_id = $1 AND state = 'claimed' AND ` + rules.WorkerLost("deliveries", "$2")
	queryRecover = `
	UPDATE deliveries SET state = $4, next_try = $5, updated_at = $3, cause = 'worker-lost', code = 0, reply = '', error = ''
	WHERE issue_id = $1 AND state = 'sending' AND ` + rules.WorkerLost("deliveries", "$2")
)

// Recover deals with rows that a worker which has ended had claimed, as
// [deliver.Ledger] tells, and gives the number of those in doubt.
func (db *Store) Recover(ctx context.Context, r deliver.Recovery) (n int, err error) {
	if r.Policy != subscribers.Resend && r.Policy != subscribers.HoldUncertain {
		return 0, digest.Fail(digest.Invalid, `Use "resend" or "hold".`, "there is no policy %q for doubtful messages", r.Policy)
	}
	to, next := r.Policy.InDoubt(subscribers.WorkerLost, 0), time.Time{}
	if to == subscribers.Deferred {
		next = database.OrTime(r.Retry, r.Now)
	}
	err = db.Update(ctx, "recover the ledger", func(t *database.Tx) error {
		if err := issues.LockIssue(t, r.IssueID); err != nil {
			return err
		}
		if err := duties.EndLapsed(t); err != nil {
			return err
		}
		released, err := t.Exec(queryRelease, r.IssueID, r.Worker, r.Now.UnixMicro())
		if err != nil {
			return err
		}
		inDoubt, err := t.Exec(queryRecover, r.IssueID, r.Worker, r.Now.UnixMicro(), string(to), next)
		n = int(inDoubt)
		if err != nil || released+inDoubt == 0 {
			return err
		}
		return cancelIfWithdrawn(t, r.IssueID, r.Now)
	})
	return n, err
}

func queryStranded(d database.Dialect) string {
	return `SELECT COUNT(*) FROM (
		SELECT 1 FROM deliveries d WHERE d.issue_id = $1 AND d.` + rules.Taken + ` AND NOT EXISTS (
			SELECT 1 FROM workers w WHERE w.id = d.worker_id AND w.id <> $2 AND w.ended_at IS NULL
				AND w.leased_until >= ` + d.Now + `)
		LIMIT 1) AS left_behind`
}

// Stranded tells whether rows of an issue are claimed or under way for a process
// that has ended, or for the given one, which works on none.
func (db *Store) Stranded(ctx context.Context, issueID, worker int64) (stranded bool, err error) {
	err = db.View(ctx, "look for deliveries left behind", func(t *database.Tx) error {
		n, err := t.Number(queryStranded(db.Dialect), issueID, worker)
		stranded = n > 0
		return err
	})
	return stranded, err
}
