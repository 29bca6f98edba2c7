package feed_test

import (
	"testing"

	"postbag/digest/feed"
	"postbag/digest/markup"
)

// Some feeds of RSS give the text as XHTML beside the description.
func TestXHTMLOfRSS(t *testing.T) {
	for raw, want := range map[string]string{
		`<xhtml:body><xhtml:p>The moths</xhtml:p><xhtml:p>came back.</xhtml:p></xhtml:body>`:                                                   "The moths\n\ncame back.",
		`<description>The moths…</description><body xmlns="http://www.w3.org/1999/xhtml"><p>The moths<iframe src="/7"/> came back.</p></body>`: "The moths [film] came back.",
		`<description>The moths</description><body>a</body>`:                                                                                   "The moths",
		`<xhtml:body/><description>The moths</description>`:                                                                                    "The moths",
	} {
		doc := `<rss version="2.0" xmlns:xhtml="http://www.w3.org/1999/xhtml"><channel><item><guid>1</guid>` + raw + `</item><item><guid>2</guid><description>b</description></item></channel></rss>`
		d := parse(t, []byte(doc), feed.Options{URL: "https://tea.test/feed"})
		equal(t, "entries", len(d.Posts), 2)
		equal(t, raw, markup.FromHTML(d.Posts[0].Body.HTML, "https://tea.test/").Shown(), want)
		equal(t, "the next", d.Posts[1].Body.HTML, "b")
	}
}

// In XHTML an element may close itself, may have a prefix, and text may stand in a
// section of its own; nothing that follows is lost.
func TestXHTMLOfAtom(t *testing.T) {
	const xhtml = `<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">`
	for raw, want := range map[string]string{
		xhtml + `<p>The moths</p><iframe src="https://film.test/7"/><p>came back.</p></div></content>`:                                                "The moths\n\n[film]\n\ncame back.",
		xhtml + `<p>The moths</p><object data="https://film.test/7"/><audio src="a.ogg"/><p>came back.</p></div></content>`:                           "The moths\n\n[film] [sound]\n\ncame back.",
		xhtml + `<p><a id="moths"/>The <textarea/>moths<title/> came <i/>back.</p></div></content>`:                                                   "The\n\nmoths came back.",
		xhtml + `<p>The moths<del/> came</p><script src="x.js"/><style/><noscript/><p>back.</p></div></content>`:                                      "The moths came\n\nback.",
		xhtml + `<p>1 &lt; 2</p><p><![CDATA[2 < <3>]]></p></div></content>`:                                                                           "1 < 2\n\n2 < <3>",
		`<content type="xhtml"><xh:div><xh:p>The moths</xh:p><xh:p>came <xh:del>once</xh:del><xh:br/>back.</xh:p></xh:div></content>`:                 "The moths\n\ncame ~~once~~\nback.",
		`<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:ul><h:li>a</h:li><h:li>b</h:li></h:ul></h:div></content>`:             "a\n\nb",
		`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a</p></div></content>`:                                                    "a",
		`<content type="application/xhtml+xml" mode="xml"><p xmlns="http://www.w3.org/1999/xhtml">a<iframe src="https://film.test/7"/></p></content>`: "a [film]",
		`<content type="text/html" mode="xml" xml:base="https://tea.test/"><p>a<iframe src="/7"/>b</p></content>`:                                     "a [film] b",
		`<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a<video src="x"/>b</div></summary>`:                                          "a [film] b",
		`<content type="xhtml"/><summary>a</summary>`:                                                                                                 "a",
		xhtml + `<m:math xmlns:m="http://www.w3.org/1998/Math/MathML"><m:mi>x</m:mi></m:math> holds</div></content>`:                                  "[formula: x] holds",
		xhtml + `<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><title>A moth</title><path d="x"/></svg>flew</div></content>`:         "[picture: A moth] flew",
	} {
		b := parse(t, atomEntryOf(raw), feed.Options{URL: "https://tea.test/feed"}).Posts[0].Body
		equal(t, raw, markup.FromHTML(b.HTML, b.Base).Shown(), want)
	}
}
