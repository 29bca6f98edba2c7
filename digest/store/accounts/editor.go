package accounts

import (
	"context"
	"strings"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
)

const editorColumns = `id, email, key, name, role, password, handle, epoch, created_at, last_seen`

func scanAccount(r database.Row) (a account.Account, err error) {
	err = r.Scan(&a.ID, &a.Email, &a.Key, &a.Name, &a.Role, &a.Password, &a.Handle, &a.Epoch, &a.CreatedAt, &a.LastSeen)
	return a, err
}

// one reads one account, if there is such a one.
func one(t *database.Tx, condition string, arg any) (a account.Account, found bool, err error) {
	err = t.Each(func(r database.Row) (err error) {
		found = true
		a, err = scanAccount(r)
		return err
	}, `SELECT `+editorColumns+` FROM editors WHERE `+condition, arg)
	return a, found, err
}

func byID(t *database.Tx, id int64) (account.Account, error) {
	a, found, err := one(t, "id = $1", id)
	if err == nil && !found {
		err = database.Missing("there is no such editor any more").Offer(digest.Act{Do: digest.ListEditors})
	}
	return a, err
}

// Editors lists the editors by address.
func (db *Store) Editors(ctx context.Context) (all []digest.Editor, err error) {
	err = db.View(ctx, "list the editors", func(t *database.Tx) error {
		all = nil
		return t.Each(func(r database.Row) error {
			a, err := scanAccount(r)
			all = append(all, a.Editor)
			return err
		}, `SELECT `+editorColumns+` FROM editors ORDER BY key LIMIT $1`, account.MostEditors)
	})
	return all, err
}

// Account gives an editor; see [account.Store].
func (db *Store) Account(ctx context.Context, id int64) (a account.Account, err error) {
	err = db.View(ctx, "find the editor", func(t *database.Tx) (err error) {
		a, err = byID(t, id)
		return err
	})
	return a, err
}

// AccountByKey finds an editor by the key of the address.
func (db *Store) AccountByKey(ctx context.Context, key string) (account.Account, bool, error) {
	return db.find(ctx, "key = $1", key)
}

// AccountByHandle finds an editor by what passkeys know.
func (db *Store) AccountByHandle(ctx context.Context, handle []byte) (account.Account, bool, error) {
	return db.find(ctx, "handle = $1", handle)
}

func (db *Store) find(ctx context.Context, condition string, arg any) (a account.Account, found bool, err error) {
	err = db.View(ctx, "find the editor", func(t *database.Tx) (err error) {
		a, found, err = one(t, condition, arg)
		return err
	})
	return a, found, err
}

// change runs a transaction about the editors: those take turns, so that two owners
// cannot remove each other.
func (db *Store) change(ctx context.Context, operation string, fn func(*database.Tx) error) error {
	return db.Update(ctx, operation, func(t *database.Tx) error {
		if err := t.TakeTurns(database.TurnDoor); err != nil {
			return err
		}
		return fn(t)
	})
}

// AddEditor stores an editor; see [account.Store].
func (db *Store) AddEditor(ctx context.Context, by digest.Actor, a account.Account) (e digest.Editor, err error) {
	err = db.change(ctx, "add the editor", func(t *database.Tx) (err error) {
		e, err = add(t, by, a)
		return err
	})
	return e, err
}

func add(t *database.Tx, by digest.Actor, a account.Account) (digest.Editor, error) {
	if err := isFree(t, a.Key, a.Email); err != nil {
		return digest.Editor{}, err
	}
	n, err := t.Number(`SELECT COUNT(*) FROM editors`)
	if err != nil {
		return digest.Editor{}, err
	}
	if n >= account.MostEditors {
		return digest.Editor{}, database.Conflict("Remove one who works no more.", "there are %d editors, and no room for more", n).
			Offer(digest.Act{Do: digest.ListEditors})
	}
	a.ID, err = t.Insert(`INSERT INTO editors (email, key, name, role, password, handle, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		a.Email, a.Key, a.Name, string(a.Role), a.Password, a.Handle, database.OrTime(a.CreatedAt, t.Now()))
	if err != nil {
		return digest.Editor{}, err
	}
	// Whoever is an editor needs no invitation, and whoever set up first was the first.
	if _, err := t.Exec(`DELETE FROM entrances WHERE kind = 'invitation' AND key = $1 AND used_at IS NULL OR kind = 'set-up'`, a.Key); err != nil {
		return digest.Editor{}, err
	}
	if by.Kind == digest.ByVisitor { // who comes in by a link acts for themselves
		by = a.Actor()
	}
	return a.Editor, audit.Add(t, by, digest.EditorAdded, a.Email, "as "+string(a.Role))
}

func isFree(t *database.Tx, key, email string) error {
	_, found, err := one(t, "key = $1", key)
	if err == nil && found {
		err = database.Conflict("", "%s is an editor already", email).
			Offer(digest.Act{Do: digest.LinkEditor, Name: email}, digest.Act{Do: digest.ListEditors})
	}
	return err
}

// ownersLeft refuses what leaves no owner but this one.
func ownersLeft(t *database.Tx, a account.Account, what string) error {
	if a.Role != digest.OwnerRole {
		return nil
	}
	n, err := t.Number(`SELECT COUNT(*) FROM editors WHERE role = 'owner' AND id <> $1`, a.ID)
	if err == nil && n == 0 {
		err = database.Conflict("Make somebody else an owner first.", "%s is the only owner and cannot be %s", a.Email, what)
	}
	return err
}

// ChangeEditor changes an editor; see [account.Store].
func (db *Store) ChangeEditor(ctx context.Context, by digest.Actor, id int64, c account.EditorChange) error {
	return db.change(ctx, "change the editor", func(t *database.Tx) error {
		a, err := byID(t, id)
		if err != nil {
			return err
		}
		var words []string
		if c.Role != nil && *c.Role != a.Role {
			if err := ownersLeft(t, a, "made an editor"); err != nil {
				return err
			}
			a.Role = *c.Role
			words = append(words, "now "+string(a.Role))
		}
		if c.Name != nil && *c.Name != a.Name {
			a.Name = *c.Name
			words = append(words, "called “"+a.Name+"”")
		}
		if len(words) == 0 {
			return nil
		}
		if _, err := t.Exec(`UPDATE editors SET name = $1, role = $2 WHERE id = $3`, a.Name, string(a.Role), id); err != nil {
			return err
		}
		return audit.Add(t, by, digest.EditorChanged, a.Email, strings.Join(words, ", "))
	})
}

// RemoveEditor removes an editor with the passkeys, links and sessions; see
// [account.Store].
func (db *Store) RemoveEditor(ctx context.Context, by digest.Actor, id int64) error {
	return db.change(ctx, "remove the editor", func(t *database.Tx) error {
		a, err := byID(t, id)
		if err != nil {
			return err
		}
		if err := ownersLeft(t, a, "removed"); err != nil {
			return err
		}
		if _, err := t.Exec(`DELETE FROM editors WHERE id = $1`, id); err != nil {
			return err
		}
		return audit.Add(t, by, digest.EditorRemoved, a.Email, "")
	})
}

// SetPassword stores a hash, and ends all sessions; see [account.Store].
func (db *Store) SetPassword(ctx context.Context, by digest.Actor, id int64, hash string) error {
	return db.change(ctx, "set the password", func(t *database.Tx) error {
		a, err := byID(t, id)
		if err != nil {
			return err
		}
		if _, err := t.Exec(`UPDATE editors SET password = $1, epoch = epoch + 1 WHERE id = $2`, hash, id); err != nil {
			return err
		}
		ended, err := t.Exec(`DELETE FROM sessions WHERE editor_id = $1`, id)
		if err != nil {
			return err
		}
		if err := endLinks(t, id); err != nil {
			return err
		}
		words := ""
		if ended > 0 {
			words = "all sessions ended"
		}
		return audit.Add(t, by, digest.PasswordChanged, a.Email, words)
	})
}

// Rehash stores another hash of the same password; see [account.Store].
func (db *Store) Rehash(ctx context.Context, id int64, from, to string) error {
	return db.Update(ctx, "renew the password's hash", func(t *database.Tx) error {
		_, err := t.Exec(`UPDATE editors SET password = $1 WHERE id = $2 AND password = $3`, to, id, from)
		return err
	})
}

// Passkeys lists an editor's passkeys, the oldest first.
func (db *Store) Passkeys(ctx context.Context, editorID int64) (all []account.Passkey, err error) {
	err = db.View(ctx, "list the passkeys", func(t *database.Tx) error {
		all = nil
		return t.Each(func(r database.Row) error {
			var p account.Passkey
			err := r.Scan(&p.ID, &p.EditorID, &p.Name, &p.CredentialID, &p.Credential, &p.Created, &p.LastUsed)
			all = append(all, p)
			return err
		}, `SELECT id, editor_id, name, credential_id, credential, created_at, last_used FROM passkeys WHERE editor_id = $1 ORDER BY id LIMIT $2`,
			editorID, account.MostPasskeys)
	})
	return all, err
}

// AddPasskey stores a passkey; see [account.Store].
func (db *Store) AddPasskey(ctx context.Context, by digest.Actor, p account.Passkey) error {
	return db.change(ctx, "add the passkey", func(t *database.Tx) error { return addPasskey(t, by, p) })
}

func addPasskey(t *database.Tx, by digest.Actor, p account.Passkey) error {
	a, err := byID(t, p.EditorID)
	if err != nil {
		return err
	}
	var known, has int64
	_, err = t.One([]any{&known, &has}, `SELECT
		(SELECT COUNT(*) FROM passkeys WHERE credential_id = $1), (SELECT COUNT(*) FROM passkeys WHERE editor_id = $2)`, p.CredentialID, p.EditorID)
	switch {
	case err != nil:
		return err
	case known > 0:
		return database.Conflict("", "this passkey is known already")
	case has >= account.MostPasskeys:
		return database.Conflict("Remove one that is not used.", "you have %d passkeys, and there is no room for more", has)
	}
	_, err = t.Exec(`INSERT INTO passkeys (editor_id, name, credential_id, credential, created_at) VALUES ($1, $2, $3, $4, $5)`,
		p.EditorID, p.Name, p.CredentialID, p.Credential, p.Created)
	if err != nil {
		return err
	}
	return audit.Add(t, by, digest.PasskeyAdded, a.Email, p.Name)
}

// RenamePasskey renames one of an editor's passkeys.
func (db *Store) RenamePasskey(ctx context.Context, by digest.Actor, editorID, id int64, name string) error {
	return db.onPasskey(ctx, "rename the passkey", by, digest.PasskeyRenamed, editorID, id, func(t *database.Tx, was string) (string, error) {
		_, err := t.Exec(`UPDATE passkeys SET name = $1 WHERE id = $2`, name, id)
		return was + ", now " + name, err
	})
}

// RemovePasskey removes one of an editor's passkeys.
func (db *Store) RemovePasskey(ctx context.Context, by digest.Actor, editorID, id int64) error {
	return db.onPasskey(ctx, "remove the passkey", by, digest.PasskeyRemoved, editorID, id, func(t *database.Tx, was string) (string, error) {
		_, err := t.Exec(`DELETE FROM passkeys WHERE id = $1`, id)
		return was, err
	})
}

func (db *Store) onPasskey(ctx context.Context, operation string, by digest.Actor, did digest.Doing, editorID, id int64, do func(t *database.Tx, was string) (string, error)) error {
	return db.change(ctx, operation, func(t *database.Tx) error {
		a, err := byID(t, editorID)
		if err != nil {
			return err
		}
		var was string
		found, err := t.One([]any{&was}, `SELECT name FROM passkeys WHERE id = $1 AND editor_id = $2`, id, editorID)
		if err != nil {
			return err
		}
		if !found {
			return database.Missing("there is no such passkey any more")
		}
		words, err := do(t, was)
		if err != nil {
			return err
		}
		return audit.Add(t, by, did, a.Email, words)
	})
}

// PassPasskey signs an editor in by a passkey; see [account.Store].
func (db *Store) PassPasskey(ctx context.Context, p account.Passkey, network, challenge string) error {
	return db.change(ctx, "sign in", func(t *database.Tx) error {
		answered, err := t.Number(`SELECT COUNT(*) FROM answered WHERE challenge = $1`, challenge)
		if err != nil {
			return err
		}
		if answered > 0 {
			return database.Conflict("Press the button once more.", "this answer of the passkey was used already")
		}
		if _, err := t.Exec(`INSERT INTO answered (challenge, at) VALUES ($1, $2)`, challenge, t.Now()); err != nil {
			return err
		}
		n, err := t.Exec(`UPDATE passkeys SET credential = $1, last_used = $2 WHERE id = $3 AND editor_id = $4`, p.Credential, t.Now(), p.ID, p.EditorID)
		if err != nil {
			return err
		}
		if n == 0 {
			return database.Missing("there is no such passkey any more")
		}
		a, err := byID(t, p.EditorID)
		if err != nil {
			return err
		}
		return passed(t, a, account.PasskeyAttempt, account.ByPasskey, network)
	})
}
