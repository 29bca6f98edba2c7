// Package index searches what is stored: it keeps the words of posts and comments
// in the database's full-text index, lists and finds comments and posts by a
// query, and reads what comments are compared with.
package index

import "postbag/digest/store/database"

// Store searches the database.
type Store struct{ *database.DB }
