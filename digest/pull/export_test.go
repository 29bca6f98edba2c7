package pull

import (
	"time"

	"postbag/digest"
)

// NewMemory gives the store of previews, for tests to look into.
func NewMemory() *Memory { return newMemory() }

// Memory is the store of previews.
type Memory = memory

// Contents gives what is stored.
func (m *memory) Contents() ([]digest.Post, []digest.Comment) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.posts, m.comments
}

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
