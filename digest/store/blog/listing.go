package blog

import (
	"context"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
)

// Comments that are announced include those that left a marker in their place.
var selectListings = `
	SELECT p.id, p.source_id, p.guid, p.url, p.key, p.title, CASE p.undated WHEN 0 THEN p.published END, p.comments_url, p.announced,
		(SELECT COUNT(*) FROM comments c WHERE c.post_id = p.id AND c.` + rules.Listed + `),
		COALESCE(l.listed, -1), l.listed_at, l.next_try, COALESCE(l.failures, 0),
		COALESCE(l.etag, ''), COALESCE(l.last_modified, ''), COALESCE(l.validators_url, '')
	FROM posts p LEFT JOIN listings l ON l.post_id = p.id`

// Listings gives what is remembered of the own comments feeds of a source's
// posts; see [pull.Store].
func (db *Store) Listings(ctx context.Context, sourceID int64, f pull.ListingFilter) (all []digest.Listing, err error) {
	query, args, err := db.listListings(sourceID, f)
	if err != nil {
		return nil, err
	}
	err = db.View(ctx, "list the posts' comments feeds", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var l digest.Listing
			err := r.Scan(&l.PostID, &l.SourceID, &l.GUID, &l.URL, &l.Key, &l.Title, &l.Published, &l.CommentsURL, &l.Announced,
				&l.Stored, &l.Listed, &l.ListedAt, &l.NextTry, &l.Failures, &l.ETag, &l.LastModified, &l.ValidatorsURL)
			all = append(all, l)
			return err
		}, query, args...)
	})
	return all, err
}

func (db *Store) listListings(sourceID int64, f pull.ListingFilter) (query string, args []any, err error) {
	var w database.Where
	w.Terms = append(w.Terms, "p.source_id = "+w.Param(sourceID))
	if f.PostIDs != nil {
		ids, err := database.JSONArray(f.PostIDs)
		if err != nil {
			return "", nil, err
		}
		w.Terms = append(w.Terms, db.Dialect.Among("p.id", w.Param(ids), "BIGINT"))
	}
	order := ` ORDER BY p.published DESC, p.id DESC`
	if f.AfterID != 0 {
		w.Terms = append(w.Terms, "p.id > "+w.Param(f.AfterID))
		order = ` ORDER BY p.id`
	}
	query = selectListings + w.Clause() + order + ` LIMIT ` + w.Param(database.Limit(f.Limit))
	return query, w.Args, nil
}

// SaveListing stores how the reading of a post's own comments feed went; see
// [pull.Store].
func (db *Store) SaveListing(ctx context.Context, l digest.Listing) error {
	err := db.Update(ctx, "save the post's comments feed", func(t *database.Tx) error {
		_, err := t.Exec(querySaveListing, l.PostID, l.Listed, l.ListedAt, l.NextTry, l.Failures, l.ETag, l.LastModified, l.ValidatorsURL)
		return err
	})
	if db.Dialect.Code(err) == database.CodeForeign {
		return database.Missing("there is no post %d", l.PostID)
	}
	return err
}

const querySaveListing = `
	INSERT INTO listings (post_id, listed, listed_at, next_try, failures, etag, last_modified, validators_url)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
	ON CONFLICT (post_id) DO UPDATE SET listed = excluded.listed, listed_at = excluded.listed_at,
		next_try = excluded.next_try, failures = excluded.failures, etag = excluded.etag, last_modified = excluded.last_modified,
		validators_url = excluded.validators_url`
