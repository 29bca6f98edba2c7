package storetest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/near"
	"postbag/digest/pull"
)

const (
	girl  = "There is a girl who gets on at the last stop but two, and she counts her coins into my hand."
	story = "I have driven the night bus for nine years and nobody at the depot ever asked us what the new rota would do. " + girl + " One winter the heating failed and she lent me her scarf."
	essay = "Timetables are written by people who sleep at night. They look at the empty seats of noon and conclude that nobody rides at four. " +
		"Then they are surprised that the hospital has no porters."
	porters = "Nobody ran for it, because nobody had told the porters that it was the very last one before Monday."
)

// nearly compares what is new, as many at a time, and gives all links as
// "later relation earlier", in order.
func (b *bench) nearly(limit int) (links []string) {
	b.Helper()
	b.linkAll(limit)
	names := map[near.Key]string{}
	var ids []int64
	for guid, c := range b.comments() {
		names[near.Key{ID: c.ID}] = guid
		ids = append(ids, c.ID)
	}
	posts, err := b.Posts(b.ctx(), digest.PostFilter{})
	b.must(err)
	for _, p := range posts {
		names[near.Key{ID: p.ID, IsPost: true}] = p.GUID
	}
	found, waits, err := b.Near(b.ctx(), ids)
	b.must(err)
	b.equal("waits", waits, false)
	seen := map[string]int{}
	for id, others := range found {
		of := names[near.Key{ID: id}]
		for _, o := range others {
			link := fmt.Sprint(of, " ", o.Relation, " ", names[o.Key])
			if o.IsLater {
				link = fmt.Sprint(names[o.Key], " ", o.Relation, " ", of)
			}
			if seen[link]++; seen[link] == 1 {
				links = append(links, link)
			}
		}
	}
	for link, n := range seen { // between comments, both sides see it
		if both := strings.Count(link, "post-"); n != 2-min(both, 1) {
			b.Errorf("%s is seen from %d sides", link, n)
		}
	}
	slices.Sort(links)
	return links
}

// linkAll indexes and compares until nothing is left, and tells in how many steps.
func (b *bench) linkAll(limit int) (steps int) {
	b.Helper()
	b.indexAll(0)
	for {
		n, err := b.LinkNear(b.ctx(), limit)
		b.must(err)
		if n == 0 {
			return steps
		}
		if limit > 0 && n > limit {
			b.Fatalf("%d entries at once", n)
		}
		steps++
	}
}

func (b *bench) wantNear(what string, want ...string) {
	b.Helper()
	b.equal(what, b.nearly(0), want)
}

// postSaid makes a post with words of its own.
func postSaid(guid string, hours int, text string) digest.Post {
	p := aPost(guid, after(time.Duration(hours)*time.Hour), "hash of "+text)
	p.Body = digest.Plain(text)
	return p
}

// edited is the night bus' story with another number in it.
var edited = strings.Replace(story, "nine years", "ten years", 1)

// unlike gives so many words that no other number gives.
func unlike(number, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("word%dof%d", i, number)
	}
	return strings.Join(words, " ")
}

// thread is a blog of some weeks, in which much is said twice.
func thread() (posts []digest.Post, comments []digest.Comment) {
	const footer = "\n\nSent from my old telephone on the last night bus home, please forgive the spelling."
	posts = []digest.Post{
		postSaid("post-rota", 0, "The council has published a rota that nobody on the night shift has ever seen before this very morning."),
		postSaid("post-tea", 200, "Tea is served at the hatch again."),
		postSaid("post-pick", 400, "What you said.\n\n“"+girl+"”\n\n*******\n\n"+essay+"\n\n*******\n\n"+porters+"\n\nThank you all."),
	}
	comments = []digest.Comment{
		said("story", "post-rota", "", "Anonymous", 1, story),
		said("twice", "post-rota", "", "Anonymous", 2, story),
		said("answer", "post-rota", "story", "Deb", 3, "You write: \""+girl+"\" I know her. "+porters),
		said("whole", "post-rota", "answer", "Ines", 4, "I know her. "+porters+" Yes."),
		said("essay", "post-tea", "", "Bob", 201, essay),
		said("again", "post-tea", "", "Anonymous", 300, strings.ToUpper(edited)),
		said("both1", "post-tea", "", "Kit", 301, "They tell us: the council has published a rota that nobody on the night shift has ever seen before this very morning. I laughed for an hour about it."),
		said("both2", "post-tea", "", "Mo", 302, "A rota! The council has published a rota that nobody on the night shift has ever seen before this very morning. Who believes any of that by now, tell me?"),
		said("idiom1", "post-tea", "", "Al", 303, "At the end of the day, when all is said, I take the tram and read my paper like everybody else on this line does."),
		said("idiom2", "post-tea", "", "Jo", 304, "My cat would say that at the end of the day, when all is said, fish is fish, and sleep is worth more than any of it."),
		said("ru1", "post-tea", "", "Фёдор", 305, "Последний автобус ушёл раньше времени, и никто из диспетчеров не захотел объяснить почему."),
		said("ru2", "post-tea", "", "Фёдор", 306, "ПОСЛЕДНИЙ автобус ушел раньше времени — и никто из диспетчеров не захотел объяснить, почему!"),
		said("ja1", "post-tea", "", "夜勤", 307, "最終バスは十分早く出てしまい、営業所の誰も理由を説明しようとしなかった。"),
		said("ja2", "post-tea", "", "夜勤", 308, "最終バスは十分早く出てしまい、営業所の誰も理由を説明しようとしなかった!!"),
		said("short1", "post-tea", "", "a", 309, "Thank you so much!"),
		said("short2", "post-tea", "", "b", 310, "Thank you so much!"),
		said("none1", "post-tea", "", "c", 311, "🚌🚌"),
		said("none2", "post-tea", "", "c", 312, "🚌🚌"),
		said("empty", "post-tea", "", "c", 313, ""),
	}
	for i := range 40 {
		comments = append(comments, said(fmt.Sprint("footer", i), "post-tea", "", "d", 320+i, unlike(i, 20)+footer))
	}
	return posts, comments
}

// threadLinks are what is found in the thread, once boilerplate is known as such.
var threadLinks = []string{
	"again copy story", "again copy twice", "answer quote story", "both1 quote post-rota", "both2 quote post-rota", "ja2 copy ja1",
	"post-pick quote answer", "post-pick quote essay", "post-pick quote story", "ru2 copy ru1", "twice copy story", "whole quote answer",
}

var nearTests = []test{
	{"what repeats or quotes is linked", func(b *bench) {
		src, _ := b.source("nightbus")
		posts, comments := thread()
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: posts, Comments: comments})
		b.wantNear("links", threadLinks...)
	}},
	{"links are the same in whatever order and number entries come", func(b *bench) {
		src, _ := b.source("nightbus")
		posts, comments := thread()
		slices.Reverse(posts)
		slices.Reverse(comments)
		for i := 0; i < len(comments); i += 7 {
			b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: comments[i:min(len(comments), i+7)]})
			b.linkAll(3)
		}
		for _, p := range posts {
			b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: []digest.Post{p}})
			b.linkAll(1)
		}
		got := slices.DeleteFunc(b.nearly(1), func(link string) bool { return strings.HasPrefix(link, "footer") })
		b.equal("links", got, threadLinks)
	}},
	{"edits make and break links", func(b *bench) {
		src, _ := b.source("nightbus")
		store := func(comments ...digest.Comment) {
			b.Helper()
			b.page(pull.Page{SourceID: src.ID, Seen: after(time.Hour), Comments: comments})
		}
		store(said("first", "p", "", "a", 1, story), said("second", "p", "", "a", 2, essay), said("third", "p", "", "a", 3, porters))
		b.wantNear("at first")
		store(said("second", "p", "", "a", 2, edited))
		b.wantNear("the later one becomes a copy", "second copy first")
		store(said("first", "p", "", "a", 1, essay))
		b.wantNear("the earlier one does not stay one")
		store(said("third", "p", "", "a", 3, "Somebody wrote this: "+essay+" And I say: "+unlike(7, 60)))
		b.wantNear("the later one quotes", "third quote first")
		store(said("first", "p", "", "a", 1, story))
		b.wantNear("the other is repeated", "second copy first")
	}},
	{"what is gone has no links", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{
			said("first", "p", "", "a", 1, story), said("second", "p", "", "a", 2, story), said("third", "p", "", "a", 3, "Look at this: "+girl+" "+essay)}})
		b.wantNear("at first", "second copy first", "third quote first")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{{GUID: "first", Gone: true, GoneReason: "removed"}}})
		// Seen at once, before anything is compared anew.
		second := b.comments()["second"].ID
		found, _, err := b.Near(b.ctx(), []int64{second})
		b.must(err)
		for _, o := range found[second] {
			if o.ID == b.comments()["first"].ID {
				b.Error("what is gone is shown")
			}
		}
		b.wantNear("removed", "third quote second")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{said("first", "p", "", "a", 1, story)}})
		b.wantNear("back again", "second copy first", "third quote first")
	}},
	{"what quotes its parent answers it, whichever comes first", func(b *bench) {
		src, _ := b.source("nightbus")
		answer := said("answer", "p", "asks", "b", 2, girl+" Quite so, and it rained.")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{answer}})
		b.wantNear("alone")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{said("asks", "p", "", "a", 1, girl)}})
		b.wantNear("with its parent", "answer quote asks")
	}},
	{"a post is known by its title, and a time tells the order", func(b *bench) {
		src, _ := b.source("nightbus")
		posts, comments := thread()
		b.page(pull.Page{SourceID: src.ID, Seen: start, Posts: posts, Comments: comments})
		id := b.comments()["story"].ID
		found, _, err := b.Near(b.ctx(), []int64{id})
		b.must(err)
		var got []string
		for _, o := range found[id] {
			got = append(got, fmt.Sprintf("%t %s %q %s", o.IsLater, o.Relation, o.Title, o.Published.Format(time.DateTime)))
		}
		b.equal("the others", got, []string{`true copy "" 2026-03-02 11:00:00`, `true quote "" 2026-03-02 12:00:00`,
			`true copy "" 2026-03-14 21:00:00`, `true quote "About post-pick" 2026-03-19 01:00:00`})
		found, _, err = b.Near(b.ctx(), nil)
		b.must(err)
		b.equal("of none", len(found), 0)
	}},
	{"very many copies are boilerplate, and the first of them are linked", func(b *bench) {
		src, _ := b.source("nightbus")
		for i := range 60 {
			b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{said(fmt.Sprintf("spam%02d", i), "p", "", "a", i, story)}})
			b.linkAll(0)
		}
		links := b.nearly(0)
		if n := len(links); n < 200 || n > 60*30 {
			b.Errorf("%d links between 60 copies", n)
		}
		if !slices.Contains(links, "spam01 copy spam00") || slices.ContainsFunc(links, func(l string) bool { return strings.HasPrefix(l, "spam59") }) {
			b.Error("the first are not linked, or the last are")
		}
	}},
	{"a long text over and over does no harm", func(b *bench) {
		src, _ := b.source("nightbus")
		b.page(pull.Page{SourceID: src.ID, Seen: start, Comments: []digest.Comment{
			said("ha", "p", "", "a", 1, strings.Repeat("ha ", 50_000)), said("hi", "p", "", "a", 2, strings.Repeat("ha ", 40_000)),
			said("long", "p", "", "a", 3, strings.Repeat(story+" ", 500)), said("wide", "p", "", "a", 4, strings.Repeat("x", 500_000))}})
		b.wantNear("links", "hi copy ha")
	}},
}
