package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/prose"
	"postbag/digest/pull"
	"postbag/digest/search"
	"postbag/digest/store/index"
)

// said makes a comment with words of its own, by somebody, so many hours after
// the start.
func said(guid, post, parent, author string, hours int, text string) digest.Comment {
	c := aComment(guid, post, parent, after(time.Duration(hours)*time.Hour), "hash of "+text)
	c.Author, c.Body = author, digest.Plain(text)
	c.Words = prose.Words(c.Body)
	return c
}

// babel stores the comments that the queries are tried on.
func (b *bench) babel() digest.Source {
	b.Helper()
	src, _ := b.source("nightbus")
	rota, hatch := aPost("rota", start, "h"), aPost("hatch", after(time.Hour), "h")
	rota.Title, hatch.Title = "The Night Rota, again", "Tea at the hatch"
	rota.Body, hatch.Body = digest.Plain("Who drives on Sundays?"), digest.Plain("The night kettle is the last one. Rota or not.")
	hatch.Author = "Zoë"
	b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{rota, hatch}, Comments: []digest.Comment{
		said("en1", "rota", "", "Ines M.", 1, "The last bus left empty.\n\nNobody ran, and I don't blame them."),
		said("en2", "rota", "en1", "Old Bob", 2, "Last night? The bus, the BUS, the bus! See https://depot.example/N29?from=night-bus#top."),
		said("fr", "rota", "", "Zoé", 3, "Un café à l'arrêt; le dernier bus n'attend pas."),
		said("de", "hatch", "", "Jürgen Groß", 4, "Auf der Straße nach Łódź: 22:40 Uhr, N29, snake_case, me@list.example"),
		said("nfd", "hatch", "", "Zoe\u0301", 5, "Un cafe\u0301 encore."),
		said("ja", "hatch", "", "夜勤", 6, "夜行バスが来た。"),
		said("ko", "hatch", "", "기사", 7, "심야버스가 왔다"),
		said("ru", "hatch", "", "Фёдор", 8, "Последний автобус ушёл."),
		said("emoji", "hatch", "", "x", 9, "Last one 🚌👍🏽!"),
		said("signs", "hatch", "", "y", 10, `NEAR(a b) foo:bar * ^ "quoted" AND OR NOT -minus 100% \ 'single' <b>bus</b>`),
		said("lost", "elsewhere", "", "Ines M.", 11, "A bus under a post that is not known."),
	}})
	return src
}

// found indexes what is new, searches comments, and gives their guids in order.
func (b *bench) found(query string, f digest.SearchFilter) []string {
	b.Helper()
	b.indexAll(0)
	q, err := search.Parse(query)
	b.must(err)
	found := must(b.SearchComments(b.ctx(), q, f))
	var all []string
	for _, c := range found.All {
		all = append(all, c.GUID)
	}
	return all
}

// wantFound searches comments, in no order: databases rank differently.
func (b *bench) wantFound(query string, want ...string) {
	b.Helper()
	b.wantFiltered(query, digest.SearchFilter{}, want...)
}

func (b *bench) wantFiltered(query string, f digest.SearchFilter, want ...string) {
	b.Helper()
	got := b.found(query, f)
	slices.Sort(got)
	slices.Sort(want)
	b.equal(fmt.Sprintf("%s %+v", query, f), got, want)
}

// indexAll indexes until nothing is left, and tells in how many steps.
func (b *bench) indexAll(limit int) (steps int) {
	b.Helper()
	for {
		n := must(b.Index(b.ctx(), limit))
		if n == 0 {
			return steps
		}
		steps++
	}
}

var searchTests = []test{
	{"words, phrases, fields and negations", func(b *bench) {
		b.babel()
		id := b.comments()["en1"].PostID
		for _, c := range []struct {
			query string
			want  []string
		}{
			{"bus", []string{"en2", "lost", "fr", "en1", "signs"}},
			{"BUS last", []string{"en2", "en1"}},
			{`"last bus"`, []string{"en1"}},
			{`"bus last"`, nil},
			{`bus -last`, []string{"lost", "fr", "signs"}},
			{`bus -"last bus"`, []string{"en2", "lost", "fr", "signs"}},
			{"don't", []string{"en1"}},
			{"DON’T blame", []string{"en1"}},
			{"dont", nil},
			{"depot.example", []string{"en2"}},
			{"https://depot.example/N29", []string{"en2"}},
			{"night-bus", []string{"en2"}},
			{"n29", []string{"de", "en2"}},
			{"cafe", []string{"nfd", "fr"}},
			{"CAFÉ", []string{"nfd", "fr"}},
			{"l'arret", []string{"fr"}},
			{"strasse lodz", []string{"de"}},
			{"22:40", []string{"de"}},
			{"snake_case", []string{"de"}},
			{"snake", []string{"de"}},
			{"me@list.example", []string{"de"}},
			{"バス", []string{"ja"}},
			{"夜行", []string{"ja"}},
			{"行夜", nil},
			{"ハス", nil},
			{"버스", []string{"ko"}},
			{"АВТОБУС ушел", []string{"ru"}},
			{"🚌", []string{"emoji"}},
			{"👍", []string{"emoji"}},
			{"👍🏿 last", []string{"emoji"}},
			{"NEAR(a b)", []string{"signs"}},
			{"foo:bar", []string{"signs"}},
			{"AND OR NOT", []string{"signs"}},
			{"near* ^a (b)", []string{"signs"}},
			{`quoted\ 'single' 100%`, []string{"signs"}},
			{"author:ines", []string{"lost", "en1"}},
			{"author:zoe", []string{"nfd", "fr"}},
			{`author:"old bob" bus`, []string{"en2"}},
			{`author:"bob old"`, nil},
			{"author:gross", []string{"de"}},
			{"author:夜", []string{"ja"}},
			{"bus -author:ines", []string{"en2", "fr", "signs"}},
			{"ines", nil},
			{fmt.Sprint("post:", id), []string{"fr", "en2", "en1"}},
			{fmt.Sprint("bus -post:", id), []string{"lost", "signs"}},
			{"post:rota bus", []string{"en2", "fr", "en1"}},
			{`post:"night rota" -bus`, nil},
			{`post:"rota night"`, nil},
			{"bus -post:rota", []string{"lost", "signs"}},
			{"bus -nowhere -author:nobody", []string{"en2", "lost", "fr", "en1", "signs"}},
			{"bus post:999999", nil},
		} {
			b.wantFound(c.query, c.want...)
		}
	}},
	{"beginnings of words are found", func(b *bench) {
		b.babel()
		for query, want := range map[string][]string{
			"bu*":           {"en1", "en2", "fr", "lost", "signs"},
			"depot.exam*":   {"en2"},
			"depot.exa* n*": {"en2"},
			"буд*":          nil,
			"автоб*":        {"ru"},
			"strass*":       {"de"},
			"バ*":            {"ja"},
			"author:in*":    {"en1", "lost"},
			"bus -le*":      {"en2", "lost", "signs"},
			"bus -post:ro*": {"lost", "signs"},
			"us*":           nil,
		} {
			b.wantFound(query, want...)
		}
	}},
	{"a search gives what a listing gives, a rank and a snippet", func(b *bench) {
		b.babel()
		b.indexAll(0)
		q, err := search.Parse(`"the bus" last`)
		b.must(err)
		found := must(b.SearchComments(b.ctx(), q, digest.SearchFilter{}))
		b.equal("found", len(found.All), 1)
		one := found.All[0]
		b.equal("the comment", one.ListedComment, b.comments()["en2"])
		b.equal("ranked", [2]any{one.Rank > 0, found.Ranked}, [2]any{true, 1})
		b.equal("the snippet", one.Snippet, digest.Snippet{{Text: "Last", Match: true}, {Text: " night? "}, {Text: "The bus", Match: true},
			{Text: ", "}, {Text: "the BUS", Match: true}, {Text: ", "}, {Text: "the bus", Match: true},
			{Text: "! See https://depot.example/N29?from=night-bus#top."}})
	}},
	{"the best match comes first, and of equal ones the newest", func(b *bench) {
		src, _ := b.source("nightbus")
		page := pull.Page{SourceID: src.ID, Seen: start}
		for i := range 30 {
			page.Comments = append(page.Comments, said(fmt.Sprint("other", i), "p", "", "tram", i, "Nothing of it here."))
		}
		page.Comments = append(page.Comments,
			said("long", "p", "", "a", 60, "The tram. "+strings.Repeat("It went on and on. ", 40)),
			said("older", "p", "", "a", 50, "The tram was late."), said("newer", "p", "", "a", 51, "The tram was early."),
			said("best", "p", "", "a", 40, "The tram, the tram, the tram."))
		page.Posts = []digest.Post{aPost("text", after(time.Hour), "h"), aPost("title", start, "h")}
		page.Posts[0].Body, page.Posts[1].Body = digest.Plain("Of the tram."), digest.Plain("Of the bus.")
		page.Posts[0].Title, page.Posts[1].Title = "A bus", "A tram"
		b.page(page)
		b.equal("by rank", b.found("tram", digest.SearchFilter{}), []string{"best", "newer", "older", "long"})
		b.equal("by time", b.found("author:a", digest.SearchFilter{}), []string{"long", "newer", "older", "best"})
		b.equal("posts", b.posts("tram"), []string{"title", "text"})
	}},
	{"a listing takes the same queries, and keeps its order", func(b *bench) {
		src := b.babel()
		b.indexAll(0)
		id := b.comments()["en1"].PostID
		for _, c := range []struct {
			text string
			f    digest.CommentFilter
			want []string
		}{
			{"bus", digest.CommentFilter{}, []string{"lost", "signs", "fr", "en2", "en1"}},
			{"bus", digest.CommentFilter{PostID: id, Limit: 2}, []string{"fr", "en2"}},
			{"bus -last author:ines", digest.CommentFilter{SourceID: src.ID}, []string{"lost"}},
			{fmt.Sprint("post:", id, " -author:ines -cafe"), digest.CommentFilter{}, []string{"en2"}},
			{"post:rota -author:bob bu*", digest.CommentFilter{Until: after(3 * time.Hour)}, []string{"en1"}},
			{"bus", digest.CommentFilter{State: digest.CommentGone}, nil},
		} {
			c.f.Text = c.text
			found := must(b.Comments(b.ctx(), c.f))
			var got []string
			for _, x := range found {
				got = append(got, x.GUID)
			}
			b.equal(c.text, got, c.want)
		}
		b.wantKind(errOf(b.Comments(b.ctx(), digest.CommentFilter{Text: `"bus`})), digest.Invalid)
	}},
	{"a search is limited by source, time and number", func(b *bench) {
		b.babel()
		other, _ := b.source("daybus")
		b.page(pull.Page{SourceID: other.ID, Seen: start, Comments: []digest.Comment{said("day", "p", "", "z", 20, "A bus by day.")}})
		for _, c := range []struct {
			filter digest.SearchFilter
			want   []string
		}{
			{digest.SearchFilter{SourceID: other.ID}, []string{"day"}},
			{digest.SearchFilter{Since: after(2 * time.Hour), Until: after(10 * time.Hour)}, []string{"en2", "fr"}},
			{digest.SearchFilter{Since: after(2*time.Hour + time.Second), Until: after(10*time.Hour + time.Second)}, []string{"fr", "signs"}},
		} {
			b.wantFiltered("bus", c.filter, c.want...)
		}
		b.equal("at most two", len(b.found("bus", digest.SearchFilter{Limit: 2})), 2)
	}},
	{"what is gone is found only as such", func(b *bench) {
		src := b.babel()
		b.wantFound("blame", "en1")
		all := b.comments()
		issue := b.draft(start)
		issue.Blocks = []digest.Block{{Kind: digest.PickBlock, CommentID: all["en2"].ID}, {Kind: digest.PickBlock, CommentID: all["en1"].ID}}
		b.must(b.SaveDraft(b.ctx(), &issue, anEdit))
		gone := digest.Comment{GUID: "en1", Gone: true, GoneReason: "removed by its author"}
		b.page(pull.Page{SourceID: src.ID, Seen: after(time.Hour), Comments: []digest.Comment{gone}})
		b.wantFound("blame")
		b.wantFiltered("bus", digest.SearchFilter{State: digest.CommentGone}, "en1")
		b.wantFiltered("bus", digest.SearchFilter{State: digest.CommentPicked}, "en2")
		b.wantFiltered("bus", digest.SearchFilter{State: digest.CommentNew}, "lost", "fr", "signs")
		back := said("en1", "rota", "", "Ines M.", 1, "The last bus left empty.\n\nNobody ran, and I don't blame them.")
		b.page(pull.Page{SourceID: src.ID, Seen: after(2 * time.Hour), Comments: []digest.Comment{back}})
		b.wantFound("blame", "en1")
		b.wantFiltered("bus", digest.SearchFilter{State: digest.CommentGone})
	}},
	{"the index follows what is stored", func(b *bench) {
		src := b.babel()
		b.wantFound("bus author:ines post:late")
		post := aPost("elsewhere", start, "h")
		post.Title = "A late post"
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{post}})
		b.wantFound("bus author:ines post:late", "lost")
		post.Title, post.Hash = "A later post", "h2"
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{post}})
		b.wantFound("bus post:late")
		b.wantFound("bus post:later", "lost")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{said("lost", "elsewhere", "", "Ines Moor", 11, "A tram, rather.")}})
		b.wantFound("bus post:later")
		b.wantFound("tram author:moor", "lost")
		b.must(b.RemoveSource(b.ctx(), tester, src.ID))
		b.wantFound("tram", "lost")
		b.wantFound("cafe", "nfd", "fr")
	}},
	{"what is not indexed is counted, and not found", func(b *bench) {
		b.babel()
		q, err := search.Parse(`"last bus"`)
		b.must(err)
		for _, step := range []struct{ index, waiting, found int }{{0, 13, 0}, {5, 8, 0}, {100, 0, 1}} {
			if step.index > 0 {
				must(b.Index(b.ctx(), step.index))
			}
			found := must(b.SearchComments(b.ctx(), q, digest.SearchFilter{}))
			b.equal("waiting", found.Waiting, step.waiting)
			if step.waiting == 0 {
				b.equal("found", len(found.All), step.found)
			}
		}
		b.equal("steps when nothing is new", b.indexAll(3), 0)
		b.equal("posts", len(b.posts("night")), 2)
	}},
	{"posts are found by title and words", func(b *bench) {
		b.babel()
		id := b.comments()["en1"].PostID
		for _, c := range []struct {
			query string
			want  []string
		}{
			{"night", []string{"rota", "hatch"}},
			{"rota", []string{"rota", "hatch"}},
			{`"night rota"`, []string{"rota"}},
			{`"again who"`, nil},
			{"post:rota", []string{"rota"}},
			{fmt.Sprint("-post:", id, " night"), []string{"hatch"}},
			{"author:zoe", []string{"hatch"}},
			{"bus", nil},
		} {
			got := b.posts(c.query)
			slices.Sort(got)
			slices.Sort(c.want)
			b.equal(c.query, got, c.want)
		}
	}},
	{"long and odd comments are found", func(b *bench) {
		src, _ := b.source("nightbus")
		words := make([]string, 12_000)
		for i := range words {
			words[i] = fmt.Sprint("word", strings.Repeat("é", 60), i) // as one, since only their beginning counts
		}
		many := strings.Repeat("the bus and the tram. ", 400) + "Then the ferry came. " + strings.Repeat("the end ", 3000)
		distinct := make([]string, 30_000)
		for i := range distinct {
			distinct[i] = fmt.Sprintf("%046d%02x", i, i%256)
		}
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{
			said("wide", "p", "", "a", 1, strings.Join(words, " ")+" anchor"),
			said("many", "p", "", "a", 2, many),
			said("distinct", "p", "", "a", 3, strings.Join(distinct, " ")),
			said("empty", "p", "", "a", 4, ""),
			said("signs", "p", "", "", 5, "?! … ***"),
		}})
		b.indexAll(100) // however long that takes
		b.wantFound("anchor", "wide")
		b.wantFound(`"then the ferry"`, "many")
		b.wantFound(`"the ferry came the"`, "many")
		b.wantFound(`"the tram then" bus`, "many")
		b.wantFound(`the -"the ferry"`)
		b.wantFound(fmt.Sprintf("%046d%02x", 14_999, 14_999%256), "distinct")
		b.wantFound("author:a", "empty", "distinct", "many", "wide")
	}},
	{"the newest matches are ranked", func(b *bench) {
		src, _ := b.source("nightbus")
		page := pull.Page{SourceID: src.ID, Seen: start}
		for i := range index.MostRanked + 5 {
			page.Comments = append(page.Comments, said(fmt.Sprint(i), "p", "", "a", i, "The bus."))
		}
		best := said("best", "p", "", "a", -1, "Bus bus bus.")
		page.Comments = append(page.Comments, best)
		b.page(page)
		b.indexAll(0)
		q, err := search.Parse("bus")
		b.must(err)
		found := must(b.SearchComments(b.ctx(), q, digest.SearchFilter{Limit: 3}))
		b.equal("ranked", [2]any{found.Ranked, found.HasMore}, [2]any{index.MostRanked, true})
		b.equal("the newest", found.All[0].GUID, fmt.Sprint(index.MostRanked+4))
		b.equal("found", len(found.All), 3)
		b.equal("before", b.found("bus", digest.SearchFilter{Until: after(time.Hour)}), []string{"best", "0"})
	}},
	{"no query makes the database fail", func(b *bench) {
		b.babel()
		for _, query := range slices.Concat([]string{`"`, "-", "*", "a*", "^a", "NEAR(a, b, 3)", "NEAR", "a OR", "(((", "a:b:c", "{a b}:c",
			"author:", "post:x:y", "a\x00b", "'a' & 'b' <-> !c | d:*", "§g", "§aines", "%s", `\'`, `a\`, "$1", "ﷺ", "\xff\xfe", "😀😀", "«x»"},
			[]string{strings.Repeat("bus ", 64), strings.Repeat("-x ", 60) + "bus", `"` + strings.Repeat("a ", 64) + `"`, strings.Repeat("ж", 900)}) {
			q, err := search.Parse(query)
			if err != nil {
				b.wantKind(err, digest.Invalid)
				continue
			}
			for _, state := range []digest.CommentState{"", digest.CommentNew, digest.CommentPicked, digest.CommentGone} {
				must(b.SearchComments(b.ctx(), q, digest.SearchFilter{State: state}))
			}
			must(b.SearchPosts(b.ctx(), q, digest.SearchFilter{SourceID: 1, Since: start}))
		}
	}},
}

// posts searches posts, and gives their guids in order.
func (b *bench) posts(query string) (all []string) {
	b.Helper()
	b.indexAll(0)
	q, err := search.Parse(query)
	b.must(err)
	found := must(b.SearchPosts(b.ctx(), q, digest.SearchFilter{}))
	for _, p := range found.All {
		all = append(all, p.GUID)
	}
	return all
}
