package main

import (
	"strings"
	"testing"
	"time"

	"postbag/digest"
)

func TestHealthIsSaidInWords(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 5, 7, 0, 0, 0, time.UTC)
	well := digest.FeedState{Kind: digest.PostsFeed, LastSuccess: day}
	for want, change := range map[string]func(*digest.FeedState){
		"well":                                func(*digest.FeedState) {},
		"not pulled yet":                      func(f *digest.FeedState) { f.LastSuccess = time.Time{} },
		"well; older pages are still missing": func(f *digest.FeedState) { f.CatchUp = day },
		"is moving to https://b.test/feed: 2 good answers from there so far": func(f *digest.FeedState) {
			f.MovedTo, f.MovedPolls = "https://b.test/feed", 2
		},
		"failing since 2026-03-05: b.test does not answer": func(f *digest.FeedState) {
			f.LastError, f.FailingSince, f.Failures, f.MovedTo = "b.test does not answer", day, 3, "https://b.test/"
		},
		"failed: once, by hand": func(f *digest.FeedState) { f.LastError = "once, by hand" },
		"waits for you: most entries are new; to store it all the same: postbag pull --source 4 --accept": func(f *digest.FeedState) {
			f.SourceID, f.Suspect, f.LastError = 4, "most entries are new", "most entries are new"
		},
		"stopped: the blog says the feed is gone for good": func(f *digest.FeedState) {
			f.Stopped, f.GoneSince, f.LastError = true, day, "410"
		},
	} {
		f := well
		change(&f)
		if got := healthOf(f); got != want {
			t.Errorf("health is %q, want %q", got, want)
		}
		both := []digest.FeedState{well, f}
		if got := sourceHealth(both); !strings.HasSuffix(got, want) {
			t.Errorf("health of the source is %q, want %q at the end", got, want)
		}
		if got := sourceRowOf(digest.Source{}, []digest.FeedState{f}); f.Stopped && !time.Time(got.NextPoll).IsZero() {
			t.Errorf("a stopped feed is asked next at %v", time.Time(got.NextPoll))
		}
	}
	if got := sourceHealth(nil); !strings.Contains(got, "no feeds") {
		t.Errorf("health without feeds is %q", got)
	}
}

func TestTheRowOfASourceSumsItsFeedsUp(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 5, 7, 0, 0, 0, time.UTC)
	row := sourceRowOf(digest.Source{ID: 3}, []digest.FeedState{
		{URL: "a", LastSuccess: day.Add(time.Hour), NextPoll: day.Add(3 * time.Hour), FailingSince: day.Add(time.Minute), LastError: "first"},
		{URL: "b", LastSuccess: day, NextPoll: day.Add(2 * time.Hour), FailingSince: day, Suspect: "look", LastError: "second"},
		{URL: "c", LastSuccess: day.Add(time.Hour), NextPoll: day, Stopped: true, GoneSince: day, MovedTo: "d"},
	})
	for what, pair := range map[string][2]any{
		"last success":  {time.Time(row.LastSuccess), day},
		"next poll":     {time.Time(row.NextPoll), day.Add(2 * time.Hour)},
		"failing since": {time.Time(row.FailingSince), day},
		"problem":       {row.Problem, "first"},
		"waits for you": {row.WaitsForYou, "look"},
		"moving to":     {row.MovingTo, "d"},
		"stopped":       {row.Stopped, true},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %v, want %v", what, pair[0], pair[1])
		}
	}
}
