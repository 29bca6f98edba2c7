package near

import "time"

// Other is an entry that another repeats or quotes, or the other way round.
type Other struct {
	Key
	Relation  Relation
	IsLater   bool // it repeats or quotes the one that is looked at
	Published time.Time
	Title     string // of a post; may be empty
}
