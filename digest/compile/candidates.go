package compile

import (
	"slices"
	"time"

	"postbag/digest"
)

// Candidates joins comments with their posts, in reading order: by post, the
// newest first, then by thread. Comments that are gone are among them.
func Candidates(posts []digest.Post, comments []digest.Comment) []digest.Candidate {
	postOf := make(map[int64]digest.Post, len(posts))
	for _, p := range posts {
		postOf[p.ID] = p
	}
	replies := map[int64]int{}
	byID := make(map[int64]digest.Comment, len(comments))
	places := make([]Place, len(comments))
	for i, c := range comments {
		byID[c.ID] = c
		places[i] = Place{ID: c.ID, Post: c.PostID, Parent: c.ParentID, Published: c.Published, PostPublished: postOf[c.PostID].Published}
		if c.ParentID != 0 && !c.Gone {
			replies[c.ParentID]++
		}
	}
	out := make([]digest.Candidate, 0, len(comments))
	for _, id := range ThreadOrder(places) {
		post := postOf[byID[id].PostID]
		out = append(out, digest.Candidate{
			Comment: byID[id], PostTitle: post.Title, PostURL: post.URL, PostPublished: post.Published, Replies: replies[id],
		})
	}
	return out
}

// FirstCandidates gives what a series' first issue, opened now, may pick of a
// blog that is held in memory.
func FirstCandidates(posts []digest.Post, comments []digest.Comment, now time.Time) []digest.Candidate {
	alive := map[int64]int{}
	week := 0
	for _, c := range comments {
		if c.Gone {
			continue
		}
		alive[c.PostID]++
		if !c.Published.Before(now.Add(-digest.FirstWeek)) {
			week++
		}
	}
	counts := make([]digest.PostCount, len(posts))
	for i, p := range posts {
		counts[i] = digest.PostCount{Published: p.Published, Comments: alive[p.ID]}
	}
	since, postsSince := digest.FirstWindow(now, week, counts)
	return slices.DeleteFunc(Candidates(posts, comments), func(c digest.Candidate) bool {
		recent := !c.Published.Before(since)
		underRecent := !postsSince.IsZero() && c.PostID != 0 && !c.PostPublished.Before(postsSince)
		return c.Gone || !recent && !underRecent
	})
}
