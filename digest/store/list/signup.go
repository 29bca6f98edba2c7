package list

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/subscribers"
	"postbag/subscribers/signup"
)

// Request records that somebody asked for an address to be subscribed, as
// [signup.Store] tells. Every request is recorded, refused ones and those of
// active addresses too, so that all take about the same work.
func (db *Store) Request(ctx context.Context, r signup.Request) (queued bool, err error) {
	err = db.Update(ctx, "ask for a subscription", func(t *database.Tx) error {
		queued = false
		// Requests take turns, here and in Enrol: an address is stored once, and
		// each counts against the limits of the next.
		if err := t.TakeTurns(database.TurnSignUp); err != nil {
			return err
		}
		// And no sweep deletes the row meanwhile.
		if err := t.Lock(`SELECT id FROM subscribers WHERE key = $1 FOR NO KEY UPDATE`, r.Key); err != nil {
			return err
		}
		s, known, err := subscriber(t, "key = $1", r.Key)
		if err != nil {
			return err
		}
		if !known {
			s = subscribers.Subscriber{Email: r.Email, Key: r.Key, State: subscribers.Pending,
				Frequency: subscribers.Every, Token: r.Token, CreatedAt: r.Consent.At}
			if s.ID, err = addSubscriber(t, s); err != nil {
				return err
			}
		}
		record := signupRecord{kind: subscribers.ConfirmationLetter, network: r.Network, domain: domainOf(r.Key), at: r.Consent.At}
		if record.mailbox, err = mailboxHash(t, r.Mailbox); err != nil {
			return err
		}
		allowed, err := allowed(t, record, r.Limits, s)
		if err != nil {
			return err
		}
		queued = allowed && s.State != subscribers.Active
		record.queued = queued
		if err := recordSignup(t, record); err != nil || !queued {
			return err
		}
		if err := askedBy(t, r.By, s); err != nil {
			return err
		}
		return askToConfirm(t, r, s)
	})
	return queued && err == nil, err
}

// askedBy keeps that somebody asked on a person's behalf, if it was not the person.
func askedBy(t *database.Tx, by digest.Actor, s subscribers.Subscriber) error {
	if by == (digest.Actor{}) {
		return nil
	}
	did := digest.ReaderChanged
	if s.State == subscribers.Bounced {
		did = digest.AddressReleased
	}
	return audit.Add(t, by, did, s.Email, "asked to confirm")
}

// RequestLinks records that somebody asked for the links of an address, as
// [signup.Store] tells, and as Request does: who is not on the list takes about the
// same work.
func (db *Store) RequestLinks(ctx context.Context, r signup.LinksRequest) (queued bool, err error) {
	err = db.Update(ctx, "ask for the links of a subscription", func(t *database.Tx) error {
		queued = false
		if err := t.TakeTurns(database.TurnSignUp); err != nil {
			return err
		}
		s, _, err := subscriber(t, "key = $1", r.Key)
		if err != nil {
			return err
		}
		record := signupRecord{kind: subscribers.LinksLetter, network: r.Network, domain: domainOf(r.Key), at: r.At}
		if record.mailbox, err = mailboxHash(t, r.Mailbox); err != nil {
			return err
		}
		allowed, err := allowed(t, record, r.Limits, s)
		if err != nil {
			return err
		}
		queued = allowed && slices.Contains(subscribers.MailableStates(), s.State)
		record.queued = queued
		if err := recordSignup(t, record); err != nil || !queued {
			return err
		}
		return queueLinks(t, s, r.At)
	})
	return queued && err == nil, err
}

func askToConfirm(t *database.Tx, r signup.Request, s subscribers.Subscriber) error {
	if err := addConsent(t, s.ID, r.Consent); err != nil {
		return err
	}
	confirmation, err := addConfirmation(t, s.ID, r.Confirm, r.Consent.At, r.Expires)
	if err != nil {
		return err
	}
	return queueConfirmation(t, s.Email, confirmation, r.Consent.At)
}

func domainOf(key string) string { return key[strings.LastIndexByte(key, '@')+1:] }

// signupRecord is what the limits remember of a request. One without a domain
// came from the operator and counts for its mailbox alone.
type signupRecord struct {
	mailbox         string // hashed
	kind            subscribers.LetterKind
	network, domain string
	at              time.Time
	queued          bool // a mail was queued
}

func recordSignup(t *database.Tx, r signupRecord) error {
	_, err := t.Exec(`
		INSERT INTO signups (mailbox, kind, network, domain, at, queued) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.mailbox, string(r.kind), r.network, r.domain, r.at.UnixMicro(), r.queued)
	return err
}

// mailboxHash gives what a mailbox is counted by. What it was mailed is
// remembered for ever, so its address is not: only the HMAC-SHA256 under the
// publication's salt, from which nobody without the salt can tell it.
func mailboxHash(t *database.Tx, mailbox string) (string, error) {
	var salt []byte
	if _, err := t.One([]any{&salt}, `SELECT salt FROM publication WHERE id = 1`); err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte(mailbox))
	return hex.EncodeToString(mac.Sum(nil)), nil
}

// querySignups counts the requests at $1 that limits look at: mails of the kind $6 to
// the mailbox $2 since $7, which is a day ago or later, and since $3, requests from the network $4, mails to
// the domain $5 and to anybody within an hour. The operator's, which have no
// domain, count for the mailbox only.
const querySignups = `
	SELECT
		(SELECT COUNT(*) FROM signups WHERE mailbox = $2 AND kind = $6 AND queued = 1 AND at > $7),
		(SELECT COUNT(*) FROM signups WHERE mailbox = $2 AND kind = $6 AND queued = 1 AND at > $3),
		(SELECT COUNT(*) FROM signups WHERE network = $4 AND network <> '' AND at > $1 - 3600000000),
		(SELECT COUNT(*) FROM signups WHERE domain = $5 AND queued = 1 AND at > $1 - 3600000000),
		(SELECT COUNT(*) FROM signups WHERE queued = 1 AND domain <> '' AND at > $1 - 3600000000)`

// allowed tells whether one more mail may be sent. Confirmations that were answered do
// not count: whoever leaves and signs up again on one day gets another. All limits are
// always asked, so that the answer's time says nothing.
func allowed(t *database.Tx, r signupRecord, limits signup.Limits, s subscribers.Subscriber) (bool, error) {
	lastActive := database.OrTime(s.LeftAt, s.ConfirmedAt)
	daySince := r.at.Add(-24 * time.Hour)
	if r.kind == subscribers.ConfirmationLetter && s.ConfirmedAt.After(daySince) {
		daySince = s.ConfirmedAt
	}
	var day, ever, network, domain, all int
	_, err := t.One([]any{&day, &ever, &network, &domain, &all}, querySignups,
		r.at.UnixMicro(), r.mailbox, lastActive.UnixMicro(), r.network, r.domain, string(r.kind), daySince.UnixMicro())
	if err != nil {
		return false, err
	}
	allowed := true
	for _, limit := range []struct{ count, most int }{
		{day, limits.PerMailboxDay},
		{ever, limits.PerMailboxEver},
		{network, limits.PerNetworkHour},
		{domain, limits.PerDomainHour},
		{all, limits.PerHour},
	} {
		if limit.most > 0 && limit.count >= limit.most {
			allowed = false
		}
	}
	return allowed, nil
}

const (
	pendingBefore = `FROM subscribers WHERE state = 'pending' AND created_at < $1
			AND NOT EXISTS (SELECT 1 FROM confirmations c WHERE c.subscriber_id = subscribers.id AND c.created_at >= $1)
			AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscriber_id = subscribers.id)`
	queryPendingBefore = `DELETE ` + pendingBefore
	querySpentSignups  = `DELETE FROM signups WHERE queued = 0 AND domain <> '' AND at < $1`
	queryPaleSignups   = `UPDATE signups SET network = '', domain = '' WHERE queued = 1 AND domain <> '' AND at < $1`
)

// Sweep deletes those who never confirmed, and records that no limit needs; see
// [signup.Store]. Those who asked again since stay. The records that are kept lose network
// and domain.
func (db *Store) Sweep(ctx context.Context, before, recordsBefore time.Time) (n int, err error) {
	err = db.Update(ctx, "sweep the sign-ups", func(t *database.Tx) error {
		// Who asks again or confirms at this moment comes before or after, and
		// is looked at again before the row goes.
		if err := t.Lock(`SELECT id `+pendingBefore+` ORDER BY id FOR UPDATE`, before.UnixMicro()); err != nil {
			return err
		}
		deleted, err := t.Exec(queryPendingBefore, before.UnixMicro())
		if err != nil {
			return err
		}
		n = int(deleted)
		if _, err = t.Exec(querySpentSignups, recordsBefore.UnixMicro()); err != nil {
			return err
		}
		_, err = t.Exec(queryPaleSignups, recordsBefore.UnixMicro())
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}
