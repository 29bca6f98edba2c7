package issues

import (
	"context"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/reading"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

// offering makes statements about what an issue offers to its editors: $1 is the
// series, $2 the issue. No comment's words are read.
type offering struct {
	database.Where
	with string // the common table "offered"
}

// offers begins a statement on what an issue's window offers, or on all that stands
// under some posts.
func offers(q desk.CandidateQuery, under func(*database.Where) string) *offering {
	o := &offering{}
	o.Args = []any{q.SeriesID, q.IssueID}
	narrow, branches := "", []string{}
	if under != nil {
		narrow = ` AND c.post_id ` + under(&o.Where)
	}
	branch := func(from, where string) {
		branches = append(branches, `SELECT c.id, c.post_id, c.parent_id, c.published, c.author, c.words, c.changed_at
			FROM `+from+` WHERE `+where+` AND c.`+rules.Present+narrow)
	}
	until := ""
	if !q.SeenUntil.IsZero() {
		until = ` AND c.first_seen <= ` + o.Param(q.SeenUntil)
	}
	switch {
	case !q.SeenAfter.IsZero():
		after := o.Param(q.SeenAfter)
		branch(`comments c`, `c.`+inSeries+` AND c.first_seen > `+after+` AND (c.backfill = 0 OR c.published > `+after+`)`+until)
	case !q.Since.IsZero():
		branch(`comments c`, `c.`+inSeries+` AND c.published >= `+o.Param(q.Since.UnixMicro())+until)
	default:
		branch(`comments c`, `c.`+inSeries)
	}
	if q.SeenAfter.IsZero() && !q.PostsSince.IsZero() {
		branch(`comments c`, `c.post_id IN (SELECT p.id FROM posts p WHERE p.`+inSeries+` AND p.published >= `+o.Param(q.PostsSince)+`)`+until)
	}
	branch(`decisions v JOIN comments c ON c.id = v.comment_id`,
		`v.series_id = $1 AND v.decision = '`+string(digest.MaybeIt)+`' AND v.issue_id < $2`)
	o.with = `WITH offered AS (` + strings.Join(branches, ` UNION `) + `) `
	return o
}

const (
	// fromOffered joins what was decided.
	fromOffered = ` FROM offered o` + withDecided
	withDecided = `
		LEFT JOIN decisions v ON v.series_id = $1 AND v.comment_id = o.id
		LEFT JOIN blocks b ON b.issue_id = $2 AND b.comment_id = o.id`
	// isOpen tells of what nobody has decided of for this issue; see [digest.Decided.For].
	isOpen = `(b.id IS NULL AND (v.comment_id IS NULL OR v.decision = '` + string(digest.MaybeIt) + `' AND v.issue_id < $2))`
)

// fits is the condition of a reader's filters.
func (o *offering) fits(f reading.Filter) string {
	terms := []string{"1 = 1"}
	if f.Named {
		terms = append(terms, `LOWER(TRIM(o.author)) NOT IN ('', `+rules.Words(digest.Nameless())+`)`)
	}
	if f.Words > 0 {
		terms = append(terms, `o.words >= `+o.Param(f.Words))
	}
	if f.Replies > 0 {
		terms = append(terms, `(SELECT COUNT(*) FROM comments r WHERE r.parent_id = o.id AND r.`+rules.Present+`) >= `+o.Param(f.Replies))
	}
	return `(` + strings.Join(terms, ` AND `) + `)`
}

// Open counts what an issue offers and nobody has decided of; see [desk.Store].
func (db *Store) Open(ctx context.Context, q desk.CandidateQuery) (n int, err error) {
	query, args := queryOpen(q)
	err = db.View(ctx, "count what is undecided", func(t *database.Tx) error {
		_, err := t.One([]any{&n}, query, args...)
		return err
	})
	return n, err
}

func queryOpen(q desk.CandidateQuery) (string, []any) {
	o := offers(q, nil)
	return o.with + `SELECT COUNT(*)` + fromOffered + ` WHERE ` + isOpen, o.Args
}

// ReadingPosts counts what is offered by post; see [reading.Store].
func (db *Store) ReadingPosts(ctx context.Context, q reading.Query) (all []reading.Post, err error) {
	query, args := queryReadingPosts(q)
	err = db.View(ctx, "count the comments by post", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var p reading.Post
			err := r.Scan(&p.ID, &p.Title, &p.URL, &p.Published, &p.Dated, &p.All, &p.Left, &p.Open, &p.Offered, &p.Newest, &p.Changed)
			all = append(all, p)
			return err
		}, query, args...)
	})
	slices.SortStableFunc(all, reading.ComparePosts)
	return all, err
}

func queryReadingPosts(q reading.Query) (string, []any) {
	o := offers(q.CandidateQuery, underPosts(q))
	fits := o.fits(q.Filter)
	// What fits is worked out once for a comment, and not for each sum.
	return strings.TrimSpace(o.with) + `, fitting AS MATERIALIZED (
			SELECT o.id, o.post_id, o.changed_at, CASE WHEN ` + fits + ` THEN 1 ELSE 0 END AS fit FROM offered o)
		SELECT g.post, COALESCE(p.title, ''), COALESCE(p.url, ''), p.published, CASE p.undated WHEN 0 THEN p.published END,
			g.fit, g.fit_open, g.open_of_all, g.offered, g.newest, g.changed
		FROM (
			SELECT COALESCE(o.post_id, 0) AS post, COUNT(*) AS offered,
				SUM(o.fit) AS fit,
				SUM(CASE WHEN ` + isOpen + ` THEN o.fit ELSE 0 END) AS fit_open,
				SUM(CASE WHEN ` + isOpen + ` THEN 1 ELSE 0 END) AS open_of_all,
				MAX(o.id) AS newest, MAX(o.changed_at) AS changed
			FROM fitting o` + withDecided + `
			GROUP BY COALESCE(o.post_id, 0)
		) g LEFT JOIN posts p ON p.id = g.post`, o.Args
}

// underPosts limits a listing of what is older than the window to a page of posts.
func underPosts(q reading.Query) func(*database.Where) string {
	if !q.Older {
		return nil
	}
	return func(w *database.Where) string {
		return `IN (SELECT listed.id FROM (SELECT id, published FROM posts WHERE ` + inSeries + `
			ORDER BY published DESC, id DESC LIMIT ` + w.Param(database.Limit(q.Posts)) + ` OFFSET ` + w.Param(q.From) + `) listed)`
	}
}

// ReadingNodes gives what is offered under one post; see [reading.Store].
func (db *Store) ReadingNodes(ctx context.Context, q reading.Query, postID int64) (all []reading.Node, err error) {
	query, args := queryReadingNodes(q, postID)
	err = db.View(ctx, "read the thread", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var n reading.Node
			err := r.Scan(&n.ID, &n.Post, &n.Parent, &n.Published, &n.Words, &n.Picked, &n.Fits,
				&n.Decided.Decision, &n.Decided.IssueID, &n.Decided.At, &n.Decided.By.Kind, &n.Decided.By.Name)
			n.Decided.CommentID = n.ID
			all = append(all, n)
			return err
		}, query, args...)
	})
	return all, err
}

func queryReadingNodes(q reading.Query, postID int64) (string, []any) {
	o := offers(q.CandidateQuery, func(w *database.Where) string {
		if postID == 0 {
			return `IS NULL`
		}
		return `= ` + w.Param(postID)
	})
	fits := o.fits(q.Filter)
	return o.with + `
		SELECT o.id, COALESCE(o.post_id, 0), COALESCE(o.parent_id, 0), o.published, o.words, b.id IS NOT NULL, ` + fits + `,
			COALESCE(v.decision, ''), COALESCE(v.issue_id, 0), v.at, COALESCE(v.by_kind, ''), COALESCE(v.by_name, '')` + fromOffered, o.Args
}

// News tells what came to an issue that somebody looks at; see [reading.Store].
func (db *Store) News(ctx context.Context, seen reading.Seen) (n reading.News, err error) {
	err = db.View(ctx, "look for what is new", func(t *database.Tx) error {
		n = reading.News{}
		return t.Each(func(r database.Row) error {
			var count int
			var rev digest.Revision
			if err := r.Scan(&rev.ID, &count, &rev.By.Kind, &rev.By.Name, &rev.Words, &rev.At); err != nil {
				return err
			}
			if rev.ID == 0 {
				n.Comments = count
				return nil
			}
			n.Done = append(n.Done, rev)
			return nil
		}, queryNews, seen.IssueID, seen.Comment, seen.Revision, seen.By.Name)
	})
	slices.Reverse(n.Done)
	return n, err
}

// The changes of an issue since the last one seen, the newest first, and how many
// comments were stored since.
const queryNews = `
	SELECT 0 AS id, COUNT(*), '', '', '', CAST(NULL AS BIGINT) FROM comments c JOIN issues i ON i.id = $1
	WHERE c.id > $2 AND c.source_id IN (SELECT source_id FROM series_sources s WHERE s.series_id = i.series_id)
		AND c.` + rules.Present + ` AND (c.backfill = 0 OR c.published > i.window_from)
	UNION ALL
	SELECT latest.id, 0, latest.by_kind, latest.by_name, latest.words, latest.at FROM (
		SELECT id, by_kind, by_name, words, at FROM revisions WHERE issue_id = $1 AND id > $3 AND by_name <> $4 ORDER BY id DESC LIMIT 5
	) latest`

// Newest gives the ids of the newest comment that is stored, and of an issue's newest
// change; see [reading.Store].
func (db *Store) Newest(ctx context.Context, issueID int64) (comment, post, revision int64, err error) {
	err = db.View(ctx, "look for the newest", func(t *database.Tx) error {
		_, err := t.One([]any{&comment, &post, &revision}, `
			SELECT COALESCE((SELECT MAX(id) FROM comments), 0), COALESCE((SELECT MAX(id) FROM posts), 0),
				COALESCE((SELECT MAX(id) FROM revisions WHERE issue_id = $1), 0)`, issueID)
		return err
	})
	return comment, post, revision, err
}

// Place gives where somebody reads a series; see [reading.Store].
func (db *Store) Place(ctx context.Context, editor string, seriesID int64) (query string, err error) {
	err = db.View(ctx, "read the place", func(t *database.Tx) error {
		_, err := t.One([]any{&query}, `SELECT query FROM places WHERE editor = $1 AND series_id = $2`, editor, seriesID)
		return err
	})
	return query, err
}

// SavePlace keeps where somebody reads a series; see [reading.Store].
func (db *Store) SavePlace(ctx context.Context, editor string, seriesID int64, query string) error {
	return db.Update(ctx, "keep the place", func(t *database.Tx) error {
		_, err := t.Exec(`
			INSERT INTO places (editor, series_id, query) VALUES ($1, $2, $3)
			ON CONFLICT (editor, series_id) DO UPDATE SET query = excluded.query`, editor, seriesID, query)
		return err
	})
}

// KeysOff tells whether somebody has switched single keys off.
func (db *Store) KeysOff(ctx context.Context, editor string) (off bool, err error) {
	err = db.View(ctx, "read the setting of the keys", func(t *database.Tx) error {
		n, err := t.Number(`SELECT COUNT(*) FROM keys_off WHERE editor = $1`, editor)
		off = n > 0
		return err
	})
	return off, err
}

// SetKeys switches single keys on or off for somebody.
func (db *Store) SetKeys(ctx context.Context, editor string, on bool) error {
	return db.Update(ctx, "keep the setting of the keys", func(t *database.Tx) error {
		_, err := t.Exec(`DELETE FROM keys_off WHERE editor = $1`, editor)
		if err != nil || on {
			return err
		}
		_, err = t.Exec(`INSERT INTO keys_off (editor) VALUES ($1)`, editor)
		return err
	})
}
