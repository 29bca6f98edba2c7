package dump_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"postbag/digest"
	"postbag/digest/feed"
)

func TestWhatIsNoExport(t *testing.T) {
	for _, tt := range []struct{ name, body, words, hint string }{
		{"nothing", "", "empty", ""},
		{"white space", " \n\t ", "empty", ""},
		{"a declaration alone", `<?xml version="1.0"?>`, "empty", ""},
		{"zip", "PK\x03\x04rest", "zip archive", "feed.atom"},
		{"bzip2", "BZh91AY", "bzip2", "Unpack"},
		{"web page", "<!DOCTYPE html><html><body>Sign in</body></html>", "web page", ""},
		{"web page as XML", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`, "web page", ""},
		{"JSON", `{"rows":[]}`, "JSON", ""},
		{"a list of numbers", `[1,2]`, "JSON", ""},
		{"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[]}`, "feed, not an export", "Follow the blog"},
		{"a database", "SQLite format 3\x00rest", "SQLite", "comments.db"},
		{"text", "AUTHOR: Una\nTITLE: Late", "no export", "WordPress"},
		{"another XML", "<opml/>", `root is "opml"`, ""},
		{"RSS", `<rss version="2.0"><channel><title>x</title><item/></channel></rss>`, "feed, not an export", "Follow the blog"},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:blogger.com,1999:blog-1</id><entry><id>x</id></entry></feed>`, "feed, not an export", "Follow the blog"},
		{"empty Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id></feed>`, "feed, not an export", "Follow the blog"},
		{"broken", "<feed><<", "not well-formed", ""},
		{"cut in the head", `<feed><id>tag:blogger.com,1999:blog-1.arch`, "ends in the middle", "again"},
		{"entities", `<!DOCTYPE a [<!ENTITY b "c">]><feed>&b;</feed>`, "entities", ""},
		{"outside entity", `<!DOCTYPE a SYSTEM "file:///etc/passwd" [ ]><feed/>`, "entities", ""},
		{"damaged gzip", "\x1f\x8b\x08\x00broken", "cannot be unpacked", ""},
		{"deep", "<feed>" + strings.Repeat("<a>", 600), "500 deep", ""},
		{"endless tag", `<feed x="` + strings.Repeat("y", 100_000) + `"/>`, "64 KB", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, strings.NewReader(tt.body), "")
			wantInvalid(t, tt.name, err, tt.words, tt.hint)
			offers := len(digest.ActsOf(err)) == 1 && digest.ActsOf(err)[0].Do == digest.AddSource
			equal(t, "to follow the blog is offered", offers, strings.HasPrefix(tt.hint, "Follow"))
		})
	}
}

// The same blog in every dress gives the same entries.
func TestCharacterSetsAndPacking(t *testing.T) {
	want := fmt.Sprint(readWhole(t, strings.NewReader(backupOf(2, "caf\u00e9")), "").comments)
	plain := backupOf(2, "caf\u00e9")
	latin1, err := charmap.ISO8859_1.NewEncoder().String(strings.Replace(plain, "UTF-8", "ISO-8859-1", 1))
	if err != nil {
		t.Fatal(err)
	}
	guessed, _ := charmap.ISO8859_1.NewEncoder().String(strings.Replace(plain, " encoding='UTF-8'", "", 1))
	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	if _, err := io.WriteString(zw, plain); err != nil || zw.Close() != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"byte order mark":   "\xEF\xBB\xBF" + plain,
		"declared latin1":   latin1,
		"undeclared latin1": guessed,
		"utf-16":            utf16le(plain),
		"gzip":              packed.String(),
		"controls":          strings.ReplaceAll(plain, "caf\u00e9", "c\x00a\x08f&#8;\u00e9&#xFFFE;\uFFFF"),
		"harmless doctype":  strings.Replace(plain, "<feed", "<!DOCTYPE feed>\n<!-- a - comment -- > ]]> --><feed", 1),
		"junk before it":    "\u00ef\u00bb\u00bf" + plain,
		"in a CDATA":        strings.ReplaceAll(plain, "caf\u00e9", "<![CDATA[ca]]><![CDATA[f\u00e9]]>"),
	} {
		t.Run(name, func(t *testing.T) {
			equal(t, "comments", fmt.Sprint(readWhole(t, strings.NewReader(body), "").comments), want)
			equal(t, "comments, byte by byte", fmt.Sprint(readWhole(t, byByte(body), "").comments), want)
		})
	}
	got := readWhole(t, strings.NewReader(strings.ReplaceAll(plain, "\u00e9", "\u00e9\u00e9\xff")), "")
	equal(t, "bytes that are no characters", got.comments[0].Body.HTML, "caf\u00e9\u00e9\uFFFD")
	got = readWhole(t, strings.NewReader(strings.ReplaceAll(plain, "caf\u00e9", "<![CDATA[a <![CDATA[b]]> c]]>")), "")
	equal(t, "a CDATA section in another", got.comments[0].Body.HTML, "a <![CDATA[b c]]>")
	got = readWhole(t, strings.NewReader(strings.ReplaceAll(plain, "\u00e9", "&eacute;&nosuch;&amp;")), "")
	equal(t, "names of HTML as text", got.comments[0].Body.HTML, "caf&eacute;&nosuch;&")
}

func utf16le(s string) string {
	out := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

// A file that was cut off gives all that was whole, and says where it ends.
func TestCutOffFile(t *testing.T) {
	body := backupOf(700, "words")
	for _, cut := range []int{len(body) - 1, len(body) - 9, len(body) * 2 / 3, len(body)/2 + 100} {
		got, err := read(t, strings.NewReader(body[:cut]), "")
		wantInvalid(t, "cut", err, "ends in the middle, after tag:blogger.com,1999:blog-7.post-"+fmt.Sprint(1000+len(got.comments)-1), "nothing is stored twice")
		whole := strings.Count(body[:cut], "</entry>") - 2
		equal(t, "comments before the cut", len(got.comments), whole)
	}
	got, err := read(t, strings.NewReader(strings.Replace(body, "post-1300<", "post-1300</id></entry></feed></nonsense><", 1)), "")
	if len(got.comments) < 300 {
		t.Errorf("%d comments before the fault (%v), want 300", len(got.comments), err)
	}
	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	if _, err := io.WriteString(zw, body); err != nil || zw.Close() != nil {
		t.Fatal(err)
	}
	if _, err = read(t, bytes.NewReader(packed.Bytes()[:packed.Len()-20]), ""); err != nil {
		wantInvalid(t, "cut gzip", err, "ends in the middle")
	} else {
		t.Error("a cut gzip file gave no error")
	}
}

// Entries over a megabyte are left out without being held, whatever makes them
// long; what stands beside them is read.
func TestOverlongEntries(t *testing.T) {
	long := strings.Repeat("long words ", feed.MaxEntryBytes/10)
	for name, words := range map[string]string{
		"one text":     long,
		"one CDATA":    "<![CDATA[" + long + "]]>",
		"many texts":   strings.Repeat("<![CDATA["+long[:200_000]+"]]>", 7),
		"elements":     strings.Repeat("<b>x</b>", 200_000),
		"few bytes":    strings.Repeat("<b/>", 3000),
		"tags":         strings.Repeat("<b x='"+long[:60_000]+"'/>", 20),
		"wide letters": strings.Repeat("\u4e16\u754c", feed.MaxEntryBytes/5),
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(backupOf(2, "short"), "</feed>", backupComment(5, words)+backupComment(6, "after")+"</feed>", 1)
			got := readWhole(t, strings.NewReader(body), "")
			equal(t, "left out", got.left(), "1 setting, 1 comment of more than 1 MB")
			equal(t, "comments", len(got.comments), 3)
			equal(t, "the one behind it", got.comments[2].Body.HTML, "after")
		})
	}
	wxr := fixture(t, "wordpress-1.2.xml")
	got := readWhole(t, strings.NewReader(strings.Replace(wxr, "Who has the key?", long, 1)), "")
	equal(t, "comments, those under a post that is left out among them", len(got.comments), 6)
	equal(t, "their post", got.comment(t, "comment-104").PostRef, "http://blog.test/?p=41")
	equal(t, "posts", len(got.posts), 2)
	many := strings.Replace(wxr, "<wp:comment>\n\t\t\t<wp:comment_id>209", strings.Repeat("<wp:comment><wp:comment_id>9</wp:comment_id><wp:comment_approved>0</wp:comment_approved>"+
		"<wp:comment_content>"+long[:10_000]+"</wp:comment_content></wp:comment>", 300)+"<wp:comment>\n\t\t\t<wp:comment_id>209", 1)
	equal(t, "comments of a long item", len(readWhole(t, strings.NewReader(many), "").comments), 6)
}

func TestFaultOfTheDisk(t *testing.T) {
	body := backupOf(50, "words")
	_, err := read(t, io.MultiReader(strings.NewReader(body[:len(body)/2]), iotest.ErrReader(io.ErrClosedPipe)), "")
	if err == nil || !strings.Contains(err.Error(), io.ErrClosedPipe.Error()) {
		t.Errorf("the fault of the disk is told as %v", err)
	}
}
