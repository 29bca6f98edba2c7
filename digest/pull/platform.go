package pull

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/hostname"
)

// place is where a platform keeps a blog's feeds. Each may have more than one
// possible address, the best first.
type place struct {
	posts, comments []string
}

// bloggerFeed is the path of one of Blogger's feeds. On its own host the number
// of the blog comes first; on the blog's host a number is that of a post.
var bloggerFeed = regexp.MustCompile(`^/feeds/((\d+)/)?(?:\d+/)?(posts|comments)/(default|summary|full)(/.*)?$`)

// bloggerPair gives the feeds of the blog that one of its feeds' addresses
// belongs to; ok is false for any other address.
func bloggerPair(address string) (pair place, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return place{}, false
	}
	m := bloggerFeed.FindStringSubmatch(u.Path)
	if m == nil {
		return place{}, false
	}
	base := u.Scheme + "://" + u.Host + "/feeds/"
	if hostname.Site(u.Hostname()) == "blogger.com" {
		base += m[1]
	}
	return place{posts: []string{base + "posts/default"}, comments: []string{base + "comments/default"}}, true
}

// bloggerAt gives the feeds of the Blogger blog on an address's host.
func bloggerAt(address string) place {
	base := root(address) + "feeds/"
	return place{posts: []string{base + "posts/default"}, comments: []string{base + "comments/default"}}
}

// wordPressAt gives the feeds of the WordPress site with the given home page,
// which ends in a slash. Its Atom is asked for first: only there replies name
// their parents.
func wordPressAt(home string) place {
	return place{
		posts:    []string{home + "feed/", home + "?feed=rss2"},
		comments: []string{home + "comments/feed/atom/", home + "comments/feed/", home + "?feed=comments-rss2"},
	}
}

// wordPressOf gives the feeds of the WordPress site whose comments feed has an
// address. Where permalinks are plain, all its feeds are asked for by a query.
func wordPressOf(address string) (place, bool) {
	if home, ok := strings.CutSuffix(strings.TrimSuffix(strings.TrimSuffix(address, "/"), "/atom"), "/comments/feed"); ok {
		return wordPressAt(home + "/"), true
	}
	home, query, _ := strings.Cut(address, "?")
	if query != "feed=comments-rss2" && query != "feed=comments-atom" {
		return place{}, false
	}
	home = strings.TrimSuffix(home, "/") + "/"
	return place{
		posts:    []string{home + "?feed=rss2", home + "feed/"},
		comments: []string{home + "?feed=comments-atom", home + "?feed=comments-rss2"},
	}, true
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
	if h := doc.HomeURL; h != "" && hostname.Of(h) == hostname.Of(address) {
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

// The paths by which forums and the like are known.
var (
	subreddit   = regexp.MustCompile(`^/r/[A-Za-z0-9_+]+`)
	discussions = regexp.MustCompile(`^/(?:orgs/)?[^/]+/(?:[^/]+/)?discussions(?:$|[/.])`)
	discoursed  = regexp.MustCompile(`^(.*?)/(?:t|c|u|g|tag|tags|latest|posts|top|new|categories)(?:[/.].*)?$`)
	account     = regexp.MustCompile(`^/(?:web/)?(@[A-Za-z0-9_.@-]+?)(?:\.rss)?(?:/.*)?$`)
)

// siteOf gives the platform of a site that is known by its host, without asking
// it: some of these turn programs away from their pages.
func siteOf(address string) (platform digest.Platform, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	h := hostname.Site(u.Hostname())
	switch {
	case hostname.Within(h, "reddit.com") && subreddit.MatchString(u.Path):
		return digest.Reddit, true
	case h == "github.com" && discussions.MatchString(u.Path):
		return digest.GitHub, true
	case h == "lobste.rs":
		return digest.Lobsters, true
	case h == "news.ycombinator.com", h == "hnrss.org":
		return digest.HackerNews, true
	}
	return "", false
}

// placeOf gives where a platform keeps the feeds of the blog or forum that an
// address belongs to; the zero place for one that has no rule for it.
func placeOf(platform digest.Platform, address string) place {
	u, err := url.Parse(address)
	if err != nil {
		return place{}
	}
	top := root(address)
	switch platform {
	case digest.Blogger:
		return bloggerAt(address)
	case digest.WordPress:
		return wordPressAt(top)
	case digest.Discourse:
		base := strings.TrimSuffix(top, "/")
		if m := discoursed.FindStringSubmatch(u.Path); m != nil {
			base += m[1]
		}
		return place{posts: []string{base + "/latest.rss"}, comments: []string{base + "/posts.rss"}}
	case digest.Reddit:
		if sub := subreddit.FindString(u.Path); sub != "" {
			at := u.Scheme + "://" + u.Host + sub
			return place{posts: []string{at + "/.rss"}, comments: []string{at + "/comments/.rss"}}
		}
	case digest.Lobsters:
		return place{posts: []string{top + "rss"}, comments: []string{top + "comments.rss"}}
	case digest.HackerNews:
		if hostname.Of(address) == "news.ycombinator.com" {
			return place{posts: []string{top + "rss"}}
		}
		posts := top + "newest"
		if u.Path != "/" && u.Path != "" && !strings.Contains(u.Path, "comments") {
			posts = address
		}
		return place{posts: []string{posts}, comments: []string{top + "newcomments"}}
	case digest.Mastodon:
		if m := account.FindStringSubmatch(u.Path); m != nil {
			return place{posts: []string{top + m[1] + ".rss"}}
		}
	case digest.GitHub:
		if at := discussions.FindString(u.Path); at != "" {
			list := u.Scheme + "://" + u.Host + strings.TrimRight(at, "/.")
			return place{posts: []string{list + ".atom"}}
		}
	}
	if maker := makerOf(platform); maker != "" {
		return place{posts: conventional(maker, address)}
	}
	return place{}
}

// generators are the platforms that pages name as their maker, as [webpage.Software]
// calls them.
var generators = []struct {
	maker    string
	platform digest.Platform
}{
	{"Blogger", digest.Blogger}, {"WordPress", digest.WordPress}, {"Ghost", digest.Ghost}, {"Substack", digest.Substack},
	{"Discourse", digest.Discourse}, {"Mastodon", digest.Mastodon}, {"Drupal", digest.Drupal}, {"Movable Type", digest.MovableType},
	{"TypePad", digest.MovableType}, {"Reddit", digest.Reddit}, {"Lobsters", digest.Lobsters},
}

func platformBy(maker string) digest.Platform {
	for _, g := range generators {
		if g.maker == maker {
			return g.platform
		}
	}
	return ""
}

func makerOf(p digest.Platform) string {
	for _, g := range generators {
		if g.platform == p {
			return g.maker
		}
	}
	return ""
}

// conventions are the paths at which makers of blogs put their posts' feed when
// nobody says otherwise; those of "" are tried when nothing is known.
var conventions = map[string][]string{
	"":             {"feed/", "feeds/posts/default", "rss.xml", "atom.xml"},
	"Ghost":        {"rss/"},
	"Substack":     {"feed"},
	"Medium":       {"feed"},
	"Drupal":       {"rss.xml"},
	"Movable Type": {"atom.xml", "index.xml", "index.rdf"},
	"TypePad":      {"atom.xml", "rss.xml", "index.rdf"},
	"Tumblr":       {"rss"},
	"Squarespace":  {"?format=rss", "blog?format=rss"},
	"Jekyll":       {"feed.xml", "atom.xml"},
	"Hugo":         {"index.xml"},
	"Eleventy":     {"feed.xml", "feed/feed.xml"},
	"Wix":          {"blog-feed.xml"},
	"Webflow":      {"blog/rss.xml"},
	"Joomla":       {"?format=feed&type=atom"},
	"LiveJournal":  {"data/atom"},
}

// conventional gives the addresses where a maker's posts feed may be: in the
// folder of the page, if the page is a folder right below the top, and at the
// top.
func conventional(maker, address string) []string {
	var all []string
	for _, folder := range folders(address) {
		for _, path := range conventions[maker] {
			all = append(all, folder+path)
		}
	}
	return all
}

func folders(address string) []string {
	top := root(address)
	u, err := url.Parse(address)
	if err != nil {
		return []string{top}
	}
	if name, ok := strings.CutSuffix(strings.TrimPrefix(u.Path, "/"), "/"); ok && name != "" && !strings.Contains(name, "/") {
		return []string{top + name + "/", top}
	}
	return []string{top}
}

// silent are the makers whose blogs have no comments in feeds whatever box a
// page may hold, and what keeps them.
var silent = []struct {
	platform digest.Platform
	maker    string
	name     string
}{
	{digest.Substack, "Substack", "Substack"}, {digest.Mastodon, "Mastodon", "Mastodon"},
	{"", "YouTube", "YouTube"}, {"", "Medium", "Medium"},
}

// silence names the platform of a posts feed that never has comments in feeds;
// "" for any other.
func silence(platform digest.Platform, address string) string {
	h := hostname.Of(address)
	for _, s := range silent {
		domain := strings.ToLower(s.maker) + ".com"
		if s.platform != "" && s.platform == platform || hostname.Within(h, domain) {
			return s.name
		}
	}
	return ""
}

// mediumFeed gives the feed of a writer or publication on Medium itself, whose
// pages turn programs away.
func mediumFeed(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil || hostname.Site(u.Hostname()) != "medium.com" {
		return "", false
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if first == "" || slices.Contains([]string{"feed", "tag", "me", "m", "p"}, first) {
		return "", false
	}
	return root(address) + "feed/" + first, true
}

func port(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Port()
}
