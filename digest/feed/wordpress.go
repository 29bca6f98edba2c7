package feed

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"

	"postbag/digest"
)

// rssPage is an RSS feed on its way to a [Document].
type rssPage struct {
	survey *survey
	feed   *rss.Feed
	url    string
}

var (
	// commentMark is the fragment of a WordPress comment's id and address.
	commentMark = regexp.MustCompile(`#comment-\d+$`)
	// commentPage is the part of a comment's address that names its page.
	commentPage = regexp.MustCompile(`/comment-page-\d+(/?)$`)
	siteFeed    = regexp.MustCompile(`(/comments/feed(/(rss2?|atom))?/?$|[?&]feed=comments-)`)
	postFeed    = regexp.MustCompile(`/feed(/(rss2?|atom))?/?$`)
)

// isWordPress goes by the generator, or, where that is switched off, by the
// shape of ids that WordPress alone gives.
func (p rssPage) isWordPress() bool {
	g := strings.ToLower(p.feed.Generator)
	if g != "" {
		return strings.Contains(g, "wordpress.org") || strings.Contains(g, "wordpress.com") || strings.HasPrefix(g, "wordpress")
	}
	for _, item := range p.feed.Items {
		if item.GUID != nil && wordPressID.MatchString(strings.TrimSpace(item.GUID.Value)) {
			return true
		}
	}
	return false
}

var wordPressID = regexp.MustCompile(`^https?://[^?#]*\?p=\d+(#comment-\d+)?$`)

// wordPress reads WordPress's RSS 2.0.
func (p rssPage) wordPress() (*Document, error) {
	f := p.feed
	d := &Document{
		Platform:     digest.WordPress,
		Title:        title(f.Title),
		HomeURL:      webURL(p.url, f.Link),
		Language:     short(plain(f.Language), 35),
		TotalResults: -1,
		TTL:          p.ttl(),
		Skipped:      p.survey.skipped,
	}
	for _, l := range f.Extensions["atom"]["link"] {
		switch l.Attrs["rel"] {
		case "self":
			d.SelfURL = webURL(p.url, l.Attrs["href"])
		case "next":
			d.NextURL = webURL(p.url, l.Attrs["href"])
		}
	}
	d.wordPressKind(p.url, p.anyComment())
	for i, item := range f.Items {
		if d.Kind == digest.PostsFeed {
			d.addPost(p.post(i, item))
		} else if c := p.comment(i, item); !d.pingback(c) {
			d.addComment(c)
		}
	}
	return d, nil
}

// anyComment tells whether an item's id or address is that of a comment.
func (p rssPage) anyComment() bool {
	for _, item := range p.feed.Items {
		if commentMark.MatchString(strings.TrimSpace(item.Link)) || commentMark.MatchString(guid(item)) {
			return true
		}
	}
	return false
}

// wordPressKind tells posts from comments, and the whole site's from one
// post's. An empty feed is judged by its address.
func (d *Document) wordPressKind(url string, comments bool) {
	where := d.SelfURL
	if where == "" {
		where = url
	}
	site := siteFeed.MatchString(where)
	d.Kind = digest.PostsFeed
	if comments || site {
		d.Kind = digest.CommentsFeed
		d.OnePost = !site && postFeed.MatchString(where)
	}
}

// post reads an item as a post.
func (p rssPage) post(i int, item *rss.Item) PostEntry {
	url := webURL(p.url, item.Link)
	body := itemBody(item)
	return PostEntry{
		ID:        guid(item),
		URL:       url,
		Title:     title(item.Title),
		Author:    creator(item),
		Published: moment(item.PubDateParsed),
		Announced: count(item.Extensions, "comments"),
		Body:      Body{HTML: body, Base: p.base(i, url)},
		Hash:      hash(item.Title, body),
	}
}

// comment reads an item as a comment. Its title is generated and is not looked
// at; its parent is not in the feed.
func (p rssPage) comment(i int, item *rss.Item) CommentEntry {
	url := webURL(p.url, item.Link)
	body := itemBody(item)
	return CommentEntry{
		ID:        guid(item),
		URL:       url,
		PostRef:   wordPressPost(guid(item), url),
		Author:    creator(item),
		Published: moment(item.PubDateParsed),
		Body:      Body{HTML: body, Base: p.base(i, url)},
		Hash:      hash(body),
	}
}

// wordPressPost names the post of a comment: the comment's id without its
// fragment is the post's id, and its address without it the post's address.
func wordPressPost(id, url string) string {
	if commentMark.MatchString(id) {
		return withoutFragment(id)
	}
	return commentPage.ReplaceAllString(withoutFragment(url), "$1")
}

// pingback tells whether a comment is only the notice that another page links
// here, which WordPress writes between two cuts, and lists it as skipped.
func (d *Document) pingback(c CommentEntry) bool {
	text := strings.ReplaceAll(plain(textOf(c.Body.HTML)), "[...]", "[…]")
	if len(text) <= 2*len("[…]") || !strings.HasPrefix(text, "[…]") || !strings.HasSuffix(text, "[…]") {
		return false
	}
	d.Skipped = append(d.Skipped, Skip{ID: c.ID, Reason: "it is the notice of a link, not a comment"})
	return true
}

// ttl reads how often the feed changes, as it says (RSS 2.0 ttl, or the
// syndication module).
func (p rssPage) ttl() time.Duration {
	const most = 24 * time.Hour
	if minutes, err := strconv.Atoi(p.feed.TTL); err == nil && minutes > 0 {
		return min(time.Duration(min(minutes, 24*60))*time.Minute, most)
	}
	period, ok := extension(p.feed.Extensions, "updatePeriod")
	if !ok {
		return 0
	}
	hours := map[string]time.Duration{"hourly": time.Hour, "daily": most, "weekly": most, "monthly": most, "yearly": most}
	return hours[strings.ToLower(period.Value)] / time.Duration(max(1, count(p.feed.Extensions, "updateFrequency")))
}

func (p rssPage) base(i int, permalink string) string {
	if len(p.survey.bases) == len(p.feed.Items) && p.survey.bases[i] != "" {
		return resolve(p.url, p.survey.bases[i])
	}
	if permalink != "" {
		return permalink
	}
	return p.url
}

func guid(item *rss.Item) string {
	if item.GUID == nil {
		return ""
	}
	return id(item.GUID.Value)
}

func itemBody(item *rss.Item) string {
	if item.Content != "" {
		return item.Content
	}
	return item.Description
}

// creator gives the writer by dc:creator, as it stands: names with brackets or
// @ are names too.
func creator(item *rss.Item) string {
	if item.DublinCoreExt != nil && len(item.DublinCoreExt.Creator) > 0 {
		return name(item.DublinCoreExt.Creator[0])
	}
	return ""
}

// wordPress reads WordPress's Atom, whose comments name their parents.
func (p atomPage) wordPress() (*Document, error) {
	d := p.document(digest.WordPress)
	comments := false
	for _, e := range p.feed.Entries {
		comments = comments || commentMark.MatchString(id(e.ID))
	}
	d.wordPressKind(p.url, comments)
	for i, e := range p.feed.Entries {
		body := e.Summary
		if e.Content != nil && e.Content.Value != "" {
			body = e.Content.Value
		}
		if d.Kind == digest.PostsFeed {
			d.addPost(p.post(i, e, body))
		} else if c := p.wordPressComment(i, e, body); !d.pingback(c) {
			d.addComment(c)
		}
	}
	return d, nil
}

func (p atomPage) wordPressComment(i int, e *atom.Entry, body string) CommentEntry {
	c := p.comment(i, e, body)
	c.PostRef = wordPressPost(c.ID, c.URL)
	// At top level in-reply-to names the post, in a reply the parent comment.
	reply, _ := extension(e.Extensions, "in-reply-to")
	if ref := id(reply.Attrs["ref"]); commentMark.MatchString(ref) && ref != c.ID {
		c.ParentRef = ref
	}
	return c
}
