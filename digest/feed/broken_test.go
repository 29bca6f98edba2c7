package feed_test

import (
	"fmt"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/feed"
)

func TestWhatBreaksInTheMiddleIsSaved(t *testing.T) {
	rss := string(fixture(t, "wordpress-comments.rss"))
	atom := string(fixture(t, "wordpress-comments.atom"))
	rdf := string(fixture(t, "rss090.rdf"))
	json := string(fixture(t, "feed.json"))
	rest := string(fixture(t, "wordpress-rest-comments.json"))
	before := func(text, mark string) string { return text[:strings.LastIndex(text, mark)] }
	for _, tt := range []struct {
		name, body string
		entries    int
	}{
		{"RSS without its end", before(rss, "</channel>"), 3},
		{"RSS in the last tag", rss[:len(rss)-5], 3},
		{"RSS in an item", before(rss, "</item>"), 2},
		{"RSS in a CDATA section", before(rss, "Boil the roots"), 2},
		{"RSS between items", before(rss, "<item>"), 2},
		{"Atom in an entry", before(atom, "</content>"), 1},
		{"RDF in an item", before(rdf, "</title>"), 1},
		{"an item that breaks the rules", before(rss, "</item>") + "</nothing></item></channel></rss>", 2},
		{"a tag that is none", before(rss, "<item>") + "<<item>", 2},
		{"two roots", rss + rss, 3},
		{"what a server appends", rss + "\n<script>if (a < b && c) {</script>", 3},
		{"an error page in the middle", before(rss, "<item>") + "<h1>502 Bad Gateway</h1></body></html>", 2},
		{"JSON Feed in an item", before(json, `"tags"`), 1},
		{"JSON Feed after the items", before(json, "}"), 2},
		{"a list in an item", before(rest, `"approved"`), 1},
	} {
		d, err := feed.Parse([]byte(tt.body), feed.Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		equal(t, tt.name+": entries", d.Entries(), tt.entries)
		whole := tt.name == "two roots" || strings.HasPrefix(tt.name, "what a server")
		equal(t, tt.name+": cut short", d.CutShort, !whole)
	}
	for name, body := range map[string]string{
		"JSON Feed before the first item": json[:strings.Index(json, `{"id"`)],
		"JSON Feed in the first item":     json[:strings.Index(json, "Nine")],
		"a list in the first item":        rest[:100],
		"Atom before the first entry":     atom[:strings.Index(atom, "<entry>")],
	} {
		_, err := feed.Parse([]byte(body), feed.Options{})
		wantInvalid(t, name, err, "cut short")
	}
}

// Elements that are forgotten inside an entry close with it, as browsers do.
func TestForgottenEndTags(t *testing.T) {
	body := `<rss><channel><title>x</title><item><guid>1</guid><description>a<br>b</description></item>` +
		`<item><guid>2</guid><description>c<p>d</description></item></channel></rss>`
	d := parse(t, []byte(body), feed.Options{})
	equal(t, "entries", len(d.Posts), 2)
	equal(t, "cut short", d.CutShort, false)
}

func TestEntriesAroundASavedOneKeepTheirBases(t *testing.T) {
	entry := func(id, base string) string {
		return fmt.Sprintf(`<entry xml:base="https://a.test/%s/"><id>%s</id><link href="p"/><content type="html">x</content></entry>`, base, id)
	}
	big := "<entry><id>big</id><content>" + strings.Repeat("x", feed.MaxEntryBytes) + "</content></entry>"
	body := `<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id>` + entry("1", "one") + big + entry("2", "two") + entry("3", "three")
	d := parse(t, []byte(body[:len(body)-8]), feed.Options{})
	if len(d.Posts) != 2 || !d.CutShort || len(d.Skipped) != 1 {
		t.Fatalf("%d posts, cut short %v, skipped %v; want 2, true and the large one", len(d.Posts), d.CutShort, d.Skipped)
	}
	equal(t, "first", d.Posts[0].URL, "https://a.test/one/p")
	equal(t, "second", d.Posts[1].URL, "https://a.test/two/p")
}

func TestControlCharactersOfJSON(t *testing.T) {
	body := `{"version":"https://jsonfeed.org/version/1","title":"a\u0000b","items":[{"id":"1\u0007","title":"c\u001bd","content_html":"<p>e\u0000f</p>","authors":[{"name":"g\u0000h"}]},` +
		`{"id":"2","content_text":"i\u0000j \ud800"}]}`
	d := parse(t, []byte(body), feed.Options{})
	equal(t, "title of the feed", d.Title, "ab")
	p := d.Posts[0]
	equal(t, "entry", line(p.ID, p.Title, p.Author, p.Body.HTML), "1 | cd | gh | <p>ef</p>")
	equal(t, "text", d.Posts[1].Body.HTML, "ij \uFFFD")
}

func TestLimitsOfJSON(t *testing.T) {
	var items []string
	for i := range feed.MaxEntries + 7 {
		items = append(items, fmt.Sprintf(`{"id":%d}`, i))
	}
	items[3] = `{"id":"big","content_text":"` + strings.Repeat("x", feed.MaxEntryBytes) + `"}`
	items[4] = `"no entry"`
	body := `{"version":"https://jsonfeed.org/version/1","items":[` + strings.Join(items, ",") + `]}`
	d := parse(t, []byte(body), feed.Options{})
	equal(t, "entries", len(d.Posts), feed.MaxEntries-1)
	equal(t, "skipped", len(d.Skipped), 8)
	deep := `{"version":"https://jsonfeed.org/version/1","items":[],"x":` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + `}`
	_, err := feed.Parse([]byte(deep), feed.Options{})
	wantInvalid(t, "deep nesting", err, "nested more than 500 deep")
	for _, text := range []string{`{"code":"rest_no_route","data":{"status":404}}`, `[]`, `[1,2]`, `[{"id":1}]`, `[Error] no`, `{"a":`, `{"items":[{"id":"1"}]}`} {
		_, err := feed.Parse([]byte(text), feed.Options{})
		wantInvalid(t, text, err, "stands where a feed should be")
	}
	_, err = feed.Parse([]byte(`[{"id":1,"post":1},{"id":2,"guid":{}}]`), feed.Options{Want: digest.CommentsFeed})
	wantInvalid(t, "posts among comments", err, "JSON data")
}
