package account

// HashCheaply has new passwords hashed in a thousandth of the time.
func (s *Service) HashCheaply() { s.hashing.memory, s.hashing.passes = 64, 1 }
