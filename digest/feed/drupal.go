package feed

import (
	"regexp"

	"postbag/digest"
)

var (
	// drupalID is the guid of a node or a comment.
	drupalID       = regexp.MustCompile(`^(?:(comment) )?(\d+) at https?://`)
	drupalFragment = regexp.MustCompile(`#comment-(\d+)$`)
	drupalNode     = regexp.MustCompile(`/node/(\d+)(?:[/?#]|$)`)
	drupalAlone    = regexp.MustCompile(`/comment/\d+(?:[/?#]|$)`)
)

// drupal reads the feeds that Drupal's Views make. A comment's post is not in
// the item; only where its permalink is that of the post is it known.
var drupal = adapter{
	platform: digest.Drupal,
	is: func(p *page) bool {
		return p.made("drupal") || p.every(func(e *entry) bool { return drupalID.MatchString(e.id) })
	},
	kind: func(p *page) verdict {
		if p.some(isDrupalComment) {
			return verdict{digest.CommentsFeed, true}
		}
		return threads(p)
	},
	post: func(_ *page, e *entry, post *PostEntry) {
		post.Key = drupalNodeKey(e)
	},
	comment: func(_ *page, e *entry, c *CommentEntry) {
		c.Key = numbered("comment-", drupalFragment, e.url)
		if m := drupalID.FindStringSubmatch(e.id); m != nil && m[1] != "" {
			c.Key = "comment-" + m[2]
		}
		if drupalAlone.MatchString(e.url) {
			return
		}
		c.PostRef, c.PostKey = withoutFragment(e.url), numbered("node-", drupalNode, e.url)
	},
}

func isDrupalComment(e *entry) bool {
	m := drupalID.FindStringSubmatch(e.id)
	return m != nil && m[1] != "" || drupalFragment.MatchString(e.url)
}

func drupalNodeKey(e *entry) string {
	if m := drupalID.FindStringSubmatch(e.id); m != nil && m[1] == "" {
		return "node-" + m[2]
	}
	return numbered("node-", drupalNode, e.url)
}
