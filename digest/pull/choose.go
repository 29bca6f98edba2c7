package pull

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"postbag/digest"
	"postbag/digest/feed"
)

// Choice is a feed that a page offers, by what its title and address tell.
type Choice struct {
	Title string // as the page gives it; may be empty
	Kind  string // "posts", "comments", "one post's comments", "category" or "podcast"
	URL   string
}

// The kinds of a [Choice].
const (
	ofPosts    = "posts"
	ofComments = "comments"
	ofOnePost  = "one post's comments"
	ofCategory = "category"
	ofPodcast  = "podcast"
)

// AmbiguousError is a page with several feeds of which none is clearly the one
// meant; somebody has to choose.
type AmbiguousError struct {
	URL     string // the page
	Choices []Choice
}

// Error lists the feeds, one in a line.
func (e *AmbiguousError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s has several feeds, and which one is meant is not clear:", e.URL)
	for _, c := range e.Choices {
		fmt.Fprintf(&b, "\n  %-8s  %s", c.Kind, c.URL)
		if c.Title != "" {
			fmt.Fprintf(&b, "  %q", c.Title)
		}
	}
	return b.String()
}

// offer is what a page offers, sorted.
type offer struct {
	posts    []string // the posts feed that is meant, in each of its formats, the best first
	comments []string // feeds of all comments
	all      []Choice
	unclear  bool // there are posts feeds, and which one is meant is not clear
}

// ambiguous words that somebody has to choose.
func (o offer) ambiguous(pageURL string) error {
	command := ""
	for _, c := range o.all {
		if c.Kind == ofPosts || command == "" {
			command = "--posts " + quoted(c.URL)
			if c.Kind == ofPosts {
				break
			}
		}
	}
	if len(o.comments) > 0 {
		command += " --comments " + quoted(o.comments[0])
	}
	return digest.Fail(digest.Invalid, "Say which, for example: postbag source add "+command,
		"%w", &AmbiguousError{URL: pageURL, Choices: o.all})
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9@%+=:,./_-]+$`)

// quoted writes an address as a word for the shell.
func quoted(address string) string {
	if plainWord.MatchString(address) {
		return address
	}
	return "'" + strings.ReplaceAll(address, "'", "%27") + "'"
}

// offers sorts the feeds of a page: those it announces, and where it announces
// none of posts, or none of comments, those its text links to on the same site.
func offers(page feed.Page, pageURL string) offer {
	o := sorted(mine(page.Links, page.Language, pageURL), page, pageURL)
	if len(o.posts) > 0 && len(o.comments) > 0 || o.unclear {
		return o
	}
	var anchors []feed.Link
	for _, l := range mine(page.Anchors, page.Language, pageURL) {
		if related(l.URL, pageURL) || burner(l.URL) {
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

// mine leaves out feeds of other sites and in other languages, if others are
// left.
func mine(links []feed.Link, language, pageURL string) []feed.Link {
	keep := func(links []feed.Link, ok func(feed.Link) bool) []feed.Link {
		var some []feed.Link
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
	links = keep(links, func(l feed.Link) bool { return related(l.URL, pageURL) || burner(l.URL) })
	own, _, _ := strings.Cut(strings.ToLower(language), "-")
	return keep(links, func(l feed.Link) bool {
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
	da, errA := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(ua.Hostname()))
	db, errB := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(ub.Hostname()))
	if errA != nil || errB != nil || numeric(ua.Hostname()) {
		return strings.EqualFold(ua.Host, ub.Host)
	}
	return da == db
}

func numeric(host string) bool {
	return strings.Trim(host, "0123456789.") == "" || strings.Contains(host, ":")
}

// burner tells whether an address is of a service that passes blogs' feeds on.
func burner(address string) bool {
	h := strings.ToLower(host(address))
	return h == "feedburner.com" || strings.HasSuffix(h, ".feedburner.com") || h == "feedproxy.google.com"
}

// sorted sorts links into posts, comments and others, and picks the posts feed
// that is meant.
func sorted(links []feed.Link, page feed.Page, pageURL string) offer {
	var o offer
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
	commentsPath  = regexp.MustCompile(`(?i)(?:^|[/._-])comments?(?:$|[/._-])|/posts\.rss$`)
	commentsQuery = regexp.MustCompile(`(?i)(?:^|&)(?:feed=comments-|.*=comments(?:&|$))`)
	commentsTitle = regexp.MustCompile(`(?i)\b(?:comments?|replies|kommentare?|comentarios|comentários|commentaires|commenti|reacties|komentarze)\b|комментарии|コメント|评论|評論`)
	categoryPath  = regexp.MustCompile(`(?i)/(?:category|categories|tags?|topics?|labels?|authors?|users?|kategorie|search)/|^/c/`)
	categoryQuery = regexp.MustCompile(`(?i)(?:^|&)(?:cat|tag|author|category|s|q)=`)
	podcast       = regexp.MustCompile(`(?i)podcast|\bepisodes?\b|\baudio\b`)
)

// kindOf tells what a feed lists by its address, else by its title; the name of
// the site itself tells nothing.
func kindOf(l feed.Link, page feed.Page, pageURL string) string {
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

// group is one posts feed in its formats.
type group struct {
	base  string // the folder of the feed
	stem  string // its name without words for formats
	title string // its title without them
	own   bool   // the title is the site's own
	links []feed.Link
}

var (
	formatWords = regexp.MustCompile(`(?i)\b(?:rss|atom|rdf|json|xml|feeds?|rss2|index)\b|\d\.\d+|[^\pL\pN]+`)
	entryWords  = regexp.MustCompile(`(?i)\b(?:entries|posts|articles|subscribe|syndicate|version)\b`)
)

// bare leaves of a name what is not about formats.
func bare(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(formatWords.ReplaceAllString(s, " ")), " "))
}

// bareTitle does the same for a title, whose "posts" say no more than that.
func bareTitle(s string) string { return bare(entryWords.ReplaceAllString(s, " ")) }

// gather adds a link to the group it is another format of, or begins one.
func gather(groups []group, l feed.Link, page feed.Page) []group {
	u, err := url.Parse(l.URL)
	if err != nil {
		return groups
	}
	g := group{title: bareTitle(l.Title), links: []feed.Link{l}}
	folder, name := path.Split(strings.TrimSuffix(u.Path, "/"))
	for len(folder) > 1 && bare(path.Base(folder)) == "" {
		folder, _ = path.Split(strings.TrimSuffix(folder, "/"))
	}
	g.base = u.Host + folder
	g.stem = bare(strings.NewReplacer(".", " ", "_", " ").Replace(name) + " " + strings.NewReplacer("=", " ", "&", " ").Replace(u.RawQuery))
	g.own = g.title == "" || g.title == bareTitle(page.SiteName) || g.title == bareTitle(page.Title)
	for i, o := range groups {
		sameName := o.base == g.base && o.stem == g.stem
		sameTitle := g.title != "" && o.title == g.title
		if sameName || sameTitle {
			groups[i].links = append(groups[i].links, l)
			slices.SortStableFunc(groups[i].links, func(a, b feed.Link) int { return cmp.Compare(rank(a), rank(b)) })
			groups[i].own = o.own || g.own
			return groups
		}
	}
	return append(groups, g)
}

// rank orders formats by how much they tell.
func rank(l feed.Link) int {
	switch {
	case strings.Contains(l.Type, "atom"):
		return 0
	case strings.Contains(l.Type, "rdf"):
		return 2
	case strings.Contains(l.Type, "json"):
		return 3
	}
	return 1
}

// pick gives the feed that is meant where it is clear: the only one, else the
// one whose folder is nearest around the page, else the first of those that bear
// the site's own title. A tie is not clear.
func pick(groups []group, pageURL string) (group, bool) {
	if len(groups) < 2 {
		return append(groups, group{})[0], len(groups) == 1
	}
	p, err := url.Parse(pageURL)
	if err != nil {
		return group{}, false
	}
	near := nearest(groups, p.Host+p.Path)
	if len(near) == 1 {
		return near[0], true
	}
	var own []group
	for _, g := range near {
		if g.own {
			own = append(own, g)
		}
	}
	if len(own) == 1 {
		return own[0], true
	}
	return group{}, false
}

// nearest gives the groups whose folder is the longest one around a page; all of
// them if none is around it.
func nearest(groups []group, page string) []group {
	longest, near := 0, groups
	for _, g := range groups {
		if !strings.HasPrefix(page, g.base) && page+"/" != g.base {
			continue
		}
		switch n := len(g.base); {
		case n > longest:
			longest, near = n, []group{g}
		case n == longest:
			near = append(near, g)
		}
	}
	return near
}
