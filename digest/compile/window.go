package compile

import (
	"slices"
	"time"
)

// Week is how far back a first issue looks.
const Week = 7 * 24 * time.Hour

// A week with fewer comments than FewInWeek is too quiet for a first issue; it
// then goes back through the posts until they have EnoughComments.
const (
	FewInWeek      = 10
	EnoughComments = 30
)

// FirstWindow bounds the candidates of a series' first issue, which has no issue
// before it: the comments published at or after since, a week before it was
// opened. When those, counted by recentWeek, are fewer than ten, it takes the
// newest posts too, until they have thirty comments between them: those
// published at or after postsSince, which is zero when no post is needed. Posts
// whose time is not known are passed over.
func FirstWindow(opened time.Time, recentWeek int, posts []PostCount) (since, postsSince time.Time) {
	since = opened.Add(-Week)
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
