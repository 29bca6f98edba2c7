package pull_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/pull"
	"postbag/digest/pull/poll"
)

func TestPullByHandIsAtMostOnceAMinute(t *testing.T) {
	t.Parallel()
	r := newRig(t, newBlog(t, (&press{t: t}).page), database(t), thatEvening)
	src := r.add()
	equal(t, "too soon after being added", r.pull(src, poll.Options{}).TooSoon, false)
	r.blog.asked()
	report := r.after(59*time.Second).pull(src, poll.Options{})
	equal(t, "too soon", report.TooSoon, true)
	equal(t, "notices", fmt.Sprint(report.Notices), "[it was asked less than a minute ago]")
	equal(t, "requests", len(r.blog.asked()), 0)
	equal(t, "too soon after a minute", r.after(time.Second).pull(src, poll.Options{}).TooSoon, false)
	equal(t, "requests", fmt.Sprint(r.blog.asked()), "[/feed/ * /comments/feed/ *]")
	equal(t, "forced", r.pull(src, poll.Options{Force: true}).TooSoon, false)
	equal(t, "requests", fmt.Sprint(r.blog.asked()), "[/feed/ /comments/feed/]")
}

func TestScheduleKeepsItsInterval(t *testing.T) {
	t.Parallel()
	r := newRig(t, newBlog(t, (&press{t: t}).page), database(t), thatEvening)
	src := r.add()
	for _, tt := range []struct {
		pass  time.Duration
		asked bool
	}{{0, true}, {59 * time.Minute, false}, {2 * time.Minute, true}, {0, false}} {
		r.clock.add(tt.pass)
		report := r.due(src)
		equal(t, "pulled at "+r.clock.Now().Format(time.TimeOnly), report.Requests > 0, tt.asked)
	}
	equal(t, "next poll", r.feed(src, digest.PostsFeed).NextPoll, r.clock.Now().Add(time.Hour))
}

func TestFeedsOfASourceAreAskedTogether(t *testing.T) {
	t.Parallel()
	random := 0.0
	r := newRig(t, newBlog(t, (&press{t: t}).page), database(t), thatEvening, func(o *pull.Options) {
		o.Random = func() float64 { random = 1 - random; return random } // posts late, comments early
	})
	src := r.add()
	for range 2 {
		r.due(src)
		r.clock.add(54 * time.Minute)
	}
	equal(t, "requests", fmt.Sprint(r.blog.asked()),
		"[/feed/ /comments/feed/ /2026/03/who-locks-the-water/feed/ /feed/ * /comments/feed/ *]")
}

func TestLongFreshnessLengthensTheInterval(t *testing.T) {
	t.Parallel()
	r := faked(t, func(req pull.Request) (*pull.Response, error) {
		resp := gives(req, "", "1")
		resp.CacheMaxAge = 3 * time.Hour
		if strings.Contains(req.URL, "comments") {
			resp.CacheMaxAge = time.Minute
		}
		return resp, nil
	})
	src := follow(t, r.store, digest.Blogger, "a.test")
	r.pull(src, poll.Options{})
	equal(t, "longer", r.feed(src, digest.PostsFeed).NextPoll.Sub(r.clock.now), 3*time.Hour)
	equal(t, "never shorter", r.feed(src, digest.CommentsFeed).NextPoll.Sub(r.clock.now), time.Hour)
}

func TestIntervalIsBoundedAndSpread(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		interval time.Duration
		random   float64
		want     time.Duration
	}{
		{0, 0.5, time.Hour}, {0, 0, 54 * time.Minute}, {0, 1, 66 * time.Minute},
		{time.Minute, 0.5, pull.MinInterval}, {time.Minute, 0, pull.MinInterval}, {3 * time.Hour, 0.5, 3 * time.Hour},
	} {
		// Blogger's feeds ask for no interval of their own.
		r := newRig(t, newBlog(t, (&sample{dir: digesttest.SampleBlog(t), firstPage: 6}).page), database(t), thatEvening, func(o *pull.Options) {
			o.Interval, o.Random = tt.interval, func() float64 { return tt.random }
		})
		src := r.add()
		r.pull(src, poll.Options{})
		equal(t, fmt.Sprint(tt), r.feed(src, digest.PostsFeed).NextPoll.Sub(r.clock.Now()), tt.want)
	}
}

func TestFailuresBackOffAndRecover(t *testing.T) {
	t.Parallel()
	p := &press{t: t}
	r := newRig(t, newBlog(t, p.page), database(t), thatEvening)
	src := r.add()
	r.pull(src, poll.Options{})
	good := r.feed(src, digest.CommentsFeed)
	p.comments = "<html>we are moving</html>"
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 24, 24} {
		r.clock.add(25 * time.Hour)
		wantError(t, "a page for a feed", errOf(r.PullDue(t.Context(), src.ID)), digest.Invalid, "a web page stands")
		f := r.feed(src, digest.CommentsFeed)
		equal(t, "failures", f.Failures, i+1)
		equal(t, "next poll", f.NextPoll.Sub(r.clock.Now()), want*time.Hour)
		equal(t, "last success", f.LastSuccess, good.LastSuccess)
		equal(t, "validator", f.ETag, good.ETag)
		equal(t, "reason", strings.HasPrefix(f.LastError, "a web page stands"), true)
	}
	equal(t, "failures of the posts feed", r.feed(src, digest.PostsFeed).Failures, 0)
	equal(t, "reason told again", strings.Contains(fmt.Sprint(r.after(time.Second).pull(src, poll.Options{}).Notices), "a web page stands"), true)

	p.comments = ""
	r.after(time.Hour).pull(src, poll.Options{})
	f := r.feed(src, digest.CommentsFeed)
	equal(t, "recovered", fmt.Sprintf("%d %q %v", f.Failures, f.LastError, f.LastSuccess.Equal(r.clock.Now())), `0 "" true`)
}

func TestFailuresByHandDoNotPutTheScheduleOff(t *testing.T) {
	t.Parallel()
	p := &press{t: t}
	r := newRig(t, newBlog(t, p.page), database(t), thatEvening)
	src := r.add()
	r.pull(src, poll.Options{})
	next := r.feed(src, digest.CommentsFeed).NextPoll
	p.comments = "<html>we are moving</html>"
	for range 3 {
		r.clock.add(2 * time.Minute)
		report, err := r.Pull(t.Context(), nobody, src.ID, poll.Options{})
		wantError(t, "a page for a feed", err, digest.Invalid, "a web page stands")
		equal(t, "error in the report", report.Err, err)
		f := r.feed(src, digest.CommentsFeed)
		equal(t, "failures", f.Failures, 0)
		equal(t, "next poll", f.NextPoll, next)
		equal(t, "reason", strings.HasPrefix(f.LastError, "a web page stands"), true)
	}
}

// fake answers from a function.
type fake func(req pull.Request) (*pull.Response, error)

func (f fake) Get(_ context.Context, req pull.Request) (*pull.Response, error) { return f(req) }

// faked is a rig in an empty database whose requests are answered by a function.
func faked(t *testing.T, answer fake) *rig {
	t.Helper()
	r := &rig{t: t, store: database(t), clock: &clock{now: at(thatEvening)}}
	return r.again(answer)
}

// again is another process with the rig's database and clock.
func (r *rig) again(answer fake) *rig {
	return &rig{t: r.t, store: r.store, clock: r.clock, parts: newParts(pull.Options{Store: r.store, ToProse: prose, Clock: r.clock,
		Random: func() float64 { return 0.5 }, Fetcher: answer})}
}

// gives answers with a Blogger feed of entries of the given numbers.
func gives(req pull.Request, next string, entries ...string) *pull.Response {
	return &pull.Response{Status: 200, URL: req.URL, Body: bloggerFeed(req.URL, next, entries...)}
}

func prose(html, _ string) digest.Prose { return digest.Plain(html) }

// follow stores a source without looking for it.
func follow(t *testing.T, store pull.Store, platform digest.Platform, name string) digest.Source {
	t.Helper()
	src := digest.Source{Name: name, Platform: platform}
	err := store.AddSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, &src, []digest.FeedState{
		{Kind: digest.PostsFeed, URL: "https://" + name + "/feeds/posts/default"},
		{Kind: digest.CommentsFeed, URL: "https://" + name + "/feeds/comments/default"},
	}, firstSeries)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func TestRetryAfterIsRespected(t *testing.T) {
	t.Parallel()
	r := faked(t, func(pull.Request) (*pull.Response, error) {
		return nil, digest.Fail(digest.Unavailable, "Wait.", "%w", &pull.StatusError{Host: "a.test", Status: 429, RetryAfter: 5 * time.Hour})
	})
	src := follow(t, r.store, digest.Blogger, "a.test")
	if _, err := r.Pull(t.Context(), nobody, src.ID, poll.Options{}); err == nil {
		t.Fatal("no error")
	}
	equal(t, "next poll", r.feed(src, digest.PostsFeed).NextPoll.Sub(r.clock.now), 5*time.Hour)

	// Another process knows nothing of it but what is stored.
	asked := 0
	other := r.again(func(req pull.Request) (*pull.Response, error) {
		asked++
		return gives(req, "", "1"), nil
	})
	_, err := other.after(2*time.Hour).Pull(t.Context(), nobody, src.ID, poll.Options{History: true})
	wantError(t, "two hours later", err, digest.Unavailable, "left alone until")
	equal(t, "requests", asked, 0)
	other.pull(src, poll.Options{Force: true})
	equal(t, "asked by force", asked > 0, true)
	other.after(2*time.Minute).pull(src, poll.Options{}) // after a good answer
}

func TestOneBadSourceDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	r := faked(t, func(req pull.Request) (*pull.Response, error) {
		switch {
		case strings.Contains(req.URL, "panics"):
			panic("boom")
		case strings.Contains(req.URL, "fails"):
			return nil, digest.Fail(digest.Unavailable, "Try again later.", "fails.test does not answer in time")
		}
		return gives(req, "", "1"), nil
	})
	bad := follow(t, r.store, digest.Blogger, "panics.test")
	follow(t, r.store, digest.Blogger, "fails.test")
	follow(t, r.store, digest.Blogger, "works.test")
	reports, err := r.PullAll(t.Context(), nobody, poll.Options{})
	if err != nil || len(reports) != 3 {
		t.Fatalf("%d reports, %v; want 3", len(reports), err)
	}
	equal(t, "panic", strings.Contains(reports[0].Err.Error(), "boom"), true)
	wantError(t, "failure", reports[1].Err, digest.Unavailable, "does not answer")
	equal(t, "stored", fmt.Sprint(reports[2].Stored.NewPosts, reports[2].Stored.NewComments, reports[2].Err), "1 1 <nil>")
	equal(t, "why the panicking one failed", strings.Contains(r.feed(bad, digest.PostsFeed).LastError, "boom"), true)
}

// bloggerFeed makes a page of a Blogger feed with entries of the given numbers.
func bloggerFeed(url, next string, entries ...string) []byte {
	id, reply := "tag:blogger.com,1999:blog-7", ""
	if strings.Contains(url, "comments") {
		id, reply = id+".comments", `<x:in-reply-to xmlns:x="http://purl.org/syndication/thread/1.0" ref="tag:blogger.com,1999:blog-7.post-1"/>`
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<feed xmlns="http://www.w3.org/2005/Atom"><id>%s</id><generator>Blogger</generator>`, id)
	if next != "" {
		fmt.Fprintf(&b, `<link rel="next" href="%s"/>`, next)
	}
	for _, n := range entries {
		fmt.Fprintf(&b, `<entry><id>tag:blogger.com,1999:blog-7.post-%s</id><published>2026-03-05T10:00:00Z</published><content>text %s</content>%s</entry>`, n, n, reply)
	}
	b.WriteString("</feed>")
	return []byte(b.String())
}

func TestNextPagesStayWithTheBlog(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, next string
		followed   string // the second request for posts, "" for none
	}{
		{"the same host", "https://a.test/feeds/posts/default?start-index=26", "https://a.test/feeds/posts/default?max-results=150&start-index=26"},
		{"the same host without TLS", "http://a.test/p2", "https://a.test/p2?max-results=150"},
		{"Blogger's own host", "https://www.blogger.com/feeds/7/posts/default?start-index=26", "https://www.blogger.com/feeds/7/posts/default?max-results=150&start-index=26"},
		{"Blogger's own host without TLS", "http://www.blogger.com/feeds/7/posts/default", "https://www.blogger.com/feeds/7/posts/default?max-results=150"},
		{"another blog at Blogger", "https://www.blogger.com/feeds/8/posts/default", ""},
		{"another host", "https://evil.test/feeds/posts/default", ""},
		{"another port", "https://a.test:8443/feeds/posts/default", ""},
		{"the same page again", "https://a.test/feeds/posts/default", ""},
	} {
		var asked []string
		r := faked(t, func(req pull.Request) (*pull.Response, error) {
			if strings.Contains(req.URL, "comments") {
				return gives(req, "", "2"), nil
			}
			asked = append(asked, req.URL)
			return gives(req, tt.next, fmt.Sprint(len(asked))), nil
		})
		r.pull(follow(t, r.store, digest.Blogger, "a.test"), poll.Options{})
		equal(t, tt.name, append(asked, "")[1], tt.followed)
	}
}

// TestBloggerOverHTTP follows a Blogger blog on a domain of its own that has no https: its
// feeds name their next pages at Blogger's own host, by http, where https is the same.
func TestBloggerOverHTTP(t *testing.T) {
	t.Parallel()
	var asked []string
	r := faked(t, func(req pull.Request) (*pull.Response, error) {
		asked = append(asked, req.URL)
		switch {
		case strings.Contains(req.URL, "/comments/"):
			return gives(req, ""), nil
		case strings.Contains(req.URL, "start-index"):
			return gives(req, "", "1"), nil
		}
		return gives(req, "http://www.blogger.com/feeds/7/posts/default?start-index=2&max-results=1", "2"), nil
	})
	src := digest.Source{Name: "Buses", Platform: digest.Blogger, URL: "http://www.bus.test/"}
	if err := r.store.AddSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, &src, []digest.FeedState{{Kind: digest.PostsFeed, URL: "http://www.bus.test/feeds/posts/default"}}, firstSeries); err != nil {
		t.Fatal(err)
	}
	report := r.pull(src, poll.Options{History: true})
	equal(t, "posts and notices", fmt.Sprint(report.Stored.NewPosts, report.Notices), "2 []")
	equal(t, "the next page", asked[1], "https://www.blogger.com/feeds/7/posts/default?max-results=150&start-index=2")
}

// TestFirstPullAsksForLargePages brings a week of many comments in few requests.
func TestFirstPullAsksForLargePages(t *testing.T) {
	t.Parallel()
	sizes := map[string]int{}
	r := faked(t, func(req pull.Request) (*pull.Response, error) {
		if !strings.Contains(req.URL, "comments") {
			return gives(req, "", "1"), nil
		}
		u, err := url.Parse(req.URL)
		if err != nil {
			t.Fatal(err)
		}
		start, _ := strconv.Atoi(u.Query().Get("start-index"))
		start = max(start, 1)
		size, _ := strconv.Atoi(cmp.Or(u.Query().Get("max-results"), "25"))
		sizes[u.Query().Get("max-results")]++
		var entries []string
		for n := start; n < start+size && n <= 3000; n++ {
			entries = append(entries, fmt.Sprint(10_000-n))
		}
		next := ""
		if start+size <= 3000 {
			next = fmt.Sprintf("https://a.test/feeds/comments/default?start-index=%d&max-results=%d", start+size, size)
		}
		return gives(req, next, entries...), nil
	})
	report := r.pull(follow(t, r.store, digest.Blogger, "a.test"), poll.Options{})
	equal(t, "comments", report.Stored.NewComments, 3000)
	equal(t, "requests of each size", fmt.Sprint(sizes), "map[:1 500:6]")
}

func TestEndlessPagesAreLeft(t *testing.T) {
	t.Parallel()
	n := 0
	r := faked(t, func(req pull.Request) (*pull.Response, error) {
		if strings.Contains(req.URL, "comments") {
			return gives(req, ""), nil
		}
		n++
		return gives(req, fmt.Sprintf("https://a.test/%d", n), fmt.Sprint(n)), nil
	})
	report := r.pull(follow(t, r.store, digest.Blogger, "a.test"), poll.Options{History: true})
	equal(t, "pages", n, 2000)
	equal(t, "notice", strings.Contains(fmt.Sprint(report.Notices), "2000 pages"), true)
}

func TestStoppedPullIsNoFailureOfTheFeed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := faked(t, func(pull.Request) (*pull.Response, error) {
		cancel()
		return nil, fmt.Errorf("fetch: %w", context.Canceled)
	})
	src := follow(t, r.store, digest.Blogger, "a.test")
	if _, err := r.Pull(ctx, nobody, src.ID, poll.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the end of the context", err)
	}
	equal(t, "failures", r.feed(src, digest.PostsFeed).Failures, 0)
}

func TestRefusedAddressIsNotCountedAsAsked(t *testing.T) {
	t.Parallel()
	r := faked(t, func(pull.Request) (*pull.Response, error) {
		return nil, digest.Fail(digest.Forbidden, "Allow it.", "a.test is not a public address")
	})
	src := follow(t, r.store, digest.Blogger, "a.test")
	for range 2 {
		wantError(t, "refused", errOf(r.Pull(t.Context(), nobody, src.ID, poll.Options{})), digest.Forbidden, "not a public address")
	}
}

func TestUnknownSource(t *testing.T) {
	t.Parallel()
	if _, err := faked(t, nil).Pull(t.Context(), nobody, 9, poll.Options{}); digest.KindOf(err) != digest.NotFound {
		t.Errorf("error %v, want NotFound", err)
	}
}

func TestStatusErrorNamesTheStatus(t *testing.T) {
	t.Parallel()
	equal(t, "known", (&pull.StatusError{Host: "a.test", Status: http.StatusGone}).Error(), "a.test answers 410 Gone")
	equal(t, "unknown", (&pull.StatusError{Host: "a.test", Status: 599}).Error(), "a.test answers 599")
}
