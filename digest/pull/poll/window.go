package poll

import (
	"time"

	"postbag/digest"
	"postbag/digest/pull"
)

// recentPosts is how many posts are looked at to find where the comments begin that
// a first issue takes, see digest.FirstWindow: those of the last seven days and, if
// these are few, those of the newest posts. The first pull brings what that needs.
const recentPosts = 50

// window watches a first pull going back in time.
type window struct {
	start  time.Time // a week before the pull began
	oldest time.Time // the earliest entry so far
	words  int       // comments so far that are not gone
	recent int       // of these, how many are of the last week
}

// add counts a page.
func (w *window) add(page pull.Page, began time.Time) {
	w.start = began.Add(-digest.FirstWeek)
	for _, at := range page.Published() {
		if w.oldest.IsZero() || at.Before(w.oldest) {
			w.oldest = at
		}
	}
	for _, c := range page.Comments {
		if c.Gone {
			continue
		}
		w.words++
		if !c.Published.Before(w.start) {
			w.recent++
		}
	}
}

// open tells whether everything so far is of the last week, so that more of it
// may follow.
func (w *window) open() bool { return !w.oldest.IsZero() && !w.oldest.Before(w.start) }

// wanted tells whether a first pull of comments goes on to the next page. The
// newest posts are asked for only when the week was a quiet one.
func (w *window) wanted(posts func() ([]digest.Post, error)) (bool, error) {
	if w.open() || w.words < digest.EnoughComments {
		return true, nil
	}
	if w.recent >= digest.FewInWeek {
		return false, nil
	}
	newest, err := posts()
	if err != nil {
		return false, err
	}
	counts := make([]digest.PostCount, len(newest))
	for i, post := range newest {
		counts[i] = digest.PostCount{Published: post.Published, Comments: post.Announced}
	}
	_, from := digest.FirstWindow(w.start.Add(digest.FirstWeek), w.recent, counts)
	return !from.IsZero() && w.oldest.After(from), nil
}
