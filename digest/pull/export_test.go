package pull

import "postbag/digest"

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
