// Package index keeps what is derived from posts and comments, for searching.
package index

import "postbag/digest/store/database"

// Store keeps the index.
type Store struct{ *database.DB }
