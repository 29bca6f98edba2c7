// Package ledger keeps the deliveries: one row for one issue and one subscriber.
package ledger

import (
	"sync"

	"postbag/digest/store/database"
)

// Store keeps the ledger.
type Store struct {
	*database.DB

	first  alternator
	heads  heads
	claims claims // of this process, where it is the only one that sends

	made       sync.Once
	statements statements
}

// statements are those of an exchange, which are put together once.
type statements struct{ settle, taken, notBeginnable, claim string }

func (db *Store) texts() *statements {
	db.made.Do(func() {
		d := &db.Dialect
		db.statements = statements{querySettle(d, nil), querySettle(d, taken), queryNotBeginnable(d), queryClaim(d)}
	})
	return &db.statements
}
