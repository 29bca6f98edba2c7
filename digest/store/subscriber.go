package store

import (
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/roster"
)

const subscriberColumns = `id, email, key, name, state, frequency, token, created_at, confirmed_at, left_at`

func scanSubscriber(r row) (s subscribers.Subscriber, err error) {
	err = r.scan(&s.ID, &s.Email, &s.Key, &s.Name, &s.State, &s.Frequency, &s.Token,
		&s.CreatedAt, &s.ConfirmedAt, &s.LeftAt)
	return s, err
}

// subscriber reads one subscriber, if there is such a one.
func (t *tx) subscriber(condition string, arg any) (s subscribers.Subscriber, found bool, err error) {
	err = t.each(func(r row) (err error) {
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
func (db *DB) Enrol(ctx context.Context, people []roster.Entry, dryRun bool) ([]roster.Enrolled, error) {
	outcomes := make([]roster.Enrolled, len(people))
	run := db.update
	if dryRun {
		run = db.view
	}
	err := run(ctx, "enrol subscribers", func(t *tx) error {
		if !dryRun {
			// As in Request: an address is stored once.
			if err := t.takeTurns(turnSignUp); err != nil {
				return err
			}
		}
		seen := make(map[string]bool, len(people))
		for i, entry := range people {
			outcome, err := t.outcome(entry, seen)
			if err != nil {
				return err
			}
			if outcomes[i] = outcome; outcome != roster.Added || dryRun {
				continue
			}
			if err := t.enrol(entry); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return outcomes, nil
}

const querySubscriberState = `SELECT state FROM subscribers WHERE key = $1`

func (t *tx) outcome(entry roster.Entry, seen map[string]bool) (roster.Enrolled, error) {
	if seen[entry.Subscriber.Key] {
		return roster.Duplicated, nil
	}
	seen[entry.Subscriber.Key] = true
	var state subscribers.State
	known, err := t.one([]any{&state}, querySubscriberState, entry.Subscriber.Key)
	switch {
	case err != nil:
		return "", err
	case !known:
		return roster.Added, nil
	case state == subscribers.Active || state == subscribers.Pending:
		return roster.Known, nil
	}
	return roster.Kept, nil
}

func (t *tx) enrol(entry roster.Entry) error {
	s := entry.Subscriber
	s.CreatedAt = orTime(s.CreatedAt, entry.Consent.At)
	if s.State == subscribers.Active {
		s.ConfirmedAt = orTime(s.ConfirmedAt, entry.Consent.At)
	}
	id, err := t.addSubscriber(s)
	if err != nil {
		return err
	}
	if !entry.Consent.At.IsZero() {
		if err := t.addConsent(id, entry.Consent); err != nil {
			return err
		}
	}
	if s.State != subscribers.Pending || entry.Confirm == "" {
		return nil
	}
	at := orTime(entry.Consent.At, s.CreatedAt)
	mailbox, err := t.mailboxHash(entry.Mailbox)
	if err != nil {
		return err
	}
	if err := t.recordSignup(signupRecord{mailbox: mailbox, at: at, queued: true}); err != nil {
		return err
	}
	confirmation, err := t.addConfirmation(id, entry.Confirm, at, entry.Expires)
	if err != nil {
		return err
	}
	return t.queueNotice(s.Email, confirmation, at)
}

const queryAddSubscriber = `
	INSERT INTO subscribers (email, key, name, state, frequency, token, token_key, created_at, confirmed_at, left_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`

func (t *tx) addSubscriber(s subscribers.Subscriber) (id int64, err error) {
	key, ok := subscribers.TokenKey(s.Token)
	if !ok {
		return 0, digest.Fail(digest.Invalid, "", "a subscriber needs a token")
	}
	if s.Frequency == "" {
		s.Frequency = subscribers.Every
	}
	_, err = t.one([]any{&id}, queryAddSubscriber,
		s.Email, s.Key, s.Name, string(s.State), string(s.Frequency), strings.ToLower(s.Token), key,
		s.CreatedAt.UnixMicro(), s.ConfirmedAt, s.LeftAt)
	return id, err
}

const queryAddConsent = `INSERT INTO consents (subscriber_id, at, ip, page, wording) VALUES ($1, $2, $3, $4, $5)`

func (t *tx) addConsent(subscriberID int64, c subscribers.Consent) error {
	_, err := t.exec(queryAddConsent, subscriberID, c.At.UnixMicro(), c.IP, c.Page, c.Wording)
	return err
}

// Consents gives the proofs of how someone came to be on the list, oldest first.
func (db *DB) Consents(ctx context.Context, subscriberID int64) (all []subscribers.Consent, err error) {
	err = db.view(ctx, "list the consents", func(t *tx) error {
		return t.each(func(r row) error {
			var c subscribers.Consent
			err := r.scan(&c.At, &c.IP, &c.Page, &c.Wording)
			all = append(all, c)
			return err
		}, `SELECT at, ip, page, wording FROM consents WHERE subscriber_id = $1 ORDER BY at, id LIMIT $2`,
			subscriberID, DefaultLimit)
	})
	return all, err
}

// subscribersPage is how many subscribers are read at once.
const subscribersPage = 1000

// Subscribers calls yield for each subscriber that matches, by address key,
// until yield gives an error, which it passes on. They are read page by page, so
// that a slow yield holds nothing up; a limit of zero means all.
func (db *DB) Subscribers(ctx context.Context, filter roster.Filter, yield func(subscribers.Subscriber) error) error {
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

func (db *DB) subscribersAfter(ctx context.Context, filter roster.Filter, after string, n int) (page []subscribers.Subscriber, err error) {
	var w where
	w.terms = append(w.terms, "key > "+w.param(after))
	if filter.State != "" {
		w.terms = append(w.terms, "state = "+w.param(string(filter.State)))
	}
	if filter.Text != "" {
		// The key is the address in lower case; the databases differ in whose letters
		// they know.
		w.terms = append(w.terms, "key LIKE "+w.param(containing(norm.NFC.String(strings.ToLower(filter.Text))))+` ESCAPE '\'`)
	}
	query := `SELECT ` + subscriberColumns + ` FROM subscribers` + w.clause() + ` ORDER BY key LIMIT ` + w.param(n)
	err = db.view(ctx, "list the subscribers", func(t *tx) error {
		return t.each(func(r row) error {
			s, err := scanSubscriber(r)
			page = append(page, s)
			return err
		}, query, w.args...)
	})
	return page, err
}

// containing gives the LIKE pattern of texts that contain s.
func containing(s string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s) + "%"
}

// SubscriberCounts counts subscribers by state.
func (db *DB) SubscriberCounts(ctx context.Context) (map[subscribers.State]int, error) {
	counts := map[subscribers.State]int{}
	err := db.view(ctx, "count the subscribers", func(t *tx) error {
		return t.each(func(r row) error {
			var state subscribers.State
			var n int
			err := r.scan(&state, &n)
			counts[state] = n
			return err
		}, `SELECT state, COUNT(*) FROM subscribers GROUP BY state`)
	})
	return counts, err
}
