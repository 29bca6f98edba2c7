package pull_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/fetch"
	"postbag/digest/pull"
	"postbag/digest/pull/poll"
)

// ids gives the ids of comments by the numbers in their GUIDs.
func ids(all map[string]digest.Comment, guids ...string) (out []int64) {
	for _, g := range guids {
		out = append(out, all[g].ID)
	}
	return out
}

func TestRecheckReadsTheListing(t *testing.T) {
	t.Parallel()
	p := pages{
		"/feeds/posts/default":    bloggerOf("", "", 1, post(1, 90, 3)),
		"/feeds/comments/default": bloggerOf(".comments", "", 3, manySaid(13, 11, 1, 30)...),
	}
	r, src, st := play(t, p.ServeHTTP, digest.Blogger, "/feeds/posts/default", "/feeds/comments/default")
	r.due(src)
	st.requests()
	// The counts of the posts feed do not know of it yet.
	p["/feeds/1/comments/default?max-results=500"] = bloggerOf(".post1..comments", "", 2, said(13, 1, 30), said(11, 1, 32))
	r.clock.add(2 * time.Hour)
	picked := ids(r.comments(src), commentID+"12", commentID+"13")
	var told []string
	r.Checker.Progress = func(done, total int) { told = append(told, fmt.Sprintf("%d/%d", done, total)) }
	found := r.recheck(picked)
	equal(t, "found", fmt.Sprint(found.Looked, found.Requests, found.Gone, len(found.Notices)), "2 1 1 0")
	equal(t, "told meanwhile", strings.Join(told, " "), "0/2 2/2 2/2")
	equal(t, "requests", st.requests(), "/feeds/1/comments/default?max-results=500")
	c := r.comments(src)[commentID+"12"]
	equal(t, "which", fmt.Sprintf("%v %s", c.Gone, c.GoneBy), "true absence")
	equal(t, "looked at again at once", r.recheck(picked).Requests, 0)
}

func TestRecheckAsksForThePermalink(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		status int
		gone   bool
	}{
		{"there", 200, false}, {"gone", 410, true}, {"not found", 404, true}, {"forbidden", 403, false}, {"down", 502, false},
		{"redirected to the home page", 302, false}, {"redirected to a page that is not there, elsewhere", 307, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := database(t)
			other := newStage(t, http.NotFound)
			st := newStage(t, nil)
			listed := atomOf("", said(1, 1, 20), said(2, 2, 21))
			st.now(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/posts":
					fmt.Fprint(w, atomOf("", post(1, 90, -1), post(2, 90, -1)))
				case "/comments":
					fmt.Fprint(w, listed)
				case "/p/1":
					switch tt.status {
					case 302:
						http.Redirect(w, r, "/", tt.status)
					case 307:
						http.Redirect(w, r, strings.Replace(other.URL, "127.0.0.1", "localhost", 1)+"/nothing", tt.status)
					default:
						w.WriteHeader(tt.status)
					}
				}
			})
			r, src := playIn(t, s, st, digest.Generic)
			r.due(src)
			listed = atomOf("", said(2, 2, 21))
			st.requests()
			found := r.recheck(ids(r.comments(src), "tag:lamp.test,2026:c-1", "tag:lamp.test,2026:c-2"))
			all := r.comments(src)
			equal(t, "gone", all["tag:lamp.test,2026:c-1"].Gone, tt.gone)
			equal(t, "the other", all["tag:lamp.test,2026:c-2"].Gone, false)
			equal(t, "counted", found.Gone, map[bool]int{true: 1}[tt.gone])
			if tt.gone {
				equal(t, "how", all["tag:lamp.test,2026:c-1"].GoneBy, digest.ByPermalink)
			}
		})
	}
}

// TestRecheckOfANumberedPage holds that a page of many may be missing because others were
// removed: what stood on it has moved up.
func TestRecheckOfANumberedPage(t *testing.T) {
	t.Parallel()
	moved := said(1, 1, 20)
	moved.link = "/p/1?page=2#post_24"
	r, src, st := play(t, pages{"/posts": atomOf("", post(1, 90, -1)), "/comments": atomOf("", moved, said(2, 1, 21)), "/p/1": "<html>page 1</html>"}.ServeHTTP, digest.Generic)
	r.due(src)
	st.requests()
	found := r.recheck(ids(r.comments(src), "tag:lamp.test,2026:c-1", "tag:lamp.test,2026:c-2"))
	equal(t, "gone", found.Gone, 0)
	equal(t, "asked", strings.Contains(st.requests(), "/p/1?page=2"), true)
}

// A page that is not there proves nothing of a comment that the feed of all comments
// lists, nor where nothing else of the blog is there.
func TestRecheckAsksTheFeedBefore404Decides(t *testing.T) {
	t.Parallel()
	const one, more = "the only page that was asked for is not there, so that proves nothing", "none of the 2 pages that were asked for is there, so that proves nothing"
	for name, tt := range map[string]struct {
		feed  string
		picks []string
		there bool // another page of the blog
		found string
	}{
		"listed still":                           {atomOf("", said(1, 1, 20), said(2, 2, 21)), []string{"1"}, false, "0 gone, 0 unsure []"},
		"both listed still":                      {atomOf("", said(1, 1, 20), said(2, 2, 21)), []string{"1", "2"}, false, "0 gone, 0 unsure []"},
		"one of two listed, the other older":     {atomOf("", said(1, 1, 20)), []string{"1", "2"}, false, "0 gone, 1 unsure [" + one + "]"},
		"listed, and another page is there":      {atomOf("", said(1, 1, 20), said(2, 2, 21)), []string{"1", "3"}, true, "0 gone, 0 unsure []"},
		"beyond the feed, another page is there": {atomOf("", said(3, 3, 19)), []string{"1", "3"}, true, "1 gone, 0 unsure []"},
		"beyond the feed":                        {atomOf("", said(3, 3, 19)), []string{"1"}, false, "0 gone, 1 unsure [" + one + "]"},
		"both beyond the feed":                   {atomOf("", said(3, 3, 19)), []string{"1", "2"}, false, "0 gone, 2 unsure [" + more + "]"},
		"missing in the feed":                    {atomOf("", said(3, 3, 19), said(2, 2, 21)), []string{"1"}, false, "1 gone, 0 unsure []"},
		"both missing in the feed":               {atomOf("", said(3, 3, 19), said(4, 3, 40)), []string{"1", "2"}, false, "2 gone, 0 unsure []"},
		"the feed is not there either":           {"", []string{"1"}, false, "0 gone, 1 unsure [" + one + "]"},
	} {
		t.Run(name, func(t *testing.T) {
			p := pages{"/posts": atomOf("", post(1, 90, -1), post(2, 90, -1), post(3, 90, -1)), "/comments": atomOf("", said(3, 3, 19), said(1, 1, 20), said(2, 2, 21))}
			r, src, _ := play(t, p.ServeHTTP, digest.Generic)
			r.due(src)
			if p["/comments"] = tt.feed; tt.feed == "" {
				delete(p, "/comments")
			}
			if tt.there {
				p["/p/3"] = pageOf("", 3)
			}
			r.clock.add(time.Hour)
			var picked []string
			for _, n := range tt.picks {
				picked = append(picked, "tag:lamp.test,2026:c-"+n)
			}
			found, err := r.Recheck(t.Context(), ids(r.comments(src), picked...))
			notices := found.Notices
			if tt.feed == "" && len(notices) > 0 { // which says first that it is not
				notices = notices[1:]
			}
			equal(t, "found", fmt.Sprintf("%d gone, %d unsure %v, %v", found.Gone, len(found.Unsure), notices, err), tt.found+", <nil>")
		})
	}
}

func TestRecheckOfABlogThatIsIll(t *testing.T) {
	t.Parallel()
	p := pages{"/posts": atomOf("", post(1, 90, -1), post(2, 90, -1)), "/comments": atomOf("", said(1, 1, 20), said(2, 2, 21))}
	r, src, st := play(t, p.ServeHTTP, digest.Generic)
	r.due(src)
	p["/comments"] = atomOf("", said(3, 2, 10))
	picked := ids(r.comments(src), "tag:lamp.test,2026:c-1", "tag:lamp.test,2026:c-2", "unknown")
	found, err := r.Recheck(t.Context(), picked)
	equal(t, "no page is there", fmt.Sprint(found.Gone, found.Notices, err), "0 [none of the 2 pages that were asked for is there, so that proves nothing] <nil>")

	st.Close()
	r.clock.add(time.Hour)
	found, err = r.Recheck(t.Context(), picked)
	equal(t, "nobody answers", fmt.Sprint(found.Gone, len(found.Unsure), err), "0 2 <nil>")
	equal(t, "and why", strings.Count(fmt.Sprint(found.Notices), "could not be read"), 2)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.clock.add(time.Hour)
	if _, err := r.Recheck(ctx, picked); err == nil {
		t.Error("the end of the context is no error")
	}
}

// A list that is shorter than its post announced is whole when the posts feed,
// asked anew, announces no more.
func TestRecheckCountsAnew(t *testing.T) {
	t.Parallel()
	p := pages{
		"/posts":     atomOf("", post(1, 90, 3)),
		"/comments":  atomOf("", manySaid(13, 11, 1, 30)...),
		"/p/1":       "<html>the post</html>",
		"/p/1/feed/": atomOf("", said(13, 1, 30), said(11, 1, 32)),
	}
	r, src, st := play(t, p.ServeHTTP, digest.WordPress)
	r.due(src)
	st.requests()
	r.clock.add(2 * time.Hour)
	picked := ids(r.comments(src), "tag:lamp.test,2026:c-12", "tag:lamp.test,2026:c-13")
	recheck := func(gone int, requests string) {
		t.Helper()
		found := r.recheck(picked)
		equal(t, "found", fmt.Sprint(found.Looked, found.Gone, found.Notices), fmt.Sprintf("2 %d []", gone))
		equal(t, "requests", st.requests(), requests)
		equal(t, "which", r.comments(src)["tag:lamp.test,2026:c-12"].Gone, gone > 0)
		r.clock.add(time.Hour)
	}
	recheck(0, "/p/1/feed/, /posts, /p/1/feed/, /p/1, /comments")
	p["/posts"] = atomOf("", post(1, 90, 2))
	recheck(1, "/p/1/feed/, /posts, /p/1/feed/")
}

// What WordPress's lists have no room for, its REST API is asked for, if that can be
// relied on.
func TestRecheckAsksTheRESTAPI(t *testing.T) {
	t.Parallel()
	comment := func(n int) entry {
		c := said(n, 1, 30)
		c.id, c.link, c.ref = fmt.Sprintf("http://lamp.test/?p=1#comment-%d", n), fmt.Sprintf("/p/1#comment-%d", n), "http://lamp.test/?p=1"
		return c
	}
	of := post(1, 90, 6)
	of.id = "http://lamp.test/?p=1"
	object := func(n int) string {
		return fmt.Sprintf(`{"id":%d,"post":1,"link":"http://lamp.test/p/1#comment-%[1]d","author_name":"Anonymous","date_gmt":"2026-03-04T10:00:00","content":{"rendered":"Word."},"status":"approved","type":"comment"}`, n)
	}
	const path = "/wp-json/wp/v2/comments?include=16%2C11%2C12&order=asc&page=1&per_page=100"
	for name, tt := range map[string]struct {
		answer string
		gone   int
	}{
		"both are there":                 {"[" + object(11) + "," + object(12) + "," + object(16) + "]", 0},
		"one is there":                   {"[" + object(12) + "," + object(16) + "]", 1},
		"not even one that a list shows": {"[" + object(12) + "]", 0}, "none": {"[]", 0}, "no list": {`{"code":"rest_forbidden"}`, 0},
		"what was not asked for": {"[" + object(16) + "," + object(15) + "]", 0}, "switched off": {"", 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := pages{
				"/feed/":          atomOf("", of),
				"/comments/feed/": atomOf("", comment(16), comment(15), comment(14), comment(13), comment(12), comment(11)),
				"/p/1":            "<html>the post</html>",
				"/p/1/feed/":      atomOf("", comment(14), comment(15), comment(16)),
			}
			if tt.answer != "" {
				p[path] = tt.answer
			}
			r, src, st := play(t, p.ServeHTTP, digest.WordPress, "/feed/", "/comments/feed/")
			r.due(src)
			st.requests()
			r.clock.add(2 * time.Hour)
			found := r.recheck(ids(r.comments(src), "http://lamp.test/?p=1#comment-11", "http://lamp.test/?p=1#comment-12", "http://lamp.test/?p=1#comment-15"))
			equal(t, "gone", found.Gone, tt.gone)
			if asked := st.requests(); !strings.Contains(asked, path) {
				t.Errorf("asked for %s", asked)
			}
		})
	}
}

func TestRecheckBeyondAnUnchangedWindow(t *testing.T) {
	t.Parallel()
	s := database(t)
	st := newStage(t, nil)
	one := post(1, 90, 5)
	one.listing = st.URL + "/p/1/comments"
	p := pages{"/posts": atomOf("", one), "/comments": atomOf("", manySaid(13, 11, 1, 30)...)}
	p["/p/1/comments"] = atomOf("", manySaid(13, 12, 1, 30)...)
	st.now(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") != "" && strings.HasPrefix(r.URL.Path, "/p/") {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		p.ServeHTTP(w, r)
	})
	r, src := playIn(t, s, st, digest.Generic)
	r.due(src)
	p["/comments"] = p["/p/1/comments"]
	r.clock.add(time.Hour)
	// The list is a window, beyond which the comment is, and answers "not modified".
	found, err := r.Recheck(t.Context(), ids(r.comments(src), "tag:lamp.test,2026:c-11"))
	equal(t, "gone", fmt.Sprint(found.Gone, err), "1 <nil>")
}

// A feed that has not heard of a removal brings a comment back that a recheck found
// gone. The next recheck looks at it, however soon that is.
func TestRecheckLooksAgainAtWhatWasGone(t *testing.T) {
	t.Parallel()
	p := pages{"/posts": atomOf("", post(1, 90, -1)), "/comments": atomOf("", said(1, 1, 20))}
	r, src, _ := play(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/p/1" {
			w.WriteHeader(http.StatusGone)
			return
		}
		p.ServeHTTP(w, r)
	}, digest.Generic)
	r.due(src)
	for range 3 {
		r.clock.add(2 * time.Minute)
		found, err := r.Recheck(t.Context(), ids(r.comments(src), "tag:lamp.test,2026:c-1"))
		equal(t, "gone", fmt.Sprint(found.Gone, err), "1 <nil>")
		r.pull(src, poll.Options{Force: true})
		equal(t, "gone by the feed", r.comments(src)["tag:lamp.test,2026:c-1"].Gone, false)
	}
}

// A blog that does not answer takes neither the time of the next one nor what was
// found of it before.
func TestRecheckOfABlogThatHangs(t *testing.T) {
	t.Parallel()
	s := database(t)
	hang := make(chan struct{})
	slow := newStage(t, nil)
	slow.now(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/posts":
			fmt.Fprint(w, atomOf("", post(1, 90, -1), post(2, 90, -1)))
		case "/comments":
			fmt.Fprint(w, atomOf("", said(1, 1, 20), said(2, 2, 21)))
		case "/p/1":
			w.WriteHeader(http.StatusGone)
		default:
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		}
	})
	defer close(hang)
	r, src := playIn(t, s, slow, digest.Generic)
	r.due(src)
	third := pages{"/posts": atomOf("", post(3, 90, -1)), "/comments": atomOf("", said(3, 3, 20))}
	there := newStage(t, third.ServeHTTP)
	other, second := playIn(t, s, there, digest.Generic)
	other.due(second)
	third["/comments"] = atomOf("", said(4, 3, 30))

	allow, err := fetch.ParseAllow([]string{strings.TrimPrefix(slow.URL, "http://"), strings.TrimPrefix(there.URL, "http://")})
	if err != nil {
		t.Fatal(err)
	}
	client := fetch.New(fetch.Options{Allow: allow, Pause: -1, RefusalStep: -1, Clock: r.clock})
	defer client.Close()
	p := newParts(pull.Options{Store: s, Fetcher: client, ToProse: prose, Clock: r.clock})
	p.Checker.Limit = 2 * time.Second
	all := r.comments(src)
	for id, c := range other.comments(second) {
		all[id] = c
	}
	found, err := p.Recheck(t.Context(), ids(all, "tag:lamp.test,2026:c-1", "tag:lamp.test,2026:c-2", "tag:lamp.test,2026:c-3"))
	equal(t, "gone", fmt.Sprint(found.Gone, err, found.Notices), "2 <nil> [the blog takes too long to answer, and not every pick was looked at]")
}

// TestAskTellsEach of some comments whether it is there as soon as that is known, asks
// again however soon, and finds what was gone and is listed again.
func TestAskTellsEach(t *testing.T) {
	t.Parallel()
	p := pages{"/posts": atomOf("", post(1, 90, -1), post(2, 90, -1), post(3, 90, -1)), "/comments": atomOf("", said(3, 3, 19), said(1, 1, 20), said(2, 2, 21))}
	r, src, _ := play(t, p.ServeHTTP, digest.Generic)
	r.due(src)
	all := ids(r.comments(src), "tag:lamp.test,2026:c-1", "tag:lamp.test,2026:c-2", "tag:lamp.test,2026:c-3")
	ask := func() string {
		told := map[int64]bool{}
		r.clock.add(time.Second)
		found, err := r.Ask(t.Context(), all, func(id int64, there bool) { told[id] = there })
		return fmt.Sprint(told, found.Unsure, err)
	}
	// Every page answers 404, and the feed of all comments lists them: they are alive.
	equal(t, "hidden", ask(), fmt.Sprint(map[int64]bool{all[0]: true, all[1]: true, all[2]: true}, []int64{}, error(nil)))
	p["/comments"] = atomOf("", said(3, 3, 19), said(4, 3, 40))
	equal(t, "removed", ask(), fmt.Sprint(map[int64]bool{all[0]: false, all[1]: false, all[2]: true}, []int64{}, error(nil)))
	equal(t, "stored", r.comments(src)["tag:lamp.test,2026:c-1"].Gone, true)
	p["/comments"] = atomOf("", said(3, 3, 19), said(1, 1, 20), said(4, 3, 40))
	equal(t, "back", ask(), fmt.Sprint(map[int64]bool{all[0]: true, all[1]: false, all[2]: true}, []int64{}, error(nil)))
	equal(t, "stored", r.comments(src)["tag:lamp.test,2026:c-1"].Gone, false)
}
