package publication

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
)

// HeldSince gives the moment since when sending is held, zero when it is not: the
// cheap part of [ledger.Store.Held].
func (db *Store) HeldSince(ctx context.Context) (since time.Time, err error) {
	err = db.View(ctx, "read whether sending is held", func(t *database.Tx) (err error) {
		since, _, err = HeldSince(t)
		return err
	})
	return since, err
}

// HeldReason gives since when sending is held, zero when it is not, and why.
func (db *Store) HeldReason(ctx context.Context) (since time.Time, reason string, err error) {
	err = db.View(ctx, "read why sending is held", func(t *database.Tx) (err error) {
		since, reason, err = HeldSince(t)
		return err
	})
	return since, reason, err
}

// HeldSince gives since when sending is held, zero when it is not, and why.
func HeldSince(t *database.Tx) (since time.Time, reason string, err error) {
	_, err = t.One([]any{&since, &reason}, `SELECT held_since, held_reason FROM publication WHERE id = 1`)
	return since, reason, err
}

// NotHeld refuses what sends while sending is held, and keeps it from being held
// until the transaction ends.
func NotHeld(t *database.Tx) error {
	if err := t.Lock(`SELECT id FROM publication WHERE id = 1 FOR SHARE`); err != nil {
		return err
	}
	since, reason, err := HeldSince(t)
	if err == nil && !since.IsZero() {
		return database.Conflict("", "sending is held since %s UTC: %s", since.Format("2006-01-02 15:04"), reason).
			Offer(digest.Act{Do: digest.ShowHold}, digest.Act{Do: digest.ReleaseHold})
	}
	return err
}
