package pages

import (
	"postbag/digest"
	"postbag/digest/pull/identity"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

const queryNewPost = `
	INSERT INTO posts (source_id, guid, url, title, author, published, undated, updated, first_seen, announced, hash,
		key, url_key, ref, comments_url, given, body)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`

func (s *storing) newPost(p digest.Post) error {
	body, err := database.JSON(p.Body)
	if err != nil {
		return err
	}
	id, err := s.Insert(queryNewPost,
		s.page.SourceID, p.GUID, p.URL, p.Title, p.Author, database.OrTime(p.Published, s.page.Seen).UnixMicro(), p.Undated || p.Published.IsZero(), p.Updated,
		s.seen, p.Announced, p.Hash, p.Key, p.URLKey, p.Ref, p.CommentsURL, int64(givenByPost(&p)), body)
	if err != nil {
		return err
	}
	s.stored.NewPosts++
	s.stored.PostIDs = append(s.stored.PostIDs, id)
	s.lateIf(p.Published)
	s.changed(blog.KindPost, id)
	s.arrived(p, id)
	return nil
}

// knownPost takes over what is new about a post.
func (s *storing) knownPost(p digest.Post, k *storedPost) error {
	s.metPost(&k.knownPost)
	if p.GUID != k.guid && identity.TakesID(p.GUID, p.URL, k.guid, k.url, s.page.KeepWords) {
		if err := s.movePost(p, k); err != nil {
			return err
		}
	}
	if fills := givenByPost(&p) &^ given(k.given); fills != 0 {
		if err := s.fillPost(p, k, fills); err != nil {
			return err
		}
	}
	if p.Announced < 0 {
		p.Announced = k.announced
	}
	if identity.Poorer(p.Body, k.body, p.URL, p.Summary) {
		p.Body = k.body
	}
	switch {
	case s.page.KeepWords && identity.Poorer(k.body, p.Body, p.URL, false):
		return s.fillPostWords(p, k.id)
	case s.page.KeepWords, p.Hash == k.hash && p.Announced == k.announced:
		return nil
	case p.Hash == k.hash:
		_, err := s.Exec(`UPDATE posts SET announced = $1 WHERE id = $2`, p.Announced, k.id)
		return err
	case p.Title != k.title || !identity.SameWords(p.Body, k.body):
		s.stored.ChangedPosts++
	}
	return s.changePost(p, k)
}

// movePost gives a post that was found by a key its present names.
func (s *storing) movePost(p digest.Post, k *storedPost) error {
	s.arrived(p, k.id)
	_, err := s.Exec(`
		UPDATE posts SET guid = $1, url = CASE WHEN $2 = '' THEN url ELSE $2 END,
			key = CASE WHEN $3 = '' THEN key ELSE $3 END, url_key = CASE WHEN $4 = '' THEN url_key ELSE $4 END
		WHERE id = $5`, p.GUID, p.URL, p.Key, p.URLKey, k.id)
	return err
}

// fillPostWords gives a post the text that was stored in a poorer form.
func (s *storing) fillPostWords(p digest.Post, id int64) error {
	body, err := database.JSON(p.Body)
	if err != nil {
		return err
	}
	s.stored.ChangedPosts++
	s.changed(blog.KindPost, id)
	_, err = s.Exec(`UPDATE posts SET hash = $1, body = $2 WHERE id = $3`, p.Hash, body, id)
	return err
}

// changePost takes over what a post says now. What it does not say, an import may have
// brought. One without words was known by the comments under it alone: it gets its date.
func (s *storing) changePost(p digest.Post, k *storedPost) error {
	body, err := database.JSON(p.Body)
	if err != nil {
		return err
	}
	s.changed(blog.KindPost, k.id)
	s.arrived(p, k.id)
	published := k.published
	if len(k.body) == 0 && len(p.Body) > 0 {
		published = database.OrTime(p.Published, k.published)
	}
	_, err = s.Exec(`
		UPDATE posts SET title = $1, author = CASE WHEN $2 = '' THEN author ELSE $2 END, url = CASE WHEN $3 = '' THEN url ELSE $3 END,
			key = CASE WHEN $4 = '' THEN key ELSE $4 END, url_key = CASE WHEN $5 = '' THEN url_key ELSE $5 END,
			updated = $6, announced = $7, hash = $8, body = $9, published = $10
		WHERE id = $11`,
		p.Title, p.Author, p.URL, p.Key, p.URLKey, p.Updated, p.Announced, p.Hash, body, published.UnixMicro(), k.id)
	return err
}
