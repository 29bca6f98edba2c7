package store

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// Held says whether sending is held, and what waits for it.
type Held struct {
	Since  time.Time // zero: sending is not held
	Reason string
	// Unsure are the issues that another copy of this installation may have sent,
	// or gone on with, since this one was held: under way or paused, approved
	// before the hold (another's editor may have sent it before its moment), or
	// waiting although their moment has passed.
	Unsure []HeldIssue
	// Notices counts the confirmation mails that were waiting before the hold.
	Notices int
}

// HeldIssue is an issue that may have gone on elsewhere.
type HeldIssue struct {
	digest.Issue // without Blocks and Frozen
	Counts       subscribers.Counts
}

const hintHeld = "See what waits with: postbag sending. Then let it go on with: postbag sending release"

// Held tells whether sending is held. While it is, no issue is published or
// begun, nothing of one is claimed, and of the confirmations only those of people
// who signed up since are.
func (db *DB) Held(ctx context.Context, now time.Time) (h Held, err error) {
	err = db.view(ctx, "read whether sending is held", func(t *tx) (err error) {
		h, err = t.held(now)
		return err
	})
	return h, err
}

// HeldSince gives the moment since when sending is held, zero when it is not: the
// cheap part of [DB.Held].
func (db *DB) HeldSince(ctx context.Context) (since time.Time, err error) {
	err = db.view(ctx, "read whether sending is held", func(t *tx) (err error) {
		since, _, err = t.heldSince()
		return err
	})
	return since, err
}

func (t *tx) heldSince() (since time.Time, reason string, err error) {
	_, err = t.one([]any{&since, &reason}, `SELECT held_since, held_reason FROM publication WHERE id = 1`)
	return since, reason, err
}

// notHeld refuses what sends while sending is held, and keeps it from being held
// until the transaction ends.
func (t *tx) notHeld() error {
	if err := t.lock(`SELECT id FROM publication WHERE id = 1 FOR SHARE`); err != nil {
		return err
	}
	since, reason, err := t.heldSince()
	if err == nil && !since.IsZero() {
		return conflict(hintHeld, "sending is held since %s UTC: %s", since.Format("2006-01-02 15:04"), reason)
	}
	return err
}

// mayBeSent tells of issues that wait for their moment, and may have been sent
// elsewhere at $1 while sending is held here since $2.
const mayBeSent = `state IN ('approved', 'published') AND due_at IS NOT NULL AND (due_at <= $1 OR approved_at <= $2)`

// queryUnsure are the issues that may have gone on elsewhere.
const queryUnsure = `FROM issues WHERE state IN ('sending', 'paused') OR ` + mayBeSent

func (t *tx) held(now time.Time) (h Held, err error) {
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
		h.Unsure = append(h.Unsure, HeldIssue{Issue: issue, Counts: counts})
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

// Unsent says what becomes of mails that another copy of this installation may
// have sent.
type Unsent string

// The decisions that a release needs.
const (
	// NotAsked is no decision: a release with anything to decide is refused.
	NotAsked Unsent = ""
	// LeaveUncertain sends nothing of it: every open delivery becomes uncertain,
	// issues that were waiting lose their moment, and waiting confirmations go.
	LeaveUncertain Unsent = "uncertain"
	// SendUnsent goes on as if nothing had been held: what a moment that passed
	// too long ago, or a pause, leaves to the editor stays with the editor.
	SendUnsent Unsent = "send"
)

// Release lets sending go on and gives what was held; nothing changes when
// sending was not held. Where another copy may have gone on with something, and
// nobody has said what to do, the error is of kind Conflict.
func (db *DB) Release(ctx context.Context, unsent Unsent, now time.Time) (was Held, err error) {
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

func (t *tx) decide(was Held, unsent Unsent, now time.Time) error {
	waits := len(was.Unsure) > 0 || was.Notices > 0
	switch {
	case !waits, unsent == SendUnsent:
		return nil
	case unsent == LeaveUncertain:
		return t.leaveUncertain(was, now)
	}
	return conflict("Decide with --unsent=uncertain (nothing of it is sent again; you look after it) or --unsent=send (it goes on).",
		"issues (%d) or confirmations (%d) may have been sent by another copy of this installation", len(was.Unsure), was.Notices)
}

// reasonOtherCopy is noted on issues that lost their moment because another copy
// may have sent them.
const reasonOtherCopy = "sending was held; another copy may have sent it"

func (t *tx) leaveUncertain(was Held, now time.Time) error {
	for _, issue := range was.Unsure {
		if err := t.lockIssue(issue.ID); err != nil {
			return err
		}
		// The answer to what is on the wire here still counts; see querySettle.
		_, err := t.exec(`
			UPDATE deliveries SET state = 'uncertain', cause = 'other-copy', next_try = NULL, updated_at = $1,
				code = 0, reply = '', error = ''
			WHERE issue_id = $2 AND `+openDelivery, now.UnixMicro(), issue.ID)
		if err != nil {
			return err
		}
	}
	_, err := t.exec(`UPDATE issues SET due_at = NULL, state_reason = '`+reasonOtherCopy+`' WHERE `+mayBeSent, now.UnixMicro(), was.Since.UnixMicro())
	if err != nil {
		return err
	}
	_, err = t.exec(`DELETE FROM notices WHERE created_at <= $1`, was.Since)
	return err
}
