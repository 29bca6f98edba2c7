package suggest

import (
	"cmp"
	"slices"

	"postbag/digest"
	"postbag/digest/near"
)

// nearCopies gives for each candidate the index of the longest that it is a near
// copy of, or its own. Candidates are looked at from the longest to the shortest,
// and of equal ones the first, so that what is folded has nothing folded under it.
func nearCopies(entries []near.Entry, found map[near.Key][]near.Other, byID map[int64]int) []int {
	order, of := make([]int, len(entries)), make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(entries[b].Size(), entries[a].Size()), entries[a].Published.Compare(entries[b].Published))
	})
	rank := make([]int, len(entries)) // in that order
	for n, i := range order {
		rank[i] = n
	}
	for _, i := range order {
		of[i] = i
		for _, o := range found[entries[i].Key] {
			other, isCandidate := byID[o.ID]
			if o.Relation != near.Copy || o.IsPost || !isCandidate || rank[other] >= rank[i] || of[other] != other {
				continue
			}
			if of[i] == i || rank[other] < rank[of[i]] {
				of[i] = other
			}
		}
	}
	return of
}

func entryKey(c digest.Candidate) near.Key { return near.Key{ID: c.ID} }
