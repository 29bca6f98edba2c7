package suggest_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/near"
	"postbag/digest/prose"
	"postbag/digest/suggest"
)

// ofWords gives the rules of a comment's reasons that its words alone gave, its length
// apart.
func ofWords(reasons []suggest.Reason) (all []suggest.Rule) {
	for _, r := range reasons {
		switch r.Rule {
		case suggest.Length, suggest.OnPost, suggest.AnswersOne, suggest.DrewAnswers, suggest.HardToRead:
		default:
			all = append(all, r.Rule)
		}
	}
	slices.Sort(all)
	return all
}

var fillers = map[string]string{
	"en": " The stop is opposite the church. There is a bench beside it, and a tree.",
	"de": " Die Haltestelle ist gegenüber der Kirche. Daneben ist eine Bank, und ein Baum.",
	"fr": " L'arrêt se trouve en face de l'église. Il y a un banc à côté, et un arbre.",
	"es": " La parada está frente a la iglesia. Al lado hay un banco, y un árbol.",
	"nl": " De halte is tegenover de kerk. Er staat een bankje naast, en een boom.",
}

// TestReasonsAreOfTheWords: what says nothing adds no reason, the day and the order
// change none, and whoever quotes a comment whole has none of its reasons.
func TestReasonsAreOfTheWords(t *testing.T) {
	for _, language := range languages {
		m := readMarked(t, language+".txt")
		rules := suggest.Rules{Languages: map[int64]string{1: language}}
		before := rules.JudgeAlone(m.candidates)
		changed := func(what string, change func(*digest.Candidate), check func(i int, got []suggest.Rule) bool) {
			t.Helper()
			other := slices.Clone(m.candidates)
			for i := range other {
				change(&other[i])
			}
			for i, s := range rules.JudgeAlone(other) {
				if got := ofWords(s.Reasons); !check(i, got) {
					t.Errorf("%s %d, %s: %q were %q", language, s.CommentID, what, got, ofWords(before[i].Reasons))
				}
			}
		}
		same := func(i int, got []suggest.Rule) bool { return slices.Equal(got, ofWords(before[i].Reasons)) }
		none := func(i int, got []suggest.Rule) bool {
			for _, r := range got {
				if !slices.Contains(ofWords(before[i].Reasons), r) {
					return false
				}
			}
			return true
		}
		changed("with filler", func(c *digest.Candidate) {
			c.Body = digest.Plain(c.Body.Text() + fillers[language])
		}, func(i int, got []suggest.Rule) bool { return before[i].Words() < 12 || none(i, got) })
		changed("in another week", func(c *digest.Candidate) {
			c.Published = c.Published.AddDate(0, 0, 7)
			c.PostID, c.ID = 9, c.ID+500
			c.ParentID += 500 * int64(btoi(c.ParentID != 0))
		}, same)
		changed("quoted", func(c *digest.Candidate) {
			var whole digest.Prose
			for _, p := range c.Body {
				p.Kind, p.Depth = digest.Quote, 1
				whole = append(whole, p)
			}
			c.Body = whole
		}, func(i int, got []suggest.Rule) bool { return slices.Equal(got, []suggest.Rule{suggest.OthersWords}) })
		changed("in quotation marks", func(c *digest.Candidate) {
			if !strings.ContainsAny(c.Body.Text(), "\"“”„«»‘’>") {
				c.Body = digest.Plain("“" + c.Body.Text() + "”")
			}
		}, func(i int, got []suggest.Rule) bool {
			return strings.ContainsAny(m.candidates[i].Body.Text(), "\"“”„«»‘’>") || slices.Equal(got, []suggest.Rule{suggest.OthersWords})
		})
	}
}

// TestSmallWordsOfOthers: words that only look like first persons are none.
func TestSmallWordsOfOthers(t *testing.T) {
	for text, language := range map[string]string{
		"The US had sent its staff to the depot for years, and the US made the school pay for it as well.":                       "en",
		"The coal mine was the work of the village for two hundred years and the mine had a school and a hospital.":              "en",
		"Das Büro war im Winter im alten Bahnhof, und im Sommer wurde im Hof gearbeitet, wie im Jahr davor auch schon.":          "de",
		"We think the staff should hope for better years, and I agree that the office and the school had that coming to them.":   "en",
		"Do I have to work my shift at the depot when my manager and the office have changed the rota without asking anybody?":   "en",
		"Les ouvriers avaient travaillé des années à l'usine, et la direction avait fermé l'école et l'hôpital de leur village.": "fr",
	} {
		for _, r := range suggest.InWords((suggest.Rules{Languages: map[int64]string{0: language}}).JudgeAlone([]digest.Candidate{comment(1, 0, text)})[0].Reasons) {
			if strings.HasPrefix(r, "First-hand") {
				t.Errorf("%q: %s", text, r)
			}
		}
	}
}

// TestOrderOfCandidates: in whatever order they come, the same list is offered.
func TestOrderOfCandidates(t *testing.T) {
	candidates, posts := demoBlog(t)
	rules := suggest.Rules{IssueID: 4, Posts: posts, Languages: map[int64]string{0: "en"}}
	list := func() []suggest.Suggestion { return suggest.Top(rules.Suggest(candidates), 20) }
	want := list()
	r := rand.New(rand.NewPCG(3, 4))
	for range 2 {
		r.Shuffle(len(candidates), func(i, j int) { candidates[i], candidates[j] = candidates[j], candidates[i] })
		if got := list(); !reflect.DeepEqual(got, want) {
			t.Fatal("another order gives another list")
		}
	}
}

// TestLikeLength: of two comments of like length the one that says something comes
// first, also if the other is the longer by a few words.
func TestLikeLength(t *testing.T) {
	for _, pair := range [][2]string{
		{"I was the caretaker there for eleven years, and every morning at six I found the same boy asleep against the boiler room door with his bag under his head.",
			"It is always a pity when something that has been part of a place goes away, and one can only hope that what comes afterwards turns out to be half as nice as that."},
		{"The lift should be mended before anybody paints the hall, because nobody on the fourth floor will see the paint. What if we asked the tenants for once?",
			"Paint is nice and lifts are nice and halls are nice, and everything would be nicer still if everybody were a bit nicer to everybody else in the building now and then."},
		{"My sister told me on Tuesday that the school is to close in July, all four classes, and that the letters had been lying in the office since Easter.",
			"You can say what you like, in the end it comes out the way it comes out, and those who have been around for long enough will know exactly what is meant by that."},
	} {
		got := (suggest.Rules{Languages: map[int64]string{0: "en"}}).Suggest([]digest.Candidate{comment(1, 0, pair[0]), comment(2, 0, pair[1])})
		if got[0].Place != 1 {
			t.Errorf("%.2f %q\n%.2f %q", got[0].Score, pair[0], got[1].Score, pair[1])
		}
	}
}

// TestLengthIsNotAll: among comments of sixty to three hundred words the longer are
// hardly above the shorter.
func TestLengthIsNotAll(t *testing.T) {
	for name, of := range map[string]func(testing.TB) ([]digest.Candidate, []digest.Post){"demo": demoBlog, "founding": foundingBlog} {
		t.Run(name, func(t *testing.T) {
			candidates, posts := of(t)
			var lengths, scores []float64
			for i, s := range (suggest.Rules{Posts: posts, Languages: map[int64]string{0: "en"}}).JudgeAlone(candidates) {
				if n := prose.Words(candidates[i].Body); n >= 60 && n <= 300 {
					lengths, scores = append(lengths, float64(n)), append(scores, s.Score)
				}
			}
			r := correlation(lengths, scores)
			t.Logf("of %d comments score and length correlate by %.2f", len(scores), r)
			if r >= 0.4 {
				t.Errorf("score and length correlate by %.2f", r)
			}
		})
	}
}

func correlation(a, b []float64) float64 {
	var sa, sb, saa, sbb, sab float64
	n := float64(len(a))
	for i := range a {
		sa, sb, saa, sbb, sab = sa+a[i], sb+b[i], saa+a[i]*a[i], sbb+b[i]*b[i], sab+a[i]*b[i]
	}
	return (sab - sa*sb/n) / math.Sqrt((saa-sa*sa/n)*(sbb-sb*sb/n))
}

// TestRepliesAreNotAll: however many answers a comment of ten words drew, it is not
// offered, and they lift one of twenty words above no story.
func TestRepliesAreNotAll(t *testing.T) {
	popular := func(id int64, text string) digest.Candidate {
		return with(comment(id, 0, text), func(c *digest.Candidate) { c.Replies = 400 })
	}
	candidates := []digest.Candidate{popular(1, "Who else will be there on the night to see it?"),
		popular(2, "Who else will be there on the night to see how it ends after all that has been said here lately?"), comment(3, 0, story), comment(4, 0, essay)}
	top := suggest.Top((suggest.Rules{Languages: map[int64]string{0: "en"}}).Suggest(candidates), 10)
	if len(top) != 3 || top[2].CommentID != 2 {
		t.Errorf("offered are %+v", top)
	}
}

// TestSwitches: a rule that is switched off gives no reason and weighs nothing.
func TestSwitches(t *testing.T) {
	candidates := []digest.Candidate{comment(1, 0, story)}
	on := (suggest.Rules{}).Suggest(candidates)[0]
	off := (suggest.Rules{Off: []suggest.Rule{suggest.FirstHand, "of another time"}}).Suggest(candidates)[0]
	if !slices.Contains(ofWords(on.Reasons), suggest.FirstHand) || slices.Contains(ofWords(off.Reasons), suggest.FirstHand) || off.Signals.Of(suggest.FirstHand) != 0 || off.Score >= on.Score {
		t.Errorf("on %+v, off %+v", on, off)
	}
}

// TestListIsSpread: one writer, or one post, does not fill the list where others have
// something to say.
func TestListIsSpread(t *testing.T) {
	candidates, posts := demoBlog(t)
	all := (suggest.Rules{Posts: posts, Languages: map[int64]string{0: "en"}}).Suggest(candidates)
	otherwise := 0
	for _, s := range suggest.Top(all, 20) {
		for _, r := range s.Reasons {
			otherwise += btoi(r.Rule == suggest.Otherwise)
		}
	}
	if otherwise == 0 {
		t.Error("nobody sees it otherwise")
	}
	var same []digest.Candidate
	for id := int64(1); id <= 6; id++ {
		c := comment(id, 0, story[:len(story)-int(id)*9])
		c.Author = []string{"Ines", "Ines", "Ines", "Ines", "Bob", "Mara"}[id-1]
		c.Body = append(digest.Plain([]string{"Apples", "Bridges", "Candles", "Dragons", "Embers", "Feathers"}[id-1]+" were all about."), c.Body...)
		same = append(same, c)
	}
	top := suggest.Top((suggest.Rules{}).JudgeAlone(same), 3)
	writers := map[string]bool{}
	for _, s := range top {
		writers[same[s.CommentID-1].Author] = true
	}
	if len(writers) != 3 {
		t.Errorf("three places go to %v", writers)
	}
}

// TestScriptsWithoutSpaces: what is written without spaces is judged by its length, its
// figures and questions, and by what it answers.
func TestScriptsWithoutSpaces(t *testing.T) {
	candidates := []digest.Candidate{
		comment(1, 0, strings.Repeat(han, 2)), comment(2, 0, "夜勤の人に温かい食事を出さなければならないのでしょうか？"),
		comment(3, 2, "座る場所と飲み水、それから近くで買えないときに食べ物を温める手段は用意しなければなりません。2019年の規則の14条です。"), comment(4, 0, strings.Repeat(thai, 2)),
	}
	all := (suggest.Rules{}).Suggest(candidates)
	has := func(i int, r suggest.Rule) bool {
		return slices.ContainsFunc(all[i].Reasons, func(x suggest.Reason) bool { return x.Rule == r })
	}
	if !has(0, suggest.Length) || has(0, suggest.HardToRead) || !has(2, suggest.AnswersOne) || !has(2, suggest.Concrete) || !has(3, suggest.Length) || has(3, suggest.HardToRead) {
		t.Errorf("%+v", all)
	}
	for i, c := range candidates {
		if top := suggest.Top(all, 10); len(top) != 4 && prose.Words(c.Body) >= 12 && all[i].Place == 0 {
			t.Errorf("comment %d of %d words is not offered", c.ID, prose.Words(c.Body))
		}
	}
}

// TestWordsAreCountedAsProseDoes: of a comment without quotations all words are its
// writer's.
func TestWordsAreCountedAsProseDoes(t *testing.T) {
	for _, of := range []func(testing.TB) ([]digest.Candidate, []digest.Post){demoBlog} {
		candidates, _ := of(t)
		for _, c := range candidates {
			n := prose.Words(c.Body)
			got := (suggest.Rules{}).JudgeAlone([]digest.Candidate{c})[0]
			if words := got.Words(); words > n || words < n*6/10 && !strings.ContainsAny(c.Body.Text(), "\"“‘") {
				t.Errorf("comment %d has %d words, %d are its writer's own", c.ID, n, words)
			}
		}
	}
}

// BenchmarkRules sets the rules, without and with the search for copies, beside reading
// the same texts once.
func BenchmarkRules(b *testing.B) {
	candidates := many(10_000)
	for _, of := range []struct {
		name string
		do   func()
	}{
		{"reading", func() {
			for _, c := range candidates {
				near.Read(c.Body)
			}
		}},
		{"rules", func() { (suggest.Rules{}).JudgeAlone(candidates) }},
		{"all", func() { suggest.Top(suggest.Rules{}.Suggest(candidates), 20) }},
	} {
		b.Run(of.name, func(b *testing.B) {
			b.ReportAllocs()
			began := digesttest.CPU(b)
			for b.Loop() {
				of.do()
			}
			b.ReportMetric(float64((digesttest.CPU(b)-began).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

// TestTenThousand: judging takes a few times as long as it takes to read the same texts
// once, copies and quotations included, and little memory.
func TestTenThousand(t *testing.T) {
	candidates := many(10_000)
	began := digesttest.CPU(t)
	for _, c := range candidates {
		near.Read(c.Body)
	}
	reading := digesttest.CPU(t) - began
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began = digesttest.CPU(t)
	all := (suggest.Rules{}).Suggest(candidates)
	took := digesttest.CPU(t) - began
	runtime.ReadMemStats(&after)
	size := (after.TotalAlloc - before.TotalAlloc) >> 20
	if size > 150 {
		t.Errorf("it takes %d MB", size)
	}
	t.Logf("%d comments: %v, reading them %v, %d MB", len(all), took, reading, size)
	if took > 8*reading {
		t.Errorf("it takes %v, reading the same texts %v", took, reading)
	}
}

// TestProcessors: however many processors there are, the same is said.
func TestProcessors(t *testing.T) {
	candidates := many(600)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	judge := func(processors int) []suggest.Suggestion {
		runtime.GOMAXPROCS(processors)
		all := (suggest.Rules{IssueID: 3}).Suggest(candidates)
		return append(suggest.Top(all, len(all)), suggest.Bare(all)...)
	}
	if one, many := judge(1), judge(5); !reflect.DeepEqual(one, many) {
		t.Error("other processors say otherwise")
	}
}
