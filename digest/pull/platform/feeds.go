package platform

import (
	"net/url"
	"strings"

	"postbag/digest"
	"postbag/digest/hostname"
)

// Feeds are where a blog's feeds may be: of its posts and of all its comments, the
// best address first.
type Feeds struct {
	Posts, Comments []string
}

// rowOf gives a platform's first row; an empty one for none.
func rowOf(p digest.Platform) row {
	for _, r := range table {
		if r.platform == p && p != "" {
			return r
		}
	}
	return row{}
}

// TraitsOf gives what a platform does.
func TraitsOf(p digest.Platform) Traits { return rowOf(p).traits }

// ByMaker gives the platform of a maker that a page names; "" for one that has none.
func ByMaker(maker string) digest.Platform {
	for _, r := range table {
		if r.maker == maker && maker != "" {
			return r.platform
		}
	}
	return ""
}

// MakerOf names the maker of a platform; "" for one that pages do not name.
func MakerOf(p digest.Platform) string { return rowOf(p).maker }

// FeedsOf gives where a platform keeps the feeds of the blog or forum that an
// address belongs to; none where the table does not tell.
func FeedsOf(p digest.Platform, address string) Feeds {
	for _, r := range table {
		if r.platform != p || p == "" {
			continue
		}
		if f, ok := r.feeds(address); ok {
			return f
		}
	}
	if maker := MakerOf(p); maker != "" {
		return Feeds{Posts: MayBe(maker, address)}
	}
	return Feeds{}
}

// FeedsByHost does the same for a site that is known by its host, without asking it:
// some of these turn programs away from their pages.
func FeedsByHost(address string) (Feeds, bool) {
	for _, r := range table {
		if !r.isAt(address) {
			continue
		}
		if f, ok := r.feeds(address); ok {
			return f, true
		}
	}
	return Feeds{}, false
}

// Below gives where a platform keeps the feeds of the blog with a home page, which
// may be a folder of a host.
func Below(p digest.Platform, home string) Feeds {
	for _, r := range table {
		if r.platform == p && r.at == nil {
			home = strings.TrimSuffix(home, "/")
			return Feeds{expand(r.posts, "", home), expand(r.comments, "", home)}
		}
	}
	return Feeds{}
}

// NoComments says why a posts feed has none of comments beside it, as a sentence;
// "" when it may have. never tells that no other service keeps them either.
func NoComments(p digest.Platform, address string) (why string, never bool) {
	for _, r := range table {
		if r.noComments == "" {
			continue
		}
		if r.platform == p && p != "" || r.never && r.isAt(address) {
			return r.noComments, r.never
		}
	}
	return "", false
}

// isAt tells whether an address is on one of the row's hosts.
func (r row) isAt(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := hostname.Site(u.Hostname())
	for _, h := range r.hosts {
		if name, below := strings.CutPrefix(h, "."); host == name || below && hostname.Within(host, name) {
			return true
		}
	}
	return false
}

// feeds gives the row's feeds of an address that it is about.
func (r row) feeds(address string) (Feeds, bool) {
	u, err := url.Parse(address)
	if err != nil || len(r.posts) == 0 {
		return Feeds{}, false
	}
	top := u.Scheme + "://" + u.Host
	plain := top + u.Path
	if r.at == nil {
		return Feeds{expand(r.posts, address, top), expand(r.comments, address, top)}, true
	}
	m := r.at.FindStringSubmatch(plain)
	if m == nil || r.not != nil && r.not.MatchString(plain) {
		return Feeds{}, false
	}
	return Feeds{expand(r.posts, address, m[1:]...), expand(r.comments, address, m[1:]...)}, true
}

// expand puts the groups of an address into templates.
func expand(templates []string, address string, groups ...string) (out []string) {
	for _, t := range templates {
		if t == "" {
			t = address
		}
		if before, ok := strings.CutSuffix(t, "$query"); ok {
			t = before
			if _, query, has := strings.Cut(address, "?"); has {
				t += "?" + query
			}
		}
		for i, g := range groups {
			t = strings.Replace(t, [...]string{"$1", "$2"}[i], g, 1)
		}
		out = append(out, t)
	}
	return out
}

// MayBe gives the addresses where a maker's posts feed may be, and for "" those where
// any blog's may: in the folder of the page, if the page is a folder right below the
// top, and at the top.
func MayBe(maker, address string) (all []string) {
	paths := usual
	if maker != "" {
		paths = nil
		for _, r := range table {
			if r.maker == maker {
				paths = r.mayBe
			}
		}
	}
	for _, folder := range folders(address) {
		for _, path := range paths {
			all = append(all, folder+path)
		}
	}
	return all
}

func folders(address string) []string {
	top := Root(address)
	u, err := url.Parse(address)
	if err != nil {
		return []string{top}
	}
	if name, ok := strings.CutSuffix(strings.TrimPrefix(u.Path, "/"), "/"); ok && name != "" && !strings.Contains(name, "/") {
		return []string{top + name + "/", top}
	}
	return []string{top}
}

// Root gives the home page of an address's host.
func Root(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host + "/"
}
