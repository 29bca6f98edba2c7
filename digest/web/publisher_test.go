package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/publish"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/web"
	"postbag/templates"
)

// newPublisher publishes what a database holds.
func newPublisher(t *testing.T, db *store.DB, set *templates.Set, base string, c digest.Clock) web.Publisher {
	t.Helper()
	if err := db.AddSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, &digest.Source{Name: "The Night Bus", URL: "https://blog.example/", Platform: digest.Blogger, Language: "en-GB"},
		[]digest.FeedState{{Kind: digest.PostsFeed, URL: "https://blog.example/feed"}},
		digest.Series{
			Slug: digest.DefaultSeriesSlug, Name: digest.DefaultSeriesName, Title: digest.DefaultSeriesTitle,
			Schedule: digest.DefaultSeriesSchedule, Zone: "Europe/London", NextNumber: 1, Deadline: digest.Hold, CreatedAt: c.Now(),
		}); err != nil {
		t.Fatal(err)
	}
	return publish.New(db, set, publish.Options{BaseURL: base, Clock: c})
}

// publish brings an issue of some picks before the readers.
func (s *site) publish() {
	s.t.Helper()
	ctx, now := s.t.Context(), s.clock.Now()
	series, err := s.db.SeriesList(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	issue, _, err := s.db.OpenDraft(ctx, storetest.Tester, series[0].ID, now, now)
	if err != nil {
		s.t.Fatal(err)
	}
	issue.Title = series[0].TitleOf(issue.Number)
	issue.ApprovedAt = now
	issue.Frozen = &digest.Frozen{
		Publication: "The Night Bus", HomeURL: "https://blog.example/", Language: "en-GB", Zone: "Europe/London",
		FeedID: "tag:blog.example,2026:pick-of-the-week", EntryID: fmt.Sprintf("tag:blog.example,2026:pick-of-the-week/%d", issue.Number),
		SeriesSlug: series[0].Slug, SeriesName: series[0].Name, Number: issue.Number, Title: issue.Title, Preheader: "Someone missed the last bus.", Date: now,
	}
	for i := range 3 {
		issue.Frozen.Blocks = append(issue.Frozen.Blocks,
			digest.FrozenBlock{Kind: digest.HeadingBlock, Heading: fmt.Sprintf("Round %d", i+1)},
			digest.FrozenBlock{Kind: digest.PickBlock, Pick: &digest.Quotation{
				Number: i + 1, CommentID: int64(i + 1), Author: "Anonymous", Published: now, PostTitle: "Fourteen minutes at the depot",
				URL: "https://blog.example/2026/02/fourteen-minutes.html?showComment=1#c" + strings.Repeat("1234567890", 6), Shortened: true,
				Words: digest.Prose{{Spans: []digest.Span{{Text: "Nobody reads the timetable. See https://example.org/" + strings.Repeat("a-very-long-address/", 9)}}}},
			}})
	}
	issue.Frozen.Picks, issue.Frozen.Words, issue.Frozen.Minutes = 3, 30, 1
	if err := s.db.Approve(ctx, storetest.Tester, &issue, nil); err != nil {
		s.t.Fatal(err)
	}
	if err := s.db.MoveIssue(ctx, storetest.Tester, issue.ID, digest.Published, now, digest.AsSeen{}); err != nil {
		s.t.Fatal(err)
	}
	s.clock.Move(time.Second) // so that the publisher looks again
}

func TestAnIssueIsReadOnPagesAndInTheFeed(t *testing.T) {
	s := newSite(t)
	wantStatus(t, s.get("/issues/1"), http.StatusNotFound)
	s.publish()
	for _, path := range []string{"/", "/issues/1"} {
		a := s.get(path)
		wantStatus(t, a, http.StatusOK)
		wantText(t, a, "Pick of the Week 1", "Nobody reads the timetable", `action="/subscribe"`, `type="application/atom+xml"`)
		if strings.Contains(a.body, "<script") || strings.Contains(a.body, "style=") {
			t.Errorf("%s needs more than the policy allows", path)
		}
	}
	wantText(t, s.get("/issues/"), `href="/issues/1"`)

	feed := s.get("/feed.atom")
	wantStatus(t, feed, http.StatusOK)
	wantText(t, feed, "<feed", "Nobody reads the timetable", s.http.URL+"/issues/1")
	if !strings.HasPrefix(feed.header.Get("Content-Type"), "application/atom+xml") || feed.header.Get("ETag") == "" || feed.header.Get("Last-Modified") == "" {
		t.Errorf("headers %v", feed.header)
	}
	for _, header := range [][]string{{"If-None-Match", feed.header.Get("ETag")}, {"If-Modified-Since", feed.header.Get("Last-Modified")}} {
		if again := s.do("GET", "/feed.atom", "", header...); again.status != http.StatusNotModified || again.body != "" {
			t.Errorf("%s: %d with %d bytes", header[0], again.status, len(again.body))
		}
	}
	s.publish()
	if again := s.do("GET", "/feed.atom", "", "If-None-Match", feed.header.Get("ETag")); again.status != http.StatusOK {
		t.Errorf("after another issue the feed is unchanged: %d", again.status)
	}
	mistake := s.post("/subscribe", "email", "nobody")
	wantStatus(t, mistake, http.StatusUnprocessableEntity)
	wantText(t, mistake, "Pick of the Week 2", `value="nobody"`)
}
