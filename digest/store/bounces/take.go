package bounces

import (
	"context"
	"slices"

	"postbag/digest/store/database"
	"postbag/digest/store/list"
	"postbag/digest/store/rules"
	"postbag/subscribers"
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

// TakeEvents keeps events that are new, and moves their readers; see [bounce.Store].
func (db *Store) TakeEvents(ctx context.Context, rules bounce.Rules, events []bounce.Known) (all []bounce.Taken, err error) {
	err = db.Update(ctx, "take bounces", func(t *database.Tx) error {
		all = make([]bounce.Taken, len(events))
		// Who takes several takes them in one order, and readers who confirm or leave
		// at this moment come before or after.
		var readers []int64
		for _, e := range events {
			readers = append(readers, e.SubscriberID)
		}
		slices.Sort(readers)
		for _, id := range slices.Compact(readers) {
			if err := t.Lock(`SELECT id FROM subscribers WHERE id = $1 FOR NO KEY UPDATE`, id); err != nil {
				return err
			}
		}
		for i, e := range events {
			var err error
			if all[i], err = take(t, rules, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

const (
	queryStanding = `
		SELECT s.email, s.state, s.confirmed_at, COALESCE(b.hard, 0), COALESCE(b.soft, 0), b.since, b.last_at
		FROM subscribers s LEFT JOIN bounce_scores b ON b.subscriber_id = s.id WHERE s.id = $1 AND s.email <> ''`
	queryAddBounce = `
		INSERT INTO bounces (key, subscriber_id, issue_id, at, kind, status, code, words, source, counted, became)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '') ON CONFLICT (key) DO NOTHING`
	queryJudged = `UPDATE bounces SET counted = $1, became = $2 WHERE key = $3`
	queryScored = `
		INSERT INTO bounce_scores (subscriber_id, hard, soft, since, last_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (subscriber_id) DO UPDATE SET hard = excluded.hard, soft = excluded.soft, since = excluded.since, last_at = excluded.last_at`
)

// queryClean looks for a mail to the reader $1 that was taken after $2 and before $3,
// and of which nothing came back.
var queryClean = `
	SELECT COUNT(*) FROM (SELECT 1 FROM deliveries d WHERE d.subscriber_id = $1 AND d.state = 'sent' AND d.updated_at > $2 AND d.updated_at <= $3
		AND NOT EXISTS (SELECT 1 FROM bounces b WHERE b.subscriber_id = $1 AND b.issue_id = d.issue_id
			AND b.kind IN (` + rules.Words(slices.DeleteFunc(report.Kinds(), func(k report.Kind) bool { return !k.Bounces() })) + `))
		LIMIT 1) AS clean`

// take keeps one event, and judges it if it is new.
func take(t *database.Tx, rules bounce.Rules, e bounce.Known) (taken bounce.Taken, err error) {
	taken.Kind = e.Kind
	var was bounce.Standing
	known, err := t.One([]any{&taken.Email, &was.State, &was.ConfirmedAt, &was.Hard, &was.Soft, &was.Since, &was.Last}, queryStanding, e.SubscriberID)
	if err != nil || !known {
		taken.Outcome = bounce.NobodyOf
		return taken, err
	}
	taken.State = was.State
	added, err := t.Exec(queryAddBounce, e.Key, e.SubscriberID, database.OrNull(e.IssueID), e.At.UnixMicro(), string(e.Kind), e.Status, e.Code, e.Words, string(e.Source))
	if err != nil || added == 0 {
		taken.Outcome = bounce.Repeated
		return taken, err
	}
	taken.Outcome = bounce.Recorded
	if !was.Last.IsZero() && e.Kind.Scores() {
		clean, err := t.Number(queryClean, e.SubscriberID, was.Last.UnixMicro(), e.At.Add(-bounce.CleanAfter).UnixMicro())
		if err != nil {
			return taken, err
		}
		if clean > 0 {
			was.Score = bounce.Score{}
		}
	}
	is, counted := rules.Judge(was, e)
	taken.Counted, taken.Ended, taken.State = counted, is.State != was.State, is.State
	return taken, keep(t, e, was, is, taken)
}

// keep writes down where a reader stands after an event.
func keep(t *database.Tx, e bounce.Known, was, is bounce.Standing, taken bounce.Taken) error {
	if taken.Counted || taken.Ended {
		became := subscribers.State("")
		if taken.Ended {
			became = is.State
		}
		if _, err := t.Exec(queryJudged, taken.Counted, string(became), e.Key); err != nil {
			return err
		}
	}
	if is.Score != was.Score {
		if _, err := t.Exec(queryScored, e.SubscriberID, is.Hard, is.Soft, is.Since, is.Last); err != nil {
			return err
		}
	}
	if !taken.Ended {
		return nil
	}
	return list.End(t, e.SubscriberID, is.State, e.At, t.Now())
}

// Mailed gives the mails of issues to a subscriber; see [bounce.Store].
func (db *Store) Mailed(ctx context.Context, subscriberID, issueID int64, most int) (all []bounce.Mailed, err error) {
	err = db.View(ctx, "list a reader's mails", func(t *database.Tx) error {
		all = nil
		return t.Each(func(r database.Row) error {
			var m bounce.Mailed
			err := r.Scan(&m.IssueID, &m.Domain, &m.At, &m.Reply)
			all = append(all, m)
			return err
		}, `SELECT i.id, i.mailing_domain, i.mailing_begun, d.reply FROM deliveries d JOIN issues i ON i.id = d.issue_id
			WHERE d.subscriber_id = $1 AND ($2 = 0 OR d.issue_id = $2) ORDER BY d.id DESC LIMIT $3`,
			subscriberID, issueID, database.Limit(most))
	})
	return all, err
}

// queryRefusedIn compares the counts that the database keeps with those of the last look.
// What is queued or claimed may not have been tried yet.
var queryRefusedIn = `
	SELECT c.issue_id, CAST(SUM(c.n) AS BIGINT) FROM delivery_counts c LEFT JOIN bounce_looks l ON l.issue_id = c.issue_id
	WHERE c.state = 'failed' AND COALESCE((SELECT SUM(q.n) FROM delivery_counts q
		WHERE q.issue_id = c.issue_id AND ` + rules.Either("q.state", []subscribers.DeliveryState{subscribers.Queued, subscribers.Claimed}) + `), 0) <= 0
	GROUP BY c.issue_id, l.failed HAVING SUM(c.n) > COALESCE(l.failed, 0)
	ORDER BY c.issue_id DESC LIMIT $1`

// RefusedIn lists issues with new failures; see [bounce.Store].
func (db *Store) RefusedIn(ctx context.Context, most int) (all map[int64]int, err error) {
	err = db.View(ctx, "look for failed mails", func(t *database.Tx) error {
		all = map[int64]int{}
		return t.Each(func(r database.Row) error {
			var issue int64
			var n int
			err := r.Scan(&issue, &n)
			all[issue] = n
			return err
		}, queryRefusedIn, database.Limit(most))
	})
	return all, err
}

// queryRefused goes by the index of the ledger in which failed rows stand by their id.
const queryRefused = `
	SELECT d.id, s.email, d.issue_id, d.subscriber_id, i.mailing_begun, d.updated_at, d.cause, d.code, d.reply
	FROM deliveries d JOIN issues i ON i.id = d.issue_id JOIN subscribers s ON s.id = d.subscriber_id
	WHERE d.issue_id = $1 AND d.state = 'failed' AND d.id > $2
		AND NOT EXISTS (SELECT 1 FROM bounces b WHERE b.subscriber_id = d.subscriber_id AND b.issue_id = d.issue_id AND b.source = 'smtp')
	ORDER BY d.id LIMIT $3`

// Refused gives failed mails of an issue; see [bounce.Store].
func (db *Store) Refused(ctx context.Context, issueID, after int64, most int) (all []bounce.Refusal, err error) {
	err = db.View(ctx, "list failed mails", func(t *database.Tx) error {
		all = nil
		return t.Each(func(r database.Row) error {
			var x bounce.Refusal
			err := r.Scan(&x.DeliveryID, &x.Email, &x.IssueID, &x.SubscriberID, &x.MailedAt, &x.At, &x.Cause, &x.Code, &x.Reply)
			all = append(all, x)
			return err
		}, queryRefused, issueID, after, database.Limit(most))
	})
	return all, err
}

// Looked notes that failed mails were looked at; see [bounce.Store].
func (db *Store) Looked(ctx context.Context, issueID int64, failed int) error {
	return db.Update(ctx, "note that failed mails were looked at", func(t *database.Tx) error {
		_, err := t.Exec(`INSERT INTO bounce_looks (issue_id, failed) VALUES ($1, $2)
			ON CONFLICT (issue_id) DO UPDATE SET failed = excluded.failed`, issueID, failed)
		return err
	})
}

// Events lists events; see [bounce.Store].
func (db *Store) Events(ctx context.Context, f bounce.Filter) (all []bounce.Listed, err error) {
	var w database.Where
	if f.IssueID != 0 {
		w.Terms = append(w.Terms, "b.issue_id = "+w.Param(f.IssueID))
	}
	if f.SubscriberID != 0 {
		w.Terms = append(w.Terms, "b.subscriber_id = "+w.Param(f.SubscriberID))
	}
	if f.Later {
		w.Terms = append(w.Terms, "b.source <> "+w.Param(string(bounce.AtSMTP)))
	}
	err = db.View(ctx, "list bounces", func(t *database.Tx) error {
		all = nil
		return t.Each(func(r database.Row) error {
			var e bounce.Listed
			err := r.Scan(&e.At, &e.Kind, &e.Status, &e.Code, &e.Words, &e.Source, &e.Counted, &e.Ended, &e.Email, &e.SubscriberID, &e.Series, &e.Number, &e.Title)
			all = append(all, e)
			return err
		}, `SELECT b.at, b.kind, b.status, b.code, b.words, b.source, b.counted, b.became, s.email, s.id,
				COALESCE(x.slug, ''), COALESCE(i.number, 0), COALESCE(i.title, '')
			FROM bounces b JOIN subscribers s ON s.id = b.subscriber_id LEFT JOIN issues i ON i.id = b.issue_id LEFT JOIN series x ON x.id = i.series_id`+
			w.Clause()+` ORDER BY b.id DESC LIMIT `+w.Param(database.Limit(f.Limit)), w.Args...)
	})
	return all, err
}

// BounceCounts counts the events of an issue by kind.
func (db *Store) BounceCounts(ctx context.Context, issueID int64) (counts map[report.Kind]int, err error) {
	err = db.View(ctx, "count bounces", func(t *database.Tx) error {
		counts = map[report.Kind]int{}
		return t.Each(func(r database.Row) error {
			var kind report.Kind
			var n int
			err := r.Scan(&kind, &n)
			counts[kind] = n
			return err
		}, `SELECT kind, COUNT(*) FROM bounces WHERE issue_id = $1 GROUP BY kind`, issueID)
	})
	return counts, err
}
