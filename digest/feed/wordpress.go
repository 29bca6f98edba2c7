package feed

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/hostname"
	"postbag/digest/lazyregexp"
)

var (
	// commentMark is the fragment of a WordPress comment's id and address.
	commentMark = lazyregexp.New(`#comment-(\d+)$`)
	// commentPage is the part of a comment's address that names its page.
	commentPage = lazyregexp.New(`/comment-page-\d+(/?)$`)
	siteFeed    = lazyregexp.New(`(/comments/feed(/(rss2?|atom))?/?$|[?&]feed=comments-)`)
	postFeed    = lazyregexp.New(`/feed(/(rss2?|atom))?/?$|[?&]p=\d+`)
	// wordPressID is the id of a post or comment, wordPressNumber the post's number
	// in it.
	wordPressID     = lazyregexp.New(`^https?://[^?#]*\?(?:[^#]*[&;])?p=\d+(#comment-\d+)?$`)
	wordPressNumber = lazyregexp.New(`[?&;]p=(\d+)(?:#|$)`)
	// wordPressReply is what may stand before a reply in a feed of comments; see
	// [wordPressAnswers]. With the link come the few words around it.
	wordPressReply = lazyregexp.New(`^(?is)\s*(?:<p(?:\s[^<>]*)?>\s*)?([^<>]*?)<a\s[^<>]*?href=["']?([^"'<>\s]+)["']?[^<>]*>(.*?)</a>([^<>\n]*?)\s*(?:</p>|<br\s*/?>|\n\s*\n|<p>)`)
	// relOfLink is in the tag of a link that somebody wrote.
	relOfLink = lazyregexp.New(`(?i)\srel\s*=`)
	// wordPressForm asks for a password, in place of what it protects.
	wordPressForm = lazyregexp.New(`(?i)<input\s[^<>]*name=["']?post_password["'\s/>]`)
	// commentPageQuery names a page of comments where permalinks are plain.
	commentPageQuery = lazyregexp.New(`([?&;])cpage=\d+(?:&|$)`)
)

// mostAround is how many characters the words around a reply's link have at most, in
// any language.
const mostAround = 40

// hasWordPressIDs goes by the shape of ids that WordPress alone gives. A feed that
// gathers the entries of many blogs has some of these, too.
func hasWordPressIDs(p *page) bool {
	own := 0
	for _, e := range p.entries {
		if wordPressID.MatchString(e.id) {
			own++
		}
	}
	return own > 0 && own*2 >= len(p.entries)
}

func wordPressDocument(p *page, d *Document) {
	where := p.where()
	d.OnePost = d.Kind == digest.CommentsFeed && !siteFeed.MatchString(where) && postFeed.MatchString(where)
}

// wordPressPost leaves out the form that stands in place of a post with a password.
func wordPressPost(_ *page, e *entry, post *PostEntry) {
	post.Key = numbered("post-", wordPressNumber, e.id)
	if wordPressForm.MatchString(post.Body.HTML) {
		post.Body.HTML, post.Hash = "", field.Hash(e.title)
	}
}

// wordPressKind goes by the ids and addresses of entries. An empty feed is judged
// by its address.
func wordPressKind(p *page) verdict {
	comments := p.some(func(e *entry) bool { return commentMark.MatchString(e.url) || commentMark.MatchString(e.id) })
	if comments || siteFeed.MatchString(p.where()) {
		return verdict{digest.CommentsFeed, comments}
	}
	return verdict{digest.PostsFeed, len(p.entries) > 0}
}

// wordPressComment ties a comment to its post: its id without the fragment is
// the post's id, and its address without it the post's address. At top level
// Atom's in-reply-to names the post too, in a reply the parent; RSS has none, and the
// line before a reply's words names it instead.
func wordPressComment(p *page, e *entry, c *CommentEntry) {
	c.PostRef = commentPage.ReplaceAllString(field.WithoutFragment(c.URL), "$1")
	if commentMark.MatchString(c.ID) {
		c.PostRef = field.WithoutFragment(c.ID)
	}
	c.Key = numbered("comment-", commentMark, c.ID)
	if c.Key == "" {
		c.Key = numbered("comment-", commentMark, c.URL)
	}
	c.PostKey = numbered("post-", wordPressNumber, c.ID)
	for _, r := range e.repliesTo() {
		if commentMark.MatchString(r.ref) {
			c.ParentRef, c.ParentKey = r.ref, numbered("comment-", commentMark, r.ref)
		}
	}
	if a, ok := wordPressAnswers(p, e, c, c.ParentKey); ok {
		c.Body.HTML, c.Hash = a.words, field.Hash(a.words)
		if c.ParentKey = a.parent; c.ParentRef == "" && c.ID != "" {
			c.ParentRef = field.WithoutFragment(c.ID) + "#" + a.parent
		}
	}
}

// plainComment reads a comment of a feed whose maker is not known. It may be WordPress
// all the same: some sites leave out what says so.
func plainComment(p *page, e *entry, c *CommentEntry) {
	reply(p, e, c)
	a, ok := wordPressAnswers(p, e, c, numbered("comment-", commentMark, c.ParentRef))
	if !ok {
		return
	}
	c.Body.HTML, c.Hash = a.words, field.Hash(a.words)
	switch parent := p.commentAt(a.link); {
	case c.ParentRef != "":
	case parent != nil && parent.id != "":
		c.ParentRef = parent.id
	default:
		c.ParentRef = a.link
	}
}

// answer is what the line before a reply tells.
type answer struct {
	words  string // what follows it
	parent string // the key of the comment that is answered
	link   string // its address
}

// wordPressAnswers takes off what WordPress (since 5.4, get_comment_text) puts before the
// words of a reply in its feeds, "In reply to NAME." in the language of the site, and
// gives the key of the comment that it links to. It is known by its form: the first
// paragraph, of a few words and a link to another comment of the same post, which is
// called by the name of its writer, in the words that the site has for it. One that says
// something else than Atom's in-reply-to does, which names a comment by said, is the
// writer's own, and so is a link with a rel: WordPress gives one to each link of a writer
// (wp_rel_ugc), and none to its own.
func wordPressAnswers(p *page, e *entry, c *CommentEntry, said string) (a answer, ok bool) {
	text := replyText(c.Body.HTML)
	m := wordPressReply.FindStringSubmatchIndex(text)
	if m == nil || relOfLink.MatchString(text[m[3]:m[6]]) {
		return a, false
	}
	group := func(n int) string { return html.UnescapeString(text[m[2*n]:m[2*n+1]]) }
	a.link = field.URL(e.base, group(2))
	a.parent = numbered("comment-", commentMark, a.link)
	switch {
	case strings.Contains(group(3), "</a"), a.parent == "" || a.parent == numbered("comment-", commentMark, c.URL), wordPressPage(a.link) != wordPressPage(c.URL):
		return a, false
	case !p.saysOf(group(1), group(4)):
		return a, false
	case len(e.repliesTo()) > 0 && a.parent != said:
		return a, false
	}
	if parent := p.commentAt(a.link); parent != nil && !sameLetters(parent.author, field.Name(field.Words(group(3)))) {
		return a, false
	}
	a.words = strings.TrimSpace(text[m[1]:])
	return a, a.words != "" // WordPress takes no comment without any
}

// typed writes a text with markup and line ends, as it was typed into a form, as HTML.
func typed(text string) string {
	text = blankLines.ReplaceAllString(strings.ReplaceAll(text, "\r\n", "\n"), "<p>")
	return strings.ReplaceAll(text, "\n", "<br>")
}

// replyText gives a body in which a line before a reply can be found: a feed that has
// descriptions only escapes it twice (comment_text_rss).
func replyText(body string) string {
	if !strings.Contains(body, "<") && strings.Contains(body, "&lt;a ") {
		return typed(html.UnescapeString(body))
	}
	return body
}

// saysOf tells whether the words around a link are those by which the site says what is a
// reply. They are the same before all replies; of several on one page most replies have
// them.
func (p *page) saysOf(before, after string) bool {
	around := aroundLink(before, after)
	letters := strings.IndexFunc(around, unicode.IsLetter) >= 0
	if !letters || utf8.RuneCountInString(around) > mostAround {
		return false
	}
	if p.around == nil {
		p.around = map[string]int{}
		for i := range p.entries {
			if m := wordPressReply.FindStringSubmatch(replyText(p.entries[i].body())); m != nil && commentMark.MatchString(html.UnescapeString(m[2])) {
				p.around[aroundLink(html.UnescapeString(m[1]), html.UnescapeString(m[4]))]++
			}
		}
	}
	for other, times := range p.around {
		if other != around && times >= p.around[around] && around != inEnglish {
			return false
		}
	}
	return true
}

// inEnglish is what WordPress says around a link where nobody has translated it.
const inEnglish = "In reply to %."

// aroundLink gives the words around a link in one form.
func aroundLink(before, after string) string {
	return strings.Join(strings.Fields(before+"%"+after), " ")
}

// wordPressPage is the page of a comment's address, but for what changes with the
// number of its comments.
func wordPressPage(address string) string {
	page := commentPage.ReplaceAllString(field.WithoutFragment(address), "$1")
	page = strings.TrimRight(commentPageQuery.ReplaceAllString(page, "$1"), "?&;/")
	_, rest, _ := strings.Cut(page, "://")
	_, path, _ := strings.Cut(rest, "/")
	return hostname.Site(hostname.Of(page)) + "/" + path
}

// commentAt gives the comment of the page's that has an address, nil for none.
func (p *page) commentAt(address string) *entry {
	name := func(address string) string { return wordPressPage(address) + numbered("#", commentMark, address) }
	if p.byPlace == nil {
		p.byPlace = map[string]*entry{}
		for i := range p.entries {
			p.byPlace[name(p.entries[i].url)] = &p.entries[i]
		}
	}
	return p.byPlace[name(address)]
}

// sameLetters tells whether two names have the same letters and digits, but for two at
// the end: WordPress turns quotation marks and smilies (":D") of a name in a text into
// others.
func sameLetters(a, b string) bool {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return unicode.ToLower(r)
			}
			return -1
		}, s)
	}
	a, b = letters(a), letters(b)
	if len(a) > len(b) {
		a, b = b, a
	}
	return strings.HasPrefix(b, a) && utf8.RuneCountInString(b[len(a):]) <= 2
}

// numbered gives a key made of the number that a pattern finds in a text, or "".
func numbered(prefix string, pattern *lazyregexp.Regexp, text string) string {
	if m := pattern.FindStringSubmatch(text); m != nil {
		return prefix + m[1]
	}
	return ""
}

// wordPressNotice tells of what stands among comments and is nobody's words: the form
// that asks for a password (feed-rss2-comments.php), in Atom and in RSS, and the notice
// that another page links here, which stands between two cuts.
func wordPressNotice(e *entry) digest.LeftOut {
	text := strings.ReplaceAll(field.Words(e.body()), "[...]", "[…]")
	if wordPressForm.MatchString(e.body()) || text == "Protected Comments: Please enter your password to view comments." {
		return digest.BehindPassword
	}
	if len(text) <= 2*len("[…]") || !strings.HasPrefix(text, "[…]") || !strings.HasSuffix(text, "[…]") {
		return ""
	}
	return digest.LinkNotice
}
