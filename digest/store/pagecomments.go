package store

import (
	"time"

	"postbag/digest"
)

type knownComment struct {
	id        int64
	hash      string
	firstSeen time.Time
	gone      bool
}

// comments stores a page's comments.
func (s *storing) comments(comments []digest.Comment) error {
	if len(comments) == 0 {
		return nil
	}
	guids := make([]string, len(comments))
	for i, c := range comments {
		guids[i] = c.GUID
	}
	known, err := s.knownComments(guids)
	if err != nil {
		return err
	}
	var fresh []digest.Comment
	for _, c := range comments {
		k, ok := known[c.GUID]
		if !ok {
			fresh = append(fresh, c)
			continue
		}
		if err := s.knownComment(c, k); err != nil {
			return err
		}
	}
	return s.freshComments(fresh)
}

func (s *storing) knownComments(guids []string) (map[string]knownComment, error) {
	all, err := list(guids)
	if err != nil {
		return nil, err
	}
	known := make(map[string]knownComment)
	err = s.each(func(r row) error {
		var guid string
		var k knownComment
		err := r.scan(&k.id, &guid, &k.hash, &k.firstSeen, &k.gone)
		known[guid] = k
		return err
	}, queryKnownComments(s.dialect), s.page.SourceID, all)
	return known, err
}

func queryKnownComments(d dialect) string {
	return `SELECT id, guid, hash, first_seen, gone FROM comments
		WHERE source_id = $1 AND ` + d.among("guid", "$2", "TEXT")
}

// knownComment takes over what is new about a comment. A comment that is gone
// keeps its words, and so its hash.
func (s *storing) knownComment(c digest.Comment, k knownComment) error {
	s.count(k.firstSeen)
	switch {
	case c.Gone && k.gone:
		return nil
	case c.Gone:
		s.stored.GoneComments++
		s.changed(kindComment, k.id)
		_, err := s.exec(`UPDATE comments SET gone = 1, gone_reason = $1 WHERE id = $2`, c.GoneReason, k.id)
		return err
	case c.Hash != k.hash:
		return s.changeComment(c, k.id)
	case k.gone:
		s.stored.ChangedComments++
		s.changed(kindComment, k.id)
		_, err := s.exec(`UPDATE comments SET gone = 0, gone_reason = '' WHERE id = $1`, k.id)
		return err
	}
	return nil
}

func (s *storing) changeComment(c digest.Comment, id int64) error {
	body, err := pack(c.Body)
	if err != nil {
		return err
	}
	s.stored.ChangedComments++
	s.changed(kindComment, id)
	_, err = s.exec(`
		UPDATE comments SET author = $1, author_uri = $2, url = CASE WHEN $3 = '' THEN url ELSE $3 END,
			updated = $4, changed_at = $5, gone = 0, gone_reason = '', hash = $6, words = $7, body = $8
		WHERE id = $9`,
		c.Author, c.AuthorURI, c.URL, c.Updated, s.page.Seen.UnixMicro(), c.Hash, c.Words, body, id)
	return err
}

// freshComments stores the page's new comments, parents before their replies so
// that most rows are written once.
func (s *storing) freshComments(fresh []digest.Comment) error {
	posts, err := s.postsNamed(fresh)
	if err != nil {
		return err
	}
	parents, err := s.parentsNamed(fresh)
	if err != nil {
		return err
	}
	for _, c := range parentsFirst(fresh) {
		if c.ParentID = parents[c.ParentRef]; c.ParentID == 0 {
			c.ParentID = s.newComments[c.ParentRef]
		}
		c.PostID = posts[c.PostRef]
		if err := s.newComment(c); err != nil {
			return err
		}
	}
	return nil
}

const queryNewComment = `
	INSERT INTO comments (source_id, guid, url, post_id, post_ref, parent_id, parent_ref, author, author_uri,
		published, updated, first_seen, changed_at, gone, gone_reason, backfill, hash, words, body)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id`

func (s *storing) newComment(c digest.Comment) error {
	body, err := pack(c.Body)
	if err != nil {
		return err
	}
	var id int64
	_, err = s.one([]any{&id}, queryNewComment,
		s.page.SourceID, c.GUID, c.URL, ref(c.PostID), c.PostRef, ref(c.ParentID), c.ParentRef, c.Author, c.AuthorURI,
		orTime(c.Published, s.page.Seen).UnixMicro(), c.Updated, s.seen, s.page.Seen.UnixMicro(),
		c.Gone, c.GoneReason, c.Backfill, c.Hash, c.Words, body)
	if err != nil {
		return err
	}
	s.stored.NewComments++
	if c.Gone {
		s.stored.GoneComments++
	}
	s.newComments[c.GUID] = id
	s.changed(kindComment, id)
	return nil
}

// parentsFirst orders comments so that each stands after its parent, if the
// parent is among them. Replies that go round in a circle keep their places.
func parentsFirst(comments []digest.Comment) []digest.Comment {
	at := make(map[string]int, len(comments))
	for i, c := range comments {
		at[c.GUID] = i
	}
	placed := make([]bool, len(comments))
	out := make([]digest.Comment, 0, len(comments))
	var place func(i int)
	place = func(i int) {
		if placed[i] {
			return
		}
		placed[i] = true
		if p, ok := at[comments[i].ParentRef]; ok && comments[i].ParentRef != "" {
			place(p)
		}
		out = append(out, comments[i])
	}
	for i := range comments {
		place(i)
	}
	return out
}
