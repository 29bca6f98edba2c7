package store

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// Status is what a health page shows.
type Status struct {
	Schema   int       // the schema's version
	LastPull time.Time // the newest good answer of any feed, zero if none
	// FailingFeeds counts feeds whose last poll failed.
	FailingFeeds int
	// Newest is the newest issue of any series, without Blocks and Frozen; its ID
	// is 0 if there is none.
	Newest digest.Issue
	// Open counts the deliveries of sending and paused issues to which something
	// will still happen, and Uncertain those of any issue that wait for a person.
	Open, Uncertain int
	// Notices counts the confirmation mails not sent yet.
	Notices int
}

// Status reads the state of the whole installation. An error means that the
// database does not work.
func (db *DB) Status(ctx context.Context) (s Status, err error) {
	err = db.view(ctx, "read the status", func(t *tx) error {
		if s.Schema, err = db.schema(t); err != nil {
			return err
		}
		if _, err := t.one([]any{&s.LastPull, &s.FailingFeeds}, `
			SELECT MAX(last_success), COALESCE(SUM(CASE WHEN failures > 0 THEN 1 ELSE 0 END), 0) FROM feeds`); err != nil {
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

func (t *tx) backlog(s *Status) error {
	open, err := t.counts(`
		SELECT state, COUNT(*) FROM deliveries
		WHERE issue_id IN (SELECT id FROM issues WHERE state IN ('sending', 'paused'))
			AND state IN ('queued', 'sending', 'deferred')
		GROUP BY state`)
	if err != nil {
		return err
	}
	s.Open = subscribers.Counts.Open(open)
	_, err = t.one([]any{&s.Uncertain, &s.Notices}, `
		SELECT (SELECT COUNT(*) FROM deliveries WHERE state = 'uncertain'), (SELECT COUNT(*) FROM notices)`)
	return err
}
