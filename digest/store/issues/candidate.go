package issues

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/compile"
	"postbag/digest/desk"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

// inSeries limits rows to the sources of the series given as $1.
const inSeries = `source_id IN (SELECT source_id FROM series_sources WHERE series_id = $1)`

// Candidates gives the comments an issue may pick, in the order that
// [desk.Store] tells. A reply whose parent is no candidate, or stands under
// another post, takes its place among the top-level comments by its time.
// Comments whose post is not known come last.
func (db *Store) Candidates(ctx context.Context, q desk.CandidateQuery) (all []digest.Candidate, err error) {
	err = db.View(ctx, "list the candidates", func(t *database.Tx) error {
		nodes, err := threadNodes(t, q)
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
		WHERE c.` + inSeries + ` AND c.first_seen > $2 AND c.` + rules.Present + `
			AND (c.backfill = 0 OR c.published > $2)`
	queryNodesFirst = `
		SELECT ` + nodeColumns + ` FROM comments c
		WHERE c.` + inSeries + ` AND c.published >= $2 AND c.` + rules.Present
	queryNodesUnderPosts = `
		SELECT ` + nodeColumns + ` FROM comments c
		WHERE c.post_id IN (SELECT p.id FROM posts p WHERE p.` + inSeries + ` AND p.published >= $3)
			AND c.` + rules.Present
	// What was kept for later in an earlier issue, the id of this one in place of the %s.
	queryNodesKept = `
		SELECT ` + nodeColumns + ` FROM decisions v JOIN comments c ON c.id = v.comment_id
		WHERE v.series_id = $1 AND v.decision = '` + string(digest.MaybeIt) + `' AND v.issue_id < %s AND c.` + rules.Present
)

// threadNodes reads what is needed to order the candidates, without their words.
func threadNodes(t *database.Tx, q desk.CandidateQuery) (nodes []compile.Node, err error) {
	query, args := queryThread(q)
	return nodesOf(t, query, args...)
}

func queryThread(q desk.CandidateQuery) (query string, args []any) {
	until := func(query string) string {
		if q.SeenUntil.IsZero() {
			return query
		}
		return query + fmt.Sprintf(` AND c.first_seen <= $%d`, len(args)+1)
	}
	switch {
	case !q.SeenAfter.IsZero():
		args = []any{q.SeriesID, q.SeenAfter}
		query = until(queryNodesSince)
	case !q.PostsSince.IsZero():
		args = []any{q.SeriesID, q.Since.UnixMicro(), q.PostsSince}
		query = until(queryNodesFirst) + ` UNION ` + until(queryNodesUnderPosts)
	default:
		args = []any{q.SeriesID, q.Since.UnixMicro()}
		query = until(queryNodesFirst)
	}
	if !q.SeenUntil.IsZero() {
		args = append(args, q.SeenUntil)
	}
	if q.IssueID != 0 {
		args = append(args, q.IssueID)
		query += ` UNION ` + fmt.Sprintf(queryNodesKept, fmt.Sprint("$", len(args)))
	}
	return query, args
}

func nodesOf(t *database.Tx, query string, args ...any) (nodes []compile.Node, err error) {
	err = t.Each(func(r database.Row) error {
		var n compile.Node
		err := r.Scan(&n.ID, &n.Post, &n.Parent, &n.Published, &n.PostPublished)
		nodes = append(nodes, n)
		return err
	}, query, args...)
	return nodes, err
}

// CandidatesByID gives comments by id, in the order asked for; see [desk.Store].
func (db *Store) CandidatesByID(ctx context.Context, ids []int64) (all []digest.Candidate, err error) {
	err = db.View(ctx, "read the comments", func(t *database.Tx) error {
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

func queryCandidates(d database.Dialect) string {
	return `SELECT ` + blog.CommentColumns + `, COALESCE(p.title, ''), COALESCE(p.url, ''), CASE p.undated WHEN 0 THEN p.published END,
		(SELECT COUNT(*) FROM comments r WHERE r.parent_id = c.id AND r.` + rules.Present + `)
		FROM comments c LEFT JOIN posts p ON p.id = c.post_id
		WHERE ` + d.Among("c.id", "$1", "BIGINT")
}

func (db *Store) candidates(t *database.Tx, ids []int64) (map[int64]digest.Candidate, error) {
	byID := make(map[int64]digest.Candidate, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	all, err := database.JSONArray(ids)
	if err != nil {
		return nil, err
	}
	err = t.Each(func(r database.Row) error {
		var c digest.Candidate
		fields := append(blog.CommentFields(&c.Comment), &c.PostTitle, &c.PostURL, &c.PostPublished, &c.Replies)
		err := r.Scan(fields...)
		byID[c.ID] = c
		return err
	}, queryCandidates(db.Dialect), all)
	return byID, err
}

// Ancestry gives what orders comments, and all that they answer; see [desk.Store].
func (db *Store) Ancestry(ctx context.Context, ids []int64) (nodes []compile.Node, err error) {
	all, err := database.JSONArray(ids)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	err = db.View(ctx, "read the threads", func(t *database.Tx) error {
		nodes, err = nodesOf(t, queryAncestry(db.Dialect), all)
		return err
	})
	return nodes, err
}

// UNION, and not UNION ALL, ends where comments answer each other in a circle.
func queryAncestry(d database.Dialect) string {
	return `WITH RECURSIVE above (id) AS (
			SELECT c.id FROM comments c WHERE ` + d.Among("c.id", "$1", "BIGINT") + `
			UNION SELECT c.parent_id FROM comments c JOIN above a ON c.id = a.id WHERE c.parent_id IS NOT NULL)
		SELECT ` + nodeColumns + ` FROM above a JOIN comments c ON c.id = a.id`
}

// PickedIn tells which other issues of a series picked comments, the newest for each; see
// [desk.Store].
func (db *Store) PickedIn(ctx context.Context, seriesID, exceptIssue int64, ids []int64) (map[int64]int, error) {
	picked := map[int64]int{}
	err := db.View(ctx, "find where comments were picked", func(t *database.Tx) error {
		all, err := database.JSONArray(ids)
		if err != nil {
			return err
		}
		return t.Each(func(r database.Row) error {
			var id int64
			var number int
			err := r.Scan(&id, &number)
			picked[id] = number
			return err
		}, queryPickedIn(db.Dialect), seriesID, exceptIssue, all)
	})
	return picked, err
}

func queryPickedIn(d database.Dialect) string {
	return `SELECT b.comment_id, MAX(i.number) FROM blocks b JOIN issues i ON i.id = b.issue_id
		WHERE i.series_id = $1 AND i.id <> $2 AND i.` + rules.Counts + `
			AND ` + d.Among("b.comment_id", "$3", "BIGINT") + `
		GROUP BY b.comment_id`
}

const (
	queryPostActivity = `
		SELECT p.published, (SELECT COUNT(*) FROM comments c WHERE c.post_id = p.id AND c.` + rules.Present + `)
		FROM posts p WHERE p.` + inSeries + `
		ORDER BY p.published DESC, p.id DESC LIMIT $2`
	queryCommentsSince = `
		SELECT COUNT(*) FROM comments c WHERE c.` + inSeries + ` AND c.published >= $2 AND c.` + rules.Present
)

// PostActivity counts the comments of a series' newest posts; see [desk.Store].
func (db *Store) PostActivity(ctx context.Context, seriesID int64, limit int) (all []digest.PostCount, err error) {
	err = db.View(ctx, "count the posts' comments", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var c digest.PostCount
			err := r.Scan(&c.Published, &c.Comments)
			all = append(all, c)
			return err
		}, queryPostActivity, seriesID, database.Limit(limit))
	})
	return all, err
}

// CommentsSince counts a series' comments; see [desk.Store].
func (db *Store) CommentsSince(ctx context.Context, seriesID int64, since time.Time) (n int, err error) {
	err = db.View(ctx, "count the comments", func(t *database.Tx) error {
		_, err := t.One([]any{&n}, queryCommentsSince, seriesID, since.UnixMicro())
		return err
	})
	return n, err
}
