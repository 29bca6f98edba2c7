package dump_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/dump"
	"postbag/digest/field"
)

// FuzzReader holds that no file makes the reader fail otherwise than by a clear
// error, that what it gives can be stored, and that the pieces in which a file
// comes do not matter.
func FuzzReader(f *testing.F) {
	for _, name := range []string{"wordpress-1.2.xml", "disqus.xml", "takeout.atom", "remark42.json", "commento.json", "comentario.json",
		"isso-threads.json", "isso-rows.json", "ghost.json", "movabletype.txt", "list.mbox"} {
		body := fixture(f, name)
		f.Add([]byte(body))
		f.Add([]byte(body[:len(body)/2]))
	}
	f.Add([]byte(backupOf(2, "words &amp;amp; &lt;b&gt;more&lt;/b&gt;")))
	for _, body := range []string{
		"", "\x1f\x8b\x08", "PK\x03\x04", "\xFF\xFE<\x00?\x00", "<disqus><post/></disqus>", "<disqus><thread dsq:id='1'/><post dsq:id='0'><thread dsq:id='1'/></post></disqus>",
		"<rss xmlns:wp='http://wordpress.org/export/1.2/'><channel><item><wp:comment/></item></channel></rss>",
		"<feed><id>tag:blogger.com,1999:blog-1.archive</id><entry><![CDATA[&#0;]]><a x='&#8;\"'/></entry></feed>",
		`{"version":1,"users":[]}` + "\n" + `{"id":1,"pid":1,"locator":{"url":"https://a.test/\u0000"},"user":[],"time":1e400}`,
		`{"version":1,"comments":[{"commentHex":"a","parentHex":"a","url":"//x/","markdown":"[x](javascript:1)` + strings.Repeat(">", 50) + `"}],"commenters":[[]]}`,
		`[{"id":"/a","comments":[{"id":[],"text":"\ud800"}]},{"comments":[{}],"id":1}]`, `[{"tid":1,"text":"","uri":"\\","mode":null}]`,
		`{"db":[{"meta":{},"data":{"posts":[{"id":1,"slug":"../..","status":"published","html":null}],"comments":[{"id":"c","post_id":1,"parent_id":"c"}]}}]}`,
		"AUTHOR: a\nTITLE: b\n-----\nBODY:\nx\n-----\nCOMMENT:\nDATE: 13/13/2013 25:61:00 XM\n-----\n--------\n-----\n--------",
		"From a Mon Mar  2 10:00:00 2026\nMessage-ID: <a>\nReferences: <a> <b>\n\nx\n\nFrom b Mon Mar  2 10:00:00 2026\nMessage-ID: <b>\nIn-Reply-To: <a>\nContent-Type: multipart/x; boundary=\"\"\n\n--\n",
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		once, err := drain(t, strings.NewReader(string(body)))
		if err != nil && (digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "") {
			t.Errorf("error %q of kind %d with the hint %q", err, digest.KindOf(err), digest.HintOf(err))
		}
		twice, err2 := drain(t, byByte(string(body)))
		if once != twice || (err == nil) != (err2 == nil) {
			t.Errorf("%+v (%v), and byte by byte %+v (%v)", once, err, twice, err2)
		}
	})
}

type sum struct{ posts, comments, deleted int }

func drain(t *testing.T, file io.ReadSeeker) (s sum, err error) {
	r, err := dump.Open(context.Background(), file)
	if err != nil {
		if r != nil {
			t.Error("a reader beside an error")
		}
		return s, err
	}
	if _, err := r.PostIDs(context.Background()); err != nil {
		return s, end(err)
	}
	r.SetHome("https://blog.test/")
	for {
		b, err := r.Next(context.Background())
		if err != nil {
			return s, end(err)
		}
		s.posts += len(b.Posts)
		s.comments += len(b.Comments)
		s.deleted += len(b.Deleted)
		for _, p := range b.Posts {
			if p.ID == "" || !utf8.ValidString(p.Title+p.ID+p.URL+p.Body.HTML) || utf8.RuneCountInString(p.Title) > field.MaxTitle || strings.HasPrefix(p.URL, "/") {
				t.Errorf("post %+v cannot be stored", p)
			}
		}
		for _, c := range b.Comments {
			if c.ID == "" || c.ID == c.ParentRef || !utf8.ValidString(c.Author+c.ID+c.URL+c.Body.HTML) || strings.HasPrefix(c.URL, "/") {
				t.Errorf("comment %+v cannot be stored", c)
			}
		}
	}
}

func end(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
