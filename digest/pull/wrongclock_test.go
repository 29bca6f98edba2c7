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

// Whatever a clock that was ahead left behind, nothing waits for its time, and what is
// new then is no more suspect than else.
func TestClockThatWasAhead(t *testing.T) {
	t.Parallel()
	const ahead = 73 * 365 * 24 * time.Hour
	s := database(t)
	broken, tired := true, false
	p := pages{
		"/posts":     atomOf("", post(1, 90, 4)),
		"/comments":  atomOf("", said(1, 1, 20), said(2, 1, 21)),
		"/p/1/feed/": atomOf("", said(1, 1, 20), said(2, 1, 21), said(3, 1, 22), said(4, 1, 23)),
	}
	st := newStage(t, nil)
	st.now(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case tired:
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		case broken && strings.HasPrefix(r.URL.Path, "/p/"):
			w.WriteHeader(http.StatusInternalServerError)
		case r.Header.Get("If-None-Match") != "":
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("ETag", `"1"`)
			p.ServeHTTP(w, r)
		}
	})
	r, src := playIn(t, s, st, digest.WordPress)
	r.after(ahead).due(src) // the whole was asked for, and the post's own list failed
	tired = true
	r.clock.add(2 * time.Hour)
	if _, err := r.PullDue(t.Context(), src.ID); err == nil {
		t.Fatal("no error")
	}
	tired, broken = false, false
	r = newRig(t, &blog{t: t, url: st.URL}, s, "2026-03-05T22:00:00Z") // put right, and started again
	st.requests()
	feeds, err := s.Feeds(t.Context(), src.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range feeds {
		f.NextPoll = r.clock.Now() // as planning anew sees to
		if err := s.SaveFeed(t.Context(), f, f.CatchUp); err != nil {
			t.Fatal(err)
		}
	}
	p["/comments"] = atomOf("", manySaid(9, 5, 1, 1)...) // they came before it was put right
	report := r.due(src)
	equal(t, "asked, and for the whole", st.requests(), "/posts, /comments, /p/1/feed/")
	equal(t, "new", fmt.Sprint(report.Stored.NewComments, report.Notices), "7 [all that the feed of the comments lists is new: older ones may have been missed, and it cannot be asked for them]")
	for _, f := range feeds {
		equal(t, "suspect", f.Suspect, "")
	}
}

// A pull by hand is not too soon because the last one was by a clock that was ahead,
// and the schedule does not wait for a poll that such a clock planned.
func TestClockPutBackForbidsNoPull(t *testing.T) {
	t.Parallel()
	for name, pulled := range map[string]func(r *rig, src digest.Source) poll.Report{
		"by hand":      func(r *rig, src digest.Source) poll.Report { return r.pull(src, poll.Options{}) },
		"by the clock": func(r *rig, src digest.Source) poll.Report { return r.due(src) },
	} {
		r, src, st := play(t, pages{"/posts": atomOf("", post(1, 90, -1)), "/comments": atomOf("", said(1, 1, 20))}.ServeHTTP, digest.Generic)
		r.after(1000*time.Hour).pull(src, poll.Options{})
		r = newRig(t, &blog{t: t, url: st.URL}, r.store, "2026-03-05T22:00:00Z")
		equal(t, "requests "+name, pulled(r, src).Requests, 2)
	}
}
