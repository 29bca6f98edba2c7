package feed_test

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"postbag/digest/feed"
)

// FuzzParse holds that nothing a server sends makes the reader fail otherwise
// than by an error, and that what it gives is usable.
func FuzzParse(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, "application/xml")
		f.Add(body[:len(body)/2], "text/xml; charset=iso-8859-1")
	}
	for _, body := range []string{
		"", "{}", "<html><input type=password>", "\xFF\xFE<\x00?\x00", "<rss><channel><item/><item xml:base='x'/></channel></rss>",
		`<feed xml:base="%zz"><id>tag:blogger.com,1999:blog-1</id><entry xml:base="a"><id>&#0;</id></entry></feed>`,
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`,
	} {
		f.Add([]byte(body), "")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		doc, err := feed.Parse(body, feed.Options{ContentType: contentType, URL: "https://blog.test/feed/"})
		if err != nil {
			if doc != nil {
				t.Error("a document beside an error")
			}
			return
		}
		for _, p := range doc.Posts {
			if p.ID == "" || !utf8.ValidString(p.Title) || utf8.RuneCountInString(p.Title) > feed.MaxTitle {
				t.Errorf("post %+v cannot be stored", p)
			}
		}
		for _, c := range doc.Comments {
			if c.ID == "" || c.ParentRef == c.ID || !utf8.ValidString(c.Author) {
				t.Errorf("comment %+v cannot be stored", c)
			}
		}
	})
}
