package blog

import (
	"context"
	"strings"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/publication"
	"postbag/digest/store/rules"
)

const sourceColumns = `id, name, url, platform, language, added_at, comments_pattern, platform_set`

func scanSource(r database.Row) (s digest.Source, err error) {
	err = r.Scan(&s.ID, &s.Name, &s.URL, &s.Platform, &s.Language, &s.AddedAt, &s.CommentsPattern, &s.PlatformSet)
	return s, err
}

// Sources lists the sources that are followed, by id.
func (db *Store) Sources(ctx context.Context) (all []digest.Source, err error) {
	err = db.View(ctx, "list the sources", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			s, err := scanSource(r)
			all = append(all, s)
			return err
		}, `SELECT `+sourceColumns+` FROM sources WHERE `+rules.Followed+` ORDER BY id`)
	})
	return all, err
}

// Source gives a source that is followed, or an error of kind NotFound.
func (db *Store) Source(ctx context.Context, id int64) (src digest.Source, err error) {
	err = db.View(ctx, "read the source", func(t *database.Tx) error {
		found := false
		err := t.Each(func(r database.Row) (err error) {
			found = true
			src, err = scanSource(r)
			return err
		}, `SELECT `+sourceColumns+` FROM sources WHERE id = $1 AND `+rules.Followed, id)
		if err == nil && !found {
			return noSource(id)
		}
		return err
	})
	return src, err
}

func noSource(id int64) error {
	return digest.Fail(digest.NotFound, "", "there is no source %d", id).Offer(digest.Act{Do: digest.ListSources})
}

// AddSource stores a source and its feeds; see [pull.Store]. A removed source is known
// again by the same posts feed, else by the same home page. A new source joins the
// oldest series unless others are named.
func (db *Store) AddSource(ctx context.Context, by digest.Actor, src *digest.Source, feeds []digest.FeedState, first digest.Series, series ...string) error {
	var sourceID int64
	ids := make([]int64, len(feeds))
	err := db.Update(ctx, "add the source", func(t *database.Tx) (err error) {
		if src.ID != 0 {
			sourceID, err = src.ID, mayAttach(t, src.ID, feeds)
		} else {
			sourceID, err = putSource(t, src, feeds)
		}
		if err != nil {
			return err
		}
		for i, feed := range feeds {
			feed.SourceID = sourceID
			if ids[i], err = db.addFeed(t, feed); err != nil {
				return err
			}
		}
		if len(series) > 0 {
			err = joinNamed(t, sourceID, series)
		} else if src.ID == 0 {
			err = joinSeries(t, src, sourceID, first)
		}
		if err != nil {
			return err
		}
		if err := auditAdded(t, by, *src, feeds); err != nil {
			return err
		}
		return duties.PlanSource(t, sourceID)
	})
	if err != nil {
		return err
	}
	src.ID = sourceID
	for i := range feeds {
		feeds[i].ID, feeds[i].SourceID = ids[i], sourceID
	}
	return nil
}

// auditAdded leaves it in the audit list that a blog is followed, or by what feeds more.
func auditAdded(t *database.Tx, by digest.Actor, src digest.Source, feeds []digest.FeedState) error {
	var words []string
	for _, f := range feeds {
		words = append(words, string(f.Kind)+" "+f.URL)
	}
	did := digest.SourceAdded
	if src.ID != 0 {
		did = digest.SourceChanged
	}
	return audit.Add(t, by, did, named(src.Name), strings.Join(words, ", "))
}

// named is what the audit list calls a blog.
func named(name string) string { return "the blog " + name }

// mayAttach makes sure that a source is followed and has no feed of the kinds.
func mayAttach(t *database.Tx, sourceID int64, feeds []digest.FeedState) error {
	if err := t.Lock(`SELECT id FROM sources WHERE id = $1 FOR NO KEY UPDATE`, sourceID); err != nil {
		return err
	}
	if err := IsFollowed(t, sourceID); err != nil {
		return err
	}
	for _, f := range feeds {
		var address string
		known, err := t.One([]any{&address}, `SELECT url FROM feeds WHERE source_id = $1 AND kind = $2 ORDER BY id LIMIT 1`, sourceID, string(f.Kind))
		if err != nil {
			return err
		}
		if known {
			return database.Conflict("", "source %d has a %s feed already: %s", sourceID, f.Kind, address).
				Offer(digest.Act{Do: digest.ShowSource, Source: sourceID})
		}
	}
	return nil
}

// putSource takes a removed source up again, or stores a new one.
func putSource(t *database.Tx, src *digest.Source, feeds []digest.FeedState) (id int64, err error) {
	posts := ""
	for _, f := range feeds {
		if f.Kind == digest.PostsFeed {
			posts = f.URL
		}
	}
	revived, err := t.One([]any{&id}, `
		UPDATE sources SET name = $1, url = $2, platform = $3, language = $4, added_at = $5, comments_pattern = $6,
			platform_set = $8, removed = 0, posts_url = ''
		WHERE id = (SELECT id FROM sources
			WHERE `+rules.Left+` AND (posts_url <> '' AND posts_url = $7 OR url <> '' AND url = $2)
			ORDER BY CASE WHEN posts_url = $7 THEN 0 ELSE 1 END, id DESC LIMIT 1)
		RETURNING id`,
		src.Name, src.URL, string(src.Platform), src.Language, src.AddedAt.UnixMicro(), src.CommentsPattern, posts, src.PlatformSet)
	if err != nil || revived {
		return id, err
	}
	_, err = t.One([]any{&id}, `
		INSERT INTO sources (name, url, platform, language, added_at, comments_pattern, platform_set)
		VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		src.Name, src.URL, string(src.Platform), src.Language, src.AddedAt.UnixMicro(), src.CommentsPattern, src.PlatformSet)
	return id, err
}

// IsFollowed refuses a source that is not followed any more.
func IsFollowed(t *database.Tx, sourceID int64) error {
	followed, err := t.Number(QueryFollowed, sourceID)
	if err == nil && followed == 0 {
		return database.Missing("source %d is not followed any more", sourceID)
	}
	return err
}

// QueryFollowed counts a source if it is followed.
const QueryFollowed = `SELECT COUNT(*) FROM sources WHERE id = $1 AND ` + rules.Followed

// SaveSource stores what a source that is followed is called, what it runs on and
// where it lives; see [pull.Store].
func (db *Store) SaveSource(ctx context.Context, by digest.Actor, src digest.Source, also ...string) error {
	return db.Update(ctx, "save the source", func(t *database.Tx) error {
		if err := t.Lock(`SELECT id FROM sources WHERE id = $1 FOR NO KEY UPDATE`, src.ID); err != nil {
			return err
		}
		var was digest.Source
		found := false
		err := t.Each(func(r database.Row) (err error) {
			found = true
			was, err = scanSource(r)
			return err
		}, `SELECT `+sourceColumns+` FROM sources WHERE id = $1 AND `+rules.Followed, src.ID)
		if err != nil {
			return err
		}
		if !found {
			return noSource(src.ID)
		}
		_, err = t.Exec(`
			UPDATE sources SET name = $1, url = $2, platform = $3, language = $4, comments_pattern = $5,
				platform_set = $7
			WHERE id = $6`,
			src.Name, src.URL, string(src.Platform), src.Language, src.CommentsPattern, src.ID, src.PlatformSet)
		words := append(sourceChanges(was, src), also...)
		if err != nil || by.Kind == digest.ByWorker || len(words) == 0 { // what a feed says of itself is no change of a person's
			return err
		}
		return audit.Add(t, by, digest.SourceChanged, named(was.Name), strings.Join(words, ", "))
	})
}

// sourceChanges says what differs between two states of a source.
func sourceChanges(was, is digest.Source) (words []string) {
	for _, c := range []struct{ what, was, is string }{
		{"name", was.Name, is.Name}, {"home page", was.URL, is.URL}, {"platform", string(was.Platform), string(is.Platform)},
		{"language", was.Language, is.Language}, {"pattern of comments feeds", was.CommentsPattern, is.CommentsPattern},
	} {
		if c.was != c.is {
			words = append(words, c.what+" “"+c.is+"”")
		}
	}
	return words
}

// SourceOfPosts gives the followed source that holds most of some posts; see
// [pull.Store]. Of two that hold as many it is the older one.
func (db *Store) SourceOfPosts(ctx context.Context, guids []string) (sourceID int64, matched int, err error) {
	all, err := database.JSONArray(guids[:min(len(guids), pull.MaxAsked)])
	if err != nil {
		return 0, 0, err
	}
	err = db.View(ctx, "find the posts' source", func(t *database.Tx) error {
		_, err := t.One([]any{&sourceID, &matched}, querySourceOfPosts(db.Dialect), all)
		return err
	})
	return sourceID, matched, err
}

func querySourceOfPosts(d database.Dialect) string {
	return `SELECT source_id, COUNT(*) FROM posts
		WHERE source_id IN ` + rules.FollowedSources + ` AND ` + d.Among("guid", "$1", "TEXT") + `
		GROUP BY source_id ORDER BY COUNT(*) DESC, source_id LIMIT 1`
}

// RemoveSource stops following a source; see [pull.Store]. Its feeds are deleted and it
// leaves its series, which stays even when it was the last: no issue is offered its
// comments any more. A source of which nothing was stored is deleted.
func (db *Store) RemoveSource(ctx context.Context, by digest.Actor, id int64) error {
	return db.Update(ctx, "remove the source", func(t *database.Tx) error {
		var name string
		if _, err := t.One([]any{&name}, `SELECT name FROM sources WHERE id = $1`, id); err != nil {
			return err
		}
		n, err := t.Exec(`
			UPDATE sources SET removed = 1, posts_url = COALESCE(
				(SELECT f.url FROM feeds f WHERE f.source_id = sources.id AND f.kind = 'posts' ORDER BY f.id LIMIT 1), '')
			WHERE id = $1 AND `+rules.Followed, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return noSource(id)
		}
		for _, query := range []string{
			`DELETE FROM feeds WHERE source_id = $1`,
			`DELETE FROM series_sources WHERE source_id = $1`,
			`DELETE FROM sources WHERE id = $1
				AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.source_id = sources.id)
				AND NOT EXISTS (SELECT 1 FROM comments c WHERE c.source_id = sources.id)`,
		} {
			if _, err := t.Exec(query, id); err != nil {
				return err
			}
		}
		if err := audit.Add(t, by, digest.SourceRemoved, named(name), ""); err != nil {
			return err
		}
		return duties.Forget(t, id)
	})
}

func joinSeries(t *database.Tx, src *digest.Source, sourceID int64, first digest.Series) error {
	// Two first sources make one series.
	if err := t.Lock(`SELECT id FROM publication WHERE id = 1 FOR UPDATE`); err != nil {
		return err
	}
	series, err := t.Number(`SELECT COALESCE(MIN(id), 0) FROM series`)
	if err != nil {
		return err
	}
	if series == 0 {
		if series, err = publication.AddSeries(t, first); err != nil {
			return err
		}
		if err := publication.Introduce(t, src); err != nil {
			return err
		}
		if err := t.Bump(); err != nil {
			return err
		}
	}
	_, err = t.Exec(`INSERT INTO series_sources (series_id, source_id) VALUES ($1, $2)`, series, sourceID)
	return err
}

// joinNamed lets a source feed the series with these slugs.
func joinNamed(t *database.Tx, sourceID int64, slugs []string) error {
	for _, slug := range slugs {
		series, err := t.Number(`SELECT COALESCE(MIN(id), 0) FROM series WHERE slug = $1`, slug)
		if err != nil {
			return err
		}
		if series == 0 {
			return database.Missing("there is no series %q", slug)
		}
		if _, err := t.Exec(`INSERT INTO series_sources (series_id, source_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, series, sourceID); err != nil {
			return err
		}
	}
	return nil
}

// SeriesOfSource gives the names of the series that a source feeds, by id.
func (db *Store) SeriesOfSource(ctx context.Context, id int64) (names []string, err error) {
	err = db.View(ctx, "list the series of the source", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var name string
			err := r.Scan(&name)
			names = append(names, name)
			return err
		}, `SELECT s.name FROM series s JOIN series_sources x ON x.series_id = s.id WHERE x.source_id = $1 ORDER BY s.id`, id)
	})
	return names, err
}
