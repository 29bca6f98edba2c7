package store_test

import (
	"testing"

	"postbag/digest/store"
	"postbag/subscribers/deliver"
)

// TestWhatIsLetGoBeforeTheHeadIsClaimed has one process claim rows behind those
// that another has under way and then lets go.
func TestWhatIsLetGoBeforeTheHeadIsClaimed(t *testing.T) {
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		issue := sending(t, db, 30)
		claim := func(from *store.DB, n, want int) {
			t.Helper()
			got, err := from.Exchange(t.Context(), deliver.Exchange{IssueID: issue, Claim: n, Now: start})
			if err != nil || len(got.Claimed) != want {
				t.Fatalf("claimed %d (%v), want %d", len(got.Claimed), err, want)
			}
		}
		claim(db, 10, 10)
		other := open(t, empty)
		claim(other, 5, 5)
		claim(db, 10, 10)
		if err := db.Exec(t.Context(), `UPDATE deliveries SET state = 'queued', next_try = $1 WHERE id BETWEEN 3 AND 12`, start.UnixMicro()); err != nil {
			t.Fatal(err)
		}
		claim(db, 10, 10) // five behind the head, five before it
		claim(db, 10, 5)
		claim(db, 10, 0)
		claim(other, 10, 0)
	})
}
