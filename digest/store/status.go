package store

import (
	"context"
	"time"

	"postbag/digest"
)

// Status is what a health page shows.
type Status struct {
	Schema   int       // the schema's version
	LastPull time.Time // the newest good answer of any feed, zero if none
	// FailingFeeds counts feeds whose last poll failed, by hand or not.
	FailingFeeds int
	// Newest is the newest issue of any series, without Blocks and Frozen; its ID
	// is 0 if there is none.
	Newest digest.Issue
	// Open counts the deliveries of sending and paused issues to which something
	// will still happen, and Uncertain those of any issue that wait for a person.
	Open, Uncertain int
	// Notices counts the confirmation mails not sent yet.
	Notices int
	// Active counts the subscribers who get the next issue.
	Active int
}

// StatusLimit is how far [DB.Status] counts: a larger number is told as this
// one, so that asking stays cheap however long the list is.
const StatusLimit = 100_000

// Ping tells whether the database answers, by the cheapest question there is.
func (db *DB) Ping(ctx context.Context) error {
	_, err := db.Generation(ctx)
	return err
}

// Status reads the state of the whole installation; no count goes beyond
// [StatusLimit].
func (db *DB) Status(ctx context.Context) (s Status, err error) {
	err = db.view(ctx, "read the status", func(t *tx) error {
		if s.Schema, err = db.schema(t); err != nil {
			return err
		}
		if _, err := t.one([]any{&s.LastPull, &s.FailingFeeds}, `
			SELECT MAX(last_success), COALESCE(SUM(CASE WHEN failures > 0 OR last_error <> '' THEN 1 ELSE 0 END), 0) FROM feeds`); err != nil {
			return err
		}
		newest, err := t.issues(`SELECT ` + issueColumns + ` FROM issues ORDER BY id DESC LIMIT 1`)
		if err != nil {
			return err
		}
		if len(newest) > 0 {
			s.Newest = newest[0]
		}
		return t.backlog(&s)
	})
	return s, err
}

// The rows that a status counts, each told by an index alone.
var (
	queryOpenDeliveries = `SELECT 1 FROM deliveries
		WHERE issue_id IN (SELECT id FROM issues WHERE state IN ('sending', 'paused'))
			AND ` + openDelivery
	queryUncertainDeliveries = `SELECT 1 FROM deliveries WHERE state = 'uncertain'`
	queryOpenNotices         = `SELECT 1 FROM notices`
	queryActiveSubscribers   = `SELECT 1 FROM subscribers WHERE ` + mailable
)

func (t *tx) backlog(s *Status) error {
	for _, c := range []struct {
		to    *int
		query string
	}{
		{&s.Open, queryOpenDeliveries},
		{&s.Uncertain, queryUncertainDeliveries},
		{&s.Notices, queryOpenNotices},
		{&s.Active, queryActiveSubscribers},
	} {
		n, err := t.number(`SELECT COUNT(*) FROM (`+c.query+` LIMIT $1) AS counted`, StatusLimit)
		if err != nil {
			return err
		}
		*c.to = int(n)
	}
	return nil
}
