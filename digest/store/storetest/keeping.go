package storetest

import (
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/roster"
)

// keepingTests are of what is looked at and kept around an issue: series, readers, and
// what became of past issues.
var keepingTests = []test{
	{"a further series has its own numbers, and takes the blogs it is told to", func(b *bench) {
		one, _ := b.source("nightbus")
		two, _ := b.source("daybus")
		first := b.series()
		month := digest.Series{Slug: "month", Name: "Month", Title: "{name} {number}", Schedule: "0 9 1 * *", Zone: "UTC", NextNumber: 3, Deadline: digest.Hold, CreatedAt: start}
		b.wantKind(errOf(b.AddSeries(b.ctx(), tester, month, []int64{one.ID, 99})), digest.NotFound)
		added := must(b.AddSeries(b.ctx(), tester, month, []int64{two.ID}))
		b.equal("its place", added.Place(), "month")
		b.equal("its blogs", must(b.SourcesOf(b.ctx(), added.ID)), []int64{two.ID})
		b.wantKind(errOf(b.AddSeries(b.ctx(), tester, month, nil)), digest.Conflict)
		all := must(b.SeriesList(b.ctx()))
		b.equal("series", len(all), 2)
		b.equal("the first", all[0], first)
		b.equal("its place", all[0].Place(), "")
		month.Slug = "year"
		b.equal("its blogs", must(b.SourcesOf(b.ctx(), must(b.AddSeries(b.ctx(), tester, month, nil)).ID)), []int64{one.ID, two.ID})
		issue, _, err := b.OpenDraft(b.ctx(), tester, added.ID, start, after(time.Hour))
		b.must(err)
		b.equal("its number", issue.Number, 3)
		other, _, err := b.OpenDraft(b.ctx(), tester, first.ID, start, after(time.Hour))
		b.must(err)
		b.equal("that of the first", other.Number, first.NextNumber)
	}},
	{"readers are listed page by page, and found by a part of their address", func(b *bench) {
		for _, name := range []string{"ada", "ben", "cem", "dora", "adalbert"} {
			b.signUp(name+"@paper.example", start)
		}
		b.ask(b.request("eve@ada.example", start))
		names := func(p roster.Page) string {
			var all []string
			for _, s := range p.Readers {
				all = append(all, strings.TrimSuffix(s.Email, "@paper.example"))
			}
			return strings.Join(all, " ")
		}
		page := must(b.SubscribersPage(b.ctx(), roster.Filter{}, 0, 4))
		b.equal("the first page", names(page), "ada adalbert ben cem")
		page = must(b.SubscribersPage(b.ctx(), roster.Filter{}, page.Next, 4))
		b.equal("the next page", names(page), "dora eve@ada.example")
		b.equal("where it goes on", page.Next, int64(0))
		b.equal("those who have not confirmed", names(must(b.SubscribersPage(b.ctx(), roster.Filter{State: subscribers.Pending}, 0, 9))), "eve@ada.example")
		found := must(b.SubscribersPage(b.ctx(), roster.Filter{Text: "ADA"}, 0, 9))
		b.equal("those found", names(found), "ada adalbert eve@ada.example")
		b.equal("partly", found.Partly, false)
		b.equal("those found who confirmed", names(must(b.SubscribersPage(b.ctx(), roster.Filter{Text: "ada", State: subscribers.Active}, 0, 9))), "ada adalbert")
		b.equal("those with a sign in it", names(must(b.SubscribersPage(b.ctx(), roster.Filter{Text: "%"}, 0, 9))), "")
		b.equal("how many", must(b.SubscriberCounts(b.ctx())), map[subscribers.State]int{subscribers.Active: 5, subscribers.Pending: 1})
	}},
	{"all that is known of a reader is told, and forgotten", func(b *bench) {
		issue := b.sending(2)
		all := must(b.SubscribersPage(b.ctx(), roster.Filter{}, 0, 9)).Readers
		told := must(b.Reader(b.ctx(), all[0].ID, 10))
		b.equal("how they agreed", len(told.Consents), 1)
		b.equal("what was mailed", [2]any{len(told.Deliveries), told.Deliveries[0].Issue.Number}, [2]any{1, issue.Number})
		pending := b.request("eve@paper.example", start)
		b.ask(pending)
		eve := must(b.SubscribersPage(b.ctx(), roster.Filter{Text: "eve@"}, 0, 1)).Readers[0]
		b.equal("asked", [2]int{len(must(b.Reader(b.ctx(), eve.ID, 10)).Confirmations), must(b.Reader(b.ctx(), eve.ID, 10)).Waiting}, [2]int{1, 1})
		b.equal("found by their address", must(b.SubscriberByKey(b.ctx(), eve.Key)).ID, eve.ID)
		b.wantKind(errOf(b.SubscriberByKey(b.ctx(), "nobody@paper.example")), digest.NotFound)
		for _, id := range []int64{all[0].ID, eve.ID} {
			b.must(b.Erase(b.ctx(), tester, id, after(time.Hour)))
			b.wantKind(errOf(b.Reader(b.ctx(), id, 10)), digest.NotFound)
			b.wantKind(errOf(b.SubscriberByKey(b.ctx(), fmt.Sprintf("erased:%d", id))), digest.NotFound)
			b.wantKind(b.Erase(b.ctx(), tester, id, after(time.Hour)), digest.NotFound)
		}
		b.equal("who is left", len(must(b.SubscribersPage(b.ctx(), roster.Filter{}, 0, 9)).Readers), 1)
		b.equal("how many are", must(b.SubscriberCounts(b.ctx())), map[subscribers.State]int{subscribers.Active: 1})
		b.equal("what the ledger counts", must(b.Counts(b.ctx(), issue.ID)).Total(), 2)
		b.equal("what is still to go out", must(b.Counts(b.ctx(), issue.ID))[subscribers.Queued], 1)
		for _, d := range must(b.Deliveries(b.ctx(), issue.ID, 10)) {
			if d.Email == all[0].Email {
				b.Error("the ledger still names them")
			}
		}
		b.equal("they can come again", b.ask(b.request(all[0].Email, after(48*time.Hour))), true)
	}},
	{"what became of past issues is kept", func(b *bench) {
		issue := b.sending(3)
		b.equal("before", must(b.PastIssue(b.ctx(), issue)).Sent, 0)
		b.must(b.MoveIssue(b.ctx(), tester, issue.ID, digest.Withdrawn, after(4*time.Hour), digest.AsSeen{}))
		past := must(b.PastIssues(b.ctx(), issue.SeriesID, 0, 10))
		b.equal("issues", len(past), 1)
		b.equal("its mails", [3]int{past[0].Sent, past[0].Refused, past[0].Doubt}, [3]int{})
		b.equal("below its number", len(must(b.PastIssues(b.ctx(), issue.SeriesID, issue.Number, 10))), 0)
		b.equal("the withdrawn", must(b.WithdrawnIssues(b.ctx(), issue.SeriesID)), []int{issue.Number})
	}},
}
