package store_test

import (
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// TestResultsOfOneExchange settles results of every sort at once.
func TestResultsOfOneExchange(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		issue := sending(t, db, 6)
		claimed, err := claimAndBegin(t.Context(), db, deliver.Exchange{IssueID: issue, Claim: 6, Now: start})
		if err != nil || len(claimed) != 6 {
			t.Fatal(claimed, err)
		}
		later := start.Add(time.Hour)
		all := results(claimed)
		all[1].State, all[1].NextTry, all[1].Code, all[1].Reply = subscribers.Deferred, later, 451, "4.7.1 «später» <\"a\" & b>\nonce more"
		all[2].State, all[2].Code = subscribers.Failed, 550
		all[3].State, all[3].NextTry = subscribers.Queued, time.Time{}
		all[4].Fence++ // of a claim that never was
		again := all[2]
		again.State = subscribers.Delivered // too late
		stale := all[5]
		stale.Fence++
		all = append([]deliver.Result{stale}, append(all, again)...)
		if _, err := db.Exchange(t.Context(), deliver.Exchange{IssueID: issue, Settle: all, Now: start}); err != nil {
			t.Fatal(err)
		}
		want := []subscribers.DeliveryState{subscribers.Delivered, subscribers.Deferred, subscribers.Failed,
			subscribers.Queued, subscribers.InFlight, subscribers.Delivered}
		rows, err := db.Deliveries(t.Context(), issue, 0)
		if err != nil || len(rows) != len(want) {
			t.Fatal(rows, err)
		}
		for i, row := range rows {
			if row.State != want[i] {
				t.Errorf("row %d is %s, want %s", i, row.State, want[i])
			}
		}
		if got := rows[1]; got.Code != 451 || got.Reply != "4.7.1 «später» <\"a\" & b>\nonce more" || !got.NextTry.Equal(later) {
			t.Errorf("the row put off is %+v", got)
		}
		if got := rows[0]; !got.NextTry.IsZero() || got.Code != 250 {
			t.Errorf("the row sent is %+v", got)
		}
	})
}

// TestResultsOfAnotherIssue settles nothing.
func TestResultsOfAnotherIssue(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		issue := sending(t, db, 2)
		claimed, err := claimAndBegin(t.Context(), db, deliver.Exchange{IssueID: issue, Claim: 2, Now: start})
		if err != nil {
			t.Fatal(err)
		}
		if err := settleFor(t, db, issue+1, results(claimed)); err != nil {
			t.Fatal(err)
		}
		all := results(claimed)
		all[1].State = subscribers.Cancelled
		if err := settleFor(t, db, issue, all); digest.KindOf(err) != digest.Invalid {
			t.Errorf("a row under way was cancelled: %v", err)
		}
		counts, err := db.Counts(t.Context(), issue)
		if err != nil || counts[subscribers.InFlight] != 2 {
			t.Errorf("the rows are %v (%v), want all under way", counts, err)
		}
	})
}

func settleFor(t *testing.T, db *store.DB, issue int64, all []deliver.Result) error {
	t.Helper()
	_, err := db.Exchange(t.Context(), deliver.Exchange{IssueID: issue, Settle: all, Now: start})
	return err
}

// TestOnTheWireOfAnotherKindOfDatabase recovers what was on the wire when the rows are as
// the other kind of database keeps claims: one was copied into the other.
func TestOnTheWireOfAnotherKindOfDatabase(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, empty string) {
		db := open(t, empty)
		issue := sending(t, db, 3)
		begun, err := claimAndBegin(t.Context(), db, deliver.Exchange{IssueID: issue, Claim: 2, Now: start})
		if err != nil || len(begun) != 2 {
			t.Fatal(len(begun), err)
		}
		err = db.Exec(t.Context(), `UPDATE deliveries SET state = CASE state WHEN 'claimed' THEN 'queued' ELSE 'claimed' END,
			fence = fence + CASE state WHEN 'claimed' THEN -1 ELSE 1 END WHERE id IN ($1, $2)`, begun[0].ID, begun[1].ID)
		if err != nil {
			t.Fatal(err)
		}
		n, err := db.Recover(t.Context(), deliver.Recovery{IssueID: issue, Policy: subscribers.HoldUncertain, Retry: start, Now: start})
		if err != nil || n != 2 {
			t.Errorf("%d are in doubt, %v", n, err)
		}
		if c, err := db.Counts(t.Context(), issue); err != nil || c[subscribers.Uncertain] != 2 || c.Total() != 3 {
			t.Errorf("counts %v, %v", c, err)
		}
	})
}
