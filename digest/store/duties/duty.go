package duties

import (
	"context"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
	"postbag/digest/work"
)

// UnderLease makes sure, for a transaction under a lease, that the lease still
// holds and does until the transaction ends. PostgreSQL's session shows it as the
// setting postbag.lease.
func UnderLease(t *database.Tx) error {
	l, ok := work.LeaseOf(t.Ctx)
	if !ok {
		return nil
	}
	holds := false
	err := t.Each(func(database.Row) error { holds = true; return nil }, t.Dialect.CheckLease, l.Name, l.Fence, l.Worker)
	if err == nil && !holds {
		return lostLease(l)
	}
	return err
}

func lostLease(l work.Lease) error {
	return database.Conflict("Another process does it now; nothing of this run was stored.", "the lease on the duty %s is lost", l.Name)
}

// dueAmong selects the duties of some kinds that wait while nobody is in their room.
func dueAmong(kinds []work.Kind) string {
	return ` FROM duties d
	WHERE d.next_at IS NOT NULL AND d.worker_id IS NULL AND d.kind IN (` + rules.Words(kinds) + `)
		AND (d.room = '' OR NOT EXISTS (
			SELECT 1 FROM duties h WHERE h.room = d.room AND h.room <> '' AND h.worker_id IS NOT NULL))`
}

const leaseColumns = `name, kind, subject, room, due_at, failures, last_error, worker_id, fence`

func leaseFields(l *work.Lease) []any {
	return []any{&l.Name, &l.Kind, &l.Subject, &l.Room, &l.Next, &l.Failures, &l.LastError, &l.Worker, &l.Fence}
}

// Claim takes the duty that is due longest among the given kinds; see
// [work.Store].
func (db *Store) Claim(ctx context.Context, workerID int64, kinds []work.Kind, now time.Time) (lease work.Lease, ok bool, err error) {
	if len(kinds) == 0 {
		return lease, false, nil
	}
	// Most often nothing is due, which takes no transaction that writes.
	next, err := db.NextDue(ctx, kinds, now)
	if err != nil || next.IsZero() || next.After(now) {
		return lease, false, err
	}
	err = db.Update(ctx, "claim a duty", func(t *database.Tx) error {
		if err := EndLapsed(t); err != nil {
			return err
		}
		if err := isWorker(t, workerID); err != nil {
			return err
		}
		lease = work.Lease{}
		ok, err = t.One(leaseFields(&lease), `
			UPDATE duties SET worker_id = $1, fence = fence + 1, due_at = next_at, claimed_at = `+t.Dialect.Now+`
			WHERE name = (SELECT d.name`+dueAmong(kinds)+` AND d.next_at <= $2
				ORDER BY d.next_at, d.name LIMIT 1`+t.Dialect.SkipLocked+`)
			RETURNING `+leaseColumns, workerID, now.UnixMicro())
		return err
	})
	if db.Dialect.Code(err) == database.CodeUnique {
		return work.Lease{}, false, nil // another took one in the same room at this moment
	}
	return lease, ok && err == nil, err
}

// ClaimNamed takes the duty of a name, whether it is due or not; see
// [work.Store].
func (db *Store) ClaimNamed(ctx context.Context, workerID int64, name string, now time.Time) (lease work.Lease, err error) {
	err = db.Update(ctx, "claim a duty", func(t *database.Tx) error {
		if err := EndLapsed(t); err != nil {
			return err
		}
		if err := isWorker(t, workerID); err != nil {
			return err
		}
		lease = work.Lease{}
		ok, err := t.One(leaseFields(&lease), `
			UPDATE duties SET worker_id = $1, fence = fence + 1, due_at = $2, claimed_at = `+t.Dialect.Now+`
			WHERE name = $3 AND worker_id IS NULL
			RETURNING `+leaseColumns, workerID, now.UnixMicro(), name)
		if err != nil || ok {
			return err
		}
		return notFree(t, name)
	})
	if db.Dialect.Code(err) == database.CodeUnique {
		err = database.Conflict("Wait for it to end.", "another duty uses the same blog's server")
	}
	return lease, err
}

// notFree says why a duty cannot be claimed.
func notFree(t *database.Tx, name string) error {
	n, err := t.Number(`SELECT COUNT(*) FROM duties WHERE name = $1`, name)
	if err != nil {
		return err
	}
	if n == 0 {
		return noDuty(name)
	}
	return database.Conflict("Wait for it to end.", "%s is under way", name).Offer(digest.Act{Do: digest.ListDuties, Name: name})
}

func noDuty(name string) error {
	return digest.Fail(digest.NotFound, "", "there is no duty called %q", name).Offer(digest.Act{Do: digest.ListDuties})
}

// Complete ends a lease and sets the duty's next moment; see [work.Store].
func (db *Store) Complete(ctx context.Context, l work.Lease, o work.Outcome) error {
	words, failures := "", 0
	if o.Err != nil {
		words, failures = o.Err.Error(), l.Failures+1
	}
	return db.Update(ctx, "complete a duty", func(t *database.Tx) error {
		if err := lockDuties(t, subjectOf(l.Kind), l.Subject); err != nil {
			return err
		}
		n, err := t.Exec(`
			UPDATE duties SET worker_id = NULL, next_at = $1, done_at = $2, runs = runs + 1, failures = $3, last_error = $4
			WHERE name = $5 AND fence = $6 AND worker_id = $7`,
			o.Next, o.Now, failures, words, l.Name, l.Fence, l.Worker)
		if err != nil {
			return err
		}
		if n == 0 {
			return lostLease(l)
		}
		if err := Replan(t, subjectOf(l.Kind), l.Subject); err != nil || o.Next.IsZero() {
			return err
		}
		_, err = t.Exec(`UPDATE duties SET next_at = $1 WHERE name = $2 AND next_at < $1`, o.Next, l.Name)
		return err
	})
}

// HandBack ends a lease without having done the work; see [work.Store].
func (db *Store) HandBack(ctx context.Context, l work.Lease) error {
	return db.Update(ctx, "hand a duty back", func(t *database.Tx) error {
		n, err := t.Exec(`UPDATE duties SET worker_id = NULL WHERE name = $1 AND fence = $2 AND worker_id = $3`, l.Name, l.Fence, l.Worker)
		if n > 0 {
			t.Wake()
		}
		return err
	})
}

// LetGo ends a worker's leases on all duties but the named ones; see [work.Store].
func (db *Store) LetGo(ctx context.Context, workerID int64, but []string) error {
	return db.Update(ctx, "let go of duties", func(t *database.Tx) error {
		var leased []string
		err := t.Each(func(r database.Row) error {
			var name string
			err := r.Scan(&name)
			leased = append(leased, name)
			return err
		}, `SELECT name FROM duties WHERE worker_id = $1`, workerID)
		if err != nil {
			return err
		}
		for _, name := range leased {
			if slices.Contains(but, name) {
				continue
			}
			if _, err := t.Exec(`UPDATE duties SET worker_id = NULL WHERE name = $1 AND worker_id = $2`, name, workerID); err != nil {
				return err
			}
			t.Wake()
		}
		return nil
	})
}

// NextDue gives the moment at which something among the kinds is due that nobody
// holds; see [work.Store].
func (db *Store) NextDue(ctx context.Context, kinds []work.Kind, now time.Time) (next time.Time, err error) {
	if len(kinds) == 0 {
		return next, nil
	}
	err = db.View(ctx, "find the next duty", func(t *database.Tx) error {
		if db.Dialect.Alone == nil {
			lapsed, err := t.Number(`SELECT COUNT(*) FROM workers WHERE ended_at IS NULL AND leased_until < ` + t.Dialect.Now)
			if err != nil {
				return err
			}
			if lapsed > 0 {
				next = now
				return nil
			}
		}
		_, err := t.One([]any{&next}, `SELECT d.next_at`+dueAmong(kinds)+` ORDER BY d.next_at LIMIT 1`)
		return err
	})
	return next, err
}

// MakeDue makes a duty due now, for any worker. A source's feeds are asked again
// unless that was a minute ago or less. The error is of kind NotFound for an unknown name.
func (db *Store) MakeDue(ctx context.Context, name string, now time.Time) error {
	return db.Update(ctx, "make a duty due", func(t *database.Tx) error {
		n, err := t.Exec(`UPDATE duties SET next_at = $1 WHERE name = $2`, now.UnixMicro(), name)
		if err != nil {
			return err
		}
		if n == 0 {
			return noDuty(name)
		}
		t.Wake()
		return askSoon(t, name, now)
	})
}

// askSoon makes the feeds of a pull due with it.
func askSoon(t *database.Tx, name string, now time.Time) error {
	_, err := t.Exec(`
		UPDATE feeds SET next_poll = $1
		WHERE source_id IN (SELECT subject FROM duties WHERE name = $2 AND kind = '`+string(work.Pull)+`')
			AND stopped = 0 AND (last_try IS NULL OR last_try < $3)`, now.UnixMicro(), name, now.Add(-time.Minute).UnixMicro())
	return err
}

// selectDuties reads duties as a listing shows them.
var selectDuties = `
	SELECT d.name, d.kind, d.subject, d.room, d.next_at, d.failures, d.last_error, d.due_at, d.done_at, d.runs,
		CASE WHEN w.id IS NOT NULL THEN d.claimed_at END, w.leased_until, COALESCE(w.name, ''),
		COALESCE((SELECT s.zone FROM series s WHERE s.id = d.subject AND d.kind IN (` + kindsOf(Series) + `)), ''),
		COALESCE((SELECT MIN(i.title) FROM issues i
			WHERE i.series_id = d.subject AND ` + asking + `), '')
	FROM duties d LEFT JOIN workers w ON w.id = d.worker_id`

func duties(t *database.Tx, query string, args ...any) (all []work.Listed, err error) {
	err = t.Each(func(r database.Row) error {
		var l work.Listed
		err := r.Scan(&l.Name, &l.Kind, &l.Subject, &l.Room, &l.Next, &l.Failures, &l.LastError,
			&l.LastDue, &l.LastDone, &l.Runs, &l.LeasedSince, &l.LeasedUntil, &l.Worker, &l.Zone, &l.Asks)
		all = append(all, l)
		return err
	}, query, args...)
	return all, err
}

// Duties lists the duties, what is due first before the rest.
func (db *Store) Duties(ctx context.Context, limit int) (all []work.Listed, err error) {
	err = db.View(ctx, "list the duties", func(t *database.Tx) (err error) {
		all, err = duties(t, selectDuties+` ORDER BY CASE WHEN d.next_at IS NULL THEN 1 ELSE 0 END, d.next_at, d.name LIMIT $1`, database.Limit(limit))
		return err
	})
	return all, err
}

// Duty gives the duty of a name, or an error of kind NotFound.
func (db *Store) Duty(ctx context.Context, name string) (duty work.Listed, err error) {
	err = db.View(ctx, "read the duty", func(t *database.Tx) error {
		found, err := duties(t, selectDuties+` WHERE d.name = $1`, name)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return noDuty(name)
		}
		duty = found[0]
		return nil
	})
	return duty, err
}

// Ask lets an issue that is approved or published wait for its editor, because its
// moment, which is given, passed too long ago; and tells whether it does: one whose
// moment was moved meanwhile does not. To send it by hand is the answer, or to
// publish it, as far as the web goes.
func (db *Store) Ask(ctx context.Context, issueID int64, due time.Time) (asked bool, err error) {
	err = db.Update(ctx, "ask about the issue", func(t *database.Tx) error {
		n, err := t.Exec(`UPDATE issues SET asks = $1
			WHERE id = $2 AND `+rules.Waiting+` AND due_at = $3`, string(digest.AsksLate), issueID, due.UnixMicro())
		if err != nil {
			return err
		}
		asked = n > 0
		return ReplanIssue(t, issueID)
	})
	return asked && err == nil, err
}
