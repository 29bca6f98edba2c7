package suggest

import (
	"cmp"
	"slices"
	"time"
)

// position is where a comment stands in the blog: its post's time, then the order
// in which the candidates came.
type position struct {
	post  time.Time
	id    int64
	index int
}

func (p position) compare(q position) int {
	return cmp.Or(p.post.Compare(q.post), cmp.Compare(p.id, q.id), cmp.Compare(p.index, q.index))
}

// tooShort is how many words a comment needs to be suggested.
const tooShort = 12

// Top chooses at most n suggestions to offer, and gives them in reading order:
// by their posts' time, then in thread order. Comments with two reasons or more
// come first, those with the most and the weightiest before others; those with
// one reason fill up. Near copies, very short comments and those without a reason
// are never offered.
//
// At most a third come from one thread, and at most a third from one post. Where
// that leaves too few, posts may have more, and then threads.
func Top(all []Suggestion, n int) []Suggestion {
	var ranked []Suggestion
	for _, s := range all {
		if len(s.Reasons) > 0 && s.NearCopyOf == 0 && s.words >= tooShort {
			ranked = append(ranked, s)
		}
	}
	slices.SortStableFunc(ranked, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(len(b.Reasons), len(a.Reasons)), cmp.Compare(b.strength, a.strength), a.position.compare(b.position))
	})
	c := choice{n: n, threads: map[int64]int{}, posts: map[int64]int{}}
	third := max(1, n/3)
	ranked = c.take(ranked, third, third)
	ranked = c.take(ranked, third, n)
	c.take(ranked, n, n)
	slices.SortFunc(c.chosen, func(a, b Suggestion) int { return a.position.compare(b.position) })
	return c.chosen
}

// choice is what has been chosen so far.
type choice struct {
	n              int
	chosen         []Suggestion
	threads, posts map[int64]int // how many are from each
}

// take chooses in order while the bounds for one thread and one post hold, and
// gives what it passed over.
func (c *choice) take(ranked []Suggestion, ofThread, ofPost int) (left []Suggestion) {
	for _, s := range ranked {
		if len(c.chosen) >= c.n || c.threads[s.thread] >= ofThread || c.posts[s.post] >= ofPost {
			left = append(left, s)
			continue
		}
		c.chosen = append(c.chosen, s)
		c.threads[s.thread]++
		c.posts[s.post]++
	}
	return left
}
