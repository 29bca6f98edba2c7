package feed

import (
	"net/url"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

var (
	// nodeBBPlace is the address of a topic, or of a post in one, which does not name its
	// topic. A post that came from another server has an address for a number.
	nodeBBPlace = lazyregexp.New(`^(https?://[^?#]*?)/(?:(topic)/(\d+)(?:/[^?#]*)?|(post)/(\d+|https?:[^?#]+))(?:[?#].*)?$`)
	// nodeBBFeed is the path of a feed of NodeBB.
	nodeBBFeed = lazyregexp.New(`/(?:topics|recent|recentposts|popular|top|topic/\d+|category/\d+(?:/recentposts)?|(?:popular|top)/[a-z]+|tags/[^/]+)\.rss$`)
	nodeBBOne  = lazyregexp.New(`^(https?://[^?#]*?)/topic/(\d+)(?:/[^?#]*)?(?:\.rss)?(?:[?#].*)?$`)
	// nodeBBWhole is the address of a feed of the whole forum: the forum's before it.
	nodeBBWhole = lazyregexp.New(`^(https?://[^?#]*/)(?:topics|recent|recentposts|popular|top)(?:/[a-z]+)?\.rss(?:[?#].*)?$`)
	// nodeBBPart is the end of that of a part of it.
	nodeBBPart  = lazyregexp.New(`/(?:category/\d+|user/[^/]+)/$`)
	nodeBBEmpty = lazyregexp.New(`/recentposts\.rss|/topic/\d+\.rss`)
)

// nodeBBPage is how many posts a page of recent ones holds.
const nodeBBPage = 20

// A forum's topics are posts. Its feeds of posts name the topic by its title alone; that
// of one topic is about the topic that it names.

func hasNodeBBNames(p *page) bool {
	return (strings.EqualFold(p.generator, "RSS for Node") || nodeBBFeed.MatchString(field.PathOf(p.where()))) &&
		(p.every(func(e *entry) bool { return nodeBBPlace.MatchString(e.url) }) || len(p.entries) == 0 && nodeBBEmpty.MatchString(p.where()))
}

func isNodeBBPost(e *entry) bool {
	m := nodeBBPlace.FindStringSubmatch(e.url)
	return m != nil && m[4] != ""
}

// nodeBBDocument finds the older posts, which are asked for by the number of a page, and
// the topic of a feed that is about one. What a list of the whole forum is called and where
// it can be read ("Recent Posts") is neither the forum's name nor its home.
func nodeBBDocument(p *page, d *Document) {
	if m := nodeBBWhole.FindStringSubmatch(p.where()); m != nil && !nodeBBPart.MatchString(m[1]) {
		d.Title, d.HomeURL = "", field.URL("", m[1])
	}
	if d.Kind != digest.CommentsFeed {
		return
	}
	if m := nodeBBOne.FindStringSubmatch(p.where()); m != nil {
		d.OnePost, d.PostRef = true, m[1]+"/topic/"+m[2]
		return
	}
	u, err := url.Parse(p.url)
	if err != nil || len(p.entries) < nodeBBPage || !strings.HasSuffix(u.Path, "/recentposts.rss") {
		return
	}
	q := u.Query()
	q.Set("page", strconv.Itoa(max(1, field.Number(q.Get("page")))+1))
	u.RawQuery = q.Encode()
	d.NextURL = field.URL("", u.String())
}

// nodeBBPostEntry reads a topic. Only the feed of new topics gives the topic's own writer
// and text; the others give those of its newest post.
func nodeBBPostEntry(p *page, e *entry, post *PostEntry) {
	m := nodeBBPlace.FindStringSubmatch(e.url)
	if m == nil || m[2] == "" {
		return
	}
	post.ID, post.Key, post.Ref = m[1]+"/topic/"+m[3], "topic-"+m[3], titleRef(e.title)
	post.CommentsURL = post.ID + ".rss"
	if path := field.PathOf(p.where()); !strings.HasSuffix(path, "/topics.rss") || strings.Contains(path, "/user/") {
		post.Author, post.Body.HTML, post.Hash = "", "", field.Hash(e.title)
	}
}

func nodeBBComment(p *page, e *entry, c *CommentEntry) {
	m := nodeBBPlace.FindStringSubmatch(e.url)
	if m == nil || m[4] == "" {
		return
	}
	c.ID = m[1] + "/post/" + m[5]
	if field.Number(m[5]) >= 0 {
		c.Key = "post-" + m[5]
	}
	if one := nodeBBOne.FindStringSubmatch(p.where()); one != nil {
		c.PostRef, c.PostKey = one[1]+"/topic/"+one[2], "topic-"+one[2]
		return
	}
	c.PostRef = titleRef(e.title)
}
