package sampleblog_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest/sampleblog"
)

func TestPostsFeed(t *testing.T) {
	b := sampleblog.New(noon)
	f := getFeed(t, b, "/feeds/posts/default")
	if f.Title != "Not In Service" || f.Total != 5 || f.Start != 1 || f.PerPage != 25 || len(f.Entries) != 5 {
		t.Errorf("%s: %d entries of %d from %d by %d", f.Title, len(f.Entries), f.Total, f.Start, f.PerPage)
	}
	posts := b.Posts()
	for i, e := range f.Entries {
		p := posts[len(posts)-1-i]
		if e.ID != f.ID+".post-"+p.ID || e.Title != p.Title || e.Content != p.HTML {
			t.Errorf("%s is not %s", e.ID, p.Path)
		}
		if !e.Published.Equal(p.Published) || !e.Updated.After(e.Published) {
			t.Errorf("%s published %v, updated %v", e.ID, e.Published, e.Updated)
		}
		if href(e.Links, "alternate", "") != host+p.Path {
			t.Errorf("%s stands at %s", e.ID, href(e.Links, "alternate", ""))
		}
		replies := getFeed(t, b, href(e.Links, "replies", "application/atom+xml"))
		if replies.Total != e.Total || replies.ID != fmt.Sprintf("%s.post%s..comments", f.ID, p.ID) ||
			replies.Title != "Comments on Not In Service: "+p.Title {
			t.Errorf("%s: %d of %d comments, %s", replies.ID, replies.Total, e.Total, replies.Title)
		}
	}
}

func TestCommentsFeed(t *testing.T) {
	b := sampleblog.New(noon)
	f := getFeed(t, b, "/feeds/comments/default?max-results=500")
	all := b.Comments()
	if len(f.Entries) != len(all) || !strings.HasSuffix(f.ID, ".comments") {
		t.Fatalf("%s: %d entries", f.ID, len(f.Entries))
	}
	blog := strings.TrimSuffix(f.ID, ".comments")
	number := strings.TrimPrefix(blog, "tag:blogger.com,1999:blog-")
	unlinked, classes := 0, map[string]bool{}
	for i, e := range f.Entries {
		c := all[len(all)-1-i]
		folder := fmt.Sprintf("%s/feeds/%s/%s/comments/default/", host, number, c.PostID)
		if e.ID != blog+".post-"+c.ID || e.Content != c.HTML || !e.Published.Equal(c.Published) || e.Author.Name != c.Author {
			t.Errorf("%s is not %s", e.ID, c.ID)
		}
		if e.InReplyTo.Ref != blog+".post-"+c.PostID || href(e.Links, "self", "") != folder+c.ID {
			t.Errorf("%s answers %s", e.ID, e.InReplyTo.Ref)
		}
		related := ""
		if c.ParentID != "" {
			related = folder + c.ParentID
		}
		if href(e.Links, "related", "") != related {
			t.Errorf("%s related to %q, want %q", e.ID, href(e.Links, "related", ""), related)
		}
		link := fmt.Sprintf("?showComment=%d#c%s", c.Published.UnixMilli(), c.ID)
		if have := href(e.Links, "alternate", ""); have == "" {
			unlinked++
		} else if !strings.HasSuffix(have, link) {
			t.Errorf("%s stands at %s", e.ID, have)
		}
		checkTitle(t, e, c)
		if e.Author.URI == "" {
			classes[e.property("blogger.itemClass")] = true
		}
	}
	if unlinked != 1 || len(classes) != 1 {
		t.Errorf("%d without permalink, classes %v", unlinked, classes)
	}
}

func checkTitle(t *testing.T, e atomEntry, c sampleblog.Comment) {
	t.Helper()
	if c.Removed && (e.Title != "" || e.property("blogger.contentRemoved") != "true") || !c.Removed && e.Title == "" {
		t.Errorf("%s, removed %v, has the title %q", e.ID, c.Removed, e.Title)
	}
}

func TestCommentTitle(t *testing.T) {
	b := sampleblog.New(noon)
	for html, want := range map[string]string{
		"One<br />two":                         "One\ntwo",
		"<b>Bold</b> &amp; plain":              "Bold &amp; plain",
		strings.Repeat("é", 50):                strings.Repeat("é", 50),
		strings.Repeat("é", 51):                strings.Repeat("é", 50) + "...",
		strings.Repeat("x", 47) + "&quot;tail": strings.Repeat("x", 47) + "&qu...",
	} {
		if _, err := b.Add(0, "", "", html, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		feed := getFeed(t, b, "/feeds/comments/default?max-results=500")
		if !slices.ContainsFunc(feed.Entries, func(e atomEntry) bool { return e.Content == html && e.Title == want }) {
			t.Errorf("%s has not the title %q", html, want)
		}
	}
}

func TestLinksLeadSomewhere(t *testing.T) {
	b := sampleblog.New(noon)
	for _, e := range getFeed(t, b, "/feeds/comments/default?max-results=500").Entries {
		for _, l := range []atomLink{{Href: href(e.Links, "alternate", "")}, {Href: e.Author.URI}} {
			if l.Href == "" {
				continue
			}
			u, err := url.Parse(l.Href)
			if err != nil || u.Scheme+"://"+u.Host != host {
				t.Fatalf("%s: %v", l.Href, err)
			}
			if rec := get(t, b, u.RequestURI()); rec.Code != 200 {
				t.Errorf("%s: %d", l.Href, rec.Code)
			}
		}
	}
}

func TestPaging(t *testing.T) {
	b := sampleblog.New(noon)
	want := b.Stats().Comments
	for _, q := range []string{"", "?max-results=7", "?max-results=500"} {
		if n := len(walk(t, b, "/feeds/comments/default"+q)); n != want {
			t.Errorf("%q: walked %d of %d", q, n, want)
		}
	}
	f := getFeed(t, b, "/feeds/comments/default?start-index=26&max-results=25")
	self, previous := href(f.Links, "self", ""), href(f.Links, "previous", "")
	if !strings.HasSuffix(self, "?start-index=26&max-results=25") || !strings.HasSuffix(previous, "?max-results=25&start-index=1") {
		t.Errorf("self %s, previous %s", self, previous)
	}
	if f := getFeed(t, b, "/feeds/posts/default?max-results=900"); f.PerPage != 150 {
		t.Errorf("%d posts a page", f.PerPage)
	}
	if f := getFeed(t, b, "/feeds/comments/default?start-index=900"); len(f.Entries) != 0 || href(f.Links, "next", "") != "" {
		t.Errorf("beyond the end: %d entries", len(f.Entries))
	}
}

func TestHooks(t *testing.T) {
	b := sampleblog.New(noon)
	before := b.Stats()
	top := b.Comments()[0]
	id, err := b.Add(0, top.ID, "", "New & <b>bold</b>", noon)
	if err != nil || !regexp.MustCompile(`^\d{19}$`).MatchString(id) {
		t.Fatal(id, err)
	}
	f := getFeed(t, b, "/feeds/comments/default")
	if e := f.Entries[0]; !strings.HasSuffix(e.ID, id) || e.Content != "New & <b>bold</b>" || e.Author.Name != "Anonymous" {
		t.Errorf("added: %+v", e)
	}
	if err := b.Edit(id, "Other words."); err != nil {
		t.Fatal(err)
	}
	if err := b.Remove(id); err != nil {
		t.Fatal(err)
	}
	e := getFeed(t, b, "/feeds/comments/default").Entries[0]
	if e.property("blogger.contentRemoved") != "true" || !e.Updated.Equal(e.Published) {
		t.Errorf("removed: %+v", e)
	}
	if s := b.Stats(); s.Comments != before.Comments+1 || s.Removed != before.Removed+1 || s.Replies != before.Replies+1 {
		t.Errorf("%+v after %+v", s, before)
	}
	if b.Remove("1") == nil || b.Edit("1", "") == nil {
		t.Error("an unknown comment was changed")
	}
	if _, err := b.Add(9, "", "", "x", noon); err == nil {
		t.Error("added below no post")
	}
	if _, err := b.Add(1, top.ID, "", "x", noon); err == nil {
		t.Error("answered a comment of another post")
	}
}
