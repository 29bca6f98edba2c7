package feed

import (
	"html"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// takeoutNS is the namespace of Blogger's later export format.
const takeoutNS = "schemas.google.com/blogger/2018"

var (
	// onePostID is the feed id of a single post's comments.
	onePostID = lazyregexp.New(`^tag:blogger\.com,1999:blog-(\d+)\.post(\d+)\.\.comments$`)
	// commentsPath is the address of a feed of comments with the numbers in it: on the
	// blog's host that of a post, on Blogger's own that of the blog before it.
	commentsPath = lazyregexp.New(`^https?://([^/]+)/feeds/(\d+)(/\d+)?/comments/(?:default|full|summary)(?:[?#].*)?$`)
)

// isBackup tells a blog's export from its feed.
func (p *page) isBackup() bool {
	return strings.HasSuffix(p.id, ".archive") && field.BloggerBlog(p.id) != "" || strings.Contains(p.head, takeoutNS)
}

// bloggerKind goes by the feed's id, or, where that does not say, by whether its
// entries reply to something.
func bloggerKind(p *page) verdict {
	known := field.BloggerBlog(p.id) != ""
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

// withoutTitleTypes passes over what titles are said to be: Blogger calls text what it
// escapes as HTML.
func (p *page) withoutTitleTypes() {
	p.kind = ""
	for i := range p.entries {
		p.entries[i].titleType = ""
	}
}

func bloggerDocument(p *page, d *Document) {
	d.BlogID = field.BloggerBlog(p.id)
	if m := onePostID.FindStringSubmatch(p.id); m != nil {
		d.OnePost, d.PostRef = true, field.BloggerID(m[1], m[2])
	} else if post := listedPost(p.where(), d.BlogID); post != "" && d.Kind == digest.CommentsFeed {
		// Without entries the id of a single post's comments is that of all comments.
		d.OnePost = true
		if d.BlogID != "" {
			d.PostRef = field.BloggerID(d.BlogID, post)
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
		c.PostRef = field.ID(ref)
	} else {
		c.PostRef = postAnswered(p, e, c)
	}
	// Posts carry rel=related too, their author's own link: only an address of
	// a comment names a parent.
	if _, parent, ok := field.BloggerComment(link(e.links, "related"), e.id); ok {
		c.ParentRef = parent
	}
	for _, property := range extensions(e.ext, "extendedProperty") {
		if property.Attrs["name"] == "blogger.contentRemoved" && property.Attrs["value"] == "true" {
			c.Gone, c.GoneReason = true, field.Short(field.Words(c.Body.HTML), field.MaxName)
		}
	}
}

// postAnswered names the post of a comment that does not say whom it answers.
func postAnswered(p *page, e *entry, c *CommentEntry) string {
	if only := onePostID.FindStringSubmatch(p.id); only != nil {
		return field.BloggerID(only[1], only[2])
	}
	if post, _, ok := field.BloggerComment(link(e.links, "self"), e.id); ok {
		return post
	}
	address, _, _ := strings.Cut(field.WithoutFragment(c.URL), "?")
	return address
}

// bloggerBody gives the text as HTML. Blogs with short feeds give a summary
// instead, which is plain text escaped as HTML.
func bloggerBody(e *entry) string {
	if content := e.said(); content != "" {
		return content
	}
	return field.HTML(html.UnescapeString(e.summary))
}
