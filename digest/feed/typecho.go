package feed

import (
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

var (
	// typechoMark is the fragment of a comment's address; notices of links have another
	// word in it.
	typechoMark = lazyregexp.New(`#(comment|pingback|trackback)-(\d+)$`)
	// typechoFeed is the path of a feed: of all comments, or of a page.
	typechoFeed = lazyregexp.New(`/feed/(?:(?:rss|atom)/)?(comments/?$)?`)
)

// typechoHidden stands in the place of a comment under a page with a password.
const typechoHidden = "内容被隐藏"

// hasTypechoNames goes by its feeds of comments, which name no maker in RSS: the address
// of a comment is its id, and the feed lies behind /feed/, where WordPress has it before.
func hasTypechoNames(p *page) bool {
	return typechoFeed.MatchString(field.PathOf(p.where())) &&
		p.every(func(e *entry) bool { return e.id == e.url && typechoMark.MatchString(e.url) })
}

func isTypechoComment(e *entry) bool { return typechoMark.MatchString(e.url) }

func typechoDocument(p *page, d *Document) {
	m := typechoFeed.FindStringSubmatch(field.PathOf(p.where()))
	d.OnePost = d.Kind == digest.CommentsFeed && m != nil && m[1] == ""
}

// typechoComment names a comment without the number of the page that it is on, which
// changes as others write.
func typechoComment(_ *page, e *entry, c *CommentEntry) {
	m := typechoMark.FindStringSubmatch(e.url)
	if m == nil {
		return
	}
	c.PostRef = commentPage.ReplaceAllString(field.WithoutFragment(e.url), "$1")
	c.ID, c.Key = c.PostRef+m[0], "comment-"+m[2]
}

func typechoSkip(e *entry) digest.LeftOut {
	m := typechoMark.FindStringSubmatch(e.url)
	switch {
	case m != nil && m[1] != "comment":
		return digest.LinkNotice
	case strings.TrimSpace(field.Words(e.body())) == typechoHidden:
		return digest.PlatformNotice
	}
	return ""
}
