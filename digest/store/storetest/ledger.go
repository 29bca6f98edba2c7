package storetest

import (
	"errors"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/digest/health"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
)

// now is when the ledger's tests send.
var now = after(4 * time.Hour)

// counted gives the rows by state. A claim is written only where several processes
// may send: it counts as queued here.
func (b *bench) counted(issue digest.Issue) subscribers.Counts {
	b.Helper()
	c := must(b.Counts(b.ctx(), issue.ID))
	if n := c[subscribers.Claimed]; n > 0 {
		c[subscribers.Queued] += n
		delete(c, subscribers.Claimed)
	}
	return c
}

var ledgerTests = []test{
	{"beginning freezes the active audience once", func(b *bench) {
		issue := b.published()
		all := b.enrol(4)
		must(b.SetFrequency(b.ctx(), all[0].Token, subscribers.Monthly))
		must(b.Unsubscribe(b.ctx(), all[1].Token, start))
		m := subscribers.Mailing{IssueID: issue.ID, Begun: now, Domain: "news.example"}
		b.equal("the mailing", must(b.Begin(b.ctx(), m, false)), m)
		b.equal("the audience", b.counted(issue), subscribers.Counts{subscribers.Queued: 2})
		b.enrol(1)
		b.equal("the mailing made before", must(b.Begin(b.ctx(), subscribers.Mailing{IssueID: issue.ID, Begun: now.Add(time.Hour), Domain: "other.example"}, true)), m)
		b.equal("the audience", b.counted(issue).Total(), 2)
		b.equal("the state", must(b.IssueState(b.ctx(), issue.ID)), digest.Sending)
	}},
	{"the editors get theirs first", func(b *bench) {
		issue := b.published()
		all := b.enrol(6)
		for _, i := range []int{4, 2} {
			b.editor(all[i].Email, digest.EditorRole)
		}
		b.editor("no-reader@desk.example", digest.OwnerRole)
		must(b.Begin(b.ctx(), subscribers.Mailing{IssueID: issue.ID, Begun: now, Domain: "news.example"}, false))
		b.equal("the audience", b.counted(issue).Total(), 6)
		var order []string
		for _, d := range b.exchange(issue, 10, now) {
			order = append(order, d.Email)
		}
		b.equal("the order", order, []string{all[2].Email, all[4].Email, all[0].Email, all[1].Email, all[3].Email, all[5].Email})
	}},
	{"the month's last issue goes to monthly readers too", func(b *bench) {
		issue := b.published()
		must(b.SetFrequency(b.ctx(), b.enrol(2)[0].Token, subscribers.Monthly))
		must(b.Begin(b.ctx(), subscribers.Mailing{IssueID: issue.ID, Begun: now, Domain: "news.example"}, true))
		b.equal("the audience", b.counted(issue).Total(), 2)
	}},
	{"what is not published is not sent", func(b *bench) {
		b.source("nightbus")
		issue := b.draft(start)
		m := subscribers.Mailing{IssueID: issue.ID, Begun: now, Domain: "news.example"}
		b.wantKind(errOf(b.Begin(b.ctx(), m, false)), digest.Conflict)
		b.approve(&issue, start)
		b.wantKind(errOf(b.Begin(b.ctx(), m, false)), digest.Conflict)
		m.IssueID = 99
		b.wantKind(errOf(b.Begin(b.ctx(), m, false)), digest.NotFound)
	}},
	{"a claim carries what a message needs and counts the attempt", func(b *bench) {
		issue := b.sending(1)
		reader := b.everybody(roster.Filter{})[0]
		got := b.exchange(issue, 10, now)
		b.equal("claimed", got, []subscribers.Delivery{{ID: got[0].ID, IssueID: issue.ID, SubscriberID: reader.ID,
			Email: reader.Email, Name: reader.Name, Token: reader.Token, State: subscribers.InFlight, Fence: 1, Attempts: 1,
			FirstTry: now, NextTry: time.UnixMicro(0).UTC(), UpdatedAt: now}})
		b.equal("claimed again", len(b.exchange(issue, 10, now)), 0)
		b.exchange(issue, 0, now, result(got[0], subscribers.Delivered, now))
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Delivered: 1})
		rows := must(b.Deliveries(b.ctx(), issue.ID, 0, subscribers.Delivered))
		b.equal("the row", []any{rows[0].Email, rows[0].Code, rows[0].Reply, rows[0].Token}, []any{reader.Email, 250, "ok", ""})
	}},
	{"a claim is no attempt, and is handed back without a trace", func(b *bench) {
		issue := b.sending(3)
		claimed := b.claimAhead(issue, 2, now)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Queued: 3})
		b.exchange(issue, 0, now, result(claimed[0], subscribers.Delivered, now), result(claimed[1], subscribers.Deferred, now))
		b.equal("a result of what was not begun", b.counted(issue), subscribers.Counts{subscribers.Queued: 3})
		back := result(claimed[0], subscribers.Queued, now)
		back.NextTry, back.Outcome = claimed[0].NextTry, claimed[0].Outcome
		b.exchange(issue, 0, now, back)
		b.equal("counts then", b.counted(issue), subscribers.Counts{subscribers.Queued: 3})
		b.equal("the old claim begins nothing", len(b.begin(issue, claimed[:1], now)), 0)
		for _, d := range b.exchange(issue, 2, now) {
			b.equal("attempts", d.Attempts, 1)
		}
	}},
	{"a result leaves its cause and the server's words, and says how often no answer came", func(b *bench) {
		issue := b.sending(1)
		for n := range 3 {
			d := b.exchange(issue, 1, now)[0]
			b.equal("unanswered", d.Unanswered, n)
			r := result(d, subscribers.Deferred, now)
			r.Outcome = subscribers.Outcome{Cause: subscribers.NoAnswer, Error: "body: EOF"}
			b.exchange(issue, 0, now, r)
			b.equal("the row", must(b.Deliveries(b.ctx(), issue.ID, 0))[0].Outcome, r.Outcome)
		}
		d := b.exchange(issue, 1, now)[0]
		for _, cause := range subscribers.Causes()[1:] {
			r := result(d, subscribers.Deferred, now)
			r.Cause = cause
			b.exchange(issue, 0, now, r)
			d = b.exchange(issue, 1, now)[0]
			b.equal("the cause", d.Cause, cause)
		}
	}},
	{"only the holder of the newest claim settles", func(b *bench) {
		issue := b.sending(1)
		old := b.exchange(issue, 1, now)[0]
		retry := result(old, subscribers.Deferred, now)
		retry.NextTry = now.Add(5 * time.Minute)
		b.exchange(issue, 0, now, retry)
		b.equal("not due yet", len(b.exchange(issue, 1, now.Add(5*time.Minute-time.Microsecond))), 0)
		next, ok, err := b.NextTry(b.ctx(), issue.ID)
		b.must(err)
		b.equal("the next try", []any{next, ok}, []any{now.Add(5 * time.Minute), true})
		claimed := b.exchange(issue, 1, now.Add(5*time.Minute))[0]
		b.equal("the second claim", []any{claimed.Attempts, claimed.FirstTry}, []any{2, now})
		b.exchange(issue, 0, now, result(old, subscribers.Failed, now))
		b.equal("a late result", b.counted(issue), subscribers.Counts{subscribers.InFlight: 1})
		b.exchange(issue, 0, now, result(claimed, subscribers.Delivered, now), result(claimed, subscribers.Failed, now))
		b.equal("settled once", b.counted(issue), subscribers.Counts{subscribers.Delivered: 1})
	}},
	{"a result must be one that a message under way can have", func(b *bench) {
		issue := b.sending(2)
		claimed := b.exchange(issue, 1, now)[0]
		_, err := b.Exchange(b.ctx(), deliver.Exchange{IssueID: issue.ID, Claim: 1, Now: now,
			Settle: []deliver.Result{result(claimed, subscribers.Cancelled, now)}})
		b.wantKind(err, digest.Invalid)
		b.equal("nothing done", b.counted(issue), subscribers.Counts{subscribers.InFlight: 1, subscribers.Queued: 1})
	}},
	{"a row that the server never began to receive is queued again", func(b *bench) {
		issue := b.sending(1)
		claimed := b.exchange(issue, 1, now)[0]
		b.exchange(issue, 0, now, result(claimed, subscribers.Queued, now))
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Queued: 1})
		b.equal("the second claim", b.exchange(issue, 1, now)[0].Attempts, 2)
	}},
	{"nobody is mailed who is not active at that moment", func(b *bench) {
		issue := b.sending(6)
		for _, s := range b.everybody(roster.Filter{Limit: 3}) {
			must(b.Unsubscribe(b.ctx(), s.Token, now))
		}
		claimed := b.claimAhead(issue, 4, now)
		b.equal("claimed", len(claimed), 4)
		b.equal("begun", b.begin(issue, claimed, now)[0].ID, claimed[3].ID)
		b.equal("begun then", len(b.exchange(issue, 4, now)), 2)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.InFlight: 3, subscribers.Cancelled: 3})
		rows := must(b.Deliveries(b.ctx(), issue.ID, 0, subscribers.Cancelled))
		for _, row := range rows {
			b.equal("why", []any{row.Cause, row.Attempts}, []any{subscribers.ReaderLeft, 0})
		}
	}},
	{"who leaves between the claim and the beginning is not mailed", func(b *bench) {
		issue := b.sending(3)
		claimed := b.claimAhead(issue, 3, now)
		for _, s := range b.everybody(roster.Filter{}) {
			if s.ID == claimed[1].SubscriberID {
				must(b.Unsubscribe(b.ctx(), s.Token, now))
			}
		}
		begun := b.begin(issue, claimed, now)
		b.equal("begun", []any{len(begun), begun[0].ID, begun[1].ID}, []any{2, claimed[0].ID, claimed[2].ID})
	}},
	{"nothing is begun once the issue pauses, and what was claimed is queued again", func(b *bench) {
		issue := b.sending(3)
		claimed := b.claimAhead(issue, 3, now)
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Paused, digest.Pause{Cause: digest.PauseByHand}, now, digest.AsSeen{}))
		b.equal("begun", len(b.begin(issue, claimed, now)), 0)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Queued: 3})
	}},
	{"neither queued nor deferred rows wait for all of the others", func(b *bench) {
		issue := b.sending(40)
		var retries []deliver.Result
		for _, d := range b.exchange(issue, 20, now) {
			r := result(d, subscribers.Deferred, now)
			r.NextTry = now.Add(time.Minute)
			retries = append(retries, r)
		}
		b.exchange(issue, 0, now, retries...)
		fresh, again := 0, 0
		for range 20 {
			for _, d := range b.exchange(issue, 1, now.Add(time.Hour)) {
				if d.Attempts == 1 {
					fresh++
				} else {
					again++
				}
			}
		}
		b.equal("of each", [2]int{fresh, again}, [2]int{10, 10})
	}},
	{"two workers at once get different rows, and all of them", func(b *bench) {
		const readers, workers = 60, 4
		issue := b.sending(readers)
		var mu sync.Mutex
		seen := map[int64]int{}
		var wg sync.WaitGroup
		errs := make([]error, workers)
		for i := range workers {
			wg.Go(func() {
				worker := int64(0)
				if member, err := b.Join(b.ctx(), work.Joining{Name: "test"}); err == nil {
					b.Cleanup(member.Leave)
					worker = member.ID()
				}
				errs[i] = deliverAll(b, issue, worker, func(d subscribers.Delivery) { mu.Lock(); seen[d.SubscriberID]++; mu.Unlock() })
			})
		}
		wg.Wait()
		b.must(errors.Join(errs...))
		b.equal("readers", len(seen), readers)
		for id, n := range seen {
			b.equal("messages", []int64{id, int64(n)}, []int64{id, 1})
		}
		b.equal("finished", must(b.Finish(b.ctx(), issue.ID, now)), true)
	}},
	{"a mailing is finished when every row is", func(b *bench) {
		issue := b.sending(2)
		finished := func() bool {
			b.Helper()
			sent := must(b.Finish(b.ctx(), issue.ID, now.Add(time.Hour)))
			return sent
		}
		claimed := b.exchange(issue, 2, now)
		b.exchange(issue, 0, now, result(claimed[0], subscribers.Uncertain, now))
		b.equal("with one under way", finished(), false)
		b.exchange(issue, 0, now, result(claimed[1], subscribers.Failed, now))
		_, ok, err := b.NextTry(b.ctx(), issue.ID)
		b.must(err)
		b.equal("anything due", ok, false)
		b.equal("with all terminal", finished(), true)
		b.equal("again", finished(), true)
		got := must(b.Issue(b.ctx(), issue.SeriesID, 1))
		b.equal("the issue", []any{got.State, got.SentAt}, []any{digest.Sent, now.Add(time.Hour)})
	}},
	{"pausing and resuming may be repeated", func(b *bench) {
		issue := b.sending(2)
		set := func(to digest.IssueState, why digest.Pause) error {
			return b.SetIssueState(b.ctx(), tester, issue.ID, to, why, now, digest.AsSeen{})
		}
		refused := digest.Pause{Cause: digest.PauseRefused, Detail: "the server refuses us"}
		pause := func() digest.Pause {
			got := must(b.Issue(b.ctx(), issue.SeriesID, issue.Number))
			return got.Pause
		}
		claimed := b.exchange(issue, 1, now)[0]
		b.must(set(digest.Paused, refused))
		b.must(set(digest.Paused, digest.Pause{Cause: digest.PauseByHand}))
		b.equal("why", pause(), refused)
		b.equal("claimed while paused", len(b.exchange(issue, 1, now, result(claimed, subscribers.Delivered, now))), 0)
		b.equal("settled while paused", b.counted(issue)[subscribers.Delivered], 1)
		b.equal("finished while paused", must(b.Finish(b.ctx(), issue.ID, now)), false)
		b.must(set(digest.Sending, digest.Pause{}))
		b.equal("why, then", pause(), digest.Pause{})
		b.equal("claimed then", len(b.exchange(issue, 5, now)), 1)
		b.wantKind(set(digest.Withdrawn, digest.Pause{}), digest.Invalid)
		b.move(issue, digest.Withdrawn, now)
		b.wantKind(set(digest.Sending, digest.Pause{}), digest.Conflict)
	}},
	{"a pause for refusals takes back what may be our own fault, now and of what is on the wire", func(b *bench) {
		issue := b.sending(8)
		begun := b.exchange(issue, 7, now)
		settle := func(n int, to subscribers.DeliveryState, cause subscribers.Cause) deliver.Result {
			r := result(begun[n], to, now)
			r.Outcome = subscribers.Outcome{Cause: cause, Code: 550, Reply: "content rejected as spam"}
			if to == subscribers.Deferred || to == subscribers.Queued {
				r.NextTry = now.Add(time.Hour)
			}
			return r
		}
		b.exchange(issue, 0, now,
			settle(0, subscribers.Failed, subscribers.MessageRefused), settle(1, subscribers.Failed, subscribers.AddressRefused),
			settle(2, subscribers.Deferred, subscribers.SenderRefused), settle(3, subscribers.Deferred, subscribers.MailboxFull),
			settle(4, subscribers.Queued, subscribers.SenderRefused))
		b.equal("before", b.counted(issue), subscribers.Counts{subscribers.Failed: 2, subscribers.Deferred: 2, subscribers.Queued: 2, subscribers.InFlight: 2})
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Paused, digest.Pause{Cause: digest.PauseUnverified, Detail: "spam"}, now, digest.AsSeen{}))
		b.equal("after", b.counted(issue), subscribers.Counts{subscribers.Failed: 1, subscribers.Deferred: 1, subscribers.Queued: 4, subscribers.InFlight: 2})
		b.exchange(issue, 0, now, settle(5, subscribers.Failed, subscribers.NotSendable), settle(6, subscribers.Failed, subscribers.MailboxFull))
		b.equal("with the late ones", b.counted(issue), subscribers.Counts{subscribers.Failed: 2, subscribers.Deferred: 1, subscribers.Queued: 5})
		for _, d := range must(b.Deliveries(b.ctx(), issue.ID, 0, subscribers.Queued))[:4] {
			b.equal("the row", []any{d.Attempts, d.FirstTry, d.NextTry, d.Reply}, []any{0, time.Time{}, time.Time{}, "content rejected as spam"})
		}
		later := now.Add(72 * time.Hour)
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Sending, digest.Pause{}, later, digest.AsSeen{}))
		var sent []deliver.Result
		for _, d := range b.exchange(issue, 8, later) {
			b.equal("tried for the first time, or the deferred one", []any{d.Attempts == 1, d.FirstTry.Equal(later)}, []any{d.ID != begun[3].ID, d.ID != begun[3].ID})
			sent = append(sent, result(d, subscribers.Delivered, later))
		}
		b.exchange(issue, 0, later, sent...)
		b.equal("at last", b.counted(issue), subscribers.Counts{subscribers.Failed: 2, subscribers.Delivered: 6})
	}},
	{"a pause for unknown addresses takes them back, and is remembered", func(b *bench) {
		issue := b.sending(4)
		begun := b.exchange(issue, 3, now)
		unknown := func(n int) deliver.Result {
			r := result(begun[n], subscribers.Failed, now)
			r.Outcome = subscribers.Outcome{Cause: subscribers.AddressRefused, Code: 550, Reply: "5.1.1 User unknown"}
			return r
		}
		asked := func() bool { return must(b.Begin(b.ctx(), subscribers.Mailing{IssueID: issue.ID}, true)).UnknownAsked }
		b.exchange(issue, 0, now, unknown(0), unknown(1))
		b.equal("asked before", asked(), false)
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Paused, digest.Pause{Cause: digest.PauseUnknown, Detail: "unknown"}, now, digest.AsSeen{}))
		b.equal("after", b.counted(issue), subscribers.Counts{subscribers.Queued: 3, subscribers.InFlight: 1})
		b.exchange(issue, 0, now, unknown(2))
		b.equal("with the late one", b.counted(issue), subscribers.Counts{subscribers.Queued: 4})
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Sending, digest.Pause{}, now, digest.AsSeen{}))
		b.equal("asked", asked(), true)
		begun = b.exchange(issue, 4, now)
		b.exchange(issue, 0, now, unknown(0), unknown(1), unknown(2), unknown(3))
		b.equal("then they fail", b.counted(issue), subscribers.Counts{subscribers.Failed: 4})
	}},
	{"a pause by hand becomes one for refusals, and one by hand takes nothing back", func(b *bench) {
		issue := b.sending(2)
		begun := b.exchange(issue, 2, now)
		refused := result(begun[0], subscribers.Failed, now)
		refused.Outcome = subscribers.Outcome{Cause: subscribers.MessageRefused, Code: 550, Reply: "no"}
		b.exchange(issue, 0, now, refused)
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Paused, digest.Pause{Cause: digest.PauseByHand}, now, digest.AsSeen{}))
		b.equal("by hand", b.counted(issue)[subscribers.Failed], 1)
		why := digest.Pause{Cause: digest.PauseRefused, Detail: "no"}
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Paused, why, now, digest.AsSeen{}))
		b.equal("for refusals", b.counted(issue), subscribers.Counts{subscribers.Queued: 1, subscribers.InFlight: 1})
		b.equal("why", must(b.Issue(b.ctx(), issue.SeriesID, issue.Number)).Pause, why)
	}},
	{"publishing does not start sending by the back door", func(b *bench) {
		issue := b.published()
		b.wantKind(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Sending, digest.Pause{}, now, digest.AsSeen{}), digest.Conflict)
	}},
	{"withdrawing cancels what was not begun", func(b *bench) {
		issue := b.sending(4)
		ahead := b.claimAhead(issue, 1, now)
		claimed := b.exchange(issue, 2, now)
		b.move(issue, digest.Withdrawn, now)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.InFlight: 2, subscribers.Cancelled: 2})
		b.equal("begun", len(b.begin(issue, ahead, now)), 0)
		b.exchange(issue, 5, now, result(claimed[0], subscribers.Delivered, now), result(claimed[1], subscribers.Deferred, now))
		b.equal("counts then", b.counted(issue), subscribers.Counts{subscribers.Delivered: 1, subscribers.Cancelled: 3})
	}},
	{"rows of a process that is no more follow the policy", func(b *bench) {
		issue := b.sending(4)
		b.exchange(issue, 2, now)
		b.claimAhead(issue, 1, now)
		b.equal("recovered", must(b.Recover(b.ctx(), deliver.Recovery{IssueID: issue.ID, Policy: subscribers.Resend, Retry: now.Add(time.Minute), Now: now})), 2)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Deferred: 2, subscribers.Queued: 2})
		rows := must(b.Deliveries(b.ctx(), issue.ID, 0, subscribers.Deferred))
		b.equal("why", []any{rows[1].Cause, rows[1].Reply}, []any{subscribers.WorkerLost, ""})
		b.equal("due", len(b.exchange(issue, 5, now.Add(time.Minute))), 4)
		b.equal("held", must(b.Recover(b.ctx(), deliver.Recovery{IssueID: issue.ID, Policy: subscribers.HoldUncertain, Retry: now, Now: now})), 4)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Uncertain: 4})
		b.equal("nothing due", len(b.exchange(issue, 5, now.Add(time.Hour))), 0)
		b.wantKind(errOf(b.Recover(b.ctx(), deliver.Recovery{IssueID: issue.ID, Policy: "guess", Retry: now, Now: now})), digest.Invalid)
	}},
	{"an answer that comes after the lock was lost still counts", func(b *bench) {
		issue := b.sending(3)
		claimed := b.exchange(issue, 3, now)
		must(b.Recover(b.ctx(), deliver.Recovery{IssueID: issue.ID, Policy: subscribers.Resend, Retry: now.Add(time.Minute), Now: now}))
		b.exchange(issue, 0, now, result(claimed[0], subscribers.Delivered, now), result(claimed[1], subscribers.Failed, now))
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Delivered: 1, subscribers.Deferred: 2})
		again := b.exchange(issue, 5, now.Add(time.Minute))
		b.equal("claimed again", len(again), 2)
		b.exchange(issue, 0, now, result(claimed[2], subscribers.Delivered, now))
		b.equal("an old claim changes nothing", b.counted(issue), subscribers.Counts{subscribers.Delivered: 1, subscribers.InFlight: 2})
	}},
	{"a clock that was ahead leaves no row behind", func(b *bench) {
		issue := b.sending(3)
		claimed := b.exchange(issue, 3, now)
		far, near := now.AddDate(2, 0, 0), now.Add(17*time.Hour)
		for i, at := range []time.Time{far, far, near} {
			r := result(claimed[i], subscribers.Deferred, now)
			if r.NextTry = at; i == 1 {
				r.State = subscribers.Queued
			}
			b.exchange(issue, 0, now, r)
		}
		b.equal("due before", len(b.exchange(issue, 5, now)), 0)
		must(b.Recover(b.ctx(), deliver.Recovery{IssueID: issue.ID, Policy: subscribers.Resend, Retry: now, Now: now}))
		b.equal("due after", len(b.exchange(issue, 5, now)), 2)
	}},
	{"an audience of nobody is finished at once", func(b *bench) {
		issue := b.sending(0)
		b.equal("claimed", len(b.exchange(issue, 5, now)), 0)
		b.equal("finished", must(b.Finish(b.ctx(), issue.ID, now)), true)
	}},
}

// deliverAll sends until nothing is due, as a delivering connection does.
func deliverAll(b *bench, issue digest.Issue, worker int64, send func(subscribers.Delivery)) error {
	x := deliver.Exchange{IssueID: issue.ID, Worker: worker, Claim: 1, Now: now}
	for {
		done, err := b.Exchange(b.ctx(), x)
		if err != nil || len(done.Begun)+len(done.Claimed) == 0 {
			return err
		}
		x.Settle, x.Begin = nil, done.Claimed
		for _, d := range done.Begun {
			send(d)
			x.Settle = append(x.Settle, result(d, subscribers.Delivered, now))
		}
	}
}

var statusTests = []test{
	{"a new database is well", func(b *bench) {
		s := must(b.Status(b.ctx()))
		if s.Schema < 1 {
			b.Fatalf("the schema is %d", s.Schema)
		}
		s.Schema = 0
		b.equal("the status", s, health.Stored{})
	}},
	{"it tells of pulls, issues and deliveries", func(b *bench) {
		issue := b.sending(4)
		_, feeds := b.source("daybus")
		feeds[0].LastSuccess, feeds[1].Failures = after(time.Hour), 2
		b.must(b.SaveFeed(b.ctx(), feeds[0], time.Time{}))
		b.must(b.SaveFeed(b.ctx(), feeds[1], time.Time{}))
		claimed := b.exchange(issue, 2, now)
		b.exchange(issue, 0, now, result(claimed[0], subscribers.Uncertain, now))
		s := must(b.Status(b.ctx()))
		b.equal("the status", []any{s.LastPull, s.FailingFeeds, s.Newest.Number, s.Newest.State, s.Open, s.Uncertain, s.Active},
			[]any{after(time.Hour), 1, 1, digest.Sending, 3, 1, 4})
		b.must(b.Ping(b.ctx()))
	}},
	{"its figures tell of each issue under way, and since when its mails are due", func(b *bench) {
		issue := b.sending(3)
		f := must(b.Figures(b.ctx()))
		due := f.Mailing[0].OldestDue // of rows that were never tried: since the mailing began
		b.equal("issues", []any{f.UnderWay, len(f.Mailing), f.Mailing[0].Number, f.Mailing[0].Paused, f.Mailing[0].Counts, due.IsZero()},
			[]any{1, 1, issue.Number, false, subscribers.Counts{subscribers.Queued: 3}, false})
		if must(b.Figures(b.ctx())).Bytes < 10_000 {
			b.Errorf("the database takes %d bytes", f.Bytes)
		}
		var settled []deliver.Result
		for i, d := range b.exchange(issue, 3, now) {
			later := result(d, subscribers.Deferred, now)
			later.NextTry = now.Add(time.Duration(i+1) * time.Hour)
			settled = append(settled, later)
		}
		b.exchange(issue, 0, now, settled...)
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Paused, digest.Pause{Cause: digest.PauseByHand}, now, digest.AsSeen{}))
		b.ask(b.request("first@list.example", after(time.Minute)))
		b.ask(b.request("second@list.example", after(2*time.Minute)))
		b.hold(now)
		f = must(b.Figures(b.ctx()))
		b.equal("the rest", []any{f.Mailing[0].OldestDue, f.Mailing[0].Paused, f.OldestLetter, f.Letters, f.HeldSince, f.LastSent},
			[]any{now.Add(time.Hour), true, after(time.Minute), 2, now, time.Time{}})
		b.release(dispatch.SendUnsent, now)
		for range health.MostMailing {
			b.sending(1)
		}
		f = must(b.Figures(b.ctx()))
		b.equal("told", []any{f.UnderWay, len(f.Mailing)}, []any{health.MostMailing + 1, health.MostMailing})
	}},
}
