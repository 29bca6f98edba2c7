// Package pages stores pages of entries that were pulled or imported, and marks
// comments that were removed.
//
// A page of entries is compared with what is stored by GUID in one statement each
// for posts and comments; what is equal is not read further and not written.
// Entries whose GUID is not known are looked up by their keys, and what differs is
// read whole, to tell an edit from another entry that has taken the name. The
// rules are those of [pull.Page].
package pages

import "postbag/digest/store/database"

// Store stores pages.
type Store struct{ *database.DB }
