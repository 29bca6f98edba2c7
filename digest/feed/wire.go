package feed

import (
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/hostname"
	"postbag/digest/lazyregexp"
)

// page is one page of a feed, the same whatever its format: texts as they were
// sent, addresses absolute. Platforms read their documents from it.
type page struct {
	url  string // where it came from
	head string // the beginning of the document, for what the formats' readers lose

	id, title, home, self, next string
	kind                        string // the type of its title, as entry.titleType
	language, generator         string
	about                       string // what an RSS channel says of itself
	author                      string // of the whole feed
	total                       int
	interval                    interval
	complete                    bool
	links                       []*atom.Link
	ext                         ext.Extensions
	entries                     []entry

	skipped []Skip
	cut     bool
	around  map[string]int // words around the links before replies; see saysOf
	// numbered tells, at Discourse, that an entry names the number of its post.
	numbered bool
	refs     map[string]bool   // ids and addresses that entries reply to; see index
	listed   map[string]bool   // those of the entries themselves
	topics   bool              // some entry replies to nothing and is answered
	replies  map[string]*entry // entries that are comments, by both
	byPlace  map[string]*entry // comments, by the places on pages where they are; see commentAt
}

// entry is one entry of a page.
type entry struct {
	id        string
	url       string // the permalink
	title     string // as sent
	titleType string // what it is said to be: text, html or another of Atom's types, or ""
	content   string // HTML
	summary   string // as sent: HTML or plain text, the feed does not always say
	// summaryIsText tells that the summary is said to be plain text.
	summaryIsText bool
	base          string // what relative addresses in the text are resolved against
	author        string
	authorURI     string
	published     time.Time
	updated       time.Time

	links      []*atom.Link
	discussion string // RSS's comments element: the page with the discussion
	replies    int    // comments announced by a link of relation replies, -1 for none
	ext        ext.Extensions
	to         []replyTo // what it replies to; see repliesTo
	toKnown    bool
}

// document reads what stands above the entries.
func (p *page) document(name digest.Platform) *Document {
	return &Document{
		Platform:     name,
		Title:        heading(p.title, p.kind),
		HomeURL:      p.home,
		SelfURL:      p.self,
		NextURL:      p.next,
		Language:     field.Line(p.language, 35),
		TotalResults: p.total,
		TTL:          p.interval.ttl,
		SkipHours:    p.interval.skip,
		Complete:     p.complete && !p.cut,
		CutShort:     p.cut,
		Deleted:      tombstones(p.ext),
		Skipped:      p.skipped,
	}
}

// onHost tells whether the feed, its home page or its id is on one of the hosts, or
// on a part of it.
func (p *page) onHost(names ...string) bool {
	for _, address := range []string{p.self, p.url, p.home, p.id} {
		h := hostname.Of(address)
		if slices.ContainsFunc(names, func(name string) bool { return hostname.Within(h, name) }) {
			return true
		}
	}
	return false
}

// where is the address that tells what a feed lists: its own word, else where
// it came from.
func (p *page) where() string {
	if p.self != "" {
		return p.self
	}
	return p.url
}

// every tells whether a page has entries and all of them are so.
func (p *page) every(so func(*entry) bool) bool {
	for i := range p.entries {
		if !so(&p.entries[i]) {
			return false
		}
	}
	return len(p.entries) > 0
}

// some tells whether any entry is so.
func (p *page) some(so func(*entry) bool) bool {
	for i := range p.entries {
		if so(&p.entries[i]) {
			return true
		}
	}
	return false
}

// heading makes a heading of a title, by what its format says it is.
func heading(title, kind string) string {
	switch {
	case kind == "":
		return field.Title(title)
	case isPlain(kind):
		return field.PlainTitle(title)
	}
	return field.HTMLTitle(title)
}

// body gives the text as HTML: the content, or the summary where that says nothing.
// Where there is only a summary, its markup, if it has any, is taken for such. What is
// said to be HTML, but has no markup and blank lines, was typed as plain text.
func (e *entry) body() string {
	switch content := e.said(); {
	case content != "" && !hasMarkup(content) && blankLines.MatchString(strings.TrimSpace(content)):
		return field.HTML(content)
	case content != "":
		return content
	case hasMarkup(e.summary) && !e.summaryIsText:
		return e.summary
	}
	return field.HTML(e.summary)
}

// text gives a text of the entry with what is known of it.
func (e *entry) text(html string) Body {
	return Body{HTML: html, Base: e.base, Summary: e.content == "" && e.summary != ""}
}

// said gives the content, "" for one that says and shows nothing beside a summary.
func (e *entry) said() string {
	if e.summary != "" && isBlank(e.content) {
		return ""
	}
	return e.content
}

// shows are the elements that say something without words.
var shows = lazyregexp.New(`(?i)<(?:img|iframe|video|audio|object|embed|svg|math|canvas|picture|hr)[\s/>]`)

// isBlank tells whether a piece of HTML has neither words nor anything to look at.
func isBlank(content string) bool {
	inTag := false
	for i := 0; i < len(content); i++ {
		switch c := content[i]; {
		case inTag:
			inTag = c != '>'
		case c == '<':
			inTag = true
		case c == '&' && spaceName.MatchString(content[i:min(len(content), i+10)]):
			i += strings.IndexByte(content[i:], ';')
		case strings.HasPrefix(content[i:], "\u00a0"):
			i++
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			return false
		}
	}
	return !shows.MatchString(content)
}

// spaceName is a reference to a space that is not broken.
var spaceName = lazyregexp.New(`^&(?:nbsp|#160|#[xX][aA]0);`)

// post reads an entry as a post, as far as all platforms agree.
func (p *page) post(e *entry, body string) PostEntry {
	author := e.author
	if author == "" {
		author = p.author // RFC 4287, 4.2.1
	}
	return PostEntry{
		ID:          e.id,
		URL:         e.url,
		Title:       heading(e.title, e.titleType),
		Author:      author,
		Published:   e.published,
		Updated:     e.updated,
		Announced:   e.announced(),
		Body:        e.text(body),
		Hash:        field.Hash(e.title, body),
		CommentsURL: e.commentsURL(p.url),
	}
}

// comment reads an entry as a comment, as far as all platforms agree. Its title
// is generated and is not looked at.
func (p *page) comment(e *entry, body string) CommentEntry {
	return CommentEntry{
		ID:        e.id,
		URL:       e.url,
		Author:    e.author,
		AuthorURI: e.authorURI,
		Published: e.published,
		Updated:   e.updated,
		Body:      e.text(body),
		Hash:      field.Hash(body),
	}
}

// announced is how many comments the feed says a post has: by thr:total (RFC
// 4685, 5), slash:comments or the thr:count of its replies link, else -1.
func (e *entry) announced() int {
	for _, name := range []string{"total", "comments"} {
		if n := count(e.ext, name); n >= 0 {
			return n
		}
	}
	return e.replies
}

// commentsURL is the feed of a post's own comments: wfw:commentRss, or a link of
// relation replies to a feed (RFC 4685, 4).
func (e *entry) commentsURL(base string) string {
	for _, name := range []string{"commentRss", "commentRSS"} {
		if x, ok := extension(e.ext, name); ok {
			if u := field.URL(base, x.Value); u != "" {
				return u
			}
		}
	}
	for _, l := range e.links {
		if strings.EqualFold(l.Rel, "replies") && isFeedType(l.Type) {
			return field.URL(base, l.Href)
		}
	}
	return ""
}

func isFeedType(t string) bool {
	t, _, _ = strings.Cut(strings.ToLower(t), ";")
	switch strings.TrimSpace(t) {
	case "application/atom+xml", "application/rss+xml", "application/feed+json":
		return true
	}
	return false
}

// tombstones gives the entries that a feed says were deleted (RFC 6721, 3).
func tombstones(exts ext.Extensions) []Tombstone {
	var all []Tombstone
	for _, x := range extensions(exts, "deleted-entry") {
		if ref := field.ID(x.Attrs["ref"]); ref != "" && len(all) < MaxEntries {
			all = append(all, Tombstone{ID: ref, When: field.Time(x.Attrs["when"])})
		}
	}
	return all
}
