package feed

import (
	"regexp"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/hostname"
)

var (
	// lobstersPlace is the address of a story (s) or a comment (c).
	lobstersPlace = regexp.MustCompile(`^https?://[^/]+/([sc])/([a-z0-9]{6})(?:/|$)`)
	// lobstersVia is the author of a story: where it is from, and who wrote or brought it.
	lobstersVia = regexp.MustCompile(`^\S+ (?:by|via) (\S+)$`)
)

// lobsters reads a site made with the Lobsters software. Comments name their
// story by its title only, and their time is that of the last edit.
var lobsters = adapter{
	platform: digest.Lobsters,
	is: func(p *page) bool {
		return p.onHost("lobste.rs") || p.every(func(e *entry) bool {
			return lobstersPlace.MatchString(e.id) && hostname.Of(e.discussion) == hostname.Of(e.id)
		})
	},
	kind: func(p *page) verdict {
		switch {
		case p.some(isLobstersComment), len(p.entries) == 0 && commentsAddress.MatchString(withoutHost(p.where())):
			return verdict{digest.CommentsFeed, len(p.entries) > 0}
		}
		return verdict{digest.PostsFeed, len(p.entries) > 0}
	},
	topic: func(_ *page, e *entry) bool { return !isLobstersComment(e) },
	post: func(_ *page, e *entry, post *PostEntry) {
		post.Ref = titleRef(e.title)
		if m := lobstersVia.FindStringSubmatch(post.Author); m != nil {
			post.Author = m[1]
		}
		if field.Words(post.Body.HTML) == "Comments" { // a link to the discussion, and no text
			post.Body.HTML = ""
		}
	},
	comment: func(_ *page, e *entry, c *CommentEntry) {
		c.Updated = c.Published
		if m := lobstersPlace.FindStringSubmatch(e.id); m != nil {
			c.Key = "comment-" + m[2]
		}
		c.PostRef = titleRef(e.title)
	},
}

func isLobstersComment(e *entry) bool {
	m := lobstersPlace.FindStringSubmatch(e.id)
	return m != nil && m[1] == "c"
}
