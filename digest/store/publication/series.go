package publication

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
)

const seriesColumns = `id, slug, name, title, schedule, zone, next_number, deadline, at_least, created_at`

func scanSeries(r database.Row) (s digest.Series, err error) {
	err = r.Scan(&s.ID, &s.Slug, &s.Name, &s.Title, &s.Schedule, &s.Zone, &s.NextNumber, &s.Deadline, &s.AtLeast, &s.CreatedAt)
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
