package roster

// StateWords is how many words for states lists may use.
func StateWords() int { return len(states) }
