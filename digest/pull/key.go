package pull

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"postbag/digest/hostname"
)

// hosts are a source's own hosts, as keys write them: those of its home page, of
// its feeds and of the answers they give.
type hosts map[string]bool

// ownHosts gathers the hosts of addresses.
func ownHosts(addresses ...string) hosts {
	own := hosts{}
	for _, a := range addresses {
		own.add(a)
	}
	return own
}

func (h hosts) add(address string) {
	if u := webAddress(address); u != nil {
		h[plainHost(u)] = true
	}
}

// has tells whether an address is on one of the hosts.
func (h hosts) has(address string) bool {
	u := webAddress(address)
	return u != nil && h[plainHost(u)]
}

// webAddress reads an absolute http or https address; nil for anything else.
func webAddress(address string) *url.URL {
	address = strings.TrimSpace(address)
	if len(address) < len("http://") || !strings.EqualFold(address[:len("http")], "http") {
		return nil // most names that are no addresses are not parsed for it
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "" {
		return nil
	}
	if s := strings.ToLower(u.Scheme); s != "http" && s != "https" {
		return nil
	}
	return u
}

// plainHost gives an address's host without www. and without the port that its
// scheme has anyway.
func plainHost(u *url.URL) string {
	host := hostname.Site(u.Hostname())
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		return net.JoinHostPort(host, port)
	}
	return host
}

// HostOf gives whom a question to an address is put to, for those who keep questions
// to one host apart, as [hostname.WithPort]; "" for what is no web address.
func HostOf(address string) string {
	u := webAddress(address)
	if u == nil {
		return ""
	}
	return hostname.WithPort(u)
}

// commentsPage is the part of a WordPress address that names a page of comments.
// It changes as others write.
var commentsPage = regexp.MustCompile(`(?:/+comment-page-[0-9]+)+/*$`)

// canonical gives the part of a permalink that stays when a blog moves to https,
// to another host, or is linked to by a newsletter: scheme, www., a default port,
// a slash at the end, parameters of trackers and the page of the comments are
// left out, and so is a host that is the source's own. The fragment is kept on
// demand, for comments. It is "" for what is no web address, cannot be read or gets
// too long, and for a home page, which names no entry.
func (h hosts) canonical(address string, fragment bool) string {
	u := webAddress(address)
	if u == nil {
		return ""
	}
	host, path := plainHost(u), escaped(u.EscapedPath())
	if strings.Contains(path, "/comment-page-") {
		path = commentsPage.ReplaceAllString(path, "")
	}
	if strings.Contains(path, "//") {
		path = slashes.ReplaceAllString(path, "/")
	}
	path = strings.TrimRight(path, "/")
	query, ok := plainQuery(u.RawQuery)
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
var slashes = regexp.MustCompile(`/{2,}`)

var percent = regexp.MustCompile(`%[0-9a-fA-F]{2}`)

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
	"_hsenc", "_hsmi", "mkt_tok", "ref_src", "cmpid",
}

// plainQuery orders parameters by name and leaves trackers out; ok is false for
// what cannot be read.
func plainQuery(raw string) (query string, ok bool) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return "", false
	}
	for name := range q {
		low := strings.ToLower(name)
		if strings.HasPrefix(low, "utm_") || slices.Contains(trackers, low) {
			q.Del(name)
		}
	}
	if len(q) == 0 {
		return "", true
	}
	return "?" + q.Encode(), true
}
