package feed

import (
	"regexp"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
)

var (
	redditID = regexp.MustCompile(`^t[13]_[a-z0-9]+$`)
	// redditPlace is the address of a post, or of a comment under it: the post's
	// address and id.
	redditPlace = regexp.MustCompile(`^(https?://[^?#]*/comments/([a-z0-9]+)(?:/[^/?#]*)?)(?:/[^?#]*)?(?:[?#].*)?$`)
)

// reddit reads the posts (t3) and comments (t1) of a subreddit or a thread. The
// first entry of a thread is its post.
var reddit = adapter{
	platform: digest.Reddit,
	is: func(p *page) bool {
		return p.onHost("reddit.com") || p.every(func(e *entry) bool { return redditID.MatchString(e.id) })
	},
	kind: func(p *page) verdict {
		switch {
		case p.some(redditComment), len(p.entries) == 0 && strings.Contains(field.PathOf(p.where()), "/comments"):
			return verdict{digest.CommentsFeed, len(p.entries) > 0}
		case len(p.entries) == 1 && redditPlace.MatchString(p.where()): // a thread without comments yet
			return verdict{digest.CommentsFeed, false}
		}
		return verdict{digest.PostsFeed, len(p.entries) > 0}
	},
	document: func(p *page, d *Document) {
		d.OnePost = d.Kind == digest.CommentsFeed && redditPlace.MatchString(p.where())
	},
	topic: func(_ *page, e *entry) bool { return strings.HasPrefix(e.id, "t3_") },
	post: func(_ *page, e *entry, post *PostEntry) {
		if m := redditPlace.FindStringSubmatch(e.url); m != nil {
			post.CommentsURL = m[1] + "/.rss"
		}
	},
	comment: func(_ *page, e *entry, c *CommentEntry) {
		if m := redditPlace.FindStringSubmatch(e.url); m != nil {
			c.PostRef = "t3_" + m[2]
		}
		if c.Author == "/u/[deleted]" || c.Author == "[deleted]" {
			c.Gone, c.GoneReason = true, field.Short(field.Words(c.Body.HTML), field.MaxName)
		}
	},
}

func redditComment(e *entry) bool { return strings.HasPrefix(e.id, "t1_") }
