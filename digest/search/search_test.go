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
		if digest.KindOf(err) != digest.Invalid || !strings.Contains(fmt.Sprint(err), want) || !isHelpful(err) {
			t.Errorf("%.40q: %v, want %q with a hint or an act", query, err, want)
		}
	}
}

// isHelpful tells whether an error says what can be done.
func isHelpful(err error) bool { return digest.HintOf(err) != "" || len(digest.ActsOf(err)) > 0 }

func TestParse(t *testing.T) {
	for query, want := range map[string]string{
		"Last bus":                      "last, bus",
		`"last bus" “night rota”`:       "last bus, night rota",
		`NEAR(a b, 3) OR ^d e:f {x}`:    "near a, b, 3, or, d, e f, x",
		`bus -rota -"the depot"`:        "bus, not rota, not the depot",
		`author:Inès AUTHOR:"Ines M."`:  "author ines, author ines m",
		`bus -author:bob`:               "bus, not author bob",
		`post:12 post:rota post:"12"`:   "post 12, post rota, post 12 by title",
		`bus -post:7 -post:tea`:         "bus, not post 7, not post tea",
		`author:"x"y --z`:               "author x, y, not z",
		`https://a.b/c`:                 "https a b c",
		`bus --`:                        "bus",
		`dep* night-bu* author:in* -x*`: "dep*, night bu*, author in*, not x*",
		`bus! * "dep*" de*pot bus!*`:    "bus, dep, de pot, bus",
		"夜*":                            "夜*",
	} {
		q := parse(t, query)
		var got []string
		for _, term := range q.Want {
			got = append(got, written(term))
		}
		for _, term := range q.Not {
			got = append(got, "not "+written(term))
		}
		if all := strings.Join(got, ", "); all != want {
			t.Errorf("%s asks for %s, want %s", query, all, want)
		}
	}
}

// TestParseSaysWhatItDoesNotKnow: what other searches know, and this one does not, is
// told; what people write anyway is not.
func TestParseSaysWhatItDoesNotKnow(t *testing.T) {
	for query, want := range map[string]string{
		"bus OR tram": "OR does not mean", "bus || tram": "|| does not mean", "bus | tram OR ferry": "| does not mean",
		"bus AND tram": "AND need not", "bus && tram": "&& need not", "+bus tram": "+ need not",
		"bus NOT tram": "NOT leaves nothing out", "NEAR(bus tram)": "NEAR says nothing", "bus NEAR tram": "NEAR says nothing",
		"(bus tram)": "brackets such as (", "*bus": "* stands for", "de*pot": "* stands for", "de?ot": "? stands for no letter",
		"depot~2": "~ says nothing", "depot^3": "^ says nothing", "/dep.t/": "/ begins no pattern",
		"title:bus": "title: is no field", `title:"night bus"`: "title: is no field", "by: ines": "by: is no field", "'last bus'": "' marks no words",
		"tea 'the last bus' -rota": "' marks no words",

		"bus or tram": "", "bus and tram": "", "the last bus": "", `"bus OR tram"`: "", "dep* -x*": "", "what? really!": "", "22:40": "",
		"https://depot.example/a": "", "don't 'tis": "", "author:ines post:12 Author:bob": "", "night-bus": "", "NOTES ORBIT ANDES": "",
		`author:"a (b)"`: "", "C++": "", "50*": "",
	} {
		q := parse(t, query)
		if all := strings.Join(q.Notes, "\n"); want == "" && all != "" || !strings.Contains(all, want) {
			t.Errorf("%s: the notes are %q, want %q", query, all, want)
		}
	}
	if q := parse(t, "a OR b OR c"); len(q.Notes) != 1 {
		t.Errorf("the same is told %d times", len(q.Notes))
	}
}

func written(term search.Term) string {
	words := strings.Join(term.Words, " ")
	switch {
	case term.PostID != 0:
		return fmt.Sprint("post ", term.PostID)
	case term.In == search.Post && words == "12":
		words += " by title"
	}
	if term.IsPrefix {
		words += "*"
	}
	return map[search.Field]string{search.Author: "author ", search.Post: "post "}[term.In] + words
}

func parse(t testing.TB, query string) search.Query {
	t.Helper()
	q, err := search.Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	return q
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
		{"last", filler + " the last one " + filler, "…" + strings.Repeat("filler ", 5) + "the [last] one " + strings.Repeat("filler ", 15) + "filler…"},
		{"last stop", "last " + filler + " the last stop.", "…" + strings.Repeat("filler ", 5) + "the [last] [stop]."},
		{"fill* last", "A depot fills up, filled by the last.", "A depot [fills] up, [filled] by the [last]."},
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
			if digest.KindOf(err) != digest.Invalid || !isHelpful(err) {
				t.Fatal(err)
			}
			return
		}
		for _, term := range append(q.Want, q.Not...) {
			for _, word := range term.Words {
				if word == "" || strings.ContainsAny(word, " '\"\\\x00") {
					t.Fatalf("the word %q", word)
				}
			}
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
