package dump_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestOneBrokenComment holds that a fault in one entry costs no other one, and that an
// entry which cannot be read is counted.
func TestOneBrokenComment(t *testing.T) {
	wxr, disqus, blogger := fixture(t, "wordpress-1.2.xml"), fixture(t, "disqus.xml"), backupOf(5, "words")
	const comment = "<wp:comment_id>104</wp:comment_id>"
	for name, tt := range map[string]struct {
		file, from, to string
		lost           int // comments
		broken         int
	}{
		"a bare < in a name":           {wxr, "<![CDATA[Bob (the builder)]]>", "Bob <3 < <![CDATA[tea]]>", 0, 0},
		"a bare < between fields":      {wxr, comment, comment + "<3", 1, 1},
		"a name that is no tag":        {wxr, "<![CDATA[Bob (the builder)]]>", "Bob <b:c:d> <1>", 0, 0},
		"a stray end tag in a name":    {wxr, "<![CDATA[Bob (the builder)]]>", "Bob</b> Stay", 0, 0},
		"a wrong end tag":              {wxr, "<![CDATA[Bob (the builder)]]></wp:comment_author>", "Bob</wp:comment_autor>", 1, 1},
		"a fault in what is left out":  {wxr, "<wp:meta_key><![CDATA[x]]></wp:meta_key>", "<wp:meta_key>x</wp:meta_kay>", 0, 0},
		"a wrong end tag of a comment": {wxr, comment, "</wp:comnent>" + comment, 1, 1},
		"garbage above the items":      {wxr, "<item>", "</nothing><item>", 0, 1},
		"a Disqus name":                {disqus, "<name>", "<name>x < y ", 0, 0},
		"a Disqus comment":             {disqus, "<post ", "<post dsq:id='9'><message>x</massage></post><post ", 0, 1},
		"a comment of Blogger":         {blogger, ".post-1001</id>", ".post-1001</ib>", 1, 1},
	} {
		want, got := readWhole(t, strings.NewReader(tt.file), "https://blog.test/"), whole{}
		body := strings.Replace(tt.file, tt.from, tt.to, 1)
		if body == tt.file {
			t.Fatalf("%s: the file does not hold %s", name, tt.from)
		}
		got, err := read(t, strings.NewReader(body), "https://blog.test/")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		equal(t, name+": comments", len(got.comments), len(want.comments)-tt.lost)
		equal(t, name+": posts", len(got.posts), len(want.posts))
		equal(t, name+": could not be read", got.tally.Broken.N, tt.broken)
		if line := 1 + strings.Count(body[:strings.Index(body, tt.to)], "\n"); tt.broken > 0 {
			equal(t, name+": line", got.tally.Broken.Line, line)
		}
		again, err := read(t, byByte(body), "https://blog.test/")
		if err != nil || fmt.Sprint(again.commentLines(), again.tally) != fmt.Sprint(got.commentLines(), got.tally) {
			t.Errorf("%s: byte by byte it is another (%v)", name, err)
		}
	}
	named := strings.Replace(wxr, "<![CDATA[Bob (the builder)]]>", "Bob <3 tea", 1)
	equal(t, "the name", readWhole(t, strings.NewReader(named), "").comment(t, "comment-104").Author, "Bob <3 tea")
}

// TestBrokenItem holds that an item whose own fields break costs itself, and that the file
// is read on at the next one; a file that ends behind the fault is an error.
func TestBrokenItem(t *testing.T) {
	item := func(n int, title string) string {
		return fmt.Sprintf("<item><title>%s</title><link>https://b.test/%d/</link><wp:post_id>%d</wp:post_id><wp:status>publish</wp:status><wp:post_type>post</wp:post_type></item>\n", title, n, n)
	}
	head := "<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel><title>B</title><link>https://b.test/</link>\n"
	body := head + item(1, "One") + item(2, "Two</titel><title>") + item(3, "1 < 2") + item(4, "Four") + "</channel></rss>"
	body = strings.Replace(body, "</title><link>https://b.test/2/", "<link>https://b.test/2/", 1)
	got := readWhole(t, strings.NewReader(body), "")
	equal(t, "posts", fmt.Sprintf("%d, %s, %v", len(got.posts), got.posts[1].Title, got.tally.Broken), "3, 1 < 2, {1 3}")
	_, err := read(t, strings.NewReader(head+"<item></x><title>"), "")
	wantInvalid(t, "a fault, and the end", err, "not well-formed XML before", "Get the export again")
}

// TestWarningsBeforeAnExport holds that what a server writes before the declaration is
// passed over.
func TestWarningsBeforeAnExport(t *testing.T) {
	body := fixture(t, "wordpress-1.2.xml")
	want := readWhole(t, strings.NewReader(body), "")
	for _, lead := range []string{
		"<br />\n<b>Warning</b>:  Undefined variable $x in <b>/srv/blog/export.php</b> on line <b>12</b><br />\n",
		"\nDeprecated: strpos(): Passing null in /srv/blog/export.php on line 3\n\n",
		"<!-- cached -->\n<p>Notice: x</p>",
	} {
		got, err := read(t, strings.NewReader(lead+body), "")
		if err != nil {
			t.Errorf("%q: %v", lead, err)
			continue
		}
		equal(t, lead, fmt.Sprint(got.commentLines(), got.head), fmt.Sprint(want.commentLines(), want.head))
	}
	_, err := read(t, strings.NewReader("<html><body><pre>"+body), "")
	wantInvalid(t, "a page that shows one", err, "web page")
}
