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

const entranceColumns = `id, kind, COALESCE(editor_id, 0), email, key, name, role, by_name, created_at, expires_at, used_at`

func scanEntrance(r database.Row) (e account.Entrance, err error) {
	err = r.Scan(&e.ID, &e.Kind, &e.EditorID, &e.Email, &e.Key, &e.Name, &e.Role, &e.By, &e.Created, &e.Expires, &e.Used)
	return e, err
}

func addEntrance(t *database.Tx, token string, e account.Entrance) (id int64, err error) {
	hash := linkHash(token)
	if hash == "" {
		return 0, digest.Fail(digest.Invalid, "", "a link needs a token")
	}
	return t.Insert(`
		INSERT INTO entrances (kind, token_key, editor_id, email, key, name, role, by_name, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		string(e.Kind), hash, database.OrNull(e.EditorID), e.Email, e.Key, e.Name, string(e.Role), e.By, database.OrTime(e.Created, t.Now()), e.Expires)
}

// AddEntrance stores a link that a command prints.
func (db *Store) AddEntrance(ctx context.Context, by digest.Actor, token string, e account.Entrance) error {
	return db.change(ctx, "make a link", func(t *database.Tx) error {
		if _, err := byID(t, e.EditorID); err != nil {
			return err
		}
		if _, err := addEntrance(t, token, e); err != nil {
			return err
		}
		return audit.Add(t, by, digest.LinkMade, e.Email, "to sign in")
	})
}

// endLinks ends an editor's links to sign in: who is shut out comes in by none of them.
func endLinks(t *database.Tx, editorID int64) error {
	_, err := t.Exec(`UPDATE entrances SET expires_at = $1 WHERE kind = 'sign-in' AND editor_id = $2 AND used_at IS NULL AND expires_at > $1`, t.Now(), editorID)
	return err
}

// replacedKept is how many links to set up are remembered that newer ones replaced.
const replacedKept = 20

// AddSetUp stores the link to set up, unless there is an editor; see [account.Store].
func (db *Store) AddSetUp(ctx context.Context, token string, e account.Entrance) (made bool, err error) {
	err = db.change(ctx, "make the link to set up", func(t *database.Tx) error {
		made = false
		n, err := t.Number(`SELECT COUNT(*) FROM editors`)
		if err != nil {
			return err
		}
		if n > 0 {
			_, err := t.Exec(`DELETE FROM entrances WHERE kind = 'set-up'`)
			return err
		}
		if _, err := t.Exec(`UPDATE entrances SET expires_at = $1 WHERE kind = 'set-up' AND expires_at IS NULL`, t.Now()); err != nil {
			return err
		}
		// Of those that were replaced a few are known, however often the program starts.
		_, err = t.Exec(`DELETE FROM entrances WHERE kind = 'set-up' AND id NOT IN (
			SELECT id FROM (SELECT id FROM entrances WHERE kind = 'set-up' ORDER BY id DESC LIMIT $1) AS newest)`, replacedKept)
		if err != nil {
			return err
		}
		made = true
		_, err = addEntrance(t, token, e)
		return err
	})
	return made && err == nil, err
}

// Invite stores an invitation and queues its letter; see [account.Store].
func (db *Store) Invite(ctx context.Context, by digest.Actor, token string, e account.Entrance) error {
	return db.change(ctx, "invite an editor", func(t *database.Tx) error {
		if err := isFree(t, e.Key, e.Email); err != nil {
			return err
		}
		if _, err := t.Exec(`DELETE FROM entrances WHERE kind = 'invitation' AND key = $1 AND used_at IS NULL`, e.Key); err != nil {
			return err
		}
		waiting, err := t.Number(`SELECT COUNT(*) FROM entrances WHERE kind = 'invitation' AND used_at IS NULL AND expires_at > $1`, t.Now())
		if err != nil {
			return err
		}
		if waiting >= account.MostEditors {
			return database.Conflict("Take some of them back.", "%d invitations wait for an answer already", waiting)
		}
		id, err := addEntrance(t, token, e)
		if err != nil {
			return err
		}
		err = list.QueueToEditor(t, list.ToEditor{Kind: subscribers.InvitationLetter, Email: e.Email, EntranceID: id, Token: token})
		if err != nil {
			return err
		}
		return audit.Add(t, by, digest.EditorInvited, e.Email, "as "+string(e.Role))
	})
}

// Invitations lists what can still be accepted, the newest first.
func (db *Store) Invitations(ctx context.Context, now time.Time) (all []account.Entrance, err error) {
	err = db.View(ctx, "list the invitations", func(t *database.Tx) error {
		all = nil
		return t.Each(func(r database.Row) error {
			e, err := scanEntrance(r)
			all = append(all, e)
			return err
		}, `SELECT `+entranceColumns+` FROM entrances WHERE kind = 'invitation' AND used_at IS NULL AND expires_at > $1 ORDER BY id DESC LIMIT $2`,
			now, account.MostEditors)
	})
	return all, err
}

// WithdrawInvitation takes an invitation back.
func (db *Store) WithdrawInvitation(ctx context.Context, by digest.Actor, id int64) error {
	return db.change(ctx, "take the invitation back", func(t *database.Tx) error {
		var email string
		found, err := t.One([]any{&email}, `DELETE FROM entrances WHERE id = $1 AND kind = 'invitation' AND used_at IS NULL RETURNING email`, id)
		if err != nil {
			return err
		}
		if !found {
			return database.Missing("there is no such invitation any more")
		}
		return audit.Add(t, by, digest.EditorInvited, email, "taken back")
	})
}

// Entrance looks a link up.
func (db *Store) Entrance(ctx context.Context, token string) (e account.Entrance, found bool, err error) {
	err = db.View(ctx, "read the link", func(t *database.Tx) (err error) {
		e, found, err = entrance(t, token)
		return err
	})
	return e, found, err
}

func entrance(t *database.Tx, token string) (e account.Entrance, found bool, err error) {
	hash := linkHash(token)
	if hash == "" {
		return e, false, nil
	}
	err = t.Each(func(r database.Row) (err error) {
		found = true
		e, err = scanEntrance(r)
		return err
	}, `SELECT `+entranceColumns+` FROM entrances WHERE token_key = $1`, hash)
	return e, found, err
}

// use uses a link up, if it can be used.
func use(t *database.Tx, token string, now time.Time, kinds ...account.EntranceKind) (account.Entrance, error) {
	e, found, err := entrance(t, token)
	if err != nil {
		return e, err
	}
	fits := false
	for _, k := range kinds {
		fits = fits || e.Kind == k
	}
	if !found || !fits {
		return e, database.Missing("this link stands for nothing")
	}
	if err := e.Trouble(now); err != nil {
		return e, err
	}
	_, err = t.Exec(`UPDATE entrances SET used_at = $1 WHERE id = $2`, now, e.ID)
	return e, err
}

// Enter uses a link to sign in; see [account.Store].
func (db *Store) Enter(ctx context.Context, token string, now time.Time, network string) (e digest.Editor, err error) {
	err = db.change(ctx, "use the link", func(t *database.Tx) error {
		link, err := use(t, token, now, account.SignInLink)
		if err != nil {
			return err
		}
		a, err := byID(t, link.EditorID)
		if err != nil {
			return err
		}
		e = a.Editor
		return passed(t, a, account.LinkAttempt, account.ByLink, network)
	})
	return e, err
}

// Accept uses an invitation or the link to set up; see [account.Store].
func (db *Store) Accept(ctx context.Context, token string, a account.Account, p *account.Passkey, now time.Time, network string) (e digest.Editor, err error) {
	err = db.change(ctx, "accept the invitation", func(t *database.Tx) error {
		link, err := use(t, token, now, account.InvitationLink, account.SetUpLink)
		if err != nil {
			return err
		}
		if e, err = add(t, visitor, a); err != nil {
			return err
		}
		if p != nil {
			p.EditorID = e.ID
			if err := addPasskey(t, e.Actor(), *p); err != nil {
				return err
			}
		}
		via := account.ByInvitation
		if link.Kind == account.SetUpLink {
			via = account.BySetUp
		}
		a.Editor = e
		return passed(t, a, account.LinkAttempt, via, network)
	})
	return e, err
}
