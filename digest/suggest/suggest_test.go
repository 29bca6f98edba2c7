package suggest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

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

// said gives the reasons of the first of some candidates, in words.
func said(rules suggest.Rules, candidates ...digest.Candidate) []string {
	return suggest.InWords(rules.Suggest(candidates)[0].Reasons)
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
			got := slices.Contains(said(rules, test.in), "New name")
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
			rules := suggest.Rules{Posts: []digest.Post{test.post}}
			if got := quoted(said(rules, c)); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	// Of several posts the first to quote it is named.
	rules := suggest.Rules{Posts: []digest.Post{
		{ID: 3, Title: "Second", Published: later.Add(time.Hour), Body: digest.Plain(quote)},
		{ID: 2, Title: "First", Published: later, Body: digest.Plain(quote)},
	}}
	if got := quoted(said(rules, c)); !slices.Equal(got, []string{"Quoted in “First”"}) {
		t.Errorf("got %q", got)
	}
}

func quoted(reasons []string) (all []string) {
	for _, r := range reasons {
		if strings.HasPrefix(r, "Quoted in") {
			all = append(all, r)
		}
	}
	return all
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
			rules := suggest.Rules{IssueID: 3, Posts: posts}
			all := rules.Suggest(candidates)
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
			shots := 0
			for _, s := range top {
				c := byID[s.CommentID]
				perPost[c.PostID]++
				if s.LongShot {
					shots++
				}
				if prose.Words(c.Body) < 12 || len(s.Reasons) == 0 || s.NearCopyOf != 0 {
					t.Errorf("offered: %+v", s)
				}
			}
			for post, k := range perPost {
				if k > n/2 {
					t.Errorf("%d of %d are from post %d", k, n, post)
				}
			}
			if shots != 2 || !top[n-1].LongShot || !top[n-2].LongShot {
				t.Errorf("%d of %d are long shots", shots, n)
			}
			for _, s := range suggest.Best(all, n) {
				if s.LongShot {
					t.Errorf("%d is a long shot", s.CommentID)
				}
			}
			for _, s := range all {
				text := byID[s.CommentID].Body.Text()
				for _, r := range s.Reasons {
					for i, at := range r.Ranges {
						if at.Start < 0 || at.Start >= at.End || at.End > len(text) || !utf8.ValidString(text[at.Start:at.End]) || i > 0 && at.Start < r.Ranges[i-1].End && r.Rule != suggest.GivesSource {
							t.Errorf("comment %d: %s stands at %v of %d bytes", s.CommentID, r.Words, r.Ranges, len(text))
						}
					}
				}
			}
		})
	}
}

// many makes n comments of 20 to 160 words in threads under fifty posts; some are
// near copies, all end in the same line.
func many(n int) []digest.Candidate {
	r := rand.New(rand.NewPCG(1, 2))
	vocabulary := strings.Fields("work job shift rota year night manager staff driver office depot station school drove taught joined retired ashamed because should tomorrow meeting")
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

// TestMarks: the words that reasons rest on come once and in order; what only a caution
// rests on is told apart.
func TestMarks(t *testing.T) {
	r := func(at ...int) (all []digest.Range) {
		for i := 0; i < len(at); i += 2 {
			all = append(all, digest.Range{Start: at[i], End: at[i+1]})
		}
		return all
	}
	got := suggest.Marks([]suggest.Reason{
		{Rule: suggest.Concrete, Ranges: r(10, 14, 30, 35)}, {Rule: suggest.FirstHand, Ranges: r(2, 12)}, {Rule: suggest.Length}, {Rule: suggest.Quarrels, Ranges: r(33, 40)},
	})
	want := []suggest.Mark{{Range: digest.Range{Start: 2, End: 14}}, {Range: digest.Range{Start: 30, End: 35}}, {Range: digest.Range{Start: 35, End: 40}, Caution: true}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := suggest.Marks(nil); got != nil {
		t.Errorf("of no reasons: %+v", got)
	}
}

// TestWhatIsNotMeant: words that look like a reason, and what they stand in says that they
// are none; beside each a sentence in which they are.
func TestWhatIsNotMeant(t *testing.T) {
	for _, c := range []struct {
		rule    suggest.Rule
		is, not string
	}{
		{suggest.Feeling, "I was ashamed of that town and of all that we did there in the name of order.", "I did not cry that day, I had onions on the board and a hall full of hungry people."},
		{suggest.Feeling, "I was never so afraid in all my life as on that boat with the lamp gone out.", "Nobody was afraid of the old lamp on the boat, and the boys played cards below the deck."},
		{suggest.Argues, "It cannot open in March though nobody says so, because the beams were never paid for by the county.", "He looked at the plan as though nobody had drawn it and went home without a word to the clerk."},
		{suggest.Proposes, "The county should mend the slipway before it sells another yard of the harbour to anybody.", "The boat left on time and the tea was hot, and that is how it should be on a Sunday in the harbour."},
		{suggest.Proposes, "They should publish the minutes, all of them, and let the harbour read what was said there.", "If the clerk should by chance be reading this, the lamp on the slipway is still where he left it."},
		{suggest.Quarrels, "You are an idiot and so is your brother, get a life and leave the rest of us alone.", "I would not have stayed a week if you lot had not written it all down for the new ones like me."},
		{suggest.GivesSource, "According to the annual accounts the harbour made a loss in each of the last nine years.", "The old Inspectorate is peddling the same story that it told us when the slipway was closed."},
		{suggest.Concrete, "The 14 left Marl Lane at 6:52 with 31 people and came to Tanner's Yard with nine of them.", "GREEN INK"},
	} {
		fires := func(text string) bool {
			one := comment(1, 0, text)
			s := suggest.Rules{Languages: map[int64]string{one.SourceID: "en"}}.Suggest([]digest.Candidate{one})[0]
			return slices.ContainsFunc(s.Reasons, func(r suggest.Reason) bool { return r.Rule == c.rule })
		}
		if !fires(c.is) {
			t.Errorf("%s: nothing is said of %q", c.rule, c.is)
		}
		if fires(c.not) {
			t.Errorf("%s is said of %q", c.rule, c.not)
		}
	}
	one := comment(1, 0, "It took the county twenty-six years and forty-one meetings to mend the slipway below our house.")
	s := suggest.Rules{Languages: map[int64]string{one.SourceID: "en"}}.Suggest([]digest.Candidate{one})[0]
	if words := strings.Join(suggest.InWords(s.Reasons), "; "); !strings.Contains(words, "twenty-six years") {
		t.Errorf("a number with a hyphen is parted: %s", words)
	}
}
