package compile

import (
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
