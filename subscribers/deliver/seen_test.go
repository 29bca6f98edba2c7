package deliver_test

import "sync"

// seen remembers names.
type seen struct {
	mu    sync.Mutex
	names map[string]bool
}

func newSeen() *seen { return &seen{names: map[string]bool{}} }

// first tells whether a name is new.
func (s *seen) first(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.names[name]
	s.names[name] = true
	return !old
}

// has tells whether a name was seen.
func (s *seen) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names[name]
}
