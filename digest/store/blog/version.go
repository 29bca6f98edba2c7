package blog

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/database"
)

// MaxVersions is how many earlier texts of a comment are kept.
const MaxVersions = 50

const queryVersions = `
	SELECT replaced, author, words, body, hash FROM comment_versions WHERE comment_id = $1 ORDER BY id DESC LIMIT $2`

// CommentVersions gives the earlier texts of a comment, newest first; at most 50
// are kept. The error is of kind NotFound for an unknown comment.
func (db *Store) CommentVersions(ctx context.Context, commentID int64) (all []digest.CommentVersion, err error) {
	err = db.View(ctx, "read the comment's earlier texts", func(t *database.Tx) error {
		err := t.Each(func(r database.Row) error {
			var v digest.CommentVersion
			err := r.Scan(&v.Replaced, &v.Author, &v.Words, &v.Body, &v.Hash)
			all = append(all, v)
			return err
		}, queryVersions, commentID, MaxVersions)
		if err != nil || len(all) > 0 {
			return err
		}
		n, err := t.Number(`SELECT COUNT(*) FROM comments WHERE id = $1`, commentID)
		if err == nil && n == 0 {
			return NoComment(commentID)
		}
		return err
	})
	return all, err
}
