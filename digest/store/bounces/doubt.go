package bounces

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/store/list"
	"postbag/digest/store/rules"
	"postbag/subscribers"
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

// leastDoubted is how many refused readers there are at least where any may be doubted.
const leastDoubted = 3

var (
	queryUnknown = `SELECT COUNT(*) FROM (SELECT 1 FROM deliveries WHERE issue_id = $1 AND state = 'failed'
		AND cause = 'address-refused' LIMIT $2) AS unknown`
	queryTried = `
		SELECT s.email, CASE WHEN d.state = 'failed' AND d.cause = 'address-refused' THEN 1 ELSE 0 END
		FROM deliveries d JOIN subscribers s ON s.id = d.subscriber_id
		WHERE d.issue_id = $1 AND ` + rules.Either("d.state", []subscribers.DeliveryState{subscribers.Delivered, subscribers.Failed, subscribers.Deferred, subscribers.Uncertain})
)

// Tallies counts by domain who was tried and who refused; see [bounce.Store]. Where there
// may be doubt it reads the rows of the issue once.
func (db *Store) Tallies(ctx context.Context, issueID int64) (all map[string]bounce.Tally, err error) {
	err = db.View(ctx, "count refused addresses", func(t *database.Tx) error {
		all = map[string]bounce.Tally{}
		if n, err := t.Number(queryUnknown, issueID, leastDoubted); err != nil || n < leastDoubted {
			return err
		}
		return t.Each(func(r database.Row) error {
			var email string
			var refused int
			err := r.Scan(&email, &refused)
			domain := bounce.DomainOf(email)
			tally := all[domain]
			tally.Tried++
			tally.Refused += refused
			all[domain] = tally
			return err
		}, queryTried, issueID)
	})
	return all, err
}

// mostDoubted bounds how many readers are counted in a look for what is not believed.
const mostDoubted = 20_000

// Doubted tells, of issues whose mailing began since a moment, who was refused and not
// believed, is on the list still and has not got the issue since.
func (db *Store) Doubted(ctx context.Context, since time.Time) (all []bounce.Doubted, err error) {
	err = db.View(ctx, "look for refusals that are not believed", func(t *database.Tx) error {
		all = nil
		at := map[string]int{}
		return t.Each(func(r database.Row) error {
			var d bounce.Doubted
			var email string
			if err := r.Scan(&d.IssueID, &d.Series, &d.Number, &d.Title, &email); err != nil {
				return err
			}
			d.Domain = bounce.DomainOf(email)
			key := fmt.Sprint(d.IssueID, " ", d.Domain)
			if _, known := at[key]; !known {
				at[key] = len(all)
				all = append(all, d)
			}
			all[at[key]].Readers++
			return nil
		}, `SELECT i.id, x.slug, i.number, i.title, s.email
			FROM issues i JOIN series x ON x.id = i.series_id JOIN bounces b ON b.issue_id = i.id AND b.kind = 'doubtful'
			JOIN subscribers s ON s.id = b.subscriber_id AND s.state = 'active'
			JOIN deliveries d ON d.issue_id = i.id AND d.subscriber_id = s.id AND d.state = 'failed'
			WHERE i.mailing_begun >= $1 ORDER BY i.id DESC, b.id LIMIT $2`, since.UnixMicro(), mostDoubted)
	})
	return all, err
}

// The readers that a decision means: those who bounced by nothing but a refusal in the
// issue $1, and those whose refusal there was not believed. A moment of leaving that is
// not the refusal's is somebody's word, or a later event's.
const (
	queryBouncedIn = `
		SELECT s.id, s.email, b.at FROM bounces b JOIN subscribers s ON s.id = b.subscriber_id
		WHERE b.issue_id = $1 AND b.source = 'smtp' AND b.became = 'bounced' AND s.state = 'bounced' AND s.left_at = b.at AND s.email <> ''
			AND NOT EXISTS (SELECT 1 FROM bounces e WHERE e.subscriber_id = s.id AND (e.kind = 'complaint' OR e.kind = 'unsubscribe') AND e.at >= COALESCE(s.confirmed_at, 0))
		ORDER BY s.id`
	queryDoubtedIn = `
		SELECT s.id, s.email, b.at FROM bounces b JOIN subscribers s ON s.id = b.subscriber_id
		WHERE b.issue_id = $1 AND b.kind = 'doubtful' AND s.state = 'active' AND s.email <> ''
			AND (s.confirmed_at IS NULL OR s.confirmed_at <= b.at)
			AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.issue_id = $1 AND d.subscriber_id = s.id AND d.state = 'sent') ORDER BY s.id`
	queryReinstate = `UPDATE subscribers SET state = 'active', left_at = NULL WHERE id = $1 AND state = 'bounced' AND left_at = $2`
	queryUnscore   = `DELETE FROM bounce_scores WHERE subscriber_id = $1`
	queryDoubt     = `
		UPDATE bounces SET kind = 'doubtful', key = $3, counted = 0, became = ''
		WHERE issue_id = $1 AND subscriber_id = $2 AND source = 'smtp' AND became = 'bounced'`
	queryBelieve = `
		UPDATE bounces SET kind = 'hard', key = $3, counted = 1, became = 'bounced'
		WHERE issue_id = $1 AND subscriber_id = $2 AND kind = 'doubtful'`
)

// refusedReader is one whom a decision means.
type refusedReader struct {
	id int64
	at time.Time
}

func meant(t *database.Tx, x bounce.Decision) (all []refusedReader, err error) {
	query := queryBouncedIn
	if x.Gone {
		query = queryDoubtedIn
	}
	err = t.Each(func(r database.Row) error {
		var one refusedReader
		var email string
		err := r.Scan(&one.id, &email, &one.at)
		if x.Domain == "" || bounce.DomainOf(email) == x.Domain {
			all = append(all, one)
		}
		return err
	}, query, x.IssueID)
	return all, err
}

// CountRefusedReaders counts the readers of a decision; see [bounce.Store].
func (db *Store) CountRefusedReaders(ctx context.Context, x bounce.Decision) (n int, err error) {
	err = db.View(ctx, "count refused addresses", func(t *database.Tx) error {
		all, err := meant(t, x)
		n = len(all)
		return err
	})
	return n, err
}

// DecideRefused carries out a decision; see [bounce.Store].
func (db *Store) DecideRefused(ctx context.Context, by digest.Actor, x bounce.Decision) (n int, err error) {
	err = db.Update(ctx, "decide about refused addresses", func(t *database.Tx) error {
		n = 0
		all, err := meant(t, x)
		if err != nil {
			return err
		}
		for _, one := range all {
			if err := t.Lock(`SELECT id FROM subscribers WHERE id = $1 FOR NO KEY UPDATE`, one.id); err != nil {
				return err
			}
		}
		// Who confirmed or left before the locks were there is not meant any more.
		if all, err = meant(t, x); err != nil {
			return err
		}
		for _, one := range all {
			do := reinstate
			if x.Gone {
				do = believe
			}
			if err := do(t, x, one); err != nil {
				return err
			}
		}
		if n = len(all); n == 0 {
			return nil
		}
		number, err := t.Number(`SELECT number FROM issues WHERE id = $1`, x.IssueID)
		if err != nil {
			return err
		}
		did, on := digest.AddressReleased, fmt.Sprintf("%d readers whom servers refused in issue %d", n, number)
		if x.Gone {
			did, on = digest.AddressSuppressed, fmt.Sprintf("of each of %d readers whom servers refused in issue %d", n, number)
		}
		return audit.Add(t, by, did, on, x.Domain)
	})
	return n, err
}

// reinstate lets a reader be mailed again, and keeps the refusal as one that says nothing.
func reinstate(t *database.Tx, x bounce.Decision, one refusedReader) error {
	n, err := t.Exec(queryReinstate, one.id, one.at.UnixMicro())
	if err != nil || n == 0 {
		return err
	}
	if _, err := t.Exec(queryUnscore, one.id); err != nil {
		return err
	}
	_, err = t.Exec(queryDoubt, x.IssueID, one.id, bounce.KeyOf(x.IssueID, one.id, report.Doubtful))
	return err
}

// believe takes a refusal for a bounce.
func believe(t *database.Tx, x bounce.Decision, one refusedReader) error {
	if _, err := t.Exec(queryBelieve, x.IssueID, one.id, bounce.KeyOf(x.IssueID, one.id, report.Hard)); err != nil {
		return err
	}
	return list.End(t, one.id, subscribers.Bounced, one.at, t.Now())
}
