package pull_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/pull"
)

func TestCanonicalPermalinks(t *testing.T) {
	for _, tt := range []struct{ address, post, comment string }{
		{"https://blog.test/2026/03/a-post.html", "/2026/03/a-post.html", "/2026/03/a-post.html"},
		{"http://www.blog.test:80/2026/03/a-post/", "/2026/03/a-post", "/2026/03/a-post"},
		{"HTTPS://WWW.Blog.Test.:443/a?utm_source=x&UTM_Medium=y&fbclid=z&gclid=1", "/a", "/a"},
		{"https://blog.test/a/?utm_source=x&p=4&b=1#c5", "/a?b=1&p=4", "/a?b=1&p=4#c5"},
		{"https://blog.test/a/comment-page-12/#comment-7", "/a", "/a#comment-7"},
		{"https://blog.test/a/comment-page-12", "/a", "/a"},
		{"https://blog.test/?p=41#comment-7", "/?p=41", "/?p=41#comment-7"},
		{"https://blog.test/caf%c3%a9", "/caf%C3%A9", "/caf%C3%A9"},
		{"https://blog.test/café", "/caf%C3%A9", "/caf%C3%A9"},
		{"https://old.blog.test/a", "//old.blog.test/a", "//old.blog.test/a"},
		{"http://blog.test:8080/a", "//blog.test:8080/a", "//blog.test:8080/a"},
		{"https://feeds.test/~r/a/", "/~r/a", "/~r/a"},
		{"https://blog.test/", "", ""},
		{"https://blog.test", "", ""},
		{"https://blog.test/#c3", "", "/#c3"},
		{"https://news.test/item?id=42", "//news.test/item?id=42", "//news.test/item?id=42"},
		{"tag:blog.test,2026:1", "", ""},
		{"/a/relative", "", ""},
		{"ftp://blog.test/a", "", ""},
		{"", "", ""},
	} {
		own := []string{"https://blog.test/", "http://feeds.test/blog"}
		equal(t, tt.address, pull.Canonical(tt.address, false, own...), tt.post)
		equal(t, tt.address+" of a comment", pull.Canonical(tt.address, true, own...), tt.comment)
	}
}

// FuzzCanonical holds that a key is clean, is its own key, and does not change
// with what changes when a blog moves.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{
		"https://blog.test/2026/03/a-post.html?utm_source=x#c5", "http://www.blog.test:80/a//", "https://blog.test/comment-page-2/comment-page-3/",
		"https://blog.test/a;b?c;d", "http://[::1]:8080/%zz", "https://blog.test/%2F%2f?%3f=%26#%23", "https://blog.test/ ?\x00",
	} {
		f.Add(seed)
	}
	const home = "https://blog.test/"
	f.Fuzz(func(t *testing.T, address string) {
		for _, fragment := range []bool{false, true} {
			key := pull.Canonical(address, fragment, home)
			if key == "" {
				continue
			}
			if !strings.HasPrefix(key, "/") || strings.ContainsAny(key, " \t\r\n\x00") || !fragment && strings.Contains(key, "#") {
				t.Fatalf("key %q of %q", key, address)
			}
			at := "https://blog.test" + key
			if strings.HasPrefix(key, "//") {
				at = "https:" + key
			}
			if again := pull.Canonical(at, fragment, home); again != key {
				t.Fatalf("key %q of %q has the key %q", key, address, again)
			}
			u, err := url.Parse(at)
			if err != nil {
				t.Fatalf("key %q of %q: %v", key, address, err)
			}
			if strings.HasPrefix(key, "//") || u.RawQuery != "" {
				continue
			}
			moved := "http://www.blog.test" + u.EscapedPath() + "/?utm_source=x&fbclid=1"
			if fragment {
				moved += "#" + u.EscapedFragment()
			}
			if got := pull.Canonical(moved, fragment, home); got != key {
				t.Fatalf("key %q of %q, and %q when moved", key, address, got)
			}
		}
	})
}

func TestAddressesOfListings(t *testing.T) {
	post := digest.Listing{URL: "https://blog.test/2026/a-post/", Key: "post-41", GUID: "tag:x:post-99"}
	for _, tt := range []struct {
		pattern string
		x       digest.Listing
		want    string
	}{
		{"{url}/feed/", post, "https://blog.test/2026/a-post/feed/"},
		{"{url}feed/", post, "https://blog.test/2026/a-post/feed/"},
		{"{url}feed/", digest.Listing{URL: "https://blog.test/2026/a-post#top"}, "https://blog.test/2026/a-post/feed/"},
		{"{url}/feed/", digest.Listing{URL: "https://blog.test/?p=41"}, ""},
		{"{root}/talk/{id}.atom", post, "https://blog.test/talk/41.atom"},
		{"{url}.rss", digest.Listing{URL: "https://blog.test/t/a/7"}, "https://blog.test/t/a/7.rss"},
		{"https://talk.test/feed?uri={path}", post, "https://talk.test/feed?uri=%2F2026%2Fa-post%2F"},
		{"https://talk.test/rss?url={url}&n=9", post, "https://talk.test/rss?url=https%3A%2F%2Fblog.test%2F2026%2Fa-post%2F&n=9"},
		{"https://talk.test/t/{id}.rss", post, "https://talk.test/t/41.rss"},
		{"https://talk.test/t/{id}.rss", digest.Listing{GUID: "tag:x:post-99"}, "https://talk.test/t/99.rss"},
		{"https://talk.test/t/{id}.rss", digest.Listing{GUID: "a"}, ""},
		{"{url}/feed/", digest.Listing{}, ""},
		{"feed/{id}", post, ""},
		{"", post, ""},
	} {
		equal(t, tt.pattern+" for "+tt.x.URL, pull.ListingAddress(tt.pattern, tt.x), tt.want)
	}
}

// Escaping may make three of each byte of an address, more than an index takes.
func TestLongAddressesAreNoNames(t *testing.T) {
	s := database(t)
	random := rand.New(rand.NewPCG(1, 2))
	odd := func() string {
		var b strings.Builder
		for b.Len() < 1800 {
			b.WriteRune('一' + random.Int32N(0x5000))
		}
		return b.String()
	}
	e, c := post(1, 90, -1), said(1, 1, 3)
	e.link, c.link = "/p/1?q="+odd(), "/p/1?q="+odd()+"#c1"
	st := newStage(t, pages{"/posts": atomOf("", e), "/comments": atomOf("", c)}.ServeHTTP)
	r, src := play(t, s, st, digest.Generic)
	r.due(src)
	equal(t, "stored", fmt.Sprint(r.posts(src), len(r.comments(src))), "1 1")
}
