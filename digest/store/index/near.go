package index

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/search"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

const queryNewestPicks = `
	SELECT ` + blog.CommentColumns + ` FROM comments c WHERE c.` + rules.Present + ` AND c.id IN (
		SELECT b.comment_id FROM blocks b JOIN issues i ON i.id = b.issue_id
		WHERE b.comment_id IS NOT NULL AND ($1 = 0 OR i.series_id = $1) AND i.id <> $2 AND i.` + rules.Counts + `
		ORDER BY i.id DESC LIMIT $3)`

// NewestPicks gives the picks of a series' issues, of all series for 0, except
// those of one issue: at most so many, of the newest issues. What is gone is left
// out.
func (db *Store) NewestPicks(ctx context.Context, seriesID, exceptIssue int64, limit int) ([]digest.Comment, error) {
	return db.plainComments(ctx, "read the newest picks", queryNewestPicks, seriesID, exceptIssue, database.Limit(limit))
}

const queryCommentsAround = `
	SELECT * FROM (SELECT ` + blog.CommentColumns + ` FROM comments c WHERE c.` + rules.Present + ` AND c.published < $1
		ORDER BY c.published DESC, c.id DESC LIMIT $2) AS earlier
	UNION ALL
	SELECT * FROM (SELECT ` + blog.CommentColumns + ` FROM comments c WHERE c.` + rules.Present + ` AND c.published >= $1
		ORDER BY c.published, c.id LIMIT $2) AS later`

// CommentsAround gives comments published before a moment and from it on, the
// nearest, at most so many each. What is gone is left out.
func (db *Store) CommentsAround(ctx context.Context, at time.Time, each int) ([]digest.Comment, error) {
	return db.plainComments(ctx, "read the comments around", queryCommentsAround, at.UnixMicro(), database.Limit(each))
}

func (db *Store) plainComments(ctx context.Context, operation, query string, args ...any) (all []digest.Comment, err error) {
	err = db.View(ctx, operation, func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var c digest.Comment
			err := r.Scan(blog.CommentFields(&c)...)
			all = append(all, c)
			return err
		}, query, args...)
	})
	return all, err
}

const queryPostsAround = `
	SELECT * FROM (SELECT ` + blog.PostColumns + ` FROM posts WHERE published < $1 ORDER BY published DESC, id DESC LIMIT $2) AS earlier
	UNION ALL
	SELECT * FROM (SELECT ` + blog.PostColumns + ` FROM posts WHERE published >= $1 ORDER BY published, id LIMIT $2) AS later`

// PostsAround gives posts published before a moment and from it on, the nearest,
// at most so many each.
func (db *Store) PostsAround(ctx context.Context, at time.Time, each int) (all []digest.Post, err error) {
	err = db.View(ctx, "read the posts around", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			p, err := blog.ScanPost(r)
			all = append(all, p)
			return err
		}, queryPostsAround, at.UnixMicro(), database.Limit(each))
	})
	return all, err
}

// queryWroteBefore looks up one comment for each name: as EXISTS, PostgreSQL would
// join all.
func queryWroteBefore(d database.Dialect) string {
	return `SELECT r.name FROM (` + d.Records("$2", "name TEXT") + `) AS r WHERE (
		SELECT c.id FROM comments c WHERE c.author = r.name AND c.first_seen <= $3 AND c.source_id IN (
		SELECT source_id FROM series_sources WHERE series_id = $1)
		ORDER BY c.first_seen LIMIT 1) IS NOT NULL`
}

// WroteBefore gives those of some names under which a comment on a series' blogs
// was seen by a moment.
func (db *Store) WroteBefore(ctx context.Context, seriesID int64, names []string, until time.Time) (known []string, err error) {
	type named struct {
		Name string `json:"name"`
	}
	seen := map[string]bool{}
	var asked []named
	for _, name := range names {
		if !seen[name] {
			seen[name] = true
			asked = append(asked, named{name})
		}
	}
	packed, err := database.JSONArray(asked)
	if err != nil {
		return nil, err
	}
	known = []string{}
	err = db.View(ctx, "look for the writers' earlier comments", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var name string
			err := r.Scan(&name)
			known = append(known, name)
			return err
		}, queryWroteBefore(*t.Dialect), seriesID, packed, until)
	})
	return known, err
}

// TextsWith gives the newest comments' texts that have each of some words, at most so
// many a word; what is gone is left out.
func (db *Store) TextsWith(ctx context.Context, words []string, most int) (all map[string][]string, err error) {
	all = map[string][]string{}
	err = db.View(ctx, "look up words", func(t *database.Tx) error {
		for _, word := range words {
			folded := search.Fold(word, 8)
			if len(folded) == 0 {
				continue
			}
			w := db.filtered(searchable[blog.KindComment], digest.SearchFilter{})
			w.Terms = append(w.Terms, "e."+rules.Present)
			err := t.Each(func(r database.Row) error {
				var body digest.Prose
				err := r.Scan(&body)
				all[word] = append(all[word], body.Shown())
				return err
			}, w.texts(search.Term{Words: folded}, most), w.Args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}
