package pull_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull/poll"
	"postbag/digest/pull/removed"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

// stage is a web server on loopback whose answers a test writes itself, and which
// keeps what was asked.
type stage struct {
	*httptest.Server
	mu     sync.Mutex
	answer http.HandlerFunc
	asked  []string // path?query, with the conditions behind it
	agents map[string]bool
}

func newStage(t *testing.T, answer http.HandlerFunc) *stage {
	t.Helper()
	s := &stage{answer: answer, agents: map[string]bool{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		line := r.URL.RequestURI()
		if v := r.Header.Get("If-None-Match"); v != "" {
			line += " if-none-match=" + v
		}
		if v := r.Header.Get("If-Modified-Since"); v != "" {
			line += " if-modified-since=" + v
		}
		s.asked = append(s.asked, line)
		s.answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// now changes the answers.
func (s *stage) now(answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// requests gives what was asked since it was last called.
func (s *stage) requests() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	return strings.Join(asked, ", ")
}

// play follows a source of a platform in an empty database, whose feeds are answered
// under /posts and /comments, or those of them that are named.
func play(t *testing.T, answer http.HandlerFunc, platform digest.Platform, feeds ...string) (*rig, digest.Source, *stage) {
	t.Helper()
	st := newStage(t, answer)
	r, src := playIn(t, database(t), st, platform, feeds...)
	return r, src, st
}

// playIn does so on a stage and in a database that are there already.
func playIn(t *testing.T, s *store.DB, st *stage, platform digest.Platform, feeds ...string) (*rig, digest.Source) {
	t.Helper()
	r := newRig(t, &blog{t: t, url: st.URL}, s, "2026-03-05T20:00:00Z")
	src := digest.Source{Name: "The Lamp", URL: st.URL + "/", Platform: platform, AddedAt: r.clock.Now()}
	var states []digest.FeedState
	if len(feeds) == 0 {
		feeds = []string{"/posts", "/comments"}
	}
	for _, f := range feeds {
		kind := digest.PostsFeed
		if strings.Contains(f, "comments") {
			kind = digest.CommentsFeed
		}
		states = append(states, digest.FeedState{Kind: kind, URL: st.URL + f, NextPoll: r.clock.Now()})
	}
	if err := s.AddSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, &src, states, firstSeries); err != nil {
		t.Fatal(err)
	}
	return r, src
}

// database opens an empty database until the test ends.
func database(t testing.TB) *store.DB {
	t.Helper()
	return storetest.Open(t, storetest.Database(t), nil)
}

// contents gives all that is stored.
func contents(t testing.TB, db *store.DB) ([]digest.Post, []digest.Comment) {
	t.Helper()
	posts, err := db.Posts(t.Context(), digest.PostFilter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	listed, err := db.Comments(t.Context(), digest.CommentFilter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	comments := make([]digest.Comment, len(listed))
	for i, l := range listed {
		comments[i] = l.Comment
	}
	return posts, comments
}

// after lets time pass.
func (r *rig) after(d time.Duration) *rig {
	r.clock.add(d)
	return r
}

// recheck looks at comments once more and wants no error.
func (r *rig) recheck(ids []int64) removed.Result {
	r.t.Helper()
	found, err := r.Recheck(r.t.Context(), ids)
	if err != nil {
		r.t.Fatalf("recheck: %v", err)
	}
	return found
}

// due pulls for the schedule and wants no error.
func (r *rig) due(src digest.Source) poll.Report {
	r.t.Helper()
	report, err := r.PullDue(r.t.Context(), src.ID)
	if err != nil {
		r.t.Fatalf("pull: %v", err)
	}
	return report
}

// comments gives what is stored of a source's comments, by GUID.
func (r *rig) comments(src digest.Source) map[string]digest.Comment {
	r.t.Helper()
	out := map[string]digest.Comment{}
	all, err := r.store.Comments(r.t.Context(), digest.CommentFilter{SourceID: src.ID, Limit: 10_000})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, c := range all {
		out[c.GUID] = c.Comment
	}
	return out
}

func (r *rig) posts(src digest.Source) int {
	r.t.Helper()
	all, err := r.store.RecentPosts(r.t.Context(), src.ID, 10_000)
	if err != nil {
		r.t.Fatal(err)
	}
	return len(all)
}

// entry is an entry of an invented feed. Times are hours before the evening that
// tests begin in.
type entry struct {
	id, link, author, text string
	hours                  float64
	ref                    string // of a comment: its post
	total                  int    // of a post: its comments; less than 0 for not said
	listing                string // of a post: its comments feed
}

var evening = at("2026-03-05T20:00:00Z")

// atomOf writes an Atom feed; head goes before its entries.
func atomOf(head string, entries ...entry) string {
	var b strings.Builder
	b.WriteString(`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><title>The Lamp</title>` + head)
	for _, e := range entries {
		when := evening.Add(-time.Duration(e.hours * float64(time.Hour))).Format(time.RFC3339)
		fmt.Fprintf(&b, `<entry><title>t</title><published>%s</published><updated>%s</updated>`, when, when)
		if e.id != "" {
			fmt.Fprintf(&b, `<id>%s</id>`, e.id)
		}
		if e.author != "" {
			fmt.Fprintf(&b, `<author><name>%s</name></author>`, e.author)
		}
		if e.link != "" {
			fmt.Fprintf(&b, `<link rel="alternate" href="%s"/>`, e.link)
		}
		if e.ref != "" {
			fmt.Fprintf(&b, `<thr:in-reply-to ref="%s"/>`, e.ref)
		}
		if e.listing != "" {
			fmt.Fprintf(&b, `<link rel="replies" type="application/atom+xml" href="%s"/>`, e.listing)
		}
		if e.ref == "" && e.total >= 0 {
			fmt.Fprintf(&b, `<thr:total>%d</thr:total>`, e.total)
		}
		fmt.Fprintf(&b, `<content type="html">%s</content></entry>`, e.text)
	}
	return b.String() + "</feed>"
}

// post and said make a post with a comments feed of its own, and a comment on it.
func post(n int, hours float64, total int) entry {
	return entry{id: fmt.Sprintf("tag:lamp.test,2026:post-%d", n), text: fmt.Sprintf("Post %d.", n), hours: hours, total: total,
		link: fmt.Sprintf("/p/%d", n)}
}

func said(n, on int, hours float64) entry {
	return entry{id: fmt.Sprintf("tag:lamp.test,2026:c-%d", n), text: fmt.Sprintf("Word %d of a reader.", n), author: "Anonymous", hours: hours,
		ref: fmt.Sprintf("tag:lamp.test,2026:post-%d", on), link: fmt.Sprintf("/p/%d#c%d", on, n)}
}

func manySaid(from, to, on int, hours float64) (all []entry) {
	for n := from; n >= to; n-- {
		all = append(all, said(n, on, hours+float64(from-n)))
	}
	return all
}

// pages serves documents by path?query, 404 for others.
type pages map[string]string

func (p pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, ok := p[r.URL.RequestURI()]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", atom)
	fmt.Fprint(w, body)
}
