package list

import (
	"time"

	"postbag/digest/store/database"
	"postbag/subscribers"
)

// suppressedHash gives what a forgotten address is known by.
func suppressedHash(t *database.Tx, key string) (string, error) {
	return mailboxHash(t, "suppressed "+key)
}

// suppress keeps that an address may not be mailed, and nothing else of it.
func suppress(t *database.Tx, s subscribers.Subscriber, at time.Time) error {
	hash, err := suppressedHash(t, s.Key)
	if err != nil {
		return err
	}
	_, err = t.Exec(`INSERT INTO suppressions (address, state, at) VALUES ($1, $2, $3)
		ON CONFLICT (address) DO UPDATE SET state = excluded.state`, hash, string(s.State), at.UnixMicro())
	return err
}

const querySomeSuppressed = `SELECT COUNT(*) FROM (SELECT 1 FROM suppressions LIMIT 1) AS kept`

// isSuppressed tells whether a forgotten address may not be mailed.
func isSuppressed(t *database.Tx, key string) (bool, error) {
	if n, err := t.Number(querySomeSuppressed); err != nil || n == 0 {
		return false, err
	}
	hash, err := suppressedHash(t, key)
	if err != nil {
		return false, err
	}
	n, err := t.Number(`SELECT COUNT(*) FROM suppressions WHERE address = $1`, hash)
	return n > 0, err
}

// unsuppress forgets that: its owner has confirmed anew.
func unsuppress(t *database.Tx, key string) error {
	if n, err := t.Number(querySomeSuppressed); err != nil || n == 0 {
		return err
	}
	hash, err := suppressedHash(t, key)
	if err != nil {
		return err
	}
	_, err = t.Exec(`DELETE FROM suppressions WHERE address = $1`, hash)
	return err
}
