package store

import (
	"postbag/digest"
)

// freshComments stores the page's new comments, parents before their replies so
// that most rows are written once; and ties what was not tied yet and brings its
// references now.
func (s *storing) freshComments(fresh []digest.Comment) error {
	all := append(fresh[:len(fresh):len(fresh)], s.untied...)
	posts, err := s.postsNamed(all)
	if err != nil {
		return err
	}
	parents, err := s.parentsNamed(all)
	if err != nil {
		return err
	}
	for _, c := range parentsFirst(fresh) {
		c.PostID, c.ParentID = posts.of(c), s.parentOf(c, parents)
		if err := s.newComment(c); err != nil {
			return err
		}
	}
	for _, c := range s.untied {
		if err := s.tieComment(c.ID, posts.of(c), s.parentOf(c, parents)); err != nil {
			return err
		}
	}
	s.untied = nil
	return nil
}

const queryNewComment = `
	INSERT INTO comments (source_id, guid, url, post_id, post_ref, parent_id, parent_ref, author, author_uri,
		published, updated, first_seen, changed_at, gone, gone_reason, backfill, hash, words, body,
		key, post_key, parent_key, gone_by, given)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`

func (s *storing) newComment(c digest.Comment) error {
	body, err := pack(c.Body)
	if err != nil {
		return err
	}
	id, err := s.insert(queryNewComment,
		s.page.SourceID, c.GUID, c.URL, ref(c.PostID), c.PostRef, ref(c.ParentID), c.ParentRef, c.Author, c.AuthorURI,
		orTime(c.Published, s.page.Seen).UnixMicro(), c.Updated, s.seen, s.page.Seen.UnixMicro(),
		c.Gone, c.GoneReason, c.Backfill, c.Hash, c.Words, body, c.Key, c.PostKey, c.ParentKey, string(signOf(c)), int64(givenByComment(&c)))
	if err != nil {
		return err
	}
	s.stored.NewComments++
	s.stored.CommentIDs = append(s.stored.CommentIDs, id)
	s.lateIf(c.Published)
	if c.Gone {
		s.stored.GoneComments++
	}
	s.newComments[c.GUID] = id
	if c.Key != "" {
		s.newCommentKeys[c.Key] = id
	}
	s.changed(kindComment, id)
	return nil
}

// parentsFirst orders comments so that each stands after its parent, if the
// parent is among them. Replies that go round in a circle keep their places.
func parentsFirst(comments []digest.Comment) []digest.Comment {
	byGUID, byKey := make(map[string]int, len(comments)), make(map[string]int, len(comments))
	for i, c := range comments {
		byGUID[c.GUID], byKey[c.Key] = i, i
	}
	placed := make([]bool, len(comments))
	out := make([]digest.Comment, 0, len(comments))
	var place func(i int)
	place = func(i int) {
		if placed[i] {
			return
		}
		placed[i] = true
		if p, ok := byGUID[comments[i].ParentRef]; ok && comments[i].ParentRef != "" {
			place(p)
		} else if p, ok := byKey[comments[i].ParentKey]; ok && comments[i].ParentKey != "" {
			place(p)
		}
		out = append(out, comments[i])
	}
	for i := range comments {
		place(i)
	}
	return out
}
