package status

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/health"
	"postbag/digest/store/database"
	"postbag/digest/store/ledger"
	"postbag/digest/store/publication"
	"postbag/digest/store/rules"
)

// queryOldestDue gives the earliest moment of the issue $1 at which a row was, or will be,
// due that is not on the wire. Of each queue it looks at the first row alone.
const queryOldestDue = `
	SELECT next_try FROM (
		SELECT * FROM (SELECT next_try, id FROM deliveries WHERE issue_id = $1 AND state = 'queued' AND next_try IS NOT NULL
			ORDER BY next_try, id LIMIT 1) AS queued
		UNION ALL
		SELECT * FROM (SELECT next_try, id FROM deliveries WHERE issue_id = $1 AND state = 'claimed' AND next_try IS NOT NULL
			ORDER BY next_try, id LIMIT 1) AS claimed
		UNION ALL
		SELECT * FROM (SELECT next_try, id FROM deliveries WHERE issue_id = $1 AND state = 'deferred' AND next_try IS NOT NULL
			ORDER BY next_try, id LIMIT 1) AS deferred
	) AS first ORDER BY next_try LIMIT 1`

// queryOldestLetter gives the letter that was asked for first.
const queryOldestLetter = `SELECT created_at FROM letters WHERE id = (SELECT MIN(id) FROM letters)`

// mostPast is how many of the newest issues are looked at for what went out last.
const mostPast = 500

// Figures reads what a monitor watches, at one instant.
func (db *Store) Figures(ctx context.Context) (f health.Figures, err error) {
	err = db.View(ctx, "read the figures", func(t *database.Tx) error {
		if f.Stored, err = db.stored(t); err != nil {
			return err
		}
		if f.HeldSince, _, err = publication.HeldSince(t); err != nil {
			return err
		}
		if _, err = t.One([]any{&f.LastPublished, &f.LastSent}, `
			SELECT MAX(published_at), MAX(sent_at) FROM (SELECT published_at, sent_at FROM issues ORDER BY id DESC LIMIT $1) AS past`, mostPast); err != nil {
			return err
		}
		if _, err = t.One([]any{&f.OldestLetter}, queryOldestLetter); err != nil {
			return err
		}
		for _, c := range []struct {
			to    *int
			query string
		}{
			{&f.Feeds, `SELECT COUNT(*) FROM feeds`},
			{&f.Workers, `SELECT COUNT(*) FROM workers WHERE ended_at IS NULL AND leased_until >= ` + t.Dialect.Now},
			{&f.UnderWay, `SELECT COUNT(*) FROM issues WHERE ` + rules.Mailing},
		} {
			n, err := t.Number(c.query)
			if err != nil {
				return err
			}
			*c.to = int(n)
		}
		size, err := t.Number(t.Dialect.Size)
		if f.Bytes = int64(size); err != nil {
			return err
		}
		f.Mailing, err = mailing(t)
		return err
	})
	return f, err
}

// mailing reads the issues that are being mailed.
func mailing(t *database.Tx) (all []health.Mailing, err error) {
	var ids []int64
	var begun []time.Time
	if err := t.Each(func(r database.Row) error {
		var m health.Mailing
		var id int64
		var state digest.IssueState
		var at time.Time
		err := r.Scan(&id, &m.Series, &m.Number, &state, &at)
		m.Paused = state == digest.Paused
		ids, begun, all = append(ids, id), append(begun, at), append(all, m)
		return err
	}, `SELECT i.id, s.slug, i.number, i.state, i.mailing_begun FROM issues i JOIN series s ON s.id = i.series_id
		WHERE i.`+rules.Mailing+` ORDER BY i.id DESC LIMIT $1`, health.MostMailing); err != nil {
		return nil, err
	}
	for i, id := range ids {
		if all[i].Counts, err = ledger.CountsOf(t, id); err != nil {
			return nil, err
		}
		var due time.Time
		found, err := t.One([]any{&due}, queryOldestDue, id)
		if err != nil {
			return nil, err
		}
		if found && due.Before(begun[i]) {
			due = begun[i] // a row that was not tried yet is due since the mailing began
		}
		all[i].OldestDue = due
	}
	return all, nil
}
