package platform_test

import (
	"testing"

	"postbag/digest"
	"postbag/digest/pull/platform"
)

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
		if got := platform.Fill(tt.pattern, tt.x, ""); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.pattern+" for "+tt.x.URL, got, tt.want)
		}
	}
}
