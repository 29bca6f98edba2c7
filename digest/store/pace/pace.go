// Package pace keeps the limits of how much is sent: whatever begins messages asks here
// in the transaction that begins them, so that processes which come and go keep the
// limits together, and a restart forgets nothing. Where there is no limit it does
// nothing.
package pace

import (
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// grain is what the counts for the hour and the day are kept by. A window takes in the
// whole of the minute that it begins in: a little less is sent than might be, never more.
const grain = time.Minute

// Reserve lets up to want messages begin at now, and counts them. Where it is fewer,
// next is the moment from which there may be more.
func Reserve(t *database.Tx, r deliver.Rate, now time.Time, want int) (n int, next time.Time, err error) {
	if r.IsZero() || want <= 0 {
		return want, time.Time{}, nil
	}
	l, err := read(t, r, now)
	if err != nil {
		return 0, time.Time{}, err
	}
	n, next = want, l.at
	if r.Second > 0 {
		atOnce, _ := r.Spacing()
		if n = min(n, atOnce); l.at.After(now) {
			n = 0
		}
	}
	for _, w := range windows(r) {
		room, from, err := w.room(t, now)
		if err != nil {
			return 0, time.Time{}, err
		}
		if room < n {
			n = max(room, 0)
		}
		if n == 0 && from.After(next) {
			next = from
		}
	}
	if n == want {
		return n, time.Time{}, l.count(t, n)
	}
	if n > 0 && r.Second > 0 {
		_, each := r.Spacing()
		next = now.Add(time.Duration(n) * each)
	}
	if next.Before(now) {
		next = now
	}
	return n, next, l.count(t, n)
}

// Count counts n messages that begin at now whatever the limits say.
func Count(t *database.Tx, r deliver.Rate, now time.Time, n int) error {
	if r.IsZero() || n == 0 {
		return nil
	}
	l, err := read(t, r, now)
	if err != nil {
		return err
	}
	return l.count(t, n)
}

// ledger is what was counted, as a transaction has it.
type ledger struct {
	rate deliver.Rate
	now  time.Time
	at   time.Time // from when on the next message may begin
}

// mostAhead bounds how far ahead the next moment may be beyond what one batch makes it:
// a clock that was ahead once holds nobody up for longer.
const mostAhead = time.Minute

func read(t *database.Tx, r deliver.Rate, now time.Time) (l ledger, err error) {
	l = ledger{rate: r, now: now}
	if err := t.TakeTurns(database.TurnRate); err != nil {
		return l, err
	}
	if r.Second > 0 {
		if _, err := t.One([]any{&l.at}, `SELECT at FROM rate_next WHERE id = 1`); err != nil {
			return l, err
		}
		_, each := r.Spacing()
		if most := now.Add(max(mostAhead, each)); l.at.After(most) {
			l.at = most
		}
	}
	if r.Hour == 0 && r.Day == 0 {
		return l, nil
	}
	// What a clock that was ahead has counted is counted as of now.
	minute := now.Truncate(grain)
	ahead, err := t.Number(`SELECT COALESCE(SUM(n), 0) FROM rate_minutes WHERE minute > $1`, minute)
	if err != nil {
		return l, err
	}
	if ahead > 0 {
		if _, err := t.Exec(`DELETE FROM rate_minutes WHERE minute > $1`, minute); err != nil {
			return l, err
		}
		return l, add(t, minute, int(ahead))
	}
	return l, catchUp(t, now)
}

// uncounted is how long nothing was counted before the ledger is asked what was sent
// without a limit.
const uncounted = 10 * time.Minute

// querySentSince counts the mails of issues, by the minute in which they were last
// answered, after $1 and up to $2, out of the issues that may have some.
var querySentSince = `
	INSERT INTO rate_minutes (minute, n)
	SELECT d.updated_at / 60000000 * 60000000, COUNT(*) FROM issues i JOIN deliveries d ON d.issue_id = i.id
	WHERE (` + rules.Either("i.state", digest.MailingStates()) + ` OR i.mailing_begun >= $3 OR i.sent_at >= $1)
		AND d.updated_at > $1 AND d.updated_at <= $2 AND d.attempts > 0
		AND (` + rules.Either("d.state", []subscribers.DeliveryState{subscribers.Delivered, subscribers.Deferred, subscribers.Failed, subscribers.Uncertain}) + `)
	GROUP BY d.updated_at / 60000000 * 60000000
	ON CONFLICT (minute) DO UPDATE SET n = rate_minutes.n + EXCLUDED.n`

// catchUp counts what was sent in the last day while nothing was counted, because there
// was no limit. It looks into the ledger at most once in [uncounted].
func catchUp(t *database.Tx, now time.Time) error {
	since := now.Add(-day - grain)
	var newest time.Time
	known, err := t.One([]any{&newest}, `SELECT minute FROM rate_minutes ORDER BY minute DESC LIMIT 1`)
	if err != nil || known && now.Sub(newest) < uncounted {
		return err
	}
	if known && newest.Add(grain).After(since) {
		since = newest.Add(grain)
	}
	if _, err := t.Exec(querySentSince, since, now, now.Add(-7*day)); err != nil {
		return err
	}
	return add(t, now.Truncate(grain), 0)
}

// count writes that n messages begin.
func (l ledger) count(t *database.Tx, n int) error {
	if n == 0 {
		return nil
	}
	if l.rate.Second > 0 {
		_, each := l.rate.Spacing()
		from := l.now
		if l.at.After(from) {
			from = l.at
		}
		if _, err := t.Exec(`INSERT INTO rate_next (id, at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at`,
			from.Add(time.Duration(n)*each)); err != nil {
			return err
		}
	}
	if l.rate.Hour == 0 && l.rate.Day == 0 {
		return nil
	}
	minute := l.now.Truncate(grain)
	if _, err := t.Exec(`DELETE FROM rate_minutes WHERE minute < $1`, minute.Add(-day-grain)); err != nil {
		return err
	}
	return add(t, minute, n)
}

func add(t *database.Tx, minute time.Time, n int) error {
	_, err := t.Exec(`INSERT INTO rate_minutes (minute, n) VALUES ($1, $2)
		ON CONFLICT (minute) DO UPDATE SET n = rate_minutes.n + EXCLUDED.n`, minute, n)
	return err
}

const day = 24 * time.Hour

// window is a span of time with a limit.
type window struct {
	span time.Duration
	most int
}

func windows(r deliver.Rate) (all []window) {
	if r.Hour > 0 {
		all = append(all, window{time.Hour, r.Hour})
	}
	if r.Day > 0 {
		all = append(all, window{day, r.Day})
	}
	return all
}

// room tells how many messages may begin now; where none, from when on one may.
func (w window) room(t *database.Tx, now time.Time) (n int, from time.Time, err error) {
	first := now.Add(-w.span).Truncate(grain)
	used, err := t.Number(`SELECT COALESCE(SUM(n), 0) FROM rate_minutes WHERE minute >= $1`, first)
	if n = w.most - int(used); err != nil || n > 0 {
		return n, time.Time{}, err
	}
	left := int(used)
	err = t.Each(func(r database.Row) error {
		var minute time.Time
		var counted int
		err := r.Scan(&minute, &counted)
		if left >= w.most {
			from = minute.Add(grain + w.span)
		}
		left -= counted
		return err
	}, `SELECT minute, n FROM rate_minutes WHERE minute >= $1 ORDER BY minute LIMIT 1500`, first)
	return n, from, err
}
