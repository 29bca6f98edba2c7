package dump

import (
	"cmp"
	"strings"
	"time"

	"postbag/digest/feed"
	"postbag/digest/field"
	"postbag/digest/lazyregexp"
)

// maxSites is how much is held of pages, in bytes, about; those beyond become posts of
// their own, which the store takes together by their addresses.
const maxSites = 8 << 20

// sites are the pages that comments stand under, in exports of comments alone. The
// spellings of one address are one page, which becomes a post with its first comment.
type sites struct {
	known map[string]*site
	size  int
}

// site is what is held of a page: the best of what an export says of it.
type site struct {
	link, title string
	created     int64  // when it was first looked at, in seconds since 1970; 0 for unknown
	ref         string // one more name of the post, or ""
	bare        string // the key of its address without what may follow it; "" if nothing does
	given       bool
}

// post makes an entry of a page.
func (s *site) post() feed.PostEntry {
	return feed.PostEntry{
		ID: s.link, URL: s.link, Title: s.title, Published: moment(s.created), Announced: -1, Ref: s.ref,
		Body: feed.Body{Base: s.link}, Hash: field.Hash(s.title, ""),
	}
}

// at gives the page of an address, and takes over what is known better of it now.
func (s *sites) at(x site) *site {
	x.link = mirrored(x.link)
	key := pageKey(x.link)
	known := s.known[key]
	if known == nil {
		x.bare = bareKey(x.link)
		const each = 200 // bytes, of the record
		if size := each + len(key) + len(x.link) + len(x.title) + len(x.bare); key != "" && s.size+size <= maxSites {
			if s.known == nil {
				s.known = map[string]*site{}
			}
			s.known[key] = &x
			s.size += size
		}
		return &x
	}
	if x.created != 0 && (known.created == 0 || x.created < known.created) {
		known.created = x.created
	}
	if !known.given && plainer(x.link, known.link) {
		known.link, known.ref, known.title = x.link, x.ref, cmp.Or(x.title, known.title)
	}
	known.title = cmp.Or(known.title, x.title)
	return known
}

// give makes a post of a page when its first comment comes, and gives the page that it
// is. A page that does not say when it was made is as old as that comment. What follows an address says nothing where the page without it has the same title.
func (s *sites) give(r *Reader, x *site, comment time.Time) *site {
	if whole := s.known[x.bare]; x.bare != "" && whole != nil && sameTitle(whole.title, x.title) {
		x = whole
	}
	if !x.given {
		if x.given = true; x.created == 0 && !comment.IsZero() {
			x.created = comment.Unix()
		}
		r.post(x.post())
	}
	return x
}

// What parts the title of a page from the name of its blog, behind it and before.
var (
	beside    = lazyregexp.New(`^\s*[-–—|·•:»«/]\s`)
	besideEnd = lazyregexp.New(`\s[-–—|·•:»«/]\s*$`)
)

// sameTitle tells whether two titles are of one page: equal, or one with the name of the
// blog behind or before it. An address is no title.
func sameTitle(a, b string) bool {
	if a == b {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if a == "" || strings.Contains(a, "://") {
		return false
	}
	if rest, ok := strings.CutPrefix(b, a); ok {
		return beside.MatchString(rest)
	}
	rest, ok := strings.CutSuffix(b, a)
	return ok && besideEnd.MatchString(rest)
}
