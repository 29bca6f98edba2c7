package pages

import (
	"postbag/digest"
	"postbag/digest/pull/identity"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// knownComment takes over what is new about a comment. One that is gone keeps its
// words, and so its hash.
func (s *storing) knownComment(c digest.Comment, k *storedComment) error {
	s.metComment(&k.knownComment)
	if c.GUID != k.guid {
		if err := s.moveComment(c, k); err != nil {
			return err
		}
	}
	if fills := s.filledBy(&c, k.given()); fills != 0 {
		if err := s.fillComment(c, k, fills); err != nil {
			return err
		}
	}
	switch {
	case c.Gone && tellsMore(&c, &k.knownComment):
		return s.takeAway(c, k)
	case s.page.KeepWords && !c.Gone && !k.isGone() && k.words > 0 && identity.Poorer(k.body, c.Body, c.URL, false):
		return s.changeComment(c, k)
	case c.Gone, s.page.KeepWords:
		return nil
	case c.Hash != k.hash && !identity.SameWords(c.Body, k.body) && !identity.Poorer(c.Body, k.body, c.URL, c.Summary):
		return s.changeComment(c, k)
	case c.Hash != k.hash:
		if err := s.rehashComment(c, k); err != nil {
			return err
		}
	}
	if !k.isGone() {
		return nil
	}
	s.stored.ChangedComments++
	_, err := s.Exec(`UPDATE comments SET gone = 0, gone_by = '', gone_reason = '' WHERE id = $1`, k.id)
	return err
}

// takeAway marks a comment that is gone by what the page says of it; one that was
// found to be gone otherwise takes that too.
func (s *storing) takeAway(c digest.Comment, k *storedComment) error {
	if !k.isGone() {
		s.stored.GoneComments++
	}
	_, err := s.Exec(`UPDATE comments SET gone = 1, gone_by = $1, gone_reason = $2 WHERE id = $3`,
		string(signOf(c)), c.GoneReason, k.id)
	return err
}

// signOf gives how a comment that is gone was found to be, "" for one that is not.
func signOf(c digest.Comment) digest.GoneBy {
	switch {
	case !c.Gone:
		return ""
	case c.GoneBy == "":
		return digest.ByMarker
	}
	return c.GoneBy
}

// moveComment gives a comment that was found by its key its present names.
func (s *storing) moveComment(c digest.Comment, k *storedComment) error {
	if !identity.TakesID(c.GUID, c.URL, k.guid, k.url, s.page.KeepWords) {
		return nil
	}
	s.newComments[c.GUID] = k.id
	_, err := s.Exec(`UPDATE comments SET guid = $1, url = CASE WHEN $2 = '' THEN url ELSE $2 END WHERE id = $3`, c.GUID, c.URL, k.id)
	return err
}

// changeComment takes over other words, and keeps the earlier ones.
func (s *storing) changeComment(c digest.Comment, k *storedComment) error {
	if len(k.body) > 0 {
		if err := s.keepVersion(k.id); err != nil {
			return err
		}
	}
	body, err := database.JSON(c.Body)
	if err != nil {
		return err
	}
	s.stored.ChangedComments++
	s.changed(blog.KindComment, k.id)
	if c.Key != "" {
		s.newCommentKeys[c.Key] = k.id
	}
	_, err = s.Exec(`
		UPDATE comments SET author = CASE WHEN $1 = '' THEN author ELSE $1 END,
			author_uri = CASE WHEN $2 = '' THEN author_uri ELSE $2 END, url = CASE WHEN $3 = '' THEN url ELSE $3 END,
			key = CASE WHEN $4 = '' THEN key ELSE $4 END,
			updated = $5, changed_at = $6, gone = 0, gone_by = '', gone_reason = '', hash = $7, words = $8, body = $9
		WHERE id = $10`,
		c.Author, c.AuthorURI, c.URL, c.Key, c.Updated, s.page.Seen.UnixMicro(), c.Hash, c.Words, body, k.id)
	return err
}

// keepVersion keeps the present text of a comment as an earlier one.
func (s *storing) keepVersion(id int64) error {
	_, err := s.Exec(`INSERT INTO comment_versions (comment_id, replaced, author, hash, words, body)
		SELECT id, CAST($1 AS BIGINT), author, hash, words, body FROM comments WHERE id = $2`, s.page.Seen.UnixMicro(), id)
	if err != nil {
		return err
	}
	_, err = s.Exec(queryOldVersions, id, blog.MaxVersions)
	return err
}

const queryOldVersions = `
	DELETE FROM comment_versions WHERE comment_id = $1
		AND id NOT IN (SELECT id FROM comment_versions WHERE comment_id = $1 ORDER BY id DESC LIMIT $2)`

// rehashComment takes the hash of words that are the same as before, or that a page
// gives in a poorer form. Nothing is to be said of them to whoever has picked them.
func (s *storing) rehashComment(c digest.Comment, k *storedComment) error {
	if c.Body.Text() != k.body.Text() || spans(c.Body) < spans(k.body) {
		c.Body = k.body // what a pick keeps is counted in its characters
	}
	body, err := database.JSON(c.Body)
	if err != nil {
		return err
	}
	_, err = s.Exec(`UPDATE comments SET hash = $1, updated = $2, body = $3 WHERE id = $4`, c.Hash, c.Updated, body, k.id)
	if err != nil {
		return err
	}
	for _, table := range []string{"blocks", "trims"} {
		_, err = s.Exec(`UPDATE `+table+` SET picked_hash = $1 WHERE comment_id = $2 AND picked_hash = $3`, c.Hash, k.id, k.hash)
		if err != nil {
			return err
		}
	}
	_, err = s.Exec(`UPDATE blocks SET as_picked = $1 WHERE comment_id = $2 AND as_picked = $3`, c.Hash, k.id, k.hash)
	return err
}

// spans counts the pieces of a text: one that is set in fewer says less.
func spans(p digest.Prose) (n int) {
	for _, para := range p {
		n += len(para.Spans)
	}
	return n
}
