package publication

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/rules"
)

const seriesColumns = `id, slug, name, title, schedule, zone, next_number, deadline, at_least, created_at,
	CASE WHEN id = (SELECT MIN(id) FROM series) THEN 0 ELSE 1 END`

func scanSeries(r database.Row) (s digest.Series, err error) {
	err = r.Scan(&s.ID, &s.Slug, &s.Name, &s.Title, &s.Schedule, &s.Zone, &s.NextNumber, &s.Deadline, &s.AtLeast, &s.CreatedAt, &s.Further)
	return s, err
}

// SeriesList gives all series, by id.
func (db *Store) SeriesList(ctx context.Context) (all []digest.Series, err error) {
	err = db.View(ctx, "list the series", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			s, err := scanSeries(r)
			all = append(all, s)
			return err
		}, `SELECT `+seriesColumns+` FROM series ORDER BY id`)
	})
	return all, err
}

// Series reads one series; an unknown one is an error of kind NotFound.
func Series(t *database.Tx, id int64) (s digest.Series, err error) {
	found := false
	err = t.Each(func(r database.Row) (err error) {
		found = true
		s, err = scanSeries(r)
		return err
	}, `SELECT `+seriesColumns+` FROM series WHERE id = $1`, id)
	if err == nil && !found {
		err = database.Missing("there is no series %d", id)
	}
	return s, err
}

// AddSeries stores a new series; see [desk.Store].
func (db *Store) AddSeries(ctx context.Context, by digest.Actor, s digest.Series, sources []int64) (digest.Series, error) {
	err := db.Update(ctx, "add the series", func(t *database.Tx) (err error) {
		taken, err := t.Number(`SELECT COUNT(*) FROM series WHERE slug = $1`, s.Slug)
		if err != nil {
			return err
		}
		if taken > 0 {
			return database.Conflict("Give it another name, or another short one.", "there is a series %q already", s.Slug)
		}
		if s.ID, err = AddSeries(t, s); err != nil {
			return err
		}
		if len(sources) == 0 {
			_, err = t.Exec(`INSERT INTO series_sources (series_id, source_id) SELECT $1, id FROM sources WHERE `+rules.Followed, s.ID)
		} else {
			err = SetSources(t, s.ID, sources)
		}
		if err != nil {
			return err
		}
		if s, err = Series(t, s.ID); err != nil {
			return err
		}
		if err := audit.Add(t, by, digest.SeriesAdded, s.Name, ""); err != nil {
			return err
		}
		return t.Bump()
	})
	return s, err
}

// SetSources sets the blogs that a series takes comments of. One that is not followed
// is an error of kind NotFound.
func SetSources(t *database.Tx, seriesID int64, sources []int64) error {
	if _, err := t.Exec(`DELETE FROM series_sources WHERE series_id = $1`, seriesID); err != nil {
		return err
	}
	for _, id := range sources {
		followed, err := t.Number(`SELECT COUNT(*) FROM sources WHERE id = $1 AND `+rules.Followed, id)
		if err != nil {
			return err
		}
		if followed == 0 {
			return digest.Fail(digest.NotFound, "", "there is no source %d", id).Offer(digest.Act{Do: digest.ListSources})
		}
		if _, err := t.Exec(`INSERT INTO series_sources (series_id, source_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, seriesID, id); err != nil {
			return err
		}
	}
	return nil
}

// SourcesOf gives the blogs of a series; see [desk.Store].
func (db *Store) SourcesOf(ctx context.Context, seriesID int64) (ids []int64, err error) {
	err = db.View(ctx, "read the blogs of the series", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var id int64
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		}, `SELECT source_id FROM series_sources WHERE series_id = $1 ORDER BY source_id`, seriesID)
	})
	return ids, err
}

// AddSeries stores a new series and gives its id.
func AddSeries(t *database.Tx, s digest.Series) (id int64, err error) {
	_, err = t.One([]any{&id}, `
		INSERT INTO series (slug, name, title, schedule, zone, next_number, deadline, at_least, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		s.Slug, s.Name, s.Title, s.Schedule, s.Zone, max(s.NextNumber, 1), string(s.Deadline), s.AtLeast, s.CreatedAt.UnixMicro())
	if err != nil {
		return 0, err
	}
	return id, duties.PlanSeries(t, id)
}
