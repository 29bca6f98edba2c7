package suggest_test

import (
	"encoding/xml"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
	"postbag/digest/digesttest"
	"postbag/digest/markup"
	"postbag/digest/sampleblog"
)

// entries is what these tests need of Blogger's Atom.
type entries struct {
	Entries []struct {
		ID        string    `xml:"id"`
		Published time.Time `xml:"published"`
		Title     string    `xml:"title"`
		Content   string    `xml:"content"`
		Author    string    `xml:"author>name"`
		URI       string    `xml:"author>uri"`
		Links     []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Reply struct {
			Ref string `xml:"ref,attr"`
		} `xml:"in-reply-to"`
		Properties []struct {
			Name string `xml:"name,attr"`
		} `xml:"extendedProperty"`
	} `xml:"entry"`
}

func decode(t testing.TB, data []byte) entries {
	t.Helper()
	var e entries
	if err := xml.Unmarshal(data, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// blog makes candidates and posts of the two feeds of a blog.
func blog(t testing.TB, postsFeed, commentsFeed []byte) ([]digest.Candidate, []digest.Post) {
	t.Helper()
	ids := map[string]int64{}
	number := func(id string) int64 {
		id = id[strings.LastIndexAny(id, "-/")+1:]
		if _, known := ids[id]; !known {
			ids[id] = int64(len(ids) + 1)
		}
		return ids[id]
	}
	var posts []digest.Post
	for _, e := range decode(t, postsFeed).Entries {
		posts = append(posts, digest.Post{ID: number(e.ID), Title: e.Title, Published: e.Published, Body: markup.FromHTML(e.Content, "")})
	}
	var comments []digest.Comment
	for _, e := range decode(t, commentsFeed).Entries {
		c := digest.Comment{ID: number(e.ID), PostID: number(e.Reply.Ref), Author: e.Author, AuthorURI: e.URI, Published: e.Published,
			Body: markup.FromHTML(e.Content, "")}
		for _, link := range e.Links {
			if link.Rel == "related" {
				c.ParentID = number(link.Href)
			}
		}
		for _, p := range e.Properties {
			c.Gone = c.Gone || p.Name == "blogger.contentRemoved"
		}
		if !c.Gone {
			comments = append(comments, c)
		}
	}
	return candidates(posts, comments), posts
}

// candidates joins comments with their posts, in reading order: by post, the
// newest first, then by thread. Comments that are gone are among them.
func candidates(posts []digest.Post, comments []digest.Comment) []digest.Candidate {
	postOf := make(map[int64]digest.Post, len(posts))
	for _, p := range posts {
		postOf[p.ID] = p
	}
	replies := map[int64]int{}
	byID := make(map[int64]digest.Comment, len(comments))
	nodes := make([]compile.Node, len(comments))
	for i, c := range comments {
		byID[c.ID] = c
		nodes[i] = compile.Node{ID: c.ID, Post: c.PostID, Parent: c.ParentID, Published: c.Published, PostPublished: postOf[c.PostID].Published}
		if c.ParentID != 0 && !c.Gone {
			replies[c.ParentID]++
		}
	}
	out := make([]digest.Candidate, 0, len(comments))
	for _, id := range compile.ThreadOrder(nodes) {
		post := postOf[byID[id].PostID]
		out = append(out, digest.Candidate{
			Comment: byID[id], PostTitle: post.Title, PostURL: post.URL, PostPublished: post.Published, Replies: replies[id],
		})
	}
	return out
}

// demoBlog is the invented blog of the demo.
func demoBlog(t testing.TB) ([]digest.Candidate, []digest.Post) {
	t.Helper()
	handler := sampleblog.New(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	get := func(target string) []byte {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		return w.Body.Bytes()
	}
	return blog(t, get("/feeds/posts/default?max-results=500"), get("/feeds/comments/default?max-results=500"))
}

// foundingBlog is the blog that the program was first made for, where its pages
// are at hand beside the repository.
func foundingBlog(t testing.TB) ([]digest.Candidate, []digest.Post) {
	t.Helper()
	sample := digesttest.SampleBlog(t)
	posts, err := os.ReadFile(filepath.Join(sample, "posts.atom"))
	if err != nil {
		t.Fatal(err)
	}
	comments, err := os.ReadFile(filepath.Join(sample, "comments.atom"))
	if err != nil {
		t.Fatal(err)
	}
	return blog(t, posts, comments)
}
