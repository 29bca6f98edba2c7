package feed

import (
	"regexp"

	"postbag/digest"
	"postbag/digest/field"
)

// disqusThread is the path of the feed of one page's comments.
var disqusThread = regexp.MustCompile(`^/[^/]+/latest\.rss$`)

// disqus reads the latest comments of a Disqus forum. They have no ids: the
// permalink holds the number.
var disqus = adapter{
	platform: digest.Disqus,
	is:       func(p *page) bool { return p.onHost("disqus.com") },
	kind:     onlyComments,
	document: func(p *page, d *Document) { d.OnePost = disqusThread.MatchString(field.PathOf(p.where())) },
	comment: func(_ *page, e *entry, c *CommentEntry) {
		c.Key = numbered("comment-", commentMark, e.url)
		c.PostRef = field.WithoutFragment(e.url)
	},
}

func onlyComments(*page) verdict { return verdict{digest.CommentsFeed, true} }
