package store

import (
	"context"

	"postbag/digest"
)

const postColumns = `id, source_id, guid, url, title, author, published, updated, first_seen, announced, hash,
	key, url_key, ref, comments_url, body`

func scanPost(r row) (p digest.Post, err error) {
	err = r.scan(&p.ID, &p.SourceID, &p.GUID, &p.URL, &p.Title, &p.Author, &p.Published, &p.Updated,
		&p.FirstSeen, &p.Announced, &p.Hash, &p.Key, &p.URLKey, &p.Ref, &p.CommentsURL, &p.Body)
	return p, err
}

// Posts lists posts, newest first. Since is included, Until is not.
func (db *DB) Posts(ctx context.Context, f digest.PostFilter) (all []digest.Post, err error) {
	var w where
	w.id("source_id = ", f.SourceID)
	w.moment("published >= ", f.Since)
	w.moment("published < ", f.Until)
	query := `SELECT ` + postColumns + ` FROM posts` + w.clause() +
		` ORDER BY published DESC, id DESC LIMIT ` + w.param(bounded(f.Limit))
	err = db.view(ctx, "list the posts", func(t *tx) error {
		return t.each(func(r row) error {
			p, err := scanPost(r)
			all = append(all, p)
			return err
		}, query, w.args...)
	})
	return all, err
}

// RecentPosts gives a source's newest posts by publication.
func (db *DB) RecentPosts(ctx context.Context, sourceID int64, limit int) ([]digest.Post, error) {
	if sourceID == 0 {
		return nil, nil
	}
	return db.Posts(ctx, digest.PostFilter{SourceID: sourceID, Limit: limit})
}
