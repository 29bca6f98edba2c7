package identity_test

import (
	"net/url"
	"strings"
	"testing"

	"postbag/digest/pull/identity"
)

func TestCanonicalPermalinks(t *testing.T) {
	for _, tt := range []struct{ address, post, comment string }{
		{"https://blog.test/2026/03/a-post.html", "/2026/03/a-post.html", "/2026/03/a-post.html"},
		{"http://www.blog.test:80/2026/03/a-post/", "/2026/03/a-post", "/2026/03/a-post"},
		{"HTTPS://WWW.Blog.Test.:443/a?utm_source=x&UTM_Medium=y&fbclid=z&gclid=1", "/a", "/a"},
		{"https://blog.test/a/?utm_source=x&p=4&b=1#c5", "/a?b=1&p=4", "/a?b=1&p=4#c5"},
		{"https://blog.test/a/comment-page-12/#comment-7", "/a", "/a#comment-7"},
		{"https://blog.test/a/comment-page-12", "/a", "/a"},
		{"https://blog.test/a.html?m=1&spref=fb", "/a.html", "/a.html"},
		{"https://blog.test/a.html?m=41&from=you", "/a.html?from=you&m=41", "/a.html?from=you&m=41"},
		{"https://blog.test/a?amp=1&from=timeline&isappinstalled=0&_escaped_fragment_=", "/a", "/a"},
		{"https://blog.test/a?replytocom=7#respond", "/a", "/a?replytocom=7#respond"},
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
		own := identity.HostsOf("https://blog.test/", "http://feeds.test/blog")
		if got := own.Key(tt.address, false); got != tt.post {
			t.Errorf("%s: %q, want %q", tt.address, got, tt.post)
		}
		if got := own.Key(tt.address, true); got != tt.comment {
			t.Errorf("%s: %q, want %q", tt.address+" of a comment", got, tt.comment)
		}
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
	own := identity.HostsOf("https://blog.test/")
	f.Fuzz(func(t *testing.T, address string) {
		for _, fragment := range []bool{false, true} {
			key := own.Key(address, fragment)
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
			if again := own.Key(at, fragment); again != key {
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
			if got := own.Key(moved, fragment); got != key {
				t.Fatalf("key %q of %q, and %q when moved", key, address, got)
			}
		}
	})
}
