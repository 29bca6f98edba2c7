package pull_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/pull"
	"postbag/digest/pull/discover"
	"postbag/digest/pull/poll"
)

// expected is the part of expected.json that a reader must find.
type expected struct {
	Posts []struct {
		ID, Title, URL string
		Published      time.Time
		Total          int
		Comments       []struct {
			ID        string
			InReplyTo string `json:"in_reply_to"`
			Author    string
			Published time.Time
			Removed   bool
			Starts    string
		}
	}
}

func readExpected(t *testing.T, dir string) (want expected) {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(dir, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

const afterTheLast = "2017-11-03T09:00:00Z" // the morning after the last comment

func TestFoundingBlogToItsBeginning(t *testing.T) {
	t.Parallel()
	dir := digesttest.SampleBlog(t)
	db := database(t)
	r := newRig(t, newBlog(t, (&sample{dir: dir, firstPage: 1}).page), db, afterTheLast)
	src := r.add()
	equal(t, "name", src.Name, "On Probation Blog")
	equal(t, "home page", src.URL, "https://probationmatters.blogspot.com/")
	equal(t, "platform", src.Platform, digest.Blogger)

	report := r.pull(src, poll.Options{History: true})
	equal(t, "stored", counts(report.Stored), counts(pull.Stored{NewPosts: 5, NewComments: 126, GoneComments: 3}))
	equal(t, "pages", report.Pages, 7)
	equal(t, "skipped", len(report.LeftOut), 0)
	posts, comments := contents(t, db)
	checkSample(t, readExpected(t, dir), posts, comments)

	r.clock.add(time.Hour)
	r.blog.asked()
	again := r.pull(src, poll.Options{})
	equal(t, "not modified", again.NotModified, true)
	equal(t, "stored again", counts(again.Stored), counts(pull.Stored{}))
	equal(t, "requests", fmt.Sprint(r.blog.asked()), "[/feeds/posts/default * /feeds/comments/default *]")

	whole := r.after(time.Hour).pull(src, poll.Options{History: true})
	wantError(t, "the blog twice", errOf(r.Add(t.Context(), nobody, r.blog.url, firstSeries, discover.Options{})), digest.Conflict, "followed already")
	equal(t, "stored by the same history", fmt.Sprint(whole.Stored.NewComments+whole.Stored.ChangedComments+whole.Stored.NewPosts), "0")
}

// checkSample compares every post and comment with what must be found.
func checkSample(t *testing.T, want expected, posts []digest.Post, comments []digest.Comment) {
	t.Helper()
	post := map[string]digest.Post{}
	for _, p := range posts {
		post[p.GUID] = p
	}
	comment, byID := map[string]digest.Comment{}, map[int64]digest.Comment{}
	for _, c := range comments {
		comment[c.GUID], byID[c.ID] = c, c
	}
	total := 0
	for _, wp := range want.Posts {
		p := post[wp.ID]
		equal(t, "title", p.Title, wp.Title)
		equal(t, "address", p.URL, wp.URL)
		equal(t, "published", p.Published, wp.Published.UTC())
		equal(t, "announced", p.Announced, wp.Total)
		for _, wc := range wp.Comments {
			total++
			c, found := comment[wc.ID]
			if !found {
				t.Errorf("comment %s is missing", wc.ID)
				continue
			}
			if c.PostID != p.ID || byID[c.ParentID].GUID != wc.InReplyTo || c.Author != wc.Author ||
				c.Gone != wc.Removed || !c.Published.Equal(wc.Published) {
				t.Errorf("comment %+v, want %+v under post %d", c, wc, p.ID)
			}
			if text := oneLine(c.Body.Text()); !strings.HasPrefix(text, oneLine(wc.Starts)) {
				t.Errorf("comment %s starts %.50q, want %q", wc.ID, text, wc.Starts)
			}
		}
	}
	equal(t, "posts", len(posts), len(want.Posts))
	equal(t, "comments", len(comments), total)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestFirstPullBringsTheWindow(t *testing.T) {
	t.Parallel()
	dir := digesttest.SampleBlog(t)
	for _, tt := range []struct {
		name, now string
		requests  string
	}{
		{"a busy week needs thirty comments", afterTheLast,
			"[/feeds/posts/default /feeds/comments/default /feeds/comments/default?max-results=500&start-index=26]"},
		{"a quiet week goes back to the newest posts with thirty", "2026-03-01T12:00:00Z",
			"[/feeds/posts/default /feeds/comments/default /feeds/comments/default?max-results=500&start-index=26]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, newBlog(t, (&sample{dir: dir, firstPage: 1}).page), database(t), tt.now)
			report := r.pull(r.add(), poll.Options{})
			equal(t, "requests", fmt.Sprint(r.blog.asked()), tt.requests)
			equal(t, "comments", report.Stored.NewComments, 50)
		})
	}
}

func TestLaterPullStopsAtTheFirstKnownEntry(t *testing.T) {
	t.Parallel()
	s := &sample{dir: digesttest.SampleBlog(t), firstPage: 4}
	r := newRig(t, newBlog(t, s.page), database(t), afterTheLast)
	src := r.add()
	r.pull(src, poll.Options{History: true})
	r.clock.add(time.Hour)
	r.blog.asked()

	s.firstPage = 1
	report := r.pull(src, poll.Options{})
	equal(t, "new comments", report.Stored.NewComments, 75)
	equal(t, "last request", last(r.blog.asked()), "/feeds/comments/default?max-results=500&start-index=76")
	equal(t, "catching up", r.feed(src, digest.CommentsFeed).CatchUp.IsZero(), true)
}

func last(all []string) string { return all[len(all)-1] }

// An interrupted pull leaves newer comments stored and older ones missing; the
// next one must not take the newer ones for the end of what is new.
func TestInterruptedPullLeavesNoHole(t *testing.T) {
	t.Parallel()
	dir := digesttest.SampleBlog(t)
	s := &sample{dir: dir, firstPage: 5}
	db := database(t)
	r := newRig(t, newBlog(t, s.page), db, afterTheLast)
	src := r.add()
	r.pull(src, poll.Options{History: true})
	before := r.feed(src, digest.CommentsFeed)

	s.firstPage = 1
	r.clock.add(time.Hour)
	r.blog.breakAt("/feeds/comments/default?max-results=500&start-index=51")
	report, err := r.Pull(t.Context(), nobody, src.ID, poll.Options{})
	wantError(t, "interrupted", err, digest.Unavailable, "500")
	equal(t, "stored before the fault", report.Stored.NewComments, 50)
	state := r.feed(src, digest.CommentsFeed)
	equal(t, "catching up since", state.CatchUp, r.clock.Now())
	equal(t, "validator", state.ETag, before.ETag)
	equal(t, "why it stopped", strings.Contains(state.LastError, "500"), true)

	r.clock.add(time.Second) // no minute has to pass to go on
	r.blog.breakAt()
	r.blog.asked()
	report = r.pull(src, poll.Options{})
	equal(t, "stored then", report.Stored.NewComments, 50)
	if slices.Contains(r.blog.asked(), "/feeds/comments/default *") {
		t.Error("the feed was asked conditionally although pages were missing")
	}
	posts, comments := contents(t, db)
	checkSample(t, readExpected(t, dir), posts, comments)
	equal(t, "catching up", r.feed(src, digest.CommentsFeed).CatchUp.IsZero(), true)
}

func TestHistoryOfAFollowedBlogIsBackfill(t *testing.T) {
	t.Parallel()
	db := database(t)
	r := newRig(t, newBlog(t, (&sample{dir: digesttest.SampleBlog(t), firstPage: 1}).page), db, afterTheLast)
	src := r.add()
	r.pull(src, poll.Options{})
	r.pull(src, poll.Options{History: true})
	_, comments := contents(t, db)
	backfill := 0
	for _, c := range comments {
		if c.Backfill {
			backfill++
		}
	}
	equal(t, "comments", len(comments), 126)
	equal(t, "marked as backfill", backfill, 76)
}

func TestHistoryAsksForBiggerPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, newBlog(t, (&sample{dir: digesttest.SampleBlog(t), firstPage: 1}).page), database(t), afterTheLast)
	r.pull(r.add(), poll.Options{History: true})
	equal(t, "second page", r.blog.asked()[2], "/feeds/comments/default?max-results=500&start-index=26")
}

func TestProgressIsTold(t *testing.T) {
	t.Parallel()
	var told []string
	r := newRig(t, newBlog(t, (&sample{dir: digesttest.SampleBlog(t), firstPage: 1}).page), database(t), afterTheLast, func(o *pull.Options) {
		o.Progress = func(p pull.Progress) { told = append(told, fmt.Sprintf("%s %d/%d", p.Kind, p.Entries, p.Total)) }
	})
	r.pull(r.add(), poll.Options{})
	equal(t, "progress", fmt.Sprint(told), "[posts 5/-1 comments 25/-1 comments 50/-1]")
}

func TestFoundingBlogIsFoundFromAnyAddress(t *testing.T) {
	t.Parallel()
	b := newBlog(t, (&sample{dir: digesttest.SampleBlog(t), firstPage: 1}).page)
	r := newRig(t, b, database(t), afterTheLast)
	for _, path := range []string{
		"/", "", "/2016/01/oh-yes-it-is.html", "/feeds/posts/default", "/feeds/comments/default",
		"/feeds/posts/default?alt=rss", "/feeds/1181411501454921869/comments/default", "/feeds/posts/default?max-results=5",
	} {
		for _, address := range []string{b.url + path, " " + strings.TrimPrefix(b.url, "http://") + path, "feed:" + b.url + path} {
			r.finds(address, "posts /feeds/posts/default, comments /feeds/comments/default")
		}
	}
}

func TestRepliesOfAFirstPullKnowTheirParents(t *testing.T) {
	t.Parallel()
	db := database(t)
	r := newRig(t, newBlog(t, (&sample{dir: digesttest.SampleBlog(t), firstPage: 1}).page), db, afterTheLast)
	r.pull(r.add(), poll.Options{})
	posts, comments := contents(t, db)
	equal(t, "posts", len(posts), 5)
	equal(t, "comments", len(comments), 50)
	replies := 0
	for _, c := range comments {
		equal(t, "post known", c.PostID != 0, true)
		if c.ParentID != 0 {
			replies++
		}
	}
	if replies < 18 {
		t.Errorf("%d replies are linked to their parents, want at least 18", replies)
	}
}
