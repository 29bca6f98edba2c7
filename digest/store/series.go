package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
)

const seriesColumns = `id, slug, name, title, schedule, zone, next_number, deadline, created_at`

func scanSeries(r row) (s digest.Series, err error) {
	err = r.scan(&s.ID, &s.Slug, &s.Name, &s.Title, &s.Schedule, &s.Zone, &s.NextNumber, &s.Deadline, &s.CreatedAt)
	return s, err
}

// SeriesList gives all series, by id.
func (db *DB) SeriesList(ctx context.Context) (all []digest.Series, err error) {
	err = db.view(ctx, "list the series", func(t *tx) error {
		return t.each(func(r row) error {
			s, err := scanSeries(r)
			all = append(all, s)
			return err
		}, `SELECT `+seriesColumns+` FROM series ORDER BY id`)
	})
	return all, err
}

// ChangeSettings stores the fields that are set, and no others, and gives all as
// they are now. In the same transaction follow changes the series' open draft, if
// there is one. Without a series (0) only what all share is changed. A number that is not above every number an issue has is an error of
// kind Conflict; an unknown series is one of kind NotFound.
func (db *DB) ChangeSettings(ctx context.Context, by digest.Actor, seriesID int64, s desk.Settings, at time.Time, follow desk.Follow) (is digest.Series, pub digest.Publication, err error) {
	err = db.update(ctx, "change the settings", func(t *tx) (err error) {
		if seriesID != 0 {
			if is, err = t.changeSeries(by, seriesID, s, at, follow); err != nil {
				return err
			}
		}
		err = t.setColumns("publication", 1, []column{
			{"name", s.Publication}, {"language", s.Language}, {"postal_address", s.PostalAddress}})
		if err != nil {
			return err
		}
		if pub, err = t.publication(); err != nil {
			return err
		}
		return t.bump()
	})
	return is, pub, err
}

func (t *tx) series(id int64) (s digest.Series, err error) {
	found := false
	err = t.each(func(r row) (err error) {
		found = true
		s, err = scanSeries(r)
		return err
	}, `SELECT `+seriesColumns+` FROM series WHERE id = $1`, id)
	if err == nil && !found {
		err = missing("there is no series %d", id)
	}
	return s, err
}

func (t *tx) changeSeries(by digest.Actor, id int64, s desk.Settings, at time.Time, follow desk.Follow) (is digest.Series, err error) {
	// A draft that opens meanwhile takes a number: both take turns.
	if err := t.lock(`SELECT id FROM series WHERE id = $1 FOR UPDATE`, id); err != nil {
		return is, err
	}
	was, err := t.series(id)
	if err != nil {
		return is, err
	}
	if s.NextNumber != nil {
		if err := t.isFree(was, *s.NextNumber); err != nil {
			return is, err
		}
	}
	err = t.setColumns("series", id, []column{
		{"name", s.Name}, {"title", s.Title}, {"schedule", s.Schedule}, {"zone", s.Zone}, {"next_number", s.NextNumber}})
	if err != nil {
		return is, err
	}
	if is, err = t.series(id); err != nil {
		return is, err
	}
	return is, t.followSettings(by, was, is, at, follow)
}

// isFree refuses a number for the next issue that is not above every number taken.
func (t *tx) isFree(series digest.Series, number int) error {
	highest, err := t.number(`SELECT COALESCE(MAX(number), 0) FROM issues WHERE series_id = $1`, series.ID)
	if err == nil && int64(number) <= highest {
		return conflict("A number is never used twice: choose a higher one.",
			"the next number of %q cannot be %d: the numbers up to %d are taken", series.Name, number, highest)
	}
	return err
}

// column is a column with its new value: a pointer, nil to leave it alone.
type column struct {
	name  string
	value any
}

// setColumns sets the columns of one row that have a value.
func (t *tx) setColumns(table string, id int64, columns []column) error {
	var sets []string
	args := []any{id}
	for _, c := range columns {
		if v := reflect.ValueOf(c.value); !v.IsNil() {
			args = append(args, v.Elem().Interface())
			sets = append(sets, fmt.Sprintf("%s = $%d", c.name, len(args)))
		}
	}
	if len(sets) == 0 {
		return nil
	}
	_, err := t.exec(`UPDATE `+table+` SET `+strings.Join(sets, ", ")+` WHERE id = $1`, args...)
	return err
}

// followSettings lets the series' open draft follow its settings.
func (t *tx) followSettings(by digest.Actor, was, is digest.Series, at time.Time, follow desk.Follow) error {
	if err := t.lock(`SELECT id FROM issues WHERE series_id = $1 AND state = 'draft' FOR UPDATE`, is.ID); err != nil {
		return err
	}
	all, err := t.issues(`SELECT `+issueColumns+` FROM issues WHERE series_id = $1 ORDER BY number DESC LIMIT $2`, is.ID, DefaultLimit)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(i digest.Issue) bool { return i.State == digest.Draft })
	if i < 0 || follow == nil {
		return nil
	}
	draft := all[i]
	words, err := follow(was, is, &draft, all)
	if err != nil || words == "" {
		return err
	}
	_, err = t.exec(`UPDATE issues SET title = $1, slot = $2, due_at = $3, version = version + 1 WHERE id = $4`,
		draft.Title, draft.Slot, draft.DueAt, draft.ID)
	if err != nil {
		return err
	}
	rev := digest.Revision{IssueID: draft.ID, Version: draft.Version + 1, At: at, By: by, Did: digest.Followed, Words: words}
	if err := t.addRevision(rev); err != nil {
		return err
	}
	return t.replanIssue(draft.ID)
}

// addSeries stores a new series and gives its id.
func (t *tx) addSeries(s digest.Series) (id int64, err error) {
	_, err = t.one([]any{&id}, `
		INSERT INTO series (slug, name, title, schedule, zone, next_number, deadline, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		s.Slug, s.Name, s.Title, s.Schedule, s.Zone, max(s.NextNumber, 1), string(s.Deadline), s.CreatedAt.UnixMicro())
	if err != nil {
		return 0, err
	}
	return id, t.planSeries(id)
}
