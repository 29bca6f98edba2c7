package feed_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/feed"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func parse(t testing.TB, body []byte, opts feed.Options) *feed.Document {
	t.Helper()
	doc, err := feed.Parse(body, opts)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	return doc
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func at(text string) time.Time {
	tm, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return tm.UTC()
}

func TestWordPressPosts(t *testing.T) {
	d := parse(t, fixture(t, "wordpress-posts.rss"), feed.Options{Want: digest.PostsFeed})
	equal(t, "platform", d.Platform, digest.WordPress)
	equal(t, "title", d.Title, "The Allotment Gate – plots & people")
	equal(t, "home", d.HomeURL, "http://blog.test")
	equal(t, "self", d.SelfURL, "http://blog.test/feed/")
	equal(t, "language", d.Language, "en-GB")
	equal(t, "ttl", d.TTL, time.Hour)
	equal(t, "total", d.TotalResults, -1)
	if len(d.Posts) != 2 {
		t.Fatalf("%d posts, want 2", len(d.Posts))
	}
	p := d.Posts[0]
	equal(t, "id", p.ID, "http://blog.test/?p=41")
	equal(t, "url", p.URL, "http://blog.test/2026/03/who-locks-the-water/")
	equal(t, "author", p.Author, "Marta (plot 9)")
	equal(t, "announced", p.Announced, 4)
	equal(t, "published", p.Published, at("2026-03-05T08:00:00Z"))
	equal(t, "base", p.Body.Base, p.URL)
	if !strings.HasPrefix(p.Body.HTML, "<p>The tap by the gate was shut again on Tuesday &amp; nobody") {
		t.Errorf("body is %q", p.Body.HTML)
	}
	equal(t, "second title", d.Posts[1].Title, "Beans & bindweed")
	equal(t, "announced where the feed is silent", d.Posts[1].Announced, -1)
	equal(t, "body without content", d.Posts[1].Body.HTML, "<p>Pull it before it flowers.</p>")
}

func TestWordPressComments(t *testing.T) {
	d := parse(t, fixture(t, "wordpress-comments.rss"), feed.Options{Want: digest.CommentsFeed})
	equal(t, "one post", d.OnePost, false)
	if len(d.Comments) != 3 || len(d.Skipped) != 1 {
		t.Fatalf("%d comments and %d skipped, want 3 and the pingback", len(d.Comments), len(d.Skipped))
	}
	equal(t, "skipped", d.Skipped[0].ID, "http://blog.test/?p=41#comment-103")
	for i, want := range []struct{ id, post, author string }{
		{"http://blog.test/?p=41#comment-104", "http://blog.test/?p=41", "Bob (the builder)"},
		{"http://blog.test/?p=41#comment-102", "http://blog.test/?p=41", "@ines Ines Vega"},
		{"http://blog.test/?p=37#comment-88", "http://blog.test/?p=37", "Anonymous"},
	} {
		c := d.Comments[i]
		equal(t, "id", c.ID, want.id)
		equal(t, "post", c.PostRef, want.post)
		equal(t, "author", c.Author, want.author)
		equal(t, "parent", c.ParentRef, "")
	}
	if !strings.Contains(d.Comments[0].Body.HTML, "don&#8217;t ask.</p>\n<p>Plot 12") {
		t.Errorf("body is %q", d.Comments[0].Body.HTML)
	}
}

func TestWordPressCommentWithoutItsUsualID(t *testing.T) {
	body := string(fixture(t, "wordpress-comments.rss"))
	body = strings.Replace(body, `http://blog.test/?p=41#comment-102</guid>`, `c-102</guid>`, 1)
	d := parse(t, []byte(body), feed.Options{})
	equal(t, "post by the permalink", d.Comments[1].PostRef, "http://blog.test/2026/03/who-locks-the-water/")
}

func TestWordPressAtomNamesParents(t *testing.T) {
	d := parse(t, fixture(t, "wordpress-comments.atom"), feed.Options{Want: digest.CommentsFeed})
	equal(t, "platform", d.Platform, digest.WordPress)
	equal(t, "language", d.Language, "en-GB")
	c := d.Comments[0]
	equal(t, "parent of the reply", c.ParentRef, "http://blog.test/?p=41#comment-102")
	equal(t, "post of the reply", c.PostRef, "http://blog.test/?p=41")
	equal(t, "author", c.Author+" "+c.AuthorURI, "Bob (the builder) http://bob.test/")
	equal(t, "base", c.Body.Base, "http://blog.test/2026/03/who-locks-the-water/#comment-104")
	equal(t, "body, as it was sent", c.Body.HTML, "<p>They don&#8217;t ask. See <a href=\"../map/\">the map</a>.</p>\n")
	equal(t, "parent at top level", d.Comments[1].ParentRef, "")
}

func TestOnePostOfAWordPress(t *testing.T) {
	body := strings.Replace(string(fixture(t, "wordpress-comments.rss")), "http://blog.test/comments/feed/", "http://blog.test/2026/03/who-locks-the-water/feed/", 1)
	d := parse(t, []byte(body), feed.Options{})
	equal(t, "one post", d.OnePost, true)
	equal(t, "kind", d.Kind, digest.CommentsFeed)
}

func TestWordPressWithoutGenerator(t *testing.T) {
	for _, name := range []string{"wordpress-posts.rss", "wordpress-comments.rss"} {
		body := strings.Replace(string(fixture(t, name)), "<generator>https://wordpress.org/?v=6.7.1</generator>", "", 1)
		equal(t, "platform", parse(t, []byte(body), feed.Options{}).Platform, digest.WordPress)
	}
}

// A feed that gathers the entries of many blogs is not WordPress's.
func TestGatheredFeedIsNoWordPress(t *testing.T) {
	item := func(guid string) string { return "<item><guid>" + guid + "</guid><title>x</title></item>" }
	gathered := "<rss><channel>" + item("http://a.test/?p=1") + item("http://b.test/2") + item("http://c.test/3") + "</channel></rss>"
	equal(t, "platform", parse(t, []byte(gathered), feed.Options{}).Platform, digest.Generic)
	own := "<rss><channel>" + item("http://a.test/?p=1") + item("http://a.test/old/2") + "</channel></rss>"
	equal(t, "platform", parse(t, []byte(own), feed.Options{}).Platform, digest.WordPress)
}

func TestEmptyWordPressCommentsFeedIsKnownByItsAddress(t *testing.T) {
	body := string(fixture(t, "wordpress-comments.rss"))
	body = body[:strings.Index(body, "<item>")] + "</channel></rss>"
	d := parse(t, []byte(body), feed.Options{Want: digest.CommentsFeed})
	equal(t, "entries", d.Entries(), 0)
}

func TestBloggerPostsComments(t *testing.T) {
	d := parse(t, fixture(t, "blogger-short.atom"), feed.Options{URL: "https://ferry.test/feeds/70/comments/default", Want: digest.CommentsFeed})
	equal(t, "one post", d.OnePost, true)
	equal(t, "blog", d.BlogID, "7")
	equal(t, "total", d.TotalResults, 3)
	if len(d.Comments) != 3 {
		t.Fatalf("%d comments, want 3", len(d.Comments))
	}
	post := "tag:blogger.com,1999:blog-7.post-70"
	gone, reply, first := d.Comments[0], d.Comments[1], d.Comments[2]

	equal(t, "gone", gone.Gone, true)
	equal(t, "reason", gone.GoneReason, "This comment has been removed by a blog administrator.")
	equal(t, "post of the removed one, from the feed's id", gone.PostRef, post)
	equal(t, "profile", gone.AuthorURI, "https://www.blogger.com/profile/5")
	equal(t, "time in UTC", gone.Published, at("2026-03-05T17:10:00Z"))

	equal(t, "parent by an address on the blog's host", reply.ParentRef, "tag:blogger.com,1999:blog-7.post-71")
	equal(t, "post under another prefix", reply.PostRef, post)
	equal(t, "summary as HTML", reply.Body.HTML, "It&#39;s late &amp; wet<br>again")
	equal(t, "gone", reply.Gone, false)

	equal(t, "foreign related link", first.ParentRef, "")
	equal(t, "unreadable time", first.Published.IsZero(), true)
	equal(t, "post without in-reply-to", first.PostRef, post)
	equal(t, "body", first.Body.HTML, "First<BR/>in line")
}

// Without entries the feed of a single post's comments has the id of all comments.
func TestEmptyFeedOfOnePostOfABlogger(t *testing.T) {
	for self, one := range map[string]bool{
		"https://www.blogger.com/feeds/7/70/comments/default": true,
		"https://ferry.test/feeds/70/comments/default":        true,
		"https://www.blogger.com/feeds/7/comments/default":    false,
		"https://ferry.test/feeds/comments/default":           false,
		"https://ferry.test/feeds/7/comments/default":         false, // the blog before it
	} {
		body := `<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:blogger.com,1999:blog-7.comments</id><link rel="self" href="` + self + `"/></feed>`
		d, post := parse(t, []byte(body), feed.Options{}), ""
		if one {
			post = "tag:blogger.com,1999:blog-7.post-70"
		}
		equal(t, self, d.OnePost, one)
		equal(t, self, d.PostRef, post)
	}
}

// blogger wraps entries into a Blogger posts feed.
func blogger(entries string) []byte {
	return []byte(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><id>tag:blogger.com,1999:blog-7</id>` +
		`<title type="text">The Ferry Queue</title><generator>Blogger</generator>` + entries + `</feed>`)
}

func entry(id, rest string) string {
	return fmt.Sprintf("<entry><id>tag:blogger.com,1999:blog-7.post-%s</id>%s</entry>", id, rest)
}

func TestTitles(t *testing.T) {
	for _, tt := range []struct{ name, title, want string }{
		{"empty", "", ""},
		{"escaped once more", "Tea &amp;amp; It&amp;#39;s", "Tea & It's"},
		{"inline markup", "An &lt;i&gt;old&lt;/i&gt; boat", "An old boat"},
		{"a sum", "3 &lt; 4 and 5 &gt; 4", "3 < 4 and 5 > 4"},
		{"lines and controls", "one\n two&#x8;\u202Ethree", "one twothree"},
		{"too long", strings.Repeat("é", 600), strings.Repeat("é", 500)},
	} {
		d := parse(t, blogger(entry("1", "<title type='text'>"+tt.title+"</title>")), feed.Options{})
		if got := d.Posts[0].Title; got != tt.want {
			t.Errorf("%s: title %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]time.Time{
		"2026-03-05T18:10:00.123+01:00": at("2026-03-05T17:10:00.123Z"),
		"2026-03-05T18:10:00":           at("2026-03-05T18:10:00Z"),
		"1970-01-01T00:00:00Z":          {},
		"-":                             {},
		"":                              {},
	} {
		d := parse(t, blogger(entry("1", "<published>"+text+"</published>")), feed.Options{})
		if got := d.Posts[0].Published; !got.Equal(want) {
			t.Errorf("%q is read as %v, want %v", text, got, want)
		}
	}
}

func TestPostsOwnRelatedLinkAndCommentCount(t *testing.T) {
	d := parse(t, blogger(entry("1", `<link rel="related" href="https://shop.test/"/><link rel="alternate" href="/2026/a.html"/><thr:total>12</thr:total>`)),
		feed.Options{URL: "https://ferry.test/feeds/posts/default"})
	equal(t, "url, resolved", d.Posts[0].URL, "https://ferry.test/2026/a.html")
	equal(t, "announced", d.Posts[0].Announced, 12)
}

func TestIdentity(t *testing.T) {
	one := entry("1", `<content type="html">a</content>`)
	bare := `<entry><title>lost</title><published>2026-03-05T18:10:00Z</published></entry>`
	d := parse(t, blogger(one+one+`<entry><link href="https://ferry.test/x.html"/></entry>`+bare+`<entry/>`), feed.Options{})
	if len(d.Posts) != 3 || len(d.Skipped) != 2 {
		t.Fatalf("%d posts, skipped %v; want 3, and the repeated and the empty one skipped", len(d.Posts), d.Skipped)
	}
	equal(t, "id by the permalink", d.Posts[1].ID, "https://ferry.test/x.html")
	lost := d.Posts[2].ID
	equal(t, "id by what it says", strings.HasPrefix(lost, "hash:") && len(lost) == len("hash:")+32, true)
	again := parse(t, blogger(bare), feed.Options{}).Posts[0].ID
	equal(t, "id read twice", again, lost)
	other := parse(t, blogger(strings.Replace(bare, "18:10", "18:11", 1)), feed.Options{}).Posts[0].ID
	equal(t, "id of another time is another", other != lost, true)
}

func TestEditsShowInTheHash(t *testing.T) {
	read := func(title, body string) string {
		return parse(t, blogger(entry("1", "<title>"+title+"</title><content type='html'>"+body+"</content>")), feed.Options{}).Posts[0].Hash
	}
	same := read("a", "b")
	equal(t, "length", len(same), 32)
	equal(t, "read twice", read("a", "b"), same)
	if read("a", "c") == same || read("c", "b") == same || read("ab", "") == same {
		t.Error("an edit leaves the hash as it was")
	}
	// WordPress writes the post's title into that of each comment.
	rss := string(fixture(t, "wordpress-comments.rss"))
	before := parse(t, []byte(rss), feed.Options{}).Comments[0].Hash
	after := parse(t, []byte(strings.Replace(rss, "Comment on Who locks the water?", "Comment on Who locks the tap?", 1)), feed.Options{}).Comments[0].Hash
	equal(t, "hash after the post was renamed", after, before)
}

func TestXMLBase(t *testing.T) {
	body := `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.test/dir/page.html"><id>tag:blogger.com,1999:blog-7</id>` +
		`<entry><id>1</id><link href="one.html"/><content type="html">x</content></entry>` +
		`<entry xml:base="/other/"><id>2</id><link href="two.html"/><content type="html" xml:base='deep/'>&lt;a href="z"&gt;x&lt;/a&gt;</content></entry></feed>`
	d := parse(t, []byte(body), feed.Options{})
	equal(t, "first link", d.Posts[0].URL, "https://a.test/dir/one.html")
	equal(t, "second base", d.Posts[1].Body.Base, "https://a.test/other/deep/")
	equal(t, "second link", d.Posts[1].URL, "https://a.test/other/two.html")
	equal(t, "body, untouched", d.Posts[1].Body.HTML, `<a href="z">x</a>`)
}

func TestLimits(t *testing.T) {
	big := entry("2", "<content>"+strings.Repeat("x", feed.MaxEntryBytes)+"</content>")
	d := parse(t, blogger(entry("1", "")+big+entry("3", `<link href="https://ferry.test/3"/>`)), feed.Options{})
	if len(d.Posts) != 2 || len(d.Skipped) != 1 || d.Posts[1].URL != "https://ferry.test/3" {
		t.Errorf("%d posts, skipped %v; want the large one skipped", len(d.Posts), d.Skipped)
	}

	var many strings.Builder
	for i := range feed.MaxEntries + 7 {
		many.WriteString(entry(fmt.Sprint(i), ""))
	}
	d = parse(t, blogger(many.String()), feed.Options{})
	if len(d.Posts) != feed.MaxEntries || len(d.Skipped) != 7 {
		t.Errorf("%d posts, %d skipped; want %d and 7", len(d.Posts), len(d.Skipped), feed.MaxEntries)
	}

	deep := strings.Repeat("<x:a>", 500) + strings.Repeat("</x:a>", 500)
	_, err := feed.Parse(blogger(deep), feed.Options{})
	wantInvalid(t, "deep nesting", err, "nested more than 500 deep")
	_, err = feed.Parse(blogger(strings.Repeat("<a>", 1_000_000)), feed.Options{})
	wantInvalid(t, "very deep nesting", err, "nested more than 500 deep")
}

func TestXMLBaseEndsWithItsElement(t *testing.T) {
	body := `<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title xml:base="https://no.test/">x</title>` +
		`<entry><id>1</id><title xml:base="https://no.test/a/">x</title><link href="/1"/><content type="html">x</content></entry>` +
		`<entry><id>2</id><link href="/2"/><content type="html" xml:base="https://yes.test/b/">x</content><x xml:base="c/"/></entry></feed>`
	d := parse(t, []byte(body), feed.Options{URL: "https://a.test/feed"})
	equal(t, "base of the first", d.Posts[0].Body.Base, "https://a.test/1")
	equal(t, "link of the second", d.Posts[1].URL, "https://a.test/2")
	equal(t, "base of the second", d.Posts[1].Body.Base, "https://yes.test/b/")
}

func TestTooManyElements(t *testing.T) {
	many := strings.Repeat("<x/>", 300_000)
	_, err := feed.Parse(blogger(many), feed.Options{})
	wantInvalid(t, "many elements", err, "more than 300000 elements")
	_, err = feed.Parse([]byte("<rss "+strings.Repeat("a='b' ", 1001)+"><channel></channel></rss>"), feed.Options{})
	wantInvalid(t, "many attributes", err, "more than 1000 attributes")
	d := parse(t, blogger(entry("1", "")+many), feed.Options{})
	equal(t, "what came before is saved", line(len(d.Posts), d.CutShort), "1 | true")
}

func wantInvalid(t *testing.T, what string, err error, words string) {
	t.Helper()
	switch {
	case err == nil:
		t.Errorf("%s is taken, want an error that says %q", what, words)
	case digest.KindOf(err) != digest.Invalid, !strings.Contains(err.Error(), words):
		t.Errorf("%s: error %q, want an Invalid one that says %q", what, err, words)
	case digest.HintOf(err) == "":
		t.Errorf("%s: error %q has no hint", what, err)
	}
}

func TestWhatIsNoFeedIsNamed(t *testing.T) {
	rss := string(fixture(t, "wordpress-comments.rss"))
	for _, tt := range []struct{ name, body, words string }{
		{"nothing", "", "empty"},
		{"white space", " \n", "empty"},
		{"a page", "<!DOCTYPE html><html><head><title>x</title></head></html>", "a web page stands"},
		{"a page with a comment first", "<!-- cached -->\n<html>", "a web page stands"},
		{"an XHTML page", `<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html xmlns="http://www.w3.org/1999/xhtml"></html>`, "a web page stands"},
		{"a login page", `<html><form><input name=u><input type="PASSWORD"></form></html>`, "a login page stands"},
		{"JSON", `{"error": "no"}`, "JSON data"},
		{"text", "Not found", "no feed"},
		{"another XML", `<?xml version="1.0"?><urlset><url/></urlset>`, `its root is "urlset"`},
		{"cut in a text", rss[:strings.Index(rss, "parish")], "cut short"},
		{"cut before the first entry", rss[:strings.Index(rss, "<item>")], "cut short"},
		{"broken tags", "<rss><channel><<>>", "cut short"},
		{"entries in a namespace of their own", `<rss xmlns:x="urn:x"><channel><x:item><title>a</title></x:item></channel></rss>`, "its entries cannot be read"},
		{"entities of its own", `<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + rss[strings.Index(rss, "<rss"):], "declares entities"},
		{"an external entity", `<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss/>`, "declares entities"},
		{"a Blogger backup", `<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:blogger.com,1999:blog-7.archive</id></feed>`, "backup"},
		{"a Blogger Takeout", `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:blogger='http://schemas.google.com/blogger/2018'><id>tag:blogger.com,1999:blog-7</id></feed>`, "backup"},
	} {
		_, err := feed.Parse([]byte(tt.body), feed.Options{})
		wantInvalid(t, tt.name, err, tt.words)
	}
	_, err := feed.Parse(fixture(t, "wordpress-posts.rss"), feed.Options{Want: digest.CommentsFeed})
	wantInvalid(t, "posts for comments", err, "lists posts where comments are expected")
}

func TestHarmlessDoctypeIsTaken(t *testing.T) {
	body := `<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">` +
		`<rss><channel><generator>https://wordpress.org/?v=1</generator></channel></rss>`
	parse(t, []byte(body), feed.Options{})
}

// TestOneIDForAll reads a feed that gives every entry the same id.
func TestOneIDForAll(t *testing.T) {
	d := parse(t, []byte(`<rss version="2.0"><channel><title>Quay</title>
		<item><guid>quay</guid><link>http://quay.test/1</link><title>One</title></item>
		<item><guid>quay</guid><link>http://quay.test/2</link><title>Two</title></item>
		<item><guid>quay</guid><link>http://quay.test/2</link><title>Two, again</title></item>
		<item><guid>quay</guid><title>Three</title></item>
		</channel></rss>`), feed.Options{})
	equal(t, "posts", line(len(d.Posts), len(d.Skipped), d.Posts[0].ID), "4 | 0 | http://quay.test/1")
	ids := map[string]bool{}
	for _, p := range d.Posts {
		ids[p.ID] = true
	}
	equal(t, "different ids", len(ids), 4)
}

// TestCommentsOfOneID reads comments that have the id of their post, of the feed, or of
// each other: none is lost, whatever tells them apart.
func TestCommentsOfOneID(t *testing.T) {
	item := func(author, date, text string) string {
		return `<item><guid>https://tea.test/urn</guid><link>https://tea.test/urn</link><dc:creator>` + author + `</dc:creator><pubDate>` + date + `</pubDate><description>` + text + `</description></item>`
	}
	const monday, tuesday = "Mon, 02 Mar 2026 10:00:00 +0000", "Tue, 03 Mar 2026 10:00:00 +0000"
	entry := func(updated, text string) string {
		return `<entry><id>tag:tea.test,2026:c1</id><link href="https://tea.test/urn#c1"/><author><name>Ann</name></author><published>2026-03-02T10:00:00Z</published><updated>` + updated + `</updated><content>` + text + `</content></entry>`
	}
	for name, tt := range map[string]struct {
		entries string
		want    string // texts
	}{
		"other authors":       {item("Ann", monday, "No.") + item("Bob", monday, "No."), "No. No."},
		"other dates":         {item("Ann", monday, "No.") + item("Ann", tuesday, "No."), "No. No."},
		"other texts":         {item("Ann", monday, "No.") + item("Ann", monday, "Yes."), "No. Yes."},
		"no dates":            {item("", "", "No.") + item("", "", "Yes."), "No. Yes."},
		"one twice":           {item("Ann", monday, "No.") + item("Ann", monday, "No.") + item("Bob", monday, "Yes."), "No. Yes."},
		"two states of one":   {entry("2026-03-02T12:00:00Z", "No.") + entry("2026-03-03T12:00:00Z", "Yes."), "Yes."},
		"the newer first":     {entry("2026-03-03T12:00:00Z", "Yes.") + entry("2026-03-02T12:00:00Z", "No."), "Yes."},
		"addresses of theirs": {strings.Replace(item("Ann", monday, "No."), "urn</link>", "urn#c1</link>", 1) + strings.Replace(item("Ann", monday, "No."), "urn</link>", "urn#c2</link>", 1), "No. No."},
	} {
		body := `<rss xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>` + tt.entries + `</channel></rss>`
		if strings.HasPrefix(tt.entries, "<entry>") {
			body = `<feed xmlns="http://www.w3.org/2005/Atom">` + tt.entries + `</feed>`
		}
		d := parse(t, []byte(body), feed.Options{Want: digest.CommentsFeed, URL: "https://tea.test/comments.xml"})
		var texts []string
		names := map[string]bool{}
		for _, c := range d.Comments {
			texts = append(texts, c.Body.HTML)
			names[c.Name()] = true
			if tt.want != "Yes." {
				equal(t, name+": post", c.PostRef, "https://tea.test/urn")
			}
		}
		equal(t, name, strings.Join(texts, " "), tt.want)
		equal(t, name+": names", len(names), len(texts))
	}
}

// A name or a title that shows as another, or that hides something, is a trap for
// whoever reads it in a list or a mail.
func TestNamesAndTitlesHideNothing(t *testing.T) {
	body := "<rss xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>The\u200b La\u202emp&#x200f;\U000E0041</title><item><guid>1</guid>" +
		"<title>A\u200b b\u00adridge\u2060\u2028 too\u061c far</title><dc:creator>An\u200bn\u200e&#27;[31m</dc:creator><description>x</description></item></channel></rss>"
	d := parse(t, []byte(body), feed.Options{})
	equal(t, "title", d.Title, "The Lamp")
	equal(t, "title of the post", d.Posts[0].Title, "A bridge too far")
	equal(t, "author", d.Posts[0].Author, "Ann[31m")
}
