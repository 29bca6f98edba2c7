// Package platform knows what blogs and forums run on: where each platform keeps its
// feeds and what it does that its documents do not say. It is one table, with the
// few rules that do not fit in one; it asks nobody.
package platform

import (
	"time"

	"postbag/digest"
	"postbag/digest/lazyregexp"
)

// Traits are what a platform does that its documents do not say.
type Traits struct {
	// Numbered: its posts feed gives older pages when asked for ?paged=N, and has no
	// link to them.
	Numbered bool
	// HidesEdits: its validators follow the newest entry only, so that "not
	// modified" may hide edits and removals.
	HidesEdits bool
	// REST: all comments can be had from WordPress's REST API.
	REST bool
	// OwnPages: each comment has a page of its own, and so an address without a
	// fragment.
	OwnPages bool
	// WholeListing: the comments feed of one post is whole when it was read to its
	// last page.
	WholeListing bool
	// KeepsOthers: it keeps the comments of blogs that run on something else.
	KeepsOthers bool
	// Listing is where a post's own comments feed is, as [digest.Source] writes a
	// pattern; {feeds} is the folder of the source's feeds.
	Listing string
	// PageSize is what is asked for on the way to the beginning. The platform may
	// give fewer: pages are never computed from it.
	PageSize map[digest.FeedKind]string
	// UsualTTL is what every feed of the platform asks for, which says nothing
	// about this one.
	UsualTTL time.Duration
}

// row is what the table knows of a platform, or of a maker of blogs that needs no
// reading of its own. A platform may have several; the first that fits an address
// counts.
type row struct {
	platform digest.Platform
	maker    string   // as pages name it, see webpage.Software; "" for those that do not
	hosts    []string // where it is known by its host; a leading dot takes in those below
	// at matches the addresses that the row is about, without their query, and not
	// those that do not match; $1 in the feeds' addresses is its first group. The
	// zero value is all of a host. $query is the question mark of the address and what
	// follows it.
	at, not         *lazyregexp.Regexp
	posts, comments []string // the best first; "" is the address itself
	// mayBe are paths at which its posts feed may be: in the folder of a page right
	// below the top, and at the top.
	mayBe []string
	// noComments is why it has no feed of comments, as a sentence; with never set
	// its pages have no comments of another service either.
	noComments string
	never      bool

	traits Traits
}

var table = []row{
	{
		platform: digest.Blogger, maker: "Blogger",
		posts: []string{"$1/feeds/posts/default"}, comments: []string{"$1/feeds/comments/default"},
		traits: Traits{
			WholeListing: true,
			Listing:      "{feeds}{id}/comments/default?max-results=500",
			PageSize:     map[digest.FeedKind]string{digest.PostsFeed: "150", digest.CommentsFeed: "500"},
		},
	},
	{
		// Its Atom is asked for first: only there replies name their parents.
		platform: digest.WordPress, maker: "WordPress",
		posts:    []string{"$1/feed/", "$1/?feed=rss2"},
		comments: []string{"$1/comments/feed/atom/", "$1/comments/feed/", "$1/?feed=comments-rss2"},
		traits:   Traits{Numbered: true, HidesEdits: true, REST: true, Listing: "{url}/feed/", UsualTTL: time.Hour},
	},
	{
		platform: digest.Discourse, maker: "Discourse",
		at:    lazyregexp.New(`^(https?://[^/]+(?:/.*?)?)/(?:t|c|u|g|tag|tags|latest|posts|top|new|categories)(?:[/.].*)?$`),
		posts: []string{"$1/latest.rss"}, comments: []string{"$1/posts.rss"},
		traits: Traits{OwnPages: true, KeepsOthers: true},
	},
	{platform: digest.Discourse, posts: []string{"$1/latest.rss"}, comments: []string{"$1/posts.rss"}},
	{
		platform: digest.Reddit, maker: "Reddit", hosts: []string{".reddit.com"},
		at:    lazyregexp.New(`^(https?://[^/]+/r/[A-Za-z0-9_+]+)`),
		posts: []string{"$1/.rss"}, comments: []string{"$1/comments/.rss"},
		traits: Traits{OwnPages: true},
	},
	{
		platform: digest.Lobsters, maker: "Lobsters", hosts: []string{"lobste.rs"},
		posts: []string{"$1/rss"}, comments: []string{"$1/comments.rss"},
		traits: Traits{OwnPages: true},
	},
	{
		platform: digest.HackerNews, hosts: []string{"news.ycombinator.com"},
		at:         lazyregexp.New(`^(https?://(?i:(?:www\.)?news\.ycombinator\.com))(?:/|$)`),
		posts:      []string{"$1/rss"},
		noComments: "Hacker News itself gives no comments in feeds, so only the posts will come; hnrss.org, which others run, has them at https://hnrss.org/newcomments",
		traits:     Traits{OwnPages: true},
	},
	{
		platform: digest.HackerNews, hosts: []string{"hnrss.org"},
		at:    lazyregexp.New(`^(https?://[^/]+)/.`),
		not:   lazyregexp.New(`comments`),
		posts: []string{""}, comments: []string{"$1/newcomments"},
	},
	{platform: digest.HackerNews, hosts: []string{"hnrss.org"}, posts: []string{"$1/newest"}, comments: []string{"$1/newcomments"}},
	{
		platform: digest.Mastodon, maker: "Mastodon",
		at:         lazyregexp.New(`^(https?://[^/]+/)(?:web/)?(@[A-Za-z0-9_.@-]+?)(?:\.rss)?(?:/.*)?$`),
		posts:      []string{"$1$2.rss"},
		noComments: "Mastodon gives no comments in feeds, so only the posts will come", never: true,
	},
	{
		platform: digest.GitHub, hosts: []string{"github.com"},
		at:     lazyregexp.New(`^(https?://[^/]+/(?:orgs/)?[^/]+/(?:[^/]+/)?discussions)(?:$|[/.])`),
		posts:  []string{"$1.atom"},
		traits: Traits{KeepsOthers: true},
	},
	{
		platform: digest.Ghost, maker: "Ghost", mayBe: []string{"rss/"},
		noComments: "Ghost gives no comments in feeds, so only the posts will come",
	},
	{
		platform: digest.Substack, maker: "Substack", hosts: []string{".substack.com"}, mayBe: []string{"feed"},
		noComments: "Substack gives no comments in feeds, so only the posts will come", never: true,
	},
	{platform: digest.Drupal, maker: "Drupal", mayBe: []string{"rss.xml"}},
	{platform: digest.MovableType, maker: "Movable Type", mayBe: []string{"atom.xml", "index.xml", "index.rdf"}},
	{platform: digest.MovableType, maker: "TypePad", mayBe: []string{"atom.xml", "rss.xml", "index.rdf"}},
	{
		// Its boards are anywhere on a host. Feeds of old forums have an address of their own.
		platform: digest.PhpBB, maker: "phpBB",
		at:       lazyregexp.New(`^(https?://[^/]+/(?:.*?/)?)(?:(?:app\.php/feed|feed|viewtopic|viewforum|index|ucp|memberlist|search)(?:\.php)?(?:/.*)?)?$`),
		posts:    []string{"$1app.php/feed/topics", "$1feed.php?mode=topics"},
		comments: []string{"$1app.php/feed", "$1feed.php"},
	},
	{
		platform: digest.NodeBB, maker: "NodeBB",
		at:    lazyregexp.New(`^(https?://[^?#]+/category/\d+)(?:[/.].*)?$`),
		posts: []string{"$1.rss"}, comments: []string{"$1/recentposts.rss"},
		traits: Traits{OwnPages: true},
	},
	{
		platform: digest.NodeBB,
		at:       lazyregexp.New(`^(https?://[^/]+(?:/.*?)?)/(?:topics?|post|recent|recentposts|popular|top|categories|tags?|unread|users?)(?:[/.].*)?$`),
		posts:    []string{"$1/topics.rss"}, comments: []string{"$1/recentposts.rss"},
	},
	{platform: digest.NodeBB, posts: []string{"$1/topics.rss"}, comments: []string{"$1/recentposts.rss"}},
	{
		// What is asked of one feed, such as a channel's films only, is asked of the other.
		platform: digest.PeerTube, maker: "PeerTube",
		at:    lazyregexp.New(`^(https?://[^/]+)/feeds/[a-z-]+\.[a-z]+$`),
		posts: []string{"$1/feeds/videos.xml$query"}, comments: []string{"$1/feeds/video-comments.xml$query"},
	},
	{platform: digest.PeerTube, posts: []string{"$1/feeds/videos.xml"}, comments: []string{"$1/feeds/video-comments.xml"}},
	{
		// Answers come by the feeds of the questions, which name them.
		platform: digest.StackExchange,
		hosts:    []string{".stackexchange.com", "stackoverflow.com", "serverfault.com", "superuser.com", "askubuntu.com", "mathoverflow.net", "stackapps.com"},
		at:       lazyregexp.New(`^(https?://[^/]+)(?:/questions|/feeds)?/?$`),
		posts:    []string{"$1/feeds"},
	},
	{
		platform: digest.ForumMagnum, hosts: []string{"lesswrong.com", "alignmentforum.org", "forum.effectivealtruism.org"},
		posts: []string{"$1/feed.xml"}, comments: []string{"$1/feed.xml?type=comments"},
		traits: Traits{OwnPages: true},
	},
	{
		platform: digest.Lemmy, maker: "Lemmy",
		at:         lazyregexp.New(`^(https?://[^/]+)/(?:feeds/)?c/([^/?#]+?)(?:\.xml)?(?:/.*)?$`),
		posts:      []string{"$1/feeds/c/$2.xml?sort=New"},
		noComments: "Lemmy gives no comments in feeds, so only the posts will come", never: true,
	},
	{
		platform: digest.Typecho, maker: "Typecho",
		posts: []string{"$1/feed/"}, comments: []string{"$1/feed/comments/"},
	},
	{platform: digest.Comentario, traits: Traits{KeepsOthers: true}},
	{platform: digest.Disqus, traits: Traits{KeepsOthers: true}},
	{platform: digest.Isso, traits: Traits{HidesEdits: true, KeepsOthers: true}},
	{platform: digest.Remark42, traits: Traits{KeepsOthers: true}},
	{
		// Of a writer or publication there; its pages turn programs away.
		maker: "Medium", hosts: []string{".medium.com"}, mayBe: []string{"feed"},
		at:         lazyregexp.New(`^(https?://(?i:(?:www\.)?medium\.com))/([^/]+)`),
		not:        lazyregexp.New(`^https?://[^/]+/(?:feed|tag|me|m|p)(?:/|$)`),
		posts:      []string{"$1/feed/$2"},
		noComments: "Medium gives no comments in feeds, so only the posts will come", never: true,
	},
	{hosts: []string{".youtube.com"}, noComments: "YouTube gives no comments in feeds, so only the posts will come", never: true},
	{maker: "Tumblr", mayBe: []string{"rss"}},
	{maker: "Squarespace", mayBe: []string{"?format=rss", "blog?format=rss"}},
	{maker: "Jekyll", mayBe: []string{"feed.xml", "atom.xml"}},
	{maker: "Hugo", mayBe: []string{"index.xml"}},
	{maker: "Eleventy", mayBe: []string{"feed.xml", "feed/feed.xml"}},
	{maker: "Wix", mayBe: []string{"blog-feed.xml"}},
	{maker: "Webflow", mayBe: []string{"blog/rss.xml"}},
	{maker: "Joomla", mayBe: []string{"?format=feed&type=atom"}},
	{maker: "LiveJournal", mayBe: []string{"data/atom"}},
}

// usual are the paths that are tried when nothing is known of a site's maker.
var usual = []string{"feed/", "feeds/posts/default", "rss.xml", "atom.xml"}
