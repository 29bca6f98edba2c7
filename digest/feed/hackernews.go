package feed

import (
	"cmp"
	"regexp"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
)

var (
	hackerNewsItem = regexp.MustCompile(`^https?://news\.ycombinator\.com/item\?id=(\d+)`)
	// hackerNewsTitle is the title hnrss gives a comment; it alone names the story.
	hackerNewsTitle = regexp.MustCompile(`^New comment by \S+ in ["“](.*)["”]$`)
	hackerNewsCount = regexp.MustCompile(`# Comments: (\d+)`)
)

// hackerNews reads the site's own RSS, which lists stories, and hnrss, which
// lists either. Comments name their story by its title only.
var hackerNews = adapter{
	platform: digest.HackerNews,
	is: func(p *page) bool {
		return p.made("hnrss") || p.onHost("news.ycombinator.com", "hnrss.org")
	},
	kind: func(p *page) verdict {
		switch {
		case p.some(isHackerNewsComment):
			return verdict{digest.CommentsFeed, true}
		case len(p.entries) == 0 && commentsAddress.MatchString(strings.ReplaceAll(withoutHost(p.where()), "newcomments", "comments")):
			return verdict{digest.CommentsFeed, false}
		}
		return verdict{digest.PostsFeed, len(p.entries) > 0}
	},
	topic: func(_ *page, e *entry) bool { return !isHackerNewsComment(e) },
	post: func(_ *page, e *entry, post *PostEntry) {
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
		if field.Words(post.Body.HTML) == "Comments" {
			post.Body.HTML = ""
		}
		post.Hash = field.Hash(e.title)
	},
	comment: func(_ *page, e *entry, c *CommentEntry) {
		c.Key = numbered("item-", hackerNewsItem, cmp.Or(e.id, e.url))
		if m := hackerNewsTitle.FindStringSubmatch(field.Title(e.title)); m != nil {
			c.PostRef = titleRef(m[1])
		}
	},
}

func isHackerNewsComment(e *entry) bool { return hackerNewsTitle.MatchString(field.Title(e.title)) }
