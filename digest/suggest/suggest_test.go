package suggest_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/near"
	"postbag/digest/prose"
	"postbag/digest/suggest"
)

const (
	story = "I drove the night bus for nine years and I could tell you the time of it by the smell. My manager at the depot never asked us. " +
		"One winter we stood at the far end for half an hour with the doors shut, and nobody came. Then a boy came running with one shoe in his hand. " +
		"He sat down at the front and told me all about it, and I have not forgotten a word of it since."
	essay = "The plans will not help anybody who waits at night. They begin with a number that nobody has seen, and they end with a promise that nobody will keep. " +
		"There was a time when such plans were shown to the public first. Now they arrive on a Friday, after the papers have closed. " +
		"It would take one honest page to say what is meant, and that page is never written by those who could."
	han    = "末班车提前十分钟开走了，调度室里没有一个人愿意解释为什么。我们在雨里等了半个小时，谁也没有来。第二天早上公司说那是司机的错，可是司机那天根本没有上班。这样的事一个月里发生了三次，每一次都说是最后一次。"
	thai   = "รถเมล์เที่ยวสุดท้ายออกก่อนเวลาสิบนาทีและไม่มีใครอธิบายว่าทำไม เรารออยู่กลางสายฝนครึ่งชั่วโมงแต่ไม่มีใครมา เช้าวันต่อมาบริษัทบอกว่าเป็นความผิดของคนขับ "
	filler = "The new blinds are hard to read when it rains."
)

// comment makes a candidate under post 1, written in the order of ids.
func comment(id, parent int64, text string) digest.Candidate {
	at := time.Date(2026, 11, 16, 9, int(id), 0, 0, time.UTC)
	return digest.Candidate{
		Comment:   digest.Comment{ID: id, ParentID: parent, PostID: 1, Author: "Anonymous", Published: at, Body: digest.Plain(text)},
		PostTitle: "A post", PostPublished: time.Date(2026, 11, 15, 8, 0, 0, 0, time.UTC),
	}
}

func with(c digest.Candidate, change func(*digest.Candidate)) digest.Candidate {
	change(&c)
	return c
}

// reasonsOf gives the reasons of one comment.
func reasonsOf(t *testing.T, all []suggest.Suggestion, id int64) []string {
	t.Helper()
	for _, s := range all {
		if s.CommentID == id {
			return s.Reasons
		}
	}
	t.Fatalf("no suggestion for comment %d", id)
	return nil
}

func TestReasons(t *testing.T) {
	question := comment(9, 0, "We have waited all week. Does anybody know whether a company has to give hot food to the night staff?")
	answer := "They have to provide somewhere to sit and water to drink, and a way of warming food if you cannot buy any nearby at that hour."
	replied := func(n int) func(*digest.Candidate) { return func(c *digest.Candidate) { c.Replies = n } }
	pasted := comment(1, 0, "")
	pasted.Body = digest.Prose{
		{Kind: digest.Quote, Depth: 1, Spans: []digest.Span{{Text: story}}},
		{Spans: []digest.Span{{Text: "Well said, whoever wrote this."}}},
	}
	thread := []digest.Candidate{with(comment(1, 0, filler), replied(2)), comment(2, 1, "Yes."), comment(3, 2, "No."), comment(4, 2, "Yes!"), comment(5, 4, "No!")}
	tests := []struct {
		name       string
		candidates []digest.Candidate
		want       []string // of the comment with id 1
	}{
		{"nothing to say of it", []digest.Candidate{comment(1, 0, filler)}, nil},
		{"two replies", []digest.Candidate{with(comment(1, 0, filler), replied(2))}, nil},
		{"three replies", []digest.Candidate{with(comment(1, 0, filler), replied(3))}, []string{"3 replies"}},
		{"replies to a reply", []digest.Candidate{with(comment(1, 9, filler), replied(11)), comment(9, 0, filler)}, []string{"11 replies"}},
		{"a thread", thread, []string{"Started a thread of 5"}},
		{"a short thread", thread[:4], nil},
		{"a thread of direct replies is told by the replies", []digest.Candidate{with(comment(1, 0, filler), replied(4)),
			comment(2, 1, "a"), comment(3, 1, "b"), comment(4, 1, "c"), comment(5, 1, "d")}, []string{"4 replies"}},
		{"first-hand and long", []digest.Candidate{comment(1, 0, story)}, []string{"First-hand", "Long and readable"}},
		{"long but not first-hand", []digest.Candidate{comment(1, 0, essay)}, []string{"Long and readable"}},
		{"first-hand but short", []digest.Candidate{comment(1, 0, "I have worked at that depot for twelve years and my manager has yet to come down to the canteen and ask any of us a thing.")}, []string{"First-hand"}},
		{"work without a writer", []digest.Candidate{comment(1, 0, "The depot has a manager and a canteen, and the drivers work every shift that the office gives them, year after year after year, for their pay.")}, nil},
		{"a writer's question", []digest.Candidate{comment(1, 0, "Do I have to work my shift at the depot when my manager and the office say that the rota for our team has been changed without asking?")}, nil},
		{"mostly quoted", []digest.Candidate{comment(1, 0, "“"+story+"” Well said, whoever wrote this.")}, nil},
		{"quoted over paragraphs", []digest.Candidate{comment(1, 0, "\"An article.\n\n"+story+"\n\n"+essay)}, nil},
		{"a marked quotation", []digest.Candidate{pasted}, nil},
		{"speech in a story is the writer's", []digest.Candidate{comment(1, 0, story+" “Thank you,” he said.")}, []string{"First-hand", "Long and readable"}},
		{"shouting", []digest.Candidate{comment(1, 0, strings.ToUpper(essay))}, nil},
		{"too long", []digest.Candidate{comment(1, 0, essay+"\n\n"+essay+"\n\n"+essay+"\n\n"+essay+"\n\n"+essay)}, nil},
		{"one long paragraph", []digest.Candidate{comment(1, 0, essay+" "+essay+" "+essay)}, nil},
		{"one endless sentence", []digest.Candidate{comment(1, 0, strings.ReplaceAll(essay, ".", ","))}, nil},
		{"long in Chinese", []digest.Candidate{comment(1, 0, han)}, []string{"Long and readable"}},
		{"short in Chinese", []digest.Candidate{comment(1, 0, han[:90])}, nil},
		{"long in Thai", []digest.Candidate{comment(1, 0, strings.Repeat(thai, 2))}, []string{"Long and readable"}},
		{"an answer in Japanese", []digest.Candidate{comment(9, 0, "夜勤の人に温かい食事を出さなければならないのでしょうか？"),
			comment(1, 9, "座る場所と飲み水、それから近くで買えないときに食べ物を温める手段は用意しなければなりません。")}, []string{"Answers a question"}},
		{"a picture with many words", []digest.Candidate{with(comment(1, 0, ""), func(c *digest.Candidate) {
			c.Body = digest.Prose{{Spans: []digest.Span{{Text: "[picture: " + essay + "]", Stands: digest.Picture}}}}
		})}, nil},
		{"an answer", []digest.Candidate{question, comment(1, 9, answer)}, []string{"Answers a question"}},
		{"too short an answer", []digest.Candidate{question, comment(1, 9, "They have to provide water.")}, nil},
		{"a reply to no question", []digest.Candidate{comment(9, 0, filler), comment(1, 9, answer)}, nil},
		{"a question long ago", []digest.Candidate{comment(9, 0, "Why? "+essay), comment(1, 9, answer)}, nil},
		{"a question that is gone", []digest.Candidate{comment(1, 9, answer)}, nil},
		{"their own question", []digest.Candidate{
			with(question, func(c *digest.Candidate) { c.Author = "Deb" }),
			with(comment(1, 9, answer), func(c *digest.Candidate) { c.Author = "deb" })}, nil},
		{"anonymous answers anonymous", []digest.Candidate{question, comment(1, 9, answer)}, []string{"Answers a question"}},
		{"no words at all", []digest.Candidate{comment(1, 0, "")}, nil},
		{"no words but replies", []digest.Candidate{with(comment(1, 0, "🚌🚌🚌"), replied(7))}, []string{"7 replies"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := reasonsOf(t, suggest.Rules{}.Suggest(test.candidates), 1)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNewName(t *testing.T) {
	by := func(name, uri string) digest.Candidate {
		return with(comment(1, 0, filler), func(c *digest.Candidate) { c.Author, c.AuthorURI = name, uri })
	}
	tests := []struct {
		name  string
		known []string
		in    digest.Candidate
		want  bool
	}{
		{"nobody is told", nil, by("Idris", ""), false},
		{"nobody is known", []string{}, by("Idris", ""), true},
		{"another is known", []string{"Deb"}, by("Idris", ""), true},
		{"known", []string{"Deb", "idris "}, by("Idris", ""), false},
		{"known by address", []string{"https://b.example/1"}, by("Idris", "https://b.example/1"), false},
		{"anonymous", []string{}, by("Anonymous", ""), false},
		{"unknown", []string{}, by("Unknown", "https://b.example/2"), false},
		{"without a name", []string{}, by(" ", ""), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rules := suggest.Rules{Known: test.known}
			got := slices.Contains(reasonsOf(t, rules.Suggest([]digest.Candidate{test.in}), 1), "New name")
			if got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestQuotedInAPost(t *testing.T) {
	c := comment(1, 0, "Well. There is a girl who gets on at the last stop but two. She counts her coins.")
	later := c.Published.Add(24 * time.Hour)
	quote := "As one of you wrote: “There is a girl who gets on at the last stop but two!” It stayed with me."
	tests := []struct {
		name string
		post digest.Post
		want []string
	}{
		{"a later post", digest.Post{ID: 2, Title: "What you  said", Published: later, Body: digest.Plain(quote)}, []string{"Quoted in “What you said”"}},
		{"without a title", digest.Post{ID: 2, Published: later, Body: digest.Plain(quote)}, []string{"Quoted in a later post"}},
		{"its own post", digest.Post{ID: 1, Title: "A", Published: later, Body: digest.Plain(quote)}, nil},
		{"an earlier post", digest.Post{ID: 2, Title: "A", Published: c.Published.Add(-time.Hour), Body: digest.Plain(quote)}, nil},
		{"a short sentence", digest.Post{ID: 2, Title: "A", Published: later, Body: digest.Plain("“She counts her coins.”")}, nil},
		{"the beginning alone", digest.Post{ID: 2, Title: "A", Published: later, Body: digest.Plain("There is a girl who gets on at the first stop.")}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rules := suggest.Rules{Others: []near.Entry{near.Post(test.post)}}
			if got := reasonsOf(t, rules.Suggest([]digest.Candidate{c}), 1); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	// Of several posts the first to quote it is named.
	rules := suggest.Rules{Others: []near.Entry{
		near.Post(digest.Post{ID: 3, Title: "Second", Published: later.Add(time.Hour), Body: digest.Plain(quote)}),
		near.Post(digest.Post{ID: 2, Title: "First", Published: later, Body: digest.Plain(quote)}),
	}}
	if got := reasonsOf(t, rules.Suggest([]digest.Candidate{c}), 1); !reflect.DeepEqual(got, []string{"Quoted in “First”"}) {
		t.Errorf("got %q", got)
	}
}

func TestNearCopies(t *testing.T) {
	edited := strings.Replace(story, "nine years", "ten years", 1)
	half := story[:strings.Index(story, " One winter")]
	tests := []struct {
		name       string
		candidates []digest.Candidate
		want       map[int64]int64 // of which comment each is a copy
	}{
		{"unlike", []digest.Candidate{comment(1, 0, story), comment(2, 0, essay)}, nil},
		{"the same twice", []digest.Candidate{comment(1, 0, story), comment(2, 0, story)}, map[int64]int64{2: 1}},
		{"the same as a reply", []digest.Candidate{comment(1, 0, story), comment(2, 1, story)}, map[int64]int64{2: 1}},
		{"other capitals and marks", []digest.Candidate{comment(1, 0, story), comment(2, 0, strings.ToUpper(strings.ReplaceAll(story, ".", "!!")))}, map[int64]int64{2: 1}},
		{"a word changed", []digest.Candidate{comment(1, 0, story), comment(2, 0, edited)}, map[int64]int64{2: 1}},
		{"longer the second time", []digest.Candidate{comment(1, 0, story), comment(2, 0, story+" Forgot to say that it was raining.")}, map[int64]int64{1: 2}},
		{"three of them", []digest.Candidate{comment(1, 0, story), comment(2, 0, edited), comment(3, 0, story+" And more.")}, map[int64]int64{1: 3, 2: 3}},
		{"a part, later", []digest.Candidate{comment(1, 0, story+" "+essay), comment(2, 0, half)}, map[int64]int64{2: 1}},
		{"quoted in an answer", []digest.Candidate{comment(1, 0, half), comment(2, 1, half+" Quite so, and I would add that it rained.")}, nil},
		{"quoted in a much longer comment", []digest.Candidate{comment(1, 0, half), comment(2, 0, "Somebody wrote this: "+half+" "+essay)}, nil},
		{"short and alike", []digest.Candidate{comment(1, 0, "Thank you so much!"), comment(2, 0, "Thank you so much!")}, nil},
		{"half alike", []digest.Candidate{comment(1, 0, half+" "+essay), comment(2, 0, story)}, nil},
		{"without words", []digest.Candidate{comment(1, 0, ""), comment(2, 0, ""), comment(3, 0, "🚌")}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			all := suggest.Rules{}.Suggest(test.candidates)
			offered := map[int64]bool{}
			for _, s := range suggest.Top(all, 10) {
				offered[s.CommentID] = true
			}
			for _, s := range all {
				if s.NearCopyOf != test.want[s.CommentID] {
					t.Errorf("comment %d is a copy of %d, want %d", s.CommentID, s.NearCopyOf, test.want[s.CommentID])
				}
				if s.NearCopyOf != 0 && offered[s.CommentID] {
					t.Errorf("the copy %d is offered", s.CommentID)
				}
			}
		})
	}
}

// TestEarlierWeeks: what a candidate has to do with comments that are no candidates
// gives a note where it repeats one.
func TestEarlierWeeks(t *testing.T) {
	march := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	other := func(at time.Time, text string) near.Entry {
		return near.Comment(digest.Comment{ID: 12, Published: at, Body: digest.Plain(text)})
	}
	c := comment(1, 0, story)
	tests := []struct {
		name  string
		other near.Entry
		want  []string
	}{
		{"unlike", other(march, essay), nil},
		{"repeats one of an earlier week", other(march, story), []string{"repeats comment 12 of 3 March 2026"}},
		{"quotes one of an earlier week", other(march, story[:strings.Index(story, " One winter")]), nil},
		{"is repeated later", other(c.Published.Add(time.Hour), story), nil},
		{"is a candidate itself", near.Comment(c.Comment), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rules := suggest.Rules{Others: []near.Entry{test.other}}
			got := rules.Suggest([]digest.Candidate{c, comment(7, 0, filler)})[0]
			if !slices.Equal(got.Notes, test.want) {
				t.Errorf("got %q, want %q", got.Notes, test.want)
			}
		})
	}
}

func TestCopiesAreNoted(t *testing.T) {
	all := suggest.Rules{}.Suggest([]digest.Candidate{comment(1, 0, story), comment(2, 0, story+" And more."), comment(3, 0, story), comment(4, 0, essay)})
	for i, want := range [][]string{nil, {"2 near copies: 1, 3"}, nil, nil} {
		if !slices.Equal(all[i].Notes, want) {
			t.Errorf("the notes on comment %d are %q, want %q", all[i].CommentID, all[i].Notes, want)
		}
	}
}

// TestManyCopies: ten thousand near copies of one text are as quick as any.
func TestManyCopies(t *testing.T) {
	var candidates []digest.Candidate
	for i := range int64(10_000) {
		candidates = append(candidates, comment(i+1, 0, fmt.Sprintf("%s Number %d.", story, i)))
	}
	began := digesttest.CPU(t)
	copies := 0
	for _, s := range (suggest.Rules{}).Suggest(candidates) {
		if s.NearCopyOf != 0 {
			copies++
		}
	}
	if copies != len(candidates)-1 {
		t.Errorf("%d copies of %d", copies, len(candidates)-1)
	}
	if took := digesttest.CPU(t) - began; took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}

func ids(all []suggest.Suggestion) []int64 {
	out := make([]int64, len(all))
	for i, s := range all {
		out[i] = s.CommentID
	}
	return out
}

// variant makes a text that is no near copy of another but has the same reasons.
func variant(n int64, text string) string {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	words := strings.Fields(text)
	for i := range words {
		if i%3 == 2 && !strings.ContainsAny(words[i], ".,") {
			words[i] = "x" + string(rune('a'+r.IntN(26))) + string(rune('a'+r.IntN(26)))
		}
	}
	return strings.Join(words, " ")
}

func TestTop(t *testing.T) {
	plain := comment(1, 0, filler)
	long := comment(2, 0, essay)
	both := comment(3, 0, story)
	short := with(comment(4, 0, "Hear, hear."), func(c *digest.Candidate) { c.Replies = 40 })
	drew := with(comment(5, 0, filler+" You should see them at the Parade."), func(c *digest.Candidate) { c.Replies = 4 })
	older := with(comment(6, 0, variant(6, story)), func(c *digest.Candidate) {
		c.PostID, c.PostPublished = 2, c.PostPublished.Add(-48*time.Hour)
	})
	all := suggest.Rules{}.Suggest([]digest.Candidate{plain, long, both, short, drew, older})
	tests := []struct {
		n    int
		want []int64
	}{
		{0, []int64{}},
		{2, []int64{6, 3}},        // those with two reasons, the older post first
		{3, []int64{6, 3, 5}},     // then one reason, the weightier first
		{10, []int64{6, 2, 3, 5}}, // never without a reason, never very short
		{-1, []int64{}},
	}
	for _, test := range tests {
		if got := ids(suggest.Top(all, test.n)); !slices.Equal(got, test.want) {
			t.Errorf("the top %d are %v, want %v", test.n, got, test.want)
		}
	}
	if got := suggest.Top(nil, 5); len(got) != 0 {
		t.Errorf("got %v of nothing", got)
	}
}

// TestTopIsDiverse: a thread or post that has most of the good comments gets a
// third, as long as others have any.
func TestTopIsDiverse(t *testing.T) {
	var candidates []digest.Candidate
	add := func(id, parent, post int64, text string) {
		c := comment(id, parent, variant(id, text))
		c.PostID, c.PostPublished = post, time.Date(2026, 11, int(post), 8, 0, 0, 0, time.UTC)
		candidates = append(candidates, c)
	}
	add(100, 0, 1, story)
	for id := int64(101); id < 120; id++ {
		add(id, 100, 1, story) // one hot thread
	}
	for id := int64(200); id < 220; id++ {
		add(id, 0, 2, story) // one hot post
	}
	for id := int64(300); id < 304; id++ {
		add(id, 0, 3, essay)
	}
	count := func(n int) (thread, post, rest int) {
		for _, s := range suggest.Top((suggest.Rules{}).Suggest(candidates), n) {
			switch s.CommentID / 100 {
			case 1:
				thread++
			case 2:
				post++
			default:
				rest++
			}
		}
		return thread, post, rest
	}
	for _, test := range []struct{ n, thread, post, rest int }{
		{9, 3, 3, 3},    // thirds
		{12, 4, 4, 4},   // thirds still
		{18, 6, 8, 4},   // the rest has no more, so the post gives more, the thread not
		{36, 12, 20, 4}, // the post has no more
		{44, 20, 20, 4},
	} {
		if thread, post, rest := count(test.n); thread != test.thread || post != test.post || rest != test.rest {
			t.Errorf("of %d: %d, %d and %d, want %d, %d and %d", test.n, thread, post, rest, test.thread, test.post, test.rest)
		}
	}
}

func TestThreadsInACircle(t *testing.T) {
	all := suggest.Rules{}.Suggest([]digest.Candidate{comment(1, 2, story), comment(2, 3, essay), comment(3, 1, filler), comment(4, 4, filler)})
	if len(all) != 4 || len(suggest.Top(all, 3)) == 0 {
		t.Errorf("got %v", all)
	}
}

// TestBlogs looks at whole blogs: what is offered has the bounds that an editor
// counts on.
func TestBlogs(t *testing.T) {
	for name, of := range map[string]func(testing.TB) ([]digest.Candidate, []digest.Post){"demo": demoBlog, "founding": foundingBlog} {
		t.Run(name, func(t *testing.T) {
			candidates, posts := of(t)
			before := fmt.Sprint(candidates)
			var rules suggest.Rules
			for _, p := range posts {
				rules.Others = append(rules.Others, near.Post(p))
			}
			all := rules.Suggest(candidates)
			if again := rules.Suggest(candidates); !reflect.DeepEqual(all, again) {
				t.Error("the same candidates are judged in two ways")
			}
			if fmt.Sprint(candidates) != before || len(all) != len(candidates) {
				t.Error("the candidates were changed")
			}
			const n = 20
			top := suggest.Top(all, n)
			if len(top) != n {
				t.Fatalf("%d suggestions, want %d", len(top), n)
			}
			byID := map[int64]digest.Candidate{}
			for _, c := range candidates {
				byID[c.ID] = c
			}
			perPost := map[int64]int{}
			twoReasons := 0
			for i, s := range top {
				c := byID[s.CommentID]
				perPost[c.PostID]++
				if len(s.Reasons) > 1 {
					twoReasons++
				}
				if prose.Words(c.Body) < 12 || len(s.Reasons) == 0 || s.NearCopyOf != 0 {
					t.Errorf("offered: %+v", s)
				}
				if i > 0 && c.PostPublished.Before(byID[top[i-1].CommentID].PostPublished) {
					t.Errorf("%d is out of reading order", s.CommentID)
				}
			}
			for post, k := range perPost {
				if k > n/3 {
					t.Errorf("%d of %d are from post %d", k, n, post)
				}
			}
			if twoReasons < n/2 {
				t.Errorf("only %d of %d have two reasons", twoReasons, n)
			}
		})
	}
}

func BenchmarkSuggest(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		candidates := many(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				suggest.Top(suggest.Rules{}.Suggest(candidates), 20)
			}
		})
	}
}

// many makes n comments of 20 to 160 words in threads under fifty posts; some are
// near copies, all end in the same line.
func many(n int) []digest.Candidate {
	r := rand.New(rand.NewPCG(1, 2))
	vocabulary := suggest.FirstHandWords()
	for i := range 3000 {
		vocabulary = append(vocabulary, fmt.Sprintf("word%d", i))
	}
	vocabulary = append(vocabulary, "I", "we", "my", "the", "of", "and", "to", "a", "in", "that")
	candidates := make([]digest.Candidate, n)
	for i := range candidates {
		var b strings.Builder
		for w := range 20 + r.IntN(140) {
			b.WriteString(vocabulary[min(len(vocabulary)-1, int(r.ExpFloat64()*400))])
			b.WriteString([]string{" ", " ", " ", ". "}[min(3, w%12/3)])
		}
		parent := int64(0)
		if i%3 > 0 {
			parent = int64(i)
		}
		candidates[i] = comment(int64(i+1), parent, b.String()+"Sent from my telephone on the night bus.")
		candidates[i].PostID = int64(i * 50 / n)
		if i%20 == 19 {
			candidates[i].Body = candidates[i-7].Body
		}
	}
	return candidates
}
