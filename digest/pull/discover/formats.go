package discover

import (
	"cmp"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"postbag/digest/lazyregexp"
	"postbag/digest/webpage"
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

// group is one posts feed in its formats.
type group struct {
	base  string // the folder of the feed
	stem  string // its name without words for formats
	title string // its title without them
	own   bool   // the title is the site's own
	links []webpage.Link
}

var (
	formatWords = lazyregexp.New(`(?i)\b(?:rss|atom|rdf|json|xml|feeds?|rss2|index)\b|\d\.\d+|[^\pL\pN]+`)
	entryWords  = lazyregexp.New(`(?i)\b(?:entries|posts|articles|subscribe|syndicate|version)\b`)
)

// bare leaves of a name what is not about formats.
func bare(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(formatWords.ReplaceAllString(s, " ")), " "))
}

// bareTitle does the same for a title, whose "posts" say no more than that.
func bareTitle(s string) string { return bare(entryWords.ReplaceAllString(s, " ")) }

// gather adds a link to the group it is another format of, or begins one.
func gather(groups []group, l webpage.Link, page webpage.Page) []group {
	u, err := url.Parse(l.URL)
	if err != nil {
		return groups
	}
	g := group{title: bareTitle(l.Title), links: []webpage.Link{l}}
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
			slices.SortStableFunc(groups[i].links, func(a, b webpage.Link) int { return cmp.Compare(rank(a), rank(b)) })
			groups[i].own = o.own || g.own
			return groups
		}
	}
	return append(groups, g)
}

// rank orders formats by how much they tell.
func rank(l webpage.Link) int {
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
