package storetest

import (
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/digest/suggest"
	"postbag/subscribers"
)

// Fill puts something of everything into an empty database, by the ways that the
// program uses: a reply that was met before its parent, words of many scripts, an
// issue in every state that it can be left in, a mailing with a row in every
// state, readers of every sort, a confirmation that waits, and ids that were
// given out and taken back.
func Fill(t *testing.T, db *store.DB) {
	t.Helper()
	b := &bench{T: t, DB: db}
	defer b.failed()
	src, feeds := b.source("nightbus")
	name, language, address := "Nachtbus — 夜行バス", "en", "1 High Street\nOur Town"
	b.must(b.change(desk.Settings{Publication: &name, Language: &language, PostalAddress: &address}))
	_, err := b.MintTagAuthority(b.ctx(), "nightbus.example,2026")
	b.must(err)
	reply := aComment("c2", "p1", "c1", after(time.Minute), "h2")
	b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{reply, aComment("c3", "", "nobody", start, "h3")}})
	first := aComment("c1", "p1", "", start, "h1")
	first.Author, first.Body = "Zoë 🚌", digest.Plain("A \"quote\", a \\, a tab\tand\n\nanother <paragraph> & more\u2028end")
	b.page(pull.Page{SourceID: src.ID, Seen: after(time.Minute), Feed: &feeds[0], Posts: []digest.Post{aPost("p1", start, "h1")},
		Comments: []digest.Comment{first}})
	gone := aComment("c3", "", "nobody", start, "placeholder")
	gone.Gone, gone.GoneReason = true, "removed by the author"
	b.page(pull.Page{SourceID: src.ID, Seen: after(2 * time.Minute), Comments: []digest.Comment{gone}})
	b.fillSource(src, feeds[0])
	b.fillPeople()
	b.fillEditors()
	b.fillIssues()
}

// fillSource gives a source, a feed, a post and a comment all that they can have.
func (b *bench) fillSource(src digest.Source, feed digest.FeedState) {
	src.CommentsPattern, src.PlatformSet = "{url}feed/", true
	b.must(b.SaveSource(b.ctx(), tester, src))
	b.must(b.SaveFeed(b.ctx(), fullFeed(feed), time.Time{}))
	p := aPost("p2", start, "h1")
	p.Key, p.URLKey, p.Ref, p.CommentsURL = "post-2", "/p2", "title:About p2", "https://blog.example/p2/feed/"
	c := aComment("c4", "p2", "", start, "h1")
	c.Key, c.PostKey = "comment-4", "post-2"
	page := pull.Page{SourceID: src.ID, Seen: after(3 * time.Minute), Posts: []digest.Post{p}, Comments: []digest.Comment{c}}
	stored := b.storePage(page)
	edited := aComment("c4", "p2", "", start, "h2")
	page.Comments, page.Seen = []digest.Comment{edited}, after(4*time.Minute)
	b.page(page)
	b.must(b.SaveListing(b.ctx(), digest.Listing{PostID: stored.PostIDs[0], Listed: 1, ListedAt: start,
		Validators: digest.Validators{ETag: `"l"`, ValidatorsURL: "https://blog.example/p1/comments"}}))
}

// fullFeed gives a feed all that is remembered of one.
func fullFeed(feed digest.FeedState) digest.FeedState {
	feed.Validators = digest.Validators{ETag: `"e"`, LastModified: "Mon, 02 Mar 2026 09:00:00 GMT", ValidatorsURL: "https://elsewhere.example/feed"}
	feed.NextPoll, feed.LastTry, feed.LastSuccess = after(time.Hour), after(time.Minute), start
	feed.Failures, feed.LastError, feed.FailingSince = 2, "it does not answer", after(time.Second)
	feed.AskedWhole = after(2 * time.Second)
	feed.MovedTo, feed.MovedPolls = "https://elsewhere.example/feed", 2
	feed.GoneSince, feed.Stopped = after(3*time.Second), true
	feed.RetryAt = after(4 * time.Second)
	feed.Suspect = "most of it is new"
	feed.PageSize, feed.Daily, feed.Older = 25, 4200, "https://blog.example/feed?start=26"
	feed.CatchUp = after(4 * time.Second)
	return feed
}

// fillPeople adds readers of every sort.
func (b *bench) fillPeople() {
	b.enrol(8)
	b.signUp("ines@list.example", start)
	left := b.signUp("otto@list.example", start)
	_, err := b.Unsubscribe(b.ctx(), left.Token, after(time.Hour))
	b.must(err)
	_, err = b.SetFrequency(b.ctx(), b.signUp("mona@list.example", start).Token, subscribers.Monthly)
	b.must(err)
	b.ask(b.request("waits@list.example", start))
}

// fillIssues makes issues: 1 is being sent, 2 is published, 3 is approved, and 4
// is a draft that was opened a second time.
func (b *bench) fillIssues() {
	issue := b.published()
	_, err := b.Begin(b.ctx(), subscribers.Mailing{IssueID: issue.ID, Begun: after(3 * time.Hour), Domain: "news.example"}, false)
	b.must(err)
	claimed := b.exchange(issue, 5, now)
	later := result(claimed[1], subscribers.Deferred, now)
	later.NextTry = now.Add(time.Hour)
	b.exchange(issue, 0, now, result(claimed[0], subscribers.Delivered, now), later,
		result(claimed[2], subscribers.Failed, now), result(claimed[3], subscribers.Uncertain, now))
	b.fillBounces(issue)
	second := b.draft(after(5 * time.Hour))
	b.approve(&second, after(6*time.Hour))
	b.move(second, digest.Published, after(7*time.Hour))
	third := b.draft(after(8 * time.Hour))
	third.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: b.comments()["c1"].ID, PickedHash: "h1", Lifted: digest.Range{End: 2}, Leads: true}}
	b.must(b.SaveDraft(b.ctx(), &third, anEdit))
	third.Blocks = nil // it is remembered how that was trimmed
	b.must(b.SaveDraft(b.ctx(), &third, anEdit))
	third.Subject, third.Preheader = "Nights", "Of the night"
	third.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: b.comments()["c1"].ID, PickedHash: "h1", Notes: []digest.Note{{At: 1, Text: "sic"}}},
		{Kind: digest.HeadingBlock, Text: "Nights"}}
	b.must(b.SaveDraft(b.ctx(), &third, anEdit))
	third.MailEnds, third.Blocks[0].AsPicked = third.Blocks[0].ID, "h0"
	third.Blocks[0].Overruled = &digest.Overruling{Sign: digest.ByPermalink, At: after(8 * time.Hour), By: "ada"}
	b.must(b.SaveDraft(b.ctx(), &third, anEdit))
	b.must(b.MarkSeen(b.ctx(), third.ID, "key", &digest.Seen{By: tester, At: after(8 * time.Hour)}))
	b.must(b.SaveAnswers(b.ctx(), []digest.Answer{{CommentID: third.Blocks[0].CommentID, AskedAt: after(8 * time.Hour), Said: digest.SaidThere}}))
	asking := must(b.WantAsking(b.ctx(), tester, third.ID, after(8*time.Hour), "ask"))
	asking.BeganAt, asking.DoneAt, asking.Done, asking.Total, asking.Notices = after(8*time.Hour), after(9*time.Hour), 1, 1, []string{"it was slow"}
	b.must(b.SaveAsking(b.ctx(), asking))
	b.must(b.SaveLink(b.ctx(), digest.LinkAnswer{URL: "https://elsewhere.example/", AskedAt: after(8 * time.Hour), Status: 404, Fault: "not there"}))
	b.approve(&third, after(9*time.Hour))
	b.draft(after(10 * time.Hour))
	b.move(third, digest.Draft, after(11*time.Hour)) // the draft after it gives way, and its id is spent
	third, err = b.Issue(b.ctx(), third.SeriesID, third.Number)
	b.must(err)
	_, err = b.Remind(b.ctx(), digest.Reminder{IssueID: third.ID, DueAt: third.DueAt, Ahead: digest.RemindersAhead()[0]}, `{"title":"Nights"}`, third.DueAt)
	b.must(err)
	b.must(b.SavePlace(b.ctx(), "ann@blog.example", third.SeriesID, "f=1&post=1"))
	b.must(b.SetKeys(b.ctx(), "ann@blog.example", false))
	b.must(b.Decide(b.ctx(), third, decision(tester, digest.SkipIt, b.comments()["c2"].ID)))
	b.must(b.SaveShown(b.ctx(), third.ID, []int64{b.comments()["c2"].ID}))
	must(b.SwitchRule(b.ctx(), tester, third.SeriesID, suggest.Shouts, false))
	b.teach(&third, after(12*time.Hour), aLesson(b.comments()["c1"].ID, b.comments()["c2"].ID))
}

// NextIDs stores a page, a reader and a draft, and gives their ids.
func NextIDs(t *testing.T, db *store.DB) (ids []int64) {
	t.Helper()
	b := &bench{T: t, DB: db, tokens: 1000}
	defer b.failed()
	b.page(pull.Page{SourceID: 1, Seen: after(24 * time.Hour), Posts: []digest.Post{aPost("next", start, "h")},
		Comments: []digest.Comment{aComment("next", "next", "", start, "h")}})
	posts, err := b.RecentPosts(b.ctx(), 1, 100)
	b.must(err)
	for _, p := range posts {
		if p.GUID == "next" {
			ids = append(ids, p.ID)
		}
	}
	issue := b.draft(after(24 * time.Hour))
	reader := b.signUp("next@list.example", after(24*time.Hour))
	return append(ids, b.comments()["next"].ID, issue.ID, reader.ID)
}

// CommentIDs gives the ids of all comments.
func CommentIDs(t *testing.T, db *store.DB) (ids []int64) {
	t.Helper()
	b := &bench{T: t, DB: db}
	defer b.failed()
	for _, c := range b.comments() {
		ids = append(ids, c.ID)
	}
	return ids
}
