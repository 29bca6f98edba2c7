// Package ledger keeps the deliveries: one row for one issue and one subscriber.
package ledger

import "postbag/digest/store/database"

// Store keeps the ledger.
type Store struct {
	*database.DB

	first  alternator
	heads  heads
	claims claims // of this process, where it is the only one that sends
}
