package blog

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

// CommentColumns are the columns of a comment c; see [CommentFields].
const CommentColumns = `c.id, c.source_id, c.guid, c.url, COALESCE(c.post_id, 0), c.post_ref,
	COALESCE(c.parent_id, 0), c.parent_ref, c.author, c.author_uri, c.published, c.undated, c.updated,
	c.first_seen, c.changed_at, c.gone, c.gone_reason, c.backfill, c.hash, c.words, c.body,
	c.key, c.post_key, c.parent_key, c.gone_by`

// CommentFields gives where [CommentColumns] go.
func CommentFields(c *digest.Comment) []any {
	return []any{&c.ID, &c.SourceID, &c.GUID, &c.URL, &c.PostID, &c.PostRef,
		&c.ParentID, &c.ParentRef, &c.Author, &c.AuthorURI, &c.Published, &c.Undated, &c.Updated,
		&c.FirstSeen, &c.ChangedAt, &c.Gone, &c.GoneReason, &c.Backfill, &c.Hash, &c.Words, &c.Body,
		&c.Key, &c.PostKey, &c.ParentKey, &c.GoneBy}
}

const (
	// SelectListed selects comments as [ScanListed] reads them.
	SelectListed = `SELECT ` + CommentColumns + `,
		COALESCE(p.title, ''), COALESCE(p.url, ''), COALESCE(p.guid, ''), COALESCE((
			SELECT MAX(i.number) FROM blocks b JOIN issues i ON i.id = b.issue_id
			WHERE b.comment_id = c.id AND i.` + rules.Counts + `), 0),
		COALESCE((SELECT MIN(v.decision) FROM decisions v WHERE v.comment_id = c.id), '')
		FROM comments c LEFT JOIN posts p ON p.id = c.post_id`
	// PickedComments selects the ids of comments that an issue uses.
	PickedComments = `(SELECT b.comment_id FROM blocks b JOIN issues i ON i.id = b.issue_id
		WHERE b.comment_id IS NOT NULL AND i.` + rules.Counts + `)`
	// DecidedComments selects the ids of comments that were skipped or kept for later
	// in any series, and MaybeComments those of the latter.
	DecidedComments = `(SELECT comment_id FROM decisions)`
	MaybeComments   = `(SELECT comment_id FROM decisions WHERE decision = '` + string(digest.MaybeIt) + `')`
)

// ScanListed reads a row of [SelectListed].
func ScanListed(r database.Row) (l digest.ListedComment, err error) {
	var decision digest.Decision // of several series a maybe before a skip
	fields := append(CommentFields(&l.Comment), &l.PostTitle, &l.PostURL, &l.PostGUID, &l.PickedIn, &decision)
	if err := r.Scan(fields...); err != nil {
		return l, err
	}
	switch {
	case l.Gone:
		l.State = digest.CommentGone
	case l.PickedIn > 0:
		l.State = digest.CommentPicked
	case decision == digest.MaybeIt:
		l.State = digest.CommentMaybe
	case decision == digest.SkipIt:
		l.State = digest.CommentSkipped
	default:
		l.State = digest.CommentNew
	}
	return l, nil
}

// Comment gives one comment with its listing details, or an error of kind
// NotFound.
func (db *Store) Comment(ctx context.Context, id int64) (l digest.ListedComment, err error) {
	err = db.View(ctx, "read the comment", func(t *database.Tx) error {
		found := false
		err := t.Each(func(r database.Row) (err error) {
			found = true
			l, err = ScanListed(r)
			return err
		}, SelectListed+` WHERE c.id = $1`, id)
		if err == nil && !found {
			return NoComment(id)
		}
		return err
	})
	return l, err
}

// NoComment says that there is no comment of an id.
func NoComment(id int64) error {
	return digest.Fail(digest.NotFound, "", "there is no comment %d", id).Offer(digest.Act{Do: digest.ListComments})
}
