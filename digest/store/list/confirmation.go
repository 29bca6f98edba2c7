package list

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/subscribers"
	"postbag/subscribers/signup"
)

func badLink() error {
	return digest.Fail(digest.NotFound, "Copy the whole address from the mail.", "this link is not known")
}

// sameToken compares a stored token with a given one in a time that tells
// nothing.
func sameToken(stored, given string) bool {
	return subtle.ConstantTimeCompare([]byte(stored), []byte(strings.ToLower(given))) == 1
}

func addConfirmation(t *database.Tx, subscriberID int64, token string, at, expires time.Time) (id int64, err error) {
	key, ok := subscribers.TokenKey(token)
	if !ok {
		return 0, digest.Fail(digest.Invalid, "", "a confirmation needs a token")
	}
	_, err = t.One([]any{&id}, `
		INSERT INTO confirmations (subscriber_id, token, token_key, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5) RETURNING id`,
		subscriberID, strings.ToLower(token), key, at.UnixMicro(), expires.UnixMicro())
	return id, err
}

// confirmationRow is a confirmation as stored.
type confirmationRow struct {
	id, subscriberID int64
	signup.Confirmation
}

// confirmation finds a confirmation by its token.
func confirmation(t *database.Tx, token string) (c confirmationRow, err error) {
	key, ok := subscribers.TokenKey(token)
	if !ok {
		return c, badLink()
	}
	var stored string
	found, err := t.One([]any{&c.id, &c.subscriberID, &stored, &c.Email, &c.ExpiresAt, &c.UsedAt}, `
		SELECT c.id, c.subscriber_id, c.token, s.email, c.expires_at, c.used_at
		FROM confirmations c JOIN subscribers s ON s.id = c.subscriber_id
		WHERE c.token_key = $1`, key)
	if err == nil && (!found || !sameToken(stored, token)) {
		return confirmationRow{}, badLink()
	}
	return c, err
}

// Confirmation looks a confirmation up, or gives an error of kind NotFound.
func (db *Store) Confirmation(ctx context.Context, token string) (found signup.Confirmation, err error) {
	err = db.View(ctx, "read the confirmation", func(t *database.Tx) error {
		c, err := confirmation(t, token)
		found = c.Confirmation
		return err
	})
	return found, err
}

// Confirm uses a confirmation: the subscriber becomes active, with the consent
// recorded, and open confirmation letters to it are dropped. Used again it changes
// nothing. One that expired, or that is older than the subscriber's leaving, is
// an error of kind Conflict.
func (db *Store) Confirm(ctx context.Context, token string, consent subscribers.Consent) (s subscribers.Subscriber, err error) {
	err = db.Update(ctx, "confirm the subscription", func(t *database.Tx) error {
		// Two clicks on one link take turns at the subscriber, and so does who
		// would delete it.
		key, _ := subscribers.TokenKey(token)
		err := t.Lock(`SELECT id FROM subscribers
			WHERE id = (SELECT subscriber_id FROM confirmations WHERE token_key = $1) FOR NO KEY UPDATE`, key)
		if err != nil {
			return err
		}
		c, err := confirmation(t, token)
		if err != nil {
			return err
		}
		if c.UsedAt.IsZero() {
			if !consent.At.Before(c.ExpiresAt) {
				return database.Conflict("Sign up again to get a new one.", "this confirmation has expired")
			}
			if err := confirm(t, c, consent); err != nil {
				return err
			}
		}
		s, _, err = subscriber(t, "id = $1", c.subscriberID)
		return err
	})
	return s, err
}

func confirm(t *database.Tx, c confirmationRow, consent subscribers.Consent) error {
	if _, err := t.Exec(`UPDATE confirmations SET used_at = $1 WHERE id = $2`, consent.At.UnixMicro(), c.id); err != nil {
		return err
	}
	_, err := t.Exec(`
		DELETE FROM letters WHERE confirmation_id IN (SELECT id FROM confirmations WHERE subscriber_id = $1)`, c.subscriberID)
	if err != nil {
		return err
	}
	s, _, err := subscriber(t, "id = $1", c.subscriberID)
	if err != nil {
		return err
	}
	return activate(t, s, consent)
}

// activate moves a subscriber to active by its own consent.
func activate(t *database.Tx, s subscribers.Subscriber, consent subscribers.Consent) error {
	if s.State.To(subscribers.Active) {
		_, err := t.Exec(`UPDATE subscribers SET state = 'active', confirmed_at = $1, left_at = NULL WHERE id = $2`, consent.At.UnixMicro(), s.ID)
		if err != nil {
			return err
		}
	}
	// What was counted against the address, or kept of it, is over with its own consent.
	if _, err := t.Exec(`DELETE FROM bounce_scores WHERE subscriber_id = $1`, s.ID); err != nil {
		return err
	}
	if err := unsuppress(t, s.Key); err != nil {
		return err
	}
	return addConsent(t, s.ID, consent)
}

// ByToken finds a subscriber by the token of its links, or gives an error of
// kind NotFound.
func (db *Store) ByToken(ctx context.Context, token string) (s subscribers.Subscriber, err error) {
	err = db.View(ctx, "find the subscriber", func(t *database.Tx) (err error) {
		s, err = byToken(t, token)
		return err
	})
	return s, err
}

func byToken(t *database.Tx, token string) (subscribers.Subscriber, error) {
	key, ok := subscribers.TokenKey(token)
	if !ok {
		return subscribers.Subscriber{}, badLink()
	}
	s, found, err := subscriber(t, "token_key = $1", key)
	if err == nil && (!found || !sameToken(s.Token, token)) {
		return subscribers.Subscriber{}, badLink()
	}
	return s, err
}

// byLink changes the subscriber whose link is used, and gives it as it is then.
func (db *Store) byLink(ctx context.Context, operation, token string, change func(*database.Tx, subscribers.Subscriber) error) (s subscribers.Subscriber, err error) {
	err = db.Update(ctx, operation, func(t *database.Tx) error {
		key, _ := subscribers.TokenKey(token)
		if err := t.Lock(`SELECT id FROM subscribers WHERE token_key = $1 FOR NO KEY UPDATE`, key); err != nil {
			return err
		}
		if s, err = byToken(t, token); err != nil {
			return err
		}
		if err := change(t, s); err != nil {
			return err
		}
		s, _, err = subscriber(t, "id = $1", s.ID)
		return err
	})
	if err != nil {
		return subscribers.Subscriber{}, err
	}
	return s, nil
}

// Unsubscribe ends a subscription, see [signup.Store], and the confirmations mailed before.
func (db *Store) Unsubscribe(ctx context.Context, token string, at time.Time) (subscribers.Subscriber, error) {
	return db.byLink(ctx, "unsubscribe", token, func(t *database.Tx, s subscribers.Subscriber) error {
		if s.State == subscribers.Bounced {
			// It stays suppressed, and is no more one that only a server took off the list.
			_, err := t.Exec(`UPDATE subscribers SET left_at = $1 WHERE id = $2`, at.UnixMicro(), s.ID)
			return err
		}
		if s.State != subscribers.Active {
			return nil
		}
		return End(t, s.ID, subscribers.Unsubscribed, at, at)
	})
}

// End ends a subscription, as one that ended at left, and the confirmations mailed
// before now.
func End(t *database.Tx, id int64, as subscribers.State, left, now time.Time) error {
	if _, err := t.Exec(`UPDATE subscribers SET state = $1, left_at = $2 WHERE id = $3`, string(as), left.UnixMicro(), id); err != nil {
		return err
	}
	_, err := t.Exec(`
		UPDATE confirmations SET expires_at = $1
		WHERE subscriber_id = $2 AND used_at IS NULL AND expires_at > $1`, now.UnixMicro(), id)
	return err
}

// Return undoes an unsubscription; see [signup.Store].
func (db *Store) Return(ctx context.Context, token string, consent subscribers.Consent) (subscribers.Subscriber, error) {
	return db.byLink(ctx, "return", token, func(t *database.Tx, s subscribers.Subscriber) error {
		if s.State != subscribers.Unsubscribed {
			return nil
		}
		return activate(t, s, consent)
	})
}

// SetFrequency sets how often a subscriber wants a mail; see [signup.Store]. Another word
// than those known is an error of kind Invalid.
func (db *Store) SetFrequency(ctx context.Context, token string, f subscribers.Frequency) (subscribers.Subscriber, error) {
	if f != subscribers.Every && f != subscribers.Monthly {
		return subscribers.Subscriber{}, digest.Fail(digest.Invalid, `Use "every" or "monthly".`, "%q is not a frequency", f)
	}
	return db.byLink(ctx, "set the frequency", token, func(t *database.Tx, s subscribers.Subscriber) error {
		if s.Frequency == f {
			return nil
		}
		_, err := t.Exec(`UPDATE subscribers SET frequency = $1 WHERE id = $2`, string(f), s.ID)
		return err
	})
}
