package pull_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
)

// endless answers with pages of entries that are always new, each of which names a
// next one; filler makes them large.
func endless(asked *int, filler string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		*asked++
		n, _ := strconv.Atoi(r.URL.Query().Get("page")) // none on the first page
		link := fmt.Sprintf(`<link rel="next" href="%s?page=%d"/><!--%s-->`, r.URL.Path, n+1, filler)
		one := said(*asked, 1, 1)
		if r.URL.Path == "/posts" {
			one = post(*asked, 1, -1)
		}
		fmt.Fprint(w, atomOf(link, one))
	}
}

// TestFeedWithoutEndHasItsShare pulls a blog whose pages go on for ever and are all
// new: it fails like any other, and is asked more and more seldom.
func TestFeedWithoutEndHasItsShare(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		time  time.Duration
		bytes int64
		words string
	}{
		"in bytes": {time.Hour, 1 << 20, "hold more than 1 MB"},
		"in time":  {50 * time.Millisecond, 1 << 40, "took longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			r, src, _ := play(t, endless(&asked, strings.Repeat("x", 20_000)), digest.Generic)
			r.Poller.FeedTime, r.Poller.FeedBytes = tt.time, tt.bytes
			var waits []time.Duration
			for range 4 {
				before := asked
				wantError(t, "an endless feed", errOf(r.PullDue(t.Context(), src.ID)), digest.Unavailable, tt.words)
				if asked-before > 1000 {
					t.Fatalf("%d requests", asked-before)
				}
				f := r.feed(src, digest.CommentsFeed)
				if !strings.Contains(f.LastError, tt.words) {
					t.Errorf("what went wrong is %q", f.LastError)
				}
				waits = append(waits, f.NextPoll.Sub(r.clock.Now()).Round(time.Minute))
				r.clock.now = later(f.NextPoll, r.feed(src, digest.PostsFeed).NextPoll).Add(time.Second)
			}
			equal(t, "waits", fmt.Sprint(waits), "[1h0m0s 2h0m0s 4h0m0s 8h0m0s]")
		})
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// TestListsWithoutEndHaveTheirShare does the same for the comments of single posts.
func TestListsWithoutEndHaveTheirShare(t *testing.T) {
	t.Parallel()
	asked, all := map[string]int{}, 0
	r, src, st := play(t, func(w http.ResponseWriter, r *http.Request) {
		asked[r.URL.Path]++
		if r.URL.Path == "/posts" {
			fmt.Fprint(w, atomOf("", post(1, 9000, 5), post(2, 9001, 5)))
			return
		}
		endless(&all, strings.Repeat("x", 20_000))(w, r)
	}, digest.Generic, "/posts")
	r.Poller.FeedBytes = 200 << 10
	src.CommentsPattern = st.URL + "/{id}/comments"
	if err := r.store.SaveSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, src); err != nil {
		t.Fatal(err)
	}
	report := r.due(src)
	if n := asked["/1/comments"] + asked["/2/comments"]; n == 0 || n > 10 || !strings.Contains(fmt.Sprint(report.Notices), "hold more than") {
		t.Errorf("asked %v, told %q", asked, report.Notices)
	}
}
