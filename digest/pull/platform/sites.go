package platform

import (
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/hostname"
	"postbag/digest/lazyregexp"
)

var (
	// bloggerFeed is the path of one of Blogger's feeds. On its own host the number
	// of the blog comes first; on the blog's host a number is that of a post.
	bloggerFeed = lazyregexp.New(`^/feeds/((\d+)/)?(?:\d+/)?(posts|comments)/(default|summary|full)(/.*)?$`)
	// bloggerFolder is where Blogger keeps a blog's feeds: on its own host the number
	// of the blog belongs to it.
	bloggerFolder = lazyregexp.New(`^(https?://[^/]+/feeds/(?:[0-9]+/)?)(?:posts|comments)/`)
	// phpBBFeed is the address of a forum's feed.
	phpBBFeed = lazyregexp.New(`^https?://[^?#]*/(?:app\.php/feed(?:/[a-z_/0-9]*)?|feed\.php)(?:[?#].*)?$`)
	// wordPressFeed is what WordPress appends to a page's address for its feeds.
	wordPressFeed = lazyregexp.New(`(comments/)?feed/?((rss2?|atom)/?)?$`)
)

// OfBloggerFeed gives the feeds of the Blogger blog that one of its feeds' addresses
// belongs to; ok is false for any other address.
func OfBloggerFeed(address string) (f Feeds, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return Feeds{}, false
	}
	m := bloggerFeed.FindStringSubmatch(u.Path)
	if m == nil {
		return Feeds{}, false
	}
	base := u.Scheme + "://" + u.Host + "/feeds/"
	if hostname.Site(u.Hostname()) == "blogger.com" {
		base += m[1]
	}
	return Feeds{Posts: []string{base + "posts/default"}, Comments: []string{base + "comments/default"}}, true
}

// FolderOf gives the folder of a Blogger blog's feeds by the address of one of
// them, "" for any other address.
func FolderOf(address string) string {
	if m := bloggerFolder.FindStringSubmatch(address); m != nil {
		return m[1]
	}
	return ""
}

// BloggersOwn tells whether an address is Blogger's own for the blog of a document:
// the feeds of every blog name their next page there.
func BloggersOwn(doc *feed.Document, next string) bool {
	u, err := url.Parse(next)
	return err == nil && doc.Platform == digest.Blogger && doc.BlogID != "" && u.Scheme == "https" &&
		u.Port() == "" && hostname.Within(hostname.Normal(u.Hostname()), "blogger.com") &&
		strings.HasPrefix(u.Path, "/feeds/"+doc.BlogID+"/")
}

// OfPhpBBFeed gives the feeds of the phpBB forum that one of its feeds' addresses belongs
// to; ok is false for any other address.
func OfPhpBBFeed(address string) (f Feeds, ok bool) {
	if !phpBBFeed.MatchString(address) {
		return Feeds{}, false
	}
	return FeedsOf(digest.PhpBB, address), true
}

// OfWordPressComments gives the feeds of the WordPress site whose comments feed has an
// address. Where permalinks are plain, all its feeds are asked for by a query.
func OfWordPressComments(address string) (Feeds, bool) {
	if home, ok := strings.CutSuffix(strings.TrimSuffix(strings.TrimSuffix(address, "/"), "/atom"), "/comments/feed"); ok {
		return Below(digest.WordPress, home), true
	}
	home, query, _ := strings.Cut(address, "?")
	if query != "feed=comments-rss2" && query != "feed=comments-atom" {
		return Feeds{}, false
	}
	home = strings.TrimSuffix(home, "/") + "/"
	return Feeds{
		Posts:    []string{home + "?feed=rss2", home + "feed/"},
		Comments: []string{home + "?feed=comments-atom", home + "?feed=comments-rss2"},
	}, true
}

// WordPressHome gives the home page of the site that a WordPress feed belongs
// to: what the feed says, if that is on the host which gave it, else what is
// left of its address. A single post's feed tells the host only.
func WordPressHome(doc *feed.Document, address string) string {
	if doc.OnePost {
		return Root(address)
	}
	u, err := url.Parse(address)
	if err != nil {
		return Root(address)
	}
	if h, err := url.Parse(doc.HomeURL); err == nil && doc.HomeURL != "" && hostname.Normal(h.Hostname()) == hostname.Normal(u.Hostname()) && h.Port() == u.Port() {
		return strings.TrimSuffix(doc.HomeURL, "/") + "/"
	}
	u.RawQuery = ""
	u.Path = WordPressPath(u.Path)
	return strings.TrimSuffix(u.String(), "/") + "/"
}

// WordPressPath gives the path of the site or page that a feed's path belongs to.
func WordPressPath(path string) string { return wordPressFeed.ReplaceAllString(path, "") }
