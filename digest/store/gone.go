package store

import (
	"context"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
)

// What is said of comments of which the blog itself says nothing.
const (
	tombstoneReason = "the feed says that it was deleted"
	absenceReason   = "it is not among the comments of its post any more"
)

// markedAtOnce is how many comments one statement marks.
const markedAtOnce = 500

// deleted marks the page's tombstones.
func (s *storing) deleted() error {
	if len(s.page.Deleted) == 0 {
		return nil
	}
	live := make(map[string]bool, len(s.page.Comments))
	for _, c := range s.page.Comments {
		live[c.GUID] = true
	}
	guids := slices.DeleteFunc(slices.Clone(s.page.Deleted), func(guid string) bool { return live[guid] })
	for some := range slices.Chunk(guids, markedAtOnce) {
		all, err := list(some)
		if err != nil {
			return err
		}
		gone, err := s.ids(queryDeleted(s.dialect), s.page.SourceID, all)
		if err != nil {
			return err
		}
		n, err := s.markGone(gone, digest.ByTombstone, tombstoneReason)
		s.stored.GoneComments += n
		if err != nil {
			return err
		}
	}
	return nil
}

func queryDeleted(d dialect) string {
	return `SELECT id FROM comments WHERE source_id = $1 AND ` + d.among("guid", "$2", "TEXT") + ` AND gone = 0`
}

// markGone marks those comments as gone that are not, notes it for the search
// index, and tells how many there were.
func (t *tx) markGone(ids []int64, by digest.GoneBy, reason string) (n int, err error) {
	for some := range slices.Chunk(ids, markedAtOnce) {
		all, err := list(some)
		if err != nil {
			return n, err
		}
		marked, err := t.ids(queryMarkGone(*t.dialect), string(by), reason, all)
		if err != nil {
			return n, err
		}
		if err := t.note(kindComment, marked); err != nil {
			return n, err
		}
		n += len(marked)
	}
	return n, nil
}

func queryMarkGone(d dialect) string {
	return `UPDATE comments SET gone = 1, gone_by = $1, gone_reason = $2
		WHERE gone = 0 AND ` + d.among("id", "$3", "BIGINT") + ` RETURNING id`
}

// MarkGone marks comments as gone; see [pull.Store].
func (db *DB) MarkGone(ctx context.Context, commentIDs []int64, by digest.GoneBy, reason string) (n int, err error) {
	switch by {
	case digest.ByMarker, digest.ByTombstone, digest.ByAbsence, digest.ByPermalink:
	default:
		return 0, digest.Fail(digest.Invalid, "", "%q is no sign that a comment is gone", by)
	}
	ids := slices.Sorted(slices.Values(commentIDs))
	err = db.update(ctx, "mark comments as gone", func(t *tx) error {
		n, err = t.markGone(ids, by, reason)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// LiveComments gives comments that are not gone; see [pull.Store].
func (db *DB) LiveComments(ctx context.Context, sourceID, afterID int64, before time.Time) (all []digest.Comment, err error) {
	err = db.view(ctx, "list comments that are not gone", func(t *tx) error {
		return t.each(func(r row) error {
			var c digest.Comment
			err := r.scan(&c.ID, &c.GUID)
			all = append(all, c)
			return err
		}, queryLive, sourceID, afterID, before.UnixMicro(), pull.MaxLive)
	})
	return all, err
}

// queryLive goes by the ids: other blogs' rows are passed over in the same order.
const queryLive = `
	SELECT id, guid FROM comments WHERE source_id = $1 AND id > $2 AND gone = 0 AND first_seen < $3 ORDER BY id LIMIT $4`

// MarkAbsent marks the comments of a post as gone that a complete listing of them
// lacks; see [pull.Store].
func (db *DB) MarkAbsent(ctx context.Context, sourceID, postID int64, present []int64, before time.Time) (n int, err error) {
	there := make(map[int64]bool, len(present))
	for _, id := range present {
		there[id] = true
	}
	err = db.update(ctx, "mark comments as gone", func(t *tx) error {
		if err := t.lockForPage(sourceID); err != nil {
			return err
		}
		if err := t.isFollowed(sourceID); err != nil {
			return err
		}
		live, err := t.ids(queryLiveOfPost, postID, sourceID, before.UnixMicro())
		if err != nil {
			return err
		}
		absent := slices.DeleteFunc(live, func(id int64) bool { return there[id] })
		n, err = t.markGone(absent, digest.ByAbsence, absenceReason)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

const queryLiveOfPost = `
	SELECT id FROM comments WHERE post_id = $1 AND source_id = $2 AND gone = 0 AND first_seen < $3 ORDER BY id`
