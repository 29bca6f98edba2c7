package status

import (
	"context"
	"fmt"
	"time"

	"postbag/digest/health"
	"postbag/digest/store/database"
	"postbag/digest/store/issues"
	"postbag/digest/store/rules"
)

// Ping tells whether the database answers, by the cheapest question there is.
func (db *Store) Ping(ctx context.Context) error {
	_, err := db.Generation(ctx)
	return err
}

// Writable fails when nothing can be stored; see [database.DB.TryToWrite].
func (db *Store) Writable(ctx context.Context) error { return db.TryToWrite(ctx) }

// Status reads the state of the whole installation; no count goes beyond
// [health.Limit].
func (db *Store) Status(ctx context.Context) (s health.Stored, err error) {
	err = db.View(ctx, "read the status", func(t *database.Tx) error {
		s, err = db.stored(t)
		return err
	})
	return s, err
}

func (db *Store) stored(t *database.Tx) (s health.Stored, err error) {
	if s.Schema, err = db.SchemaIn(t); err != nil {
		return s, err
	}
	if _, err := t.One([]any{&s.LastPull, &s.FailingFeeds}, `
		SELECT MAX(last_success), COALESCE(SUM(CASE WHEN failures > 0 OR last_error <> '' THEN 1 ELSE 0 END), 0) FROM feeds`); err != nil {
		return s, err
	}
	newest, err := issues.Issues(t, `SELECT `+issues.IssueColumns+` FROM issues ORDER BY id DESC LIMIT 1`)
	if err != nil {
		return s, err
	}
	if len(newest) > 0 {
		s.Newest = newest[0]
	}
	return s, backlog(t, &s)
}

// What a status counts: letters by an index alone, and the rest by the kept counts.
var (
	queryOpenDeliveries = `SELECT SUM(n) FROM delivery_counts
		WHERE issue_id IN (SELECT id FROM issues WHERE ` + rules.Mailing + `) AND ` + rules.Open
	queryUncertainDeliveries = `SELECT SUM(n) FROM delivery_counts WHERE state = 'uncertain'`
	queryOpenLetters         = fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM letters LIMIT %d) AS counted`, health.Limit)
	queryActiveSubscribers   = `SELECT SUM(n) FROM subscriber_counts WHERE ` + rules.Mailable
)

func backlog(t *database.Tx, s *health.Stored) error {
	for _, c := range []struct {
		to    *int
		query string
	}{
		{&s.Open, queryOpenDeliveries},
		{&s.Uncertain, queryUncertainDeliveries},
		{&s.Letters, queryOpenLetters},
		{&s.Active, queryActiveSubscribers},
	} {
		n, err := t.Number(`SELECT CAST(COALESCE((` + c.query + `), 0) AS BIGINT)`)
		if err != nil {
			return err
		}
		*c.to = int(min(n, health.Limit))
	}
	return nil
}

// Time is the database's own clock: that of its server, or of this machine where it is a
// file.
func (db *Store) Time(ctx context.Context) (at time.Time, err error) {
	err = db.View(ctx, "read the database's clock", func(t *database.Tx) error {
		micros, err := t.Number(`SELECT ` + t.Dialect.Now)
		at = time.UnixMicro(int64(micros)).UTC()
		return err
	})
	return at, err
}
