// Package transfer reads everything out of a database at one moment ([Store.Backup])
// and brings it into an empty one of either kind ([Restore]).
package transfer

import "postbag/digest/store/database"

// Store reads the database out.
type Store struct{ *database.DB }
