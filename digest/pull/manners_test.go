package pull_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
)

func TestValidatorsGoBackAsTheyCame(t *testing.T) {
	t.Parallel()
	s := database(t)
	tag, date, cut := `W/"odd, one"`, "Sun, 01 Mar 2026 12:00:00 GMT", false
	st := newStage(t, nil)
	st.now(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Last-Modified", date)
		if r.Header.Get("If-None-Match") == tag && r.Header.Get("If-Modified-Since") == date {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		body := atomOf("", post(1, 1, -1))
		if cut {
			body = strings.TrimSuffix(atomOf("", post(2, 1, -1), post(1, 1, -1)), "</entry></feed>")
		}
		fmt.Fprint(w, body)
	})
	r, src := playIn(t, s, st, digest.Generic, "/posts")
	first := r.due(src)
	equal(t, "the first request has no conditions", st.requests(), "/posts")
	equal(t, "new posts", first.Stored.NewPosts, 1)
	equal(t, "not modified", r.after(2*time.Hour).due(src).NotModified, true)
	conditions := " if-none-match=" + tag + " if-modified-since=" + date
	equal(t, "both validators", st.requests(), "/posts"+conditions)

	// Of half a document the entries are kept, its validators are not.
	before := r.feed(src, digest.PostsFeed)
	tag, cut = `"half"`, true
	r.clock.add(2 * time.Hour)
	report, err := r.PullDue(t.Context(), src.ID)
	wantError(t, "half a feed", err, digest.Invalid, "cut short")
	equal(t, "new posts of half a feed", report.Stored.NewPosts, 1)
	f := r.feed(src, digest.PostsFeed)
	equal(t, "validator", f.ETag, before.ETag)
	equal(t, "last success", f.LastSuccess.Equal(before.LastSuccess), true)
	equal(t, "failures", f.Failures, 1)
}

func TestMovesAreRememberedWhenTheyHold(t *testing.T) {
	t.Parallel()
	s := database(t)
	st := newStage(t, nil)
	moved := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/posts":
				http.Redirect(w, r, "/half", status)
			case "/half":
				http.Redirect(w, r, "/new", http.StatusPermanentRedirect)
			default:
				w.Header().Set("ETag", `"1"`)
				fmt.Fprint(w, atomOf("", post(1, 1, -1)))
			}
		}
	}
	st.now(moved(http.StatusMovedPermanently))
	r, src := playIn(t, s, st, digest.Generic, "/posts")
	for polls := 1; polls <= 2; polls++ {
		report := r.due(src)
		equal(t, "told", strings.Contains(fmt.Sprint(report.Notices), "moved for good to "+st.URL+"/new"), true)
		f := r.feed(src, digest.PostsFeed)
		equal(t, "address", f.URL, st.URL+"/posts")
		equal(t, "polls that found it there", fmt.Sprint(f.MovedTo, f.MovedPolls), fmt.Sprint(st.URL+"/new", polls))
		r.clock.add(2 * time.Hour)
	}
	// A redirect for the time being begins anew.
	st.now(moved(http.StatusFound))
	r.due(src)
	equal(t, "after a 302", r.feed(src, digest.PostsFeed).MovedPolls, 0)
	st.now(moved(http.StatusMovedPermanently))
	for range 2 {
		r.after(2 * time.Hour).due(src)
	}
	r.after(2*time.Minute).pull(src, poll.Options{})
	equal(t, "a third time, too soon after the second", r.feed(src, digest.PostsFeed).URL, st.URL+"/posts")
	r.after(2 * time.Hour).due(src)
	f := r.feed(src, digest.PostsFeed)
	equal(t, "address after three polls", f.URL, st.URL+"/new")
	equal(t, "validators are dropped", f.ETag+f.LastModified+f.MovedTo, "")
	st.requests()
	r.after(2 * time.Hour).due(src)
	equal(t, "request", st.requests(), "/new")
}

// TestAddressTooLongToKeep is refused where somebody gives it, and not moved to,
// whatever the database could index.
func TestAddressTooLongToKeep(t *testing.T) {
	t.Parallel()
	long := "/new?key=" + strings.Repeat("x", field.MaxAddress)
	r, src, st := play(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/posts" {
			http.Redirect(w, r, long, http.StatusMovedPermanently)
			return
		}
		fmt.Fprint(w, atomOf("", post(1, 1, -1)))
	}, digest.Generic, "/posts")
	for range 4 {
		report := r.due(src)
		equal(t, "told", strings.Contains(fmt.Sprint(report.Notices), "too long to keep"), true)
		r.clock.add(2 * time.Hour)
	}
	equal(t, "address", r.feed(src, digest.PostsFeed).URL, st.URL+"/posts")
	_, err := r.Discover(t.Context(), "", discover.Options{Posts: st.URL + long})
	equal(t, "given by hand", fmt.Sprint(digest.KindOf(err) == digest.Invalid, strings.Contains(fmt.Sprint(err), "can be kept")), "true true")
}

func TestMoveToAnotherHostHasToListSomethingKnown(t *testing.T) {
	t.Parallel()
	stranger := false
	r := faked(t, func(req pull.Request) (*pull.Response, error) {
		entry := "1"
		if stranger {
			entry = "9"
		}
		return &pull.Response{Status: 200, URL: "https://b.test/feed", Moved: "https://b.test/" + lastPart(req.URL), Body: bloggerFeed(req.URL, "", entry)}, nil
	})
	src := follow(t, r.store, digest.Blogger, "a.test")
	poll := func(times int) (report poll.Report) {
		for range times {
			report = r.after(2*time.Hour).pull(src, poll.Options{})
		}
		return report
	}
	stranger = true
	poll(2)
	stranger = false
	poll(2)
	stranger = true
	if report := poll(1); !strings.Contains(fmt.Sprint(report.Notices), "moved for good") {
		t.Errorf("notices %v", report.Notices)
	}
	equal(t, "address", r.feed(src, digest.PostsFeed).URL, "https://a.test/feeds/posts/default")
	stranger = false
	poll(3)
	equal(t, "address that lists what is known, three times", strings.HasPrefix(r.feed(src, digest.PostsFeed).URL, "https://b.test/"), true)
}

func lastPart(s string) string {
	return s[strings.LastIndex(strings.TrimSuffix(s, "/default"), "/")+1:]
}

// A feed that is asked by https is never asked by http for what the blog says.
func TestMoveThatGivesUpHTTPSIsNotFollowed(t *testing.T) {
	t.Parallel()
	r := faked(t, func(req pull.Request) (*pull.Response, error) {
		return &pull.Response{Status: 200, URL: "http://a.test/feed", Moved: "http://a.test/x/" + lastPart(req.URL), Body: bloggerFeed(req.URL, "", "1")}, nil
	})
	src := follow(t, r.store, digest.Blogger, "a.test")
	for range 6 {
		r.after(2*time.Hour).pull(src, poll.Options{})
	}
	for _, kind := range []digest.FeedKind{digest.PostsFeed, digest.CommentsFeed} {
		equal(t, "the address begins with https", r.feed(src, kind).URL[:8], "https://")
	}
}

func TestHTTPSMoveKeepsTheEntries(t *testing.T) {
	t.Parallel()
	for _, platform := range []digest.Platform{digest.Generic, digest.WordPress} {
		secure := false
		r := faked(t, func(req pull.Request) (*pull.Response, error) {
			if strings.Contains(req.URL, "feed/") && !strings.Contains(req.URL, "default") {
				return nil, &pull.StatusError{Host: "a.test", Status: 404}
			}
			base, id := "http://www.a.test", "http"
			if secure {
				base, id = "https://a.test", "https"
			}
			e := entry{id: id + "://a.test/entry/1", link: base + "/a-post/?utm_source=feed", text: "A post.", hours: 30, total: -1}
			if strings.Contains(req.URL, "comments") {
				e = entry{id: id + "://a.test/said/1", link: base + "/a-post/comment-page-2/#comment-5", text: "A word.", hours: 30, ref: base + "/a-post"}
			}
			return &pull.Response{Status: 200, URL: base + "/feed", Body: []byte(atomOf("", e))}, nil
		})
		src := follow(t, r.store, platform, "a.test")
		for range 2 {
			r.pull(src, poll.Options{})
			posts, comments := contents(t, r.store)
			equal(t, "posts and comments", fmt.Sprint(len(posts), len(comments)), "1 1")
			equal(t, "post of the comment", comments[0].PostID, posts[0].ID)
			equal(t, "id", strings.HasPrefix(comments[0].GUID, "https"), secure)
			secure = true
			r.clock.add(2 * time.Hour)
		}
	}
}

func TestRetryAfterOfAServer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status       int
		after        string
		least, most  time.Duration
		alsoComments bool // the wait is the host's
	}{
		{429, "7200", 2 * time.Hour, 2 * time.Hour, true},
		{429, evening.Add(3 * time.Hour).Format(http.TimeFormat), 3 * time.Hour, 3 * time.Hour, true},
		{429, "soon", time.Hour, time.Hour, true},
		{429, "-5", time.Hour, time.Hour, true},
		{429, "999999999", 24 * time.Hour, 24 * time.Hour, true},
		{503, "5400", 90 * time.Minute, 90 * time.Minute, true},
		{503, "", time.Hour, time.Hour, false},
	} {
		r, src, st := play(t, func(w http.ResponseWriter, _ *http.Request) {
			if tt.after != "" {
				w.Header().Set("Retry-After", tt.after)
			}
			w.WriteHeader(tt.status)
		}, digest.Generic)
		_, err := r.PullDue(t.Context(), src.ID)
		name := fmt.Sprint(tt.status, " ", tt.after)
		wantError(t, name, err, digest.Unavailable, fmt.Sprint(tt.status))
		for _, kind := range []digest.FeedKind{digest.PostsFeed, digest.CommentsFeed} {
			wait := r.feed(src, kind).NextPoll.Sub(r.clock.Now())
			if wait < tt.least-time.Second || wait > tt.most+time.Second {
				t.Errorf("%s: next poll of the %s in %v, want %v", name, kind, wait, tt.least)
			}
		}
		want := "/posts, /comments"
		if tt.alsoComments {
			want = "/posts"
		}
		equal(t, name+": requests", st.requests(), want)
	}
}

// TestAHostsWishOutlivesTheProcess pulls two blogs of one host and one of another. The
// first blog is told to come back in three hours; then the program is started anew.
func TestAHostsWishOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	s := database(t)
	busy := newStage(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "10800")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	good := newStage(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, atomOf("", post(1, 1, -1))) })
	r, one := playIn(t, s, busy, digest.Generic)
	_, two := playIn(t, s, busy, digest.Generic, "/b/posts", "/b/comments")
	other, three := playIn(t, s, good, digest.Generic, "/posts")
	_, err := r.PullDue(t.Context(), one.ID)
	wantError(t, "the first blog", err, digest.Unavailable, "429")
	equal(t, "requests", busy.requests(), "/posts")

	again := newRig(t, r.blog, s, "2026-03-05T22:00:00Z")
	for _, src := range []digest.Source{one, two} {
		if _, err := again.PullDue(t.Context(), src.ID); src.ID == two.ID { // the first one is not due
			wantError(t, "by the schedule", err, digest.Unavailable, "is left alone until 5 March 23:00")
		}
		wantError(t, "by hand", errOf(again.Pull(t.Context(), nobody, src.ID, poll.Options{})), digest.Unavailable, "is left alone until")
	}
	equal(t, "requests while it asks to be left alone", busy.requests(), "")
	other.clock.add(2 * time.Hour)
	other.due(three)
	equal(t, "requests to another host", good.requests(), "/posts")

	again.clock.add(2 * time.Hour)
	if _, err = again.PullDue(t.Context(), two.ID); err == nil {
		t.Error("the second blog was pulled")
	}
	equal(t, "requests after that", busy.requests(), "/b/posts")
}

func TestGoneTwiceStopsTheSchedule(t *testing.T) {
	t.Parallel()
	r, src, st := play(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }, digest.Generic, "/posts")
	stopped, polls := false, 0
	for range 40 {
		report, _ := r.PullDue(t.Context(), src.ID)
		if report.Requests > 0 {
			polls++
		}
		if f := r.feed(src, digest.PostsFeed); f.Stopped && !stopped {
			stopped = true
			equal(t, "a day since the first", r.clock.Now().Sub(f.GoneSince) >= 24*time.Hour, true)
			equal(t, "notice", strings.Contains(fmt.Sprint(report.Notices), "does not ask for them any more"), true)
			equal(t, "next poll", f.NextPoll.IsZero(), true)
			polls = 0
		}
		r.clock.add(2 * time.Hour)
	}
	equal(t, "stopped", stopped, true)
	equal(t, "scheduled polls after it was stopped", polls, 0)

	st.requests()
	wantError(t, "by hand", errOf(r.Pull(t.Context(), nobody, src.ID, poll.Options{})), digest.NotFound, "410")
	equal(t, "asked by hand all the same", st.requests(), "/posts")
	st.now(pages{"/posts": atomOf("", post(1, 1, -1))}.ServeHTTP)
	report := r.after(time.Hour).pull(src, poll.Options{})
	equal(t, "notice", strings.Contains(fmt.Sprint(report.Notices), "asks it again"), true)
	f := r.feed(src, digest.PostsFeed)
	equal(t, "stopped after a good answer", fmt.Sprint(f.Stopped, f.GoneSince.IsZero(), f.NextPoll.IsZero()), "false true false")
	st.requests()
	r.after(2 * time.Hour).due(src)
	equal(t, "scheduled again", st.requests(), "/posts")
}

// A blog that is down for two weeks is asked once a day, the editor is told from
// the second day, and all of the gap that the feed still holds is caught.
func TestDownForTwoWeeks(t *testing.T) {
	t.Parallel()
	up := pages{"/posts": atomOf("", post(1, 300, -1)), "/comments": atomOf("", said(1, 1, 299))}
	r, src, st := play(t, up.ServeHTTP, digest.Generic)
	r.due(src)
	st.now(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	st.requests()
	down := r.clock.Now().Add(time.Hour)
	var told time.Time
	for r.clock.Now().Before(down.Add(14 * 24 * time.Hour)) {
		r.clock.add(time.Hour)
		report, _ := r.PullDue(t.Context(), src.ID)
		if told.IsZero() && strings.Contains(fmt.Sprint(report.Notices), "have failed since 5 March 21:00 UTC") {
			told = r.clock.Now()
		}
	}
	if wait := told.Sub(down); told.IsZero() || wait < 24*time.Hour || wait > 56*time.Hour {
		t.Errorf("told at %v, want on the second day after %v", told, down)
	}
	polls := strings.Count(st.requests(), "/posts")
	if polls < 15 || polls > 22 {
		t.Errorf("asked %d times in two weeks, want about once a day", polls)
	}
	since := r.clock.Now().Sub(evening).Hours()
	st.now(pages{"/posts": atomOf("", post(2, -since+100, -1), post(1, 300, -1)),
		"/comments": atomOf("", slices.Concat(manySaid(14, 2, 2, -since+10), []entry{said(1, 1, 299)})...)}.ServeHTTP)
	report := r.after(25 * time.Hour).due(src)
	equal(t, "caught", fmt.Sprint(report.Stored.NewPosts, report.Stored.NewComments), "1 13")
	f := r.feed(src, digest.CommentsFeed)
	equal(t, "mended", fmt.Sprintf("%d %v %q", f.Failures, f.FailingSince.IsZero(), f.LastError), `0 true ""`)
}

func TestFeedsOwnPaceLengthensTheInterval(t *testing.T) {
	t.Parallel()
	cache := ""
	body := `<rss version="2.0"><channel><title>x</title><ttl>%s</ttl><skipHours>%s</skipHours><item><guid>1</guid><title>One</title></item></channel></rss>`
	for _, tt := range []struct {
		ttl, skip, cache string
		want             time.Duration
	}{
		{"", "", "", time.Hour},
		{"5", "", "", time.Hour},
		{"180", "", "", 3 * time.Hour},
		{"180", "", "max-age=18000", 5 * time.Hour},
		{"9999999", "", "", 24 * time.Hour},
		{"", "<hour>21</hour><hour>22</hour>", "", 3 * time.Hour},
	} {
		cache = tt.cache
		r, src, st := play(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"1"`)
			if cache != "" {
				w.Header().Set("Cache-Control", cache)
			}
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			fmt.Fprintf(w, body, tt.ttl, tt.skip)
		}, digest.Generic, "/posts")
		for range 3 { // what the full answer said holds for the short ones
			r.due(src)
			equal(t, fmt.Sprint(tt), r.feed(src, digest.PostsFeed).NextPoll.Sub(r.clock.Now()), tt.want)
			if tt.skip != "" {
				break
			}
			r.clock.add(tt.want)
		}
		equal(t, fmt.Sprint(tt, ": requests"), strings.Count(st.requests(), "/posts"), map[bool]int{true: 1, false: 3}[tt.skip != ""])
	}
}

// A window of ten that turns over every three hours is asked often enough that
// never more than half of it is new.
func TestTurningWindowIsAskedOftenEnough(t *testing.T) {
	t.Parallel()
	s := database(t)
	st := newStage(t, nil)
	var r *rig
	const every = 18 * time.Minute
	st.now(func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Path == "/posts" {
			fmt.Fprint(w, atomOf("", post(1, 2000, -1)))
			return
		}
		newest := int(r.clock.Now().Sub(evening)/every) + 100
		var all []entry
		for n := newest; n > newest-10; n-- {
			all = append(all, said(n, 1, -(time.Duration(n-100)*every).Hours()))
		}
		fmt.Fprint(w, atomOf("", all...))
	})
	r, src := playIn(t, s, st, digest.WordPress)
	most, polls := 0, 0
	r.due(src)
	for range 4 * 24 * 3 {
		report := r.after(15 * time.Minute).due(src)
		most = max(most, report.Stored.NewComments)
		if report.Requests > 0 {
			polls++
		}
	}
	if most > 6 {
		t.Errorf("up to %d of 10 were new at once", most)
	}
	equal(t, "comments", len(r.comments(src)), 10+int(3*24*time.Hour/every))
	t.Logf("%d polls in three days, at most %d new", polls, most)
	if polls > 3*24*2 {
		t.Errorf("%d polls in three days, want at most two an hour", polls)
	}
}

func TestSuspectPageWaitsForTheEditor(t *testing.T) {
	t.Parallel()
	good := pages{"/posts": atomOf("", post(1, 300, -1)), "/comments": atomOf("", manySaid(10, 1, 1, 50)...)}
	tagged := func(p pages, tag string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", tag)
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			p.ServeHTTP(w, r)
		}
	}
	r, src, st := play(t, tagged(good, `"good"`), digest.Generic)
	r.due(src)
	r.clock.add(2 * time.Hour)

	odd := manySaid(30, 21, 1, 60)
	st.now(tagged(pages{"/posts": good["/posts"], "/comments": atomOf("", odd...)}, `"odd"`))
	report := r.due(src)
	equal(t, "new comments", report.Stored.NewComments, 0)
	words := fmt.Sprint(report.Notices)
	if !strings.Contains(words, "10 of the page's 10 entries") {
		t.Errorf("notices %v", words)
	}
	equal(t, "what can be done", fmt.Sprint(report.Notices[0].Acts), fmt.Sprint([]digest.Act{{Do: digest.AcceptPage, Source: src.ID}}))
	f := r.feed(src, digest.CommentsFeed)
	equal(t, "validator", f.ETag, `"good"`)
	equal(t, "why", strings.Contains(f.Suspect, "10 of the page's 10 entries"), true)
	equal(t, "comments", len(r.comments(src)), 10)

	equal(t, "stored the next time", r.after(2*time.Hour).due(src).Stored.NewComments, 0)
	accepted := r.pull(src, poll.Options{Accept: true})
	equal(t, "stored when accepted", accepted.Stored.NewComments, 10)
	told, err := r.store.Audit(t.Context(), digest.AuditFilter{Did: digest.SourceAccepted})
	if err != nil || len(told) == 0 || !strings.HasPrefix(told[0].String(), nobody.String()+" accepted the newest page of the blog The Lamp: comments: 10 of the page's 10 entries are new") {
		t.Errorf("the audit list says %v, %v", told, err)
	}
	f = r.feed(src, digest.CommentsFeed)
	equal(t, "after that", f.Suspect+f.ETag, `"odd"`)

	// A fresh day's comments are no reason for doubt, however many.
	r.clock.add(48 * time.Hour)
	st.now(tagged(pages{"/posts": good["/posts"], "/comments": atomOf("", manySaid(50, 41, 1, -50)...)}, `"busy"`))
	equal(t, "a busy day", r.due(src).Stored.NewComments, 10)
}

func TestOneSourceMayHaveOneFeedOrNone(t *testing.T) {
	t.Parallel()
	for _, feeds := range [][]string{{"/posts"}, {"/comments"}} {
		r, src, _ := play(t, pages{"/posts": atomOf("", post(1, 1, -1)), "/comments": atomOf("", said(1, 1, 1))}.ServeHTTP, digest.Generic, feeds...)
		report := r.pull(src, poll.Options{History: true})
		equal(t, feeds[0], report.Stored.NewPosts+report.Stored.NewComments, 1)
	}
	r, _, _ := play(t, nil, digest.Generic, "/posts")
	bare := r.imported(digest.Source{Name: "An export"})
	report := r.pull(bare, poll.Options{History: true})
	equal(t, "no feed", fmt.Sprint(report.Requests, report.Notices), "0 [it has no feed to pull; an import made it]")
	equal(t, "no feed, by the schedule", r.due(bare).Requests, 0)
}

// Only the feed itself can say that it is gone for good.
func TestOlderPageThatIsGone(t *testing.T) {
	t.Parallel()
	n := 0
	r, src, _ := play(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.RequestURI() {
		case "/posts":
			fmt.Fprint(w, atomOf("", post(1, 90, -1)))
		case "/comments":
			n++
			fmt.Fprint(w, atomOf(`<link rel="next" href="/comments?page=2"/>`, said(n, 1, 9)))
		default:
			w.WriteHeader(http.StatusGone)
		}
	}, digest.Generic)
	for range 4 {
		wantError(t, "the older page", errOf(r.PullDue(t.Context(), src.ID)), digest.NotFound, "410")
		r.clock.add(25 * time.Hour)
	}
	f := r.feed(src, digest.CommentsFeed)
	equal(t, "still asked by the schedule", fmt.Sprint(f.Stopped, f.GoneSince.IsZero()), "false true")
	equal(t, "comments", len(r.comments(src)), 4)
}

// TestValidatorsBelongToWhereTheyCameFrom pulls a feed that leads to one place and later
// to another, with the same date: what is new there comes.
func TestValidatorsBelongToWhereTheyCameFrom(t *testing.T) {
	t.Parallel()
	const day = "Sun, 01 Mar 2026 12:00:00 GMT"
	to := "/a"
	r, src, st := play(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/posts" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		w.Header().Set("Last-Modified", day)
		if r.Header.Get("If-Modified-Since") == day {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, atomOf("", map[string][]entry{"/a": {post(1, 1, -1)}, "/b": {post(2, 1, -1), post(1, 1, -1)}}[r.URL.Path]...))
	}, digest.Generic, "/posts")
	r.due(src)
	st.requests()
	equal(t, "not modified", r.after(2*time.Hour).due(src).NotModified, true)
	equal(t, "requests", st.requests(), "/posts, /a if-modified-since="+day)
	to = "/b"
	equal(t, "new posts", r.after(2*time.Hour).due(src).Stored.NewPosts, 1)
	equal(t, "requests", st.requests(), "/posts, /b")
	equal(t, "where they came from", r.feed(src, digest.PostsFeed).ValidatorsURL, st.URL+"/b")
}
