package feed_test

import (
	"strings"
	"testing"

	"postbag/digest/feed"
	"postbag/digest/field"
	"postbag/digest/markup"
)

func atomEntryOf(parts string) []byte {
	return []byte(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:xh="http://www.w3.org/1999/xhtml"><title type="html">Tea &amp;amp; &lt;i&gt;toast&lt;/i&gt;</title>` +
		`<entry><id>tag:tea.test,2026:1</id>` + parts + `</entry></feed>`)
}

// Titles are what they are said to be (RFC 4287, 3.1.1).
func TestTitlesOfAtom(t *testing.T) {
	for raw, want := range map[string]string{
		`<title>Plain &amp; simple</title>`:                                                                        "Plain & simple",
		`<title>The &amp;amp; again</title>`:                                                                       "The & again",
		`<title type="text">The &lt;i&gt; and the &lt;/i&gt; tag</title>`:                                          "The <i> and the </i> tag",
		`<title type="text">Writing &amp;amp; by hand</title>`:                                                     "Writing &amp; by hand",
		`<title type="text"><![CDATA[a <br/> b]]></title>`:                                                         "a <br/> b",
		`<title type="html">Read: &lt;cite class="x"&gt;Emma&lt;/cite&gt;&lt;img alt="b"&gt;</title>`:              "Read: Emma",
		`<title type="html"><![CDATA[Salt &amp; pepper&#8217;s <script>x</script>end]]></title>`:                   "Salt & pepper’s end",
		`<title type="html">5 &amp;lt; 6 &amp;amp; &lt;b&gt;7&lt;/b&gt;8</title>`:                                  "5 < 6 & 78",
		`<title type="html">First&lt;br/&gt;second&lt;br&gt;third</title>`:                                         "First second third",
		`<title type="html">10&lt;sup&gt;6&lt;/sup&gt; moths, &lt;s&gt;dear&lt;/s&gt; cheap</title>`:               "10⁶ moths, ~~dear~~ cheap",
		`<title type="html">Unclosed &lt;b&gt;bold</title>`:                                                        "Unclosed bold",
		`<title type="text/html" mode="escaped">Old &lt;b&gt;Atom&lt;/b&gt;</title>`:                               "Old Atom",
		`<title type="text/plain">Old &lt;b&gt; Atom</title>`:                                                      "Old <b> Atom",
		`<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <em>big</em> &amp; b<br/>c</div></title>`: "A big & b c",
		`<title type="xhtml"><xh:div>A <xh:em>big</xh:em> one</xh:div></title>`:                                    "A big one",
		`<title>Sniffed &lt;em&gt;big&lt;/em&gt;</title>`:                                                          "Sniffed big",
		`<title>The &lt;em&gt; tag</title>`:                                                                        "The <em> tag",
	} {
		d := parse(t, atomEntryOf(raw+`<content>x</content>`), feed.Options{})
		equal(t, raw, d.Posts[0].Title, want)
		equal(t, "title of the feed", d.Title, "Tea & toast")
	}
}

// RSS does not say what its titles are.
func TestTitlesOfRSS(t *testing.T) {
	for raw, want := range map[string]string{
		`Tea &amp; toast`:                           "Tea & toast",
		`Tea &amp;amp; toast`:                       "Tea & toast",
		`Tea &amp;#8217;n&amp;nbsp;toast`:           "Tea ’n toast",
		`First&lt;br/&gt;second`:                    "First second",
		`First<br/>second`:                          "First second",
		`<![CDATA[First<br>second]]>`:               "First second",
		`Read: &lt;cite&gt;Emma&lt;/cite&gt;`:       "Read: Emma",
		`<![CDATA[Re<b>view</b>]]>`:                 "Review",
		`The &lt;b&gt; element`:                     "The <b> element",
		`The &lt;title&gt; and &lt;/title&gt; tags`: "The <title> and </title> tags",
		`List&lt;String&gt; &amp; Map&lt;K,V&gt;`:   "List<String> & Map<K,V>",
		`1 &lt; 2 &gt; 0`:                           "1 < 2 > 0",
		`AT&amp;T &amp;copy`:                        "AT&T &copy",
		`Use &amp;nosuch; here`:                     "Use &nosuch; here",
	} {
		body := `<rss><channel><item><guid>1</guid><title>` + raw + `</title></item></channel></rss>`
		equal(t, raw, parse(t, []byte(body), feed.Options{}).Posts[0].Title, want)
	}
	equal(t, "an export's", field.Title("Tea <i>and</i> toast"), "Tea and toast")
}

// Texts are what they are said to be, and what says nothing gives way to what does.
func TestTextsByTheirTypes(t *testing.T) {
	rss := func(parts string) []byte {
		return []byte(`<rss xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><guid>1</guid>` + parts + `</item></channel></rss>`)
	}
	json := func(parts string) []byte {
		return []byte(`{"version":"https://jsonfeed.org/version/1","items":[{"id":"1",` + parts + `}]}`)
	}
	for name, tt := range map[string]struct {
		body []byte
		want string
	}{
		"text":                    {atomEntryOf(`<content type="text">1 &lt; 2 &lt;b&gt;</content>`), "1 < 2 <b>"},
		"html":                    {atomEntryOf(`<content type="html">1 &amp;lt; 2 &lt;b&gt;bold&lt;/b&gt;</content>`), "1 < 2 bold"},
		"xhtml":                   {atomEntryOf(`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">1 &lt; 2 <b>bold</b></div></content>`), "1 < 2 bold"},
		"a summary of text":       {atomEntryOf(`<summary type="text">The &lt;b&gt; tag &amp;amp;</summary>`), "The <b> tag &amp;"},
		"a summary of HTML":       {atomEntryOf(`<summary type="html">The &lt;b&gt;tag&lt;/b&gt; &amp;amp;</summary>`), "The tag &"},
		"a blank content":         {atomEntryOf(`<content type="html">&lt;p&gt; &amp;nbsp;&lt;/p&gt;</content><summary>Words.</summary>`), "Words."},
		"an empty content":        {atomEntryOf(`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"/></content><summary>Words.</summary>`), "Words."},
		"RSS, blank":              {rss(`<content:encoded><![CDATA[ <p></p>&nbsp;<br/> ]]></content:encoded><description>Words.</description>`), "Words."},
		"RSS, empty":              {rss(`<description>Words.</description><content:encoded/>`), "Words."},
		"RSS, both":               {rss(`<description>Excerpt</description><content:encoded>Words.</content:encoded>`), "Words."},
		"RSS, nothing but spaces": {rss(`<content:encoded><![CDATA[ ]]></content:encoded>`), ""},
		"JSON, blank":             {json(`"content_html":"<p></p>","content_text":"Words."`), "Words."},
		"JSON, summary":           {json(`"content_html":" ","summary":"Words."`), "Words."},
	} {
		b := parse(t, tt.body, feed.Options{}).Posts[0].Body
		equal(t, name, strings.TrimSpace(markup.FromHTML(b.HTML, b.Base).Text()), tt.want)
	}
	picture := parse(t, rss(`<content:encoded><![CDATA[<img src="a.png">]]></content:encoded><description>Excerpt</description>`), feed.Options{}).Posts[0].Body
	equal(t, "a content that is a picture", picture.HTML, `<img src="a.png">`)
}

// An id that is an address stands for the link that is not there.
func TestIDsThatAreAddresses(t *testing.T) {
	for name, tt := range map[string]struct{ body, want string }{
		"Atom":            {`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>https://tea.test/1</id><content>x</content></entry></feed>`, "https://tea.test/1"},
		"Atom and a link": {`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>https://tea.test/1</id><link href="https://tea.test/one"/></entry></feed>`, "https://tea.test/one"},
		"Atom, its own":   {`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://tea.test/1</id><link rel="self" href="https://tea.test/1.atom"/></entry></feed>`, "http://tea.test/1"},
		"no address":      {`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:tea.test,2026:1</id><content>x</content></entry></feed>`, ""},
		"RSS":             {`<rss><channel><item><guid>https://tea.test/1</guid></item></channel></rss>`, "https://tea.test/1"},
		"RSS, no link":    {`<rss><channel><item><guid isPermaLink="false">https://tea.test/1</guid></item></channel></rss>`, ""},
		"RDF":             {`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="https://tea.test/1"><title>x</title></item></rdf:RDF>`, "https://tea.test/1"},
		"JSON":            {`{"version":"https://jsonfeed.org/version/1","items":[{"id":"https://tea.test/1"}]}`, "https://tea.test/1"},
		"a stray percent": {`<rss><channel><item><link>https://tea.test/50%</link></item></channel></rss>`, "https://tea.test/50%25"},
	} {
		equal(t, name, parse(t, []byte(tt.body), feed.Options{}).Posts[0].URL, tt.want)
	}
}

// Replies to entries of the same feed are comments, however few there are, by the ids or
// the addresses that they name (RFC 4685, 3).
func TestRepliesAmongPosts(t *testing.T) {
	entry := func(n, parts string) string {
		return `<entry><id>tag:tea.test,2026:` + n + `</id><title>T</title><link href="https://tea.test/` + n + `"/><updated>2026-03-05T18:10:00Z</updated><content>x</content>` + parts + `</entry>`
	}
	re := func(attrs string) string { return `<thr:in-reply-to ` + attrs + `/>` }
	for name, tt := range map[string]struct{ entries, want string }{
		"by its id":               {entry("p1", "") + entry("p2", "") + entry("p3", "") + entry("c1", re(`ref="tag:tea.test,2026:p2"`)), "p1 p2 p3 | c1 under tag:tea.test,2026:p2"},
		"by its address":          {entry("p1", "") + entry("p2", "") + entry("c1", re(`href="https://tea.test/p2"`)), "p1 p2 | c1 under https://tea.test/p2"},
		"to a reply, by its id":   {entry("p1", "") + entry("p2", "") + entry("p3", "") + entry("c1", re(`ref="tag:tea.test,2026:p1"`)) + entry("c2", re(`ref="tag:tea.test,2026:c1"`)), "p1 p2 p3 | c1 under tag:tea.test,2026:p1, c2 under tag:tea.test,2026:p1 to tag:tea.test,2026:c1"},
		"to a reply, by address":  {entry("p1", "") + entry("p2", "") + entry("p3", "") + entry("c1", re(`href="https://tea.test/p1"`)) + entry("c2", re(`href="https://tea.test/c1"`)), "p1 p2 p3 | c1 under https://tea.test/p1, c2 under https://tea.test/p1 to tag:tea.test,2026:c1"},
		"to one that has left":    {entry("p1", "") + entry("p2", "") + entry("c1", re(`ref="tag:tea.test,2026:p0"`)), "p1 p2 | c1 under tag:tea.test,2026:p0"},
		"to another site, a post": {entry("p1", "") + entry("p2", re(`ref="tag:cup.test,2026:7" href="https://cup.test/7"`)), "p1 p2 | "},
		"in a majority":           {entry("p1", "") + entry("p2", "") + entry("c1", re(`ref="tag:tea.test,2026:p1"`)) + entry("c2", re(`ref="tag:tea.test,2026:p1"`)) + entry("c3", re(`ref="tag:tea.test,2026:c1"`)), "p1 p2 | c1 under tag:tea.test,2026:p1, c2 under tag:tea.test,2026:p1, c3 under tag:tea.test,2026:p1 to tag:tea.test,2026:c1"},
	} {
		d := parse(t, []byte(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:tea.test,2026:f</id>`+tt.entries+`</feed>`),
			feed.Options{URL: "https://tea.test/all.atom"})
		var posts, comments []string
		for _, p := range d.Posts {
			posts = append(posts, strings.TrimPrefix(p.ID, "tag:tea.test,2026:"))
		}
		for _, c := range d.Comments {
			text := strings.TrimPrefix(c.ID, "tag:tea.test,2026:") + " under " + c.PostRef
			if c.ParentRef != "" {
				text += " to " + c.ParentRef
			}
			comments = append(comments, text)
		}
		equal(t, name, line(strings.Join(posts, " "), strings.Join(comments, ", ")), tt.want)
	}
}
