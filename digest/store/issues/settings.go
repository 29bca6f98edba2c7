package issues

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/publication"
)

// ChangeSettings stores the fields that are set; see [desk.Store]. Without a series (0) only
// what all share is changed. An unknown series is an error of kind NotFound.
func (db *Store) ChangeSettings(ctx context.Context, by digest.Actor, seriesID int64, s desk.Settings, at time.Time, follow desk.Follow) (is digest.Series, pub digest.Publication, err error) {
	err = db.Update(ctx, "change the settings", func(t *database.Tx) (err error) {
		if seriesID != 0 {
			if is, err = changeSeries(t, by, seriesID, s, at, follow); err != nil {
				return err
			}
		}
		err = setColumns(t, "publication", 1, []column{
			{"name", s.Publication}, {"language", s.Language}, {"postal_address", s.PostalAddress}})
		if err != nil {
			return err
		}
		if pub, err = publication.Read(t); err != nil {
			return err
		}
		return t.Bump()
	})
	return is, pub, err
}

func changeSeries(t *database.Tx, by digest.Actor, id int64, s desk.Settings, at time.Time, follow desk.Follow) (is digest.Series, err error) {
	// A draft that opens meanwhile takes a number: both take turns.
	if err := t.Lock(`SELECT id FROM series WHERE id = $1 FOR UPDATE`, id); err != nil {
		return is, err
	}
	was, err := publication.Series(t, id)
	if err != nil {
		return is, err
	}
	if s.NextNumber != nil {
		if err := isFree(t, was, *s.NextNumber); err != nil {
			return is, err
		}
	}
	err = setColumns(t, "series", id, []column{
		{"name", s.Name}, {"title", s.Title}, {"schedule", s.Schedule}, {"zone", s.Zone}, {"next_number", s.NextNumber}})
	if err != nil {
		return is, err
	}
	if is, err = publication.Series(t, id); err != nil {
		return is, err
	}
	return is, followSettings(t, by, was, is, at, follow)
}

// isFree refuses a number for the next issue that is not above every number taken.
func isFree(t *database.Tx, series digest.Series, number int) error {
	highest, err := t.Number(`SELECT COALESCE(MAX(number), 0) FROM issues WHERE series_id = $1`, series.ID)
	if err == nil && int64(number) <= highest {
		return database.Conflict("A number is never used twice: choose a higher one.",
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
func setColumns(t *database.Tx, table string, id int64, columns []column) error {
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
	_, err := t.Exec(`UPDATE `+table+` SET `+strings.Join(sets, ", ")+` WHERE id = $1`, args...)
	return err
}

// followSettings lets the series' open draft follow its settings.
func followSettings(t *database.Tx, by digest.Actor, was, is digest.Series, at time.Time, follow desk.Follow) error {
	if err := t.Lock(`SELECT id FROM issues WHERE series_id = $1 AND state = 'draft' FOR UPDATE`, is.ID); err != nil {
		return err
	}
	all, err := Issues(t, `SELECT `+IssueColumns+` FROM issues WHERE series_id = $1 ORDER BY number DESC LIMIT $2`, is.ID, database.DefaultLimit)
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
	_, err = t.Exec(`UPDATE issues SET title = $1, slot = $2, due_at = $3, version = version + 1 WHERE id = $4`,
		draft.Title, draft.Slot, draft.DueAt, draft.ID)
	if err != nil {
		return err
	}
	rev := digest.Revision{IssueID: draft.ID, Version: draft.Version + 1, At: at, By: by, Did: digest.Followed, Words: words}
	if err := addRevision(t, rev); err != nil {
		return err
	}
	return duties.ReplanIssue(t, draft.ID)
}
