package accounts

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/store/list"
	"postbag/subscribers"
)

// queryTried counts the bad attempts of a kind $1 since $2 from the network $3, for
// the account $4 from it, or in the known browser $7 wherever it is, and for the account from networks that it has no good
// attempt from since $5; whether it has one from this network; and when it was
// mailed a link last. What comes from no network is counted for the account only,
// and is known to none. What was tried in known browsers counts against nobody else.
const queryTried = `
	SELECT
		(SELECT COUNT(*) FROM attempts a WHERE a.network = $3 AND $3 <> '' AND a.device = '' AND a.at > $2 AND a.good = 0 AND a.kind = $1),
		(SELECT COUNT(*) FROM attempts a WHERE a.account = $4 AND a.device = $7 AND (a.device <> '' OR a.network = $3) AND a.at > $2 AND a.good = 0 AND a.kind = $1),
		(SELECT COUNT(*) FROM attempts a WHERE a.account = $4 AND a.device = '' AND a.at > $2 AND a.good = 0 AND a.kind = $1
			AND NOT EXISTS (SELECT 1 FROM attempts k WHERE k.account = a.account AND k.network = a.network AND k.network <> '' AND k.good = 1 AND k.at > $5)),
		(SELECT CASE WHEN COUNT(*) > 0 THEN 1 ELSE 0 END FROM attempts k WHERE k.account = $4 AND k.network = $3 AND $3 <> '' AND k.good = 1 AND k.at > $5),
		(SELECT MAX(l.created_at) FROM entrances l WHERE l.kind = 'sign-in' AND l.by_name = '' AND l.key = $6)`

// begin counts an attempt as a bad one, if it is allowed. The same is asked and
// written whether or not there is such an account.
func begin(t *database.Tx, a account.Attempt) (id int64, allowed bool, err error) {
	now := t.Now()
	of, err := accountHash(t, a.Key)
	if err != nil {
		return 0, false, err
	}
	var tried account.Tried
	_, err = t.One([]any{&tried.Network, &tried.AccountNetwork, &tried.Account, &tried.Known, &tried.LastMail}, queryTried,
		string(a.Kind), now.Add(-time.Hour).UnixMicro(), a.Network, of, now.Add(-account.KnownLife).UnixMicro(), a.Key, a.Device)
	if err != nil {
		return 0, false, err
	}
	if !a.Limits.Allow(a, tried, now) {
		return 0, false, nil
	}
	id, err = t.Insert(`INSERT INTO attempts (kind, account, network, device, at, good) VALUES ($1, $2, $3, $4, $5, 0)`, string(a.Kind), of, a.Network, a.Device, now)
	return id, true, err
}

// BeginAttempt counts an attempt; see [account.Store]. Attempts take turns: each counts
// against the limits of the next. One that is refused is in the audit list, too.
func (db *Store) BeginAttempt(ctx context.Context, a account.Attempt) (id int64, allowed bool, err error) {
	err = db.change(ctx, "sign in", func(t *database.Tx) (err error) {
		if id, allowed, err = begin(t, a); err != nil || allowed {
			return err
		}
		return failed(t, a, "too many attempts")
	})
	return id, allowed && err == nil, err
}

// FailAttempt leaves it in the audit list that an attempt failed.
func (db *Store) FailAttempt(ctx context.Context, a account.Attempt) error {
	return db.change(ctx, "sign in", func(t *database.Tx) error { return failed(t, a, "") })
}

// nobody is whom the audit list names in place of an address that is no editor's, which
// may be anything that somebody typed.
const nobody = "an address that is no editor's"

func failed(t *database.Tx, a account.Attempt, words string) error {
	on := nobody
	if a.Kind == account.PasskeyAttempt {
		on = "nobody, by a passkey"
	}
	of, found, err := one(t, "key = $1", a.Key)
	if err != nil {
		return err
	}
	if found {
		on = of.Email
	}
	if a.Network != "" {
		if words != "" {
			words += ", "
		}
		words += "last from " + a.Network
	}
	return audit.Count(t, visitor, digest.SignInFailed, on, words)
}

// PassAttempt makes a good one of an attempt; see [account.Store].
func (db *Store) PassAttempt(ctx context.Context, attempt, editorID int64, via account.Way) error {
	return db.change(ctx, "sign in", func(t *database.Tx) error {
		a, err := byID(t, editorID)
		if err != nil {
			return err
		}
		if _, err := t.Exec(`UPDATE attempts SET good = 1 WHERE id = $1`, attempt); err != nil {
			return err
		}
		return signedIn(t, a, via)
	})
}

// passed keeps that an editor came in by what needs no limits: the network is known
// from now on.
func passed(t *database.Tx, a account.Account, kind account.AttemptKind, via account.Way, network string) error {
	of, err := accountHash(t, a.Key)
	if err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO attempts (kind, account, network, at, good) VALUES ($1, $2, $3, $4, 1)`, string(kind), of, network, t.Now())
	if err != nil {
		return err
	}
	return signedIn(t, a, via)
}

func signedIn(t *database.Tx, a account.Account, via account.Way) error {
	if _, err := t.Exec(`UPDATE editors SET last_seen = $1 WHERE id = $2`, t.Now(), a.ID); err != nil {
		return err
	}
	return audit.Add(t, a.Actor(), digest.SignedIn, a.Email, "by "+wayWords[via])
}

var wayWords = map[account.Way]string{
	account.ByPassword: "password", account.ByPasskey: "passkey", account.ByLink: "a link",
	account.BySetUp: "the link to set up", account.ByInvitation: "an invitation",
}

// MailLink queues the letter with a link; see [account.Store].
func (db *Store) MailLink(ctx context.Context, a account.Attempt, token string, expires time.Time) (mailed bool, err error) {
	err = db.change(ctx, "mail a link", func(t *database.Tx) error {
		mailed = false
		_, allowed, err := begin(t, a)
		if err != nil || !allowed {
			return err
		}
		of, found, err := one(t, "key = $1", a.Key)
		if err != nil || !found {
			return err
		}
		mailed = true
		id, err := addEntrance(t, token, account.Entrance{
			Kind: account.SignInLink, EditorID: of.ID, Email: of.Email, Key: of.Key, Created: t.Now(), Expires: expires,
		})
		if err != nil {
			return err
		}
		return list.QueueToEditor(t, list.ToEditor{
			Kind: subscribers.SignInLetter, Email: of.Email, EditorID: of.ID, EntranceID: id, Token: token,
		})
	})
	return mailed && err == nil, err
}

// SweepDoor removes what is of no use any more; see [account.Store].
func (db *Store) SweepDoor(ctx context.Context, now, known, entrances time.Time) error {
	return db.change(ctx, "sweep the door", func(t *database.Tx) error {
		for _, gone := range []struct {
			query string
			at    time.Time
		}{
			{`DELETE FROM sessions WHERE expires_at <= $1`, now},
			{`DELETE FROM answered WHERE at < $1`, now.Add(-time.Hour)},
			{`DELETE FROM attempts WHERE good = 0 AND at < $1`, now.Add(-time.Hour)},
			{`DELETE FROM attempts WHERE good = 1 AND at < $1`, known},
			// Of one account's good ones from one network the last is enough.
			{`DELETE FROM attempts WHERE good = 1 AND at < $1 AND EXISTS (
				SELECT 1 FROM attempts l WHERE l.account = attempts.account AND l.network = attempts.network AND l.good = 1 AND l.id > attempts.id)`, now.Add(-time.Hour)},
			{`DELETE FROM entrances WHERE COALESCE(used_at, expires_at) < $1`, entrances},
		} {
			if _, err := t.Exec(gone.query, gone.at.UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
}
