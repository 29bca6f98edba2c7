package feed

import (
	"regexp"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
)

var (
	// commentMark is the fragment of a WordPress comment's id and address.
	commentMark = regexp.MustCompile(`#comment-(\d+)$`)
	// commentPage is the part of a comment's address that names its page.
	commentPage = regexp.MustCompile(`/comment-page-\d+(/?)$`)
	siteFeed    = regexp.MustCompile(`(/comments/feed(/(rss2?|atom))?/?$|[?&]feed=comments-)`)
	postFeed    = regexp.MustCompile(`/feed(/(rss2?|atom))?/?$|[?&]p=\d+`)
	// wordPressID is the id of a post or comment, wordPressNumber the post's number
	// in it.
	wordPressID     = regexp.MustCompile(`^https?://[^?#]*\?(?:[^#]*[&;])?p=\d+(#comment-\d+)?$`)
	wordPressNumber = regexp.MustCompile(`[?&;]p=(\d+)(?:#|$)`)
)

// hasWordPressIDs goes by the shape of ids that WordPress alone gives. A feed that
// gathers the entries of many blogs has some of these, too.
func hasWordPressIDs(p *page) bool {
	own := 0
	for _, e := range p.entries {
		if wordPressID.MatchString(e.id) {
			own++
		}
	}
	return own > 0 && own*2 >= len(p.entries)
}

func wordPressDocument(p *page, d *Document) {
	where := p.where()
	d.OnePost = d.Kind == digest.CommentsFeed && !siteFeed.MatchString(where) && postFeed.MatchString(where)
}

func wordPressPost(_ *page, e *entry, post *PostEntry) {
	post.Key = numbered("post-", wordPressNumber, e.id)
}

// wordPressKind goes by the ids and addresses of entries. An empty feed is judged
// by its address.
func wordPressKind(p *page) verdict {
	comments := p.some(func(e *entry) bool { return commentMark.MatchString(e.url) || commentMark.MatchString(e.id) })
	if comments || siteFeed.MatchString(p.where()) {
		return verdict{digest.CommentsFeed, comments}
	}
	return verdict{digest.PostsFeed, len(p.entries) > 0}
}

// wordPressComment ties a comment to its post: its id without the fragment is
// the post's id, and its address without it the post's address. At top level
// Atom's in-reply-to names the post too, in a reply the parent; RSS has none.
func wordPressComment(_ *page, e *entry, c *CommentEntry) {
	c.PostRef = commentPage.ReplaceAllString(field.WithoutFragment(c.URL), "$1")
	if commentMark.MatchString(c.ID) {
		c.PostRef = field.WithoutFragment(c.ID)
	}
	c.Key = numbered("comment-", commentMark, c.ID)
	if c.Key == "" {
		c.Key = numbered("comment-", commentMark, c.URL)
	}
	c.PostKey = numbered("post-", wordPressNumber, c.ID)
	for _, r := range e.repliesTo() {
		if commentMark.MatchString(r.ref) {
			c.ParentRef, c.ParentKey = r.ref, numbered("comment-", commentMark, r.ref)
		}
	}
}

// numbered gives a key made of the number that a pattern finds in a text, or "".
func numbered(prefix string, pattern *regexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return prefix + m[1]
	}
	return ""
}

// pingback tells whether a comment is only the notice that another page links
// here, which WordPress writes between two cuts.
func pingback(e *entry) string {
	text := strings.ReplaceAll(field.Words(e.body()), "[...]", "[…]")
	if len(text) <= 2*len("[…]") || !strings.HasPrefix(text, "[…]") || !strings.HasSuffix(text, "[…]") {
		return ""
	}
	return "it is the notice of a link, not a comment"
}
