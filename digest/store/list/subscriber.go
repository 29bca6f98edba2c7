package list

import (
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

	"postbag/digest"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/store/rules"
	"postbag/subscribers"
	"postbag/subscribers/roster"
)

const subscriberColumns = `id, email, key, name, state, frequency, token, created_at, confirmed_at, left_at`

func scanSubscriber(r database.Row) (s subscribers.Subscriber, err error) {
	err = r.Scan(&s.ID, &s.Email, &s.Key, &s.Name, &s.State, &s.Frequency, &s.Token,
		&s.CreatedAt, &s.ConfirmedAt, &s.LeftAt)
	return s, err
}

// subscriber reads one subscriber, if there is such a one.
func subscriber(t *database.Tx, condition string, arg any) (s subscribers.Subscriber, found bool, err error) {
	err = t.Each(func(r database.Row) (err error) {
		found = true
		s, err = scanSubscriber(r)
		return err
	}, `SELECT `+subscriberColumns+` FROM subscribers WHERE `+condition, arg)
	return s, found, err
}

// Enrol stores people in one transaction and tells what became of each, in the
// same order, as [roster.Store] says. A confirmation counts for the limits of its
// mailbox as if it had been asked for, and for no other: a long list must not
// keep strangers from signing up.
func (db *Store) Enrol(ctx context.Context, told digest.Audited, people []roster.Entry, dryRun bool) ([]roster.Enrolled, error) {
	outcomes := make([]roster.Enrolled, len(people))
	run := db.Update
	if dryRun {
		run = db.View
	}
	err := run(ctx, "enrol subscribers", func(t *database.Tx) error {
		if !dryRun {
			// As in Request: an address is stored once.
			if err := t.TakeTurns(database.TurnSignUp); err != nil {
				return err
			}
		}
		seen, changed := make(map[string]bool, len(people)), false
		for i, entry := range people {
			outcome, id, err := outcome(t, entry, seen, dryRun)
			if err != nil {
				return err
			}
			if outcomes[i] = outcome; dryRun {
				continue
			}
			switch outcome {
			case roster.Added:
				changed = true
				err = enrol(t, entry)
			case roster.Ended:
				changed = true
				err = End(t, id, entry.Subscriber.State, database.OrTime(entry.Subscriber.LeftAt, entry.At), entry.At)
			}
			if err != nil {
				return err
			}
		}
		if !changed || told.By == (digest.Actor{}) {
			return nil
		}
		return audit.Grow(t, told.At, told.By, told.Did, told.On, told.Words)
	})
	if err != nil {
		return nil, err
	}
	return outcomes, nil
}

const querySubscriberState = `SELECT id, state FROM subscribers WHERE key = $1`

// outcome tells what becomes of an entry, and the id of a known subscriber.
func outcome(t *database.Tx, entry roster.Entry, seen map[string]bool, dryRun bool) (_ roster.Enrolled, id int64, err error) {
	key := entry.Subscriber.Key
	if seen[key] {
		return roster.Duplicated, 0, nil
	}
	seen[key] = true
	if entry.Gone() && !dryRun {
		// Who confirms at this moment comes before or after.
		if err := t.Lock(`SELECT id FROM subscribers WHERE key = $1 FOR NO KEY UPDATE`, key); err != nil {
			return "", 0, err
		}
	}
	var state subscribers.State
	known, err := t.One([]any{&id, &state}, querySubscriberState, key)
	switch {
	case err != nil:
		return "", 0, err
	case !known && !entry.Gone():
		kept, err := isSuppressed(t, key)
		if kept {
			return roster.Kept, 0, err
		}
		return roster.Added, 0, err
	case !known:
		return roster.Added, 0, nil
	case entry.Gone() && state.To(entry.Subscriber.State):
		return roster.Ended, id, nil
	case state == subscribers.Active || state == subscribers.Pending:
		return roster.Known, id, nil
	case entry.Gone() && state == subscribers.Bounced && !dryRun:
		// It is no more one that only a server took off the list.
		_, err := t.Exec(`UPDATE subscribers SET left_at = $1 WHERE id = $2`, t.Now(), id)
		return roster.Kept, id, err
	}
	return roster.Kept, id, nil
}

func enrol(t *database.Tx, entry roster.Entry) error {
	s := entry.Subscriber
	s.CreatedAt = database.OrTime(s.CreatedAt, entry.Consent.At)
	if s.State == subscribers.Active {
		s.ConfirmedAt = database.OrTime(s.ConfirmedAt, entry.Consent.At)
	}
	id, err := addSubscriber(t, s)
	if err != nil {
		return err
	}
	if !entry.Consent.At.IsZero() {
		if err := addConsent(t, id, entry.Consent); err != nil {
			return err
		}
	}
	if s.State != subscribers.Pending || entry.Confirm == "" {
		return nil
	}
	at := database.OrTime(entry.Consent.At, s.CreatedAt)
	mailbox, err := mailboxHash(t, entry.Mailbox)
	if err != nil {
		return err
	}
	if err := recordSignup(t, signupRecord{mailbox: mailbox, kind: subscribers.ConfirmationLetter, at: at, queued: true}); err != nil {
		return err
	}
	confirmation, err := addConfirmation(t, id, entry.Confirm, at, entry.Expires)
	if err != nil {
		return err
	}
	return queueConfirmation(t, s.Email, confirmation, at)
}

const queryAddSubscriber = `
	INSERT INTO subscribers (email, key, name, state, frequency, token, token_key, created_at, confirmed_at, left_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`

func addSubscriber(t *database.Tx, s subscribers.Subscriber) (id int64, err error) {
	key, ok := subscribers.TokenKey(s.Token)
	if !ok {
		return 0, digest.Fail(digest.Invalid, "", "a subscriber needs a token")
	}
	if s.Frequency == "" {
		s.Frequency = subscribers.Every
	}
	_, err = t.One([]any{&id}, queryAddSubscriber,
		s.Email, s.Key, s.Name, string(s.State), string(s.Frequency), strings.ToLower(s.Token), key,
		s.CreatedAt.UnixMicro(), s.ConfirmedAt, s.LeftAt)
	return id, err
}

const queryAddConsent = `INSERT INTO consents (subscriber_id, at, ip, page, wording, entered_by) VALUES ($1, $2, $3, $4, $5, $6)`

func addConsent(t *database.Tx, subscriberID int64, c subscribers.Consent) error {
	_, err := t.Exec(queryAddConsent, subscriberID, c.At.UnixMicro(), c.IP, c.Page, c.Wording, c.EnteredBy)
	return err
}

// subscribersPage is how many subscribers are read at once.
const subscribersPage = 1000

// Subscribers calls yield for each subscriber that matches, by address key,
// until yield gives an error, which it passes on. They are read page by page, so
// that a slow yield holds nothing up; a limit of zero means all.
func (db *Store) Subscribers(ctx context.Context, filter roster.Filter, yield func(subscribers.Subscriber) error) error {
	after, left := "", filter.Limit
	for {
		n := subscribersPage
		if filter.Limit > 0 {
			n = min(n, left)
		}
		page, err := db.subscribersAfter(ctx, filter, after, n)
		if err != nil {
			return err
		}
		for _, s := range page {
			if err := yield(s); err != nil {
				return err
			}
		}
		if left -= len(page); len(page) < n || filter.Limit > 0 && left <= 0 {
			return nil
		}
		after = page[len(page)-1].Key
	}
}

func (db *Store) subscribersAfter(ctx context.Context, filter roster.Filter, after string, n int) (page []subscribers.Subscriber, err error) {
	var w database.Where
	w.Terms = append(w.Terms, "key > "+w.Param(after), notErased)
	if filter.State != "" {
		w.Terms = append(w.Terms, "state = "+w.Param(string(filter.State)))
	}
	if filter.Text != "" {
		// The key is the address in lower case; the databases differ in whose letters
		// they know.
		w.Terms = append(w.Terms, "key LIKE "+w.Param(containing(norm.NFC.String(strings.ToLower(filter.Text))))+` ESCAPE '\'`)
	}
	query := `SELECT ` + subscriberColumns + ` FROM subscribers` + w.Clause() + ` ORDER BY key LIMIT ` + w.Param(n)
	err = db.View(ctx, "list the subscribers", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			s, err := scanSubscriber(r)
			page = append(page, s)
			return err
		}, query, w.Args...)
	})
	return page, err
}

// containing gives the LIKE pattern of texts that contain s.
func containing(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}

// queryAudience gives how many may be mailed or may confirm yet, by what they asked for.
// The database keeps these counts.
var queryAudience = `SELECT state, frequency, CAST(SUM(n) AS BIGINT) FROM subscriber_counts
	WHERE ` + rules.OnList + ` GROUP BY state, frequency`

// Audience counts the readers by what they asked for.
func (db *Store) Audience(ctx context.Context) (a subscribers.Audience, err error) {
	err = db.View(ctx, "count the readers", func(t *database.Tx) error {
		a = subscribers.Audience{}
		return t.Each(func(r database.Row) error {
			var state subscribers.State
			var wants subscribers.Frequency
			var n int
			err := r.Scan(&state, &wants, &n)
			switch {
			case state == subscribers.Pending:
				a.Pending += n
			case wants == subscribers.Monthly:
				a.Monthly += n
			default:
				a.Every += n
			}
			return err
		}, queryAudience)
	})
	return a, err
}

// SubscriberCounts counts subscribers by state.
func (db *Store) SubscriberCounts(ctx context.Context) (map[subscribers.State]int, error) {
	counts := map[subscribers.State]int{}
	err := db.View(ctx, "count the subscribers", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var state subscribers.State
			var n int
			err := r.Scan(&state, &n)
			counts[state] = n
			return err
		}, `SELECT state, CAST(SUM(n) AS BIGINT) FROM subscriber_counts GROUP BY state HAVING SUM(n) <> 0`)
	})
	return counts, err
}
