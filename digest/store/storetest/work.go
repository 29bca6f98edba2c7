package storetest

import (
	"context"
	"errors"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// join makes a worker until the test ends.
func (b *bench) join() work.Member {
	b.Helper()
	p := must(b.Join(b.ctx(), work.Joining{Name: "test"}))
	b.Cleanup(p.Leave)
	return p
}

// claim takes what is due, or fails the test.
func (b *bench) claim(p work.Member, now time.Time, kinds ...work.Kind) work.Lease {
	b.Helper()
	l, ok, err := b.Claim(b.ctx(), p.ID(), kinds, now)
	b.must(err)
	if !ok {
		b.Fatalf("nothing of %v is due at %s", kinds, now)
	}
	return l
}

// idle makes sure that nothing is due.
func (b *bench) idle(p work.Member, now time.Time, kinds ...work.Kind) {
	b.Helper()
	l, ok, err := b.Claim(b.ctx(), p.ID(), kinds, now)
	b.must(err)
	if ok {
		b.Fatalf("%s is due at %s", l.Name, now)
	}
}

// duty gives a duty as it is listed.
func (b *bench) duty(name string) work.Listed {
	b.Helper()
	all := must(b.Duties(b.ctx(), 0))
	i := slices.IndexFunc(all, func(l work.Listed) bool { return l.Name == name })
	if i < 0 {
		b.Fatalf("there is no duty %s among %d", name, len(all))
	}
	return all[i]
}

const weeklyDeadline = "deadline:" + digest.DefaultSeriesSlug

var workTests = []test{
	{"a worker has its id until it leaves", func(b *bench) {
		p := b.join()
		b.equal("valid", [2]bool{p.Valid(), p.Context().Err() == nil}, [2]bool{true, true})
		b.equal("present", p.Present(), 1)
		_, err := b.Join(b.ctx(), work.Joining{Name: "other", Alone: true})
		b.wantKind(err, digest.Conflict)
		if digest.HintOf(err) == "" {
			b.Fatal("no hint")
		}
		p.Leave()
		p.Leave()
		b.equal("valid after it was left", p.Valid(), false)
		b.equal("its end", p.Context().Err(), context.Canceled)
		_, _, err = b.Claim(b.ctx(), p.ID(), []work.Kind{work.Pull}, start)
		b.must(err) // nothing is due, so nobody asks who comes
		again := must(b.Join(b.ctx(), work.Joining{Name: "other", Alone: true}))
		if again.ID() == p.ID() {
			b.Fatal("an id was used again")
		}
		again.Leave()
	}},
	{"a source that is added is pulled at once, and again when its feeds say", func(b *bench) {
		p := b.join()
		src, feeds := b.source("nightbus")
		name := work.NameOf(work.Pull, src.ID)
		l := b.claim(p, start, work.Pull)
		b.equal("the duty", [3]any{l.Name, l.Subject, l.Room}, [3]any{name, src.ID, "nightbus.example"})
		b.idle(p, start, work.Pull)
		b.equal("the worker", b.duty(name).Worker, "test")
		for i := range feeds {
			feeds[i].NextPoll = after(time.Duration(2+i) * time.Hour)
			b.must(b.SaveFeed(work.WithLease(b.ctx(), l), feeds[i], time.Time{}))
		}
		b.must(b.Complete(b.ctx(), l, work.Outcome{Next: after(time.Minute), Now: start}))
		listed := b.duty(name)
		b.equal("next", listed.Next, after(2*time.Hour))
		b.equal("runs", [3]any{listed.Runs, listed.Worker, listed.LastDone}, [3]any{int64(1), "", start})
		b.idle(p, after(2*time.Hour-time.Microsecond), work.Pull)
		b.claim(p, after(2*time.Hour), work.Pull)
	}},
	{"a removed source is pulled no more, and its pull's lease is gone", func(b *bench) {
		p := b.join()
		src, feeds := b.source("nightbus")
		l := b.claim(p, start, work.Pull)
		b.must(b.RemoveSource(b.ctx(), tester, src.ID))
		b.wantKind(errOf(b.StorePage(work.WithLease(b.ctx(), l), pull.Page{SourceID: src.ID, Seen: start})), digest.NotFound)
		b.wantKind(b.Complete(b.ctx(), l, work.Outcome{Now: start}), digest.Conflict)
		b.must(b.HandBack(b.ctx(), l))
		b.idle(p, after(time.Hour), work.Pull)
		again, _ := b.source("nightbus")
		b.equal("added again", [2]any{again.ID, len(feeds)}, [2]any{b.claim(p, start, work.Pull).Subject, 2})
	}},
	{"two blogs at one host are pulled one after the other", func(b *bench) {
		p := b.join()
		one, _ := b.source("nightbus")
		two := digest.Source{Name: "Letters", URL: "https://nightbus.example/letters", AddedAt: start}
		b.must(b.AddSource(b.ctx(), tester, &two, []digest.FeedState{{Kind: digest.PostsFeed, URL: "https://NIGHTBUS.example/letters/posts"}}, firstSeries))
		l := b.claim(p, start, work.Pull)
		b.idle(p, start, work.Pull)
		b.equal("what waits for the host is not due", must(b.NextDue(b.ctx(), []work.Kind{work.Pull}, start)).IsZero(), true)
		b.wantKind(errOf(b.ClaimNamed(b.ctx(), p.ID(), work.NameOf(work.Pull, two.ID), start)), digest.Conflict)
		b.must(b.Complete(b.ctx(), l, work.Outcome{Next: after(time.Minute), Now: start}))
		b.equal("then", b.claim(p, start, work.Pull).Subject, two.ID+one.ID-l.Subject)
	}},
	{"a lease that another has taken writes nothing", func(b *bench) {
		p := b.join()
		src, feeds := b.source("nightbus")
		old := b.claim(p, start, work.Pull)
		b.must(b.HandBack(b.ctx(), old)) // as when its worker is ended
		l := b.claim(p, start, work.Pull)
		b.equal("the fence", l.Fence, old.Fence+1)
		ctx := work.WithLease(b.ctx(), old)
		b.wantKind(errOf(b.StorePage(ctx, pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p1", start, "h")}})), digest.Conflict)
		b.wantKind(b.SaveFeed(ctx, feeds[0], time.Time{}), digest.Conflict)
		_, _, err := b.OpenDraft(ctx, tester, b.series().ID, start, after(time.Hour))
		b.wantKind(err, digest.Conflict)
		b.wantKind(b.Complete(b.ctx(), old, work.Outcome{Now: start}), digest.Conflict)
		b.equal("posts", len(must(b.Posts(b.ctx(), digest.PostFilter{}))), 0)
		_, err = b.StorePage(work.WithLease(b.ctx(), l), pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p1", start, "h")}})
		b.must(err)
		b.must(b.Complete(b.ctx(), l, work.Outcome{Now: start}))
	}},
	{"a lease that was handed back writes nothing", func(b *bench) {
		p := b.join()
		src, feeds := b.source("nightbus")
		l := b.claim(p, start, work.Pull)
		b.must(b.HandBack(b.ctx(), l))
		late := feeds[0]
		late.ETag = "late"
		b.wantKind(b.SaveFeed(work.WithLease(b.ctx(), l), late, time.Time{}), digest.Conflict)
		b.wantKind(b.Complete(b.ctx(), l, work.Outcome{Now: start}), digest.Conflict)
		stored := must(b.Feeds(b.ctx(), src.ID))
		for _, f := range stored {
			b.equal("the feed", f.ETag, "")
		}
	}},
	{"the duty that is due longest goes first", func(b *bench) {
		p := b.join()
		b.must(b.Plan(b.ctx(), start,
			work.Duty{Name: "a", Kind: "clean-up", Next: after(-time.Minute)},
			work.Duty{Name: "b", Kind: "index", Next: after(-time.Hour)},
			work.Duty{Name: "c", Kind: "clean-up", Next: after(-time.Second)}))
		var order []string
		for range 3 {
			order = append(order, b.claim(p, start, "clean-up", "index").Name)
		}
		b.equal("the order", order, []string{"b", "a", "c"})
	}},
	{"leaving hands back what is held", func(b *bench) {
		p := b.join()
		b.source("nightbus")
		old := b.claim(p, start, work.Pull)
		p.Leave()
		next := b.join()
		l := b.claim(next, start, work.Pull)
		b.equal("the same duty", l.Name, old.Name)
		b.wantKind(b.Complete(b.ctx(), old, work.Outcome{Now: start}), digest.Conflict)
		_, _, err := b.Claim(b.ctx(), p.ID(), []work.Kind{work.Draft}, start)
		b.wantKind(err, digest.Conflict) // a draft is due, but not for one who left
	}},
	{"a failed run is told and waits", func(b *bench) {
		p := b.join()
		src, _ := b.source("nightbus")
		l := b.claim(p, start, work.Pull)
		b.must(b.Complete(b.ctx(), l, work.Outcome{Next: after(time.Minute), Err: errors.New("no answer"), Now: start}))
		listed := b.duty(work.NameOf(work.Pull, src.ID))
		b.equal("the failure", [3]any{listed.Failures, listed.LastError, listed.Next}, [3]any{1, "no answer", after(time.Minute)})
		l = b.claim(p, after(time.Minute), work.Pull)
		b.equal("failures so far", l.Failures, 1)
		b.must(b.Complete(b.ctx(), l, work.Outcome{Next: after(time.Hour), Now: after(time.Minute)}))
		listed = b.duty(work.NameOf(work.Pull, src.ID))
		b.equal("after a good run", [2]any{listed.Failures, listed.LastError}, [2]any{0, ""})
	}},
	{"a series' duties follow its issues", func(b *bench) {
		p := b.join()
		b.source("nightbus")
		b.equal("a draft is opened at once", b.claim(p, start, work.Draft).Name, "draft:"+digest.DefaultSeriesSlug)
		b.idle(p, after(1000*time.Hour), work.Deadline, work.Deliver)
		issue := b.draft(start)
		b.equal("the zone", b.duty(weeklyDeadline).Zone, "Europe/London")
		b.equal("the deadline of a draft", b.duty(weeklyDeadline).Next, issue.DueAt)
		issue.DueAt = issue.DueAt.Add(time.Hour)
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		b.equal("a moved deadline", b.duty(weeklyDeadline).Next, issue.DueAt)
		b.approve(&issue, start)
		b.equal("the deadline of what is approved", b.duty(weeklyDeadline).Next, issue.DueAt)
		b.must(b.MoveIssue(b.ctx(), tester, issue.ID, digest.Published, after(time.Minute), digest.AsSeen{}))
		b.equal("no deadline", b.duty(weeklyDeadline).Next.IsZero(), true)
		b.equal("the mailing", b.duty("deliver:"+digest.DefaultSeriesSlug).Next, issue.DueAt)
		b.must(b.SetDue(b.ctx(), tester, issue.ID, after(time.Minute), digest.OverrodeNothing, digest.AsSeen{}))
		b.equal("the mailing, now", b.duty("deliver:"+digest.DefaultSeriesSlug).Next, after(time.Minute))
		must(b.Begin(b.ctx(), subscribers.Mailing{IssueID: issue.ID, Begun: after(time.Minute), Domain: "x.example"}, false))
		b.equal("begun", b.duty("deliver:"+digest.DefaultSeriesSlug).Next.IsZero(), true)
	}},
	{"an issue that asks waits for a word", func(b *bench) {
		b.source("nightbus")
		issue := b.draft(start)
		b.approve(&issue, start)
		b.equal("asked", must(b.Ask(b.ctx(), issue.ID, issue.DueAt)), true)
		listed := b.duty(weeklyDeadline)
		b.equal("it asks", [2]any{listed.Asks, listed.Next.IsZero()}, [2]any{issue.Title, true})
		b.must(b.SetDue(b.ctx(), tester, issue.ID, after(time.Hour), digest.OverrodeNothing, digest.AsSeen{}))
		listed = b.duty(weeklyDeadline)
		b.equal("after a word", [2]any{listed.Asks, listed.Next}, [2]any{"", after(time.Hour)})
		asked := must(b.Ask(b.ctx(), issue.ID, issue.DueAt))
		b.equal("asked about a moment that was moved", [2]any{asked, b.duty(weeklyDeadline).Next}, [2]any{false, after(time.Hour)})
	}},
	{"a plan makes what is missing and keeps what is there", func(b *bench) {
		p := b.join()
		src, _ := b.source("nightbus")
		sweep := work.Duty{Name: "clean-up", Kind: "clean-up", Next: start}
		b.must(b.Plan(b.ctx(), start, sweep))
		l := b.claim(p, start, "clean-up")
		b.must(b.Complete(b.ctx(), l, work.Outcome{Next: after(time.Hour), Now: start}))
		b.must(b.Plan(b.ctx(), after(time.Minute), sweep))
		b.equal("the next clean-up", b.duty("clean-up").Next, after(time.Hour))
		b.duty(work.NameOf(work.Pull, src.ID))
		b.duty("draft:" + digest.DefaultSeriesSlug)
	}},
	{"a duty is made due by name", func(b *bench) {
		p := b.join()
		src, feeds := b.source("nightbus")
		name := work.NameOf(work.Pull, src.ID)
		for i := range feeds {
			feeds[i].NextPoll, feeds[i].LastTry = after(10*time.Hour), start
			b.must(b.SaveFeed(b.ctx(), feeds[i], time.Time{}))
		}
		b.must(b.MakeDue(b.ctx(), name, after(time.Hour)))
		b.claim(p, after(time.Hour), work.Pull)
		b.equal("its feeds are asked", must(b.Feeds(b.ctx(), src.ID))[0].NextPoll, after(time.Hour))
		b.wantKind(b.MakeDue(b.ctx(), "pull:99", start), digest.NotFound)
		b.wantKind(errOf(b.ClaimNamed(b.ctx(), p.ID(), "pull:99", start)), digest.NotFound)
		b.wantKind(errOf(b.ClaimNamed(b.ctx(), p.ID(), name, start)), digest.Conflict)
	}},
	{"waiting ends when something becomes due", func(b *bench) {
		ctx, cancel := context.WithCancel(b.ctx())
		defer cancel()
		wakes := b.Wakes(ctx)
		b.source("nightbus")
		select {
		case <-wakes:
		case <-time.After(time.Minute):
			b.Fatal("nobody was told of a new source")
		}
	}},
	{"rows of a worker that left are recovered, those of one present are not", func(b *bench) {
		issue := b.sending(5)
		p := b.join()
		x := deliver.Exchange{IssueID: issue.ID, Worker: p.ID(), Claim: 3, Now: now}
		done := must(b.Exchange(b.ctx(), x))
		claimed := done.Claimed
		b.equal("claimed", len(claimed), 3)
		x.Claim, x.Begin = 0, claimed[:2]
		b.equal("begun", len(must(b.Exchange(b.ctx(), x)).Begun), 2)
		recovery := deliver.Recovery{IssueID: issue.ID, Worker: p.ID() + 1, Policy: subscribers.Resend, Retry: now.Add(time.Minute), Now: now}
		stranded := func(worker int64) bool {
			is := must(b.Stranded(b.ctx(), issue.ID, worker))
			return is
		}
		b.equal("stranded", [2]bool{stranded(p.ID() + 1), stranded(p.ID())}, [2]bool{false, true})
		b.equal("recovered while it is there", must(b.Recover(b.ctx(), recovery)), 0)
		p.Leave()
		b.equal("stranded once it left", stranded(p.ID()+1), true)
		x.Claim, x.Begin = 2, claimed[2:3]
		done = must(b.Exchange(b.ctx(), x))
		b.equal("claimed and begun once it left", []int{len(done.Claimed), len(done.Begun)}, []int{0, 0})
		b.equal("recovered", must(b.Recover(b.ctx(), recovery)), 2)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Deferred: 2, subscribers.Queued: 3})
	}},
}
