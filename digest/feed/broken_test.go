package feed_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/markup"
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
		{"an item that breaks the rules", before(rss, "</item>") + "</nothing></item></channel></rss>", 3},
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
		whole := tt.name == "two roots" || tt.name == "an item that breaks the rules" || strings.HasPrefix(tt.name, "what a server")
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

// One entry that breaks the rules of XML costs none of the others, wherever it stands, and
// keeps its own words as far as they can be told.
func TestOneBrokenEntry(t *testing.T) {
	type kind struct{ rss, atom string }
	rest := func(id string) kind {
		return kind{`<guid>` + id + `</guid><pubDate>Thu, 05 Mar 2026 18:10:00 +0000</pubDate>`, `<id>` + id + `</id><updated>2026-03-05T18:10:00Z</updated>`}
	}
	whole := func(id string) kind {
		return kind{`<item>` + rest(id).rss + `<description>words ` + id + `</description></item>`,
			`<entry>` + rest(id).atom + `<content type="html">words ` + id + `</content></entry>`}
	}
	for name, tt := range map[string]struct{ text, want string }{
		"a bare <":                     {"We <3 <em>tea</em>, 2<3, a <b and < c</TEXT>", "We <3 tea, 2<3, a"},
		"a bare < at the end":          {"tea <</TEXT>", "tea <"},
		"a smiley":                     {"<:o) <-- look <? that <! too</TEXT>", "<:o) <-- look"},
		"a wrong end tag":              {"Tea</b> for two</i></p></TEXT>", "Tea for two"},
		"the end tag of another":       {"Tea</guid></nothing> for two</TEXT>", "Tea for two"},
		"the end of the feed":          {"Tea</channel></feed></rss> for two</TEXT>", "Tea for two"},
		"no end tag":                   {"Tea for two", "Tea for two"},
		"a misspelt end tag":           {"Tea for two</TEXXT>", "Tea for two"},
		"an end tag in other letters":  {"Tea for two</TeXt>", "Tea for two"},
		"an end tag without its end":   {"Tea for two</TEXT", "Tea for two"},
		"an end tag with an attribute": {"Tea for two</TEXT class='x'>", "Tea for two"},
		"the end of a section":         {"Tea ]]> for two</TEXT>", "Tea ]]> for two"},
		"a section in another":         {"<![CDATA[Tea <![CDATA[for]]> two <b>now</b> ]]></TEXT>", "Tea now ]]>"},
		"a section without an end":     {"<![CDATA[Tea for two</TEXT>", "Tea for two"},
		"a comment without an end":     {"Tea <!-- for two</TEXT>", "Tea"},
		"a comment with --":            {"Tea <!-- -- 5 -- > --> for two</TEXT>", "Tea for two"},
		"an instruction without end":   {"Tea <?php for two</TEXT>", "Tea"},
		"an unknown entity":            {"Tea &nosuch; & &copy; two</TEXT>", "Tea &nosuch; & © two"},
		"a control character":          {"Tea\x08 for\x00 &#3;two</TEXT>", "Tea for two"},
		"a quotation mark too few":     {`Tea <a href="/x>for</a> two</TEXT>`, "Tea"},
		"a tag in an attribute":        {`Tea <em title="<b>or</b>">for</em> two</TEXT>`, "Tea for two"},
		"attributes without quotes":    {`Tea <a href=https://x.test/y?z=1>for</a> two</TEXT>`, "Tea for two"},
		"a name that is none":          {"Tea <1> <a:b:c> <für> two</TEXT>", "Tea <1> two"},
	} {
		for _, format := range []string{"RSS", "Atom"} {
			element, begin, end := "description", `<rss version="2.0"><channel><title>Kettle Row</title>`, `</channel></rss>`
			if format == "Atom" {
				element, begin, end = "content", `<feed xmlns="http://www.w3.org/2005/Atom"><title>Kettle Row</title>`, `</feed>`
			}
			of := func(k kind) string {
				if format == "Atom" {
					return k.atom
				}
				return k.rss
			}
			text := strings.ReplaceAll(strings.ReplaceAll(tt.text, "TEXT", element), "TEXXT", element+"s")
			text = strings.ReplaceAll(text, "TeXt", strings.ToUpper(element))
			tag := "<" + element + ">"
			if format == "Atom" {
				tag = `<content type="html">`
			}
			bad := of(kind{"<item>", "<entry>"}) + tag + text + of(rest("bad")) + of(kind{"</item>", "</entry>"})
			for at := range 3 {
				entries := []string{of(whole("1")), of(whole("2"))}
				entries = slices.Insert(entries, at, bad)
				what := fmt.Sprintf("%s in %s, entry %d", name, format, at+1)
				d, err := feed.Parse([]byte(begin+strings.Join(entries, "\n")+end), feed.Options{})
				if err != nil {
					t.Errorf("%s: %v", what, err)
					continue
				}
				got := map[string]string{}
				for _, p := range d.Posts {
					got[p.ID] = strings.TrimSpace(markup.FromHTML(p.Body.HTML, "").Text())
					if p.Published.IsZero() {
						t.Errorf("%s: entry %s has no date", what, p.ID)
					}
				}
				equal(t, what+": entries", len(d.Posts), 3)
				equal(t, what+": cut short", d.CutShort, false)
				equal(t, what+": title", d.Title, "Kettle Row")
				equal(t, what+": the others", got["1"]+", "+got["2"], "words 1, words 2")
				if !strings.HasPrefix(got["bad"], tt.want) {
					t.Errorf("%s: %q, want %q", what, got["bad"], tt.want)
				}
			}
		}
	}
}

// What is open when an entry begins lacks its end, in the entry before it and before all
// entries; and entries are found in elements of a feed's own.
func TestEntriesAtAnyDepth(t *testing.T) {
	item := func(n int) string {
		return fmt.Sprintf("<item><title>T%d</title><guid isPermaLink=\"false\">%d</guid></item>", n, n)
	}
	entry := func(n int) string { return fmt.Sprintf("<entry><title>T%d</title><id>%d</id></entry>", n, n) }
	both := item(1) + item(2)
	for name, body := range map[string]string{
		"an element before the items":      "<rss><channel><title>Kettle Row</title><category>tea" + both + "</channel></rss>",
		"its title":                        "<rss><channel><title>Kettle Row<link>https://kettle.test/</link>" + both + "</channel></rss>",
		"a section before the items":       "<rss><channel><title>Kettle Row</title><description><![CDATA[about tea</description>" + both + "<item><title><![CDATA[T3]]></title><guid>3</guid></item></channel></rss>",
		"a comment before the items":       "<rss><channel><title>Kettle Row</title><!-- about tea " + both + "<!-- --></channel></rss>",
		"an element before the channel":    "<rss><x><channel><title>Kettle Row</title>" + both + "</channel></rss>",
		"a list of items":                  "<rss><channel><title>Kettle Row</title><items><list>" + both + "</list></items></channel></rss>",
		"items behind the channel":         "<rss><channel><title>Kettle Row</title></channel>" + both + "</rss>",
		"a wrong end before the items":     "<rss><channel><title>Kettle Row</titel><link>https://kettle.test/</link></head>" + both + "</channel></rss>",
		"an item without its end":          "<rss><channel><title>Kettle Row</title>" + strings.Replace(both, "</item>", "", 1) + "</channel></rss>",
		"an item and its title without it": "<rss><channel><title>Kettle Row</title><item><guid>1</guid><title>T1" + item(2) + "</channel></rss>",
		"no item with its end":             "<rss><channel><title>Kettle Row</title>" + strings.ReplaceAll(both, "</item>", "") + "</channel></rss>",
		"an element before the entries":    `<feed xmlns="http://www.w3.org/2005/Atom"><title>Kettle Row</title><author><name>Mim` + entry(1) + entry(2) + "</feed>",
		"an entry without its end":         `<feed xmlns="http://www.w3.org/2005/Atom"><title>Kettle Row</title>` + strings.ReplaceAll(entry(1)+entry(2), "</entry>", "") + "</feed>",
		"a list of entries":                `<feed xmlns="http://www.w3.org/2005/Atom"><title>Kettle Row</title><entries>` + entry(1) + entry(2) + "</entries></feed>",
		"a prefix":                         `<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>Kettle Row</a:title><a:subtitle><a:entry><a:id>1</a:id><a:title>T1</a:title><a:entry><a:id>2</a:id><a:title>T2</a:title></a:entry></a:feed>`,
		"a commented item":                 "<rss><channel><title>Kettle Row</title><!-- " + item(9) + " -->" + both + "</channel></rss>",
		"RDF": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>Kettle Row</title><items><rdf:Seq><rdf:li resource="1"/></items>` +
			`<item rdf:about="1"><title>T1<item rdf:about="2"><title>T2</title></item></rdf:RDF>`,
	} {
		d := parse(t, []byte(body), feed.Options{})
		if len(d.Posts) < 2 || d.CutShort {
			t.Errorf("%s: %d posts, cut short %v", name, len(d.Posts), d.CutShort)
			continue
		}
		equal(t, name, line(d.Title, d.Posts[0].ID, d.Posts[0].Title, d.Posts[1].ID, d.Posts[1].Title), "Kettle Row | 1 | T1 | 2 | T2")
	}
}

// A feed that is closed too early, or that another document follows, is read to its last
// entry.
func TestEntriesBehindTheEnd(t *testing.T) {
	item := func(n int) string {
		return fmt.Sprintf("<item><title>T%d</title><guid isPermaLink=\"false\">%d</guid></item>", n, n)
	}
	entry := func(n int) string { return fmt.Sprintf("<entry><title>T%d</title><id>%d</id></entry>", n, n) }
	const rss, rssEnd = "<rss version=\"2.0\"><channel><title>Kettle Row</title>", "</channel></rss>"
	const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>Kettle Row</title>`
	const rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>Kettle Row</title></channel>`
	other := strings.Replace(rss, "Kettle", "Other", 1)
	for name, tt := range map[string]struct {
		body string
		want string // ids, and whether it is cut short
	}{
		"closed early":                    {rss + item(1) + rssEnd + item(2) + item(3) + rssEnd, "1 2 3 false"},
		"closed after each":               {rss + item(1) + rssEnd + item(2) + rssEnd + item(3) + rssEnd, "1 2 3 false"},
		"closed by the root alone":        {rss + item(1) + "</rss>" + item(2) + item(3) + rssEnd, "1 2 3 false"},
		"closed before all":               {rss + rssEnd + item(1) + item(2) + rssEnd, "1 2 false"},
		"a feed closed early":             {atom + entry(1) + "</feed>\n" + entry(2) + "</feed>", "1 2 false"},
		"RDF closed early":                {rdf + item(1) + "</rdf:RDF>" + item(2) + "</rdf:RDF>", "1 2 false"},
		"two documents":                   {rss + item(1) + rssEnd + "\n<?xml version=\"1.0\"?>\n" + other + item(2) + rssEnd, "1 2 false"},
		"three documents":                 {rss + item(1) + rssEnd + other + item(2) + rssEnd + other + item(3) + rssEnd, "1 2 3 false"},
		"two feeds":                       {atom + entry(1) + "</feed>" + atom + entry(2) + "</feed>", "1 2 false"},
		"the same one twice":              {rss + item(1) + rssEnd + rss + item(1) + rssEnd, "1 false"},
		"closed early, and cut":           {rss + item(1) + rssEnd + item(2) + "<item><title>T3", "1 2 true"},
		"a comment behind it":             {rss + item(1) + rssEnd + "<!-- " + item(2) + " -->", "1 false"},
		"a script behind it":              {rss + item(1) + rssEnd + "<script>if (a < b) { c = '<item>' }</script>", "1 false"},
		"a document of another format":    {rss + item(1) + rssEnd + atom + entry(2) + "</feed>", "1 true"},
		"a feed's, and a document of RSS": {atom + entry(1) + "</feed>" + rss + item(2) + rssEnd, "1 true"},
	} {
		d := parse(t, []byte(tt.body), feed.Options{})
		var got []string
		for _, p := range d.Posts {
			got = append(got, p.ID)
			equal(t, name+": a title", p.Title, "T"+p.ID)
		}
		equal(t, name, fmt.Sprint(strings.Join(got, " "), " ", d.CutShort), tt.want)
		equal(t, name+": the feed's title", d.Title, "Kettle Row")
	}
}

// Damage within one comment leaves nothing nameless: what has no words is left out and
// counted, and what has some keeps its name and date.
func TestDamagedComments(t *testing.T) {
	comment := func(n, before string) string {
		return `<item><title>By: Ines</title><link>https://kettle.test/p/#comment-` + n + `</link>` + before +
			`<dc:creator><![CDATA[Ines Vega]]></dc:creator><pubDate>Thu, 05 Mar 2026 18:10:00 +0000</pubDate><guid isPermaLink="false">https://kettle.test/?p=3#comment-` + n +
			`</guid><description><![CDATA[words ` + n + `]]></description></item>`
	}
	const whole = "Ines Vega | 2026 | words 2"
	for name, tt := range map[string]struct {
		bad     string
		skipped int
		want    string // the damaged comment
	}{
		"an item in an item":           {comment("2", "<item><title>x</title></item>"), 2, ""},
		"an item without its end":      {"<item><title>By: Ines</title><link>https://kettle.test/p/#comment-2</link>", 1, ""},
		"a script without its end":     {comment("2", "<script>if(a<b){"), 0, whole},
		"a style without its end":      {comment("2", "<style>a > b"), 0, whole},
		"a break without its end":      {comment("2", "<br>"), 0, whole},
		"a name's section without end": {strings.Replace(comment("2", ""), "]]></dc:creator>", "</dc:creator>", 1), 0, whole},
		"a date's section without end": {strings.Replace(comment("2", ""), "<pubDate>", "<pubDate><![CDATA[", 1), 0, whole},
		"a name in an element":         {strings.Replace(comment("2", ""), "<![CDATA[Ines Vega]]>", "<name>Ines Vega</name>", 1), 0, whole},
		"words that are a space":       {strings.Replace(comment("2", ""), "words 2", "<p>&nbsp;</p>", 1), 1, ""},
		"words that are a picture":     {strings.Replace(comment("2", ""), "words 2", `<img src="/a.png">`, 1), 0, "Ines Vega | 2026 | [picture]"},
	} {
		body := `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Comments for Kettle Row</title><generator>https://wordpress.org/?v=6.9</generator>` +
			comment("1", "") + tt.bad + comment("3", "") + "</channel></rss>"
		d := parse(t, []byte(body), feed.Options{URL: "https://kettle.test/comments/feed/"})
		var got string
		others := 0
		for _, c := range d.Comments {
			if strings.HasSuffix(c.URL, "comment-2") {
				got = line(c.Author, c.Published.Year(), strings.TrimSpace(markup.FromHTML(c.Body.HTML, "").Text()))
			} else if c.Author == "Ines Vega" && strings.HasPrefix(c.Body.HTML, "words") {
				others++
			}
		}
		equal(t, name, got, tt.want)
		equal(t, name+": the others, left out", line(others, len(d.Skipped)), line(2, tt.skipped))
	}
}

// RSS has the text of its author alone; some write it as Atom does.
func TestAuthorsWithElements(t *testing.T) {
	for author, want := range map[string]string{
		"<author><name>Vera Lind</name></author>":                                                        "Vera Lind",
		"<author><name>Vera Lind</name><email>vera@mail.test</email></author>":                           "Vera Lind",
		"<author><email>vera@mail.test</email><uri>https://v.test/</uri><name>Vera Lind</name></author>": "Vera Lind",
		"<author>&lt;name&gt;Vera Lind&lt;/name&gt;</author>":                                            "Vera Lind",
		"<author>vera@mail.test (Vera Lind)</author>":                                                    "Vera Lind",
		"<dc:creator><foaf:name>Vera Lind</foaf:name></dc:creator>":                                      "Vera Lind",
	} {
		body := `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:foaf="http://xmlns.com/foaf/0.1/"><channel><item><guid>1</guid>` + author + `</item></channel></rss>`
		equal(t, author, parse(t, []byte(body), feed.Options{}).Posts[0].Author, want)
	}
}

// An entry of an extension, and what a text holds of the names of a feed's parts, end
// nothing.
func TestElementsThatAreWhole(t *testing.T) {
	body := `<rss version="2.0" xmlns:x="urn:x" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><x:list><x:item>a</x:item><x:item>b</x:item></x:list><guid>1</guid>` +
		`<description>one <svg><title>two</title><metadata><dc:date>x</dc:date></metadata></svg><details><summary>three</summary></details> four</description><title>T</title></item></channel></rss>`
	p := parse(t, []byte(body), feed.Options{}).Posts[0]
	equal(t, "entry", line(p.ID, p.Title), "1 | T")
	if !strings.HasPrefix(p.Body.HTML, "one <svg>") || !strings.HasSuffix(p.Body.HTML, "four") {
		t.Errorf("text is %q", p.Body.HTML)
	}
}

// An entry that nests too deep is left out, and no other one.
func TestOneDeepEntry(t *testing.T) {
	deep := strings.Repeat("<b>", 700) + "x" + strings.Repeat("</b>", 700)
	body := `<rss><channel><item><guid>1</guid><description>` + deep + `</description></item><item><guid>2</guid><description>y</description></item></channel></rss>`
	d := parse(t, []byte(body), feed.Options{})
	equal(t, "entries", line(len(d.Posts), d.Posts[0].ID, d.CutShort, len(d.Skipped)), "1 | 2 | false | 1")
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

// One entry of a JSON Feed, or of a list, that breaks the rules costs none of the others.
func TestOneBrokenEntryOfJSON(t *testing.T) {
	good := func(n int) string {
		return fmt.Sprintf(`{"id":"%d","content_html":"words %d","authors":[{"name":"A"},{"name":"B"}]}`, n, n)
	}
	for name, tt := range map[string]struct {
		bad  string
		want string // its text, "" where it is left out
	}{
		"a line end":       {"{\"id\":\"bad\",\"content_html\":\"Tea\n\tfor two\"}", "Tea\n\tfor two"},
		"a wrong escape":   {`{"id":"bad","content_html":"Tea \x for\' two \\"}`, `Tea \x for\' two \`},
		"a comma too many": {`{"id":"bad","content_html":"Tea","tags":["a",],}`, "Tea"},
		"a quotation mark": {`{"id":"bad","content_html":"Tea "for" two"}`, ""},
		"no value":         {`{"id":"bad","content_html":}`, ""},
		"no end":           {`{"id":"bad","content_html":"Tea"`, ""},
		"another type":     {`{"id":"bad","content_html":["Tea"]}`, "-"},
		"no entry":         {`"bad"`, ""},
	} {
		for at := range 3 {
			if name == "no end" && at == 2 {
				continue // which is a text that ends in the middle
			}
			items := slices.Insert([]string{good(1), good(2)}, at, tt.bad)
			d := parse(t, []byte(`{"version":"https://jsonfeed.org/version/1.1","title":"Kettle Row","items":[`+strings.Join(items, ", ")+`]}`), feed.Options{})
			texts := map[string]string{}
			for _, p := range d.Posts {
				texts[p.ID] = p.Body.HTML
			}
			what := fmt.Sprintf("%s, entry %d", name, at+1)
			equal(t, what+": the others", texts["1"]+", "+texts["2"], "words 1, words 2")
			equal(t, what+": cut short", d.CutShort, false)
			equal(t, what+": itself", texts["bad"], strings.Trim(tt.want, "-"))
			if left := len(d.Skipped) == 1; left != (tt.want == "") {
				t.Errorf("%s: left out %v", what, d.Skipped)
			}
		}
	}
	list := `[{"id":1,"post":7,"content":{"rendered":"one"}},{"id":"x","post":7},{"id":2,"post":7,"content":{"rendered":"a "b" c"}},{"id":3,"post":7,"content":{"rendered":"three"}}]`
	d := parse(t, []byte(list), feed.Options{URL: "https://kettle.test/wp-json/wp/v2/comments"})
	equal(t, "a list", line(len(d.Comments), len(d.Skipped), d.CutShort), "2 | 2 | false")
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
