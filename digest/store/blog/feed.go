package blog

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/pull/identity"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/rules"
	"postbag/digest/work"
)

const (
	feedColumns = `id, source_id, kind, url, etag, last_modified, validators_url, next_poll, last_try,
		last_success, failures, last_error, catch_up, failing_since, asked_whole, moved_to, moved_polls,
		gone_since, stopped, suspect, page_size, daily, older, retry_at, left_out`
	feedOrder = ` ORDER BY source_id, CASE kind WHEN 'posts' THEN 0 ELSE 1 END, id`
)

func feeds(t *database.Tx, query string, args ...any) (all []digest.FeedState, err error) {
	err = t.Each(func(r database.Row) error {
		var f digest.FeedState
		err := r.Scan(&f.ID, &f.SourceID, &f.Kind, &f.URL, &f.ETag, &f.LastModified, &f.ValidatorsURL, &f.NextPoll, &f.LastTry,
			&f.LastSuccess, &f.Failures, &f.LastError, &f.CatchUp, &f.FailingSince, &f.AskedWhole, &f.MovedTo, &f.MovedPolls,
			&f.GoneSince, &f.Stopped, &f.Suspect, &f.PageSize, &f.Daily, &f.Older, &f.RetryAt, database.JSONColumn{To: &f.LeftOut})
		all = append(all, f)
		return err
	}, query, args...)
	return all, err
}

// Feeds gives the feeds of a source, posts before comments.
func (db *Store) Feeds(ctx context.Context, sourceID int64) (all []digest.FeedState, err error) {
	err = db.View(ctx, "list the feeds", func(t *database.Tx) (err error) {
		all, err = feeds(t, `SELECT `+feedColumns+` FROM feeds WHERE source_id = $1`+feedOrder, sourceID)
		return err
	})
	return all, err
}

// EveryFeed gives the feeds of all sources that are followed, by source and id.
func (db *Store) EveryFeed(ctx context.Context) (all []digest.FeedState, err error) {
	err = db.View(ctx, "list all feeds", func(t *database.Tx) (err error) {
		all, err = feeds(t, `SELECT `+feedColumns+` FROM feeds WHERE source_id IN `+rules.FollowedSources+feedOrder)
		return err
	})
	return all, err
}

// SaveFeed stores the polling state of a feed; see [pull.Store].
func (db *Store) SaveFeed(ctx context.Context, feed digest.FeedState, stored time.Time) error {
	return db.Update(ctx, "save the feed", func(t *database.Tx) error { return db.SaveFeedIn(t, feed, stored) })
}

// SaveFeedIn is [Store.SaveFeed] within a transaction.
func (db Store) SaveFeedIn(t *database.Tx, f digest.FeedState, stored time.Time) error {
	leftOut, err := database.JSON(f.LeftOut)
	if err != nil {
		return err
	}
	n, err := t.Exec(`
		UPDATE feeds SET next_poll = $2, last_try = $3, failures = $4, last_error = $5,
			failing_since = $6, asked_whole = $7, moved_to = $8, moved_polls = $9, gone_since = $10, stopped = $11,
			suspect = $12, page_size = $13, daily = $14, retry_at = $22, left_out = $24,
			url           = CASE WHEN catch_up IS NOT DISTINCT FROM $20 THEN $1 ELSE url END,
			etag          = CASE WHEN catch_up IS NOT DISTINCT FROM $20 THEN $15 ELSE etag END,
			last_modified = CASE WHEN catch_up IS NOT DISTINCT FROM $20 THEN $16 ELSE last_modified END,
			validators_url = CASE WHEN catch_up IS NOT DISTINCT FROM $20 THEN $23 ELSE validators_url END,
			last_success  = CASE WHEN catch_up IS NOT DISTINCT FROM $20 THEN $17 ELSE last_success END,
			older         = CASE WHEN catch_up IS NOT DISTINCT FROM $20 THEN $18 ELSE older END,
			catch_up      = CASE WHEN catch_up IS NOT DISTINCT FROM $20 THEN $19 ELSE catch_up END
		WHERE id = $21`,
		f.URL, f.NextPoll, f.LastTry, f.Failures, f.LastError,
		f.FailingSince, f.AskedWhole, f.MovedTo, f.MovedPolls, f.GoneSince, f.Stopped,
		f.Suspect, f.PageSize, f.Daily,
		f.ETag, f.LastModified, f.LastSuccess, f.Older, f.CatchUp, stored, f.ID, f.RetryAt, f.ValidatorsURL, leftOut)
	if err == nil && n == 0 {
		return database.Missing("there is no feed %d", f.ID)
	}
	if err != nil {
		return db.feedTaken(err, f.URL)
	}
	return replanFeed(t, f.ID)
}

// LeaveHost stores that a host asks to be left alone; see [pull.Store]. That is rare,
// and there are as many feeds as blogs, so all of them are looked at.
func (db *Store) LeaveHost(ctx context.Context, host string, until time.Time) error {
	return db.Update(ctx, "leave a host alone", func(t *database.Tx) error {
		var at []int64
		err := t.Each(func(r database.Row) error {
			var id int64
			var address string
			err := r.Scan(&id, &address)
			if identity.Server(address) == host {
				at = append(at, id)
			}
			return err
		}, `SELECT id, url FROM feeds WHERE retry_at IS NULL OR retry_at < $1 ORDER BY id`, until)
		if err != nil {
			return err
		}
		for _, id := range at {
			if _, err := t.Exec(`UPDATE feeds SET retry_at = $1 WHERE id = $2`, until, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// replanFeed plans the pull of a feed's source anew after a pull by hand. One
// under a lease is planned when that ends.
func replanFeed(t *database.Tx, id int64) error {
	if _, leased := work.LeaseOf(t.Ctx); leased {
		return nil
	}
	source, err := t.Number(`SELECT source_id FROM feeds WHERE id = $1`, id)
	if err != nil {
		return err
	}
	return duties.Replan(t, duties.Source, source)
}

func (db *Store) addFeed(t *database.Tx, f digest.FeedState) (id int64, err error) {
	_, err = t.One([]any{&id}, `
		INSERT INTO feeds (source_id, kind, url, etag, last_modified, validators_url, next_poll, last_try,
			last_success, failures, last_error, catch_up, failing_since, asked_whole, moved_to, moved_polls,
			gone_since, stopped, suspect, page_size, daily, older, retry_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23) RETURNING id`,
		f.SourceID, string(f.Kind), f.URL, f.ETag, f.LastModified, f.ValidatorsURL, f.NextPoll, f.LastTry,
		f.LastSuccess, f.Failures, f.LastError, f.CatchUp, f.FailingSince, f.AskedWhole, f.MovedTo, f.MovedPolls,
		f.GoneSince, f.Stopped, f.Suspect, f.PageSize, f.Daily, f.Older, f.RetryAt)
	return id, db.feedTaken(err, f.URL)
}

func (db *Store) feedTaken(err error, url string) error {
	if db.Dialect.Code(err) == database.CodeUnique {
		return database.Conflict("", "the feed %s is followed already", url).Offer(digest.Act{Do: digest.ListSources})
	}
	return err
}
