package ledger

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/issues"
	"postbag/digest/store/onwire"
	"postbag/digest/store/rules"
)

// Held tells whether sending is held. While it is, no issue is published or
// begun, nothing of one is claimed, and of the confirmations only those of people
// who signed up since are.
func (db *Store) Held(ctx context.Context, now time.Time) (h dispatch.Held, err error) {
	err = db.View(ctx, "read whether sending is held", func(t *database.Tx) (err error) {
		h, err = held(t, now)
		return err
	})
	return h, err
}

// mayBeSent tells of issues that wait for their moment, and may have been sent
// elsewhere at $1 while sending is held here since $2.
var mayBeSent = rules.Waiting + ` AND due_at IS NOT NULL AND (due_at <= $1 OR approved_at <= $2)`

// queryUnsure are the issues that may have gone on elsewhere.
var queryUnsure = `FROM issues WHERE ` + rules.Mailing + ` OR ` + mayBeSent

func held(t *database.Tx, now time.Time) (h dispatch.Held, err error) {
	_, err = t.One([]any{&h.Since, &h.Reason, &h.By}, `SELECT held_since, held_reason, held_by FROM publication WHERE id = 1`)
	if err != nil || h.Since.IsZero() {
		return h, err
	}
	issues, err := issues.Issues(t, `SELECT `+issues.IssueColumns+` `+queryUnsure+` ORDER BY id`, now.UnixMicro(), h.Since.UnixMicro())
	if err != nil {
		return h, err
	}
	for _, issue := range issues {
		counts, err := CountsOf(t, issue.ID)
		if err != nil {
			return h, err
		}
		h.Unsure = append(h.Unsure, dispatch.HeldIssue{Issue: issue, Counts: counts})
	}
	n, err := t.Number(`SELECT COUNT(*) FROM letters WHERE created_at <= $1`, h.Since)
	h.Letters = int(n)
	return h, err
}

// Hold holds sending, and tells whether it was not held before. An earlier hold
// keeps its moment, its reason and who made it. What is on the wire is still recorded, see
// [Store.OnTheWire].
func (db *Store) Hold(ctx context.Context, by digest.Actor, reason string, at time.Time) (done bool, err error) {
	err = db.Update(ctx, "hold the sending", func(t *database.Tx) error {
		n, err := t.Exec(`UPDATE publication SET held_since = $1, held_reason = $2, held_by = $3 WHERE id = 1 AND held_since IS NULL`, at, reason, by.Name)
		if done = n > 0; err != nil || !done {
			return err
		}
		return audit.Add(t, by, digest.SendingHeld, "the sending", reason)
	})
	return done && err == nil, err
}

// OnTheWire counts the deliveries that are being handed over at this moment.
func (db *Store) OnTheWire(ctx context.Context) (n int, err error) {
	err = db.View(ctx, "count what is on the wire", func(t *database.Tx) error {
		rows, err := onwire.All(t)
		if err != nil {
			return err
		}
		count, err := t.Number(`SELECT COUNT(*) FROM deliveries
			WHERE issue_id IN (SELECT id FROM issues WHERE ` + rules.InFlight + `) AND state = 'sending'`)
		n = int(count)
		for _, r := range rows {
			n += len(r.Entries)
		}
		return err
	})
	return n, err
}

// Release lets sending go on and gives what was held; nothing changes when
// sending was not held. Where another copy may have gone on with something, and
// nobody has said what to do, the error is of kind Conflict.
func (db *Store) Release(ctx context.Context, by digest.Actor, unsent dispatch.Unsent, now time.Time) (was dispatch.Held, err error) {
	err = db.Update(ctx, "release the sending", func(t *database.Tx) error {
		if err := t.Lock(`SELECT id FROM publication WHERE id = 1 FOR UPDATE`); err != nil {
			return err
		}
		var err error
		if was, err = held(t, now); err != nil || was.Since.IsZero() {
			return err
		}
		if err := decide(t, was, unsent, now); err != nil {
			return err
		}
		if err := duties.ReplanAll(t); err != nil {
			return err
		}
		t.Wake()
		if _, err = t.Exec(`UPDATE publication SET held_since = NULL, held_reason = '', held_by = '' WHERE id = 1`); err != nil {
			return err
		}
		return audit.Add(t, by, digest.SendingReleased, "the sending", unsentWords[unsent])
	})
	return was, err
}

var unsentWords = map[dispatch.Unsent]string{
	dispatch.LeaveUncertain: "nothing of what waited is sent again", dispatch.SendUnsent: "all that waited goes on",
}

func decide(t *database.Tx, was dispatch.Held, unsent dispatch.Unsent, now time.Time) error {
	waits := len(was.Unsure) > 0 || was.Letters > 0
	switch {
	case !waits, unsent == dispatch.SendUnsent:
		return nil
	case unsent == dispatch.LeaveUncertain:
		return leaveUncertain(t, was, now)
	}
	return database.Conflict("", "issues (%d) or confirmations (%d) may have been sent by another copy of this installation", len(was.Unsure), was.Letters).
		Offer(digest.Act{Do: digest.GiveUpUnsent}, digest.Act{Do: digest.SendUnsent})
}

func leaveUncertain(t *database.Tx, was dispatch.Held, now time.Time) error {
	for _, issue := range was.Unsure {
		if err := issues.LockIssue(t, issue.ID); err != nil {
			return err
		}
		// The answer to what is on the wire here still counts; see querySettle.
		if err := onwire.Settle(t, issue.ID); err != nil {
			return err
		}
		_, err := t.Exec(`
			UPDATE deliveries SET state = 'uncertain', cause = 'other-copy', next_try = NULL, updated_at = $1,
				code = 0, reply = '', error = ''
			WHERE issue_id = $2 AND `+rules.Open, now.UnixMicro(), issue.ID)
		if err != nil {
			return err
		}
	}
	_, err := t.Exec(`UPDATE issues SET due_at = NULL, asks = 'elsewhere' WHERE `+mayBeSent, now.UnixMicro(), was.Since.UnixMicro())
	if err != nil {
		return err
	}
	_, err = t.Exec(`DELETE FROM letters WHERE created_at <= $1`, was.Since)
	return err
}
