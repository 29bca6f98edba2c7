package store_test

import (
	"testing"

	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// TestWhatIsLetGoBeforeTheHeadIsClaimed has one process claim rows behind those
// that another has under way and then lets go.
func TestWhatIsLetGoBeforeTheHeadIsClaimed(t *testing.T) {
	t.Parallel()
	empty := storetest.Postgres(t)
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
}

// TestWhatIsHandedBackIsClaimed lets go of rows before and behind others that stay
// claimed.
func TestWhatIsHandedBackIsClaimed(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		issue := sending(t, db, 30)
		exchange := func(x deliver.Exchange, want int) []subscribers.Delivery {
			t.Helper()
			x.IssueID, x.Now = issue, start
			got, err := db.Exchange(t.Context(), x)
			if err != nil || len(got.Claimed) != want {
				t.Fatalf("claimed %d (%v), want %d", len(got.Claimed), err, want)
			}
			return got.Claimed
		}
		first := exchange(deliver.Exchange{Claim: 20}, 20)
		var back []deliver.Result
		for _, d := range first[2:12] {
			back = append(back, deliver.Result{DeliveryID: d.ID, Fence: d.Fence, State: subscribers.Queued, NextTry: d.NextTry, At: start})
		}
		exchange(deliver.Exchange{Settle: back}, 0)
		seen := map[int64]bool{}
		for _, d := range append(exchange(deliver.Exchange{Claim: 12}, 12), exchange(deliver.Exchange{Claim: 12}, 8)...) {
			seen[d.ID] = true
		}
		for i, d := range first {
			if handedBack := i >= 2 && i < 12; seen[d.ID] != handedBack {
				t.Errorf("row %d, handed back %v, was claimed again: %v", i, handedBack, seen[d.ID])
			}
		}
		exchange(deliver.Exchange{Claim: 5}, 0)
	})
}
