package suggest

import (
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/near"
	"postbag/digest/prose"
)

// Rules are the rules, with what they know beside the candidates. The zero value
// leaves out those that need to know more.
type Rules struct {
	// Known holds the names and addresses of writers seen before these
	// candidates. Nil turns "New name" off: where nobody is known, everybody
	// would be new.
	Known []string
	// Others are what the candidates are compared with beside each other: posts
	// that may quote them, and comments of earlier weeks that they may repeat.
	Others []near.Entry
}

// Suggestion is what the rules say of one candidate.
type Suggestion struct {
	CommentID int64
	// Reasons are in words, the weightiest first; empty when no rule applies.
	Reasons []string
	// Notes are in words what else an editor wants to know: "2 near copies: 17, 23"
	// of those that fold under this one, "repeats comment 12 of 3 March 2026" of
	// one that is no candidate.
	Notes []string
	// NearCopyOf is the longest comment that this one is a near copy of, else 0.
	NearCopyOf int64

	// What [Top] goes by.
	strength float64
	words    int
	thread   int64
	post     int64
	position position
}

// Suggest applies the rules to candidates, which come by post and within a post
// in thread order. It gives one suggestion for each, in the same order; those of
// them to offer are for [Top] to choose.
func (r Rules) Suggest(candidates []digest.Candidate) []Suggestion {
	readings := make([]reading, len(candidates))
	entries := make([]near.Entry, len(candidates))
	for i, c := range candidates {
		readings[i] = read(c.Body)
		entries[i] = near.Comment(c.Comment)
	}
	threads := newThreads(candidates)
	found := near.Compare(slices.Concat(entries, r.Others))
	judge := judge{candidates: candidates, readings: readings, threads: threads,
		known: names(r.Known), ofWork: names(FirstHandWords()), entries: entries, near: found}
	copies := nearCopies(entries, found, threads.byID)
	folded := make([][]near.Other, len(candidates))
	for i, of := range copies {
		if of != i {
			folded[of] = append(folded[of], near.Other{Key: entries[i].Key, Relation: near.Copy, IsLater: true})
		}
	}
	out := make([]Suggestion, len(candidates))
	for i, c := range candidates {
		s := Suggestion{
			CommentID: c.ID,
			words:     prose.Words(c.Body),
			thread:    threads.root[i],
			post:      c.PostID,
			position:  position{c.PostPublished, c.PostID, i},
		}
		if of := copies[i]; of != i {
			s.NearCopyOf = candidates[of].ID
		}
		s.Reasons, s.strength = judge.reasons(i)
		s.Notes = near.Words(append(repeated(found[entries[i].Key], threads.byID), folded[i]...))
		out[i] = s
	}
	return out
}

// repeated gives what a candidate repeats that is no candidate itself.
func repeated(found []near.Other, candidates map[int64]int) (all []near.Other) {
	for _, o := range found {
		if _, isCandidate := candidates[o.ID]; o.Relation == near.Copy && !o.IsLater && (o.IsPost || !isCandidate) {
			all = append(all, o)
		}
	}
	return all
}

// names makes a set to look up, or nil.
func names(known []string) map[string]bool {
	if known == nil {
		return nil
	}
	set := make(map[string]bool, len(known))
	for _, name := range known {
		set[fold(name)] = true
	}
	return set
}

func fold(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// threads tells how candidates hang together.
type threads struct {
	byID map[int64]int
	root []int64 // of each candidate: the comment its thread began with
	size []int   // of each candidate: how many candidates hang below it
}

func newThreads(candidates []digest.Candidate) threads {
	t := threads{byID: make(map[int64]int, len(candidates)), root: make([]int64, len(candidates)), size: make([]int, len(candidates))}
	for i, c := range candidates {
		t.byID[c.ID] = i
	}
	for i, c := range candidates {
		t.root[i] = c.ID
		// The steps are counted: replies may form a circle.
		for steps := 0; c.ParentID != 0 && steps < len(candidates); steps++ {
			t.root[i] = c.ParentID
			parent, found := t.byID[c.ParentID]
			if !found {
				break
			}
			t.size[parent]++
			c = candidates[parent]
		}
	}
	return t
}
