package pull

import (
	"net/url"
	"regexp"
	"strings"

	"postbag/digest/feed"
)

// feedPair is where a platform keeps a blog's two feeds; comments may have more
// than one possible address.
type feedPair struct {
	posts    string
	comments []string
}

// bloggerFeed is the path of one of Blogger's feeds. On its own host the number
// of the blog comes first; on the blog's host a number is that of a post.
var bloggerFeed = regexp.MustCompile(`^/feeds/((\d+)/)?(?:\d+/)?(posts|comments)/(default|summary|full)(/.*)?$`)

// bloggerPair gives the feeds of the blog that one of its feeds' addresses
// belongs to; ok is false for any other address.
func bloggerPair(address string) (pair feedPair, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return feedPair{}, false
	}
	m := bloggerFeed.FindStringSubmatch(u.Path)
	if m == nil {
		return feedPair{}, false
	}
	base := u.Scheme + "://" + u.Host + "/feeds/"
	if strings.EqualFold(u.Hostname(), "www.blogger.com") || strings.EqualFold(u.Hostname(), "blogger.com") {
		base += m[1]
	}
	return feedPair{posts: base + "posts/default", comments: []string{base + "comments/default"}}, true
}

// bloggerAt gives the feeds of the Blogger blog on an address's host.
func bloggerAt(address string) feedPair {
	base := root(address) + "feeds/"
	return feedPair{posts: base + "posts/default", comments: []string{base + "comments/default"}}
}

// wordPressAt gives the feeds of the WordPress site with the given home page,
// which ends in a slash.
func wordPressAt(home string) feedPair {
	return feedPair{
		posts:    home + "feed/",
		comments: []string{home + "comments/feed/", home + "?feed=comments-rss2"},
	}
}

// feedTail is what WordPress appends to a page's address for its feed.
var feedTail = regexp.MustCompile(`(comments/)?feed/?((rss2?|atom)/?)?$`)

// wordPressHome gives the home page of the site that a WordPress feed belongs
// to: what the feed says, if that is on the host which gave it, else what is
// left of its address. A single post's feed tells the host only.
func wordPressHome(doc *feed.Document, address string) string {
	if doc.OnePost {
		return root(address)
	}
	if h := doc.HomeURL; h != "" && strings.EqualFold(host(h), host(address)) {
		if u, err := url.Parse(h); err == nil && u.Port() == port(address) {
			return strings.TrimSuffix(h, "/") + "/"
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		return root(address)
	}
	u.RawQuery = ""
	u.Path = feedTail.ReplaceAllString(u.Path, "")
	return strings.TrimSuffix(u.String(), "/") + "/"
}

func port(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Port()
}
