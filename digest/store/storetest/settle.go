package storetest

import (
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
)

// settled mails an issue to n readers of whom the first are in doubt, the next refused
// and the rest have it; the issue is sent.
func (b *bench) settled(n, doubtful, refused int) digest.Issue {
	b.Helper()
	issue := b.sending(n)
	var results []deliver.Result
	for i, d := range b.exchange(issue, n, now) {
		r := result(d, subscribers.Delivered, now)
		switch {
		case i < doubtful:
			r.State, r.Outcome = subscribers.Uncertain, subscribers.Outcome{Cause: subscribers.NoAnswer, Error: "no answer"}
		case i < doubtful+refused:
			r.State, r.Outcome = subscribers.Failed, subscribers.Outcome{Cause: subscribers.MessageRefused, Code: 550, Reply: "too much"}
		}
		results = append(results, r)
	}
	b.exchange(issue, 0, now, results...)
	b.equal("finished", must(b.Finish(b.ctx(), issue.ID, now)), true)
	return issue
}

var settleTests = []test{
	{"what is in doubt or refused is sent again, with its full time, and the issue is sent once more", func(b *bench) {
		issue := b.settled(6, 3, 2)
		sentBefore := must(b.Issue(b.ctx(), issue.SeriesID, 1))
		later := now.Add(72 * time.Hour)
		x := dispatch.Settlement{IssueID: issue.ID, From: subscribers.Uncertain, To: subscribers.Queued, Asked: later, At: time.Now()}
		must(b.Unsubscribe(b.ctx(), b.everybody(roster.Filter{Limit: 1})[0].Token, now))
		b.equal("asked", must(b.Unsettled(b.ctx(), x)), dispatch.Unsettled{Rows: 3, Mailable: 2, Causes: map[subscribers.Cause]int{subscribers.NoAnswer: 3}})
		b.equal("decided", must(b.SettleMails(b.ctx(), tester, x)), 3)
		x.From, x.At = subscribers.Failed, time.Now()
		b.equal("decided too", must(b.SettleMails(b.ctx(), tester, x)), 2)
		b.equal("again", must(b.SettleMails(b.ctx(), tester, x)), 0)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Queued: 5, subscribers.Delivered: 1})
		b.equal("the issue", must(b.IssueState(b.ctx(), issue.ID)), digest.Sending)
		var sent []deliver.Result
		for _, d := range b.exchange(issue, 10, later) {
			b.equal("with its full time", []any{d.Attempts, d.Unanswered, d.FirstTry}, []any{1, 0, later})
			sent = append(sent, result(d, subscribers.Delivered, later))
		}
		b.exchange(issue, 0, later, sent...)
		b.equal("who left is not mailed", b.counted(issue), subscribers.Counts{subscribers.Delivered: 5, subscribers.Cancelled: 1})
		b.equal("finished", must(b.Finish(b.ctx(), issue.ID, later)), true)
		after := must(b.Issue(b.ctx(), issue.SeriesID, 1))
		b.equal("its moments", []any{after.PublishedAt, after.UpdatedAt, after.SentAt}, []any{sentBefore.PublishedAt, sentBefore.UpdatedAt, sentBefore.SentAt})
		said := must(b.Audit(b.ctx(), digest.AuditFilter{Did: digest.MailsSettled}))
		var words []string
		for _, a := range said {
			words = append(words, a.By.Name+" "+a.On+" "+a.Words)
		}
		b.equal("the audit", words, []string{tester.Name + " issue 1 2 refused: sent again", tester.Name + " issue 1 3 in doubt: sent again"})
	}},
	{"what a person says of single readers is kept, and nothing goes out by it", func(b *bench) {
		issue := b.settled(5, 3, 1)
		rows := must(b.Deliveries(b.ctx(), issue.ID, 0, subscribers.Uncertain))
		say := func(to subscribers.DeliveryState, of subscribers.Delivery, asked time.Time) int {
			b.Helper()
			return must(b.SettleMails(b.ctx(), tester, dispatch.Settlement{IssueID: issue.ID, From: subscribers.Uncertain, To: to,
				Readers: []int64{of.SubscriberID}, Asked: asked, At: now.Add(time.Hour)}))
		}
		b.equal("what changed after the question", say(subscribers.Delivered, rows[0], now.Add(-time.Second)), 0)
		b.equal("arrived", say(subscribers.Delivered, rows[0], now), 1)
		b.equal("not sent", say(subscribers.Failed, rows[1], now), 1)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Delivered: 2, subscribers.Failed: 2, subscribers.Uncertain: 1})
		b.equal("the issue", must(b.IssueState(b.ctx(), issue.ID)), digest.Sent)
		got := must(b.Deliveries(b.ctx(), issue.ID, 0))[0]
		b.equal("why", []any{got.Cause, got.Error}, []any{subscribers.SaidByHand, "no answer"})
		b.wantKind(errOf(b.SettleMails(b.ctx(), tester, dispatch.Settlement{IssueID: issue.ID, From: subscribers.Delivered, To: subscribers.Queued, Asked: now, At: now})), digest.Invalid)
	}},
	{"nothing is sent again while sending is held, nor of an issue that was withdrawn", func(b *bench) {
		issue := b.settled(4, 2, 1)
		x := dispatch.Settlement{IssueID: issue.ID, From: subscribers.Uncertain, To: subscribers.Queued, Asked: now, At: now}
		must(b.Hold(b.ctx(), tester, "moving", now))
		b.wantKind(errOf(b.SettleMails(b.ctx(), tester, x)), digest.Conflict)
		x.To = subscribers.Delivered
		x.Readers = []int64{must(b.Deliveries(b.ctx(), issue.ID, 1, subscribers.Uncertain))[0].SubscriberID}
		b.equal("it arrived", must(b.SettleMails(b.ctx(), tester, x)), 1)
		must(b.Release(b.ctx(), tester, dispatch.SendUnsent, now))
		b.move(issue, digest.Withdrawn, now)
		x.To, x.Readers = subscribers.Queued, nil
		b.wantKind(errOf(b.SettleMails(b.ctx(), tester, x)), digest.Conflict)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Delivered: 2, subscribers.Failed: 1, subscribers.Uncertain: 1})
	}},
	{"a paused issue goes on when what was refused is sent again", func(b *bench) {
		issue := b.sending(3)
		begun := b.exchange(issue, 1, now)
		refused := result(begun[0], subscribers.Failed, now)
		refused.Outcome = subscribers.Outcome{Cause: subscribers.AddressRefused, Code: 550, Reply: "no such user"}
		b.exchange(issue, 0, now, refused)
		b.must(b.SetIssueState(b.ctx(), tester, issue.ID, digest.Paused, digest.Pause{Cause: digest.PauseRefused, Detail: "no"}, now, digest.AsSeen{}))
		x := dispatch.Settlement{IssueID: issue.ID, From: subscribers.Failed, To: subscribers.Queued, Asked: now, At: now}
		b.equal("decided", must(b.SettleMails(b.ctx(), tester, x)), 1)
		got := must(b.Issue(b.ctx(), issue.SeriesID, 1))
		b.equal("the issue", []any{got.State, got.Pause}, []any{digest.Sending, digest.Pause{}})
		b.equal("due", len(b.exchange(issue, 5, now)), 3)
	}},
	{"mails are summed up by receiving domain", func(b *bench) {
		issue := b.settled(6, 2, 2)
		sums := must(b.ByDomain(b.ctx(), issue.ID)).Top()
		b.equal("the sums", sums, []dispatch.DomainSum{{Domain: "list.example", Domains: 1, Mails: 6, Sent: 2, Refused: 2, Doubt: 2, Words: "Postbag: no answer", Times: 2}})
		x := dispatch.Settlement{IssueID: issue.ID, From: subscribers.Failed, To: subscribers.Queued, Asked: now, At: now}
		must(b.SettleMails(b.ctx(), tester, x))
		b.exchange(issue, 1, now)
		sums = must(b.ByDomain(b.ctx(), issue.ID)).Top()
		b.equal("with one on the wire", []int{sums[0].Waiting, sums[0].Refused, sums[0].Mails}, []int{2, 0, 6})
	}},
	{"more rows than one transaction takes are decided about, with one row of the audit", func(b *bench) {
		const n = 5_003
		issue := b.sending(n)
		must(b.Hold(b.ctx(), tester, "another copy may have sent it", now))
		must(b.Release(b.ctx(), tester, dispatch.LeaveUncertain, now))
		x := dispatch.Settlement{IssueID: issue.ID, From: subscribers.Uncertain, To: subscribers.Queued, Asked: now.Add(time.Hour), At: time.Now().Add(-time.Hour)}
		b.equal("decided", must(b.SettleMails(b.ctx(), tester, x)), n)
		b.equal("counts", b.counted(issue), subscribers.Counts{subscribers.Queued: n})
		said := must(b.Audit(b.ctx(), digest.AuditFilter{Did: digest.MailsSettled}))
		b.equal("the audit", []any{len(said), said[0].Words}, []any{1, fmt.Sprintf("%d in doubt: sent again", n)})
	}},
}
