// Package audit keeps who changed what. Every method of the store that a person's
// change passes through adds its row by [Add], in its own transaction.
package audit

import (
	"context"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/store/database"
)

// Store keeps the audit list.
type Store struct{ *database.DB }

// Bounds of the texts of a row, in bytes: a list of what changed may be long.
const (
	mostOn    = 300
	mostWords = 1000
)

// Add adds that somebody did something to a thing, both in words, as
// [digest.Audited] has them. The moment is the transaction's.
func Add(t *database.Tx, by digest.Actor, did digest.Doing, on, words string) error {
	now := t.Now().UnixMicro()
	_, err := t.Exec(`
		INSERT INTO audit (at, last_at, by_kind, by_name, did, subject, words) VALUES ($1, $1, $2, $3, $4, $5, $6)`,
		now, string(by.Kind), by.Name, string(did), short(on, mostOn), short(words, mostWords))
	return err
}

// AddAudited adds a row of something that changed nothing else.
func (db *Store) AddAudited(ctx context.Context, a digest.Audited) error {
	return db.Update(ctx, "add to the audit", func(t *database.Tx) error { return Add(t, a.By, a.Did, a.On, a.Words) })
}

// Count adds one to the row that says the same and began within an hour, or adds
// a row: what strangers can make happen often takes one row an hour. The caller
// lets no other transaction count at the same time.
func Count(t *database.Tx, by digest.Actor, did digest.Doing, on, words string) error {
	now := t.Now().UnixMicro()
	n, err := t.Exec(`
		UPDATE audit SET times = times + 1, last_at = $1, words = $2
		WHERE id = (SELECT MAX(id) FROM audit WHERE did = $3 AND subject = $4 AND by_kind = $5 AND by_name = $6 AND at > $1 - 3600000000)`,
		now, short(words, mostWords), string(did), short(on, mostOn), string(by.Kind), by.Name)
	if err != nil || n > 0 {
		return err
	}
	return Add(t, by, did, on, words)
}

// Grow adds a row, or gives the one that says the same and began at a moment or later
// other words: what is done in many transactions takes one row.
func Grow(t *database.Tx, since time.Time, by digest.Actor, did digest.Doing, on, words string) error {
	n, err := t.Exec(`
		UPDATE audit SET last_at = $1, words = $2
		WHERE id = (SELECT MAX(id) FROM audit WHERE did = $3 AND subject = $4 AND by_kind = $5 AND by_name = $6 AND at >= $7)`,
		t.Now(), short(words, mostWords), string(did), short(on, mostOn), string(by.Kind), by.Name, since.UnixMicro())
	if err != nil || n > 0 {
		return err
	}
	return Add(t, by, did, on, words)
}

// short cuts a text at a character's end.
func short(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len("…")], "") + "…"
}

// Audit lists what was done, the newest first.
func (db *Store) Audit(ctx context.Context, f digest.AuditFilter) (all []digest.Audited, err error) {
	before := f.Before
	if before <= 0 {
		before = 1<<63 - 1
	}
	err = db.View(ctx, "list the audit", func(t *database.Tx) error {
		return t.Each(func(r database.Row) error {
			var a digest.Audited
			err := r.Scan(&a.ID, &a.At, &a.Last, &a.By.Kind, &a.By.Name, &a.Did, &a.On, &a.Words, &a.Times)
			all = append(all, a)
			return err
		}, `SELECT id, at, last_at, by_kind, by_name, did, subject, words, times FROM audit
			WHERE id < $1 AND ($2 = '' OR LOWER(by_name) LIKE $3 ESCAPE '\') AND ($4 = '' OR did = $4) AND last_at >= $5
			ORDER BY id DESC LIMIT $6`,
			before, f.By, "%"+escaped(strings.ToLower(f.By))+"%", string(f.Did), since(f), database.Limit(f.Limit))
	})
	return all, err
}

func since(f digest.AuditFilter) int64 {
	if f.Since.IsZero() {
		return 0
	}
	return f.Since.UnixMicro()
}

// escaped writes a text so that LIKE takes it as it stands.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// SweepAudit removes rows older than [digest.AuditKept], and those beyond the
// newest [digest.AuditMost], and counts them.
func (db *Store) SweepAudit(ctx context.Context) (n int64, err error) {
	return db.sweep(ctx, digest.AuditMost)
}

func (db *Store) sweep(ctx context.Context, most int) (n int64, err error) {
	err = db.Update(ctx, "sweep the audit", func(t *database.Tx) (err error) {
		n, err = t.Exec(`
			DELETE FROM audit WHERE last_at < $1 OR id <= (SELECT COALESCE(MAX(id), 0) FROM (SELECT id FROM audit ORDER BY id DESC LIMIT 1 OFFSET $2) AS oldest)`,
			t.Now().Add(-digest.AuditKept).UnixMicro(), most)
		return err
	})
	return n, err
}
