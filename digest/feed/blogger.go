package feed

import (
	"html"
	"regexp"
	"strings"

	"postbag/digest"
)

// takeoutNS is the namespace of Blogger's later export format.
const takeoutNS = "schemas.google.com/blogger/2018"

var (
	// bloggerID is the id of a blog's feed or of one of its entries.
	bloggerID = regexp.MustCompile(`^tag:blogger\.com,1999:blog-(\d+)(?:\.|$)`)
	// onePostID is the feed id of a single post's comments.
	onePostID = regexp.MustCompile(`^tag:blogger\.com,1999:blog-(\d+)\.post(\d+)\.\.comments$`)
	// commentsPath is the address of a feed of comments with the numbers in it: on the
	// blog's host that of a post, on Blogger's own that of the blog before it.
	commentsPath = regexp.MustCompile(`^https?://([^/]+)/feeds/(\d+)(/\d+)?/comments/(?:default|full|summary)(?:[?#].*)?$`)
	// commentPath is the address of a comment's own feed entry: the blog
	// (optional), the post and the comment.
	commentPath = regexp.MustCompile(`^https?://[^/]+/feeds/(?:(\d+)/)?(\d+)/comments/default/(\d+)(?:[?#].*)?$`)
)

// blogger reads Blogger's Atom, and its RSS, which does not tell replies from
// other comments.
var blogger = adapter{
	platform: digest.Blogger,
	is: func(p *page) bool {
		return bloggerID.MatchString(p.id) || strings.HasPrefix(strings.ToLower(p.generator), "blogger") ||
			p.made("www.blogger.com")
	},
	kind:     bloggerKind,
	document: bloggerDocument,
	body:     bloggerBody,
	comment:  bloggerComment,
}

// isBackup tells a blog's export from its feed.
func (p *page) isBackup() bool {
	return strings.HasSuffix(p.id, ".archive") && bloggerID.MatchString(p.id) || strings.Contains(p.head, takeoutNS)
}

// bloggerKind goes by the feed's id, or, where that does not say, by whether its
// entries reply to something.
func bloggerKind(p *page) verdict {
	known := bloggerID.MatchString(p.id)
	switch {
	case known && strings.HasSuffix(p.id, ".comments"):
		return verdict{digest.CommentsFeed, true}
	case p.some(func(e *entry) bool { return strings.Contains(e.url, "showComment=") }):
		return verdict{digest.CommentsFeed, true}
	case !known && p.some(func(e *entry) bool { return len(e.repliesTo()) > 0 }):
		return verdict{digest.CommentsFeed, true}
	}
	return verdict{digest.PostsFeed, known || len(p.entries) > 0}
}

func bloggerDocument(p *page, d *Document) {
	if m := bloggerID.FindStringSubmatch(p.id); m != nil {
		d.BlogID = m[1]
	}
	if m := onePostID.FindStringSubmatch(p.id); m != nil {
		d.OnePost, d.PostRef = true, postID(m[1], m[2])
	} else if post := listedPost(p.where(), d.BlogID); post != "" && d.Kind == digest.CommentsFeed {
		// Without entries the id of a single post's comments is that of all comments.
		d.OnePost = true
		if d.BlogID != "" {
			d.PostRef = postID(d.BlogID, post)
		}
	}
}

// listedPost gives the number of the post whose comments are listed at an address,
// "" where all of a blog's are.
func listedPost(address, blog string) string {
	m := commentsPath.FindStringSubmatch(address)
	switch {
	case m == nil:
		return ""
	case m[3] != "":
		return m[3][1:]
	case m[2] == blog, strings.HasSuffix(m[1], "blogger.com"):
		return ""
	}
	return m[2]
}

// bloggerComment ties a comment to its post and, in Atom, to its parent, and
// sees whether it was removed.
func bloggerComment(p *page, e *entry, c *CommentEntry) {
	reply, _ := extension(e.ext, "in-reply-to")
	if ref := reply.Attrs["ref"]; ref != "" {
		c.PostRef = id(ref)
	} else {
		c.PostRef = postAnswered(p, e, c)
	}
	// Posts carry rel=related too, their author's own link: only an address of
	// a comment names a parent.
	if m := commentPath.FindStringSubmatch(link(e.links, "related")); m != nil {
		c.ParentRef = postID(blogOf(e.id, m), m[3])
	}
	for _, property := range extensions(e.ext, "extendedProperty") {
		if property.Attrs["name"] == "blogger.contentRemoved" && property.Attrs["value"] == "true" {
			c.Gone, c.GoneReason = true, short(plain(textOf(c.Body.HTML)), maxName)
		}
	}
}

// postAnswered names the post of a comment that does not say whom it answers.
func postAnswered(p *page, e *entry, c *CommentEntry) string {
	if only := onePostID.FindStringSubmatch(p.id); only != nil {
		return postID(only[1], only[2])
	}
	self := commentPath.FindStringSubmatch(link(e.links, "self"))
	if self != nil && blogOf(e.id, self) != "" {
		return postID(blogOf(e.id, self), self[2])
	}
	address, _, _ := strings.Cut(withoutFragment(c.URL), "?")
	return address
}

// blogOf takes the number of the blog from an entry's id, else from an address.
func blogOf(entryID string, path []string) string {
	if m := bloggerID.FindStringSubmatch(entryID); m != nil {
		return m[1]
	}
	return path[1]
}

func postID(blog, post string) string { return "tag:blogger.com,1999:blog-" + blog + ".post-" + post }

// bloggerBody gives the text as HTML. Blogs with short feeds give a summary
// instead, which is plain text escaped as HTML.
func bloggerBody(e *entry) string {
	if e.content != "" {
		return e.content
	}
	return textHTML(html.UnescapeString(e.summary))
}
