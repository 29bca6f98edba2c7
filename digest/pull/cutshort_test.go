package pull_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/pull/poll"
)

// cutOff gives a document that ends within its last entry.
func cutOff(doc string) string { return doc[:strings.LastIndex(doc, "<entry>")+40] }

// paged serves a blog with a post and n comments, five on a page; the page whose
// newest comment is broken ends in the middle.
func paged(n, broken *int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/posts" {
			fmt.Fprint(w, atomOf("", post(1, 90, -1)))
			return
		}
		from := *n
		if asked := r.URL.Query().Get("from"); asked != "" {
			fmt.Sscan(asked, &from)
		}
		to, next := max(from-4, 1), ""
		if to > 1 {
			next = fmt.Sprintf(`<link rel="next" href="/comments?from=%d"/>`, to-1)
		}
		body := atomOf(next, manySaid(from, to, 1, 20)...)
		if from == *broken {
			body = cutOff(body)
		}
		fmt.Fprint(w, body)
	}
}

// A page that ends in the middle is no step on the way back: the pages behind it are
// asked for when it can be read to its end, and nothing between them is lost.
func TestPageThatEndsInTheMiddleLeavesNoHole(t *testing.T) {
	t.Parallel()
	n, broken := 5, 0
	r, src, _ := play(t, paged(&n, &broken), digest.Generic)
	r.due(src)
	n, broken = 15, 15 // two pages are new, and the first of them breaks
	r.clock.add(2 * time.Hour)
	if _, err := r.PullDue(t.Context(), src.ID); err == nil {
		t.Fatal("no error")
	}
	broken = 0
	r.after(30 * time.Hour).due(src)
	equal(t, "comments", len(r.comments(src)), 15)
}

// What is whole of a document that ends in the middle is stored, as if the feed had ended
// there; nothing else follows from it.
func TestDocumentThatEndsInTheMiddle(t *testing.T) {
	t.Parallel()
	p := pages{}
	cut := false
	r, src, _ := play(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/comments" {
			p.ServeHTTP(w, r)
			return
		}
		w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint("cut ", cut)))
		body := p["/comments"]
		if cut {
			body = cutOff(body)
		}
		fmt.Fprint(w, body)
	}, digest.Generic)
	complete := `<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/>`
	p["/posts"], p["/comments"] = atomOf("", post(1, 90, -1)), atomOf(complete, said(11, 1, 30), said(12, 1, 29))
	r.due(src)
	good := r.feed(src, digest.CommentsFeed)

	cut, p["/comments"] = true, atomOf(complete, said(13, 1, 28), said(14, 1, 27)) // 14 is cut off, and 11 and 12 are not reached
	r.clock.add(2 * time.Hour)
	report, err := r.PullDue(t.Context(), src.ID)
	wantError(t, "the pull", err, digest.Invalid, "what came before that is stored (1 entries)")
	equal(t, "new", report.Stored.NewComments, 1)
	equal(t, "gone", report.Stored.GoneComments, 0)
	equal(t, "stored", len(r.comments(src)), 3)
	bad := r.feed(src, digest.CommentsFeed)
	equal(t, "validator", bad.ETag, good.ETag)
	equal(t, "last good answer", bad.LastSuccess, good.LastSuccess)

	cut = false
	r.after(30 * time.Hour).due(src)
	equal(t, "stored once it is whole", len(r.comments(src)), 4)
}

func TestOlderPageThatEndsInTheMiddleIsReadAgain(t *testing.T) {
	t.Parallel()
	n, broken := 30, 20
	r, src, st := play(t, paged(&n, &broken), digest.Generic)
	wantError(t, "a page that is cut short", errOf(r.Pull(t.Context(), nobody, src.ID, poll.Options{History: true})), digest.Invalid, "cut short")
	if asked := st.requests(); strings.Contains(asked, "from=15") {
		t.Errorf("asked for %s, which goes on past the broken page", asked)
	}
	broken = 0
	r.after(2*time.Hour).pull(src, poll.Options{History: true})
	equal(t, "comments", len(r.comments(src)), 30)
}

// An entry that could not be used and has no id may be any comment: a list that has one
// shows of none that it is missing.
func TestListWithAnEntryWithoutANameProvesNothing(t *testing.T) {
	t.Parallel()
	for odd, gone := range map[string]int{"": 1, "<entry></entry>": 0} {
		p := pages{}
		r, src, st := play(t, p.ServeHTTP, digest.Generic)
		one := post(1, 90, 3)
		one.listing = st.URL + "/p/1/comments"
		p["/posts"], p["/comments"] = atomOf("", one), atomOf("", manySaid(13, 11, 1, 30)...)
		r.due(src)
		one.total = 2
		p["/posts"] = atomOf("", one)
		p["/p/1/comments"] = atomOf(`<fh:complete xmlns:fh="http://purl.org/syndication/history/1.0"/>`+odd, said(13, 1, 30), said(12, 1, 31))
		equal(t, fmt.Sprintf("gone with %q", odd), r.after(2*time.Hour).due(src).Stored.GoneComments, gone)
	}
}

// In a quiet week a first issue goes back through the newest posts until they have
// thirty comments, and the first pull brings these, however many older words it has
// by then.
func TestFirstPullInAQuietWeekGoesBackThroughThePosts(t *testing.T) {
	t.Parallel()
	const day = 24
	r, src, _ := play(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/posts" { // 36 comments are announced; the third post is needed for thirty
			fmt.Fprint(w, atomOf("", post(1, 8*day, 4), post(2, 20*day, 12), post(3, 60*day, 20), post(4, 200*day, 50)))
			return
		}
		from := 100
		if asked := r.URL.Query().Get("from"); asked != "" {
			fmt.Sscan(asked, &from)
		}
		var all []entry
		for n := from; n > from-20; n-- { // a comment a day
			all = append(all, said(n, 1, float64((100-n)*day)))
		}
		fmt.Fprint(w, atomOf(fmt.Sprintf(`<link rel="next" href="/comments?from=%d"/>`, from-20), all...))
	}, digest.Generic)
	report := r.pull(src, poll.Options{})
	equal(t, "older pages are left", report.Older, true)
	equal(t, "comments", len(r.comments(src)), 80) // four pages: the fourth reaches past 60 days
}
