// Package identity has the rules by which an entry is known within its source,
// as far as they are about addresses: which hosts are a source's own, and what of a
// permalink stays when a blog moves. Package pull says what else counts.
package identity

import (
	"net/url"
	"slices"
	"strings"

	"postbag/digest/lazyregexp"
)

// Hosts are a source's own hosts, as [Host] writes them: those of its home page, of
// its feeds and of the answers they give.
type Hosts map[string]bool

// HostsOf gathers the hosts of addresses.
func HostsOf(addresses ...string) Hosts {
	own := Hosts{}
	for _, a := range addresses {
		own.Add(a)
	}
	return own
}

// Add takes the host of an address in; what is no web address has none.
func (h Hosts) Add(address string) {
	if u := Web(address); u != nil {
		h[Host(u)] = true
	}
}

// Has tells whether an address is on one of the hosts.
func (h Hosts) Has(address string) bool {
	u := Web(address)
	return u != nil && h[Host(u)]
}

// commentsPage is the part of a WordPress address that names a page of comments.
// It changes as others write.
var commentsPage = lazyregexp.New(`(?:/+comment-page-[0-9]+)+/*$`)

// Key gives the part of a permalink that stays when a blog moves to https,
// to another host, or is linked to by a newsletter: scheme, www., a default port,
// a slash at the end, parameters of trackers and the page of the comments are
// left out, and so is a host that is the source's own. The fragment is kept on
// demand, for comments. It is "" for what is no web address, cannot be read or gets
// too long, and for a home page, which names no entry.
func (h Hosts) Key(address string, fragment bool) string {
	u := Web(address)
	if u == nil {
		return ""
	}
	host, path := Host(u), escaped(u.EscapedPath())
	if strings.Contains(path, "/comment-page-") {
		path = commentsPage.ReplaceAllString(path, "")
	}
	if strings.Contains(path, "//") {
		path = slashes.ReplaceAllString(path, "/")
	}
	path = strings.TrimRight(path, "/")
	query, ok := plainQuery(u.RawQuery, !fragment)
	mark := ""
	if f := escaped(u.EscapedFragment()); fragment && f != "" {
		mark = "#" + f
	}
	if !ok || host == "" || path == "" && query == "" && mark == "" {
		return ""
	}
	if path == "" {
		path = "/"
	}
	key := path + query + mark
	if !h[host] {
		key = "//" + host + key
	}
	if len(key) > maxKey {
		return ""
	}
	return key
}

// maxKey bounds a name, in bytes: escaping makes an address three times as long,
// and a database keeps no index of names without end.
const maxKey = 2000

// slashes in a row are one, so that no path looks like the name of another host.
var slashes = lazyregexp.New(`/{2,}`)

var percent = lazyregexp.New(`%[0-9a-fA-F]{2}`)

// escaped writes percent signs' digits in capitals (RFC 3986, 6.2.2.1).
func escaped(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	return percent.ReplaceAllStringFunc(s, strings.ToUpper)
}

// trackers are parameters that say where a reader came from, and nothing of
// where to.
var trackers = []string{
	"fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "twclid", "igshid", "yclid", "mc_cid", "mc_eid",
	"_hsenc", "_hsmi", "mkt_tok", "ref_src", "cmpid", "spref", "fb_source", "fb_ref", "fb_action_ids", "fb_action_types",
	"isappinstalled",
}

// pointers are parameters that say which comment of a page is answered or shown.
var pointers = []string{"replytocom", "showcomment"}

// dresses are parameters of which some values say how a page is shown: Blogger's and
// others' versions for telephones, and where WeChat was when it was opened.
var dresses = map[string]*lazyregexp.Regexp{
	"m":                  lazyregexp.New(`^[01]?$`),
	"amp":                lazyregexp.New(`^(?:1|true)?$`),
	"_escaped_fragment_": lazyregexp.New(`^$`), // what a robot is shown
	"from":               lazyregexp.New(`^(?:singlemessage|groupmessage|timeline)$`),
}

// plainQuery orders parameters by name and leaves trackers out, and of the address of a
// page pointers, too; ok is false for what cannot be read.
func plainQuery(raw string, page bool) (query string, ok bool) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return "", false
	}
	for name := range q {
		low := strings.ToLower(name)
		dress := dresses[low]
		if strings.HasPrefix(low, "utm_") || slices.Contains(trackers, low) || page && slices.Contains(pointers, low) || dress != nil && dress.MatchString(q.Get(name)) {
			q.Del(name)
		}
	}
	if len(q) == 0 {
		return "", true
	}
	return "?" + q.Encode(), true
}
