package feed_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/mmcdole/gofeed/atom"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/feed"
)

func sampleFile(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(digesttest.SampleBlog(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestFoundingBlogsFiles(t *testing.T) {
	for _, tt := range []struct {
		name                       string
		kind                       digest.FeedKind
		onePost                    bool
		entries, replies, gone     int
		announced                  int
		next                       string
		commentsWithoutAPermalinks int
	}{
		{"posts.atom", digest.PostsFeed, false, 5, 0, 0, 5, "", 0},
		{"comments.atom", digest.CommentsFeed, false, 126, 71, 3, 126, "", 1},
		{"pages/comments-p2.atom", digest.CommentsFeed, false, 25, 16, 1, 126,
			"https://www.blogger.com/feeds/2127880819790475612/comments/default?start-index=51&max-results=25", 0},
		{"post-comments/oh-yes-it-is.atom", digest.CommentsFeed, true, 47, 32, 0, 47, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := parse(t, sampleFile(t, tt.name), feed.Options{})
			equal(t, "platform", d.Platform, digest.Blogger)
			equal(t, "kind", d.Kind, tt.kind)
			equal(t, "one post", d.OnePost, tt.onePost)
			equal(t, "entries", d.Entries(), tt.entries)
			equal(t, "total", d.TotalResults, tt.announced)
			equal(t, "next", d.NextURL, tt.next)
			replies, gone, bare := 0, 0, 0
			for _, c := range d.Comments {
				if c.ParentRef != "" {
					replies++
				}
				if c.Gone {
					gone++
				}
				if c.URL == "" {
					bare++
				}
				equal(t, "post named", c.PostRef != "", true)
			}
			equal(t, "replies", replies, tt.replies)
			equal(t, "gone", gone, tt.gone)
			if tt.commentsWithoutAPermalinks > 0 {
				equal(t, "without a permalink", bare, tt.commentsWithoutAPermalinks)
			}
		})
	}
}

func TestBackupsOfTheFoundingBlogAreNoFeeds(t *testing.T) {
	for _, name := range []string{"export.atom", "takeout-feed.atom"} {
		_, err := feed.Parse(sampleFile(t, name), feed.Options{})
		wantInvalid(t, name, err, "backup")
	}
}

// BenchmarkParse reads the founding blog's 126 comments, and a page of 500 made
// of them, beside gofeed's bare parse of the same bytes.
func BenchmarkParse(b *testing.B) {
	body := sampleFile(b, "comments.atom")
	for _, page := range []struct {
		name string
		body []byte
	}{{"126", body}, {"500", repeated(b, body, 500)}} {
		b.Run(page.name+"/document", func(b *testing.B) {
			b.SetBytes(int64(len(page.body)))
			for b.Loop() {
				if _, err := feed.Parse(page.body, feed.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(page.name+"/gofeed", func(b *testing.B) {
			b.SetBytes(int64(len(page.body)))
			for b.Loop() {
				if _, err := (&atom.Parser{}).Parse(bytes.NewReader(page.body)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// repeated makes a page of so many entries of one with fewer, each with an id of
// its own.
func repeated(tb testing.TB, body []byte, n int) []byte {
	first, last := bytes.Index(body, []byte("<entry>")), bytes.LastIndex(body, []byte("</feed>"))
	entries := bytes.SplitAfter(body[first:last], []byte("</entry>"))
	entries = entries[:len(entries)-1]
	out := bytes.Clone(body[:first])
	for i := range n {
		e := entries[i%len(entries)]
		out = append(out, bytes.Replace(e, []byte("</id>"), fmt.Appendf(nil, "%d</id>", i/len(entries)), 1)...)
	}
	out = append(out, body[last:]...)
	if d := parse(tb, out, feed.Options{}); len(d.Comments) != n {
		tb.Fatalf("the page has %d comments, want %d", len(d.Comments), n)
	}
	return out
}
