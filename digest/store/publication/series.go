package publication

import (
	"context"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
)

const seriesColumns = `id, slug, name, title, schedule, zone, next_number, deadline, created_at`

func scanSeries(r database.Row) (s digest.Series, err error) {
	err = r.Scan(&s.ID, &s.Slug, &s.Name, &s.Title, &s.Schedule, &s.Zone, &s.NextNumber, &s.Deadline, &s.CreatedAt)
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

// SaveSeries stores a series' settings; CreatedAt is never changed. A number
// that is not above every number an issue has, and a slug that another series
// has, are errors of kind Conflict; an unknown series is one of kind NotFound.
func (db *Store) SaveSeries(ctx context.Context, s digest.Series) error {
	return db.Update(ctx, "save the series", func(t *database.Tx) error {
		// A draft that opens meanwhile takes a number: both take turns.
		if err := t.Lock(`SELECT id FROM series WHERE id = $1 FOR UPDATE`, s.ID); err != nil {
			return err
		}
		highest, err := t.Number(`SELECT COALESCE(MAX(number), 0) FROM issues WHERE series_id = $1`, s.ID)
		if err != nil {
			return err
		}
		if int64(s.NextNumber) <= highest {
			return database.Conflict("A number is never used twice: choose a higher one.",
				"the next number of %q cannot be %d: the numbers up to %d are taken", s.Name, s.NextNumber, highest)
		}
		n, err := t.Exec(`
			UPDATE series SET slug = $1, name = $2, title = $3, schedule = $4, zone = $5,
				next_number = $6, deadline = $7
			WHERE id = $8`,
			s.Slug, s.Name, s.Title, s.Schedule, s.Zone, s.NextNumber, string(s.Deadline), s.ID)
		switch {
		case db.Dialect.Code(err) == database.CodeUnique:
			return database.Conflict("Choose another slug.", "another series has the slug %q", s.Slug)
		case err != nil:
			return err
		case n == 0:
			return database.Missing("there is no series %d", s.ID)
		}
		if err := duties.RenameDuties(t, s.ID, s.Slug); err != nil {
			return err
		}
		return t.Bump()
	})
}

// AddSeries stores a new series and gives its id.
func AddSeries(t *database.Tx, s digest.Series) (id int64, err error) {
	_, err = t.One([]any{&id}, `
		INSERT INTO series (slug, name, title, schedule, zone, next_number, deadline, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		s.Slug, s.Name, s.Title, s.Schedule, s.Zone, max(s.NextNumber, 1), string(s.Deadline), s.CreatedAt.UnixMicro())
	if err != nil {
		return 0, err
	}
	return id, duties.PlanSeries(t, id)
}
