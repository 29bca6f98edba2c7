package storetest

import (
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/pull"
	"postbag/digest/setup"
)

var settingsTests = []test{
	{"a new database has a salt and nothing else", func(b *bench) {
		p := must(b.Publication(b.ctx()))
		b.equal("the size of the salt", len(p.Salt), 16)
		p.Salt = nil
		b.equal("the publication", p, digest.Publication{Separator: digest.Hairline})
		b.equal("the size of the salt", len(must(b.Publication(b.ctx())).Salt), 16)
		b.equal("series", len(must(b.SeriesList(b.ctx()))), 0)
	}},
	{"what was confirmed in the set-up is kept moment by moment", func(b *bench) {
		b.equal("a new database", must(b.SetupMarks(b.ctx())), setup.Marks{})
		b.must(b.MarkSetup(b.ctx(), setup.Marks{Series: start}))
		b.must(b.MarkSetup(b.ctx(), setup.Marks{Mail: after(time.Hour)}))
		b.must(b.MarkSetup(b.ctx(), setup.Marks{Tested: after(2 * time.Hour)}))
		b.must(b.MarkSetup(b.ctx(), setup.Marks{Mail: after(3 * time.Hour)}))
		b.equal("the marks", must(b.SetupMarks(b.ctx())), setup.Marks{Series: start, Mail: after(3 * time.Hour), Tested: after(2 * time.Hour)})
	}},
	{"the first source makes the series and names the publication", func(b *bench) {
		src, feeds := b.source("nightbus")
		want := firstSeries
		want.ID = b.series().ID
		b.equal("the series", b.series(), want)
		p := must(b.Publication(b.ctx()))
		b.equal("the name", [3]string{p.Name, p.Language, p.HomeURL}, [3]string{src.Name, src.Language, src.URL})
		b.source("daybus")
		b.equal("the name", must(b.Publication(b.ctx())).Name, "nightbus")
		b.equal("the source", must(b.Source(b.ctx(), src.ID)), src)
		b.equal("sources", len(must(b.Sources(b.ctx()))), 2)
		b.equal("feeds, posts first", must(b.Feeds(b.ctx(), src.ID)), []digest.FeedState{feeds[1], feeds[0]})
	}},
	{"what stands between picks is hairlines or asterisks", func(b *bench) {
		b.source("nightbus")
		b.must(b.change(desk.Settings{Separator: p(digest.Asterisks)}))
		b.equal("set", must(b.Publication(b.ctx())).Separator, digest.Asterisks)
		b.must(b.change(desk.Settings{Publication: p("Other")}))
		b.equal("left alone", must(b.Publication(b.ctx())).Separator, digest.Asterisks)
		if err := b.change(desk.Settings{Separator: p(digest.Separator("stars"))}); err == nil {
			b.Error("anything may stand between picks")
		}
	}},
	{"a publication named before its first source keeps its name", func(b *bench) {
		b.must(Rename(b.ctx(), b.DB, "The Depot"))
		src, _ := b.source("nightbus")
		p := must(b.Publication(b.ctx()))
		b.equal("the words", [2]string{p.Name, p.HomeURL}, [2]string{"The Depot", src.URL})
	}},
	{"a feed that is followed already is refused and changes nothing", func(b *bench) {
		b.source("nightbus")
		src := digest.Source{Name: "copy", URL: "https://copy.example/", Platform: digest.Blogger, AddedAt: start}
		feeds := []digest.FeedState{
			{Kind: digest.PostsFeed, URL: "https://copy.example/posts"},
			{Kind: digest.CommentsFeed, URL: "https://nightbus.example/comments"},
		}
		b.wantKind(b.AddSource(b.ctx(), tester, &src, feeds, firstSeries), digest.Conflict)
		b.equal("the ids", [2]int64{src.ID, feeds[0].ID}, [2]int64{})
		b.equal("sources", len(must(b.Sources(b.ctx()))), 1)
	}},
	{"a host is left alone by all feeds there, for as long as it asked for last", func(b *bench) {
		src := digest.Source{Name: "Row", URL: "https://row.test/", Platform: digest.Generic, AddedAt: start}
		var feeds []digest.FeedState
		for _, address := range []string{"https://Row.test/posts", "http://row.test./comments"} {
			feeds = append(feeds, digest.FeedState{Kind: digest.PostsFeed, URL: address})
		}
		feeds[1].Kind = digest.CommentsFeed
		b.must(b.AddSource(b.ctx(), tester, &src, feeds, firstSeries))
		other := digest.Source{Name: "Quay", URL: "https://quay.test/", Platform: digest.Generic, AddedAt: start}
		theirs := []digest.FeedState{{Kind: digest.PostsFeed, URL: "https://row.test:8443/posts"}, {Kind: digest.CommentsFeed, URL: "https://row.test.example/c"}}
		b.must(b.AddSource(b.ctx(), tester, &other, theirs, firstSeries))
		for _, until := range []time.Time{after(time.Hour), after(3 * time.Hour), after(2 * time.Hour)} {
			b.must(b.LeaveHost(b.ctx(), "row.test", until))
		}
		for id, want := range map[int64]time.Time{src.ID: after(3 * time.Hour), other.ID: {}} {
			all := must(b.Feeds(b.ctx(), id))
			for _, f := range all {
				b.equal("until when "+f.URL+" is left alone", f.RetryAt, want)
			}
		}
	}},
	{"another pull's catching up stays open, and the next poll is not told that nothing changed", func(b *bench) {
		src, feeds := b.source("nightbus")
		state := func() digest.FeedState {
			all := must(b.Feeds(b.ctx(), src.ID))
			return all[0]
		}
		theirs, mine := feeds[1], feeds[1]
		theirs.CatchUp, theirs.ETag = after(time.Minute), "before"
		b.page(pull.Page{SourceID: src.ID, Seen: start, Feed: &theirs})
		mine.ETag, mine.LastModified, mine.LastSuccess = "mine", "Mon", after(time.Hour)
		mine.LastTry, mine.NextPoll, mine.LastError = after(time.Hour), after(2*time.Hour), "told all the same"
		want := theirs
		want.LastTry, want.NextPoll, want.LastError = mine.LastTry, mine.NextPoll, mine.LastError
		for _, stored := range []time.Time{{}, after(time.Minute - time.Microsecond)} {
			b.must(b.SaveFeed(b.ctx(), mine, stored))
			b.equal("saved by another", state(), want)
			b.page(pull.Page{SourceID: src.ID, Seen: start, Feed: &mine, StoredCatchUp: stored})
			b.equal("saved by another with a page", state(), want)
		}
		b.must(b.SaveFeed(b.ctx(), mine, theirs.CatchUp))
		b.equal("saved by its owner", state(), mine)
		b.must(b.SaveFeed(b.ctx(), theirs, theirs.CatchUp))
		b.equal("when it was cleared meanwhile", state().CatchUp, time.Time{})
	}},
	{"a removed source is followed no more, and keeps what issues took from it", func(b *bench) {
		src, feeds := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p1", start, "h")},
			Comments: []digest.Comment{aComment("c1", "p1", "", start, "h")}})
		issue := b.draft(start)
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: b.comments()["c1"].ID}}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		stored := b.comments()

		b.must(b.RemoveSource(b.ctx(), tester, src.ID))
		b.wantKind(b.RemoveSource(b.ctx(), tester, src.ID), digest.NotFound)
		b.wantKind(errOf(b.Source(b.ctx(), src.ID)), digest.NotFound)
		b.equal("followed", len(must(b.Sources(b.ctx()))), 0)
		b.wantKind(b.SaveFeed(b.ctx(), feeds[0], time.Time{}), digest.NotFound)
		b.wantKind(errOf(b.StorePage(b.ctx(), pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{aComment("c2", "p1", "", start, "h")}})), digest.NotFound)
		b.equal("the series", b.series().NextNumber, 2)
		b.equal("the comments", b.comments(), stored)
		b.equal("offered", len(b.candidates(desk.CandidateQuery{Since: start})), 0)
		b.equal("the draft", must(b.Issue(b.ctx(), issue.SeriesID, 1)), issue)

		again := digest.Source{Name: "Night Bus", URL: "https://elsewhere.example/", Platform: digest.Blogger, Language: "de", AddedAt: after(time.Hour)}
		b.must(b.AddSource(b.ctx(), tester, &again, []digest.FeedState{{Kind: digest.PostsFeed, URL: feeds[1].URL}}, firstSeries))
		b.equal("found by its posts feed", again.ID, src.ID)
		b.equal("with its new name", must(b.Sources(b.ctx())), []digest.Source{again})
		b.equal("what is known", b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{aComment("c1", "p1", "", start, "h")}}), pull.Stored{})
		b.equal("offered again", len(b.candidates(desk.CandidateQuery{Since: start})), 1)

		b.must(b.RemoveSource(b.ctx(), tester, src.ID))
		moved := digest.Source{Name: "Night Bus", URL: again.URL, Platform: digest.WordPress, AddedAt: after(time.Hour)}
		b.must(b.AddSource(b.ctx(), tester, &moved, []digest.FeedState{{Kind: digest.PostsFeed, URL: again.URL + "feed/"}}, firstSeries))
		b.equal("found by its home page", moved.ID, src.ID)
	}},
	{"a source of which nothing was stored is removed whole", func(b *bench) {
		src, feeds := b.source("nightbus")
		other, _ := b.source("daybus")
		b.must(b.RemoveSource(b.ctx(), tester, src.ID))
		b.wantKind(b.RemoveSource(b.ctx(), tester, 99), digest.NotFound)
		again, _ := b.source("nightbus")
		if again.ID == src.ID {
			b.Fatal("its row was kept")
		}
		src = digest.Source{Name: "copy", URL: other.URL, Platform: digest.Blogger, AddedAt: start}
		b.wantKind(b.AddSource(b.ctx(), tester, &src, feeds, firstSeries), digest.Conflict)
		b.equal("followed", must(b.Sources(b.ctx())), []digest.Source{other, again})
	}},
	{"a source that cannot be taken up again stays removed", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{aPost("p1", start, "h")}})
		_, taken := b.source("daybus")
		b.must(b.RemoveSource(b.ctx(), tester, src.ID))
		again := src
		again.ID = 0
		b.wantKind(b.AddSource(b.ctx(), tester, &again, taken, firstSeries), digest.Conflict)
		b.wantKind(errOf(b.Source(b.ctx(), src.ID)), digest.NotFound)
	}},
	{"a tag authority is minted once, and the salt never changes", func(b *bench) {
		before := must(b.Publication(b.ctx()))
		b.must(Rename(b.ctx(), b.DB, "A"))
		for _, authority := range []string{"a.example,2026", "b.example,2027"} {
			b.equal("the authority", must(b.MintTagAuthority(b.ctx(), authority)), "a.example,2026")
		}
		b.must(Rename(b.ctx(), b.DB, "B"))
		b.equal("the publication", must(b.Publication(b.ctx())), digest.Publication{Name: "B", TagAuthority: "a.example,2026", Salt: before.Salt, Separator: digest.Hairline})
	}},
	{"a series takes new settings, and never a number that is taken", func(b *bench) {
		b.source("nightbus")
		b.draft(start)
		s := b.series()
		s.Name, s.Zone, s.NextNumber = "Night Post", "Europe/Lisbon", 8
		b.must(b.change(desk.Settings{Name: &s.Name, Zone: &s.Zone, NextNumber: &s.NextNumber}))
		b.equal("the series", b.series(), s)
		taken, free := 1, 9
		b.wantKind(b.change(desk.Settings{NextNumber: &taken}), digest.Conflict)
		b.equal("the series", b.series(), s)
		_, err := b.ChangeSettings(b.ctx(), tester, 99, desk.Settings{NextNumber: &free}, start, nil)
		b.wantKind(err, digest.NotFound)
	}},
	{"settings that are not as they were seen stay", func(b *bench) {
		b.source("nightbus")
		s := b.series()
		was, watch, name := "Ada", "Bo", "Night Post"
		b.must(b.change(desk.Settings{WatchList: &was}))
		b.wantKind(b.change(desk.Settings{Name: &name, WatchList: &watch, Was: &desk.Settings{Name: &s.Name, WatchList: &s.Slug}}), digest.Conflict)
		b.wantKind(b.change(desk.Settings{Name: &name, WatchList: &watch, Was: &desk.Settings{Name: &name, WatchList: &was}}), digest.Conflict)
		b.equal("nothing was changed", []any{b.series(), must(b.Publication(b.ctx())).WatchList}, []any{s, was})
		b.must(b.change(desk.Settings{Name: &name, WatchList: &watch, Was: &desk.Settings{Name: &s.Name, WatchList: &was}}))
		b.equal("all was changed", []any{b.series().Name, must(b.Publication(b.ctx())).WatchList}, []any{name, watch})
	}},
	{"the generation grows with what readers can see", func(b *bench) {
		last := int64(0)
		grown := func(what string, want bool) {
			b.Helper()
			n := must(b.Generation(b.ctx()))
			if (n > last) != want {
				b.Fatalf("after %s the generation went from %d to %d", what, last, n)
			}
			last = n
		}
		grown("opening", true)
		b.source("nightbus")
		grown("the first source", true)
		b.must(Rename(b.ctx(), b.DB, "A"))
		grown("new settings", true)
		b.must(b.change(desk.Settings{}))
		grown("new series settings", true)
		issue := b.draft(start)
		grown("a draft", false)
		b.approve(&issue, after(time.Hour))
		grown("an approval", false)
		b.move(issue, digest.Published, after(2*time.Hour))
		grown("publishing", true)
		b.move(issue, digest.Withdrawn, after(3*time.Hour))
		grown("withdrawing", true)
	}},
}
