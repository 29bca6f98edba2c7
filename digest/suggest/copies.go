package suggest

import (
	"cmp"
	"slices"

	"postbag/digest"
)

// What makes a near copy. Texts are compared as sets of shingles: three words in
// a row.
const (
	alike    = 0.8 // of the shingles that either has, how many both have
	held     = 0.9 // of the shorter's shingles, how many the longer has too
	leastFor = 8   // words; shorter texts are alike by chance

	// By either measure the longer has more than this share of the shorter's
	// shingles: alike sets of a and b, a not above b, share 0.8(a+b)/1.8 or more.
	leastShared = 0.88
)

type shingle [3]int32

// nearCopies gives for each candidate the index of the longest that it is a near
// copy of, or its own.
//
// Candidates are looked at from the longest to the shortest. Each is compared
// with those kept so far that share one of its rarest shingles: among as many as
// a near copy may lack and one more, at least one is shared. So texts that have
// only common words together are never compared.
func nearCopies(candidates []digest.Candidate, readings []reading) []int {
	sets, counts := shingles(readings)
	order := make([]int, len(candidates))
	of := make([]int, len(candidates))
	for i := range order {
		order[i], of[i] = i, i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(readings[b].words), len(readings[a].words)),
			candidates[a].Published.Compare(candidates[b].Published))
	})
	holders := make([][]int32, len(counts)) // by shingle: the kept texts that have it
	for _, i := range order {
		set := sets[i]
		if len(set) == 0 {
			continue
		}
		rare := slices.Clone(set)
		slices.SortFunc(rare, func(a, b int32) int { return cmp.Or(cmp.Compare(counts[a], counts[b]), cmp.Compare(a, b)) })
		rare = rare[:len(rare)-int(leastShared*float64(len(rare)))]
		if found := firstCopy(candidates, sets, holders, i, rare); found >= 0 {
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
func firstCopy(candidates []digest.Candidate, sets [][]int32, holders [][]int32, i int, rare []int32) int {
	best := -1
	tried := map[int32]bool{}
	for _, s := range rare {
		for _, other := range holders[s] {
			if tried[other] {
				continue
			}
			tried[other] = true
			longer := len(sets[other]) > 0 && (best < 0 || len(sets[other]) > len(sets[best]) ||
				len(sets[other]) == len(sets[best]) && int(other) < best)
			if longer && copyOf(candidates[i], candidates[other], sets[i], sets[other]) {
				best = int(other)
			}
		}
	}
	return best
}

// copyOf tells whether the shorter of two texts is a near copy of the longer.
// One that is held in the longer whole is none when the longer answers it, or is
// a later and much longer text: there it is quoted.
func copyOf(short, long digest.Candidate, a, b []int32) bool {
	both := common(a, b)
	switch {
	case float64(both) >= alike*float64(len(a)+len(b)-both):
		return true
	case float64(both) < held*float64(len(a)), long.ParentID == short.ID:
		return false
	}
	return 2*len(a) >= len(b) || !short.Published.Before(long.Published)
}

// common counts what two sorted sets share.
func common(a, b []int32) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			n++
			a, b = a[1:], b[1:]
		}
	}
	return n
}

// shingles gives each text as a sorted set of numbers, and how many texts have
// each. Texts too short to compare have none.
func shingles(readings []reading) (sets [][]int32, counts []int32) {
	sets = make([][]int32, len(readings))
	words, numbers := map[string]int32{}, map[shingle]int32{}
	for i, t := range readings {
		if len(t.words) < leastFor {
			continue
		}
		set := make([]int32, 0, len(t.words))
		var last shingle
		for n, word := range t.words {
			last = shingle{last[1], last[2], number(words, word)}
			if n+1 < len(last) {
				continue
			}
			s := number(numbers, last)
			if int(s) == len(counts) {
				counts = append(counts, 0)
			}
			set = append(set, s)
		}
		slices.Sort(set)
		sets[i] = slices.Compact(set)
		for _, s := range sets[i] {
			counts[s]++
		}
	}
	return sets, counts
}

// number gives a key's number, the next one if it has none.
func number[K comparable](known map[K]int32, key K) int32 {
	n, found := known[key]
	if !found {
		n = int32(len(known))
		known[key] = n
	}
	return n
}
