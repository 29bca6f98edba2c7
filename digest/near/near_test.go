package near_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/near"
)

const (
	story = "I have driven the night bus for nine years and nobody at the depot ever asked us what the new rota would do. " +
		"There is a girl who gets on at the last stop but two, and she counts her coins into my hand. " +
		"One winter the heating failed and she lent me her scarf."
	essay = "Timetables are written by people who sleep at night. They count the passengers at noon and conclude that nobody rides at four. " +
		"Then they are surprised that the hospital has no porters."
	hindi  = "रात की बस का ड्राइवर हर रोज़ उसी मोड़ पर रुकता है जहाँ कोई सवारी नहीं होती।"
	russk  = "Последний автобус ушёл раньше времени, и никто из диспетчеров не захотел объяснить, почему это случилось опять."
	han    = "末班车提前十分钟开走了，调度室里没有一个人愿意解释为什么。"
	thai   = "รถเมล์เที่ยวสุดท้ายออกก่อนเวลาสิบนาทีและไม่มีใครอธิบายว่าทำไม"
	arabic = "غادرت الحافلة الأخيرة قبل موعدها بعشر دقائق ولم يشرح لنا أحد في المحطة سبب ذلك"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// said makes a comment of so many hours after the start, which is also its id.
func said(hours int64, body digest.Prose) near.Entry {
	return near.Entry{Key: near.Key{ID: hours}, Published: start.Add(time.Duration(hours) * time.Hour), Text: near.Read(body)}
}

func wrote(hours int64, text string) near.Entry { return said(hours, digest.Plain(text)) }

// posted makes a post.
func posted(hours int64, text string) near.Entry {
	e := wrote(hours, text)
	e.IsPost = true
	return e
}

func answer(to int64, e near.Entry) near.Entry {
	e.Answers = to
	return e
}

// quoting makes a text with a marked quotation.
func quoting(quoted, own string) digest.Prose {
	return digest.Prose{{Kind: digest.Quote, Depth: 1, Spans: []digest.Span{{Text: quoted}}}, {Spans: []digest.Span{{Text: own}}}}
}

func show(links []near.Link) string {
	var all []string
	for _, l := range links {
		kind := ""
		if l.Earlier.IsPost {
			kind = " post"
		}
		all = append(all, fmt.Sprintf("%s%s %d", l.Relation, kind, l.Earlier.ID))
	}
	return strings.Join(all, ", ")
}

func TestLinks(t *testing.T) {
	girl := "There is a girl who gets on at the last stop but two, and she counts her coins into my hand."
	edited := strings.Replace(story, "nine years", "ten years", 1)
	idiom := "at the end of the day when all is said"
	for _, c := range []struct {
		name   string
		entry  near.Entry
		others []near.Entry
		want   string
	}{
		{"unlike", wrote(2, essay), []near.Entry{wrote(1, story)}, ""},
		{"posted twice", wrote(2, story), []near.Entry{wrote(1, story)}, "copy 1"},
		{"three times", wrote(3, story), []near.Entry{wrote(2, edited), wrote(1, story)}, "copy 1, copy 2"},
		{"again with small edits", wrote(500, edited), []near.Entry{wrote(1, story)}, "copy 1"},
		{"other capitals, marks and quotes", wrote(2, "“"+strings.ToUpper(strings.ReplaceAll(story, ".", " … "))+"”"), []near.Entry{wrote(1, story)}, "copy 1"},
		{"what is later is no source", wrote(1, story), []near.Entry{wrote(2, story)}, ""},
		{"half of it is new", wrote(2, story+" "+essay), []near.Entry{wrote(1, story)}, "copy 1"},
		{"quoted in a longer answer", answer(1, wrote(2, "You say: "+girl+" "+essay)), []near.Entry{wrote(1, girl)}, "quote 1"},
		{"quoted whole by who answers it", answer(1, wrote(2, girl+" Quite so, and it rained.")), []near.Entry{wrote(1, girl)}, "quote 1"},
		{"the same by somebody else", wrote(2, girl+" Quite so, and it rained."), []near.Entry{wrote(1, girl)}, "copy 1"},
		{"an answer of a part of it", answer(1, wrote(2, girl+" Yes.")), []near.Entry{wrote(1, story)}, "quote 1"},
		{"a comment holds a post", wrote(2, "They say: "+girl+" I do not think so, my friends."), []near.Entry{posted(1, girl)}, "quote post 1"},
		{"an answer that only repeats", answer(1, wrote(2, story)), []near.Entry{wrote(1, story)}, "copy 1"},
		{"marked quotation of it", said(2, quoting(girl, essay)), []near.Entry{wrote(1, story)}, "quote 1"},
		{"both quote the same post", said(3, quoting(girl, "So true.")), []near.Entry{posted(1, story), said(2, quoting(girl, essay))}, "quote post 1"},
		{"quoted without a mark by both", wrote(3, "He wrote: "+girl+" I wept."), []near.Entry{posted(1, story), wrote(2, essay+" Mind this: "+girl)}, "quote post 1"},
		{"a whole sentence of eight words", wrote(2, essay+" Like you: they count the passengers at noon, and hide."),
			[]near.Entry{wrote(1, "Well now. They count the passengers at noon, and hide! So there, I have no more to say on that.")}, "quote 1"},
		{"the same eight words, but no sentence", wrote(2, essay+" Like you: they count the passengers at noon, and hide."),
			[]near.Entry{wrote(1, "Well now they count the passengers at noon and hide so there, I have no more to say on that.")}, ""},
		{"a common phrase", wrote(2, story+" But "+idiom+", we drove."), []near.Entry{wrote(1, essay+" Well, "+idiom+" it was a bad week.")}, ""},
		{"a long address in both", wrote(2, "See https://depot.example/2026/03/02/what-the-new-night-rota-will-do-to-all-of-us.html for more of that."),
			[]near.Entry{wrote(1, "It is at https://depot.example/2026/03/02/what-the-new-night-rota-will-do-to-all-of-us.html, they say now.")}, ""},
		{"a post quotes three", posted(9, "What you said this week.\n\n"+girl+"\n*******\n"+essay+"\n*******\nNobody ran, for nobody had told the porters that it was the last one."),
			[]near.Entry{wrote(1, story), wrote(2, essay), wrote(3, "Nobody ran, for nobody had told the porters that it was the last one. I was there."), wrote(4, "Thank you for the tea.")},
			"quote 1, quote 2, quote 3"},
		{"a post that is a comment", posted(9, story), []near.Entry{wrote(1, story)}, "quote 1"},
		{"a comment that is a post", wrote(9, story), []near.Entry{posted(1, story)}, "copy post 1"},
		{"very short", wrote(2, "Thank you so much!"), []near.Entry{wrote(1, "Thank you so much!")}, ""},
		{"seven words", wrote(2, "Thank you all so very much indeed."), []near.Entry{wrote(1, "Thank you all so very much indeed.")}, ""},
		{"eight words", wrote(2, "Thank you all so very much indeed, Ines."), []near.Entry{wrote(1, "Thank you all so very much indeed, Ines.")}, "copy 1"},
		{"no words", wrote(2, "🚌🚌🚌🚌🚌🚌🚌🚌🚌🚌🚌🚌 !?"), []near.Entry{wrote(1, "🚌🚌🚌🚌🚌🚌🚌🚌🚌🚌🚌🚌 !?"), wrote(0, "")}, ""},
		{"Russian", wrote(2, strings.ToUpper(russk)), []near.Entry{wrote(1, russk)}, "copy 1"},
		{"Russian, quoted", wrote(2, "Вот что здесь пишут: «"+russk+"» А я видел совсем другое, потому что стоял на остановке с самого утра и до ночи и всё записал."), []near.Entry{wrote(1, russk)}, "quote 1"},
		{"Hindi", wrote(2, hindi+" !"), []near.Entry{wrote(1, hindi)}, "copy 1"},
		{"Arabic", wrote(2, arabic), []near.Entry{wrote(1, arabic)}, "copy 1"},
		{"Chinese", wrote(2, han), []near.Entry{wrote(1, han)}, "copy 1"},
		{"Chinese, a phrase", wrote(2, "大家都说调度室里没有一个人，我也这么看，真的没办法。"), []near.Entry{wrote(1, han)}, ""},
		{"Chinese, quoted", wrote(2, "我完全不同意这种说法，因为那天晚上我一直在站台上等着，亲眼看见了。有人写道：“"+han+"”这不是事实，请大家再想一想，也请公司给一个说法。"), []near.Entry{wrote(1, han)}, "quote 1"},
		{"Thai", wrote(2, thai), []near.Entry{wrote(1, thai)}, "copy 1"},
		{"Thai, two words", wrote(2, "รถเมล์เที่ยวสุดท้าย ฉันไม่เคยเห็นเลยสักครั้งในชีวิต"), []near.Entry{wrote(1, thai)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := show(near.Links(c.entry, c.others, nil)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestBoilerplate: what everybody has makes no link.
func TestBoilerplate(t *testing.T) {
	const line = " Sent from my old telephone on the last night bus home, please forgive the spelling."
	common := map[int64]bool{}
	for _, p := range near.Read(digest.Plain(line)).Prints() {
		common[p.Hash] = true
	}
	isCommon := func(h int64) bool { return common[h] }
	a, b := wrote(1, story+line), wrote(2, essay+line)
	if got := show(near.Links(b, []near.Entry{a}, nil)); got != "quote 1" {
		t.Errorf("while it is rare: %q", got)
	}
	if got := show(near.Links(b, []near.Entry{a}, isCommon)); got != "" {
		t.Errorf("when all have it: %q", got)
	}
	if got := show(near.Links(wrote(3, story+line), []near.Entry{a}, isCommon)); got != "copy 1" {
		t.Errorf("a copy that ends in it: %q", got)
	}
}

// TestSharedWordsSharePrints is what winnowing promises.
func TestSharedWordsSharePrints(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := func(n int) []string {
		words := make([]string, n)
		for i := range words {
			words[i] = fmt.Sprintf("%c%d", 'a'+rune(r.IntN(26)), r.IntN(300))
		}
		return words
	}
	for range 2000 {
		shared := text(8 + r.IntN(5))
		a := slices.Concat(text(r.IntN(30)), shared, text(r.IntN(30)))
		b := slices.Concat(text(r.IntN(30)), shared, text(r.IntN(30)))
		if len(sharedPrints(digest.Plain(strings.Join(a, " ")), digest.Plain(strings.Join(b, " ")))) == 0 {
			t.Fatalf("no print is shared by\n%s\n%s", a, b)
		}
	}
	if n := len(near.Read(digest.Plain("one two three four five six seven")).Prints()); n != 0 {
		t.Errorf("seven words have %d prints", n)
	}
	if n := len(near.Read(digest.Plain("one two three four five six seven eight")).Prints()); n != 1 {
		t.Errorf("eight words have %d prints", n)
	}
}

func sharedPrints(a, b digest.Prose) map[int64]bool {
	of, shared := map[int64]bool{}, map[int64]bool{}
	for _, p := range near.Read(a).Prints() {
		of[p.Hash] = true
	}
	for _, p := range near.Read(b).Prints() {
		if of[p.Hash] {
			shared[p.Hash] = true
		}
	}
	return shared
}

// isFound tells whether texts are read because of their prints: they share two, or
// one that suffices.
func isFound(a, b digest.Prose) bool {
	shared := sharedPrints(a, b)
	for _, p := range slices.Concat(near.Read(a).Prints(), near.Read(b).Prints()) {
		if shared[p.Hash] && p.Suffices {
			return true
		}
	}
	return len(shared) > 1
}

// TestLinkedAreFound: of what quotes, enough prints are shared.
func TestLinkedAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	text := func(words int) string {
		var b strings.Builder
		for range words {
			fmt.Fprintf(&b, "%c%d%s ", 'a'+rune(r.IntN(26)), r.IntN(90), []string{"", "", "", "", "", "", "", ". And"}[r.IntN(8)])
		}
		return b.String()
	}
	links := 0
	for range 3000 {
		a := text(4 + r.IntN(60))
		words := strings.Fields(a)
		from := r.IntN(len(words))
		b := text(r.IntN(30)) + strings.Join(words[from:from+r.IntN(len(words)-from+1)], " ") + " " + text(r.IntN(30))
		if links += len(near.Links(wrote(2, b), []near.Entry{wrote(1, a)}, nil)); len(near.Links(wrote(2, b), []near.Entry{wrote(1, a)}, nil)) > 0 &&
			!isFound(digest.Plain(a), digest.Plain(b)) {
			t.Fatalf("linked and not found:\n%s\n%s", a, b)
		}
	}
	if links < 500 {
		t.Errorf("%d links are too few to tell", links)
	}
}

// TestPrintsAreForEver: prints are stored, so they cannot change.
func TestPrintsAreForEver(t *testing.T) {
	var got []int64
	for _, p := range near.Read(digest.Plain("The last BUS left the depot at four, and nobody ran.")).Prints() {
		got = append(got, p.Hash)
	}
	if want := []int64{139489125186505, 29094504240432, 246197886126374}; !slices.Equal(got, want) {
		t.Errorf("the prints are %v, were %v; whoever changes them has all prints made again in a migration", got, want)
	}
}

// TestHostileTexts: the same word over and over, and very long texts, are as quick
// as any.
func TestHostileTexts(t *testing.T) {
	began := digesttest.CPU(t)
	texts := []string{strings.Repeat("ha ", 100_000), strings.Repeat("夜", 100_000), strings.Repeat("a b c d e f g ", 20_000),
		strings.Repeat("x", 1<<20), strings.Repeat("https://a.example/ ", 20_000)}
	for i, a := range texts {
		for j, b := range texts {
			links := near.Links(wrote(int64(10+i), a), []near.Entry{wrote(int64(j), b)}, nil)
			if same := i == j && i != 3; same != (len(links) == 1) && i < 3 {
				t.Errorf("texts %d and %d: %v", i, j, links)
			}
		}
	}
	if took := digesttest.CPU(t) - began; took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func FuzzLinks(f *testing.F) {
	for _, s := range []string{story, essay, hindi, russk, han, thai, arabic, "", "🚌", "a\x00b\xff", "www.a.example https://b.example/c x"} {
		f.Add(s, s+" "+essay, story)
		f.Add(s, essay+s, s)
	}
	f.Fuzz(func(t *testing.T, a, b, quoted string) {
		later, earlier := said(2, quoting(quoted, a)), wrote(1, b)
		for _, l := range near.Links(later, []near.Entry{earlier}, nil) {
			if l.Earlier != earlier.Key || l.Relation != near.Copy && l.Relation != near.Quote {
				t.Fatalf("the link %+v", l)
			}
			if l.Relation == near.Quote && !isFound(quoting(quoted, a), digest.Plain(b)) {
				t.Fatalf("a quotation that is not found: %q in %q, %q", b, quoted, a)
			}
		}
		if near.IsCopy(later, earlier) != near.IsCopy(earlier, later) {
			t.Fatal("a copy one way only")
		}
		text := near.Read(digest.Plain(a))
		same := wrote(3, a)
		if text.Length() >= 8 && !near.IsCopy(wrote(2, a), same) {
			t.Fatalf("%q is no copy of itself", a)
		}
		for _, p := range text.Prints() {
			if p.Hash < 0 || p.Hash >= 1<<48 {
				t.Fatalf("the print %d", p.Hash)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	body := digest.Plain(story + " " + essay)
	b.ReportAllocs()
	prints := 0
	for b.Loop() {
		prints = len(near.Read(body).Prints())
	}
	b.ReportMetric(float64(prints), "prints")
	b.ReportMetric(near.Read(body).Length(), "words")
}

func BenchmarkLinks(b *testing.B) {
	e, other := wrote(2, essay+" He said: "+story), wrote(1, story)
	for b.Loop() {
		if len(near.Links(e, []near.Entry{other}, nil)) != 1 {
			b.Fatal("no link")
		}
	}
}
