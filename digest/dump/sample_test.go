package dump_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/dump"
	"postbag/digest/feed"
	"postbag/digest/markup"
)

func sampleFile(t testing.TB, name string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join(digesttest.SampleBlog(t), name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestFoundingBlogsBackup(t *testing.T) {
	got := readWhole(t, sampleFile(t, "export.atom"), "")
	equal(t, "head", got.head, dump.Head{Format: dump.BloggerBackup, Platform: digest.Blogger, Title: "On Probation Blog",
		HomeURL: "https://probationmatters.blogspot.com/", BlogID: "2127880819790475612"})
	equal(t, "posts", got.tally.Posts, 5)
	equal(t, "comments", got.tally.Comments, 126)
	equal(t, "replies", got.tally.Replies, 71)
	equal(t, "gone", got.tally.Gone, 3)
	equal(t, "differing counts", got.tally.Differs, 0)
	equal(t, "left out", got.left(), "1 template, 3 settings, 1 draft")
	compare(t, got, true)
}

func TestFoundingBlogsTakeout(t *testing.T) {
	got := readWhole(t, sampleFile(t, "takeout-feed.atom"), "https://probationmatters.blogspot.com/")
	equal(t, "head", got.head, dump.Head{Format: dump.Takeout, Platform: digest.Blogger, Title: "On Probation Blog",
		HomeURL: "https://probationmatters.blogspot.com/", BlogID: "2127880819790475612"})
	equal(t, "posts", got.tally.Posts, 5)
	equal(t, "comments", got.tally.Comments, 123)
	equal(t, "replies", got.tally.Replies, 71)
	compare(t, got, false)
}

// compare holds an export against what the founding blog's feeds hold, entry by
// entry: the same names, texts and addresses.
func compare(t *testing.T, got whole, removedToo bool) {
	t.Helper()
	var want struct {
		Posts []struct {
			ID, Title, URL string
			Published      time.Time
			Comments       []struct {
				ID        string
				InReplyTo string `json:"in_reply_to"`
				Author    string
				Published time.Time
				Removed   bool
				Starts    string
			}
		}
	}
	body, err := os.ReadFile(filepath.Join(digesttest.SampleBlog(t), "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &want); err != nil {
		t.Fatal(err)
	}
	posts := map[string]feed.PostEntry{}
	for _, p := range got.posts {
		posts[p.ID] = p
	}
	comments := map[string]feed.CommentEntry{}
	for _, c := range got.comments {
		comments[c.ID] = c
	}
	for _, wp := range want.Posts {
		p := posts[wp.ID]
		equal(t, "title", p.Title, wp.Title)
		equal(t, "address", p.URL, wp.URL)
		equal(t, "published", p.Published, wp.Published.UTC())
		for _, wc := range wp.Comments {
			if wc.Removed && !removedToo {
				continue
			}
			c := comments[wc.ID]
			if c.PostRef != wp.ID || c.ParentRef != wc.InReplyTo || c.Author != wc.Author || c.Gone != wc.Removed || !c.Published.Equal(wc.Published) {
				t.Errorf("comment %+v, want %+v", c, wc)
			}
			if text := oneLine(markup.FromHTML(c.Body.HTML, c.Body.Base).Text()); !strings.HasPrefix(text, oneLine(wc.Starts)) {
				t.Errorf("comment %s starts %.50q, want %q", wc.ID, text, wc.Starts)
			}
		}
	}
	compareWithFeed(t, comments)
}

func compareWithFeed(t *testing.T, comments map[string]feed.CommentEntry) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(digesttest.SampleBlog(t), "comments.atom"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := feed.Parse(page, feed.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range doc.Comments {
		c, found := comments[f.ID]
		if !found {
			continue
		}
		equal(t, "hash of "+f.ID, c.Hash, f.Hash)
		equal(t, "address of "+f.ID, c.URL, f.URL)
		equal(t, "reason", c.GoneReason, f.GoneReason)
	}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
