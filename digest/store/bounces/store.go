// Package bounces keeps what came back of mails, what it counts against an address, and
// how far the refusals in the ledger were looked at.
package bounces

import "postbag/digest/store/database"

// Store keeps bounces and complaints.
type Store struct{ *database.DB }
