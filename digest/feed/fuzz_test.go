package feed_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/field"
)

// FuzzParse holds that nothing a server sends makes the reader fail otherwise
// than by an error, that what it gives is usable and within the limits, and that
// the same bytes give the same document.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for i, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, "application/xml", "https://blog.test/feed/", uint8(i))
		f.Add(body[:len(body)*2/3], "text/xml; charset=iso-8859-1", "https://blog.test/wp-json/wp/v2/comments?page=2", uint8(i+1))
	}
	for _, body := range []string{
		"", "{}", "[]", "<html><input type=password>", "\xFF\xFE<\x00?\x00", "<rss><channel><item/><item xml:base='x'/></channel></rss>",
		`<feed xml:base="%zz"><id>tag:blogger.com,1999:blog-1</id><entry xml:base="a"><id>&#0;</id></entry></feed>`,
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, `<rss><channel><item><title>a</item></channel><a:item/></rss>`,
		`<feed><entry><id>1</id><x:in-reply-to ref="2"/></entry><entry><id>2</id><y:in-reply-to ref="1"/></entry></feed>`,
		`[{"id":1,"post":2,"parent":1,"content":{"rendered":"\u0000"}}]`, `{"version":"jsonfeed.org","items":[{"id":[1]},{"id":{}}]}`,
	} {
		f.Add([]byte(body), "", "", uint8(0))
	}
	platforms := append([]digest.Platform{""}, digest.Platforms()...)
	kinds := []digest.FeedKind{"", digest.PostsFeed, digest.CommentsFeed}
	f.Fuzz(func(t *testing.T, body []byte, contentType, url string, choice uint8) {
		opts := feed.Options{ContentType: contentType, URL: url,
			Platform: platforms[int(choice)%len(platforms)], Want: kinds[int(choice)/len(platforms)%len(kinds)]}
		doc, err := feed.Parse(body, opts)
		if err != nil {
			if doc != nil {
				t.Error("a document beside an error")
			}
			if strings.Contains(err.Error(), "its parser failed") {
				t.Errorf("the parser panics")
			}
			return
		}
		usable(t, doc)
		if opts.Want != "" && doc.Kind != opts.Want {
			t.Errorf("kind %s, asked for %s", doc.Kind, opts.Want)
		}
		again, err := feed.Parse(body, opts)
		if err != nil || !reflect.DeepEqual(doc, again) {
			t.Errorf("read twice, the document is another:\n%+v\n%+v, %v", doc, again, err)
		}
	})
}

// usable holds a document against the limits of the package.
func usable(t *testing.T, doc *feed.Document) {
	const longestID = 2000
	seen := map[string]bool{}
	name := func(what, text string, limit int) {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || utf8.RuneCountInString(text) > limit {
			t.Errorf("%s %q cannot be shown", what, text)
		}
	}
	id := func(what, text string) {
		if text == "" || len(text) > longestID || seen[text] || strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("%s %q is no id, or is there twice", what, text)
		}
		seen[text] = true
	}
	text := func(what string, b feed.Body) {
		if !utf8.ValidString(b.HTML) || strings.ContainsRune(b.HTML, 0) {
			t.Errorf("the text of %s cannot be stored: %q", what, b.HTML)
		}
	}
	if doc.Kind != digest.PostsFeed && doc.Kind != digest.CommentsFeed || doc.Platform == "" {
		t.Errorf("kind %q, platform %q", doc.Kind, doc.Platform)
	}
	if doc.Entries() > feed.MaxEntries+1 {
		t.Errorf("%d entries", doc.Entries())
	}
	if doc.CutShort && doc.Complete {
		t.Error("both complete and cut short")
	}
	for _, h := range doc.SkipHours {
		if h < 0 || h > 23 {
			t.Errorf("hour %d", h)
		}
	}
	if doc.TTL < 0 {
		t.Errorf("ttl %v", doc.TTL)
	}
	name("title", doc.Title, field.MaxTitle)
	for _, p := range doc.Posts {
		id("post", p.ID)
		name("title", p.Title, field.MaxTitle)
		name("author", p.Author, 200)
		text(p.ID, p.Body)
	}
	for _, c := range doc.Comments {
		if !c.Shared {
			id("comment", c.ID)
		} else if seen[c.Name()] || c.ID == "" || len(c.ID) > longestID {
			t.Errorf("comment %q is no id, or is there twice", c.ID)
		}
		seen[c.Name()] = true
		name("author", c.Author, 200)
		name("reason", c.GoneReason, 200)
		text(c.ID, c.Body)
		if c.ParentRef == c.ID || c.PostRef == c.ID && !c.Shared || c.ParentKey != "" && c.ParentKey == c.Key {
			t.Errorf("comment %+v replies to itself", c)
		}
	}
}
