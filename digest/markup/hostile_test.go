package markup_test

import (
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/markup"
	"postbag/digest/prose"
)

// hostile are comments that mean harm: what each is, and the words that remain
// of it as plain text.
var hostile = []struct{ name, doc, text string }{
	// Scripts, and where they hide.
	{"script", `a<script>alert(1)</script>b`, "ab"},
	{"script in capitals", `a<ScRiPt >alert(1)</sCrIpT >b`, "ab"},
	{"script that ends oddly", "a<script>alert(1)</script\t\n bar>b", "ab"},
	{"script with a comment inside", `a<script><!--</script>--></script>b`, "a-->b"},
	{"script that closes itself", `a<script/src=//evil.test/x.js>b`, "a"},
	{"script split by a script", `a<scr<script>ipt>alert(1)</script>b`, "aipt>alert(1)b"},
	{"script after a NUL", "a<\x00script>alert(1)</script>b", "a<script>alert(1)b"},
	{"script in a tag that is open", `a<b <script>alert(1)</script>0`, "aalert(1)0"},
	{"script in an attribute", `<p title="</p><script>alert(1)</script>">a`, "a"},
	{"script in entities", `&lt;script&gt;alert(1)&lt;/script&gt;`, "<script>alert(1)</script>"},
	{"entities of entities", `&amp;lt;script&amp;gt;`, "&lt;script&gt;"},
	{"numbers instead of brackets", `&#60;script&#62;&#x3c;/script&#x3E;`, "<script></script>"},
	{"numbers without their semicolons", `&#60script&#62`, "<script>"},
	{"fullwidth brackets", `＜script＞alert(1)＜/script＞`, "＜script＞alert(1)＜/script＞"},
	{"vertical tab as space", "<img\vsrc=x\vonerror=alert(1)>a", "a"},
	{"style", `a<style>*{background:url(javascript:alert(1))}</style>b`, "ab"},
	{"style that imports", `a<style>@import "//evil.test/x.css";</style>b`, "ab"},
	{"style attribute", `<p style="background:url(//evil.test/p)">a</p>`, "a"},
	{"style with expression", `<div style="width:expression(alert(1))">a</div>`, "a"},
	{"link to a style sheet", `<link rel=stylesheet href=//evil.test/x.css>a`, "a"},
	{"meta refresh", `<meta http-equiv=refresh content="0;url=javascript:alert(1)">a`, "a"},
	{"base", `<base href="//evil.test/"><a href="x">a</a>`, "a"},
	{"frame", `a<iframe src="javascript:alert(1)">b</iframe>c`, "a [page] c"},
	{"frame with a document", `a<iframe srcdoc="<script>alert(1)</script>"></iframe>c`, "a [page] c"},
	{"frameset", `<frameset><frame src="javascript:alert(1)"></frameset>a`, "a"},
	{"object", `a<object data="javascript:alert(1)"><param name=x value=y>b</object>c`, "a [page] c"},
	{"embed", `a<embed src="//evil.test/x.swf" allowscriptaccess=always>c`, "a [film] c"},
	{"applet", `a<applet code=X>b</applet>c`, "a [page] c"},
	{"form", `a<form action="//evil.test"><input name=password><button>ok</button></form>c`, "a [form] c"},
	{"button outside a form", `<button formaction="javascript:alert(1)" form=x>a</button>`, "a"},
	{"input that focuses", `<input autofocus onfocus=alert(1)>a`, "a"},
	{"details that open", `<details open ontoggle=alert(1)><summary>a</summary>b</details>`, "a\n\nb"},
	{"portal", `<portal src="//evil.test">a</portal>`, "a"},
	{"marquee", `<marquee onstart=alert(1)>a</marquee>`, "a"},
	{"dialog", `<dialog open onclose=alert(1)>a</dialog>`, "a"},
	{"custom element", `<x-evil onclick=alert(1) tabindex=1 id=x>a</x-evil>`, "a"},
	{"slot and shadow", `<div><template shadowrootmode=open><script>alert(1)</script></template>a</div>`, "a"},
	{"video", `a<video poster=//evil.test/p><source src=x onerror=alert(1)></video>c`, "a [film] c"},
	{"audio", `a<audio src=x onerror=alert(1)></audio>c`, "a [sound] c"},

	// Event handlers in every spelling.
	{"handler", `<p onclick="alert(1)">a</p>`, "a"},
	{"handler without quotes or spaces", `<p/onclick=alert(1)/title=x>a</p>`, "a"},
	{"handler in backquotes", "<p onmouseover=`alert(1)`>a</p>", "a"},
	{"handler after a broken quote", `<p title="x"onclick="alert(1)">a</p>`, "a"},
	{"handler on a line break", `a<br onload=alert(1)>b`, "a\nb"},
	{"handler on body", `<body onload=alert(1)>a</body>`, "a"},
	{"handler on a link", `<a href="https://a.test/" onclick="alert(1)" target=_blank ping="//evil.test" download>a</a>`, "a"},

	// Links that are none.
	{"javascript", `<a href="javascript:alert(1)">a</a>`, "a"},
	{"javascript in mixed case", `<a href="JaVaScRiPt:alert(1)">a</a>`, "a"},
	{"javascript after a control", "<a href=\"\x01javascript:alert(1)\">a</a>", "a"},
	{"javascript after space", "<a href=\" \t\njavascript:alert(1)\">a</a>", "a"},
	{"javascript with a tab", `<a href="java&Tab;script&colon;alert(1)">a</a>`, "a"},
	{"javascript with a newline", "<a href=\"java\nscript:alert(1)\">a</a>", "a"},
	{"javascript with a NUL", "<a href=\"java\x00script:alert(1)\">a</a>", "a"},
	{"javascript in entities", `<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)">a</a>`, "a"},
	{"javascript in long entities", `<a href="&#0000106avascript:alert(1)">a</a>`, "a"},
	{"javascript percent-encoded", `<a href="%6Aavascript:alert(1)">a</a>`, "a"},
	{"javascript behind an address", `<a href="javascript://a.test/%0aalert(1)">a</a>`, "a"},
	{"javascript with a soft hyphen", `<a href="java&shy;script:alert(1)">a</a>`, "a"},
	{"javascript behind a no-break space", `<a href="&nbsp;javascript:alert(1)">a</a>`, "a"},
	{"data", `<a href="data:text/html;base64,PHNjcmlwdD4=">a</a>`, "a"},
	{"vbscript", `<a href="vbscript:msgbox(1)">a</a>`, "a"},
	{"blob, file, view-source", `<a href="blob:x">a</a><a href="file:///etc/passwd">b</a><a href="view-source:https://a.test">c</a>`, "abc"},
	{"feed and intent", `<a href="feed:javascript:alert(1)">a</a><a href="intent://x#Intent;end">b</a>`, "ab"},
	{"two addresses, the first counts", `<a href="javascript:alert(1)" href="https://a.test/">a</a>`, "a"},
	{"link with a login", `<a href="https://bank.test@evil.test/">a</a>`, "a"},
	{"link with backslashes", `<a href="https:\\evil.test\x">a</a>`, "a"},
	{"link with a quote inside", `<a href="https://a.test/&quot;onclick=&quot;alert(1)">a</a>`, "a"},
	{"link of a map", `<map name=x><area href="javascript:alert(1)"></map>a`, "a"},
	{"link in SVG", `a<svg><a xlink:href="javascript:alert(1)"><text>b</text></a></svg>c`, "a [picture] c"},
	{"mail with a file", `<a href="mailto:a@b.test?attach=/etc/passwd&subject=x&body=y">a</a>`, "a"},
	{"mail with a header", `<a href="mailto:a@b.test?subject=x%0d%0abcc:c@d.test">a</a>`, "a"},

	// Pictures, and who is told that they were seen.
	{"picture", `a<img src="https://evil.test/p.gif" width=1 height=1 alt="spy">b`, "ab"},
	{"picture with handlers", `a<img src=x onerror=alert(1) onload=alert(2)>b`, "a [picture] b"},
	{"picture of many sizes", `a<img srcset="//evil.test/1 1x, //evil.test/2 2x" sizes=1px>b<picture><source srcset="//evil.test/3"></picture>c`, "a [picture] bc"},
	{"picture called image", `a<image src=x onerror=alert(1)>b`, "ab"},
	{"picture as input", `a<input type=image src=//evil.test/p>b`, "a [picture] b"},
	{"picture of an emoji", `a <img src="https://evil.test/1f44d.png" alt="👍" class="wp-smiley"> b`, "a 👍 b"},
	{"picture of a smiley", `a <img class="emoji" alt=":smile:" src="https://evil.test/s.png">`, "a :smile:"},
	{"sign that is a script", `a <img class="emoji" alt="<script>1</script>">`, "a <script>1</script>"},
	{"background", `<table background="//evil.test/p"><tr><td background="//evil.test/q">a</table>`, "a"},
	{"quote with a source", `<blockquote cite="javascript:alert(1)">a</blockquote>`, "a"},

	// Nesting that a second parser reads otherwise (mutation XSS).
	{"mXSS: noscript", `<noscript><p title="</noscript><img src=x onerror=alert(1)>">a`, "[picture]\">a"},
	{"mXSS: style in svg", `<svg><style><img title="</style><img src=x onerror=alert(1)>"></svg>a`, "[picture] a"},
	{"mXSS: style in math", `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;"></math>a`, "[formula] a"},
	{"mXSS: form and table", `<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)></style>`, "[form] [form]"},
	{"mXSS: svg desc", `<svg></p><title><style></title><img src=x onerror=alert(1)></style></svg>a`, "[picture: <style>] a"},
	{"mXSS: foreignObject", `<svg><foreignObject><iframe><script>alert(1)</script></iframe></foreignObject></svg>a`, "[picture] a"},
	{"mXSS: annotation-xml", `<math><annotation-xml encoding="text/html"><style><img src=x onerror=alert(1)></style></annotation-xml></math>a`, "[formula] a"},
	{"mXSS: template in select", `<select><template><script>alert(1)</script></template></select>a`, "[form] a"},
	{"mXSS: option that breaks out", `a<select><option><style></option></select><img src=x onerror=alert(1)></style>`, "a [form]"},
	{"mXSS: textarea", `<textarea></textarea><p title="</textarea><img src=x onerror=alert(1)>">a`, "a"},
	{"mXSS: title", `<title><a href="</title><img src=x onerror=alert(1)>">a`, "[picture]\">a"},
	{"mXSS: xmp", `<xmp><p title="</xmp><img src=x onerror=alert(1)>">a`, "<p title=\"\n\n[picture]\">a"},
	{"mXSS: noembed and noframes", `<noembed><a title="</noembed><img src=x onerror=alert(1)>"></noembed><noframes></noframes>a`, "[picture]\">a"},
	{"mXSS: plaintext", `a<plaintext><script>alert(1)</script></plaintext>`, "a\n\n<script>alert(1)</script></plaintext>"},
	{"mXSS: table that adopts", `<table><a href="https://a.test/"><tr><td><a href="javascript:alert(1)">a</td></table>`, "a"},
	{"mXSS: comment that ends early", `a<!--><script>alert(1)</script>-->b`, "a-->b"},
	{"mXSS: comment that ends in a bang", `a<!-- x --!><img src=x onerror=alert(1)>b`, "a [picture] b"},
	{"mXSS: CDATA", `a<svg><![CDATA[</svg><script>alert(1)</script>]]></svg>b`, "a [picture] b"},
	{"mXSS: processing instruction", `a<?php echo "<script>" ?>b`, "a\" ?>b"},
	{"mXSS: doctype", `<!DOCTYPE html [<!ENTITY x "y">]>a`, "]>a"},
	{"conditional comment", `a<!--[if IE]><script>alert(1)</script><![endif]-->b`, "ab"},

	// Text that reads as another.
	{"bidi override", "abc\u202Ecod.exe\u202C d\u2066e\u2069", "abccod.exe de"},
	{"bidi marks in entities", `a&#x202e;b&rlm;c&lrm;d`, "abcd"},
	{"zero width", "pa\u200Bss\u2060wo\uFEFFrd", "password"},
	{"tags without a shape", "a\U000E0041\U000E0042b", "ab"},
	{"fillers", "a\u3164\u115F\u1160b", "ab"},
	{"controls", "a\x1b[31mb\x07\x7fc\u0085d", "a[31mbc d"},
	{"controls in entities", "a&#0;b&#1;c&#27;[0m&#x7f;d", "a\uFFFDbc[0md"},
	{"half of a surrogate pair", "a&#xD800;b", "a\uFFFDb"},
	{"not characters", "a\uFFFEb\uFFFFc\U0010FFFFd", "abcd"},
	{"marks without end", "a" + strings.Repeat("\u0489\u0301", 50) + "b", "a" + strings.Repeat("\u0489\u0301", 3) + "b"},
	{"lines by other names", "a\u2028b\u2029c", "a b c"},
	{"broken UTF-8", "a\xc0\xafb\xed\xa0\x80c", "a\uFFFDb\uFFFDc"},

	// Nothing closed.
	{"tag that does not end", `a<p onclick="alert(1)`, "a"},
	{"attribute that does not end", `a<a href="https://a.test/`, "a"},
	{"comment that does not end", `a<!-- b`, "a"},
	{"entity that does not end", `a&lt`, "a<"},
	{"all of it open", `a<b><i><ul><li><blockquote><a href="https://a.test/"><table><tr><td>b`, "a\n\nb"},
}

func TestHostileComments(t *testing.T) {
	if len(hostile) < 80 {
		t.Errorf("%d cases", len(hostile))
	}
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			for _, base := range []string{"", "https://blog.test/post.html"} {
				p := markup.FromHTML(c.doc, base)
				if got := p.Text(); got != c.text {
					t.Errorf("%s\nleaves %q\nwant   %q", c.doc, got, c.text)
				}
				checkSafe(t, p)
				for _, l := range []markup.Look{{}, {Rel: markup.EditorRel, Ours: "ours"}} {
					checkAllowed(t, string(l.HTML(p)), l)
				}
				for _, href := range hrefs(p) {
					if u, err := url.Parse(href); err != nil || u.Host == "evil.test" {
						t.Errorf("leads to %s", href)
					}
				}
			}
		})
	}
}

func hrefs(p digest.Prose) (out []string) {
	for _, para := range p {
		for _, s := range para.Spans {
			// What leads to a film is followed by who wants to see it, as any link.
			if s.Href != "" && s.Stands == "" {
				out = append(out, s.Href)
			}
		}
	}
	return out
}

// allowed are the elements that may be written, with their attributes.
var allowed = map[atom.Atom][]string{
	atom.P: nil, atom.Ul: nil, atom.Ol: {"start"}, atom.Li: nil, atom.Blockquote: nil, atom.Em: nil, atom.Strong: nil,
	atom.Br: nil, atom.Pre: nil, atom.Del: nil, atom.Sup: nil, atom.Sub: nil, atom.A: {"href", "rel"},
}

// checkAllowed parses what was written as a browser would, and asserts that it
// holds nothing but what is allowed and that it is written again as it was.
func checkAllowed(t *testing.T, doc string, look markup.Look) {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(doc), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		t.Fatal(err)
	}
	var again strings.Builder
	for _, n := range nodes {
		for d := range n.Descendants() {
			checkNode(t, d, look)
		}
		checkNode(t, n, look)
		if err := html.Render(&again, n); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.ReplaceAll(again.String(), "<br/>", "<br>"); got != doc {
		t.Errorf("a second parser reads\n%s\nas\n%s", doc, got)
	}
}

func checkNode(t *testing.T, n *html.Node, look markup.Look) {
	t.Helper()
	switch n.Type {
	case html.TextNode:
		return
	case html.ElementNode:
	default:
		t.Errorf("a node of type %d: %q", n.Type, n.Data)
		return
	}
	attrs, ok := allowed[n.DataAtom]
	if ours := look.Ours != "" && n.DataAtom == atom.Span; ours {
		attrs, ok = []string{"class"}, true
	}
	if !ok || n.Namespace != "" {
		t.Errorf("element %q in namespace %q", n.Data, n.Namespace)
	}
	for _, a := range n.Attr {
		if !slices.Contains(attrs, a.Key) || a.Namespace != "" {
			t.Errorf("attribute %q of %s", a.Key, n.Data)
		}
		u, err := url.Parse(a.Val)
		switch {
		case a.Key == "href" && (err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" || u.User != nil):
			t.Errorf("a link to %q", a.Val)
		case a.Key == "href" && strings.ContainsFunc(a.Val, func(r rune) bool { return r <= ' ' || r > '~' }):
			t.Errorf("a link to %q", a.Val)
		case a.Key == "rel" && a.Val != look.Rel, a.Key == "class" && a.Val != look.Ours:
			t.Errorf("%s=%q", a.Key, a.Val)
		}
	}
	if n.DataAtom == atom.A && look.Rel != "" && !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "rel" }) {
		t.Error("a link without rel")
	}
}

// TestHugeComments gives a parser what it could choke on, 2 MB of each and 10 MB of text,
// and bounds time and memory by those of plain text of the same size.
func TestHugeComments(t *testing.T) {
	size := int(digesttest.Large(2 << 20))
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	half := func(s string) string { return strings.Repeat(s, size/2/len(s)) }
	docs := map[string]string{
		"text":                        fill("word "),
		"very much text":              strings.Repeat("word ", size),
		"one word":                    fill("x"),
		"one word in other letters":   fill("я"),
		"hundred thousand tags":       strings.Repeat("<div><b><i>", size/20) + "x",
		"quotes, each with a word":    fill("<blockquote>x"),
		"lists, each with a word":     fill("<ul><li>x"),
		"lists, each with two":        fill("<ol><li>x<p>y"),
		"quotes in items":             fill("<li><blockquote>x"),
		"lists and ends of quotes":    half("<ul>") + half("</blockquote>x"),
		"lists and ends of items":     half("<ul>") + half("</li>x"),
		"quotes and ends of lists":    half("<blockquote>") + half("</ul>x"),
		"items and ends of lists":     half("<li>x") + half("</ul>x"),
		"items after deep items":      half("<ul><li>x") + half("</ul>y"),
		"styles on and off":           fill("<b>x</b>y"),
		"links, each another":         fill(`<a href="https://a.test/x">x</a> y `),
		"links with huge addresses":   fill(`<a href="https://a.test/` + strings.Repeat("x", 1900) + `">x</a>`),
		"links that claim another":    fill(`<a href="https://a.test/">https://b.test/</a> y `),
		"one link that claims many":   `<a href="https://a.test/">` + fill("https://a.test/ ") + "</a>",
		"one link with many marks":    `<a href="https://a.test/">https://b.test/` + fill(" [a.test]") + "</a>",
		"one link in many styles":     `<a href="https://a.test/">` + fill("<b>x</b>y.z ") + "</a>",
		"one huge attribute":          `<a href="https://a.test/` + fill("x") + `" title="` + fill("y") + `">x</a>`,
		"many attributes":             "<p " + fill("x=y ") + ">x",
		"one huge tag name":           "<" + fill("x") + ">y",
		"one huge comment":            "<!--" + fill("-") + "-->x",
		"tags that do not end":        fill("<p <"),
		"ends of nothing":             fill("</b></ul></blockquote></a></pre>"),
		"line breaks":                 fill("<br>x<br><br>"),
		"marks":                       "a" + fill("\u0301"),
		"controls":                    fill("\x01\u200b"),
		"entities":                    fill("&lt;&#x202e;&amp"),
		"questions without a space":   fill("a?b!"),
		"full stops without a space":  fill("A.b."),
		"dropped elements in another": fill("<svg><form>"),
		"raw text":                    fill("<script>x</script><xmp>y</xmp>"),
	}
	plain := cost(t, docs["text"])
	for name, doc := range docs {
		took := cost(t, doc)
		// Ten times leaves room for a busy machine; what grows with the square takes
		// thousands of times as long.
		if limit := 10*plain + 3*time.Second; took > limit {
			t.Errorf("%s: took %v, plain text %v", name, took, plain)
		}
	}
}

// cost runs a document through all that is done with one, and gives the time of
// it. It asserts what bounds what comes out.
func cost(t *testing.T, doc string) time.Duration {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := digesttest.CPU(t)
	p := markup.FromHTML(doc, "https://blog.test/")
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 512<<20 {
		t.Errorf("%.40q…: %d MB were allocated for a document of %d MB", doc, used>>20, len(doc)>>20)
	}
	out := string(markup.Look{Rel: markup.ReaderRel}.HTML(p))
	text := p.Text()
	if len(text) > 1<<20 || len(out) > 16<<20 {
		t.Errorf("%.40q…: %d bytes of text, %d of HTML", doc, len(text), len(out))
	}
	prose.Wrap(p, 72, "> ")
	prose.Sentences(p)
	prose.Quote(p, 300)
	took := digesttest.CPU(t) - began
	if again := markup.FromHTML(out, ""); !same(again, worded(p)) {
		t.Errorf("%.40q…: a second parse differs", doc)
	}
	for _, para := range p {
		if para.Depth > digest.MaxDepth {
			t.Fatalf("%.40q…: depth %d", doc, para.Depth)
		}
	}
	return took
}

func TestLinksAreHonest(t *testing.T) {
	for _, c := range []struct{ text, href, mark string }{
		// Words that claim nothing.
		{"here", "https://evil.net/", ""},
		{"read more...", "https://evil.net/", ""},
		{"e.g. version 1.2.3 of Node.js at 10.30", "https://evil.net/", ""},
		{"the end.It was late", "https://evil.net/", ""},
		{"и т.д.", "https://evil.net/", ""},
		{"这是。那是", "https://evil.net/", ""},
		{"12:30", "https://evil.net/", ""},
		{"a/b testing", "https://evil.net/", ""},
		// Words that claim what is true.
		{"https://bank.com/login", "https://bank.com/login", ""},
		{"http://bank.com", "https://www.bank.com/", ""},
		{"www.bank.com/x", "https://login.bank.com/y", ""},
		{"bank.com", "https://bank.com:8443/", ""},
		{"BANK.COM/x", "https://bank.com/x", ""},
		{"https://www.theguard…", "https://www.theguardian.com/x", ""},
		{"theguard...", "https://www.theguardian.com/x", ""},
		{"https://www.theguardian.com/abc…", "https://www.theguardian.com/abcdef", ""},
		{"a@bank.com", "mailto:a@bank.com", ""},
		{"@name@social.example.com", "https://social.example.com/@name", ""},
		{"http://127.0.0.1/x", "http://127.0.0.1/y", ""},
		{"https://web.archive.org/web/2020/http://bank.com/", "https://web.archive.org/web/2020/http://bank.com/", ""},
		{"write to bank.com", "mailto:info@bank.com", ""},
		// Words that claim another.
		{"https://bank.com/login", "https://evil.net/x", " [evil.net]"},
		{"HTTPS://BANK.COM", "https://a.b.evil.net/x", " [evil.net]"},
		{"log in at bank.com now", "https://evil.net/", " [evil.net]"},
		{"(www.bank.com)", "https://evil.net/", " [evil.net]"},
		{"//bank.com/", "https://evil.net/", " [evil.net]"},
		{"http:\\\\bank.com\\x", "https://evil.net/", " [evil.net]"},
		{"https:bank.com", "https://evil.net/", " [evil.net]"},
		{"https://bank.com@evil.net/", "https://evil.net/", " [evil.net]"},
		{"https://bank.com\\@evil.net/", "https://evil.net/", " [evil.net]"},
		{"https://bank.com:443@evil.net/", "https://evil.net/", " [evil.net]"},
		{"https://bank.com", "https://bank.com.evil.net/", " [evil.net]"},
		{"me.blogspot.com", "https://you.blogspot.com/", " [you.blogspot.com]"},
		{"me.blogspot.co.uk", "https://www.you.blogspot.co.uk/", " [you.blogspot.co.uk]"},
		{"me.github.io", "https://you.github.io/", " [you.github.io]"},
		{"wordpress.com", "https://you.wordpress.com/", " [you.wordpress.com]"},
		{"example.co.uk", "https://another.co.uk/", " [another.co.uk]"},
		{"bank.com", "http://10.0.0.1/x", " [10.0.0.1]"},
		{"bank。com", "https://evil.net/", " [evil.net]"},
		{"ｂａｎｋ．ｃｏｍ", "https://evil.net/", " [evil.net]"},
		{"https:∕∕bank.com∕x", "https://evil.net/", " [evil.net]"},
		{"https://www.theguard…", "https://evil.net/", " [evil.net]"},
		{"a@bank.com", "mailto:x@evil.net", " [x@evil.net]"},
		{"info@bank.com", "https://evil.net/", " [evil.net]"},
		{"https://bank.com", "mailto:x@evil.net", " [x@evil.net]"},
		{"ftp://bank.com", "https://evil.net/", " [evil.net]"},
		// Other letters than those of ASCII may look like any.
		{"https://аррӏе.com/", "https://xn--80ak6aa92e.com/", " [xn--80ak6aa92e.com]"},
		{"аррӏе.com", "https://xn--80ak6aa92e.com/", " [xn--80ak6aa92e.com]"},
		{"bücher.com", "https://xn--bcher-kva.com/", " [xn--bcher-kva.com]"},
		{"пример.рф", "https://evil.net/", " [evil.net]"},
	} {
		p := digest.Prose{{Spans: []digest.Span{{Text: "a "}, {Text: c.text, Href: c.href}, {Text: " z"}}}}
		doc := string(markup.Look{Rel: markup.ReaderRel}.HTML(p))
		want := fmt.Sprintf(`">%s%s</a> z`, html.EscapeString(c.text), c.mark)
		if !strings.Contains(doc, want) {
			t.Errorf("%q leading to %s is drawn as %s, want mark %q", c.text, c.href, doc, c.mark)
		}
		// The mark is no word of the writer's.
		for range 2 {
			parsed := markup.FromHTML(doc, "")
			if got := parsed.Text(); got != "a "+strings.TrimSpace(c.text)+" z" {
				t.Errorf("%s is read as %q", doc, got)
			}
			doc = string(markup.Look{Rel: markup.ReaderRel}.HTML(parsed))
			checkSafe(t, parsed)
		}
		// A mail shows the whole address below.
		if mail := prose.Wrap(p, 72, ""); c.mark != "" && !strings.Contains(mail, "\n<"+markup.Address(c.href)+">") {
			t.Errorf("%q leading to %s is mailed as %q", c.text, c.href, mail)
		}
	}
}

// A percent sign that begins no character costs no link.
func TestStrayPercentSigns(t *testing.T) {
	for ref, want := range map[string]string{
		"https://tea.test/50%":           "https://tea.test/50%25",
		"https://tea.test/50%-off?a=%&b": "https://tea.test/50%25-off?a=%25&b",
		"https://tea.test/%%41%4":        "https://tea.test/%25%41%254",
		"https://tea.test/caf%c3%A9%zz":  "https://tea.test/caf%c3%A9%25zz",
		"/100%#50%":                      "https://blog.test/100%25#50%25",
	} {
		p := markup.FromHTML(`<a href="`+ref+`">tea</a>`, "https://blog.test/")
		if len(p) != 1 || len(p[0].Spans) != 1 || p[0].Spans[0].Href != want {
			t.Errorf("%s is linked as %+v, want %s", ref, p, want)
		}
	}
	for _, ref := range []string{"https://tea%.test/", "https://50%/", "javascript:50%"} {
		if p := markup.FromHTML(`<a href="`+ref+`">tea</a>`, "https://blog.test/"); len(p) != 1 || p[0].Spans[0].Href != "" {
			t.Errorf("%s is linked as %+v", ref, p)
		}
	}
}

func TestMarkOfALink(t *testing.T) {
	p := markup.FromHTML(`<a href="https://evil.net/"><b>https://</b>bank.com/</a>, he said`, "")
	got := string(markup.Look{Ours: "ours"}.HTML(p))
	if want := `<p><a href="https://evil.net/"><strong>https://</strong>bank.com/ <span class="ours">[evil.net]</span></a>, he said</p>` + "\n"; got != want {
		t.Errorf("gave %s\nwant %s", got, want)
	}
	if again := markup.FromHTML(got, ""); !same(again, p) {
		t.Errorf("read again it is %+v, want %+v", again, p)
	}
	// A writer who sets the mark himself gains nothing by it.
	twice := markup.FromHTML(`<a href="https://evil.net/">bank.com [evil.net] [evil.net]</a>`, "")
	if twice.Text() != "bank.com" {
		t.Errorf("read as %q", twice.Text())
	}
	checkSafe(t, twice)
}
