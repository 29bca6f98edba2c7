package pull

import (
	"time"

	"postbag/digest"
)

// Canonical gives the canonical form of a permalink of a source with the given
// addresses.
func Canonical(address string, fragment bool, own ...string) string {
	return ownHosts(own...).canonical(address, fragment)
}

// ListingAddress gives where a post's own comments feed is by a pattern.
func ListingAddress(pattern string, x digest.Listing) string { return fill(pattern, x, "") }

// SetRecheckLimit bounds rechecks from now on, and gives what undoes it.
func SetRecheckLimit(d time.Duration) (undo func()) {
	before := recheckLimit
	recheckLimit = d
	return func() { recheckLimit = before }
}

// SetShare bounds what one feed may take of a pull from now on, and gives what undoes
// it.
func SetShare(d time.Duration, bytes int64) (undo func()) {
	wasTime, wasBytes := shareTime, shareBytes
	shareTime, shareBytes = d, bytes
	return func() { shareTime, shareBytes = wasTime, wasBytes }
}
