package ledger

import (
	"context"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/issues"
	"postbag/digest/store/onwire"
	"postbag/digest/store/publication"
	"postbag/digest/store/rules"
	"postbag/subscribers"
)

// queryCounts gives how many rows of an issue are in each state. The database keeps these
// counts: to count a million rows takes half a second.
const queryCounts = `SELECT state, CAST(SUM(n) AS BIGINT) FROM delivery_counts WHERE issue_id = $1 GROUP BY state HAVING SUM(n) <> 0`

// Counts gives the rows of an issue by state.
func (db *Store) Counts(ctx context.Context, issueID int64) (counts subscribers.Counts, err error) {
	err = db.View(ctx, "count the deliveries", func(t *database.Tx) error {
		counts, err = CountsOf(t, issueID)
		return err
	})
	return counts, err
}

// CountsOf is [Store.Counts] in a transaction.
func CountsOf(t *database.Tx, issueID int64) (subscribers.Counts, error) {
	counts := subscribers.Counts{}
	err := t.Each(func(r database.Row) error {
		var state subscribers.DeliveryState
		var n int
		err := r.Scan(&state, &n)
		counts[state] = n
		return err
	}, queryCounts, issueID)
	if err != nil {
		return counts, err
	}
	return counts, countWire(t, issueID, counts)
}

// countWire moves what is on the wire to where it belongs in counts.
func countWire(t *database.Tx, issueID int64, counts subscribers.Counts) error {
	ids, err := onWire(t, issueID)
	if err != nil || len(ids) == 0 {
		return err
	}
	packed, err := database.JSONArray(ids)
	if err != nil {
		return err
	}
	return t.Each(func(r database.Row) error {
		var state subscribers.DeliveryState
		var n int
		if err := r.Scan(&state, &n); err != nil {
			return err
		}
		if counts[state] -= n; counts[state] == 0 {
			delete(counts, state)
		}
		counts[subscribers.InFlight] += n
		return nil
	}, `SELECT state, COUNT(*) FROM deliveries WHERE `+t.Dialect.Among("id", "$1", "BIGINT")+` AND `+rules.Unbegun+` GROUP BY state`, packed)
}

// onWire gives the ids of an issue's deliveries that are on the wire.
func onWire(t *database.Tx, issueID int64) (ids []int64, err error) {
	rows, err := onwire.Of(t, issueID)
	for _, r := range rows {
		for _, e := range r.Entries {
			ids = append(ids, e.ID)
		}
	}
	return ids, err
}

// queryNextTry gives the first $2 rows of the issue $1 of each queue, in its order.
const queryNextTry = `
	SELECT next_try, id FROM (
		SELECT * FROM (SELECT next_try, id FROM deliveries WHERE issue_id = $1 AND state = 'queued' AND next_try IS NOT NULL
			ORDER BY next_try, id LIMIT $2) AS queued
		UNION ALL
		SELECT * FROM (SELECT next_try, id FROM deliveries WHERE issue_id = $1 AND state = 'deferred' AND next_try IS NOT NULL
			ORDER BY next_try, id LIMIT $2) AS deferred
	) AS first ORDER BY next_try, id`

// NextTry gives the earliest moment at which a queued or deferred row of an
// issue is due, long ago where one waits for none; ok is false when there is no
// such row.
func (db *Store) NextTry(ctx context.Context, issueID int64) (at time.Time, ok bool, err error) {
	err = db.View(ctx, "find the next delivery", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var next time.Time
			var id int64
			err := r.Scan(&next, &id)
			if err == nil && at.IsZero() && !db.claims.has(issueID, id) {
				at = next
			}
			return err
		}, queryNextTry, issueID, 1+db.claims.size(issueID))
	})
	return at, !at.IsZero(), err
}

// queryAnyOpen looks at the head of each queue, in its order: rows that match
// may be many, or one in a million that is the last: no plan should count on many.
const queryAnyOpen = `
	SELECT COUNT(*) FROM (
		SELECT * FROM (SELECT id FROM deliveries WHERE issue_id = $1 AND state = 'queued' AND next_try IS NOT NULL
			ORDER BY next_try, id LIMIT 1) AS queued
		UNION ALL
		SELECT * FROM (SELECT id FROM deliveries WHERE issue_id = $1 AND state = 'claimed' AND next_try IS NOT NULL
			ORDER BY next_try, id LIMIT 1) AS claimed
		UNION ALL
		SELECT * FROM (SELECT id FROM deliveries WHERE issue_id = $1 AND state = 'sending'
			LIMIT 1) AS sending
		UNION ALL
		SELECT * FROM (SELECT id FROM deliveries WHERE issue_id = $1 AND state = 'deferred' AND next_try IS NOT NULL
			ORDER BY next_try, id LIMIT 1) AS deferred) AS open`

// Finish moves a sending issue whose rows are all terminal to sent, and tells
// whether the issue is sent.
func (db *Store) Finish(ctx context.Context, issueID int64, now time.Time) (sent bool, err error) {
	err = db.Update(ctx, "finish the mailing", func(t *database.Tx) error {
		if err := issues.LockIssue(t, issueID); err != nil {
			return err
		}
		state, err := issues.IssueState(t, issueID)
		if err != nil || state != digest.Sending {
			sent = state == digest.Sent
			return err
		}
		open, err := t.Number(queryAnyOpen, issueID)
		if sent = err == nil && open == 0; !sent {
			return err
		}
		if _, err = t.Exec(`DELETE FROM on_wire WHERE issue_id = $1`, issueID); err != nil {
			return err
		}
		_, err = t.Exec(`UPDATE issues SET state = 'sent', sent_at = COALESCE(sent_at, $1) WHERE id = $2`, now, issueID)
		return err
	})
	return sent && err == nil, err
}

// SetIssueState moves an issue along sending ⇄ paused, and keeps who did it and why; the
// move to the state it has already changes nothing, but that a pause by hand becomes one
// for refusals. From another state, and to
// sending while that is held, the error is of kind Conflict, to another of kind
// Invalid. A pause because the server refuses us takes back what it said of single
// rows, see [takeBackRefusals].
func (db *Store) SetIssueState(ctx context.Context, by digest.Actor, issueID int64, to digest.IssueState, why digest.Pause, now time.Time, seen digest.AsSeen) error {
	if to != digest.Sending && to != digest.Paused {
		return digest.Fail(digest.Invalid, "", "a mailing can be sending or paused, not %s", to)
	}
	return db.Update(ctx, "set the mailing's state", func(t *database.Tx) error {
		if to == digest.Sending {
			if err := publication.NotHeld(t); err != nil {
				return err
			}
		}
		if err := issues.LockIssue(t, issueID); err != nil {
			return err
		}
		if err := issues.Unchanged(t, issueID, seen); err != nil {
			return err
		}
		from, err := issues.IssueState(t, issueID)
		isRefused := why.Cause.Refused()
		if err != nil || from == to && !isRefused {
			return err
		}
		if from != to && !(slices.Contains(digest.MailingStates(), from) && from.To(to)) {
			return issues.CannotMove(t, issueID, from, to)
		}
		t.Wake()
		_, err = t.Exec(`UPDATE issues SET state = $1, pause_cause = $2, pause_detail = $3,
			unknown_asked = CASE WHEN $2 = '`+string(digest.PauseUnknown)+`' THEN 1 ELSE unknown_asked END WHERE id = $4`,
			string(to), string(why.Cause), why.Detail, issueID)
		if err != nil {
			return err
		}
		if isRefused {
			if err := takeBackRefusals(t, issueID, why.Cause, now); err != nil {
				return err
			}
		}
		if from == to {
			return nil // somebody paused it by hand before the server's refusals were counted
		}
		return issues.AddMove(t, by, issueID, to, now)
	})
}

// IssueState reads where an issue stands.
func (db *Store) IssueState(ctx context.Context, issueID int64) (state digest.IssueState, err error) {
	err = db.View(ctx, "read the issue's state", func(t *database.Tx) (err error) {
		state, err = issues.IssueState(t, issueID)
		return err
	})
	return state, err
}

// Deliveries lists rows of an issue in the given states, or in any when none is given, by
// id and without tokens.
func (db *Store) Deliveries(ctx context.Context, issueID int64, limit int, states ...subscribers.DeliveryState) (all []subscribers.Delivery, err error) {
	err = db.View(ctx, "list the deliveries", func(t *database.Tx) (err error) {
		all, err = deliveries(t, issueID, limit, states)
		return err
	})
	return all, err
}

func deliveries(t *database.Tx, issueID int64, limit int, states []subscribers.DeliveryState) (all []subscribers.Delivery, err error) {
	var w database.Where
	w.Terms = append(w.Terms, "d.issue_id = "+w.Param(issueID))
	state, isEnded := "d.state", !slices.ContainsFunc(states, func(s subscribers.DeliveryState) bool { return !s.Terminal() })
	if len(states) == 0 || !isEnded {
		ids, err := onWire(t, issueID)
		if err != nil {
			return nil, err
		}
		packed, err := database.JSONArray(ids)
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			state = "CASE WHEN d." + rules.Unbegun + " AND " + t.Dialect.Among("d.id", w.Param(packed), "BIGINT") + " THEN 'sending' ELSE d.state END"
		}
	}
	if len(states) > 0 {
		known := slices.DeleteFunc(slices.Clone(states), func(s subscribers.DeliveryState) bool { return !s.Known() })
		if len(known) == 0 {
			return nil, nil
		}
		// As literals: an index that has some states alone is used for those.
		w.Terms = append(w.Terms, rules.Either(state, known))
	}
	err = t.Each(func(r database.Row) error {
		var d subscribers.Delivery
		err := r.Scan(&d.ID, &d.IssueID, &d.SubscriberID, &d.Email, &d.Name, &d.State, &d.Fence, &d.Attempts, &d.Unanswered,
			&d.FirstTry, &d.NextTry, &d.UpdatedAt, &d.Cause, &d.Code, &d.Reply, &d.Error)
		all = append(all, d)
		return err
	}, `SELECT d.id, d.issue_id, d.subscriber_id, s.email, s.name, `+state+`, d.fence, d.attempts, d.unanswered,
				d.first_try, NULLIF(d.next_try, 0), d.updated_at, d.cause, d.code, d.reply, d.error
			FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id`+w.Clause()+`
			ORDER BY d.id LIMIT `+w.Param(database.Limit(limit)), w.Args...)
	return all, err
}
