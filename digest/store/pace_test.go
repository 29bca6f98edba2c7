package store_test

import (
	"sync"
	"testing"
	"time"

	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// TestRateOfWorkersThatComeAndGo lets two workers begin messages side by side, at the
// same moments, with one of them coming, going and coming back: in no second, hour and
// day is there more than the limit, and little less.
func TestRateOfWorkersThatComeAndGo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rate  deliver.Rate
		tick  time.Duration
		ticks int
		want  int // at least, over all
	}{
		{deliver.Rate{Second: 10}, 17 * time.Millisecond, 120, 18},
		{deliver.Rate{Second: 100}, 11 * time.Millisecond, 120, 110},
		{deliver.Rate{Second: 50, Hour: 60}, time.Second, 60, 60},
		{deliver.Rate{Hour: 40}, 5 * time.Minute, 40, 110},
		{deliver.Rate{Hour: 40, Day: 100}, 31 * time.Minute, 80, 180},
	} {
		t.Run(tt.rate.String(), func(t *testing.T) {
			onTwo(t, func(t *testing.T, one, two *store.DB) {
				id := sending(t, one, 300)
				now := start
				var mu sync.Mutex
				var begun []time.Time
				turn := func(db *store.DB) {
					ctx := t.Context()
					x := deliver.Exchange{IssueID: id, Now: now, Rate: tt.rate, Claim: 5}
					done, err := db.Exchange(ctx, x)
					if err != nil {
						t.Error(err)
						return
					}
					x.Claim, x.Begin = 0, done.Claimed
					done, err = db.Exchange(ctx, x)
					if err != nil {
						t.Error(err)
						return
					}
					if done.Waiting > 0 && !done.Next.After(now.Add(-time.Microsecond)) {
						t.Errorf("nothing goes on before %v, which is past %v", done.Next, now)
					}
					mu.Lock()
					defer mu.Unlock()
					for range done.Begun {
						begun = append(begun, now)
					}
					// The rows are not what this is about.
					var back []deliver.Result
					for _, d := range append(done.Begun, x.Begin[len(x.Begin)-done.Waiting:]...) {
						back = append(back, deliver.Result{DeliveryID: d.ID, Fence: d.Fence, State: subscribers.Queued, At: now})
					}
					if _, err := db.Exchange(ctx, deliver.Exchange{IssueID: id, Now: now, Settle: back}); err != nil {
						t.Error(err)
					}
				}
				for i := range tt.ticks {
					now = now.Add(tt.tick)
					var both sync.WaitGroup
					both.Go(func() { turn(one) })
					if i/10%2 == 0 {
						both.Go(func() { turn(two) })
					}
					both.Wait()
				}
				never(t, begun, time.Second, tt.rate.Second)
				never(t, begun, time.Hour, float64(tt.rate.Hour))
				never(t, begun, 24*time.Hour, float64(tt.rate.Day))
				if len(begun) < tt.want {
					t.Errorf("only %d were begun", len(begun))
				}
			})
		})
	}
}

// never checks that no window has more moments than are allowed; 0 is no limit.
func never(t *testing.T, moments []time.Time, window time.Duration, most float64) {
	t.Helper()
	for i, from := range moments {
		n := 0
		for _, at := range moments[i:] {
			if at.Sub(from) < window {
				n++
			}
		}
		if most > 0 && float64(n) > most {
			t.Fatalf("%d in %v, with at most %v allowed", n, window, most)
		}
	}
}

// TestRateThatIsSetMidway sends without a limit and then with one: what has left counts, in
// the hour and in the day, also where a limit was set long before.
func TestRateThatIsSetMidway(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, db, _ *store.DB) {
		id := sending(t, db, 100)
		send := func(at time.Time, rate deliver.Rate, n int) int {
			t.Helper()
			x := deliver.Exchange{IssueID: id, Now: at, Claim: n}
			done, err := db.Exchange(t.Context(), x)
			if err != nil {
				t.Fatal(err)
			}
			x.Claim, x.Begin, x.Rate = 0, done.Claimed, rate
			if done, err = db.Exchange(t.Context(), x); err != nil {
				t.Fatal(err)
			}
			var settle []deliver.Result
			for _, d := range done.Begun {
				settle = append(settle, deliver.Result{DeliveryID: d.ID, Fence: d.Fence, State: subscribers.Delivered, At: at,
					Outcome: subscribers.Outcome{Cause: subscribers.Accepted, Code: 250}})
			}
			for _, d := range x.Begin[len(done.Begun):] {
				settle = append(settle, deliver.Result{DeliveryID: d.ID, Fence: d.Fence, State: subscribers.Queued, At: at})
			}
			if _, err := db.Exchange(t.Context(), deliver.Exchange{IssueID: id, Now: at, Settle: settle}); err != nil {
				t.Fatal(err)
			}
			return len(done.Begun)
		}
		none, hourly := deliver.Rate{}, deliver.Rate{Hour: 5}
		for i, step := range []struct {
			after time.Duration
			rate  deliver.Rate
			want  int
		}{
			{0, none, 11},
			{5 * time.Minute, hourly, 0},
			{62 * time.Minute, hourly, 5},
			{63 * time.Minute, hourly, 0},
			{63 * time.Minute, deliver.Rate{Day: 20}, 4}, // 11 without a limit, 5 with one
			{150 * time.Minute, none, 11},
			{160 * time.Minute, hourly, 0},
			{215 * time.Minute, hourly, 5},
			{26 * time.Hour, deliver.Rate{Day: 20}, 4}, // 16 of the last day
		} {
			if got := send(start.Add(step.after), step.rate, 11); got != step.want {
				t.Errorf("step %d, after %v with %s: %d begun, want %d", i, step.after, step.rate, got, step.want)
			}
		}
	})
}

// TestRateIsKeptOverARestart begins what an hour allows, and opens the database anew; a
// letter goes out all the same, and counts; a clock that was ahead holds nothing up for ever.
func TestRateIsKeptOverARestart(t *testing.T) {
	t.Parallel()
	path := storetest.Database(t)
	rate := deliver.Rate{Hour: 20}
	db, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	id := sending(t, db, 100)
	begin := func(at time.Time) (int, time.Time) {
		t.Helper()
		x := deliver.Exchange{IssueID: id, Now: at, Claim: 30}
		done, err := db.Exchange(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		x.Claim, x.Begin, x.Rate = 0, done.Claimed, rate
		if done, err = db.Exchange(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		return len(done.Begun), done.Next
	}
	again := func() {
		t.Helper()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if db, err = store.Open(t.Context(), path, store.Options{}); err != nil {
			t.Fatal(err)
		}
		r := deliver.Recovery{IssueID: id, Policy: subscribers.Resend, Retry: start, Now: start}
		if _, err := db.Recover(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	defer func() { _ = db.Close() }()
	now := start
	if n, _ := begin(now); n != 20 {
		t.Errorf("%d were begun", n)
	}
	again()
	if n, next := begin(now.Add(30 * time.Minute)); n != 0 || next.Sub(now) < time.Hour || next.Sub(now) > time.Hour+time.Minute {
		t.Errorf("%d more were begun, and it goes on at %v", n, next)
	}
	again()
	if n, _ := begin(now.Add(61 * time.Minute)); n != 20 {
		t.Errorf("%d were begun in the next hour", n)
	}
	again()
	// The clock is put back by a year.
	back := now.AddDate(-1, 0, 0)
	n, next := begin(back)
	if n != 0 || next.Sub(back) > time.Hour+time.Minute {
		t.Errorf("after the clock was put back %d were begun, and it goes on at %v", n, next)
	}
}
