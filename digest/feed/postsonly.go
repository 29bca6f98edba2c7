package feed

import (
	"regexp"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
)

// Platforms whose feeds list posts and never comments.

var ghost = adapter{
	platform: digest.Ghost,
	is:       func(p *page) bool { return strings.HasPrefix(strings.ToLower(p.generator), "ghost") },
	kind:     onlyPosts,
}

var substack = adapter{
	platform: digest.Substack,
	is:       func(p *page) bool { return p.made("substack") || p.onHost("substack.com") },
	kind:     onlyPosts,
}

// mastodon reads the statuses of an account or a tag. They have no titles and,
// in an account's feed, no author: that is the title of the feed.
var mastodon = adapter{
	platform: digest.Mastodon,
	is: func(p *page) bool {
		return strings.HasPrefix(strings.ToLower(p.generator), "mastodon") ||
			strings.Contains(p.head, "http://webfeeds.org/rss/1.0") && p.every(func(e *entry) bool { return mastodonStatus.MatchString(e.url) })
	},
	kind: onlyPosts,
	post: func(p *page, e *entry, post *PostEntry) {
		if post.Author == "" && !strings.HasPrefix(p.title, "#") {
			post.Author = field.Name(p.title)
		}
	},
}

// mastodonStatus is the address of a status; older servers name no generator.
var mastodonStatus = regexp.MustCompile(`^https?://[^/]+/(?:@[^/]+|users/[^/]+/statuses)/\d+$`)

func onlyPosts(*page) verdict { return verdict{digest.PostsFeed, true} }
