package store

import (
	"context"
	"time"
)

const hintHeld = "See what waits with: postbag sending. Then let it go on with: postbag sending release"

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
