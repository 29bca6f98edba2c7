package feed

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/hostname"
)

var (
	// discoursePlace is the address of a topic, or of a post in it: the topic's
	// address, its number and the number of the post.
	discoursePlace = regexp.MustCompile(`^(https?://[^?#]*?/t/(?:[^/?#]+/)?(\d+))(?:/(\d+))?/?(?:[?#].*)?$`)
	// discourseID is a guid: HOST-topic-TOPIC in lists of topics, HOST-post-ID in
	// posts.rss, HOST-post-TOPIC-NUMBER in the feed of a topic.
	discourseID    = regexp.MustCompile(`^[A-Za-z0-9.:-]+-(topic|post)-(\d+)(?:-\d+)?$`)
	discourseEmpty = regexp.MustCompile(`^[^?#]*(?:/posts\.rss(?:[?#]|$)|/t/)`)
	// discourseFrame is what topic feeds of old put around a post: who wrote it, and a
	// link to the topic.
	discourseFrame = regexp.MustCompile(`(?s)^\s*<p>[^<]*<a [^>]*>@?[^<]*</a>[^<]*</p>\s*<blockquote>\s*(.*?)\s*</blockquote>\s*<p>(?:<small>[^<]*</small>)?\s*<a [^>]*>[^<]*</a></p>\s*$`)
	// discourseTail is what stands behind a post in the forum's language: in lists of
	// topics how many posts and writers there are, and there and in topics a link to the
	// place. The numbers change with every answer, and posts.rss gives the post without.
	discourseTail = regexp.MustCompile(`\s*(?:<p><small>[^<]*\d[^<]*</small></p>\s*)?<p><a href="(https?://[^"]*/t/[^"]*)">[^<]*</a></p>\s*$`)
	discourseUser = regexp.MustCompile(`^@([A-Za-z0-9._-]+)`)
)

// A forum's topics are posts, and the posts in them comments, but for number 1,
// which is the topic itself. The same post has another guid in each feed, so it is
// named by its address.

func hasDiscourseNames(p *page) bool {
	return strings.Contains(p.head, `xmlns:discourse="`) ||
		p.every(func(e *entry) bool { return discourseID.MatchString(e.id) && discoursePlace.MatchString(e.url) })
}

// discourseNote tells of a post without text that a topic was closed or moved.
func discourseNote(e *entry) string {
	if discourseBody(e) == "" {
		return "it is a note of the forum without text"
	}
	return ""
}

func discourseTopic(_ *page, e *entry) bool {
	m := discoursePlace.FindStringSubmatch(e.url)
	return m != nil && (m[3] == "" || m[3] == "1")
}

// discourseBody takes a post out of what the forum puts around it. A link at the end
// that leads elsewhere is the writer's own.
func discourseBody(e *entry) string {
	body := strings.TrimSpace(e.body())
	if m := discourseFrame.FindStringSubmatch(body); m != nil {
		return m[1]
	}
	at := discourseTail.FindStringSubmatchIndex(body)
	if at == nil {
		return body
	}
	to, here := discoursePlace.FindStringSubmatch(body[at[2]:at[3]]), discoursePlace.FindStringSubmatch(e.url)
	first := []string{"", "1"}
	if to == nil || here == nil || to[2] != here[2] || to[3] != here[3] && !(slices.Contains(first, to[3]) && slices.Contains(first, here[3])) {
		return body
	}
	return body[:at[0]]
}

func isDiscourseComment(e *entry) bool {
	m := discourseID.FindStringSubmatch(e.id)
	return m != nil && m[1] == "post"
}

// discourseDocument finds the older posts: posts.rss gives those before a number
// of a post, which stands in the guids. What the list is called ("Latest topics")
// is no part of the forum's name.
func discourseDocument(p *page, d *Document) {
	if name, ok := strings.CutSuffix(d.Title, " - "+field.Title(p.about)); ok && name != "" && p.about != "" {
		d.Title = name
	}
	where := p.url
	if where == "" {
		where = p.self
	}
	u, err := url.Parse(where)
	if err != nil {
		return
	}
	d.OnePost = d.Kind == digest.CommentsFeed && strings.Contains(u.Path, "/t/")
	lowest := 0
	for _, e := range p.entries {
		m := discourseID.FindStringSubmatch(e.id)
		if m == nil {
			continue
		}
		if n := field.Number(m[2]); n > 0 && (lowest == 0 || n < lowest) {
			lowest = n
		}
	}
	if !strings.HasSuffix(u.Path, "/posts.rss") || lowest <= 1 || d.NextURL != "" {
		return
	}
	q := u.Query()
	q.Set("before", strconv.Itoa(lowest))
	u.RawQuery = q.Encode()
	d.NextURL = field.URL("", u.String())
}

func discoursePost(_ *page, e *entry, post *PostEntry) {
	m := discoursePlace.FindStringSubmatch(e.url)
	if m == nil {
		return
	}
	post.URL, post.Key = m[1], "topic-"+m[2]
	post.ID = hostname.Of(m[1]) + "-topic-" + m[2]
	post.CommentsURL = m[1] + ".rss"
}

func discourseComment(_ *page, e *entry, c *CommentEntry) {
	m := discoursePlace.FindStringSubmatch(e.url)
	if m == nil {
		return
	}
	c.PostRef, c.PostKey = m[1], "topic-"+m[2]
	c.Key = "post-" + m[2] + "-" + m[3]
	c.ID = hostname.Of(m[1]) + "-" + c.Key
	if user := discourseUser.FindStringSubmatch(c.Author); user != nil {
		if site, _, ok := strings.Cut(m[1], "/t/"); ok {
			c.AuthorURI = site + "/u/" + user[1]
		}
	}
}
