package ledger

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/database"
)

// SetWaits keeps what the sending of an issue waits for.
func (db *Store) SetWaits(ctx context.Context, issueID int64, w digest.Waits) error {
	return db.Update(ctx, "keep what the sending waits for", func(t *database.Tx) error {
		_, err := t.Exec(`UPDATE issues SET waits_for = $1, waits_words = $2, waits_until = $3 WHERE id = $4`, w.For, w.Words, w.Until, issueID)
		return err
	})
}

// Waits tells what the sending of an issue waits for; nothing for one that is not being
// sent.
func (db *Store) Waits(ctx context.Context, issueID int64) (w digest.Waits, err error) {
	err = db.View(ctx, "look what the sending waits for", func(t *database.Tx) error {
		_, err := t.One([]any{&w.For, &w.Words, &w.Until}, `SELECT waits_for, waits_words, waits_until FROM issues WHERE id = $1 AND state = $2`, issueID, digest.Sending)
		return err
	})
	return w, err
}
