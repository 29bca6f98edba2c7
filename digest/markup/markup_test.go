package markup_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/microcosm-cc/bluemonday"

	"postbag/digest"
	"postbag/digest/markup"
)

func para(text string) digest.Para { return digest.Para{Spans: []digest.Span{{Text: text}}} }

func quote(depth int, text string) digest.Para {
	return digest.Para{Kind: digest.Quote, Depth: depth, Spans: []digest.Span{{Text: text}}}
}

func item(depth, number int, text string) digest.Para {
	return digest.Para{Kind: digest.Item, Depth: depth, Number: number, Spans: []digest.Span{{Text: text}}}
}

func more(depth int, text string) digest.Para {
	return digest.Para{Kind: digest.Item, Depth: depth, More: true, Spans: []digest.Span{{Text: text}}}
}

func pre(text string) digest.Para { return digest.Para{Pre: true, Spans: []digest.Span{{Text: text}}} }

func spans(s ...digest.Span) digest.Prose { return digest.Prose{{Spans: s}} }

func TestFromHTML(t *testing.T) {
	for _, c := range []struct {
		name, html string
		want       digest.Prose
	}{
		{"nothing", "", nil},
		{"only space", "<p> &nbsp;\n</p><br/><div></div>", nil},
		{"plain text", "Late &amp; cold\n again", digest.Prose{para("Late & cold again")}},
		{"Blogger's line breaks", "One.<br /><br />Two,<br />three.<br/> <br/>\n<br/>Four.<br />", digest.Prose{para("One."), para("Two,\nthree."), para("Four.")}},
		{"WordPress paragraphs", "<p>One.</p>\n<p>Two,<br />\nthree.</p>\n", digest.Prose{para("One."), para("Two,\nthree.")}},
		{"unclosed paragraphs", "<p>One<p>Two<div>Three", digest.Prose{para("One"), para("Two"), para("Three")}},
		{"styles", "a <b>b <i>c</i></b> d", spans(
			digest.Span{Text: "a "}, digest.Span{Text: "b", Strong: true}, digest.Span{Text: " "},
			digest.Span{Text: "c", Strong: true, Em: true}, digest.Span{Text: " d"})},
		{"spaces leave styles", "a<em> b </em>c", spans(digest.Span{Text: "a "}, digest.Span{Text: "b", Em: true}, digest.Span{Text: " c"})},
		{"equal neighbours merge", "<b>a</b><strong>b</strong>", spans(digest.Span{Text: "ab", Strong: true})},
		{"misnested styles", "<b>a<p>b</b>c", digest.Prose{
			{Spans: []digest.Span{{Text: "a", Strong: true}}}, {Spans: []digest.Span{{Text: "b", Strong: true}, {Text: "c"}}}}},
		{"heading", "<h2>On <i>time</i></h2>x", digest.Prose{
			{Spans: []digest.Span{{Text: "On", Strong: true}, {Text: " "}, {Text: "time", Em: true, Strong: true}}}, para("x")}},
		{"link", `<a href="http://a.example/x?a=1&amp;b=2" onclick="x()">here</a>`, spans(digest.Span{Text: "here", Href: "http://a.example/x?a=1&b=2"})},
		{"relative link", `<a href="../y z">y</a>`, spans(digest.Span{Text: "y", Href: "https://blog.example/2016/y%20z"})},
		{"host in letters of its own", `<a href="https://bücher.example/ü">x</a>`, spans(digest.Span{Text: "x", Href: "https://xn--bcher-kva.example/%C3%BC"})},
		{"mail link", `<a href="mailto:a@b.example">x</a>`, spans(digest.Span{Text: "x", Href: "mailto:a@b.example"})},
		{"mail link with a subject", `<a href="mailto:a@b.example?cc=c@d.example&Subject=On%20time">x</a>`, spans(digest.Span{Text: "x", Href: "mailto:a@b.example?subject=On%20time"})},
		{"mail link whose subject ends its line", `<a href="mailto:a@b.example?subject=hi%0D%0ABcc:c@d.example">x</a>`, spans(digest.Span{Text: "x", Href: "mailto:a@b.example"})},
		{"script link", `<a href=" java&#10;script:alert(1)">x</a>`, digest.Prose{para("x")}},
		{"data link", `<a href="data:text/html,x">x</a>`, digest.Prose{para("x")}},
		{"link with a login", `<a href="https://bank.example@evil.example/">x</a>`, digest.Prose{para("x")}},
		{"endless link", `<a href="http://a.example/` + strings.Repeat("x", 2000) + `">x</a>`, digest.Prose{para("x")}},
		{"unclosed link ends at the next", `<a href="http://a.example/">x <a href="http://b.example/">y</a>`, spans(
			digest.Span{Text: "x", Href: "http://a.example/"}, digest.Span{Text: " "}, digest.Span{Text: "y", Href: "http://b.example/"})},
		{"quote", "<blockquote>a<br><br>b</blockquote>c", digest.Prose{quote(1, "a"), quote(1, "b"), para("c")}},
		{"quote in quote", "<blockquote><blockquote>a</blockquote>b</blockquote>", digest.Prose{quote(2, "a"), quote(1, "b")}},
		{"list", "<ul><li>a<li>b<ol start=3><li>c<li>d</ol>e</ul>f", digest.Prose{
			item(1, 0, "a"), item(1, 0, "b"), item(2, 3, "c"), item(2, 4, "d"), more(1, "e"), para("f")}},
		{"list that counts down", "<ol reversed><li>c<ol reversed start=9><li>i<li>h</ol><li>b<p>d</p><li></li><li>a</ol>f", digest.Prose{
			item(1, 4, "c"), item(2, 9, "i"), item(2, 8, "h"), item(1, 3, "b"), more(1, "d"), item(1, 1, "a"), para("f")}},
		{"list that counts down from two numbers", "<ol reversed><li>c<li value=7>g<li>f</ol>", digest.Prose{item(1, 3, "c"), item(1, 7, "g"), item(1, 6, "f")}},
		{"list in quote", "<blockquote><ol><li>a<p>b</p><li>c</ol></blockquote>", digest.Prose{quote(1, "1. a"), quote(1, "b"), quote(1, "2. c")}},
		{"quote in list", "<ol><li>a<blockquote>q</blockquote>b<li>c</ol>", digest.Prose{item(1, 1, "a"), quote(1, "q"), para("b"), item(1, 2, "c")}},
		{"stray item", "a<li>b</li>c", digest.Prose{para("a"), item(1, 0, "b"), para("c")}},
		{"pre", "<pre>a\n  b\n\nc</pre>", digest.Prose{pre("a\n  b\n\nc")}},
		{"table", "<table><tr><th>a<td>b<tr><td>c</table>", digest.Prose{para("a | b\nc")}},
		{"dropped whole", "a<script>b</script><style>c</style><template>j</template><noscript>k</noscript><svg class=icon>d</svg>l", digest.Prose{para("al")}},
		{"a script that ends nowhere", "a<script>b", digest.Prose{para("a")}},
		{"comments and CDATA", "a<!-- b --><![CDATA[c]]>d", digest.Prose{para("ad")}},
		{"a tag in a title is text", "<xmp><script>x</script></xmp>", digest.Prose{pre("<script>x</script>")}},
		{"escaped script", "&lt;script&gt;alert(1)&lt;/script&gt;", digest.Prose{para("<script>alert(1)</script>")}},
		{"template words", "{{.}} %!s(x)", digest.Prose{para("{{.}} %!s(x)")}},
		{"controls and bidi", "a\x00\x07b\u200bc\u202Ed\ufeff&#8238;e&#x7f;", digest.Prose{para("abcde")}},
		{"joiners where scripts need them", "می\u200cخواهم a\u200cb 👩\u200d👧", digest.Prose{para("می\u200cخواهم ab 👩\u200d👧")}},
		{"broken UTF-8", "a\xffb", digest.Prose{para("a\uFFFDb")}},
		{"quotation marks of q", "he said <q>no </q>.", digest.Prose{para("he said “no”.")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := markup.FromHTML(c.html, "https://blog.example/2016/06/post.html")
			if !same(got, c.want) {
				t.Errorf("%s\ngave %+v\nwant %+v", c.html, got, c.want)
			}
			checkSafe(t, got)
		})
	}
}

func TestFromHTMLBounds(t *testing.T) {
	deep := markup.FromHTML(strings.Repeat("<blockquote><ul><li><b>", 50_000)+"x", "")
	if len(deep) != 1 || deep[0].Depth != digest.MaxDepth {
		t.Errorf("nested without end: %+v", deep)
	}
	checkSafe(t, deep)
	long := markup.FromHTML(strings.Repeat("<p>hallo <i>du</i></p>", 200_000), "")
	if n := len(long.Text()); n > 1<<21 || n < 1<<18 {
		t.Errorf("text of %d bytes", n)
	}
}

func TestHTMLOfCutProse(t *testing.T) {
	mark := digest.Span{Text: "[…] ", Ours: true}
	cut := digest.Prose{
		{Kind: digest.Item, Depth: 1, More: true, Spans: []digest.Span{mark, {Text: "three"}}}, // its item was cut
		item(1, 2, "four"),
		{Kind: digest.Item, Depth: 3, Number: 7, Spans: []digest.Span{{Text: "five"}}}, // and the one around this
		{Kind: digest.Quote, Depth: 2, Spans: []digest.Span{mark, {Text: "six"}}},
	}
	got := string(markup.Look{Ours: "note"}.HTML(cut))
	want := "<ul>\n<li><span class=\"note\">[…]</span> three</li>\n</ul>\n<ol start=\"2\">\n<li>four<ul>\n<li><ol start=\"7\">\n<li>five</li>\n</ol>\n</li>\n</ul>\n</li>\n</ol>\n<blockquote>\n<blockquote>\n<p><span class=\"note\">[…]</span> six</p>\n</blockquote>\n</blockquote>\n"
	if got != want {
		t.Errorf("gave %q\nwant %q", got, want)
	}
}

func TestFromMarkdown(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       digest.Prose
	}{
		{"paragraphs", "One\nline.\n\nTwo.", digest.Prose{para("One line."), para("Two.")}},
		{"emphasis", "*a* **b**", spans(digest.Span{Text: "a", Em: true}, digest.Span{Text: " "}, digest.Span{Text: "b", Strong: true})},
		{"link", "[x](https://a.example/)", spans(digest.Span{Text: "x", Href: "https://a.example/"})},
		{"bare link", "see https://a.example/b.", spans(digest.Span{Text: "see "}, digest.Span{Text: "https://a.example/b", Href: "https://a.example/b"}, digest.Span{Text: "."})},
		{"script link", "[x](javascript:alert(1))", digest.Prose{para("x")}},
		{"heading", "# A\nb", digest.Prose{{Spans: []digest.Span{{Text: "A", Strong: true}}}, para("b")}},
		{"list", "3. a\n4. b\n   - c", digest.Prose{item(1, 3, "a"), item(1, 4, "b"), item(2, 0, "c")}},
		{"quote", "> a\n\nb", digest.Prose{quote(1, "a"), para("b")}},
		{"raw HTML inside a line", "a <b>b</b> <!-- c -->", digest.Prose{para("a <b>b</b> <!-- c -->")}},
		{"raw HTML block", "<script>\nalert(1)\n</script>\n\nb", digest.Prose{pre("<script>\nalert(1)\n</script>"), para("b")}},
		{"code", "    x {\n      y\n    }\n", digest.Prose{pre("x {\n  y\n}")}},
		{"struck text", "a ~~b~~ c", spans(digest.Span{Text: "a "}, digest.Span{Text: "b", Struck: true}, digest.Span{Text: " c"})},
		{"one tilde", "a ~b~ c ~5 to ~6, H~2~O, ~~a~b~~ ~~~c~~~ ~~d~", spans(digest.Span{Text: "a ~b~ c ~5 to ~6, H~2~O, "}, digest.Span{Text: "a~b", Struck: true}, digest.Span{Text: " ~~~c~~~ ~~d~"})},
		{"picture", "a ![b *c*](https://a.example/b.jpg) d", spans(digest.Span{Text: "a "},
			digest.Span{Text: "[picture: b c]", Href: "https://a.example/b.jpg", Stands: digest.Picture}, digest.Span{Text: " d"})},
		{"picture in a link", "[![](https://a.example/b.jpg)](https://a.example/)", spans(digest.Span{Text: "[picture]", Href: "https://a.example/", Stands: digest.Picture})},
		{"footnotes", "a[^x] b[^y]\n\n[^y]: Y.\n[^z]: Z, which nobody names.\n[^x]: X,\n    on.\n\nc", digest.Prose{
			{Spans: []digest.Span{{Text: "a"}, {Text: "1", Shift: "^"}, {Text: " b"}, {Text: "2", Shift: "^"}}}, para("c"), para("* * *"),
			item(1, 1, "X, on."), item(1, 2, "Y."), item(1, 3, "Z, which nobody names.")}},
		{"a footnote alone", "[^1]: Only this.", digest.Prose{item(1, 1, "Only this.")}},
		{"a note that is not there", "a[^1]", digest.Prose{para("a[^1]")}},
		{"table", "| a | b |\n|---|---|\n| c | d |", digest.Prose{para("a | b\nc | d")}},
		{"rule", "a\n\n---\n\nb", digest.Prose{para("a"), para("* * *"), para("b")}},
		{"characters", "a &amp; b < c {{.}}", digest.Prose{para("a & b < c {{.}}")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := markup.FromMarkdown(c.text)
			if !same(got, c.want) {
				t.Errorf("gave %+v\nwant %+v", got, c.want)
			}
			checkSafe(t, got)
		})
	}
}

func TestEditorLinksAreVouchedFor(t *testing.T) {
	p := markup.FromMarkdown("[x](https://a.example/)")
	if got := string(markup.Look{Rel: markup.EditorRel}.HTML(p)); got != "<p><a href=\"https://a.example/\" rel=\"noopener\">x</a></p>\n" {
		t.Error(got)
	}
	if got := string(markup.Look{Rel: markup.ReaderRel}.HTML(p)); got != "<p><a href=\"https://a.example/\" rel=\"nofollow ugc noopener\">x</a></p>\n" {
		t.Error(got)
	}
}

func TestNeighbouringSpansShareALink(t *testing.T) {
	got := string(markup.Look{Rel: markup.ReaderRel}.HTML(markup.FromHTML(`<a href="http://a.example/">read <em>this</em> now</a>`, "")))
	if want := "<p><a href=\"http://a.example/\" rel=\"nofollow ugc noopener\">read"; !strings.HasPrefix(got, want) || strings.Count(got, "<a ") > 1 {
		t.Error(got)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		" a\r\nBcc: x ":    "a Bcc: x",
		"a\u202Eb\x00\x1b": "ab",
		"\u200b":           "",
		"a\xffb":           "a\uFFFDb",
	} {
		if got := markup.Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

// policy is the second fence: what HTML may write, and nothing else.
func policy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "pre", "ul", "ol", "li", "blockquote", "em", "strong", "del", "sup", "sub", "br")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").OnElements("a")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	return p
}

// checkSafe asserts what holds for every text that was parsed: a second parse
// changes nothing, and neither does the second fence.
func checkSafe(t *testing.T, p digest.Prose) {
	t.Helper()
	doc := string(markup.Look{Rel: markup.ReaderRel}.HTML(p))
	if again := markup.FromHTML(doc, ""); !same(again, worded(p)) || string(markup.Look{Rel: markup.ReaderRel}.HTML(again)) != doc {
		t.Errorf("a second parse differs\nfirst  %+v\nsecond %+v\nof %s", p, again, doc)
	}
	if fenced := policy().Sanitize(doc); plainQuotes(fenced) != plainQuotes(doc) {
		t.Errorf("bluemonday changed\n%s\nto\n%s", doc, fenced)
	}
	for i, para := range p {
		text := para.Text()
		if para.Pre { // begins with the spaces that it was given, and has empty lines
			text = strings.ReplaceAll(strings.TrimLeft(text, " "), "\n\n", "\n")
		} else {
			text = strings.TrimLeft(text, "\u00a0")
		}
		if len(para.Spans) == 0 || strings.TrimSpace(text) != text || strings.Contains(text, "\n\n\n") || !para.Pre && strings.Contains(text, "\n\n") {
			t.Errorf("paragraph %d is not in normal form: %+v", i, para)
		}
	}
}

// plainQuotes undoes a difference in spelling: bluemonday leaves the quotes of
// some texts as they are.
func plainQuotes(s string) string {
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'").Replace(s)
}

// worded gives a text whose marks are words like any other, as they are in HTML.
func worded(p digest.Prose) (out digest.Prose) {
	for _, para := range p {
		spans := para.Spans
		para.Spans = nil
		for _, s := range spans {
			s.Stands = ""
			if n := len(para.Spans); n > 0 {
				last := para.Spans[n-1]
				text := last.Text
				if last.Text = s.Text; last == s {
					para.Spans[n-1].Text = text + s.Text
					continue
				}
			}
			para.Spans = append(para.Spans, s)
		}
		out = append(out, para)
	}
	return out
}

func same(a, b digest.Prose) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) }

func FuzzFromHTML(f *testing.F) {
	for _, s := range []string{
		"One.<br /><br />Two <a href='/x'>y</a>", "<ul><li>a<ol start=9><li>b</ol>c</ul>", "<blockquote><ul><li>a</blockquote>b",
		"<svg><style><!--</style><img src=x onerror=alert(1)>-->", "<b><p>a</b><q>b</q></p>", "<pre>a\n\n b</pre><xmp><b></xmp>",
		"<li>a<li>b</ul>c<h1>d<h2>e", "ب<br><br>\u200cx", `<a href="http://a/?q=a b'%">x</a>`, "<form><form></form>a",
		"No tags &amp; one\r\nline &#60;b&gt; &notit; &#13;&#10;\r \x00 \xff &",
	} {
		f.Add(s)
	}
	for _, c := range hostile {
		f.Add(c.doc)
	}
	for _, s := range []string{
		"<pre>  a\n\n\n  <b>b</b>\t<del>c<sup>2</sup></pre>d", "<code>a<br>\n  b<br>&nbsp;&nbsp;c</code>", `<p style="text-decoration:line-through">a<p>b<hr>c`,
		"<sup>a</sup> <sup>b</sup><sub>c</sub> <sub>d <s>e</s></sub>", "<ol reversed><li>a<hr>b<blockquote><li>c</blockquote><li value=9>d<ol reversed><li>e", "<ruby><rb>a<rb>b<rt>c<rt>d<b>e</ruby>f",
		"<sup>a<sub>b<sup>c<sup>d</sup></sub>", `a<img src=x alt="[b]">c <math><mi>x</mi></math>,<iframe src=/x title=y>`, "<table><tr><td>a<td><td>b</table>", "<ruby>a<rt>b</ruby>",
		"a <noscript><img src=x alt=b><noscript></noscript> <img src=x>c<lite-youtube videoid=d>e", `<mjx-container><svg/><math data-latex="a">b</math></mjx-container><span class=MathJax data-mathml="<math><mi>a">`,
		"<span style='display:none'>a<span>b</span></span>c", "<del>a <img src=x> <a href=/y>b <img src=z></a></del>",
	} {
		f.Add(s)
	}
	f.Add(`<a href="https://evil.net/">https://bank.com [evil.net]</a><a href=mailto:a@b.com>x@y.com</a>`)
	f.Fuzz(func(t *testing.T, s string) {
		p := markup.FromHTML(s, "http://blog.example/a/b")
		checkSafe(t, p)
		if tagged := markup.FromHTML("<span>"+s, "http://blog.example/a/b"); !strings.Contains(s, "<") && !reflect.DeepEqual(p, tagged) {
			t.Errorf("without a tag it is read as %+v, with one as %+v", p, tagged)
		}
		for _, l := range []markup.Look{{Rel: markup.ReaderRel}, {Ours: "ours"}} {
			checkAllowed(t, string(l.HTML(p)), l)
		}
	})
}

func FuzzFromMarkdown(f *testing.F) {
	for _, s := range []string{"# a\n\n> b\n> 1. c", "<div>\n*a*\n</div>\n\n[x](/y)", "a <b> `c`\n***\n- [ ] d", "a[^1] ~~b~~ ![c](/d)\n\n[^1]: e\n[^2]: f\n\n|g|h|\n|-|-|\n|i|j|"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkSafe(t, markup.FromMarkdown(s))
	})
}
