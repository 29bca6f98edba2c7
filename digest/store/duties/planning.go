package duties

import (
	"context"
	"time"

	"postbag/digest/pull/identity"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
	"postbag/digest/work"
)

// lockDuties makes those who plan a subject's duties take turns, in a statement
// of its own: the next one sees what the one before has committed,
// where two that each saw only their own change would leave the moment of neither.
func lockDuties(t *database.Tx, of Subject, subject int64) error {
	if of == Nothing {
		return nil
	}
	return t.Lock(`SELECT name FROM duties WHERE kind IN (`+kindsOf(of)+`) AND subject = $1 ORDER BY name FOR UPDATE`, subject)
}

// Replan sets the next moment of a subject's duties by what is stored now.
// It tells those who wait for work when one changed.
func Replan(t *database.Tx, of Subject, subject int64) error {
	if of == Nothing {
		return nil
	}
	if err := lockDuties(t, of, subject); err != nil {
		return err
	}
	n, err := t.Exec(`UPDATE duties SET next_at = `+nextAt+`
		WHERE kind IN (`+kindsOf(of)+`) AND subject = $1 AND next_at IS DISTINCT FROM `+nextAt, subject)
	if n > 0 {
		t.Wake()
	}
	return err
}

// ReplanAll plans anew for every series.
func ReplanAll(t *database.Tx) error {
	all, err := t.IDs(`SELECT id FROM series ORDER BY id`)
	if err != nil {
		return err
	}
	for _, id := range all {
		if err := Replan(t, Series, id); err != nil {
			return err
		}
	}
	return nil
}

// ReplanIssue plans anew for the series of an issue.
func ReplanIssue(t *database.Tx, issueID int64) error {
	series, err := t.Number(`SELECT series_id FROM issues WHERE id = $1`, issueID)
	if err != nil {
		return err
	}
	return Replan(t, Series, series)
}

// Plan makes the given duties and those of all sources and series, and removes
// those of sources and series that are gone; see [work.Store]. What was done
// by a clock that has gone back since is due again.
func (db *Store) Plan(ctx context.Context, now time.Time, duties ...work.Duty) error {
	return db.Update(ctx, "plan the duties", func(t *database.Tx) error {
		if err := t.TakeTurns(database.TurnPlan); err != nil {
			return err
		}
		if _, err := t.Exec(`DELETE FROM duties WHERE worker_id IS NULL AND (
			kind IN (` + kindsOf(Source) + `) AND subject NOT IN ` + rules.FollowedSources + `
			OR kind IN (` + kindsOf(Series) + `) AND subject NOT IN (SELECT id FROM series))`); err != nil {
			return err
		}
		for _, d := range duties {
			if err := addDuty(t, d); err != nil {
				return err
			}
			if err := sooner(t, d); err != nil {
				return err
			}
		}
		if err := turnBack(t, now); err != nil {
			return err
		}
		sources, err := t.IDs(`SELECT id FROM sources WHERE ` + rules.Followed)
		if err != nil {
			return err
		}
		for _, id := range sources {
			if err := PlanSource(t, id); err != nil {
				return err
			}
		}
		series, err := t.IDs(`SELECT id FROM series`)
		if err != nil {
			return err
		}
		for _, id := range series {
			if err := PlanSeries(t, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// clocksDiffer is by how much the clocks of those who share a database may differ.
const clocksDiffer = 10 * time.Minute

// longestPoll is more than any feed is left alone for: a day, and another one of
// hours that it skips.
const longestPoll = 3 * 24 * time.Hour

// turnBack makes due now what was done by a clock that was ahead and has been put
// right since: what follows a run at an interval would wait until that clock's
// time has come. A reminder that was too late by that clock may not be.
func turnBack(t *database.Tx, now time.Time) error {
	ahead := now.Add(clocksDiffer)
	_, err := t.Exec(`UPDATE feeds SET next_poll = $1 WHERE (last_try > $2 AND next_poll > $1 OR next_poll > $3) AND stopped = 0`,
		now.UnixMicro(), ahead.UnixMicro(), now.Add(longestPoll).UnixMicro())
	if err != nil {
		return err
	}
	if _, err := t.Exec(`DELETE FROM reminders WHERE passed = 1 AND at > $1`, ahead.UnixMicro()); err != nil {
		return err
	}
	if err := boundMoments(t, now, ahead); err != nil {
		return err
	}
	_, err = t.Exec(`UPDATE duties SET next_at = $1
		WHERE done_at > $2 AND next_at > $1 AND worker_id IS NULL AND kind NOT IN (`+kindsOf(Source, Series)+`)`,
		now.UnixMicro(), ahead.UnixMicro())
	return err
}

// longestRetry is more than any letter waits for another try.
const longestRetry = 3 * 24 * time.Hour

// boundMoments trusts no stored moment that lies ahead of any clock of now: a letter would
// wait for it, a limit of sign-ups or of signing in would count until then, a session
// would last as long, and a window that was closed then would let no comment through.
// What was seen by such a clock counts as seen just after the windows that end now, so
// that nothing falls between two.
func boundMoments(t *database.Tx, now, ahead time.Time) error {
	for _, bound := range []struct {
		statement string
		args      []any
	}{
		{`UPDATE letters SET next_try = $1 WHERE state = 'queued' AND (created_at > $2 AND next_try > $1 OR next_try > $3)`,
			[]any{now.UnixMicro(), ahead.UnixMicro(), now.Add(longestRetry).UnixMicro()}},
		{`UPDATE letters SET created_at = $1 WHERE created_at > $2`, []any{now.UnixMicro(), ahead.UnixMicro()}},
		{`UPDATE signups SET at = $1 WHERE at > $2`, []any{now.UnixMicro(), ahead.UnixMicro()}},
		{`UPDATE attempts SET at = $1 WHERE at > $2`, []any{now.UnixMicro(), ahead.UnixMicro()}},
		{`DELETE FROM sessions WHERE began_at > $1`, []any{ahead.UnixMicro()}},
		{`UPDATE issues SET closed_at = $1 WHERE closed_at > $2`, []any{now.UnixMicro(), ahead.UnixMicro()}},
		{`UPDATE issues SET window_from = $1 WHERE window_from > $2`, []any{now.UnixMicro(), ahead.UnixMicro()}},
		{`UPDATE issues SET opened_at = $1 WHERE opened_at > $2 AND state = 'draft'`, []any{now.UnixMicro(), ahead.UnixMicro()}},
	} {
		if _, err := t.Exec(bound.statement, bound.args...); err != nil {
			return err
		}
	}
	sources, err := t.IDs(`SELECT id FROM sources`)
	if err != nil {
		return err
	}
	for _, id := range sources {
		_, err := t.Exec(`UPDATE comments SET first_seen = $1 WHERE source_id = $2 AND first_seen > $3`, now.UnixMicro()+1, id, ahead.UnixMicro())
		if err != nil {
			return err
		}
	}
	return nil
}

// addDuty makes a duty unless there is one of that name; that one takes the room.
func addDuty(t *database.Tx, d work.Duty) error {
	_, err := t.Exec(`
		INSERT INTO duties (name, kind, subject, room, next_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (name) DO UPDATE SET room = excluded.room
			WHERE duties.room <> excluded.room AND duties.worker_id IS NULL`,
		d.Name, string(d.Kind), d.Subject, d.Room, d.Next)
	return err
}

// sooner lets a duty that follows a schedule of the settings take its next moment
// from them, where they have been changed and the one before is later.
func sooner(t *database.Tx, d work.Duty) error {
	if !d.Scheduled {
		return nil
	}
	n, err := t.Exec(`UPDATE duties SET next_at = $1 WHERE name = $2 AND next_at > $1 AND worker_id IS NULL`, d.Next.UnixMicro(), d.Name)
	if n > 0 {
		t.Wake()
	}
	return err
}

// PlanSource makes the duties of a source, each alone at its host.
func PlanSource(t *database.Tx, id int64) error {
	var address string
	if _, err := t.One([]any{&address}, `SELECT url FROM feeds WHERE source_id = $1 ORDER BY id LIMIT 1`, id); err != nil {
		return err
	}
	return plan(t, Source, id, id, identity.Server(address))
}

// PlanSeries makes the duties of a series.
func PlanSeries(t *database.Tx, id int64) error {
	var slug string
	if _, err := t.One([]any{&slug}, `SELECT slug FROM series WHERE id = $1`, id); err != nil {
		return err
	}
	return plan(t, Series, id, slug, "")
}

// plan makes the duties of a subject, which are called by its name.
func plan(t *database.Tx, of Subject, id int64, name any, room string) error {
	for _, m := range moments {
		if m.of != of {
			continue
		}
		if err := addDuty(t, work.Duty{Name: work.NameOf(m.kind, name), Kind: m.kind, Subject: id, Room: room}); err != nil {
			return err
		}
	}
	return Replan(t, of, id)
}

// Forget removes the duties of a source that is not followed any more. A pull that
// is under way loses its lease.
func Forget(t *database.Tx, sourceID int64) error {
	_, err := t.Exec(`DELETE FROM duties WHERE kind IN (`+kindsOf(Source)+`) AND subject = $1`, sourceID)
	return err
}
