package near

import "slices"

// A row of five words in the same order is what two texts are found to share
// first. Of every four neighbouring rows a text is known by one, the least
// (winnowing), so whenever two texts share eight words in a row, they share one of
// these.
const (
	printWords = 5
	window     = 4
)

// print is a row of words that a text is known by.
type print struct {
	at int32 // the word that it begins with
	id int32 // of a print that others may have, else -1
}

// prints gives which rows a text is known by, in order, and their hashes. The same one
// may come twice. A text of fewer than eight words has none.
func prints(rows []uint64) (all []print, hashes []uint64) {
	if len(rows) < window {
		return nil, nil
	}
	const inTen = 5 // about four of ten rows are the least of theirs
	all, hashes = make([]print, 0, len(rows)*inTen/10+1), make([]uint64, 0, len(rows)*inTen/10+1)
	least := -1
	for end := window; end <= len(rows); end++ {
		before := least
		if least < end-window {
			least = end - window
		}
		for i := max(least+1, before+1); i < end; i++ {
			if rows[i] <= rows[least] {
				least = i
			}
		}
		if least != before {
			all, hashes = append(all, print{int32(least), -1}), append(hashes, rows[least])
		}
	}
	return all, hashes
}

// rows gives the hashes of all rows of n words.
func (t Text) rows(n int) []uint64 {
	if len(t.words) < n {
		return nil
	}
	all := make([]uint64, len(t.words)-n+1)
	for i := range all {
		var h uint64
		for _, w := range t.words[i : i+n] {
			h = mixed(h, w.hash)
		}
		all[i] = h
	}
	return all
}

// sortedSet sorts numbers and takes out the repeated ones.
func sortedSet(all []uint64) []uint64 {
	slices.Sort(all)
	return slices.Compact(all)
}
