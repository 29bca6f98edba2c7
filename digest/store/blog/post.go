package blog

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/database"
)

// PostColumns are the columns of a post.
const PostColumns = `id, source_id, guid, url, title, author, published, undated, updated, first_seen, announced, hash,
	key, url_key, ref, comments_url, body`

// ScanPost reads a row of [PostColumns].
func ScanPost(r database.Row) (p digest.Post, err error) {
	err = r.Scan(&p.ID, &p.SourceID, &p.GUID, &p.URL, &p.Title, &p.Author, &p.Published, &p.Undated, &p.Updated,
		&p.FirstSeen, &p.Announced, &p.Hash, &p.Key, &p.URLKey, &p.Ref, &p.CommentsURL, &p.Body)
	return p, err
}

// Posts lists posts, newest first. Since is included, Until is not.
func (db *Store) Posts(ctx context.Context, f digest.PostFilter) (all []digest.Post, err error) {
	var w database.Where
	w.ID("source_id = ", f.SourceID)
	w.Moment("published >= ", f.Since)
	w.Moment("published < ", f.Until)
	query := `SELECT ` + PostColumns + ` FROM posts` + w.Clause() +
		` ORDER BY published DESC, id DESC LIMIT ` + w.Param(database.Limit(f.Limit))
	err = db.View(ctx, "list the posts", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			p, err := ScanPost(r)
			all = append(all, p)
			return err
		}, query, w.Args...)
	})
	return all, err
}

// RecentPosts gives a source's newest posts by publication.
func (db *Store) RecentPosts(ctx context.Context, sourceID int64, limit int) ([]digest.Post, error) {
	return db.Posts(ctx, digest.PostFilter{SourceID: sourceID, Limit: limit})
}
