package field

import (
	"cmp"

	"postbag/digest/lazyregexp"
)

var (
	bloggerID      = lazyregexp.New(`^tag:blogger\.com,1999:blog-(\d+)(?:\.|$)`)
	bloggerPost    = lazyregexp.New(`^tag:blogger\.com,1999:blog-\d+\.post-(\d+)$`)
	bloggerComment = lazyregexp.New(`^https?://[^/]+/feeds/(?:(\d+)/)?(\d+)/comments/default/(\d+)(?:[?#].*)?$`)
)

// BloggerBlog gives the number of the blog in the id of a Blogger blog, or of one of
// its entries; "" for another id.
func BloggerBlog(id string) string { return group(bloggerID, id) }

// BloggerPost gives the number in the id of an entry, a post or a comment; "" for
// another id.
func BloggerPost(id string) string { return group(bloggerPost, id) }

func group(pattern *lazyregexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// BloggerID is the id of a post or comment of a blog, by their numbers.
func BloggerID(blog, entry string) string {
	return "tag:blogger.com,1999:blog-" + blog + ".post-" + entry
}

// BloggerComment reads the address of a comment's own feed entry, and gives the ids
// of its post and of the comment. The blog is that of an entry's id, else the one in
// the address; ok is false where neither names it, and for another address.
func BloggerComment(address, entryID string) (post, comment string, ok bool) {
	m := bloggerComment.FindStringSubmatch(address)
	if m == nil {
		return "", "", false
	}
	blog := cmp.Or(BloggerBlog(entryID), m[1])
	return BloggerID(blog, m[2]), BloggerID(blog, m[3]), blog != ""
}
