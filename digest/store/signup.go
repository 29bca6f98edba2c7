package store

import (
	"context"
	"strings"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/signup"
)

// Request records that somebody asked for an address to be subscribed, as
// [signup.Store] tells. Every request is recorded, refused ones and those of
// active addresses too, so that all take about the same work.
func (db *DB) Request(ctx context.Context, r signup.Request) (queued bool, err error) {
	err = db.update(ctx, "ask for a subscription", func(t *tx) error {
		queued = false
		s, known, err := t.subscriber("key = $1", r.Key)
		if err != nil {
			return err
		}
		if !known {
			s = subscribers.Subscriber{Email: r.Email, Key: r.Key, State: subscribers.Pending,
				Frequency: subscribers.Every, Token: r.Token, CreatedAt: r.Consent.At}
			if s.ID, err = t.addSubscriber(s); err != nil {
				return err
			}
		}
		allowed, err := t.allowed(r, s)
		if err != nil {
			return err
		}
		queued = allowed && s.State != subscribers.Active
		err = t.recordSignup(r.Key, r.Mailbox, r.Network, r.Consent.At, queued)
		if err != nil || !queued {
			return err
		}
		return t.askToConfirm(r, s)
	})
	return queued && err == nil, err
}

func (t *tx) askToConfirm(r signup.Request, s subscribers.Subscriber) error {
	if err := t.addConsent(s.ID, r.Consent); err != nil {
		return err
	}
	confirmation, err := t.addConfirmation(s.ID, r.Confirm, r.Consent.At, r.Expires)
	if err != nil {
		return err
	}
	return t.queueNotice(s.Email, confirmation, r.Consent.At)
}

func domainOf(key string) string { return key[strings.LastIndexByte(key, '@')+1:] }

func (t *tx) recordSignup(key, mailbox, network string, at time.Time, queued bool) error {
	_, err := t.exec(`
		INSERT INTO signups (mailbox, network, domain, at, queued) VALUES ($1, $2, $3, $4, $5)`,
		mailbox, network, domainOf(key), at.UnixMicro(), queued)
	return err
}

// querySignups counts the requests at $1 that limits look at: mails to the
// mailbox $2 within a day and since $3, requests from the network $4, mails to
// the domain $5 and to anybody within an hour.
const querySignups = `
	SELECT
		(SELECT COUNT(*) FROM signups WHERE mailbox = $2 AND queued = 1 AND at > $1 - 86400000000),
		(SELECT COUNT(*) FROM signups WHERE mailbox = $2 AND queued = 1 AND at > $3),
		(SELECT COUNT(*) FROM signups WHERE network = $4 AND network <> '' AND at > $1 - 3600000000),
		(SELECT COUNT(*) FROM signups WHERE domain = $5 AND queued = 1 AND at > $1 - 3600000000),
		(SELECT COUNT(*) FROM signups WHERE queued = 1 AND at > $1 - 3600000000)`

// allowed tells whether one more confirmation may be sent. All limits are
// always asked, so that the answer's time says nothing.
func (t *tx) allowed(r signup.Request, s subscribers.Subscriber) (bool, error) {
	lastActive := orTime(s.LeftAt, s.ConfirmedAt)
	var day, ever, network, domain, all int
	_, err := t.one([]any{&day, &ever, &network, &domain, &all}, querySignups,
		r.Consent.At.UnixMicro(), r.Mailbox, lastActive.UnixMicro(), r.Network, domainOf(r.Key))
	if err != nil {
		return false, err
	}
	allowed := true
	for _, limit := range []struct{ count, most int }{
		{day, r.Limits.PerMailboxDay},
		{ever, r.Limits.PerMailboxEver},
		{network, r.Limits.PerNetworkHour},
		{domain, r.Limits.PerDomainHour},
		{all, r.Limits.PerHour},
	} {
		if limit.most > 0 && limit.count >= limit.most {
			allowed = false
		}
	}
	return allowed, nil
}

const (
	queryPendingBefore = `
		DELETE FROM subscribers WHERE state = 'pending' AND created_at < $1
			AND NOT EXISTS (SELECT 1 FROM confirmations c WHERE c.subscriber_id = subscribers.id AND c.created_at >= $1)
			AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscriber_id = subscribers.id)`
	querySpentSignups = `DELETE FROM signups WHERE queued = 0 AND at < $1`
)

// Sweep deletes pending subscribers created before the given moment who have not
// asked again since, and gives their number. It also deletes the records of
// sign-ups before the other moment that queued no confirmation; the others still
// count as mails that their mailbox was ever sent.
func (db *DB) Sweep(ctx context.Context, pendingBefore, recordsBefore time.Time) (n int, err error) {
	err = db.update(ctx, "sweep the sign-ups", func(t *tx) error {
		deleted, err := t.exec(queryPendingBefore, pendingBefore.UnixMicro())
		if err != nil {
			return err
		}
		n = int(deleted)
		_, err = t.exec(querySpentSignups, recordsBefore.UnixMicro())
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
