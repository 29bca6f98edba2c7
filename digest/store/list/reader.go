package list

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"postbag/digest"
	"postbag/digest/store/audit"
	"postbag/digest/store/database"
	"postbag/digest/store/onwire"
	"postbag/digest/store/rules"
	"postbag/subscribers"
	"postbag/subscribers/roster"
)

// erasedKey begins the key of somebody who was forgotten; no address has such a key.
const erasedKey = "erased:"

// notErased leaves out who was forgotten.
const notErased = `key NOT LIKE 'erased:%'`

// SubscribersPage gives a page of the list; see [roster.ReaderStore].
func (db *Store) SubscribersPage(ctx context.Context, filter roster.Filter, after int64, n int) (page roster.Page, err error) {
	err = db.View(ctx, "list a page of subscribers", func(t *database.Tx) error {
		from := ""
		if after != 0 {
			if _, err := t.One([]any{&from}, `SELECT key FROM subscribers WHERE id = $1`, after); err != nil {
				return err
			}
		}
		if filter.Text == "" {
			return plainPage(t, filter, from, n, &page)
		}
		return searchPage(t, filter, from, n, &page)
	})
	return page, err
}

func plainPage(t *database.Tx, filter roster.Filter, from string, n int, page *roster.Page) error {
	var w database.Where
	w.Terms = append(w.Terms, "key > "+w.Param(from), notErased)
	if filter.State != "" {
		w.Terms = append(w.Terms, "state = "+w.Param(string(filter.State)))
	}
	err := eachSubscriber(t, page, `SELECT `+subscriberColumns+` FROM subscribers`+w.Clause()+` ORDER BY key LIMIT `+w.Param(n+1), w.Args...)
	if err == nil && len(page.Readers) > n {
		page.Readers = page.Readers[:n]
		page.Next = page.Readers[n-1].ID
	}
	return err
}

func eachSubscriber(t *database.Tx, page *roster.Page, query string, args ...any) error {
	return t.Each(func(r database.Row) error {
		s, err := scanSubscriber(r)
		page.Readers = append(page.Readers, s)
		return err
	}, query, args...)
}

// searchPage looks through a window of the list. On the first page the addresses that
// begin with the text come before the others, wherever in the list they are.
func searchPage(t *database.Tx, filter roster.Filter, from string, n int, page *roster.Page) error {
	text := norm.NFC.String(strings.ToLower(strings.TrimSpace(filter.Text)))
	state := ""
	if filter.State != "" {
		state = string(filter.State)
	}
	if from == "" {
		err := eachSubscriber(t, page, `SELECT `+subscriberColumns+` FROM subscribers
			WHERE key >= $1 AND key < $2 AND `+notErased+` AND ($3 = '' OR state = $3) ORDER BY key LIMIT $4`, text, text+"\U0010FFFF", state, n)
		if err != nil {
			return err
		}
	}
	begins := map[int64]bool{}
	for _, s := range page.Readers {
		begins[s.ID] = true
	}
	window := `SELECT key, id FROM subscribers WHERE key > $1 AND ` + notErased + ` ORDER BY key`
	args := []any{from, roster.Window}
	if state != "" {
		window = `SELECT key, id FROM subscribers WHERE state = $3 AND key > $1 AND ` + notErased + ` ORDER BY key`
		args = append(args, state)
	}
	like := fmt.Sprintf("$%d", len(args)+1)
	most := fmt.Sprintf("$%d", len(args)+2)
	found := roster.Page{}
	err := eachSubscriber(t, &found, `SELECT `+subscriberColumns+` FROM subscribers WHERE id IN (
			SELECT id FROM (`+window+` LIMIT $2) AS looked WHERE key LIKE `+like+` ESCAPE '\' ORDER BY key LIMIT `+most+`)
		ORDER BY key`, append(args, containing(text), n+1)...)
	if err != nil {
		return err
	}
	if len(found.Readers) > n {
		found.Readers = found.Readers[:n]
		page.Next = found.Readers[n-1].ID
	}
	for _, s := range found.Readers {
		if !begins[s.ID] {
			page.Readers = append(page.Readers, s)
		}
	}
	if page.Next != 0 {
		return nil
	}
	args[1] = roster.Window - 1
	page.Next, err = t.Number(`SELECT COALESCE((SELECT id FROM (`+window+` LIMIT 1 OFFSET $2) AS last), 0)`, args...)
	page.Partly = page.Next != 0
	return err
}

// SubscriberByKey looks somebody up by their address; see [roster.ReaderStore].
func (db *Store) SubscriberByKey(ctx context.Context, key string) (s subscribers.Subscriber, err error) {
	err = db.View(ctx, "look for the subscriber", func(t *database.Tx) (err error) {
		var found bool
		s, found, err = subscriber(t, notErased+" AND key = $1", key)
		if err == nil && !found {
			err = database.Missing("nobody has the address %s", key)
		}
		return err
	})
	return s, err
}

// Reader gives all that is known of a subscriber; see [roster.ReaderStore].
func (db *Store) Reader(ctx context.Context, id int64, most int) (told roster.Told, err error) {
	err = db.View(ctx, "read the subscriber", func(t *database.Tx) (err error) {
		told = roster.Told{}
		var found bool
		told.Subscriber, found, err = subscriber(t, notErased+" AND id = $1", id)
		if err != nil {
			return err
		}
		if !found {
			return noReader(id)
		}
		return tell(t, &told, id, most)
	})
	return told, err
}

func noReader(id int64) error { return database.Missing("there is no reader %d", id) }

func tell(t *database.Tx, told *roster.Told, id int64, most int) error {
	err := t.Each(func(r database.Row) error {
		var c subscribers.Consent
		err := r.Scan(&c.At, &c.IP, &c.Page, &c.Wording, &c.EnteredBy)
		told.Consents = append(told.Consents, c)
		return err
	}, `SELECT at, ip, page, wording, entered_by FROM consents WHERE subscriber_id = $1 ORDER BY at DESC, id DESC LIMIT $2`, id, most)
	if err != nil {
		return err
	}
	err = t.Each(func(r database.Row) error {
		var a roster.Asked
		err := r.Scan(&a.At, &a.Expires, &a.Used)
		told.Confirmations = append(told.Confirmations, a)
		return err
	}, `SELECT created_at, expires_at, used_at FROM confirmations WHERE subscriber_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, id, most)
	if err != nil {
		return err
	}
	waiting, err := t.Number(`SELECT COUNT(*) FROM letters WHERE subscriber_id = $1
		OR confirmation_id IN (SELECT id FROM confirmations WHERE subscriber_id = $1)`, id)
	if err != nil {
		return err
	}
	told.Waiting = int(waiting)
	return t.Each(func(r database.Row) error {
		var d roster.Received
		err := r.Scan(&d.Issue.ID, &d.Issue.Number, &d.Issue.Title, &d.Issue.State, &d.Series, &d.State, &d.At, &d.Cause, &d.Code, &d.Reply, &d.Error)
		told.Deliveries = append(told.Deliveries, d)
		return err
	}, `SELECT i.id, i.number, i.title, i.state, s.slug, d.state, d.updated_at, d.cause, d.code, d.reply, d.error
		FROM deliveries d JOIN issues i ON i.id = d.issue_id JOIN series s ON s.id = i.series_id
		WHERE d.subscriber_id = $1 ORDER BY d.id DESC LIMIT $2`, id, most)
}

// Erase forgets a person; see [roster.ReaderStore].
func (db *Store) Erase(ctx context.Context, by digest.Actor, id int64, at time.Time) error {
	return db.Update(ctx, "forget the subscriber", func(t *database.Tx) error {
		if err := t.Lock(`SELECT id FROM subscribers WHERE id = $1 FOR UPDATE`, id); err != nil {
			return err
		}
		s, known, err := subscriber(t, notErased+" AND id = $1", id)
		if err != nil {
			return err
		}
		if !known {
			return noReader(id)
		}
		hears, err := isHearing(t, id)
		if err != nil {
			return err
		}
		if hears {
			return database.Conflict("Try again in a minute.", "a mail to this reader is on its way at this moment")
		}
		if err := audit.Add(t, by, digest.ReaderRemoved, fmt.Sprintf("reader %d", id), "erased"); err != nil {
			return err
		}
		if s.State.Suppressed() {
			if err := suppress(t, s, at); err != nil {
				return err
			}
		}
		for _, query := range []string{
			`UPDATE bounces SET words = '' WHERE subscriber_id = $1`,
			`DELETE FROM bounce_scores WHERE subscriber_id = $1`,
			`DELETE FROM letters WHERE subscriber_id = $1 OR confirmation_id IN (SELECT id FROM confirmations WHERE subscriber_id = $1)`,
			`DELETE FROM confirmations WHERE subscriber_id = $1`,
			`DELETE FROM consents WHERE subscriber_id = $1`,
		} {
			if _, err := t.Exec(query, id); err != nil {
				return err
			}
		}
		mailed, err := t.Number(`SELECT COUNT(*) FROM deliveries WHERE subscriber_id = $1`, id)
		if err != nil {
			return err
		}
		if mailed == 0 {
			_, err = t.Exec(`DELETE FROM subscribers WHERE id = $1`, id)
			return err
		}
		return unname(t, id, at)
	})
}

// isHearing tells whether a mail to a person is on its way at this moment.
func isHearing(t *database.Tx, id int64) (bool, error) {
	rows, err := onwire.All(t)
	if err != nil {
		return false, err
	}
	var ids []int64
	for _, r := range rows {
		for _, e := range r.Entries {
			ids = append(ids, e.ID)
		}
	}
	packed, err := database.JSONArray(ids)
	if err != nil {
		return false, err
	}
	n, err := t.Number(`SELECT COUNT(*) FROM deliveries WHERE subscriber_id = $1
		AND (state = 'sending' OR `+t.Dialect.Among("id", "$2", "BIGINT")+`)`, id, packed)
	return n > 0, err
}

// unname leaves of a person the rows that the ledger counts.
func unname(t *database.Tx, id int64, at time.Time) error {
	state, cause := rules.NotSent(subscribers.ReaderLeft)
	if _, err := t.Exec(`
		UPDATE deliveries SET state = `+state+`, cause = `+cause+`, next_try = NULL, updated_at = $1
		WHERE subscriber_id = $2 AND `+rules.Unbegun, at, id); err != nil {
		return err
	}
	if _, err := t.Exec(`UPDATE deliveries SET reply = '', error = '' WHERE subscriber_id = $1`, id); err != nil {
		return err
	}
	token := subscribers.NewToken()
	key, _ := subscribers.TokenKey(token)
	_, err := t.Exec(`UPDATE subscribers SET email = '', name = '', key = $1, token = $2, token_key = $3, state = 'unsubscribed',
		confirmed_at = NULL, left_at = COALESCE(left_at, $4) WHERE id = $5`, fmt.Sprintf("%s%d", erasedKey, id), token, key, at, id)
	return err
}
