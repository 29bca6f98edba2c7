package storetest

import (
	"fmt"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
)

// versions gives the earlier texts of a comment.
func (b *bench) versions(id int64) []digest.CommentVersion {
	b.Helper()
	all := must(b.CommentVersions(b.ctx(), id))
	return all
}

var editTests = []test{
	{"an edit keeps the earlier words", func(b *bench) {
		src, _ := b.source("nightbus")
		b.pageAt(src, start, aComment("c1", "p1", "", start, "h1"))
		id := b.comments()["c1"].ID
		b.equal("at first", b.versions(id), []digest.CommentVersion(nil))
		edited := aComment("c1", "p1", "", start, "h2")
		edited.Author, edited.Body = "Mona", digest.Plain("other words")
		b.equal("stored", b.pageAt(src, after(time.Hour), edited), pull.Stored{Known: 1, ChangedComments: 1})
		b.pageAt(src, after(2*time.Hour), aComment("c1", "p1", "", start, "h3"))
		b.equal("the earlier words", b.versions(id), []digest.CommentVersion{
			{Replaced: after(2 * time.Hour), Author: "Mona", Words: 2, Body: digest.Plain("other words"), Hash: "h2"},
			{Replaced: after(time.Hour), Author: "Anonymous", Words: 2, Body: digest.Plain("words h1"), Hash: "h1"},
		})
		b.wantKind(errOf(b.CommentVersions(b.ctx(), 99)), digest.NotFound)
	}},
	{"of very many earlier texts the newest are kept", func(b *bench) {
		src, _ := b.source("nightbus")
		const edits = 60
		for i := range edits {
			b.pageAt(src, after(time.Duration(i)*time.Hour), aComment("c1", "p1", "", start, fmt.Sprint("h", i)))
		}
		all := b.versions(b.comments()["c1"].ID)
		b.equal("kept", len(all), 50)
		b.equal("the newest", all[0].Body.Text(), fmt.Sprint("words h", edits-2))
	}},
	{"another hash of the same words is no edit, and no pick of them has changed", func(b *bench) {
		src, _ := b.source("nightbus")
		p, c := aPost("p1", start, "h1"), aComment("c1", "p1", "", start, "h1")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{p}, Comments: []digest.Comment{c}})
		issue := b.draft(start)
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: b.comments()["c1"].ID, PickedHash: "h1"}}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		p.Hash, c.Hash = "h2", "h2"
		page := pull.Page{SourceID: src.ID, Seen: after(time.Hour), KnownBefore: after(time.Hour), Posts: []digest.Post{p}, Comments: []digest.Comment{c}}
		b.equal("stored", b.page(page), pull.Stored{Known: 2})
		got := b.comments()["c1"]
		b.equal("the comment", []any{got.Hash, got.ChangedAt, len(b.versions(got.ID))}, []any{"h2", start, 0})
		b.equal("the post", b.byGUID()["p1"].Hash, "h2")
		draft := must(b.Issue(b.ctx(), issue.SeriesID, issue.Number))
		b.equal("the pick", draft.Blocks[0].PickedHash, "h2")
	}},
	{"other quotation marks, dashes and made links are no edit, and a pick's words stay", func(b *bench) {
		src, _ := b.source("nightbus")
		said := func(hash string, body digest.Prose) digest.Comment {
			c := aComment("c1", "p1", "", start, hash)
			c.Body = body
			return c
		}
		typed := digest.Plain(`He said "wait -- don't..." at https://bus.example/`)
		b.pageAt(src, start, said("h1", typed))
		set := digest.Prose{{Spans: []digest.Span{{Text: "He said “wait — don’t…” at "}, {Text: "https://bus.example/", Href: "https://bus.example/"}}}}
		b.equal("stored", b.pageAt(src, after(time.Hour), said("h2", set)), pull.Stored{Known: 1})
		got := b.comments()["c1"]
		b.equal("the comment", []any{got.Hash, got.Body.Text(), len(b.versions(got.ID))}, []any{"h2", typed.Text(), 0})
	}},
	{"striking words out is an edit, and so is raising a number", func(b *bench) {
		src, _ := b.source("nightbus")
		said := func(hash string, spans ...digest.Span) digest.Comment {
			c := aComment("c1", "p1", "", start, hash)
			c.Body = digest.Prose{{Spans: spans}}
			return c
		}
		b.pageAt(src, start, said("h1", digest.Span{Text: "The rota is fair, for 106 of us."}))
		struck := []digest.Span{{Text: "The rota is "}, {Text: "fair", Struck: true}, {Text: ", for 106 of us."}}
		b.equal("struck", b.pageAt(src, after(time.Hour), said("h2", struck...)), pull.Stored{Known: 1, ChangedComments: 1})
		raised := append(slices.Clone(struck[:2]), digest.Span{Text: ", for 10"}, digest.Span{Text: "6", Shift: "^"}, digest.Span{Text: " of us."})
		b.equal("raised", b.pageAt(src, after(2*time.Hour), said("h3", raised...)), pull.Stored{Known: 1, ChangedComments: 1})
		b.equal("kept", len(b.versions(b.comments()["c1"].ID)), 2)
	}},
	{"a link that leads elsewhere is an edit", func(b *bench) {
		src, _ := b.source("nightbus")
		link := func(to, hash string) digest.Comment {
			c := aComment("c1", "p1", "", start, hash)
			c.Body = digest.Prose{{Spans: []digest.Span{{Text: "see "}, {Text: "here", Href: to}}}}
			return c
		}
		b.pageAt(src, start, link("https://one.example/", "h1"))
		b.equal("stored", b.pageAt(src, after(time.Hour), link("https://two.example/", "h2")), pull.Stored{Known: 1, ChangedComments: 1})
		b.equal("kept", len(b.versions(b.comments()["c1"].ID)), 1)
	}},
	{"a placeholder that turns into words has no earlier text", func(b *bench) {
		src, _ := b.source("nightbus")
		b.pageAt(src, start, digest.Comment{GUID: "c1", PostRef: "p1", Published: start, Hash: "x", Gone: true})
		b.equal("stored", b.pageAt(src, after(time.Hour), aComment("c1", "p1", "", start, "h1")), pull.Stored{Known: 1, ChangedComments: 1})
		got := b.comments()["c1"]
		b.equal("the comment", []any{got.Body.Text(), got.Gone, len(b.versions(got.ID))}, []any{"words h1", false, 0})
	}},
}

var importTests = []test{
	{"feed, then export, then feed: nothing counts as changed", func(b *bench) {
		src, _ := b.source("nightbus")
		p, c := aPost("p1", start, "feed"), aComment("c1", "p1", "", start, "feed")
		feed := pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{p}, Comments: []digest.Comment{c}}
		b.page(feed)
		export := pull.Page{SourceID: src.ID, Seen: after(time.Hour), KnownBefore: after(time.Hour), KeepWords: true,
			Posts: []digest.Post{aPost("p1", start, "export")}, Comments: []digest.Comment{aComment("c1", "p1", "", start, "export")}}
		export.Posts[0].Key, export.Comments[0].Key = "post-1", "comment-1"
		export.Posts[0].Title, export.Posts[0].Announced = "Old title", 3
		b.equal("export", b.page(export), pull.Stored{Known: 2})
		got, post := b.comments()["c1"], b.byGUID()["p1"]
		b.equal("the comment", []any{got.Body.Text(), got.Hash, got.Key, got.ChangedAt}, []any{"words feed", "feed", "comment-1", start})
		b.equal("the post", []any{post.Body.Text(), post.Title, post.Key, post.Announced}, []any{"words feed", "About p1", "post-1", -1})
		feed.Seen, feed.KnownBefore = after(2*time.Hour), after(2*time.Hour)
		b.equal("feed again", b.page(feed), pull.Stored{Known: 2})
		b.equal("the same comment", b.comments()["c1"], got)
		b.equal("the same post", b.byGUID()["p1"], post)
		export.Seen = after(3 * time.Hour)
		b.equal("export again", b.page(export), pull.Stored{Known: 2})
		b.equal("no earlier text", len(b.versions(got.ID)), 0)
	}},
	{"a poorer form of what is stored changes nothing, and a fuller one fills in", func(b *bench) {
		src, _ := b.source("nightbus")
		const whole = "The urn was cold again at five, and nobody had filled the kettle.\n\nI brought my own flask."
		at := func(hash, text string, when time.Time) pull.Page {
			p, c := aPost("p1", start, hash), aComment("c1", "p1", "", start, hash)
			p.Body, c.Body, c.Words = digest.Plain(text), digest.Plain(text), 19
			p.Author, c.Author, c.AuthorURI = "", "", ""
			return pull.Page{SourceID: src.ID, Seen: when, KnownBefore: when, Posts: []digest.Post{p}, Comments: []digest.Comment{c}}
		}
		first := at("whole", whole, start)
		first.Posts[0].Author, first.Comments[0].Author, first.Comments[0].AuthorURI = "Ann", "Bob", "https://bob.example/"
		b.page(first)
		for i, poorer := range []string{"The urn was cold again at five, and nobody…", "The urn was cold again at five, and nobody had filled the kettle. I brought my own flask.", ""} {
			when := after(time.Duration(i+1) * time.Hour)
			b.equal("a poorer form", b.page(at(poorer, poorer, when)), pull.Stored{Known: 2})
			got, post := b.comments()["c1"], b.byGUID()["p1"]
			b.equal("the comment", []any{got.Body.Text(), got.Hash, got.Author, got.AuthorURI, len(b.versions(got.ID))}, []any{whole, poorer, "Bob", "https://bob.example/", 0})
			b.equal("the post", []any{post.Body.Text(), post.Hash, post.Author}, []any{whole, poorer, "Ann"})
		}
		edited := "The urn was cold again at five.\n\nEdit: it was the fuse."
		b.equal("an edit", b.page(at("edited", edited, after(5*time.Hour))), pull.Stored{Known: 2, ChangedPosts: 1, ChangedComments: 1})
		got := b.comments()["c1"]
		b.equal("the comment", []any{got.Body.Text(), got.Author, got.AuthorURI, len(b.versions(got.ID))}, []any{edited, "Bob", "https://bob.example/", 1})

		export := at("export", edited+"\n\nIt is mended.", after(6*time.Hour))
		export.KeepWords = true
		b.equal("an export's words", b.page(export), pull.Stored{Known: 2})
		b.page(at("short", "The urn was cold again at five.\n\nEdit: it was…", after(7*time.Hour)))
		b.equal("kept over the feed's", b.comments()["c1"].Body.Text(), edited)

		other, _ := b.source("daybus")
		short := at("short", "The urn was cold again at five, and nobody…", start)
		short.SourceID = other.ID
		b.page(short)
		fuller := at("export", whole, after(time.Hour))
		fuller.SourceID, fuller.KeepWords = other.ID, true
		b.equal("an export where the feed is short", b.page(fuller), pull.Stored{Known: 2, ChangedPosts: 1, ChangedComments: 1})
		all := must(b.Comments(b.ctx(), digest.CommentFilter{SourceID: other.ID}))
		b.equal("the whole text", all[0].Body.Text(), whole)
		b.equal("the export again", b.page(fuller), pull.Stored{Known: 2})
	}},
	{"in either order there are the same rows", func(b *bench) {
		feedPost := aPost("tag:1", start, "h")
		feedPost.URL, feedPost.URLKey, feedPost.CommentsURL = "https://blog.example/p1", "/p1", "https://blog.example/p1/feed/"
		exportPost := feedPost
		exportPost.GUID, exportPost.CommentsURL, exportPost.Key = "https://blog.example/p1", "", "post-1"
		feedReply, feedFirst := keyed(2, "tag:2", after(time.Minute), "h"), keyed(1, "tag:1", start, "h")
		feedReply.PostRef, feedFirst.PostRef = "tag:1", "tag:1"
		exportReply, exportFirst := feedReply, feedFirst
		exportReply.GUID, exportReply.URL, exportReply.PostRef, exportReply.PostKey, exportReply.ParentKey = "x:2", "", "", "post-1", "comment-1"
		exportFirst.GUID, exportFirst.URL, exportFirst.PostRef, exportFirst.PostKey = "hash:1", "", "", "post-1"
		var rows [][]any
		for i, order := range [][]bool{{false, true}, {true, false}} {
			src, _ := b.source(fmt.Sprint("order", i))
			for _, isExport := range order {
				page := pull.Page{SourceID: src.ID, Seen: after(time.Hour), Posts: []digest.Post{feedPost}, Comments: []digest.Comment{feedReply, feedFirst}}
				if isExport {
					page.KeepWords, page.Posts, page.Comments = true, []digest.Post{exportPost}, []digest.Comment{exportReply, exportFirst}
				}
				b.page(page)
			}
			var got []any
			posts := must(b.Posts(b.ctx(), digest.PostFilter{SourceID: src.ID}))
			for _, p := range posts {
				got = append(got, p.GUID, p.URL, p.Key, p.URLKey, p.CommentsURL)
			}
			all := must(b.Comments(b.ctx(), digest.CommentFilter{SourceID: src.ID}))
			parents := map[int64]string{0: "none"}
			for _, c := range all {
				parents[c.ID] = c.Key
			}
			for _, c := range all {
				got = append(got, c.GUID, c.Key, c.URL, c.PostGUID, parents[c.ParentID], c.Body.Text())
			}
			rows = append(rows, got)
		}
		b.equal("rows", rows[1], rows[0])
		b.equal("entries", len(rows[0]), 5+2*6)
	}},
	{"an export's marks are taken, and it brings nothing back", func(b *bench) {
		src, _ := b.source("nightbus")
		b.pageAt(src, start, aComment("trashed", "p1", "", start, "h"), aComment("removed", "p1", "", start, "h"))
		placeholder := digest.Comment{GUID: "removed", PostRef: "p1", Published: start, Hash: "x", Gone: true, GoneReason: "removed"}
		never := placeholder
		never.GUID = "never seen"
		b.pageAt(src, after(time.Hour), placeholder, never)
		b.indexAll(0)
		trashed := aComment("trashed", "p1", "", start, "export")
		trashed.Gone, trashed.GoneReason = true, "in the bin"
		got := b.page(pull.Page{SourceID: src.ID, Seen: after(2 * time.Hour), KeepWords: true, Comments: []digest.Comment{
			trashed, aComment("removed", "p1", "", start, "export"), aComment("never seen", "p1", "", start, "export")}})
		b.equal("stored", got, pull.Stored{GoneComments: 1})
		all := b.comments()
		for guid, words := range map[string]string{"trashed": "words h", "removed": "words h", "never seen": "words export"} {
			b.equal(guid, []any{all[guid].Gone, all[guid].Body.Text()}, []any{true, words})
		}
		b.indexAll(0)
		b.equal("found by the words it brought", b.found("export", digest.SearchFilter{State: digest.CommentGone}), []string{"never seen"})
	}},
}
