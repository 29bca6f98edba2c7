// Package list keeps the subscribers, how each agreed, and the confirmations that
// wait to be mailed.
package list

import "postbag/digest/store/database"

// Store keeps the list.
type Store struct{ *database.DB }
