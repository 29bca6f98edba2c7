package platform_test

import (
	"fmt"
	"testing"

	"postbag/digest/feed"
	"postbag/digest/pull/platform"
	"postbag/digest/webpage"
)

func TestAddressesAreTakenByHTTPS(t *testing.T) {
	for _, tt := range []struct{ address, from, want string }{
		{"http://blog.test/feed/", "https://blog.test/", "https://blog.test/feed/"},
		{"http://BLOG.test/feed/?a=1#b", "https://blog.test/", "https://BLOG.test/feed/?a=1#b"},
		{"http://blog.test/feed/", "http://blog.test/", "http://blog.test/feed/"},
		{"http://www.blog.test/feed/", "https://blog.test/", "http://www.blog.test/feed/"}, // another host may not have it
		{"http://blog.test:8080/feed/", "https://blog.test/", "http://blog.test:8080/feed/"},
		{"http://blog.test/feed/", "https://blog.test:8443/", "http://blog.test/feed/"},
		{"http://www.blogger.com/feeds/7/posts/default", "http://www.bus.test/", "https://www.blogger.com/feeds/7/posts/default"},
		{"http://draft.blogger.com/feeds/7/posts/default", "", "https://draft.blogger.com/feeds/7/posts/default"},
		{"http://buses.blogspot.com/feeds/posts/default", "", "https://buses.blogspot.com/feeds/posts/default"},
		{"http://blogger.com.evil.test/feeds/7", "", "http://blogger.com.evil.test/feeds/7"},
		{"https://blog.test/", "https://blog.test/", "https://blog.test/"},
		{"ftp://blog.test/", "https://blog.test/", "ftp://blog.test/"},
		{"", "https://blog.test/", ""},
	} {
		if got := platform.Secure(tt.address, tt.from); got != tt.want {
			t.Errorf("%s, named at %s: %s, want %s", tt.address, tt.from, got, tt.want)
		}
	}
	d := feed.Document{SelfURL: "http://blog.test/feed", NextURL: "http://blog.test/feed?2", HomeURL: "http://blog.test/", Posts: []feed.PostEntry{{CommentsURL: "http://blog.test/1/feed"}}}
	platform.SecureFeed(&d, "https://blog.test/feed")
	if got := fmt.Sprint(d.SelfURL, " ", d.NextURL, " ", d.HomeURL, " ", d.Posts[0].CommentsURL); got != "https://blog.test/feed https://blog.test/feed?2 https://blog.test/ https://blog.test/1/feed" {
		t.Errorf("of a feed: %s", got)
	}
	p := webpage.Page{Links: []webpage.Link{{URL: "http://blog.test/feed"}}, Anchors: []webpage.Link{{URL: "http://blog.test/rss"}}, Blogs: []string{"http://blog.test/blog/"},
		WordPressHome: "http://blog.test/", Embeds: []webpage.Embed{{Feed: "http://blog.test/isso", Pattern: "http://blog.test/isso?uri={path}"}}}
	platform.SecurePage(&p, "https://blog.test/")
	if got := fmt.Sprint(p); got != "{    [{https://blog.test/feed   }] [{https://blog.test/rss   }] [https://blog.test/blog/] [{  https://blog.test/isso https://blog.test/isso?uri={path}}] false https://blog.test/}" {
		t.Errorf("of a page: %s", got)
	}
}
