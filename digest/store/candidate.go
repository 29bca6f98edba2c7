package store

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
	"postbag/digest/desk"
)

// inSeries limits rows to the sources of the series given as $1.
const inSeries = `source_id IN (SELECT source_id FROM series_sources WHERE series_id = $1)`

// Candidates gives the comments an issue may pick, in the order that
// [desk.Store] tells. A reply whose parent is no candidate, or stands under
// another post, takes its place among the top-level comments by its time.
// Comments whose post is not known come last.
func (db *DB) Candidates(ctx context.Context, q desk.CandidateQuery) (all []digest.Candidate, err error) {
	err = db.view(ctx, "list the candidates", func(t *tx) error {
		nodes, err := t.threadNodes(q)
		if err != nil {
			return err
		}
		ids := compile.ThreadOrder(nodes)
		if q.Limit > 0 && len(ids) > q.Limit {
			ids = ids[:q.Limit]
		}
		byID, err := db.candidates(t, ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			all = append(all, byID[id])
		}
		return nil
	})
	return all, err
}

const (
	nodeColumns = `c.id, COALESCE(c.post_id, 0) AS post, COALESCE(c.parent_id, 0) AS parent, c.published,
		(SELECT p.published FROM posts p WHERE p.id = c.post_id) AS post_published`
	queryNodesSince = `
		SELECT ` + nodeColumns + ` FROM comments c
		WHERE c.` + inSeries + ` AND c.first_seen > $2 AND c.gone = 0
			AND (c.backfill = 0 OR c.published > $2)`
	queryNodesFirst = `
		SELECT ` + nodeColumns + ` FROM comments c
		WHERE c.` + inSeries + ` AND c.published >= $2 AND c.gone = 0`
	queryNodesUnderPosts = `
		SELECT ` + nodeColumns + ` FROM comments c
		WHERE c.post_id IN (SELECT p.id FROM posts p WHERE p.` + inSeries + ` AND p.published >= $3)
			AND c.gone = 0`
)

// threadNodes reads what is needed to order the candidates, without their words.
func (t *tx) threadNodes(q desk.CandidateQuery) (nodes []compile.Place, err error) {
	take := func(r row) error {
		var n compile.Place
		err := r.scan(&n.ID, &n.Post, &n.Parent, &n.Published, &n.PostPublished)
		nodes = append(nodes, n)
		return err
	}
	switch {
	case !q.SeenAfter.IsZero():
		err = t.each(take, queryNodesSince, q.SeriesID, q.SeenAfter)
	case !q.PostsSince.IsZero():
		err = t.each(take, queryNodesFirst+` UNION `+queryNodesUnderPosts, q.SeriesID, q.Since.UnixMicro(), q.PostsSince)
	default:
		err = t.each(take, queryNodesFirst, q.SeriesID, q.Since.UnixMicro())
	}
	return nodes, err
}

// CandidatesByID gives comments by id, gone ones included, with their posts, in
// the order asked for; unknown ids are left out.
func (db *DB) CandidatesByID(ctx context.Context, ids []int64) (all []digest.Candidate, err error) {
	err = db.view(ctx, "read the comments", func(t *tx) error {
		byID, err := db.candidates(t, ids)
		for _, id := range ids {
			if c, ok := byID[id]; ok {
				all = append(all, c)
			}
		}
		return err
	})
	return all, err
}

func queryCandidates(d dialect) string {
	return `SELECT ` + commentColumns + `, COALESCE(p.title, ''), COALESCE(p.url, ''), p.published,
		(SELECT COUNT(*) FROM comments r WHERE r.parent_id = c.id AND r.gone = 0)
		FROM comments c LEFT JOIN posts p ON p.id = c.post_id
		WHERE ` + d.among("c.id", "$1", "BIGINT")
}

func (db *DB) candidates(t *tx, ids []int64) (map[int64]digest.Candidate, error) {
	byID := make(map[int64]digest.Candidate, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	all, err := list(ids)
	if err != nil {
		return nil, err
	}
	err = t.each(func(r row) error {
		var c digest.Candidate
		fields := append(commentFields(&c.Comment), &c.PostTitle, &c.PostURL, &c.PostPublished, &c.Replies)
		err := r.scan(fields...)
		byID[c.ID] = c
		return err
	}, queryCandidates(db.dialect), all)
	return byID, err
}

// PickedIn tells which issues of a series, except the given one, picked these
// comments: comment id to the newest such issue's number.
func (db *DB) PickedIn(ctx context.Context, seriesID, exceptIssue int64, ids []int64) (map[int64]int, error) {
	picked := map[int64]int{}
	err := db.view(ctx, "find where comments were picked", func(t *tx) error {
		all, err := list(ids)
		if err != nil {
			return err
		}
		return t.each(func(r row) error {
			var id int64
			var number int
			err := r.scan(&id, &number)
			picked[id] = number
			return err
		}, queryPickedIn(db.dialect), seriesID, exceptIssue, all)
	})
	return picked, err
}

func queryPickedIn(d dialect) string {
	return `SELECT b.comment_id, MAX(i.number) FROM blocks b JOIN issues i ON i.id = b.issue_id
		WHERE i.series_id = $1 AND i.id <> $2 AND i.state <> 'cancelled'
			AND ` + d.among("b.comment_id", "$3", "BIGINT") + `
		GROUP BY b.comment_id`
}

const (
	queryPostActivity = `
		SELECT p.published, (SELECT COUNT(*) FROM comments c WHERE c.post_id = p.id AND c.gone = 0)
		FROM posts p WHERE p.` + inSeries + `
		ORDER BY p.published DESC, p.id DESC LIMIT $2`
	queryCommentsSince = `
		SELECT COUNT(*) FROM comments c WHERE c.` + inSeries + ` AND c.published >= $2 AND c.gone = 0`
)

// PostActivity gives the newest posts of a series' sources by publication, with
// the number of their comments that are not gone.
func (db *DB) PostActivity(ctx context.Context, seriesID int64, limit int) (all []digest.PostCount, err error) {
	err = db.view(ctx, "count the posts' comments", func(t *tx) error {
		return t.each(func(r row) error {
			var c digest.PostCount
			err := r.scan(&c.Published, &c.Comments)
			all = append(all, c)
			return err
		}, queryPostActivity, seriesID, bounded(limit))
	})
	return all, err
}

// CommentsSince counts a series' comments published at or after a moment that
// are not gone.
func (db *DB) CommentsSince(ctx context.Context, seriesID int64, since time.Time) (n int, err error) {
	err = db.view(ctx, "count the comments", func(t *tx) error {
		_, err := t.one([]any{&n}, queryCommentsSince, seriesID, since.UnixMicro())
		return err
	})
	return n, err
}
