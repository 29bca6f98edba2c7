package feed

import (
	"cmp"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/hostname"
	"postbag/digest/lazyregexp"
)

// What is particular to sites that gather links: Reddit, Hacker News and those made
// with the software of Lobsters. Comments of the latter two name their story by its
// title only.

var (
	redditID = lazyregexp.New(`^t[13]_[a-z0-9]+$`)
	// redditPlace is the address of a post, or of a comment under it: the post's
	// address and id.
	redditPlace = lazyregexp.New(`^(https?://[^?#]*/comments/([a-z0-9]+)(?:/[^/?#]*)?)(?:/[^?#]*)?(?:[?#].*)?$`)

	// redditTail is what Reddit puts behind a post's text: who submitted it, and links to
	// what it is about and to its comments.
	redditTail = lazyregexp.New(`(?s)\s*(?:&#32;\s*)?submitted by\s*(?:&#32;)?\s*<a href="[^"]*/user/[^"]*">[^<]*</a>.{0,200}?<span><a href="[^"]*">\[link\]</a></span>\s*(?:&#32;)?\s*<span><a href="[^"]*">\[comments\]</a></span>\s*((?:</td>\s*</tr>\s*</table>)?)\s*$`)

	hackerNewsItem = lazyregexp.New(`^https?://news\.ycombinator\.com/item\?id=(\d+)`)
	// hackerNewsTitle is the title hnrss gives a comment; it alone names the story.
	hackerNewsTitle = lazyregexp.New(`^New comment by \S+ in ["“](.*)["”]$`)
	hackerNewsEmpty = lazyregexp.New(`(?i)[/._-](new)?comments([/._?-]|$)`)
	hackerNewsCount = lazyregexp.New(`# Comments: (\d+)`)

	// lobstersPlace is the address of a story (s) or a comment (c).
	lobstersPlace = lazyregexp.New(`^https?://[^/]+/([sc])/([a-z0-9]{6})(?:/|$)`)
	// lobstersVia is the author of a story: where it is from, and who wrote or brought it.
	lobstersVia = lazyregexp.New(`^\S+ (?:by|via) (\S+)$`)
)

func redditKind(p *page) verdict {
	switch {
	case p.some(isRedditComment), len(p.entries) == 0 && strings.Contains(field.PathOf(p.where()), "/comments"):
		return verdict{digest.CommentsFeed, len(p.entries) > 0}
	case len(p.entries) == 1 && redditPlace.MatchString(p.where()): // a thread without comments yet
		return verdict{digest.CommentsFeed, false}
	}
	return verdict{digest.PostsFeed, len(p.entries) > 0}
}

func redditDocument(p *page, d *Document) {
	d.OnePost = d.Kind == digest.CommentsFeed && redditPlace.MatchString(p.where())
}

func redditPost(_ *page, e *entry, post *PostEntry) {
	post.Body.HTML = redditTail.ReplaceAllString(post.Body.HTML, "$1")
	if m := redditPlace.FindStringSubmatch(e.url); m != nil {
		post.CommentsURL = m[1] + "/.rss"
	}
}

func redditComment(_ *page, e *entry, c *CommentEntry) {
	if m := redditPlace.FindStringSubmatch(e.url); m != nil {
		c.PostRef = "t3_" + m[2]
	}
	if c.Author == "/u/[deleted]" || c.Author == "[deleted]" {
		c.Gone, c.GoneReason = true, field.Short(field.Words(c.Body.HTML), field.MaxName)
	}
}

func isRedditComment(e *entry) bool { return strings.HasPrefix(e.id, "t1_") }

func hackerNewsPost(_ *page, e *entry, post *PostEntry) {
	place := cmp.Or(e.discussion, e.id)
	if !hackerNewsItem.MatchString(place) {
		return
	}
	post.ID, post.Key = field.WithoutFragment(place), numbered("item-", hackerNewsItem, place)
	post.Ref = titleRef(e.title)
	// The text is a frame of points and counts that change all the time.
	if m := hackerNewsCount.FindStringSubmatch(post.Body.HTML); m != nil {
		post.Announced = field.Number(m[1])
	}
	withoutLink(post)
	post.Hash = field.Hash(e.title)
}

// withoutLink empties a text that is but a link to the discussion.
func withoutLink(post *PostEntry) {
	if field.Words(post.Body.HTML) == "Comments" {
		post.Body.HTML = ""
	}
}

func hackerNewsComment(_ *page, e *entry, c *CommentEntry) {
	c.Key = numbered("item-", hackerNewsItem, cmp.Or(e.id, e.url))
	if m := hackerNewsTitle.FindStringSubmatch(field.Title(e.title)); m != nil {
		c.PostRef = titleRef(m[1])
	}
}

func isHackerNewsComment(e *entry) bool { return hackerNewsTitle.MatchString(field.Title(e.title)) }

func hasLobstersNames(p *page) bool {
	return p.every(func(e *entry) bool {
		return lobstersPlace.MatchString(e.id) && hostname.Of(e.discussion) == hostname.Of(e.id)
	})
}

func lobstersPost(_ *page, e *entry, post *PostEntry) {
	post.Ref = titleRef(e.title)
	if m := lobstersVia.FindStringSubmatch(post.Author); m != nil {
		post.Author = m[1]
	}
	withoutLink(post)
}

// lobstersComment has only the time of the last edit.
func lobstersComment(_ *page, e *entry, c *CommentEntry) {
	c.Updated = c.Published
	if m := lobstersPlace.FindStringSubmatch(e.id); m != nil {
		c.Key = "comment-" + m[2]
	}
	c.PostRef = titleRef(e.title)
}

func isLobstersComment(e *entry) bool {
	m := lobstersPlace.FindStringSubmatch(e.id)
	return m != nil && m[1] == "c"
}
