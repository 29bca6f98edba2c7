package storetest

import (
	"time"

	"postbag/digest"
)

var settingsTests = []test{
	{"a new database has a salt and nothing else", func(b *bench) {
		p, err := b.Publication(b.ctx())
		b.must(err)
		b.equal("the size of the salt", len(p.Salt), 16)
		p.Salt = nil
		b.equal("the publication", p, digest.Publication{})
		again, err := b.Publication(b.ctx())
		b.must(err)
		b.equal("the size of the salt", len(again.Salt), 16)
		all, err := b.SeriesList(b.ctx())
		b.must(err)
		b.equal("series", len(all), 0)
	}},
	{"the first source makes the series and names the publication", func(b *bench) {
		src, feeds := b.source("nightbus")
		want := firstSeries
		want.ID = b.series().ID
		b.equal("the series", b.series(), want)
		p, err := b.Publication(b.ctx())
		b.must(err)
		b.equal("the name", [3]string{p.Name, p.Language, p.HomeURL}, [3]string{src.Name, src.Language, src.URL})
		b.source("daybus")
		p, err = b.Publication(b.ctx())
		b.must(err)
		b.equal("the name", p.Name, "nightbus")
		got, err := b.Source(b.ctx(), src.ID)
		b.must(err)
		b.equal("the source", got, src)
		all, err := b.Sources(b.ctx())
		b.must(err)
		b.equal("sources", len(all), 2)
		stored, err := b.Feeds(b.ctx(), src.ID)
		b.must(err)
		b.equal("feeds, posts first", stored, []digest.FeedState{feeds[1], feeds[0]})
	}},
	{"a publication named before its first source keeps its name", func(b *bench) {
		b.must(b.SavePublication(b.ctx(), digest.Publication{Name: "The Depot"}))
		src, _ := b.source("nightbus")
		p, err := b.Publication(b.ctx())
		b.must(err)
		b.equal("the words", [2]string{p.Name, p.HomeURL}, [2]string{"The Depot", src.URL})
	}},
	{"a feed that is followed already is refused and changes nothing", func(b *bench) {
		b.source("nightbus")
		src := digest.Source{Name: "copy", URL: "https://copy.example/", Platform: digest.Blogger, AddedAt: start}
		feeds := []digest.FeedState{
			{Kind: digest.PostsFeed, URL: "https://copy.example/posts"},
			{Kind: digest.CommentsFeed, URL: "https://nightbus.example/comments"},
		}
		b.wantKind(b.AddSource(b.ctx(), &src, feeds, firstSeries), digest.Conflict)
		b.equal("the ids", [2]int64{src.ID, feeds[0].ID}, [2]int64{})
		all, err := b.Sources(b.ctx())
		b.must(err)
		b.equal("sources", len(all), 1)
	}},
	{"an unknown source is not found", func(b *bench) {
		_, err := b.Source(b.ctx(), 7)
		b.wantKind(err, digest.NotFound)
	}},
	{"feeds are due when never asked or when their moment has come", func(b *bench) {
		_, feeds := b.source("nightbus")
		due := func(now time.Time) (ids []int64) {
			all, err := b.DueFeeds(b.ctx(), now)
			b.must(err)
			for _, f := range all {
				ids = append(ids, f.ID)
			}
			return ids
		}
		b.equal("due at first", due(start), []int64{feeds[1].ID, feeds[0].ID})
		feed := feeds[1]
		feed.ETag, feed.LastModified, feed.Failures, feed.LastError = `W/"a b"`, "Mon, 02 Mar 2026", 3, "it timed out"
		feed.NextPoll, feed.LastTry, feed.LastSuccess, feed.CatchUp = after(time.Hour), start, after(-time.Hour), after(-time.Minute)
		b.must(b.SaveFeed(b.ctx(), feed))
		b.equal("due before", due(after(time.Hour-time.Microsecond)), []int64{feeds[0].ID})
		b.equal("due then", due(after(time.Hour)), []int64{feeds[1].ID, feeds[0].ID})
		stored, err := b.Feeds(b.ctx(), feed.SourceID)
		b.must(err)
		b.equal("the feed", stored[0], feed)
		feed.URL = feeds[0].URL
		b.wantKind(b.SaveFeed(b.ctx(), feed), digest.Conflict)
		feed.ID = 99
		b.wantKind(b.SaveFeed(b.ctx(), feed), digest.NotFound)
	}},
	{"a tag authority is minted once, and the salt never changes", func(b *bench) {
		before, err := b.Publication(b.ctx())
		b.must(err)
		b.must(b.SavePublication(b.ctx(), digest.Publication{Name: "A", TagAuthority: "a.example,2026", Salt: []byte("other")}))
		b.must(b.SavePublication(b.ctx(), digest.Publication{Name: "B", TagAuthority: "b.example,2027"}))
		p, err := b.Publication(b.ctx())
		b.must(err)
		b.equal("the publication", p, digest.Publication{Name: "B", TagAuthority: "a.example,2026", Salt: before.Salt})
	}},
	{"a series takes new settings, and never a number that is taken", func(b *bench) {
		b.source("nightbus")
		b.draft(start)
		s := b.series()
		s.Name, s.Zone, s.NextNumber = "Night Post", "Europe/Lisbon", 8
		b.must(b.SaveSeries(b.ctx(), s))
		b.equal("the series", b.series(), s)
		s.NextNumber = 1
		b.wantKind(b.SaveSeries(b.ctx(), s), digest.Conflict)
		s.ID, s.NextNumber = 99, 9
		b.wantKind(b.SaveSeries(b.ctx(), s), digest.NotFound)
	}},
	{"the generation grows with what readers can see", func(b *bench) {
		last := int64(0)
		grown := func(what string, want bool) {
			b.Helper()
			n, err := b.Generation(b.ctx())
			b.must(err)
			if (n > last) != want {
				b.Fatalf("after %s the generation went from %d to %d", what, last, n)
			}
			last = n
		}
		grown("opening", true)
		b.source("nightbus")
		grown("the first source", true)
		b.must(b.SavePublication(b.ctx(), digest.Publication{Name: "A"}))
		grown("new settings", true)
		b.must(b.SaveSeries(b.ctx(), b.series()))
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
