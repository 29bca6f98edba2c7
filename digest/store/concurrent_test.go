package store_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
	"postbag/subscribers/signup"
)

// These tests open one database twice, as two processes do, and let both do the
// same thing at once.

func onTwo(t *testing.T, run func(t *testing.T, one, two *store.DB)) {
	onBoth(t, func(t *testing.T, empty string) {
		one := open(t, empty)
		run(t, one, open(t, empty))
	})
}

// atOnce runs fn for each number from 0 to n-1 at the same time, even ones on
// one database and odd ones on two.
func atOnce(t *testing.T, n int, one, two *store.DB, fn func(i int, db *store.DB) error) {
	t.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		db := one
		if i%2 == 1 {
			db = two
		}
		wg.Go(func() { errs[i] = fn(i, db) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestTwoPullTheSamePages(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		source := addSource(t, one)
		const pages, entries = 6, 40
		var mu sync.Mutex
		fresh := 0
		atOnce(t, 4, one, two, func(_ int, db *store.DB) error {
			for i := range pages {
				got, err := db.StorePage(t.Context(), pageOf(source, strconv.Itoa(i), entries))
				if err != nil {
					return err
				}
				mu.Lock()
				fresh += got.NewComments
				mu.Unlock()
			}
			return nil
		})
		if n := count(t, one, "comments"); n != pages*entries || fresh != n {
			t.Errorf("%d comments, of which %d were new to somebody; want %d", n, fresh, pages*entries)
		}
		if n := count(t, one, "comments WHERE post_id IS NULL OR parent_ref <> '' AND parent_id IS NULL"); n != 0 {
			t.Errorf("%d comments are not tied", n)
		}
	})
}

func TestTwoOpenADraft(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		addSource(t, one)
		var before int64
		for round := 1; round <= 5; round++ {
			var mu sync.Mutex
			made, drafts := 0, map[int64]bool{}
			atOnce(t, 6, one, two, func(_ int, db *store.DB) error {
				issue, created, err := db.OpenDraft(t.Context(), tester, 1, start, start)
				mu.Lock()
				defer mu.Unlock()
				drafts[issue.ID] = true
				if created {
					made++
				}
				return err
			})
			if made != 1 || len(drafts) != 1 || drafts[before] {
				t.Fatalf("round %d: %d drafts made, with the ids %v after %d", round, made, drafts, before)
			}
			issue, _, err := one.OpenDraft(t.Context(), tester, 1, start, start)
			if err != nil {
				t.Fatal(err)
			}
			if issue.Number != 1 { // who skips an issue leaves its number to the next
				t.Fatalf("round %d: the draft has the number %d", round, issue.Number)
			}
			before = issue.ID
			if err := one.MoveIssue(t.Context(), tester, issue.ID, digest.Skipped, start, digest.AsSeen{}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTwoSaveADraft(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		addSource(t, one)
		issue, _, err := one.OpenDraft(t.Context(), tester, 1, start, start)
		if err != nil {
			t.Fatal(err)
		}
		const editors = 6
		var mu sync.Mutex
		saved := 0
		atOnce(t, editors, one, two, func(i int, db *store.DB) error {
			mine := issue
			mine.Title = fmt.Sprint("by editor ", i)
			mine.Blocks = []digest.Block{{Kind: digest.HeadingBlock, Text: mine.Title}}
			err := db.SaveDraft(t.Context(), &mine, anEdit)
			if digest.KindOf(err) == digest.Conflict {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			saved++
			return err
		})
		got, err := one.Issue(t.Context(), 1, 1)
		if err != nil || saved != 1 || len(got.Blocks) != 1 || got.Blocks[0].Text != got.Title {
			t.Errorf("%d saved; the draft is %q with %v, %v", saved, got.Title, got.Blocks, err)
		}
	})
}

func TestTwoEnrolTheSamePeople(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		const readers = 60
		var mu sync.Mutex
		added := 0
		atOnce(t, 4, one, two, func(_ int, db *store.DB) error {
			people := make([]roster.Entry, readers)
			for i := range people {
				email := fmt.Sprintf("reader%d@list.example", i)
				people[i] = roster.Entry{Subscriber: subscribers.Subscriber{Email: email, Key: email,
					State: subscribers.Active, Token: subscribers.NewToken()}, Consent: subscribers.Consent{At: start}}
			}
			outcomes, err := db.Enrol(t.Context(), digest.Audited{}, people, false)
			mu.Lock()
			defer mu.Unlock()
			for _, o := range outcomes {
				if o == roster.Added {
					added++
				}
			}
			return err
		})
		if n := count(t, one, "subscribers"); n != readers || added != readers {
			t.Errorf("%d subscribers, %d of them said to be added; want %d", n, added, readers)
		}
	})
}

// TestManyAskForOneMailbox holds the limit while requests come in at once.
func TestManyAskForOneMailbox(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		const most = 3
		var mu sync.Mutex
		mailed := 0
		atOnce(t, 10, one, two, func(i int, db *store.DB) error {
			queued, err := db.Request(t.Context(), signup.Request{
				Email: "ada@list.example", Key: "ada@list.example", Mailbox: "ada@list.example",
				Network: "192.0.2." + strconv.Itoa(i), Token: subscribers.NewToken(), Confirm: subscribers.NewToken(),
				Consent: subscribers.Consent{At: start}, Expires: start.Add(time.Hour),
				Limits: signup.Limits{PerMailboxDay: most},
			})
			mu.Lock()
			defer mu.Unlock()
			if queued {
				mailed++
			}
			return err
		})
		if n := count(t, one, "subscribers"); n != 1 || mailed != most || count(t, one, "signups") != 10 {
			t.Errorf("%d subscribers, %d mails, want 1 and %d", n, mailed, most)
		}
		// A claim may be taken back by the next, which looks as if it came from the same
		// process; a letter is begun once.
		var begun [4]int
		atOnce(t, len(begun), one, two, func(i int, db *store.DB) error {
			for {
				got, err := db.ClaimLetters(t.Context(), deliver.LetterClaim{Most: 2, Now: start, Retry: start.Add(time.Minute)})
				if err != nil || len(got) == 0 {
					return err
				}
				for _, l := range got {
					_, ok, err := db.BeginLetter(t.Context(), l)
					if err != nil {
						return err
					}
					if ok {
						begun[i]++
					}
				}
			}
		})
		if sum := begun[0] + begun[1] + begun[2] + begun[3]; sum != most {
			t.Errorf("letters were begun %v times, want %d in all", begun, most)
		}
	})
}

// TestTwoWorkOneIssue delivers from two processes while it is paused and resumed:
// nobody gets two messages, nobody none, and nothing is claimed during a pause.
func TestTwoWorkOneIssue(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		const readers = 240
		issue := sending(t, one, readers)
		var mu sync.Mutex
		seen := map[int64]int{}
		claim := func(db *store.DB, x deliver.Exchange) ([]subscribers.Delivery, error) {
			claimed, err := claimAndBegin(t.Context(), db, x)
			mu.Lock()
			defer mu.Unlock()
			for _, d := range claimed {
				seen[d.SubscriberID]++
			}
			return claimed, err
		}
		atOnce(t, 5, one, two, func(i int, db *store.DB) error {
			if i == 4 {
				return pauses(t, db, issue)
			}
			x := deliver.Exchange{IssueID: issue, Claim: 3, Now: start, Worker: joined(t, db)}
			for {
				claimed, err := claim(db, x)
				if err != nil {
					return err
				}
				x.Settle = results(claimed)
				if len(claimed) > 0 {
					continue
				}
				if done, err := db.Finish(t.Context(), issue, start); done || err != nil {
					return err
				}
				time.Sleep(time.Millisecond)
			}
		})
		if len(seen) != readers {
			t.Errorf("%d readers got a message, want %d", len(seen), readers)
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("reader %d got %d messages", id, n)
			}
		}
		countsAgree(t, one)
	})
}

// joined makes a worker and gives its id, 0 where there can be one and another is.
func joined(t *testing.T, db *store.DB) int64 {
	member, err := db.Join(t.Context(), work.Joining{Name: "test"})
	if err != nil {
		return 0
	}
	t.Cleanup(member.Leave)
	return member.ID()
}

func results(claimed []subscribers.Delivery) (all []deliver.Result) {
	for _, d := range claimed {
		all = append(all, deliver.Result{DeliveryID: d.ID, Fence: d.Fence, State: subscribers.Delivered, At: start,
			Outcome: subscribers.Outcome{Cause: subscribers.Accepted, Code: 250, Reply: "2.0.0 Ok: queued as 4F7A1"}})
	}
	return all
}

// claimAndBegin settles, claims, and begins what it claimed.
func claimAndBegin(ctx context.Context, db *store.DB, x deliver.Exchange) ([]subscribers.Delivery, error) {
	claimed, err := db.Exchange(ctx, x)
	if err != nil || len(claimed.Claimed) == 0 {
		return nil, err
	}
	begun, err := db.Exchange(ctx, deliver.Exchange{IssueID: x.IssueID, Worker: x.Worker, Begin: claimed.Claimed, Now: x.Now})
	return begun.Begun, err
}

// pauses pauses and resumes an issue until it is sent, and looks that the ledger
// rests in between.
func pauses(t *testing.T, db *store.DB, issue int64) error {
	for range 10 {
		err := db.SetIssueState(t.Context(), tester, issue, digest.Paused, digest.Pause{Cause: digest.PauseByHand}, start, digest.AsSeen{})
		if digest.KindOf(err) == digest.Conflict {
			return nil // it is sent
		}
		if err != nil {
			return err
		}
		before, err := db.Counts(t.Context(), issue)
		if err != nil {
			return err
		}
		time.Sleep(3 * time.Millisecond)
		after, err := db.Counts(t.Context(), issue)
		if err != nil {
			return err
		}
		// What was claimed before may be queued again.
		if before[subscribers.Queued] > after[subscribers.Queued] || before[subscribers.InFlight] < after[subscribers.InFlight] {
			return fmt.Errorf("claimed or begun during a pause: %v became %v", before, after)
		}
		if err := db.SetIssueState(t.Context(), tester, issue, digest.Sending, digest.Pause{}, start, digest.AsSeen{}); err != nil {
			return err
		}
		time.Sleep(3 * time.Millisecond)
	}
	return nil
}

// TestWithdrawnWhileSettling withdraws an issue while messages are deferred: no
// row waits for an issue that never goes on.
func TestWithdrawnWhileSettling(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		issue := sending(t, one, 200)
		claimed, err := claimAndBegin(t.Context(), one, deliver.Exchange{IssueID: issue, Claim: 100, Now: start})
		if err != nil {
			t.Fatal(err)
		}
		atOnce(t, 5, one, two, func(i int, db *store.DB) error {
			if i == 2 {
				return db.MoveIssue(t.Context(), tester, issue, digest.Withdrawn, start, digest.AsSeen{})
			}
			for _, d := range claimed[i*20 : i*20+20] {
				x := deliver.Exchange{IssueID: issue, Claim: 1, Now: start, Settle: []deliver.Result{{DeliveryID: d.ID,
					Fence: d.Fence, State: subscribers.Deferred, NextTry: start.Add(time.Hour), At: start}}}
				if _, err := db.Exchange(t.Context(), x); err != nil {
					return err
				}
			}
			return nil
		})
		counts, err := one.Counts(t.Context(), issue)
		if err != nil || counts[subscribers.Deferred] != 0 || counts[subscribers.Queued] != 0 {
			t.Errorf("counts are %v (%v): rows wait for good", counts, err)
		}
	})
}

// TestApprovedWhilePulling keeps every comment in some window: one stored after
// an approval is seen after it.
func TestApprovedWhilePulling(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		source := addSource(t, one)
		for round := range 8 {
			issue, _, err := one.OpenDraft(t.Context(), tester, 1, start, start)
			if err != nil {
				t.Fatal(err)
			}
			moment := start.Add(time.Duration(round+1) * time.Hour)
			issue.Frozen, issue.ApprovedAt = &digest.Frozen{}, moment
			var before int
			atOnce(t, 2, one, two, func(i int, db *store.DB) error {
				if i == 1 {
					if err := db.Approve(t.Context(), tester, &issue, nil); err != nil {
						return err
					}
					before = count(t, db, "comments WHERE guid LIKE '"+strconv.Itoa(round)+"-%'")
					return nil
				}
				page := pageOf(source, strconv.Itoa(round), 30)
				page.Seen = moment.Add(-time.Minute) // fetched before the approval
				_, err := db.StorePage(t.Context(), page)
				return err
			})
			late := fmt.Sprintf("comments WHERE guid LIKE '%d-%%' AND first_seen <= %d", round, moment.UnixMicro())
			if n := count(t, one, late); before == 0 && n != 0 {
				t.Errorf("round %d: %d comments stored after the approval belong to the window before", round, n)
			}
		}
	})
}

// TestTwoFirstSources makes one series of two sources added at once.
func TestTwoFirstSources(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		atOnce(t, 6, one, two, func(i int, db *store.DB) error {
			src := digest.Source{Name: "Nights", URL: fmt.Sprint("https://blog", i, ".example/"), Platform: digest.Blogger, AddedAt: start}
			return db.AddSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, &src, nil, digest.Series{Slug: "s", Name: "S", Schedule: "0 18 * * 0", Zone: "UTC", CreatedAt: start})
		})
		if s, m := count(t, one, "series"), count(t, one, "series_sources"); s != 1 || m != 6 {
			t.Errorf("%d series with %d sources, want 1 and 6", s, m)
		}
	})
}

// TestConfirmedWhileSwept sweeps while old requests are confirmed or made anew:
// whoever is told that they are in, is in.
func TestConfirmedWhileSwept(t *testing.T) {
	t.Parallel()
	onTwo(t, func(t *testing.T, one, two *store.DB) {
		const people = 30
		tokens := make([]string, people)
		ask := func(db *store.DB, i int, at time.Time, token string) error {
			key := fmt.Sprintf("reader%d@list.example", i)
			_, err := db.Request(t.Context(), signup.Request{Email: key, Key: key, Mailbox: key, Token: subscribers.NewToken(),
				Confirm: token, Consent: subscribers.Consent{At: at}, Expires: at.Add(time.Hour * 24 * 90)})
			return err
		}
		for i := range tokens {
			tokens[i] = subscribers.NewToken()
			if err := ask(one, i, start, tokens[i]); err != nil {
				t.Fatal(err)
			}
		}
		later := start.Add(24 * 30 * time.Hour)
		var confirmed [people]bool
		atOnce(t, 4, one, two, func(i int, db *store.DB) error {
			switch i {
			case 0:
				_, err := db.Sweep(t.Context(), later.Add(-time.Hour), later.Add(-time.Hour))
				return err
			case 1:
				for j := range people / 2 {
					_, err := db.Confirm(t.Context(), tokens[j], subscribers.Consent{At: later})
					if err != nil && digest.KindOf(err) != digest.NotFound {
						return err
					}
					confirmed[j] = err == nil
				}
			case 2:
				for j := people / 2; j < people; j++ {
					tokens[j] = subscribers.NewToken()
					if err := ask(db, j, later, tokens[j]); err != nil {
						return err
					}
				}
			}
			return nil
		})
		for i, token := range tokens {
			_, err := one.Confirmation(t.Context(), token)
			if wanted := confirmed[i] || i >= people/2; wanted && err != nil {
				t.Errorf("reader %d asked or confirmed, and is gone: %v", i, err)
			}
		}
	})
}

// TestHoldWaitsForWhatIsBeingBegun holds the sending while a mail is being begun
// that nobody else can see yet: once it is held, what was begun is on the wire.
func TestHoldWaitsForWhatIsBeingBegun(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	one, two := open(t, dsn), open(t, dsn)
	issue := sending(t, one, 10)
	for _, statement := range []string{
		`CREATE FUNCTION slow() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NEW; END $$`,
		`CREATE TRIGGER slow BEFORE INSERT ON on_wire FOR EACH ROW EXECUTE FUNCTION slow()`,
	} {
		if err := one.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	ahead, err := two.Exchange(t.Context(), deliver.Exchange{IssueID: issue, Claim: 10, Now: start})
	if err != nil {
		t.Fatal(err)
	}
	begun := make(chan error, 1)
	go func() {
		_, err := two.Exchange(t.Context(), deliver.Exchange{IssueID: issue, Begin: ahead.Claimed, Now: start})
		begun <- err
	}()
	eventually(t, "a mail is being begun", func() bool { return storetest.Waiting(t, dsn) > 0 })
	if _, err := one.Hold(t.Context(), storetest.Tester, "moving", start); err != nil {
		t.Fatal(err)
	}
	n, err := one.OnTheWire(t.Context())
	if err := errors.Join(err, <-begun); err != nil {
		t.Fatal(err)
	}
	after, err := one.OnTheWire(t.Context())
	if err != nil || n != after {
		t.Errorf("%d were on the wire when it was held, and then %d (%v)", n, after, err)
	}
}

// TestWorkerEndsDuringRecovery ends a worker while another takes back the rows of those
// that have ended: what it hands over then is not queued again, which would send it twice
// where the policy is to send nothing twice.
func TestWorkerEndsDuringRecovery(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	one, two := open(t, dsn), open(t, dsn)
	issue := sending(t, one, 3)
	begun, err := claimAndBegin(t.Context(), one, deliver.Exchange{IssueID: issue, Worker: joined(t, one), Claim: 2, Now: start})
	if err != nil || len(begun) != 2 {
		t.Fatal(len(begun), err)
	}
	if err := two.Exec(t.Context(), `UPDATE deliveries SET next_try = 4000000000000000 WHERE state = 'queued'`); err != nil {
		t.Fatal(err)
	}
	release := one.HoldRow(t, `SELECT id FROM deliveries WHERE state = 'queued' FOR UPDATE`)
	recovered := make(chan error, 1)
	go func() {
		_, err := two.Recover(t.Context(), deliver.Recovery{IssueID: issue, Worker: 0, Policy: subscribers.HoldUncertain, Retry: start, Now: start})
		recovered <- err
	}()
	eventually(t, "rows are being taken back", func() bool { return storetest.Waiting(t, dsn) > 0 })
	if err := two.Exec(t.Context(), `UPDATE workers SET ended_at = leased_until`); err != nil {
		t.Fatal(err)
	}
	release()
	if err := <-recovered; err != nil {
		t.Fatal(err)
	}
	for _, recovery := range []string{"of the one that was at work", "of the next"} {
		c, err := two.Counts(t.Context(), issue)
		if err != nil || c[subscribers.Queued] != 1 {
			t.Errorf("after the recovery %s the rows are %v (%v): what was on the wire is queued again", recovery, c, err)
		}
		if _, err := two.Recover(t.Context(), deliver.Recovery{IssueID: issue, Policy: subscribers.HoldUncertain, Retry: start, Now: start}); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := two.Counts(t.Context(), issue); err != nil || c[subscribers.Uncertain] != 2 {
		t.Errorf("at the end the rows are %v (%v), want two in doubt", c, err)
	}
}
