package feed

import (
	"cmp"
	"html"
	"net/url"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/hostname"
	"postbag/digest/lazyregexp"
)

var (
	// discourseAddress is the address of a topic, or of a post in it: the topic's
	// address, its number, and the number of the post, which is in the path
	// (/t/SLUG/7/24) until March 2022 and then in the fragment
	// (/t/SLUG/7?page=2#post_24). A slug is never only digits.
	discourseAddress = lazyregexp.New(`^(https?://[^?#]*?/t/(?:\d*[^/?#\d][^/?#]*/)?(\d+))(?:/(\d+))?/?(?:\?[^#]*)?(?:#(?:post_(\d+)|.*))?$`)
	// discourseID is a guid: HOST-topic-TOPIC in lists of topics, HOST-post-ID in
	// posts.rss, HOST-post-TOPIC-NUMBER in the feed of a topic.
	discourseID    = lazyregexp.New(`^[A-Za-z0-9.:-]+-(topic|post)-(\d+)(?:-(\d+))?$`)
	discourseEmpty = lazyregexp.New(`^[^?#]*(?:/posts\.rss(?:[?#]|$)|/t/)`)
	// discourseFrame is what topic feeds of old put around a post: who wrote it, and a
	// link to the topic.
	discourseFrame = lazyregexp.New(`(?s)^\s*<p>[^<]*<a [^>]*>@?[^<]*</a>[^<]*</p>\s*<blockquote>\s*(.*?)\s*</blockquote>\s*<p>(?:<small>[^<]*</small>)?\s*<a [^>]*>[^<]*</a></p>\s*$`)
	// discourseTail is what stands behind a post in the forum's language: in lists of
	// topics how many posts and writers there are, and there and in topics a link to the
	// place. The numbers change with every answer, and posts.rss gives the post without.
	discourseTail = lazyregexp.New(`\s*(?:<p><small>[^<]*\d[^<]*</small></p>\s*)?<p><a href="(https?://[^"]*/t/[^"]*)">[^<]*</a></p>\s*$`)
	discourseUser = lazyregexp.New(`^@([A-Za-z0-9._-]+)`)
)

// A forum's topics are posts, and the posts in them comments, but for number 1,
// which is the topic itself. The same post has another guid in each feed, so it is
// named by its topic and its number in that.

// discoursePlace is a topic, or a post in it.
type discoursePlace struct {
	topic, id string // the topic's address and number
	number    string // of the post; "" where none is named
}

// discourseAt reads an address; ok is false for one that is neither a topic's nor a
// post's.
func discourseAt(address string) (at discoursePlace, ok bool) {
	m := discourseAddress.FindStringSubmatch(address)
	if m == nil {
		return at, false
	}
	return discoursePlace{m[1], m[2], cmp.Or(m[4], m[3])}, true
}

// discourseOf is the place of an entry, by its address, and where that names no post,
// by its guid.
func discourseOf(e *entry) (at discoursePlace, ok bool) {
	if at, ok = discourseAt(e.url); !ok || at.number != "" {
		return at, ok
	}
	if m := discourseID.FindStringSubmatch(e.id); m != nil && m[1] == "post" && m[2] == at.id {
		at.number = m[3]
	}
	return at, true
}

func hasDiscourseNames(p *page) bool {
	return strings.Contains(p.head, `xmlns:discourse="`) || p.every(func(e *entry) bool {
		_, ok := discourseAt(e.url)
		return ok && discourseID.MatchString(e.id)
	})
}

// discourseNote tells of a post without text that a topic was closed or moved.
func discourseNote(e *entry) digest.LeftOut {
	if discourseBody(e) == "" {
		return digest.PlatformNotice
	}
	return ""
}

// discourseTopic takes an entry without the number of a post for the topic, unless its
// guid is a post's and no entry of the page has a number: then the addresses do not
// tell which post is meant.
func discourseTopic(p *page, e *entry) bool {
	at, ok := discourseOf(e)
	if !ok || at.number != "" {
		return ok && at.number == "1"
	}
	return p.numbered || !isDiscourseComment(e)
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
	to, isPlace := discourseAt(html.UnescapeString(body[at[2]:at[3]]))
	here, _ := discourseOf(e)
	if !isPlace || to.id != here.id || cmp.Or(to.number, "1") != cmp.Or(here.number, "1") {
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
	p.numbered = p.some(func(e *entry) bool {
		at, _ := discourseOf(e)
		return at.number != ""
	})
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
	d.NextURL, d.NextMade = field.URL("", u.String()), true
}

func discoursePost(_ *page, e *entry, post *PostEntry) {
	at, ok := discourseOf(e)
	if !ok {
		return
	}
	post.URL, post.Key = at.topic, "topic-"+at.id
	post.ID = hostname.Of(at.topic) + "-topic-" + at.id
	post.CommentsURL = at.topic + ".rss"
}

// discourseComment names a post whose number is not known by its guid.
func discourseComment(_ *page, e *entry, c *CommentEntry) {
	at, ok := discourseOf(e)
	if !ok {
		return
	}
	c.PostRef, c.PostKey = at.topic, "topic-"+at.id
	if at.number != "" {
		c.Key = "post-" + at.id + "-" + at.number
		c.ID = hostname.Of(at.topic) + "-" + c.Key
	}
	if user := discourseUser.FindStringSubmatch(c.Author); user != nil {
		site, _, _ := strings.Cut(at.topic, "/t/")
		c.AuthorURI = site + "/u/" + user[1]
	}
}
