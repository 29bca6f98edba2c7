package pull_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull/poll"
)

// archive serves a feed of comments in pages that name the next one; each holds
// ten, and broken ones answer 500.
type archive struct {
	newest int // the number of the newest comment; the oldest is 1
	broken map[int]bool
}

func (a *archive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/posts" {
		fmt.Fprint(w, atomOf("", post(1, 9000, -1)))
		return
	}
	var before int
	if _, err := fmt.Sscanf(r.URL.RawQuery, "before=%d", &before); err != nil {
		before = a.newest + 1
	}
	if a.broken[before] {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	head := ""
	oldest := max(before-10, 1)
	if oldest > 1 {
		head = fmt.Sprintf(`<link rel="prev-archive" href="/comments?before=%d"/>`, oldest)
	}
	var all []entry
	for n := before - 1; n >= oldest; n-- {
		all = append(all, said(n, 1, float64(10*(200-n))))
	}
	fmt.Fprint(w, atomOf(head, all...))
}

func TestHistoryGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	for _, followed := range []bool{false, true} {
		t.Run(fmt.Sprint("followed before: ", followed), func(t *testing.T) {
			a := &archive{newest: 95, broken: map[int]bool{}}
			r, src, st := play(t, a.ServeHTTP, digest.Generic)
			if followed {
				r.due(src)
				a.newest = 98
				r.clock.add(2 * time.Hour)
			}
			top := a.newest + 1
			a.broken[top-50] = true
			st.requests()
			wantError(t, "cut off", errOf(r.Pull(t.Context(), nobody, src.ID, poll.Options{History: true})), digest.Unavailable, "500")
			f := r.feed(src, digest.CommentsFeed)
			equal(t, "goes on at", strings.TrimPrefix(f.Older, st.URL), fmt.Sprintf("/comments?before=%d", top-50))
			equal(t, "comments", len(r.comments(src)) >= 50, true)

			// What comes meanwhile is read by the schedule as ever.
			a.newest += 4
			r.after(26 * time.Hour).due(src)
			equal(t, "the place is kept", r.feed(src, digest.CommentsFeed).Older, f.Older)

			a.broken = map[int]bool{}
			a.newest += 3
			r.clock.add(2 * time.Hour)
			st.requests()
			r.pull(src, poll.Options{History: true})
			asked := strings.Split(st.requests(), ", ")
			equal(t, "the pages between are not read again", fmt.Sprint(asked[1:3]), fmt.Sprintf("[/comments /comments?before=%d]", top-50))
			equal(t, "all comments", len(r.comments(src)), a.newest)
			f = r.feed(src, digest.CommentsFeed)
			equal(t, "done", fmt.Sprintf("%q %v", f.Older, f.CatchUp.IsZero()), `"" true`)
		})
	}
}

// A history that is cut off between new entries and known ones must not hide what
// is between them from the schedule.
func TestHistoryCutOffLeavesNoHole(t *testing.T) {
	t.Parallel()
	a := &archive{newest: 20, broken: map[int]bool{}}
	r, src, _ := play(t, a.ServeHTTP, digest.Generic)
	r.pull(src, poll.Options{History: true})
	a.newest = 60
	a.broken[41] = true
	r.clock.add(2 * time.Hour)
	if _, err := r.Pull(t.Context(), nobody, src.ID, poll.Options{History: true}); err == nil {
		t.Fatal("no error")
	}
	a.broken = map[int]bool{}
	a.newest = 61
	r.after(2 * time.Hour).due(src)
	equal(t, "comments", len(r.comments(src)), 61)
}

// site is a WordPress blog whose feeds give the newest ten comments of 250, and
// whose REST API may give all.
type site struct {
	refused int // the status of the REST API, 0 when it answers
	broken  string
	lost    map[int]bool                 // comments that were removed
	kinds   map[int]bool                 // comments of another kind, which the REST API gives only by their numbers
	total   func(page, there int) string // what the REST API says of how many there are
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const generator = `<generator>https://wordpress.org/?v=6.7</generator>`
	at := r.URL.RequestURI()
	one := func(n int) entry {
		return entry{id: fmt.Sprintf("http://%s/?p=5#comment-%d", r.Host, n), link: fmt.Sprintf("http://%s/a-post/comment-page-%d/#comment-%d", r.Host, 1+n/50, n),
			text: fmt.Sprintf("&lt;p&gt;Word %d.&lt;/p&gt;", n), hours: float64(400 - n), ref: fmt.Sprintf("http://%s/?p=5", r.Host), author: "Ines"}
	}
	switch {
	case at == s.broken, strings.HasPrefix(at, "/wp-json/wp/v2/comments/") && s.broken == "each":
		w.WriteHeader(http.StatusInternalServerError)
	case at == "/feed/":
		fmt.Fprint(w, atomOf(generator, entry{id: "http://" + r.Host + "/?p=5", link: "http://" + r.Host + "/a-post/", text: "A post.", hours: 500, total: 250}))
	case at == "/comments/feed/", at == "/a-post/feed/":
		var all []entry
		for n := 250; n > 240; n-- {
			all = append(all, one(n))
		}
		fmt.Fprint(w, atomOf(generator, all...))
	case r.URL.Path == "/wp-json/wp/v2/comments" && s.refused != 0:
		w.WriteHeader(s.refused)
		fmt.Fprint(w, `{"code":"rest_forbidden"}`)
	case r.URL.Path == "/wp-json/wp/v2/comments":
		var page int
		fmt.Sscanf(r.URL.Query().Get("page"), "%d", &page)
		var all []string
		var there []int
		for n := 1; n <= 250; n++ {
			if !s.lost[n] && !s.kinds[n] {
				there = append(there, n)
			}
		}
		if s.total != nil {
			w.Header().Set("X-WP-Total", s.total(page, len(there)))
		}
		for _, n := range there[min(100*(page-1), len(there)):min(100*page, len(there))] {
			c := one(n)
			all = append(all, fmt.Sprintf(`{"id":%d,"post":5,"parent":%d,"author_name":"Ines","author_url":"","date_gmt":%q,"link":%q,"status":"approved","type":"comment","content":{"rendered":"<p>Word %d.</p>"}}`,
				n, map[bool]int{true: 1}[n == 249], evening.Add(-time.Duration(c.hours)*time.Hour).Format("2006-01-02T15:04:05"), c.link, n))
		}
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		fmt.Fprint(w, "["+strings.Join(all, ",")+"]")
	case strings.HasPrefix(at, "/wp-json/wp/v2/comments/"):
		if n, _ := strconv.Atoi(lastPart(at)); s.kinds[n] {
			fmt.Fprintf(w, `{"id":%d,"type":"webmention"}`, n)
			return
		}
		http.NotFound(w, r)
	default:
		http.NotFound(w, r)
	}
}

// What WordPress's REST API lists of no post any more is gone, if it was read from the
// first page to the last, counts as many as it lists, and has none when asked for it
// alone.
func TestWordPressRESTTellsWhatIsGone(t *testing.T) {
	t.Parallel()
	honest := func(_, there int) string { return strconv.Itoa(there) }
	for name, tt := range map[string]struct {
		total  func(page, there int) string
		broken string
		gone   string
		alone  int // comments that are asked for by themselves
	}{
		"whole":                   {honest, "", "[7 130]", 3},
		"it does not count":       {nil, "", "[]", 0},
		"it counts more":          {func(_, there int) string { return strconv.Itoa(there + 1) }, "", "[]", 0},
		"the count moves":         {func(page, there int) string { return strconv.Itoa(there + page/3) }, "", "[]", 0},
		"one cannot be asked for": {honest, "each", "[]", 3},
	} {
		t.Run(name, func(t *testing.T) {
			blog := &site{total: honest}
			r, src, st := play(t, blog.ServeHTTP, digest.WordPress, "/feed/", "/comments/feed/")
			r.pull(src, poll.Options{History: true})
			equal(t, "comments", len(r.comments(src)), 250)
			blog.lost, blog.kinds = map[int]bool{7: true, 130: true}, map[int]bool{8: true}
			blog.total, blog.broken = tt.total, tt.broken
			st.requests()
			r.after(2*time.Hour).pull(src, poll.Options{History: true})
			gone := []int{}
			for guid, c := range r.comments(src) {
				if n, _ := strconv.Atoi(guid[strings.LastIndex(guid, "-")+1:]); c.Gone {
					gone = append(gone, n)
					equal(t, "how", fmt.Sprint(c.GoneBy, ": ", c.GoneReason), "absence: the site does not give it any more")
				}
			}
			slices.Sort(gone)
			equal(t, "gone", fmt.Sprint(gone), tt.gone)
			equal(t, "asked for by themselves", strings.Count(st.requests(), "/comments/")-1, tt.alone)
		})
	}
}

func TestWordPressHistoryComesFromItsREST(t *testing.T) {
	t.Parallel()
	blog := &site{broken: "/wp-json/wp/v2/comments?order=asc&page=3&per_page=100"}
	r, src, st := play(t, blog.ServeHTTP, digest.WordPress, "/feed/", "/comments/feed/")
	r.due(src)
	equal(t, "comments in the feed", len(r.comments(src)), 10)
	st.requests()
	wantError(t, "cut off", errOf(r.Pull(t.Context(), nobody, src.ID, poll.Options{History: true})), digest.Unavailable, "500")
	equal(t, "comments so far", len(r.comments(src)), 210)
	blog.broken = ""
	st.requests()
	r.after(2*time.Hour).pull(src, poll.Options{History: true})
	asked := st.requests()
	if !strings.Contains(asked, "page=3") || strings.Contains(asked, "page=1&") {
		t.Errorf("asked %s, want it to go on with page 3", asked)
	}
	all := r.comments(src)
	equal(t, "comments", len(all), 250)
	reply := all[st.URL+"/?p=5#comment-249"]
	for _, c := range all {
		if strings.HasSuffix(c.GUID, "#comment-1") {
			equal(t, "parent of a reply that the feed does not name", reply.ParentID, c.ID)
		}
		equal(t, "its post is known", c.PostID != 0, true)
	}
	equal(t, "backfill of what is old", all[st.URL+"/?p=5#comment-250"].Backfill, false)
}

func TestWordPressWithoutREST(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 403, 404} {
		blog := &site{refused: status}
		r, src, st := play(t, blog.ServeHTTP, digest.WordPress, "/feed/", "/comments/feed/")
		report := r.pull(src, poll.Options{History: true})
		if words := fmt.Sprint(report.Notices); !strings.Contains(words, fmt.Sprint(status)) || !strings.Contains(words, "newest comments only") {
			t.Errorf("notices %s", words)
		}
		equal(t, "the post's own feed is read instead", strings.Contains(st.requests(), "/a-post/feed/"), true)
		for _, c := range r.comments(src) {
			equal(t, "gone", c.Gone, false)
		}
	}
}

const wordPressHead = `<generator>https://wordpress.org/?v=6.7</generator>`

// Ten posts have come since: the new part ends on the very page at which the
// history goes on.
func TestHistoryGoesOnAtAPageThatItCameBy(t *testing.T) {
	t.Parallel()
	newest, broken := 40, "2"
	r, src, _ := play(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("paged"))
		n = max(n, 1)
		if r.URL.Query().Get("paged") == broken {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		var all []entry
		for i := newest - 10*(n-1); i > newest-10*n && i > 0; i-- {
			all = append(all, post(i, float64(10*(200-i)), -1))
		}
		if len(all) == 0 {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, atomOf(wordPressHead, all...))
	}, digest.WordPress, "/feed/")
	wantError(t, "cut off", errOf(r.Pull(t.Context(), nobody, src.ID, poll.Options{History: true})), digest.Unavailable, "500")
	broken, newest = "none", 50
	r.after(2*time.Hour).pull(src, poll.Options{History: true})
	equal(t, "posts", r.posts(src), 50)
}

// Some sites name a next page for ever, empty or the same as before.
func TestNextPagesWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]func() string{
		"empty":    func() string { return "" },
		"the same": func() string { return atomOf("", manySaid(12, 11, 1, 3)...) },
	} {
		t.Run(name, func(t *testing.T) {
			r, src, _ := play(t, func(w http.ResponseWriter, r *http.Request) {
				n, _ := strconv.Atoi(r.URL.Query().Get("page"))
				link := fmt.Sprintf(`<link rel="next" href="%s?page=%d"/>`, r.URL.Path, n+1)
				body := page()
				if body == "" {
					body = atomOf("")
				}
				if r.URL.Path == "/posts" {
					body = atomOf("", post(1, 9000, -1))
					link = ""
				}
				fmt.Fprint(w, strings.Replace(body, "<title>The Lamp</title>", "<title>The Lamp</title>"+link, 1))
			}, digest.Generic)
			for _, opts := range []poll.Options{{}, {Force: true}, {History: true}} {
				report, err := r.Pull(t.Context(), nobody, src.ID, opts)
				if err != nil || report.Requests > 8 {
					t.Errorf("%+v: %d requests, %v", opts, report.Requests, err)
				}
				r.clock.add(2 * time.Hour)
			}
		})
	}
}

// That a posts feed has numbered pages is our guess. A site that turns the question
// away has a good feed all the same.
func TestGuessedPageThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 403, 410} {
		r, src, _ := play(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.RawQuery != "" {
				w.WriteHeader(status)
				return
			}
			var all []entry
			for i := 10; i > 0; i-- {
				all = append(all, post(i, float64(20-i), 0))
			}
			fmt.Fprint(w, atomOf(wordPressHead, all...))
		}, digest.WordPress, "/feed/")
		report := r.due(src)
		equal(t, "notice", strings.Contains(fmt.Sprint(report.Notices), fmt.Sprint("answers ", status)), status != 410)
		f := r.feed(src, digest.PostsFeed)
		equal(t, "state", fmt.Sprint(f.LastError, f.CatchUp.IsZero(), f.GoneSince.IsZero(), f.LastSuccess.IsZero()), "true true false")
	}
}

// What the feed of one post brought while the feed of all comments was down does not
// end the way back of that one.
func TestListingsDoNotHideWhatTheFeedMissed(t *testing.T) {
	t.Parallel()
	down := false
	p := pages{
		"/feeds/posts/default":    bloggerOf("", "", 2, post(2, 90, 1), post(1, 2000, 0)),
		"/feeds/comments/default": bloggerOf(".comments", "", 1, said(10, 2, 50)),
	}
	r, src, _ := play(t, func(w http.ResponseWriter, r *http.Request) {
		if down && r.URL.Path == "/feeds/comments/default" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		p.ServeHTTP(w, r)
	}, digest.Blogger, "/feeds/posts/default", "/feeds/comments/default")
	r.due(src)
	// An old post, which the posts feed does not list any more, gets a comment,
	// and then the newest gets ten, while the comments feed is down.
	down = true
	ten := manySaid(30, 21, 2, 10)
	p["/feeds/posts/default"] = bloggerOf("", "", 2, post(2, 90, 11))
	p["/feeds/2/comments/default?max-results=500"] = bloggerOf(".post2..comments", "", 11, append(manySaid(30, 21, 2, 10), said(10, 2, 50))...)
	p["/feeds/comments/default"] = bloggerOf(".comments", "/feeds/comments/default?start-index=11", 12, ten...)
	p["/feeds/comments/default?start-index=11"] = bloggerOf(".comments", "", 12, said(11, 1, 40), said(10, 2, 50))
	r.clock.add(2 * time.Hour)
	if _, err := r.PullDue(t.Context(), src.ID); err == nil {
		t.Fatal("no error")
	}
	equal(t, "comments by the post's own feed", len(r.comments(src)), 11)
	down = false
	r.after(3 * time.Hour).due(src)
	equal(t, "comments", len(r.comments(src)), 12)
}
