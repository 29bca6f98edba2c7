package digest_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"postbag/digest"
)

// day is a moment of November 2026.
func day(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }

func TestFirstWindow(t *testing.T) {
	opened := day(22, 18)
	week := opened.Add(-7 * 24 * time.Hour)
	posts := []digest.PostCount{{day(1, 8), 20}, {day(20, 8), 4}, {day(10, 8), 15}, {day(12, 8), 0}, {day(5, 8), 11}}
	tests := []struct {
		name   string
		recent int
		posts  []digest.PostCount
		want   time.Time
	}{
		{"enough in the week", 10, posts, time.Time{}},
		{"just too few", 9, posts, day(5, 8)},
		{"none at all", 0, posts, day(5, 8)},
		{"one post is enough", 3, []digest.PostCount{{day(1, 8), 9}, {day(19, 8), 30}}, day(19, 8)},
		{"never enough", 3, posts[1:3], day(10, 8)},
		{"the oldest has none", 3, []digest.PostCount{{day(19, 8), 3}, {day(1, 8), 0}}, day(19, 8)},
		{"no posts", 0, nil, time.Time{}},
		{"posts without comments", 0, []digest.PostCount{{day(19, 8), 0}}, time.Time{}},
		{"a post without a time", 0, []digest.PostCount{{time.Time{}, 50}, {day(2, 8), 1}}, day(2, 8)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := slices.Clone(test.posts)
			since, postsSince := digest.FirstWindow(opened, test.recent, test.posts)
			if !since.Equal(week) || !postsSince.Equal(test.want) {
				t.Errorf("got %v and %v, want %v and %v", since, postsSince, week, test.want)
			}
			if !reflect.DeepEqual(before, test.posts) {
				t.Error("the posts were put in another order")
			}
		})
	}
}

// TestNextWindow joins windows without a gap, whatever was cancelled or skipped between.
func TestNextWindow(t *testing.T) {
	window := func(state digest.IssueState, from, closed int) digest.Window {
		w := digest.Window{State: state, From: day(from, 0)}
		if closed > 0 {
			w.Closed = day(closed, 0)
		}
		return w
	}
	for name, c := range map[string]struct {
		earlier []digest.Window
		want    time.Time
	}{
		"a first issue":                        {nil, time.Time{}},
		"after a cancelled first":              {[]digest.Window{window(digest.Cancelled, 1, 0)}, time.Time{}},
		"after an approved one":                {[]digest.Window{window(digest.Approved, 1, 3)}, day(3, 0)},
		"after a skipped one":                  {[]digest.Window{window(digest.Sent, 1, 3), window(digest.Skipped, 3, 0)}, day(3, 0)},
		"after a skipped first":                {[]digest.Window{window(digest.Skipped, 1, 0)}, time.Time{}},
		"a skipped one before an approved":     {[]digest.Window{window(digest.Sent, 1, 3), window(digest.Skipped, 3, 0), window(digest.Sent, 3, 5)}, day(5, 0)},
		"after a cancelled one":                {[]digest.Window{window(digest.Sent, 1, 3), window(digest.Cancelled, 3, 5)}, day(3, 0)},
		"a cancelled one before an approved":   {[]digest.Window{window(digest.Cancelled, 1, 3), window(digest.Approved, 3, 5)}, day(1, 0)},
		"a cancelled one that was taken over":  {[]digest.Window{window(digest.Cancelled, 1, 3), window(digest.Sent, 1, 5)}, day(5, 0)},
		"two cancelled, one of them taken":     {[]digest.Window{window(digest.Cancelled, 1, 3), window(digest.Sent, 1, 5), window(digest.Cancelled, 5, 7)}, day(5, 0)},
		"of two cancelled the earlier":         {[]digest.Window{window(digest.Sent, 1, 3), window(digest.Cancelled, 3, 5), window(digest.Cancelled, 3, 6)}, day(3, 0)},
		"one that took over and was cancelled": {[]digest.Window{window(digest.Cancelled, 1, 3), window(digest.Cancelled, 1, 5), window(digest.Sent, 6, 7)}, day(1, 0)},
	} {
		if got := digest.NextWindow(c.earlier); !got.Equal(c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
