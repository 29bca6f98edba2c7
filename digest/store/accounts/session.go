package accounts

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/account"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
)

const sessionColumns = `id, editor_id, via, agent, network, began_at, seen_at, expires_at`

func scanSession(r database.Row) (s account.Session, err error) {
	err = r.Scan(&s.ID, &s.EditorID, &s.Via, &s.Agent, &s.Network, &s.Began, &s.Seen, &s.Expires)
	return s, err
}

// Session finds the session of a token; see [account.Store].
func (db *Store) Session(ctx context.Context, token string, now, began time.Time) (s account.Session, found bool, err error) {
	err = db.View(ctx, "read the session", func(t *database.Tx) error {
		return t.Each(func(r database.Row) (err error) {
			found = true
			s, err = scanSession(r)
			return err
		}, `SELECT `+sessionColumns+` FROM sessions WHERE token_key = $1 AND expires_at > $2 AND began_at > $3`, tokenHash(token), now, began)
	})
	return s, found, err
}

// AddSession stores a session; see [account.Store].
func (db *Store) AddSession(ctx context.Context, token string, s account.Session) error {
	return db.change(ctx, "begin the session", func(t *database.Tx) error {
		if _, err := byID(t, s.EditorID); err != nil { // removed at this moment
			return err
		}
		_, err := t.Exec(`
			INSERT INTO sessions (token_key, editor_id, via, agent, network, began_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			tokenHash(token), s.EditorID, string(s.Via), s.Agent, s.Network, s.Began, s.Seen, s.Expires)
		if err != nil {
			return err
		}
		_, err = t.Exec(`DELETE FROM sessions WHERE editor_id = $1 AND id NOT IN (
			SELECT id FROM (SELECT id FROM sessions WHERE editor_id = $1 ORDER BY seen_at DESC, id DESC LIMIT $2) AS newest)`, s.EditorID, account.MostSessions)
		return err
	})
}

// TouchSession keeps that a session was seen; see [account.Store].
func (db *Store) TouchSession(ctx context.Context, token string, seen, expires time.Time) error {
	return db.Update(ctx, "keep the session", func(t *database.Tx) error {
		_, err := t.Exec(`UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE token_key = $3`, seen, expires, tokenHash(token))
		if err != nil {
			return err
		}
		_, err = t.Exec(`UPDATE editors SET last_seen = $1 WHERE id = (SELECT editor_id FROM sessions WHERE token_key = $2)`, seen, tokenHash(token))
		return err
	})
}

// DropSession ends the session of a token.
func (db *Store) DropSession(ctx context.Context, token string) error {
	return db.Update(ctx, "end the session", func(t *database.Tx) error {
		var editor int64
		found, err := t.One([]any{&editor}, `DELETE FROM sessions WHERE token_key = $1 RETURNING editor_id`, tokenHash(token))
		if err != nil || !found {
			return err
		}
		a, err := byID(t, editor)
		if err != nil {
			return err
		}
		return audit.Add(t, a.Actor(), digest.SignedOut, a.Email, "")
	})
}

// Sessions lists an editor's sessions, the last used first.
func (db *Store) Sessions(ctx context.Context, editorID int64, now time.Time) (all []account.Session, err error) {
	err = db.View(ctx, "list the sessions", func(t *database.Tx) (err error) {
		all, err = sessions(t, editorID, now)
		return err
	})
	return all, err
}

func sessions(t *database.Tx, editorID int64, now time.Time) (all []account.Session, err error) {
	err = t.Each(func(r database.Row) error {
		s, err := scanSession(r)
		all = append(all, s)
		return err
	}, `SELECT `+sessionColumns+` FROM sessions WHERE editor_id = $1 AND expires_at > $2 AND began_at > $3 ORDER BY seen_at DESC, id DESC LIMIT $4`,
		editorID, now, now.Add(-account.SessionLife), account.MostSessions)
	return all, err
}

// EndSession ends one of an editor's sessions; see [account.Store].
func (db *Store) EndSession(ctx context.Context, by digest.Actor, editorID, id int64) error {
	return db.change(ctx, "end the session", func(t *database.Tx) error {
		a, err := byID(t, editorID)
		if err != nil {
			return err
		}
		n, err := t.Exec(`DELETE FROM sessions WHERE id = $1 AND editor_id = $2 AND expires_at > $3`, id, editorID, t.Now())
		if err != nil {
			return err
		}
		if n == 0 {
			return database.Missing("there is no such session of yours any more")
		}
		return audit.Add(t, by, digest.SignedOut, a.Email, "in one browser")
	})
}

// EndSessions ends all of an editor's sessions; see [account.Store].
func (db *Store) EndSessions(ctx context.Context, by digest.Actor, editorID int64) (ended int, err error) {
	err = db.change(ctx, "end the sessions", func(t *database.Tx) error {
		a, err := byID(t, editorID)
		if err != nil {
			return err
		}
		if _, err := t.Exec(`UPDATE editors SET epoch = epoch + 1 WHERE id = $1`, editorID); err != nil {
			return err
		}
		n, err := t.Exec(`DELETE FROM sessions WHERE editor_id = $1`, editorID)
		if err != nil {
			return err
		}
		if err := endLinks(t, editorID); err != nil {
			return err
		}
		if ended = int(n); ended == 0 {
			return nil
		}
		words := "in one browser"
		if ended > 1 {
			words = fmt.Sprintf("in %d browsers", ended)
		}
		return audit.Add(t, by, digest.SignedOut, a.Email, words)
	})
	return ended, err
}
