package feed

import (
	"postbag/digest"
)

// disqus reads the latest comments of a Disqus forum. They have no ids: the
// permalink holds the number.
var disqus = adapter{
	platform: digest.Disqus,
	is:       func(p *page) bool { return p.onHost("disqus.com") },
	kind:     onlyComments,
	comment: func(_ *page, e *entry, c *CommentEntry) {
		c.Key = numbered("comment-", commentMark, e.url)
		c.PostRef = withoutFragment(e.url)
	},
}

func onlyComments(*page) verdict { return verdict{digest.CommentsFeed, true} }
