package store

import (
	"time"

	"postbag/digest"
)

type knownPost struct {
	id        int64
	url, hash string
	title     string
	firstSeen time.Time
	announced int
}

// posts stores a page's posts.
func (s *storing) posts(posts []digest.Post) error {
	if len(posts) == 0 {
		return nil
	}
	known, err := s.knownPosts(posts)
	if err != nil {
		return err
	}
	for _, p := range posts {
		if k, ok := known[p.GUID]; ok {
			err = s.knownPost(p, k)
		} else {
			err = s.newPost(p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *storing) knownPosts(posts []digest.Post) (map[string]knownPost, error) {
	guids := make([]string, len(posts))
	for i, p := range posts {
		guids[i] = p.GUID
	}
	all, err := list(guids)
	if err != nil {
		return nil, err
	}
	known := make(map[string]knownPost)
	err = s.each(func(r row) error {
		var guid string
		var k knownPost
		err := r.scan(&k.id, &guid, &k.url, &k.title, &k.hash, &k.firstSeen, &k.announced)
		known[guid] = k
		return err
	}, queryKnownPosts(s.dialect), s.page.SourceID, all)
	return known, err
}

func queryKnownPosts(d dialect) string {
	return `SELECT id, guid, url, title, hash, first_seen, announced FROM posts
		WHERE source_id = $1 AND ` + d.among("guid", "$2", "TEXT")
}

const queryNewPost = `
	INSERT INTO posts (source_id, guid, url, title, author, published, updated, first_seen, announced, hash, body)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id`

func (s *storing) newPost(p digest.Post) error {
	body, err := pack(p.Body)
	if err != nil {
		return err
	}
	var id int64
	_, err = s.one([]any{&id}, queryNewPost,
		s.page.SourceID, p.GUID, p.URL, p.Title, p.Author, orTime(p.Published, s.page.Seen).UnixMicro(), p.Updated,
		s.seen, p.Announced, p.Hash, body)
	if err != nil {
		return err
	}
	s.stored.NewPosts++
	s.newPosts[p.GUID] = id
	s.changed(kindPost, id)
	if p.URL != "" {
		s.newPosts[p.URL] = id
	}
	return nil
}

func (s *storing) knownPost(p digest.Post, k knownPost) error {
	s.count(k.firstSeen)
	if p.Hash == k.hash {
		if p.Announced == k.announced || p.Announced < 0 {
			return nil
		}
		_, err := s.exec(`UPDATE posts SET announced = $1 WHERE id = $2`, p.Announced, k.id)
		return err
	}
	s.changed(kindPost, k.id)
	if p.Title != k.title {
		s.changed(kindThread, k.id)
	}
	body, err := pack(p.Body)
	if err != nil {
		return err
	}
	_, err = s.exec(`
		UPDATE posts SET title = $1, author = $2, url = $3, updated = $4, announced = $5, hash = $6, body = $7
		WHERE id = $8`,
		p.Title, p.Author, or(p.URL, k.url), p.Updated, p.Announced, p.Hash, body, k.id)
	if p.URL != "" && p.URL != k.url {
		s.newPosts[p.URL] = k.id
	}
	s.stored.ChangedPosts++
	return err
}
