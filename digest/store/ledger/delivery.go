package ledger

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/issues"
	"postbag/digest/store/onwire"
	"postbag/digest/store/pace"
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
		_, err = t.One([]any{&made.Begun, &made.Domain, &made.UnknownAsked},
			`SELECT mailing_begun, mailing_domain, unknown_asked FROM issues WHERE id = $1`, m.IssueID)
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
	WHERE i.id = $1 AND s.id > $2 AND s.id <= $3
		AND s.` + rules.Mailable + ` AND s.frequency IN (` + rules.Words(subscribers.FrequenciesFor(lastOfMonth)) + `)
		AND s.key ` + who + ` (SELECT e.key FROM editors e)
	ORDER BY s.id`
}

// frozenAtOnce is how many subscribers one statement freezes: what it costs in memory
// does not grow with the list.
const frozenAtOnce = 5_000

func freezeAudience(t *database.Tx, m subscribers.Mailing, lastOfMonth bool) error {
	_, err := t.Exec(`
		UPDATE issues SET state = 'sending', mailing_begun = $1, mailing_domain = $2
		WHERE id = $3`, m.Begun.UnixMicro(), m.Domain, m.IssueID)
	if err != nil {
		return err
	}
	last, err := t.Number(`SELECT COALESCE(MAX(id), 0) FROM subscribers`)
	if err != nil {
		return err
	}
	if _, err = t.Exec(queryFreezeAudience(lastOfMonth, true), m.IssueID, 0, last); err != nil {
		return err
	}
	for from := int64(0); from < last; from += frozenAtOnce {
		if _, err = t.Exec(queryFreezeAudience(lastOfMonth, false), m.IssueID, from, from+frozenAtOnce); err != nil {
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
	for _, r := range x.Settle {
		if !subscribers.InFlight.To(r.State) {
			return done, digest.Fail(digest.Invalid, "", "a delivery under way cannot become %s", r.State)
		}
	}
	if !db.Dialect.LocksRows {
		db.claims.turn.Lock()
		defer db.claims.turn.Unlock()
	}
	var from head
	err = db.Update(ctx, "exchange with the ledger", func(t *database.Tx) error {
		if done, from = (deliver.Exchanged{}), db.heads.of(x.IssueID); !t.Dialect.LocksRows {
			// No statement takes long, and to listen for the end of a context takes the
			// driver a goroutine each time.
			t.Ctx = context.WithoutCancel(t.Ctx)
		}
		// The issue keeps its state while rows are settled, begun and claimed: nothing
		// is begun after a pause, and no row is left waiting by a withdrawal. Who
		// holds the sending waits for it too, so that what is begun here is seen to be
		// on the wire.
		err := t.Lock(`SELECT i.id FROM publication p, issues i WHERE p.id = 1 AND i.id = $1 FOR SHARE`, x.IssueID)
		if err != nil {
			return err
		}
		wantsMore := len(x.Begin) > 0 || x.Claim > 0
		if wantsMore && t.Dialect.LocksRows && x.Worker != 0 {
			// The worker does not end before the transaction does.
			if err := t.Lock(duties.QueryWorker(t.Dialect), x.Worker); err != nil {
				return err
			}
		}
		now, err := readStand(t, x)
		if err != nil {
			return err
		}
		if err := db.settle(t, x, &now.wires); err != nil {
			return err
		}
		if wantsMore {
			if err := db.more(t, x, &now, &from, &done); err != nil {
				return err
			}
		}
		return now.wires.save(t)
	})
	if err != nil {
		return deliver.Exchanged{}, err
	}
	if x.Claim > 0 {
		db.heads.set(x.IssueID, from)
	}
	if !db.Dialect.LocksRows {
		db.claims.exchanged(x, done)
	}
	return done, nil
}

// more begins and claims rows, if that may be.
func (db *Store) more(t *database.Tx, x deliver.Exchange, now *stand, from *head, done *deliver.Exchanged) (err error) {
	if !now.lives {
		return nil // what it sent is settled; it gets no more
	}
	if done.Stopped = !now.goesOn; !done.Stopped {
		n, next, err := pace.Reserve(t, x.Rate, x.Now, len(x.Begin))
		if err != nil {
			return err
		}
		done.Waiting, done.Next = len(x.Begin)-n, next
		x.Begin = x.Begin[:n]
	}
	done.Begun, err = db.beginRows(t, x, now.goesOn, &now.wires)
	if err != nil || !now.goesOn {
		return err
	}
	done.Claimed, err = db.claimAll(t, x, from)
	return err
}

// queryNotBeginnable gives the ids of those of the claimed rows $1 of the issue $2 that are
// no longer as they were claimed, or whose address may not be mailed. It counts, because
// what need not exist may be looked for by reading all rows.
func queryNotBeginnable(d *database.Dialect) string {
	return `
	SELECT b.id FROM (` + d.Records("$1", "id BIGINT", "fence BIGINT") + `) AS b
	WHERE 0 = (SELECT COUNT(*) FROM deliveries CROSS JOIN subscribers s
		WHERE deliveries.id = b.id AND s.id = deliveries.subscriber_id AND +deliveries.issue_id = $2
			AND ` + onwire.Held(d, "b.fence") + ` AND s.` + rules.Mailable + `)`
}

// queryNotBegun settles those of the claimed rows $1 that could not be begun:
// cancelled if the address may not be mailed any more, or uncertain where a server may
// have the message from an earlier try, else queued again.
func queryNotBegun(d *database.Dialect) string {
	left := `NOT EXISTS (SELECT 1 FROM subscribers s WHERE s.id = deliveries.subscriber_id AND s.` + rules.Mailable + `)`
	state, cause := rules.NotSent(subscribers.ReaderLeft)
	return `
	UPDATE deliveries SET updated_at = $2,
		state = CASE WHEN ` + left + ` THEN ` + state + ` WHEN state = 'claimed' THEN 'queued' ELSE state END,
		cause = CASE WHEN ` + left + ` THEN ` + cause + ` ELSE cause END,
		next_try = CASE WHEN ` + left + ` THEN NULL ELSE next_try END
	FROM (` + d.Records("$1", "id BIGINT", "fence BIGINT") + `) AS b
	WHERE deliveries.id = b.id AND +deliveries.issue_id = $3 AND ` + onwire.Held(d, "b.fence")
}

// keysOf packs rows as a statement takes them.
func keysOf(rows []subscribers.Delivery) string {
	b := make([]byte, 0, 2+32*len(rows))
	for i, d := range rows {
		b = strconv.AppendInt(append(append(b, "[,"[min(i, 1)]), `{"id":`...), d.ID, 10)
		b = append(strconv.AppendInt(append(b, `,"fence":`...), int64(d.Fence), 10), '}')
	}
	return string(append(b, ']'))
}

// beginRows begins claimed rows and gives those that were, in the order asked for:
// they are on the wire now. Whoever left gets nothing any more.
func (db *Store) beginRows(t *database.Tx, x deliver.Exchange, goesOn bool, wires *wires) (begun []subscribers.Delivery, err error) {
	if len(x.Begin) == 0 {
		return nil, nil
	}
	var kept []int64
	if goesOn {
		if kept, err = t.IDs(db.texts().notBeginnable, keysOf(x.Begin), x.IssueID); err != nil {
			return nil, err
		}
	}
	var not []subscribers.Delivery
	for _, d := range x.Begin {
		if !goesOn || slices.Contains(kept, d.ID) || wires.has(d.ID) {
			not = append(not, d)
			continue
		}
		d.State, d.UpdatedAt = subscribers.InFlight, x.Now
		d.Attempts++
		if d.FirstTry.IsZero() {
			d.FirstTry = x.Now
		}
		begun = append(begun, d)
		wires.begin(d)
	}
	if len(not) > 0 {
		if _, err = t.Exec(queryNotBegun(t.Dialect), keysOf(not), x.Now.UnixMicro(), x.IssueID); err != nil {
			return nil, err
		}
	}
	return begun, nil
}

// claimAll claims due rows, from the head of the queue on and once more from its
// beginning where there are too few, in the order of their ids.
func (db *Store) claimAll(t *database.Tx, x deliver.Exchange, from *head) (claimed []subscribers.Delivery, err error) {
	for len(claimed) < x.Claim {
		n, began := x.Claim-len(claimed), *from
		more, err := db.claim(t, x, n, from, claimed)
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

// queryDue are at most $1 due rows of the issue $2 at $3, those in the state $4
// first; the queued ones are those behind the head ($5, $6). Rows that another
// transaction is about to claim are passed over.
func queryDue(d *database.Dialect) string {
	return `
		SELECT due.id, due.state, due.next_try FROM (
			SELECT * FROM (
				SELECT id, state, next_try FROM deliveries
				WHERE issue_id = $2 AND state = 'queued' AND next_try <= $3 AND (next_try, id) > ($5, $6)
				ORDER BY next_try, id LIMIT $1` + d.SkipLocked + `) AS queued
			UNION ALL
			SELECT * FROM (
				SELECT id, state, next_try FROM deliveries
				WHERE issue_id = $2 AND state = 'deferred' AND next_try <= $3
				ORDER BY next_try, id LIMIT $1` + d.SkipLocked + `) AS deferred
		) AS due
		ORDER BY CASE WHEN due.state = $4 THEN 0 ELSE 1 END, due.next_try, due.id
		LIMIT $1`
}

// queryClaim gives due rows, see [queryDue], with what a message needs. Where many
// processes send it writes that the worker $7 has claimed them; the due rows are looked
// for once, in a query of their own, so that no more are locked than were asked for of
// each sort.
func queryClaim(d *database.Dialect) string {
	if !d.LocksRows {
		return `
		SELECT due.id, deliveries.issue_id, deliveries.subscriber_id, deliveries.fence + 1, deliveries.attempts, deliveries.unanswered,
			deliveries.first_try, due.next_try, deliveries.cause, deliveries.code, deliveries.reply, deliveries.error,
			s.email, s.name, s.token, due.state
		FROM (` + queryDue(d) + `) AS due
		CROSS JOIN deliveries ON deliveries.id = due.id
		CROSS JOIN subscribers s ON s.id = deliveries.subscriber_id
		WHERE $7 IS NULL OR $7 <> 0`
	}
	return `
	WITH due AS MATERIALIZED (` + queryDue(d) + `)
	UPDATE deliveries SET state = 'claimed', fence = fence + 1, worker_id = $7, updated_at = $3
	WHERE id IN (SELECT due.id FROM due)
	RETURNING id, issue_id, subscriber_id, fence, attempts, unanswered, first_try, next_try, cause, code, reply, error,
		(SELECT s.email FROM subscribers s WHERE s.id = subscriber_id),
		(SELECT s.name  FROM subscribers s WHERE s.id = subscriber_id),
		(SELECT s.token FROM subscribers s WHERE s.id = subscriber_id),
		(SELECT due.state FROM due WHERE due.id = deliveries.id)`
}

// claim claims up to n rows beside those that are, and moves the head of the queue
// behind them.
func (db *Store) claim(t *database.Tx, x deliver.Exchange, n int, from *head, has []subscribers.Delivery) (claimed []subscribers.Delivery, err error) {
	behind, most := *from, n
	if !db.Dialect.LocksRows {
		// The rows do not tell which are claimed: these stand among them.
		most += db.claims.size(x.IssueID) + len(has)
	}
	claimed = make([]subscribers.Delivery, 0, n)
	var d subscribers.Delivery
	var was subscribers.DeliveryState
	err = t.Each(func(r database.Row) error {
		d = subscribers.Delivery{State: subscribers.Claimed, UpdatedAt: x.Now}
		err := r.Scan(&d.ID, &d.IssueID, &d.SubscriberID, &d.Fence, &d.Attempts, &d.Unanswered, &d.FirstTry, &d.NextTry,
			&d.Cause, &d.Code, &d.Reply, &d.Error, &d.Email, &d.Name, &d.Token, &was)
		if err != nil || len(claimed) == n || db.claims.has(x.IssueID, d.ID) ||
			slices.ContainsFunc(has, func(o subscribers.Delivery) bool { return o.ID == d.ID }) {
			return err
		}
		d.WasDeferred = was == subscribers.Deferred
		if was == subscribers.Queued {
			behind = behind.after(head{d.NextTry.UnixMicro(), d.ID})
		}
		claimed = append(claimed, d)
		return nil
	}, db.texts().claim, most, x.IssueID, x.Now.UnixMicro(), string(db.first.next()), from.nextTry, from.id, database.OrNull(x.Worker))
	*from = behind
	return claimed, err
}

// queryRelease queues the claimed rows of the issue $1 again that none of the workers $2
// will begin.
func queryRelease(d *database.Dialect) string {
	return `
	UPDATE deliveries SET state = 'queued', updated_at = $3
	WHERE issue_id = $1 AND state = 'claimed' AND next_try IS NOT NULL AND ` + onwire.Lost(d, "deliveries", "$2")
}

// queryRecover takes those rows that were begun by none of the workers $2.
func queryRecover(d *database.Dialect) string {
	return `
	UPDATE deliveries SET state = $4, next_try = $5, updated_at = $3, cause = 'worker-lost', code = 0, reply = '', error = ''
	WHERE issue_id = $1 AND state = 'sending' AND ` + onwire.Lost(d, "deliveries", "$2")
}

var (
	// queryAhead makes rows of the issue $1 due at $2 that would wait until later than $3.
	queryAhead = `
	UPDATE deliveries SET next_try = $2
	WHERE issue_id = $1 AND ` + rules.Either("state", subscribers.ClaimableStates()) + ` AND next_try IS NOT NULL AND next_try > $3`
)

// Recover deals with rows that a worker which has ended had claimed, as
// [deliver.Ledger] tells, and gives the number of those in doubt. A row whose next try is
// farther ahead than any schedule puts it was put off by a clock that was ahead, and is due.
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
		// Who lives is asked once: a worker that ends between two statements would have its
		// claims queued again while what it hands over of them still counts as its own.
		// Whoever joins after this holds no row of the issue, which is locked.
		living, err := duties.Living(t, r.Worker)
		if err != nil {
			return err
		}
		if err := onwire.SettleLost(t, r.IssueID, living); err != nil {
			return err
		}
		if _, err := t.Exec(queryAhead, r.IssueID, r.Now.UnixMicro(), r.Now.Add(deliver.FarthestTry).UnixMicro()); err != nil {
			return err
		}
		released, err := t.Exec(queryRelease(t.Dialect), r.IssueID, living, r.Now.UnixMicro())
		if err != nil {
			return err
		}
		inDoubt, err := t.Exec(queryRecover(t.Dialect), r.IssueID, living, r.Now.UnixMicro(), string(to), next)
		n = int(inDoubt)
		if err != nil || released+inDoubt == 0 {
			return err
		}
		return cancelIfWithdrawn(t, r.IssueID, r.Now)
	})
	if err == nil {
		db.claims.forget(r.IssueID)
	}
	return n, err
}

// queryStranded looks for rows of the issue $1 that a worker had claimed, or was handing
// over, which does not live or is $2.
func queryStranded(d *database.Dialect) string {
	gone := func(table string) string {
		return `NOT EXISTS (SELECT 1 FROM workers w WHERE w.id = ` + table + `.worker_id AND w.id <> $2 AND w.ended_at IS NULL
			AND w.leased_until >= ` + d.Now + `)`
	}
	return `SELECT COUNT(*) FROM (
		SELECT 1 FROM (SELECT worker_id FROM deliveries WHERE issue_id = $1 AND state = 'claimed' AND next_try IS NOT NULL) AS claimed WHERE ` + gone("claimed") + `
		UNION ALL
		SELECT 1 FROM (SELECT worker_id FROM deliveries WHERE issue_id = $1 AND state = 'sending') AS begun WHERE ` + gone("begun") + `
		UNION ALL
		SELECT 1 FROM on_wire WHERE issue_id = $1 AND entries <> '[]' AND ` + gone("on_wire") + `
		LIMIT 1) AS left_behind`
}

// Stranded tells whether rows of an issue are claimed or under way for a process
// that has ended, or for the given one, which works on none.
func (db *Store) Stranded(ctx context.Context, issueID, worker int64) (stranded bool, err error) {
	err = db.View(ctx, "look for deliveries left behind", func(t *database.Tx) error {
		n, err := t.Number(queryStranded(&db.Dialect), issueID, worker)
		stranded = n > 0
		return err
	})
	return stranded, err
}
