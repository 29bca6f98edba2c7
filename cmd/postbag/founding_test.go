package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
)

// serveFounding serves the founding blog as Blogger pages it: 25 comments a
// page, each page naming the next.
func serveFounding(t *testing.T) string {
	t.Helper()
	dir := digesttest.SampleBlog(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/feeds/2127880819790475612")
		path = strings.TrimPrefix(path, "/feeds")
		var file string
		switch path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write([]byte(`<html><head><title>On Probation Blog</title>` +
				`<link rel="alternate" type="application/atom+xml" title="Atom" href="http://` + r.Host + `/feeds/posts/default"/></head></html>`))
			return
		case "/posts/default":
			file = "posts.atom"
		case "/comments/default":
			page := map[string]string{"": "1", "1": "1", "26": "2", "51": "3", "76": "4", "101": "5", "126": "6"}[r.URL.Query().Get("start-index")]
			file = "pages/comments-p" + page + ".atom"
		}
		body, err := os.ReadFile(filepath.Join(dir, file))
		if file == "" || err != nil {
			http.NotFound(w, r)
			return
		}
		here := "http://" + r.Host
		feed := strings.NewReplacer("https://www.blogger.com/feeds", here+"/feeds", "http://www.blogger.com/feeds", here+"/feeds",
			"https://probationmatters.blogspot.com", here).Replace(string(body))
		w.Header().Set("Content-Type", "application/atom+xml; charset=UTF-8")
		http.ServeContent(w, r, "", time.Date(2017, 11, 2, 21, 37, 9, 0, time.UTC), strings.NewReader(feed))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// founding is what a correct reader finds in the founding blog.
type founding struct {
	Posts []struct {
		ID       string
		Title    string
		Comments []struct {
			ID        string
			InReplyTo *string `json:"in_reply_to"`
			Author    string
			Published time.Time
			Removed   bool
			Starts    string
		}
	}
}

// TestFoundingBlog does the whole job on the founding blog, from its pages to a
// reader's mail, and compares every comment with what is expected.
func TestFoundingBlog(t *testing.T) {
	t.Parallel()
	blog := serveFounding(t)
	var want founding
	raw, err := os.ReadFile(filepath.Join(digesttest.SampleBlog(t), "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	in := following(t, nil, blog)
	in.must("pull", "--history")
	compareFounding(t, want, listed[commentRow](in, "comment", "list", "--limit", "1000"))

	in.must("series", "set", "--next-number", "8")
	in.must("issue", "draft")
	in.must("issue", "pick", "--suggested")
	in.must("issue", "edit", "--intro", "An introduction of *ours*.")
	in.must("issue", "approve")
	in.must("subscriber", "add", "reader@reader.example", "--confirmed", "--consent", "for the test")
	in.must("issue", "send", "--yes", "8")
	mails := in.mails()
	if len(mails) != 1 || mails[0].subject != "Pick of the Week 8" {
		t.Fatalf("the outbox holds %d mails, want one of issue 8", len(mails))
	}
	if n := strings.Count(mails[0].html, "<blockquote"); n < 15 || n > 20 {
		t.Errorf("the mail quotes %d comments; of the 32 in the window 15 to 20 should be worth it", n)
	}
	checkPlain(t, mails[0].text)
}

func compareFounding(t *testing.T, want founding, got []commentRow) {
	t.Helper()
	byGUID := map[string]commentRow{}
	for _, c := range got {
		byGUID[c.GUID] = c
	}
	total := 0
	for _, p := range want.Posts {
		for _, w := range p.Comments {
			total++
			c, ok := byGUID[w.ID]
			if !ok {
				t.Errorf("comment %s is missing", w.ID)
				continue
			}
			parent := ""
			if w.InReplyTo != nil {
				parent = *w.InReplyTo
			}
			if c.PostGUID != p.ID || c.PostID == 0 || c.ParentGUID != parent || (parent != "") != (c.ParentID != 0) {
				t.Errorf("comment %s stands under %q (%d) in reply to %q (%d)", w.ID, c.PostGUID, c.PostID, c.ParentGUID, c.ParentID)
			}
			if c.Author != w.Author || !time.Time(c.Published).Equal(w.Published.Truncate(time.Second)) || (c.State == digest.CommentGone) != w.Removed {
				t.Errorf("comment %s is by %q at %v, %s", w.ID, c.Author, time.Time(c.Published), c.State)
			}
			if begins := strings.Join(strings.Fields(c.Text), " "); !strings.HasPrefix(begins, strings.Join(strings.Fields(w.Starts), " ")) {
				t.Errorf("comment %s begins %q, want %q", w.ID, cell(begins, 60), w.Starts)
			}
		}
	}
	if len(got) != total {
		t.Errorf("%d comments are stored, want %d", len(got), total)
	}
}

// checkPlain looks at a text part as somebody with a plain terminal would.
func checkPlain(t *testing.T, text string) {
	t.Helper()
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, "\r")
		if len([]rune(line)) > 72 && !strings.Contains(line, "://") {
			t.Errorf("a line is longer than 72 columns: %q", line)
		}
	}
	for _, residue := range []string{"{{", "<no value>", "%!", "&amp;", "&#39;", "1postbag1"} {
		if strings.Contains(text, residue) {
			t.Errorf("the text holds %q", residue)
		}
	}
}
