package markup_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/cut"
	"postbag/digest/markup"
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
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := markup.Wrap(markup.FromHTML(c.html, ""), c.columns, c.prefix); got != c.want {
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
		text := markup.Wrap(p, width, "> ")
		for _, line := range strings.Split(text, "\n") {
			if utf8.RuneCountInString(line) > width && !strings.Contains(line, "://") && !strings.HasSuffix(line, ">") {
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
	} {
		t.Run(c.name, func(t *testing.T) {
			p := markup.FromHTML(c.html, "")
			var got []string
			for _, r := range markup.Sentences(p) {
				got = append(got, p.Text()[r.Start:r.End])
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("gave %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzSentences(f *testing.F) {
	f.Add("One. Two e.g. Three<br>four<p>five? \u201cSix.\u201d Seven")
	f.Fuzz(func(t *testing.T, doc string) {
		p := markup.FromHTML(doc, "")
		ranges := markup.Sentences(p)
		if p.Words() == 0 {
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
			words += digest.CountWords(s)
		}
		if words < p.Words() {
			t.Errorf("%d words in sentences, %d in the text", words, p.Words())
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
		23:  "I'm keeping a bad…",
		3:   "I'…",
		0:   "…",
	} {
		if got := markup.Quote(p, limit); got != want {
			t.Errorf("Quote(%d) = %q, want %q", limit, got, want)
		}
	}
}
