package feed_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"postbag/digest"
	"postbag/digest/feed"
)

// A feed's own namespace is at times another than it should be: with https, after
// somebody replaced that everywhere, or given where RSS has none.
func TestStrangeNamespaces(t *testing.T) {
	for _, tt := range []struct{ file, from, to string }{
		{"wordpress-comments.atom", `xmlns="http://www.w3.org/2005/Atom"`, `xmlns="https://www.w3.org/2005/Atom"`},
		{"wordpress-comments.atom", `xmlns="http://www.w3.org/2005/Atom"`, `xmlns='http://quay.test/feed'`},
		{"rss10.rdf", `xmlns="http://purl.org/rss/1.0/"`, `xmlns="https://purl.org/rss/1.0/"`},
		{"wordpress-comments.rss", `<rss version="2.0"`, `<rss version="2.0" xmlns="http://www.w3.org/2005/Atom"`},
	} {
		body := string(fixture(t, tt.file))
		if !strings.Contains(body, tt.from) {
			t.Fatalf("%s does not hold %s", tt.file, tt.from)
		}
		want := parse(t, []byte(body), feed.Options{})
		got := parse(t, []byte(strings.Replace(body, tt.from, tt.to, 1)), feed.Options{})
		equal(t, tt.to+": what is read", line(got.Platform, got.Kind, got.Title, len(got.Posts), len(got.Comments)),
			line(want.Platform, want.Kind, want.Title, len(want.Posts), len(want.Comments)))
	}
}

func TestWhatStandsBeforeAFeed(t *testing.T) {
	const want = "Käse"
	body := `<rss version="2.0"><channel><item><guid>1</guid><title>` + want + `</title></item></channel></rss>`
	declared := `<?xml version="1.0" encoding="windows-1252"?>`
	cp1252, err := charmap.Windows1252.NewEncoder().String(declared + body)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a comment before the declaration":    "<!-- cached -->\n" + cp1252,
		"a warning before the declaration":    "<br />\n<b>Notice</b>: Undefined index in /blog.php\n" + cp1252,
		"a byte order mark that contradicts":  "\xEF\xBB\xBF" + declared + body,
		"empty lines":                         "\n\n<?xml version=\"1.0\"?>" + body,
		"the document type of a web page":     "<!DOCTYPE html>" + body,
		"the same after the declaration":      `<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://x.test/"><!-- x -->` + body,
		"the same, and a style sheet":         `<!doctype HTML><?xml-stylesheet href="x.css"?>` + body,
		"the same, with a space and comments": "<!doctype html >\n<!-- a --> <!-- b -->" + body,
	} {
		d, err := feed.Parse([]byte(text), feed.Options{})
		if err != nil || len(d.Posts) != 1 {
			t.Errorf("%s: %v, %v", name, d, err)
			continue
		}
		equal(t, name+": title", d.Posts[0].Title, want)
		equal(t, name+": cut short", d.CutShort, false)
	}
	_, err = feed.Parse([]byte("<html><pre><?xml version='1.0'?>"+body), feed.Options{})
	wantInvalid(t, "a page that shows a feed", err, "a web page stands")
}

func TestBackupsAreNoFeeds(t *testing.T) {
	for of, body := range map[string]string{
		"a Disqus forum":   `<?xml version="1.0"?><disqus xmlns="http://disqus.com"></disqus>`,
		"a WordPress site": `<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>x</title><wp:wxr_version>1.2</wp:wxr_version></channel></rss>`,
	} {
		_, err := feed.Parse([]byte(body), feed.Options{})
		wantInvalid(t, of, err, "this is a backup of "+of)
		equal(t, of+": act", fmt.Sprint(digest.ActsOf(err)), fmt.Sprint([]digest.Act{{Do: digest.ImportExport}}))
	}
}
