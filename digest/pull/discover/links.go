package discover

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"postbag/digest"
	"postbag/digest/hostname"
	"postbag/digest/lazyregexp"
	"postbag/digest/pull/platform"
	"postbag/digest/webpage"
)

// pageFeeds are the feeds that a page links to, sorted.
type pageFeeds struct {
	posts    []string // the posts feed that is meant, in each of its formats, the best first
	comments []string // feeds of all comments
	all      []Choice
	unclear  bool // there are posts feeds, and which one is meant is not clear
}

// ambiguous words that somebody has to choose.
func (o pageFeeds) ambiguous(pageURL string) error {
	offered := o.all[max(0, slices.IndexFunc(o.all, func(c Choice) bool { return c.Kind == ofPosts }))]
	act := digest.Act{Do: digest.AddSource, Posts: offered.URL}
	if len(o.comments) > 0 {
		act.Comments = o.comments[0]
	}
	return digest.Fail(digest.Invalid, "Say which.", "%w", &AmbiguousError{URL: pageURL, Choices: o.all}).Offer(act)
}

// linkedFeeds sorts the feeds of a page: those it announces, and where it announces
// none of posts, or none of comments, those its text links to on the same site.
func linkedFeeds(page webpage.Page, pageURL string) pageFeeds {
	o := sorted(ownLinks(page.Links, page.Language, pageURL), page, pageURL)
	if len(o.posts) > 0 && len(o.comments) > 0 || o.unclear {
		return o
	}
	var anchors []webpage.Link
	for _, l := range ownLinks(page.Anchors, page.Language, pageURL) {
		if related(l.URL, pageURL) || feedService(l.URL) {
			anchors = append(anchors, l)
		}
	}
	if len(anchors) == 0 {
		return o
	}
	text := sorted(anchors, page, pageURL)
	if len(o.comments) == 0 {
		o.comments = text.comments
	}
	if len(o.posts) == 0 {
		o.posts, o.unclear, o.all = text.posts, text.unclear, text.all
	}
	return o
}

// ownLinks leaves out feeds of other sites and in other languages, if others are
// left.
func ownLinks(links []webpage.Link, language, pageURL string) []webpage.Link {
	keep := func(links []webpage.Link, ok func(webpage.Link) bool) []webpage.Link {
		var some []webpage.Link
		for _, l := range links {
			if ok(l) {
				some = append(some, l)
			}
		}
		if len(some) == 0 {
			return links
		}
		return some
	}
	links = keep(links, func(l webpage.Link) bool { return related(l.URL, pageURL) || feedService(l.URL) })
	own, _, _ := strings.Cut(strings.ToLower(language), "-")
	return keep(links, func(l webpage.Link) bool {
		its, _, _ := strings.Cut(strings.ToLower(l.Language), "-")
		return its == "" || own == "" || its == own
	})
}

// related tells whether two addresses are of one owner, as far as their hosts
// tell: the same registered domain, or the same number and port.
func related(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	if errA != nil || errB != nil {
		return false
	}
	da, errA := publicsuffix.EffectiveTLDPlusOne(hostname.Normal(ua.Hostname()))
	db, errB := publicsuffix.EffectiveTLDPlusOne(hostname.Normal(ub.Hostname()))
	if errA != nil || errB != nil || numeric(ua.Hostname()) {
		return strings.EqualFold(ua.Host, ub.Host)
	}
	return da == db
}

func numeric(host string) bool {
	return strings.Trim(host, "0123456789.") == "" || strings.Contains(host, ":")
}

// feedService tells whether an address is of a service that passes blogs' feeds on.
func feedService(address string) bool {
	h := hostname.Of(address)
	return hostname.Within(h, "feedburner.com") || h == "feedproxy.google.com"
}

// sorted sorts links into posts, comments and others, and picks the posts feed
// that is meant.
func sorted(links []webpage.Link, page webpage.Page, pageURL string) pageFeeds {
	var o pageFeeds
	var groups []group
	for _, l := range links {
		c := Choice{Title: l.Title, Kind: kindOf(l, page, pageURL), URL: l.URL}
		o.all = append(o.all, c)
		switch c.Kind {
		case ofPosts:
			groups = gather(groups, l, page)
		case ofComments:
			o.comments = append(o.comments, l.URL)
		}
	}
	slices.SortStableFunc(o.comments, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	if len(groups) == 0 {
		for i, c := range o.all {
			if c.Kind == ofCategory || c.Kind == ofPodcast {
				groups = gather(groups, links[i], page)
			}
		}
	}
	meant, ok := pick(groups, pageURL)
	o.unclear = len(groups) > 0 && !ok
	for _, l := range meant.links {
		o.posts = append(o.posts, l.URL)
	}
	return o
}

var (
	commentsPath  = lazyregexp.New(`(?i)(?:^|[/._-])(?:comments?|crss)(?:$|[/._-])`)
	commentsQuery = lazyregexp.New(`(?i)(?:^|&)(?:feed=comments-|.*=comments(?:&|$))`)
	commentsTitle = lazyregexp.New(`(?i)\b(?:comments?|replies|kommentare?|comentarios|comentários|commentaires|commenti|reacties|komentarze)\b|комментарии|コメント|评论|評論`)
	categoryPath  = lazyregexp.New(`(?i)/(?:category|categories|taxonomy|tags?|topics?|labels?|authors?|users?|kategorie|search)/|^/c/`)
	categoryQuery = lazyregexp.New(`(?i)(?:^|&)(?:cat|tag|author|category|s|q)=`)
	podcast       = lazyregexp.New(`(?i)podcast|\bepisodes?\b|\baudio\b`)
)

// kindOf tells what a feed lists by its address, else by its title; the name of
// the site itself tells nothing.
func kindOf(l webpage.Link, page webpage.Page, pageURL string) string {
	u, err := url.Parse(l.URL)
	if err != nil {
		return ofPosts
	}
	title := l.Title
	for _, own := range []string{page.SiteName, page.Title} {
		if own != "" {
			title = strings.ReplaceAll(title, own, "")
		}
	}
	switch {
	case strings.HasSuffix(u.Path, "/posts.rss") && webpage.Software(page.Generator) == platform.MakerOf(digest.Discourse):
		return ofComments // elsewhere it is a feed of posts like any other
	case categoryPath.MatchString(u.Path), categoryQuery.MatchString(u.RawQuery):
		return ofCategory
	case commentsPath.MatchString(u.Path), commentsQuery.MatchString(u.RawQuery), commentsTitle.MatchString(title):
		if below(u, pageURL) {
			return ofOnePost
		}
		return ofComments
	case podcast.MatchString(u.Path), podcast.MatchString(title):
		return ofPodcast
	}
	return ofPosts
}

// below tells whether a feed's address is the page's own with more behind it,
// on a page that is not a home page.
func below(u *url.URL, pageURL string) bool {
	p, err := url.Parse(pageURL)
	if err != nil {
		return false
	}
	own := strings.TrimSuffix(strings.TrimSuffix(p.Path, "/"), path.Ext(p.Path))
	return strings.Count(own, "/") > 1 && strings.HasPrefix(u.Path, own)
}
