package search_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/search"
)

func folded(text string) string {
	var all []string
	for _, w := range search.Words(text, 1000) {
		all = append(all, w.Folded)
	}
	return strings.Join(all, " ")
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"The last BUS.", "the last bus"},
		{"Café cafe\u0301 CAFE", "cafe cafe cafe"},
		{"Straße STRASSE Ærø Łódź ŒUVRE ĳs", "strasse strasse aero lodz oeuvre ijs"},
		{"Ёлка ёлка Σίσυφος ΣΊΣΥΦΟΣ İstanbul", "елка елка σισυφοσ σισυφοσ istanbul"},
		{"don't don’t donʼt l'eau", "don t don t don t l eau"},
		{"night-bus N29 snake_case 22:40 3.5 x²", "night bus n29 snake case 22 40 3 5 x2"},
		{"https://blog.example/a?b=c#d me@list.example", "https blog example a b c d me list example"},
		{"夜行バスが来た", "夜 行 ハ\u3099 ス か\u3099 来 た"},
		{"カ\u3099 ｶﾞ ガ カ", "カ\u3099 カ\u3099 カ\u3099 カ"},
		{"버스가", "\u1107\u1165 \u1109\u1173 \u1100\u1161"},
		{"\u1107\u1165\u1109\u1173", "\u1107\u1165 \u1109\u1173"},
		{"🚌 👍🏽👩‍🚀 ❤️", "🚌 👍 👩 🚀 ❤"},
		{"20°C ©2020 a★b", "20 c 2020 a ★ b"},
		{"soft\u00adhyphen zero\u200bwidth", "softhyphen zero width"},
		{"שָׁלוֹם كِتَاب हिन्दी ไป", "שלום كتاب हिन्दी ไ ป"},
		{"ＦＵＬＬ ﬁne Ⅷ", "full fine viii"},
		{"a\x00b\xffc", "a b c"},
		{strings.Repeat("a", 60), strings.Repeat("a", 48)},
		{strings.Repeat("é", 60) + " x", strings.Repeat("e", 48) + " x"},
	} {
		if got := folded(c.text); got != c.want {
			t.Errorf("%q has the words %q, want %q", c.text, got, c.want)
		}
	}
}

func TestKindsOfWords(t *testing.T) {
	characters, signs := "", ""
	for _, w := range search.Words("A 12 夜バス 버스 ไป ー 🚌👍🏽 ★ naïve हिन्दी", 100) {
		if w.IsCharacter() {
			characters += w.Folded
		}
		if w.IsPictograph() {
			signs += w.Folded
		}
	}
	if want := folded("夜バス버스ไปー🚌👍★"); characters != strings.ReplaceAll(want, " ", "") || signs != "🚌👍★" {
		t.Errorf("characters %q, signs %q", characters, signs)
	}
}

func TestParseRefuses(t *testing.T) {
	for query, want := range map[string]string{
		"":                                  "no word",
		"  \x00 ":                           "no word",
		"* ( ) ^ : - -- '":                  "no word",
		"-bus":                              "should not",
		`-"a b" -author:x`:                  "should not",
		`the "last bus`:                     "not closed",
		`bus"`:                              "not closed",
		"author: ines":                      "author: has no value",
		`bus author:"!"`:                    "author: has no value",
		"post:":                             "post: has no value",
		"post:0 bus":                        "no post 0",
		"post:99999999999999999999":         "no post 99999999999999999999",
		strings.Repeat("x", 10_000):         "10000 bytes",
		strings.Repeat("ab ", 65):           "65 words",
		`"` + strings.Repeat("夜", 65) + `"`: "65 words",
	} {
		_, err := search.Parse(query)
		if digest.KindOf(err) != digest.Invalid || !strings.Contains(fmt.Sprint(err), want) || digest.HintOf(err) == "" {
			t.Errorf("%.40q: %v, want %q with a hint", query, err, want)
		}
	}
}

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		query, all, none string
	}{
		{"Last bus", "[[last] [bus]]", "[[§g]]"},
		{`"last bus" “night rota”`, "[[last bus] [night rota]]", "[[§g]]"},
		{`NEAR(a b, 3) OR c* ^d e:f {x}`, "[[near a] [b] [3] [or] [c] [d] [e f] [x]]", "[[§g]]"},
		{`bus -rota -"the depot"`, "[[bus]]", "[[rota] [the depot] [§g]]"},
		{`author:Inès AUTHOR:"Ines M." -author:bob`, "[[§aines] [§aines §am]]", "[[§abob] [§g]]"},
		{`post:12 post:rota post:"12" -post:7`, "[[§p12] [§trota] [§t12]]", "[[§p7] [§g]]"},
		{`author:"x"y --z`, "[[§ax] [y]]", "[[z] [§g]]"},
		{`https://a.b/c`, "[[https a b c]]", "[[§g]]"},
		{`bus --`, "[[bus]]", "[[§g]]"},
	} {
		q, err := search.Parse(c.query)
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		got := q.Condition(search.Scope{})
		if all, none := fmt.Sprint(got.All), fmt.Sprint(got.None); all != c.all || none != c.none {
			t.Errorf("%s asks for %s and not %s, want %s and not %s", c.query, all, none, c.all, c.none)
		}
	}
	q := parse(t, "bus")
	got := q.Condition(search.Scope{SourceID: 3, PostID: 12, Gone: true})
	if all, none := fmt.Sprint(got.All), fmt.Sprint(got.None); all != "[[bus] [§s3] [§p12] [§g]]" || none != "[]" {
		t.Errorf("the scope asks for %s and not %s", all, none)
	}
}

func parse(t testing.TB, query string) search.Query {
	t.Helper()
	q, err := search.Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestRank(t *testing.T) {
	once := search.Entry{Author: "Ines M.", Title: "The night rota", PostID: 12, Text: "The last bus. " + strings.Repeat("words ", 57)}
	twice := once
	twice.Text = "Bus, bus. " + strings.Repeat("words ", 58)
	short := once
	short.Text = "The last bus."
	post := search.Entry{Title: "The bus", HasTitle: true, Text: strings.Repeat("words ", 58)}
	for _, c := range []struct {
		query string
		entry search.Entry
		rank  float64
		ok    bool
	}{
		{"bus", once, 0.455, true},
		{"bus", twice, 0.625, true},
		{"bus", short, 0.613, true},
		{`"last bus"`, once, 0.455, true},
		{`"bus last"`, once, 0, false},
		{`bus absent`, once, 0, false},
		{`bus -last`, once, 0, false},
		{`bus -"bus last"`, once, 0.455, true},
		{"author:ines post:12 post:rota", once, 0, true},
		{"author:ines -post:12", once, 0, false},
		{"rota", once, 0, false},
		{"bus", post, 0.714, true},
		{`"bus words"`, post, 0, false},
	} {
		rank, ok := parse(t, c.query).Rank(c.entry)
		if rank != c.rank || ok != c.ok {
			t.Errorf("%s: %v %v, want %v %v in %.20q", c.query, rank, ok, c.rank, c.ok, c.entry.Text)
		}
	}
}

// marked writes a snippet with its matches in brackets.
func marked(s digest.Snippet) string {
	var b strings.Builder
	for _, p := range s {
		if p.Match {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestSnippet(t *testing.T) {
	filler := strings.TrimSpace(strings.Repeat("filler ", 40))
	for _, c := range []struct{ query, text, want string }{
		{"bus", "The BUS came,\n\nand the bus left.", "The [BUS] came, and the [bus] left."},
		{"cafe", "Un cafe\u0301, un café!", "Un [cafe\u0301], un [café]!"},
		{`"night bus"`, "night night-bus bus", "night [night-bus] bus"},
		{"author:ines", "Nothing marked.", "Nothing marked."},
		{"last", filler + " the last one " + filler, "…" + strings.Repeat("filler ", 4) + "the [last] one " + strings.Repeat("filler ", 16) + "filler…"},
		{"last stop", "last " + filler + " the last stop.", "…" + strings.Repeat("filler ", 21) + "the [last] [stop]."},
		{"バス", "夜行バスが来た。", "夜行[バス]が来た。"},
		{"🚌", "Look: 🚌!", "Look: [🚌]!"},
		{"x", "[x] *x* <b>x</b>", "[[x]] *[x]* <b>[x]</b>"},
		{"author:x", "?!…", "?!…"},
		{"author:x", strings.Repeat("a", 1000), strings.Repeat("a", 320) + "…"},
		{"3 4", "a ¾ b", "a [¾] b"},
	} {
		if got := marked(parse(t, c.query).Snippet(c.text)); got != c.want {
			t.Errorf("%s in %.30q:\n got %s\nwant %s", c.query, c.text, got, c.want)
		}
	}
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{`bus -"last stop" author:"Ines M." post:12`, `NEAR(a b)`, "夜行バス 🚌", `"`, "-", "a\x00b", "ﬁ́ ẞ"} {
		f.Add(s, "The last stop of the night bus; 夜行バス, 🚌. "+s)
	}
	f.Fuzz(func(t *testing.T, query, text string) {
		checkWords(t, text)
		q, err := search.Parse(query)
		if err != nil {
			if digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
				t.Fatal(err)
			}
			return
		}
		c := q.Condition(search.Scope{})
		for _, phrase := range append(c.All, c.None...) {
			for _, lexeme := range phrase {
				if lexeme == "" || strings.ContainsAny(lexeme, " '\"\\\x00") {
					t.Fatalf("the lexeme %q", lexeme)
				}
			}
		}
		if rank, _ := q.Rank(search.Entry{Text: text, Author: text, Title: text}); rank < 0 || rank > 1 {
			t.Fatal(rank)
		}
		shown := ""
		for _, p := range q.Snippet(text) {
			shown += p.Text
		}
		if utf8.ValidString(text) && len(text) < 300 {
			inOrder(t, strings.Trim(shown, "…"), text)
		}
	})
}

// checkWords checks that words lie in their text in order, and that folding them
// again changes nothing.
func checkWords(t *testing.T, text string) {
	t.Helper()
	end := 0
	for _, w := range search.Words(text, 1000) {
		if w.Start < end || w.End < w.Start || w.End > len(text) || w.Folded == "" || len(w.Folded) > 48 {
			t.Fatalf("%+v in %q", w, text)
		}
		end = w.End
		if again := folded(w.Folded); again != w.Folded {
			t.Fatalf("%q folds to %q", w.Folded, again)
		}
	}
}

// inOrder checks that a snippet is a piece of its text, white space apart.
func inOrder(t *testing.T, shown, text string) {
	t.Helper()
	bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
	if !strings.Contains(bare(text), bare(shown)) {
		t.Fatalf("%q is no piece of %q", shown, text)
	}
}
