package pull_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
)

// press serves the invented WordPress blog that package feed tests with.
type press struct {
	t        testing.TB
	comments string // the comments feed, if it is another one
	home     string // the home page, if it is another one
}

func (p *press) file(name string) string {
	return strings.ReplaceAll(fixture(p.t, "feed", name), "http://blog.test", "%BLOG%")
}

func (p *press) page(path, query string) (int, string, string) {
	switch {
	case path == "/" && query == "":
		if p.home != "" {
			return 200, html, p.home
		}
		return 200, html, `<html><head><meta name="generator" content="WordPress 6.7.1">` +
			`<link rel="alternate" type="application/rss+xml" title="Feed" href="%BLOG%/feed/" />` +
			`<link rel="alternate" type="application/rss+xml" title="Comments" href="%BLOG%/comments/feed/" /></head></html>`
	case path == "/2026/03/who-locks-the-water/":
		return 200, html, `<html><head><link rel="alternate" type="application/rss+xml" href="%BLOG%/feed/" />` +
			`<link rel="alternate" type="application/rss+xml" href="%BLOG%/2026/03/who-locks-the-water/feed/" />` +
			`<link rel="https://api.w.org/" href="%BLOG%/wp-json/" /></head></html>`
	case path == "/2026/03/who-locks-the-water/feed/":
		return 200, rss, strings.Replace(p.file("wordpress-comments.rss"), "%BLOG%/comments/feed/", "%BLOG%"+path, 1)
	case path == "/feed/" && query == "":
		return 200, rss, p.file("wordpress-posts.rss")
	case path == "/feed/" && query == "paged=2":
		return 200, rss, strings.NewReplacer("?p=41", "?p=11", "?p=37", "?p=12", "/2026/03/", "/2026/01/", "/2026/02/", "/2025/02/").Replace(p.file("wordpress-posts.rss"))
	case path == "/comments/feed/":
		switch p.comments {
		case "":
			return 200, rss, p.file("wordpress-comments.rss")
		case "none":
			return 404, html, "<html>not here</html>"
		}
		return 200, rss, p.comments
	}
	return 404, html, "<html>not here</html>"
}

const thatEvening = "2026-03-05T20:00:00Z"

func TestWordPressIsPulled(t *testing.T) {
	t.Parallel()
	db := database(t)
	r := newRig(t, newBlog(t, (&press{t: t}).page), db, thatEvening)
	src := r.add()
	equal(t, "name", src.Name, "The Allotment Gate – plots & people")
	equal(t, "language", src.Language, "en-GB")
	report := r.pull(src, poll.Options{})
	equal(t, "stored", counts(report.Stored), counts(pull.Stored{NewPosts: 2, NewComments: 3}))
	equal(t, "older ones are left", report.Older, true)
	// One post announces more comments than came, so its own feed is read, too.
	equal(t, "requests", fmt.Sprint(r.blog.asked()), "[/feed/ /comments/feed/ /2026/03/who-locks-the-water/feed/]")
	posts, comments := contents(t, db)
	equal(t, "link in a post", strings.Contains(fmt.Sprint(posts[0].Body), r.blog.url+"/rules/"), true)
	for i, want := range []string{"Bob (the builder)", "@ines Ines Vega", "Anonymous"} {
		equal(t, "author", comments[i].Author, want)
		equal(t, "post", comments[i].PostID, posts[min(1, i/2)].ID)
	}
	equal(t, "text", comments[0].Body.Text(), "I saw the parish van there at seven. They don’t ask.\n\nPlot 12 & 13 were dry all week.")

	r.clock.add(time.Hour)
	r.blog.asked()
	equal(t, "not modified", r.pull(src, poll.Options{}).NotModified, true)
	equal(t, "requests", fmt.Sprint(r.blog.asked()), "[/feed/ * /comments/feed/ *]")
}

func TestWordPressHistoryCountsPagesOfPosts(t *testing.T) {
	t.Parallel()
	r := newRig(t, newBlog(t, (&press{t: t}).page), database(t), thatEvening)
	report := r.pull(r.add(), poll.Options{History: true})
	equal(t, "posts", report.Stored.NewPosts, 4)
	equal(t, "requests", fmt.Sprint(r.blog.asked()), "[/feed/ /feed/?paged=2 /feed/?paged=3 /comments/feed/ "+
		"/wp-json/wp/v2/comments?order=asc&page=1&per_page=100 /2026/03/who-locks-the-water/feed/ /2026/01/who-locks-the-water/feed/]")
	equal(t, "notice", strings.Contains(fmt.Sprint(report.Notices), "newest comments only"), true)
}

func TestWordPressIsAskedUnconditionallyOnceADay(t *testing.T) {
	t.Parallel()
	r := newRig(t, newBlog(t, (&press{t: t}).page), database(t), thatEvening)
	src := r.add()
	r.pull(src, poll.Options{})
	r.blog.asked()
	for _, tt := range []struct {
		pass time.Duration
		want string
	}{
		{23 * time.Hour, "[/feed/ * /comments/feed/ *]"},
		{2 * time.Hour, "[/feed/ /comments/feed/]"},
		{2 * time.Hour, "[/feed/ * /comments/feed/ *]"},
	} {
		r.clock.add(tt.pass)
		r.due(src)
		equal(t, "requests at "+r.clock.Now().Format(time.TimeOnly), fmt.Sprint(r.blog.asked()), tt.want)
	}
	equal(t, "failures", r.feed(src, digest.CommentsFeed).Failures, 0)
}

func TestCrowdedWindowIsAskedSooner(t *testing.T) {
	t.Parallel()
	p := &press{t: t}
	r := newRig(t, newBlog(t, p.page), database(t), thatEvening)
	src := r.add()
	r.pull(src, poll.Options{})
	p.comments = strings.NewReplacer("#comment-104", "#comment-204", "#comment-102", "#comment-202", "#comment-88", "#comment-188").
		Replace(p.file("wordpress-comments.rss"))
	report := r.after(time.Hour).pull(src, poll.Options{})
	equal(t, "next poll", r.feed(src, digest.CommentsFeed).NextPoll.Sub(r.clock.Now()), pull.MinInterval)
	equal(t, "notice", strings.Contains(fmt.Sprint(report.Notices), "may have been missed"), true)
}

func TestWordPressIsFoundFromAnyAddress(t *testing.T) {
	t.Parallel()
	b := newBlog(t, (&press{t: t}).page)
	r := newRig(t, b, database(t), thatEvening)
	for _, path := range []string{"/", "/2026/03/who-locks-the-water/", "/feed/", "/comments/feed/", "/2026/03/who-locks-the-water/feed/"} {
		r.finds(b.url+path, "posts /feed/, comments /comments/feed/")
	}
}

func TestBlogWithoutComments(t *testing.T) {
	t.Parallel()
	p := &press{t: t}
	full := p.file("wordpress-comments.rss")
	p.comments = full[:strings.Index(full, "<item>")] + "</channel></rss>"
	r := newRig(t, newBlog(t, p.page), database(t), thatEvening)
	found := r.adds(r.blog.url)
	equal(t, "notice", fmt.Sprint(found.Notices), "[the blog has no comments yet]")
	equal(t, "posts", r.pull(found.Source, poll.Options{}).Stored.NewPosts, 2)
}

func TestBlogWithoutCommentsFeed(t *testing.T) {
	t.Parallel()
	for name, comments := range map[string]string{"missing": "none", "a page instead": "<html>welcome</html>"} {
		b := newBlog(t, (&press{t: t, comments: comments}).page)
		r := newRig(t, b, database(t), thatEvening)
		found, err := r.Add(t.Context(), nobody, b.url, firstSeries, discover.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		equal(t, name+": silent", found.Silent, false)
		equal(t, name+": feeds", len(found.Feeds), 1)
		equal(t, name+": notice", fmt.Sprint(found.Notices), "[there is no feed of all comments; those of each post are read from its own]")
		if n := len(b.asked()); n > discover.MaxDiscovery {
			t.Errorf("%s: %d requests", name, n)
		}
		equal(t, name+": posts", r.pull(found.Source, poll.Options{}).Stored.NewPosts, 2)
	}
}
