package digest

import (
	"slices"
	"time"
)

// The window of a draft is what its candidates were seen in: everything since the
// issue before it closed its own. A series' first issue has none before it. It
// takes the comments of its FirstWeek; where those are fewer than FewInWeek, it
// goes back through the newest posts until they have EnoughComments between them.
const (
	FirstWeek      = 7 * 24 * time.Hour
	FewInWeek      = 10
	EnoughComments = 30
)

// PostCount is a post's time and how many comments it has.
type PostCount struct {
	Published time.Time
	Comments  int
}

// FirstWindow bounds the candidates of a series' first issue: the comments
// published at or after since, and those under posts published at or after
// postsSince, which is zero when no post is needed. recentWeek counts the comments
// since. Posts whose time is not known are passed over.
func FirstWindow(opened time.Time, recentWeek int, posts []PostCount) (since, postsSince time.Time) {
	since = opened.Add(-FirstWeek)
	if recentWeek >= FewInWeek {
		return since, time.Time{}
	}
	newest := slices.Clone(posts)
	slices.SortStableFunc(newest, func(a, b PostCount) int { return b.Published.Compare(a.Published) })
	found := 0
	for _, post := range newest {
		if post.Comments <= 0 || post.Published.IsZero() {
			continue
		}
		postsSince = post.Published
		if found += post.Comments; found >= EnoughComments {
			break
		}
	}
	return since, postsSince
}

// Window is that of an issue that was opened before.
type Window struct {
	State IssueState // of its issue
	// From is where it began: for a series' first issue, with the series.
	From time.Time
	// Closed is when its issue was approved; zero before.
	Closed time.Time
}

// NextWindow tells where the window of a series' next issue begins, by those of all
// issues before it, the oldest first: where the newest that closed ended. An issue
// that was cancelled or skipped closed none: unless a later issue took its window
// over, the next one begins where that began, so that nothing falls between. It is
// zero for a series' first issue.
func NextWindow(earlier []Window) time.Time {
	var next time.Time
	for _, w := range earlier {
		if !w.passedOn() && !w.Closed.IsZero() {
			next = w.Closed
		}
	}
	if next.IsZero() {
		return next
	}
	var taken time.Time // the earliest beginning of a later issue that stands
	for _, w := range slices.Backward(earlier) {
		switch {
		case !w.passedOn():
			if taken.IsZero() || w.From.Before(taken) {
				taken = w.From
			}
		case (taken.IsZero() || w.From.Before(taken)) && w.From.Before(next):
			next = w.From
		}
	}
	return next
}

// passedOn tells that the issue never came to be, and left its window to the next.
func (w Window) passedOn() bool { return w.State == Cancelled || w.State == Skipped }
