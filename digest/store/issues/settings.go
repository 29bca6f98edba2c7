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
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/store/duties"
	"postbag/digest/store/publication"
	"postbag/digest/store/rules"
)

// ChangeSettings stores the fields that are set; see [desk.Store]. Without a series (0) only
// what all share is changed. An unknown series is an error of kind NotFound.
func (db *Store) ChangeSettings(ctx context.Context, by digest.Actor, seriesID int64, s desk.Settings, at time.Time, follow desk.Follow) (done desk.Changed, err error) {
	err = db.Update(ctx, "change the settings", func(t *database.Tx) (err error) {
		if seriesID != 0 {
			if done, err = changeSeries(t, by, seriesID, s, at, follow); err != nil {
				return err
			}
		}
		was := wasOf(s)
		columns := []setting{
			{"name", s.Publication, was.Publication}, {"home_url", s.HomeURL, was.HomeURL}, {"language", s.Language, was.Language},
			{"postal_address", s.PostalAddress, was.PostalAddress}, {"watch_list", s.WatchList, was.WatchList},
			{"glossary", s.Glossary, was.Glossary}, {"separator", s.Separator, was.Separator}}
		if err := setColumns(t, "publication", 1, columns); err != nil {
			return err
		}
		if words := told(columns); words != "" {
			if err := audit.Add(t, by, digest.PublicationChanged, "the publication", words); err != nil {
				return err
			}
		}
		if done.Publication, err = publication.Read(t); err != nil {
			return err
		}
		return t.Bump()
	})
	return done, err
}

func changeSeries(t *database.Tx, by digest.Actor, id int64, s desk.Settings, at time.Time, follow desk.Follow) (done desk.Changed, err error) {
	// A draft that opens meanwhile takes a number: both take turns.
	if err := t.Lock(`SELECT id FROM series WHERE id = $1 FOR UPDATE`, id); err != nil {
		return done, err
	}
	was, err := publication.Series(t, id)
	if err != nil {
		return done, err
	}
	saw := wasOf(s)
	columns := []setting{{"name", s.Name, saw.Name}, {"title", s.Title, saw.Title}, {"schedule", s.Schedule, saw.Schedule}, {"zone", s.Zone, saw.Zone},
		{"next_number", s.NextNumber, saw.NextNumber}, {"deadline", s.Deadline, saw.Deadline}, {"at_least", s.AtLeast, saw.AtLeast}}
	if err := setColumns(t, "series", id, columns); err != nil {
		return done, err
	}
	if s.Sources != nil {
		if err := publication.SetSources(t, id, *s.Sources); err != nil {
			return done, err
		}
	}
	if words := told(columns); words != "" || s.Sources != nil {
		if s.Sources != nil {
			words = strings.TrimPrefix(words+", blogs", ", ")
		}
		if err := audit.Add(t, by, digest.SeriesChanged, was.Name, words); err != nil {
			return done, err
		}
	}
	if done.Series, err = publication.Series(t, id); err != nil {
		return done, err
	}
	if err := followSettings(t, by, was, &done, at, follow); err != nil {
		return done, err
	}
	if s.NextNumber == nil {
		return done, nil
	}
	return done, isFree(t, done)
}

// isFree refuses a number for the next issue that is not above every number taken.
func isFree(t *database.Tx, done desk.Changed) error {
	series := done.Series
	highest, err := t.Number(`SELECT COALESCE(MAX(number), 0) FROM issues WHERE series_id = $1 AND `+rules.Stands, series.ID)
	if err == nil && int64(series.NextNumber) <= highest {
		return taken(series, series.NextNumber, int(highest))
	}
	return err
}

func taken(series digest.Series, number, highest int) error {
	return database.Conflict("A number is never used twice: choose a higher one.",
		"the next number of %q cannot be %d: the numbers up to %d are taken", series.Name, number, highest)
}

// column is a column with a value.
type column struct {
	name  string
	value any
}

// setting is a column with its new value, and with the one that it is to have before:
// pointers, nil to leave it alone, and for any.
type setting struct {
	name       string
	value, was any
}

func wasOf(s desk.Settings) desk.Settings {
	if s.Was == nil {
		return desk.Settings{}
	}
	return *s.Was
}

// mostTold is how long a value may be that the audit list repeats, in bytes.
const mostTold = 100

// told says which columns get which values, for the audit list.
func told(columns []setting) string {
	var words []string
	for _, c := range columns {
		if v := reflect.ValueOf(c.value); !v.IsNil() {
			name, value := strings.ReplaceAll(c.name, "_", " "), fmt.Sprint(v.Elem().Interface())
			if len(value) <= mostTold && !strings.Contains(value, "\n") { // a longer one is a list or a text
				name += " “" + value + "”"
			}
			words = append(words, name)
		}
	}
	return strings.Join(words, ", ")
}

// setColumns sets the columns of one row that have a value. The error is of kind Conflict
// when one is not what it is to be before.
func setColumns(t *database.Tx, table string, id int64, columns []setting) error {
	var sets []string
	args, as := []any{id}, ""
	for _, c := range columns {
		v := reflect.ValueOf(c.value)
		if v.IsNil() {
			continue
		}
		args = append(args, v.Elem().Interface())
		sets = append(sets, fmt.Sprintf("%s = $%d", c.name, len(args)))
		if was := reflect.ValueOf(c.was); was.IsValid() && !was.IsNil() {
			args = append(args, was.Elem().Interface())
			as += fmt.Sprintf(" AND %s = $%d", c.name, len(args))
		}
	}
	if len(sets) == 0 {
		return nil
	}
	n, err := t.Exec(`UPDATE `+table+` SET `+strings.Join(sets, ", ")+` WHERE id = $1`+as, args...)
	if err == nil && n == 0 && as != "" {
		return database.Conflict("Look at them again.", "the settings were changed by someone else meanwhile")
	}
	return err
}

// followSettings lets the series' open draft follow its settings.
func followSettings(t *database.Tx, by digest.Actor, was digest.Series, done *desk.Changed, at time.Time, follow desk.Follow) error {
	id := done.Series.ID
	if err := t.Lock(`SELECT id FROM issues WHERE series_id = $1 AND `+rules.NextDraft+` FOR UPDATE`, id); err != nil {
		return err
	}
	draft, err := wholeIssue(t, `SELECT `+IssueColumns+`, frozen FROM issues WHERE series_id = $1 AND `+rules.NextDraft, id)
	if err != nil || draft.ID == 0 {
		return err
	}
	done.Was, done.Draft = draft, draft
	if follow == nil {
		return nil
	}
	all, err := Issues(t, `SELECT `+IssueColumns+` FROM issues WHERE series_id = $1 ORDER BY number DESC, id DESC LIMIT $2`, id, database.DefaultLimit)
	if err != nil {
		return err
	}
	next := done.Series.NextNumber
	words, err := follow(was, &done.Series, &done.Draft, all)
	if err != nil {
		return err
	}
	for _, other := range all { // the highest number first
		if !slices.Contains(digest.UnusedStates(), other.State) && other.ID != draft.ID && done.Draft.Number != draft.Number && other.Number >= done.Draft.Number {
			return taken(done.Series, done.Draft.Number, other.Number)
		}
	}
	if done.Series.NextNumber != next {
		if _, err := t.Exec(`UPDATE series SET next_number = $1 WHERE id = $2`, done.Series.NextNumber, id); err != nil {
			return err
		}
	}
	if words == "" {
		return nil
	}
	return saveFollowed(t, &done.Draft, digest.Revision{At: at, By: by, Did: digest.Followed, Words: words})
}

// saveFollowed stores what the settings made of a draft.
func saveFollowed(t *database.Tx, draft *digest.Issue, rev digest.Revision) error {
	var title string
	if _, err := t.One([]any{&title}, `SELECT title FROM issues WHERE id = $1`, draft.ID); err != nil {
		return err
	}
	if draft.Version++; title != draft.Title {
		draft.TitleVersion = draft.Version
	}
	_, err := t.Exec(`UPDATE issues SET number = $1, title = $2, slot = $3, due_at = $4, version = $5, title_version = $6 WHERE id = $7`,
		draft.Number, draft.Title, draft.Slot, draft.DueAt, draft.Version, draft.TitleVersion, draft.ID)
	if err != nil {
		return err
	}
	rev.IssueID, rev.Version = draft.ID, draft.Version
	if err := addRevision(t, rev); err != nil {
		return err
	}
	return duties.ReplanIssue(t, draft.ID)
}
