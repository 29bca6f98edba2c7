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
	// Closed is when its issue was first approved; zero before.
	Closed time.Time
}

// NextWindow tells where the window of a series' next issue begins, by those of all
// issues that were opened before it, in any order: at the first moment that no issue
// that stands and has closed its window covers, so that nothing falls between. An issue
// that was cancelled or skipped covers nothing; what it had is the next one's, even when
// issues between them closed theirs. It is zero for a series' first issue.
func NextWindow(earlier []Window) time.Time {
	var closed []Window
	var covered time.Time
	for _, w := range earlier {
		if covered.IsZero() || w.From.Before(covered) {
			covered = w.From
		}
		if !w.passedOn() && !w.Closed.IsZero() {
			closed = append(closed, w)
		}
	}
	if len(closed) == 0 {
		return time.Time{}
	}
	slices.SortFunc(closed, func(a, b Window) int { return a.From.Compare(b.From) })
	for _, w := range closed {
		if w.From.After(covered) {
			break
		}
		if w.Closed.After(covered) {
			covered = w.Closed
		}
	}
	return covered
}

// passedOn tells that the issue never came to be, and left its window to the next.
func (w Window) passedOn() bool { return slices.Contains(UnusedStates(), w.State) }
