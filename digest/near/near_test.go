package near_test

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

// links says what an entry is to others that are earlier.
func links(e near.Entry, others ...near.Entry) string {
	var all []string
	for _, o := range near.Compare(append(others, e))[e.Key] {
		if o.IsLater {
			continue
		}
		kind := ""
		if o.IsPost {
			kind = " post"
		}
		all = append(all, fmt.Sprintf("%s%s %d", o.Relation, kind, o.ID))
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
		{"struck out, as code and beside a picture", said(2, digest.Prose{{Spans: []digest.Span{{Text: "[picture: a bus at the very last stop, at night, in the rain]", Stands: digest.Picture}}},
			{Pre: true, Spans: []digest.Span{{Text: strings.ReplaceAll(story, ". ", ".\n    "), Struck: true}}}}), []near.Entry{wrote(1, story)}, "copy 1"},
		{"the same picture", said(2, digest.Prose{{Spans: []digest.Span{{Text: "Look! "}, {Text: "[picture: " + girl + "]", Stands: digest.Picture}}}}),
			[]near.Entry{said(1, digest.Prose{{Spans: []digest.Span{{Text: "[picture: " + girl + "]", Stands: digest.Picture}}}})}, ""},
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
			if got := links(c.entry, c.others...); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestBoilerplate: what very many have makes no link.
func TestBoilerplate(t *testing.T) {
	const line = " Sent from my old telephone on the last night bus home, please forgive the spelling."
	a, b := wrote(1, story+line), wrote(2, essay+line)
	if got := links(b, a); got != "quote 1" {
		t.Errorf("while it is rare: %q", got)
	}
	var many []near.Entry
	for i := range int64(40) {
		many = append(many, wrote(100+i, unlike(i, 20)+line))
	}
	if got := links(b, append(many, a)...); got != "" {
		t.Errorf("when all have it: %q", got)
	}
	if got := links(wrote(3, story+line), append(many, a)...); got != "copy 1" {
		t.Errorf("a copy that ends in it: %q", got)
	}
}

// unlike gives so many words that no other number gives.
func unlike(number int64, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = fmt.Sprintf("word%dof%d", i, number)
	}
	return strings.Join(words, " ")
}

// TestBothSidesAreTold: of two that are linked, each is told what the other is to
// it, by time, and an entry that is given twice counts once.
func TestBothSidesAreTold(t *testing.T) {
	first, second := wrote(1, story), wrote(2, story)
	post := near.Post(digest.Post{ID: 1, Title: "Pick 8", Published: start.Add(9 * time.Hour), Body: digest.Plain("You said: " + story + " " + essay)})
	found := near.Compare([]near.Entry{post, second, first, first, second})
	at := func(hours int) time.Time { return start.Add(time.Duration(hours) * time.Hour) }
	for key, want := range map[near.Key][]near.Other{
		first.Key: {{Key: second.Key, Relation: near.Copy, IsLater: true, Published: at(2)},
			{Key: post.Key, Relation: near.Quote, IsLater: true, Published: at(9), Title: "Pick 8"}},
		second.Key: {{Key: first.Key, Relation: near.Copy, Published: at(1)}},
		post.Key:   {{Key: first.Key, Relation: near.Quote, Published: at(1)}},
	} {
		if !slices.Equal(found[key], want) {
			t.Errorf("%+v is told %+v, want %+v", key, found[key], want)
		}
	}
}

// TestVeryManyCopies: each of very many copies is one of the first, and what is new
// in one of them can be quoted.
func TestVeryManyCopies(t *testing.T) {
	entries := []near.Entry{wrote(1, story)}
	for i := range int64(200) {
		entries = append(entries, wrote(2+i, story+" And more."))
	}
	answer := wrote(500, "One wrote: it rained on the tram that I took home, and nobody had told me that. "+essay)
	entries[100] = wrote(101, story+" It rained on the tram that I took home, and nobody had told me that.")
	found := near.Compare(append(entries, answer))
	for _, e := range entries[1:] {
		if !slices.ContainsFunc(found[e.Key], func(o near.Other) bool { return o.Relation == near.Copy && o.ID == 1 && !o.IsLater }) {
			t.Errorf("%d is no copy of the first: %+v", e.ID, found[e.Key])
		}
	}
	if all := found[answer.Key]; len(all) != 1 || all[0].ID != 101 || all[0].Relation != near.Quote {
		t.Errorf("the answer is %+v", all)
	}
}

// TestSharedWordsAreFound: of pieces of other texts, every one is found that is
// long enough, however many texts there are.
func TestSharedWordsAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	text := func(words int) string {
		var b strings.Builder
		for range words {
			fmt.Fprintf(&b, "%c%d%s ", 'a'+rune(r.IntN(26)), r.IntN(90), []string{"", "", "", "", "", "", "", ". And"}[r.IntN(8)])
		}
		return b.String()
	}
	var entries []near.Entry
	copied := 0
	var want []string
	for i := range int64(600) {
		a := text(20 + r.IntN(60))
		words := strings.Fields(a)
		n := 8 + r.IntN(len(words)-8)
		from := r.IntN(len(words) - n + 1)
		earlier, later := wrote(2*i+1, a), wrote(2*i+2, text(r.IntN(30))+strings.Join(words[from:from+n], " ")+" "+text(r.IntN(30)))
		if alone := links(later, earlier); alone != "" {
			copied++
			want = append(want, fmt.Sprint(later.ID, " ", alone))
		} else if n >= 12 {
			t.Fatalf("%d words in a row are not found:\n%s", n, a)
		}
		entries = append(entries, earlier, later)
	}
	var got []string
	found := near.Compare(entries)
	for _, e := range entries {
		for _, o := range found[e.Key] {
			if !o.IsLater {
				got = append(got, fmt.Sprint(e.ID, " ", o.Relation, " ", o.ID))
			}
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d links among all, %d in pairs", len(got), len(want))
	}
	if copied < 400 {
		t.Errorf("%d links are too few to tell", copied)
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
			got := links(wrote(int64(10+i), a), wrote(int64(j), b))
			if same := i == j && i != 3; same != (got != "") && i < 3 {
				t.Errorf("texts %d and %d: %v", i, j, got)
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
		found := near.Compare([]near.Entry{later, earlier})
		if plain := near.PlainCompare([]near.Entry{later, earlier}); !reflect.DeepEqual(found, plain) {
			t.Fatalf("found is %+v, in the plain way %+v", found, plain)
		}
		for _, o := range found[later.Key] {
			if o.Key != earlier.Key || o.IsLater || o.Relation != near.Copy && o.Relation != near.Quote {
				t.Fatalf("the other is %+v", o)
			}
		}
		if near.Read(digest.Plain(a)).Size() > 0 && links(wrote(3, a), wrote(2, a)) != "copy 2" {
			t.Fatalf("%q is no copy of itself", a)
		}
	})
}

// BenchmarkCompare compares three thousand candidates with each other and with two
// thousand others, by what it does and in the plain way, beside reading them once.
func BenchmarkCompare(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	bodies := make([]digest.Prose, 5000)
	for i := range bodies {
		words := make([]string, 20+r.IntN(160))
		for j := range words {
			words[j] = fmt.Sprintf("w%d", int(2000*r.Float64()*r.Float64()))
		}
		bodies[i] = digest.Plain(strings.Join(words, " "))
	}
	read := func() []near.Entry {
		entries := make([]near.Entry, len(bodies))
		for i, body := range bodies {
			entries[i] = said(int64(i), body)
		}
		return entries
	}
	entries := read()
	for name, do := range map[string]func(){
		"read":    func() { read() },
		"compare": func() { near.Compare(entries) },
		"plain":   func() { near.PlainCompare(entries) }, // reads, too
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			began := digesttest.CPU(b)
			for b.Loop() {
				do()
			}
			b.ReportMetric(float64((digesttest.CPU(b)-began).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}
