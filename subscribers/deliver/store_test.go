package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/smtptest"
	"postbag/subscribers/roster"
)

// publishedIssue makes a database in a file with a published issue and some
// readers, and gives the issue's id.
func publishedIssue(t testing.TB, path string, readers int, clock digest.Clock) (*store.DB, int64) {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, path, store.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := clock.Now()
	src := digest.Source{Name: "depot", URL: "https://depot.example/", Platform: digest.Blogger, Language: "en", AddedAt: now}
	must(db.AddSource(ctx, digest.Actor{Kind: digest.ByCommand}, &src, []digest.FeedState{{Kind: digest.PostsFeed, URL: src.URL + "posts"}}, digest.Series{
		Slug: "pick-of-the-week", Name: "Pick of the Week", Schedule: digest.DefaultSeriesSchedule, Zone: "UTC",
		NextNumber: 1, Deadline: digest.Hold, CreatedAt: now,
	}))
	series, err := db.SeriesList(ctx)
	must(err)
	issue, _, err := db.OpenDraft(ctx, storetest.Tester, series[0].ID, now, now.Add(time.Hour))
	must(err)
	issue.ApprovedAt = now
	issue.Frozen = &digest.Frozen{Title: "Nights", Number: 1, Date: now, Blocks: []digest.FrozenBlock{{Kind: digest.HeadingBlock, Heading: "x"}}}
	must(db.Approve(ctx, storetest.Tester, &issue, nil))
	must(db.MoveIssue(ctx, storetest.Tester, issue.ID, digest.Published, now, digest.AsSeen{}))
	var people []roster.Entry
	for i := range readers {
		email := fmt.Sprintf("reader%d@example.org", i+1)
		people = append(people, roster.Entry{
			Subscriber: subscribers.Subscriber{Email: email, Key: email, State: subscribers.Active, Frequency: subscribers.Every,
				Token: subscribers.NewToken(), CreatedAt: now, ConfirmedAt: now},
			Consent: subscribers.Consent{At: now, Page: "test", Wording: "yes"}, Mailbox: email,
		})
	}
	_, err = db.Enrol(ctx, digest.Audited{}, people, false)
	must(err)
	return db, issue.ID
}

// TestStoreThroughTroubles sends with the real ledger to a server with every
// trouble at once, and counts at the server.
func TestStoreThroughTroubles(t *testing.T) {
	const readers = 300
	clock := newClock()
	db, id := publishedIssue(t, storetest.Database(t), readers, clock)
	defer db.Close()
	var n atomic.Int32
	grey := newSeen()
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		k := n.Add(1)
		switch {
		case st.Verb == "MAIL" && st.Nth == 20:
			return smtptest.Act{Reply: "421 4.3.2 that is enough"}
		case st.Verb == "RCPT" && st.Arg == "reader13@example.org":
			return smtptest.Act{Reply: "550 5.1.1 no such user"}
		case st.Verb == "RCPT" && k%11 == 0 && grey.first(st.Arg):
			return smtptest.Act{Reply: "450 4.2.0 greylisted"}
		case st.Verb == "BODY" && k%97 == 0:
			return smtptest.Act{Take: true, Cut: true}
		case st.Verb == "BODY" && k%13 == 0:
			return smtptest.Act{Reply: "250 2.0.0 taken", Cut: true}
		}
		return smtptest.Act{}
	})
	sender := deliver.New(deliver.Options{Ledger: db, Transport: transport(t, "smtp://"+server.Addr, ""), Clock: clock})
	job := deliver.Job{Mailing: subscribers.Mailing{IssueID: id, Begun: clock.Now(), Domain: "example.net"}, From: from("bus@example.net"), Compose: composer}
	var s deliver.Summary
	for range readers {
		var err error
		if s, err = sender.Run(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		if s.Finished {
			break
		}
		clock.Advance(s.NextTry.Sub(clock.Now()))
	}
	if !s.Finished || s.Counts.Total() != readers || s.Counts[subscribers.Failed] != 1 {
		t.Errorf("summary %+v", s)
	}
	copies := server.Copies()
	delete(copies, "reader13@example.org")
	if len(copies) != readers-1 {
		t.Errorf("%d readers got a copy", len(copies))
	}
	for to, c := range copies {
		if c > 2 {
			t.Errorf("%s got %d copies", to, c)
		}
	}
	oneIDPerReader(t, server.Taken())
}

// TestStoreStoppedAgainAndAgain stops the run at random moments, as SIGTERM
// does, with a fresh sender each time.
func TestStoreStoppedAgainAndAgain(t *testing.T) {
	const readers = 200
	clock := newClock()
	db, id := publishedIssue(t, storetest.Database(t), readers, clock)
	defer db.Close()
	var stop atomic.Pointer[context.CancelFunc]
	var n atomic.Int32
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		if n.Add(1)%53 == 0 {
			(*stop.Load())()
		}
		return smtptest.Act{}
	})
	job := deliver.Job{Mailing: subscribers.Mailing{IssueID: id, Begun: clock.Now(), Domain: "example.net"}, From: from("bus@example.net"), Compose: composer}
	for range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		stop.Store(&cancel)
		sender := deliver.New(deliver.Options{Ledger: db, Transport: transport(t, "smtp://"+server.Addr, ""), Clock: clock, Concurrency: 4})
		s, err := sender.Run(ctx, job)
		cancel()
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if c, err := db.Counts(t.Context(), id); err != nil || c[subscribers.InFlight] != 0 {
			t.Fatalf("%v, %v", c, err)
		}
		if s.Finished {
			break
		}
	}
	copies := server.Copies()
	for i := range readers {
		if to := fmt.Sprintf("reader%d@example.org", i+1); copies[to] != 1 {
			t.Errorf("%s got %d copies", to, copies[to])
		}
	}
}
