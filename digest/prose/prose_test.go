package prose_test

import (
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"postbag/digest/cut"
	"postbag/digest/markup"
	"postbag/digest/prose"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, html, prefix, want string
		columns                  int
	}{
		{"nothing", "", "> ", "", 20},
		{"wraps", "<p>one two three four five</p><p>six</p>", "> ", "> one two three\n> four five\n>\n> six", 16},
		{"keeps line breaks", "one<br>two", "", "one\ntwo", 20},
		{"quotes nest", "<blockquote>a<blockquote>b</blockquote></blockquote>c", "> ", "> > a\n> >\n> > > b\n>\n> c", 20},
		{"items hang", "<ul><li>one two three four<li>b<ol><li>five six seven<p>eight</p></ol></ul>", "", "- one two\n  three four\n- b\n  1. five six\n     seven\n\n     eight", 14},
		{"an address follows its paragraph", `<p>see <a href="http://a.example/long/long/long">here</a> now</p><p>b</p>`, "> ", "> see here\n> now\n> <http://a.example/long/long/long>\n>\n> b", 11},
		{"an address shown is not said twice", `<a href="http://a.example/">http://a.example</a>`, "", "http://a.example", 8},
		{"a mail address", `<a href="mailto:a@b.example?subject=x%20y">write</a>`, "", "write\n<a@b.example>", 20},
		{"an address is never broken", "http://a.example/" + strings.Repeat("x", 40), "", "http://a.example/" + strings.Repeat("x", 40), 20},
		{"an endless word is", strings.Repeat("x", 25), "> ", "> xxxxxxxx\n> xxxxxxxx\n> xxxxxxxx\n> x", 10},
		{"wide characters", "夜行バスの運転手です。", "", "夜行バス\nの運転手\nです。", 8},
		{"struck words", "I <s>like it very</s> much", "", "I ~~like it\nvery~~ much", 12},
		{"a power", "10<sup>6</sup> moths", "", "10⁶ moths", 12},
		{"a film", `see <iframe src="https://v.example/1"></iframe>.`, "> ", "> see [film].\n> <https://v.example/1>", 20},
		{"code", "<pre>for x:\n    if x:\n\n        go</pre>", "> ", "> for x:\n>     if x:\n>\n>         go", 20},
		{"code that is too long", "<pre>  one two  three four</pre>", "", "  one two\n      three\n      four", 14},
		{"code in a list", "<ol><li><pre>a\n  b</pre></ol>", "", "1. a\n     b", 20},
		{"lines set in", "one<br>&nbsp;&nbsp;two three four", "", "one\n  two\n  three\n  four", 8},
		{"a family of emoji", strings.Repeat("👨\u200d👩\u200d👧", 5), "", "👨\u200d👩\u200d👧👨\u200d👩\u200d👧👨\u200d👩\u200d👧👨\u200d👩\u200d👧\n👨\u200d👩\u200d👧", 8},
		{"colours of skin", strings.Repeat("👋🏿", 5), "", "👋🏿👋🏿👋🏿👋🏿\n👋🏿", 8},
		{"flags", strings.Repeat("🇩🇪", 5), "", "🇩🇪🇩🇪🇩🇪🇩🇪\n🇩🇪", 8},
		{"marks on letters", strings.Repeat("e\u0301", 10), "", strings.Repeat("e\u0301", 8) + "\n" + strings.Repeat("e\u0301", 2), 8},
		{"Korean in parts", strings.Repeat("\u1112\u1161\u11ab", 5), "", strings.Repeat("\u1112\u1161\u11ab", 4) + "\n\u1112\u1161\u11ab", 8},
		{"Devanagari", strings.Repeat("क्षि", 3), "", strings.Repeat("क्षि", 2) + "\nक्षि", 8},
		{"Thai", "เขาไปไหนมาเมื่อวาน", "", "เขาไปไหน\nมาเมื่อวาน", 8},
		{"brackets of Japanese", "夜行「バス」だ。夜", "", "夜行「バ\nス」だ。\n夜", 8},
		{"a full stop does not stand alone", strings.Repeat("x", 8) + ".", "", "xxxxxxx\nx.", 8},
		{"nor does a closing mark of French", "Il pleut ! Encore ?", "", "Il\npleut !\nEncore ?", 8},
		{"nor an opening one", "Elle dit « non »", "", "Elle dit\n« non »", 10},
		{"quotation marks around a long word", "“" + strings.Repeat("x", 14) + "”.", "", "“xxxxxxx\nxxxxxx\nx”.", 8},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := prose.Wrap(markup.FromHTML(c.html, ""), c.columns, c.prefix); got != c.want {
				t.Errorf("gave\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("<ul><li>one two<blockquote>three four five</blockquote></ul>", uint8(20))
	f.Add("夜行バスの運転手です。<br>"+strings.Repeat("y", 99), uint8(9))
	f.Fuzz(func(t *testing.T, doc string, columns uint8) {
		width := 40 + int(columns)%60
		p := markup.FromHTML(doc, "")
		for _, para := range p {
			if para.Number > 99999 {
				return // a number wider than the page
			}
		}
		text := prose.Wrap(p, width, "> ")
		for _, line := range strings.Split(text, "\n") {
			if uniseg.StringWidth(line) > width && !strings.Contains(line, "://") && !strings.HasSuffix(line, ">") {
				t.Errorf("a line of more than %d columns: %q", width, line)
			}
			if line != "" && !strings.HasPrefix(line, ">") || strings.HasSuffix(line, " ") {
				t.Errorf("line %q", line)
			}
		}
	})
}

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		name, html string
		want       []string
	}{
		{"nothing", "", nil},
		{"plain", "It was late. Nobody came!  Why?", []string{"It was late.", "Nobody came!", "Why?"}},
		{"paragraphs and lines", "One two<br>three<br><br>Four. Five", []string{"One two", "three", "Four.", "Five"}},
		{"titles and initials", "Ask Mr. Smith or J. R. Jones. They know, e.g. Monday's rota.", []string{"Ask Mr. Smith or J. R. Jones.", "They know, e.g. Monday's rota."}},
		{"numbers", "I drive No. 14. No. I drove it. It is 3.5 miles.", []string{"I drive No. 14.", "No.", "I drove it.", "It is 3.5 miles."}},
		{"the pronoun", "So did I. Then we left.", []string{"So did I.", "Then we left."}},
		{"across styles", "One <b>two.</b> Three.", []string{"One two.", "Three."}},
		{"an abbreviation ends its line", "Ask Mr.<br>Smith.", []string{"Ask Mr.", "Smith."}},
		{"a note behind a full stop", "So it was.<sup>1</sup> Now it is.<sup>[2]</sup>", []string{"So it was.1", "Now it is.[2]"}},
		{"a power", "It is 10<sup>6</sup> now. Yes.", []string{"It is 106 now.", "Yes."}},
		{"code", "<pre>a.B = c. D\n\n  e! F</pre>Then. So", []string{"a.B = c. D", "e! F", "Then.", "So"}},
		{"a mark", `See <img src=x alt="a. B! C"> here. <img src=y> It is late.`, []string{"See [picture: a. B! C] here.", "[picture] It is late."}},
		{"struck words", "<s>One. Two.</s> Three.", []string{"One.", "Two.", "Three."}},
		{"Chinese", "我昨天看见三只蛾子。你呢？", []string{"我昨天看见三只蛾子。", "你呢？"}},
		{"brackets in Japanese", "何かありますか？「ない」と言った。（「うん。」）蛾だ！『夜』を読む。", []string{"何かありますか？", "「ない」と言った。", "（「うん。」）", "蛾だ！", "『夜』を読む。"}},
		{"brackets in Chinese", "蛾来了。“在哪儿？”他问。（三只。）《夜》好看！【注】见下。", []string{"蛾来了。", "“在哪儿？”", "他问。", "（三只。）", "《夜》好看！", "【注】见下。"}},
		{"a bracket across styles", "来た？<b>「蛾</b>」だ。", []string{"来た？", "「蛾」だ。"}},
		{"a bracket that nothing follows", "来た？「", []string{"来た？「"}},
		{"a bracket before a line", "来た？「<br>蛾」だ。", []string{"来た？「", "蛾」だ。"}},
		{"a note in Japanese", "蛾が来た。<sup>[1]</sup>夜だ。「来た。」<sup>[2]</sup>はい。", []string{"蛾が来た。[1]", "夜だ。", "「来た。」[2]", "はい。"}},
		{"brackets in English", "He left. (Really?) Yes. “Why?” she said. So.(That is all.)", []string{"He left.", "(Really?)", "Yes.", "“Why?”", "she said.", "So.", "(That is all.)"}},
		{"quotations in German", "„Nein.“ Er ging. »Nein.« „Ach.“Er kam.", []string{"„Nein.“", "Er ging.", "»Nein.«", "„Ach.“", "Er kam."}},
		{"Thai", "เมื่อวานเขาไปไหนมา รถเมล์สาย 14 ไม่มา", []string{"เมื่อวานเขาไปไหนมา", "รถเมล์สาย 14 ไม่มา"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := markup.FromHTML(c.html, "")
			var got []string
			for _, r := range prose.Sentences(p) {
				got = append(got, p.Text()[r.Start:r.End])
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("gave %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("来た？「蛾」だ。（「<br>『夜』。")
	f.Add("One. Two e.g. Three<br>four<p>five? \u201cSix.\u201d Seven")
	f.Fuzz(func(t *testing.T, doc string) {
		p := markup.FromHTML(doc, "")
		ranges := prose.Sentences(p)
		if prose.Words(p) == 0 {
			return
		}
		if _, err := cut.Keep(p, ranges); err != nil {
			t.Fatal(err)
		}
		words := 0
		for _, r := range ranges {
			s := p.Text()[r.Start:r.End]
			if strings.Contains(s, "\n") || strings.TrimSpace(s) != s {
				t.Errorf("sentence %q", s)
			}
			words += prose.CountWords(s)
		}
		if words < prose.Words(p) {
			t.Errorf("%d words in sentences, %d in the text", words, prose.Words(p))
		}
	})
}

func TestQuote(t *testing.T) {
	p := markup.FromHTML("I'm keeping a bad cold,<br>after <i>nine</i> years.", "")
	for limit, want := range map[int]string{
		100: "I'm keeping a bad cold, after nine years.",
		41:  "I'm keeping a bad cold, after nine years.",
		40:  "I'm keeping a bad cold, after nine…",
		24:  "I'm keeping a bad cold…",
		23:  "I'm keeping a bad cold…",
		22:  "I'm keeping a bad…",
		3:   "I'…",
		0:   "…",
	} {
		if got := prose.Quote(p, limit); got != want {
			t.Errorf("Quote(%d) = %q, want %q", limit, got, want)
		}
	}
}

func TestQuoteOfStyles(t *testing.T) {
	for _, c := range []struct {
		html  string
		limit int
		want  string
	}{
		{"I <s>really like</s> loathe it", 16, "I ~~really~~…"},
		{"I <s>really like</s> loathe it", 12, "I…"},
		{"about 10<sup>6</sup> of them", 10, "about 10⁶…"},
		{`so <img src=x alt="a bus at night"> ends`, 20, "so…"},
		{"夜行バスの運転手です。眠い。", 7, "夜行バスの運…"},
		{"See 夜行バス。", 8, "See 夜行バ…"},
		{"👨\u200d👩\u200d👧👨\u200d👩\u200d👧", 8, "👨\u200d👩\u200d👧…"},
		{"<pre>  a\n    b</pre>", 9, "a b"},
	} {
		if got := prose.Quote(markup.FromHTML(strings.ReplaceAll(c.html, `\u200d`, "\u200d"), ""), c.limit); got != c.want {
			t.Errorf("Quote(%q, %d) = %q, want %q", c.html, c.limit, got, c.want)
		}
	}
}

func FuzzQuote(f *testing.F) {
	f.Add("I <s>really like</s> 夜行バス <img src=x alt=y> loathe it", uint8(12))
	f.Fuzz(func(t *testing.T, doc string, limit uint8) {
		p := markup.FromHTML(doc, "")
		got := prose.Quote(p, int(limit))
		if n := len([]rune(got)); n > max(1, int(limit)) {
			t.Errorf("%q has %d characters, of %d", got, n, limit)
		}
	})
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		name, html string
		want       int
	}{
		{"nothing", "", 0},
		{"across styles and lines", "One <b>two</b><br>th<i>ree</i>", 3},
		{"paragraphs", "<p>one</p><p>two</p>", 2},
		{"a picture", "one <img src=x alt='two three'> four", 2},
		{"a power", "10<sup>6</sup> moths", 2},
		{"code", "<pre>if x {\n  y()\n}</pre>", 3},
		{"struck words are read too", "I <s>like</s> loathe it", 4},
	} {
		if got := prose.Words(markup.FromHTML(c.html, "")); got != c.want {
			t.Errorf("%s: %q has %d words; got %d", c.name, c.html, c.want, got)
		}
	}
}

func TestCountWords(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"nothing", "", 0},
		{"white space", " \n\t\u00a0 ", 0},
		{"marks alone", "— … [...] 🚌 *******", 0},
		{"a dash between words", "nights — mostly", 2},
		{"joined words", "twelve-metre can't 7.5", 3},
		{"numbers", "at 2 a.m. on 14/01", 5},
		{"an address", "https://bus.example/2016/rota?x=1#c", 1},
		{"other scripts", "Ночной автобус à Ü", 4},
		{"line ends", "one\ntwo\n\nthree", 3},
		{"the mark of a cut", "one […] two", 2},
		{"Chinese", "我昨天看见三只蛾子。", 5},
		{"one character", "好！", 1},
		{"Japanese", "夜行バスの運転手です。", 5},
		{"a long word of katakana", "コンピューター", 1},
		{"Thai", "เขาไปไหนมาเมื่อวาน", 4},
		{"Korean parts its words", "어제 나방을 보았다", 3},
		{"two scripts in a row", "iPhoneを買う", 3},
	} {
		if got := prose.CountWords(c.text); got != c.want {
			t.Errorf("%s: %q has %d words; got %d", c.name, c.text, c.want, got)
		}
	}
}
