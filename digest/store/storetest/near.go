package storetest

import (
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
)

// nearTests are about what comments are compared with.
var nearTests = []test{
	{"the newest picks of other issues are given", func(b *bench) {
		src := b.babel()
		all := b.comments()
		pick := func(guids ...string) digest.Issue {
			b.Helper()
			issue := b.draft(start)
			for _, guid := range guids {
				issue.Blocks = append(issue.Blocks, digest.Block{Kind: digest.PickBlock, CommentID: all[guid].ID})
			}
			b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
			return issue
		}
		issue := pick("en1", "fr", "ru")
		picks := func(seriesID, except int64, limit int) []string {
			b.Helper()
			found := must(b.NewestPicks(b.ctx(), seriesID, except, limit))
			return guidsOf(found)
		}
		b.equal("of all series", picks(0, 0, 10), []string{"en1", "fr", "ru"})
		b.equal("of the series", picks(issue.SeriesID, 0, 10), []string{"en1", "fr", "ru"})
		b.equal("at most two", len(picks(0, 0, 2)), 2)
		b.equal("of another series", picks(issue.SeriesID+1, 0, 10), []string(nil))
		b.equal("except this issue's", picks(issue.SeriesID, issue.ID, 10), []string(nil))
		b.page(pull.Page{SourceID: src.ID, Seen: after(time.Hour), Comments: []digest.Comment{{GUID: "fr", Gone: true, GoneReason: "removed"}}})
		b.equal("without what is gone", picks(0, 0, 10), []string{"en1", "ru"})
		b.must(b.MoveIssue(b.ctx(), tester, issue.ID, digest.Cancelled, after(2*time.Hour), digest.AsSeen{}))
		b.equal("without a cancelled issue's", picks(0, 0, 10), []string(nil))
	}},
	{"what was published around a moment is given", func(b *bench) {
		src := b.babel()
		around := func(hours time.Duration, each int) []string {
			b.Helper()
			found := must(b.CommentsAround(b.ctx(), after(hours*time.Hour), each))
			return guidsOf(found)
		}
		b.equal("in the middle", around(5, 2), []string{"de", "fr", "ja", "nfd"})
		b.equal("at the beginning", around(-100, 2), []string{"en1", "en2"})
		b.equal("at the end", around(100, 2), []string{"lost", "signs"})
		b.page(pull.Page{SourceID: src.ID, Seen: after(time.Hour), Comments: []digest.Comment{{GUID: "ja", Gone: true, GoneReason: "removed"}}})
		b.equal("without what is gone", around(5, 2), []string{"de", "fr", "ko", "nfd"})
		b.equal("posts", len(must(b.PostsAround(b.ctx(), after(time.Hour), 1))), 2)
		b.equal("posts from the first on", len(must(b.PostsAround(b.ctx(), start, 1))), 1)
	}},
	{"writers who wrote before are known", func(b *bench) {
		src := b.babel()
		b.page(pull.Page{SourceID: src.ID, Seen: after(24 * time.Hour), Comments: []digest.Comment{
			said("new", "rota", "", "Idris", 20, "Good morning."), said("again", "rota", "", "Old Bob", 21, "And to you.")}})
		known := func(seriesID int64, until time.Time, names ...string) []string {
			b.Helper()
			all := must(b.WroteBefore(b.ctx(), seriesID, names, until))
			if all == nil {
				b.Error("nil would turn the rule off")
			}
			slices.Sort(all)
			return all
		}
		series := b.draft(start).SeriesID
		names := []string{"Idris", "Old Bob", "Nobody", "Jürgen Groß", "Old Bob", `Quo"ted`}
		b.equal("before the second page", known(series, after(time.Hour), names...), []string{"Jürgen Groß", "Old Bob"})
		b.equal("after it", known(series, after(48*time.Hour), names...), []string{"Idris", "Jürgen Groß", "Old Bob"})
		b.equal("before everything", known(series, after(-time.Hour), names...), []string{})
		b.equal("of another series", known(series+1, after(48*time.Hour), names...), []string{})
		b.equal("of none", known(series, after(48*time.Hour)), []string{})
	}},
	{"texts that have a word are given", func(b *bench) {
		src := b.babel()
		b.page(pull.Page{SourceID: src.ID, Seen: after(24 * time.Hour), Comments: []digest.Comment{
			said("one", "rota", "", "Idris", 20, "The ferry was late."), said("two", "rota", "", "Idris", 21, "Low Ferry!"), said("three", "rota", "", "Idris", 22, "FERRY"), said("ferry", "rota", "", "Ferry", 23, "Hm.")}})
		b.indexAll(0)
		texts := func(most int, words ...string) map[string][]string {
			b.Helper()
			return must(b.TextsWith(b.ctx(), words, most))
		}
		b.equal("the newest first", texts(2, "ferry", "nothinglikeit", "..."), map[string][]string{"ferry": {"FERRY", "Low Ferry!"}})
		b.equal("all of them", len(texts(9, "ferry")["ferry"]), 3)
		b.page(pull.Page{SourceID: src.ID, Seen: after(25 * time.Hour), Comments: []digest.Comment{{GUID: "three", Gone: true, GoneReason: "removed"}}})
		b.equal("without what is gone", texts(9, "ferry"), map[string][]string{"ferry": {"Low Ferry!", "The ferry was late."}})
		b.equal("of none", texts(9), map[string][]string{})
	}},
}

// guidsOf gives the guids of comments, sorted.
func guidsOf(comments []digest.Comment) (all []string) {
	for _, c := range comments {
		all = append(all, c.GUID)
	}
	slices.Sort(all)
	return all
}
