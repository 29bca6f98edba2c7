// Package checks keeps what is found out about an issue before it goes out: what the
// blogs and the addresses that it links to said, and what its editor has looked at.
package checks

import "postbag/digest/store/database"

// Store keeps checks.
type Store struct{ *database.DB }
