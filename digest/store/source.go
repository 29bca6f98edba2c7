package store

import (
	"context"

	"postbag/digest"
)

const sourceColumns = `id, name, url, platform, language, added_at`

func scanSource(r row) (s digest.Source, err error) {
	err = r.scan(&s.ID, &s.Name, &s.URL, &s.Platform, &s.Language, &s.AddedAt)
	return s, err
}

// Sources lists all sources by id.
func (db *DB) Sources(ctx context.Context) (all []digest.Source, err error) {
	err = db.view(ctx, "list the sources", func(t *tx) error {
		return t.each(func(r row) error {
			s, err := scanSource(r)
			all = append(all, s)
			return err
		}, `SELECT `+sourceColumns+` FROM sources ORDER BY id`)
	})
	return all, err
}

// Source gives one source, or an error of kind NotFound.
func (db *DB) Source(ctx context.Context, id int64) (src digest.Source, err error) {
	err = db.view(ctx, "read the source", func(t *tx) error {
		found := false
		err := t.each(func(r row) (err error) {
			found = true
			src, err = scanSource(r)
			return err
		}, `SELECT `+sourceColumns+` FROM sources WHERE id = $1`, id)
		if err == nil && !found {
			return missing("there is no source %d", id)
		}
		return err
	})
	return src, err
}

// AddSource stores a source and its feeds, and fills in their ids when all of
// it is stored. The source joins the oldest series; when there is none, the
// given one is created, and a publication that has no name, language or home
// page yet takes the source's. A feed address that is followed already is an
// error of kind Conflict.
func (db *DB) AddSource(ctx context.Context, src *digest.Source, feeds []digest.FeedState, first digest.Series) error {
	var sourceID int64
	ids := make([]int64, len(feeds))
	err := db.update(ctx, "add the source", func(t *tx) error {
		_, err := t.one([]any{&sourceID}, `
			INSERT INTO sources (name, url, platform, language, added_at)
			VALUES ($1, $2, $3, $4, $5) RETURNING id`,
			src.Name, src.URL, string(src.Platform), src.Language, src.AddedAt.UnixMicro())
		if err != nil {
			return err
		}
		for i, feed := range feeds {
			feed.SourceID = sourceID
			if ids[i], err = db.addFeed(t, feed); err != nil {
				return err
			}
		}
		return t.joinSeries(src, sourceID, first)
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

func (t *tx) joinSeries(src *digest.Source, sourceID int64, first digest.Series) error {
	series, err := t.number(`SELECT COALESCE(MIN(id), 0) FROM series`)
	if err != nil {
		return err
	}
	if series == 0 {
		if series, err = t.addSeries(first); err != nil {
			return err
		}
		if err := t.introduce(src); err != nil {
			return err
		}
		if err := t.bump(); err != nil {
			return err
		}
	}
	_, err = t.exec(`INSERT INTO series_sources (series_id, source_id) VALUES ($1, $2)`, series, sourceID)
	return err
}
