package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/sampleblog"
)

// approvedThenRemoved is an installation with one reader and an approved issue of three
// comments, of which the blog has removed the first since.
func approvedThenRemoved(t *testing.T, now digest.Clock, blog *sampleblog.Blog, address string) *installation {
	t.Helper()
	in := following(t, now, address)
	in.must("series", "set", "--zone", "UTC")
	in.must("pull")
	in.must("issue", "draft")
	in.must("issue", "pick", "1", "2", "3")
	in.must("subscriber", "add", "ada@reader.example", "--confirmed", "--consent", "for the test")
	in.must("issue", "approve", "1")
	newest := blog.Comments()
	if err := blog.Remove(newest[len(newest)-1].ID); err != nil {
		t.Fatal(err)
	}
	return in
}

// TestRemovedUnseen takes a picked comment off the blog after the approval, and no
// pull sees it: the issue is held all the same, since the blog is asked once more.
// A blog that is down holds nothing up.
func TestRemovedUnseen(t *testing.T) {
	t.Parallel()
	now := digest.NewTestClock(sunday.Add(-time.Hour), 1)
	blog := sampleblog.New(now.Now())
	var down, hidden atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		feeds := r.URL.Path == "/feeds/posts/default" || r.URL.Path == "/feeds/comments/default"
		if down.Load() || hidden.Load() && feeds {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		blog.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	in := approvedThenRemoved(t, now, blog, server.URL)
	hidden.Store(true) // from pulls
	in.clock = digest.NewTestClock(sunday, 200)
	s := in.serve()
	eventually(t, "the log says that the issue is held", func() bool { return strings.Contains(s.log.String(), "an issue is held") })
	if n := len(in.mails()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
	in.must("issue", "reopen", "1")
	in.must("issue", "edit", "1", "--row", "1", "--remove")
	down.Store(true)
	if out := in.must("issue", "approve", "1", "--now"); !strings.Contains(out, "whether these 2 picks are still there") || !strings.Contains(out, "  pick 2, by ") {
		t.Errorf("the picks that could not be checked are not named: %s", out)
	}
	eventually(t, "the mended issue is sent though the blog is down", func() bool { return strings.Contains(in.must("issue", "list"), "sent  ") })
}
