package near

import (
	"cmp"
	"time"

	"postbag/digest"
	"postbag/digest/parallel"
)

// Key tells an entry from all others.
type Key struct {
	ID     int64
	IsPost bool // else it is a comment
}

// Entry is a comment or a post as it is compared.
type Entry struct {
	Key
	Answers   int64 // the comment that it replies to, else 0
	Published time.Time
	Undated   bool   // then Published is only what it is sorted by
	Title     string // of a post
	Text
}

// Comment makes a comment ready to be compared.
func Comment(c digest.Comment) Entry {
	return Entry{Key: Key{ID: c.ID}, Answers: c.ParentID, Published: c.Published, Undated: c.Undated, Text: Read(c.Body)}
}

// Post makes a post ready to be compared.
func Post(p digest.Post) Entry {
	return Entry{Key: Key{ID: p.ID, IsPost: true}, Published: p.Published, Undated: p.Undated, Title: p.Title, Text: Read(p.Body)}
}

// All makes entries of many comments or posts, on all processors.
func All[T any](many []T, entry func(T) Entry) []Entry {
	all := make([]Entry, len(many))
	parallel.Do(len(many), piece, func(i int) { all[i] = entry(many[i]) })
	return all
}

// compare orders entries by publication; of the same moment posts come before
// comments, and what was stored first comes first.
func compare(a, b Entry) int {
	posts := func(e Entry) int {
		if e.IsPost {
			return 0
		}
		return 1
	}
	return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(posts(a), posts(b)), cmp.Compare(a.ID, b.ID))
}

// Relation is what a later text is to an earlier one.
type Relation string

// The relations.
const (
	Copy  Relation = "copy"  // a near copy
	Quote Relation = "quote" // it quotes the earlier one
)

// Other is an entry that another repeats or quotes, or the other way round.
type Other struct {
	Key
	Relation  Relation
	IsLater   bool      // it repeats or quotes the one that is looked at
	Published time.Time // zero where that is not known
	Title     string    // of a post; may be empty
}

// dated is when an entry was published, zero where that is not known.
func (e Entry) dated() time.Time {
	if e.Undated {
		return time.Time{}
	}
	return e.Published
}
