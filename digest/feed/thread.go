package feed

import (
	"cmp"
	"strings"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/hostname"
	"postbag/digest/lazyregexp"
)

var (
	// commentFragment is the fragment of an address that most programs give a
	// comment.
	commentFragment = lazyregexp.New(`(?i)#(?:[cp][-_:]?\d+$|.*(?:comment|reply|isso)[-_:]?[0-9a-z]*\d)`)
	// commentsAddress is an address under which programs give comments.
	commentsAddress = lazyregexp.New(`(?i)(^|[/._-])(comments|replies|crss)([/._-]|$)|[?&](feed|type|kind|format)=comments?`)
)

// threads judges a feed by its entries: replies are comments, and so are entries
// whose addresses are places on pages. Failing these, its address tells.
func threads(p *page) verdict {
	replies := 0
	for i := range p.entries {
		if len(p.entries[i].repliesTo()) > 0 {
			replies++
		}
	}
	switch n := len(p.entries); {
	case n > 0 && replies == n:
		return verdict{digest.CommentsFeed, true}
	case replies > 0 && (replies*2 > n || p.every(func(e *entry) bool { return len(e.repliesTo()) > 0 || p.answered(e) })):
		return verdict{digest.CommentsFeed, false}
	case n > 0 && p.every(isCommentPlace):
		return verdict{digest.CommentsFeed, false}
	case p.some(func(e *entry) bool { return e.announced() >= 0 || e.commentsURL(p.url) != "" }):
		return verdict{digest.PostsFeed, false}
	case commentsAddress.MatchString(withoutHost(p.where())):
		return verdict{digest.CommentsFeed, false}
	}
	return verdict{digest.PostsFeed, false}
}

func isCommentPlace(e *entry) bool { return commentFragment.MatchString(e.url) }

// withoutHost gives the path and query of an address.
func withoutHost(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		_, rest, _ = strings.Cut(rest, "/")
		return "/" + rest
	}
	return address
}

// replyTo is what an entry replies to (RFC 4685, 3): the id, and the page.
type replyTo struct{ ref, href string }

// isPlace tells whether it is a place on a page, as comments are.
func (r replyTo) isPlace() bool { return strings.Contains(r.ref, "#") || strings.Contains(r.href, "#") }

// maxReplies bounds what one entry may reply to.
const maxReplies = 10

// repliesTo gives the in-reply-to elements of an entry.
func (e *entry) repliesTo() []replyTo {
	if e.toKnown {
		return e.to
	}
	e.toKnown = true
	for _, x := range extensions(e.ext, "in-reply-to") {
		r := replyTo{ref: field.ID(x.Attrs["ref"]), href: field.URL(e.base, x.Attrs["href"])}
		if r != (replyTo{}) && len(e.to) < maxReplies {
			e.to = append(e.to, r)
		}
	}
	return e.to
}

// answered tells whether another entry of the page replies to this one.
func (p *page) answered(e *entry) bool {
	p.index()
	return e.id != "" && p.refs[e.id] || e.url != "" && p.refs[e.url]
}

// index notes once which ids and addresses the page's entries reply to, and which of
// its entries are comments.
func (p *page) index() {
	if p.refs != nil {
		return
	}
	p.refs, p.replies, p.listed = map[string]bool{}, map[string]*entry{}, map[string]bool{}
	for i := range p.entries {
		e := &p.entries[i]
		to := e.repliesTo()
		for _, r := range to {
			p.refs[r.ref], p.refs[r.href] = true, true
		}
		p.listed[e.id], p.listed[e.url] = true, true
		if len(to) == 0 && !isCommentPlace(e) {
			continue
		}
		for _, name := range []string{e.id, e.url} {
			if name != "" {
				p.replies[name] = e
			}
		}
	}
	p.topics = p.some(func(e *entry) bool { return len(e.repliesTo()) == 0 && !isCommentPlace(e) && p.answered(e) })
}

// isReply tells whether an entry replies to something of the same feed, on the page or
// off it: then it is a comment, whatever else the feed lists (RFC 4685, 3). An entry may
// reply to another site's, and be a post.
func (p *page) isReply(e *entry) bool {
	p.index()
	for _, r := range e.repliesTo() {
		for _, name := range []string{r.ref, r.href} {
			if name != "" && (p.listed[name] || p.isOwn(name, e)) {
				return true
			}
		}
	}
	return false
}

// isOwn tells whether an id or address is of the site that an entry is of: on the host of
// its address, or of the same authority (RFC 4151) as its id.
func (p *page) isOwn(name string, e *entry) bool {
	if tag, _, ok := strings.Cut(name, ","); ok && strings.HasPrefix(tag, "tag:") {
		own, _, _ := strings.Cut(e.id, ",")
		return own == tag
	}
	host := hostname.Of(name)
	return host != "" && (host == hostname.Of(e.url) || host == hostname.Of(p.home))
}

// topic tells that an entry among comments is what they reply to, or is listed beside
// such a one: what replies to nothing, and is no place on a page. A feed that says by its
// address that it lists comments may list some that do not say what they reply to.
func topic(p *page, e *entry) bool {
	if len(e.repliesTo()) > 0 || isCommentPlace(e) {
		return false
	}
	p.index()
	return p.answered(e) || p.topics && !commentsAddress.MatchString(withoutHost(p.where()))
}

// reply ties a comment to its post and its parent. A reference names a comment
// if that is on the page, or if it is a place on a page; else it names the post.
// A link of relation related names a parent nowhere but at Blogger.
func reply(p *page, e *entry, c *CommentEntry) {
	p.index()
	for _, r := range e.repliesTo() {
		switch up := p.above(r); {
		case up != nil || r.isPlace():
			if c.ParentRef == "" {
				c.ParentRef = cmp.Or(r.ref, r.href)
				if up != nil {
					c.ParentRef = cmp.Or(up.id, c.ParentRef)
				}
			}
		case c.PostRef == "":
			c.PostRef = cmp.Or(r.ref, r.href)
		}
	}
	if c.PostRef == "" {
		c.PostRef = p.pageOf(e)
	}
}

// above gives the comment of the page that is replied to, nil for none.
func (p *page) above(r replyTo) *entry {
	if up := p.replies[r.ref]; up != nil {
		return up
	}
	return p.replies[r.href]
}

// pageOf gives the post that a comment stands under: the page of its permalink,
// else that of what it replies to, going up the thread as far as it is on the
// page of the feed.
func (p *page) pageOf(e *entry) string {
	for range MaxDepth {
		if own := field.WithoutFragment(e.url); own != e.url {
			return own
		}
		to := e.repliesTo()
		if len(to) == 0 {
			break
		}
		up := p.above(to[0])
		if up == nil {
			named := cmp.Or(to[0].ref, to[0].href)
			if to[0].isPlace() {
				named = field.WithoutFragment(cmp.Or(to[0].href, to[0].ref))
			}
			return named
		}
		e = up
	}
	return cmp.Or(field.WithoutFragment(e.discussion), e.url)
}
