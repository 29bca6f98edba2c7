// Package duties keeps recurring work: which process works on the database, which
// duty it has leased, and when each is due next.
package duties

import "postbag/digest/store/database"

// Store keeps duties and workers.
type Store struct{ *database.DB }
