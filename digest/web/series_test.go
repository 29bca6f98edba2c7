package web_test

import (
	"net/http"
	"testing"

	"postbag/digest"
	"postbag/digest/store/storetest"
)

// TestAFurtherSeriesOnTheWeb: its pages are below its slug; those of the first are at the
// short addresses, and nowhere else.
func TestAFurtherSeriesOnTheWeb(t *testing.T) {
	s := newSite(t)
	s.publish()
	_, err := s.db.AddSeries(t.Context(), storetest.Tester, digest.Series{Slug: "month", Name: "Month in Comments", Title: "{name} {number}",
		Schedule: "0 9 1 * *", Zone: "UTC", NextNumber: 1, Deadline: digest.Hold, CreatedAt: s.clock.Now()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"/": http.StatusOK, "/issues/1": http.StatusOK, "/feed.atom": http.StatusOK,
		"/s/month/": http.StatusOK, "/s/month/issues/": http.StatusOK, "/s/month/feed.atom": http.StatusOK,
		"/s/month/issues/1": http.StatusNotFound, "/s/month/issues/01": http.StatusNotFound, "/s/month/issues": http.StatusMovedPermanently,
		"/s/pick-of-the-week/": http.StatusMovedPermanently, "/s/pick-of-the-week/issues/1": http.StatusMovedPermanently,
		"/s/pick-of-the-week/feed.atom": http.StatusMovedPermanently,
		"/s/year/":                      http.StatusNotFound, "/s/": http.StatusNotFound, "/s/Month/": http.StatusNotFound,
	} {
		if got := s.get(path); got.status != want {
			t.Errorf("%s: %d, want %d", path, got.status, want)
		}
	}
	if to := s.get("/s/pick-of-the-week/issues/1").header.Get("Location"); to != "/issues/1" {
		t.Errorf("the first series' issue leads to %q", to)
	}
}

// TestAWithdrawnIssueOnTheWeb says that it was there.
func TestAWithdrawnIssueOnTheWeb(t *testing.T) {
	s := newSite(t)
	s.publish()
	issue, err := s.db.Issue(t.Context(), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.MoveIssue(t.Context(), storetest.Tester, issue.ID, digest.Withdrawn, s.clock.Now(), digest.AsSeen{}); err != nil {
		t.Fatal(err)
	}
	s.clock.Move(1e9)
	wantStatus(t, s.get("/issues/1"), http.StatusGone)
	wantStatus(t, s.get("/issues/2"), http.StatusNotFound)
}
