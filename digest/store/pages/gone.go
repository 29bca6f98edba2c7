package pages

import (
	"context"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
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
		all, err := database.JSONArray(some)
		if err != nil {
			return err
		}
		gone, err := s.IDs(queryDeleted(s.dialect), s.page.SourceID, all)
		if err != nil {
			return err
		}
		n, err := markGone(s.Tx, gone, digest.ByTombstone, tombstoneReason)
		s.stored.GoneComments += n
		if err != nil {
			return err
		}
	}
	return nil
}

func queryDeleted(d database.Dialect) string {
	return `SELECT id FROM comments WHERE source_id = $1 AND ` + d.Among("guid", "$2", "TEXT") + ` AND ` + rules.Present
}

// markGone marks those comments as gone that are not, notes it for the search
// index, and tells how many there were.
func markGone(t *database.Tx, ids []int64, by digest.GoneBy, reason string) (n int, err error) {
	for some := range slices.Chunk(ids, markedAtOnce) {
		all, err := database.JSONArray(some)
		if err != nil {
			return n, err
		}
		marked, err := t.IDs(queryMarkGone(*t.Dialect), string(by), reason, all)
		if err != nil {
			return n, err
		}
		n += len(marked)
	}
	return n, nil
}

func queryMarkGone(d database.Dialect) string {
	return `UPDATE comments SET gone = 1, gone_by = $1, gone_reason = $2
		WHERE ` + rules.Present + ` AND ` + d.Among("id", "$3", "BIGINT") + ` RETURNING id`
}

// MarkGone marks comments as gone; see [pull.Store].
func (db *Store) MarkGone(ctx context.Context, commentIDs []int64, by digest.GoneBy, reason string) (n int, err error) {
	switch by {
	case digest.ByMarker, digest.ByTombstone, digest.ByAbsence, digest.ByPermalink:
	default:
		return 0, digest.Fail(digest.Invalid, "", "%q is no sign that a comment is gone", by)
	}
	ids := slices.Sorted(slices.Values(commentIDs))
	err = db.Update(ctx, "mark comments as gone", func(t *database.Tx) error {
		n, err = markGone(t, ids, by, reason)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// LiveComments gives comments that are not gone; see [pull.Store].
func (db *Store) LiveComments(ctx context.Context, sourceID, afterID int64, before time.Time) (all []digest.Comment, err error) {
	err = db.View(ctx, "list comments that are not gone", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var c digest.Comment
			err := r.Scan(&c.ID, &c.GUID)
			all = append(all, c)
			return err
		}, queryLive, sourceID, afterID, before.UnixMicro(), pull.MaxLive)
	})
	return all, err
}

// queryLive goes by the ids: other blogs' rows are passed over in the same order.
const queryLive = `
	SELECT id, guid FROM comments WHERE source_id = $1 AND id > $2 AND ` + rules.Present + ` AND first_seen < $3 ORDER BY id LIMIT $4`

// MarkAbsent marks the comments of a post as gone that a complete listing of them
// lacks; see [pull.Store].
func (db *Store) MarkAbsent(ctx context.Context, sourceID, postID int64, present []int64, before time.Time) (n int, err error) {
	there := make(map[int64]bool, len(present))
	for _, id := range present {
		there[id] = true
	}
	err = db.Update(ctx, "mark comments as gone", func(t *database.Tx) error {
		if err := lockForPage(t, sourceID); err != nil {
			return err
		}
		if err := blog.IsFollowed(t, sourceID); err != nil {
			return err
		}
		live, err := t.IDs(queryLiveOfPost, postID, sourceID, before.UnixMicro())
		if err != nil {
			return err
		}
		absent := slices.DeleteFunc(live, func(id int64) bool { return there[id] })
		n, err = markGone(t, absent, digest.ByAbsence, absenceReason)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

const queryLiveOfPost = `
	SELECT id FROM comments WHERE post_id = $1 AND source_id = $2 AND ` + rules.Present + ` AND first_seen < $3 ORDER BY id`
