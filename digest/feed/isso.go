package feed

import (
	"regexp"

	"postbag/digest"
	"postbag/digest/field"
)

var (
	// issoID is the id of an entry: the thread and the comment. That of the feed
	// names the page instead.
	issoID   = regexp.MustCompile(`^tag:[^,]+,2018:/isso/\d+/(\d+)$`)
	issoFeed = regexp.MustCompile(`^tag:[^,]+,2018:/isso/thread/`)
)

// isso reads the comments of one page, kept by Isso. Only replies say what they
// reply to, and the only time is that of the last edit.
var isso = adapter{
	platform: digest.Isso,
	is: func(p *page) bool {
		return issoFeed.MatchString(p.id) || p.every(func(e *entry) bool { return issoID.MatchString(e.id) })
	},
	kind:     onlyComments,
	document: func(_ *page, d *Document) { d.OnePost = true },
	comment: func(_ *page, e *entry, c *CommentEntry) {
		c.PostRef = field.WithoutFragment(e.url)
		c.Key = numbered("isso-", issoID, e.id)
		for _, r := range e.repliesTo() {
			c.ParentRef, c.ParentKey = r.ref, numbered("isso-", issoID, r.ref)
		}
	},
}
