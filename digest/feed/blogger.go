package feed

import (
	"html"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed/atom"

	"postbag/digest"
)

// takeoutNS is the namespace of Blogger's later export format.
const takeoutNS = "schemas.google.com/blogger/2018"

var (
	// bloggerID is the id of a blog's feed or of one of its entries.
	bloggerID = regexp.MustCompile(`^tag:blogger\.com,1999:blog-(\d+)(?:\.|$)`)
	// onePostID is the feed id of a single post's comments.
	onePostID = regexp.MustCompile(`^tag:blogger\.com,1999:blog-(\d+)\.post(\d+)\.\.comments$`)
	// commentPath is the address of a comment's own feed entry: the blog
	// (optional), the post and the comment.
	commentPath = regexp.MustCompile(`^https?://[^/]+/feeds/(?:(\d+)/)?(\d+)/comments/default/(\d+)(?:[?#].*)?$`)
)

// blogger reads Blogger's Atom.
func (p atomPage) blogger() (*Document, error) {
	d := p.document(digest.Blogger)
	if m := bloggerID.FindStringSubmatch(p.feed.ID); m != nil {
		d.BlogID = m[1]
	}
	post := ""
	if m := onePostID.FindStringSubmatch(p.feed.ID); m != nil {
		d.OnePost, post = true, postID(m[1], m[2])
	}
	d.Kind = digest.PostsFeed
	if d.OnePost || strings.HasSuffix(p.feed.ID, ".comments") || p.replies() {
		d.Kind = digest.CommentsFeed
	}
	for i, e := range p.feed.Entries {
		if d.Kind == digest.PostsFeed {
			d.addPost(p.post(i, e, bloggerBody(e)))
		} else {
			d.addComment(p.bloggerComment(i, e, post))
		}
	}
	return d, nil
}

// replies tells whether the feed's entries reply to something, for a feed whose
// id does not say what it lists.
func (p atomPage) replies() bool {
	if bloggerID.MatchString(p.feed.ID) || len(p.feed.Entries) == 0 {
		return false
	}
	_, ok := extension(p.feed.Entries[0].Extensions, "in-reply-to")
	return ok
}

// bloggerComment reads one comment; post is the id of the only post of the
// feed, or "".
func (p atomPage) bloggerComment(i int, e *atom.Entry, post string) CommentEntry {
	c := p.comment(i, e, bloggerBody(e))
	self := commentPath.FindStringSubmatch(link(e.Links, "self"))
	reply, _ := extension(e.Extensions, "in-reply-to")
	switch {
	case reply.Attrs["ref"] != "":
		c.PostRef = id(reply.Attrs["ref"])
	case post != "":
		c.PostRef = post
	case self != nil && blogOf(e.ID, self) != "":
		c.PostRef = postID(blogOf(e.ID, self), self[2])
	default:
		c.PostRef = webURL("", withoutFragment(c.URL))
	}
	// Posts carry rel=related too, their author's own link: only an address of
	// a comment names a parent.
	if m := commentPath.FindStringSubmatch(link(e.Links, "related")); m != nil {
		if parent := postID(blogOf(e.ID, m), m[3]); parent != c.ID {
			c.ParentRef = parent
		}
	}
	for _, property := range extensions(e.Extensions, "extendedProperty") {
		if property.Attrs["name"] == "blogger.contentRemoved" && property.Attrs["value"] == "true" {
			c.Gone, c.GoneReason = true, short(plain(textOf(c.Body.HTML)), maxName)
		}
	}
	return c
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
func bloggerBody(e *atom.Entry) string {
	if e.Content != nil && e.Content.Value != "" {
		return e.Content.Value
	}
	return textHTML(html.UnescapeString(e.Summary))
}
