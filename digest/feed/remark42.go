package feed

import (
	"regexp"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
)

var (
	remarkPlace = regexp.MustCompile(`#remark42__comment-(\S+)$`)
	// remarkQuote is the beginning of the parent, which Remark42 appends to a reply.
	remarkQuote = regexp.MustCompile(`(?s)\s*<blockquote>\s*<p>.*</p>\s*</blockquote>\s*$`)
)

// remark42 reads the comments of a site or a page, kept by Remark42. A reply
// does not name its parent; its title only says whom it answers.
var remark42 = adapter{
	platform: digest.Remark42,
	is: func(p *page) bool {
		return strings.HasPrefix(p.title, "Remark42") ||
			p.every(func(e *entry) bool { return remarkPlace.MatchString(e.url) })
	},
	kind: onlyComments,
	document: func(p *page, d *Document) {
		d.OnePost = strings.HasSuffix(field.PathOf(p.where()), "/rss/post")
	},
	body: func(e *entry) string {
		body := e.body()
		if !strings.Contains(e.title, " > ") {
			return body
		}
		if at := strings.LastIndex(body, "<blockquote>"); at >= 0 && remarkQuote.MatchString(body[at:]) {
			return strings.TrimSpace(body[:at])
		}
		return body
	},
	comment: func(_ *page, e *entry, c *CommentEntry) {
		c.PostRef = field.WithoutFragment(e.url)
		c.Key = numbered("comment-", remarkPlace, e.url)
		if c.Author == "" {
			writer, _, _ := strings.Cut(e.title, " > ")
			writer, _, _ = strings.Cut(writer, ", ")
			c.Author = field.Name(writer)
		}
	},
}
