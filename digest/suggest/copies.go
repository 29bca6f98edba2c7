package suggest

import (
	"cmp"
	"slices"

	"postbag/digest/near"
)

// nearCopies gives for each candidate the index of the longest that it is a near
// copy of, or its own.
//
// Candidates are looked at from the longest to the shortest. Each is compared
// with those kept so far that share one of its rarest rows of words: among as many as
// a near copy may lack and one more, at least one is shared. So texts that have
// only common words together are never compared.
func nearCopies(entries []near.Entry) []int {
	sets, counts := numbered(entries)
	order := make([]int, len(entries))
	of := make([]int, len(entries))
	for i := range order {
		order[i], of[i] = i, i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(sets[b]), len(sets[a])), entries[a].Published.Compare(entries[b].Published))
	})
	holders := make([][]int32, len(counts)) // by row: the kept texts that have it
	for _, i := range order {
		set := sets[i]
		if len(set) == 0 {
			continue
		}
		rare := slices.Clone(set)
		slices.SortFunc(rare, func(a, b int32) int { return cmp.Or(cmp.Compare(counts[a], counts[b]), cmp.Compare(a, b)) })
		rare = rare[:len(rare)-int(near.LeastShared*float64(len(rare)))]
		if found := firstCopy(entries, holders, i, rare); found >= 0 {
			of[i] = found
			continue
		}
		for _, s := range set {
			if counts[s] > 1 {
				holders[s] = append(holders[s], int32(i))
			}
		}
	}
	return of
}

// firstCopy gives the longest kept text that i is a near copy of, or -1.
func firstCopy(entries []near.Entry, holders [][]int32, i int, rare []int32) int {
	best := -1
	tried := map[int32]bool{}
	for _, s := range rare {
		for _, other := range holders[s] {
			if tried[other] {
				continue
			}
			tried[other] = true
			size := len(entries[other].Rows())
			longer := best < 0 || size > len(entries[best].Rows()) || size == len(entries[best].Rows()) && int(other) < best
			if longer && near.IsCopy(entries[i], entries[other]) {
				best = int(other)
			}
		}
	}
	return best
}

// numbered gives the rows of each text as a sorted set of numbers, and how many
// texts have each. Texts too short to compare have none.
func numbered(entries []near.Entry) (sets [][]int32, counts []int32) {
	sets = make([][]int32, len(entries))
	numbers := map[uint64]int32{}
	for i, e := range entries {
		for _, row := range e.Rows() {
			n, known := numbers[row]
			if !known {
				n = int32(len(counts))
				numbers[row] = n
				counts = append(counts, 0)
			}
			sets[i] = append(sets[i], n)
			counts[n]++
		}
	}
	return sets, counts
}
