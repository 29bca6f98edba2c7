package store

import (
	"context"
	"time"

	"postbag/digest/dispatch"
)

// Held tells whether sending is held. While it is, no issue is published or
// begun, nothing of one is claimed, and of the confirmations only those of people
// who signed up since are.
func (db *DB) Held(ctx context.Context, now time.Time) (h dispatch.Held, err error) {
	err = db.view(ctx, "read whether sending is held", func(t *tx) (err error) {
		h, err = t.held(now)
		return err
	})
	return h, err
}

// unbegun tells of issues that wait for their moment, and may have been sent
// elsewhere at $1 while sending is held here since $2.
const unbegun = `state IN ('approved', 'published') AND due_at IS NOT NULL AND (due_at <= $1 OR approved_at <= $2)`

// queryUnsure are the issues that may have gone on elsewhere.
const queryUnsure = `FROM issues WHERE state IN ('sending', 'paused') OR ` + unbegun

func (t *tx) held(now time.Time) (h dispatch.Held, err error) {
	if h.Since, h.Reason, err = t.heldSince(); err != nil || h.Since.IsZero() {
		return h, err
	}
	issues, err := t.issues(`SELECT `+issueColumns+` `+queryUnsure+` ORDER BY id`, now.UnixMicro(), h.Since.UnixMicro())
	if err != nil {
		return h, err
	}
	for _, issue := range issues {
		counts, err := t.counts(`SELECT state, COUNT(*) FROM deliveries WHERE issue_id = $1 GROUP BY state`, issue.ID)
		if err != nil {
			return h, err
		}
		h.Unsure = append(h.Unsure, dispatch.HeldIssue{Issue: issue, Counts: counts})
	}
	n, err := t.number(`SELECT COUNT(*) FROM notices WHERE created_at <= $1`, h.Since)
	h.Notices = int(n)
	return h, err
}

// Hold holds sending, and tells whether it was not held before. An earlier hold
// keeps its moment and its reason. What is on the wire is still recorded, see
// [DB.OnTheWire].
func (db *DB) Hold(ctx context.Context, reason string, at time.Time) (done bool, err error) {
	err = db.update(ctx, "hold the sending", func(t *tx) error {
		n, err := t.exec(`UPDATE publication SET held_since = $1, held_reason = $2 WHERE id = 1 AND held_since IS NULL`, at, reason)
		done = n > 0
		return err
	})
	return done && err == nil, err
}

// OnTheWire counts the deliveries that are being handed over at this moment.
func (db *DB) OnTheWire(ctx context.Context) (n int, err error) {
	err = db.view(ctx, "count what is on the wire", func(t *tx) error {
		count, err := t.number(`SELECT COUNT(*) FROM deliveries
			WHERE issue_id IN (SELECT id FROM issues WHERE state IN ('sending', 'paused', 'withdrawn')) AND state = 'sending'`)
		n = int(count)
		return err
	})
	return n, err
}

// Release lets sending go on and gives what was held; nothing changes when
// sending was not held. Where another copy may have gone on with something, and
// nobody has said what to do, the error is of kind Conflict.
func (db *DB) Release(ctx context.Context, unsent dispatch.Unsent, now time.Time) (was dispatch.Held, err error) {
	err = db.update(ctx, "release the sending", func(t *tx) error {
		if err := t.lock(`SELECT id FROM publication WHERE id = 1 FOR UPDATE`); err != nil {
			return err
		}
		var err error
		if was, err = t.held(now); err != nil || was.Since.IsZero() {
			return err
		}
		if err := t.decide(was, unsent, now); err != nil {
			return err
		}
		if err := t.replanAll(); err != nil {
			return err
		}
		t.wake()
		_, err = t.exec(`UPDATE publication SET held_since = NULL, held_reason = '' WHERE id = 1`)
		return err
	})
	return was, err
}

func (t *tx) decide(was dispatch.Held, unsent dispatch.Unsent, now time.Time) error {
	waits := len(was.Unsure) > 0 || was.Notices > 0
	switch {
	case !waits, unsent == dispatch.SendUnsent:
		return nil
	case unsent == dispatch.LeaveUncertain:
		return t.leaveUncertain(was, now)
	}
	return conflict("Decide with --unsent=uncertain (nothing of it is sent again; you look after it) or --unsent=send (it goes on).",
		"issues (%d) or confirmations (%d) may have been sent by another copy of this installation", len(was.Unsure), was.Notices)
}

// heldReply is noted on rows that were given up because another copy may have sent them.
const heldReply = "sending was held; another copy may have sent it"

func (t *tx) leaveUncertain(was dispatch.Held, now time.Time) error {
	for _, issue := range was.Unsure {
		if err := t.lockIssue(issue.ID); err != nil {
			return err
		}
		// The answer to what is on the wire here still counts; see querySettle.
		_, err := t.exec(`
			UPDATE deliveries SET state = 'uncertain', next_try = NULL, updated_at = $1,
				reply = CASE WHEN state = 'sending' THEN '`+lostReply+`' ELSE '`+heldReply+`' END
			WHERE issue_id = $2 AND state IN ('queued', 'sending', 'deferred')`, now.UnixMicro(), issue.ID)
		if err != nil {
			return err
		}
	}
	_, err := t.exec(`UPDATE issues SET due_at = NULL, asks = 'elsewhere' WHERE `+unbegun, now.UnixMicro(), was.Since.UnixMicro())
	if err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM notices WHERE created_at <= $1`, was.Since)
	return err
}
