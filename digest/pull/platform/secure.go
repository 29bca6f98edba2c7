package platform

import (
	"net/url"
	"strings"

	"postbag/digest/feed"
	"postbag/digest/hostname"
	"postbag/digest/webpage"
)

// Secure gives the https form of an http address where that is known to be there: of
// Blogger's own hosts, whose feeds still name http, and of the host from which an answer
// came by https at the address from. Any other address stays as it is.
func Secure(address, from string) string {
	rest, isPlain := strings.CutPrefix(address, "http://")
	if !isPlain {
		return address
	}
	u, err := url.Parse(address)
	if err != nil || u.Port() != "" {
		return address
	}
	f, err := url.Parse(from)
	beside := err == nil && f.Scheme == "https" && f.Port() == "" && hostname.Normal(f.Hostname()) == hostname.Normal(u.Hostname())
	if host := hostname.Normal(u.Hostname()); beside || hostname.Within(host, "blogger.com") || hostname.Within(host, "blogspot.com") {
		return "https://" + rest
	}
	return address
}

// SecureFeed does so for the addresses that a feed names, which came from an address.
func SecureFeed(d *feed.Document, from string) {
	for _, address := range []*string{&d.HomeURL, &d.SelfURL, &d.NextURL} {
		*address = Secure(*address, from)
	}
	for i := range d.Posts {
		d.Posts[i].CommentsURL = Secure(d.Posts[i].CommentsURL, from)
	}
}

// SecurePage does so for the addresses of feeds that a web page names.
func SecurePage(p *webpage.Page, from string) {
	for _, links := range [][]webpage.Link{p.Links, p.Anchors} {
		for i := range links {
			links[i].URL = Secure(links[i].URL, from)
		}
	}
	for i := range p.Blogs {
		p.Blogs[i] = Secure(p.Blogs[i], from)
	}
	for i := range p.Embeds {
		p.Embeds[i].Feed = Secure(p.Embeds[i].Feed, from)
		p.Embeds[i].Pattern = Secure(p.Embeds[i].Pattern, from)
	}
	p.WordPressHome = Secure(p.WordPressHome, from)
}
