package storetest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
)

// keyed makes a comment with the platform's own number.
func keyed(number int, guid string, published time.Time, hash string) digest.Comment {
	c := aComment(guid, "p1", "", published, hash)
	c.Key = fmt.Sprintf("comment-%d", number)
	return c
}

// pageAt stores a page of comments.
func (b *bench) pageAt(src digest.Source, seen time.Time, comments ...digest.Comment) pull.Stored {
	b.Helper()
	return b.page(pull.Page{SourceID: src.ID, Seen: seen, KnownBefore: seen, Comments: comments})
}

// postsAt stores a page of posts.
func (b *bench) postsAt(src digest.Source, seen time.Time, posts ...digest.Post) pull.Stored {
	b.Helper()
	return b.page(pull.Page{SourceID: src.ID, Seen: seen, KnownBefore: seen, Posts: posts})
}

// byGUID gives all posts by guid.
func (b *bench) byGUID() map[string]digest.Post {
	b.Helper()
	all := must(b.Posts(b.ctx(), digest.PostFilter{}))
	posts := map[string]digest.Post{}
	for _, p := range all {
		posts[p.GUID] = p
	}
	return posts
}

var identityTests = []test{
	{"a comment whose id has changed is found by its key, keeps its row and its pick, and is known by the new id", func(b *bench) {
		src, _ := b.source("nightbus")
		c := keyed(12, "http://old.example/?p=1#comment-12", start, "h1")
		b.pageAt(src, after(time.Hour), c)
		before := b.comments()[c.GUID]
		issue := b.draft(after(time.Hour))
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: before.ID, PickedHash: "h1"}}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))

		moved := c
		moved.GUID, moved.URL = "https://new.example/?p=1#comment-12", "https://new.example/p1#comment-12"
		b.equal("stored", b.pageAt(src, after(2*time.Hour), moved), pull.Stored{Known: 1})
		all := b.comments()
		b.equal("comments", len(all), 1)
		got := all[moved.GUID]
		b.equal("the row", []any{got.ID, got.URL, got.FirstSeen, got.ChangedAt, got.PickedIn},
			[]any{before.ID, moved.URL, before.FirstSeen, before.ChangedAt, 1})
		b.equal("once more", b.pageAt(src, after(3*time.Hour), moved), pull.Stored{Known: 1})
		b.equal("the row then", b.comments()[moved.GUID], got)
	}},
	{"an id that is an address or was derived is replaced by a real one, and replaces none", func(b *bench) {
		src, _ := b.source("nightbus")
		names := func(guid string) digest.Comment {
			c := keyed(12, guid, start, "h1")
			c.URL = "https://blog.example/p1#comment-12"
			return c
		}
		for _, c := range []struct{ guid, want string }{
			{"hash:1234", "hash:1234"},
			{"hash:4321", "hash:1234"},
			{"https://blog.example/p1#comment-12", "https://blog.example/p1#comment-12"},
			{"hash:5678", "https://blog.example/p1#comment-12"},
			{"tag:blog.example,2026:12", "tag:blog.example,2026:12"},
			{"https://blog.example/p1#comment-12", "tag:blog.example,2026:12"},
		} {
			b.pageAt(src, after(time.Hour), names(c.guid))
			all := b.comments()
			if _, ok := all[c.want]; !ok || len(all) != 1 {
				b.Fatalf("after %q there are %v, want %q alone", c.guid, all, c.want)
			}
		}
	}},
	{"a blog that moves to https or another domain keeps its posts, and their comments find them", func(b *bench) {
		src, _ := b.source("nightbus")
		p := aPost("http://old.example/2026/night.html", start, "h1")
		p.URL, p.URLKey = p.GUID, "/2026/night.html"
		c := aComment("c1", p.URL, "", start, "h1")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{p}, Comments: []digest.Comment{c}})
		before := b.byGUID()[p.GUID]
		for i, host := range []string{"https://old.example", "https://www.new.example"} {
			p.URL = host + "/2026/night.html"
			p.GUID = p.URL
			seen := after(time.Duration(i+1) * time.Hour)
			b.equal(host, b.postsAt(src, seen, p), pull.Stored{Known: 1})
			all := b.byGUID()
			b.equal("posts", len(all), 1)
			b.equal("the row", [2]any{all[p.GUID].ID, all[p.GUID].URL}, [2]any{before.ID, p.URL})
			late := aComment(fmt.Sprint("late", i), p.URL, "", seen, "h1")
			b.equal("a comment", b.pageAt(src, seen, late), pull.Stored{NewComments: 1})
			b.equal("its post", b.comments()[late.GUID].PostID, before.ID)
		}
	}},
	{"posts that link to the same address are told apart", func(b *bench) {
		src, _ := b.source("linkblog")
		link := func(guid string, published time.Time, hash string) digest.Post {
			p := aPost(guid, published, hash)
			p.URL, p.URLKey = "https://news.example/story", "news.example/story"
			return p
		}
		b.equal("on one page", b.postsAt(src, after(time.Hour), link("l1", start, "h1"), link("l2", start, "h2")), pull.Stored{NewPosts: 2})
		b.equal("beside a known one", b.postsAt(src, after(2*time.Hour), link("l2", start, "h2"), link("l3", after(time.Hour), "h3"), link("l1", start, "h1")),
			pull.Stored{NewPosts: 1, Known: 2})
		b.equal("a month later", b.postsAt(src, after(800*time.Hour), link("l4", after(720*time.Hour), "h4")), pull.Stored{NewPosts: 1})
	}},
	{"an id of a comment that is used again stands for another comment", func(b *bench) {
		src, _ := b.source("nightbus")
		first := aComment("17", "p1", "", start, "h1")
		b.pageAt(src, after(time.Hour), first)
		second := aComment("17", "p2", "", after(48*time.Hour), "h2")
		second.Author = "Mona"
		b.equal("stored", b.pageAt(src, after(49*time.Hour), second), pull.Stored{NewComments: 1})
		alias := identity.NamesOf("17", second).Moment
		both := b.comments()
		b.equal("the first", both["17"].Body.Text(), "words h1")
		b.equal("the second", both[alias].Body.Text(), "words h2")
		b.equal("again", b.pageAt(src, after(50*time.Hour), second), pull.Stored{Known: 1})
		b.equal("nothing is written", b.comments(), both)

		second.Hash, second.Body = "h3", digest.Plain("words h3")
		b.equal("its edit", b.pageAt(src, after(51*time.Hour), second), pull.Stored{Known: 1, ChangedComments: 1})
		b.equal("the second, edited", b.comments()[alias].Body.Text(), "words h3")
		gone := digest.Comment{GUID: "17", URL: second.URL, PostRef: "p2", Author: "Mona", Published: second.Published, Hash: "x", Gone: true}
		b.equal("its removal", b.pageAt(src, after(52*time.Hour), gone), pull.Stored{Known: 1, GoneComments: 1})
		both = b.comments()
		b.equal("gone", [2]bool{both["17"].Gone, both[alias].Gone}, [2]bool{false, true})
	}},
	{"an id is not used again as long as author, time, words or permalink are the same", func(b *bench) {
		src, _ := b.source("nightbus")
		other := func() digest.Comment {
			c := aComment("17", "p2", "", after(48*time.Hour), "h2")
			c.Author = "Mona"
			return c
		}
		first := aComment("17", "p1", "", start, "h1")
		b.pageAt(src, after(time.Hour), first)
		for what, same := range map[string]func(*digest.Comment){
			"author":  func(c *digest.Comment) { c.Author = first.Author },
			"time":    func(c *digest.Comment) { c.Published = start.Add(30 * time.Second) },
			"words":   func(c *digest.Comment) { c.Body = first.Body },
			"place":   func(c *digest.Comment) { c.URL = first.URL },
			"no date": func(c *digest.Comment) { c.Published, c.Undated = after(100*time.Hour), true },
		} {
			c := other()
			same(&c)
			if got := b.pageAt(src, after(100*time.Hour), c); got.NewComments != 0 || got.Known != 1 {
				b.Fatalf("with the same %s: %+v", what, got)
			}
			b.pageAt(src, after(101*time.Hour), first)
		}
		b.equal("comments", len(b.comments()), 1)
	}},
	{"comments that share an id are told apart, wherever they stand on a page", func(b *bench) {
		src, _ := b.source("urn")
		const page = "https://blog.example/urn"
		said := func(author, text string, at time.Time) digest.Comment {
			c := aComment(page, "", "", at, "hash of "+text)
			c.URL, c.PostRef, c.Author, c.Body = page, page, author, digest.Plain(text)
			return c
		}
		day := time.Date(start.Year(), start.Month(), start.Day(), 0, 0, 0, 0, time.UTC)
		ann, bob, cas := said("Ann", "No.", start), said("Bob", "No.", start), said("Ann", "Yes.", after(time.Hour))
		one, two := said("Anonymous", "Tea.", day), said("Anonymous", "Toast.", day)
		for i, page := range []struct {
			comments []digest.Comment
			want     pull.Stored
		}{
			{[]digest.Comment{ann}, pull.Stored{NewComments: 1}}, // alone, it seems to be its id's only one
			{[]digest.Comment{bob, ann}, pull.Stored{NewComments: 1, Known: 1}},
			{[]digest.Comment{cas, bob, ann}, pull.Stored{NewComments: 1, Known: 2}},
			{[]digest.Comment{cas, bob}, pull.Stored{Known: 2}}, // the first one leaves the feed
			{[]digest.Comment{cas}, pull.Stored{Known: 1}},
			{[]digest.Comment{two, one, cas}, pull.Stored{NewComments: 2, Known: 1}}, // a day is no moment
			{[]digest.Comment{one, two}, pull.Stored{Known: 2}},
			{[]digest.Comment{two}, pull.Stored{Known: 1}},
			{[]digest.Comment{ann, bob, cas, one, two}, pull.Stored{Known: 5}},
			{[]digest.Comment{two, two, one}, pull.Stored{Known: 2}},
		} {
			before := b.comments()
			b.equal(fmt.Sprint("page ", i), b.pageAt(src, after(time.Duration(48+i)*time.Hour), page.comments...), page.want)
			if page.want.NewComments == 0 {
				b.equal("nothing is written", b.comments(), before)
			}
		}
		texts := map[string]int{}
		for _, c := range b.comments() {
			texts[c.Author+": "+c.Body.Text()]++
		}
		b.equal("what is stored", texts, map[string]int{"Ann: No.": 1, "Bob: No.": 1, "Ann: Yes.": 1, "Anonymous: Tea.": 1, "Anonymous: Toast.": 1})

		edited := said("Ann", "Yes, please.", cas.Published)
		b.equal("an edit", b.pageAt(src, after(70*time.Hour), edited, bob), pull.Stored{Known: 2, ChangedComments: 1})
		b.equal("an edit, alone", b.pageAt(src, after(71*time.Hour), said("Ann", "Yes, now.", cas.Published)), pull.Stored{Known: 1, ChangedComments: 1})
		other := said("Anonymous", "Jam.", day)
		b.equal("of a day, an edit is another comment", b.pageAt(src, after(72*time.Hour), other, two), pull.Stored{NewComments: 1, Known: 1})
	}},
	{"an entry without a date takes one that comes, and no other", func(b *bench) {
		src, _ := b.source("undated")
		p, c := aPost("p1", after(time.Hour), "h1"), aComment("c1", "p1", "", after(time.Hour), "h1")
		p.Undated, c.Undated = true, true
		b.page(pull.Page{SourceID: src.ID, Seen: after(time.Hour), Posts: []digest.Post{p}, Comments: []digest.Comment{c}})
		b.equal("no date is known", [2]bool{b.byGUID()["p1"].DatedAt().IsZero(), b.comments()["c1"].DatedAt().IsZero()}, [2]bool{true, true})
		b.equal("sorted by", b.comments()["c1"].Published, after(time.Hour))
		p.Published, c.Published = after(2*time.Hour), after(2*time.Hour)
		b.page(pull.Page{SourceID: src.ID, Seen: after(2 * time.Hour), Posts: []digest.Post{p}, Comments: []digest.Comment{c}})
		b.equal("sorted by, still", b.comments()["c1"].Published, after(time.Hour))
		p.Published, p.Undated, c.Published, c.Undated = start, false, start, false
		b.page(pull.Page{SourceID: src.ID, Seen: after(3 * time.Hour), Posts: []digest.Post{p}, Comments: []digest.Comment{c}})
		b.equal("its date", [2]time.Time{b.byGUID()["p1"].DatedAt(), b.comments()["c1"].DatedAt()}, [2]time.Time{start, start})
		p.Published, c.Published = after(5*time.Hour), after(5*time.Hour)
		b.page(pull.Page{SourceID: src.ID, Seen: after(6 * time.Hour), Posts: []digest.Post{p}, Comments: []digest.Comment{c}})
		b.equal("which stays", [2]time.Time{b.byGUID()["p1"].DatedAt(), b.comments()["c1"].DatedAt()}, [2]time.Time{start, start})
	}},
	{"an id of a post that is used again stands for another post", func(b *bench) {
		src, _ := b.source("nightbus")
		post := func(name string, published time.Time) digest.Post {
			p := aPost(name, published, "hash of "+name)
			p.GUID, p.URLKey = "7", "/"+name
			return p
		}
		first, second := post("night", start), post("day", after(72*time.Hour))
		b.postsAt(src, after(time.Hour), first)
		b.equal("stored", b.postsAt(src, after(73*time.Hour), second), pull.Stored{NewPosts: 1})
		alias := fmt.Sprintf("7@%d", second.Published.Unix())
		both := b.byGUID()
		b.equal("titles", [2]string{both["7"].Title, both[alias].Title}, [2]string{"About night", "About day"})
		b.equal("again", b.postsAt(src, after(74*time.Hour), second), pull.Stored{Known: 1})
		b.equal("nothing is written", b.byGUID(), both)
		near := post("noon", after(12*time.Hour))
		b.equal("within a day it is an edit", b.postsAt(src, after(75*time.Hour), near), pull.Stored{Known: 1, ChangedPosts: 1})
	}},
	{"numbers that begin anew, as on a blog that was set up again, stand for other comments", func(b *bench) {
		src, _ := b.source("nightbus")
		b.pageAt(src, after(time.Hour), keyed(12, "old-12", start, "h1"))
		other := keyed(12, "new-12", after(100*time.Hour), "h2")
		other.Author, other.URL = "Mona", "https://blog.example/another#comment-12"
		b.equal("stored", b.pageAt(src, after(101*time.Hour), other), pull.Stored{NewComments: 1})
		b.equal("again", b.pageAt(src, after(102*time.Hour), other), pull.Stored{Known: 1})

		p, anew := aPost("old-7", start, "h1"), aPost("new-7", after(100*time.Hour), "h2")
		p.Key, p.URLKey, anew.Key, anew.URLKey = "post-7", "/night", "post-7", "/day"
		b.postsAt(src, after(time.Hour), p)
		b.equal("a post", b.postsAt(src, after(101*time.Hour), anew), pull.Stored{NewPosts: 1})
		b.equal("the post again", b.postsAt(src, after(102*time.Hour), anew), pull.Stored{Known: 1})
	}},
	{"two blogs that number alike in one feed keep their entries, on one page, too", func(b *bench) {
		src, _ := b.source("planet")
		here, there := aPost("https://a.example/?p=7", start, "h1"), aPost("https://b.example/?p=7", after(100*time.Hour), "h2")
		here.Key, here.URLKey, there.Key, there.URLKey = "post-7", "//a.example/night", "post-7", "//b.example/day"
		b.equal("stored", b.postsAt(src, after(101*time.Hour), here, there), pull.Stored{NewPosts: 2})
		b.equal("again", b.postsAt(src, after(102*time.Hour), there, here), pull.Stored{Known: 2})
	}},
	{"one comment twice on a page, under two ids, is one", func(b *bench) {
		src, _ := b.source("forum")
		page := []digest.Comment{keyed(5, "post-5", start, "h"), keyed(5, "topic-1-3", start, "h")}
		b.equal("stored", b.pageAt(src, after(time.Hour), page...), pull.Stored{NewComments: 1})
		b.equal("again", b.pageAt(src, after(2*time.Hour), page...), pull.Stored{Known: 1})
		b.equal("under its first id", b.comments()["post-5"].Key, "comment-5")
		p, twin := aPost("post-1", start, "h"), aPost("topic-1", start, "h")
		p.Key, twin.Key = "topic-1", "topic-1"
		b.equal("a post", b.postsAt(src, after(time.Hour), p, twin), pull.Stored{NewPosts: 1})
		b.equal("the post again", b.postsAt(src, after(2*time.Hour), p, twin), pull.Stored{Known: 1})
		b.equal("from the other feed", b.postsAt(src, after(3*time.Hour), twin), pull.Stored{Known: 1})
	}},
	{"two comments a second apart with the same words stay two", func(b *bench) {
		src, _ := b.source("nightbus")
		one, two := keyed(1, "c1", start, "same"), keyed(2, "c2", after(time.Second), "same")
		b.equal("stored", b.pageAt(src, after(time.Hour), one, two), pull.Stored{NewComments: 2})
		b.equal("again", b.pageAt(src, after(2*time.Hour), two, one), pull.Stored{Known: 2})
		b.equal("comments", len(b.comments()), 2)
	}},
	{"what an entry lacks is filled in, and is no change", func(b *bench) {
		src, _ := b.source("nightbus")
		p, c := aPost("p1", start, "h1"), aComment("c1", "", "", start, "h1")
		p.URL, p.Author = "", ""
		c.URL, c.Author, c.PostRef = "", "", ""
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{p}, Comments: []digest.Comment{c, keyed(2, "c2", start, "h")}})
		p.URL, p.Author, p.Key, p.URLKey, p.Ref, p.CommentsURL = "https://blog.example/p1", "Ines", "post-1", "/p1", "title:p1", "https://blog.example/p1/feed/"
		c.URL, c.Author, c.AuthorURI, c.Key = "https://blog.example/p1#c1", "Mona", "https://people.example/7", "comment-1"
		c.PostKey, c.ParentKey = "post-1", "comment-2"
		page := pull.Page{SourceID: src.ID, Seen: after(time.Hour), KnownBefore: after(time.Hour), Posts: []digest.Post{p}, Comments: []digest.Comment{c}}
		b.equal("stored", b.page(page), pull.Stored{Known: 2})
		gotPost, all := b.byGUID()["p1"], b.comments()
		got := all["c1"]
		p.ID, p.SourceID, p.FirstSeen = gotPost.ID, src.ID, start
		c.ID, c.SourceID, c.FirstSeen, c.ChangedAt = got.ID, src.ID, start, start
		c.PostID, c.ParentID = p.ID, all["c2"].ID
		b.equal("the post", gotPost, p)
		b.equal("the comment", got.Comment, c)

		p.URL, p.Author, p.Key, p.URLKey, p.Ref, p.CommentsURL = "other", "other", "other", "other", "other", "other"
		c.URL, c.Author, c.AuthorURI, c.Key, c.PostRef, c.PostKey, c.ParentKey = "other", "other", "other", "other", "other", "other", "other"
		page.Posts, page.Comments, page.Seen = []digest.Post{p}, []digest.Comment{c}, after(2*time.Hour)
		b.page(page)
		b.equal("the post keeps what it has", b.byGUID()["p1"], gotPost)
		got.PostRef = "other" // which it did not have
		b.equal("the comment keeps what it has", b.comments()["c1"], got)
	}},
	{"a page most of which should have been known is not stored", func(b *bench) {
		src, feeds := b.source("nightbus")
		var known, moved []digest.Comment
		for i := range 6 {
			known = append(known, aComment(fmt.Sprint("old", i), "p1", "", after(time.Duration(i)*time.Minute), "h"))
			moved = append(moved, aComment(fmt.Sprint("new", i), "p1", "", after(time.Duration(i)*time.Minute), "h"))
		}
		b.pageAt(src, after(time.Hour), known...)
		before := b.comments()
		feed := feeds[0]
		feed.ETag = `"moved"`
		page := pull.Page{SourceID: src.ID, Seen: after(2 * time.Hour), Covered: after(time.Hour), Feed: &feed,
			Posts: []digest.Post{aPost("p1", start, "h")}, Comments: moved, Deleted: []string{"old1"}}
		_, err := b.StorePage(b.ctx(), page)
		b.wantKind(err, digest.Conflict)
		if !errors.Is(err, pull.ErrSuspect) || !strings.Contains(err.Error(), "7 of the page's 7 entries") {
			b.Fatalf("got %v", err)
		}
		b.equal("the comments", b.comments(), before)
		b.equal("the posts", len(b.byGUID()), 0)
		stored := must(b.Feeds(b.ctx(), src.ID))
		b.equal("the validator", stored[1].ETag, "")

		for what, change := range map[string]func(*pull.Page){
			"half of it is known":  func(p *pull.Page) { p.Comments = append(moved[:3:3], known[:4]...) },
			"only three are new":   func(p *pull.Page) { p.Comments, p.Posts = moved[:3], nil },
			"they are from later":  func(p *pull.Page) { p.Covered = start },
			"nothing was covered":  func(p *pull.Page) { p.Covered = time.Time{} },
			"they have no date":    func(p *pull.Page) { p.Comments = undated(moved) },
			"keys tell their rows": func(p *pull.Page) {},
		} {
			fresh := &bench{T: b.T, DB: b.DB}
			other, _ := fresh.source(strings.ReplaceAll(what, " ", "-"))
			p := page
			p.SourceID, p.Feed = other.ID, nil
			if what == "keys tell their rows" {
				p.Comments = nil
				for i := range 6 {
					fresh.pageAt(other, after(time.Hour), keyed(i, fmt.Sprint("old", i), start, "h"))
					p.Comments = append(p.Comments, keyed(i, fmt.Sprint("new", i), start, "h"))
				}
			} else {
				fresh.pageAt(other, after(time.Hour), known...)
			}
			change(&p)
			if _, err := b.StorePage(b.ctx(), p); err != nil {
				b.Errorf("when %s: %v", what, err)
			}
		}
	}},
}

func undated(comments []digest.Comment) (out []digest.Comment) {
	for _, c := range comments {
		c.Published = time.Time{}
		out = append(out, c)
	}
	return out
}
