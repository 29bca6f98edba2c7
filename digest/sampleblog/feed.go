package sampleblog

import (
	_ "embed"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"text/template"
	"time"
)

// The most entries Blogger gives on one page, and what it gives unless asked.
const (
	commentLimit = 500
	postLimit    = 150
	pageSize     = 25

	idPrefix = "tag:blogger.com,1999:blog-"
)

//go:embed pages/feed.atom
var feedText string

var (
	feedTemplate = template.Must(template.New("feed").Funcs(template.FuncMap{
		"x":     html.EscapeString,
		"stamp": func(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") },
	}).Parse(feedText))
)

// feed is what the template sees: one page of a feed of posts or of comments.
type feed struct {
	view
	ID, Title            string
	Public, Own, Page    string // where it stands: on the blog's host, by blog id, as HTML
	Self, Next, Previous string // queries, or empty
	Start, Max, Total    int    // Start counts from 1
	Updated              time.Time
	Posts                []Post // one of the two is filled
	Comments             []*Comment
}

// feed makes a page of a feed: of posts, or of the comments of all posts or one.
// Each stands under two addresses: the public one, and the one by the blog's
// id, which links inside feeds use.
func (b *Blog) feed(r *http.Request, kind string) (answer, error) {
	f := &feed{
		view: b.view(r), ID: idPrefix + b.id, Title: blogName, Page: "/",
		Public: "/feeds/" + kind + "/default", Own: "/feeds/" + b.id + "/" + kind + "/default",
	}
	values := r.URL.Query()
	var err1, err2 error
	f.Start, err1 = number(values, "start-index", 1, 1)
	f.Max, err2 = number(values, "max-results", pageSize, 0)
	if alt := values.Get("alt"); err1 != nil || err2 != nil || alt != "" && alt != "atom" {
		return answer{}, errNotServed
	}
	if kind == "posts" {
		f.Max = min(f.Max, postLimit)
		f.Posts = window(f, b.posts)
		f.Updated = b.posts[len(b.posts)-1].Updated
	} else if err := f.list(r.PathValue("post")); err != nil {
		return answer{}, err
	}
	f.links(r.URL)
	return answer{"application/atom+xml; charset=UTF-8", feedTemplate, f}, nil
}

// list fills in the comments of a post, or of all for the blog's id and for "".
func (f *feed) list(id string) error {
	f.Max = min(f.Max, commentLimit)
	f.Updated = f.comments[len(f.comments)-1].Published
	if id == "" || id == f.id {
		f.ID += ".comments"
		f.Comments = window(f, f.comments)
		return nil
	}
	post := f.post(func(p Post) bool { return p.ID == id })
	if post == nil {
		return errNotFound
	}
	f.ID += ".post" + id + "..comments"
	f.Title = "Comments on " + blogName + ": " + post.Title
	f.Public = "/feeds/" + id + "/comments/default"
	f.Own = "/feeds/" + f.id + "/" + id + "/comments/default"
	f.Page = post.Path
	f.Comments = window(f, f.under(id))
	return nil
}

// window gives the entries of the feed's page, the newest first.
func window[E any](f *feed, oldestFirst []E) []E {
	all := slices.Clone(oldestFirst)
	slices.Reverse(all)
	f.Total = len(all)
	first := min(f.Start-1, f.Total)
	return all[first:min(first+f.Max, f.Total)]
}

// links sets the queries of this page and its neighbours.
func (f *feed) links(asked *url.URL) {
	at := func(start int) string {
		v := asked.Query()
		v.Set("start-index", strconv.Itoa(start))
		v.Set("max-results", strconv.Itoa(f.Max))
		return "?" + v.Encode()
	}
	if asked.RawQuery != "" {
		f.Self = "?" + asked.RawQuery
	}
	shown := len(f.Posts) + len(f.Comments)
	if shown > 0 && f.Start-1+shown < f.Total {
		f.Next = at(f.Start + f.Max)
	}
	if f.Start > 1 && f.Max > 0 {
		f.Previous = at(max(1, f.Start-f.Max))
	}
}

func number(v url.Values, key string, unset, least int) (int, error) {
	if !v.Has(key) {
		return unset, nil
	}
	n, err := strconv.Atoi(v.Get(key))
	if err == nil && n < least {
		err = fmt.Errorf("%s is %d", key, n)
	}
	return n, err
}
